//! One block at a time: compress it, and take it apart again exactly as it was written.

use flate2::{Compress, Compression, Crc, Decompress, FlushCompress, FlushDecompress, Status};
use zstd::zstd_safe;

use crate::failure::{Failure, FailureKind};
use crate::manifest::{Block, Codec};

/// Size of a block before compression; only the last one is shorter.
pub const BLOCK_BYTES: usize = 1 << 20;

/// No block of any format version is bigger than this, in either form.
pub const MAX_BLOCK_BYTES: u32 = (4 << 20) + (64 << 10);

/// A gzip member's header as we write it: no name, no time, unknown system.
const GZIP_HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

/// CRC and length behind a gzip member's data.
const GZIP_TRAILER_BYTES: usize = 8;

/// From this zstd level on, one compressor needs so much memory that two have to do.
const ZSTD_HEAVY_LEVEL: i32 = 6;

/// Threads that compressors of that level may use together.
const HEAVY_THREADS: usize = 2;

/// The level that is used where nobody asked for another.
#[must_use]
pub fn default_level(codec: Codec) -> i32 {
    match codec {
        Codec::Gzip => 3,
        Codec::Zstd => 1,
        Codec::None => 0,
    }
}

/// The level to use, if the codec has it.
pub(super) fn checked_level(codec: Codec, level: Option<i32>) -> Result<i32, Failure> {
    let level = level.unwrap_or_else(|| default_level(codec));
    let known = match codec {
        Codec::Gzip => 1..=9,
        Codec::Zstd => 1..=19,
        Codec::None => return Ok(0),
    };
    if known.contains(&level) {
        return Ok(level);
    }
    Err(Failure::new(
        FailureKind::Unsupported,
        format!(
            "the compression level {level} is not one of {} to {}",
            known.start(),
            known.end()
        ),
    ))
}

/// How many threads may compress at that level without using too much memory.
pub(super) fn thread_limit(codec: Codec, level: i32) -> usize {
    if codec == Codec::Zstd && level >= ZSTD_HEAVY_LEVEL {
        HEAVY_THREADS
    } else {
        usize::MAX
    }
}

/// Compresses blocks; one for each thread, since its tables are worth keeping.
pub(super) enum BlockCompressor {
    Gzip(Compress),
    Zstd(zstd::bulk::Compressor<'static>),
    None,
}

impl BlockCompressor {
    pub(super) fn new(codec: Codec, level: i32) -> Result<Self, Failure> {
        Ok(match codec {
            Codec::Gzip => {
                let level = Compression::new(u32::try_from(level).unwrap_or_default());
                Self::Gzip(Compress::new(level, false))
            }
            Codec::Zstd => {
                let refused = |error| Failure::io("cannot set up zstd", &error);
                let mut inner = zstd::bulk::Compressor::new(level).map_err(refused)?;
                inner
                    .set_parameter(zstd_safe::CParameter::ChecksumFlag(true))
                    .map_err(refused)?;
                Self::Zstd(inner)
            }
            Codec::None => Self::None,
        })
    }

    /// Writes the block's stored form into `stored`, whatever was in it.
    pub(super) fn compress(&mut self, raw: &[u8], stored: &mut Vec<u8>) -> Result<(), Failure> {
        stored.clear();
        match self {
            Self::Gzip(inner) => gzip_member(inner, raw, stored),
            Self::Zstd(inner) => {
                stored.reserve(zstd_safe::compress_bound(raw.len()));
                inner
                    .compress_to_buffer(raw, stored)
                    .map_err(|error| Failure::io("zstd cannot compress a block", &error))?;
                Ok(())
            }
            Self::None => {
                stored.extend_from_slice(raw);
                Ok(())
            }
        }
    }
}

fn gzip_member(inner: &mut Compress, raw: &[u8], stored: &mut Vec<u8>) -> Result<(), Failure> {
    let refused =
        |why: &str| Failure::new(FailureKind::Io, format!("cannot compress a block: {why}"));
    inner.reset();
    stored.reserve(raw.len() + raw.len() / 64 + 1024);
    stored.extend_from_slice(&GZIP_HEADER);
    loop {
        let done = usize::try_from(inner.total_in()).unwrap_or(raw.len());
        let status = inner
            .compress_vec(&raw[done..], stored, FlushCompress::Finish)
            .map_err(|error| refused(&error.to_string()))?;
        match status {
            Status::StreamEnd => break,
            Status::Ok | Status::BufError => stored.reserve(64 << 10),
        }
    }
    let mut crc = Crc::new();
    crc.update(raw);
    stored.extend_from_slice(&crc.sum().to_le_bytes());
    let length = u32::try_from(raw.len()).map_err(|_| refused("it is too big"))?;
    stored.extend_from_slice(&length.to_le_bytes());
    Ok(())
}

/// Takes blocks apart; one for each thread.
pub(super) enum BlockDecompressor {
    Gzip(Decompress),
    Zstd(zstd::bulk::Decompressor<'static>),
    None,
}

impl BlockDecompressor {
    pub(super) fn new(codec: Codec) -> Result<Self, Failure> {
        Ok(match codec {
            Codec::Gzip => Self::Gzip(Decompress::new(false)),
            Codec::Zstd => Self::Zstd(
                zstd::bulk::Decompressor::new()
                    .map_err(|error| Failure::io("cannot set up zstd", &error))?,
            ),
            Codec::None => Self::None,
        })
    }

