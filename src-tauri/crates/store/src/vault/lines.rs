//! Files of lines that are only ever appended to, by several sessions, across crashes.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::time::Duration;

use nix::fcntl::OFlag;

use super::lock::{PATIENCE, lock_within};
use super::sealed::FILE_MODE;
use crate::files::fsync_directory;
use crate::{Failure, FailureKind};

/// No line of ours is longer; a longer one is read as that much of it and no more.
pub(super) const LINE_MAX_BYTES: usize = 128 * 1024;

/// A line without its end.
pub(super) struct Line {
    /// Its bytes, cut at [`LINE_MAX_BYTES`].
    pub(super) bytes: Vec<u8>,
    /// It was longer than that.
    pub(super) overlong: bool,
}

/// An append-only file, locked against other sessions until it is dropped.
pub(super) struct Appender {
    file: File,
}

impl Appender {
    /// Opens, or makes, such a file and locks it. While the lock was waited for, another file may have taken
    /// its place: then that one is opened.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        Self::open_within(path, PATIENCE)
    }

    /// The same, but `busy` where others hold it for longer than that.
    pub(super) fn open_within(path: &Path, patience: Duration) -> Result<Self, Failure> {
        loop {
            let appender = Self::open_once(path, patience)?;
            let failed = |error| unreadable(&error);
            let metadata = appender.file.metadata().map_err(failed)?;
            let there = path.symlink_metadata();
            if there.is_ok_and(|there| is_same_file(&there, &metadata)) {
                return Ok(appender);
            }
        }
    }

    fn open_once(path: &Path, patience: Duration) -> Result<Self, Failure> {
        let existed = path.symlink_metadata().is_ok();
        let file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .mode(FILE_MODE)
            .custom_flags(OFlag::O_NOFOLLOW.bits())
            .open(path)
            .map_err(|error| {
                Failure::io(format!("{} could not be opened", path.display()), &error)
            })?;
        lock_within(&file, &path.display().to_string(), patience)?;
        if !existed && let Some(directory) = path.parent() {
            fsync_directory(directory)?;
        }
        Ok(Self { file })
    }

    /// The lines so far, from the first that begins at or after `offset`.
    pub(super) fn lines_from(&self, offset: u64) -> Result<Lines<'_>, Failure> {
        let mut file = &self.file;
        file.seek(SeekFrom::Start(offset))
            .map_err(|error| unreadable(&error))?;
        let mut lines = Lines(BufReader::new(file));
        if offset > 0 {
            lines.next().transpose()?;
        }
        Ok(lines)
    }

    /// Bytes so far.
    pub(super) fn length(&self) -> Result<u64, Failure> {
        self.file
            .metadata()
            .map(|metadata| metadata.len())
            .map_err(|error| unreadable(&error))
    }

    /// Adds a line, on a line of its own even where the last one was cut off by a crash, and syncs.
    /// If that fails, nothing of it stays.
    pub(super) fn append(&self, line: &[u8]) -> Result<(), Failure> {
        if line.len() > LINE_MAX_BYTES {
            return Err(Failure::new(
                FailureKind::Io,
                "an entry is too long to be written down",
            ));
        }
        let before = self.length()?;
        let written = self.ends_in_newline(before).and_then(|ended| {
            let text = [if ended { b"".as_slice() } else { b"\n" }, line, b"\n"].concat();
            let mut file = &self.file;
            file.write_all(&text)?;
            file.sync_all()
        });
        written.map_err(|error| {
            // A part that cannot be taken back is what readers take for a line cut off by a crash.
            let _ = self.file.set_len(before);
            Failure::io("an entry could not be written down", &error)
        })
    }

    fn ends_in_newline(&self, length: u64) -> io::Result<bool> {
        use std::os::unix::fs::FileExt;
        if length == 0 {
            return Ok(true);
        }
        let mut last = [0];
        self.file.read_exact_at(&mut last, length - 1)?;
        Ok(last == *b"\n")
    }
}

/// Whether two names or descriptors lead to one file.
pub(super) fn is_same_file(one: &Metadata, other: &Metadata) -> bool {
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// The lines of a file, read one at a time.
pub(super) struct Lines<'a>(BufReader<&'a File>);

impl<'a> Lines<'a> {
    /// All lines of an open file.
    pub(super) fn of(file: &'a File) -> Self {
        Self(BufReader::new(file))
    }

    fn read(&mut self) -> io::Result<Option<Line>> {
        let mut bytes = Vec::new();
        let limit = LINE_MAX_BYTES as u64 + 1;
        if self.0.by_ref().take(limit).read_until(b'\n', &mut bytes)? == 0 {
            return Ok(None);
        }
        let ended = bytes.last() == Some(&b'\n');
        let overlong = !ended && bytes.len() > LINE_MAX_BYTES;
        if ended {
            bytes.pop();
        } else if overlong {
            bytes.truncate(LINE_MAX_BYTES);
            self.skip_to_newline()?;
        }
        Ok(Some(Line { bytes, overlong }))
    }

    fn skip_to_newline(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.0.fill_buf()?;
            if buffer.is_empty() {
                return Ok(());
            }
            let newline = buffer.iter().position(|byte| *byte == b'\n');
            let count = newline.map_or(buffer.len(), |position| position + 1);
            self.0.consume(count);
            if newline.is_some() {
                return Ok(());
            }
        }
    }
}

impl Iterator for Lines<'_> {
    type Item = Result<Line, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().map_err(|error| unreadable(&error)).transpose()
    }
}

fn unreadable(error: &io::Error) -> Failure {
    Failure::io("what was written down before could not be read", error)
}
