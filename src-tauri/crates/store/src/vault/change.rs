//! What changes on a listed backup: its verdict, its notes, and that it goes.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use serde::Serialize;

use super::catalog::{NOTES, VERIFICATION};
use super::lock::lock_briefly;
use super::reserve::{make_reserve, with_reserve};
use super::{BACKUPS, TRASH, Vault, sealed};
use crate::files::{fsync_directory, remove_tree};
use crate::manifest::{Notes, Verification};
use crate::{Failure, FailureKind};

impl Vault {
    /// Records what a look at a backup said.
    ///
    /// # Errors
    /// `not-found`, or what the file system refuses.
    pub fn write_verification(&self, id: &str, verification: &Verification) -> Result<(), Failure> {
        self.replace_beside(id, VERIFICATION, verification)
    }

    /// Changes a backup's pin or note.
    ///
    /// # Errors
    /// `not-found`, or what the file system refuses.
    pub fn write_notes(&self, id: &str, notes: &Notes) -> Result<(), Failure> {
        self.replace_beside(id, NOTES, notes)
    }

    /// Deletes backups, through the trash. Either all of them can go, or none is touched. Needs the
    /// lock.
    ///
    /// # Errors
    /// `not-found`, `unsupported` if one is pinned; or the file system refuses, even though the
    /// backups may be off the list by then.
    pub fn delete(&self, ids: &[String]) -> Result<(), Failure> {
        self.require_lock()?;
        let ids: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
        // The locks keep pins as they are until the backups are gone.
        let locks = ids
            .iter()
            .map(|id| self.lock_backup(id))
            .collect::<Result<Vec<_>, _>>()?;
        if let Some(pinned) = ids.iter().find(|id| self.is_pinned(id)) {
            let message = format!("the backup {pinned} is pinned");
            return Err(Failure::new(FailureKind::Unsupported, message));
        }
        let trash = self.root.join(TRASH);
        for id in &ids {
            remove_tree(&trash.join(id))?;
            with_reserve(&self.root, || {
                fs::rename(self.backup_path(id), trash.join(id)).map_err(|error| {
                    Failure::io(format!("the backup {id} could not be deleted"), &error)
                })
            })?;
        }
        fsync_directory(&trash)?;
        fsync_directory(&self.root.join(BACKUPS))?;
        drop(locks);
        for id in &ids {
            remove_tree(&trash.join(id))?;
        }
        fsync_directory(&trash)?;
        make_reserve(&self.root)
    }

    fn is_pinned(&self, id: &str) -> bool {
        // A backup that cannot be read as one has nothing to lose.
        self.record(id).is_ok_and(|record| record.notes.pinned)
    }

    fn replace_beside(&self, id: &str, name: &str, value: &impl Serialize) -> Result<(), Failure> {
        let _lock = self.lock_backup(id)?;
        with_reserve(&self.root, || {
            sealed::write(&self.backup_path(id).join(name), value)
        })
    }

    /// Keeps others from changing or deleting a backup until the answer is dropped.
    fn lock_backup(&self, id: &str) -> Result<File, Failure> {
        self.require_backup(id)?;
        let directory = self
            .open_file(&format!("{BACKUPS}/{id}"))
            .map_err(|error| Failure::io(format!("the backup {id} could not be opened"), &error))?;
        lock_briefly(&directory, &format!("the backup {id}"))?;
        // It may have been deleted while we waited.
        let same = directory.metadata().is_ok_and(|ours| {
            fs::symlink_metadata(self.backup_path(id)).is_ok_and(|now| now.ino() == ours.ino())
        });
        if !same {
            return Err(Failure::new(
                FailureKind::NotFound,
                format!("there is no backup {id}"),
            ));
        }
        Ok(directory)
    }

    fn backup_path(&self, id: &str) -> PathBuf {
        self.root.join(BACKUPS).join(id)
    }
}
