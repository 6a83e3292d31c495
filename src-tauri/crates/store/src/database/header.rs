//! What a file is, told from its first bytes. SQLite is never opened here.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use serde::{Deserialize, Serialize};

use crate::RelativePath;
use crate::manifest::{DatabaseKind, JournalMode};

/// The first 16 bytes of each SQLite database.
pub const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Length of SQLite's header.
pub const HEADER_BYTES: usize = 100;

/// At most so much of a file is read to tell what it is.
const SNIFFED_BYTES: usize = 4096;

/// SQLite's smallest page: an encrypted database is a multiple of it, too.
const SMALLEST_PAGE_BYTES: u64 = 512;

/// Endings that people give to databases.
const ENDINGS: [&str; 10] = [
    "db",
    "db3",
    "sqlite",
    "sqlite3",
    "sqlite2",
    "sqlitedb",
    "s3db",
    "sl3",
    "sdb",
    "sqlitedb3",
];

/// What the header of a SQLite database says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Page size in bytes; 0 if the header names an impossible one.
    pub page_size: u32,
    /// Number of pages, as far as the header can be believed: 0 if it was written by a version of
    /// SQLite that did not keep it.
    pub header_page_count: u32,
    /// Journal mode.
    pub journal_mode: JournalMode,
    /// `PRAGMA user_version`.
    pub user_version: i64,
    /// `PRAGMA application_id`.
    pub application_id: i64,
    /// Bytes at the end of each page that SQLite leaves to extensions.
    pub reserved_bytes: u8,
    /// Text encoding: 1 UTF-8, 2 UTF-16 little-endian, 3 UTF-16 big-endian, 0 not set yet.
    pub text_encoding: u32,
}

/// What a file is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sniffed {
    /// The kind. Files that are neither SQLite nor named like a database are `NotSqlite`, too.
    pub kind: DatabaseKind,
    /// The header, where it is SQLite's.
    pub header: Option<Header>,
}

impl Header {
    /// Reads a header; `None` if the bytes do not begin as SQLite's do or are too few.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        if bytes.len() < HEADER_BYTES || !bytes.starts_with(MAGIC) {
            return None;
        }
        let page_size = match u16::from_be_bytes([bytes[16], bytes[17]]) {
            1 => 65_536,
            size if size >= 512 && size.is_power_of_two() => u32::from(size),
            _ => 0,
        };
        let counts_are_kept = number(bytes, 24) == number(bytes, 92);
        Some(Self {
            page_size,
            header_page_count: if counts_are_kept {
                number(bytes, 28)
            } else {
                0
            },
            journal_mode: match (bytes[18], bytes[19]) {
                (2, 2) => JournalMode::Wal,
                (1, 1) => JournalMode::Rollback,
                _ => JournalMode::Unknown,
            },
            user_version: i64::from(number(bytes, 60).cast_signed()),
            application_id: i64::from(number(bytes, 68).cast_signed()),
            reserved_bytes: bytes[20],
            text_encoding: number(bytes, 56),
        })
    }

    /// Bytes that the whole database has, by its header; `None` if the header does not say.
    #[must_use]
    pub fn announced_bytes(&self) -> Option<u64> {
        (self.page_size > 0 && self.header_page_count > 0)
            .then(|| u64::from(self.page_size) * u64::from(self.header_page_count))
    }
}

