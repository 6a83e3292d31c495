//! Listing: applications with their vaults, backups, one backup.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::StreamExt;
use jiff::Timestamp;
use lifeboat_store::manifest::Finding;
use lifeboat_store::protocol::{BackupRecord, GuardReport, Listing};

use super::discover::{self, StorageKey};
use super::vault::{Needs, backup_of, summary_of, vault_volume};
use super::{names, protection};
use crate::api::{
    App, AppKind, AppList, AppState, Backup, BackupList, ProtectionSummary, VaultSummary,
};
use crate::engine::{Engine, GuardianContainer};
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
    let guardians = Guardians::look(engine).await?;
    let mut looks = look_into_vaults(lifeboat, &vaults).await;
    let findings = not_looked_at(&looks);
    for (volume, name) in &vaults {
        if !apps.iter().any(|app| app.name == *name) {
            apps.push(orphan(name.clone(), volume.clone()));
        }
    }
    for app in &mut apps {
        guardians.add(app, looks.remove(&app.name));
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

/// The names of all applications that a command would take.
pub(crate) async fn app_names(lifeboat: &Lifeboat) -> Result<Vec<String>, Error> {
    let engine = lifeboat.engine_handle();
    let groups = discover::group(engine.containers().await?);
    let vaults = engine.vaults().await?;
    let found: BTreeSet<String> = groups
        .into_iter()
        .map(|app| app.name)
        .chain(vaults.into_iter().map(|(_, name)| name))
        .filter(|name| names::check_app_name(name).is_ok())
        .collect();
    Ok(found.into_iter().collect())
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
        None if has_vault => orphan(name.to_owned(), vault_volume(name)),
        None => {
            return Err(Error::new(
                Code::AppNotFound,
                format!("There is no application “{name}” on this engine."),
                "Run `lifeboat apps` for the applications there are.",
            ));
        }
    };
    let guardians = Guardians::look(engine).await?;
    let look = if has_vault {
        Some(look_into_vault(lifeboat, name).await?)
    } else {
        None
    };
    guardians.add(&mut found, look.map(Ok));
    Ok(found)
}

/// What one look into a vault says.
struct Look {
    summary: VaultSummary,
    /// A file of the guardian's that cannot be read hides no backup.
    guard: Result<GuardReport, Error>,
}

/// The guardians of an engine, and what its clock says.
struct Guardians {
    containers: BTreeMap<String, GuardianContainer>,
    now: Timestamp,
}

impl Guardians {
    async fn look(engine: &Engine) -> Result<Self, Error> {
        let now = engine.now().await.unwrap_or_else(|error| {
            // A listing does not fail for that: here and there the time is the same nearly always.
            tracing::warn!(?error, "the engine's clock is not known");
            Timestamp::now()
        });
        Ok(Self {
            containers: engine.guardians().await?,
            now,
        })
    }

    /// Adds what is known of an application's vault, if it has one, and of its protection. A vault that could
    /// not be looked into leaves both open.
    fn add(&self, app: &mut App, look: Option<Result<Look, Error>>) {
        match look {
            None => {
                let can_be_protected = app.kind != AppKind::VaultOnly && !app.databases.is_empty();
                app.protection = can_be_protected.then(|| self.judge(app, None));
            }
            Some(Err(error)) => app.vault_problem = Some(error.message),
            Some(Ok(look)) => {
                app.vault = Some(look.summary);
                match look.guard {
                    _ if app.kind == AppKind::VaultOnly => {}
                    Ok(report) => app.protection = Some(self.judge(app, Some(&report))),
                    Err(error) => app.findings.push(Finding {
                        code: "protection-not-known".to_owned(),
                        volume: None,
                        path: None,
                        message: error.message,
                    }),
                }
            }
        }
    }

    fn judge(&self, app: &App, report: Option<&GuardReport>) -> ProtectionSummary {
        protection::summary(app, report, self.containers.get(&app.name), self.now)
    }
}

fn orphan(name: String, volume: String) -> App {
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
        vault: None,
        vault_problem: None,
        protection: None,
        is_demo: false,
    }
}

async fn look_into_vaults(
    lifeboat: &Lifeboat,
    vaults: &[(String, String)],
) -> BTreeMap<String, Result<Look, Error>> {
    let names: Vec<String> = vaults.iter().map(|(_, app)| app.clone()).collect();
    futures_util::stream::iter(names)
        .map(|name| async move {
            let look = look_into_vault(lifeboat, &name).await;
            (name, look)
        })
        .buffer_unordered(VAULTS_AT_ONCE)
        .collect()
        .await
}

/// The vaults that could not be looked into.
fn not_looked_at(looks: &BTreeMap<String, Result<Look, Error>>) -> Vec<Finding> {
    let failed = looks
        .iter()
        .filter_map(|(name, look)| Some((name, look.as_ref().err()?)));
    failed
        .map(|(name, error)| Finding {
            code: "vault-not-looked-at".to_owned(),
            volume: Some(vault_volume(name)),
            path: None,
            message: error.message.clone(),
        })
        .collect()
}

async fn look_into_vault(lifeboat: &Lifeboat, app: &str) -> Result<Look, Error> {
    let needs = Needs {
        purpose: "list",
        ..Needs::default()
    };
    let mut vault = lifeboat.open_vault_for_recovery(app, &needs).await?;
    let listing = vault.list(app).await;
    let guard = protection::report(&mut vault).await;
    let status = vault.status.clone();
    vault.close().await;
    Ok(Look {
        summary: summary_of(&vault_volume(app), &status, &listing?),
        guard,
    })
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
        Err(error) if error.code == Code::BackupNotFound => Listing::default(),
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
