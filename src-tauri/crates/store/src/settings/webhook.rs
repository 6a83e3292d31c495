//! Where notices are sent: `https://hooks.example.com/lifeboat`.

use std::fmt;

/// What stands for everything that may be a secret.
const MASK: &str = "…";

/// A web address. What comes after its host may be a secret by which the receiver knows the sender, so it
/// is shown without.
#[derive(Clone, PartialEq, Eq)]
pub struct Webhook {
    address: String,
}

impl Webhook {
    /// Reads one. A failure is the end of a sentence that begins with "it".
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let wrong = || "is not an address such as https://hooks.example.com/lifeboat".to_owned();
        let (_, authority, rest) = parts(text).ok_or_else(wrong)?;
        if authority.contains('@') {
            return Err("has a name or a password before the host".to_owned());
        }
        // It goes into a request as it is; a fragment never gets there.
        let is_plain = rest
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'#');
        if !is_authority(authority) || !is_plain {
            return Err(wrong());
        }
        Ok(Self {
            address: text.to_owned(),
        })
    }

    /// The whole address, for sending and storing alone.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// What may be shown of what was written, right or wrong.
    #[must_use]
    pub fn masked(text: &str) -> String {
        if text.is_empty() {
            return String::new();
        }
        let Some((scheme, authority, rest)) = parts(text) else {
            return MASK.to_owned();
        };
        let host = authority.rsplit('@').next().unwrap_or(authority);
        if !is_authority(host) {
            return MASK.to_owned();
        }
        match rest {
            "" | "/" => format!("{scheme}://{host}{rest}"),
            _ => format!("{scheme}://{host}/{MASK}"),
        }
    }
}

impl fmt::Display for Webhook {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&Self::masked(&self.address))
    }
}

/// Settings are written to logs.
impl fmt::Debug for Webhook {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Webhook({self})")
    }
}

/// Scheme, authority, and what comes after it.
fn parts(text: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = text.split_once("://")?;
    if scheme != "http" && scheme != "https" {
        return None;
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    Some((scheme, authority, rest))
}

/// A host name or an IP address, and perhaps a port.
fn is_authority(authority: &str) -> bool {
    let (host, port) = match authority.strip_prefix('[') {
        Some(literal) => {
            let Some((host, rest)) = literal.split_once(']') else {
                return false;
            };
            let is_address = host.parse::<std::net::Ipv6Addr>().is_ok();
            match (is_address, rest.strip_prefix(':')) {
                (true, port) if port.is_some() || rest.is_empty() => ("v6", port),
                _ => return false,
            }
        }
        None => authority
            .split_once(':')
            .map_or((authority, None), |(host, port)| (host, Some(port))),
    };
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let is_port = |port: &str| port.parse::<u16>().is_ok_and(|port| port > 0);
    !host.is_empty() && host.bytes().all(is_name) && port.is_none_or(is_port)
}

#[cfg(test)]
mod tests {
    use super::Webhook;

    #[test]
    fn what_comes_after_the_host_is_not_shown() {
        for (address, shown) in [
            ("https://hooks.example.com", "https://hooks.example.com"),
            (
                "https://hooks.example.com/T0/secret?key=secret",
                "https://hooks.example.com/…",
            ),
            ("http://10.0.0.1:8080?secret", "http://10.0.0.1:8080/…"),
            ("http://[::1]:8080/secret", "http://[::1]:8080/…"),
        ] {
            let webhook = Webhook::parse(address).expect(address);
            assert_eq!(webhook.address(), address);
            assert_eq!(webhook.to_string(), shown);
            assert!(!format!("{webhook:?}").contains("secret"));
        }
    }

    #[test]
    fn what_is_refused_is_shown_without_its_secrets_too() {
        for (address, shown) in [
            ("hooks.example.com/secret", "…"),
            ("ftp://hooks.example.com/secret", "…"),
            ("https://", "…"),
            ("https://anna:secret@host/x", "https://host/…"),
            ("https://host/secret#part", "https://host/…"),
            ("https://host/secret\r\nX-Other: 1", "https://host/…"),
            ("https://host:0/secret", "…"),
            ("https://ho st/secret", "…"),
            ("https://[::1/secret", "…"),
        ] {
            let why = Webhook::parse(address).expect_err(address);
            assert!(!why.contains("secret"), "{why}");
            assert_eq!(Webhook::masked(address), shown);
        }
    }

    /// What a list showed and somebody sends back is no address.
    #[test]
    fn the_shown_form_is_refused() {
        assert!(Webhook::parse("https://hooks.example.com/…").is_err());
    }
}
