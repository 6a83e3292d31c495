//! Rollback journals as bytes: is one hot, and does it belong to a transaction over several files?
//!
//! SQLite writes the *path* of a super-journal into each journal of a transaction over several
//! databases, and takes a journal whose super-journal is missing for committed. The application's
//! paths mean nothing here, so SQLite must never judge such a journal in our place: it would throw
//! away a journal that has to be played back.

use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// The first bytes of a journal that is to be played back, and the last of one that names a
/// super-journal.
const MAGIC: [u8; 8] = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];

/// Longest path of a super-journal that is believed.
const LONGEST_NAME_BYTES: u64 = 4096;

/// What a rollback journal is, without regard to locks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Journal {
    /// Empty, or its header is zeroed: nothing to play back.
    Cold,
    /// To be played back.
    Hot,
    /// To be played back if the super-journal with this file name still exists. `length` is the
    /// journal's without that note.
    Shared {
        /// File name of the super-journal.
        super_journal: Vec<u8>,
        /// Bytes of the journal before the note.
        length: u64,
    },
}

/// Reads what a journal says of itself.
///
/// # Errors
/// What reading fails with.
pub(crate) fn read(file: &File) -> io::Result<Journal> {
    let size_bytes = file.metadata()?.len();
    let mut first = [0; 1];
    if size_bytes == 0 || file.read_at(&mut first, 0)? == 0 || first[0] == 0 {
        return Ok(Journal::Cold);
    }
    Ok(super_journal(file, size_bytes)?.unwrap_or(Journal::Hot))
}

/// The note at the end: page number of the lock page, name, its length, checksum, magic.
fn super_journal(file: &File, size_bytes: u64) -> io::Result<Option<Journal>> {
    let mut tail = [0; 16];
    if size_bytes < 16 + 4 {
        return Ok(None);
    }
    file.read_exact_at(&mut tail, size_bytes - 16)?;
    let name_bytes = u64::from(u32::from_be_bytes([tail[0], tail[1], tail[2], tail[3]]));
    let sum = u32::from_be_bytes([tail[4], tail[5], tail[6], tail[7]]);
    let plausible = name_bytes > 0 && name_bytes <= LONGEST_NAME_BYTES.min(size_bytes - 20);
    if tail[8..] != MAGIC || !plausible {
        return Ok(None);
    }
    let mut name = vec![0; usize::try_from(name_bytes).expect("at most 4096")];
    file.read_exact_at(&mut name, size_bytes - 16 - name_bytes)?;
    // SQLite adds the bytes up as `char`, which is signed on some machines and not on others.
    let unsigned = name
        .iter()
        .fold(0_u32, |sum, byte| sum.wrapping_add(u32::from(*byte)));
    let signed = name.iter().fold(0_u32, |sum, byte| {
        sum.wrapping_add(i32::from(byte.cast_signed()).cast_unsigned())
    });
    if sum != unsigned && sum != signed {
        return Ok(None);
    }
    let super_journal = name
        .rsplit(|byte| *byte == b'/')
        .next()
        .unwrap_or_default()
        .to_vec();
    Ok(Some(Journal::Shared {
        super_journal,
        length: size_bytes - 20 - name_bytes,
    }))
}

/// Does a file of that name lie in `directory` or, not too deep, below it?
pub(crate) fn lies_below(directory: &Path, name: &[u8]) -> bool {
    let mut waiting = vec![(directory.to_path_buf(), 0)];
    let mut looked_at = 0;
    while let Some((directory, depth)) = waiting.pop() {
        let Ok(entries) = std::fs::read_dir(&directory) else {
            continue;
        };
        for entry in entries.flatten() {
            looked_at += 1;
            if entry.file_name().as_bytes() == name {
                return true;
            }
            if depth < 8 && looked_at < 100_000 && entry.file_type().is_ok_and(|kind| kind.is_dir())
            {
                waiting.push((entry.path(), depth + 1));
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn journal(content: &[u8]) -> Journal {
        let mut file = tempfile::tempfile().expect("a temporary file");
        file.write_all(content).expect("writes");
        read(&file).expect("reads")
    }

    #[test]
    fn each_kind_is_told() {
        assert_eq!(journal(b""), Journal::Cold);
        assert_eq!(journal(&[0; 600]), Journal::Cold);
        let mut content = MAGIC.to_vec();
        content.resize(600, 7);
        assert_eq!(journal(&content), Journal::Hot);
        let name = b"/data/main.db-mj0123ABCD";
        content.extend_from_slice(&[0, 0, 0, 9]);
        content.extend_from_slice(name);
        content.extend_from_slice(&(name.len() as u32).to_be_bytes());
        let sum: u32 = name.iter().map(|byte| u32::from(*byte)).sum();
        content.extend_from_slice(&sum.to_be_bytes());
        content.extend_from_slice(&MAGIC);
        let shared = Journal::Shared {
            super_journal: b"main.db-mj0123ABCD".to_vec(),
            length: 600,
        };
        assert_eq!(journal(&content), shared);
    }
}
