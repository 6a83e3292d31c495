//! A strict reader of tar streams: refuses what is ambiguous, allocates nothing by an unchecked
//! number, and checks the padding too.

use std::io::{self, ErrorKind, Read};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tar::{EntryType, Header};

use super::layout::{MAX_LINK_BYTES, MAX_NAME_BYTES};
use super::tar_write::{TAR_BLOCK_BYTES, XATTR_PREFIX, padding_after};
use super::text::shown;

/// No long name and no set of PAX records is bigger than this.
pub(super) const MAX_EXTENSION_BYTES: u64 = 4 << 20;

/// Tools pad the end of a tar with zeros, but not with more than this.
const MAX_END_PADDING_BYTES: u64 = 1 << 20;

/// Why a tar could not be read on.
#[derive(Debug)]
pub(super) enum TarProblem {
    /// The stream below failed.
    Source(io::Error),
    /// It ended in the middle.
    Ended,
    /// It is not what it should be, and why.
    Malformed(String),
}

/// What an entry's header said, after long names and PAX records were put in.
#[derive(Debug)]
pub(super) struct TarEntry {
    pub(super) name: Vec<u8>,
    pub(super) entry_type: EntryType,
    pub(super) size_bytes: u64,
    pub(super) uid: u64,
    pub(super) gid: u64,
    pub(super) mode: u32,
    pub(super) modified_at_seconds: i64,
    pub(super) link_target: Vec<u8>,
    /// Name and base64 of the value.
    pub(super) xattrs: Vec<(String, String)>,
}

/// A tar stream. Implements `Read` for the content of the present entry.
pub(super) struct TarStream<R> {
    source: R,
    position: u64,
    remaining: u64,
    padding: u64,
}

/// What came before a header and belongs to it.
#[derive(Default)]
struct Extensions {
    long_name: Option<Vec<u8>>,
    long_link: Option<Vec<u8>>,
    records: Option<Vec<u8>>,
}

impl<R: Read> TarStream<R> {
    pub(super) fn new(source: R) -> Self {
        Self {
            source,
            position: 0,
            remaining: 0,
            padding: 0,
        }
    }

