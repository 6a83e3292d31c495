//! Asks a web application whether it serves, in the network namespace that this process is in.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// One that takes longer does not serve.
const TIMEOUT: Duration = Duration::from_secs(5);

/// More than any status line; the rest of the answer is of no interest.
const MOST_BYTES: u64 = 16 << 10;

/// Asks once. Gives the HTTP status.
///
/// # Errors
/// Why there was no answer, in words.
pub fn ask(port: u16, path: &str) -> Result<u16, String> {
    let mut stream = connect(port)?;
    let failed = |error: std::io::Error| format!("no answer ({error})");
    stream.set_read_timeout(Some(TIMEOUT)).map_err(failed)?;
    stream.set_write_timeout(Some(TIMEOUT)).map_err(failed)?;
    // In one piece: a server that answers what it has read so far sees all of it.
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nUser-Agent: lifeboat\r\n\
         Accept: */*\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).map_err(failed)?;
    let mut head = Vec::new();
    let mut piece = [0; 1024];
    let mut limited = stream.take(MOST_BYTES);
    loop {
        let length = limited.read(&mut piece).map_err(failed)?;
        head.extend_from_slice(piece.get(..length).unwrap_or_default());
        if let Some(status) = status_of(&head)? {
            return Ok(status);
        }
        if length == 0 {
            return Err("no answer (the connection was closed)".to_owned());
        }
    }
}

/// The application may listen for either kind of address.
fn connect(port: u16) -> Result<TcpStream, String> {
    let addresses: [SocketAddr; 2] = [
        (Ipv4Addr::LOCALHOST, port).into(),
        (Ipv6Addr::LOCALHOST, port).into(),
    ];
    addresses
        .iter()
        .find_map(|address| TcpStream::connect_timeout(address, TIMEOUT).ok())
        .ok_or_else(|| format!("nobody listens on port {port}"))
}

/// `None` if the status line has not come whole.
fn status_of(head: &[u8]) -> Result<Option<u16>, String> {
    let mut headers = [httparse::EMPTY_HEADER; 0];
    let mut response = httparse::Response::new(&mut headers);
    match response.parse(head) {
        // There are headers, for which there is no room: the status has been read.
        Ok(_) | Err(httparse::Error::TooManyHeaders) => Ok(response.code),
        Err(error) => Err(format!("an answer that is not HTTP ({error})")),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{Ipv4Addr, TcpListener};

    use super::ask;

    /// What the answer comes to that somebody gives.
    fn asked(answer: &'static [&'static str]) -> Result<u16, String> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("somebody asks");
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).expect("a request");
                request.extend(byte);
            }
            for part in answer {
                stream.write_all(part.as_bytes()).expect("it is read");
                stream.flush().expect("it is read");
            }
            String::from_utf8_lossy(&request).into_owned()
        });
        let status = ask(port, "/health?deep=1");
        let request = server.join().expect("it ends");
        assert!(
            request.starts_with("GET /health?deep=1 HTTP/1.1\r\n"),
            "{request}"
        );
        status
    }

    #[test]
    fn the_status_is_read() {
        assert_eq!(asked(&["HTTP/1.1 204 No Content\r\n\r\n"]), Ok(204));
        assert_eq!(
            asked(&["HTTP/1.", "0 503 Sorry\r\nA: b\r\n\r\nbody"]),
            Ok(503)
        );
        assert_eq!(asked(&["HTTP/1.1 302\r\nLocation: /\r\n\r\n"]), Ok(302));
    }

    #[test]
    fn what_is_no_answer_is_told() {
        assert!(
            asked(&["SSH-2.0-server\r\n"])
                .expect_err("no HTTP")
                .contains("not HTTP")
        );
        assert!(asked(&[""]).expect_err("nothing").contains("closed"));
    }

    #[test]
    fn nobody_there_is_told() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        drop(listener);
        let why = ask(port, "/").expect_err("nobody listens");
        assert!(why.contains(&port.to_string()), "{why}");
    }
}
