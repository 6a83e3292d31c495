//! Taking in a file from outside: received whole, checked as hostile, and only then listed.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::sync::mpsc::Receiver;

use flate2::read::MultiGzDecoder;
use sha2::{Digest, Sha256};

use super::backup::ABOUT;
use super::seal::{self, CapturedFacts, SealInput};
use crate::archive::{self, ArchiveWriter, Detected, FileEntry, FinishedArchive, Limits};
use crate::database::{self, header::sniff};
use crate::failure::{Failure, FailureKind};
use crate::files;
use crate::manifest::{
    BackedDatabase, Codec, DatabaseKind, Description, EntryKind, FORMAT_VERSION, Manifest, Notes,
    Ownership, Scope, Summary, Trigger,
};
use crate::naming;
use crate::protocol::{BackupRecord, ImportRequest, ImportTarget};
use crate::vault::{Incoming, Scratch, Vault};
use crate::work::Work;

/// A compressed database may grow to at most this many times its size: SQLite files that are
/// mostly empty pages compress well, bombs compress far better.
const MAX_DATABASE_RATIO: u64 = 250;

/// Small files may grow more before the ratio means anything.
const RATIO_FLOOR_BYTES: u64 = 64 << 20;

const CHUNK_BYTES: usize = 256 << 10;

/// Imports a file that arrives in `frames`.
pub(super) fn import(
    vault: &Vault,
    request: &ImportRequest,
    frames: &Receiver<Option<Vec<u8>>>,
    work: &Work,
) -> Result<BackupRecord, Failure> {
    let scratch = vault.scratch(&request.id)?;
    let upload = scratch.path().join("upload");
    let sha256 = receive(vault, request, frames, &upload, work)?;
    if let Some(expected) = &request.expected_sha256
        && !expected.eq_ignore_ascii_case(&sha256)
    {
        return Err(Failure::new(
            FailureKind::Hostile,
            "its checksum is not the one in the .sha256 file beside it",
        )
        .with_detail(format!("expected {expected}, found {sha256}")));
    }
    let open =
        || File::open(&upload).map_err(|error| Failure::io("the file could not be read", &error));
    match archive::detect(&open()?, &request.original_name)? {
        Detected::Archive(codec) => match &request.manifest_json {
            Some(text) => {
                let manifest = archive::check_manifest_text(text)?;
                if manifest.summary.sha256 != sha256 {
                    return Err(Failure::new(
                        FailureKind::Hostile,
                        "its checksum is not the one in the manifest beside it",
                    ));
                }
                import_as_it_is(vault, request, manifest, &upload, &scratch, work)
            }
            None => import_anew(vault, request, open()?, codec, &scratch, work),
        },
        Detected::Database { gzip } => {
            import_database(vault, request, open()?, gzip, &scratch, work)
        }
    }
}

/// Writes the frames to a file; gives their SHA-256.
fn receive(
    vault: &Vault,
    request: &ImportRequest,
    frames: &Receiver<Option<Vec<u8>>>,
    upload: &Path,
    work: &Work,
) -> Result<String, Failure> {
    let missing = "there is not enough room for the file";
    vault.room()?.require(request.size_bytes, missing)?;
    work.phase("receive", Some(request.size_bytes));
    let failed = |error: std::io::Error| Failure::io("the file could not be stored", &error);
    let mut file = File::create_new(upload).map_err(failed)?;
    let mut hash = Sha256::new();
    let mut received = 0_u64;
    loop {
        work.check()?;
        match frames.recv() {
            Ok(Some(bytes)) => {
                received += bytes.len() as u64;
                if received > request.size_bytes {
                    return Err(Failure::new(
                        FailureKind::Protocol,
                        "more arrived than announced",
                    ));
                }
                hash.update(&bytes);
                file.write_all(&bytes).map_err(failed)?;
                work.progress(received);
            }
            Ok(None) if received == request.size_bytes => break,
            Ok(None) => {
                return Err(Failure::new(
                    FailureKind::Protocol,
                    "less arrived than announced",
                ));
            }
            Err(_) => return Err(Failure::cancelled()),
        }
    }
    file.sync_all().map_err(failed)?;
    Ok(files::hexadecimal(&hash.finalize()))
}

fn file_name(request: &ImportRequest, codec: Codec) -> String {
    naming::file_name(&request.app, request.created_at, Trigger::Import, codec)
}

