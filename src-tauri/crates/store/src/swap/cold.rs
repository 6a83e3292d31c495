//! An update's cold point: copies of the quiet databases beside the live ones, before a new release
//! may touch them, and what has to be known before they are put back.
//!
//! A cold point is a restore whose staged files are copies of what is live already: putting them in
//! place is the ordinary exchange, and what a failed release left becomes the replaced file.

use std::collections::BTreeSet;
use std::fs::File;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use super::in_place::in_place_directory;
use super::record::{ColdFact, FileMark, inode_of};
use super::room::check_room_for;
use super::staged_file::{create_staged, seal_staged};
use super::{Item, ItemKind, Record, Restore, Stage};
use crate::child::settle::{self, Settled};
use crate::failure::{Failure, FailureKind};
use crate::files;
use crate::manifest::{DatabaseKind, Ownership};
use crate::protocol::{
    BackupRecord, BackupRequest, ColdPointRequest, ColdState, DatabaseRef, FoundDatabase,
    ScanRequest, SourceMount, StageReport,
};
use crate::relative_path::RelativePath;
use crate::scan;
use crate::session::{self, Replaced, Roots};
use crate::vault::Vault;
use crate::work::Work;

/// The same limits as discovery has: what was found there is found here.
const MAX_ENTRIES: u64 = 300_000;
const MAX_DEPTH: u32 = 24;
const SCAN_DEADLINE_MS: u64 = 60_000;

/// Makes each database one file and copies it into the hidden directory of its mount. Everyone on the
/// volumes must be stopped.
///
/// # Errors
/// `no-space`; `damaged` if a database cannot be made one file; `database-locked` if somebody still
/// has it open. In each case nothing but side files that SQLite folds in was changed.
pub fn make_cold_point(
    vault: &Vault,
    roots: &Roots,
    request: &ColdPointRequest,
    work: &Work,
) -> Result<(Restore, StageReport), Failure> {
    let record = Record {
        job: request.job.clone(),
        backup_id: String::new(),
        targets: request.sources.clone(),
        items: Vec::new(),
        fresh_roots: Vec::new(),
        cold: Vec::new(),
        stage: Stage::Staged,
    };
    let mut restore = Restore {
        record,
        roots: roots.clone(),
    };
    // Written before the first hidden directory is made, so that a crash leaves none unnamed.
    restore.record.write(vault)?;
    let outcome = restore
        .copy_all(vault, work)
        .and_then(|report| restore.record.write(vault).map(|()| report));
    match outcome {
        Ok(report) => Ok((restore, report)),
        Err(failure) => {
            // The first failure is the one to tell; recovery sweeps what stays.
            let _ = restore.discard(vault);
            Err(failure)
        }
    }
}

impl Restore {
    fn copy_all(&mut self, vault: &Vault, work: &Work) -> Result<StageReport, Failure> {
        let found = self.find_databases(work)?;
        for mount in self.record.targets.clone() {
            self.prepare_cold(vault, &mount, &found)?;
        }
        let total = found.iter().map(|database| database.size_bytes).sum();
        work.phase("keep", Some(total));
        let mut report = StageReport {
            databases: Vec::new(),
            file_count: 0,
            unchanged_count: 0,
            staged_bytes: 0,
            findings: Vec::new(),
        };
        for (number, database) in (1..).zip(&found) {
            let item = self.copy_one(vault, number, database, work)?;
            report.databases.push(DatabaseRef {
                volume: self.mount(&item).name.clone(),
                path: item.path.clone(),
            });
            report.staged_bytes += database.size_bytes;
            work.progress(report.staged_bytes);
            self.record.items.push(item);
        }
        for mount in self.record.targets.iter().filter(|one| !one.single_file) {
            files::fsync_directory(&self.hidden_directory(mount.index))?;
        }
        Ok(report)
    }

    /// The databases of the volumes, those that only look like one left out.
    fn find_databases(&self, work: &Work) -> Result<Vec<FoundDatabase>, Failure> {
        let request = ScanRequest {
            sources: self.record.targets.clone(),
            max_entries: MAX_ENTRIES,
            max_depth: MAX_DEPTH,
            deadline_ms: SCAN_DEADLINE_MS,
        };
        let found = scan::scan(&self.roots.volumes, &request, work)?;
        Ok(found
            .databases
            .into_iter()
            .filter(|one| matches!(one.kind, DatabaseKind::Sqlite | DatabaseKind::Encrypted))
            .collect())
    }

