//! What compose would make of a project's files now: it makes it, under a name of its own, never starts it,
//! and it is taken away again. So nobody has to understand compose files but compose.

use std::collections::BTreeMap;
use std::process::Stdio;

use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use super::description::{Description, Existing};
use super::{PATIENCE, PROJECT, Project, SERVICE};
use crate::engine::{Blueprint, Container, Engine, NetworkBlueprint, VolumeInfo};
use crate::error::{Code, Error};
use crate::operations::names::new_job_name;

/// Names of sample projects begin with it.
const SAMPLE_PREFIX: &str = "lifeboat-sample-";

/// What compose would make.
#[derive(Debug)]
pub(in crate::operations) struct Sample {
    /// Name of the project that it was made under.
    project: String,
    /// One container of each service.
    pub(in crate::operations) services: BTreeMap<String, Blueprint>,
    /// Networks that the files ask for and the engine has not.
    networks: Vec<NetworkBlueprint>,
    /// Volumes that the files ask for and the engine has not.
    volumes: Vec<VolumeInfo>,
}

impl Project {
    /// Has compose make one container for each service in `images`, with the image that is named there,
    /// and takes everything away again.
    ///
    /// # Errors
    /// `engine-failed` with what compose said; the `engine-…` codes.
    pub(in crate::operations) async fn sample(
        &self,
        engine: &Engine,
        files: &Description,
        images: &BTreeMap<String, String>,
    ) -> Result<Sample, Error> {
        let existing = existing(engine, files, &self.name).await?;
        let text = files
            .for_sample(images, &existing)
            .ok_or_else(|| self.unread("the files could not be written out"))?;
        let project = format!("{SAMPLE_PREFIX}{}", new_job_name());
        let made = match self.make_sample(&project, &text, images).await {
            Ok(()) => look_at(engine, &project).await,
            Err(error) => Err(error),
        };
        let cleared = clear(engine, &project).await;
        let sample = made?;
        cleared?;
        Ok(sample)
    }

    async fn make_sample(
        &self,
        project: &str,
        text: &str,
        images: &BTreeMap<String, String>,
    ) -> Result<(), Error> {
        let (program, words) = self
            .program
            .split_first()
            .ok_or_else(|| self.unread("there is no compose here"))?;
        let mut command = self.command_in(program, words, project);
        // Through standard input: the files hold secrets.
        command
            .args(["--file", "-"])
            .args(["up", "--no-start", "--no-build", "--no-deps"])
            .args(images.keys())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let run = async {
            let mut child = command.spawn()?;
            if let Some(mut input) = child.stdin.take() {
                input.write_all(text.as_bytes()).await?;
            }
            child.wait_with_output().await
        };
        let output = timeout(PATIENCE, run)
            .await
            .map_err(|_| self.unread("it did not come to an end"))?
            .map_err(|error| self.unread(&error.to_string()))?;
        if output.status.success() {
            return Ok(());
        }
        Err(self.unread(&String::from_utf8_lossy(&output.stderr)))
    }

    fn unread(&self, why: &str) -> Error {
        Error::new(
            Code::EngineFailed,
            format!(
                "Compose could not make anything of {}.",
                self.first_file().display()
            ),
            "Look at the details, and at `docker compose config`. The application runs as before.",
        )
        .with_detail(why.trim().to_owned())
    }
}

impl Sample {
    /// The container of a service as it would be in the place of `present`; `None` if the files do not
    /// have that service.
    pub(in crate::operations) fn in_place_of(
        &self,
        service: &str,
        present: &Blueprint,
        project: &str,
    ) -> Option<Blueprint> {
        let sample = self.services.get(service)?;
        Some(sample.in_place_of(present, &self.project, project))
    }

    /// Makes the networks and volumes that the files ask for and the engine has not.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub(in crate::operations) async fn make_missing(
        &self,
        engine: &Engine,
        project: &str,
    ) -> Result<(), Error> {
        let real = |text: &str| text.replace(&self.project, project);
        for network in &self.networks {
            let labels = network.labels().into_iter();
            let labels = labels.map(|(name, value)| (name, real(&value))).collect();
            let network = network.clone().called(&real(network.name()), labels);
            if engine.network(network.name()).await?.is_none() {
                engine.create_network(&network).await?;
            }
        }
        for volume in &self.volumes {
            let labels = volume.labels.iter();
            let wanted = VolumeInfo {
                name: real(&volume.name),
                labels: labels
                    .map(|(name, value)| (name.clone(), real(value)))
                    .collect(),
                ..volume.clone()
            };
            engine.create_volume(&wanted).await?;
        }
        Ok(())
    }
}

/// It is a sample of what compose would make, and part of no application.
pub(in crate::operations) fn is_sample(container: &Container) -> bool {
    let project = container.labels.get(PROJECT);
    project.is_some_and(|name| name.starts_with(SAMPLE_PREFIX))
}

/// What killed runs left.
pub(in crate::operations) async fn clear_leftovers(engine: &Engine) -> Result<(), Error> {
    let projects: std::collections::BTreeSet<String> = engine
        .containers()
        .await?
        .into_iter()
        .filter(is_sample)
        .filter_map(|container| container.labels.get(PROJECT).cloned())
        .collect();
    for project in projects {
        clear(engine, &project).await?;
    }
    Ok(())
}

async fn existing(engine: &Engine, files: &Description, project: &str) -> Result<Existing, Error> {
    let mut existing = Existing {
        networks: files.own("networks", project),
        volumes: files.own("volumes", project),
    };
    let mut missing = Vec::new();
    for name in existing.networks.values() {
        if engine.network(name).await?.is_none() {
            missing.push(name.clone());
        }
    }
    existing.networks.retain(|_, name| !missing.contains(name));
    missing.clear();
    for name in existing.volumes.values() {
        if engine.volume(name).await?.is_none() {
            missing.push(name.clone());
        }
    }
    existing.volumes.retain(|_, name| !missing.contains(name));
    Ok(existing)
}

async fn look_at(engine: &Engine, project: &str) -> Result<Sample, Error> {
    let mut sample = Sample {
        project: project.to_owned(),
        services: BTreeMap::new(),
        networks: Vec::new(),
        volumes: Vec::new(),
    };
    for container in engine.containers().await? {
        let is_of_it = container
            .labels
            .get(PROJECT)
            .is_some_and(|name| name == project);
        if let Some(service) = container.labels.get(SERVICE).filter(|_| is_of_it)
            && let Some(blueprint) = engine.blueprint(&container.id).await?
        {
            sample.services.insert(service.clone(), blueprint);
        }
    }
    let label = format!("{PROJECT}={project}");
    for name in engine.networks_with(&label).await? {
        sample.networks.extend(engine.network(&name).await?);
    }
    sample.volumes = engine.volumes_with(&[label]).await?;
    Ok(sample)
}

/// Takes a sample away: its containers were never started, its volumes are empty.
async fn clear(engine: &Engine, project: &str) -> Result<(), Error> {
    for container in engine.containers().await? {
        if container
            .labels
            .get(PROJECT)
            .is_some_and(|name| name == project)
        {
            engine.remove_with_volumes(&container.id).await?;
        }
    }
    let label = format!("{PROJECT}={project}");
    for name in engine.networks_with(&label).await? {
        engine.remove_network(&name).await?;
    }
    for volume in engine.volumes_with(&[label]).await? {
        engine.remove_volume(&volume.name).await?;
    }
    Ok(())
}
