//! A backup is a look at the databases: it becomes a point of the vault's history.

use super::seal::CapturedFacts;
use crate::history::{HistoryDatabase, HistoryPoint, HistorySource, verdict_on};
use crate::manifest::{BackedDatabase, Trigger};
use crate::protocol::BackupRecord;
use crate::vault::Vault;

/// Remembers what a backup that was just listed saw.
///
/// Of a file that was brought in, and of what a restore replaced, nothing is: they are not all of the
/// application as it was at that moment.
pub(super) fn remember(vault: &Vault, record: &BackupRecord, facts: &[CapturedFacts]) {
    let summary = &record.summary;
    if matches!(summary.trigger, Trigger::Import | Trigger::PreRestore) {
        return;
    }
    let seen = |described: &BackedDatabase| {
        let fact = facts.iter().find(|fact| {
            fact.volume_index == described.volume_index && fact.path == described.path
        });
        let verdict = verdict_on(described, &record.verification.databases);
        HistoryDatabase::of(described, fact.and_then(|fact| fact.wal_bytes), verdict)
    };
    let source = HistorySource::Backup {
        id: summary.id.clone(),
    };
    let databases = summary.databases.iter().map(seen).collect();
    // The backup is safe whether or not this is written down, and its manifest says the same for as long
    // as it is kept.
    let _ = vault.record_history(HistoryPoint::new(summary.created_at, source, databases));
}
