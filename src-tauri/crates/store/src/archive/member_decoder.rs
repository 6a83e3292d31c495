//! Decompresses a file that somebody handed us: one gzip member or zstd frame after another, counted,
//! bounded, and nothing else behind them.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::fs::FileExt;

use flate2::bufread::GzDecoder;

use super::layout::hostile;
use super::text::carried;
use crate::failure::{Failure, FailureKind};
use crate::manifest::Codec;

/// A frame may ask for a window of 2 to this power: what `zstd -19` needs, and no more.
pub(super) const MAX_WINDOW_LOG: u32 = 23;

const BUFFER_BYTES: usize = 128 << 10;

/// A file read from its beginning, without moving its own position.
pub(super) struct FileAt<'a> {
    file: &'a File,
    position: u64,
}

impl<'a> FileAt<'a> {
    pub(super) fn start(file: &'a File) -> Self {
        Self { file, position: 0 }
    }
}

impl Read for FileAt<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read_at(buffer, self.position)?;
        self.position += count as u64;
        Ok(count)
    }
}

type Source<'a> = BufReader<FileAt<'a>>;

enum State<'a> {
    Between(Source<'a>),
    Gzip(Box<GzDecoder<Source<'a>>>),
    Zstd(zstd::stream::read::Decoder<'static, Source<'a>>),
    Plain(Source<'a>),
    Ended,
}

/// What the decoder may give out at most.
#[derive(Debug, Clone, Copy)]
pub(super) struct RawLimit {
    pub(super) bytes: u64,
    pub(super) reason: &'static str,
}

/// The decompressed bytes of a foreign file.
///
/// Its errors carry a [`Failure`]: `damaged` where a member is broken or cut off, `hostile` where the
/// limit is reached or something follows the last member.
pub(super) struct MemberDecoder<'a> {
    state: State<'a>,
    codec: Codec,
    limit: RawLimit,
    members: u64,
    raw_bytes: u64,
    confirmed_bytes: u64,
}

impl<'a> MemberDecoder<'a> {
    pub(super) fn new(file: &'a File, codec: Codec, limit: RawLimit) -> Self {
        let source = BufReader::with_capacity(BUFFER_BYTES, FileAt::start(file));
        let state = match codec {
            Codec::None => State::Plain(source),
            Codec::Gzip | Codec::Zstd => State::Between(source),
        };
        Self {
            state,
            codec,
            limit,
            members: 0,
            raw_bytes: 0,
            confirmed_bytes: 0,
        }
    }

    /// So many bytes were covered by a member's checksum that was right.
    pub(super) fn confirmed_bytes(&self) -> u64 {
        self.confirmed_bytes
    }

    /// Begins the next member, if there is one.
    fn open_member(&mut self, mut source: Source<'a>) -> io::Result<()> {
        let magic: &[u8] = if self.codec == Codec::Gzip {
            b"\x1f\x8b"
        } else {
            b"\x28\xb5\x2f\xfd"
        };
        let next = source.fill_buf()?;
        if next.is_empty() && self.members > 0 {
            self.state = State::Ended;
            return Ok(());
        }
        let compared = next.len().min(magic.len());
        if next[..compared] != magic[..compared] {
            return Err(io::Error::other(if self.members == 0 {
                Failure::new(
                    FailureKind::Damaged,
                    "the file does not begin as compressed data does",
                )
            } else {
                hostile("something follows the compressed data")
            }));
        }
        self.members += 1;
        self.state = if self.codec == Codec::Gzip {
            State::Gzip(Box::new(GzDecoder::new(source)))
        } else {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(source)?.single_frame();
            decoder.window_log_max(MAX_WINDOW_LOG)?;
            State::Zstd(decoder)
        };
        Ok(())
    }

    fn read_member(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = match &mut self.state {
                State::Ended => return Ok(0),
                State::Plain(source) => return source.read(buffer),
                State::Gzip(decoder) => decoder.read(buffer),
                State::Zstd(decoder) => decoder.read(buffer),
                State::Between(_) => Ok(0),
            };
            let count = count.map_err(|error| broken(error, self.raw_bytes))?;
            if count > 0 {
                return Ok(count);
            }
            // The member is over, and with it its checksum was right.
            self.confirmed_bytes = self.raw_bytes;
            match std::mem::replace(&mut self.state, State::Ended) {
                State::Gzip(decoder) => self.open_member(decoder.into_inner())?,
                State::Zstd(decoder) => self.open_member(decoder.finish())?,
                State::Between(source) => self.open_member(source)?,
                State::Plain(_) | State::Ended => {}
            }
        }
    }
}

impl Read for MemberDecoder<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let count = self.read_member(buffer)?;
        self.raw_bytes += count as u64;
        if self.codec == Codec::None {
            // There is no checksum that could say more.
            self.confirmed_bytes = self.raw_bytes;
        }
        if self.raw_bytes > self.limit.bytes {
            return Err(io::Error::other(hostile(self.limit.reason)));
        }
        Ok(count)
    }
}

/// A decoder's own complaint; the file system's keep their kind.
fn broken(error: io::Error, raw_bytes: u64) -> io::Error {
    use io::ErrorKind;
    let why = match error.kind() {
        _ if error.raw_os_error().is_some() => {
            return io::Error::other(carried(error, "cannot read the file"));
        }
        ErrorKind::UnexpectedEof => "the file is cut off",
        _ => "the compressed data is broken",
    };
    let failure = Failure::new(
        FailureKind::Damaged,
        format!("{why} after {raw_bytes} bytes of its content"),
    );
    io::Error::other(failure.with_detail(error.to_string()))
}
