//! One file that is staged: made, filled, given its owner and time, synced.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use nix::fcntl::AT_FDCWD;
use nix::sys::stat::{UtimensatFlags, utimensat};
use nix::sys::time::TimeSpec;
use sha2::{Digest, Sha256};

use crate::failure::Failure;
use crate::files;
use crate::manifest::{ArchivedFile, Ownership};

const CHUNK_BYTES: usize = 256 << 10;

/// Makes a file that nobody else can read yet.
pub(super) fn create_staged(path: &Path) -> Result<File, Failure> {
    std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(|error| Failure::io("a file could not be staged", &error))
}

/// Syncs a staged file and gives it its owner and, where it is known, its time. A database has none: it
/// changed when it was restored.
pub(super) fn seal_staged(
    path: &Path,
    ownership: &Ownership,
    modified_at_seconds: Option<i64>,
) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::io("a staged file could not be finished", &error);
    let file = File::options()
        .read(true)
        .write(true)
        .open(path)
        .map_err(failed)?;
    files::apply_ownership(path, ownership)?;
    if let Some(seconds) = modified_at_seconds {
        set_modified(path, seconds).map_err(failed)?;
    }
    file.sync_all().map_err(failed)
}

/// Sets the modification time of a file or of a link itself. One that the file system cannot hold is
/// cut off by the kernel.
pub(super) fn set_modified(path: &Path, seconds: i64) -> std::io::Result<()> {
    let modified = TimeSpec::new(seconds, 0);
    Ok(utimensat(
        AT_FDCWD,
        path,
        &TimeSpec::UTIME_OMIT,
        &modified,
        UtimensatFlags::NoFollowSymlink,
    )?)
}

pub(super) fn copy(
    from: &mut dyn Read,
    to: &mut dyn Write,
    mut hash: Option<&mut Sha256>,
) -> Result<(), Failure> {
    let mut buffer = vec![0; CHUNK_BYTES];
    loop {
        let length = match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(length) => length,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(Failure::io("a file could not be read", &error)),
        };
        if let Some(hash) = &mut hash {
            hash.update(&buffer[..length]);
        }
        to.write_all(&buffer[..length])
            .map_err(|error| Failure::io("a file could not be staged", &error))?;
    }
}

/// The replaced file's owner and mode where there is one, else the backup's.
pub(super) fn ownership_for(live: &Path, backed: &Ownership) -> Result<Ownership, Failure> {
    match std::fs::symlink_metadata(live) {
        Ok(metadata) if metadata.is_file() => files::read_ownership(live),
        _ => Ok(backed.clone()),
    }
}

/// The live file has the backup's very content already.
pub(super) fn is_same_file(live: &Path, file: &ArchivedFile) -> Result<bool, Failure> {
    let same_size = std::fs::symlink_metadata(live)
        .is_ok_and(|metadata| metadata.is_file() && metadata.size() == file.size_bytes);
    if !same_size {
        return Ok(false);
    }
    let Ok(mut present) = File::open(live) else {
        return Ok(false);
    };
    let mut hash = Sha256::new();
    copy(&mut present, &mut std::io::sink(), Some(&mut hash))?;
    Ok(files::hexadecimal(&hash.finalize()) == file.sha256)
}
