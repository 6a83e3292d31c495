//! Discovery: which applications are on the engine, and which of their volumes hold databases.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use lifeboat_store::manifest::{Finding, StorageKind};
use lifeboat_store::protocol::{Answer, Request, ScanReport, ScanRequest, SourceMount};

use super::compose;
use super::failure::error_of;
use crate::api::{App, AppKind, AppState, Database, Service, Storage};
use crate::engine::{Container, Engine, MountKind, SessionError, SessionSpec, SourceBinding};
use crate::error::Error;

/// A source larger than this is looked through only so far.
const MAX_ENTRIES: u64 = 300_000;
const MAX_DEPTH: u32 = 24;
const SCAN_DEADLINE_MS: u64 = 20_000;

/// The label in which compose says where it was run.
const COMPOSE_DIRECTORY: &str = "com.docker.compose.project.working_dir";

/// Paths of the host that are the system's own, never an application's data.
const SYSTEM_PATHS: [&str; 10] = [
    "/proc", "/sys", "/dev", "/run", "/var/run", "/boot", "/usr", "/lib", "/bin", "/sbin",
];

/// Names one storage on the engine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct StorageKey {
    /// Volume (0) or bind (1).
    pub(crate) is_bind: bool,
    /// Volume name or host path.
    pub(crate) name: String,
}

impl StorageKey {
    pub(crate) fn kind(&self) -> StorageKind {
        if self.is_bind {
            StorageKind::Bind
        } else {
            StorageKind::Volume
        }
    }

    pub(crate) fn of_kind(kind: StorageKind, name: &str) -> Self {
        Self {
            is_bind: kind == StorageKind::Bind,
            name: name.to_owned(),
        }
    }
}

/// The storages that a session has mounted.
pub(crate) fn keys_of(sources: &[SourceBinding]) -> Vec<StorageKey> {
    sources
        .iter()
        .map(|source| StorageKey::of_kind(source.kind, &source.name))
        .collect()
}

/// The containers of one application.
#[derive(Debug, Clone)]
pub(crate) struct AppContainers {
    pub(crate) name: String,
    pub(crate) kind: AppKind,
    pub(crate) containers: Vec<Container>,
}

impl AppContainers {
    /// The compose project's directory, as its labels tell it.
    pub(crate) fn working_directory(&self) -> Option<&str> {
        self.containers
            .iter()
            .find_map(|container| container.labels.get(COMPOSE_DIRECTORY))
            .map(String::as_str)
    }
}

/// Groups containers into applications: compose projects, and containers by themselves.
pub(crate) fn group(containers: Vec<Container>) -> Vec<AppContainers> {
    let mut projects: BTreeMap<String, Vec<Container>> = BTreeMap::new();
    let mut alone = Vec::new();
    for container in containers {
        if container
            .labels
            .get("com.docker.compose.oneoff")
            .is_some_and(|value| value == "True")
            || compose::is_sample(&container)
        {
            continue;
        }
        match container.labels.get("com.docker.compose.project") {
            Some(project) => projects.entry(project.clone()).or_default().push(container),
            None => alone.push(container),
        }
    }
    let mut apps: Vec<AppContainers> = projects
        .into_iter()
        .map(|(name, containers)| AppContainers {
            name,
            kind: AppKind::Compose,
            containers,
        })
        .collect();
    for container in alone {
        let taken = apps.iter().any(|app| app.name == container.name);
        let name = if taken {
            format!("{}-container", container.name)
        } else {
            container.name.clone()
        };
        apps.push(AppContainers {
            name,
            kind: AppKind::Container,
            containers: vec![container],
        });
    }
    apps.sort_by(|left, right| left.name.cmp(&right.name));
    apps
}

/// The storages of an application that are worth looking through, with where it sees them.
pub(crate) fn storages_of(app: &AppContainers) -> BTreeMap<StorageKey, BTreeSet<String>> {
    let mut storages: BTreeMap<StorageKey, BTreeSet<String>> = BTreeMap::new();
    for mount in app
        .containers
        .iter()
        .flat_map(|container| &container.mounts)
    {
        let is_bind = match mount.kind {
            MountKind::Storage(StorageKind::Volume) => false,
            MountKind::Storage(StorageKind::Bind) if is_data_path(&mount.name) => true,
            MountKind::Storage(StorageKind::Bind) | MountKind::Tmpfs | MountKind::Other => continue,
        };
        let key = StorageKey {
            is_bind,
            name: mount.name.clone(),
        };
        storages
            .entry(key)
            .or_default()
            .insert(mount.destination.clone());
    }
    storages
}

