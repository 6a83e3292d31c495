//! Settings of an application: resolved from what was chosen, its `.env` and its container, and written to
//! the vault, where the guardian reads them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use lifeboat_store::manifest::Finding;
use lifeboat_store::protocol::{Answer, Request};
use lifeboat_store::settings::{
    DotEnv, Key, Layers, Origin, Settings, StoredSettings, TABLE, entry,
};

use crate::api::{Setting, SettingsReport};
use crate::error::{Code, Error};
use crate::job::JobContext;
use crate::lifeboat::Lifeboat;
use crate::operations::containers::HealthRules;
use crate::operations::failure::error_of;
use crate::operations::resolve::{Resolved, resolve};
use crate::operations::vault::{AuditTrail, Needs, OpenedVault, unexpected};

/// The label by which compose tells of an environment file of another name.
const ENVIRONMENT_FILE: &str = "com.docker.compose.project.environment_file";

/// What is in force for an application, and where each value comes from. An edited `.env` comes into force
/// by being looked at, unless a job holds the vault.
pub(crate) async fn settings(lifeboat: &Lifeboat, app: &str) -> Result<SettingsReport, Error> {
    let found = resolve(lifeboat.engine_handle(), app).await?;
    let needs = Needs {
        purpose: "settings",
        ..Needs::default()
    };
    if lifeboat.require_vault(app).await.is_err() {
        let fresh = fresh(lifeboat, &found, None).await;
        return Ok(report(app, &fresh, false));
    }
    let mut vault = lifeboat.open_vault_for_recovery(app, &needs).await?;
    let stored = read(&mut vault).await;
    vault.close().await;
    let stored = stored?;
    let fresh = fresh(lifeboat, &found, stored.as_ref()).await;
    if !differs(stored.as_ref(), &fresh) {
        return Ok(report(app, &fresh, false));
    }
    // Whoever holds the lock now is no reason not to show the settings.
    let pending = match bring_into_force(lifeboat, app, &fresh).await {
        Ok(()) => false,
        Err(error) if error.code == Code::Busy => true,
        Err(error) => return Err(error),
    };
    Ok(report(app, &fresh, pending))
}

/// Chooses values, or with `None` takes the choice back.
pub(crate) async fn change_settings(
    lifeboat: &Lifeboat,
    app: &str,
    changes: &[(String, Option<String>)],
    job: &JobContext,
) -> Result<SettingsReport, Error> {
    let changes = checked(changes)?;
    let found = resolve(lifeboat.engine_handle(), app).await?;
    lifeboat.ensure_vault(app).await?;
    let words: Vec<String> = changes
        .iter()
        .map(|(key, value)| match value {
            Some(value) => format!("{}={}", key.name(), entry(*key).shown(value)),
            None => format!("{} as it comes", key.name()),
        })
        .collect();
    let trail = AuditTrail::begin(lifeboat, app, "settings", words.join(", "));
    let needs = Needs {
        purpose: "settings",
        exclusive: true,
        ..Needs::default()
    };
    let mut vault = match lifeboat.open_vault(app, &needs, job).await {
        Ok(vault) => vault,
        Err(error) => return trail.end_without_session(Err(error)).await,
    };
    let outcome = choose(lifeboat, &found, &mut vault, changes).await;
    let fresh = trail.end(vault, outcome).await?;
    lifeboat.engine_handle().wake_guardian(app).await;
    Ok(report(app, &fresh, false))
}

async fn choose(
    lifeboat: &Lifeboat,
    found: &Resolved,
    vault: &mut OpenedVault,
    changes: Vec<(Key, Option<String>)>,
) -> Result<StoredSettings, Error> {
    let stored = read(vault).await?;
    let fresh = fresh_with(lifeboat, found, stored.as_ref(), changes).await;
    write(vault, &fresh).await?;
    Ok(fresh)
}

