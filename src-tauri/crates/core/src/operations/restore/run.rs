//! Running a restore: stage, stop, settle, exchange, start, gate, collect – or the way back.

use std::collections::BTreeMap;
use std::time::Duration;

use lifeboat_store::manifest::{Finding, Trigger};
use lifeboat_store::protocol::{
    Answer, BackupRequest, CollectRequest, Request, StageReport, StageRequest, SwapReport,
};
use tokio::time::Instant;

use super::plan::{self, Prepared};
use super::{Entry, Phase, UndoEntry, undo_update};
use crate::api::{Backup, RestorePlan, RestoreReport};
use crate::boot_entry;
use crate::engine::{SessionError, SourceBinding};
use crate::error::{Aftermath, Code, Error};
use crate::job::JobContext;
use crate::lifeboat::Lifeboat;
use crate::operations::backup::blank_request;
use crate::operations::containers::{
    self, Gate, StoppedContainer, name_images, put_aside, put_back, remove_present, start_again,
};
use crate::operations::discover::keys_of;
use crate::operations::events::StepTracker;
use crate::operations::failure::error_of;
use crate::operations::names::new_job_name;
use crate::operations::protection::health_rules;
use crate::operations::releases;
use crate::operations::update::tidy_images;
use crate::operations::vault::{AuditTrail, Needs, OpenedVault, backup_of, unexpected};
use crate::shell;

/// A session whose container was lost may hold the lock a moment longer.
const REOPEN_TRIES: u32 = 40;
const REOPEN_PAUSE: Duration = Duration::from_millis(250);

/// Restores what the plan says.
pub(crate) async fn restore(
    lifeboat: &Lifeboat,
    plan: RestorePlan,
    job: &JobContext,
) -> Result<RestoreReport, Error> {
    let mut tracker = StepTracker::start(job, plan.steps.clone());
    let app = plan.app.clone();
    let mut prepared = plan::prepare(lifeboat, &app, &plan.backup.id, &plan.selection).await?;
    if prepared.record.summary.sha256 != plan.backup.sha256 {
        return Err(Error::new(
            Code::InvalidInput,
            "The backup is not the one that the plan was made for.",
            "Look at the plan again.",
        ));
    }
    let job_name = new_job_name();
    let replacements = if plan.is_undo {
        let entry = plan::undo_entry(lifeboat, &app).await?;
        undo_update::replacements(lifeboat.engine_handle(), &app, &entry, &job_name).await?
    } else {
        Vec::new()
    };
    prepared.replace(&replacements)?;
    let made = make_volumes(lifeboat, &prepared).await?;
    let operation = if plan.is_undo { "undo" } else { "restore" };
    let trail = AuditTrail::begin(lifeboat, &app, operation, plan.backup.id.clone());
    let needs = needs_for(&prepared.bindings(), &prepared);
    let mut vault = match lifeboat.open_vault(&app, &needs, job).await {
        Ok(vault) => vault,
        Err(error) => {
            remove_volumes(lifeboat, &made).await;
            return trail.end_without_session(Err(error)).await;
        }
    };
    let mut safety = blank_request(lifeboat, &prepared.resolved, Trigger::PreRestore).await;
    safety.releases = releases::notice(lifeboat, &app, &mut vault, safety.releases).await;
    safety.sources = prepared.sources();
    let (health, silent) = health_rules(lifeboat, &prepared.resolved, &mut vault).await;
    let entry = Entry {
        operation: operation.to_owned(),
        job: job_name,
        backup_id: plan.backup.id.clone(),
        phase: Phase::Staging,
        data_returned: false,
        sources: prepared.bindings(),
        containers: prepared.containers.clone(),
        replacements,
        health,
        made_volumes: made,
        safety,
    };
    let mut running = Running {
        lifeboat,
        app,
        prepared,
        entry,
        tracker: &mut tracker,
        job,
        findings: silent,
        downtime_ms: 0,
    };
    let outcome = running.run(&mut vault).await;
    if !running.entry.replacements.is_empty() {
        let built_from = BTreeMap::new();
        releases::learn_ours(lifeboat, &running.app, &mut vault, &built_from).await;
    }
    tracker.finish();
    trail.end(vault, outcome).await
}

