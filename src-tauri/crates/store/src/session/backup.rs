//! Taking a backup: pin, read into the archive, seal, list, verify.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::Roots;
use super::capture::{self, CaptureLimits, PinnedDatabase};
use super::left_out::{self, LeavingOut};
use super::seal::{self, CapturedFacts, SealInput};
use crate::archive::{ArchiveWriter, FileEntry, link_target_stays_inside};
use crate::child::capture::Captured;
use crate::failure::{Failure, FailureKind};
use crate::manifest::{Description, EntryKind, FORMAT_VERSION, Finding, Ownership, Scope, Summary};
use crate::protocol::{BackupRecord, BackupRequest, BackupSource, Event, ScanReport};
use crate::relative_path::RelativePath;
use crate::scan::walk::{Entry, Step, WalkKind, WalkLimits, walk_files};
use crate::vault::{Scratch, Vault};
use crate::work::Work;

/// Said in each archive for people who open it without Lifeboat.
pub(super) const ABOUT: &str = "A backup by Lifeboat: an ordinary tar archive. volumes/<index>/ \
    holds the files of the volume with that index; each database in it is a complete, consistent \
    SQLite file.";

/// Takes a backup and lists it.
pub(super) fn take(
    vault: &Vault,
    roots: &Roots,
    request: &BackupRequest,
    work: &Work,
) -> Result<BackupRecord, Failure> {
    let scratch = vault.scratch(&request.id)?;
    let mounts: Vec<_> = request
        .sources
        .iter()
        .map(|source| source.mount.clone())
        .collect();
    let limits = CaptureLimits {
        lock_timeout_ms: request.lock_timeout_ms,
        max_wal_growth_bytes: request.max_wal_growth_bytes,
    };
    let pinned = capture::pin(roots, &mounts, &[], limits, scratch.path(), work)?;
    if pinned.databases.is_empty() {
        return Err(Failure::new(
            FailureKind::NotFound,
            "no database was found in the volumes",
        ));
    }
    let incoming = vault.begin(&request.id, &request.file_name)?;
    let mut taking = Taking {
        roots,
        request,
        scan: pinned.scan,
        writer: ArchiveWriter::create(
            incoming.create_archive()?,
            request.codec,
            request.level,
            work.clone(),
        )?,
        findings: Vec::new(),
        facts: Vec::new(),
        written: BTreeSet::new(),
        leaving_out: LeavingOut::new(&request.excludes),
        done_bytes: 0,
        work,
    };
    taking.check_room(vault, &pinned.databases)?;
    taking.describe(&pinned.databases)?;
    taking.databases(pinned.databases, &scratch)?;
    if request.scope == Scope::Whole {
        taking.other_files()?;
    }
    let Taking {
        writer,
        mut findings,
        facts,
        scan,
        leaving_out,
        ..
    } = taking;
    findings.extend(scan.findings);
    let finished = writer.finish()?;
    let mut summary = summary_of(request, incoming.file_name(), findings);
    if request.scope == Scope::Whole {
        summary.left_out = leaving_out.told();
    }
    let input = SealInput {
        summary,
        notes: &request.notes,
        facts,
        verify: request.verify,
    };
    seal::seal(vault, incoming, finished, input, &scratch, work)
}

/// What an archive says of itself.
pub(super) fn description_of(
    request: &BackupRequest,
    scope: Scope,
    databases: Vec<(u32, RelativePath)>,
) -> Description {
    Description {
        format: FORMAT_VERSION,
        id: request.id.clone(),
        app: request.app.clone(),
        trigger: request.trigger,
        created_at: request.created_at,
        scope,
        volumes: request
            .sources
            .iter()
            .map(|source| source.volume.clone())
            .collect(),
        databases,
        releases: request.releases.clone(),
        compose_project: request.compose_project.clone(),
        tool_version: request.tool_version.clone(),
        sqlite_version: crate::database::sqlite_version().to_owned(),
        about: ABOUT.to_owned(),
    }
}

