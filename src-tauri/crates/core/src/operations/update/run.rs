//! Running an update: fetch, back up, stop, keep, swap, judge, finish – or the way back.

use std::sync::Arc;
use std::time::Duration;

use lifeboat_store::manifest::{Finding, Trigger, Verdict};
use lifeboat_store::protocol::{Answer, ColdPointRequest, Request, SourceMount};
use tokio::time::Instant;

use super::fetch::{self, Fetched, keep_tag};
use super::finish::{WayBack, finish};
use super::logbook::{Entry, Phase};
use super::plan::{self, Candidate, Prepared};
use super::trial::Trial;
use super::way_back;
use super::{OPERATION, checkout, drift, ending, recognition};
use crate::api::{Backup, BackupOptions, UpdateOutcome, UpdatePlan, UpdateReport};
use crate::boot_entry;
use crate::engine::{Engine, SessionError, SourceBinding, is_fixed_reference};
use crate::error::{Code, Error};
use crate::job::{JobContext, JobEvent, Reporter};
use crate::lifeboat::Lifeboat;
use crate::operations::backup::{blank_request, create_backup};
use crate::operations::containers::{
    Gate, Replacement, StoppedContainer, nobody_runs, put_aside, start_again, stop,
};
use crate::operations::discover::StorageKey;
use crate::operations::events::StepTracker;
use crate::operations::failure::error_of;
use crate::operations::names::new_job_name;
use crate::operations::protection::health_rules;
use crate::operations::restore;
use crate::operations::vault::{AuditTrail, Needs, OpenedVault, unexpected};

/// Another job may hold the vault for a while: a scheduled backup, say.
const LOCK_TRIES: u32 = 120;
const LOCK_PAUSE: Duration = Duration::from_millis(500);

/// Updates what the plan says.
pub(crate) async fn update(
    lifeboat: &Lifeboat,
    plan: UpdatePlan,
    job: &JobContext,
) -> Result<UpdateReport, Error> {
    let mut tracker = StepTracker::start(job, plan.steps.clone());
    let engine = lifeboat.engine_handle();
    let app = plan.app;
    tracker.begin("check", None);
    let mut prepared = plan::prepare(lifeboat, &app, plan.options).await?;
    if plan.options.git_pull {
        checkout::pull(&prepared).await?;
        // The files may have come along.
        prepared = plan::prepare(lifeboat, &app, plan.options).await?;
    }
    tracker.begin("fetch", None);
    let fetched = fetch::fetch(engine, &app, &prepared, &mut tracker, job).await?;
    let job_name = new_job_name();
    let mut replacements = replacements(&app, &prepared, &fetched, &job_name);
    if replacements.is_empty() {
        tracker.finish();
        return Ok(ending::up_to_date(&prepared, fetched));
    }
    if let Err(error) = apply_edits(engine, &prepared, &fetched, &mut replacements).await {
        fetched.take_back(engine).await;
        return Err(error);
    }
    let recognised = recognition::label_for_compose(engine, &prepared, &mut replacements).await;
    tracker.begin("backup", None);
    let hot = match back_up(lifeboat, &prepared, job).await {
        Ok(hot) => hot,
        Err(error) => {
            fetched.take_back(engine).await;
            return Err(error);
        }
    };
    let from = in_words(
        &prepared,
        |candidate| candidate.image.id.clone(),
        |candidate| &candidate.container.image,
        &replacements,
        engine,
    )
    .await;
    let to = in_words(
        &prepared,
        |candidate| new_id(candidate, &replacements),
        |candidate| &candidate.reference,
        &replacements,
        engine,
    )
    .await;
    let trail = AuditTrail::begin(lifeboat, &app, OPERATION, format!("{from} → {to}"));
    let bindings = prepared.resolved.bindings(true);
    let mut vault = match open(lifeboat, &app, &prepared, &bindings, job).await {
        Ok(vault) => vault,
        Err(error) => {
            fetched.take_back(engine).await;
            return trail.end_without_session(Err(error)).await;
        }
    };
    let last_look = match job.cancel.is_cancelled() {
        // From here on nothing turns back by itself: this is the last moment to say no.
        true => Err(Error::cancelled()),
        false => last_look(engine, &prepared, &replacements).await,
    };
    let containers = match last_look {
        Ok(containers) => containers,
        Err(error) => {
            fetched.take_back(engine).await;
            return trail.end(vault, Err(error)).await;
        }
    };
    let mut findings = prepared.warnings.clone();
    findings.extend(fetched.findings.iter().cloned());
    findings.extend(recognised);
    findings.extend(drift::not_applied(&prepared));
    let (health, silent) = health_rules(lifeboat, &prepared.resolved, &mut vault).await;
    findings.extend(silent);
    let entry = Entry {
        operation: OPERATION.to_owned(),
        job: job_name,
        phase: Phase::Stopping,
        released: false,
        copies_touched: false,
        data_returned: None,
        sources: bindings,
        containers,
        replacements,
        health,
        hot_backup_id: hot.id.clone(),
        cold: request(
            lifeboat,
            &prepared,
            Trigger::PreUpdate,
            format!("before the update to {to}"),
        )
        .await,
        evidence: request(
            lifeboat,
            &prepared,
            Trigger::PreRestore,
            format!("what {to} left"),
        )
        .await,
        built_from: fetched.built_from.clone(),
        from,
        to,
    };
    let mut running = Running {
        lifeboat,
        app,
        prepared,
        entry,
        tracker: &mut tracker,
        job,
        downtime_ms: 0,
        findings,
    };
    let report = running.run(&mut vault, hot).await;
    tracker.finish();
    // The ending is written down; what comes back is the report, whatever it says.
    let audited = trail.end(vault, ending::for_audit(&report)).await;
    if let Err(error) = audited
        && ending::for_audit(&report).is_ok()
    {
        tracing::warn!(?error, "the audit entry of an update was not written");
    }
    Ok(report)
}

