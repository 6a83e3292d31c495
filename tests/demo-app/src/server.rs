//! The service: pages, JSON, and a clean ending on SIGTERM.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use nix::sys::signal::{SigSet, Signal};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::http::{self, Request, Response};
use crate::settings::Settings;
use crate::{guestbook, pages, writer};

struct Service {
    settings: Settings,
    connection: Mutex<Connection>,
}

/// Serves until SIGTERM or SIGINT.
pub(crate) fn serve() -> anyhow::Result<()> {
    let settings = Settings::from_environment()?;
    // Blocked before the first thread starts, so that every thread inherits it: as process 1 of a
    // container, an unblocked signal without a handler would simply be dropped.
    let mut signals = SigSet::empty();
    signals.add(Signal::SIGTERM);
    signals.add(Signal::SIGINT);
    signals.thread_block()?;

    settings.at_start.work_on(&settings.database)?;
    if settings.at_start.exit {
        say("this release has done its work");
        return Ok(());
    }
    let connection = guestbook::open(&settings)?;
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, settings.port))
        .with_context(|| format!("cannot listen on port {}", settings.port))?;
    let service = Arc::new(Service {
        settings: settings.clone(),
        connection: Mutex::new(connection),
    });
    let stop = Arc::new(AtomicBool::new(false));
    let writer = {
        let stop = Arc::clone(&stop);
        std::thread::spawn(move || {
            if let Err(error) = writer::run(&settings, &stop) {
                say(&format!("the writer stopped: {error:#}"));
            }
        })
    };
    let answering = Arc::clone(&service);
    std::thread::spawn(move || accept(&listener, &answering));
    say(&format!(
        "guest book open on port {}",
        service.settings.port
    ));
    signals.wait()?;
    stop.store(true, Ordering::SeqCst);
    let _ = writer.join();
    // Held until the process is gone: no request writes after this. The last close of a database
    // in WAL mode folds its side files in.
    let mut connection = service
        .connection
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let open = std::mem::replace(&mut *connection, Connection::open_in_memory()?);
    let _ = open.close();
    say("guest book closed");
    Ok(())
}

fn accept(listener: &TcpListener, service: &Arc<Service>) {
    for stream in listener.incoming().flatten() {
        let service = Arc::clone(service);
        std::thread::spawn(move || {
            let response = match http::read_request(&stream) {
                Ok(request) => service.answer(&request).unwrap_or_else(|error| {
                    Response::json(
                        "500 Internal Server Error",
                        &json!({ "error": format!("{error:#}") }),
                    )
                }),
                Err(error) => {
                    Response::json("400 Bad Request", &json!({ "error": format!("{error:#}") }))
                }
            };
            let _ = http::write_response(&stream, &response);
        });
    }
}

impl Service {
    fn answer(&self, request: &Request) -> anyhow::Result<Response> {
        let guard = || {
            self.connection
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        match (request.method.as_str(), request.path.as_str()) {
            ("GET" | "HEAD", "/") => {
                let connection = guard();
                let entries = guestbook::newest(&connection, 50)?;
                let page = pages::guest_book(
                    &entries,
                    guestbook::count(&connection)?,
                    &self.settings.release,
                );
                Ok(Response::html("200 OK", page))
            }
            ("POST", "/entries") => {
                let form = http::parse_form(std::str::from_utf8(&request.body)?);
                let entry = entry_of(|name| {
                    form.iter()
                        .find(|(key, _)| key == name)
                        .map(|(_, value)| value.clone())
                })?;
                guestbook::add(&guard(), &entry)?;
                Ok(Response::see_other("/"))
            }
            ("GET", "/health") => Ok(self.health()),
            ("GET", "/api/entries") => {
                let limit = request.query.iter().find(|(name, _)| name == "limit");
                let limit = limit.map_or(Ok(50), |(_, value)| value.parse::<u32>())?;
                Ok(Response::json(
                    "200 OK",
                    &json!({ "entries": guestbook::newest(&guard(), limit.min(10_000))? }),
                ))
            }
            ("GET", "/api/count") => Ok(Response::json(
                "200 OK",
                &json!({ "count": guestbook::count(&guard())? }),
            )),
            ("POST", "/api/entries") => {
                anyhow::ensure!(
                    request.content_type.starts_with("application/json"),
                    "send JSON"
                );
                let body: Value = serde_json::from_slice(&request.body)?;
                let entry = entry_of(|name| body[name].as_str().map(str::to_owned))?;
                let id = guestbook::add(&guard(), &entry)?;
                Ok(Response::json("201 Created", &json!({ "id": id })))
            }
            _ => Ok(Response::json(
                "404 Not Found",
                &json!({ "error": "there is no such page" }),
            )),
        }
    }

    fn health(&self) -> Response {
        let checked = if self.settings.at_start.sick {
            Err(anyhow::anyhow!("this release is never healthy"))
        } else {
            guestbook::check(&self.settings.database)
        };
        match checked {
            Ok(()) => Response::json(
                "200 OK",
                &json!({ "status": "ok", "release": self.settings.release }),
            ),
            Err(error) => Response::json(
                "503 Service Unavailable",
                &json!({ "status": "sick", "error": format!("{error:#}") }),
            ),
        }
    }
}

/// Name, home port and message, trimmed and within bounds.
fn entry_of(field: impl Fn(&str) -> Option<String>) -> anyhow::Result<[String; 3]> {
    let bounded = |name: &str, longest: usize| -> anyhow::Result<String> {
        let text = field(name).unwrap_or_default().trim().to_owned();
        anyhow::ensure!(!text.is_empty(), "`{name}` is missing");
        anyhow::ensure!(text.chars().count() <= longest, "`{name}` is too long");
        Ok(text)
    };
    Ok([
        bounded("name", 80)?,
        bounded("home_port", 80)?,
        bounded("message", 2000)?,
    ])
}

/// One request to this container's own service, for HEALTHCHECK: the image holds nothing else.
pub(crate) fn is_healthy() -> bool {
    let ask = || -> anyhow::Result<bool> {
        let port = Settings::from_environment()?.port;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(2))?;
        stream.set_read_timeout(Some(Duration::from_secs(4)))?;
        stream.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer.starts_with("HTTP/1.1 200 "))
    };
    ask().unwrap_or(false)
}

fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