/// The parts of the summary that the request knows; sealing fills in the rest.
pub(super) fn summary_of(
    request: &BackupRequest,
    file_name: &str,
    findings: Vec<Finding>,
) -> Summary {
    Summary {
        format: FORMAT_VERSION,
        id: request.id.clone(),
        file_name: file_name.to_owned(),
        app: request.app.clone(),
        trigger: request.trigger,
        created_at: request.created_at,
        codec: request.codec,
        scope: request.scope,
        raw_bytes: 0,
        stored_bytes: 0,
        sha256: String::new(),
        file_count: 0,
        left_out: None,
        databases: Vec::new(),
        volumes: request
            .sources
            .iter()
            .map(|source| source.volume.clone())
            .collect(),
        releases: request.releases.clone(),
        compose_project: request.compose_project.clone(),
        source_commit: request.source_commit.clone(),
        tool_version: request.tool_version.clone(),
        sqlite_version: crate::database::sqlite_version().to_owned(),
        findings,
    }
}

/// A backup while its archive is being written.
struct Taking<'a> {
    roots: &'a Roots,
    request: &'a BackupRequest,
    scan: ScanReport,
    writer: ArchiveWriter,
    findings: Vec<Finding>,
    facts: Vec<CapturedFacts>,
    /// What is in the archive already: directories and databases.
    written: BTreeSet<(u32, RelativePath)>,
    leaving_out: LeavingOut<'a>,
    done_bytes: u64,
    work: &'a Work,
}

