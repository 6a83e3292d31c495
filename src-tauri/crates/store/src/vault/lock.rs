//! The vault's lock, and the short locks that keep two sessions from writing into one file at once.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use nix::fcntl::OFlag;
use serde::{Deserialize, Serialize};

use super::LOCK;
use super::sealed::FILE_MODE;
use crate::{Failure, FailureKind};

/// How long to wait for a lock that others hold for one write only.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(5);
/// Who holds the lock is told in fewer bytes than this.
const HOLDER_MAX_BYTES: u64 = 4096;

#[derive(Serialize, Deserialize)]
struct Holder {
    holder: String,
    since: Timestamp,
}

/// The vault's lock, held until it is dropped or its process ends in whatever way.
#[derive(Debug)]
pub(super) struct VaultLock(File);

impl VaultLock {
    /// Takes the lock and writes down who has it.
    pub(super) fn take(root: &Path, holder: &str) -> Result<Self, Failure> {
        let unusable =
            |error: &std::io::Error| Failure::io("the vault's lock could not be used", error);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(FILE_MODE)
            .custom_flags(OFlag::O_NOFOLLOW.bits())
            .open(root.join(LOCK))
            .map_err(|error| unusable(&error))?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => return Err(busy(&file)),
            Err(TryLockError::Error(error)) => return Err(unusable(&error)),
            Ok(()) => {}
        }
        // Only a courtesy to others: it must not fail on a full disk.
        let holder = Holder {
            holder: holder.to_owned(),
            since: Timestamp::now(),
        };
        let _ = write_holder(&mut file, &holder);
        Ok(Self(file))
    }
}

impl Drop for VaultLock {
    fn drop(&mut self) {
        // The lock is free once the descriptor is closed, whatever these two say. Unlocking first
        // matters where a process that is just being started still has a copy of the descriptor.
        let _ = self.0.set_len(0);
        let _ = self.0.unlock();
    }
}

fn write_holder(file: &mut File, holder: &Holder) -> std::io::Result<()> {
    let text = serde_json::to_vec(holder)?;
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&text)
}

fn busy(file: &File) -> Failure {
    let mut text = String::new();
    let read = file.take(HOLDER_MAX_BYTES).read_to_string(&mut text);
    let holder = read
        .ok()
        .and_then(|_| serde_json::from_str::<Holder>(&text).ok());
    match holder {
        Some(Holder { holder, since }) => Failure::new(
            FailureKind::Busy,
            format!("the vault is in use by {holder} since {since:.0}"),
        ),
        None => Failure::new(FailureKind::Busy, "the vault is in use by another job"),
    }
}

/// Locks an open file or directory that others lock for moments only; unlocked when it is closed.
pub(super) fn lock_briefly(file: &File, what: &str) -> Result<(), Failure> {
    lock_within(file, what, PATIENCE)
}

/// The same, for those who would rather go on than wait longer than that.
pub(super) fn lock_within(file: &File, what: &str, patience: Duration) -> Result<(), Failure> {
    let deadline = Instant::now() + patience;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => thread::sleep(PAUSE),
            Err(TryLockError::WouldBlock) => {
                let message = format!("{what} is being written by another session");
                return Err(Failure::new(FailureKind::Busy, message));
            }
            Err(TryLockError::Error(error)) => {
                return Err(Failure::io(format!("{what} could not be locked"), &error));
            }
        }
    }
}
