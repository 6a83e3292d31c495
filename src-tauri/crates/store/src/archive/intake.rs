//! A foreign archive, entry by entry: what comes out of here was checked against everything that came
//! before it.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read};

use tar::EntryType;

use super::import::Limits;
use super::layout::{Layout, hostile, parse_entry_name};
use super::manifest_check::check_description;
use super::member_decoder::{MemberDecoder, RawLimit};
use super::tar_read::{TarEntry, TarProblem, TarStream};
use super::text::{carried, shown};
use super::{DESCRIPTION_NAME, MAX_DESCRIPTION_BYTES};
use crate::failure::{Failure, FailureKind};
use crate::manifest::{Codec, Description, EntryKind, Ownership};
use crate::relative_path::RelativePath;
use crate::work::Work;

/// Below this nothing is a bomb: it is unpacked faster than it is argued about.
const RATIO_GRACE_BYTES: u64 = 256 << 20;

/// An entry that may be unpacked.
pub(super) struct Incoming {
    pub(super) volume_index: u32,
    pub(super) path: RelativePath,
    pub(super) kind: EntryKind,
    pub(super) size_bytes: u64,
    pub(super) modified_at_seconds: i64,
    pub(super) ownership: Ownership,
    pub(super) link_target: Vec<u8>,
}

/// A foreign archive. Implements `Read` for the content of the present entry; its errors carry a
/// [`Failure`].
pub(super) struct Intake<'a> {
    tar: TarStream<MemberDecoder<'a>>,
    layout: Layout,
    limit: RawLimit,
    databases: HashSet<(u32, RelativePath)>,
    description: Description,
    description_bytes: Vec<u8>,
    saw_volumes_directory: bool,
    checked_bytes: u64,
    work: Work,
}

impl<'a> Intake<'a> {
    /// Begins to read, as far as `lifeboat.json`.
    pub(super) fn open(
        file: &'a File,
        codec: Codec,
        limits: &Limits,
        work: &Work,
    ) -> Result<Self, Failure> {
        let limit = raw_limit(file, limits)?;
        let mut tar = TarStream::new(MemberDecoder::new(file, codec, limit));
        let description_bytes = read_description_entry(&mut tar)?;
        let description = check_description(&description_bytes)?;
        let indexes = description.volumes.iter().map(|volume| volume.index);
        Ok(Self {
            layout: Layout::new(indexes, limits.max_entries),
            tar,
            limit,
            databases: description.databases.iter().cloned().collect(),
            description,
            description_bytes,
            saw_volumes_directory: false,
            checked_bytes: 0,
            work: work.clone(),
        })
    }

    pub(super) fn description(&self) -> &Description {
        &self.description
    }

    /// `lifeboat.json` as it came.
    pub(super) fn description_bytes(&self) -> &[u8] {
        &self.description_bytes
    }

    /// Where in the uncompressed archive we are.
    pub(super) fn position(&self) -> u64 {
        self.tar.position()
    }

    /// Up to where a checksum said that the bytes are right.
    pub(super) fn confirmed_bytes(&self) -> u64 {
        self.tar.source().confirmed_bytes()
    }

    /// The next entry; `None` at the proper end of both tar and file.
    pub(super) fn next_entry(&mut self) -> Result<Option<Incoming>, Failure> {
        loop {
            self.work.check()?;
            let Some(entry) = self.tar.next_entry().map_err(failure_of)? else {
                // The tar was read to the end of the stream, and the stream to that of the file.
                return Ok(None);
            };
            let is_directory = entry.entry_type == EntryType::Directory;
            if is_directory && matches!(&entry.name[..], b"volumes" | b"volumes/") {
                if std::mem::replace(&mut self.saw_volumes_directory, true) {
                    return Err(hostile("the directory \"volumes\" is there twice"));
                }
                continue;
            }
            return self.admit(entry).map(Some);
        }
    }

