//! The plan of an update: what would be replaced, who has to stop, what to know before saying yes.

use std::collections::BTreeSet;

use lifeboat_store::manifest::Finding;

use crate::api::{AppKind, ServicePlan, UpdatePlan, UpdateSource};
use crate::engine::{Blueprint, Container, Engine, Image, is_fixed_reference};
use crate::error::{Code, Error};
use crate::lifeboat::Lifeboat;
use crate::operations::compose::Project;
use crate::operations::containers::{StoppedContainer, aside_name, everyone};
use crate::operations::discover::{self, StorageKey};
use crate::operations::events::step;
use crate::operations::git;
use crate::operations::health;
use crate::operations::resolve::{Resolved, resolve};

/// Free space that must stay on the engine's disk.
const MARGIN_BYTES: u64 = 64 << 20;

/// Words in images and names of tools that update containers by themselves.
const OTHER_UPDATERS: [&str; 4] = ["watchtower", "ouroboros", "shepherd", "diun"];

/// A service that may get another image.
pub(super) struct Candidate {
    pub(super) service: String,
    pub(super) container: Container,
    pub(super) blueprint: Blueprint,
    pub(super) image: Image,
    pub(super) source: UpdateSource,
}

/// Everything an update needs that a person does not.
pub(super) struct Prepared {
    pub(super) resolved: Resolved,
    pub(super) candidates: Vec<Candidate>,
    /// Everyone who would stop if each service had a newer image.
    pub(super) containers: Vec<StoppedContainer>,
    /// The compose project, if its files are here.
    pub(super) project: Option<Project>,
    pub(super) warnings: Vec<Finding>,
}

impl Prepared {
    /// Everyone who stops when these containers are replaced: those on the data, and they.
    pub(super) fn stopped_for(&self, replaced: &[String]) -> Result<Vec<StoppedContainer>, Error> {
        stopped_for(&self.resolved, replaced)
    }
}

fn stopped_for(resolved: &Resolved, replaced: &[String]) -> Result<Vec<StoppedContainer>, Error> {
    let keys: Vec<StorageKey> = resolved
        .storages
        .iter()
        .map(|storage| storage.key.clone())
        .collect();
    everyone(&keys, replaced, &resolved.containers)
}

/// Plans an update; changes nothing.
pub(crate) async fn plan_update(lifeboat: &Lifeboat, app: &str) -> Result<UpdatePlan, Error> {
    let prepared = prepare(lifeboat, app).await?;
    Ok(to_plan(&prepared))
}

/// Looks at everything that an update depends on.
pub(super) async fn prepare(lifeboat: &Lifeboat, app: &str) -> Result<Prepared, Error> {
    let engine = lifeboat.engine_handle();
    let resolved = resolve(engine, app).await?;
    resolved.require_database()?;
    let mut warnings = Vec::new();
    let mut candidates = Vec::new();
    let project = project_of(engine, &resolved).await;
    let built = built_services(project.as_ref()).await;
    for container in resolved.app.iter().flat_map(|app| &app.containers) {
        match candidate(engine, container).await? {
            Ok(mut candidate) => {
                if built.contains(&candidate.service) {
                    candidate.source = UpdateSource::Build;
                }
                candidates.push(candidate);
            }
            Err(finding) => warnings.push(finding),
        }
    }
    if candidates
        .iter()
        .all(|one| one.source == UpdateSource::Fixed)
    {
        return Err(fixed(app, &candidates));
    }
    let replaced: Vec<String> = candidates
        .iter()
        .filter(|one| one.source != UpdateSource::Fixed)
        .map(|one| one.container.id.clone())
        .collect();
    refuse_joined(engine, &resolved, &replaced).await?;
    let containers = stopped_for(&resolved, &replaced)?;
    if let Some(project) = project.as_ref().filter(|_| !built.is_empty()) {
        warnings.extend(checkout(project).await);
    }
    warnings.extend(other_updaters(&resolved.containers));
    warnings.extend(containers.iter().filter(|one| one.was_unhealthy).map(|one| {
        finding(
            "unhealthy-before",
            format!(
                "{} is unhealthy already; the new release is not judged by a health it never had.",
                one.name
            ),
        )
    }));
    check_room(&resolved)?;
    Ok(Prepared {
        resolved,
        candidates,
        containers,
        project,
        warnings,
    })
}

async fn project_of(engine: &Engine, resolved: &Resolved) -> Option<Project> {
    let app = resolved.app.as_ref()?;
    if app.kind != AppKind::Compose {
        return None;
    }
    Project::of(app, &engine.summary().endpoint).await
}

async fn built_services(project: Option<&Project>) -> BTreeSet<String> {
    match project {
        Some(project) => project.built_services().await.unwrap_or_default(),
        None => BTreeSet::new(),
    }
}

/// What a build would be made of, if its folder is a checkout.
async fn checkout(project: &Project) -> Option<Finding> {
    let directory = project.directory();
    let commit = git::commit_of(directory)?;
    let short: String = commit.chars().take(12).collect();
    Some(match git::has_changes(directory).await {
        Some(true) => finding(
            "checkout-changed",
            format!(
                "{} is built from commit {short} and changes that are not committed.",
                directory.display()
            ),
        ),
        _ => finding(
            "checkout",
            format!("{} is built from commit {short}.", directory.display()),
        ),
    })
}

