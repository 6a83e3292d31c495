//! The end of a restore: what was staged or replaced goes, and its record with it.

use super::{ItemKind, Record, Restore, Stage};
use crate::failure::{Failure, FailureKind};
use crate::files;
use crate::vault::Vault;

impl Restore {
    /// Removes what was staged, and the record. Refused while what was replaced lies nowhere else.
    ///
    /// # Errors
    /// `unsupported` if a replaced file is neither back in its place nor collected; input and output.
    pub fn discard(self, vault: &Vault) -> Result<(), Failure> {
        for item in &self.record.items {
            let only_here = item.replaced_inode.is_some() && self.is_exchanged(item)?;
            if only_here && !matches!(item.kind, ItemKind::Directory | ItemKind::DatabaseInPlace) {
                return Err(Failure::new(
                    FailureKind::Unsupported,
                    format!(
                        "what was {} before the restore is not back in its place yet",
                        item.path.display()
                    ),
                ));
            }
        }
        self.remove(vault)
    }

    /// Removes everything of this restore, and the record. That it does is written down first: what is
    /// half removed must never be taken for half exchanged.
    pub(super) fn remove(mut self, vault: &Vault) -> Result<(), Failure> {
        self.record.stage = Stage::Removing;
        self.record.write(vault)?;
        for mount in &self.record.targets {
            if !mount.single_file {
                let directory = self.hidden_directory(mount.index);
                if directory.symlink_metadata().is_ok() {
                    files::remove_tree(&directory)?;
                    files::fsync_directory(&self.roots.source(mount))?;
                }
            }
        }
        for item in &self.record.items {
            for what in ["staged", "replaced"] {
                let copy = self.in_place_copy(vault, item, what);
                if copy.exists() {
                    std::fs::remove_file(&copy)
                        .map_err(|error| Failure::io("a copy could not be removed", &error))?;
                }
            }
        }
        Record::remove(vault)
    }
}
