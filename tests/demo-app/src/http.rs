//! As much HTTP/1.1 as a guest book needs: one request on each connection.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context as _, ensure};

const MAX_LINE_BYTES: u64 = 8 * 1024;
const MAX_BODY_BYTES: u64 = 64 * 1024;

/// A request.
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) content_type: String,
    pub(crate) body: Vec<u8>,
}

/// An answer.
pub(crate) struct Response {
    pub(crate) status: &'static str,
    pub(crate) content_type: &'static str,
    pub(crate) location: Option<&'static str>,
    pub(crate) body: Vec<u8>,
}

impl Response {
    pub(crate) fn json(status: &'static str, value: &serde_json::Value) -> Self {
        let body = format!("{value}\n").into_bytes();
        Self {
            status,
            content_type: "application/json",
            location: None,
            body,
        }
    }

    pub(crate) fn html(status: &'static str, page: String) -> Self {
        Self {
            status,
            content_type: "text/html; charset=utf-8",
            location: None,
            body: page.into_bytes(),
        }
    }

    pub(crate) fn see_other(location: &'static str) -> Self {
        Self {
            status: "303 See Other",
            content_type: "text/plain",
            location: Some(location),
            body: Vec::new(),
        }
    }
}

/// Reads one request.
pub(crate) fn read_request(stream: &TcpStream) -> anyhow::Result<Request> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    stream.set_write_timeout(Some(Duration::from_secs(5)))?;
    let mut reader = BufReader::new(stream);
    let line = read_line(&mut reader)?;
    let mut words = line.split(' ');
    let method = words.next().context("no method")?.to_owned();
    let target = words.next().context("no path")?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let (mut length, mut content_type) = (0_u64, String::new());
    loop {
        let header = read_line(&mut reader)?;
        if header.is_empty() {
            break;
        }
        let Some((name, value)) = header.split_once(':') else {
            continue;
        };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse()?,
            "content-type" => content_type = value.trim().to_owned(),
            _ => {}
        }
    }
    ensure!(length <= MAX_BODY_BYTES, "the body is too long");
    let mut body = Vec::new();
    reader.take(length).read_to_end(&mut body)?;
    Ok(Request {
        method,
        path: path.to_owned(),
        query: parse_form(query),
        content_type,
        body,
    })
}

fn read_line(reader: &mut BufReader<&TcpStream>) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    reader
        .by_ref()
        .take(MAX_LINE_BYTES)
        .read_until(b'\n', &mut bytes)?;
    ensure!(bytes.ends_with(b"\n"), "the request ends early");
    Ok(String::from_utf8(bytes)?.trim_end().to_owned())
}

/// Sends an answer and ends the connection.
pub(crate) fn write_response(mut stream: &TcpStream, response: &Response) -> std::io::Result<()> {
    let location = response
        .location
        .map(|to| format!("Location: {to}\r\n"))
        .unwrap_or_default();
    let head = format!(
        "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n{location}Cache-Control: no-store\r\nConnection: close\r\n\r\n",
        response.status,
        response.content_type,
        response.body.len(),
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(&response.body)?;
    stream.flush()
}

/// `a=b&c=d`, percent-decoded.
pub(crate) fn parse_form(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
        .collect()
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hex = tail
            .get(..2)
            .and_then(|digits| std::str::from_utf8(digits).ok());
        match (
            first,
            hex.and_then(|digits| u8::from_str_radix(digits, 16).ok()),
        ) {
            (b'+', _) => bytes.push(b' '),
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &tail[2..];
                continue;
            }
            _ => bytes.push(first),
        }
        rest = tail;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::parse_form;

    #[test]
    fn forms_are_decoded() {
        let form = parse_form("name=Ole+%26+Marit&message=100%25+%C3%B8&odd=%zz");
        let expected = [
            ("name", "Ole & Marit"),
            ("message", "100% ø"),
            ("odd", "%zz"),
        ];
        assert_eq!(
            form,
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }
}
