//! What a drive really holds: synced, and read back past the memory's copy of it.

use std::fs::File;
use std::path::Path;

use nix::fcntl::{PosixFadviseAdvice, posix_fadvise};

use crate::failure::Failure;
use crate::files;

/// Syncs a file to its drive.
///
/// # Errors
/// The file cannot be opened or synced.
pub fn fsync_file(path: &Path) -> Result<(), Failure> {
    File::open(path)
        .and_then(|file| file.sync_all())
        .map_err(|error| {
            Failure::io(
                format!("{} could not be written to its drive", path.display()),
                &error,
            )
        })
}

/// SHA-256 of a file as its drive has it: what memory remembers of it is forgotten first, where the
/// kernel does us the favour.
///
/// # Errors
/// The file cannot be read.
pub fn sha256_from_drive(path: &Path) -> Result<String, Failure> {
    let mut file = File::open(path)
        .map_err(|error| Failure::io(format!("{} could not be read", path.display()), &error))?;
    // Only an advice: reading back from memory would still catch most of what can go wrong.
    let _ = posix_fadvise(&file, 0, 0, PosixFadviseAdvice::POSIX_FADV_DONTNEED);
    files::sha256_of(&mut file)
}