    fn admit(&mut self, entry: TarEntry) -> Result<Incoming, Failure> {
        let bad = |why: &str| hostile(format!("the entry {} {why}", shown(&entry.name)));
        let refused = match entry.entry_type {
            EntryType::Regular | EntryType::Directory | EntryType::Symlink => None,
            EntryType::Link => Some("is a hard link"),
            EntryType::Char | EntryType::Block => Some("is a device"),
            EntryType::Fifo => Some("is a named pipe"),
            EntryType::GNUSparse => Some("is a sparse file"),
            _ => Some("is of a kind that no backup of ours holds"),
        };
        refused.map_or(Ok(()), |why| Err(bad(why)))?;
        let is_directory = entry.entry_type == EntryType::Directory;
        let (volume_index, path) = parse_entry_name(&entry.name, is_directory)?;
        let is_database = self.databases.contains(&(volume_index, path.clone()));
        let kind = match entry.entry_type {
            EntryType::Directory => EntryKind::Directory,
            EntryType::Symlink => EntryKind::Symlink,
            _ if is_database => EntryKind::Database,
            _ => EntryKind::File,
        };
        if entry.entry_type != EntryType::Regular && entry.size_bytes > 0 {
            return Err(bad("has a size and no content"));
        }
        let end = self.tar.position().saturating_add(entry.size_bytes);
        if end > self.limit.bytes {
            return Err(bad(&format!("is too big: {}", self.limit.reason)));
        }
        self.layout
            .add(volume_index, &path, kind, &entry.link_target)?;
        let id = |number: u64| u32::try_from(number).map_err(|_| bad("has an impossible owner"));
        Ok(Incoming {
            volume_index,
            path,
            kind,
            size_bytes: entry.size_bytes,
            modified_at_seconds: entry.modified_at_seconds,
            ownership: Ownership {
                uid: id(entry.uid)?,
                gid: id(entry.gid)?,
                mode: entry.mode,
                xattrs: entry.xattrs,
            },
            link_target: entry.link_target,
        })
    }
}

impl Read for Intake<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // Looked at about once for each block, since somebody may be waiting for us to stop.
        if self.tar.position() >= self.checked_bytes {
            self.work.check().map_err(io::Error::other)?;
            self.checked_bytes = self.tar.position() + (1 << 20);
        }
        self.tar
            .read(buffer)
            .map_err(|error| io::Error::other(failure_of(TarProblem::of(error))))
    }
}

/// How much this file may become.
fn raw_limit(file: &File, limits: &Limits) -> Result<RawLimit, Failure> {
    let stored_bytes = file
        .metadata()
        .map_err(|error| Failure::io("cannot look at the file", &error))?
        .len();
    let by_ratio = stored_bytes
        .saturating_mul(limits.max_ratio)
        .max(RATIO_GRACE_BYTES);
    Ok(if by_ratio < limits.max_raw_bytes {
        RawLimit {
            bytes: by_ratio,
            reason: "the file unpacks to far more than a backup does",
        }
    } else {
        RawLimit {
            bytes: limits.max_raw_bytes,
            reason: "the file unpacks to more than is allowed",
        }
    })
}

fn read_description_entry(tar: &mut TarStream<MemberDecoder<'_>>) -> Result<Vec<u8>, Failure> {
    let missing = || {
        hostile(format!(
            "the archive does not begin with {DESCRIPTION_NAME}"
        ))
    };
    let entry = tar.next_entry().map_err(failure_of)?.ok_or_else(missing)?;
    if entry.name != DESCRIPTION_NAME.as_bytes() || entry.entry_type != EntryType::Regular {
        return Err(missing());
    }
    if entry.size_bytes > MAX_DESCRIPTION_BYTES {
        return Err(hostile(format!("{DESCRIPTION_NAME} is too big")));
    }
    let mut bytes = Vec::new();
    tar.read_to_end(&mut bytes)
        .map_err(|error| failure_of(TarProblem::of(error)))?;
    Ok(bytes)
}

fn failure_of(problem: TarProblem) -> Failure {
    match problem {
        TarProblem::Source(error) => carried(error, "cannot read the archive"),
        TarProblem::Ended => Failure::new(FailureKind::Damaged, "the archive is cut off"),
        TarProblem::Malformed(why) => hostile(format!("the archive is no tar of ours: {why}")),
    }
}
