//! An update that a crash left unfinished: forward where the new release runs and is good, else back.

use super::finish::finish;
use super::logbook::{Entry, Phase};
use super::trial::Trial;
use super::way_back::{end_evidence, go_back};
use crate::api::{Backup, Recovery};
use crate::error::{Aftermath, Code, Error};
use crate::job::JobContext;
use crate::lifeboat::Lifeboat;
use crate::operations::containers::{Gate, bring_up, others, start_again};
use crate::operations::events::StepTracker;
use crate::operations::failure::error_of;
use crate::operations::recover::ending_of;
use crate::operations::restore::GoBack;
use crate::operations::vault::OpenedVault;

/// Decides by phase and by what is on the engine; deciding twice changes nothing.
pub(in crate::operations) async fn end_unfinished(
    lifeboat: &Lifeboat,
    app: &str,
    vault: &mut OpenedVault,
    entry: &mut Entry,
    job: &JobContext,
) -> Result<Recovery, Error> {
    match entry.phase {
        Phase::Finishing => {
            let engine = lifeboat.engine_handle();
            let gate = bring_up(
                engine,
                &entry.health,
                &entry.containers,
                &entry.replacements,
            )
            .await;
            forward(lifeboat, app, vault, entry, gate).await
        }
        Phase::Judging if is_good(lifeboat, app, entry, job).await? => {
            let gate = Gate::Good { checked: true };
            forward(lifeboat, app, vault, entry, gate).await
        }
        Phase::KeepingEvidence => end_way_back(lifeboat, app, vault, entry).await,
        Phase::Stopping | Phase::Keeping | Phase::Swapping | Phase::Judging | Phase::GoingBack => {
            back(lifeboat, app, vault, entry).await
        }
    }
}

/// The new containers are all there, come up, and leave the data whole: what was written since is not
/// thrown away.
async fn is_good(
    lifeboat: &Lifeboat,
    app: &str,
    entry: &Entry,
    job: &JobContext,
) -> Result<bool, Error> {
    let engine = lifeboat.engine_handle();
    let Some(everyone) = others(engine, &entry.containers, &entry.replacements).await? else {
        return Ok(false);
    };
    let Ok(started) = start_again(engine, &everyone).await else {
        return Ok(false);
    };
    let mut tracker = StepTracker::start(job, Vec::new());
    let mut findings = Vec::new();
    let trial = Trial {
        lifeboat,
        app,
        entry,
        everyone: &everyone,
        started: &started,
    };
    match trial.judge(&mut tracker, job, &mut findings).await {
        Ok(gate) => Ok(matches!(gate, Gate::Good { .. })),
        // Nothing was learnt of the release: that is for the next recovery to say.
        Err(error) if matches!(error.code, Code::HelperLost | Code::EngineStopped) => {
            Err(error.with_aftermath(Aftermath::NeedsAttention))
        }
        Err(_) => Ok(false),
    }
}

async fn forward(
    lifeboat: &Lifeboat,
    app: &str,
    vault: &mut OpenedVault,
    entry: &mut Entry,
    gate: Gate,
) -> Result<Recovery, Error> {
    let way_back = finish(lifeboat, vault, entry)
        .await
        .map_err(|error| error.with_aftermath(Aftermath::NeedsAttention))?;
    let (ending, health) = ending_of("new", gate);
    let mut message = format!(
        "The update of {app} is finished; it runs {}.{health}",
        entry.to
    );
    if let Some(finding) = way_back.finding {
        message.push_str(&format!(" {}", finding.message));
    }
    Ok(recovery(app, ending, message))
}

/// The old release was running again, and what the failed one left is still to be kept.
async fn end_way_back(
    lifeboat: &Lifeboat,
    app: &str,
    vault: &mut OpenedVault,
    entry: &Entry,
) -> Result<Recovery, Error> {
    let engine = lifeboat.engine_handle();
    let gate = bring_up(
        engine,
        &entry.health,
        &entry.containers,
        &entry.replacements,
    )
    .await;
    let evidence = end_evidence(vault, entry).await.map_err(|failure| {
        error_of("What the failed release left could not be kept", failure)
            .with_aftermath(Aftermath::NeedsAttention)
    })?;
    let (ending, health) = ending_of("old", gate);
    let mut message = format!("{app} runs {} again.{health}", entry.from);
    message.push_str(&evidence_in_words(entry, evidence));
    Ok(recovery(app, ending, message))
}

fn evidence_in_words(entry: &Entry, evidence: Option<Backup>) -> String {
    evidence.map_or_else(String::new, |backup| {
        format!(" What {} left is the backup {}.", entry.to, backup.id)
    })
}

async fn back(
    lifeboat: &Lifeboat,
    app: &str,
    vault: &mut OpenedVault,
    entry: &mut Entry,
) -> Result<Recovery, Error> {
    let returned = match go_back(lifeboat, vault, entry).await {
        Ok(returned) => returned,
        Err(GoBack::Failed(error)) => {
            return Err(error.with_aftermath(Aftermath::NeedsAttention));
        }
        Err(GoBack::Lost) => {
            return Err(Error::new(
                Code::HelperLost,
                format!("The recovery of {app} was interrupted."),
                format!("Run it again: lifeboat recover {app}"),
            )
            .with_aftermath(Aftermath::NeedsAttention));
        }
    };
    let (ending, health) = ending_of("old", returned.gate);
    let mut message = format!(
        "The update of {app} was interrupted and taken back; it runs {} with the data from before.{health}",
        entry.from
    );
    message.push_str(&evidence_in_words(entry, returned.evidence));
    for finding in returned.findings {
        message.push_str(&format!(" {}", finding.message));
    }
    Ok(recovery(app, ending, message))
}

fn recovery(app: &str, ending: &str, message: String) -> Recovery {
    Recovery {
        app: app.to_owned(),
        operation: super::OPERATION.to_owned(),
        ending: ending.to_owned(),
        message,
    }
}