/// Services whose image is another one now.
fn replacements(
    app: &str,
    prepared: &Prepared,
    fetched: &Fetched,
    job_name: &str,
) -> Vec<Replacement> {
    prepared
        .candidates
        .iter()
        .zip(&fetched.images)
        .filter(|(candidate, image)| {
            candidate.image.id != image.id || prepared.applies_edits_to(&candidate.service)
        })
        .map(|(candidate, image)| {
            let reference = candidate.reference.clone();
            // A name that the files have only now stands for the new image alone, forward and back.
            let moves = reference == candidate.container.image && !is_fixed_reference(&reference);
            Replacement {
                service: candidate.service.clone(),
                present_id: candidate.container.id.clone(),
                name: candidate.container.name.clone(),
                aside_name: plan::aside(candidate, job_name),
                present: candidate.blueprint.clone(),
                next: candidate
                    .blueprint
                    .for_image(&candidate.image, image, &reference),
                reference: moves.then_some(reference),
                keep_tag: keep_tag(app, &candidate.image.id),
            }
        })
        .collect()
}

/// What was edited in the compose files is applied, if that is asked for.
async fn apply_edits(
    engine: &Engine,
    prepared: &Prepared,
    fetched: &Fetched,
    replacements: &mut [Replacement],
) -> Result<(), Error> {
    if !prepared.options.apply_compose {
        return Ok(());
    }
    drift::apply(engine, prepared, fetched, replacements).await
}

fn new_id(candidate: &Candidate, replacements: &[Replacement]) -> String {
    replacements
        .iter()
        .find(|one| one.present_id == candidate.container.id)
        .map_or_else(
            || candidate.image.id.clone(),
            |one| one.next.image_id.clone(),
        )
}

