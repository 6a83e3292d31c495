//! The plan of an update: what would be replaced, who has to stop, what to know before saying yes.

use lifeboat_store::manifest::Finding;

use super::checkout;
use super::drift::{self, Edits};
use crate::api::{AppKind, Checkout, ServicePlan, UpdateOptions, UpdatePlan, UpdateSource};
use crate::engine::{Blueprint, Container, Engine, Image, is_fixed_reference};
use crate::error::{Code, Error};
use crate::lifeboat::Lifeboat;
use crate::operations::compose::{Description, Project};
use crate::operations::containers::{StoppedContainer, aside_name, everyone};
use crate::operations::discover::{self, StorageKey};
use crate::operations::events::step;
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
    /// The name of the image to get.
    pub(super) reference: String,
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
    /// What the files say, if compose can read them.
    pub(super) files: Option<Description>,
    /// What was edited in the files since the containers were made.
    pub(super) edits: Edits,
    pub(super) options: UpdateOptions,
    pub(super) checkout: Option<Checkout>,
    pub(super) warnings: Vec<Finding>,
}

impl Prepared {
    /// Everyone who stops when these containers are replaced: those on the data, and they.
    pub(super) fn stopped_for(&self, replaced: &[String]) -> Result<Vec<StoppedContainer>, Error> {
        stopped_for(&self.resolved, replaced)
    }

