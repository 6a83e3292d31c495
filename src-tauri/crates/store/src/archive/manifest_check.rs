//! Manifests and descriptions that somebody handed us: sized, typed, and every number looked at.

use std::collections::HashSet;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::block_reader::check_block;
use super::layout::{hostile, validate_layout};
use super::text::{entry_label, shown};
use super::{DESCRIPTION_NAME, MAX_DESCRIPTION_BYTES};
use crate::failure::{Failure, FailureKind};
use crate::manifest::{
    ArchivedFile, BackedDatabase, BackedVolume, Description, EntryKind, FORMAT_VERSION, Manifest,
};

/// No manifest is bigger than this.
const MAX_MANIFEST_BYTES: usize = 256 << 20;

/// No id, file name or application's name is longer.
const MAX_WORD_BYTES: usize = 200;

/// More volumes than any application has.
const MAX_VOLUMES: usize = 4096;

/// The one field that is read before the rest is understood.
#[derive(Deserialize)]
struct Format {
    format: u32,
}

/// Reads a manifest that came from outside and checks everything that can be checked without the
/// archive.
///
/// # Errors
/// `hostile` with the reason; `too-new`.
pub fn check_manifest_text(text: &str) -> Result<Manifest, Failure> {
    if text.len() > MAX_MANIFEST_BYTES {
        return Err(hostile("the manifest is too big"));
    }
    let manifest: Manifest = parse(text.as_bytes(), "the manifest")?;
    let summary = &manifest.summary;
    check_word(&summary.id, "the backup's id")?;
    check_word(&summary.file_name, "the archive's name")?;
    check_name(&summary.app, "the application's name")?;
    check_hash(&summary.sha256, "the archive")?;
    check_volumes(&summary.volumes)?;
    check_blocks(&manifest)?;
    let indexes: HashSet<u32> = summary.volumes.iter().map(|volume| volume.index).collect();
    for file in &manifest.files {
        check_file(file, &indexes, summary.raw_bytes)?;
    }
    validate_layout(&manifest.files)?;
    let files: HashSet<_> = manifest
        .files
        .iter()
        .filter(|file| matches!(file.kind, EntryKind::File | EntryKind::Database))
        .map(|file| (file.volume_index, &file.path, file.size_bytes, &file.sha256))
        .collect();
    for database in &summary.databases {
        let key = (
            database.volume_index,
            &database.path,
            database.size_bytes,
            &database.sha256,
        );
        if !files.contains(&key) {
            return Err(about(database, "is no file of the manifest's list"));
        }
        check_database(database)?;
    }
    Ok(manifest)
}

/// Reads `lifeboat.json`.
pub(super) fn check_description(bytes: &[u8]) -> Result<Description, Failure> {
    if bytes.len() as u64 > MAX_DESCRIPTION_BYTES {
        return Err(hostile(format!("{DESCRIPTION_NAME} is too big")));
    }
    let description: Description = parse(bytes, DESCRIPTION_NAME)?;
    check_word(&description.id, "the backup's id")?;
    check_name(&description.app, "the application's name")?;
    check_volumes(&description.volumes)?;
    let indexes: HashSet<u32> = description
        .volumes
        .iter()
        .map(|volume| volume.index)
        .collect();
    match description
        .databases
        .iter()
        .find(|(index, _)| !indexes.contains(index))
    {
        None => Ok(description),
        Some((index, path)) => Err(hostile(format!(
            "the database {} lies in a volume that {DESCRIPTION_NAME} does not know",
            entry_label(*index, path)
        ))),
    }
}

/// The format's number first: a newer one need not look like ours at all.
fn parse<T: DeserializeOwned>(bytes: &[u8], what: &str) -> Result<T, Failure> {
    let unreadable = |error: serde_json::Error| {
        hostile(format!("{what} cannot be read")).with_detail(error.to_string())
    };
    let Format { format } = serde_json::from_slice(bytes).map_err(unreadable)?;
    if format > FORMAT_VERSION {
        return Err(Failure::new(
            FailureKind::TooNew,
            format!("{what} has format {format}; this version understands {FORMAT_VERSION}"),
        ));
    }
    if format == 0 {
        return Err(hostile(format!(
            "{what} has format 0, which there never was"
        )));
    }
    serde_json::from_slice(bytes).map_err(unreadable)
}

