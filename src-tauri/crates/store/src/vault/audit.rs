//! The audit log: a line for each thing that was done, chained so that a change shows.
//!
//! A line is a JSON object whose last member is `hash`: the SHA-256 of the line's text without that
//! member. Its other members are sorted and compact, so that this text is the canonical JSON of the
//! entry. `previous_hash` holds the hash of the entry before.
//!
//! A full file is kept and a new one begun, see `audit_files.rs`; the chain goes on in it.
//!
//! A crash can leave a line cut off. It stays, as evidence; the entry after it carries its SHA-256 as
//! `after_torn_line`, so that it can neither be planted nor taken away unseen.

use std::collections::{BTreeMap, VecDeque};

use serde::Deserialize;
use serde_json::Value;

use super::lines::{Appender, Line, Lines};
use super::reserve::with_reserve;
use super::{AUDIT, Vault};
use crate::files::sha256_of_bytes;
use crate::protocol::{AuditChain, AuditDraft, AuditEntry, AuditHead};
use crate::{Failure, FailureKind};

/// What the first entry names as the hash before it.
const NO_HASH: &str = "0000000000000000000000000000000000000000000000000000000000000000";
const HASH_MEMBER: &str = ",\"hash\":\"";
const HASH_DIGITS: usize = 64;
/// Names and reasons are cut to this: they may come from hostile places.
const TEXT_MAX_BYTES: usize = 2048;
/// The last entry is looked for in so much of the log's end before all of it is read.
const TAIL_BYTES: u64 = 512 * 1024;

/// A line that is an entry, with a hash that fits it.
#[derive(Deserialize)]
struct Sealed {
    #[serde(flatten)]
    entry: AuditEntry,
    #[serde(default)]
    after_torn_line: Option<String>,
}

/// What a line turned out to be.
enum Reading {
    Entry(Box<Sealed>),
    /// JSON, but not what was written.
    Edited(&'static str),
    /// No JSON: cut off by a crash.
    Torn,
}

impl Vault {
    /// Adds an entry to the audit log, synced before this returns. Sessions that do not hold the
    /// vault's lock may do it, too.
    ///
    /// # Errors
    /// The vault is not laid out, the disk is full to the last byte, or the file system refuses.
    pub fn audit_append(&self, draft: AuditDraft) -> Result<AuditHead, Failure> {
        self.require_layout()?;
        let draft = shortened(draft);
        with_reserve(&self.root, || {
            let log = Appender::open(&self.root.join(AUDIT))?;
            let (head, torn) = self.end_of(&log)?;
            let number = head.number + 1;
            let (line, hash) = chained(&draft, number, &head.hash, torn.as_deref())?;
            if !self.audit_begin_file(&log, line.as_bytes())? {
                log.append(line.as_bytes())?;
            }
            Ok(AuditHead { number, hash })
        })
    }

    /// Reads the audit log, oldest first; with `limit`, that many of the newest entries. Lines that
    /// cannot be read are left out: [`Self::audit_verify`] tells of them.
    ///
    /// # Errors
    /// The file system refuses.
    pub fn audit_read(&self, limit: Option<u32>) -> Result<Vec<AuditEntry>, Failure> {
        let limit = limit.map_or(usize::MAX, |limit| limit as usize);
        let mut entries = VecDeque::new();
        for log in self.audit_files()?.0 {
            for line in Lines::of(&log.file) {
                if let Ok(entry) = serde_json::from_slice::<AuditEntry>(&line?.bytes) {
                    entries.push_back(entry);
                }
                if entries.len() > limit {
                    entries.pop_front();
                }
            }
        }
        Ok(entries.into())
    }

    /// Checks the audit log's chain from the first entry to the last.
    ///
    /// # Errors
    /// The file system refuses; a broken chain is an answer, not an error.
    pub fn audit_verify(&self) -> Result<AuditChain, Failure> {
        let mut chain = Chain::default();
        let (files, has_newest) = self.audit_files()?;
        let number = files.len();
        for log in files {
            chain.file = Some(log.name);
            chain.at_start = true;
            for line in Lines::of(&log.file) {
                chain.take(&line?);
                if chain.broken.is_some() {
                    break;
                }
            }
            if chain.broken.is_some() {
                break;
            }
        }
        if number > 0 && !has_newest && chain.broken.is_none() {
            let why = format!("{AUDIT}, which holds the newest entries, is missing");
            chain.broken = Some((chain.number + 1, why));
        }
        Ok(AuditChain {
            head: chain.head(),
            torn_end: chain.torn.is_some() && chain.broken.is_none(),
            torn_lines: chain.torn_lines,
            broken: chain.broken,
        })
    }

    /// The last good entry, and the hash of the cut-off line after it, if there is one. A file without any
    /// goes on where the full one before it ends.
    fn end_of(&self, log: &Appender) -> Result<(AuditHead, Option<String>), Failure> {
        let (head, torn) = end_of(log)?;
        if let Some(head) = head {
            return Ok((head, torn));
        }
        if let Some(name) = self.full_audit_names()?.last() {
            let opened = self.open_file(name);
            let file =
                opened.map_err(|error| Failure::io("the audit log could not be opened", &error))?;
            if let (Some(head), torn_before) = last_entry(Lines::of(&file))? {
                return Ok((head, torn.or(torn_before)));
            }
        }
        let head = AuditHead {
            number: 0,
            hash: NO_HASH.to_owned(),
        };
        Ok((head, torn))
    }
}

/// The check of a chain, line by line.
#[derive(Default)]
struct Chain {
    number: u64,
    hash: Option<String>,
    /// Hash of a torn line that has just been seen.
    torn: Option<String>,
    torn_lines: u64,
    broken: Option<(u64, String)>,
    /// The file that is looked at, and whether no entry of it was seen yet.
    file: Option<String>,
    at_start: bool,
}

impl Chain {
    fn head(&self) -> AuditHead {
        let hash = self.hash.clone().unwrap_or_else(|| NO_HASH.to_owned());
        AuditHead {
            number: self.number,
            hash,
        }
    }

