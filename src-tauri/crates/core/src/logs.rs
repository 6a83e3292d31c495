//! Logs: rotated files through `tracing`, without secrets.
//!
//! What is logged is decided here alone. No variable of the environment widens it, because
//! the engine's client would write requests with their contents (passwords in `env`) into a log
//! that is set to debug.

use std::path::{Path, PathBuf};

use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{Builder, Rotation};
use tracing_subscriber::EnvFilter;

use crate::error::{Code, Error};

/// Days of logs that are kept.
const KEPT_FILES: usize = 7;

/// How much is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Verbosity {
    /// What happened.
    #[default]
    Normal,
    /// And how.
    Detailed,
    /// Everything.
    Everything,
}

impl Verbosity {
    /// From the number of `-v` on a command line.
    #[must_use]
    pub fn from_count(count: u8) -> Self {
        match count {
            0 => Self::Normal,
            1 => Self::Detailed,
            _ => Self::Everything,
        }
    }

    /// Lifeboat's own modules by degree; all others stay at the level that shows no contents.
    fn directives(self) -> &'static str {
        match self {
            Self::Normal => "info",
            Self::Detailed => "info,lifeboat_core=debug,lifeboat_store=debug,lifeboat=debug",
            Self::Everything => "info,lifeboat_core=trace,lifeboat_store=trace,lifeboat=trace",
        }
    }
}

/// Writes what is still waiting when it is dropped: keep it until the end of `main`.
#[must_use = "logging stops when this is dropped"]
#[derive(Debug)]
pub struct Guard {
    _worker: WorkerGuard,
}

/// Begins to write one JSON object a line into files of a day each.
///
/// # Errors
/// `output-failed` if the folder cannot be used, `internal` if logging was begun before.
pub fn init(directory: &Path, verbosity: Verbosity) -> Result<Guard, Error> {
    let refused = |cause: &dyn std::fmt::Display| {
        Error::new(
            Code::OutputFailed,
            format!("Logs cannot be written to {}.", directory.display()),
            "Look whether there is room, and whether you may write there.",
        )
        .with_detail(cause.to_string())
    };
    crate::state::create_private_directory(directory).map_err(|error| refused(&error))?;
    let file = Builder::new()
        .rotation(Rotation::DAILY)
        .filename_prefix("lifeboat")
        .filename_suffix("jsonl")
        .max_log_files(KEPT_FILES)
        .build(directory)
        .map_err(|error| refused(&error))?;
    let (writer, worker) = tracing_appender::non_blocking(file);
    tracing_subscriber::fmt()
        .json()
        .with_env_filter(EnvFilter::new(verbosity.directives()))
        .with_writer(writer)
        .try_init()
        .map_err(|error| {
            Error::new(Code::Internal, "Logging was begun twice.", "Report this.")
                .with_detail(error.to_string())
        })?;
    Ok(Guard { _worker: worker })
}

/// The user's folder for logs; `None` where there is no home.
#[must_use]
pub fn default_log_directory() -> Option<PathBuf> {
    crate::state::default_directory().map(|directory| directory.join("logs"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verbosity_keeps_the_engines_client_silent() {
        for verbosity in [
            Verbosity::Normal,
            Verbosity::Detailed,
            Verbosity::Everything,
        ] {
            let filter = EnvFilter::try_new(verbosity.directives()).expect("valid directives");
            assert!(!filter.to_string().contains("bollard=debug"));
            assert!(
                verbosity.directives().starts_with("info"),
                "others stay at info"
            );
        }
    }

    /// One test only: the subscriber is the process's.
    #[test]
    fn lines_are_json_and_bodies_stay_out() {
        let directory = tempfile::tempdir().expect("folder");
        let path = directory.path().join("logs");
        let guard = init(&path, Verbosity::Everything).expect("first time");
        tracing::info!(answer = 42, "hello");
        tracing::debug!(target: "bollard::docker", "PASSWORD=secret");
        assert_eq!(
            init(&path, Verbosity::Normal).expect_err("twice").code,
            Code::Internal
        );
        drop(guard);
        let entries: Vec<_> = std::fs::read_dir(&path)
            .expect("folder")
            .flatten()
            .collect();
        assert_eq!(entries.len(), 1);
        let text = std::fs::read_to_string(entries[0].path()).expect("log");
        let line: serde_json::Value =
            serde_json::from_str(text.lines().next().expect("a line")).expect("JSON");
        assert_eq!(line["fields"]["answer"], 42);
        assert!(!text.contains("secret"), "{text}");
    }
}
