//! A child's side of making a quiet database one file, and of writing into one that cannot be
//! replaced. Everyone else is stopped.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::Path;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, ErrorCode, ffi};
use serde::{Deserialize, Serialize};

use super::journal::Journal;
use super::look::Place;
use super::open::{self, Access, Limits};
use crate::failure::Failure;

/// What came of making a database one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "settled", rename_all = "kebab-case")]
pub enum Settled {
    /// The main file holds everything; beside it lies at most what is empty and what the database's
    /// owner may not remove.
    OneFile,
    /// It cannot be done; file and side files are as they were found.
    Impossible {
        /// Why.
        reason: String,
    },
    /// There is no such file.
    Absent,
}

/// Recovers and checkpoints the database, and closes it so that no side file stays.
///
/// # Errors
/// `database-locked` if somebody has it open, and what the file system fails with.
pub(crate) fn settle(place: &Place, limits: &Limits) -> Result<Settled, Failure> {
    let look_failed = |error: &io::Error| Failure::io("look at the database's files", error);
    let journal = place.journal().map_err(|error| look_failed(&error))?;
    if let Journal::Shared { .. } = journal {
        return Ok(impossible(
            "its journal belongs to a transaction over several databases",
        ));
    }
    match recover(place, limits) {
        Ok(()) => {}
        Err(error) => match open::code(&error) {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                return Err(open::failure("have the database for ourselves", &error));
            }
            Some(ErrorCode::DiskFull) => {
                return Err(open::failure("recover the database", &error));
            }
            _ => return Ok(impossible(&format!("SQLite cannot recover it: {error}"))),
        },
    }
    sweep(place)
}

fn impossible(reason: &str) -> Settled {
    Settled::Impossible {
        reason: reason.to_owned(),
    }
}

/// Nobody else can have it open while this runs: an exclusive lock is held from the first read on.
fn recover(place: &Place, limits: &Limits) -> rusqlite::Result<()> {
    let connection = open::open(&place.path, Access::ReadWrite, limits)?;
    connection.execute_batch("PRAGMA locking_mode=EXCLUSIVE")?;
    connection.query_row("PRAGMA user_version", [], |_| Ok(()))?;
    connection.execute_batch("BEGIN EXCLUSIVE; ROLLBACK")?;
    checkpoint(&connection)?;
    connection.close().map_err(|(_, error)| error)
}

/// Closing checkpoints, too, but does not say whether it could. A schema that cannot be parsed keeps
/// this statement from being prepared; then it is left to the closing.
fn checkpoint(connection: &Connection) -> rusqlite::Result<()> {
    match connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())) {
        Err(error) if open::code(&error) == Some(ErrorCode::DatabaseCorrupt) => Ok(()),
        other => other,
    }
}

/// Removes the side files that recovery left empty; anything else that stays is a reason to refuse.
fn sweep(place: &Place) -> Result<Settled, Failure> {
    let failed = |error: &io::Error| Failure::io("remove an empty side file", error);
    let wal = place.beside("-wal");
    if std::fs::symlink_metadata(&wal).is_ok_and(|wal| wal.len() > 0) {
        return Ok(impossible("its write-ahead log could not be checked in"));
    }
    if place.journal().map_err(|error| failed(&error))? != Journal::Cold {
        return Ok(impossible("its journal could not be played back"));
    }
    for suffix in ["-wal", "-shm", "-journal"] {
        let side_file = place.beside(suffix);
        // Beside a mount that is one file nothing can be removed, and nothing is there.
        if std::fs::symlink_metadata(&side_file).is_ok() {
            match std::fs::remove_file(&side_file) {
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {}
                removed => removed.map_err(|error| failed(&error))?,
            }
        }
    }
    let directory = File::open(place.directory()).and_then(|directory| directory.sync_all());
    directory.map_err(|error| failed(&error))?;
    Ok(Settled::OneFile)
}

/// Writes the database at `source` into the file at `place`, keeping the file itself.
///
/// Through SQLite where it can keep a journal beside the file, so that a crash leaves the old content
/// or the new; byte by byte where there is no room beside it or nothing valid in it.
///
/// # Errors
/// `database-locked` if somebody has it open, and what reading or writing fails with.
pub(crate) fn write_into(source: &Path, place: &Place, limits: &Limits) -> Result<(), Failure> {
    let failed = |error: &rusqlite::Error| open::failure("write into the database", error);
    match copy_pages(source, place, limits) {
        Ok(()) => Ok(()),
        Err(error) => match open::code(&error) {
            Some(
                ErrorCode::CannotOpen
                | ErrorCode::NotADatabase
                | ErrorCode::DatabaseCorrupt
                | ErrorCode::ReadOnly,
            ) => copy_bytes(source, place)
                .map_err(|error| Failure::io("write into the database's file", &error)),
            _ => Err(failed(&error)),
        },
    }
}

fn copy_pages(source: &Path, place: &Place, limits: &Limits) -> rusqlite::Result<()> {
    let from = open::open(source, Access::Immutable, limits)?;
    let mut to = open::open(&place.path, Access::ReadWrite, limits)?;
    to.execute_batch("PRAGMA locking_mode=EXCLUSIVE")?;
    to.query_row("PRAGMA user_version", [], |_| Ok(()))?;
    to.execute_batch("BEGIN EXCLUSIVE; ROLLBACK")?;
    copy_all(&from, &mut to)?;
    checkpoint(&to)?;
    to.close().map_err(|(_, error)| error)
}

fn copy_all(from: &Connection, to: &mut Connection) -> rusqlite::Result<()> {
    let backup = Backup::new(from, to)?;
    match backup.step(-1)? {
        StepResult::Done => Ok(()),
        // The locks are ours: whoever is in the way will not go away by itself.
        _ => Err(rusqlite::Error::SqliteFailure(
            ffi::Error::new(ffi::SQLITE_BUSY),
            Some("somebody else uses the database".to_owned()),
        )),
    }
}

fn copy_bytes(source: &Path, place: &Place) -> io::Result<()> {
    // A log or journal of the old content must never be played into the new one.
    for suffix in ["-wal", "-shm", "-journal"] {
        match std::fs::remove_file(place.beside(suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    let mut from = File::open(source)?;
    let mut to = File::options().read(true).write(true).open(&place.path)?;
    let size_bytes = from.metadata()?.len();
    io::copy(&mut from, &mut to)?;
    to.set_len(size_bytes)?;
    to.flush()?;
    to.sync_all()?;
    from.rewind()?;
    to.rewind()?;
    if same_content(&mut from, &mut to)? {
        Ok(())
    } else {
        Err(io::ErrorKind::InvalidData.into())
    }
}

fn same_content(one: &mut File, other: &mut File) -> io::Result<bool> {
    let (mut left, mut right) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    loop {
        let count = one.read(&mut left)?;
        if count == 0 {
            return Ok(other.read(&mut right)? == 0);
        }
        if other.read_exact(&mut right[..count]).is_err() || left[..count] != right[..count] {
            return Ok(false);
        }
    }
}

/// A refusal for what is no SQLite database: it has no side files that could be merged.
pub(crate) fn settle_other(place: &Place) -> Settled {
    for suffix in ["-wal", "-shm", "-journal"] {
        if place.beside(suffix).symlink_metadata().is_ok() {
            let reason = format!("it is no SQLite database, and a {suffix} file lies beside it");
            return Settled::Impossible { reason };
        }
    }
    Settled::OneFile
}
