//! A quiet database with a journal or log to be played back: copied, and recovered in the copy.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;

use super::plan::Candidate;
use super::{Capture, CaptureRequest, bracket};
use crate::RelativePath;
use crate::child::locate::Located;
use crate::child::message::{Answer, Question};
use crate::child::privileges::{Identity, Keep, VAULT_GID};
use crate::child::process::{HEAP_BYTES, Process, unexpected};
use crate::database::capture::{Announced, Pin};
use crate::database::look::Sight;
use crate::database::open::Access;
use crate::failure::{Failure, FailureKind};
use crate::manifest::{CaptureMethod, Finding};
use crate::work::Work;

/// What the copy is called in its directory.
const COPY: &str = "database";

/// How often a source that changes under our hands is copied anew.
const MOST_ROUNDS: usize = 3;

static COPIES: AtomicU64 = AtomicU64::new(0);

/// A directory in scratch, removed when this is dropped.
#[derive(Debug)]
pub(super) struct ScratchCopy {
    directory: PathBuf,
}

impl Drop for ScratchCopy {
    fn drop(&mut self) {
        // What cannot be removed now goes with the job's scratch directory.
        let _ = fs::remove_dir_all(&self.directory);
    }
}

impl ScratchCopy {
    fn create(scratch: &Path) -> Result<Self, Failure> {
        let number = COPIES.fetch_add(1, Ordering::Relaxed);
        let name = format!("recover-{}-{number}", std::process::id());
        let directory = scratch.join(name);
        DirBuilder::new()
            .mode(0o700)
            .create(&directory)
            .and_then(|()| hand_to_group(&directory, 0o770))
            .map_err(|error| Failure::io("make room for a copy to recover", &error))?;
        Ok(Self { directory })
    }

    fn file(&self, suffix: &str) -> PathBuf {
        self.directory.join(format!("{COPY}{suffix}"))
    }
}

/// Copies the database and what is to be played back, recovers the copy, and pins that; `None` if
/// SQLite cannot read the copy.
///
/// # Errors
/// `database-locked` if somebody writes to the source after all, and what copying fails with.
pub(super) fn recover(candidate: &mut Candidate, work: &Work) -> Result<Option<Capture>, Failure> {
    let asked_at = Timestamp::now();
    let scratch = ScratchCopy::create(&candidate.request.scratch)?;
    let mut findings = copy_all(candidate, &scratch, work)?;
    let pin = bracket(asked_at);
    let Some(located) = open_copy(&scratch, work)? else {
        return Ok(None);
    };
    let mut copy = Candidate {
        request: copied(&candidate.request),
        source: candidate.source.clone(),
        located,
    };
    match copy.ask_pin(Access::ReadWrite, work)? {
        Pin::Held => {}
        Pin::Failed { failure } => return Err(failure),
        _ => return Ok(None),
    }
    let Ok(description) = copy.describe(work) else {
        return Ok(None);
    };
    let mut capture = copy.pages(Access::ReadWrite, description, pin);
    findings.append(&mut candidate.located.findings);
    capture.findings.append(&mut findings);
    capture.method = CaptureMethod::RecoveredCopy;
    capture.path = candidate.request.path.clone();
    capture.ownership = candidate.located.look.ownership.clone();
    capture.scratch = Some(scratch);
    Ok(Some(capture))
}

fn copied(request: &CaptureRequest) -> CaptureRequest {
    CaptureRequest {
        in_use: false,
        max_wal_growth_bytes: u64::MAX,
        ..request.clone()
    }
}

fn open_copy(scratch: &ScratchCopy, work: &Work) -> Result<Option<Located>, Failure> {
    let mut process = Process::start(Identity::CHECKER, Keep::Nothing, HEAP_BYTES)?;
    let path = RelativePath::new(COPY).expect("a plain name");
    let question = Question::Look {
        root: scratch.directory.clone(),
        path,
    };
    match process.ask(&question, work)? {
        Answer::Sight(Sight::Found { look }) => Ok(Some(Located {
            process,
            look: *look,
            keep: Keep::Nothing,
            findings: Vec::new(),
        })),
        Answer::Sight(Sight::Denied { .. }) => Err(Failure::new(
            FailureKind::Permission,
            "open a copy in scratch: its directory is closed to the vault's group",
        )),
        Answer::Sight(_) => Ok(None),
        _ => Err(unexpected()),
    }
}

fn copy_all(
    candidate: &mut Candidate,
    scratch: &ScratchCopy,
    work: &Work,
) -> Result<Vec<Finding>, Failure> {
    // SQLite may still have the source open in that process; looking anew closes it.
    let request = candidate.request.clone();
    let look = candidate.source.look();
    for _ in 0..MOST_ROUNDS {
        let process = &mut candidate.located.process;
        process.ask(&look, work)?;
        process.ask(&Question::Guard, work)?;
        let mut findings = Vec::new();
        for suffix in ["", "-wal", "-journal"] {
            let announced = copy(process, suffix, &scratch.file(suffix), work)?;
            if announced.committed_elsewhere {
                let message = "Its journal belongs to a transaction over several databases that \
                               was committed; it was not played back.";
                findings.push(request.finding("journal-committed", message));
            }
        }
        match process.ask(&Question::Unchanged, work)? {
            Answer::Unchanged(true) => return Ok(findings),
            Answer::Unchanged(false) => {}
            _ => return Err(unexpected()),
        }
    }
    Err(request.refuse(
        FailureKind::DatabaseLocked,
        "somebody writes to it although nobody should",
    ))
}

fn copy(
    process: &mut Process,
    suffix: &str,
    target: &Path,
    work: &Work,
) -> Result<Announced, Failure> {
    let failed = |error: &io::Error| Failure::io("write a copy to recover", error);
    let question = Question::Raw {
        suffix: suffix.to_owned(),
        size_bytes: None,
    };
    let Answer::Announced(announced) = process.ask(&question, work)? else {
        return Err(unexpected());
    };
    let mut file: Option<File> = match announced.size_bytes {
        None => {
            // A journal of an earlier round must not be played into this copy.
            let _ = fs::remove_file(target);
            None
        }
        Some(_) => {
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(true).mode(0o600);
            Some(options.open(target).map_err(|error| failed(&error))?)
        }
    };
    process.receive(work, &mut |bytes| match &mut file {
        Some(file) => file.write_all(bytes).map_err(|error| failed(&error)),
        None => Err(unexpected()),
    })?;
    if file.is_some() {
        hand_to_group(target, 0o660).map_err(|error| failed(&error))?;
    }
    Ok(announced)
}

/// Where this process may not choose the group, the children are no others than itself.
fn hand_to_group(path: &Path, mode: u32) -> io::Result<()> {
    let _ = std::os::unix::fs::chown(path, None, Some(VAULT_GID));
    fs::set_permissions(path, Permissions::from_mode(mode))
}
