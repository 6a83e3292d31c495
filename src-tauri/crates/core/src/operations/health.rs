//! Health: what the live databases look like, and whether their backups would bring them back.

mod disk;
mod growth;
mod space;
mod words;

use jiff::Timestamp;
use lifeboat_store::manifest::{Finding, JournalMode, Verdict};
use lifeboat_store::protocol::{
    Answer, BackupRecord, Examination, ExamineRequest, Request, UnreadDatabase,
};
use lifeboat_store::{FailureKind, RelativePath, protocol::DatabaseRef};

use super::events::{StepTracker, step};
use super::failure::error_of;
use super::names::new_job_name;
use super::resolve::{Resolved, resolve};
use super::vault::unexpected;
use crate::api::{DatabaseHealth, Health};
use crate::engine::{SessionError, SessionSpec};
use crate::error::Error;
use crate::job::JobContext;
use crate::lifeboat::Lifeboat;
use crate::settings;
use growth::Remembered;
use words::age_in_words;

/// A table that lost more than this share of its rows since the last backup is worth a word.
const SUDDEN_DROP_SHARE: f64 = 0.5;

/// Rows below which a drop means nothing.
const SUDDEN_DROP_ROWS: u64 = 20;

/// What to do about data that is missing.
const NOT_MEANT: &str =
    "If nobody meant that, pin that backup, compare it with now, and restore it.";

/// Looks at an application's databases.
pub(crate) async fn health(
    lifeboat: &Lifeboat,
    app: &str,
    deep: bool,
    job: &JobContext,
) -> Result<Health, Error> {
    let steps = vec![
        step("capture", "Read the databases", true),
        step("verify", "Check what was read", true),
    ];
    let mut tracker = StepTracker::start(job, steps);
    let resolved = resolve(lifeboat.engine_handle(), app).await?;
    resolved.require_database()?;
    let check = deep || live_bytes(&resolved) <= settings::HEALTH_CHECK_BYTES;
    let examination = examine(lifeboat, &resolved, Vec::new(), check, &mut tracker, job).await?;
    let present = growth::look(Timestamp::now(), &resolved, &examination);
    let remembered = growth::remember(lifeboat, &resolved.name, present).await?;
    tracker.finish();
    Ok(judge(&resolved, &remembered, examination, check))
}

pub(super) fn live_bytes(resolved: &Resolved) -> u64 {
    resolved
        .storages
        .iter()
        .flat_map(|storage| &storage.scanned.databases)
        .map(|found| found.size_bytes + found.wal_bytes)
        .sum()
}

/// Copies live databases into a scratch volume of their own and looks at the copies.
pub(super) async fn examine(
    lifeboat: &Lifeboat,
    resolved: &Resolved,
    databases: Vec<DatabaseRef>,
    integrity: bool,
    tracker: &mut StepTracker<'_>,
    job: &JobContext,
) -> Result<Examination, Error> {
    let first = examine_mounted(
        lifeboat, resolved, &databases, integrity, false, tracker, job,
    )
    .await;
    let outcome = match first {
        Err(SessionError::Failed(failure)) if failure.kind == FailureKind::NeedsReadWrite => {
            examine_mounted(
                lifeboat, resolved, &databases, integrity, true, tracker, job,
            )
            .await
        }
        outcome => outcome,
    };
    let doing = format!("The databases of {} could not be looked at", resolved.name);
    outcome.map_err(|failure| error_of(&doing, failure))
}

async fn examine_mounted(
    lifeboat: &Lifeboat,
    resolved: &Resolved,
    databases: &[DatabaseRef],
    integrity: bool,
    writable: bool,
    tracker: &mut StepTracker<'_>,
    job: &JobContext,
) -> Result<Examination, SessionError> {
    let engine = lifeboat.engine_handle();
    let scratch = engine.create_scratch(&new_job_name()).await?;
    let spec = SessionSpec {
        purpose: "health".to_owned(),
        scratch_volume: Some(scratch.clone()),
        sources: resolved.bindings(writable),
        capabilities: vec!["DAC_OVERRIDE"],
        user_namespace_mode: resolved.user_namespace_mode(),
        ..SessionSpec::default()
    };
    let outcome = async {
        let mut session = engine.open_session(spec).await?;
        let request = Request::Examine(ExamineRequest {
            sources: resolved.mounts(writable),
            databases: databases.to_vec(),
            integrity,
            lock_timeout_ms: settings::LOCK_TIMEOUT_MS,
        });
        let answer = session
            .request(request, &mut |event| tracker.hear(event), &job.cancel)
            .await;
        session.close_quietly().await;
        match answer? {
            Answer::Examine(examination) => Ok(examination),
            _ => Err(SessionError::Engine(unexpected())),
        }
    }
    .await;
    if let Err(error) = engine.remove_volume(&scratch).await {
        tracing::warn!(?error, volume = %scratch, "a scratch volume was left behind");
    }
    outcome
}

