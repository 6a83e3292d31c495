//! Step 3, everyone stopped: staged and live change places.
//!
//! Where a file stands is told by its inode, so each step may be repeated after a crash.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use nix::fcntl::RenameFlags;

use super::names::rename_with;
use super::record::inode_of;
use super::{Item, ItemKind, Restore, Stage};
use crate::failure::{Failure, FailureKind};
use crate::files;
use crate::protocol::SwapReport;
use crate::vault::Vault;
use crate::work::Work;

impl Restore {
    /// Puts everything staged in place.
    ///
    /// # Errors
    /// Input and output; the record tells how far it came, and `exchange_back` goes back.
    pub fn exchange(&mut self, vault: &Vault, work: &Work) -> Result<SwapReport, Failure> {
        self.refuse_links_on_the_way()?;
        self.remember_replaced(vault)?;
        for (index, ownership) in &self.record.fresh_roots {
            let root = self.roots.volumes.join(index.to_string());
            files::apply_ownership(&root, ownership)?;
        }
        for item in &self.record.items {
            match item.kind {
                ItemKind::Directory => self.make_directory(item)?,
                ItemKind::DatabaseInPlace => self.write_in_place(vault, item, work)?,
                ItemKind::Database | ItemKind::File => self.exchange_one(item)?,
                ItemKind::Surplus => self.move_surplus_away(item)?,
            }
        }
        self.sync_touched()?;
        self.report()
    }

    /// Syncs each directory in which a name changed, once. Only then is the exchange told to be done:
    /// a crash before leaves any part of the names exchanged, which inode numbers tell.
    pub(super) fn sync_touched(&self) -> Result<(), Failure> {
        for directory in self.touched().iter().filter(|directory| directory.is_dir()) {
            files::fsync_directory(directory)?;
        }
        Ok(())
    }

    pub(super) fn touched(&self) -> BTreeSet<PathBuf> {
        let mut touched = BTreeSet::new();
        for item in &self.record.items {
            if item.kind != ItemKind::DatabaseInPlace {
                touched.insert(self.hidden_directory(item.target_index));
                touched.extend(self.directories_above(item));
            }
        }
        touched
    }

    /// Up to the volume's root: a new directory's name lies in the one above it.
    fn directories_above(&self, item: &Item) -> Vec<PathBuf> {
        let (live, root) = (self.live(item), self.root(item));
        live.ancestors()
            .skip(1)
            .take_while(|directory| directory.starts_with(&root))
            .map(Path::to_path_buf)
            .collect()
    }

    /// The application may have put a link where a directory was, after the staging looked: what would
    /// be exchanged then lies elsewhere.
    pub(super) fn refuse_links_on_the_way(&self) -> Result<(), Failure> {
        let mut seen = BTreeSet::new();
        for item in &self.record.items {
            for directory in self.directories_above(item) {
                if !seen.insert(directory.clone()) {
                    break;
                }
                let is_link = std::fs::symlink_metadata(&directory)
                    .is_ok_and(|metadata| metadata.is_symlink());
                if is_link {
                    return Err(Failure::new(
                        FailureKind::Unsupported,
                        format!(
                            "on the way to {} a directory was replaced by a link meanwhile",
                            item.path.display()
                        ),
                    ));
                }
            }
        }
        Ok(())
    }

    /// Notes that it begins, and the inode of each file that is about to be replaced, before anything moves.
    fn remember_replaced(&mut self, vault: &Vault) -> Result<(), Failure> {
        for position in 0..self.record.items.len() {
            let item = &self.record.items[position];
            if item.replaced_inode.is_none()
                && !matches!(item.kind, ItemKind::Directory | ItemKind::DatabaseInPlace)
            {
                let live = inode_of(&self.live(item))?;
                if live != Some(item.staged_inode) {
                    self.record.items[position].replaced_inode = live;
                }
            }
        }
        self.record.stage = Stage::Exchanging;
        self.record.write(vault)
    }

