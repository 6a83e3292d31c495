//! Working space of one job inside the vault.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::lock::lock_briefly;
use super::{SCRATCH, Vault};
use crate::files::{create_directory, remove_tree};
use crate::{Failure, FailureKind};

/// Children that check a copy are other users, let in by the group.
const MODE: u32 = 0o750;
const NAME_MAX_BYTES: usize = 100;

/// A job's working directory; removed when it is dropped.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    /// Locked: tells those who sweep that somebody is here.
    _lock: File,
}

impl Vault {
    /// Makes `scratch/<job>`. What a killed run of the same name left there is removed first.
    ///
    /// # Errors
    /// The name is not plain (`a-z`, `A-Z`, `0-9`, `_`, `-`), another session is using it, the vault
    /// is not laid out, or the file system refuses.
    pub fn scratch(&self, job: &str) -> Result<Scratch, Failure> {
        self.require_layout()?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        if !(1..=NAME_MAX_BYTES).contains(&job.len()) || !job.bytes().all(plain) {
            let message = "the name of the job is not fit for a directory";
            return Err(Failure::new(FailureKind::Protocol, message));
        }
        let path = self.root.join(SCRATCH).join(job);
        if is_in_use(&path) {
            let message = format!("the job {job} is already running");
            return Err(Failure::new(FailureKind::Busy, message));
        }
        remove_tree(&path)?;
        create_directory(&path, MODE)?;
        let lock = File::open(&path)
            .map_err(|error| Failure::io("the working directory could not be opened", &error))?;
        lock_briefly(&lock, "the working directory")?;
        Ok(Scratch { path, _lock: lock })
    }
}

impl Scratch {
    /// The directory.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What stays is swept, and told of, by the next session that takes the lock.
        let _ = remove_tree(&self.path);
    }
}

/// Whether a session that lives uses this working directory.
pub(super) fn is_in_use(path: &Path) -> bool {
    File::open(path).is_ok_and(|directory| directory.try_lock().is_err())
}