fn needs_for(sources: &[SourceBinding], prepared: &Prepared) -> Needs {
    Needs {
        purpose: "restore",
        sources: sources.to_vec(),
        exclusive: true,
        writes_files: true,
        user_namespace_mode: prepared.resolved.user_namespace_mode(),
    }
}

async fn make_volumes(lifeboat: &Lifeboat, prepared: &Prepared) -> Result<Vec<String>, Error> {
    let mut made = Vec::new();
    for create in prepared
        .targets
        .iter()
        .filter_map(|target| target.create.as_ref())
    {
        if let Err(error) = lifeboat.engine_handle().create_backed_volume(create).await {
            remove_volumes(lifeboat, &made).await;
            return Err(error);
        }
        made.push(create.name.clone());
    }
    Ok(made)
}

/// Removes volumes that this restore made: nothing of anybody else can be in them yet.
async fn remove_volumes(lifeboat: &Lifeboat, made: &[String]) {
    for name in made {
        if let Err(error) = lifeboat.engine_handle().remove_volume(name).await {
            tracing::warn!(?error, volume = %name, "a volume made for a restore was left behind");
        }
    }
}

/// A restore under way.
struct Running<'a, 'b> {
    lifeboat: &'a Lifeboat,
    app: String,
    prepared: Prepared,
    entry: Entry,
    tracker: &'a mut StepTracker<'b>,
    job: &'a JobContext,
    findings: Vec<Finding>,
    downtime_ms: u64,
}

/// What is known once the application is up with the new data.
struct Swapped {
    checked: bool,
    findings: Vec<Finding>,
}

impl Running<'_, '_> {
    async fn run(&mut self, vault: &mut OpenedVault) -> Result<RestoreReport, Error> {
        let staged = match self.stage(vault).await {
            Ok(staged) => staged,
            Err(failure) => return Err(self.give_up(vault, failure).await),
        };
        let swapped = match self.swap(vault).await {
            Ok(Gated::Good(swapped)) => swapped,
            Ok(Gated::Bad(reason)) => {
                let failed = format!(
                    "{} did not come up with the restored data ({reason})",
                    self.app
                );
                return Err(self.turn_back(vault, failed).await);
            }
            Err(error) => {
                let why = error.message.trim_end_matches('.');
                let failed = format!("The restore of {} did not work ({why})", self.app);
                let mut turned = self.turn_back(vault, failed).await;
                if error.code == Code::HelperLost && turned.code == Code::RolledBack {
                    // The application had no part in it.
                    turned.advice = error.advice;
                }
                return Err(turned);
            }
        };
        let mut findings = std::mem::take(&mut self.findings);
        findings.extend(staged.findings);
        findings.extend(swapped.findings);
        let safety_backup = self.collect(vault, &mut findings).await;
        let was_running = self
            .entry
            .containers
            .iter()
            .any(|container| container.was_running);
        Ok(RestoreReport {
            app: self.app.clone(),
            backup_id: self.entry.backup_id.clone(),
            safety_backup,
            downtime_ms: self.downtime_ms,
            application: match (was_running, swapped.checked) {
                _ if self.entry.containers.is_empty() => "gone",
                (false, _) => "stopped",
                (true, true) => "healthy",
                (true, false) => "running",
            }
            .to_owned(),
            findings,
        })
    }

    async fn stage(&mut self, vault: &mut OpenedVault) -> Result<StageReport, SessionError> {
        self.tracker.begin("stage", None);
        self.entry.write(vault, Phase::Staging).await?;
        let request = Request::Stage(StageRequest {
            job: self.entry.job.clone(),
            id: self.entry.backup_id.clone(),
            selection: self.prepared.selection.clone(),
            targets: self.prepared.stage_targets(),
        });
        let tracker = &mut *self.tracker;
        let answer = vault
            .ask(request, &mut |event| tracker.hear(event), &self.job.cancel)
            .await?;
        if self.job.cancel.is_cancelled() {
            return Err(SessionError::Engine(Error::cancelled()));
        }
        match answer {
            Answer::Stage(report) => Ok(report),
            _ => Err(SessionError::Engine(unexpected())),
        }
    }

