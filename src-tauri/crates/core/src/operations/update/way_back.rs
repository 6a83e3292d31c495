//! The way back of an update: the old image and the old data, as one matched pair.

use lifeboat_store::manifest::Finding;
use lifeboat_store::protocol::{
    Answer, ColdState, CollectRequest, Request, Selection, SourceMount, StageRequest, StageTarget,
    SwapReport,
};

use super::logbook::{Entry, Phase, Returning};
use crate::api::{Backup, UpdateOutcome, UpdateReport};
use crate::engine::{Engine, SessionError};
use crate::error::Error;
use crate::lifeboat::Lifeboat;
use crate::operations::containers::{
    Gate, judge, name_images, put_back, start_again, stop_until_quiet,
};
use crate::operations::discover::keys_of;
use crate::operations::failure::error_of;
use crate::operations::restore::{self, GoBack};
use crate::operations::vault::{OpenedVault, backup_of, unexpected};
use crate::shell;

/// How many of a failed release's last lines are kept in the report.
const LOG_LINES: u32 = 20;

/// How the way back ended.
pub(super) struct Returned {
    /// Is the old release healthy?
    pub(super) gate: Gate,
    /// The failed release's data, if it had touched any.
    pub(super) evidence: Option<Backup>,
    /// The last lines of the failed release's log.
    pub(super) log: Option<String>,
    /// Things to know.
    pub(super) findings: Vec<Finding>,
}

/// The way back; a helper that is lost on it is replaced once.
pub(super) async fn go_back_surely(
    lifeboat: &Lifeboat,
    app: &str,
    vault: &mut OpenedVault,
    entry: &mut Entry,
) -> Result<Returned, Error> {
    let outcome = match go_back(lifeboat, vault, entry).await {
        Err(GoBack::Lost) => {
            *vault = restore::reopen(lifeboat, app, &entry.sources).await?;
            go_back(lifeboat, vault, entry).await
        }
        outcome => outcome,
    };
    outcome.map_err(|failure| match failure {
        GoBack::Lost => error_of(
            "The old data could not be put back",
            SessionError::Lost {
                exit_code: None,
                out_of_memory: false,
                detail: "the helper was lost twice".to_owned(),
            },
        ),
        GoBack::Failed(error) => error,
    })
}

/// Writes the ending of the way back into the report.
pub(super) fn tell(report: &mut UpdateReport, reason: String, outcome: Result<Returned, Error>) {
    match outcome {
        Ok(returned) => {
            report.evidence = returned.evidence.map(|backup| backup.id);
            report.findings.extend(returned.findings);
            report.log = returned.log;
            match returned.gate {
                Gate::Good { .. } => {
                    report.outcome = UpdateOutcome::RolledBack;
                    report.reason = Some(reason);
                }
                Gate::Bad { reason: still } => {
                    report.outcome = UpdateOutcome::RolledBackUnhealthy;
                    report.reason = Some(format!("{reason}; and with the old release: {still}"));
                }
            }
        }
        Err(error) => {
            report.outcome = UpdateOutcome::NeedsAttention;
            report.reason = Some(format!(
                "{reason}; and the way back could not be finished: {}",
                error.message.trim_end_matches('.')
            ));
        }
    }
}

/// Stops the new release, puts back containers, names and data, starts the old release and looks
/// whether it is healthy. May be repeated at any point.
pub(super) async fn go_back(
    lifeboat: &Lifeboat,
    vault: &mut OpenedVault,
    entry: &mut Entry,
) -> Result<Returned, GoBack> {
    let engine = lifeboat.engine_handle();
    entry.write(vault, Phase::GoingBack).await?;
    let mut findings = Vec::new();
    let mut log = String::new();
    if entry.released {
        log = last_words(engine, entry).await;
        put_back(engine, &entry.replacements)
            .await
            .map_err(GoBack::Failed)?;
    }
    stop_until_quiet(engine, &entry.containers, &keys_of(&entry.sources))
        .await
        .map_err(GoBack::Failed)?;
    let returning = return_data(vault, entry).await?;
    if entry.copies_touched {
        findings.push(copies_touched(entry));
    }
    name_images(engine, &entry.replacements, |one| &one.present.image_id).await;
    let started = start_again(engine, &entry.containers)
        .await
        .map_err(GoBack::Failed)?;
    let gate = judge(engine, &entry.health, &started, &entry.containers, None)
        .await
        .map_err(GoBack::Failed)?;
    let mut returned = Returned {
        gate,
        evidence: None,
        log: Some(log).filter(|log| !log.is_empty()),
        findings,
    };
    wind_up_surely(lifeboat, vault, entry, returning, &mut returned).await;
    Ok(returned)
}

/// The old release runs: that what the other one left cannot be put away now is told, and no reason to
/// touch anything again. A helper that is lost at it is replaced once.
async fn wind_up_surely(
    lifeboat: &Lifeboat,
    vault: &mut OpenedVault,
    entry: &mut Entry,
    returning: Returning,
    returned: &mut Returned,
) {
    let mut outcome = wind_up(vault, entry, returning).await;
    if matches!(outcome, Err(SessionError::Lost { .. })) {
        outcome = match restore::reopen(lifeboat, &entry.cold.app, &entry.sources).await {
            Ok(reopened) => {
                *vault = reopened;
                wind_up(vault, entry, returning).await
            }
            Err(error) => Err(SessionError::Engine(error)),
        };
    }
    match outcome {
        Ok(evidence) => returned.evidence = evidence,
        Err(failure) => {
            let error = error_of(
                "What the failed release left could not be put away",
                failure,
            );
            returned.findings.push(Finding {
                code: "evidence-pending".to_owned(),
                volume: None,
                path: None,
                message: format!(
                    "{} It lies safe beside the live files; `lifeboat recover {}` tries again.",
                    error.message,
                    shell::word(&entry.cold.app)
                ),
            });
        }
    }
}

