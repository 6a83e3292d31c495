//! Reads an archive of ours, and compares everything in it with its manifest.

use std::fs::File;
use std::io::{self, Read, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use tar::EntryType;

use super::block_reader::{BlockSource, Stretch, check_block, read_blocks};
use super::layout::entry_name;
use super::tar_read::{TarEntry, TarProblem, TarStream};
use super::text::{carried, entry_label, hex};
use super::{DESCRIPTION_NAME, MAX_DESCRIPTION_BYTES};
use crate::failure::{Failure, FailureKind};
use crate::manifest::{ArchivedFile, Block, Codec, EntryKind, Manifest};
use crate::work::Work;

/// What looks at the files of an archive while they go past.
type Visit<'a> = &'a mut dyn FnMut(&ArchivedFile, &mut dyn Read) -> Result<(), Failure>;

/// An archive of ours, open.
pub struct ArchiveReader {
    file: File,
    codec: Codec,
    blocks: Vec<Block>,
    /// Where each block begins, raw and stored; one more for the end.
    offsets: Vec<(u64, u64)>,
    work: Work,
}

impl ArchiveReader {
    /// Opens an archive by its block index.
    ///
    /// # Errors
    /// `damaged` if a block's size in the index is impossible.
    pub fn open(file: File, codec: Codec, blocks: Vec<Block>, work: Work) -> Result<Self, Failure> {
        let mut offsets = Vec::with_capacity(blocks.len() + 1);
        let (mut raw, mut stored) = (0, 0);
        for (number, block) in blocks.iter().enumerate() {
            check_block(number, *block)?;
            offsets.push((raw, stored));
            raw += u64::from(block.raw_bytes);
            stored += u64::from(block.stored_bytes);
        }
        offsets.push((raw, stored));
        Ok(Self {
            file,
            codec,
            blocks,
            offsets,
            work,
        })
    }

    /// Goes through the whole archive once and compares it with its manifest: stored bytes, block
    /// index, headers and contents. `visit` sees each entry and may read as much of it as it likes;
    /// what it saw is only good when this has returned without a failure.
    ///
    /// # Errors
    /// `damaged`, naming the file or the block; `cancelled`, `io`, and whatever `visit` returns.
    pub fn walk(&mut self, manifest: &Manifest, visit: Visit<'_>) -> Result<(), Failure> {
        self.compare_index(manifest)?;
        let stretch = Stretch {
            file: &self.file,
            codec: self.codec,
            blocks: &self.blocks,
            first: 0,
            stored_offset: 0,
            to_the_end: true,
            whole: true,
            work: &self.work,
        };
        let ((), sum) = read_blocks(&stretch, |source| walk_tar(source, manifest, visit))?;
        if sum.sha256 != manifest.summary.sha256 {
            return Err(damaged(
                "the archive's SHA-256 is not the manifest's, though every file in it reads as it should",
            ));
        }
        Ok(())
    }

    /// Writes one file's content to `sink`, decompressing no more than the blocks that it lies in.
    /// What was written is only good when this has returned without a failure.
    ///
    /// # Errors
    /// `damaged`, naming the file; `cancelled`, `io`, `no-space`.
    pub fn read_file(&mut self, file: &ArchivedFile, sink: &mut dyn Write) -> Result<(), Failure> {
        let label = entry_label(file.volume_index, &file.path);
        if !matches!(file.kind, EntryKind::File | EntryKind::Database) {
            return Err(Failure::new(
                FailureKind::Unsupported,
                format!("{label} has no content"),
            ));
        }
        let (raw_bytes, _) = self.offsets[self.blocks.len()];
        let end = file
            .raw_offset
            .checked_add(file.size_bytes)
            .filter(|end| *end <= raw_bytes)
            .ok_or_else(|| damaged(format!("{label}: it does not lie in the archive")))?;
        let first = self
            .offsets
            .partition_point(|(raw, _)| *raw <= file.raw_offset)
            - 1;
        let last = self
            .offsets
            .partition_point(|(raw, _)| *raw < end)
            .min(self.blocks.len());
        let first = first.min(last);
        let (block_raw, stored_offset) = self.offsets[first];
        let stretch = Stretch {
            file: &self.file,
            codec: self.codec,
            blocks: &self.blocks[first..last],
            first,
            stored_offset,
            to_the_end: false,
            whole: false,
            work: &self.work,
        };
        let skip = file.raw_offset - block_raw;
        let mut hash = Sha256::new();
        let copied = read_blocks(&stretch, |mut source| {
            take_exactly(&mut source, skip, &mut |_| Ok(()))?;
            take_exactly(&mut source, file.size_bytes, &mut |bytes| {
                hash.update(bytes);
                sink.write_all(bytes).map_err(|error| {
                    carried(error, &format!("cannot write what was read of {label}"))
                })
            })
        });
        copied.map_err(|failure| named(failure, &label))?;
        compare_hash(&label, file, hash)
    }

    fn compare_index(&self, manifest: &Manifest) -> Result<(), Failure> {
        if let Some(number) = (0..self.blocks.len().max(manifest.blocks.len()))
            .find(|number| self.blocks.get(*number) != manifest.blocks.get(*number))
        {
            return Err(damaged(format!(
                "block {number} of the archive: two indexes differ"
            )));
        }
        let (raw, stored) = self.offsets[self.blocks.len()];
        if (raw, stored) != (manifest.summary.raw_bytes, manifest.summary.stored_bytes) {
            return Err(damaged(
                "the sums of the archive's block index are not the manifest's",
            ));
        }
        Ok(())
    }
}

fn damaged(message: impl Into<String>) -> Failure {
    Failure::new(FailureKind::Damaged, message)
}

/// The same failure, with the file in which it was met; a cancelled job needs no such name.
fn named(failure: Failure, label: &str) -> Failure {
    if failure.kind != FailureKind::Damaged {
        return failure;
    }
    Failure {
        message: format!("{label}: {}", failure.message),
        ..failure
    }
}

fn take_exactly(
    source: &mut BlockSource<'_>,
    mut count: u64,
    take: &mut dyn FnMut(&[u8]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    while count > 0 {
        let piece = source.next_piece(count, take)?;
        if piece == 0 {
            return Err(damaged("the archive ends before the file does"));
        }
        count -= piece;
    }
    Ok(())
}

fn of_tar(problem: TarProblem, label: &str) -> Failure {
    match problem {
        TarProblem::Source(error) => named(carried(error, "cannot read the archive"), label),
        TarProblem::Ended => damaged(format!("{label}: the archive ends here")),
        TarProblem::Malformed(why) => damaged(format!("{label}: {why}")),
    }
}

fn walk_tar(source: BlockSource<'_>, manifest: &Manifest, visit: Visit<'_>) -> Result<(), Failure> {
    let mut tar = TarStream::new(source);
    let description = tar
        .next_entry()
        .map_err(|problem| of_tar(problem, DESCRIPTION_NAME))?;
    let fine = description.is_some_and(|entry| {
        entry.name == DESCRIPTION_NAME.as_bytes()
            && entry.entry_type == EntryType::Regular
            && entry.size_bytes <= MAX_DESCRIPTION_BYTES
    });
    if !fine {
        return Err(damaged(format!(
            "the archive does not begin with {DESCRIPTION_NAME}"
        )));
    }
    tar.skip_content()
        .map_err(|problem| of_tar(problem, DESCRIPTION_NAME))?;
    for file in &manifest.files {
        walk_file(&mut tar, file, visit)?;
    }
    let after = tar
        .next_entry()
        .map_err(|problem| of_tar(problem, "the end of the archive"))?;
    match after {
        None => Ok(()),
        Some(entry) => {
            let name = super::text::shown(&entry.name);
            Err(damaged(format!(
                "the archive holds {name}, which its manifest does not know"
            )))
        }
    }
}

fn walk_file(
    tar: &mut TarStream<BlockSource<'_>>,
    file: &ArchivedFile,
    visit: Visit<'_>,
) -> Result<(), Failure> {
    let label = entry_label(file.volume_index, &file.path);
    let entry = tar
        .next_entry()
        .map_err(|problem| of_tar(problem, &label))?
        .ok_or_else(|| damaged(format!("{label}: it is not in the archive")))?;
    if let Some(what) = difference(&entry, file, tar.position()) {
        return Err(damaged(format!(
            "{label}: its {what} is not what the manifest says"
        )));
    }
    let mut content = Content {
        tar,
        hash: Sha256::new(),
    };
    let visited = visit(file, &mut content);
    if let Some(failure) = content.tar.source().failure() {
        return Err(named(failure.clone(), &label));
    }
    visited?;
    io::copy(&mut content, &mut io::sink())
        .map_err(|error| of_tar(TarProblem::of(error), &label))?;
    let hash = content.hash;
    tar.skip_content()
        .map_err(|problem| of_tar(problem, &label))?;
    if matches!(file.kind, EntryKind::File | EntryKind::Database) {
        compare_hash(&label, file, hash)?;
    }
    Ok(())
}

fn compare_hash(label: &str, file: &ArchivedFile, hash: Sha256) -> Result<(), Failure> {
    if hex(&hash.finalize()) == file.sha256 {
        return Ok(());
    }
    Err(damaged(format!(
        "{label}: its content's SHA-256 is not what the manifest says"
    )))
}

/// What a header says otherwise than the manifest.
fn difference(entry: &TarEntry, file: &ArchivedFile, offset: u64) -> Option<&'static str> {
    let entry_type = match file.kind {
        EntryKind::Directory => EntryType::Directory,
        EntryKind::File | EntryKind::Database => EntryType::Regular,
        EntryKind::Symlink => EntryType::Symlink,
    };
    let is_directory = file.kind == EntryKind::Directory;
    let target = match &file.link_target_base64 {
        Some(text) => STANDARD.decode(text).ok(),
        None => Some(Vec::new()),
    };
    let owner = &file.ownership;
    [
        (
            "name",
            entry.name == entry_name(file.volume_index, &file.path, is_directory),
        ),
        ("kind", entry.entry_type == entry_type),
        ("size", entry.size_bytes == file.size_bytes),
        ("owner", entry.uid == u64::from(owner.uid)),
        ("group", entry.gid == u64::from(owner.gid)),
        ("mode", entry.mode == owner.mode & 0o7777),
        ("extended attributes", entry.xattrs == owner.xattrs),
        (
            "time",
            entry.modified_at_seconds == file.modified_at_seconds,
        ),
        ("link target", target.as_ref() == Some(&entry.link_target)),
        ("place", offset == file.raw_offset),
    ]
    .into_iter()
    .find_map(|(what, equal)| (!equal).then_some(what))
}

/// A file's content on its way past, hashed.
struct Content<'a, 'b> {
    tar: &'a mut TarStream<BlockSource<'b>>,
    hash: Sha256,
}

impl Read for Content<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.tar.read(buffer)?;
        self.hash.update(&buffer[..count]);
        Ok(count)
    }
}
