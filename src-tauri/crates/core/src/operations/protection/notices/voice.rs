//! One who tells: to a person, to webhooks, or both, with a memory of what was told.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use lifeboat_store::settings::Webhook;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::Tell;
use super::delivery::{Attempt, deliver};
use super::facts::Facts;
use super::judge::{Doubts, Finding, judge};
use super::memory::{Memory, Speaker};
use crate::job::JobContext;
use crate::lifeboat::Lifeboat;
use crate::notice::Notice;

/// One who tells.
pub(super) struct Voice<'a> {
    speaker: Speaker,
    tell: Option<&'a Tell>,
    /// `None` while another process on this machine has this voice.
    memory: Option<Memory>,
    doubts: BTreeMap<String, Doubts>,
    /// By application; where nothing is sent, empty.
    webhooks: BTreeMap<String, Webhook>,
    /// Applications whose webhook took nothing the last time.
    refusing: BTreeSet<String>,
}

impl<'a> Voice<'a> {
    /// Sends to webhooks, and tells a person if there is one.
    pub(super) fn sending(tell: Option<&'a Tell>) -> Self {
        Self::new(Speaker::Watch, tell)
    }

    /// Tells the person in front of the desktop.
    pub(super) fn showing(tell: &'a Tell) -> Self {
        Self::new(Speaker::Desktop, Some(tell))
    }

    fn new(speaker: Speaker, tell: Option<&'a Tell>) -> Self {
        Self {
            speaker,
            tell,
            memory: None,
            doubts: BTreeMap::new(),
            webhooks: BTreeMap::new(),
            refusing: BTreeSet::new(),
        }
    }

    /// Takes the memory, unless another process holds it.
    pub(super) fn may_speak(&mut self, lifeboat: &Lifeboat) -> bool {
        if self.memory.is_none() {
            self.memory = Memory::open(lifeboat, self.speaker);
        }
        self.memory.is_some()
    }

    pub(super) fn is_in_doubt(&self) -> bool {
        self.doubts.values().any(Doubts::soon_certain)
    }

    /// Whether something was told of the application.
    pub(super) fn knows(&self, app: &str) -> bool {
        self.memory.as_ref().is_some_and(|memory| memory.knows(app))
    }

    pub(super) fn keep_only(&mut self, vaults: &BTreeSet<String>) {
        if let Some(memory) = &mut self.memory {
            memory.keep_only(vaults);
        }
    }

    /// Judges what is known of an application, and tells what is new.
    pub(super) fn hear(&mut self, app: &str, engine: &str, facts: &Facts) {
        let Some(memory) = &mut self.memory else {
            return;
        };
        match &facts.settings.notice_webhook {
            Some(webhook) if self.speaker == Speaker::Watch => {
                self.webhooks.insert(app.to_owned(), webhook.clone())
            }
            _ => self.webhooks.remove(app),
        };
        let mut told = memory.told(app);
        let doubts = self.doubts.entry(app.to_owned()).or_default();
        let Some(findings) = judge(facts, &mut told, doubts, Instant::now()) else {
            self.doubts.remove(app);
            memory.forget(app);
            return;
        };
        let notices: Vec<Notice> = findings
            .into_iter()
            .map(|finding| notice_of(app, engine, facts.now, finding))
            .collect();
        // First told, then remembered: rather twice than never.
        if let Some(tell) = self.tell {
            notices.iter().for_each(tell);
        }
        let unsent = notices
            .into_iter()
            .filter(|_| self.webhooks.contains_key(app));
        memory.remember(app, told, unsent);
    }

    /// Sends what was not sent yet, in a task of its own.
    pub(super) fn send(
        &mut self,
        looked_at: &BTreeSet<String>,
    ) -> Option<JoinHandle<Vec<Attempt>>> {
        let memory = self.memory.as_mut()?;
        memory.drop_unsent(&self.webhooks, looked_at);
        let mut work = Vec::new();
        for (app, webhook) in &self.webhooks {
            let notices = memory.unsent(app);
            if !notices.is_empty() {
                work.push((app.clone(), webhook.clone(), notices));
            }
        }
        (!work.is_empty()).then(|| tokio::spawn(deliver(work)))
    }

    /// What became of it.
    pub(super) fn after(&mut self, attempts: &[Attempt], job: &JobContext) {
        let Some(memory) = &mut self.memory else {
            return;
        };
        for attempt in attempts {
            memory.sent(&attempt.sent);
            memory.set_refusal(&attempt.app, attempt.failure.as_deref(), &attempt.webhook);
            match &attempt.failure {
                None => {
                    self.refusing.remove(&attempt.app);
                }
                Some(failure) => {
                    if self.refusing.insert(attempt.app.clone()) {
                        job.note(format!(
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
    let kind = finding.kind.as_str();
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
        facts: Some(finding.facts),
    }
}
