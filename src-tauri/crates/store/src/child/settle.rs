//! Making a quiet database one file, and writing into one that cannot be replaced, as its owner.

use std::path::Path;

use super::locate::{Address, locate, locate_as};
use super::message::{Answer, Question};
use super::privileges::{Keep, VAULT_GID};
use super::process::unexpected;
use crate::RelativePath;
use crate::failure::{Failure, FailureKind};
use crate::work::Work;

pub use crate::database::settle::Settled;

/// How long somebody else may still hold a lock after everyone was stopped.
const LOCK_TIMEOUT_MS: u64 = 2_000;

/// Recovers and checkpoints the database and leaves it without side files. The mount must be writable
/// and everyone that uses it stopped; an exclusive lock proves as much as a lock can.
///
/// # Errors
/// `database-locked` if somebody has it open, `unsupported` as capture has it.
pub fn settle(mount_root: &Path, path: &RelativePath, work: &Work) -> Result<Settled, Failure> {
    let address = Address {
        root: mount_root.to_path_buf(),
        path: path.clone(),
    };
    let mut located = match locate(&address, work) {
        Ok(Some(located)) if located.keep == Keep::Nothing => located,
        Ok(None) => return Ok(Settled::Absent),
        // It is recovered from where it is moved to, which its owner can reach.
        Ok(Some(_)) => return Ok(locked_out()),
        Err(failure) if failure.kind == FailureKind::Permission => return Ok(locked_out()),
        Err(failure) => return Err(failure),
    };
    match located.process.ask(
        &Question::Settle {
            timeout_ms: LOCK_TIMEOUT_MS,
        },
        work,
    )? {
        Answer::Settled(settled) => Ok(settled),
        _ => Err(unexpected()),
    }
}

fn locked_out() -> Settled {
    Settled::Impossible {
        reason: "its owner may not open it where it lies".to_owned(),
    }
}

/// Writes the database at `source` into the existing file, for mounts that are one file and where
/// nothing can be exchanged. `source` must be readable by the vault's group, and lie in directories
/// that it may search. Everyone that uses the mount must be stopped, and a safety copy must exist.
///
/// Repeating it after a crash leads to the same end.
///
/// # Errors
/// `not-found` if there is no file to write into, `database-locked` if somebody has it open.
pub fn write_into(
    source: &Path,
    mount_root: &Path,
    path: &RelativePath,
    work: &Work,
) -> Result<(), Failure> {
    let address = Address {
        root: mount_root.to_path_buf(),
        path: path.clone(),
    };
    let Some(mut located) = locate_as(&address, Some(VAULT_GID), work)? else {
        return Err(Failure::new(
            FailureKind::NotFound,
            "find the database to write into",
        ));
    };
    let question = Question::WriteInto {
        source: source.to_path_buf(),
        timeout_ms: LOCK_TIMEOUT_MS,
    };
    match located.process.ask(&question, work)? {
        Answer::Ok => Ok(()),
        _ => Err(unexpected()),
    }
}
