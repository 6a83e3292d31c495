//! Who listens in the network namespace that this process is in: the kernel's own tables.

use std::collections::BTreeSet;

use crate::failure::Failure;

/// IPv4 and IPv6 connections, as proc(5) describes them.
const TABLES: [&str; 2] = ["/proc/net/tcp", "/proc/net/tcp6"];

/// The kernel's number for a socket in LISTEN (`include/net/tcp_states.h`).
const LISTEN: &str = "0A";

/// The TCP ports on which somebody listens.
///
/// # Errors
/// If the kernel's tables cannot be read.
pub fn listening_ports() -> Result<Vec<u16>, Failure> {
    let mut ports = BTreeSet::new();
    for table in TABLES {
        match std::fs::read_to_string(table) {
            Ok(text) => ports.extend(text.lines().skip(1).filter_map(listening_port)),
            // A kernel without IPv6 has no such table.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(Failure::io("the sockets could not be listed", &error)),
        }
    }
    Ok(ports.into_iter().collect())
}

/// A line is `sl local_address rem_address st …`, with the address as `HEX:PORT`.
fn listening_port(line: &str) -> Option<u16> {
    let mut fields = line.split_whitespace();
    let local = fields.nth(1)?;
    let state = fields.nth(1)?;
    let (_, port) = local.rsplit_once(':')?;
    (state == LISTEN).then(|| u16::from_str_radix(port, 16).ok())?
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};

    use super::{listening_port, listening_ports};

    #[test]
    fn a_listener_is_found_and_a_connection_is_none() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        assert!(listening_ports().expect("the tables").contains(&port));
        drop(listener);
        assert!(!listening_ports().expect("the tables").contains(&port));
    }

    #[test]
    fn only_listen_counts() {
        let line = "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000";
        assert_eq!(listening_port(line), Some(8080));
        assert_eq!(listening_port(&line.replace(" 0A ", " 01 ")), None);
    }
}
