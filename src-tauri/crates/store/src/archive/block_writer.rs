//! Raw bytes in, compressed blocks in a file out, with their index and the hash of the whole.

use std::fs::File;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use sha2::{Digest, Sha256};

use super::codec::{BLOCK_BYTES, BlockCompressor, checked_level, thread_limit};
use super::pipeline::{BufferPool, Feed, MAX_THREADS, Results, pipeline};
use super::text::hex;
use crate::failure::{Failure, FailureKind};
use crate::manifest::{Block, Codec};
use crate::work::Work;

/// A block before compression: the buffer, and how much of it is filled.
type Raw = (Vec<u8>, usize);

/// A block after it: its raw size and its stored bytes.
type Compressed = (usize, Vec<u8>);

/// What the file holds in the end.
pub(super) struct Stored {
    pub(super) blocks: Vec<Block>,
    pub(super) stored_bytes: u64,
    pub(super) sha256: String,
}

/// Compresses with several threads and writes with one more.
pub(super) struct BlockWriter {
    feed: Option<Feed<Raw, Compressed>>,
    workers: Vec<JoinHandle<()>>,
    output: Option<JoinHandle<Result<Stored, Failure>>>,
    abandoned: Arc<AtomicBool>,
    raw_pool: BufferPool,
    buffer: Vec<u8>,
    filled: usize,
    raw_bytes: u64,
    work: Work,
}

impl BlockWriter {
    pub(super) fn new(
        sink: File,
        codec: Codec,
        level: Option<i32>,
        threads: usize,
        work: Work,
    ) -> Result<Self, Failure> {
        let level = checked_level(codec, level)?;
        let threads = threads.clamp(1, MAX_THREADS.min(thread_limit(codec, level)));
        let (feed, queue, results) = pipeline::<Raw, Compressed>(threads + 1);
        let queue = Arc::new(queue);
        let abandoned = Arc::new(AtomicBool::new(false));
        let raw_pool = BufferPool::default();
        let stored_pool = BufferPool::default();
        let mut writer = Self {
            feed: Some(feed),
            workers: Vec::with_capacity(threads),
            output: None,
            abandoned: Arc::clone(&abandoned),
            raw_pool: raw_pool.clone(),
            buffer: vec![0; BLOCK_BYTES],
            filled: 0,
            raw_bytes: 0,
            work,
        };
        for _ in 0..threads {
            let mut compressor = BlockCompressor::new(codec, level)?;
            let (queue, abandoned) = (Arc::clone(&queue), Arc::clone(&abandoned));
            let (raw_pool, stored_pool) = (raw_pool.clone(), stored_pool.clone());
            let run = move || {
                queue.work_off(|(raw, filled): Raw| {
                    if abandoned.load(Ordering::Relaxed) {
                        return Err(Failure::cancelled());
                    }
                    let mut stored = stored_pool.take();
                    compressor.compress(&raw[..filled], &mut stored)?;
                    raw_pool.give_back(raw);
                    Ok((filled, stored))
                });
            };
            writer.workers.push(spawn("archive-compress", run)?);
        }
        let run = move || write_out(sink, &results, &stored_pool, &abandoned);
        writer.output = Some(spawn("archive-write", run)?);
        Ok(writer)
    }

    /// Bytes taken in so far.
    pub(super) fn raw_bytes(&self) -> u64 {
        self.raw_bytes
    }

    /// Where the next bytes go; never empty. Tell [`Self::advance`] how many were put there.
    pub(super) fn spare(&mut self) -> Result<&mut [u8], Failure> {
        if self.filled == BLOCK_BYTES {
            self.submit()?;
        }
        Ok(&mut self.buffer[self.filled..])
    }

    /// So many bytes were put into [`Self::spare`].
    pub(super) fn advance(&mut self, count: usize) {
        self.filled += count;
        self.raw_bytes += count as u64;
    }

    pub(super) fn write(&mut self, mut bytes: &[u8]) -> Result<(), Failure> {
        while !bytes.is_empty() {
            let spare = self.spare()?;
            let count = spare.len().min(bytes.len());
            spare[..count].copy_from_slice(&bytes[..count]);
            self.advance(count);
            bytes = &bytes[count..];
        }
        Ok(())
    }

    pub(super) fn write_zeros(&mut self, mut count: u64) -> Result<(), Failure> {
        while count > 0 {
            let spare = self.spare()?;
            let part = usize::try_from(count)
                .unwrap_or(usize::MAX)
                .min(spare.len());
            spare[..part].fill(0);
            self.advance(part);
            count -= part as u64;
        }
        Ok(())
    }

    /// Writes what is left and waits until all of it is on the disk.
    pub(super) fn finish(mut self) -> Result<Stored, Failure> {
        if self.filled > 0 {
            self.submit()?;
        }
        self.work.check()?;
        self.feed = None;
        self.outcome()
    }

    fn submit(&mut self) -> Result<(), Failure> {
        self.work.check()?;
        let mut next = self.raw_pool.take();
        next.resize(BLOCK_BYTES, 0);
        let full = std::mem::replace(&mut self.buffer, next);
        let filled = std::mem::take(&mut self.filled);
        let feed = self.feed.as_ref().ok_or_else(ended)?;
        if feed.submit((full, filled)).is_err() {
            self.feed = None;
            return Err(self.outcome().err().unwrap_or_else(ended));
        }
        self.work.progress(self.raw_bytes);
        Ok(())
    }

    /// What the writing thread has to say, once nothing more is fed.
    fn outcome(&mut self) -> Result<Stored, Failure> {
        let output = self.output.take().ok_or_else(ended)?;
        output.join().unwrap_or_else(|_| Err(ended()))
    }
}

impl Drop for BlockWriter {
    fn drop(&mut self) {
        self.abandoned.store(true, Ordering::Relaxed);
        self.feed = None;
        for worker in self.workers.drain(..) {
            // A panic of theirs was told already, as a result that never came.
            worker.join().ok();
        }
        if let Some(output) = self.output.take() {
            output.join().ok();
        }
    }
}

fn ended() -> Failure {
    Failure::new(FailureKind::Io, "the archive's writing thread has ended")
}

fn spawn<T: Send + 'static>(
    name: &str,
    run: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>, Failure> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(run)
        .map_err(|error| Failure::io("cannot start a thread", &error))
}

/// The writing thread: blocks in order into the file, hashed and counted.
fn write_out(
    mut sink: File,
    results: &Results<Compressed>,
    pool: &BufferPool,
    abandoned: &AtomicBool,
) -> Result<Stored, Failure> {
    let refused = |error: std::io::Error| Failure::io("cannot write the archive", &error);
    let mut hash = Sha256::new();
    let mut blocks = Vec::new();
    let mut stored_bytes = 0;
    while let Some(result) = results.next() {
        let (raw, stored) = result?;
        hash.update(&stored);
        sink.write_all(&stored).map_err(refused)?;
        let size = |count: usize| u32::try_from(count).expect("a block is smaller than 4 GiB");
        blocks.push(Block {
            raw_bytes: size(raw),
            stored_bytes: size(stored.len()),
        });
        stored_bytes += stored.len() as u64;
        pool.give_back(stored);
    }
    if abandoned.load(Ordering::Relaxed) {
        return Err(Failure::cancelled());
    }
    sink.sync_all().map_err(refused)?;
    Ok(Stored {
        blocks,
        stored_bytes,
        sha256: hex(&hash.finalize()),
    })
}