/// Keeps what the failed release left, if it left anything, and ends the logbook.
async fn wind_up(
    vault: &mut OpenedVault,
    entry: &mut Entry,
    returning: Returning,
) -> Result<Option<Backup>, SessionError> {
    if returning == Returning::Exchanged {
        entry.write(vault, Phase::KeepingEvidence).await?;
        return end_evidence(vault, entry).await;
    }
    vault.ask_quietly(Request::Discard).await?;
    entry.end(vault).await?;
    Ok(None)
}

/// What the failed release left becomes a backup, and the logbook ends.
pub(super) async fn end_evidence(
    vault: &mut OpenedVault,
    entry: &Entry,
) -> Result<Option<Backup>, SessionError> {
    let evidence = keep_evidence(vault, entry).await?;
    entry.end(vault).await?;
    Ok(evidence)
}

/// What a failed release said before it was stopped.
async fn last_words(engine: &Engine, entry: &Entry) -> String {
    let mut said = String::new();
    for replacement in &entry.replacements {
        let other = engine.container(&replacement.name).await.ok().flatten();
        let Some(other) = other.filter(|other| other.id != replacement.present_id) else {
            continue;
        };
        let log = engine.container_logs_tail(&other.id, LOG_LINES).await;
        let log = log.unwrap_or_default();
        for line in log.lines() {
            said.push_str(&format!("{}: {line}\n", replacement.service));
        }
    }
    said
}

/// The data of the cold point is live again, once: that it is, is written down before the old release
/// starts, so that what it writes from then on is never taken for the new one's.
async fn return_data(vault: &mut OpenedVault, entry: &mut Entry) -> Result<Returning, GoBack> {
    if let Some(returning) = entry.data_returned {
        return Ok(returning);
    }
    let returning = put_data_back(vault, entry).await?;
    entry.data_returned = Some(returning);
    entry.write(vault, Phase::GoingBack).await?;
    Ok(returning)
}

async fn put_data_back(vault: &mut OpenedVault, entry: &mut Entry) -> Result<Returning, GoBack> {
    if !entry.released {
        return Ok(Returning::Untouched);
    }
    let survey = swap_report(vault.ask_quietly(Request::Survey).await)?;
    if survey.present {
        match cold_state(vault).await? {
            ColdState {
                untouched: true, ..
            } => return Ok(Returning::Untouched),
            ColdState { intact: true, .. } => {}
            ColdState { .. } => stage_hot(vault, entry).await?,
        }
    } else if entry.copies_touched {
        stage_hot(vault, entry).await?;
    } else {
        return Ok(Returning::Untouched);
    }
    swap_report(vault.ask_quietly(Request::Settle).await)?;
    swap_report(vault.ask_quietly(Request::Exchange).await)?;
    Ok(Returning::Exchanged)
}

async fn cold_state(vault: &mut OpenedVault) -> Result<ColdState, GoBack> {
    match vault.ask_quietly(Request::PrepareBack).await? {
        Answer::Cold(state) => Ok(state),
        _ => Err(GoBack::Failed(unexpected())),
    }
}

fn copies_touched(entry: &Entry) -> Finding {
    Finding {
        code: "cold-copy-touched".to_owned(),
        volume: None,
        path: None,
        message: format!(
            "The new release had touched the copy of the quiet database, so the backup {} was put \
             back instead; what was written between it and the stop is lost.",
            entry.hot_backup_id
        ),
    }
}

/// The verified backup from before the stop takes the cold copies' place. That it has to is written down
/// before they go, for without copies the data would pass for untouched.
async fn stage_hot(vault: &mut OpenedVault, entry: &mut Entry) -> Result<(), GoBack> {
    entry.copies_touched = true;
    entry.write(vault, Phase::GoingBack).await?;
    vault.ask_quietly(Request::Discard).await?;
    let targets = entry
        .cold
        .sources
        .iter()
        .map(|source| StageTarget {
            backup_index: source.volume.index,
            mount: SourceMount {
                in_use: false,
                ..source.mount.clone()
            },
        })
        .collect();
    vault
        .ask_quietly(Request::Stage(StageRequest {
            job: entry.job.clone(),
            id: entry.hot_backup_id.clone(),
            selection: Selection::DatabasesOnly,
            targets,
        }))
        .await?;
    // A database that only the failed release knows is found anew.
    cold_state(vault).await.map(|_| ())
}

/// What the failed release left becomes a backup.
async fn keep_evidence(
    vault: &mut OpenedVault,
    entry: &Entry,
) -> Result<Option<Backup>, SessionError> {
    let request = Request::Collect(Box::new(CollectRequest {
        backup: entry.evidence.clone(),
    }));
    match vault.ask_quietly(request).await? {
        Answer::Backup(record) => Ok(Some(backup_of(record))),
        Answer::Nothing => Ok(None),
        _ => Err(SessionError::Engine(unexpected())),
    }
}

fn swap_report(answer: Result<Answer, SessionError>) -> Result<SwapReport, SessionError> {
    match answer? {
        Answer::Swap(report) => Ok(report),
        _ => Err(SessionError::Engine(unexpected())),
    }
}
