//! What a restore replaced, made a backup of its own: the state up to the stop.

use std::fs::File;
use std::path::PathBuf;

use super::backup::{description_of, summary_of};
use super::seal::{self, CapturedFacts, SealInput};
use crate::archive::{ArchiveWriter, FileEntry};
use crate::child::capture::{Capture, CaptureRequest, capture_group};
use crate::database::header::sniff;
use crate::failure::Failure;
use crate::manifest::{DatabaseKind, EntryKind, Ownership, Scope};
use crate::protocol::{BackupRecord, BackupRequest};
use crate::relative_path::RelativePath;
use crate::vault::{Scratch, Vault};
use crate::work::Work;

/// A file that a restore replaced: quiet, and nobody else's.
pub(crate) struct Replaced {
    /// Index of its volume, here and in the backup it becomes.
    pub(crate) volume_index: u32,
    /// Where it was.
    pub(crate) path: RelativePath,
    /// The directory below which it now lies.
    pub(crate) root: PathBuf,
    /// Where it now lies.
    pub(crate) inside: RelativePath,
    /// It is a database.
    pub(crate) is_database: bool,
    /// Its owner and mode.
    pub(crate) ownership: Ownership,
}

/// Takes the backup.
pub(crate) fn take_replaced(
    vault: &Vault,
    request: &BackupRequest,
    replaced: Vec<Replaced>,
    work: &Work,
) -> Result<BackupRecord, Failure> {
    let scratch = vault.scratch(&request.id)?;
    let (databases, others): (Vec<_>, Vec<_>) = replaced
        .into_iter()
        .partition(|replaced| replaced.is_database);
    let captures = capture_all(&databases, request, &scratch, work)?;
    let incoming = vault.begin(&request.id, &request.file_name)?;
    let mut writer = ArchiveWriter::create(
        incoming.create_archive()?,
        request.codec,
        request.level,
        work.clone(),
    )?;
    let named = databases
        .iter()
        .map(|replaced| (replaced.volume_index, replaced.path.clone()));
    let description = description_of(request, Scope::DatabasesOnly, named.collect());
    let text = serde_json::to_vec_pretty(&description).expect("a description is plain data");
    let moment = request.created_at.as_second();
    writer.append_document("lifeboat.json", &text, moment)?;
    let total = captures
        .iter()
        .map(|(_, capture)| capture.size_bytes())
        .sum();
    work.phase("collect", Some(total));
    let mut facts = Vec::new();
    for (replaced, (kind, capture)) in databases.iter().zip(captures) {
        facts.push(append_database(
            &mut writer,
            replaced,
            kind,
            capture,
            moment,
            work,
        )?);
    }
    for replaced in &others {
        append_other(&mut writer, replaced, moment)?;
    }
    let finished = writer.finish()?;
    let summary = summary_of(request, incoming.file_name(), Vec::new());
    let input = SealInput {
        summary,
        notes: &request.notes,
        facts,
        verify: request.verify,
    };
    seal::seal(vault, incoming, finished, input, &scratch, work)
}

fn capture_all(
    databases: &[Replaced],
    request: &BackupRequest,
    scratch: &Scratch,
    work: &Work,
) -> Result<Vec<(DatabaseKind, Capture)>, Failure> {
    let requests = databases
        .iter()
        .map(|replaced| CaptureRequest {
            mount_root: replaced.root.clone(),
            path: replaced.inside.clone(),
            single_file: false,
            writable: true,
            in_use: false,
            locks_trusted: true,
            lock_timeout_ms: request.lock_timeout_ms,
            max_wal_growth_bytes: u64::MAX,
            scratch: scratch.path().to_path_buf(),
        })
        .collect();
    let captures = capture_group(requests, work)?;
    databases
        .iter()
        .zip(captures)
        .map(|(replaced, capture)| Ok((kind_of(replaced)?, capture)))
        .collect()
}

fn kind_of(replaced: &Replaced) -> Result<DatabaseKind, Failure> {
    let failed =
        |error: std::io::Error| Failure::io("the replaced database could not be read", &error);
    let file = File::open(replaced.inside.below(&replaced.root)).map_err(failed)?;
    let size = file.metadata().map_err(failed)?.len();
    let sniffed = sniff(&file, &replaced.path, size).map_err(failed)?;
    Ok(sniffed.kind)
}

fn append_database(
    writer: &mut ArchiveWriter,
    replaced: &Replaced,
    kind: DatabaseKind,
    mut capture: Capture,
    moment: i64,
    work: &Work,
) -> Result<CapturedFacts, Failure> {
    let entry = entry_of(replaced, EntryKind::Database, capture.size_bytes(), moment);
    let mut captured = None;
    writer.append_file_with(entry, &mut |sink| {
        captured = Some(capture.stream(sink, work)?);
        Ok(())
    })?;
    let captured = captured.expect("append_file_with calls its producer once");
    Ok(CapturedFacts {
        volume_index: replaced.volume_index,
        path: replaced.path.clone(),
        kind,
        method: capture.method(),
        pin: capture.pin().clone(),
        sha256: captured.sha256,
        read_ms: captured.read_ms,
        wal_growth_bytes: 0,
        wal_bytes: None,
    })
}

fn append_other(
    writer: &mut ArchiveWriter,
    replaced: &Replaced,
    moment: i64,
) -> Result<(), Failure> {
    use std::os::unix::ffi::OsStrExt;

    let place = replaced.inside.below(&replaced.root);
    let failed = |error: std::io::Error| Failure::io("a replaced file could not be read", &error);
    let metadata = std::fs::symlink_metadata(&place).map_err(failed)?;
    if metadata.is_symlink() {
        let target = std::fs::read_link(&place).map_err(failed)?;
        let target = target.as_os_str().as_bytes();
        return writer.append_symlink(
            replaced.volume_index,
            &replaced.path,
            target,
            &replaced.ownership,
            moment,
        );
    }
    let mut file = File::open(&place).map_err(failed)?;
    let entry = entry_of(replaced, EntryKind::File, metadata.len(), moment);
    writer.append_file(entry, &mut file)?;
    Ok(())
}

fn entry_of(
    replaced: &Replaced,
    kind: EntryKind,
    size_bytes: u64,
    modified_at_seconds: i64,
) -> FileEntry {
    FileEntry {
        volume_index: replaced.volume_index,
        path: replaced.path.clone(),
        kind,
        size_bytes,
        modified_at_seconds,
        ownership: replaced.ownership.clone(),
    }
}