    /// Fills `raw` with exactly `block.raw_bytes` bytes, or says what is wrong with the block.
    ///
    /// `stored` has to be one member or frame and nothing else. The sizes are believed only as far as
    /// [`MAX_BLOCK_BYTES`], which the caller has checked.
    pub(super) fn decompress(
        &mut self,
        stored: &[u8],
        block: Block,
        raw: &mut Vec<u8>,
    ) -> Result<(), String> {
        raw.clear();
        let expected = block.raw_bytes as usize;
        match self {
            Self::Gzip(inner) => read_gzip_member(inner, stored, expected, raw),
            Self::Zstd(inner) => read_zstd_frame(inner, stored, expected, raw),
            Self::None => {
                raw.extend_from_slice(stored);
                let equal = raw.len() == expected;
                equal
                    .then_some(())
                    .ok_or_else(|| "its two sizes differ".to_owned())
            }
        }
    }
}

fn read_gzip_member(
    inner: &mut Decompress,
    stored: &[u8],
    expected: usize,
    raw: &mut Vec<u8>,
) -> Result<(), String> {
    let data = stored
        .strip_prefix(&GZIP_HEADER)
        .filter(|rest| rest.len() > GZIP_TRAILER_BYTES)
        .ok_or("it does not begin as a gzip member of ours does")?;
    let (data, trailer) = data.split_at(data.len() - GZIP_TRAILER_BYTES);
    inner.reset(false);
    // One byte more than expected, so that a longer block is noticed.
    raw.resize(expected + 1, 0);
    let status = inner
        .decompress(data, raw, FlushDecompress::Finish)
        .map_err(|error| format!("it cannot be decompressed: {error}"))?;
    if status != Status::StreamEnd
        || inner.total_out() != expected as u64
        || inner.total_in() != data.len() as u64
    {
        return Err("it is not as long as the index says".to_owned());
    }
    raw.truncate(expected);
    let mut crc = Crc::new();
    crc.update(raw);
    let mut sums = crc.sum().to_le_bytes().to_vec();
    sums.extend_from_slice(&u32::try_from(expected).unwrap_or_default().to_le_bytes());
    (sums == trailer)
        .then_some(())
        .ok_or_else(|| "its checksum is wrong".to_owned())
}

fn read_zstd_frame(
    inner: &mut zstd::bulk::Decompressor<'static>,
    stored: &[u8],
    expected: usize,
    raw: &mut Vec<u8>,
) -> Result<(), String> {
    let broken = |code| {
        format!(
            "it cannot be decompressed: {}",
            zstd_safe::get_error_name(code)
        )
    };
    let frame_bytes = zstd_safe::find_frame_compressed_size(stored).map_err(broken)?;
    let content = zstd_safe::get_frame_content_size(stored)
        .map_err(|_| "it does not begin as a zstd frame of ours does".to_owned())?;
    // The descriptor has a bit that decoders are told not to look at; nobody sets it.
    if stored
        .get(4)
        .is_none_or(|descriptor| descriptor & 0x10 != 0)
    {
        return Err("it does not begin as a zstd frame of ours does".to_owned());
    }
    if frame_bytes != stored.len() || content != Some(expected as u64) {
        return Err("it is not as long as the index says".to_owned());
    }
    raw.reserve(expected);
    inner
        .decompress_to_buffer(stored, raw)
        .map_err(|error| format!("it cannot be decompressed: {error}"))?;
    let equal = raw.len() == expected;
    equal
        .then_some(())
        .ok_or_else(|| "it is not as long as the index says".to_owned())
}
