//! Comparing a backup with the live databases: what would a restore change?

use std::collections::BTreeSet;

use lifeboat_store::manifest::{BackedDatabase, Finding};
use lifeboat_store::protocol::Examination;

use super::events::{StepTracker, step};
use super::health;
use super::list;
use super::resolve::resolve;
use crate::api::{Comparison, TableComparison};
use crate::error::Error;
use crate::job::JobContext;
use crate::lifeboat::Lifeboat;

/// Compares.
pub(crate) async fn compare(
    lifeboat: &Lifeboat,
    app: &str,
    selector: &str,
    job: &JobContext,
) -> Result<Comparison, Error> {
    let steps = vec![
        step("capture", "Copy the databases to scratch", true),
        step("verify", "Count the rows of the copies", true),
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
    let mut schema_changes = schema_changes(&now, &then);
    schema_changes.extend(unread.iter().map(health::finding_of));
    let same = schema_changes.is_empty()
        && tables
            .iter()
            .all(|table| table.rows_now == table.rows_in_backup);
    Ok(Comparison {
        app: app.to_owned(),
        backup_id: record.summary.id.clone(),
        backup_at: record.summary.created_at,
        releases_then: record.summary.releases.clone(),
        releases_now: resolved.releases(lifeboat.engine_handle()).await,
        tables,
        schema_changes,
        same,
    })
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

fn schema_changes(now: &[BackedDatabase], then: &[BackedDatabase]) -> Vec<Finding> {
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
                format!(
                    "{} is in the backup and not in the volume.",
                    old.path.display()
                ),
            ),
            Some(new) if new.schema_sha256 != old.schema_sha256 => tell(
                old,
                "schema-differs",
                format!(
                    "The schema of {} changed since the backup (user_version {} then, {} now).",
                    old.path.display(),
                    old.user_version,
                    new.user_version
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
            format!(
                "{} is not in the backup; a restore leaves it alone.",
                new.path.display()
            ),
        );
    }
    changes
}