fn is_data_path(path: &str) -> bool {
    path != "/"
        && !path.ends_with(".sock")
        && !SYSTEM_PATHS.iter().any(|system| {
            path == *system
                || path
                    .strip_prefix(system)
                    .is_some_and(|rest| rest.starts_with('/'))
        })
}

/// Is a storage mounted by a container that runs, or would run again by itself?
pub(crate) fn in_use(key: &StorageKey, containers: &[Container]) -> bool {
    users(key, containers).any(Container::is_active)
}

/// The containers that see a storage: by volume, by the very path, or by a path above or below it.
pub(crate) fn users<'a>(
    key: &'a StorageKey,
    containers: &'a [Container],
) -> impl Iterator<Item = &'a Container> {
    containers.iter().filter(move |container| {
        container.mounts.iter().any(|mount| match mount.kind {
            MountKind::Storage(StorageKind::Volume) => !key.is_bind && mount.name == key.name,
            MountKind::Storage(StorageKind::Bind) => key.is_bind && overlap(&mount.name, &key.name),
            MountKind::Tmpfs | MountKind::Other => false,
        })
    })
}

fn overlap(left: &str, right: &str) -> bool {
    let within = |inner: &str, outer: &str| {
        inner == outer
            || inner
                .strip_prefix(outer.trim_end_matches('/'))
                .is_some_and(|rest| rest.starts_with('/'))
    };
    within(left, right) || within(right, left)
}

/// What looking through storages gave.
#[derive(Debug, Default)]
pub(crate) struct Scanned {
    pub(crate) sources: BTreeMap<StorageKey, ScannedStorage>,
}

/// One storage, looked through.
#[derive(Debug, Clone, Default)]
pub(crate) struct ScannedStorage {
    pub(crate) storage: Option<lifeboat_store::protocol::ScannedSource>,
    pub(crate) databases: Vec<lifeboat_store::protocol::FoundDatabase>,
    pub(crate) findings: Vec<Finding>,
}

impl ScannedStorage {
    /// The mount is one file and no directory.
    pub(crate) fn is_single_file(&self) -> bool {
        self.databases
            .iter()
            .any(|database| database.path.as_bytes().is_empty())
    }
}

/// Looks through storages inside the engine. What cannot be mounted becomes a finding, and does not
/// keep the others from being looked at.
pub(crate) async fn scan(engine: &Engine, keys: &[StorageKey]) -> Result<Scanned, Error> {
    let mut scanned = Scanned::default();
    if keys.is_empty() {
        return Ok(scanned);
    }
    match scan_together(engine, keys).await {
        Ok(report) => scanned.add(keys, &report),
        Err(_) if keys.len() > 1 => {
            for key in keys {
                let one = std::slice::from_ref(key);
                match scan_together(engine, one).await {
                    Ok(report) => scanned.add(one, &report),
                    Err(failure) => scanned.not_looked_at(key, failure),
                }
            }
        }
        Err(failure) => scanned.not_looked_at(&keys[0], failure),
    }
    Ok(scanned)
}

async fn scan_together(engine: &Engine, keys: &[StorageKey]) -> Result<ScanReport, SessionError> {
    let bindings = keys
        .iter()
        .enumerate()
        .map(|(index, key)| SourceBinding {
            index: u32::try_from(index).expect("fewer than four billion volumes"),
            kind: key.kind(),
            name: key.name.clone(),
            writable: false,
            single_file: false,
        })
        .collect::<Vec<_>>();
    let mounts = bindings
        .iter()
        .map(|binding| SourceMount {
            index: binding.index,
            name: binding.name.clone(),
            single_file: false,
            writable: false,
            in_use: true,
        })
        .collect();
    let spec = SessionSpec {
        purpose: "scan".to_owned(),
        sources: bindings,
        capabilities: vec!["DAC_OVERRIDE"],
        ..SessionSpec::default()
    };
    let mut session = engine.open_session(spec).await?;
    let request = Request::Scan(ScanRequest {
        sources: mounts,
        max_entries: MAX_ENTRIES,
        max_depth: MAX_DEPTH,
        deadline_ms: SCAN_DEADLINE_MS,
    });
    let cancel = tokio_util::sync::CancellationToken::new();
    let answer = session.request(request, &mut |_| {}, &cancel).await;
    session.close_quietly().await;
    match answer? {
        Answer::Scan(report) => Ok(report),
        _ => Err(SessionError::unexpected_answer()),
    }
}