/// The releases that change, in words.
async fn in_words(
    prepared: &Prepared,
    id: impl Fn(&Candidate) -> String,
    reference: impl Fn(&Candidate) -> &str,
    replacements: &[Replacement],
    engine: &Engine,
) -> String {
    let mut words: Vec<String> = Vec::new();
    for candidate in &prepared.candidates {
        let changes = replacements
            .iter()
            .any(|one| one.present_id == candidate.container.id);
        if !changes {
            continue;
        }
        let image = engine.image(&id(candidate)).await.ok().flatten();
        let image = image.unwrap_or_else(|| candidate.image.clone());
        let text = ending::release_in_words(reference(candidate), &image);
        if !words.contains(&text) {
            words.push(text);
        }
    }
    words.join(", ")
}

/// The backup of the running application. One that is damaged stops the update: there would be
/// nothing sound to go back to.
async fn back_up(
    lifeboat: &Lifeboat,
    prepared: &Prepared,
    job: &JobContext,
) -> Result<Backup, Error> {
    let options = BackupOptions {
        trigger: Trigger::PreUpdate,
        ..BackupOptions::default()
    };
    let app = &prepared.resolved.name;
    let inner = JobContext {
        reporter: Arc::new(WithinStep {
            step: "backup",
            outer: Arc::clone(&job.reporter),
        }),
        cancel: job.cancel.clone(),
    };
    let backup = create_backup(lifeboat, app, options, &inner).await?.backup;
    if backup.verification.verdict == Verdict::Damaged {
        return Err(Error::new(
            Code::Damaged,
            format!("The database of {app} is damaged already, so it was not updated."),
            format!("Look at `lifeboat health {app}`, and restore a sound backup first."),
        )
        .with_detail(backup.verification.reason.unwrap_or_default()));
    }
    Ok(backup)
}

/// Tells of a job within a step of another one.
struct WithinStep {
    step: &'static str,
    outer: Arc<dyn Reporter>,
}

impl Reporter for WithinStep {
    fn report(&self, event: JobEvent) {
        match event {
            JobEvent::Progress {
                done_bytes,
                total_bytes,
                ..
            } => self.outer.report(JobEvent::Progress {
                step: self.step.to_owned(),
                done_bytes,
                total_bytes,
            }),
            note @ JobEvent::Note { .. } => self.outer.report(note),
            // Its steps are none of the outer job's.
            _ => {}
        }
    }
}

/// Opens the vault for the whole update; somebody who is just finishing is waited for.
async fn open(
    lifeboat: &Lifeboat,
    app: &str,
    prepared: &Prepared,
    bindings: &[SourceBinding],
    job: &JobContext,
) -> Result<OpenedVault, Error> {
    let needs = Needs {
        purpose: OPERATION,
        sources: bindings.to_vec(),
        exclusive: true,
        writes_files: true,
        user_namespace_mode: prepared.resolved.user_namespace_mode(),
    };
    let mut tries = 0;
    loop {
        match lifeboat.open_vault(app, &needs, job).await {
            Err(error) if error.code == Code::Busy && tries < LOCK_TRIES => {
                tries += 1;
                tokio::select! {
                    () = job.cancel.cancelled() => return Err(Error::cancelled()),
                    () = tokio::time::sleep(LOCK_PAUSE) => {}
                }
            }
            outcome => return outcome,
        }
    }
}

/// Fetching takes its time. Whoever was made anew meanwhile is somebody else's work: it is not ours to
/// replace. Gives those who stop, as they are now: they that are replaced, and everyone on the data.
async fn last_look(
    engine: &Engine,
    prepared: &Prepared,
    replacements: &[Replacement],
) -> Result<Vec<StoppedContainer>, Error> {
    for replacement in replacements {
        let present = engine.container(&replacement.present_id).await?;
        let is_same = present.is_some_and(|present| {
            present.name == replacement.name && present.image_id == replacement.present.image_id
        });
        if !is_same {
            return Err(Error::new(
                Code::Busy,
                format!(
                    "{} was replaced by somebody else meanwhile.",
                    replacement.name
                ),
                "Look at what runs now, and update again if it is still needed.",
            ));
        }
        require_image(engine, replacement).await?;
    }
    let replaced: Vec<String> = replacements
        .iter()
        .map(|one| one.present_id.clone())
        .collect();
    let containers = prepared.stopped_for(&replaced)?;
    Ok(listening(engine, &containers, replacements).await)
}

