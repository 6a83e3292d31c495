//! A stretch of an archive's blocks, read, decompressed by several threads, and given out in order.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::thread;

use sha2::{Digest, Sha256};

use super::codec::{BlockDecompressor, MAX_BLOCK_BYTES};
use super::pipeline::{BufferPool, Feed, Queue, Results, default_threads, pipeline};
use super::text::hex;
use crate::failure::{Failure, FailureKind};
use crate::manifest::{Block, Codec};
use crate::work::Work;

/// What blocks on their way may need together, in both forms.
const MEMORY_BYTES: usize = 24 << 20;

/// Which blocks to read.
pub(super) struct Stretch<'a> {
    pub(super) file: &'a File,
    pub(super) codec: Codec,
    /// The blocks themselves.
    pub(super) blocks: &'a [Block],
    /// Number of the first of them in the archive.
    pub(super) first: usize,
    /// Where the first of them begins in the file.
    pub(super) stored_offset: u64,
    /// The file has to end behind the last of them.
    pub(super) to_the_end: bool,
    /// Hash the stored bytes; tell the progress.
    pub(super) whole: bool,
    pub(super) work: &'a Work,
}

/// What was read of the file.
pub(super) struct StoredSum {
    /// SHA-256 of the stored bytes; empty unless the whole was asked for.
    pub(super) sha256: String,
}

/// A block as it is handed to the threads: its number, what the index says, its stored bytes.
type Stored = (usize, Block, Vec<u8>);

/// The raw bytes, one block after another.
pub(super) struct BlockSource<'a> {
    results: Results<Vec<u8>>,
    pool: BufferPool,
    current: Vec<u8>,
    taken: usize,
    raw_bytes: u64,
    whole: bool,
    work: &'a Work,
    failed: Option<Failure>,
}

/// A block's sizes are numbers from a file: believed only within bounds.
pub(super) fn check_block(number: usize, block: Block) -> Result<(), Failure> {
    let fine = |bytes: u32| bytes > 0 && bytes <= MAX_BLOCK_BYTES;
    if fine(block.raw_bytes) && fine(block.stored_bytes) {
        return Ok(());
    }
    Err(damaged(number, "the index gives it an impossible size"))
}

fn damaged(number: usize, why: &str) -> Failure {
    Failure::new(
        FailureKind::Damaged,
        format!("block {number} of the archive is damaged: {why}"),
    )
}

