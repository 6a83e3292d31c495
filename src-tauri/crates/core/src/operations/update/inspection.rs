//! The last question of the gate: are the databases still what they were?

use lifeboat_store::manifest::{BackedDatabase, DatabaseVerdict, Finding, TableRows, Verdict};

use crate::error::Error;
use crate::job::JobContext;
use crate::lifeboat::Lifeboat;
use crate::operations::events::StepTracker;
use crate::operations::health;
use crate::operations::list;
use crate::operations::resolve::resolve;

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
    hot_backup_id: &str,
    tracker: &mut StepTracker<'_>,
    job: &JobContext,
) -> Result<Inspection, Error> {
    let before = list::record(lifeboat, app, hot_backup_id).await?;
    let resolved = resolve(lifeboat.engine_handle(), app).await?;
    let integrity = health::live_bytes(&resolved) <= crate::settings::HEALTH_CHECK_BYTES;
    let examination =
        health::examine(lifeboat, &resolved, Vec::new(), integrity, tracker, job).await?;
    let refusal = before
        .summary
        .databases
        .iter()
        .find_map(|known| refuse(known, &examination.databases));
    Ok(Inspection {
        refusal,
        findings: examination.findings,
    })
}

fn refuse(known: &BackedDatabase, now: &[(BackedDatabase, DatabaseVerdict)]) -> Option<String> {
    let path = known.path.display().to_string();
    let found = now
        .iter()
        .find(|(one, _)| one.volume == known.volume && one.path == known.path);
    let Some((present, verdict)) = found else {
        return Some(format!("the database {path} is gone"));
    };
    if verdict.verdict == Verdict::Damaged {
        let reason = verdict.reason.clone().unwrap_or_default();
        return Some(format!("the database {path} is damaged: {reason}"));
    }
    known
        .tables
        .iter()
        .find_map(|table| lost(table, &present.tables).map(|what| format!("{what} in {path}")))
}

/// A table that is gone, or that had rows and has none. A table that SQLite itself keeps for an index
/// over text may come and go.
fn lost(table: &TableRows, now: &[TableRows]) -> Option<String> {
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
