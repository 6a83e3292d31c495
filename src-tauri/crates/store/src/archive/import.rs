//! Takes in a file that somebody handed us: what is it, what does it say of itself, and, entry by
//! entry, the same again in an archive of our own.
//!
//! Nothing in such a file is believed. What is refused names the entry and the reason.

use std::fs::File;
use std::io::{BufReader, Read};

use flate2::bufread::GzDecoder;

use super::intake::{Incoming, Intake};
use super::member_decoder::{FileAt, MAX_WINDOW_LOG};
use super::text::shown;
use super::writer::{ArchiveWriter, FileEntry};
use crate::failure::{Failure, FailureKind};
use crate::manifest::{Codec, Description, EntryKind};
use crate::work::Work;

pub use super::manifest_check::check_manifest_text;

/// What a file turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detected {
    /// A tar, compressed so.
    Archive(Codec),
    /// A SQLite database by its header.
    Database {
        /// Within gzip.
        gzip: bool,
    },
}

/// How far a foreign archive is followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// It may unpack to so many bytes; the room that there is, for example.
    pub max_raw_bytes: u64,
    /// It may hold so many entries.
    pub max_entries: u64,
    /// It may unpack to so many times its size (what is small anyway is not measured).
    pub max_ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_raw_bytes: 1 << 40,
            max_entries: 1_000_000,
            max_ratio: 200,
        }
    }
}

const SQLITE_MAGIC: &[u8] = b"SQLite format 3\0";

/// First bytes of what people may hand us instead, and what to call it.
const KNOWN_OTHERS: [(&[u8], &str); 6] = [
    (b"PK\x03\x04", "a zip file"),
    (b"\xfd7zXZ\0", "compressed with xz"),
    (b"BZh", "compressed with bzip2"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z file"),
    (b"Rar!", "a rar file"),
    (b"age-encryption.org", "encrypted with age"),
];

/// Finds out by its first bytes what a file is; its name only helps to say why it is refused.
///
/// # Errors
/// `unsupported` with the reason; `damaged` where the compressed data cannot be read.
pub fn detect(file: &File, original_name: &str) -> Result<Detected, Failure> {
    let head = first_bytes(FileAt::start(file), original_name)?;
    if head.starts_with(b"\x1f\x8b") {
        let inner = first_bytes(
            GzDecoder::new(BufReader::new(FileAt::start(file))),
            original_name,
        )?;
        return match kind_of(&inner) {
            Some(Detected::Archive(_)) => Ok(Detected::Archive(Codec::Gzip)),
            Some(Detected::Database { .. }) => Ok(Detected::Database { gzip: true }),
            None => Err(unsupported("within gzip it is neither tar nor SQLite")),
        };
    }
    if head.starts_with(b"\x28\xb5\x2f\xfd") {
        let refused = |error| Failure::io("cannot set up zstd", &error);
        let mut decoder = zstd::stream::read::Decoder::new(FileAt::start(file)).map_err(refused)?;
        decoder.window_log_max(MAX_WINDOW_LOG).map_err(refused)?;
        return match kind_of(&first_bytes(decoder, original_name)?) {
            Some(Detected::Archive(_)) => Ok(Detected::Archive(Codec::Zstd)),
            Some(Detected::Database { .. }) => {
                Err(unsupported("it is a database within zstd; unpack it first"))
            }
            None => Err(unsupported("within zstd it is no tar")),
        };
    }
    kind_of(&head).ok_or_else(|| unsupported(&why_not(&head, original_name)))
}

fn kind_of(head: &[u8]) -> Option<Detected> {
    if head.starts_with(SQLITE_MAGIC) {
        return Some(Detected::Database { gzip: false });
    }
    let is_tar = head.get(257..262) == Some(b"ustar");
    is_tar.then_some(Detected::Archive(Codec::None))
}

fn why_not(head: &[u8], name: &str) -> String {
    if head.is_empty() {
        return "it is empty".to_owned();
    }
    if let Some((_, what)) = KNOWN_OTHERS
        .iter()
        .find(|(magic, _)| head.starts_with(magic))
    {
        return format!("it is {what}");
    }
    let lower = name.to_ascii_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| lower.ends_with(ending));
    if ends(&[".db", ".sqlite", ".sqlite3"]) {
        return "it is named like a database, but is no SQLite file (or an encrypted one)"
            .to_owned();
    }
    if ends(&[".tar", ".gz", ".tgz", ".zst"]) {
        return "it is named like an archive, but is none".to_owned();
    }
    "it is neither an archive of Lifeboat nor a SQLite database".to_owned()
}

fn unsupported(why: &str) -> Failure {
    Failure::new(FailureKind::Unsupported, why)
}

/// As many of the first 512 bytes as there are.
fn first_bytes(source: impl Read, name: &str) -> Result<Vec<u8>, Failure> {
    let mut head = Vec::new();
    source.take(512).read_to_end(&mut head).map_err(|error| {
        let message = format!("{} cannot be read", shown(name.as_bytes()));
        if error.raw_os_error().is_some() {
            return Failure::io(message, &error);
        }
        Failure::new(FailureKind::Damaged, message).with_detail(error.to_string())
    })?;
    Ok(head)
}

/// Reads what an archive says of itself, and nothing behind it.
///
/// # Errors
/// `hostile` or `damaged` with the reason; `too-new`; `io`.
pub fn read_description(file: &File, codec: Codec) -> Result<Description, Failure> {
    let intake = Intake::open(file, codec, &Limits::default(), &Work::unwatched())?;
    Ok(intake.description().clone())
}

/// Reads a foreign archive to its very end and appends everything in it to `writer`.
///
/// `lifeboat.json` is appended as it came, unless the writer has a document already: then the caller
/// has described the new archive itself. After a failure the writer's archive is to be thrown away.
///
/// # Errors
/// `hostile` with a reason that names the entry; `damaged` where the file is broken or cut off;
/// `too-new`, `cancelled`, `no-space`, `io`.
#[expect(
    clippy::needless_pass_by_value,
    reason = "nobody else should read the file meanwhile"
)]
pub fn reencode(
    file: File,
    codec: Codec,
    limits: &Limits,
    writer: &mut ArchiveWriter,
    work: &Work,
) -> Result<Description, Failure> {
    let mut intake = Intake::open(&file, codec, limits, work)?;
    if writer.raw_bytes_so_far() == 0 {
        let seconds = intake.description().created_at.as_second();
        writer.append_document(super::DESCRIPTION_NAME, intake.description_bytes(), seconds)?;
    }
    while let Some(entry) = intake.next_entry()? {
        append(writer, entry, &mut intake)?;
    }
    Ok(intake.description().clone())
}

fn append(
    writer: &mut ArchiveWriter,
    entry: Incoming,
    content: &mut Intake<'_>,
) -> Result<(), Failure> {
    let Incoming {
        volume_index,
        path,
        kind,
        modified_at_seconds,
        ownership,
        ..
    } = entry;
    match kind {
        EntryKind::Directory => {
            writer.append_directory(volume_index, &path, &ownership, modified_at_seconds)
        }
        EntryKind::Symlink => {
            let target = &entry.link_target;
            writer.append_symlink(volume_index, &path, target, &ownership, modified_at_seconds)
        }
        EntryKind::File | EntryKind::Database => {
            let size_bytes = entry.size_bytes;
            let file = FileEntry {
                volume_index,
                path,
                kind,
                size_bytes,
                modified_at_seconds,
                ownership,
            };
            writer.append_file(file, content).map(drop)
        }
    }
}
