//! A file that is there to be given up: on a full disk, what happened can still be written down.

use std::fs;
use std::io::Read;
use std::path::Path;

use super::RESERVE;
use super::sealed::FILE_MODE;
use crate::files::{free_bytes, fsync_directory, write_atomic};
use crate::{Failure, FailureKind};

const RESERVE_BYTES: u64 = 1 << 20;
/// The reserve is made only where it takes a small part of what is left.
const WORTHWHILE_BYTES: u64 = 4 * RESERVE_BYTES;

/// Does `write`; if the disk is full, gives up the reserve and does it once more.
pub(super) fn with_reserve<T>(
    root: &Path,
    write: impl Fn() -> Result<T, Failure>,
) -> Result<T, Failure> {
    match write() {
        Err(failure) if failure.kind == FailureKind::NoSpace => {
            if fs::remove_file(root.join(RESERVE)).is_err() {
                return Err(failure);
            }
            fsync_directory(root)?;
            write()
        }
        other => other,
    }
}

/// Makes the reserve where it is missing and there is room for it.
pub(super) fn make_reserve(root: &Path) -> Result<(), Failure> {
    let path = root.join(RESERVE);
    let whole = fs::symlink_metadata(&path)
        .is_ok_and(|metadata| metadata.is_file() && metadata.len() == RESERVE_BYTES);
    if whole || free_bytes(root)? < WORTHWHILE_BYTES {
        return Ok(());
    }
    match write_atomic(&path, &noise()?, FILE_MODE) {
        Err(failure) if failure.kind == FailureKind::NoSpace => Ok(()),
        other => other,
    }
}

/// Bytes that no compressing file system can make smaller than they are.
fn noise() -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::with_capacity(RESERVE_BYTES as usize);
    fs::File::open("/dev/urandom")
        .and_then(|source| source.take(RESERVE_BYTES).read_to_end(&mut bytes))
        .map_err(|error| Failure::io("the vault's reserve could not be filled", &error))?;
    Ok(bytes)
}