    fn take(&mut self, line: &Line) {
        if let Err(why) = self.check(line) {
            self.broken = Some((self.number + 1, why));
        }
    }

    fn check(&mut self, line: &Line) -> Result<(), String> {
        let sealed = match read_line(line) {
            Reading::Entry(sealed) => sealed,
            Reading::Edited(why) => return Err(why.to_owned()),
            Reading::Torn if self.torn.is_some() => {
                return Err("two unreadable lines follow one another".to_owned());
            }
            Reading::Torn => {
                self.torn = Some(sha256_of_bytes(&line.bytes));
                self.torn_lines += 1;
                return Ok(());
            }
        };
        let Sealed {
            entry,
            after_torn_line,
        } = *sealed;
        let begins_file = std::mem::replace(&mut self.at_start, false);
        if entry.number > self.number + 1
            && begins_file
            && let Some(file) = &self.file
        {
            return Err(format!(
                "the entries up to {} are missing: the file before {file} was removed or cut off",
                entry.number - 1
            ));
        }
        if entry.number != self.number + 1 {
            return Err("an entry is missing, doubled or in the wrong place".to_owned());
        }
        if entry.previous_hash != self.head().hash {
            return Err("it does not follow from the entry before it".to_owned());
        }
        if after_torn_line != self.torn.take() {
            return Err("a cut-off line before it was added, removed or changed".to_owned());
        }
        self.number = entry.number;
        self.hash = Some(entry.hash);
        Ok(())
    }
}

/// The same of one file.
fn end_of(log: &Appender) -> Result<(Option<AuditHead>, Option<String>), Failure> {
    let tail = log.length()?.saturating_sub(TAIL_BYTES);
    let found = last_entry(log.lines_from(tail)?)?;
    if found.0.is_none() && tail > 0 {
        return last_entry(log.lines_from(0)?);
    }
    Ok(found)
}

/// The number of an entry, if the line is one.
pub(super) fn number_of(line: &Line) -> Option<u64> {
    match read_line(line) {
        Reading::Entry(sealed) => Some(sealed.entry.number),
        Reading::Edited(_) | Reading::Torn => None,
    }
}

fn last_entry(lines: Lines<'_>) -> Result<(Option<AuditHead>, Option<String>), Failure> {
    let mut head = None;
    let mut torn = None;
    for line in lines {
        let line = line?;
        match read_line(&line) {
            Reading::Entry(sealed) => {
                head = Some(AuditHead {
                    number: sealed.entry.number,
                    hash: sealed.entry.hash,
                });
                torn = None;
            }
            Reading::Torn => torn = Some(sha256_of_bytes(&line.bytes)),
            Reading::Edited(_) => torn = None,
        }
    }
    Ok((head, torn))
}

fn read_line(line: &Line) -> Reading {
    if line.overlong || serde_json::from_slice::<Value>(&line.bytes).is_err() {
        return Reading::Torn;
    }
    let Some((text, hash)) = split_hash(&line.bytes) else {
        return Reading::Edited("it is not an entry of the audit log");
    };
    if sha256_of_bytes(format!("{text}}}").as_bytes()) != hash {
        return Reading::Edited("its content does not fit its hash");
    }
    match serde_json::from_slice::<Sealed>(&line.bytes) {
        Ok(sealed) => Reading::Entry(Box::new(sealed)),
        Err(_) => Reading::Edited("it is not an entry of the audit log"),
    }
}

/// A line's text up to its hash, and the hash.
fn split_hash(line: &[u8]) -> Option<(&str, &str)> {
    let line = std::str::from_utf8(line).ok()?.strip_suffix("\"}")?;
    let (text, hash) = line.split_at_checked(line.len().checked_sub(HASH_DIGITS)?)?;
    Some((text.strip_suffix(HASH_MEMBER)?, hash))
}

fn chained(
    draft: &AuditDraft,
    number: u64,
    previous_hash: &str,
    torn: Option<&str>,
) -> Result<(String, String), Failure> {
    let failed = |error: serde_json::Error| {
        Failure::new(
            FailureKind::Io,
            "an audit entry could not be put into words",
        )
        .with_detail(error.to_string())
    };
    let fields = serde_json::to_value(draft).map_err(failed)?;
    // A sorted map, whatever order the fields came in.
    let mut members: BTreeMap<&str, Value> = fields
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, v)| (name.as_str(), v.clone()))
        .collect();
    members.insert("number", number.into());
    members.insert("previous_hash", previous_hash.into());
    if let Some(torn) = torn {
        members.insert("after_torn_line", torn.into());
    }
    let text = serde_json::to_string(&members).map_err(failed)?;
    let hash = sha256_of_bytes(text.as_bytes());
    let body = text.strip_suffix('}').expect("an object ends in a brace");
    Ok((format!("{body}{HASH_MEMBER}{hash}\"}}"), hash))
}

fn shortened(mut draft: AuditDraft) -> AuditDraft {
    let texts = [
        &mut draft.actor,
        &mut draft.operation,
        &mut draft.target,
        &mut draft.outcome,
    ];
    for text in texts.into_iter().chain(draft.reason.as_mut()) {
        if text.len() > TEXT_MAX_BYTES {
            let end = (0..=TEXT_MAX_BYTES)
                .rev()
                .find(|end| text.is_char_boundary(*end));
            text.truncate(end.unwrap_or_default());
            text.push('…');
        }
    }
    draft
}
