//! Small JSON files that tell when a byte of theirs was changed.
//!
//! Each begins with `{"checksum":"<64 digits>",`: the SHA-256 of all its other bytes. It stays an
//! ordinary JSON object to every other reader.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use nix::errno::Errno;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::files::{self, hexadecimal, write_atomic};
use crate::manifest::FORMAT_VERSION;
use crate::{Failure, FailureKind};

const PREFIX: &[u8] = b"{\"checksum\":\"";
const DIGITS: usize = 64;
/// Mode of every file in the vault.
pub(super) const FILE_MODE: u32 = 0o600;
/// The longest manifest that is read: about two million files.
const MAX_BYTES: u64 = 1 << 30;

/// Why a sealed file cannot be used.
#[derive(Debug)]
pub(super) enum Broken {
    /// There is none.
    Missing,
    /// A newer version of Lifeboat made it.
    TooNew,
    /// It is not what was written; says how.
    Damaged(String),
    /// The file system would not let us read it.
    Refused(Failure),
}

impl Broken {
    /// The failure that says what this means for `what`, which names the file.
    pub(super) fn into_failure(self, what: &str) -> Failure {
        match self {
            Self::Missing => Failure::new(FailureKind::NotFound, format!("{what} is missing")),
            Self::TooNew => Failure::new(
                FailureKind::TooNew,
                format!("{what} was made by a newer version of Lifeboat"),
            ),
            Self::Damaged(how) => {
                Failure::new(FailureKind::Damaged, format!("{what} is damaged")).with_detail(how)
            }
            Self::Refused(failure) => failure,
        }
    }
}

/// The bytes of a sealed file. The value must be a struct with at least one field.
fn seal(value: &impl Serialize) -> Result<Vec<u8>, Failure> {
    let json = serde_json::to_vec(value).map_err(|error| {
        Failure::new(FailureKind::Io, "a record could not be put into words")
            .with_detail(error.to_string())
    })?;
    let rest = [b"\",", &json[1..], b"\n"].concat();
    let checksum = checksum(&rest);
    Ok([PREFIX, checksum.as_bytes(), &rest].concat())
}

fn checksum(rest: &[u8]) -> String {
    hexadecimal(
        &Sha256::new()
            .chain_update(PREFIX)
            .chain_update(rest)
            .finalize(),
    )
}

/// Replaces a sealed file.
pub(super) fn write(path: &Path, value: &impl Serialize) -> Result<(), Failure> {
    write_atomic(path, &seal(value)?, FILE_MODE)
}

/// Replaces a sealed file that can be made again: not synced.
pub(super) fn write_derived(path: &Path, value: &impl Serialize) -> Result<(), Failure> {
    files::write_derived(path, &seal(value)?, FILE_MODE)
}

/// Writes a sealed file into a directory that nobody looks at yet: synced, but not its name.
pub(super) fn write_new(path: &Path, value: &impl Serialize) -> Result<(), Failure> {
    let bytes = seal(value)?;
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(FILE_MODE)
        .open(path)
        .and_then(|mut file| file.write_all(&bytes).and_then(|()| file.sync_all()));
    written.map_err(|error| Failure::io(format!("{} could not be written", path.display()), &error))
}

/// Reads a sealed file.
pub(super) fn read<T: DeserializeOwned>(opened: std::io::Result<File>) -> Result<T, Broken> {
    let bytes = read_bytes(opened)?;
    check_seal(&bytes)?;
    let value = serde_json::from_slice(&bytes);
    value.map_err(|error| Broken::Damaged(format!("not the expected content: {error}")))
}

fn read_bytes(opened: std::io::Result<File>) -> Result<Vec<u8>, Broken> {
    let refused = |error: &std::io::Error| match error.kind() {
        ErrorKind::NotFound => Broken::Missing,
        _ if error.raw_os_error() == Some(Errno::ELOOP as i32) => {
            Broken::Damaged("a symbolic link where a file should be".to_owned())
        }
        _ => Broken::Refused(Failure::io(
            "a record in the vault could not be read",
            error,
        )),
    };
    let file = opened.map_err(|error| refused(&error))?;
    let metadata = file.metadata().map_err(|error| refused(&error))?;
    if !metadata.is_file() {
        return Err(Broken::Damaged("not an ordinary file".to_owned()));
    }
    if metadata.len() > MAX_BYTES {
        return Err(Broken::Damaged(format!("{} bytes long", metadata.len())));
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize + 1);
    file.take(MAX_BYTES)
        .read_to_end(&mut bytes)
        .map_err(|error| refused(&error))?;
    Ok(bytes)
}

fn check_seal(bytes: &[u8]) -> Result<(), Broken> {
    #[derive(Deserialize)]
    struct OnlyFormat {
        format: u32,
    }
    let sealed = bytes
        .strip_prefix(PREFIX)
        .and_then(|rest| rest.split_at_checked(DIGITS))
        .map(|(digits, rest)| digits == checksum(rest).as_bytes());
    // A broken seal of our own means that nothing in the file can be believed, not even a version;
    // no seal of ours at all may well be how a later version seals.
    if sealed != Some(false)
        && let Ok(OnlyFormat { format }) = serde_json::from_slice(bytes)
        && format > FORMAT_VERSION
    {
        return Err(Broken::TooNew);
    }
    match sealed {
        Some(true) => Ok(()),
        Some(false) => Err(Broken::Damaged("its checksum does not match".to_owned())),
        None => Err(Broken::Damaged("it has no checksum".to_owned())),
    }
}
