//! One database file with several names.
//!
//! SQLite keeps log, journal and shared memory beside the name that a database was opened under. A
//! reader that came by another name would not see what the log holds, and two fences around one file
//! would wait for each other.

use super::plan::Candidate;
use crate::failure::Failure;
use crate::work::Work;

/// Has each file opened under one of its names, the one that is used as far as can be seen.
///
/// # Errors
/// As [`super::capture_group`].
pub(super) fn open_under_one_name(
    candidates: &mut [Candidate],
    work: &Work,
) -> Result<(), Failure> {
    for position in 0..candidates.len() {
        let used = used_name(candidates, position);
        let source = candidates[used].source.clone();
        let candidate = &mut candidates[position];
        if source != candidate.source {
            *candidate = Candidate::find_at(candidate.request.clone(), source, work)?;
        }
    }
    Ok(())
}

/// Which of the candidates is the same file under the name beside which something lies; the first of
/// them where nothing tells.
fn used_name(candidates: &[Candidate], position: usize) -> usize {
    let file = candidates[position].located.look.device_and_inode;
    let mut same = candidates
        .iter()
        .enumerate()
        .filter(|(_, other)| other.located.look.device_and_inode == file);
    let first = same.clone().map(|(index, _)| index).next();
    same.find(|(_, other)| {
        let look = &other.located.look;
        look.wal_bytes.is_some() || look.has_shm || look.journal_is_hot
    })
    .map(|(index, _)| index)
    .or(first)
    .unwrap_or(position)
}
