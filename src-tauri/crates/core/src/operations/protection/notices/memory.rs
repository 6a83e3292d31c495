//! What was told, and what is still to be sent, over restarts.
//!
//! It is kept on this machine and not in the vault: who is told is whoever watches here; writing to a vault
//! takes a session, and a vault that is full or damaged is just what has to be told.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;

use jiff::{SignedDuration, Timestamp};
use lifeboat_store::settings::Webhook;
use serde::{Deserialize, Serialize};

use super::judge::Told;
use crate::lifeboat::Lifeboat;
use crate::notice::Notice;
use crate::state::StateDirectory;

/// A notice that nobody took for so long is no news any more; and so many are kept of an application.
const UNSENT_FOR: SignedDuration = SignedDuration::from_hours(72);
const UNSENT_AT_MOST: usize = 100;

/// Whose memory it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speaker {
    /// Who prints, and sends to webhooks.
    Watch,
    /// Who shows notices on the desktop.
    Desktop,
}

impl Speaker {
    /// The name of its file.
    const fn file_stem(self) -> &'static str {
        match self {
            Self::Watch => "notices",
            Self::Desktop => "notices-desktop",
        }
    }
}

/// A webhook that does not take what is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Refusal {
    /// Since when.
    pub(crate) since: Timestamp,
    /// Where to, without what is secret of it.
    pub(crate) webhook: String,
    /// Why, as the end of a sentence.
    pub(crate) reason: String,
}

/// The file.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    apps: BTreeMap<String, Told>,
    unsent: Vec<Notice>,
    /// By application.
    refusals: BTreeMap<String, Refusal>,
}

/// Webhooks of an engine's applications that do not take what is sent from this machine, with the number of
/// notices that wait for each.
pub(crate) fn refusals(lifeboat: &Lifeboat) -> Vec<(String, Refusal, usize)> {
    let engine_id = lifeboat.engine_handle().id();
    let stem = Speaker::Watch.file_stem();
    let kept: Kept = lifeboat
        .state()
        .notices(engine_id, stem)
        .unwrap_or_default();
    let waiting = |app: &str| kept.unsent.iter().filter(|one| one.app == app).count();
    kept.refusals
        .iter()
        .map(|(app, refusal)| (app.clone(), refusal.clone(), waiting(app)))
        .collect()
}

/// The file, held against other watches on this machine.
pub(super) struct Memory {
    speaker: Speaker,
    kept: Kept,
    state: StateDirectory,
    engine_id: String,
    /// Held as long as this lives. `None` where nothing can be kept.
    _lock: Option<File>,
}

impl Memory {
    /// `None` if another watch holds it. What cannot be read is as good as nothing: rather told twice.
    pub(super) fn open(lifeboat: &Lifeboat, speaker: Speaker) -> Option<Self> {
        let state = lifeboat.state().clone();
        let engine_id = lifeboat.engine_handle().id().to_owned();
        let lock = match state.lock_notices(&engine_id, speaker.file_stem()) {
            Ok(lock) => lock?,
            Err(error) => {
                tracing::warn!(%error, "what is told cannot be kept");
                None
            }
        };
        Some(Self {
            speaker,
            kept: state
                .notices(&engine_id, speaker.file_stem())
                .unwrap_or_default(),
            state,
            engine_id,
            _lock: lock,
        })
    }

    pub(super) fn knows(&self, app: &str) -> bool {
        self.kept.apps.contains_key(app)
    }

    pub(super) fn told(&self, app: &str) -> Told {
        self.kept.apps.get(app).cloned().unwrap_or_default()
    }

    /// Forgets applications whose vault is gone: somebody left them, for nothing else removes one.
    pub(super) fn keep_only(&mut self, vaults: &BTreeSet<String>) {
        let before = self.kept.apps.len();
        self.kept.apps.retain(|app, _| vaults.contains(app));
        self.kept.refusals.retain(|app, _| vaults.contains(app));
        if self.kept.apps.len() != before {
            self.write();
        }
    }

    /// Protection was switched off.
    pub(super) fn forget(&mut self, app: &str) {
        if self.kept.apps.remove(app).is_some() {
            self.write();
        }
    }

    pub(super) fn remember(&mut self, app: &str, told: Told, unsent: impl Iterator<Item = Notice>) {
        let number = self.kept.unsent.len();
        self.kept.unsent.extend(unsent);
        let changed = self.kept.apps.get(app) != Some(&told) || self.kept.unsent.len() != number;
        if changed {
            self.kept.apps.insert(app.to_owned(), told);
            self.write();
        }
    }

    pub(super) fn unsent(&self, app: &str) -> Vec<Notice> {
        let unsent = self.kept.unsent.iter();
        unsent.filter(|notice| notice.app == app).cloned().collect()
    }

    pub(super) fn sent(&mut self, ids: &[String]) {
        let before = self.kept.unsent.len();
        self.kept.unsent.retain(|notice| !ids.contains(&notice.id));
        if self.kept.unsent.len() != before {
            self.write();
        }
    }

    /// Whether the application's webhook took what was sent; `None` if it did.
    pub(super) fn set_refusal(&mut self, app: &str, reason: Option<&str>, webhook: &Webhook) {
        let known = self.kept.refusals.get(app);
        let refusal = reason.map(|reason| Refusal {
            since: known.map_or_else(Timestamp::now, |known| known.since),
            webhook: webhook.to_string(),
            reason: reason.to_owned(),
        });
        if known == refusal.as_ref() {
            return;
        }
        match refusal {
            Some(refusal) => self.kept.refusals.insert(app.to_owned(), refusal),
            None => self.kept.refusals.remove(app),
        };
        self.write();
    }

    /// Drops what is old, what is too much, and what has nowhere to go any more.
    pub(super) fn drop_unsent(
        &mut self,
        webhooks: &BTreeMap<String, Webhook>,
        looked_at: &BTreeSet<String>,
    ) {
        let now = Timestamp::now();
        let before = self.kept.unsent.len();
        let mut newest_first: BTreeMap<String, usize> = BTreeMap::new();
        let mut stay: Vec<bool> = self
            .kept
            .unsent
            .iter()
            .rev()
            .map(|notice| {
                let number = newest_first.entry(notice.app.clone()).or_default();
                *number += 1;
                let goes_somewhere =
                    webhooks.contains_key(&notice.app) || !looked_at.contains(&notice.app);
                goes_somewhere
                    && *number <= UNSENT_AT_MOST
                    && now.duration_since(notice.at) < UNSENT_FOR
            })
            .collect();
        self.kept.unsent.retain(|_| stay.pop().unwrap_or(true));
        let refusals = self.kept.refusals.len();
        self.kept.refusals.retain(|app, refusal| {
            let is_it = |webhook: &Webhook| webhook.to_string() == refusal.webhook;
            !looked_at.contains(app) || webhooks.get(app).is_some_and(is_it)
        });
        if self.kept.unsent.len() != before || self.kept.refusals.len() != refusals {
            self.write();
        }
    }

    fn write(&self) {
        let stem = self.speaker.file_stem();
        let written = self.state.set_notices(&self.engine_id, stem, &self.kept);
        if let Err(error) = written {
            tracing::warn!(?error, "what was told could not be kept");
        }
    }
}
