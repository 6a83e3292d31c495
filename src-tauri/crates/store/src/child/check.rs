//! Checking a copy: a child that owns nothing opens it; this side only asks.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;

use super::message::{Answer, Question};
use super::privileges::{Identity, Keep};
use super::process::{Process, unexpected};
use crate::failure::{Failure, FailureKind};
use crate::manifest::Verdict;
use crate::protocol::CheckReport;
use crate::work::Work;

/// Memory that SQLite may use while it checks.
const HEAP_BYTES: u64 = 128 * 1024 * 1024;

/// A check that takes longer than this, plus its size at 1 MiB a second, says nothing.
const LEAST_DEADLINE_MS: u64 = 30 * 60 * 1000;

/// Signals that a process gets for what it did itself: hostile or broken input.
const OWN_FAULTS: [i32; 5] = [4, 6, 7, 8, 11];

/// Checks the database copy at `copy`, which the vault's group must be able to read.
///
/// Without `integrity` rows are counted and the schema is hashed, and the verdict stays not-checked
/// unless there is nothing to check. A check that ends early is never sound.
///
/// # Errors
/// If the copy cannot be read, and `cancelled`.
pub fn check_copy(copy: &Path, integrity: bool, work: &Work) -> Result<CheckReport, Failure> {
    let size_bytes = std::fs::metadata(copy)
        .map_err(|error| Failure::io("read the copy", &error))?
        .len();
    let deadline_ms = LEAST_DEADLINE_MS + size_bytes / 1024;
    check_within(copy, integrity, deadline_ms, work)
}

/// The same, with a deadline of the caller's.
///
/// # Errors
/// As [`check_copy`].
pub fn check_within(
    copy: &Path,
    integrity: bool,
    deadline_ms: u64,
    work: &Work,
) -> Result<CheckReport, Failure> {
    let mut process = Process::start(Identity::CHECKER, Keep::Nothing, HEAP_BYTES)?;
    let question = Question::Check {
        copy: copy.to_path_buf(),
        integrity,
        deadline_ms,
    };
    match process.ask(&question, work) {
        Ok(Answer::Report(report)) => Ok(report),
        Ok(_) => Err(unexpected()),
        Err(failure) if failure.kind == FailureKind::Cancelled => Err(failure),
        Err(failure) => match process.died().map(|status| status.signal()) {
            Some(Some(signal)) if OWN_FAULTS.contains(&signal) => Ok(ended(
                Verdict::Damaged,
                format!("checking it crashed SQLite (signal {signal})"),
            )),
            Some(signal) => Ok(ended(
                Verdict::NotCheckable,
                match signal {
                    Some(9) => "the check was killed, perhaps for lack of memory".to_owned(),
                    Some(signal) => format!("the check was ended by signal {signal}"),
                    None => "the check ended before it was done".to_owned(),
                },
            )),
            None => Err(failure),
        },
    }
}

fn ended(verdict: Verdict, reason: String) -> CheckReport {
    CheckReport {
        verdict,
        reason: Some(reason),
        findings: Vec::new(),
        tables: Vec::new(),
        schema_sha256: None,
        user_version: 0,
        application_id: 0,
        free_page_count: None,
    }
}