    fn make_directory(&self, item: &Item) -> Result<(), Failure> {
        let live = self.live(item);
        match std::fs::create_dir(&live) {
            Ok(()) => files::apply_ownership(&live, &item.ownership).map(|_| ()),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(Failure::io("a directory could not be made", &error)),
        }
    }

    fn exchange_one(&self, item: &Item) -> Result<(), Failure> {
        if self.is_exchanged(item)? {
            return Ok(());
        }
        let live = self.live(item);
        let hidden = self.hidden(item);
        if inode_of(&hidden)? != Some(item.staged_inode) {
            return Err(Failure::new(
                FailureKind::Damaged,
                format!(
                    "what was staged for {} is not there any more",
                    item.path.display()
                ),
            ));
        }
        self.make_parents(item)?;
        let flags = if item.replaced_inode.is_some() {
            RenameFlags::RENAME_EXCHANGE
        } else {
            RenameFlags::RENAME_NOREPLACE
        };
        rename_with(&hidden, &live, flags)
    }

    /// What a failed release made goes to the hidden side, and nothing takes its place.
    fn move_surplus_away(&self, item: &Item) -> Result<(), Failure> {
        if !self.is_exchanged(item)? {
            rename_with(
                &self.live(item),
                &self.hidden(item),
                RenameFlags::RENAME_NOREPLACE,
            )?;
        }
        self.sync(item)
    }

    /// A database may go where the backup lists no directory (databases-only backups).
    pub(super) fn make_parents(&self, item: &Item) -> Result<(), Failure> {
        let live = self.live(item);
        let root = self.root(item);
        let Some(parent) = live.parent().filter(|parent| !parent.exists()) else {
            return Ok(());
        };
        let missing: Vec<&Path> = parent
            .ancestors()
            .take_while(|directory| *directory != root && !directory.exists())
            .collect();
        for directory in missing.into_iter().rev() {
            std::fs::create_dir(directory)
                .map_err(|error| Failure::io("a directory could not be made", &error))?;
            let mode = 0o755;
            let ownership = crate::manifest::Ownership {
                mode,
                xattrs: Vec::new(),
                ..item.ownership.clone()
            };
            files::apply_ownership(directory, &ownership)?;
        }
        Ok(())
    }

    /// Staged and live have changed places. Told by the hidden side alone, which is ours: the
    /// application may have replaced or removed the live file since it was started. A hidden file that
    /// somebody removed before any exchange began tells nothing.
    pub(super) fn is_exchanged(&self, item: &Item) -> Result<bool, Failure> {
        match item.kind {
            ItemKind::Database | ItemKind::File | ItemKind::Surplus
                if self.record.stage != Stage::Exchanging =>
            {
                Ok(false)
            }
            ItemKind::Directory => Ok(self.live(item).is_dir()),
            ItemKind::DatabaseInPlace => Ok(false),
            ItemKind::Database | ItemKind::File | ItemKind::Surplus => {
                let hidden = inode_of(&self.hidden(item))?;
                Ok(match item.replaced_inode {
                    Some(replaced) => hidden == Some(replaced),
                    None => hidden != Some(item.staged_inode),
                })
            }
        }
    }

    /// How far the exchange is.
    pub(super) fn report(&self) -> Result<SwapReport, Failure> {
        let mut exchanged = 0;
        let mut total = 0;
        for item in &self.record.items {
            if matches!(
                item.kind,
                ItemKind::Database | ItemKind::File | ItemKind::Surplus
            ) {
                total += 1;
                exchanged += u64::from(self.is_exchanged(item)?);
            }
        }
        Ok(SwapReport {
            total,
            exchanged,
            present: true,
            findings: Vec::new(),
        })
    }

    pub(super) fn sync(&self, item: &Item) -> Result<(), Failure> {
        if let Some(parent) = self.live(item).parent().filter(|parent| parent.is_dir()) {
            files::fsync_directory(parent)?;
        }
        files::fsync_directory(&self.hidden_directory(item.target_index))
    }
}
