//! Sealing: read the written archive back, unpack its databases, describe them, list the backup;
//! then check the copies.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

use jiff::Timestamp;

use super::remembering;
use crate::archive::{ArchiveReader, FinishedArchive};
use crate::child::check::check_copy;
use crate::database::{self, header::sniff};
use crate::failure::{Failure, FailureKind};
use crate::manifest::{
    ArchivedFile, BackedDatabase, CaptureMethod, DatabaseKind, DatabaseVerdict, EntryKind, Finding,
    JournalMode, Manifest, Notes, PinBracket, Summary, Verdict, Verification,
};
use crate::protocol::{BackupRecord, CheckReport, Event};
use crate::relative_path::RelativePath;
use crate::vault::{Incoming, Scratch, Vault};
use crate::work::Work;

/// What capture knows of a database and the archive does not.
pub(super) struct CapturedFacts {
    pub(super) volume_index: u32,
    pub(super) path: RelativePath,
    pub(super) kind: DatabaseKind,
    pub(super) method: CaptureMethod,
    pub(super) pin: PinBracket,
    pub(super) sha256: String,
    pub(super) read_ms: u64,
    pub(super) wal_growth_bytes: u64,
    /// Size of the `-wal` file when the database was found.
    pub(super) wal_bytes: Option<u64>,
}

/// A written archive that is to become a backup.
pub(super) struct SealInput<'a> {
    pub(super) summary: Summary,
    pub(super) notes: &'a Notes,
    pub(super) facts: Vec<CapturedFacts>,
    pub(super) verify: bool,
}

/// A database of the archive, unpacked.
pub(super) struct Unpacked {
    pub(super) file: ArchivedFile,
    /// `None` where there was no room.
    pub(super) copy: Option<PathBuf>,
}

/// Reads back, describes, lists; verifies if asked to.
pub(super) fn seal(
    vault: &Vault,
    incoming: Incoming,
    finished: FinishedArchive,
    input: SealInput<'_>,
    scratch: &Scratch,
    work: &Work,
) -> Result<BackupRecord, Failure> {
    let SealInput {
        mut summary,
        notes,
        facts,
        verify,
    } = input;
    summary.raw_bytes = finished.raw_bytes;
    summary.stored_bytes = finished.stored_bytes;
    summary.sha256 = finished.sha256;
    summary.file_count = finished
        .files
        .iter()
        .filter(|file| file.kind == EntryKind::File)
        .count() as u64;
    let mut manifest = Manifest {
        summary,
        files: finished.files,
        blocks: finished.blocks,
    };

    let started = Instant::now();
    work.phase("seal", Some(manifest.summary.raw_bytes));
    let archive = File::open(incoming.archive_path())
        .map_err(|error| Failure::io("the archive could not be read back", &error))?;
    let room = room_to_unpack(vault, &manifest)?;
    let unpacked = unpack(archive, &manifest, room.then_some(scratch.path()), work)?;
    let mut reports = Vec::new();
    for database in &unpacked {
        let facts = facts.iter().find(|facts| {
            facts.volume_index == database.file.volume_index && facts.path == database.file.path
        });
        let (described, report) = describe(&manifest.summary, database, facts, work)?;
        manifest.summary.databases.push(described);
        reports.push(report);
    }
    let reason =
        (!room).then(|| "There was no room to unpack the databases and look at them.".to_owned());
    let pending = Verification::not_checked(reason);
    let mut record = incoming.publish(&manifest, notes, &pending)?;
    work.emit(Event::Listed {
        summary: Box::new(record.summary.clone()),
    });
    if verify && room {
        let unpack_ms = elapsed_ms(started);
        record.verification = check(&manifest, &unpacked, unpack_ms, work)?;
        vault.write_verification(&record.summary.id, &record.verification)?;
    }
    remembering::remember(vault, &record, &facts);
    Ok(record)
}

fn elapsed_ms(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// Is there room to unpack all databases of a backup?
pub(super) fn room_to_unpack(vault: &Vault, manifest: &Manifest) -> Result<bool, Failure> {
    let needed: u64 = manifest
        .files
        .iter()
        .filter(|file| file.kind == EntryKind::Database)
        .map(|file| file.size_bytes)
        .sum();
    Ok(vault.room()?.has(needed))
}

/// Walks the whole archive, which compares every hash in it, and unpacks its databases into
/// `directory`.
pub(super) fn unpack(
    archive: File,
    manifest: &Manifest,
    directory: Option<&Path>,
    work: &Work,
) -> Result<Vec<Unpacked>, Failure> {
    let summary = &manifest.summary;
    let mut reader = ArchiveReader::open(
        archive,
        summary.codec,
        manifest.blocks.clone(),
        work.clone(),
    )?;
    let mut unpacked = Vec::new();
    reader.walk(manifest, &mut |file, content| {
        work.check()?;
        work.progress(file.raw_offset);
        if file.kind == EntryKind::Database {
            let copy = match directory {
                Some(directory) => {
                    let path = directory.join(format!("unpacked-{}", unpacked.len()));
                    write_copy(&path, content)?;
                    Some(path)
                }
                None => None,
            };
            unpacked.push(Unpacked {
                file: file.clone(),
                copy,
            });
        }
        Ok(())
    })?;
    work.progress(summary.raw_bytes);
    Ok(unpacked)
}

/// Writes a copy that the checking child may read through its group.
fn write_copy(path: &Path, content: &mut dyn Read) -> Result<(), Failure> {
    let failed = |error: &std::io::Error| Failure::io("a database could not be unpacked", error);
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o640)
        .open(path)
        .map_err(|error| failed(&error))?;
    let mut buffer = vec![0; 256 << 10];
    loop {
        let length = match content.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(length) => length,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(failed(&error)),
        };
        file.write_all(&buffer[..length])
            .map_err(|error| failed(&error))?;
    }
}

