//! The way back, everyone stopped: what was replaced and live change places again.

use std::path::Path;

use nix::fcntl::RenameFlags;

use super::names::{SIDE_SUFFIXES, add_suffix, rename, rename_with};
use super::record::inode_of;
use super::{Item, ItemKind, Restore};
use crate::failure::Failure;
use crate::protocol::SwapReport;
use crate::vault::Vault;
use crate::work::Work;

/// Side files of a database that the application made after the exchange, set aside on the way back.
const LATER_PREFIX: &str = "later-";

impl Restore {
    /// The way back: what was live before is live again, and nothing of what came after lies beside it.
    ///
    /// # Errors
    /// Input and output.
    pub fn exchange_back(&mut self, vault: &Vault, work: &Work) -> Result<SwapReport, Failure> {
        for item in self.record.items.iter().rev() {
            match item.kind {
                ItemKind::Directory => {}
                ItemKind::DatabaseInPlace => self.write_back_in_place(vault, item, work)?,
                ItemKind::Database | ItemKind::File | ItemKind::Surplus => self.back_one(item)?,
            }
        }
        for item in self.record.items.iter().rev() {
            if item.kind == ItemKind::Directory {
                // Made by us, and empty again unless the application used it: then it stays.
                let _ = std::fs::remove_dir(self.live(item));
            }
        }
        self.sync_touched()?;
        self.report()
    }

    fn back_one(&self, item: &Item) -> Result<(), Failure> {
        let live = self.live(item);
        let hidden = self.hidden(item);
        if self.is_exchanged(item)? {
            if item.is_database() {
                for suffix in SIDE_SUFFIXES {
                    let later = add_suffix(&live, suffix);
                    if later.symlink_metadata().is_ok() {
                        let directory = self.hidden_directory(item.target_index);
                        let aside =
                            directory.join(format!("{LATER_PREFIX}{}{suffix}", item.number));
                        rename(&later, &aside)?;
                    }
                }
            }
            self.put_back(item, &live, &hidden)?;
        }
        for suffix in &item.moved_side_files {
            let kept = add_suffix(&hidden, suffix);
            if kept.symlink_metadata().is_ok() {
                rename(&kept, &add_suffix(&live, suffix))?;
            }
        }
        Ok(())
    }

    /// The old file is live again; what the application made of the new one lies hidden.
    fn put_back(&self, item: &Item, live: &Path, hidden: &Path) -> Result<(), Failure> {
        let present = inode_of(live)?;
        match (item.replaced_inode, present) {
            (Some(_), Some(_)) => rename_with(live, hidden, RenameFlags::RENAME_EXCHANGE),
            (Some(_), None) => {
                self.make_parents(item)?;
                rename_with(hidden, live, RenameFlags::RENAME_NOREPLACE)
            }
            (None, Some(inode)) if inode == item.staged_inode => {
                rename_with(live, hidden, RenameFlags::RENAME_NOREPLACE)
            }
            (None, Some(_)) => {
                let directory = self.hidden_directory(item.target_index);
                rename(
                    live,
                    &directory.join(format!("{LATER_PREFIX}{}", item.number)),
                )
            }
            (None, None) => Ok(()),
        }
    }
}
