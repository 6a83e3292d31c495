//! Recovery: an unfinished restore is ended, with the old data or with the new.

use std::collections::BTreeMap;

use lifeboat_store::protocol::{Answer, Request};

use super::compose;
use super::containers::{self, Gate};
use super::releases;
use super::restore::{self, Entry, GoBack, Phase};
use super::update;
use super::vault::{AuditTrail, Needs, OpenedVault, vault_volume};
use crate::api::{Recovery, RecoveryReport};
use crate::boot_entry;
use crate::error::{Aftermath, Code, Error};
use crate::job::JobContext;
use crate::lifeboat::Lifeboat;
use crate::shell;

/// Ends what a crash left unfinished, in one application or all.
pub(crate) async fn recover(
    lifeboat: &Lifeboat,
    app: Option<&str>,
    job: &JobContext,
) -> Result<RecoveryReport, Error> {
    let engine = lifeboat.engine_handle();
    engine.remove_leftover_sessions().await?;
    engine.remove_leftover_scratch().await?;
    compose::clear_leftovers(engine).await?;
    let names: Vec<String> = match app {
        Some(app) => {
            lifeboat.require_vault(app).await?;
            vec![app.to_owned()]
        }
        None => engine
            .vaults()
            .await?
            .into_iter()
            .map(|(_, app)| app)
            .collect(),
    };
    let at_boot = boot_entry::Leftovers::of(&engine.summary().endpoint);
    let mut is_somebody_at_work = false;
    let mut recovered = Vec::new();
    let mut first_problem = None;
    for name in names {
        match recover_app(lifeboat, &name, job).await {
            Ok(ended) => recovered.extend(ended),
            // Somebody is at work there, so nothing is unfinished; asked for by name it is told.
            Err(error) if error.code == Code::Busy && app.is_none() => {
                is_somebody_at_work = true;
                job.note(error.message);
            }
            // One application's trouble keeps no other from being helped.
            Err(error) => {
                first_problem.get_or_insert(error);
            }
        }
    }
    match first_problem {
        Some(error) => Err(error),
        None => {
            if app.is_none() && !is_somebody_at_work {
                at_boot.remove();
            }
            Ok(RecoveryReport { recovered })
        }
    }
}

/// Ends what is unfinished in one application; `None` if nothing is.
///
/// A job that is still at work holds the lock, and then this fails with `busy`.
pub(super) async fn recover_app(
    lifeboat: &Lifeboat,
    app: &str,
    job: &JobContext,
) -> Result<Option<Recovery>, Error> {
    let outcome = end_if_unfinished(lifeboat, app, job).await;
    let engine = lifeboat.engine_handle();
    // The helpers of what was interrupted would keep the application's volumes in use.
    if let Err(error) = engine.remove_ended_sessions_of(&vault_volume(app)).await {
        tracing::warn!(?error, "what an interrupted job left on the engine stays");
    }
    outcome
}

async fn end_if_unfinished(
    lifeboat: &Lifeboat,
    app: &str,
    job: &JobContext,
) -> Result<Option<Recovery>, Error> {
    let needs = Needs {
        purpose: "recover",
        exclusive: true,
        ..Needs::default()
    };
    let vault = lifeboat.open_vault_for_recovery(app, &needs).await?;
    let logbook = vault.status.logbook.clone();
    vault.close().await;
    let Some(logbook) = logbook else {
        return Ok(None);
    };
    if logbook["operation"] == update::OPERATION {
        recover_update(lifeboat, app, logbook, job).await.map(Some)
    } else {
        recover_restore(lifeboat, app, logbook, job).await.map(Some)
    }
}

async fn recover_restore(
    lifeboat: &Lifeboat,
    app: &str,
    logbook: serde_json::Value,
    job: &JobContext,
) -> Result<Recovery, Error> {
    let mut entry: Entry = readable(app, logbook)?;
    job.note(format!(
        "Ending an unfinished {} of {app}.",
        entry.operation
    ));
    let trail = AuditTrail::begin(lifeboat, app, "recover", entry.backup_id.clone());
    let mut vault = match restore::reopen(lifeboat, app, &entry.sources).await {
        Ok(vault) => vault,
        Err(error) => return trail.end_without_session(Err(error)).await,
    };
    let outcome = end(lifeboat, app, &mut vault, &mut entry).await;
    if !entry.replacements.is_empty() {
        releases::learn_ours(lifeboat, app, &mut vault, &BTreeMap::new()).await;
    }
    trail.end(vault, outcome).await
}

async fn recover_update(
    lifeboat: &Lifeboat,
    app: &str,
    logbook: serde_json::Value,
    job: &JobContext,
) -> Result<Recovery, Error> {
    let mut entry: update::Entry = readable(app, logbook)?;
    job.note(format!("Ending an unfinished update of {app}."));
    let target = format!("{} → {}", entry.from, entry.to);
    let trail = AuditTrail::begin(lifeboat, app, "recover", target);
    let mut vault = match restore::reopen(lifeboat, app, &entry.sources).await {
        Ok(vault) => vault,
        Err(error) => return trail.end_without_session(Err(error)).await,
    };
    let outcome = update::end_unfinished(lifeboat, app, &mut vault, &mut entry, job).await;
    trail.end(vault, outcome).await
}