/// What would be in force with these choices; nothing is written. Of an application that is gone there are
/// only the settings in the vault.
pub(super) async fn settings_with(
    lifeboat: &Lifeboat,
    found: Option<&Resolved>,
    vault: &mut OpenedVault,
    changes: Vec<(Key, Option<String>)>,
) -> Result<BTreeMap<Key, String>, Error> {
    let stored = read(vault).await?;
    let fresh = match found {
        Some(found) => Some(fresh_with(lifeboat, found, stored.as_ref(), changes).await),
        None => stored,
    };
    let values = fresh.into_iter().flat_map(|fresh| fresh.values);
    Ok(values.map(|value| (value.key, value.value)).collect())
}

/// The settings to work by, in a session that holds the lock; an edited `.env` comes into force.
pub(in crate::operations) async fn in_force(
    lifeboat: &Lifeboat,
    found: &Resolved,
    vault: &mut OpenedVault,
) -> Settings {
    let stored = match read(vault).await {
        Ok(stored) => stored,
        Err(error) => {
            // A backup by the defaults is better than none.
            tracing::warn!(?error, "the settings could not be read");
            return Settings::default();
        }
    };
    let fresh = fresh(lifeboat, found, stored.as_ref()).await;
    if differs(stored.as_ref(), &fresh)
        && let Err(error) = write(vault, &fresh).await
    {
        tracing::warn!(?error, "the settings could not be written");
    }
    fresh.settings()
}

/// What the application is judged by when it comes up again, by the settings in force; and the probes that
/// it is not judged by.
pub(in crate::operations) async fn health_rules(
    lifeboat: &Lifeboat,
    found: &Resolved,
    vault: &mut OpenedVault,
) -> (HealthRules, Vec<Finding>) {
    let settings = in_force(lifeboat, found, vault).await;
    let containers = found.app.as_ref().map(|app| app.containers.as_slice());
    let engine = lifeboat.engine_handle();
    HealthRules::of(engine, &settings, containers.unwrap_or_default()).await
}

pub(super) fn checked(
    changes: &[(String, Option<String>)],
) -> Result<Vec<(Key, Option<String>)>, Error> {
    changes
        .iter()
        .map(|(name, value)| {
            let key = Key::of_name(name).ok_or_else(|| unknown(name))?;
            if let Some(value) = value {
                let row = entry(key);
                row.apply(&mut Settings::default(), value).map_err(|why| {
                    Error::new(
                        Code::InvalidInput,
                        format!(
                            "{name} cannot be “{}”: it {why}. What was in force stays in force.",
                            row.shown(value).escape_debug()
                        ),
                        format!("Allowed is {}.", row.allowed),
                    )
                })?;
            }
            Ok((key, value.clone()))
        })
        .collect()
}

fn unknown(name: &str) -> Error {
    let names: Vec<&str> = TABLE.iter().map(|row| row.name).collect();
    Error::new(
        Code::InvalidInput,
        format!("There is no setting “{}”.", name.escape_debug()),
        format!("The settings are {}.", names.join(", ")),
    )
}

async fn bring_into_force(
    lifeboat: &Lifeboat,
    app: &str,
    fresh: &StoredSettings,
) -> Result<(), Error> {
    let needs = Needs {
        purpose: "settings",
        exclusive: true,
        ..Needs::default()
    };
    let job = JobContext::silent();
    let mut vault = lifeboat.open_vault(app, &needs, &job).await?;
    let written = write(&mut vault, fresh).await;
    vault.close().await;
    written?;
    lifeboat.engine_handle().wake_guardian(app).await;
    Ok(())
}

pub(super) async fn read(vault: &mut OpenedVault) -> Result<Option<StoredSettings>, Error> {
    match vault.ask_quietly(Request::ReadSettings).await {
        Ok(Answer::Settings { settings }) => Ok(settings.map(|settings| *settings)),
        Ok(_) => Err(unexpected()),
        Err(failure) => Err(error_of("The settings could not be read", failure)),
    }
}

pub(super) async fn write(vault: &mut OpenedVault, settings: &StoredSettings) -> Result<(), Error> {
    let request = Request::WriteSettings {
        settings: Box::new(settings.clone()),
    };
    vault
        .ask_quietly(request)
        .await
        .map(|_| ())
        .map_err(|failure| error_of("The settings could not be written", failure))
}

