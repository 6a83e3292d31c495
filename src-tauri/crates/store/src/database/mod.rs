//! SQLite itself: headers, opening, capture, checks, recovery.
//!
//! `header` is for everybody: it reads bytes and never opens SQLite. The rest runs in children only
//! (see [`crate::child`]): closing any descriptor of a database drops all of a process's POSIX locks
//! on it, so no process does both.

pub(crate) mod capture;
pub(crate) mod check;
pub mod header;
pub(crate) mod journal;
pub(crate) mod look;
pub(crate) mod open;
pub(crate) mod settle;

/// The version of SQLite that is built in.
#[must_use]
pub fn sqlite_version() -> &'static str {
    rusqlite::version()
}
