//! Several databases of one application at one moment.
//!
//! A transaction over attached databases in WAL mode becomes visible in one after the other, so
//! separate pins could fall between. While writers are kept out of all of them, all are pinned. One
//! that cannot be fenced is pinned by itself: its own copy is as good, only its moment is another.

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

/// After the whole patience was spent on one database, the others are waited for only so long.
const LATER_PATIENCE: Duration = Duration::from_secs(1);

/// A database that was held by a writer all the while is asked for this long once more, by itself.
const PATIENCE_APART_MS: u64 = 2_000;

/// Pins all of these at one moment; those that cannot be fenced each at a moment of its own.
///
/// # Errors
/// As [`super::capture_group`].
pub(super) fn pin_together(
    live: Vec<(usize, Candidate)>,
    work: &Work,
) -> Result<Vec<(usize, Capture)>, Failure> {
    let (mut live, locked_out): (Vec<_>, Vec<_>) = live
        .into_iter()
        .partition(|(_, candidate)| candidate.may_be_fenced());
    let mut apart: Vec<_> = locked_out
        .into_iter()
        .map(|(index, candidate)| (index, candidate, Reason::NotPermitted))
        .collect();
    // One alone has no moment to share: it is read as if it were the only one.
    let mut captures = match live.len() {
        0 | 1 => super::pin_each(live, work)?,
        _ => fence_and_pin(&mut live, &mut apart, work)?,
    };
    for (index, candidate, reason) in apart {
        captures.push((index, pin_apart(candidate, reason, work)?));
    }
    Ok(captures)
}

/// Why a database is pinned by itself.
#[derive(Debug, Clone, Copy)]
enum Reason {
    /// Its owner may not write it, or not beside it.
    NotPermitted,
    /// A writer kept its transaction open.
    Held,
}

fn pin_apart(mut candidate: Candidate, reason: Reason, work: &Work) -> Result<Capture, Failure> {
    let why = match reason {
        Reason::NotPermitted => "its owner may not write where it lies",
        Reason::Held => {
            let request = &mut candidate.request;
            request.lock_timeout_ms = request.lock_timeout_ms.min(PATIENCE_APART_MS);
            "the application kept a transaction on it open"
        }
    };
    let finding = candidate.request.finding(
        "moment-of-its-own",
        format!(
            "It is complete as of a moment of its own, not as of the moment of the application's \
             other databases: {why}. A transaction over several of them may be in one and not in \
             the other."
        ),
    );
    // A child that never tried the fence: it opens the database as one that only reads it.
    let fresh = Candidate::find_at(candidate.request, candidate.source, work)?;
    let mut capture = fresh.pin(work)?;
    capture.findings.push(finding);
    Ok(capture)
}

/// What cannot be fenced after all goes to `apart`.
fn fence_and_pin(
    live: &mut Vec<(usize, Candidate)>,
    apart: &mut Vec<(usize, Candidate, Reason)>,
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
    wait_for_hot_journals(live, work)?;
    let unreadable = fence_all(live, apart, work)?;
    let asked_at = Timestamp::now();
    let mut pinned = Ok(());
    for (_, candidate) in live.iter_mut() {
        pinned = pinned.and_then(|()| pin_fenced(candidate, work));
    }
    let pin = bracket(asked_at);
    for (_, candidate) in live.iter_mut() {
        candidate.located.process.ask(&Question::Unfence, work)?;
    }
    pinned?;
    let mut captures = Vec::with_capacity(live.len());
    for (index, mut candidate) in live.drain(..) {
        let description = candidate.describe(work)?;
        captures.push((
            index,
            candidate.pages(Access::ReadWrite, description, pin.clone()),
        ));
    }
    for (index, candidate, detail) in unreadable {
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
            *candidate =
                Candidate::find_at(candidate.request.clone(), candidate.source.clone(), work)?;
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

fn fence_all(
    live: &mut Vec<(usize, Candidate)>,
    apart: &mut Vec<(usize, Candidate, Reason)>,
    work: &Work,
) -> Result<Vec<Unreadable>, Failure> {
    let mut unreadable = Vec::new();
    let mut began = Instant::now();
    let mut was_patient = false;
    let mut round = 0_u64;
    loop {
        work.check()?;
        match fence_once(live, work)? {
            Fenced::All => return Ok(unreadable),
            Fenced::Unreadable(position, detail) => {
                let (index, candidate) = live.remove(position);
                unreadable.push((index, candidate, detail));
            }
            Fenced::Never(position) => {
                let (index, candidate) = live.remove(position);
                apart.push((index, candidate, Reason::NotPermitted));
            }
            Fenced::Busy(position) => {
                let patience = live[position].1.request.lock_timeout();
                if began.elapsed() > patience || was_patient && began.elapsed() > LATER_PATIENCE {
                    let (index, candidate) = live.remove(position);
                    apart.push((index, candidate, Reason::Held));
                    (began, was_patient) = (Instant::now(), true);
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
    /// A writer holds it.
    Busy(usize),
    /// Its owner may not do what a fence needs.
    Never(usize),
    Unreadable(usize, String),
}

fn fence_once(live: &mut [(usize, Candidate)], work: &Work) -> Result<Fenced, Failure> {
    let mut fenced = Vec::new();
    for (position, (_, candidate)) in live.iter_mut().enumerate() {
        // One fence keeps writers away from all names of a file, ourselves included.
        let file = candidate.located.look.device_and_inode;
        if fenced.contains(&file) {
            continue;
        }
        fenced.push(file);
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
            Pin::NeedsRecovery { .. } => return Ok(Fenced::Never(position)),
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
