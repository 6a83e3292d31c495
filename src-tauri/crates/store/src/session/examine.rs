//! Looking at the live databases without disturbing them: copy to scratch, look at the copies.

use std::fs::File;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::Roots;
use super::capture::{self, CaptureLimits, PinnedDatabase};
use crate::child::capture::Captured;
use crate::child::check::check_copy;
use crate::database::header::sniff;
use crate::failure::{Failure, FailureKind};
use crate::files;
use crate::manifest::{BackedDatabase, DatabaseVerdict, Finding, JournalMode, Verdict};
use crate::protocol::{Examination, ExamineRequest, FoundDatabase, SourceMount, UnreadDatabase};
use crate::work::Work;

/// Copies and looks.
pub(super) fn examine(
    roots: &Roots,
    request: &ExamineRequest,
    work: &Work,
) -> Result<Examination, Failure> {
    let directory = scratch_directory(&roots.scratch)?;
    let limits = CaptureLimits {
        lock_timeout_ms: request.lock_timeout_ms,
        max_wal_growth_bytes: u64::MAX,
    };
    let (pinned, refused) = capture::pin_what_can_be_read(
        roots,
        &request.sources,
        &request.databases,
        limits,
        &directory,
        work,
    )?;
    let total: u64 = pinned
        .databases
        .iter()
        .map(|database| database.capture.size_bytes())
        .sum();
    files::Room::at(&directory)?.require(
        total,
        "there is not enough room to copy the databases and look at the copies",
    )?;
    work.phase("capture", Some(total));
    let mut examination = Examination {
        databases: Vec::new(),
        unread: refused
            .into_iter()
            .map(|(found, failure)| unread(&request.sources, &found, failure))
            .collect(),
        findings: pinned.scan.findings.clone(),
    };
    let mut copies = Vec::new();
    let mut done_bytes = 0;
    for (position, mut database) in pinned.databases.into_iter().enumerate() {
        let copy = directory.join(format!("examined-{position}"));
        let captured = match write_copy(&mut database, &copy, work) {
            Ok(captured) => captured,
            Err(failure) if is_its_own(&failure, &request.sources) => {
                let found = unread(&request.sources, &database.found, failure);
                examination.unread.push(found);
                continue;
            }
            Err(failure) => return Err(failure),
        };
        done_bytes += database.capture.size_bytes();
        work.progress(done_bytes);
        examination
            .findings
            .extend(captured.findings.iter().map(|finding| Finding {
                path: Some(database.found.path.clone()),
                ..finding.clone()
            }));
        copies.push((database, copy, captured));
    }
    if let Some(first) = examination.unread.first()
        && copies.is_empty()
    {
        return Err(first.failure.clone());
    }
    work.phase("verify", Some(total));
    for (database, copy, captured) in copies {
        work.check()?;
        let looked = look(
            &request.sources,
            &database,
            &copy,
            captured,
            request.integrity,
            work,
        )?;
        examination.databases.push(looked);
        std::fs::remove_file(&copy)
            .map_err(|error| Failure::io("scratch space could not be cleaned", &error))?;
    }
    Ok(examination)
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
    mounts: &[SourceMount],
    database: &PinnedDatabase,
    copy: &Path,
    captured: Captured,
    integrity: bool,
    work: &Work,
) -> Result<(BackedDatabase, DatabaseVerdict), Failure> {
    let found = &database.found;
    let size_bytes = database.capture.size_bytes();
    let report = check_copy(copy, integrity, work)?;
    let header = File::open(copy)
        .and_then(|open| sniff(&open, &found.path, size_bytes))
        .map_err(|error| Failure::io("a copied database could not be read", &error))?
        .header;
    let volume = volume_of(mounts, found);
    let page_size = header.as_ref().map_or(0, |header| header.page_size);
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
        Verdict::Sound if !integrity => Verdict::NotChecked,
        verdict => verdict,
    };
    let judged = DatabaseVerdict {
        volume,
        path: found.path.clone(),
        verdict,
        reason: report.reason,
        findings: report.findings,
    };
    Ok((described, judged))
}
