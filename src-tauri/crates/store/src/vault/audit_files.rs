//! The files of the audit log: the one that is written to, and full ones before it.
//!
//! A full file keeps its content under a name that tells its first entry's number, `audit-000000000001.jsonl`,
//! and the next entry begins a new file. Since each entry carries the hash of the one before, the chain goes
//! from file to file.

use std::fs::{self, File};
use std::io::{self, ErrorKind};

use super::lines::{Appender, Lines, is_same_file};
use super::{AUDIT, PARTIAL_SUFFIX, Vault};
use crate::Failure;
use crate::files::fsync_directory;

/// A file that has grown to this is full.
const FULL_BYTES: u64 = 1024 * 1024;

const PREFIX: &str = "audit-";
const SUFFIX: &str = ".jsonl";
const DIGITS: usize = 12;

/// A file of the log.
pub(super) struct LogFile {
    pub(super) name: String,
    pub(super) file: File,
}

/// Whether this is the name of a full file.
pub(super) fn is_full_name(name: &str) -> bool {
    let number = name
        .strip_prefix(PREFIX)
        .and_then(|rest| rest.strip_suffix(SUFFIX));
    number.is_some_and(|number| {
        number.len() >= DIGITS && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

impl Vault {
    /// All files, oldest first, and whether the one that is written to is among them.
    pub(super) fn audit_files(&self) -> Result<(Vec<LogFile>, bool), Failure> {
        let failed = |error: &io::Error| Failure::io("the audit log could not be opened", error);
        // First the one that is written to: becomes it a full one meanwhile, it is seen under both names.
        let current = match self.open_file(AUDIT) {
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(failed(&error)),
            Ok(file) => Some(file),
        };
        let newest = current.as_ref().map(File::metadata).transpose();
        let newest = newest.map_err(|error| failed(&error))?;
        let mut files = Vec::new();
        for name in self.full_audit_names()? {
            let file = self.open_file(&name).map_err(|error| failed(&error))?;
            let metadata = file.metadata().map_err(|error| failed(&error))?;
            let is_newest = newest
                .as_ref()
                .is_some_and(|newest| is_same_file(newest, &metadata));
            if !is_newest {
                files.push(LogFile { name, file });
            }
        }
        let is_whole = current.is_some();
        files.extend(current.map(|file| LogFile {
            name: AUDIT.to_owned(),
            file,
        }));
        Ok((files, is_whole))
    }

    /// The names of the full files, oldest first.
    pub(super) fn full_audit_names(&self) -> Result<Vec<String>, Failure> {
        let mut names = self.names()?;
        names.retain(|name| is_full_name(name));
        names.sort_by_key(|name| (name.len(), name.clone()));
        Ok(names)
    }

    /// Makes `line`, the entry after the last one of a full log, the first of a new file. `false` if the log
    /// is not full, or its file system has no second names: then the file just grows.
    ///
    /// At each moment all entries are there: the new file is written beside the old one, which gets its
    /// second name before the new one takes its first.
    pub(super) fn audit_begin_file(&self, log: &Appender, line: &[u8]) -> Result<bool, Failure> {
        if log.length()? < FULL_BYTES {
            return Ok(false);
        }
        let Some(first) = first_number(log)? else {
            return Ok(false);
        };
        let current = self.root.join(AUDIT);
        let full = self.root.join(format!("{PREFIX}{first:0DIGITS$}{SUFFIX}"));
        match fs::hard_link(&current, &full) {
            Ok(()) => {}
            // A crash came after this step the last time, or somebody put something there.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let names = (current.symlink_metadata(), full.symlink_metadata());
                let is_same = matches!(names, (Ok(one), Ok(other)) if is_same_file(&one, &other));
                if !is_same {
                    return Ok(false);
                }
            }
            Err(_) => return Ok(false),
        }
        let next = self.root.join(format!(".{AUDIT}{PARTIAL_SUFFIX}"));
        if begin(&next, line).is_err() || fs::rename(&next, &current).is_err() {
            // One file with one name, as before; what cannot be taken away is known to readers. Whether there
            // is room is told by the attempt to write to it.
            let _ = fs::remove_file(&next);
            let _ = fs::remove_file(&full);
            return Ok(false);
        }
        fsync_directory(&self.root)?;
        Ok(true)
    }
}

fn begin(path: &std::path::Path, line: &[u8]) -> Result<(), Failure> {
    if let Err(error) = fs::remove_file(path)
        && error.kind() != ErrorKind::NotFound
    {
        return Err(Failure::io("a new audit file could not be made", &error));
    }
    Appender::open(path)?.append(line)
}

/// The number of the first entry that can be read.
fn first_number(log: &Appender) -> Result<Option<u64>, Failure> {
    let mut lines: Lines<'_> = log.lines_from(0)?;
    lines
        .find_map(|line| match line {
            Ok(line) => super::audit::number_of(&line).map(Ok),
            Err(failure) => Some(Err(failure)),
        })
        .transpose()
}
