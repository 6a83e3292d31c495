//! Growth over time: what the vault remembers of earlier looks, joined with what its backups tell.

use std::collections::BTreeSet;

use jiff::Timestamp;
use lifeboat_store::RelativePath;
use lifeboat_store::history::{HistoryDatabase, HistoryPoint, HistorySource, verdict_on};
use lifeboat_store::manifest::{Trigger, Verdict};
use lifeboat_store::protocol::{Answer, BackupRecord, Examination, Listing, Request};

use super::wal_bytes;
use crate::api::{GrowthPoint, GrowthSource};
use crate::error::Error;
use crate::lifeboat::Lifeboat;
use crate::operations::resolve::Resolved;
use crate::operations::vault::{Needs, OpenedVault, vault_volume};

/// What the vault says; nothing where there is none.
pub(super) struct Remembered {
    pub(super) listing: Listing,
    /// Oldest first; the last one is the present look.
    pub(super) points: Vec<HistoryPoint>,
}

/// The present look.
pub(super) fn look(at: Timestamp, resolved: &Resolved, examination: &Examination) -> HistoryPoint {
    let looked_at = examination.databases.iter().map(|(described, judged)| {
        let wal_bytes = wal_bytes(resolved, &described.volume, &described.path);
        HistoryDatabase::of(described, Some(wal_bytes), judged.verdict)
    });
    let unread = examination.unread.iter().map(|unread| HistoryDatabase {
        volume: unread.volume.clone(),
        path: unread.path.clone(),
        size_bytes: unread.size_bytes,
        wal_bytes: Some(wal_bytes(resolved, &unread.volume, &unread.path)),
        rows: None,
        table_count: 0,
        page_size: 0,
        free_page_count: None,
        verdict: Verdict::NotCheckable,
    });
    let databases = looked_at.chain(unread).collect();
    HistoryPoint::new(at, HistorySource::Check, databases)
}

/// Lists the backups, has the vault remember the present look, and asks what it remembers.
///
/// # Errors
/// The backups cannot be listed. That a look was not written down, or not read, is only logged.
pub(super) async fn remember(
    lifeboat: &Lifeboat,
    app: &str,
    present: HistoryPoint,
) -> Result<Remembered, Error> {
    let volume = lifeboat.engine_handle().volume(&vault_volume(app)).await?;
    if volume.is_none() {
        return Ok(Remembered {
            listing: Listing::default(),
            points: vec![present],
        });
    }
    let needs = Needs {
        purpose: "health",
        ..Needs::default()
    };
    let mut vault = lifeboat.open_vault_for_recovery(app, &needs).await?;
    let listing = vault.list(app).await;
    let history = match &listing {
        Ok(_) => history_with(&mut vault, present.clone()).await,
        Err(_) => Vec::new(),
    };
    vault.close().await;
    let listing = listing?;
    let points = join(history, &listing.backups, present);
    Ok(Remembered { listing, points })
}

async fn history_with(vault: &mut OpenedVault, point: HistoryPoint) -> Vec<HistoryPoint> {
    let request = Request::RecordHistory {
        point: Box::new(point),
    };
    if let Err(error) = vault.ask_quietly(request).await {
        tracing::warn!(?error, "a health check was not remembered");
    }
    match vault.ask_quietly(Request::ReadHistory).await {
        Ok(Answer::History { points }) => points,
        answer => {
            tracing::warn!(?answer, "the history was not read");
            Vec::new()
        }
    }
}

/// What is remembered, and what only the backups' manifests know: no look twice. A proof that came later
/// counts for what was not checked at the time.
fn join(
    mut points: Vec<HistoryPoint>,
    backups: &[BackupRecord],
    present: HistoryPoint,
) -> Vec<HistoryPoint> {
    for record in backups {
        let source = HistorySource::Backup {
            id: record.summary.id.clone(),
        };
        match points.iter_mut().find(|point| point.source == source) {
            Some(point) => learn_verdicts(point, record),
            None if is_a_look(record) => points.push(of_backup(record, source)),
            None => {}
        }
    }
    points.sort_by_key(|point| point.at);
    // It may not have been written down, because nothing has changed since the last one or for a worse reason.
    let is_last = points.last().is_some_and(|last| {
        last.source == HistorySource::Check && last.databases == present.databases
    });
    if !is_last {
        points.push(present);
    }
    points
}

/// What was brought in, or replaced by a restore, is not all of the application at that moment.
fn is_a_look(record: &BackupRecord) -> bool {
    !matches!(
        record.summary.trigger,
        Trigger::Import | Trigger::PreRestore
    )
}

fn of_backup(record: &BackupRecord, source: HistorySource) -> HistoryPoint {
    let described = record.summary.databases.iter();
    let databases = described
        .map(|described| {
            let verdict = verdict_on(described, &record.verification.databases);
            HistoryDatabase::of(described, None, verdict)
        })
        .collect();
    HistoryPoint::new(record.summary.created_at, source, databases)
}

fn learn_verdicts(point: &mut HistoryPoint, record: &BackupRecord) {
    for database in &mut point.databases {
        let verdicts = &record.verification.databases;
        let same = verdicts
            .iter()
            .find(|one| one.volume == database.volume && one.path == database.path);
        if let (Verdict::NotChecked, Some(later)) = (database.verdict, same) {
            database.verdict = later.verdict;
        }
    }
}