/// Tells what `file` is, from its name, its size and at most its first 4 KiB.
///
/// # Errors
/// What reading the file fails with.
pub fn sniff(file: &File, path: &RelativePath, size_bytes: u64) -> io::Result<Sniffed> {
    let mut bytes = vec![0; SNIFFED_BYTES];
    let mut filled = 0;
    while filled < bytes.len() {
        match file.read_at(&mut bytes[filled..], filled as u64) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(filled);
    Ok(judge(&bytes, named_like_database(path), size_bytes))
}

/// Is the file named as people name databases?
#[must_use]
pub fn named_like_database(path: &RelativePath) -> bool {
    let name = path
        .as_bytes()
        .rsplit(|byte| *byte == b'/')
        .next()
        .unwrap_or_default();
    let mut parts = name.rsplitn(2, |byte| *byte == b'.');
    let (Some(ending), Some(_stem)) = (parts.next(), parts.next()) else {
        return false;
    };
    ENDINGS
        .iter()
        .any(|known| ending.eq_ignore_ascii_case(known.as_bytes()))
}

fn judge(bytes: &[u8], named: bool, size_bytes: u64) -> Sniffed {
    let kind = if bytes.starts_with(MAGIC) {
        DatabaseKind::Sqlite
    } else if named && size_bytes == 0 {
        DatabaseKind::Empty
    } else if named && size_bytes.is_multiple_of(SMALLEST_PAGE_BYTES) && looks_random(bytes) {
        DatabaseKind::Encrypted
    } else {
        DatabaseKind::NotSqlite
    };
    Sniffed {
        kind,
        header: Header::parse(bytes),
    }
}

/// Are these bytes spread as evenly as random ones are?
///
/// Random bytes have less than 8 bits of measured entropy each, the less the fewer they are; what is
/// lacking is close to `255 / (2 n ln 2)`.
#[must_use]
pub(crate) fn looks_random(bytes: &[u8]) -> bool {
    if bytes.len() < 512 {
        return false;
    }
    let mut counts = [0_u32; 256];
    for byte in bytes {
        counts[usize::from(*byte)] += 1;
    }
    let total = bytes.len() as f64;
    let entropy: f64 = counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| f64::from(*count) / total)
        .map(|share| -share * share.log2())
        .sum();
    entropy > 8.0 - 255.0 / (2.0 * total * std::f64::consts::LN_2) - 0.25
}

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn sniffed(name: &str, content: &[u8]) -> Sniffed {
        let mut file = tempfile::tempfile().expect("a temporary file");
        file.write_all(content).expect("writes");
        let path = RelativePath::new(name).expect("a path");
        sniff(&file, &path, content.len() as u64).expect("reads")
    }

    /// Bytes that look random and are the same each time.
    fn noise(count: usize) -> Vec<u8> {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 24) as u8
        };
        (0..count).map(|_| next()).collect()
    }

    #[test]
    fn names() {
        for name in [
            "a.db",
            "x/y.SQLITE3",
            "a.b.sqlite",
            ".db",
            "s.s3db",
            "Main.DB3",
        ] {
            assert!(
                named_like_database(&RelativePath::new(name).expect("a path")),
                "{name}"
            );
        }
        for name in ["db", "a.db-wal", "a.txt", "a.db/x", "sqlite", "a.dbx"] {
            assert!(
                !named_like_database(&RelativePath::new(name).expect("a path")),
                "{name}"
            );
        }
    }

    #[test]
    fn kinds() {
        assert_eq!(sniffed("a.db", b"").kind, DatabaseKind::Empty);
        assert_eq!(sniffed("a.txt", b"").kind, DatabaseKind::NotSqlite);
        assert_eq!(
            sniffed("a.db", b"hello, this is text").kind,
            DatabaseKind::NotSqlite
        );
        for size in [512, 1024, 4096, 8192] {
            assert_eq!(
                sniffed("a.db", &noise(size)).kind,
                DatabaseKind::Encrypted,
                "{size}"
            );
            assert_eq!(sniffed("a.bin", &noise(size)).kind, DatabaseKind::NotSqlite);
        }
        assert_eq!(sniffed("a.db", &noise(1000)).kind, DatabaseKind::NotSqlite);
        assert_eq!(
            sniffed("a.db", &vec![0; 4096]).kind,
            DatabaseKind::NotSqlite
        );
        assert_eq!(
            sniffed("a.db", &b"SELECT 1; ".repeat(512)).kind,
            DatabaseKind::NotSqlite
        );
    }

    #[test]
    fn an_impossible_page_size_is_still_sqlite() {
        let mut content = MAGIC.to_vec();
        content.resize(512, 0);
        content[16..18].copy_from_slice(&[0x12, 0x34]);
        let sniffed = sniffed("whatever", &content);
        assert_eq!(sniffed.kind, DatabaseKind::Sqlite);
        assert_eq!(sniffed.header.expect("a header").page_size, 0);
    }

    #[test]
    fn a_real_header_is_read_whole() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("a.db");
        let connection = rusqlite::Connection::open(&path).expect("opens");
        connection
            .execute_batch(
                "PRAGMA page_size=1024; PRAGMA encoding='UTF-16le'; PRAGMA journal_mode=WAL;
                 PRAGMA user_version=-7; PRAGMA application_id=1234567; CREATE TABLE t(a);",
            )
            .expect("fills");
        connection.close().expect("closes");
        let content = std::fs::read(&path).expect("reads");
        let header = sniffed("x", &content).header.expect("a header");
        assert_eq!(header.page_size, 1024);
        assert_eq!(header.announced_bytes(), Some(content.len() as u64));
        assert_eq!(header.journal_mode, JournalMode::Wal);
        assert_eq!(
            (header.user_version, header.application_id),
            (-7, 1_234_567)
        );
        assert_eq!((header.reserved_bytes, header.text_encoding), (0, 2));
    }
}