    fn prepare_cold(
        &self,
        vault: &Vault,
        mount: &SourceMount,
        found: &[FoundDatabase],
    ) -> Result<(), Failure> {
        let sizes = found
            .iter()
            .filter(|database| database.source_index == mount.index)
            .map(|database| database.size_bytes + database.wal_bytes);
        if mount.single_file {
            check_room_for(sizes, vault.root(), &mount.name)?;
            return files::create_directory(&in_place_directory(vault), 0o710);
        }
        check_room_for(sizes, &self.roots.source(mount), &mount.name)?;
        // The owners of databases have to reach what lies in it; its files keep their own modes.
        std::fs::DirBuilder::new()
            .mode(0o711)
            .create(self.hidden_directory(mount.index))
            .map_err(|error| Failure::io("the volume could not be written", &error))
    }

    fn copy_one(
        &mut self,
        vault: &Vault,
        number: u64,
        database: &FoundDatabase,
        work: &Work,
    ) -> Result<Item, Failure> {
        work.check()?;
        let item = self.cold_item(number, database);
        let root = self.root(&item);
        if database.kind == DatabaseKind::Sqlite {
            let settled = settle::settle(&root, &item.path, work)?;
            if let Settled::Impossible { reason } = settled {
                return Err(Failure::new(
                    FailureKind::Damaged,
                    format!("{} could not be made one file", item.path.display()),
                )
                .with_detail(reason));
            }
        }
        let live = self.live(&item);
        let copy = self.cold_copy(vault, &item);
        copy_file(&live, &copy, work)?;
        seal_staged(&copy, &self.ownership_of_copy(&item, &live, &copy)?, None)?;
        let mark = |path: &Path| {
            FileMark::of(path)?.ok_or_else(|| {
                Failure::new(
                    FailureKind::NotFound,
                    "a database vanished while it was copied",
                )
            })
        };
        self.record.cold.push(ColdFact {
            number,
            live: mark(&live)?,
            copy: mark(&copy)?,
        });
        Ok(Item {
            staged_inode: inode_of(&copy)?.unwrap_or_default(),
            ownership: files::read_ownership(&live)?,
            ..item
        })
    }

    fn cold_item(&self, number: u64, database: &FoundDatabase) -> Item {
        let single_file = self
            .record
            .targets
            .iter()
            .any(|mount| mount.index == database.source_index && mount.single_file);
        Item {
            number,
            target_index: database.source_index,
            path: if single_file {
                RelativePath::default()
            } else {
                database.path.clone()
            },
            kind: if single_file {
                ItemKind::DatabaseInPlace
            } else {
                ItemKind::Database
            },
            staged_inode: 0,
            sha256: String::new(),
            replaced_inode: None,
            moved_side_files: Vec::new(),
            ownership: database.ownership.clone(),
        }
    }

    fn cold_copy(&self, vault: &Vault, item: &Item) -> PathBuf {
        if item.kind == ItemKind::DatabaseInPlace {
            self.in_place_copy(vault, item, "staged")
        } else {
            self.hidden(item)
        }
    }

    /// A copy for a single-file mount is read by the vault's group; any other is as its original.
    fn ownership_of_copy(
        &self,
        item: &Item,
        live: &Path,
        copy: &Path,
    ) -> Result<Ownership, Failure> {
        if item.kind == ItemKind::DatabaseInPlace {
            return Ok(Ownership {
                mode: 0o640,
                ..files::read_ownership(copy)?
            });
        }
        files::read_ownership(live)
    }

    /// Looks at what a failed release did, and gets ready to put the cold copies back: databases that
    /// it made are written into the record, to be moved away.
    ///
    /// # Errors
    /// Input and output.
    pub fn prepare_back(&mut self, vault: &Vault, work: &Work) -> Result<ColdState, Failure> {
        if !self.record.backup_id.is_empty() {
            let intact = self.is_backup_there()?;
            if intact {
                self.note_surplus(vault, work)?;
            }
            return Ok(ColdState {
                untouched: false,
                intact,
            });
        }
        let mut untouched = true;
        let mut intact = true;
        for fact in &self.record.cold {
            let Some(item) = self
                .record
                .items
                .iter()
                .find(|one| one.number == fact.number)
            else {
                continue;
            };
            if self.is_exchanged(item)? {
                untouched = false;
                continue;
            }
            let live = self.live(item);
            untouched &= FileMark::of(&live)?.as_ref() == Some(&fact.live);
            untouched &= !has_side_files(&live)?;
            intact &= self.is_as_copied(vault, item, fact)?;
        }
        untouched &= self.note_surplus(vault, work)? == 0;
        Ok(ColdState { untouched, intact })
    }

    /// Nobody has touched or removed this copy.
    fn is_as_copied(&self, vault: &Vault, item: &Item, fact: &ColdFact) -> Result<bool, Failure> {
        Ok(FileMark::of(&self.cold_copy(vault, item))?.as_ref() == Some(&fact.copy))
    }