/// The points as the shells show them.
pub(super) fn curve(points: &[HistoryPoint]) -> Vec<GrowthPoint> {
    let countable: BTreeSet<(&str, &RelativePath)> = points
        .iter()
        .flat_map(|point| &point.databases)
        .filter(|database| database.rows.is_some())
        .map(|database| (database.volume.as_str(), &database.path))
        .collect();
    let point_of = |point: &HistoryPoint| {
        let databases = &point.databases;
        let missed = databases.iter().any(|database| {
            let key = (database.volume.as_str(), &database.path);
            database.rows.is_none() && countable.contains(&key)
        });
        let rows = sum(databases.iter().map(|database| database.rows));
        GrowthPoint {
            at: point.at,
            source: match point.source {
                HistorySource::Backup { .. } => GrowthSource::Backup,
                HistorySource::Check => GrowthSource::Check,
            },
            backup: match &point.source {
                HistorySource::Backup { id } => Some(id.clone()),
                HistorySource::Check => None,
            },
            size_bytes: databases.iter().map(|database| database.size_bytes).sum(),
            wal_bytes: sum(databases.iter().map(|database| database.wal_bytes)),
            row_count: rows.filter(|_| !missed),
            verdict: point.verdict(),
        }
    };
    points.iter().map(point_of).collect()
}

/// The sum of what is known; `None` where nothing is.
fn sum(values: impl Iterator<Item = Option<u64>>) -> Option<u64> {
    values.flatten().reduce(u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use lifeboat_store::manifest::{Notes, Verification};
    use serde_json::json;

    use super::*;

    fn database(path: &str, size_bytes: u64, rows: Option<u64>) -> HistoryDatabase {
        HistoryDatabase {
            volume: "data".to_owned(),
            path: RelativePath::new(path).expect("a path"),
            size_bytes,
            wal_bytes: Some(10),
            rows,
            table_count: 1,
            page_size: 4096,
            free_page_count: None,
            verdict: Verdict::NotChecked,
        }
    }

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(hour * 3600).expect("a time")
    }

    fn check(hour: i64, databases: Vec<HistoryDatabase>) -> HistoryPoint {
        HistoryPoint::new(at(hour), HistorySource::Check, databases)
    }

    fn backup(hour: i64, id: &str, databases: Vec<HistoryDatabase>) -> HistoryPoint {
        let source = HistorySource::Backup { id: id.to_owned() };
        HistoryPoint::new(at(hour), source, databases)
    }

    fn record(hour: i64, id: &str, trigger: Trigger) -> BackupRecord {
        let summary = json!({
            "format": 1, "id": id, "file_name": "a.tar", "app": "shop", "trigger": trigger,
            "created_at": at(hour), "codec": "gzip", "scope": "whole", "raw_bytes": 1, "stored_bytes": 1,
            "sha256": "", "file_count": 0, "volumes": [], "releases": [], "tool_version": "0.1.0",
            "sqlite_version": "3", "findings": [],
            "databases": [{
                "volume": "data", "volume_index": 0, "path": RelativePath::new("app.db"), "kind": "sqlite",
                "size_bytes": 8192, "sha256": "", "page_size": 4096, "page_count": 2,
                "journal_mode": "wal", "user_version": 1, "application_id": 0, "schema_sha256": "aa",
                "tables": [{ "name": "orders", "rows": 7 }], "method": "pages", "read_ms": 1,
                "ownership": { "uid": 1, "gid": 1, "mode": 0o600 },
                "pin": { "asked_at": at(hour), "held_at": at(hour) },
            }],
        });
        let verification = json!({
            "verdict": "sound",
            "databases": [{ "volume": "data", "path": RelativePath::new("app.db"), "verdict": "sound" }],
        });
        BackupRecord {
            summary: serde_json::from_value(summary).expect("a summary"),
            verification: serde_json::from_value::<Verification>(verification).expect("a verdict"),
            notes: Notes::default(),
        }
    }

    #[test]
    fn backups_of_before_there_was_a_history_are_points_and_none_is_one_twice() {
        let remembered = vec![
            backup(2, "b", vec![database("app.db", 4096, Some(3))]),
            backup(3, "gone", vec![database("app.db", 5000, Some(4))]),
        ];
        let backups = [
            record(4, "imported", Trigger::Import),
            record(2, "b", Trigger::Scheduled),
            record(1, "a", Trigger::Manual),
        ];
        let present = check(5, vec![database("app.db", 9000, Some(9))]);
        let curve = curve(&join(remembered, &backups, present));
        let told: Vec<_> = curve
            .iter()
            .map(|point| (point.backup.as_deref(), point.size_bytes, point.row_count))
            .collect();
        assert_eq!(
            told,
            [
                (Some("a"), 8192, Some(7)),
                (Some("b"), 4096, Some(3)),
                (Some("gone"), 5000, Some(4)),
                (None, 9000, Some(9)),
            ]
        );
        let verdicts: Vec<Verdict> = curve.iter().map(|point| point.verdict).collect();
        let [sound, open] = [Verdict::Sound, Verdict::NotChecked];
        assert_eq!(
            verdicts,
            [sound, sound, open, open],
            "what was proven later is proven"
        );
    }

    #[test]
    fn the_present_look_is_the_last_point_once() {
        let same = || vec![database("app.db", 1, Some(1))];
        let noted = join(vec![check(1, same())], &[], check(2, same()));
        assert_eq!(noted.len(), 1);
        let lost = join(Vec::new(), &[], check(2, same()));
        assert_eq!(lost.len(), 1);
        let other = vec![database("app.db", 2, Some(1))];
        assert_eq!(join(vec![check(1, same())], &[], check(2, other)).len(), 2);
    }

    #[test]
    fn rows_that_could_not_be_counted_once_make_no_drop() {
        let secret = || database("secret.db", 1, None);
        let points = [
            check(1, vec![database("app.db", 1, Some(5)), secret()]),
            check(2, vec![database("app.db", 1, None), secret()]),
        ];
        let rows: Vec<_> = curve(&points).iter().map(|point| point.row_count).collect();
        assert_eq!(rows, [Some(5), None]);
    }
}
