//! What the guardian cannot see, since it does not speak to the engine: that the application's container
//! starts, and that its `.env` was edited. Whoever is there and sees it, sees to it, and tells what a person
//! has to know.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

use super::growth::{self, Growth};
use super::notices::{Tell, notices};
use super::settings::{self, dot_env_path};
use super::status;
use crate::api::NewBackup;
use crate::engine::{Container, ContainerNotice};
use crate::error::{Code, Error};
use crate::job::JobContext;
use crate::lifeboat::Lifeboat;
use crate::operations::backup::create_start_up_backup;
use crate::operations::discover::{self, AppContainers, StorageKey};

/// The containers of a project start one after another: that is one start.
const SETTLING: Duration = Duration::from_secs(5);

/// How often it is looked whether a `.env` was edited, or a start was missed.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// How often volumes without a database are looked through for one.
const LOOK_THROUGH_EVERY: Duration = Duration::from_secs(15 * 60);

/// How long a job that holds the vault is waited for.
const BUSY_LIMIT: Duration = Duration::from_secs(2 * 3600);
const BUSY_PAUSE: Duration = Duration::from_secs(2);

/// Watches until it is cancelled.
///
/// # Errors
/// The engine stays away.
pub(crate) async fn watch(lifeboat: &Lifeboat, job: &JobContext, tell: &Tell) -> Result<(), Error> {
    let ended = CancellationToken::new();
    let seeing = async {
        let outcome = see_to(lifeboat, job).await;
        ended.cancel();
        outcome
    };
    // A start-up backup that waits for a job keeps nothing from being told.
    let (outcome, ()) = tokio::join!(seeing, notices(lifeboat, job, tell, &ended));
    outcome
}

async fn see_to(lifeboat: &Lifeboat, job: &JobContext) -> Result<(), Error> {
    let mut starts = lifeboat.engine_handle().watch_starts().await?;
    let mut watching = Watching {
        lifeboat,
        job,
        since: lifeboat.engine_handle().now().await?,
        handled: BTreeMap::new(),
        edited: BTreeMap::new(),
        mounted: BTreeMap::new(),
        left_out: BTreeMap::new(),
    };
    let mut look = interval(LOOK_EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            () = job.cancel.cancelled() => return Ok(()),
            notice = starts.next() => {
                if let ContainerNotice::Happened(_) = notice? {
                    sleep(SETTLING).await;
                }
                watching.look_for_starts().await;
            }
            _ = look.tick() => watching.look().await,
        }
    }
}

struct Watching<'a> {
    lifeboat: &'a Lifeboat,
    job: &'a JobContext,
    /// Starts before this were before the watch.
    since: Timestamp,
    /// By application: the newest start that was seen to.
    handled: BTreeMap<String, Timestamp>,
    /// By application: when its `.env` was last written.
    edited: BTreeMap<String, Option<SystemTime>>,
    /// By application: the storages that were found to be in order, and when. They are looked through again
    /// after a while: a volume without a database may get one.
    mounted: BTreeMap<String, (Vec<StorageKey>, Instant)>,
    /// By application: what was said of its storages last.
    left_out: BTreeMap<String, String>,
}