/// The new container is made by its image's name, which somebody else's build or clean-up may have moved
/// while the backup was taken.
async fn require_image(engine: &Engine, replacement: &Replacement) -> Result<(), Error> {
    let wanted = &replacement.next.image_id;
    let name = &replacement.next.image;
    let found = engine.image(name).await?;
    if found.is_some_and(|image| image.id == *wanted) {
        return Ok(());
    }
    Err(Error::new(
        Code::Busy,
        format!("{name} does not stand for the image any more that was got for this update."),
        "Look whether something builds or removes images now, then update again.",
    ))
}

/// Where those listen that are replaced and have no health check: it is all that tells whether they
/// serve again.
async fn listening(
    engine: &Engine,
    containers: &[StoppedContainer],
    replacements: &[Replacement],
) -> Vec<StoppedContainer> {
    let mut containers = containers.to_vec();
    for container in &mut containers {
        let replaced = replacements
            .iter()
            .find(|one| one.present_id == container.id && !one.present.has_health_check());
        if replaced.is_some() && container.was_running {
            // One whose sockets cannot be seen is judged by running alone.
            container.listened_on = engine
                .listening_ports(&container.id)
                .await
                .unwrap_or_default();
        }
    }
    containers
}

async fn request(
    lifeboat: &Lifeboat,
    prepared: &Prepared,
    trigger: Trigger,
    note: String,
) -> lifeboat_store::protocol::BackupRequest {
    let mut request = blank_request(lifeboat, &prepared.resolved, trigger).await;
    request.sources = prepared.resolved.sources(true);
    request.notes.note = Some(note);
    request
}

/// An update under way.
struct Running<'a, 'b> {
    lifeboat: &'a Lifeboat,
    app: String,
    prepared: Prepared,
    entry: Entry,
    tracker: &'a mut StepTracker<'b>,
    job: &'a JobContext,
    downtime_ms: u64,
    findings: Vec<Finding>,
}

/// Why it failed, as the end of a sentence. The cause is said, for nothing else of the new container is left
/// to look at.
fn in_full(error: &Error) -> String {
    let message = error.message.trim_end_matches('.');
    match &error.detail {
        Some(detail) => format!("{message} ({})", detail.trim_end_matches('.')),
        None => message.to_owned(),
    }
}

impl Running<'_, '_> {
    async fn run(&mut self, vault: &mut OpenedVault, hot: Backup) -> UpdateReport {
        let outcome = match self.replace(vault).await {
            Ok(Gate::Good { .. }) => self.finish(vault).await,
            Ok(Gate::Bad { reason }) => Err(reason),
            Err(error) => Err(in_full(&error)),
        };
        let mut report = match outcome {
            Ok(report) => report,
            Err(reason) => self.turn_back(vault, reason).await,
        };
        report.backup_id = Some(hot.id);
        report.downtime_ms = self.downtime_ms;
        report
    }

    async fn replace(&mut self, vault: &mut OpenedVault) -> Result<Gate, Error> {
        let engine = self.lifeboat.engine_handle();
        let keys: Vec<StorageKey> = self
            .prepared
            .resolved
            .storages
            .iter()
            .map(|storage| storage.key.clone())
            .collect();
        let failed = |failure| error_of("The databases could not be kept", failure);
        self.tracker.begin("stop", None);
        self.entry
            .write(vault, Phase::Stopping)
            .await
            .map_err(failed)?;
        boot_entry::make(&self.entry.job, &engine.summary().endpoint);
        let stopping = Instant::now();
        stop(engine, &self.entry.containers).await?;
        nobody_runs(engine, &keys).await?;

        self.tracker.begin("keep", None);
        self.entry
            .write(vault, Phase::Keeping)
            .await
            .map_err(failed)?;
        self.keep_cold(vault).await.map_err(failed)?;
        nobody_runs(engine, &keys).await?;

        self.tracker.begin("swap", None);
        self.entry.released = true;
        self.entry
            .write(vault, Phase::Swapping)
            .await
            .map_err(failed)?;
        let everyone = put_aside(engine, &self.entry.containers, &self.entry.replacements).await?;
        nobody_runs(engine, &keys).await?;
        self.entry
            .write(vault, Phase::Judging)
            .await
            .map_err(failed)?;
        let started = start_again(engine, &everyone).await?;
        if !started.is_empty() {
            self.downtime_ms = milliseconds(stopping);
        }
        self.tracker.begin("gate", None);
        let trial = Trial {
            lifeboat: self.lifeboat,
            app: &self.app,
            entry: &self.entry,
            everyone: &everyone,
            started: &started,
        };
        trial
            .judge(self.tracker, self.job, &mut self.findings)
            .await
    }

