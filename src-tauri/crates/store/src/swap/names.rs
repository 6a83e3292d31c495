//! Names that change places, and what SQLite keeps beside a database.

use std::path::{Path, PathBuf};

use nix::fcntl::{AT_FDCWD, RenameFlags, renameat2};

use crate::failure::Failure;

/// What SQLite keeps beside a database, and what it would read into a database it does not belong to.
pub(super) const SIDE_SUFFIXES: [&str; 3] = ["-wal", "-shm", "-journal"];

pub(super) fn add_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

pub(super) fn rename(from: &Path, to: &Path) -> Result<(), Failure> {
    std::fs::rename(from, to).map_err(|error| Failure::io("a file could not be moved", &error))
}

pub(super) fn rename_with(from: &Path, to: &Path, flags: RenameFlags) -> Result<(), Failure> {
    renameat2(AT_FDCWD, from, AT_FDCWD, to, flags).map_err(|error| {
        Failure::io(
            "a file could not be exchanged",
            &std::io::Error::from(error),
        )
    })
}
