//! Step 4, the application is up again: what was replaced becomes a backup, then it goes.

use super::in_place::in_place_directory;
use super::{Item, ItemKind, Restore};
use crate::failure::Failure;
use crate::files;
use crate::protocol::{BackupRecord, BackupRequest};
use crate::relative_path::RelativePath;
use crate::session::{self, Replaced};
use crate::vault::Vault;
use crate::work::Work;

impl Restore {
    /// Makes the pre-restore backup and removes the hidden directories. `None` if nothing had been
    /// replaced.
    ///
    /// # Errors
    /// As for a backup. What was replaced stays where it is until it has been listed as a backup.
    pub fn collect(
        &mut self,
        vault: &Vault,
        request: &BackupRequest,
        work: &Work,
    ) -> Result<Option<BackupRecord>, Failure> {
        let replaced = self.replaced(vault)?;
        let record = if replaced.is_empty() {
            None
        } else if vault.record(&request.id).is_ok() {
            // An earlier try got as far as listing it.
            Some(vault.record(&request.id)?)
        } else {
            Some(session::take_replaced(vault, request, replaced, work)?)
        };
        let done = Self {
            record: self.record.clone(),
            roots: self.roots.clone(),
        };
        done.remove(vault)?;
        Ok(record)
    }

    fn replaced(&self, vault: &Vault) -> Result<Vec<Replaced>, Failure> {
        let mut replaced = Vec::new();
        for item in &self.record.items {
            let found = match item.kind {
                ItemKind::Directory => None,
                ItemKind::DatabaseInPlace => self.replaced_in_place(vault, item),
                ItemKind::Database | ItemKind::File | ItemKind::Surplus => {
                    self.replaced_by_exchange(item)?
                }
            };
            replaced.extend(found);
        }
        Ok(replaced)
    }

    fn replaced_by_exchange(&self, item: &Item) -> Result<Option<Replaced>, Failure> {
        if item.replaced_inode.is_none() || !self.is_exchanged(item)? {
            return Ok(None);
        }
        let hidden = self.hidden(item);
        let root = self.root(item);
        let inside = hidden
            .strip_prefix(&root)
            .ok()
            .and_then(|path| RelativePath::new(path.as_os_str().as_encoded_bytes()))
            .expect("the hidden directory lies in the volume");
        Ok(Some(Replaced {
            volume_index: item.target_index,
            path: item.path.clone(),
            root,
            inside,
            is_database: item.is_database(),
            ownership: files::read_ownership(&hidden)?,
        }))
    }

    fn replaced_in_place(&self, vault: &Vault, item: &Item) -> Option<Replaced> {
        let safety = self.in_place_copy(vault, item, "replaced");
        let inside = RelativePath::new(safety.file_name()?.as_encoded_bytes())?;
        safety.exists().then(|| Replaced {
            volume_index: item.target_index,
            path: item.path.clone(),
            root: in_place_directory(vault),
            inside,
            is_database: true,
            ownership: item.ownership.clone(),
        })
    }
}
