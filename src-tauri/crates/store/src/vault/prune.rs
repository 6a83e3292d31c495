//! Rotation on the vault: what goes, and letting it go.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::Vault;
use crate::manifest::Verdict;
use crate::protocol::{BackupRecord, PruneReport, PruneRequest};
use crate::rotation::{Candidate, Circumstances, Rules, Suspension, rotate};
use crate::schedule::DAY;
use crate::settings::{Key, Settings, entry};
use crate::{Failure, FailureKind};

/// So many entries of the audit log are looked through for the last backup.
const AUDIT_ENTRIES: u32 = 1000;

impl Vault {
    /// Decides which backups go by the settings in force, and unless it is a dry run, deletes them.
    /// Needs the lock then.
    ///
    /// # Errors
    /// As [`Self::list`] and [`Self::delete`]; settings, status or records that cannot be read.
    pub fn prune(&self, request: &PruneRequest) -> Result<PruneReport, Failure> {
        if !request.dry_run {
            self.require_lock()?;
            if request.preview.is_some() {
                let message = "settings that are not in force remove nothing";
                return Err(Failure::new(FailureKind::Protocol, message));
            }
        }
        // Rules that cannot be read might have kept more: nothing goes by defaults then.
        let stored = self.settings()?;
        let mut settings = stored.map_or_else(Settings::default, |stored| stored.settings());
        apply_preview(&mut settings, request.preview.as_ref())?;
        let backups = self.list()?.backups;
        let circumstances = Circumstances {
            now: request.now,
            in_use: self.in_use(&backups)?,
            suspension: self.suspension(request.now)?,
        };
        let candidates: Vec<Candidate> = backups.iter().map(Candidate::from).collect();
        let rotation = rotate(&candidates, &Rules::from(&settings), &circumstances);
        let going = rotation.going();
        if !request.dry_run && !going.is_empty() {
            self.delete(&going)?;
        }
        let freed = rotation.decisions.iter().filter(|one| one.goes());
        Ok(PruneReport {
            freed_bytes: freed.map(|one| one.stored_bytes).sum(),
            removed: if request.dry_run { Vec::new() } else { going },
            rotation,
        })
    }

    /// Backups whose last proof is older than that, the oldest proof first. One that was found damaged
    /// needs no further proof.
    ///
    /// # Errors
    /// As [`Self::list`].
    pub fn due_for_proof(&self, proven_before: Timestamp) -> Result<Vec<String>, Failure> {
        let mut due: Vec<(Option<Timestamp>, String)> = self
            .list()?
            .backups
            .into_iter()
            .filter(|record| record.verification.verdict != Verdict::Damaged)
            .filter(|record| record.verification.at.is_none_or(|at| at < proven_before))
            .map(|record| (record.verification.at, record.summary.id))
            .collect();
        due.sort_unstable();
        Ok(due.into_iter().map(|(_, id)| id).collect())
    }

    /// Backups that the logbook or an undo names, in whatever way.
    fn in_use(&self, backups: &[BackupRecord]) -> Result<BTreeSet<String>, Failure> {
        let mut texts = String::new();
        for value in [self.logbook()?, self.undo()?].into_iter().flatten() {
            collect_texts(&value, &mut texts);
        }
        let ids = backups.iter().map(|record| record.summary.id.clone());
        Ok(ids.filter(|id| texts.contains(id.as_str())).collect())
    }

    /// What speaks against removing anything, beside the list itself.
    fn suspension(&self, now: Timestamp) -> Result<Option<Suspension>, Failure> {
        let status = self.guard_status().unwrap_or_default();
        let set_at = status.and_then(|status| status.clock_set_at);
        if set_at.is_some_and(|at| now.duration_since(at).abs() <= DAY) {
            return Ok(Some(Suspension::ClockWasSet));
        }
        let entries = self.audit_read(Some(AUDIT_ENTRIES))?;
        let last = entries
            .iter()
            .rev()
            .map(|entry| &entry.draft)
            .find(|draft| {
                draft.operation == "backup" && ["ok", "failed"].contains(&draft.outcome.as_str())
            });
        Ok(last
            .is_some_and(|draft| draft.outcome == "failed")
            .then_some(Suspension::LastBackupFailed))
    }
}

/// Moments before this one have a proof that is too old; `None` where proofs do not age.
#[must_use]
pub fn proof_limit(settings: &Settings, now: Timestamp) -> Option<Timestamp> {
    let days = settings.verify_again_days;
    let age = SignedDuration::from_hours(i64::from(days) * 24);
    (days > 0).then(|| now.checked_sub(age).ok()).flatten()
}

fn apply_preview(
    settings: &mut Settings,
    preview: Option<&BTreeMap<Key, String>>,
) -> Result<(), Failure> {
    for (key, text) in preview.into_iter().flatten() {
        let row = entry(*key);
        row.apply(settings, text).map_err(|why| {
            let message = format!("{} {why}; allowed is {}", row.name, row.allowed);
            Failure::new(FailureKind::Unsupported, message)
        })?;
    }
    Ok(())
}

fn collect_texts(value: &Value, texts: &mut String) {
    match value {
        Value::String(text) => {
            texts.push_str(text);
            texts.push('\n');
        }
        Value::Array(items) => items.iter().for_each(|item| collect_texts(item, texts)),
        Value::Object(members) => {
            for (name, item) in members {
                texts.push_str(name);
                texts.push('\n');
                collect_texts(item, texts);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