async fn fresh(
    lifeboat: &Lifeboat,
    found: &Resolved,
    stored: Option<&StoredSettings>,
) -> StoredSettings {
    fresh_with(lifeboat, found, stored, Vec::new()).await
}

async fn fresh_with(
    lifeboat: &Lifeboat,
    found: &Resolved,
    stored: Option<&StoredSettings>,
    changes: Vec<(Key, Option<String>)>,
) -> StoredSettings {
    let mut layers = layers(lifeboat, found, stored).await;
    for (key, value) in changes {
        match value {
            Some(value) => layers.lifeboat.insert(key, value),
            None => layers.lifeboat.remove(&key),
        };
    }
    StoredSettings::resolve(&layers, stored, Timestamp::now(), lifeboat.actor_name())
}

/// Who wrote them and when is no difference.
fn differs(stored: Option<&StoredSettings>, fresh: &StoredSettings) -> bool {
    stored.is_none_or(|stored| {
        (&stored.values, &stored.refused, &stored.chosen)
            != (&fresh.values, &fresh.refused, &fresh.chosen)
    })
}

async fn layers(lifeboat: &Lifeboat, found: &Resolved, stored: Option<&StoredSettings>) -> Layers {
    let containers = found.app.iter().flat_map(|app| &app.containers);
    let mut environment = BTreeMap::new();
    for container in containers {
        let blueprint = lifeboat.engine_handle().blueprint(&container.id).await;
        let variables = blueprint.ok().flatten().map(|one| one.environment());
        for (name, value) in variables.into_iter().flatten() {
            if Key::of_name(&name).is_some_and(Key::may_come_from_a_container) {
                environment.entry(name).or_insert(value);
            }
        }
    }
    let dot_env = match found.app.as_ref().and_then(dot_env_path) {
        Some(path) => read_dot_env(&path),
        // The files lie on another machine: what whoever sees them found stays.
        None => stored.map(of_dot_env).unwrap_or_default(),
    };
    Layers {
        lifeboat: stored
            .map(|stored| stored.chosen.clone())
            .unwrap_or_default(),
        dot_env,
        environment,
    }
}

/// Where the project's `.env` is or would be; `None` if the project does not lie on this machine.
pub(super) fn dot_env_path(app: &crate::operations::discover::AppContainers) -> Option<PathBuf> {
    let directory = Path::new(app.working_directory()?);
    if !directory.is_dir() {
        return None;
    }
    let named = app
        .containers
        .first()
        .and_then(|container| container.labels.get(ENVIRONMENT_FILE))
        .filter(|file| !file.is_empty());
    Some(directory.join(named.map_or(".env", String::as_str)))
}

fn read_dot_env(path: &Path) -> BTreeMap<String, String> {
    // It may be in another encoding; keys of ours are plain letters in any case.
    let bytes = std::fs::read(path).unwrap_or_default();
    let read = DotEnv::parse(&String::from_utf8_lossy(&bytes));
    let known = read.values.into_iter();
    known
        .filter(|(name, _)| Key::of_name(name).is_some())
        .collect()
}

fn of_dot_env(stored: &StoredSettings) -> BTreeMap<String, String> {
    let values = stored.values.iter();
    values
        .filter(|value| value.origin == Origin::DotEnv)
        .map(|value| (value.key.name().to_owned(), value.value.clone()))
        .collect()
}

fn report(app: &str, settings: &StoredSettings, pending: bool) -> SettingsReport {
    SettingsReport {
        app: app.to_owned(),
        values: settings
            .values
            .iter()
            .map(|value| {
                let row = entry(value.key);
                Setting {
                    key: row.name.to_owned(),
                    value: row.shown(&value.value),
                    origin: value.origin,
                    default: row.default.to_owned(),
                    allowed: row.allowed.to_owned(),
                    meaning: row.meaning.replace('\n', " "),
                }
            })
            .collect(),
        refused: settings.refused.clone(),
        pending,
    }
}