    /// Nothing visible has changed yet: remove what was staged.
    async fn give_up(&mut self, vault: &mut OpenedVault, failure: SessionError) -> Error {
        let error = error_of(&format!("{} could not be restored", self.app), failure);
        if let Err(cleaning) = self.clean_up(vault).await {
            tracing::warn!(
                ?cleaning,
                "a restore that was given up left files for recovery"
            );
        }
        error
    }

    async fn clean_up(&mut self, vault: &mut OpenedVault) -> Result<(), Error> {
        let discarded = async {
            vault.ask_quietly(Request::Discard).await?;
            Entry::end(vault).await
        }
        .await;
        if discarded.is_err() {
            *vault = reopen(self.lifeboat, &self.app, &self.entry.sources).await?;
            let failed = |failure| error_of("What was staged could not be removed", failure);
            vault.ask_quietly(Request::Discard).await.map_err(failed)?;
            Entry::end(vault).await.map_err(failed)?;
        }
        if !self.entry.made_volumes.is_empty() {
            // The helper still has the new volumes mounted; they go when its container has gone.
            let needs = Needs {
                purpose: "restore",
                exclusive: true,
                ..Needs::default()
            };
            let old = std::mem::replace(
                vault,
                self.lifeboat
                    .open_vault_for_recovery(
                        &self.app,
                        &Needs {
                            exclusive: false,
                            ..needs
                        },
                    )
                    .await?,
            );
            old.close().await;
            remove_volumes(self.lifeboat, &self.entry.made_volumes).await;
        }
        Ok(())
    }

    async fn swap(&mut self, vault: &mut OpenedVault) -> Result<Gated, Error> {
        let engine = self.lifeboat.engine_handle();
        let keys = self.prepared.keys();
        let failed = |failure| error_of("The files could not be exchanged", failure);
        self.tracker.begin("stop", None);
        self.entry
            .write(vault, Phase::Stopping)
            .await
            .map_err(failed)?;
        boot_entry::make(&self.entry.job, &engine.summary().endpoint);
        let stopping = Instant::now();
        containers::stop(engine, &self.entry.containers).await?;
        containers::nobody_runs(engine, &keys).await?;

        self.tracker.begin("settle", None);
        self.entry
            .write(vault, Phase::Settling)
            .await
            .map_err(failed)?;
        let settled = swap_report(vault.ask_quietly(Request::Settle).await).map_err(failed)?;

        self.tracker.begin("exchange", None);
        self.entry
            .write(vault, Phase::Exchanging)
            .await
            .map_err(failed)?;
        let exchanged = swap_report(vault.ask_quietly(Request::Exchange).await).map_err(failed)?;
        if exchanged.exchanged != exchanged.total {
            return Err(Error::new(
                Code::Internal,
                format!(
                    "Only {} of {} files were exchanged.",
                    exchanged.exchanged, exchanged.total
                ),
                "Run `lifeboat doctor`.",
            ));
        }
        containers::nobody_runs(engine, &keys).await?;

        self.tracker.begin("start", None);
        self.entry
            .write(vault, Phase::Starting)
            .await
            .map_err(failed)?;
        let everyone = self.replace_containers().await?;
        let started = start_again(engine, &everyone).await?;
        if !started.is_empty() {
            self.downtime_ms = u64::try_from(stopping.elapsed().as_millis()).unwrap_or(u64::MAX);
        }
        self.tracker.begin("gate", None);
        Ok(
            match containers::judge(engine, &self.entry.health, &started, &everyone, None).await? {
                Gate::Good { checked } => Gated::Good(Swapped {
                    checked,
                    findings: settled.findings,
                }),
                Gate::Bad { reason } => Gated::Bad(reason),
            },
        )
    }