impl Taking<'_> {
    /// Refuses early what cannot fit even when it compresses well: a full disk hurts the
    /// application, not only the backup.
    fn check_room(&self, vault: &Vault, databases: &[PinnedDatabase]) -> Result<(), Failure> {
        let raw: u64 = databases
            .iter()
            .map(|database| database.capture.size_bytes())
            .sum();
        let parked: u64 = databases
            .iter()
            .filter(|database| database.capture.blocks_writers())
            .map(|database| database.capture.size_bytes())
            .sum();
        vault
            .room()?
            .require(parked + raw / 10, "there is not enough room for the backup")
    }

    fn describe(&mut self, databases: &[PinnedDatabase]) -> Result<(), Failure> {
        let request = self.request;
        let named = databases
            .iter()
            .map(|database| (database.found.source_index, database.found.path.clone()));
        let description = description_of(request, request.scope, named.collect());
        let text = serde_json::to_vec_pretty(&description).expect("a description is plain data");
        self.writer
            .append_document("lifeboat.json", &text, request.created_at.as_second())
    }

    fn databases(
        &mut self,
        databases: Vec<PinnedDatabase>,
        scratch: &Scratch,
    ) -> Result<(), Failure> {
        let total: u64 = databases
            .iter()
            .map(|database| database.capture.size_bytes())
            .sum();
        let files: u64 = match self.request.scope {
            Scope::DatabasesOnly => 0,
            Scope::Whole => self
                .scan
                .sources
                .iter()
                .map(|source| source.total_bytes)
                .sum(),
        };
        self.work.phase("capture", Some(total.max(files)));
        // Writers wait for these: read them as fast as the disk goes, compress afterwards.
        let mut parked = Vec::new();
        let mut streamed = Vec::new();
        for (position, mut database) in databases.into_iter().enumerate() {
            if database.capture.blocks_writers() {
                let path = scratch.path().join(format!("parked-{position}"));
                let captured = self.park(&mut database, &path)?;
                parked.push((database, path, captured));
            } else {
                streamed.push(database);
            }
        }
        for database in streamed {
            self.stream(database)?;
        }
        for (database, path, captured) in parked {
            self.append_parked(&database, &path)?;
            self.remember(&database, captured);
            remove(&path)?;
        }
        Ok(())
    }

    fn park(&self, database: &mut PinnedDatabase, path: &Path) -> Result<Captured, Failure> {
        let mut file = File::create_new(path)
            .map_err(|error| Failure::io("scratch space could not be written", &error))?;
        database.capture.stream(&mut file, self.work)
    }

    fn stream(&mut self, mut database: PinnedDatabase) -> Result<(), Failure> {
        let entry = self.database_entry(&database)?;
        let work = self.work;
        let mut captured = None;
        self.writer.append_file_with(entry, &mut |sink| {
            captured = Some(database.capture.stream(sink, work)?);
            Ok(())
        })?;
        let captured = captured.expect("append_file_with calls its producer once");
        self.remember(&database, captured);
        Ok(())
    }

    fn append_parked(&mut self, database: &PinnedDatabase, path: &Path) -> Result<(), Failure> {
        let entry = self.database_entry(database)?;
        let mut file = File::open(path)
            .map_err(|error| Failure::io("scratch space could not be read", &error))?;
        self.writer.append_file(entry, &mut file)?;
        Ok(())
    }

    fn database_entry(&mut self, database: &PinnedDatabase) -> Result<FileEntry, Failure> {
        let index = database.found.source_index;
        self.parents_of(index, &database.found.path)?;
        self.written.insert((index, database.found.path.clone()));
        Ok(FileEntry {
            volume_index: index,
            path: database.found.path.clone(),
            kind: EntryKind::Database,
            size_bytes: database.capture.size_bytes(),
            modified_at_seconds: database.found.modified_at_seconds,
            ownership: database.capture.ownership().clone(),
        })
    }

    fn remember(&mut self, database: &PinnedDatabase, captured: Captured) {
        self.progress_by(database.capture.size_bytes());
        let volume = self.source(database.found.source_index).volume.name.clone();
        for finding in captured.findings {
            self.findings.push(Finding {
                volume: Some(volume.clone()),
                path: Some(database.found.path.clone()),
                ..finding
            });
        }
        self.facts.push(CapturedFacts {
            volume_index: database.found.source_index,
            path: database.found.path.clone(),
            kind: database.found.kind,
            method: database.capture.method(),
            pin: database.capture.pin().clone(),
            sha256: captured.sha256,
            read_ms: captured.read_ms,
            wal_growth_bytes: captured.wal_growth_bytes,
            wal_bytes: Some(database.found.wal_bytes),
        });
    }

    fn source(&self, index: u32) -> &BackupSource {
        self.request
            .sources
            .iter()
            .find(|source| source.mount.index == index)
            .expect("the scan speaks only of sources it was given")
    }

    /// Writes the directories above a path that are not in the archive yet.
    fn parents_of(&mut self, index: u32, path: &RelativePath) -> Result<(), Failure> {
        let root = self.roots.source(&self.source(index).mount);
        let mut parents: Vec<PathBuf> = path
            .as_path()
            .ancestors()
            .skip(1)
            .map(Path::to_path_buf)
            .collect();
        parents.reverse();
        for parent in parents {
            let Some(relative) = RelativePath::new(parent.into_os_string().into_encoded_bytes())
                .filter(|relative| !relative.as_bytes().is_empty())
            else {
                continue;
            };
            if self.written.insert((index, relative.clone())) {
                let place = relative.below(&root);
                let modified = std::fs::symlink_metadata(&place).map_or(0, |data| data.mtime());
                let ownership = crate::files::read_ownership(&place)?;
                self.writer
                    .append_directory(index, &relative, &ownership, modified)?;
            }
        }
        Ok(())
    }

    fn other_files(&mut self) -> Result<(), Failure> {
        let side_files: BTreeSet<(u32, RelativePath)> = self
            .facts
            .iter()
            .flat_map(|fact| {
                ["-wal", "-shm", "-journal"]
                    .map(|suffix| (fact.volume_index, fact.path.with_suffix(suffix)))
            })
            .collect();
        let request = self.request;
        for source in &request.sources {
            if source.mount.single_file {
                continue;
            }
            let index = source.mount.index;
            let root = self.roots.source(&source.mount);
            let name = source.volume.name.clone();
            let all_known = self.is_looked_through(index);
            for step in walk_files(&root, WalkLimits::NONE)? {
                self.work.check()?;
                match step {
                    Step::Entry(entry) => {
                        let key = (index, entry.path.clone());
                        if self.written.contains(&key) || side_files.contains(&key) {
                            continue;
                        }
                        if self.leaving_out.takes(index, &entry, all_known) {
                            if !all_known {
                                self.with_parents(index, &entry)?;
                            }
                            self.other_entry(index, &name, &entry)?;
                        } else if entry.kind == WalkKind::File {
                            self.progress_by(entry.size_bytes);
                        }
                    }
                    Step::Skipped(skipped) => {
                        if request.excludes.matching(&skipped.path).is_none() {
                            self.skipped(&name, skipped.path, &skipped.message);
                        }
                    }
                }
            }
        }
        self.tell_kept_databases();
        Ok(())
    }

    fn other_entry(&mut self, index: u32, volume: &str, entry: &Entry) -> Result<(), Failure> {
        let Ok(ownership) = entry.ownership() else {
            // Removed between being seen and being looked at.
            return Ok(());
        };
        let path = &entry.path;
        let modified = entry.modified_at_seconds;
        match entry.kind {
            WalkKind::Directory => self
                .writer
                .append_directory(index, path, &ownership, modified),
            WalkKind::Symlink => match entry.link_target() {
                Ok(target) if link_target_stays_inside(path, &target) => self
                    .writer
                    .append_symlink(index, path, &target, &ownership, modified),
                Ok(_) => {
                    self.skipped(volume, path.clone(), "the symbolic link leaves the volume");
                    Ok(())
                }
                Err(_) => Ok(()),
            },
            WalkKind::File => self.other_file(index, volume, entry, ownership),
            WalkKind::Other => {
                self.skipped(volume, path.clone(), "it is a device, a socket or a pipe");
                Ok(())
            }
        }
    }

    fn other_file(
        &mut self,
        index: u32,
        volume: &str,
        entry: &Entry,
        ownership: Ownership,
    ) -> Result<(), Failure> {
        let mut file = match entry.open() {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => {
                let why = format!("it could not be read ({error})");
                self.skipped(volume, entry.path.clone(), &why);
                return Ok(());
            }
        };
        let size_bytes = file
            .seek(SeekFrom::End(0))
            .and_then(|size| file.rewind().map(|()| size))
            .map_err(|error| Failure::io("a file could not be read", &error))?;
        let path = entry.path.clone();
        let entry = FileEntry {
            volume_index: index,
            path: path.clone(),
            kind: EntryKind::File,
            size_bytes,
            modified_at_seconds: entry.modified_at_seconds,
            ownership,
        };
        let mut failed = None;
        let mut reader = Forgiving {
            inner: &mut file,
            failed: &mut failed,
        };
        let appended = self.writer.append_file(entry, &mut reader)?;
        if let Some(error) = failed {
            self.skipped(
                volume,
                path,
                &format!("it could not be read to its end ({error})"),
            );
        } else if appended.adjusted {
            self.findings.push(Finding {
                code: "file-changed".to_owned(),
                volume: Some(volume.to_owned()),
                message: format!(
                    "{} changed its size while it was read; it is no database, and its copy may \
                     mix two moments.",
                    path.display()
                ),
                path: Some(path),
            });
        }
        self.progress_by(size_bytes);
        Ok(())
    }

    fn progress_by(&mut self, bytes: u64) {
        self.done_bytes += bytes;
        self.work.progress(self.done_bytes);
    }

    /// A database that is taken out of a directory that is left out brings the directory along.
    fn with_parents(&mut self, index: u32, entry: &Entry) -> Result<(), Failure> {
        self.parents_of(index, &entry.path)?;
        if entry.kind == WalkKind::Directory {
            self.written.insert((index, entry.path.clone()));
        }
        Ok(())
    }

    /// The scan saw everything of this source, so that no database of it is unknown.
    fn is_looked_through(&self, index: u32) -> bool {
        let mut sources = self.scan.sources.iter();
        sources.any(|source| source.index == index && source.complete)
    }

    /// A pattern that matches a database was hardly meant so.
    fn tell_kept_databases(&mut self) {
        let pinned = self.facts.iter();
        let pinned = pinned.map(|fact| (fact.volume_index, &fact.path));
        for (index, path) in pinned.chain(self.leaving_out.spared()) {
            if let Some(pattern) = self.request.excludes.matching(path) {
                let volume = &self.source(index).volume.name;
                self.findings.push(left_out::kept(pattern, volume, path));
            }
        }
    }

    fn skipped(&mut self, volume: &str, path: RelativePath, why: &str) {
        let finding = Finding {
            code: "file-skipped".to_owned(),
            volume: Some(volume.to_owned()),
            message: format!("{} is not in the backup: {why}.", path.display()),
            path: Some(path),
        };
        self.work.emit(Event::Finding {
            finding: finding.clone(),
        });
        self.findings.push(finding);
    }
}

/// Reads what can be read of a file that is no database; the writer pads what is missing, and the
/// failure is told as a finding rather than ending the whole backup.
struct Forgiving<'a> {
    inner: &'a mut File,
    failed: &'a mut Option<std::io::Error>,
}

impl Read for Forgiving<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self.inner.read(buffer) {
            Ok(length) => Ok(length),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                *self.failed = Some(error);
                Ok(0)
            }
        }
    }
}

fn remove(path: &Path) -> Result<(), Failure> {
    std::fs::remove_file(path)
        .map_err(|error| Failure::io("scratch space could not be cleaned", &error))
}