/// Ids and file names become names in the vault.
fn check_word(word: &str, what: &str) -> Result<(), Failure> {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let fine = !word.is_empty()
        && word.len() <= MAX_WORD_BYTES
        && word.bytes().all(known)
        && !word.starts_with(['.', '-']);
    fine.then_some(()).ok_or_else(|| {
        hostile(format!(
            "{what} is not a plain name: {}",
            shown(word.as_bytes())
        ))
    })
}

/// Names of volumes and applications are only shown.
fn check_name(name: &str, what: &str) -> Result<(), Failure> {
    let fine = !name.is_empty() && name.len() <= 4096 && !name.chars().any(char::is_control);
    fine.then_some(())
        .ok_or_else(|| hostile(format!("{what} is no name: {}", shown(name.as_bytes()))))
}

fn check_hash(hash: &str, what: &str) -> Result<(), Failure> {
    let known = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let fine = hash.len() == 64 && hash.bytes().all(known);
    fine.then_some(())
        .ok_or_else(|| hostile(format!("{what} has no proper SHA-256")))
}

fn check_volumes(volumes: &[BackedVolume]) -> Result<(), Failure> {
    if volumes.len() > MAX_VOLUMES {
        return Err(hostile(format!("more than {MAX_VOLUMES} volumes")));
    }
    let mut indexes = HashSet::new();
    for volume in volumes {
        check_name(&volume.name, "a volume's name")?;
        if !indexes.insert(volume.index) {
            return Err(hostile(format!(
                "two volumes have the number {}",
                volume.index
            )));
        }
    }
    Ok(())
}

fn check_blocks(manifest: &Manifest) -> Result<(), Failure> {
    let (mut raw, mut stored) = (0_u64, 0_u64);
    for (number, block) in manifest.blocks.iter().enumerate() {
        check_block(number, *block).map_err(|failure| hostile(failure.message))?;
        raw += u64::from(block.raw_bytes);
        stored += u64::from(block.stored_bytes);
    }
    if (raw, stored) == (manifest.summary.raw_bytes, manifest.summary.stored_bytes) {
        return Ok(());
    }
    Err(hostile(
        "the sizes in the manifest are not the sums of its block index",
    ))
}

fn check_file(file: &ArchivedFile, indexes: &HashSet<u32>, raw_bytes: u64) -> Result<(), Failure> {
    let label = entry_label(file.volume_index, &file.path);
    if !indexes.contains(&file.volume_index) {
        return Err(hostile(format!(
            "{label} lies in a volume that the manifest does not know"
        )));
    }
    if file
        .raw_offset
        .checked_add(file.size_bytes)
        .is_none_or(|end| end > raw_bytes)
    {
        return Err(hostile(format!("{label} does not lie in the archive")));
    }
    if file.ownership.mode > 0o7777 {
        return Err(hostile(format!("{label} has no proper mode")));
    }
    match file.kind {
        EntryKind::File | EntryKind::Database => check_hash(&file.sha256, &label),
        EntryKind::Directory | EntryKind::Symlink if file.sha256.is_empty() => Ok(()),
        EntryKind::Directory | EntryKind::Symlink => {
            Err(hostile(format!("{label} has a SHA-256 and no content")))
        }
    }
}

fn about(database: &BackedDatabase, why: &str) -> Failure {
    hostile(format!(
        "the database {} {why}",
        entry_label(database.volume_index, &database.path)
    ))
}

fn check_database(database: &BackedDatabase) -> Result<(), Failure> {
    let sizes = [0, 512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536];
    let pages = u64::from(database.page_size).checked_mul(database.page_count);
    if !sizes.contains(&database.page_size) || pages.is_none_or(|bytes| bytes > database.size_bytes)
    {
        return Err(about(database, "has pages that do not fit its size"));
    }
    Ok(())
}
