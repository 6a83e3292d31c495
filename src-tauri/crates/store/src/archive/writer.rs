//! Writes an archive, entry by entry, and remembers what the manifest has to say of it.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use tar::EntryType;

use super::block_writer::BlockWriter;
use super::layout::entry_name;
use super::pipeline::default_threads;
use super::tar_write::{Head, TAR_END_BYTES, encode, padding_after};
use super::text::{carried, entry_label, hex};
use crate::failure::{Failure, FailureKind};
use crate::manifest::{ArchivedFile, Block, Codec, EntryKind, Ownership};
use crate::relative_path::RelativePath;
use crate::work::Work;

/// A file that is about to be archived.
#[derive(Debug, Clone)]
pub struct FileEntry {
    /// Index of its volume.
    pub volume_index: u32,
    /// Path in the volume.
    pub path: RelativePath,
    /// File or database.
    pub kind: EntryKind,
    /// Exactly so many bytes are written.
    pub size_bytes: u64,
    /// Modification time, in whole seconds since 1970.
    pub modified_at_seconds: i64,
    /// Owner, mode, extended attributes.
    pub ownership: Ownership,
}

/// What became of a file's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// SHA-256 of what was written, hexadecimal.
    pub sha256: String,
    /// The content was shorter or longer than announced, and was padded with zeros or cut.
    pub adjusted: bool,
}

/// A complete archive, on the disk.
#[derive(Debug, Clone)]
pub struct FinishedArchive {
    /// Each entry after the description, in order.
    pub files: Vec<ArchivedFile>,
    /// The block index.
    pub blocks: Vec<Block>,
    /// Size before compression.
    pub raw_bytes: u64,
    /// Size of the file.
    pub stored_bytes: u64,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
}

/// Writes an archive. Dropped before [`Self::finish`], it ends its threads and leaves an incomplete
/// file behind.
///
/// Each block of raw bytes checks for cancellation and tells the progress in raw bytes. After a
/// failure every further call fails the same way.
pub struct ArchiveWriter {
    blocks: BlockWriter,
    files: Vec<ArchivedFile>,
    failed: Option<Failure>,
}

impl ArchiveWriter {
    /// Begins an archive in an empty file, with a level of the codec's own (`None` for our default).
    ///
    /// # Errors
    /// `unsupported` for a level that the codec does not have; `io`.
    pub fn create(
        sink: File,
        codec: Codec,
        level: Option<i32>,
        work: Work,
    ) -> Result<Self, Failure> {
        Self::create_with_threads(sink, codec, level, work, default_threads())
    }

    /// The same with so many compressing threads (1 to 8).
    ///
    /// # Errors
    /// As [`Self::create`].
    pub fn create_with_threads(
        sink: File,
        codec: Codec,
        level: Option<i32>,
        work: Work,
        threads: usize,
    ) -> Result<Self, Failure> {
        let blocks = BlockWriter::new(sink, codec, level, threads, work)?;
        Ok(Self {
            blocks,
            files: Vec::new(),
            failed: None,
        })
    }

    /// Size of the archive so far, before compression.
    #[must_use]
    pub fn raw_bytes_so_far(&self) -> u64 {
        self.blocks.raw_bytes()
    }

    /// Adds a document of ours outside the volumes; `lifeboat.json`, before everything else.
    ///
    /// # Errors
    /// `cancelled`, `no-space`, `io`.
    pub fn append_document(
        &mut self,
        name: &str,
        bytes: &[u8],
        modified_at_seconds: i64,
    ) -> Result<(), Failure> {
        let ownership = Ownership {
            mode: 0o644,
            ..Ownership::default()
        };
        self.guarded(|writer| {
            let head = encode(&Head {
                name: name.as_bytes(),
                entry_type: EntryType::Regular,
                size_bytes: bytes.len() as u64,
                modified_at_seconds,
                ownership: &ownership,
                link_target: b"",
            })?;
            writer.blocks.write(&head)?;
            writer.blocks.write(bytes)?;
            writer.blocks.write_zeros(padding_after(bytes.len() as u64))
        })
    }

