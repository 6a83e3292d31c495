//! Steps 2 and 3, everyone stopped: make each live database one file, exchange, and the way back.
//!
//! Where a file stands is told by its inode, so each step may be repeated after a crash.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use nix::fcntl::{AT_FDCWD, RenameFlags, renameat2};

use super::record::inode_of;
use super::{Item, ItemKind, Record, Restore, Stage};
use crate::child::settle::{self, Settled};
use crate::drive;
use crate::failure::{Failure, FailureKind};
use crate::files;
use crate::manifest::Finding;
use crate::protocol::SwapReport;
use crate::vault::Vault;
use crate::work::Work;

/// What SQLite keeps beside a database, and what it would read into a database it does not belong to.
const SIDE_SUFFIXES: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Side files of a database that the application made after the exchange, set aside on the way back.
const LATER_PREFIX: &str = "later-";

impl Restore {
    /// Makes each live database one file. What cannot be recovered keeps its side files, beside the
    /// hidden name, so that they never meet the restored file.
    ///
    /// # Errors
    /// `database-locked` if somebody still has it open; input and output.
    pub fn settle(&mut self, vault: &Vault, work: &Work) -> Result<SwapReport, Failure> {
        let mut findings = Vec::new();
        for position in 0..self.record.items.len() {
            let item = self.record.items[position].clone();
            if !item.is_database() || self.is_exchanged(&item)? {
                continue;
            }
            let mount = self.mount(&item);
            if inode_of(&self.live(&item))?.is_some() {
                let settled = settle::settle(&self.roots.source(mount), &item.path, work)?;
                if let Settled::Impossible { reason } = settled {
                    findings.push(Finding {
                        code: "kept-as-found".to_owned(),
                        volume: Some(mount.name.clone()),
                        path: Some(item.path.clone()),
                        message: format!(
                            "The present database could not be recovered ({reason}); it and its \
                             side files are kept as they were found."
                        ),
                    });
                }
            }
            if item.kind != ItemKind::DatabaseInPlace {
                self.move_side_files_away(vault, position)?;
            }
        }
        let mut report = self.report()?;
        report.findings = findings;
        Ok(report)
    }

    /// Whatever still lies beside the live database goes beside the hidden name.
    fn move_side_files_away(&mut self, vault: &Vault, position: usize) -> Result<(), Failure> {
        let item = self.record.items[position].clone();
        let live = self.live(&item);
        let hidden = self.hidden(&item);
        let present: Vec<&str> = SIDE_SUFFIXES
            .into_iter()
            .filter(|suffix| add_suffix(&live, suffix).symlink_metadata().is_ok())
            .collect();
        if present.is_empty() {
            return Ok(());
        }
        let moved = &mut self.record.items[position].moved_side_files;
        for suffix in &present {
            if !moved.iter().any(|known| known == suffix) {
                moved.push((*suffix).to_owned());
            }
        }
        self.record.write(vault)?;
        for suffix in present {
            rename(&add_suffix(&live, suffix), &add_suffix(&hidden, suffix))?;
        }
        self.sync(&item)
    }

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
    fn sync_touched(&self) -> Result<(), Failure> {
        for directory in self.touched().iter().filter(|directory| directory.is_dir()) {
            files::fsync_directory(directory)?;
        }
        Ok(())
    }

