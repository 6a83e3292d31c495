//! A receiver of notices on this machine.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

/// Answers every POST, and keeps what it was sent. The first answers can be failures.
#[derive(Debug)]
pub struct Webhook {
    port: u16,
    heard: Arc<Mutex<Vec<Heard>>>,
}

/// One request.
#[derive(Debug, Clone)]
pub struct Heard {
    /// Method and path.
    pub asked: String,
    /// The body.
    pub body: Value,
    /// The status that it was answered with.
    pub status: u16,
}

impl Webhook {
    /// One that answers the first `failures` requests with status 503.
    ///
    /// # Panics
    /// If there is no port to listen on.
    #[must_use]
    pub fn failing_at_first(failures: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&heard);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let number = told.lock().unwrap_or_else(PoisonError::into_inner).len();
                let status = if number < failures { 503 } else { 200 };
                if let Some(request) = answer(stream, status) {
                    let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
                    told.push(request);
                }
            }
        });
        Self { port, heard }
    }

    /// Its address, with this path.
    #[must_use]
    pub fn address(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// All requests so far.
    #[must_use]
    pub fn heard(&self) -> Vec<Heard> {
        self.heard
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// What it took of an application.
    #[must_use]
    pub fn taken(&self, app: &str) -> Vec<Value> {
        let heard = self.heard().into_iter();
        heard
            .filter(|request| request.status == 200 && request.body["app"] == app)
            .map(|request| request.body)
            .collect()
    }
}

fn answer(stream: TcpStream, status: u16) -> Option<Heard> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut asked = String::new();
    reader.read_line(&mut asked).ok()?;
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let header = header.trim().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let mut stream = stream;
    let head = format!("HTTP/1.1 {status} Told\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).ok()?;
    Some(Heard {
        asked: asked.trim().to_owned(),
        body: serde_json::from_slice(&body).ok()?,
        status,
    })
}
