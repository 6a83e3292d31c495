//! Looking at the live databases without disturbing them: copy to scratch, look at the copies. Where rows
//! are only to be counted, that is done in the pinned transaction, if no writer has to wait for it.

use std::fs::File;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::Roots;
use super::capture::{self, CaptureLimits, PinnedDatabase};
use crate::child::capture::Captured;
use crate::child::check::check_copy;
use crate::database::header::{Header, sniff};
use crate::failure::{Failure, FailureKind};
use crate::files;
use crate::manifest::{BackedDatabase, DatabaseVerdict, Finding, JournalMode, Verdict};
use crate::protocol::{
    CheckReport, Examination, ExamineRequest, FoundDatabase, SourceMount, UnreadDatabase,
};
use crate::work::Work;

/// All live databases together are counted for so long at the most: they are pinned meanwhile, and a log that
/// is pinned only grows. What is left is copied.
const COUNT_PATIENCE: Duration = Duration::from_secs(60);

/// A log that grows by more than this while its database is copied ends that, as it ends a backup.
const COPY_WAL_GROWTH_BYTES: u64 = 4 << 30;

/// Looks at each database: at its copy, or where rows are all that is wanted, at itself.
pub(super) fn examine(
    roots: &Roots,
    request: &ExamineRequest,
    work: &Work,
) -> Result<Examination, Failure> {
    let directory = scratch_directory(&roots.scratch)?;
    let limits = CaptureLimits {
        lock_timeout_ms: request.lock_timeout_ms,
        max_wal_growth_bytes: COPY_WAL_GROWTH_BYTES,
    };
    let (pinned, refused) = capture::pin_what_can_be_read(
        roots,
        &request.sources,
        &request.databases,
        limits,
        &directory,
        work,
    )?;
    let mut examiner = Examiner {
        request,
        directory,
        work,
        examination: Examination {
            databases: Vec::new(),
            unread: refused
                .into_iter()
                .map(|(found, failure)| unread(&request.sources, &found, failure))
                .collect(),
            findings: pinned.scan.findings,
        },
        copies: Vec::new(),
    };
    let (count, copy): (Vec<_>, Vec<_>) = pinned
        .databases
        .into_iter()
        .partition(|database| !request.integrity && database.capture.can_be_counted());
    // Those that may keep a writer waiting come first.
    examiner.copy(copy)?;
    let rest = examiner.count(count)?;
    examiner.copy(rest)?;
    examiner.look_at_copies()?;
    let mut examination = examiner.examination;
    let place = |one: &(BackedDatabase, DatabaseVerdict)| (one.0.volume_index, one.0.path.clone());
    examination.databases.sort_by_cached_key(place);
    match examination.unread.first() {
        Some(first) if examination.databases.is_empty() => Err(first.failure.clone()),
        _ => Ok(examination),
    }
}

/// What is being looked at.
struct Examiner<'a> {
    request: &'a ExamineRequest,
    directory: PathBuf,
    work: &'a Work,
    examination: Examination,
    copies: Vec<Copied>,
}

/// A database, its copy, and what came of making it.
struct Copied {
    database: PinnedDatabase,
    copy: PathBuf,
    captured: Captured,
}

impl Examiner<'_> {
    /// Counts the rows of each where it lies. Gives those back of which only a copy can tell.
    fn count(&mut self, databases: Vec<PinnedDatabase>) -> Result<Vec<PinnedDatabase>, Failure> {
        let mut rest = Vec::new();
        let end = Instant::now() + COUNT_PATIENCE;
        for mut database in databases {
            let patience = end.saturating_duration_since(Instant::now());
            match database.capture.count(patience, self.work) {
                Ok(Some((report, captured))) => {
                    self.hear(&database, &captured);
                    let header = database.capture.header();
                    let looked = describe(self.request, &database, header, captured, report);
                    self.examination.databases.push(looked);
                }
                Ok(None) => rest.push(database),
                Err(failure) => self.give_up(&database, failure)?,
            }
        }
        Ok(rest)
    }

    fn copy(&mut self, databases: Vec<PinnedDatabase>) -> Result<(), Failure> {
        if databases.is_empty() {
            return Ok(());
        }
        let sizes = databases
            .iter()
            .map(|database| database.capture.size_bytes());
        let total: u64 = sizes.sum();
        files::Room::at(&self.directory)?.require(
            total,
            "there is not enough room to copy the databases and look at the copies",
        )?;
        self.work.phase("capture", Some(total));
        let mut done_bytes = 0;
        for mut database in databases {
            let name = format!("examined-{}", self.copies.len());
            let copy = self.directory.join(name);
            match write_copy(&mut database, &copy, self.work) {
                Ok(captured) => {
                    done_bytes += database.capture.size_bytes();
                    self.work.progress(done_bytes);
                    self.hear(&database, &captured);
                    self.copies.push(Copied {
                        database,
                        copy,
                        captured,
                    });
                }
                Err(failure) => self.give_up(&database, failure)?,
            }
        }
        Ok(())
    }

    fn look_at_copies(&mut self) -> Result<(), Failure> {
        let copies = std::mem::take(&mut self.copies);
        let sizes = copies.iter().map(|one| one.database.capture.size_bytes());
        self.work.phase("verify", Some(sizes.sum()));
        for copied in copies {
            self.work.check()?;
            let looked = look(
                self.request,
                &copied.database,
                &copied.copy,
                copied.captured,
                self.work,
            )?;
            self.examination.databases.push(looked);
            std::fs::remove_file(&copied.copy)
                .map_err(|error| Failure::io("scratch space could not be cleaned", &error))?;
        }
        Ok(())
    }

    fn hear(&mut self, database: &PinnedDatabase, captured: &Captured) {
        let findings = captured.findings.iter().map(|finding| Finding {
            path: Some(database.found.path.clone()),
            ..finding.clone()
        });
        self.examination.findings.extend(findings);
    }

    /// One that cannot be read keeps nobody from the others.
    fn give_up(&mut self, database: &PinnedDatabase, failure: Failure) -> Result<(), Failure> {
        if !is_its_own(&failure, &self.request.sources) {
            return Err(failure);
        }
        let found = unread(&self.request.sources, &database.found, failure);
        self.examination.unread.push(found);
        Ok(())
    }
}