    /// Adds a directory; the empty path is the volume's root.
    ///
    /// # Errors
    /// `cancelled`, `no-space`, `io`.
    pub fn append_directory(
        &mut self,
        volume_index: u32,
        path: &RelativePath,
        ownership: &Ownership,
        modified_at_seconds: i64,
    ) -> Result<(), Failure> {
        let entry = FileEntry {
            volume_index,
            path: path.clone(),
            kind: EntryKind::Directory,
            size_bytes: 0,
            modified_at_seconds,
            ownership: ownership.clone(),
        };
        self.guarded(|writer| writer.begin(entry, EntryType::Directory, b""))
    }

    /// Adds a symbolic link. Whether it may be added is the caller's question to
    /// [`link_target_stays_inside`](super::link_target_stays_inside).
    ///
    /// # Errors
    /// `cancelled`, `no-space`, `io`.
    pub fn append_symlink(
        &mut self,
        volume_index: u32,
        path: &RelativePath,
        target: &[u8],
        ownership: &Ownership,
        modified_at_seconds: i64,
    ) -> Result<(), Failure> {
        let entry = FileEntry {
            volume_index,
            path: path.clone(),
            kind: EntryKind::Symlink,
            size_bytes: 0,
            modified_at_seconds,
            ownership: ownership.clone(),
        };
        self.guarded(|writer| writer.begin(entry, EntryType::Symlink, target))
    }

    /// Adds a file and reads its content: exactly the announced size, padded with zeros where the
    /// content is shorter, cut where it is longer.
    ///
    /// # Errors
    /// `cancelled`, `no-space`, `io`, and whatever reading the content gave.
    pub fn append_file(
        &mut self,
        entry: FileEntry,
        content: &mut dyn Read,
    ) -> Result<Appended, Failure> {
        self.guarded(|writer| {
            let label = entry_label(entry.volume_index, &entry.path);
            let size_bytes = entry.size_bytes;
            writer.begin(entry, EntryType::Regular, b"")?;
            let mut hash = Sha256::new();
            let mut remaining = size_bytes;
            while remaining > 0 {
                let spare = writer.blocks.spare()?;
                let room = usize::try_from(remaining)
                    .unwrap_or(usize::MAX)
                    .min(spare.len());
                let count = read_some(content, &mut spare[..room])
                    .map_err(|error| carried(error, &format!("cannot read {label}")))?;
                if count == 0 {
                    break;
                }
                hash.update(&spare[..count]);
                writer.blocks.advance(count);
                remaining -= count as u64;
            }
            let too_long = remaining == 0
                && read_some(content, &mut [0])
                    .map_err(|error| carried(error, &format!("cannot read {label}")))?
                    > 0;
            writer.end(hash, size_bytes, remaining, too_long)
        })
    }

    /// The same for content that is pushed: `fill` writes it.
    ///
    /// # Errors
    /// As [`Self::append_file`], and whatever `fill` returns.
    pub fn append_file_with(
        &mut self,
        entry: FileEntry,
        fill: &mut dyn FnMut(&mut dyn Write) -> Result<(), Failure>,
    ) -> Result<Appended, Failure> {
        self.guarded(|writer| {
            let size_bytes = entry.size_bytes;
            writer.begin(entry, EntryType::Regular, b"")?;
            let mut sink = ContentSink {
                blocks: &mut writer.blocks,
                remaining: size_bytes,
                hash: Sha256::new(),
                too_long: false,
                failed: None,
            };
            let filled = fill(&mut sink);
            let ContentSink {
                remaining,
                hash,
                too_long,
                failed,
                ..
            } = sink;
            // What stopped the archive is nearer to the cause than what its writer made of it.
            failed.map_or(Ok(()), Err)?;
            filled?;
            writer.end(hash, size_bytes, remaining, too_long)
        })
    }