    /// The backup that was staged in the copies' place is there, each file of it: its items are written
    /// last, and what is not exchanged yet still lies hidden.
    fn is_backup_there(&self) -> Result<bool, Failure> {
        for item in &self.record.items {
            let lies_hidden = match item.kind {
                ItemKind::Database | ItemKind::File => {
                    inode_of(&self.hidden(item))? == Some(item.staged_inode)
                }
                ItemKind::DatabaseInPlace | ItemKind::Directory | ItemKind::Surplus => true,
            };
            if !lies_hidden && !self.is_exchanged(item)? {
                return Ok(false);
            }
        }
        Ok(!self.record.items.is_empty())
    }

    /// Databases that were not there at the cold point.
    fn note_surplus(&mut self, vault: &Vault, work: &Work) -> Result<usize, Failure> {
        let known: BTreeSet<(u32, RelativePath)> = self
            .record
            .items
            .iter()
            .map(|item| (item.target_index, item.path.clone()))
            .collect();
        let mut next = self
            .record
            .items
            .iter()
            .map(|item| item.number)
            .max()
            .unwrap_or(0)
            + 1;
        for database in self.find_databases(work)? {
            let mut item = self.cold_item(next, &database);
            let is_new = !known.contains(&(item.target_index, item.path.clone()));
            if item.kind == ItemKind::DatabaseInPlace || !is_new {
                continue;
            }
            item.kind = ItemKind::Surplus;
            item.replaced_inode = inode_of(&self.live(&item))?;
            self.record.items.push(item);
            next += 1;
        }
        self.record.write(vault)?;
        let surplus = self.record.items.iter();
        Ok(surplus
            .filter(|item| item.kind == ItemKind::Surplus)
            .count())
    }

    /// The update went well: the cold copies become a backup, and the hidden directories go. `None` if
    /// there was no database, or if somebody touched a copy: such a one is no state that ever was.
    ///
    /// # Errors
    /// As for a backup. The copies stay where they are until they have been listed as a backup.
    pub fn collect_cold(
        &mut self,
        vault: &Vault,
        request: &BackupRequest,
        work: &Work,
    ) -> Result<Option<BackupRecord>, Failure> {
        let mut is_intact = true;
        for fact in &self.record.cold {
            let item = self
                .record
                .items
                .iter()
                .find(|one| one.number == fact.number);
            if let Some(item) = item {
                is_intact &= self.is_as_copied(vault, item, fact)?;
            }
        }
        let copies = self.record.items.iter();
        let copies: Vec<Replaced> = copies
            .filter(|item| item.kind != ItemKind::Surplus)
            .map(|item| self.cold_replaced(vault, item))
            .collect();
        let record = if let Ok(listed) = vault.record(&request.id) {
            // An earlier try got as far as listing it.
            Some(listed)
        } else if copies.is_empty() || !is_intact {
            None
        } else {
            Some(session::take_replaced(vault, request, copies, work)?)
        };
        let done = Self {
            record: self.record.clone(),
            roots: self.roots.clone(),
        };
        done.remove(vault)?;
        Ok(record)
    }

    fn cold_replaced(&self, vault: &Vault, item: &Item) -> Replaced {
        let copy = self.cold_copy(vault, item);
        let root = if item.kind == ItemKind::DatabaseInPlace {
            in_place_directory(vault)
        } else {
            self.root(item)
        };
        let inside = copy
            .strip_prefix(&root)
            .ok()
            .and_then(|path| RelativePath::new(path.as_os_str().as_encoded_bytes()))
            .expect("a copy lies in its directory");
        Replaced {
            volume_index: item.target_index,
            path: item.path.clone(),
            root,
            inside,
            is_database: true,
            ownership: item.ownership.clone(),
        }
    }
}

/// A log or journal with something in it belongs to commits that came after.
fn has_side_files(live: &Path) -> Result<bool, Failure> {
    for suffix in ["-wal", "-journal"] {
        let mut name = live.as_os_str().to_owned();
        name.push(suffix);
        match std::fs::symlink_metadata(PathBuf::from(name)) {
            Ok(found) if found.len() > 0 => return Ok(true),
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(Failure::io("a database could not be looked at", &error)),
        }
    }
    Ok(false)
}

/// How much is copied between two looks at whether to stop.
const COPY_PIECE_BYTES: u64 = 64 << 20;

/// Copies at disk speed. `std::io::copy` lets the kernel do it (`copy_file_range`), which on btrfs and
/// xfs shares the blocks instead of copying them.
fn copy_file(from: &Path, to: &Path, work: &Work) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::io("a database could not be copied", &error);
    let mut source = File::open(from).map_err(failed)?;
    let mut target = create_staged(to)?;
    loop {
        work.check()?;
        let mut piece = std::io::Read::take(&mut source, COPY_PIECE_BYTES);
        if std::io::copy(&mut piece, &mut target).map_err(failed)? == 0 {
            return Ok(());
        }
    }
}
