//! The one place that opens SQLite. Children only.
//!
//! The files come from others and may be hostile: nothing of the schema is trusted, nothing in it is
//! run, and memory and time are limited.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use serde::{Deserialize, Serialize};

use crate::failure::{Failure, FailureKind};

/// How many virtual machine steps lie between two looks at the clock.
const STEPS_BETWEEN_LOOKS: i32 = 10_000;

/// How a database is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Access {
    /// Read, with locks. Neither the database nor a side file is changed, even on a writable mount.
    ReadOnly,
    /// Read without locks and without side files: only for what nobody writes.
    Immutable,
    /// Read and write, as the application does: side files come, and go when the last one closes.
    ReadWrite,
}

/// Limits of one connection.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    /// How long to wait for a lock.
    pub(crate) busy_timeout: Duration,
    /// No statement goes on after this.
    pub(crate) deadline: Option<Instant>,
    /// Nor after this says yes.
    pub(crate) orphaned: fn() -> bool,
    /// Bytes of memory that SQLite may use in this process.
    pub(crate) heap_bytes: u64,
}

/// Opens the database at `path`, which must be free of symbolic links.
///
/// # Errors
/// What SQLite says.
pub(crate) fn open(path: &Path, access: Access, limits: &Limits) -> rusqlite::Result<Connection> {
    let mode = match access {
        Access::ReadOnly | Access::Immutable => OpenFlags::SQLITE_OPEN_READ_ONLY,
        Access::ReadWrite => OpenFlags::SQLITE_OPEN_READ_WRITE,
    };
    let flags = mode
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_NOFOLLOW
        | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let mut connection = Connection::open_with_flags(uri(path, access), flags)?;
    harden(&mut connection, limits)?;
    Ok(connection)
}

/// Lets the connection read what it can of a database whose schema or size is broken. It must be one
/// that only reads pages.
///
/// # Errors
/// What SQLite says.
pub(crate) fn tolerate_damage(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, false)?;
    connection.execute_batch("PRAGMA writable_schema=ON")
}

/// A failure of SQLite in the words of the line protocol.
pub(crate) fn failure(message: &str, error: &rusqlite::Error) -> Failure {
    let kind = match code(error) {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => FailureKind::DatabaseLocked,
        Some(ErrorCode::DiskFull) => FailureKind::NoSpace,
        Some(ErrorCode::PermissionDenied) => FailureKind::Permission,
        Some(ErrorCode::SystemIoFailure) => FailureKind::Io,
        _ => FailureKind::Sqlite,
    };
    Failure::new(kind, message).with_detail(error.to_string())
}

/// SQLite's extended result code of an error, 0 if it is none of SQLite's.
pub(crate) fn extended_code(error: &rusqlite::Error) -> i32 {
    match error {
        rusqlite::Error::SqliteFailure(error, _) | rusqlite::Error::SqlInputError { error, .. } => {
            error.extended_code
        }
        _ => 0,
    }
}

/// SQLite's result code of an error, if it is SQLite's.
pub(crate) fn code(error: &rusqlite::Error) -> Option<ErrorCode> {
    match error {
        rusqlite::Error::SqliteFailure(error, _) | rusqlite::Error::SqlInputError { error, .. } => {
            Some(error.code)
        }
        _ => None,
    }
}

/// Has no statement go on after the deadline, nor after `orphaned` says yes.
///
/// # Errors
/// What SQLite says.
pub(crate) fn limit_time(
    connection: &mut Connection,
    deadline: Option<Instant>,
    orphaned: fn() -> bool,
) -> rusqlite::Result<()> {
    connection.progress_handler(
        STEPS_BETWEEN_LOOKS,
        Some(move || orphaned() || deadline.is_some_and(|end| Instant::now() > end)),
    )
}

fn harden(connection: &mut Connection, limits: &Limits) -> rusqlite::Result<()> {
    let switches = [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_ATTACH_CREATE, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_ATTACH_WRITE, false),
    ];
    for (switch, on) in switches {
        connection.set_db_config(switch, on)?;
    }
    // The lengths of values and statements and the number of columns stay: real schemas need them.
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    connection.set_limit(Limit::SQLITE_LIMIT_WORKER_THREADS, 0)?;
    connection.set_limit(Limit::SQLITE_LIMIT_TRIGGER_DEPTH, 10)?;
    connection.busy_timeout(limits.busy_timeout)?;
    limit_time(connection, limits.deadline, limits.orphaned)?;
    // None of these reads the file, as `cache_size` and `synchronous` would; their defaults fit.
    connection.execute_batch(&format!(
        "PRAGMA hard_heap_limit={heap}; PRAGMA mmap_size=0;
         PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY;",
        heap = limits.heap_bytes,
    ))
}

/// The path as a URI with each byte that is not plain escaped, so that no byte of a file's name is
/// taken for a part of the URI.
fn uri(path: &Path, access: Access) -> String {
    let mut text = String::from("file:");
    for byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-".contains(byte) {
            text.push(char::from(*byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text.push_str(match access {
        Access::ReadOnly => "?mode=ro&readonly_shm=1",
        Access::Immutable => "?mode=ro&immutable=1",
        Access::ReadWrite => "?mode=rw",
    });
    text
}
