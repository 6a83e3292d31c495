//! The releases that an application runs, and noticing those that somebody made without Lifeboat.

use std::collections::BTreeMap;

use lifeboat_store::manifest::{BuiltFrom, Release};
use lifeboat_store::protocol::{Answer, LearnedReleases, Request};

use super::discover::{self, AppContainers};
use super::update::release_in_words;
use super::vault::{AuditTrail, Needs, OpenedVault};
use crate::engine::Engine;
use crate::lifeboat::Lifeboat;

/// The audit log's word for a release that was not made by an update of ours.
const OPERATION: &str = "release";

/// What the containers of an application run.
pub(super) async fn releases_of(engine: &Engine, app: &AppContainers) -> Vec<Release> {
    let mut releases = Vec::new();
    for container in &app.containers {
        // A digest is good to know and no reason to fail: images can be pruned under a container.
        let digest = engine
            .image_digest(&container.image_id)
            .await
            .unwrap_or_default();
        releases.push(Release {
            service: discover::service_name(container),
            image: container.image.clone(),
            image_id: container.image_id.clone(),
            digest,
            built_from: None,
        });
    }
    releases
}

/// Looks what runs now. Other releases than were known are somebody else's work – `docker compose up`
/// beside Lifeboat, say – and become an entry of the audit log. Gives what runs, with what is known of it.
pub(super) async fn notice(
    lifeboat: &Lifeboat,
    app: &str,
    vault: &mut OpenedVault,
    running: Vec<Release>,
) -> Vec<Release> {
    if running.is_empty() {
        // Stopped and removed: whatever comes next is compared with what ran last.
        return running;
    }
    let Some(learned) = learn(vault, running.clone()).await else {
        return running;
    };
    if let Some(before) = &learned.before {
        let target = changes(lifeboat.engine_handle(), before, &learned.now).await;
        AuditTrail::begin(lifeboat, app, OPERATION, target)
            .note(vault)
            .await;
    }
    learned.now
}

/// Remembers the releases that an operation of ours has brought about.
pub(super) async fn learn_ours(
    lifeboat: &Lifeboat,
    app: &str,
    vault: &mut OpenedVault,
    built_from: &BTreeMap<String, BuiltFrom>,
) {
    let engine = lifeboat.engine_handle();
    let groups = match engine.containers().await {
        Ok(containers) => discover::group(containers),
        Err(error) => {
            tracing::warn!(?error, "the releases that run now were not remembered");
            return;
        }
    };
    let Some(found) = groups.iter().find(|found| found.name == app) else {
        return;
    };
    let mut running = releases_of(engine, found).await;
    for release in &mut running {
        release.built_from = built_from.get(&release.service).cloned();
    }
    learn(vault, running).await;
}

impl Lifeboat {
    /// What was known of the releases when they were last looked at; empty if nothing is.
    pub(super) async fn known_releases(&self, app: &str) -> Vec<Release> {
        let needs = Needs {
            purpose: "look",
            ..Needs::default()
        };
        if self.require_vault(app).await.is_err() {
            return Vec::new();
        }
        match self.open_vault_for_recovery(app, &needs).await {
            Ok(vault) => {
                let known = vault.status.releases.clone();
                vault.close().await;
                known.unwrap_or_default()
            }
            Err(error) => {
                tracing::debug!(?error, "the releases that were seen last are not known");
                Vec::new()
            }
        }
    }
}

/// That the releases are not known is no reason for anything else to fail.
async fn learn(vault: &mut OpenedVault, releases: Vec<Release>) -> Option<LearnedReleases> {
    match vault.ask_quietly(Request::LearnReleases { releases }).await {
        Ok(Answer::Releases(learned)) => Some(learned),
        outcome => {
            tracing::warn!(?outcome, "the releases that run were not remembered");
            None
        }
    }
}

/// From what to what, for each service that changed.
async fn changes(engine: &Engine, before: &[Release], now: &[Release]) -> String {
    let mut words: Vec<String> = Vec::new();
    for release in now {
        let previous = before.iter().find(|one| one.service == release.service);
        if previous.is_some_and(|one| one.image_id == release.image_id) {
            continue;
        }
        let to = in_words(engine, release).await;
        words.push(match previous {
            Some(previous) => format!("{} → {to}", in_words(engine, previous).await),
            None => format!("{} is new: {to}", release.service),
        });
    }
    for release in before {
        if !now.iter().any(|one| one.service == release.service) {
            words.push(format!("{} is gone", release.service));
        }
    }
    words.dedup();
    words.join(", ")
}

async fn in_words(engine: &Engine, release: &Release) -> String {
    match engine.image(&release.image_id).await {
        Ok(Some(image)) => release_in_words(&release.image, &image),
        // Its image may have been pruned.
        _ => format!("{} ({})", release.image, short_id(&release.image_id)),
    }
}

fn short_id(image_id: &str) -> &str {
    let id = image_id.trim_start_matches("sha256:");
    id.get(..12).unwrap_or(id)
}
