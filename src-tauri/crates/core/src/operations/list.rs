//! Listing: applications with their vaults, backups, one backup.

use std::collections::BTreeMap;

use futures_util::StreamExt;
use lifeboat_store::manifest::Finding;
use lifeboat_store::protocol::{BackupRecord, Listing};

use super::discover::{self, StorageKey};
use super::names;
use super::vault::{Needs, backup_of, summary_of, vault_volume};
use crate::api::{App, AppKind, AppList, AppState, Backup, BackupList, VaultSummary};
use crate::error::{Code, Error};
use crate::job::JobContext;
use crate::lifeboat::Lifeboat;

/// Vaults are looked into this many at a time.
const VAULTS_AT_ONCE: usize = 4;

/// All applications; those whose vault alone is left among them.
pub(crate) async fn apps(lifeboat: &Lifeboat) -> Result<AppList, Error> {
    let engine = lifeboat.engine_handle();
    let groups = discover::group(engine.containers().await?);
    let mut keys: Vec<StorageKey> = groups
        .iter()
        .flat_map(|app| discover::storages_of(app).into_keys())
        .collect();
    keys.sort();
    keys.dedup();
    let scanned = discover::scan(engine, &keys).await?;
    let mut apps: Vec<App> = groups
        .iter()
        .map(|app| discover::describe(app, &scanned))
        .collect();
    let vaults = engine.vaults().await?;
    let mut findings = Vec::new();
    let mut summaries = vault_summaries(lifeboat, &vaults, &mut findings).await;
    for app in &mut apps {
        app.vault = summaries.remove(&app.name);
    }
    for (volume, name) in vaults {
        if !apps.iter().any(|app| app.name == name) {
            let vault = summaries.remove(&name);
            apps.push(orphan(name, volume, vault));
        }
    }
    apps.sort_by(|left, right| left.name.cmp(&right.name));
    let list = AppList {
        engine: lifeboat.engine().clone(),
        apps,
        findings,
    };
    lifeboat.remember_apps(&list);
    Ok(list)
}

/// One application.
pub(crate) async fn app(lifeboat: &Lifeboat, name: &str) -> Result<App, Error> {
    names::check_app_name(name)?;
    let engine = lifeboat.engine_handle();
    let groups = discover::group(engine.containers().await?);
    let vaults = engine.vaults().await?;
    let has_vault = vaults.iter().any(|(_, app)| app == name);
    let mut found = match groups.iter().find(|app| app.name == name) {
        Some(app) => {
            let keys: Vec<StorageKey> = discover::storages_of(app).into_keys().collect();
            let scanned = discover::scan(engine, &keys).await?;
            discover::describe(app, &scanned)
        }
        None if has_vault => orphan(name.to_owned(), vault_volume(name), None),
        None => {
            return Err(Error::new(
                Code::AppNotFound,
                format!("There is no application “{name}” on this engine."),
                "Run `lifeboat apps` for the applications there are.",
            ));
        }
    };
    if has_vault {
        found.vault = Some(vault_summary(lifeboat, name).await?);
    }
    Ok(found)
}

fn orphan(name: String, volume: String, vault: Option<VaultSummary>) -> App {
    App {
        findings: vec![Finding {
            code: "application-gone".to_owned(),
            volume: Some(volume),
            path: None,
            message: format!("{name} has no container on this engine; its backups are here."),
        }],
        name,
        kind: AppKind::VaultOnly,
        state: AppState::Gone,
        services: Vec::new(),
        databases: Vec::new(),
        volumes: Vec::new(),
        vault,
    }
}

async fn vault_summaries(
    lifeboat: &Lifeboat,
    vaults: &[(String, String)],
    findings: &mut Vec<Finding>,
) -> BTreeMap<String, VaultSummary> {
    let names: Vec<String> = vaults.iter().map(|(_, app)| app.clone()).collect();
    let looked: Vec<(String, Result<VaultSummary, Error>)> = futures_util::stream::iter(names)
        .map(|name| async move {
            let summary = vault_summary(lifeboat, &name).await;
            (name, summary)
        })
        .buffer_unordered(VAULTS_AT_ONCE)
        .collect()
        .await;
    let mut summaries = BTreeMap::new();
    for (name, summary) in looked {
        match summary {
            Ok(summary) => {
                summaries.insert(name, summary);
            }
            Err(error) => findings.push(Finding {
                code: "vault-not-looked-at".to_owned(),
                volume: Some(vault_volume(&name)),
                path: None,
                message: error.message,
            }),
        }
    }
    summaries
}

async fn vault_summary(lifeboat: &Lifeboat, app: &str) -> Result<VaultSummary, Error> {
    let needs = Needs {
        purpose: "list",
        ..Needs::default()
    };
    let mut vault = lifeboat.open_vault_for_recovery(app, &needs).await?;
    let listing = vault.list(app).await;
    let status = vault.status.clone();
    vault.close().await;
    Ok(summary_of(&vault_volume(app), &status, &listing?))
}

/// The listing of a vault that must exist.
pub(super) async fn listing(lifeboat: &Lifeboat, app: &str) -> Result<Listing, Error> {
    lifeboat.require_vault(app).await?;
    let needs = Needs {
        purpose: "list",
        ..Needs::default()
    };
    let mut vault = lifeboat.open_vault_for_recovery(app, &needs).await?;
    let listing = vault.list(app).await;
    vault.close().await;
    listing
}

/// The backups of an application. One that was never backed up has none.
pub(crate) async fn backups(lifeboat: &Lifeboat, app: &str) -> Result<BackupList, Error> {
    let listing = match listing(lifeboat, app).await {
        Ok(listing) => listing,
        Err(error) if error.code == Code::BackupNotFound => Listing {
            backups: Vec::new(),
            unreadable: Vec::new(),
            used_bytes: 0,
            free_bytes: 0,
        },
        Err(error) => return Err(error),
    };
    Ok(BackupList {
        app: app.to_owned(),
        backups: listing.backups.into_iter().map(backup_of).collect(),
        unreadable: listing.unreadable,
        used_bytes: listing.used_bytes,
        free_bytes: listing.free_bytes,
    })
}

/// One backup, as the vault has it.
pub(super) async fn record(
    lifeboat: &Lifeboat,
    app: &str,
    selector: &str,
) -> Result<BackupRecord, Error> {
    let listing = listing(lifeboat, app).await?;
    names::select(&listing.backups, app, selector).cloned()
}

/// One backup.
pub(crate) async fn backup(
    lifeboat: &Lifeboat,
    app: &str,
    selector: &str,
) -> Result<Backup, Error> {
    record(lifeboat, app, selector).await.map(backup_of)
}

/// A job that tells no one, for sessions that are opened on the way.
pub(super) fn quietly() -> JobContext {
    JobContext::silent()
}
