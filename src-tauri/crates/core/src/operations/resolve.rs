//! From an application's name to everything an operation on it needs.

use std::collections::BTreeMap;
use std::path::Path;

use lifeboat_store::guard::GuardSpec;
use lifeboat_store::manifest::{BackedVolume, Release};
use lifeboat_store::protocol::{BackupSource, SourceMount};

use super::discover::{self, AppContainers, ScannedStorage, StorageKey};
use super::releases::releases_of;
use super::{git, names};
use crate::engine::{Container, Engine, SourceBinding};
use crate::error::{Code, Error};
use crate::shell;

/// An application, looked through just now.
pub(super) struct Resolved {
    pub(super) name: String,
    /// `None` if only its vault is left.
    pub(super) app: Option<AppContainers>,
    /// All containers of the engine: others may share a volume.
    pub(super) containers: Vec<Container>,
    /// The storages that hold a database, in a fixed order: position is index.
    pub(super) storages: Vec<ResolvedStorage>,
    /// Everything that was said while looking.
    pub(super) findings: Vec<lifeboat_store::manifest::Finding>,
}

/// A storage that holds a database.
pub(super) struct ResolvedStorage {
    pub(super) key: StorageKey,
    pub(super) scanned: ScannedStorage,
    pub(super) in_use: bool,
    pub(super) volume: BackedVolume,
}

/// Finds an application by name; one that is only a vault has no containers and no storages.
pub(super) async fn resolve(engine: &Engine, name: &str) -> Result<Resolved, Error> {
    names::check_app_name(name)?;
    let containers = engine.containers().await?;
    let app = discover::group(containers.clone())
        .into_iter()
        .find(|app| app.name == name);
    let Some(app) = app else {
        let vaults = engine.vaults().await?;
        if vaults.iter().any(|(_, app)| app == name) {
            return Ok(Resolved {
                name: name.to_owned(),
                app: None,
                containers,
                storages: Vec::new(),
                findings: Vec::new(),
            });
        }
        return Err(not_found(name));
    };
    let destinations = discover::storages_of(&app);
    let keys: Vec<StorageKey> = destinations.keys().cloned().collect();
    let scanned = discover::scan(engine, &keys).await?;
    let mut storages = Vec::new();
    let mut findings = Vec::new();
    for (key, destinations) in destinations {
        let Some(source) = scanned.sources.get(&key) else {
            continue;
        };
        findings.extend(source.findings.iter().cloned());
        if source.databases.is_empty() {
            continue;
        }
        let index = u32::try_from(storages.len()).expect("fewer than four billion volumes");
        let destinations: Vec<String> = destinations.into_iter().collect();
        storages.push(ResolvedStorage {
            volume: backed_volume(engine, index, &key, &destinations, source).await?,
            in_use: discover::in_use(&key, &containers),
            scanned: source.clone(),
            key,
        });
    }
    Ok(Resolved {
        name: name.to_owned(),
        app: Some(app),
        containers,
        storages,
        findings,
    })
}

fn not_found(name: &str) -> Error {
    Error::new(
        Code::AppNotFound,
        format!("There is no application “{name}” on this engine."),
        "Run `lifeboat apps` for the applications there are.",
    )
}

async fn backed_volume(
    engine: &Engine,
    index: u32,
    key: &StorageKey,
    destinations: &[String],
    scanned: &ScannedStorage,
) -> Result<BackedVolume, Error> {
    let information = if key.is_bind {
        None
    } else {
        engine.volume(&key.name).await?
    };
    let root = scanned
        .storage
        .as_ref()
        .map(|storage| storage.root.clone())
        .unwrap_or_default();
    let labels: BTreeMap<String, String> = information
        .as_ref()
        .map(|volume| volume.labels.clone())
        .unwrap_or_default();
    Ok(BackedVolume {
        index,
        kind: key.kind(),
        name: key.name.clone(),
        compose_volume: labels.get("com.docker.compose.volume").cloned(),
        driver: information
            .as_ref()
            .map(|volume| volume.driver.clone())
            .unwrap_or_default(),
        options: information.map(|volume| volume.options).unwrap_or_default(),
        labels,
        destinations: destinations.to_vec(),
        root,
    })
}