/// A logbook's entry, as this version knows it.
fn readable<T: serde::de::DeserializeOwned>(
    app: &str,
    logbook: serde_json::Value,
) -> Result<T, Error> {
    serde_json::from_value(logbook).map_err(|error| {
        Error::new(
            Code::TooNew,
            format!("The logbook of {app} cannot be read by this version."),
            "Use the newest Lifeboat.",
        )
        .with_aftermath(Aftermath::NeedsAttention)
        .with_detail(error.to_string())
    })
}

/// Decides by phase and by what lies in the volumes; deciding twice changes nothing.
async fn end(
    lifeboat: &Lifeboat,
    app: &str,
    vault: &mut OpenedVault,
    entry: &mut Entry,
) -> Result<Recovery, Error> {
    match entry.phase {
        Phase::Collecting => {
            let engine = lifeboat.engine_handle();
            let gate = containers::bring_up(
                engine,
                &entry.health,
                &entry.containers,
                &entry.replacements,
            )
            .await;
            finish(lifeboat, app, vault, entry, gate).await
        }
        Phase::Starting if all_exchanged(vault).await? => {
            forward(lifeboat, app, vault, entry).await
        }
        Phase::Staging
        | Phase::Stopping
        | Phase::Settling
        | Phase::Exchanging
        | Phase::Starting
        | Phase::GoingBack => back(lifeboat, app, vault, entry).await,
    }
}

async fn all_exchanged(vault: &mut OpenedVault) -> Result<bool, Error> {
    match vault.ask_quietly(Request::Survey).await {
        Ok(Answer::Swap(survey)) => Ok(survey.present && survey.exchanged == survey.total),
        Ok(_) => Ok(false),
        Err(failure) => Err(super::failure::error_of(
            "The volumes could not be looked at",
            failure,
        )),
    }
}

async fn forward(
    lifeboat: &Lifeboat,
    app: &str,
    vault: &mut OpenedVault,
    entry: &mut Entry,
) -> Result<Recovery, Error> {
    let engine = lifeboat.engine_handle();
    let everyone = containers::others(engine, &entry.containers, &entry.replacements).await?;
    let Some(everyone) = everyone else {
        return back(lifeboat, app, vault, entry).await;
    };
    let started = containers::start_again(engine, &everyone).await?;
    match containers::judge(engine, &entry.health, &started, &everyone, None).await? {
        good @ Gate::Good { .. } => finish(lifeboat, app, vault, entry, good).await,
        Gate::Bad { .. } => back(lifeboat, app, vault, entry).await,
    }
}

async fn finish(
    lifeboat: &Lifeboat,
    app: &str,
    vault: &mut OpenedVault,
    entry: &mut Entry,
    gate: Gate,
) -> Result<Recovery, Error> {
    let kept = restore::collect_now(lifeboat, vault, entry)
        .await
        .map_err(|failure| {
            super::failure::error_of("What was replaced could not be kept as a backup", failure)
                .with_aftermath(Aftermath::NeedsAttention)
        })?;
    let kept = kept.map_or_else(String::new, |backup| {
        format!(" What was there before is the backup {}.", backup.id)
    });
    let (ending, health) = ending_of("new", gate);
    Ok(Recovery {
        app: app.to_owned(),
        operation: entry.operation.clone(),
        ending: ending.to_owned(),
        message: format!(
            "The {} of {app} is finished.{health}{kept}",
            entry.operation
        ),
    })
}

async fn back(
    lifeboat: &Lifeboat,
    app: &str,
    vault: &mut OpenedVault,
    entry: &mut Entry,
) -> Result<Recovery, Error> {
    let gate = match restore::go_back(lifeboat, vault, entry).await {
        Ok(gate) => gate,
        Err(GoBack::Failed(error)) => {
            return Err(error.with_aftermath(Aftermath::NeedsAttention));
        }
        Err(GoBack::Lost) => {
            return Err(Error::new(
                Code::HelperLost,
                format!("The recovery of {app} was interrupted."),
                format!("Run it again: lifeboat recover {}", shell::word(app)),
            )
            .with_aftermath(Aftermath::NeedsAttention));
        }
    };
    let (ending, health) = ending_of("old", gate);
    Ok(Recovery {
        app: app.to_owned(),
        operation: entry.operation.clone(),
        ending: ending.to_owned(),
        message: format!(
            "The {} of {app} was interrupted and taken back; the data from before is there.{health}",
            entry.operation
        ),
    })
}

/// The word for how it ended, and what there is to say of the application's health: one that does not
/// come up is for somebody to look at.
pub(super) fn ending_of(ending: &'static str, gate: Gate) -> (&'static str, String) {
    match gate {
        Gate::Good { .. } => (ending, String::new()),
        Gate::Bad { reason } => (
            "needs-attention",
            format!(" It is not healthy, though: {reason}."),
        ),
    }
}