    /// For the undo of an update: the containers of the old release take their places again.
    async fn replace_containers(&self) -> Result<Vec<StoppedContainer>, Error> {
        let engine = self.lifeboat.engine_handle();
        let replacements = &self.entry.replacements;
        for one in replacements {
            engine.tag(&one.present.image_id, &one.keep_tag).await?;
        }
        name_images(engine, replacements, |one| &one.next.image_id).await;
        put_aside(engine, &self.entry.containers, replacements).await
    }

    /// The application runs on the new data: what was replaced becomes a backup. A failure here is
    /// told, and what was replaced stays where it is until `recover` brings it home.
    async fn collect(
        &mut self,
        vault: &mut OpenedVault,
        findings: &mut Vec<Finding>,
    ) -> Option<Backup> {
        self.tracker.begin("collect", None);
        let mut outcome = collect_now(self.lifeboat, vault, &mut self.entry).await;
        if matches!(outcome, Err(SessionError::Lost { .. })) {
            outcome = match reopen(self.lifeboat, &self.app, &self.entry.sources).await {
                Ok(reopened) => {
                    *vault = reopened;
                    collect_now(self.lifeboat, vault, &mut self.entry).await
                }
                Err(error) => Err(SessionError::Engine(error)),
            };
        }
        outcome.unwrap_or_else(|failure| {
            let error = error_of("What was replaced could not be kept as a backup", failure);
            findings.push(Finding {
                code: "safety-backup-pending".to_owned(),
                volume: None,
                path: None,
                message: format!(
                    "{} It lies safe beside the live files; `lifeboat recover {}` tries again.",
                    error.message, self.app
                ),
            });
            None
        })
    }

    /// The old data again, and an honest ending.
    async fn turn_back(&mut self, vault: &mut OpenedVault, what_failed: String) -> Error {
        self.job.note(format!("{what_failed}; going back."));
        let outcome = match go_back(self.lifeboat, vault, &mut self.entry).await {
            Err(GoBack::Lost) => {
                match reopen(self.lifeboat, &self.app, &self.entry.sources).await {
                    Ok(reopened) => {
                        *vault = reopened;
                        go_back(self.lifeboat, vault, &mut self.entry).await
                    }
                    Err(error) => Err(GoBack::Failed(error)),
                }
            }
            outcome => outcome,
        };
        ending(&self.app, &what_failed, outcome)
    }
}

/// What the gate let through.
enum Gated {
    Good(Swapped),
    Bad(String),
}

/// Why going back did not work.
pub(in crate::operations) enum GoBack {
    /// The helper is gone; a new session can go on.
    Lost,
    /// Something else.
    Failed(Error),
}

impl From<SessionError> for GoBack {
    fn from(failure: SessionError) -> Self {
        match failure {
            SessionError::Lost { .. } => Self::Lost,
            other => Self::Failed(error_of("The old data could not be put back", other)),
        }
    }
}

/// Stops everyone, exchanges back, starts everyone, and looks whether the old state is healthy.
/// May be repeated at any point.
pub(in crate::operations) async fn go_back(
    lifeboat: &Lifeboat,
    vault: &mut OpenedVault,
    entry: &mut Entry,
) -> Result<Gate, GoBack> {
    let engine = lifeboat.engine_handle();
    entry.write(vault, Phase::GoingBack).await?;
    put_back(engine, &entry.replacements)
        .await
        .map_err(GoBack::Failed)?;
    name_images(engine, &entry.replacements, |one| &one.present.image_id).await;
    containers::stop_until_quiet(engine, &entry.containers, &keys_of(&entry.sources))
        .await
        .map_err(GoBack::Failed)?;
    if !entry.data_returned {
        let survey = swap_report(vault.ask_quietly(Request::Survey).await)?;
        if survey.present {
            vault.ask_quietly(Request::ExchangeBack).await?;
        }
        entry.data_returned = true;
        entry.write(vault, Phase::GoingBack).await?;
    }
    let started = start_again(engine, &entry.containers)
        .await
        .map_err(GoBack::Failed)?;
    let gate = containers::judge(engine, &entry.health, &started, &entry.containers, None)
        .await
        .map_err(GoBack::Failed)?;
    vault.ask_quietly(Request::Discard).await?;
    boot_entry::remove(&entry.job);
    Entry::end(vault).await?;
    Ok(gate)
}