impl Scanned {
    fn add(&mut self, keys: &[StorageKey], report: &ScanReport) {
        for (index, key) in keys.iter().enumerate() {
            let belongs = |source: u32| source as usize == index;
            let storage = report
                .sources
                .iter()
                .find(|source| belongs(source.index))
                .cloned();
            let databases = report
                .databases
                .iter()
                .filter(|found| belongs(found.source_index))
                .cloned();
            let findings = report
                .findings
                .iter()
                .filter(|finding| finding.volume.as_ref() == Some(&key.name))
                .cloned();
            self.sources.insert(
                key.clone(),
                ScannedStorage {
                    storage,
                    databases: databases.collect(),
                    findings: findings.collect(),
                },
            );
        }
    }

    fn not_looked_at(&mut self, key: &StorageKey, failure: SessionError) {
        let why = error_of("It could not be mounted", failure);
        let finding = Finding {
            code: "not-looked-at".to_owned(),
            volume: Some(key.name.clone()),
            path: None,
            message: format!("{} could not be looked through. {}", key.name, why.message),
        };
        self.sources.insert(
            key.clone(),
            ScannedStorage {
                findings: vec![finding],
                ..Default::default()
            },
        );
    }
}

/// An application as the shells see it, without its vault.
pub(crate) fn describe(app: &AppContainers, scanned: &Scanned) -> App {
    let storages = storages_of(app);
    let mut databases = Vec::new();
    let mut volumes = Vec::new();
    let mut findings = Vec::new();
    for (key, destinations) in &storages {
        let Some(source) = scanned.sources.get(key) else {
            continue;
        };
        findings.extend(source.findings.iter().cloned());
        if source.databases.is_empty() {
            continue;
        }
        databases.extend(source.databases.iter().map(|found| Database {
            volume: key.name.clone(),
            path: found.path.clone(),
            kind: found.kind,
            size_bytes: found.size_bytes,
            wal_bytes: found.wal_bytes,
            journal_mode: found.journal_mode,
            page_size: found.page_size,
            modified_at:
                Timestamp::from_second(found.modified_at_seconds).unwrap_or(Timestamp::UNIX_EPOCH),
        }));
        let storage = source.storage.as_ref();
        volumes.push(Storage {
            kind: key.kind(),
            name: key.name.clone(),
            destinations: destinations.iter().cloned().collect(),
            total_bytes: storage.map_or(0, |storage| storage.total_bytes),
            file_count: storage.map_or(0, |storage| storage.file_count),
            file_system: storage.map_or_else(String::new, |storage| storage.file_system.clone()),
        });
    }
    App {
        name: app.name.clone(),
        kind: app.kind,
        state: state_of(&app.containers),
        services: app.containers.iter().map(service_of).collect(),
        databases,
        volumes,
        vault: None,
        vault_problem: None,
        protection: None,
        findings,
        is_demo: app.containers.iter().any(Container::is_demo),
    }
}

fn state_of(containers: &[Container]) -> AppState {
    let running = containers
        .iter()
        .filter(|container| container.state == "running")
        .count();
    if containers.is_empty() {
        AppState::Gone
    } else if running == containers.len() {
        AppState::Running
    } else if running > 0 {
        AppState::Partial
    } else if containers
        .iter()
        .any(|container| container.state == "paused")
    {
        AppState::Paused
    } else {
        AppState::Stopped
    }
}

/// The compose service, or the container's name.
pub(crate) fn service_name(container: &Container) -> String {
    container
        .labels
        .get("com.docker.compose.service")
        .cloned()
        .unwrap_or_else(|| container.name.clone())
}

fn service_of(container: &Container) -> Service {
    Service {
        name: service_name(container),
        container: container.name.clone(),
        image: container.image.clone(),
        state: container.state.clone(),
        health: container.health.clone(),
        image_id: container.image_id.clone(),
        version: label(container, "org.opencontainers.image.version"),
        directory: label(container, COMPOSE_DIRECTORY),
    }
}

fn label(container: &Container, name: &str) -> Option<String> {
    let value = container.labels.get(name)?;
    (!value.is_empty()).then(|| value.clone())
}

#[cfg(test)]
mod tests {
    use super::{is_data_path, overlap};

    #[test]
    fn the_hosts_own_paths_are_not_looked_through() {
        for system in [
            "/",
            "/proc",
            "/sys/fs",
            "/var/run/docker.sock",
            "/usr/share/zoneinfo",
        ] {
            assert!(!is_data_path(system), "{system}");
        }
        for data in ["/srv/app", "/home/anna/data", "/users", "/opt/x.db"] {
            assert!(is_data_path(data), "{data}");
        }
    }

    #[test]
    fn binds_above_and_below_count_as_the_same_storage() {
        assert!(overlap("/srv/app", "/srv/app/data"));
        assert!(overlap("/srv/app/data", "/srv/app"));
        assert!(!overlap("/srv/app", "/srv/app2"));
    }
}