/// An archive of ours with its manifest: kept byte for byte, since every hash can be compared.
fn import_as_it_is(
    vault: &Vault,
    request: &ImportRequest,
    manifest: Manifest,
    upload: &Path,
    scratch: &Scratch,
    work: &Work,
) -> Result<BackupRecord, Failure> {
    archive::validate_layout(&manifest.files)?;
    let Manifest {
        summary,
        files,
        blocks,
    } = manifest;
    let incoming = vault.begin(&request.id, &file_name(request, summary.codec))?;
    drop(incoming.create_archive()?);
    std::fs::rename(upload, incoming.archive_path())
        .map_err(|error| Failure::io("the file could not be stored", &error))?;
    let facts = summary.databases.iter().map(facts_of).collect();
    let finished = FinishedArchive {
        files,
        blocks,
        raw_bytes: summary.raw_bytes,
        stored_bytes: summary.stored_bytes,
        sha256: summary.sha256.clone(),
    };
    let summary = adopt(request, summary, incoming.file_name());
    let input = SealInput {
        summary,
        notes: &Notes::default(),
        facts,
        verify: true,
    };
    seal::seal(vault, incoming, finished, input, scratch, work)
}

/// What the manifest tells of a capture that happened elsewhere.
fn facts_of(database: &BackedDatabase) -> CapturedFacts {
    CapturedFacts {
        volume_index: database.volume_index,
        path: database.path.clone(),
        kind: database.kind,
        method: database.method,
        pin: database.pin.clone(),
        sha256: database.sha256.clone(),
        read_ms: database.read_ms,
        wal_growth_bytes: database.wal_growth_bytes,
        wal_bytes: None,
    }
}

/// The summary of an imported archive: its data's own age, this vault's names.
fn adopt(request: &ImportRequest, theirs: Summary, file_name: &str) -> Summary {
    let mut findings = theirs.findings;
    findings.push(seal::finding(
        "imported",
        format!(
            "Imported from {} (taken as {} by Lifeboat {}).",
            request.original_name, theirs.id, theirs.tool_version
        ),
    ));
    Summary {
        id: request.id.clone(),
        app: request.app.clone(),
        trigger: Trigger::Import,
        file_name: file_name.to_owned(),
        databases: Vec::new(),
        findings,
        ..theirs
    }
}

/// An archive without a manifest: read strictly and written anew, so that everything in the vault
/// was written by our own hand.
fn import_anew(
    vault: &Vault,
    request: &ImportRequest,
    upload: File,
    codec: Codec,
    scratch: &Scratch,
    work: &Work,
) -> Result<BackupRecord, Failure> {
    let incoming = vault.begin(&request.id, &file_name(request, codec))?;
    let mut writer = ArchiveWriter::create(incoming.create_archive()?, codec, None, work.clone())?;
    work.phase("unpack", Some(request.size_bytes));
    let free = vault.free_bytes()?;
    let mut limits = Limits::default();
    limits.max_raw_bytes = limits.max_raw_bytes.min(free.saturating_mul(4));
    let description = archive::reencode(upload, codec, &limits, &mut writer, work)?;
    let finished = writer.finish()?;
    let summary = Summary {
        format: FORMAT_VERSION,
        id: description.id,
        file_name: String::new(),
        app: description.app,
        trigger: Trigger::Import,
        created_at: description.created_at,
        codec,
        scope: description.scope,
        raw_bytes: 0,
        stored_bytes: 0,
        sha256: String::new(),
        file_count: 0,
        left_out: None,
        databases: Vec::new(),
        volumes: description.volumes,
        releases: description.releases,
        compose_project: description.compose_project,
        source_commit: None,
        tool_version: description.tool_version,
        sqlite_version: description.sqlite_version,
        findings: Vec::new(),
    };
    let summary = adopt(request, summary, incoming.file_name());
    publish(vault, incoming, finished, summary, scratch, work)
}

fn publish(
    vault: &Vault,
    incoming: Incoming,
    finished: FinishedArchive,
    summary: Summary,
    scratch: &Scratch,
    work: &Work,
) -> Result<BackupRecord, Failure> {
    let input = SealInput {
        summary,
        notes: &Notes::default(),
        facts: Vec::new(),
        verify: true,
    };
    seal::seal(vault, incoming, finished, input, scratch, work)
}

