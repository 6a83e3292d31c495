//! The demo application: a guest book of a small harbour, with SQLite on a volume.
//!
//! It is also the tool box of the tests: its subcommands make and read databases where they lie, so
//! that what Lifeboat did is judged through the engine and not through the application.

mod at_start;
mod guestbook;
mod http;
mod make;
mod make_events;
mod pages;
mod seeds;
mod server;
mod settings;
mod tools;
mod writer;

use std::io::Write as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "lifeboat-demo-app: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] | ["serve"] => server::serve().map(|()| ExitCode::SUCCESS),
        ["healthcheck"] => Ok(if server::is_healthy() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }),
        ["make", kind, path, options @ ..] => {
            make::make(kind, path.as_ref(), options).map(|()| ExitCode::SUCCESS)
        }
        [tool, rest @ ..] => tools::run(tool, rest).map(|()| ExitCode::SUCCESS),
    }
}
