//! Step 1: unpack a backup beside the live files, while the application may still run.

use std::collections::BTreeSet;
use std::io::Read;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::choose::choose;
use super::in_place::in_place_directory;
use super::record::inode_of;
use super::room::check_room_for;
use super::staged_file::{
    copy, create_staged, is_same_file, ownership_for, seal_staged, set_modified,
};
use super::{Item, ItemKind, Record, Restore, Stage};
use crate::archive::{self, ArchiveReader};
use crate::failure::{Failure, FailureKind};
use crate::files;
use crate::manifest::{ArchivedFile, EntryKind, Manifest, Ownership};
use crate::protocol::{
    DatabaseRef, Selection, SourceMount, StageReport, StageRequest, StageTarget,
};
use crate::session::Roots;
use crate::vault::Vault;
use crate::work::Work;

/// Unpacks what was asked for into hidden directories of the volumes.
///
/// # Errors
/// `no-space`, `damaged` if the archive is not what its manifest says, `not-found` if a chosen
/// database is not in the backup; in each case what was staged is removed again.
pub fn stage(
    vault: &Vault,
    roots: &Roots,
    request: &StageRequest,
    work: &Work,
) -> Result<(Restore, StageReport), Failure> {
    if !request
        .job
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    {
        return Err(Failure::new(
            FailureKind::Protocol,
            "a restore's name must be plain",
        ));
    }
    let manifest = vault.manifest(&request.id)?;
    archive::validate_layout(&manifest.files)?;
    let chosen = choose(&manifest, request)?;
    let mut stager = Stager::new(vault, roots, request, &manifest, work);
    stager.check_room(&chosen)?;
    // Written before the first hidden directory is made, so that a crash leaves none unnamed.
    stager.restore.record.write(vault)?;
    let outcome = stager.unpack(&chosen);
    let Stager {
        restore, report, ..
    } = stager;
    match outcome.and_then(|()| restore.record.write(vault)) {
        Ok(()) => Ok((restore, report)),
        Err(failure) => {
            // The first failure is the one to tell; leftovers are swept by the next restore, too.
            let _ = restore.discard(vault);
            Err(failure)
        }
    }
}

/// A staging at work.
struct Stager<'a> {
    vault: &'a Vault,
    request: &'a StageRequest,
    manifest: &'a Manifest,
    work: &'a Work,
    restore: Restore,
    report: StageReport,
    /// Items by class; put together in the end: directories, databases, files.
    directories: Vec<Item>,
    databases: Vec<Item>,
    others: Vec<Item>,
    next_number: u64,
    known_directories: BTreeSet<PathBuf>,
}

impl<'a> Stager<'a> {
    fn new(
        vault: &'a Vault,
        roots: &Roots,
        request: &'a StageRequest,
        manifest: &'a Manifest,
        work: &'a Work,
    ) -> Self {
        let record = Record {
            job: request.job.clone(),
            backup_id: request.id.clone(),
            targets: request
                .targets
                .iter()
                .map(|target| target.mount.clone())
                .collect(),
            items: Vec::new(),
            fresh_roots: Vec::new(),
            cold: Vec::new(),
            stage: Stage::Staged,
        };
        Self {
            vault,
            request,
            manifest,
            work,
            restore: Restore {
                record,
                roots: roots.clone(),
            },
            report: StageReport {
                databases: Vec::new(),
                file_count: 0,
                unchanged_count: 0,
                staged_bytes: 0,
                findings: Vec::new(),
            },
            directories: Vec::new(),
            databases: Vec::new(),
            others: Vec::new(),
            next_number: 1,
            known_directories: BTreeSet::new(),
        }
    }

