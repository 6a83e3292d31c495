//! Comparing a backup with the live databases, which says what a restore would change, or with another backup.

use std::collections::BTreeSet;

use lifeboat_store::manifest::{BackedDatabase, Finding, Release};
use lifeboat_store::protocol::{BackupRecord, Examination};

use super::events::{StepTracker, step};
use super::health;
use super::list;
use super::resolve::resolve;
use crate::api::{ComparedBackup, Comparison, TableComparison};
use crate::error::Error;
use crate::job::JobContext;
use crate::lifeboat::Lifeboat;

/// Compares two backups, by what was counted when each was taken.
pub(crate) async fn compare_backups(
    lifeboat: &Lifeboat,
    app: &str,
    selector: &str,
    with: &str,
) -> Result<Comparison, Error> {
    let record = list::record(lifeboat, app, selector).await?;
    let other = list::record(lifeboat, app, with).await?;
    let then = &record.summary.databases;
    let now = &other.summary.databases;
    let words = Words::Backup(&other.summary.id);
    Ok(comparison(
        app,
        &record,
        tables(now, then),
        schema_changes(now, then, words),
        other.summary.releases.clone(),
        Some(ComparedBackup {
            id: other.summary.id.clone(),
            at: other.summary.created_at,
        }),
    ))
}

/// Compares with what is live.
pub(crate) async fn compare(
    lifeboat: &Lifeboat,
    app: &str,
    selector: &str,
    job: &JobContext,
) -> Result<Comparison, Error> {
    let steps = vec![
        step("capture", "Read the databases", true),
        step("verify", "Count the rows", true),
    ];
    let mut tracker = StepTracker::start(job, steps);
    let record = list::record(lifeboat, app, selector).await?;
    let resolved = resolve(lifeboat.engine_handle(), app).await?;
    let examination = if resolved.storages.is_empty() {
        Examination {
            databases: Vec::new(),
            unread: Vec::new(),
            findings: Vec::new(),
        }
    } else {
        health::examine(lifeboat, &resolved, Vec::new(), false, &mut tracker, job).await?
    };
    tracker.finish();
    let now: Vec<BackedDatabase> = examination
        .databases
        .into_iter()
        .map(|(described, _)| described)
        .collect();
    let unread = examination.unread;
    let was_read = |database: &BackedDatabase| {
        !unread
            .iter()
            .any(|other| other.volume == database.volume && other.path == database.path)
    };
    let mut then = record.summary.databases.clone();
    then.retain(was_read);
    let tables = tables(&now, &then);
    let mut schema_changes = schema_changes(&now, &then, Words::Live);
    schema_changes.extend(unread.iter().map(health::finding_of));
    let releases = resolved.releases(lifeboat.engine_handle()).await;
    Ok(comparison(
        app,
        &record,
        tables,
        schema_changes,
        releases,
        None,
    ))
}

fn comparison(
    app: &str,
    record: &BackupRecord,
    tables: Vec<TableComparison>,
    schema_changes: Vec<Finding>,
    releases_now: Vec<Release>,
    with: Option<ComparedBackup>,
) -> Comparison {
    let same = schema_changes.is_empty()
        && tables
            .iter()
            .all(|table| table.rows_now == table.rows_in_backup);
    Comparison {
        app: app.to_owned(),
        backup_id: record.summary.id.clone(),
        backup_at: record.summary.created_at,
        with,
        releases_then: record.summary.releases.clone(),
        releases_now,
        tables,
        schema_changes,
        same,
    }
}

/// What the other side is called.
#[derive(Debug, Clone, Copy)]
enum Words<'a> {
    Live,
    /// A backup, by its id.
    Backup(&'a str),
}

impl Words<'_> {
    fn only_in_backup(self, path: &str) -> String {
        match self {
            Self::Live => format!("{path} is in the backup and not in the volume."),
            Self::Backup(other) => format!("{path} is in the backup and not in {other}."),
        }
    }

    fn only_in_other(self, path: &str) -> String {
        match self {
            Self::Live => format!("{path} is not in the backup; a restore leaves it alone."),
            Self::Backup(other) => format!("{path} is in {other} and not in the backup."),
        }
    }

    fn schema_differs(self, path: &str, then: i64, now: i64) -> String {
        match self {
            Self::Live => format!(
                "The schema of {path} changed since the backup (user_version {then} then, {now} now)."
            ),
            Self::Backup(other) => format!(
                "The schema of {path} is another one in {other} (user_version {then} in the backup, {now} \
                 there)."
            ),
        }
    }
}

fn tables(now: &[BackedDatabase], then: &[BackedDatabase]) -> Vec<TableComparison> {
    let names: BTreeSet<_> = now
        .iter()
        .chain(then)
        .flat_map(|database| {
            database.tables.iter().map(|table| {
                (
                    database.volume.clone(),
                    database.path.clone(),
                    table.name.clone(),
                )
            })
        })
        .collect();
    names
        .into_iter()
        .map(|(volume, path, name)| {
            let rows = |side: &[BackedDatabase]| {
                side.iter()
                    .find(|database| database.volume == volume && database.path == path)
                    .and_then(|database| database.tables.iter().find(|table| table.name == name))
                    .and_then(|table| table.rows)
            };
            TableComparison {
                rows_now: rows(now),
                rows_in_backup: rows(then),
                volume,
                path,
                name,
            }
        })
        .collect()
}

fn schema_changes(
    now: &[BackedDatabase],
    then: &[BackedDatabase],
    words: Words<'_>,
) -> Vec<Finding> {
    let mut changes = Vec::new();
    let mut tell = |database: &BackedDatabase, code: &str, message: String| {
        changes.push(Finding {
            code: code.to_owned(),
            volume: Some(database.volume.clone()),
            path: Some(database.path.clone()),
            message,
        });
    };
    let same = |left: &BackedDatabase, right: &BackedDatabase| {
        left.volume == right.volume && left.path == right.path
    };
    for old in then {
        match now.iter().find(|new| same(new, old)) {
            None => tell(
                old,
                "only-in-backup",
                words.only_in_backup(&old.path.display().to_string()),
            ),
            Some(new) if new.schema_sha256 != old.schema_sha256 => tell(
                old,
                "schema-differs",
                words.schema_differs(
                    &old.path.display().to_string(),
                    old.user_version,
                    new.user_version,
                ),
            ),
            Some(_) => {}
        }
    }
    for new in now
        .iter()
        .filter(|new| !then.iter().any(|old| same(new, old)))
    {
        tell(
            new,
            "only-now",
            words.only_in_other(&new.path.display().to_string()),
        );
    }
    changes
}
