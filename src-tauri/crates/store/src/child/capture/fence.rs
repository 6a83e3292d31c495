//! Several databases of one application at one moment.
//!
//! A transaction over attached databases in WAL mode becomes visible in one after the other, so
//! separate pins could fall between. While writers are kept out of all of them, all are pinned.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::plan::{Candidate, LOCKED};
use super::{Capture, bracket};
use crate::child::message::{Answer, Question};
use crate::child::process::unexpected;
use crate::database::capture::Pin;
use crate::database::open::Access;
use crate::failure::{Failure, FailureKind};
use crate::work::Work;

/// While one database is fenced the next is waited for only so long: the writer that holds it may be
/// waiting for the first.
const PATIENCE_INSIDE_MS: u64 = 25;

/// Pins all of these at one moment.
///
/// # Errors
/// As [`super::capture_group`].
pub(super) fn pin_together(
    mut live: Vec<(usize, Candidate)>,
    work: &Work,
) -> Result<Vec<(usize, Capture)>, Failure> {
    if let Some((_, candidate)) = live
        .iter()
        .find(|(_, candidate)| !candidate.request.writable)
    {
        return Err(candidate.needs_read_write());
    }
    let key = |candidate: &Candidate| {
        (
            candidate.request.mount_root.clone(),
            candidate.request.path.clone(),
        )
    };
    live.sort_by_cached_key(|(_, candidate)| key(candidate));
    wait_for_hot_journals(&mut live, work)?;
    let mut unreadable = fence_all(&mut live, work)?;
    let asked_at = Timestamp::now();
    let mut pinned = Ok(());
    for (_, candidate) in &mut live {
        pinned = pinned.and_then(|()| pin_fenced(candidate, work));
    }
    let pin = bracket(asked_at);
    for (_, candidate) in &mut live {
        candidate.located.process.ask(&Question::Unfence, work)?;
    }
    pinned?;
    let mut captures = Vec::with_capacity(live.len());
    for (index, mut candidate) in live {
        let description = candidate.describe(work)?;
        captures.push((
            index,
            candidate.pages(Access::ReadWrite, description, pin.clone()),
        ));
    }
    for (index, candidate, detail) in unreadable.drain(..) {
        captures.push((index, candidate.raw(Some(&detail), work)?));
    }
    Ok(captures)
}

/// Opening for writing would play a journal back; that is for the application to do.
fn wait_for_hot_journals(live: &mut [(usize, Candidate)], work: &Work) -> Result<(), Failure> {
    for (_, candidate) in live {
        let began = Instant::now();
        while candidate.located.look.journal_is_hot {
            let pin = candidate.ask_pin(Access::ReadOnly, work)?;
            *candidate = Candidate::find(candidate.request.clone(), work)?;
            if !matches!(pin, Pin::NeedsRecovery { .. } | Pin::Busy) {
                break;
            }
            if began.elapsed() > candidate.request.lock_timeout() {
                return Err(candidate
                    .request
                    .refuse(FailureKind::DatabaseLocked, LOCKED));
            }
            std::thread::sleep(Duration::from_millis(15));
        }
    }
    Ok(())
}

/// A database that SQLite cannot read, where it stood among the requests, and what SQLite says.
type Unreadable = (usize, Candidate, String);

fn fence_all(live: &mut Vec<(usize, Candidate)>, work: &Work) -> Result<Vec<Unreadable>, Failure> {
    let mut unreadable = Vec::new();
    let began = Instant::now();
    let mut round = 0_u64;
    loop {
        work.check()?;
        match fence_once(live, work)? {
            Fenced::All => return Ok(unreadable),
            Fenced::Unreadable(position, detail) => {
                let (index, candidate) = live.remove(position);
                unreadable.push((index, candidate, detail));
            }
            Fenced::Busy(position) => {
                let request = &live[position].1.request;
                if began.elapsed() > request.lock_timeout() {
                    return Err(request.refuse(FailureKind::DatabaseLocked, LOCKED));
                }
                // A little longer each time, and never in step with a writer.
                round += 1;
                std::thread::sleep(Duration::from_millis(1 + round * 7 % 13));
            }
        }
        for (_, candidate) in live.iter_mut() {
            candidate.located.process.ask(&Question::Unfence, work)?;
        }
    }
}

enum Fenced {
    All,
    Busy(usize),
    Unreadable(usize, String),
}

fn fence_once(live: &mut [(usize, Candidate)], work: &Work) -> Result<Fenced, Failure> {
    for (position, (_, candidate)) in live.iter_mut().enumerate() {
        let timeout_ms = match position {
            0 => candidate.request.lock_timeout_ms.min(250),
            _ => PATIENCE_INSIDE_MS,
        };
        let answer = candidate
            .located
            .process
            .ask(&Question::Fence { timeout_ms }, work)?;
        let Answer::Pin(pin) = answer else {
            return Err(unexpected());
        };
        match pin {
            Pin::Held => {}
            Pin::Busy | Pin::Changed => return Ok(Fenced::Busy(position)),
            Pin::Unreadable { detail } => return Ok(Fenced::Unreadable(position, detail)),
            Pin::NeedsRecovery { detail } => {
                let failure = candidate.request.refuse(
                    FailureKind::Permission,
                    "its owner may not write beside it, which a consistent copy of several needs",
                );
                return Err(failure.with_detail(detail));
            }
            Pin::Failed { failure } => return Err(failure),
        }
    }
    Ok(Fenced::All)
}

fn pin_fenced(candidate: &mut Candidate, work: &Work) -> Result<(), Failure> {
    match candidate.ask_pin(Access::ReadWrite, work)? {
        Pin::Held => Ok(()),
        Pin::Failed { failure } => Err(failure),
        _ => Err(candidate
            .request
            .refuse(FailureKind::DatabaseLocked, LOCKED)),
    }
}