impl Watching<'_> {
    /// Everything that is protected and still has its containers.
    async fn protected(&self) -> Vec<AppContainers> {
        let engine = self.lifeboat.engine_handle();
        let (containers, guarded) = match (engine.containers().await, engine.guarded_apps().await) {
            (Ok(containers), Ok(guarded)) => (containers, guarded),
            (Err(error), _) | (_, Err(error)) => {
                tracing::warn!(?error, "the engine could not be looked at");
                return Vec::new();
            }
        };
        let mut apps = discover::group(containers);
        apps.retain(|app| guarded.contains(&app.name));
        apps
    }

    async fn look(&mut self) {
        self.look_for_starts().await;
        for app in self.protected().await {
            self.look_at_settings(&app).await;
            self.look_at_storages(&app).await;
        }
    }

    /// A start that nobody has taken a backup after gets one.
    async fn look_for_starts(&mut self) {
        for app in self.protected().await {
            let Some(started_at) = newest_start(&app) else {
                continue;
            };
            let before = self.handled.get(&app.name).copied().unwrap_or(self.since);
            if started_at <= before {
                continue;
            }
            self.handled.insert(app.name.clone(), started_at);
            if let Err(error) = self.back_up(&app.name, started_at).await {
                self.job.note(format!(
                    "{}: the start-up backup could not be taken: {}",
                    app.name, error.message
                ));
            }
        }
    }

    async fn back_up(&self, app: &str, started_at: Timestamp) -> Result<(), Error> {
        let report = settings::settings(self.lifeboat, app).await?;
        let key = "BACKUP_ON_STARTUP";
        let chosen = report.values.iter().find(|setting| setting.key == key);
        if chosen.is_some_and(|setting| setting.value == "false") {
            return Ok(());
        }
        let begun = Instant::now();
        loop {
            let silent = JobContext {
                cancel: self.job.cancel.clone(),
                ..JobContext::silent()
            };
            match create_start_up_backup(self.lifeboat, app, started_at, &silent).await {
                Ok(Some(NewBackup { backup, .. })) => {
                    self.job.note(format!(
                        "{app} was started: start-up backup {} is {}.",
                        backup.id,
                        verdict_word(backup.verification.verdict)
                    ));
                    return Ok(());
                }
                // Somebody else may watch, too, or the guardian has started with the engine.
                Ok(None) => return Ok(()),
                Err(error) if error.code == Code::Busy && begun.elapsed() < BUSY_LIMIT => {
                    sleep(BUSY_PAUSE).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// A further volume with a database is taken into the protection.
    async fn look_at_storages(&mut self, app: &AppContainers) {
        let storages: Vec<StorageKey> = discover::storages_of(app).into_keys().collect();
        let in_order = self.mounted.get(&app.name);
        if in_order
            .is_some_and(|(known, at)| *known == storages && at.elapsed() < LOOK_THROUGH_EVERY)
        {
            return;
        }
        match self.take_in_storages(app).await {
            Ok(true) => {
                let now = Instant::now();
                self.mounted.insert(app.name.clone(), (storages, now));
            }
            // Tried again at the next look.
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(?error, app = %app.name, "the volumes were not looked at");
            }
        }
    }

    /// Whether all is protected that there is.
    async fn take_in_storages(&mut self, app: &AppContainers) -> Result<bool, Error> {
        let Some(spec) = status::read(self.lifeboat, &app.name).await?.spec else {
            return Ok(true);
        };
        let keys = growth::unguarded(app, &spec);
        let names = growth::with_database(self.lifeboat.engine_handle(), keys).await?;
        if names.is_empty() {
            return Ok(true);
        }
        let growth = growth::take_in(self.lifeboat, &app.name, &spec, &names, self.job).await;
        let is_done = matches!(growth, Growth::TakenIn(_));
        if let Growth::TakenIn(text) | Growth::LeftOut(text) = growth
            && self.left_out.insert(app.name.clone(), text.clone()) != Some(text.clone())
        {
            self.job.note(text);
        }
        Ok(is_done)
    }

    async fn look_at_settings(&mut self, app: &AppContainers) {
        let written = dot_env_path(app).and_then(|path| written_at(&path));
        if self.edited.get(&app.name) == Some(&written) {
            return;
        }
        match settings::settings(self.lifeboat, &app.name).await {
            Ok(report) if !report.pending => {
                for refused in &report.refused {
                    self.job.note(format!("{}: {}", app.name, refused.message));
                }
                self.edited.insert(app.name.clone(), written);
            }
            // Tried again at the next look.
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(?error, app = %app.name, "the settings were not looked at");
            }
        }
    }
}

/// When the application was last started: containers without data do not count.
fn newest_start(app: &AppContainers) -> Option<Timestamp> {
    let has_data = |container: &&Container| {
        let alone = AppContainers {
            containers: vec![(*container).clone()],
            ..app.clone()
        };
        container.is_active() && !discover::storages_of(&alone).is_empty()
    };
    app.containers
        .iter()
        .filter(has_data)
        .filter_map(|container| container.started_at)
        .max()
}

fn written_at(path: &PathBuf) -> Option<SystemTime> {
    std::fs::metadata(path).ok()?.modified().ok()
}

fn verdict_word(verdict: lifeboat_store::manifest::Verdict) -> &'static str {
    use lifeboat_store::manifest::Verdict;
    match verdict {
        Verdict::Sound => "sound",
        Verdict::Damaged => "damaged",
        Verdict::NotCheckable => "not checkable",
        Verdict::NotChecked => "not checked",
    }
}