    /// Bytes read so far: after [`Self::next_entry`], where the content begins.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    pub(super) fn source(&self) -> &R {
        &self.source
    }

    /// The next entry; skips what was not read of the present one. `None` at the tar's proper end,
    /// after which nothing but a little padding may follow.
    pub(super) fn next_entry(&mut self) -> Result<Option<TarEntry>, TarProblem> {
        self.skip_content()?;
        let mut extensions = Extensions::default();
        loop {
            let mut header = Header::new_old();
            self.fill(header.as_mut_bytes())?;
            if header.as_bytes().iter().all(|byte| *byte == 0) {
                return extensions.end_here(self);
            }
            check_header(&header)?;
            let size = malformed(header.entry_size(), "its size is no number")?;
            let slot = match header.entry_type() {
                EntryType::GNULongName => &mut extensions.long_name,
                EntryType::GNULongLink => &mut extensions.long_link,
                EntryType::XHeader => &mut extensions.records,
                _ => {
                    let entry = extensions.apply(&header, size)?;
                    self.begin_content(entry.size_bytes);
                    return Ok(Some(entry));
                }
            };
            if slot.is_some() {
                return Err(TarProblem::Malformed(
                    "two extensions for one entry".to_owned(),
                ));
            }
            *slot = Some(self.read_extension(size)?);
        }
    }

    fn read_extension(&mut self, size: u64) -> Result<Vec<u8>, TarProblem> {
        if size > MAX_EXTENSION_BYTES {
            return Err(TarProblem::Malformed(format!(
                "an extension of {size} bytes"
            )));
        }
        let mut content = vec![0; usize::try_from(size).expect("checked to be small")];
        self.fill(&mut content)?;
        self.begin_content(size);
        self.remaining = 0;
        self.skip_content()?;
        Ok(content)
    }

    fn begin_content(&mut self, size: u64) {
        self.remaining = size;
        self.padding = padding_after(size);
    }

    /// Reads over the rest of the present content and checks that its padding is empty.
    pub(super) fn skip_content(&mut self) -> Result<(), TarProblem> {
        let mut scratch = [0; 16 << 10];
        while self.remaining > 0 {
            self.read(&mut scratch).map_err(TarProblem::of)?;
        }
        let padding =
            usize::try_from(std::mem::take(&mut self.padding)).expect("less than a block");
        self.fill(&mut scratch[..padding])?;
        if scratch[..padding].iter().any(|byte| *byte != 0) {
            return Err(TarProblem::Malformed(
                "bytes in the padding after an entry".to_owned(),
            ));
        }
        Ok(())
    }

    /// The first empty block was read: there has to be a second one, and then only zeros.
    fn read_end(&mut self) -> Result<(), TarProblem> {
        let mut block = [0; TAR_BLOCK_BYTES];
        self.fill(&mut block)?;
        let mut zeros = 0;
        let mut count = block.len();
        while count > 0 {
            zeros += count as u64;
            if block[..count].iter().any(|byte| *byte != 0) || zeros > MAX_END_PADDING_BYTES {
                return Err(TarProblem::Malformed(
                    "something follows the end of the tar".to_owned(),
                ));
            }
            count = self.read_some(&mut block).map_err(TarProblem::Source)?;
        }
        Ok(())
    }

    fn fill(&mut self, mut buffer: &mut [u8]) -> Result<(), TarProblem> {
        while !buffer.is_empty() {
            let count = self.read_some(buffer).map_err(TarProblem::Source)?;
            if count == 0 {
                return Err(TarProblem::Ended);
            }
            buffer = &mut buffer[count..];
        }
        Ok(())
    }

    fn read_some(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.source.read(buffer) {
                Ok(count) => {
                    self.position += count as u64;
                    return Ok(count);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl<R: Read> Read for TarStream<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let limit = usize::try_from(self.remaining)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        if limit == 0 {
            return Ok(0);
        }
        let count = self.read_some(&mut buffer[..limit])?;
        if count == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        self.remaining -= count as u64;
        Ok(count)
    }
}

impl TarProblem {
    /// The problem behind an error that reading a content gave.
    pub(super) fn of(error: io::Error) -> Self {
        let ended = error.kind() == ErrorKind::UnexpectedEof && error.get_ref().is_none();
        if ended {
            Self::Ended
        } else {
            Self::Source(error)
        }
    }
}

fn malformed<T>(result: io::Result<T>, why: &str) -> Result<T, TarProblem> {
    result.map_err(|_| TarProblem::Malformed(why.to_owned()))
}

/// The header's own checksum, and that it is of a kind that has type and magic.
fn check_header(header: &Header) -> Result<(), TarProblem> {
    let bytes = header.as_bytes();
    let sum: u32 = bytes[..148]
        .iter()
        .chain(&bytes[156..])
        .map(|byte| u32::from(*byte))
        .sum::<u32>()
        + 8 * 32;
    let told = malformed(header.cksum(), "a header's checksum is no number")?;
    if sum != told {
        return Err(TarProblem::Malformed(
            "a header's checksum is wrong".to_owned(),
        ));
    }
    if header.as_gnu().is_none() && header.as_ustar().is_none() {
        return Err(TarProblem::Malformed(
            "a header of an unknown format".to_owned(),
        ));
    }
    Ok(())
}

impl Extensions {
    /// Nothing may have been announced for an entry that does not come.
    fn end_here<R: Read>(self, stream: &mut TarStream<R>) -> Result<Option<TarEntry>, TarProblem> {
        if self.long_name.is_some() || self.long_link.is_some() || self.records.is_some() {
            return Err(TarProblem::Malformed(
                "an extension without an entry".to_owned(),
            ));
        }
        stream.read_end()?;
        Ok(None)
    }

    fn apply(self, header: &Header, size_bytes: u64) -> Result<TarEntry, TarProblem> {
        let name = match self.long_name {
            Some(long) => without_end(long),
            None => header.path_bytes().into_owned(),
        };
        let link_target = match self.long_link {
            Some(long) => without_end(long),
            None => header
                .link_name_bytes()
                .map(std::borrow::Cow::into_owned)
                .unwrap_or_default(),
        };
        let mut entry = TarEntry {
            name,
            entry_type: header.entry_type(),
            size_bytes,
            uid: malformed(header.uid(), "an owner that is no number")?,
            gid: malformed(header.gid(), "a group that is no number")?,
            mode: malformed(header.mode(), "a mode that is no number")? & 0o7777,
            modified_at_seconds: modified_of(header)?,
            link_target,
            xattrs: Vec::new(),
        };
        apply_records(&mut entry, &self.records.unwrap_or_default())?;
        if entry.name.len() > MAX_NAME_BYTES || entry.link_target.len() > MAX_LINK_BYTES {
            return Err(TarProblem::Malformed(format!(
                "{} is too long",
                shown(&entry.name)
            )));
        }
        if entry.size_bytes > i64::MAX as u64 {
            return Err(TarProblem::Malformed(format!(
                "{} is too big",
                shown(&entry.name)
            )));
        }
        Ok(entry)
    }
}

/// Long names end with a zero byte.
fn without_end(mut name: Vec<u8>) -> Vec<u8> {
    if name.last() == Some(&0) {
        name.pop();
    }
    name
}

/// The modification time, which GNU's binary form may make negative.
fn modified_of(header: &Header) -> Result<i64, TarProblem> {
    let field = &header.as_old().mtime;
    if field[0] == 0xff {
        let seconds = field[4..]
            .try_into()
            .map(i64::from_be_bytes)
            .expect("8 of 12 bytes");
        let sign_fits = field[..4] == [0xff; 4] && seconds < 0;
        return sign_fits.then_some(seconds).ok_or_else(bad_time);
    }
    let seconds = malformed(header.mtime(), "a time that is no number")?;
    i64::try_from(seconds).map_err(|_| bad_time())
}

fn bad_time() -> TarProblem {
    TarProblem::Malformed("a time out of range".to_owned())
}

/// PAX records override the header; keys that no archive of ours needs are refused, so that two
/// readers cannot see two different archives.
fn apply_records(entry: &mut TarEntry, mut records: &[u8]) -> Result<(), TarProblem> {
    while !records.is_empty() {
        let (key, value, rest) = split_record(records)
            .ok_or_else(|| TarProblem::Malformed("a broken PAX record".to_owned()))?;
        records = rest;
        let number = || parse_number(value);
        match key {
            b"path" => entry.name = value.to_vec(),
            b"linkpath" => entry.link_target = value.to_vec(),
            b"size" => entry.size_bytes = number()?,
            b"uid" => entry.uid = number()?,
            b"gid" => entry.gid = number()?,
            b"mtime" => entry.modified_at_seconds = parse_seconds(value)?,
            b"atime" | b"ctime" | b"uname" | b"gname" | b"comment" => {}
            _ if key.starts_with(b"LIBARCHIVE.") => {}
            _ => match key.strip_prefix(XATTR_PREFIX) {
                Some(name) => entry
                    .xattrs
                    .push((xattr_name(name)?, STANDARD.encode(value))),
                None => return Err(TarProblem::Malformed(format!("the PAX key {}", shown(key)))),
            },
        }
    }
    Ok(())
}

/// Key, value and the rest of `<length> <key>=<value>\n…`.
fn split_record(records: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let space = records.iter().take(10).position(|byte| *byte == b' ')?;
    let length: usize = std::str::from_utf8(&records[..space]).ok()?.parse().ok()?;
    let body = records.get(space + 1..length)?.strip_suffix(b"\n")?;
    let equals = body.iter().position(|byte| *byte == b'=')?;
    Some((&body[..equals], &body[equals + 1..], &records[length..]))
}

fn parse_number(value: &[u8]) -> Result<u64, TarProblem> {
    std::str::from_utf8(value)
        .ok()
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| TarProblem::Malformed("a PAX number that is none".to_owned()))
}

/// Seconds with a fraction that is dropped, as we keep whole ones.
fn parse_seconds(value: &[u8]) -> Result<i64, TarProblem> {
    let text = std::str::from_utf8(value).ok();
    text.and_then(|text| text.split('.').next()?.parse().ok())
        .ok_or_else(bad_time)
}

fn xattr_name(escaped: &[u8]) -> Result<String, TarProblem> {
    let text = std::str::from_utf8(escaped)
        .map_err(|_| TarProblem::Malformed("an extended attribute's name".to_owned()))?;
    Ok(text.replace("%3D", "=").replace("%25", "%"))
}
