//! A backup that is being made: nothing of it is listed before all of it is safe.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::catalog::{MANIFEST, NOTES, SUMMARY, VERIFICATION};
use super::sealed::{self, FILE_MODE};
use super::{BACKUPS, INCOMING, PRIVATE_MODE, Vault, checked_id, valid_file_name};
use crate::files::{create_directory, fsync_directory, remove_tree};
use crate::manifest::{FORMAT_VERSION, Manifest, Notes, Verification};
use crate::protocol::BackupRecord;
use crate::{Failure, FailureKind};

/// A backup that is being made. Dropped without being published it is removed.
#[derive(Debug)]
pub struct Incoming {
    root: PathBuf,
    id: String,
    file_name: String,
    directory: PathBuf,
    /// Nothing is left in `incoming/` that dropping has to remove.
    gone: bool,
}

impl Vault {
    /// Begins a backup: makes `incoming/<id>/`. Needs the lock.
    ///
    /// The archive is called `file_name`; if another backup's archive is (two of one second), the
    /// end of the id comes after it, so that a file name always means one backup.
    ///
    /// # Errors
    /// The id or file name is not one, the id is taken, or the file system refuses.
    pub fn begin(&self, id: &str, file_name: &str) -> Result<Incoming, Failure> {
        self.require_lock()?;
        checked_id(id)?;
        if !valid_file_name(file_name) {
            let message = "the name of the archive is not one that a file can have";
            return Err(Failure::new(FailureKind::Protocol, message));
        }
        if self.root.join(BACKUPS).join(id).symlink_metadata().is_ok() {
            let message = format!("there is a backup {id} already");
            return Err(Failure::new(FailureKind::Protocol, message));
        }
        let directory = self.root.join(INCOMING).join(id);
        create_directory(&directory, PRIVATE_MODE)?;
        Ok(Incoming {
            root: self.root.clone(),
            id: id.to_owned(),
            file_name: self.free_file_name(id, file_name)?,
            directory,
            gone: false,
        })
    }

    fn free_file_name(&self, id: &str, file_name: &str) -> Result<String, Failure> {
        let backups = self.root.join(BACKUPS);
        let is_taken = |other: &String| {
            let archive = backups.join(other).join(file_name);
            archive.symlink_metadata().is_ok()
        };
        if !self.backup_names()?.iter().any(is_taken) {
            return Ok(file_name.to_owned());
        }
        let (_, end) = id.rsplit_once('-').unwrap_or(("", id));
        // An archive's suffix has up to two parts: `.tar.gz`, `.tar`.
        let (stem, suffix) = file_name
            .rfind(".tar")
            .map_or((file_name, ""), |at| file_name.split_at(at));
        Ok(format!("{stem}-{end}{suffix}"))
    }
}

impl Incoming {
    /// What the archive is called.
    #[must_use]
    pub fn file_name(&self) -> &str {
        &self.file_name
    }

    /// The backup's directory as long as it is being made.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Where its archive lies meanwhile.
    #[must_use]
    pub fn archive_path(&self) -> PathBuf {
        self.directory.join(&self.file_name)
    }

    /// Makes the empty archive, for writing and reading back.
    ///
    /// # Errors
    /// It exists already, or the file system refuses.
    pub fn create_archive(&self) -> Result<File, Failure> {
        OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .mode(FILE_MODE)
            .open(self.archive_path())
            .map_err(|error| Failure::io("the archive could not be made", &error))
    }

    /// Makes it a backup: everything synced, manifest last, then renamed into the list.
    ///
    /// # Errors
    /// The manifest does not speak of this archive, or the file system refuses. Unless the very last
    /// sync failed nothing is listed then.
    pub fn publish(
        mut self,
        manifest: &Manifest,
        notes: &Notes,
        verification: &Verification,
    ) -> Result<BackupRecord, Failure> {
        self.sync_archive(manifest)?;
        let path = |name| self.directory.join(name);
        sealed::write_new(&path(VERIFICATION), verification)?;
        sealed::write_new(&path(NOTES), notes)?;
        sealed::write_new(&path(SUMMARY), &manifest.summary)?;
        sealed::write_new(&path(MANIFEST), manifest)?;
        fsync_directory(&self.directory)?;

        let backups = self.root.join(BACKUPS);
        fs::rename(&self.directory, backups.join(&self.id)).map_err(|error| {
            Failure::io(
                format!("the backup {} could not be listed", self.id),
                &error,
            )
        })?;
        self.gone = true;
        fsync_directory(&backups)?;
        fsync_directory(&self.root.join(INCOMING))?;
        Ok(BackupRecord {
            summary: manifest.summary.clone(),
            verification: verification.clone(),
            notes: notes.clone(),
        })
    }

    /// Gives it up and removes it.
    ///
    /// # Errors
    /// Something of it cannot be removed; the next session that takes the lock will try again.
    pub fn abandon(mut self) -> Result<(), Failure> {
        self.gone = true;
        remove_tree(&self.directory)
    }

    fn sync_archive(&self, manifest: &Manifest) -> Result<(), Failure> {
        let summary = &manifest.summary;
        let about_us = (
            summary.format,
            summary.id.as_str(),
            summary.file_name.as_str(),
        ) == (FORMAT_VERSION, self.id.as_str(), self.file_name.as_str());
        if !about_us {
            let message = "the manifest is not this backup's";
            return Err(Failure::new(FailureKind::Protocol, message));
        }
        let unsynced = |error: &std::io::Error| {
            Failure::io("the archive could not be brought to the disk", error)
        };
        let archive = File::open(self.archive_path()).map_err(|error| unsynced(&error))?;
        archive.sync_all().map_err(|error| unsynced(&error))?;
        let present = archive.metadata().map_err(|error| unsynced(&error))?.len();
        if present != summary.stored_bytes {
            let message = format!(
                "the archive has {present} bytes, and its manifest says {}",
                summary.stored_bytes
            );
            return Err(Failure::new(FailureKind::Damaged, message));
        }
        Ok(())
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if !self.gone {
            // What stays is swept, and told of, by the next session that takes the lock.
            let _ = remove_tree(&self.directory);
        }
    }
}