    /// Ends the tar, waits for the threads and syncs the file.
    ///
    /// # Errors
    /// `cancelled`, `no-space`, `io`; the failure that stopped an earlier call.
    pub fn finish(mut self) -> Result<FinishedArchive, Failure> {
        self.guarded(|writer| writer.blocks.write_zeros(TAR_END_BYTES))?;
        let raw_bytes = self.blocks.raw_bytes();
        let stored = self.blocks.finish()?;
        Ok(FinishedArchive {
            files: self.files,
            blocks: stored.blocks,
            raw_bytes,
            stored_bytes: stored.stored_bytes,
            sha256: stored.sha256,
        })
    }

    /// Does something, unless something failed before: half an entry must not be followed by others.
    fn guarded<T>(
        &mut self,
        step: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        if let Some(failure) = &self.failed {
            return Err(failure.clone());
        }
        step(self).inspect_err(|failure| self.failed = Some(failure.clone()))
    }

    fn begin(
        &mut self,
        entry: FileEntry,
        entry_type: EntryType,
        link_target: &[u8],
    ) -> Result<(), Failure> {
        let is_directory = entry.kind == EntryKind::Directory;
        let has_content = matches!(entry.kind, EntryKind::File | EntryKind::Database);
        if has_content != (entry_type == EntryType::Regular) {
            let label = entry_label(entry.volume_index, &entry.path);
            return Err(Failure::new(
                FailureKind::Unsupported,
                format!("{label} is no file"),
            ));
        }
        let head = encode(&Head {
            name: &entry_name(entry.volume_index, &entry.path, is_directory),
            entry_type,
            size_bytes: entry.size_bytes,
            modified_at_seconds: entry.modified_at_seconds,
            ownership: &entry.ownership,
            link_target,
        })?;
        self.blocks.write(&head)?;
        let is_link = entry.kind == EntryKind::Symlink;
        self.files.push(ArchivedFile {
            volume_index: entry.volume_index,
            path: entry.path,
            kind: entry.kind,
            size_bytes: entry.size_bytes,
            modified_at_seconds: entry.modified_at_seconds,
            ownership: entry.ownership,
            sha256: String::new(),
            raw_offset: self.blocks.raw_bytes(),
            link_target_base64: is_link.then(|| STANDARD.encode(link_target)),
        });
        Ok(())
    }

    /// Pads the content to its announced size and the entry to the next header.
    fn end(
        &mut self,
        mut hash: Sha256,
        size_bytes: u64,
        missing: u64,
        too_long: bool,
    ) -> Result<Appended, Failure> {
        let zeros = [0; 8 << 10];
        let mut left = missing;
        while left > 0 {
            let count = zeros.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            hash.update(&zeros[..count]);
            left -= count as u64;
        }
        self.blocks.write_zeros(missing)?;
        self.blocks.write_zeros(padding_after(size_bytes))?;
        let sha256 = hex(&hash.finalize());
        let file = self.files.last_mut().expect("the entry was begun");
        file.sha256.clone_from(&sha256);
        Ok(Appended {
            sha256,
            adjusted: missing > 0 || too_long,
        })
    }
}

fn read_some(content: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match content.read(buffer) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// Takes a file's content in, as far as it was announced.
struct ContentSink<'a> {
    blocks: &'a mut BlockWriter,
    remaining: u64,
    hash: Sha256,
    too_long: bool,
    failed: Option<Failure>,
}

impl Write for ContentSink<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = usize::try_from(self.remaining)
            .unwrap_or(usize::MAX)
            .min(bytes.len());
        self.too_long |= count < bytes.len();
        self.hash.update(&bytes[..count]);
        if let Err(failure) = self.blocks.write(&bytes[..count]) {
            self.failed = Some(failure.clone());
            return Err(io::Error::other(failure));
        }
        self.remaining -= count as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
