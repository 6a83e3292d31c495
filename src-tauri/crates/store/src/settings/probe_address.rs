//! Where an application is asked whether it serves: `http://web:3000/health`.

use std::fmt;

/// An address inside an application's network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeAddress {
    /// A compose service, or a container by its name.
    pub host: String,
    /// Where it listens, in its own network.
    pub port: u16,
    /// From the slash on.
    pub path: String,
}

impl ProbeAddress {
    /// Reads one. A failure is the end of a sentence that begins with "it".
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let wrong = || "is not an address such as http://web:3000/health".to_owned();
        let rest = text.strip_prefix("http://").ok_or_else(wrong)?;
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (host, port) = match authority.split_once(':') {
            Some((host, port)) => (host, port.parse().map_err(|_| wrong())?),
            None => (authority, 80),
        };
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        // The path goes into a request as it is.
        let is_plain = path.bytes().all(|byte| byte.is_ascii_graphic());
        if host.is_empty() || !host.bytes().all(is_name) || port == 0 || !is_plain {
            return Err(wrong());
        }
        Ok(Self {
            host: host.to_owned(),
            port,
            path: if path.is_empty() { "/" } else { path }.to_owned(),
        })
    }

    /// Reads several, with spaces or commas between them; none if the text is empty.
    pub(super) fn parse_all(text: &str) -> Result<Vec<Self>, String> {
        text.split([' ', ','])
            .filter(|part| !part.is_empty())
            .map(Self::parse)
            .collect()
    }
}

impl fmt::Display for ProbeAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "http://{}:{}{}", self.host, self.port, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::ProbeAddress;

    #[test]
    fn addresses_are_read_and_written() {
        let read = |text| {
            let all = ProbeAddress::parse_all(text).expect("it is allowed");
            all.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(read(""), [""; 0]);
        assert_eq!(
            read("http://web:3000/health?deep=1, http://my_app.1"),
            ["http://web:3000/health?deep=1", "http://my_app.1:80/"]
        );
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "web",
            "https://web/",
            "http://",
            "http://web:0/",
            "http://web:99999/",
            "http://a b",
            "http://web/\r\nX-Other: 1",
            "http://user@web/",
        ] {
            let why = ProbeAddress::parse_all(text).expect_err(text);
            assert!(why.contains("http://web:3000/health"), "{why}");
        }
    }
}