    async fn keep_cold(&mut self, vault: &mut OpenedVault) -> Result<(), SessionError> {
        let request = Request::MakeColdPoint(ColdPointRequest {
            job: self.entry.job.clone(),
            sources: self.mounts(),
        });
        let tracker = &mut *self.tracker;
        let cancel = tokio_util::sync::CancellationToken::new();
        match vault
            .ask(request, &mut |event| tracker.hear(event), &cancel)
            .await?
        {
            Answer::Stage(_) => Ok(()),
            _ => Err(SessionError::Engine(unexpected())),
        }
    }

    fn mounts(&self) -> Vec<SourceMount> {
        let mut mounts = self.prepared.resolved.mounts(true);
        for mount in &mut mounts {
            mount.in_use = false;
        }
        mounts
    }

    async fn finish(&mut self, vault: &mut OpenedVault) -> Result<UpdateReport, String> {
        self.tracker.begin("finish", None);
        let mut report = self.blank();
        report.outcome = UpdateOutcome::Updated;
        let mut outcome = finish(self.lifeboat, vault, &mut self.entry).await;
        if outcome
            .as_ref()
            .is_err_and(|error| error.code == Code::HelperLost)
        {
            outcome = self.finish_anew(vault).await;
        }
        match outcome {
            Ok(way_back) => {
                report.rollback_point = Some(way_back.backup_id);
                report.findings.extend(way_back.finding);
            }
            Err(error) => report.findings.push(Finding {
                code: "rollback-point-pending".to_owned(),
                volume: None,
                path: None,
                message: format!(
                    "{} The copies lie safe beside the live files; `lifeboat recover {}` tries again.",
                    error.message, self.app
                ),
            }),
        }
        Ok(report)
    }

    /// A helper that was lost at the end is replaced once: the release is good, only its way back is to be
    /// kept.
    async fn finish_anew(&mut self, vault: &mut OpenedVault) -> Result<WayBack, Error> {
        *vault = restore::reopen(self.lifeboat, &self.app, &self.entry.sources).await?;
        finish(self.lifeboat, vault, &mut self.entry).await
    }

    /// The old image and the old data, and an honest ending.
    async fn turn_back(&mut self, vault: &mut OpenedVault, reason: String) -> UpdateReport {
        self.tracker.turn_to(plan::way_back_step());
        self.job
            .note(format!("{reason}; going back to {}.", self.entry.from));
        let begun = Instant::now();
        let mut report = self.blank();
        let outcome =
            way_back::go_back_surely(self.lifeboat, &self.app, vault, &mut self.entry).await;
        way_back::tell(&mut report, reason, outcome);
        report.findings.extend(self.still_newer());
        self.downtime_ms += milliseconds(begun);
        report
    }

    /// What the next `docker compose up -d --build` would bring back.
    fn still_newer(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> =
            checkout::still_newer(&self.prepared).into_iter().collect();
        findings.extend(drift::still_newer(&self.prepared));
        findings
    }

    fn blank(&mut self) -> UpdateReport {
        ending::blank(
            &self.app,
            &self.entry.from,
            &self.entry.to,
            &self.entry.replacements,
            std::mem::take(&mut self.findings),
        )
    }
}

fn milliseconds(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