/// A plain database file becomes a backup with one database in it.
fn import_database(
    vault: &Vault,
    request: &ImportRequest,
    upload: File,
    gzip: bool,
    scratch: &Scratch,
    work: &Work,
) -> Result<BackupRecord, Failure> {
    let plain = scratch.path().join("plain");
    let mut database = if gzip {
        inflate(vault, request, upload, &plain, work)?
    } else {
        upload
    };
    let size_bytes = database
        .metadata()
        .map_err(|error| Failure::io("the file could not be read", &error))?
        .len();
    let target = request.target.as_ref().ok_or_else(|| {
        Failure::new(
            FailureKind::Protocol,
            "a plain database came without its place",
        )
    })?;
    let sniffed = sniff(&database, &target.path, size_bytes)
        .map_err(|error| Failure::io("the file could not be read", &error))?;
    if sniffed.kind != DatabaseKind::Sqlite {
        return Err(Failure::new(FailureKind::Hostile, refusal(sniffed.kind)));
    }
    let codec = Codec::Gzip;
    let incoming = vault.begin(&request.id, &file_name(request, codec))?;
    let mut writer = ArchiveWriter::create(incoming.create_archive()?, codec, None, work.clone())?;
    let description = database_description(request, target);
    let text = serde_json::to_vec_pretty(&description).expect("a description is plain data");
    let now = request.created_at.as_second();
    writer.append_document("lifeboat.json", &text, now)?;
    database
        .rewind()
        .map_err(|error| Failure::io("the file could not be read", &error))?;
    let entry = FileEntry {
        volume_index: target.volume.index,
        path: target.path.clone(),
        kind: EntryKind::Database,
        size_bytes,
        modified_at_seconds: now,
        ownership: Ownership {
            mode: 0o644,
            ..Ownership::default()
        },
    };
    work.phase("capture", Some(size_bytes));
    writer.append_file(entry, &mut database)?;
    let finished = writer.finish()?;
    let summary = database_summary(request, target, incoming.file_name());
    publish(vault, incoming, finished, summary, scratch, work)
}

fn refusal(kind: DatabaseKind) -> &'static str {
    match kind {
        DatabaseKind::Empty => "it is empty",
        DatabaseKind::Encrypted => {
            "it is no SQLite database; its bytes look random, so it may be an encrypted one"
        }
        _ => "it is neither an archive of Lifeboat nor a SQLite database",
    }
}

fn database_description(request: &ImportRequest, target: &ImportTarget) -> Description {
    Description {
        format: FORMAT_VERSION,
        id: request.id.clone(),
        app: request.app.clone(),
        trigger: Trigger::Import,
        created_at: request.created_at,
        scope: Scope::DatabasesOnly,
        volumes: vec![target.volume.clone()],
        databases: vec![(target.volume.index, target.path.clone())],
        releases: Vec::new(),
        compose_project: None,
        tool_version: request.tool_version.clone(),
        sqlite_version: database::sqlite_version().to_owned(),
        about: ABOUT.to_owned(),
    }
}

fn database_summary(request: &ImportRequest, target: &ImportTarget, file_name: &str) -> Summary {
    Summary {
        format: FORMAT_VERSION,
        id: request.id.clone(),
        file_name: file_name.to_owned(),
        app: request.app.clone(),
        trigger: Trigger::Import,
        created_at: request.created_at,
        codec: Codec::Gzip,
        scope: Scope::DatabasesOnly,
        raw_bytes: 0,
        stored_bytes: 0,
        sha256: String::new(),
        file_count: 0,
        left_out: None,
        databases: Vec::new(),
        volumes: vec![target.volume.clone()],
        releases: Vec::new(),
        compose_project: None,
        source_commit: None,
        tool_version: request.tool_version.clone(),
        sqlite_version: database::sqlite_version().to_owned(),
        findings: vec![seal::finding(
            "imported",
            format!(
                "Imported from the plain database {}.",
                request.original_name
            ),
        )],
    }
}

/// Decompresses a database, and stops before a bomb fills the disk.
fn inflate(
    vault: &Vault,
    request: &ImportRequest,
    upload: File,
    plain: &Path,
    work: &Work,
) -> Result<File, Failure> {
    let free = vault.free_bytes()?;
    let limit = request
        .size_bytes
        .saturating_mul(MAX_DATABASE_RATIO)
        .max(RATIO_FLOOR_BYTES);
    work.phase("unpack", None);
    let failed = |error: std::io::Error| Failure::io("the file could not be unpacked", &error);
    let mut input = MultiGzDecoder::new(std::io::BufReader::new(upload));
    let mut output = File::options()
        .read(true)
        .write(true)
        .create_new(true)
        .open(plain)
        .map_err(failed)?;
    let mut buffer = vec![0; CHUNK_BYTES];
    let mut written = 0_u64;
    loop {
        work.check()?;
        let length = input.read(&mut buffer).map_err(|error| {
            Failure::new(FailureKind::Hostile, "it is not a sound gzip file")
                .with_detail(error.to_string())
        })?;
        if length == 0 {
            break;
        }
        written += length as u64;
        if written > limit {
            return Err(Failure::new(
                FailureKind::Hostile,
                "it unpacks to far more than a database of its size would",
            ));
        }
        if written.saturating_add(64 << 20) > free {
            return Err(Failure::new(
                FailureKind::NoSpace,
                "there is not enough room to unpack it",
            ));
        }
        output.write_all(&buffer[..length]).map_err(failed)?;
        work.progress(written);
    }
    Ok(output)
}
