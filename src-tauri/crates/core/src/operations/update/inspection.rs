//! The last question of the gate: are the databases still what they were?

use lifeboat_store::manifest::{BackedDatabase, DatabaseVerdict, Finding, TableRows, Verdict};
use lifeboat_store::settings::LostTables;

use super::logbook::Entry;
use crate::error::Error;
use crate::job::JobContext;
use crate::lifeboat::Lifeboat;
use crate::operations::events::StepTracker;
use crate::operations::health;
use crate::operations::list;
use crate::operations::resolve::resolve;
use crate::shell;

/// What a look at the databases said.
pub(super) struct Inspection {
    /// Why the release is not to be kept.
    pub(super) refusal: Option<String>,
    /// Things to know.
    pub(super) findings: Vec<Finding>,
}

/// Compares the databases as the new release left them with the backup from before.
pub(super) async fn inspect(
    lifeboat: &Lifeboat,
    app: &str,
    entry: &Entry,
    tracker: &mut StepTracker<'_>,
    job: &JobContext,
) -> Result<Inspection, Error> {
    let before = list::record(lifeboat, app, &entry.hot_backup_id).await?;
    let resolved = resolve(lifeboat.engine_handle(), app).await?;
    let integrity = health::live_bytes(&resolved) <= crate::settings::HEALTH_CHECK_BYTES;
    let examination =
        health::examine(lifeboat, &resolved, Vec::new(), integrity, tracker, job).await?;
    let mut inspection = Inspection {
        refusal: None,
        findings: examination.findings,
    };
    for known in &before.summary.databases {
        let loss = match look(known, &examination.databases) {
            Err(refusal) => Some(refusal),
            Ok(lost) => match (entry.health.lost_tables, lost.first()) {
                (LostTables::RollBack, Some(first)) => Some(meant(first, app)),
                _ => {
                    let told = lost.iter().map(|what| told(known, what));
                    inspection.findings.extend(told);
                    None
                }
            },
        };
        inspection.refusal = inspection.refusal.or(loss);
    }
    Ok(inspection)
}

/// What to do if nothing was lost that was to be kept.
fn meant(what: &str, app: &str) -> String {
    format!(
        "{what} (if the release is meant to do that: lifeboat settings {} LOST_TABLES=warn)",
        shell::word(app)
    )
}

fn told(known: &BackedDatabase, what: &str) -> Finding {
    Finding {
        code: "table-lost".to_owned(),
        volume: Some(known.volume.clone()),
        path: Some(known.path.clone()),
        message: format!("With the new release {what}; the backups from before have it."),
    }
}

/// The tables that a database lost, in words.
///
/// # Errors
/// Why the database itself is none any more.
fn look(
    known: &BackedDatabase,
    now: &[(BackedDatabase, DatabaseVerdict)],
) -> Result<Vec<String>, String> {
    let path = known.path.display().to_string();
    let found = now
        .iter()
        .find(|(one, _)| one.volume == known.volume && one.path == known.path);
    let Some((present, verdict)) = found else {
        return Err(format!("the database {path} is gone"));
    };
    if verdict.verdict == Verdict::Damaged {
        let reason = verdict.reason.clone().unwrap_or_default();
        return Err(format!("the database {path} is damaged: {reason}"));
    }
    let lost = known.tables.iter();
    Ok(lost
        .filter_map(|table| lost_table(table, &present.tables))
        .map(|what| format!("{what} in {path}"))
        .collect())
}

/// A table that is gone, or that had rows and has none. A table that SQLite itself keeps for an index
/// over text may come and go.
fn lost_table(table: &TableRows, now: &[TableRows]) -> Option<String> {
    let present = now.iter().find(|one| one.name == table.name);
    let had_rows = table.rows.is_some_and(|rows| rows > 0);
    match present {
        None if had_rows => Some(format!("the table {} is gone", table.name)),
        Some(present) if had_rows && present.rows == Some(0) => {
            Some(format!("the table {} lost all of its rows", table.name))
        }
        _ => None,
    }
}