impl Resolved {
    /// Its storages that a guardian with this specification does not mount.
    pub(super) fn left_out_of(&self, spec: &GuardSpec) -> Vec<String> {
        let is_guarded = |storage: &&ResolvedStorage| {
            spec.sources.iter().any(|guarded| {
                let volume = &guarded.source.volume;
                (volume.kind, &volume.name) == (storage.volume.kind, &storage.volume.name)
            })
        };
        let storages = self.storages.iter();
        let left_out = storages.filter(|storage| !is_guarded(storage));
        left_out.map(|storage| storage.key.name.clone()).collect()
    }

    /// Fails if there is no database to work on.
    pub(super) fn require_database(&self) -> Result<(), Error> {
        if !self.storages.is_empty() {
            return Ok(());
        }
        if self.app.is_none() {
            return Err(Error::new(
                Code::NoDatabase,
                format!(
                    "{} is not on this engine any more; only its backups are.",
                    self.name
                ),
                format!(
                    "Restore one of them: lifeboat restore {} latest",
                    shell::word(&self.name)
                ),
            ));
        }
        let looked = match self.findings.first() {
            Some(finding) => finding.message.clone(),
            None => "All of its volumes and binds were looked through.".to_owned(),
        };
        Err(Error::new(
            Code::NoDatabase,
            format!(
                "No SQLite database was found in the volumes of {}.",
                self.name
            ),
            "Check that its database lies in a volume or a bind mount, not inside the container.",
        )
        .with_detail(looked))
    }

    /// The mounts for a helper's container.
    pub(super) fn bindings(&self, writable: bool) -> Vec<SourceBinding> {
        self.storages
            .iter()
            .map(|storage| storage.binding(writable))
            .collect()
    }

    /// The same, as the helper sees them.
    pub(super) fn mounts(&self, writable: bool) -> Vec<SourceMount> {
        self.storages
            .iter()
            .map(|storage| storage.mount(writable))
            .collect()
    }

    /// The same, with what the manifest is to say.
    pub(super) fn sources(&self, writable: bool) -> Vec<BackupSource> {
        self.storages
            .iter()
            .map(|storage| BackupSource {
                mount: storage.mount(writable),
                volume: storage.volume.clone(),
            })
            .collect()
    }

    /// What runs.
    pub(super) async fn releases(&self, engine: &Engine) -> Vec<Release> {
        match &self.app {
            Some(app) => releases_of(engine, app).await,
            None => Vec::new(),
        }
    }

    /// The compose project's name.
    pub(super) fn compose_project(&self) -> Option<String> {
        let app = self.app.as_ref()?;
        (app.kind == crate::api::AppKind::Compose).then(|| app.name.clone())
    }

    /// The commit of the checkout that the compose files lie in, if they lie on this machine.
    pub(super) fn source_commit(&self) -> Option<String> {
        let directory = self.app.as_ref()?.working_directory()?;
        git::commit_of(Path::new(directory))
    }

    /// The user namespace that helpers have to share to see the same owners.
    pub(super) fn user_namespace_mode(&self) -> Option<String> {
        self.app
            .iter()
            .flat_map(|app| &app.containers)
            .map(|container| container.user_namespace_mode.clone())
            .find(|mode| !mode.is_empty())
    }
}

impl ResolvedStorage {
    fn index(&self) -> u32 {
        self.volume.index
    }

    fn binding(&self, writable: bool) -> SourceBinding {
        SourceBinding {
            index: self.index(),
            kind: self.key.kind(),
            name: self.key.name.clone(),
            writable,
            single_file: self.scanned.is_single_file(),
        }
    }

    fn mount(&self, writable: bool) -> SourceMount {
        SourceMount {
            index: self.index(),
            name: self.key.name.clone(),
            single_file: self.scanned.is_single_file(),
            writable,
            in_use: self.in_use,
        }
    }
}