    fn touched(&self) -> BTreeSet<PathBuf> {
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
    fn refuse_links_on_the_way(&self) -> Result<(), Failure> {
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
    fn make_parents(&self, item: &Item) -> Result<(), Failure> {
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

    /// A single-file mount cannot be exchanged: the present content is copied aside, then SQLite
    /// writes the staged content into the file.
    fn write_in_place(&self, vault: &Vault, item: &Item, work: &Work) -> Result<(), Failure> {
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

    fn write_back_in_place(&self, vault: &Vault, item: &Item, work: &Work) -> Result<(), Failure> {
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

    fn sync(&self, item: &Item) -> Result<(), Failure> {
        if let Some(parent) = self.live(item).parent().filter(|parent| parent.is_dir()) {
            files::fsync_directory(parent)?;
        }
        files::fsync_directory(&self.hidden_directory(item.target_index))
    }

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

fn add_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn rename(from: &Path, to: &Path) -> Result<(), Failure> {
    std::fs::rename(from, to).map_err(|error| Failure::io("a file could not be moved", &error))
}

fn rename_with(from: &Path, to: &Path, flags: RenameFlags) -> Result<(), Failure> {
    renameat2(AT_FDCWD, from, AT_FDCWD, to, flags).map_err(|error| {
        Failure::io(
            "a file could not be exchanged",
            &std::io::Error::from(error),
        )
    })
}

/// Where contents for single-file mounts lie: the owners of databases have to reach them.
pub(super) fn in_place_directory(vault: &Vault) -> PathBuf {
    vault.root().join("in-place")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Ownership;
    use crate::protocol::SourceMount;
    use crate::session::Roots;
    use crate::swap::HIDDEN_PREFIX;

    fn item(number: u64, path: &str) -> Item {
        Item {
            number,
            target_index: 0,
            path: crate::RelativePath::new(path).expect("a path"),
            kind: ItemKind::File,
            staged_inode: 0,
            sha256: String::new(),
            replaced_inode: None,
            moved_side_files: Vec::new(),
            ownership: Ownership {
                uid: 0,
                gid: 0,
                mode: 0o644,
                xattrs: Vec::new(),
            },
        }
    }

    /// The volume of a restore, in which nothing has been exchanged yet.
    fn restore(directory: &Path, items: Vec<Item>) -> Restore {
        Restore {
            record: Record {
                job: "job".to_owned(),
                backup_id: "id".to_owned(),
                targets: vec![SourceMount {
                    index: 0,
                    name: "data".to_owned(),
                    single_file: false,
                    writable: true,
                    in_use: false,
                }],
                items,
                fresh_roots: Vec::new(),
                cold: Vec::new(),
                stage: Stage::Staged,
            },
            roots: Roots {
                vault: directory.join("vault"),
                scratch: directory.join("scratch"),
                volumes: directory.to_path_buf(),
            },
        }
    }

    #[test]
    fn what_is_synced_grows_with_the_directories_and_not_with_the_files() {
        let items = (0..1000)
            .map(|number| item(number, &format!("{}/b/file-{number}", number % 2)))
            .collect();
        let root = Path::new("/volumes/0");
        let touched = restore(Path::new("/volumes"), items).touched();
        let hidden = root.join(format!("{HIDDEN_PREFIX}job"));
        let expected = [
            root.to_path_buf(),
            hidden,
            root.join("0"),
            root.join("0/b"),
            root.join("1"),
            root.join("1/b"),
        ];
        assert_eq!(touched, expected.into_iter().collect());
    }

    #[test]
    fn a_link_that_took_the_place_of_a_directory_is_not_followed() {
        let directory = tempfile::tempdir().expect("a directory");
        let (root, outside) = (directory.path().join("0"), directory.path().join("outside"));
        std::fs::create_dir_all(root.join("a/b")).expect("creates");
        std::fs::create_dir(&outside).expect("creates");
        let restore = restore(directory.path(), vec![item(1, "a/b/file")]);
        restore.refuse_links_on_the_way().expect("all is as staged");
        std::fs::remove_dir(root.join("a/b")).expect("removes");
        std::os::unix::fs::symlink(&outside, root.join("a/b")).expect("links");
        let failure = restore.refuse_links_on_the_way().expect_err("refuses");
        assert_eq!(failure.kind, FailureKind::Unsupported);
    }

    /// A volume with one live file, its replacement staged beside it, and the record in a vault.
    fn staged(directory: &Path) -> (Vault, Restore) {
        let mut restore = restore(directory, vec![item(1, "file")]);
        let hidden = restore.hidden_directory(0);
        std::fs::create_dir_all(&hidden).expect("creates");
        std::fs::write(directory.join("0/file"), "live").expect("writes");
        std::fs::write(hidden.join("1"), "staged").expect("writes");
        restore.record.items[0].staged_inode = inode_of(&hidden.join("1"))
            .expect("looks")
            .expect("it is there");
        std::fs::create_dir_all(&restore.roots.vault).expect("creates");
        let request = crate::protocol::OpenVault {
            app: "shop".to_owned(),
            exclusive: true,
            holder: "test".to_owned(),
            recovery: false,
        };
        let (vault, _) = Vault::open(&restore.roots.vault, &request).expect("opens");
        restore.record.write(&vault).expect("writes");
        (vault, restore)
    }

    fn live_content(directory: &Path) -> String {
        std::fs::read_to_string(directory.join("0/file")).expect("it is there")
    }

    #[test]
    fn what_was_staged_and_vanished_is_not_taken_for_exchanged() {
        let directory = tempfile::tempdir().expect("a directory");
        let (vault, mut restore) = staged(directory.path());
        std::fs::remove_file(restore.hidden_directory(0).join("1")).expect("removes");
        let work = Work::unwatched();
        let report = restore.exchange_back(&vault, &work).expect("goes back");
        assert_eq!(report.exchanged, 0);
        restore.discard(&vault).expect("discards");
        assert_eq!(live_content(directory.path()), "live");
    }

    #[test]
    fn a_removal_that_was_interrupted_is_ended_and_nothing_live_is_touched() {
        let directory = tempfile::tempdir().expect("a directory");
        let (vault, mut restore) = staged(directory.path());
        let roots = restore.roots.clone();
        let hidden = restore.hidden_directory(0);
        restore.record.stage = Stage::Removing;
        restore.record.write(&vault).expect("writes");
        std::fs::remove_file(hidden.join("1")).expect("removes");
        let loaded = Restore::load(&vault, &roots).expect("loads");
        assert!(loaded.is_none(), "it was over");
        assert!(!hidden.exists());
        assert_eq!(live_content(directory.path()), "live");
        assert!(Record::read(&vault).expect("reads").is_none());
    }
}