    /// The container of this service is made anew as the files have it now.
    pub(super) fn applies_edits_to(&self, service: &str) -> bool {
        self.options.apply_compose && self.edits.contains_key(service)
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
pub(crate) async fn plan_update(
    lifeboat: &Lifeboat,
    app: &str,
    options: UpdateOptions,
) -> Result<UpdatePlan, Error> {
    let prepared = prepare(lifeboat, app, options).await?;
    Ok(to_plan(&prepared))
}

/// Looks at everything that an update depends on.
pub(super) async fn prepare(
    lifeboat: &Lifeboat,
    app: &str,
    options: UpdateOptions,
) -> Result<Prepared, Error> {
    let engine = lifeboat.engine_handle();
    let resolved = resolve(engine, app).await?;
    resolved.require_database()?;
    let project = project_of(engine, &resolved).await;
    let files = match &project {
        Some(project) => project.description().await,
        None => None,
    };
    let mut prepared = Prepared {
        candidates: Vec::new(),
        containers: Vec::new(),
        edits: Edits::new(),
        options,
        checkout: None,
        warnings: Vec::new(),
        resolved,
        project,
        files,
    };
    prepared.find_candidates(engine).await?;
    prepared.find_edits(engine).await?;
    prepared.find_sources(engine).await?;
    let is_fixed = |one: &Candidate| {
        one.source == UpdateSource::Fixed && !prepared.applies_edits_to(&one.service)
    };
    if prepared.candidates.iter().all(is_fixed) {
        return Err(fixed(app, &prepared.candidates));
    }
    let replaced: Vec<String> = prepared
        .candidates
        .iter()
        .filter(|one| !is_fixed(one))
        .map(|one| one.container.id.clone())
        .collect();
    refuse_joined(engine, &prepared.resolved, &replaced).await?;
    prepared.containers = prepared.stopped_for(&replaced)?;
    prepared.find_checkout(lifeboat).await?;
    let warnings = other_updaters(&prepared.resolved.containers);
    prepared.warnings.extend(warnings);
    let sick = prepared.containers.iter().filter(|one| one.was_unhealthy);
    let sick = sick.map(|one| {
        finding(
            "unhealthy-before",
            format!(
                "{} is unhealthy already; the new release is not judged by a health it never had.",
                one.name
            ),
        )
    });
    prepared.warnings.extend(sick);
    check_room(&prepared.resolved)?;
    Ok(prepared)
}

impl Prepared {
    async fn find_candidates(&mut self, engine: &Engine) -> Result<(), Error> {
        for container in self.resolved.app.iter().flat_map(|app| &app.containers) {
            match candidate(engine, container).await? {
                Ok(candidate) => self.candidates.push(candidate),
                Err(finding) => self.warnings.push(finding),
            }
        }
        Ok(())
    }

    /// What was edited, and with it the images that the files name now.
    async fn find_edits(&mut self, engine: &Engine) -> Result<(), Error> {
        let (Some(project), Some(files)) = (&self.project, &self.files) else {
            return match self.options.apply_compose {
                true => Err(no_files(&self.resolved.name)),
                false => Ok(()),
            };
        };
        let applied = self.options.apply_compose;
        let looked = drift::look(engine, &self.resolved, project, files, &self.candidates).await;
        match looked {
            Ok(edits) => self.edits = edits,
            Err(error) if applied => return Err(error),
            Err(error) => self.warnings.push(finding(
                "compose-not-asked",
                format!(
                    "{} Whether its files were edited is not known.",
                    error.message
                ),
            )),
        }
        if applied {
            drift::check(&self.resolved, &self.candidates, &self.edits)?;
            self.warnings
                .extend(drift::warnings(project, files, &self.candidates));
            for candidate in &mut self.candidates {
                if self.edits.contains_key(&candidate.service) {
                    candidate.reference = drift::reference_of(files, candidate);
                }
            }
        }
        Ok(())
    }

    async fn find_sources(&mut self, engine: &Engine) -> Result<(), Error> {
        let built = self.files.as_ref().map(Description::built_services);
        let built = built.unwrap_or_default();
        for candidate in &mut self.candidates {
            candidate.source = if built.contains(&candidate.service) {
                UpdateSource::Build
            } else {
                source_of(engine, candidate).await?
            };
        }
        Ok(())
    }

    /// The checkout, where something is built from it.
    async fn find_checkout(&mut self, lifeboat: &Lifeboat) -> Result<(), Error> {
        let mut sources = self.candidates.iter().map(|one| one.source);
        let is_built = sources.any(|source| source == UpdateSource::Build);
        if let Some(project) = self.project.as_ref().filter(|_| is_built) {
            let known = lifeboat.known_releases(&self.resolved.name).await;
            let running = known.into_iter().find_map(|release| release.built_from);
            self.checkout = checkout::look(project.directory(), running).await;
        }
        match (&self.checkout, self.options.git_pull) {
            (None, true) => Err(checkout::none(&self.resolved.name)),
            _ => Ok(()),
        }
    }
}

fn no_files(app: &str) -> Error {
    Error::new(
        Code::Unsupported,
        format!("The compose files of {app} cannot be read here, so they cannot be applied."),
        "Run this on the machine where they lie, with the compose that made the application; without \
         `--apply-compose` the image alone is updated.",
    )
}

async fn source_of(engine: &Engine, candidate: &Candidate) -> Result<UpdateSource, Error> {
    if is_fixed_reference(&candidate.reference) {
        return Ok(UpdateSource::Fixed);
    }
    Ok(match engine.image(&candidate.reference).await? {
        Some(named) if named.id != candidate.image.id => UpdateSource::Local,
        _ => UpdateSource::Pull,
    })
}

async fn project_of(engine: &Engine, resolved: &Resolved) -> Option<Project> {
    let app = resolved.app.as_ref()?;
    if app.kind != AppKind::Compose {
        return None;
    }
    Project::of(app, &engine.summary().endpoint).await
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
    Ok(Ok(Candidate {
        service,
        container: container.clone(),
        blueprint,
        image,
        reference: container.image.clone(),
        // Known once the files were read.
        source: UpdateSource::Pull,
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

pub(super) fn finding(code: &str, message: String) -> Finding {
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
        options: prepared.options,
        services: prepared
            .candidates
            .iter()
            .map(|candidate| describe(prepared, candidate))
            .collect(),
        containers: prepared
            .containers
            .iter()
            .filter(|container| container.was_running)
            .map(|container| container.name.clone())
            .collect(),
        database_bytes: health::live_bytes(&prepared.resolved),
        checkout: prepared.checkout.clone(),
        steps: steps(),
        warnings: prepared.warnings.clone(),
    }
}

fn describe(prepared: &Prepared, candidate: &Candidate) -> ServicePlan {
    let edits = prepared.edits.get(&candidate.service);
    ServicePlan {
        service: candidate.service.clone(),
        container: candidate.container.name.clone(),
        image: candidate.reference.clone(),
        image_id: candidate.image.id.clone(),
        version: candidate.image.version().map(str::to_owned),
        source: candidate.source,
        edits: edits.cloned().unwrap_or_default(),
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
