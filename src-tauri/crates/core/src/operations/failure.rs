//! Failures of the helper, made errors: each kind gets its sentence and its advice.

use lifeboat_store::{Failure, FailureKind};

use crate::engine::SessionError;
use crate::error::{Aftermath, Code, Error};

/// What was being done, for the first sentence: "The backup of demo could not be taken".
pub(super) fn error_of(doing: &str, failure: SessionError) -> Error {
    match failure {
        SessionError::Failed(failure) => from_failure(doing, failure),
        SessionError::Engine(error) => error,
        SessionError::Lost {
            exit_code,
            out_of_memory,
            detail,
        } => lost(doing, exit_code, out_of_memory, detail),
    }
}

fn lost(doing: &str, exit_code: Option<i64>, out_of_memory: bool, detail: String) -> Error {
    let why = if out_of_memory {
        "the helper ran out of memory".to_owned()
    } else {
        match exit_code {
            Some(code) => format!("the helper ended early (exit code {code})"),
            None => "the connection to the helper was lost".to_owned(),
        }
    };
    Error::new(
        Code::HelperLost,
        format!("{doing}: {why}."),
        "Try again; if it happens again, run `lifeboat doctor`.",
    )
    .with_detail(detail)
}

/// The code, the words after the colon, and the advice for each kind of failure.
pub(super) fn from_failure(doing: &str, failure: Failure) -> Error {
    let Failure {
        kind,
        message,
        detail,
    } = failure;
    let (code, advice) = advice_for(kind);
    if kind == FailureKind::Cancelled {
        return Error::cancelled();
    }
    let mut error = Error::new(code, format!("{doing}: {message}."), advice);
    error.detail = detail;
    if kind == FailureKind::NoSpace
        && let Some(numbers) = &error.detail
    {
        error.message = format!("{doing}: {message} ({numbers}).");
    }
    error.aftermath = Aftermath::Unchanged;
    error
}

fn advice_for(kind: FailureKind) -> (Code, &'static str) {
    match kind {
        FailureKind::Busy => (
            Code::Busy,
            "Wait until the other job has ended, then try again.",
        ),
        FailureKind::Unfinished => (
            Code::Unfinished,
            "Run `lifeboat recover` to end what was left unfinished.",
        ),
        FailureKind::NotFound => (
            Code::DatabaseNotFound,
            "Run `lifeboat apps` to see the databases that were found.",
        ),
        FailureKind::NoSpace => (
            Code::NoSpace,
            "Free space on the disk that the message is about (deleting old backups frees the \
             engine's), then try again.",
        ),
        FailureKind::DatabaseLocked => (
            Code::DatabaseLocked,
            "Try again in a moment; if the application keeps its database locked, stop it, back up, \
             and start it again.",
        ),
        FailureKind::Unsupported => (
            Code::Unsupported,
            "Move the database to a named volume or a folder on a local disk, then try again.",
        ),
        FailureKind::NeedsReadWrite => (
            Code::Unsupported,
            "The volume has to be mounted writable for this state of the database; check that it is \
             not read-only.",
        ),
        FailureKind::NeedsStopped => (
            Code::Unsupported,
            "Stop the application, back up, and start it again.",
        ),
        FailureKind::Damaged => (
            Code::Damaged,
            "Use another backup, and look at this disk's health.",
        ),
        FailureKind::Hostile => (
            Code::ImportRefused,
            "Check where the file came from; nothing of it was taken in.",
        ),
        FailureKind::TooNew => (Code::TooNew, "Use the newest Lifeboat."),
        FailureKind::Cancelled => (Code::Cancelled, "Start it again when you are ready."),
        FailureKind::Permission => (
            Code::Permission,
            "Check the file's owner and mode, then try again.",
        ),
        FailureKind::Io | FailureKind::Sqlite => (
            Code::EngineFailed,
            "Look at the details, then try again; `lifeboat doctor` may know more.",
        ),
        FailureKind::Protocol => (
            Code::Internal,
            "Use the same version of Lifeboat everywhere, then try again.",
        ),
    }
}
