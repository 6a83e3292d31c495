//! Notices: what a person has to be told, each thing once, and once more when it is well again.
//!
//! Only whoever watches tells: the guardian has no network. This runs beside the rest of the watching and
//! takes no lock of a vault, so neither waits for the other.

mod delivery;
mod facts;
mod judge;
mod memory;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use lifeboat_store::settings::Webhook;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use self::delivery::{Attempt, deliver};
use self::judge::{Doubts, Finding, judge};
use self::memory::Memory;
use crate::error::Error;
use crate::job::JobContext;
use crate::lifeboat::Lifeboat;
use crate::notice::Notice;

/// How often all applications are looked at, and how soon again while something is in doubt.
const LOOK_EVERY: Duration = Duration::from_secs(60);
const DOUBTFUL_LOOK: Duration = Duration::from_secs(10);

/// How long a delivery that is under way in the end may take.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// Who prints notices.
pub type Tell = dyn Fn(&Notice) + Send + Sync;

/// Tells until the watching has ended.
pub(super) async fn notices(
    lifeboat: &Lifeboat,
    job: &JobContext,
    tell: &Tell,
    ended: &CancellationToken,
) {
    let mut telling = Telling {
        lifeboat,
        job,
        tell,
        memory: None,
        doubts: BTreeMap::new(),
        looked_at: BTreeSet::new(),
        webhooks: BTreeMap::new(),
        refusing: BTreeSet::new(),
        refused: false,
    };
    let mut next_look = Instant::now();
    let mut sending: Option<JoinHandle<Vec<Attempt>>> = None;
    loop {
        tokio::select! {
            biased;
            () = ended.cancelled() => break,
            attempts = finished(&mut sending) => {
                sending = None;
                telling.after(&attempts);
            }
            () = sleep_until(next_look) => {
                telling.look(ended).await;
                if sending.is_none() {
                    sending = telling.send();
                }
                next_look = Instant::now() + telling.pause();
            }
        }
    }
    // What arrives just now is not to be sent again.
    if sending.is_some()
        && let Ok(attempts) = timeout(LAST_WORDS, finished(&mut sending)).await
    {
        telling.after(&attempts);
    }
}

/// What became of a delivery; never, if none is under way.
async fn finished(sending: &mut Option<JoinHandle<Vec<Attempt>>>) -> Vec<Attempt> {
    match sending {
        Some(task) => task.await.unwrap_or_default(),
        None => std::future::pending().await,
    }
}

struct Telling<'a> {
    lifeboat: &'a Lifeboat,
    job: &'a JobContext,
    tell: &'a Tell,
    /// `None` while another watch on this machine tells.
    memory: Option<Memory>,
    doubts: BTreeMap<String, Doubts>,
    /// Vaults that were looked into once: one may be protected though its guardian is gone.
    looked_at: BTreeSet<String>,
    /// By application.
    webhooks: BTreeMap<String, Webhook>,
    /// Applications whose webhook took nothing the last time.
    refusing: BTreeSet<String>,
    /// It was said that another watch tells.
    refused: bool,
}

impl Telling<'_> {
    fn pause(&self) -> Duration {
        let doubtful = self.doubts.values().any(Doubts::soon_certain);
        if doubtful { DOUBTFUL_LOOK } else { LOOK_EVERY }
    }

    async fn look(&mut self, ended: &CancellationToken) {
        if self.memory.is_none() {
            self.memory = Memory::open(self.lifeboat);
        }
        if self.memory.is_none() {
            if !std::mem::replace(&mut self.refused, true) {
                self.job
                    .note("Another watch on this machine tells what has to be told.");
            }
            return;
        }
        let apps = match self.apps().await {
            Ok(apps) => apps,
            Err(error) => {
                tracing::warn!(?error, "the engine could not be looked at");
                return;
            }
        };
        for app in apps {
            if ended.is_cancelled() {
                return;
            }
            match facts::read(self.lifeboat, &app).await {
                Ok(facts) => self.look_at(&app, &facts),
                Err(error) => tracing::warn!(?error, %app, "the application was not looked at"),
            }
        }
    }

    /// Those that are protected, as far as can be told without looking into each vault each time.
    async fn apps(&mut self) -> Result<Vec<String>, Error> {
        let engine = self.lifeboat.engine_handle();
        let vaults: BTreeSet<String> = engine
            .vaults()
            .await?
            .into_iter()
            .map(|(_, app)| app)
            .collect();
        let guarded = engine.guarded_apps().await?;
        if let Some(memory) = &mut self.memory {
            memory.keep_only(&vaults);
        }
        let told = self.memory.as_ref();
        let wanted = |app: &String| {
            guarded.contains(app)
                || told.is_some_and(|told| told.knows(app))
                || !self.looked_at.contains(app)
        };
        Ok(vaults.into_iter().filter(wanted).collect())
    }

    fn look_at(&mut self, app: &str, facts: &facts::Facts) {
        self.looked_at.insert(app.to_owned());
        let Some(memory) = &mut self.memory else {
            return;
        };
        match &facts.settings.notice_webhook {
            Some(webhook) => self.webhooks.insert(app.to_owned(), webhook.clone()),
            None => self.webhooks.remove(app),
        };
        let mut told = memory.told(app);
        let doubts = self.doubts.entry(app.to_owned()).or_default();
        let Some(findings) = judge(facts, &mut told, doubts, Instant::now()) else {
            self.doubts.remove(app);
            memory.forget(app);
            return;
        };
        let engine = &self.lifeboat.engine().name;
        let notices: Vec<Notice> = findings
            .into_iter()
            .map(|finding| notice_of(app, engine, facts.now, finding))
            .collect();
        // First told, then remembered: rather twice than never.
        for notice in &notices {
            (self.tell)(notice);
        }
        let unsent = notices
            .into_iter()
            .filter(|_| self.webhooks.contains_key(app));
        memory.remember(app, told, unsent);
    }

    /// Sends what was not sent yet, in a task of its own.
    fn send(&mut self) -> Option<JoinHandle<Vec<Attempt>>> {
        let memory = self.memory.as_mut()?;
        memory.drop_unsent(&self.webhooks, &self.looked_at);
        let mut work = Vec::new();
        for (app, webhook) in &self.webhooks {
            let notices = memory.unsent(app);
            if !notices.is_empty() {
                work.push((app.clone(), webhook.clone(), notices));
            }
        }
        (!work.is_empty()).then(|| tokio::spawn(deliver(work)))
    }

    fn after(&mut self, attempts: &[Attempt]) {
        let Some(memory) = &mut self.memory else {
            return;
        };
        for attempt in attempts {
            memory.sent(&attempt.sent);
            match &attempt.failure {
                None => {
                    self.refusing.remove(&attempt.app);
                }
                Some(failure) => {
                    if self.refusing.insert(attempt.app.clone()) {
                        self.job.note(format!(
                            "{}: a notice could not be sent to {}: {failure}. It is kept, and sent as soon \
                             as that works.",
                            attempt.app, attempt.webhook
                        ));
                    }
                }
            }
        }
    }
}

fn notice_of(app: &str, engine: &str, at: Timestamp, finding: Finding) -> Notice {
    let kind = serde_json::to_value(finding.kind).unwrap_or_default();
    let kind = kind.as_str().unwrap_or_default();
    Notice {
        id: format!("{app}-{kind}-{}", Timestamp::now().as_microsecond()),
        app: app.to_owned(),
        engine: engine.to_owned(),
        kind: finding.kind,
        state: finding.state,
        at,
        happened: finding.happened,
        now: finding.now,
        advice: finding.advice,
    }
}
