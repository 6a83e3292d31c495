//! Runs the `lifeboat` command as a script would.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::artifacts;
use crate::command::{self, Finished};
use crate::engine::Engine;

/// The command, with a home of its own.
#[derive(Debug, Clone)]
pub struct Lifeboat {
    home: PathBuf,
    host: Option<String>,
}

impl Lifeboat {
    /// The command for an engine, with a home of its own.
    #[must_use]
    pub fn new(engine: &Engine, home: &Path) -> Self {
        Self {
            home: home.to_path_buf(),
            host: engine.host().map(str::to_owned),
        }
    }

    /// The command with these arguments and nothing added.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(artifacts::cli());
        command
            .args(arguments)
            .env("HOME", &self.home)
            .env("XDG_CONFIG_HOME", self.home.join("config"))
            .env("XDG_DATA_HOME", self.home.join("data"))
            .env("XDG_STATE_HOME", self.home.join("state"))
            .env("XDG_CACHE_HOME", self.home.join("cache"))
            .env("NO_COLOR", "1");
        if let Some(host) = &self.host {
            command.env("DOCKER_HOST", host);
        }
        command
    }

    /// Runs it with `--json`, without a terminal.
    pub fn run(&self, arguments: &[&str]) -> Outcome {
        let with_json: Vec<&str> = std::iter::once("--json")
            .chain(arguments.iter().copied())
            .collect();
        let finished = command::run(&mut self.command(&with_json));
        let json = serde_json::from_slice(&finished.stdout).unwrap_or(Value::Null);
        Outcome { finished, json }
    }

    /// Runs it as a person's script would: without `--json`.
    pub fn run_plain(&self, arguments: &[&str]) -> Finished {
        command::run(&mut self.command(arguments))
    }

    /// Starts it with `--json` and does not wait.
    ///
    /// # Panics
    /// If it cannot be started.
    #[must_use]
    pub fn start(&self, arguments: &[&str]) -> Child {
        let with_json: Vec<&str> = std::iter::once("--json")
            .chain(arguments.iter().copied())
            .collect();
        let mut command = self.command(&with_json);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.spawn().expect("the command starts")
    }

    /// Takes a backup that must succeed; the `backup` object.
    #[must_use]
    pub fn backup(&self, app: &str) -> Value {
        self.run(&["backup", app]).done()["backup"].clone()
    }

    /// The backups of an application, newest first.
    #[must_use]
    pub fn backups(&self, app: &str) -> Vec<Value> {
        let json = self.run(&["backups", app]).done();
        json["backups"]
            .as_array()
            .expect("`backups` prints a list")
            .clone()
    }
}

/// How a run of the command ended.
#[must_use]
#[derive(Clone)]
pub struct Outcome {
    finished: Finished,
    /// The object on standard output; null if there was none.
    pub json: Value,
}

impl Outcome {
    /// The exit code (-1 after a signal).
    #[must_use]
    pub fn code(&self) -> i32 {
        self.finished.status.code().unwrap_or(-1)
    }

    /// Standard error.
    #[must_use]
    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.finished.stderr).into_owned()
    }

    /// The object of a run that must have ended with 0.
    ///
    /// # Panics
    /// If it did not, or printed no object with a `schema` number.
    pub fn done(self) -> Value {
        assert_eq!(self.code(), 0, "{}", self.finished);
        assert!(
            self.json["schema"].is_u64(),
            "no object with a schema number: {}",
            self.finished
        );
        self.json
    }

    /// The object of a run that must have ended with this exit code.
    ///
    /// # Panics
    /// If it did not.
    pub fn ended(self, code: i32) -> Value {
        assert_eq!(self.code(), code, "{}", self.finished);
        self.json
    }

    /// The `error` of a run that must have failed with this exit code and error code.
    ///
    /// # Panics
    /// If it did not, or if message or advice is empty.
    pub fn failed(self, exit_code: i32, code: &str) -> Value {
        assert_eq!(self.code(), exit_code, "{}", self.finished);
        let error = &self.json["error"];
        assert_eq!(error["code"], code, "{}", self.finished);
        for part in ["message", "advice"] {
            assert!(
                error[part].as_str().is_some_and(|text| !text.is_empty()),
                "no {part}: {}",
                self.finished
            );
        }
        error.clone()
    }
}

impl std::fmt::Debug for Outcome {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}", self.finished)
    }
}
