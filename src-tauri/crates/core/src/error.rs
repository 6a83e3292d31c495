//! The one error that leaves core: a code, a sentence, one thing to do next, and the state of things.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What went wrong, for whoever acts on it. Each has a heading in `docs/errors.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export_to = "api.ts")]
pub enum Code {
    /// No engine is installed here.
    EngineNotInstalled,
    /// The engine is installed and does not answer.
    EngineStopped,
    /// The engine's socket may not be used by this user.
    EnginePermission,
    /// The chosen context or address does not lead to an engine.
    EngineContext,
    /// The engine is older than API 1.41.
    EngineTooOld,
    /// The engine runs Windows containers.
    EngineWindowsContainers,
    /// The engine refused or failed something else.
    EngineFailed,
    /// There is no helper for the engine's processor architecture.
    HelperMissing,
    /// A helper container ended without an answer.
    HelperLost,
    /// No application of that name.
    AppNotFound,
    /// The application has no database that could be found.
    NoDatabase,
    /// No backup of that id or name.
    BackupNotFound,
    /// No database of that volume and path.
    DatabaseNotFound,
    /// Nothing that could be undone.
    NothingToUndo,
    /// Another job works on this application.
    Busy,
    /// An earlier restore or update was not finished; `recover` ends it.
    Unfinished,
    /// The database stayed locked by the application.
    DatabaseLocked,
    /// The database lies where it cannot be copied safely.
    Unsupported,
    /// Not enough room.
    NoSpace,
    /// The backup or the audit log is damaged.
    Damaged,
    /// The backup could not be checked.
    NotCheckable,
    /// The file to import is refused.
    ImportRefused,
    /// It was made by a newer Lifeboat.
    TooNew,
    /// The file to write exists already, or cannot be written.
    OutputFailed,
    /// What was asked needs an explicit confirmation.
    ConfirmationNeeded,
    /// The backup is pinned.
    Pinned,
    /// The application did not come up with the restored data; the data from before is back.
    RolledBack,
    /// As before, and the application is not healthy with that either.
    RolledBackUnhealthy,
    /// Somebody has to look: it is written down what to do.
    NeedsAttention,
    /// The operating system refused permission.
    Permission,
    /// The job was cancelled.
    Cancelled,
    /// The request makes no sense.
    InvalidInput,
    /// A fault of Lifeboat itself.
    Internal,
}

/// What state things are in after a failed job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export_to = "api.ts")]
pub enum Aftermath {
    /// Nothing was changed.
    #[default]
    Unchanged,
    /// Something was changed, and put back.
    Restored,
    /// Somebody has to look.
    NeedsAttention,
}

/// An error as every shell shows it.
#[derive(Debug, Clone, PartialEq, thiserror::Error, Serialize, Deserialize, TS)]
#[error("{message}")]
#[ts(export_to = "api.ts")]
pub struct Error {
    /// For those who act on it.
    pub code: Code,
    /// What could not be done: one sentence.
    pub message: String,
    /// One thing to do next.
    pub advice: String,
    /// What state things are in now.
    pub aftermath: Aftermath,
    /// The cause, for "Show details" and the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Error {
    /// An error that changed nothing.
    pub fn new(code: Code, message: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            advice: advice.into(),
            aftermath: Aftermath::Unchanged,
            detail: None,
        }
    }

    /// The same, with its cause.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// The same, in another state of things.
    #[must_use]
    pub fn with_aftermath(mut self, aftermath: Aftermath) -> Self {
        self.aftermath = aftermath;
        self
    }

    /// The job was cancelled, and nothing is half-made.
    #[must_use]
    pub fn cancelled() -> Self {
        Self::new(
            Code::Cancelled,
            "The job was cancelled.",
            "Start it again when you are ready.",
        )
    }
}
