//! Why an operation of the helper failed, in a form that crosses the line protocol.

use serde::{Deserialize, Serialize};

/// What kind of failure it was; `core` turns each into an error code with advice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// Another job holds the vault's lock.
    Busy,
    /// An unfinished logbook lies in the vault: only recovery may run.
    Unfinished,
    /// The backup, database or file that was named does not exist.
    NotFound,
    /// Not enough room; `detail` tells needed and free bytes.
    NoSpace,
    /// The database stayed locked by the application longer than we may wait.
    DatabaseLocked,
    /// The state of the source is one that must not be guessed at (file mount, untrusted locks…).
    Unsupported,
    /// The source has to be mounted writable for this state; ask again with such a mount.
    NeedsReadWrite,
    /// The application is running, and what was asked needs it stopped.
    NeedsStopped,
    /// The stored archive is not what its manifest says.
    Damaged,
    /// An imported file tried something that no backup of ours does.
    Hostile,
    /// The format is newer than this version understands.
    TooNew,
    /// The job was cancelled.
    Cancelled,
    /// The file system refused permission.
    Permission,
    /// The operating system refused something else.
    Io,
    /// SQLite refused something.
    Sqlite,
    /// The two ends of the line protocol disagree.
    Protocol,
}

impl FailureKind {
    /// Nothing is wrong; it is only not the moment.
    #[must_use]
    pub fn is_for_later(self) -> bool {
        matches!(self, Self::Busy | Self::Unfinished | Self::Cancelled)
    }
}

/// A failure of one operation.
#[derive(Debug, Clone, thiserror::Error, Serialize, Deserialize)]
#[error("{message}")]
pub struct Failure {
    /// What kind.
    pub kind: FailureKind,
    /// What could not be done: a fragment in lower case without a period.
    pub message: String,
    /// The cause, for people who look at details.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Failure {
    /// A failure of that kind.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            detail: None,
        }
    }

    /// The same, with the cause beside it.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// An input or output failure, told apart where it matters.
    pub fn io(message: impl Into<String>, error: &std::io::Error) -> Self {
        use std::io::ErrorKind;
        let kind = match error.kind() {
            ErrorKind::NotFound => FailureKind::NotFound,
            ErrorKind::PermissionDenied => FailureKind::Permission,
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => FailureKind::NoSpace,
            _ => FailureKind::Io,
        };
        Self::new(kind, message).with_detail(error.to_string())
    }

    /// The job was cancelled.
    #[must_use]
    pub fn cancelled() -> Self {
        Self::new(FailureKind::Cancelled, "the job was cancelled")
    }
}