/// What the manifest says of one database.
fn describe(
    summary: &Summary,
    unpacked: &Unpacked,
    facts: Option<&CapturedFacts>,
    work: &Work,
) -> Result<(BackedDatabase, Option<CheckReport>), Failure> {
    let file = &unpacked.file;
    if let Some(facts) = facts
        && facts.sha256 != file.sha256
    {
        return Err(Failure::new(
            FailureKind::Damaged,
            format!(
                "{} did not come back from the archive as it was read",
                file.path.display()
            ),
        ));
    }
    let sniffed = match &unpacked.copy {
        Some(copy) => Some(
            File::open(copy)
                .and_then(|open| sniff(&open, &file.path, file.size_bytes))
                .map_err(|error| Failure::io("an unpacked database could not be read", &error))?,
        ),
        None => None,
    };
    let kind = facts
        .map(|facts| facts.kind)
        .or(sniffed.as_ref().map(|sniffed| sniffed.kind))
        .unwrap_or(DatabaseKind::NotSqlite);
    let header = sniffed.and_then(|sniffed| sniffed.header);
    let report = match &unpacked.copy {
        Some(copy) => Some(check_copy(copy, false, work)?),
        None => None,
    };
    let page_size = header.as_ref().map_or(0, |header| header.page_size);
    let asked_at = summary.created_at;
    let volume = summary
        .volumes
        .iter()
        .find(|volume| volume.index == file.volume_index)
        .map_or_else(String::new, |volume| volume.name.clone());
    let described = BackedDatabase {
        volume,
        volume_index: file.volume_index,
        path: file.path.clone(),
        kind,
        size_bytes: file.size_bytes,
        sha256: file.sha256.clone(),
        page_size,
        page_count: if page_size == 0 {
            0
        } else {
            file.size_bytes / u64::from(page_size)
        },
        free_page_count: report.as_ref().and_then(|report| report.free_page_count),
        journal_mode: header
            .as_ref()
            .map_or(JournalMode::Unknown, |header| header.journal_mode),
        user_version: report.as_ref().map_or(0, |report| report.user_version),
        application_id: report.as_ref().map_or(0, |report| report.application_id),
        schema_sha256: report
            .as_ref()
            .and_then(|report| report.schema_sha256.clone()),
        tables: report
            .as_ref()
            .map_or_else(Vec::new, |report| report.tables.clone()),
        method: facts.map_or(CaptureMethod::Raw, |facts| facts.method),
        pin: facts.map_or_else(
            || PinBracket {
                asked_at,
                held_at: asked_at,
            },
            |facts| facts.pin.clone(),
        ),
        read_ms: facts.map_or(0, |facts| facts.read_ms),
        wal_growth_bytes: facts.map_or(0, |facts| facts.wal_growth_bytes),
        ownership: file.ownership.clone(),
    };
    Ok((described, report))
}

/// Checks the unpacked copies and compares them with what the manifest says.
pub(super) fn check(
    manifest: &Manifest,
    unpacked: &[Unpacked],
    unpack_ms: u64,
    work: &Work,
) -> Result<Verification, Failure> {
    let total = unpacked
        .iter()
        .map(|database| database.file.size_bytes)
        .sum();
    work.phase("verify", Some(total));
    let started = Instant::now();
    let mut verdicts = Vec::new();
    let mut done_bytes = 0;
    for (database, described) in unpacked.iter().zip(&manifest.summary.databases) {
        work.check()?;
        let report = match &database.copy {
            Some(copy) => check_copy(copy, true, work)?,
            None => return Ok(Verification::not_checked(None)),
        };
        done_bytes += database.file.size_bytes;
        work.progress(done_bytes);
        verdicts.push(judge(described, report));
    }
    Ok(verification(verdicts, unpack_ms + elapsed_ms(started)))
}

/// A check's words, and whether the copy still is what the manifest says of it.
fn judge(described: &BackedDatabase, report: CheckReport) -> DatabaseVerdict {
    let mut verdict = report.verdict;
    let mut reason = report.reason;
    if verdict == Verdict::Sound
        && (report.schema_sha256 != described.schema_sha256 || report.tables != described.tables)
    {
        verdict = Verdict::Damaged;
        reason = Some("Its tables or rows are not those that the manifest lists.".to_owned());
    }
    DatabaseVerdict {
        volume: described.volume.clone(),
        path: described.path.clone(),
        verdict,
        reason,
        findings: report.findings,
    }
}

/// The verdict on a backup: its worst database's.
pub(super) fn verification(databases: Vec<DatabaseVerdict>, restore_ms: u64) -> Verification {
    let worst = databases.iter().max_by_key(|database| database.verdict);
    Verification {
        verdict: worst.map_or(Verdict::NotChecked, |worst| worst.verdict),
        reason: worst
            .filter(|worst| worst.verdict != Verdict::Sound)
            .map(|worst| {
                let why = worst.reason.as_deref().unwrap_or("no reason was given");
                format!("{}: {why}", worst.path.display())
            }),
        at: Some(Timestamp::now()),
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        sqlite_version: database::sqlite_version().to_owned(),
        restore_ms,
        databases,
    }
}

/// A finding about a whole backup.
pub(super) fn finding(code: &str, message: impl Into<String>) -> Finding {
    Finding {
        code: code.to_owned(),
        volume: None,
        path: None,
        message: message.into(),
    }
}
