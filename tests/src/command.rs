//! Runs programs with a deadline and keeps what they said.

use std::io::{Read, Write as _};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// Longer than anything here may take.
pub const DEADLINE: Duration = Duration::from_secs(240);

/// A program that has ended.
#[must_use]
#[derive(Debug, Clone)]
pub struct Finished {
    /// The command line, for messages.
    pub line: String,
    /// How it ended.
    pub status: ExitStatus,
    /// What it wrote to standard output.
    pub stdout: Vec<u8>,
    /// What it wrote to standard error.
    pub stderr: Vec<u8>,
}

impl Finished {
    /// Standard output as text without the last line end.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).trim_end().to_owned()
    }

    /// Panics unless it succeeded.
    pub fn success(self) -> Self {
        assert!(self.status.success(), "{self}");
        self
    }
}

impl std::fmt::Display for Finished {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "`{}` ended with {}\n--- stdout\n{}\n--- stderr\n{}",
            self.line,
            self.status,
            String::from_utf8_lossy(&self.stdout),
            String::from_utf8_lossy(&self.stderr)
        )
    }
}

/// Runs a command to its end.
///
/// # Panics
/// If it cannot be started or outlives the deadline.
pub fn run(command: &mut Command) -> Finished {
    run_with_input(command, Vec::new())
}

/// Runs a command to its end, with something on its standard input.
///
/// # Panics
/// If it cannot be started or outlives the deadline.
pub fn run_with_input(command: &mut Command, input: Vec<u8>) -> Finished {
    let line = line_of(command);
    let stdin = if input.is_empty() {
        Stdio::null()
    } else {
        Stdio::piped()
    };
    command
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command
        .spawn()
        .unwrap_or_else(|error| panic!("cannot start `{line}`: {error}"));
    let mut stdin = child.stdin.take();
    let feeder = std::thread::spawn(move || {
        // A program may well end before it has read everything.
        let _ = stdin.as_mut().map(|stdin| stdin.write_all(&input));
    });
    let stdout = reader(child.stdout.take());
    let stderr = reader(child.stderr.take());
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child can be waited for") {
            break status;
        }
        if begun.elapsed() > DEADLINE {
            let _ = child.kill();
            panic!("`{line}` was not done after {} s", DEADLINE.as_secs());
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    feeder.join().expect("the feeder ends");
    Finished {
        line,
        status,
        stdout: stdout.join().expect("the reader ends"),
        stderr: stderr.join().expect("the reader ends"),
    }
}

fn reader(stream: Option<impl Read + Send + 'static>) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            let _ = stream.read_to_end(&mut bytes);
        }
        bytes
    })
}

/// The command line, for messages.
#[must_use]
pub fn line_of(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}