/// Reads a stretch: `consume` gets its raw bytes while other threads work ahead.
pub(super) fn read_blocks<T>(
    stretch: &Stretch<'_>,
    consume: impl FnOnce(BlockSource<'_>) -> Result<T, Failure>,
) -> Result<(T, StoredSum), Failure> {
    let biggest = |size: fn(&Block) -> u32| stretch.blocks.iter().map(size).max().unwrap_or(0);
    let pair =
        biggest(|block| block.raw_bytes) as usize + biggest(|block| block.stored_bytes) as usize;
    let at_once = (MEMORY_BYTES / pair.max(1)).max(4);
    let threads = default_threads()
        .min(at_once - 3)
        .min(stretch.blocks.len().max(1));
    let (feed, queue, results) = pipeline::<Stored, Vec<u8>>((threads + 1).min(at_once - 2));
    let (stored_pool, raw_pool) = (BufferPool::default(), BufferPool::default());
    let decompressors = (0..threads)
        .map(|_| BlockDecompressor::new(stretch.codec))
        .collect::<Result<Vec<_>, _>>()?;
    thread::scope(|scope| {
        let source = BlockSource {
            results,
            pool: raw_pool.clone(),
            current: Vec::new(),
            taken: 0,
            raw_bytes: 0,
            whole: stretch.whole,
            work: stretch.work,
            failed: None,
        };
        let unstarted = |error| Failure::io("cannot start a thread", &error);
        for decompressor in decompressors {
            let (queue, pools) = (&queue, (stored_pool.clone(), raw_pool.clone()));
            thread::Builder::new()
                .spawn_scoped(scope, move || decompress_all(decompressor, queue, &pools))
                .map_err(unstarted)?;
        }
        let pool = stored_pool.clone();
        let feeder = thread::Builder::new()
            .spawn_scoped(scope, move || read_stored(stretch, &feed, &pool))
            .map_err(unstarted)?;
        let consumed = consume(source)?;
        let sum = feeder.join().ok().flatten().ok_or_else(|| {
            Failure::new(FailureKind::Damaged, "the archive was not read to its end")
        });
        Ok((
            consumed,
            if stretch.whole {
                sum?
            } else {
                StoredSum {
                    sha256: String::new(),
                }
            },
        ))
    })
}

/// A decompressing thread.
fn decompress_all(
    mut decompressor: BlockDecompressor,
    queue: &Queue<Stored, Vec<u8>>,
    (stored_pool, raw_pool): &(BufferPool, BufferPool),
) {
    queue.work_off(|(number, block, stored)| {
        let mut raw = raw_pool.take();
        decompressor
            .decompress(&stored, block, &mut raw)
            .map_err(|why| damaged(number, &why))?;
        stored_pool.give_back(stored);
        Ok(raw)
    });
}

/// The reading thread. `None` if it did not come to the end; the reason lies in the feed.
fn read_stored(
    stretch: &Stretch<'_>,
    feed: &Feed<Stored, Vec<u8>>,
    pool: &BufferPool,
) -> Option<StoredSum> {
    let mut hash = Sha256::new();
    let mut offset = stretch.stored_offset;
    for (number, block) in (stretch.first..).zip(stretch.blocks) {
        let mut stored = pool.take();
        stored.resize(block.stored_bytes as usize, 0);
        if let Err(error) = stretch.file.read_exact_at(&mut stored, offset) {
            feed.fail(match error.kind() {
                io::ErrorKind::UnexpectedEof => damaged(number, "the file ends before it does"),
                _ => Failure::io(format!("cannot read block {number} of the archive"), &error),
            });
            return None;
        }
        offset += stored.len() as u64;
        if stretch.whole {
            hash.update(&stored);
        }
        feed.submit((number, *block, stored)).ok()?;
    }
    if stretch.to_the_end {
        match stretch.file.read_at(&mut [0], offset) {
            Ok(0) => {}
            Ok(_) => {
                let last = (stretch.first + stretch.blocks.len()).saturating_sub(1);
                feed.fail(damaged(
                    last,
                    "something that the index does not know follows it",
                ));
                return None;
            }
            Err(error) => {
                feed.fail(Failure::io("cannot read the archive's end", &error));
                return None;
            }
        }
    }
    Some(StoredSum {
        sha256: hex(&hash.finalize()),
    })
}

impl BlockSource<'_> {
    /// What went wrong here, if something did.
    pub(super) fn failure(&self) -> Option<&Failure> {
        self.failed.as_ref()
    }

    /// Gives the next raw bytes to `take`, up to `limit` of them, without copying; 0 at the end.
    pub(super) fn next_piece(
        &mut self,
        limit: u64,
        take: &mut dyn FnMut(&[u8]) -> Result<(), Failure>,
    ) -> Result<u64, Failure> {
        if self.taken == self.current.len() && !self.next_block()? {
            return Ok(0);
        }
        let left = &self.current[self.taken..];
        let count = usize::try_from(limit).unwrap_or(usize::MAX).min(left.len());
        take(&left[..count])?;
        self.taken += count;
        Ok(count as u64)
    }

    /// Fetches the next block; `false` at the end.
    fn next_block(&mut self) -> Result<bool, Failure> {
        if let Some(failure) = &self.failed {
            return Err(failure.clone());
        }
        let result = self
            .work
            .check()
            .map_or_else(|failure| Some(Err(failure)), |()| self.results.next());
        match result {
            None => Ok(false),
            Some(Ok(raw)) => {
                self.pool
                    .give_back(std::mem::replace(&mut self.current, raw));
                self.taken = 0;
                self.raw_bytes += self.current.len() as u64;
                if self.whole {
                    self.work.progress(self.raw_bytes);
                }
                Ok(true)
            }
            Some(Err(failure)) => {
                self.failed = Some(failure.clone());
                Err(failure)
            }
        }
    }
}

impl Read for BlockSource<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        let limit = buffer.len() as u64;
        self.next_piece(limit, &mut |bytes| {
            buffer[..bytes.len()].copy_from_slice(bytes);
            filled = bytes.len();
            Ok(())
        })
        .map_err(io::Error::other)?;
        Ok(filled)
    }
}
