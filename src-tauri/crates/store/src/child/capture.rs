//! Capture: consistent copies of databases that may be in use, without disturbing them.
//!
//! [`capture_group`] looks at each database, decides how it can be read, and pins all of them;
//! [`Capture::stream`] then sends the bytes of one. Which state is read how is the ladder of
//! `promises.md`, §3.1, in [`plan`].

mod fence;
mod names;
mod plan;
mod recover;
mod stream;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use self::plan::Candidate;
use self::recover::ScratchCopy;
use super::process::Process;
use crate::RelativePath;
use crate::database::header::Header;
use crate::failure::{Failure, FailureKind};
use crate::manifest::{CaptureMethod, DatabaseKind, Finding, JournalMode, Ownership, PinBracket};
use crate::work::Work;

/// One database to be captured.
#[derive(Debug, Clone)]
pub struct CaptureRequest {
    /// Where its volume or bind is mounted.
    pub mount_root: PathBuf,
    /// Path in it; empty for a mount that is itself one file.
    pub path: RelativePath,
    /// The mount is one file.
    pub single_file: bool,
    /// The mount is writable.
    pub writable: bool,
    /// A container that mounts it is running, or may be.
    pub in_use: bool,
    /// SQLite's locks work on its file system between containers.
    pub locks_trusted: bool,
    /// How long to wait for a lock, in milliseconds.
    pub lock_timeout_ms: u64,
    /// Stop if the `-wal` grows by more than this many bytes while it is read.
    pub max_wal_growth_bytes: u64,
    /// A directory for this job alone, of the vault's group and searchable by it.
    pub scratch: PathBuf,
}

/// A database that is pinned, ready to be read once.
///
/// Dropping it lets go of the database.
#[derive(Debug)]
pub struct Capture {
    process: Process,
    path: RelativePath,
    kind: DatabaseKind,
    header: Option<Header>,
    method: CaptureMethod,
    size_bytes: u64,
    page_size: u32,
    page_count: u64,
    blocks_writers: bool,
    guarded_by_stat: bool,
    may_be_written: bool,
    max_wal_growth_bytes: u64,
    pin: PinBracket,
    ownership: Ownership,
    findings: Vec<Finding>,
    streamed: bool,
    /// What is read in place of the source; removed when this is dropped, after the process.
    scratch: Option<ScratchCopy>,
}

/// What came of reading a database.
#[derive(Debug, Clone)]
pub struct Captured {
    /// How long the source was read.
    pub read_ms: u64,
    /// Growth of the `-wal` meanwhile.
    pub wal_growth_bytes: u64,
    /// SHA-256 of the bytes that were sent; empty where rows were counted and nothing was sent.
    pub sha256: String,
    /// What to know of it.
    pub findings: Vec<Finding>,
}

/// Looks at the databases, decides how each can be read, and pins all of them.
///
/// Where more than one is in use, all of these are pinned at one moment, behind a fence that keeps
/// writers away for the blink of an eye; one that cannot be fenced is pinned by itself, and a finding
/// tells. One process stays for each database until its capture is
/// dropped. The answers are in the order of the requests.
///
/// # Errors
/// `needs-read-write`: mount writable and ask again. `needs-stopped`: stop the application and ask
/// again. `unsupported`, `database-locked`, `permission`, `not-found`: not now, with the reason.
pub fn capture_group(requests: Vec<CaptureRequest>, work: &Work) -> Result<Vec<Capture>, Failure> {
    let mut candidates = Vec::with_capacity(requests.len());
    for request in requests {
        candidates.push(Candidate::find(request, work)?);
    }
    names::open_under_one_name(&mut candidates, work)?;
    let mut captures: Vec<Option<Capture>> = candidates.iter().map(|_| None).collect();
    let is_live = |candidate: &Candidate| candidate.is_live_database();
    let (live, quiet): (Vec<_>, Vec<_>) = candidates
        .into_iter()
        .enumerate()
        .partition(|(_, candidate)| is_live(candidate));
    let pinned = if live.len() > 1 {
        fence::pin_together(live, work)?
    } else {
        pin_each(live, work)?
    };
    for (index, capture) in pinned.into_iter().chain(pin_each(quiet, work)?) {
        captures[index] = Some(capture);
    }
    Ok(captures.into_iter().flatten().collect())
}

fn pin_each(
    candidates: Vec<(usize, Candidate)>,
    work: &Work,
) -> Result<Vec<(usize, Capture)>, Failure> {
    candidates
        .into_iter()
        .map(|(index, candidate)| Ok((index, candidate.pin(work)?)))
        .collect()
}

impl Capture {
    /// How many bytes [`Self::stream`] will send.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// How it is read.
    #[must_use]
    pub fn method(&self) -> CaptureMethod {
        self.method
    }

    /// Writers wait until it is streamed: stream it to scratch at once.
    #[must_use]
    pub fn blocks_writers(&self) -> bool {
        self.blocks_writers
    }

    /// What the file is.
    #[must_use]
    pub fn kind(&self) -> DatabaseKind {
        self.kind
    }

    /// Path in the mount, as it was asked for.
    #[must_use]
    pub fn path(&self) -> &RelativePath {
        &self.path
    }

    /// The header as of the pin; `None` for what has none of SQLite's.
    #[must_use]
    pub fn header(&self) -> Option<&Header> {
        self.header.as_ref()
    }

    /// Page size in bytes, 0 where there are no pages.
    #[must_use]
    pub fn page_size(&self) -> u32 {
        self.page_size
    }

    /// Number of pages as of the pin, 0 where there are none.
    #[must_use]
    pub fn page_count(&self) -> u64 {
        self.page_count
    }

    /// Journal mode as of the pin.
    #[must_use]
    pub fn journal_mode(&self) -> JournalMode {
        self.header
            .as_ref()
            .map_or(JournalMode::Unknown, |header| header.journal_mode)
    }

    /// When the pin was asked for, and when it was surely held.
    #[must_use]
    pub fn pin(&self) -> &PinBracket {
        &self.pin
    }

    /// Owner, mode and attributes of the live file.
    #[must_use]
    pub fn ownership(&self) -> &Ownership {
        &self.ownership
    }

    /// The process that reads it.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.process.id()
    }
}

impl CaptureRequest {
    fn lock_timeout(&self) -> Duration {
        Duration::from_millis(self.lock_timeout_ms)
    }

    fn finding(&self, code: &str, message: impl Into<String>) -> Finding {
        finding(&self.path, code, message)
    }

    fn refuse(&self, kind: FailureKind, why: &str) -> Failure {
        Failure::new(kind, format!("{}: {why}", super::locate::named(&self.path)))
    }
}

fn finding(path: &RelativePath, code: &str, message: impl Into<String>) -> Finding {
    Finding {
        code: code.to_owned(),
        volume: None,
        path: Some(path.clone()),
        message: message.into(),
    }
}

/// Runs `attempt` until it has an answer or the time is over, looking for a cancel in between.
fn patiently<T>(
    timeout: Duration,
    work: &Work,
    mut attempt: impl FnMut() -> Result<Option<T>, Failure>,
) -> Result<Option<T>, Failure> {
    let began = Instant::now();
    loop {
        work.check()?;
        if let Some(answer) = attempt()? {
            return Ok(Some(answer));
        }
        if began.elapsed() >= timeout {
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(15));
    }
}

fn bracket(asked_at: Timestamp) -> PinBracket {
    PinBracket {
        asked_at,
        held_at: Timestamp::now(),
    }
}