    fn target(&self, file: &ArchivedFile) -> &'a StageTarget {
        let request = self.request;
        request
            .targets
            .iter()
            .find(|target| target.backup_index == file.volume_index)
            .expect("entries without a target were not chosen")
    }

    fn check_room(&self, chosen: &[&ArchivedFile]) -> Result<(), Failure> {
        for target in &self.request.targets {
            let sizes = chosen
                .iter()
                .filter(|file| file.volume_index == target.backup_index)
                .map(|file| file.size_bytes);
            check_room_for(sizes, &self.place_of(&target.mount), &target.mount.name)?;
        }
        Ok(())
    }

    /// Where the content for a mount is staged: in the mount, or in the vault for a single file.
    fn place_of(&self, mount: &SourceMount) -> PathBuf {
        if mount.single_file {
            self.vault.root().to_path_buf()
        } else {
            self.restore.roots.source(mount)
        }
    }

    fn unpack(&mut self, chosen: &[&ArchivedFile]) -> Result<(), Failure> {
        let total = chosen.iter().map(|file| file.size_bytes).sum();
        self.work.phase("stage", Some(total));
        self.prepare_targets()?;
        let archive = self.vault.open_archive(&self.request.id)?;
        let manifest = self.manifest;
        let mut reader = ArchiveReader::open(
            archive,
            manifest.summary.codec,
            manifest.blocks.clone(),
            self.work.clone(),
        )?;
        if matches!(self.request.selection, Selection::Everything) {
            let indexes: BTreeSet<u32> = self
                .request
                .targets
                .iter()
                .map(|target| target.backup_index)
                .collect();
            reader.walk(manifest, &mut |file, content| {
                if indexes.contains(&file.volume_index) {
                    self.entry(file, content)?;
                }
                Ok(())
            })?;
        } else {
            for file in chosen {
                self.one_database(&mut reader, file)?;
            }
        }
        self.put_together()
    }

    /// Makes the hidden directories, and remembers which volumes are empty.
    fn prepare_targets(&mut self) -> Result<(), Failure> {
        for target in &self.request.targets {
            let mount = &target.mount;
            if mount.single_file {
                files::create_directory(&in_place_directory(self.vault), 0o710)?;
                continue;
            }
            let root = self.restore.roots.source(mount);
            let failed =
                |error: std::io::Error| Failure::io("the volume could not be written", &error);
            let empty = std::fs::read_dir(&root)
                .map_err(failed)?
                .filter_map(Result::ok)
                .all(|entry| {
                    entry.file_name() == "lost+found"
                        || entry
                            .file_name()
                            .as_encoded_bytes()
                            .starts_with(b".lifeboat-")
                });
            if empty {
                let wanted = self
                    .manifest
                    .summary
                    .volumes
                    .iter()
                    .find(|volume| volume.index == target.backup_index)
                    .map(|volume| volume.root.clone());
                if let Some(wanted) = wanted.filter(|wanted| wanted.mode != 0) {
                    self.restore.record.fresh_roots.push((mount.index, wanted));
                }
            }
            // The owners of databases have to reach what lies in it; its files keep their own modes.
            std::fs::DirBuilder::new()
                .mode(0o711)
                .create(self.restore.hidden_directory(mount.index))
                .map_err(failed)?;
        }
        Ok(())
    }

    fn one_database(
        &mut self,
        reader: &mut ArchiveReader,
        file: &ArchivedFile,
    ) -> Result<(), Failure> {
        let mut staged = self.new_item(file, ItemKind::Database)?;
        let path = self.staging_path(&staged);
        let mut output = create_staged(&path)?;
        reader.read_file(file, &mut output)?;
        drop(output);
        self.finish_database(&mut staged, file, &path)?;
        self.databases.push(staged);
        Ok(())
    }

    fn entry(&mut self, file: &ArchivedFile, content: &mut dyn Read) -> Result<(), Failure> {
        self.work.check()?;
        match file.kind {
            EntryKind::Directory => {
                let item = self.new_item(file, ItemKind::Directory)?;
                let live = self.restore.live(&item);
                if !live.is_dir() && self.known_directories.insert(live) {
                    self.directories.push(item);
                }
            }
            EntryKind::Database => {
                let mut item = self.new_item(file, ItemKind::Database)?;
                let path = self.staging_path(&item);
                copy(content, &mut create_staged(&path)?, None)?;
                self.finish_database(&mut item, file, &path)?;
                self.databases.push(item);
            }
            EntryKind::File => self.file(file, content)?,
            EntryKind::Symlink => self.link(file)?,
        }
        Ok(())
    }

    fn new_item(&mut self, file: &ArchivedFile, kind: ItemKind) -> Result<Item, Failure> {
        let mount = &self.target(file).mount;
        let kind = match kind {
            ItemKind::Database if mount.single_file => ItemKind::DatabaseInPlace,
            _ if mount.single_file => {
                return Err(Failure::new(
                    FailureKind::Unsupported,
                    format!(
                        "{} is a single file and cannot take a directory",
                        mount.name
                    ),
                ));
            }
            kind => kind,
        };
        if !mount.single_file {
            refuse_obstacles(&self.restore.roots.source(mount), file)?;
        }
        let number = self.next_number;
        self.next_number += 1;
        Ok(Item {
            number,
            target_index: mount.index,
            path: if mount.single_file {
                Default::default()
            } else {
                file.path.clone()
            },
            kind,
            staged_inode: 0,
            sha256: file.sha256.clone(),
            replaced_inode: None,
            moved_side_files: Vec::new(),
            ownership: file.ownership.clone(),
        })
    }

    fn staging_path(&self, item: &Item) -> PathBuf {
        if item.kind == ItemKind::DatabaseInPlace {
            self.restore.in_place_copy(self.vault, item, "staged")
        } else {
            self.restore.hidden(item)
        }
    }

    fn finish_database(
        &mut self,
        item: &mut Item,
        file: &ArchivedFile,
        path: &Path,
    ) -> Result<(), Failure> {
        if item.kind == ItemKind::Database {
            let live = self.restore.live(item);
            seal_staged(path, &ownership_for(&live, &file.ownership)?, None)?;
        } else {
            seal_staged(
                path,
                &Ownership {
                    mode: 0o640,
                    ..files::read_ownership(path)?
                },
                None,
            )?;
        }
        item.staged_inode = inode_of(path)?.unwrap_or_default();
        self.report.databases.push(DatabaseRef {
            volume: self.target(file).mount.name.clone(),
            path: file.path.clone(),
        });
        self.count(file);
        Ok(())
    }

    fn count(&mut self, file: &ArchivedFile) {
        self.report.staged_bytes += file.size_bytes;
        self.work.progress(self.report.staged_bytes);
    }

    fn file(&mut self, file: &ArchivedFile, content: &mut dyn Read) -> Result<(), Failure> {
        let mut item = self.new_item(file, ItemKind::File)?;
        let live = self.restore.live(&item);
        if is_same_file(&live, file)? {
            self.report.unchanged_count += 1;
            return Ok(());
        }
        let path = self.restore.hidden(&item);
        copy(content, &mut create_staged(&path)?, None)?;
        let ownership = ownership_for(&live, &file.ownership)?;
        seal_staged(&path, &ownership, Some(file.modified_at_seconds))?;
        item.staged_inode = inode_of(&path)?.unwrap_or_default();
        self.others.push(item);
        self.report.file_count += 1;
        self.count(file);
        Ok(())
    }

    fn link(&mut self, file: &ArchivedFile) -> Result<(), Failure> {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;

        let mut item = self.new_item(file, ItemKind::File)?;
        let live = self.restore.live(&item);
        let target = STANDARD
            .decode(file.link_target_base64.as_deref().unwrap_or_default())
            .map_err(|_| Failure::new(FailureKind::Damaged, "a link in the manifest is broken"))?;
        let target = Path::new(OsStr::from_bytes(&target));
        if std::fs::read_link(&live).is_ok_and(|present| present == target) {
            self.report.unchanged_count += 1;
            return Ok(());
        }
        let path = self.restore.hidden(&item);
        std::os::unix::fs::symlink(target, &path)
            .map_err(|error| Failure::io("a link could not be staged", &error))?;
        std::os::unix::fs::lchown(&path, Some(file.ownership.uid), Some(file.ownership.gid))
            .map_err(|error| Failure::io("a link's owner could not be set", &error))?;
        set_modified(&path, file.modified_at_seconds)
            .map_err(|error| Failure::io("a link's time could not be set", &error))?;
        item.staged_inode = inode_of(&path)?.unwrap_or_default();
        self.others.push(item);
        self.report.file_count += 1;
        Ok(())
    }

    /// Adds the directories that chosen databases need, orders the items, syncs the directories.
    fn put_together(&mut self) -> Result<(), Failure> {
        self.directories
            .sort_by(|left, right| left.path.cmp(&right.path));
        let record = &mut self.restore.record;
        record.items = std::mem::take(&mut self.directories);
        record.items.append(&mut self.databases);
        record.items.append(&mut self.others);
        for target in &self.request.targets {
            if !target.mount.single_file {
                files::fsync_directory(&self.restore.hidden_directory(target.mount.index))?;
            }
        }
        Ok(())
    }
}

/// Refuses to put an entry where a link leads elsewhere, or where a directory and a file would have
/// to change places.
fn refuse_obstacles(root: &Path, file: &ArchivedFile) -> Result<(), Failure> {
    let mut place = root.to_path_buf();
    let mut parts = file.path.as_path().components().peekable();
    while let Some(part) = parts.next() {
        place.push(part);
        let Ok(metadata) = std::fs::symlink_metadata(&place) else {
            return Ok(());
        };
        let is_last = parts.peek().is_none();
        let wants_directory = !is_last || file.kind == EntryKind::Directory;
        if metadata.is_dir() != wants_directory {
            let present = place
                .strip_prefix(root)
                .unwrap_or(&place)
                .display()
                .to_string();
            let found = if metadata.is_dir() {
                "a directory"
            } else {
                "no directory"
            };
            return Err(Failure::new(
                FailureKind::Unsupported,
                format!(
                    "{present} is {found} in the volume, which {} of the backup cannot replace",
                    file.path.display()
                ),
            ));
        }
    }
    Ok(())
}
