//! From sources to pinned databases: scan, then ask the children to open and pin what was found.

use std::path::Path;

use super::Roots;
use crate::child::capture::{Capture, CaptureRequest, capture_group};
use crate::failure::{Failure, FailureKind};
use crate::protocol::{DatabaseRef, Event, FoundDatabase, ScanReport, ScanRequest, SourceMount};
use crate::scan;
use crate::work::Work;

/// A source holds at most this many entries before we stop looking for databases in it.
const MAX_ENTRIES: u64 = 2_000_000;
const MAX_DEPTH: u32 = 64;

/// How often databases that vanish meanwhile are looked for again.
const LOOKS: u32 = 5;

const SCAN_DEADLINE_MS: u64 = 10 * 60 * 1000;

/// How long each is waited for once the databases could not be read together: others may be pinned
/// meanwhile, and keep their writers waiting.
const LOCK_TIMEOUT_BY_ITSELF_MS: u64 = 2_000;

/// How long and how much a capture may disturb its source.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CaptureLimits {
    pub(crate) lock_timeout_ms: u64,
    pub(crate) max_wal_growth_bytes: u64,
}

/// A database that is pinned and can be streamed.
pub(crate) struct PinnedDatabase {
    pub(crate) found: FoundDatabase,
    pub(crate) capture: Capture,
}

/// What was found, and everything wanted of it pinned.
pub(crate) struct PinnedSources {
    pub(crate) scan: ScanReport,
    pub(crate) databases: Vec<PinnedDatabase>,
}

/// Looks through the sources for databases.
pub(crate) fn look(
    roots: &Roots,
    mounts: &[SourceMount],
    work: &Work,
) -> Result<ScanReport, Failure> {
    let request = ScanRequest {
        sources: mounts.to_vec(),
        max_entries: MAX_ENTRIES,
        max_depth: MAX_DEPTH,
        deadline_ms: SCAN_DEADLINE_MS,
    };
    scan::scan(&roots.volumes, &request, work)
}

/// Finds the databases of the sources and pins those that are `wanted` (all if that is empty).
///
/// A database that vanishes between being found and being pinned (an application's temporary one) is
/// no reason to fail: then everything is looked at again.
pub(crate) fn pin(
    roots: &Roots,
    mounts: &[SourceMount],
    wanted: &[DatabaseRef],
    limits: CaptureLimits,
    scratch: &Path,
    work: &Work,
) -> Result<PinnedSources, Failure> {
    let mut tries = 1;
    loop {
        match pin_once(roots, mounts, wanted, limits, scratch, work) {
            Err(failure) if failure.kind == FailureKind::NotFound && tries < LOOKS => tries += 1,
            outcome => return outcome,
        }
    }
}

/// As [`pin`], but one database that cannot be read does not keep the others from it; those that
/// cannot come with the reason.
///
/// # Errors
/// As [`pin`], if none can be read, or if the answer is to mount otherwise.
pub(crate) fn pin_what_can_be_read(
    roots: &Roots,
    mounts: &[SourceMount],
    wanted: &[DatabaseRef],
    limits: CaptureLimits,
    scratch: &Path,
    work: &Work,
) -> Result<(PinnedSources, Vec<(FoundDatabase, Failure)>), Failure> {
    match pin(roots, mounts, wanted, limits, scratch, work) {
        Err(failure) if !concerns_all(&failure, mounts) => {}
        outcome => return outcome.map(|pinned| (pinned, Vec::new())),
    }
    let limits = CaptureLimits {
        lock_timeout_ms: limits.lock_timeout_ms.min(LOCK_TIMEOUT_BY_ITSELF_MS),
        ..limits
    };
    let (scan, requests) = find(roots, mounts, wanted, limits, scratch, work)?;
    let (mut databases, mut unread) = (Vec::new(), Vec::new());
    for (found, request) in requests {
        match capture_group(vec![request], work) {
            Ok(captures) => databases.extend(captures.into_iter().map(|capture| PinnedDatabase {
                found: found.clone(),
                capture,
            })),
            Err(failure) if concerns_all(&failure, mounts) => return Err(failure),
            // It vanished meanwhile.
            Err(failure) if failure.kind == FailureKind::NotFound => {}
            Err(failure) => unread.push((found, failure)),
        }
    }
    match unread.first() {
        Some((_, failure)) if databases.is_empty() => Err(failure.clone()),
        _ => Ok((PinnedSources { scan, databases }, unread)),
    }
}

/// The failure is none of one database alone: to be cancelled, or to be mounted otherwise.
pub(crate) fn concerns_all(failure: &Failure, mounts: &[SourceMount]) -> bool {
    match failure.kind {
        FailureKind::Cancelled => true,
        FailureKind::NeedsReadWrite => !mounts.iter().all(|mount| mount.writable),
        _ => false,
    }
}

fn pin_once(
    roots: &Roots,
    mounts: &[SourceMount],
    wanted: &[DatabaseRef],
    limits: CaptureLimits,
    scratch: &Path,
    work: &Work,
) -> Result<PinnedSources, Failure> {
    let (scan, found) = find(roots, mounts, wanted, limits, scratch, work)?;
    let (found, requests): (Vec<_>, Vec<_>) = found.into_iter().unzip();
    let captures = capture_group(requests, work)?;
    if let Some(last) = captures.iter().map(|capture| capture.pin().held_at).max() {
        work.emit(Event::Pinned { at: last });
    }
    let databases = found
        .into_iter()
        .zip(captures)
        .map(|(found, capture)| PinnedDatabase { found, capture })
        .collect();
    Ok(PinnedSources { scan, databases })
}

/// The databases that are wanted, and how each is to be captured.
fn find(
    roots: &Roots,
    mounts: &[SourceMount],
    wanted: &[DatabaseRef],
    limits: CaptureLimits,
    scratch: &Path,
    work: &Work,
) -> Result<(ScanReport, Vec<(FoundDatabase, CaptureRequest)>), Failure> {
    let mut scan = look(roots, mounts, work)?;
    let mut found = std::mem::take(&mut scan.databases);
    if !wanted.is_empty() {
        found.retain(|database| {
            let mount = mounts
                .iter()
                .find(|mount| mount.index == database.source_index);
            wanted.iter().any(|reference| {
                reference.path == database.path
                    && mount.is_some_and(|mount| mount.name == reference.volume)
            })
        });
    }
    let requests = found
        .into_iter()
        .map(|database| {
            let mount = mounts
                .iter()
                .find(|mount| mount.index == database.source_index)
                .expect("the scan speaks only of sources it was given");
            let scanned = scan
                .sources
                .iter()
                .find(|source| source.index == mount.index);
            let request = CaptureRequest {
                mount_root: roots.source(mount),
                path: database.path.clone(),
                single_file: mount.single_file,
                writable: mount.writable,
                in_use: mount.in_use,
                locks_trusted: scanned.is_some_and(|source| source.locks_trusted),
                lock_timeout_ms: limits.lock_timeout_ms,
                max_wal_growth_bytes: limits.max_wal_growth_bytes,
                scratch: scratch.to_path_buf(),
            };
            (database, request)
        })
        .collect();
    Ok((scan, requests))
}