fn fixed(app: &str, candidates: &[Candidate]) -> Error {
    let image = candidates
        .first()
        .map_or_else(String::new, |one| one.container.image.clone());
    Error::new(
        Code::Unsupported,
        format!(
            "{app} runs an image that is named by its content ({image}): there is no newer one."
        ),
        "Take a backup, put the image that you want into the compose file, and run `docker compose up -d`.",
    )
}

async fn candidate(
    engine: &Engine,
    container: &Container,
) -> Result<Result<Candidate, Finding>, Error> {
    let service = discover::service_name(container);
    let Some(blueprint) = engine.blueprint(&container.id).await? else {
        return Ok(Err(finding(
            "container-gone",
            format!("{} vanished while it was looked at.", container.name),
        )));
    };
    let Some(image) = engine.image(&blueprint.image_id).await? else {
        return Err(Error::new(
            Code::Unsupported,
            format!(
                "The image that {} runs is not on the engine any more, so there would be no way back.",
                container.name
            ),
            format!(
                "Make it again first: `docker commit {} {}`, then update.",
                container.name, container.image
            ),
        ));
    };
    let source = if is_fixed_reference(&container.image) {
        UpdateSource::Fixed
    } else {
        match engine.image(&container.image).await? {
            Some(named) if named.id != image.id => UpdateSource::Local,
            _ => UpdateSource::Pull,
        }
    };
    Ok(Ok(Candidate {
        service,
        container: container.clone(),
        blueprint,
        image,
        source,
    }))
}

/// A container that lives in the network of one that is replaced would lose it.
async fn refuse_joined(
    engine: &Engine,
    resolved: &Resolved,
    replaced: &[String],
) -> Result<(), Error> {
    for container in &resolved.containers {
        let Some(blueprint) = engine.blueprint(&container.id).await? else {
            continue;
        };
        let joined = blueprint.joined_containers();
        let host = resolved.containers.iter().find(|other| {
            replaced.contains(&other.id)
                && joined
                    .iter()
                    .any(|one| *one == other.id || *one == other.name)
        });
        if let Some(host) = host {
            return Err(Error::new(
                Code::Unsupported,
                format!(
                    "{} lives in the network of {}, and would lose it with the update.",
                    container.name, host.name
                ),
                "Update this application with its own tools, after `lifeboat backup`.",
            ));
        }
    }
    Ok(())
}

fn other_updaters(containers: &[Container]) -> Vec<Finding> {
    containers
        .iter()
        .filter(|container| container.is_active())
        .filter(|container| {
            let image = container.image.to_lowercase();
            OTHER_UPDATERS.iter().any(|word| image.contains(word))
        })
        .map(|container| {
            finding(
                "other-updater",
                format!(
                    "{} updates containers by itself, with no way back for their data; take this \
                     application out of its care.",
                    container.name
                ),
            )
        })
        .collect()
}

/// The cold copies lie beside the databases: known before anything is stopped.
fn check_room(resolved: &Resolved) -> Result<(), Error> {
    for storage in &resolved.storages {
        let databases = storage.scanned.databases.iter();
        let needed: u64 = databases
            .map(|database| database.size_bytes + database.wal_bytes)
            .sum::<u64>()
            + MARGIN_BYTES;
        let free = storage
            .scanned
            .storage
            .as_ref()
            .map_or(u64::MAX, |storage| storage.free_bytes);
        if free < needed {
            return Err(Error::new(
                Code::NoSpace,
                format!(
                    "There is not enough room in {} for a copy of its databases.",
                    storage.key.name
                ),
                "Free some space on the engine's disk, then try again.",
            )
            .with_detail(format!("needed {needed} bytes, free {free} bytes")));
        }
    }
    Ok(())
}

fn finding(code: &str, message: String) -> Finding {
    Finding {
        code: code.to_owned(),
        volume: None,
        path: None,
        message,
    }
}

fn to_plan(prepared: &Prepared) -> UpdatePlan {
    UpdatePlan {
        app: prepared.resolved.name.clone(),
        services: prepared.candidates.iter().map(describe).collect(),
        containers: prepared
            .containers
            .iter()
            .filter(|container| container.was_running)
            .map(|container| container.name.clone())
            .collect(),
        database_bytes: health::live_bytes(&prepared.resolved),
        steps: steps(),
        warnings: prepared.warnings.clone(),
    }
}

fn describe(candidate: &Candidate) -> ServicePlan {
    ServicePlan {
        service: candidate.service.clone(),
        container: candidate.container.name.clone(),
        image: candidate.container.image.clone(),
        image_id: candidate.image.id.clone(),
        version: candidate.image.version().map(str::to_owned),
        source: candidate.source,
    }
}

/// The step that takes the place of what is left when a release is no good.
pub(super) fn way_back_step() -> crate::job::Step {
    step("back", "Go back to the old release and its data", false)
}

/// The steps of every update. From *stop* to *gate* nothing may interrupt: it ends by itself, with
/// the new release or the old one.
pub(super) fn steps() -> Vec<crate::job::Step> {
    vec![
        step("check", "Look at what runs", true),
        step("fetch", "Get the new release", true),
        step("backup", "Back up, and prove it", true),
        step("stop", "Stop the application", false),
        step("keep", "Keep a copy of the quiet databases", false),
        step("swap", "Put the new release in place", false),
        step("gate", "Wait until it is healthy", false),
        step("finish", "Keep the way back", false),
    ]
}

/// Where the name of a container goes while another one has it.
pub(super) fn aside(candidate: &Candidate, job: &str) -> String {
    aside_name(&candidate.container.name, job)
}
