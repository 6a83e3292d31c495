//! Mounts that are one file: SQLite writes the content into it, since it cannot be exchanged.

use std::path::PathBuf;

use super::names::rename;
use super::{Item, Restore};
use crate::child::settle;
use crate::drive;
use crate::failure::Failure;
use crate::files;
use crate::vault::Vault;
use crate::work::Work;

impl Restore {
    /// A single-file mount cannot be exchanged: the present content is copied aside, then SQLite
    /// writes the staged content into the file.
    pub(super) fn write_in_place(
        &self,
        vault: &Vault,
        item: &Item,
        work: &Work,
    ) -> Result<(), Failure> {
        let live = self.live(item);
        let safety = self.in_place_copy(vault, item, "replaced");
        if !safety.exists() {
            let partial = safety.with_extension("partial");
            std::fs::copy(&live, &partial)
                .map_err(|error| Failure::io("the present database could not be kept", &error))?;
            drive::fsync_file(&partial)?;
            rename(&partial, &safety)?;
            files::fsync_directory(&in_place_directory(vault))?;
        }
        let staged = self.in_place_copy(vault, item, "staged");
        settle::write_into(&staged, &self.root(item), &item.path, work)
    }

    pub(super) fn write_back_in_place(
        &self,
        vault: &Vault,
        item: &Item,
        work: &Work,
    ) -> Result<(), Failure> {
        let safety = self.in_place_copy(vault, item, "replaced");
        if safety.exists() {
            settle::write_into(&safety, &self.root(item), &item.path, work)?;
        }
        Ok(())
    }

    /// Where the staged and the replaced content of a single-file mount lie.
    pub(super) fn in_place_copy(&self, vault: &Vault, item: &Item, what: &str) -> PathBuf {
        in_place_directory(vault).join(format!("{}-{}.{what}", self.record.job, item.number))
    }
}

/// Where contents for single-file mounts lie: the owners of databases have to reach them.
pub(super) fn in_place_directory(vault: &Vault) -> PathBuf {
    vault.root().join("in-place")
}