/// A failure to read one database, which says nothing of the others; room they share.
fn is_its_own(failure: &Failure, mounts: &[SourceMount]) -> bool {
    failure.kind != FailureKind::NoSpace && !capture::concerns_all(failure, mounts)
}

fn unread(mounts: &[SourceMount], found: &FoundDatabase, failure: Failure) -> UnreadDatabase {
    UnreadDatabase {
        volume: volume_of(mounts, found),
        path: found.path.clone(),
        size_bytes: found.size_bytes,
        failure,
    }
}

fn volume_of(mounts: &[SourceMount], found: &FoundDatabase) -> String {
    mounts
        .iter()
        .find(|mount| mount.index == found.source_index)
        .map_or_else(String::new, |mount| mount.name.clone())
}

fn scratch_directory(root: &Path) -> Result<PathBuf, Failure> {
    let failed = |error: std::io::Error| Failure::io("scratch space could not be made", &error);
    let directory = root.join("examine");
    std::fs::create_dir_all(&directory).map_err(failed)?;
    std::fs::set_permissions(&directory, std::fs::Permissions::from_mode(0o770)).map_err(failed)?;
    Ok(directory)
}

fn write_copy(
    database: &mut PinnedDatabase,
    copy: &Path,
    work: &Work,
) -> Result<Captured, Failure> {
    let mut file: File = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o640)
        .open(copy)
        .map_err(|error| Failure::io("a database could not be copied to scratch", &error))?;
    database.capture.stream(&mut file, work)
}

fn look(
    request: &ExamineRequest,
    database: &PinnedDatabase,
    copy: &Path,
    captured: Captured,
    work: &Work,
) -> Result<(BackedDatabase, DatabaseVerdict), Failure> {
    let size_bytes = database.capture.size_bytes();
    let report = check_copy(copy, request.integrity, work)?;
    let header = File::open(copy)
        .and_then(|open| sniff(&open, &database.found.path, size_bytes))
        .map_err(|error| Failure::io("a copied database could not be read", &error))?
        .header;
    Ok(describe(
        request,
        database,
        header.as_ref(),
        captured,
        report,
    ))
}

fn describe(
    request: &ExamineRequest,
    database: &PinnedDatabase,
    header: Option<&Header>,
    captured: Captured,
    report: CheckReport,
) -> (BackedDatabase, DatabaseVerdict) {
    let found = &database.found;
    let size_bytes = database.capture.size_bytes();
    let volume = volume_of(&request.sources, found);
    let page_size = header.map_or(0, |header| header.page_size);
    let described = BackedDatabase {
        volume: volume.clone(),
        volume_index: found.source_index,
        path: found.path.clone(),
        kind: found.kind,
        size_bytes,
        sha256: captured.sha256,
        page_size,
        page_count: if page_size == 0 {
            0
        } else {
            size_bytes / u64::from(page_size)
        },
        free_page_count: report.free_page_count,
        journal_mode: header
            .as_ref()
            .map_or(JournalMode::Unknown, |header| header.journal_mode),
        user_version: report.user_version,
        application_id: report.application_id,
        schema_sha256: report.schema_sha256,
        tables: report.tables,
        method: database.capture.method(),
        pin: database.capture.pin().clone(),
        read_ms: captured.read_ms,
        wal_growth_bytes: captured.wal_growth_bytes,
        ownership: database.capture.ownership().clone(),
    };
    // Without a check only bad news counts: nobody may read "sound" out of not having looked.
    let verdict = match report.verdict {
        Verdict::Sound if !request.integrity => Verdict::NotChecked,
        verdict => verdict,
    };
    let judged = DatabaseVerdict {
        volume,
        path: found.path.clone(),
        verdict,
        reason: report.reason,
        findings: report.findings,
    };
    (described, judged)
}