fn judge(
    resolved: &Resolved,
    remembered: &Remembered,
    examination: Examination,
    checked: bool,
) -> Health {
    let listing = &remembered.listing;
    let newest = listing.backups.first();
    let mut findings = resolved.findings.clone();
    findings.extend(examination.findings);
    // What the scan found is found again by whoever looks closer.
    let mut told = std::collections::BTreeSet::new();
    findings.retain(|one| {
        told.insert((
            one.code.clone(),
            one.volume.clone(),
            one.path.clone(),
            one.message.clone(),
        ))
    });
    let mut databases = Vec::new();
    for (described, judged) in examination.databases {
        if let Some(newest) = newest {
            compare_with_backup(&described, newest, &mut findings);
        }
        let wal_bytes = wal_bytes(resolved, &judged.volume, &judged.path);
        findings.extend(space::large_wal(&described, wal_bytes));
        findings.extend(space::free_pages(&described));
        databases.push(DatabaseHealth {
            volume: judged.volume,
            path: judged.path,
            verdict: judged.verdict,
            reason: judged.reason,
            size_bytes: described.size_bytes,
            wal_bytes,
            page_size: described.page_size,
            journal_mode: described.journal_mode,
            tables: described.tables,
            findings: judged.findings,
        });
    }
    for unread in &examination.unread {
        findings.push(finding_of(unread));
        databases.push(not_looked_at(resolved, unread));
    }
    findings.extend(disk::findings(listing, &remembered.points));
    let worst = databases.iter().max_by_key(|database| database.verdict);
    let verdict = worst.map_or(Verdict::NotChecked, |worst| worst.verdict);
    let reason = match worst {
        Some(worst) if worst.reason.is_some() => worst
            .reason
            .as_ref()
            .map(|why| format!("{}: {why}", worst.path.display())),
        _ if !checked => Some(
            "The databases are large: their rows were counted, and their pages are checked when that is \
             asked for (--deep on the command line)."
                .to_owned(),
        ),
        _ => None,
    };
    let size_bytes = databases.iter().map(|database| database.size_bytes).sum();
    let table_count = databases
        .iter()
        .map(|database| database.tables.len() as u64)
        .sum();
    let row_count = databases
        .iter()
        .flat_map(|database| &database.tables)
        .filter_map(|table| table.rows)
        .sum();
    Health {
        app: resolved.name.clone(),
        summary: summary(verdict, newest, Timestamp::now()),
        verdict,
        reason,
        checked_at: Timestamp::now(),
        size_bytes,
        table_count,
        row_count,
        backup_count: listing.backups.len() as u64,
        backup_bytes: listing.used_bytes,
        last_backup_at: newest.map(|newest| newest.summary.created_at),
        last_backup_verdict: newest.map(|newest| newest.verification.verdict),
        databases,
        growth: growth::curve(&remembered.points),
        findings,
    }
}

/// What is told of a database that could not be read while others could.
pub(super) fn finding_of(unread: &UnreadDatabase) -> Finding {
    Finding {
        code: "database-unread".to_owned(),
        volume: Some(unread.volume.clone()),
        path: Some(unread.path.clone()),
        message: format!(
            "{} could not be looked at: {}.",
            unread.path.display(),
            unread.failure.message
        ),
    }
}

fn not_looked_at(resolved: &Resolved, unread: &UnreadDatabase) -> DatabaseHealth {
    DatabaseHealth {
        volume: unread.volume.clone(),
        path: unread.path.clone(),
        verdict: Verdict::NotCheckable,
        reason: Some(format!(
            "it could not be looked at: {}",
            unread.failure.message
        )),
        size_bytes: unread.size_bytes,
        wal_bytes: wal_bytes(resolved, &unread.volume, &unread.path),
        page_size: 0,
        journal_mode: JournalMode::Unknown,
        tables: Vec::new(),
        findings: Vec::new(),
    }
}

fn wal_bytes(resolved: &Resolved, volume: &str, path: &RelativePath) -> u64 {
    resolved
        .storages
        .iter()
        .filter(|storage| storage.key.name == volume)
        .flat_map(|storage| &storage.scanned.databases)
        .find(|found| found.path == *path)
        .map_or(0, |found| found.wal_bytes)
}

/// A table that vanished or lost most of its rows since the last backup is told.
fn compare_with_backup(
    now: &crate::api::BackedDatabase,
    newest: &BackupRecord,
    findings: &mut Vec<Finding>,
) {
    let then = newest
        .summary
        .databases
        .iter()
        .find(|then| then.volume == now.volume && then.path == now.path);
    for table in then.iter().flat_map(|then| &then.tables) {
        let present = now.tables.iter().find(|present| present.name == table.name);
        let rows_then = table.rows.unwrap_or(0);
        let told = match present {
            None => Some((
                "table-vanished",
                format!(
                    "The table {} was there in the last backup and is gone. {NOT_MEANT}",
                    table.name
                ),
            )),
            Some(present) => present
                .rows
                .filter(|rows| dropped(rows_then, *rows))
                .map(|rows| {
                    (
                        "rows-dropped",
                        format!(
                            "The table {} has {rows} rows; in the last backup it had {rows_then}. \
                             {NOT_MEANT}",
                            table.name
                        ),
                    )
                }),
        };
        if let Some((code, message)) = told {
            findings.push(Finding {
                code: code.to_owned(),
                volume: Some(now.volume.clone()),
                path: Some(now.path.clone()),
                message,
            });
        }
    }
}

fn dropped(then: u64, now: u64) -> bool {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a share needs no exact row count"
    )]
    let share = now as f64 / then.max(1) as f64;
    then >= SUDDEN_DROP_ROWS && share < SUDDEN_DROP_SHARE
}

/// The first sentence: is there a way back? Whether backups go on by themselves is not known here.
fn summary(verdict: Verdict, newest: Option<&BackupRecord>, now: Timestamp) -> String {
    if verdict == Verdict::Damaged {
        return "The database is damaged. Do not update; restore a sound backup.".to_owned();
    }
    let Some(newest) = newest else {
        return "Never backed up.".to_owned();
    };
    let age = age_in_words(now.duration_since(newest.summary.created_at));
    match newest.verification.verdict {
        Verdict::Sound => format!("Last backup {age}, proven to restore."),
        Verdict::NotChecked => format!("Last backup {age}, not proven yet."),
        Verdict::NotCheckable => format!("Last backup {age}; it cannot be checked."),
        Verdict::Damaged => format!("At risk: the last backup, {age}, is damaged."),
    }
}
