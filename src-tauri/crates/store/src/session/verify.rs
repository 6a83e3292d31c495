//! Proving a backup again: read all of it, restore its databases to scratch, check them.

use std::time::Instant;

use jiff::Timestamp;

use super::seal;
use crate::database;
use crate::failure::{Failure, FailureKind};
use crate::manifest::{Verdict, Verification};
use crate::vault::Vault;
use crate::work::Work;

/// Verifies a backup and records the verdict.
pub(super) fn verify(vault: &Vault, id: &str, work: &Work) -> Result<Verification, Failure> {
    let started = Instant::now();
    match vault.check_files(id) {
        Err(failure) if failure.kind == FailureKind::Damaged => {
            return record(vault, id, damaged(format!("{}.", failure.message)));
        }
        checked => checked?,
    }
    let manifest = vault.manifest(id)?;
    let scratch = vault.scratch(&format!("verify-{id}"))?;
    work.phase("unpack", Some(manifest.summary.raw_bytes));
    let room = seal::room_to_unpack(vault, &manifest)?;
    let archive = match vault.open_archive(id) {
        Ok(archive) => archive,
        Err(failure) if failure.kind == FailureKind::NotFound => {
            return record(
                vault,
                id,
                damaged("The archive is missing from the vault.".to_owned()),
            );
        }
        Err(failure) => return Err(failure),
    };
    let unpacked = match seal::unpack(archive, &manifest, room.then_some(scratch.path()), work) {
        Ok(unpacked) => unpacked,
        Err(failure) if failure.kind == FailureKind::Damaged => {
            return record(
                vault,
                id,
                damaged(format!(
                    "The archive is not what its manifest says: {}.",
                    failure.message
                )),
            );
        }
        Err(failure) => return Err(failure),
    };
    let unpack_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let verification = if room {
        seal::check(&manifest, &unpacked, unpack_ms, work)?
    } else {
        Verification::not_checked(Some(
            "All hashes fit, but there was no room to unpack the databases and look at them."
                .to_owned(),
        ))
    };
    record(vault, id, verification)
}

/// That a backup cannot be looked at now takes nothing from an earlier proof.
fn record(vault: &Vault, id: &str, verification: Verification) -> Result<Verification, Failure> {
    let says_nothing = verification.verdict == Verdict::NotChecked;
    if says_nothing && vault.record(id)?.verification.verdict == Verdict::Sound {
        return Ok(verification);
    }
    vault.write_verification(id, &verification)?;
    Ok(verification)
}

fn damaged(reason: String) -> Verification {
    Verification {
        verdict: Verdict::Damaged,
        reason: Some(reason),
        at: Some(Timestamp::now()),
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        sqlite_version: database::sqlite_version().to_owned(),
        restore_ms: 0,
        databases: Vec::new(),
    }
}