/// The words for a restore that was turned back.
fn ending(app: &str, what_failed: &str, outcome: Result<Gate, GoBack>) -> Error {
    match outcome {
        Ok(Gate::Good { .. }) => Error::new(
            Code::RolledBack,
            format!("{what_failed}; the data from before is back, and {app} runs with it."),
            "Look at the application's logs, or choose another backup.",
        )
        .with_aftermath(Aftermath::Restored),
        Ok(Gate::Bad { reason }) => Error::new(
            Code::RolledBackUnhealthy,
            format!(
                "{what_failed}; the data from before is back, and the application is not healthy \
                 with it either ({reason})."
            ),
            "Look at the application's logs.",
        )
        .with_aftermath(Aftermath::NeedsAttention),
        Err(failure) => {
            let detail = match failure {
                GoBack::Lost => "the helper was lost twice".to_owned(),
                GoBack::Failed(error) => error.message,
            };
            Error::new(
                Code::NeedsAttention,
                format!("{what_failed}, and the way back could not be finished."),
                format!(
                    "Run `lifeboat recover {}`: both sets of data are still there.",
                    shell::word(app)
                ),
            )
            .with_aftermath(Aftermath::NeedsAttention)
            .with_detail(detail)
        }
    }
}

fn swap_report(answer: Result<Answer, SessionError>) -> Result<SwapReport, SessionError> {
    match answer? {
        Answer::Swap(report) => Ok(report),
        _ => Err(SessionError::Engine(unexpected())),
    }
}

/// Makes what was replaced a backup, remembers the way back for `undo`, ends the logbook.
pub(in crate::operations) async fn collect_now(
    lifeboat: &Lifeboat,
    vault: &mut OpenedVault,
    entry: &mut Entry,
) -> Result<Option<Backup>, SessionError> {
    entry.write(vault, Phase::Collecting).await?;
    let engine = lifeboat.engine_handle();
    remove_present(engine, &entry.replacements).await?;
    let backup = match vault.ask_quietly(collect_request(&entry.safety)).await? {
        Answer::Backup(record) => Some(backup_of(record)),
        Answer::Nothing => None,
        _ => return Err(SessionError::Engine(unexpected())),
    };
    let undo = backup.as_ref().map(|backup| {
        serde_json::to_value(UndoEntry {
            operation: entry.operation.clone(),
            backup_id: backup.id.clone(),
            restored_id: entry.backup_id.clone(),
            replacements: entry.replacements.clone(),
        })
        .expect("an entry is plain data")
    });
    vault
        .ask_quietly(Request::WriteUndo { entry: undo })
        .await?;
    let needed: Vec<String> = entry
        .replacements
        .iter()
        .map(|one| one.keep_tag.clone())
        .collect();
    tidy_images(engine, &entry.safety.app, &needed).await;
    boot_entry::remove(&entry.job);
    Entry::end(vault).await?;
    Ok(backup)
}

/// The request for the backup of what was replaced.
fn collect_request(safety: &BackupRequest) -> Request {
    Request::Collect(Box::new(CollectRequest {
        backup: safety.clone(),
    }))
}

/// A new session on the same storages, once the lost one has let go of the lock.
pub(in crate::operations) async fn reopen(
    lifeboat: &Lifeboat,
    app: &str,
    sources: &[SourceBinding],
) -> Result<OpenedVault, Error> {
    let needs = Needs {
        purpose: "recover",
        sources: sources.to_vec(),
        exclusive: true,
        writes_files: true,
        user_namespace_mode: None,
    };
    let mut tries = 0;
    loop {
        match lifeboat.open_vault_for_recovery(app, &needs).await {
            Err(error) if error.code == Code::Busy && tries < REOPEN_TRIES => {
                tries += 1;
                tokio::time::sleep(REOPEN_PAUSE).await;
            }
            outcome => return outcome,
        }
    }
}
