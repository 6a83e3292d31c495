//! What only compose itself can tell of a project, and what it does for us: it builds, and it makes samples
//! of containers that are never started.
//!
//! Compose is never run for bringing containers up or down.

mod description;
mod sample;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

pub(super) use description::Description;
pub(super) use sample::{clear_leftovers, is_sample};

use super::discover::{self, AppContainers};
use crate::engine::Container;
use crate::error::{Code, Error};

/// The label by which compose tells whether a container is still as its file says.
pub(super) const CONFIG_HASH: &str = "com.docker.compose.config-hash";

const VERSION: &str = "com.docker.compose.version";
/// The label that names a container's project.
pub(super) const PROJECT: &str = "com.docker.compose.project";

const SERVICE: &str = "com.docker.compose.service";
const DIRECTORY: &str = "com.docker.compose.project.working_dir";
const FILES: &str = "com.docker.compose.project.config_files";
const ENVIRONMENT_FILE: &str = "com.docker.compose.project.environment_file";

/// How much of a failed build is told.
const BUILD_LINES: usize = 25;

/// Compose reads files and asks the engine; it does not take long.
const PATIENCE: Duration = Duration::from_secs(60);

/// A compose project whose files lie on this machine, and the compose that made it.
#[derive(Debug, Clone)]
pub(super) struct Project {
    name: String,
    directory: PathBuf,
    files: Vec<PathBuf>,
    environment_file: Option<PathBuf>,
    /// `1` for the Python one, which counts the image into a service's hash.
    major: String,
    program: Vec<String>,
    docker_host: String,
}

impl Project {
    /// The project of an application; `None` if it is none, its files are not here, or no compose of
    /// its generation is.
    pub(super) async fn of(app: &AppContainers, docker_host: &str) -> Option<Self> {
        let container = app.containers.first()?;
        let label = |name: &str| container.labels.get(name).filter(|text| !text.is_empty());
        let directory = PathBuf::from(label(DIRECTORY)?);
        let files: Vec<PathBuf> = label(FILES)?
            .split(',')
            .map(|file| directory.join(file))
            .collect();
        if !directory.is_absolute() || !files.iter().all(|file| file.is_file()) {
            return None;
        }
        let version = label(VERSION)?.trim_start_matches('v');
        let major = version.split('.').next()?.to_owned();
        let program = program_of(&major).await?;
        Some(Self {
            name: label(PROJECT)?.clone(),
            environment_file: label(ENVIRONMENT_FILE).map(|file| directory.join(file)),
            directory,
            files,
            major,
            program,
            docker_host: docker_host.to_owned(),
        })
    }

    /// The image a service runs is part of its hash.
    pub(super) fn counts_images(&self) -> bool {
        self.major == "1"
    }

    /// The hash of each service as compose would make it now; `None` if compose cannot tell.
    pub(super) async fn hashes(&self) -> Option<BTreeMap<String, String>> {
        let text = self.run(&["config", "--hash", "*"]).await?;
        let hashes: BTreeMap<String, String> = text
            .lines()
            .filter_map(|line| line.split_once(' '))
            .map(|(service, hash)| (service.to_owned(), hash.trim().to_owned()))
            .collect();
        (!hashes.is_empty()).then_some(hashes)
    }

    /// What its files say now; `None` if compose cannot tell.
    pub(super) async fn description(&self) -> Option<Description> {
        Description::read(&self.run(&["config"]).await?)
    }

    /// Builds services, as `compose build` does.
    ///
    /// # Errors
    /// `engine-failed` with the last lines of what it said; `cancelled`.
    pub(super) async fn build(
        &self,
        services: &[String],
        cancel: &CancellationToken,
    ) -> Result<(), Error> {
        let what = format!("{} could not be built.", services.join(", "));
        let advice = format!(
            "Look at the details, and at {}. The application runs as before.",
            self.first_file().display()
        );
        let failed = |detail: String| {
            Error::new(Code::EngineFailed, what.clone(), advice.clone()).with_detail(detail)
        };
        let mut command = self
            .command()
            .ok_or_else(|| failed("there is no compose here".to_owned()))?;
        command.arg("build").args(services);
        command.stdin(std::process::Stdio::null());
        let output = tokio::select! {
            biased;
            // The command is dropped, and with it the process ends.
            () = cancel.cancelled() => return Err(Error::cancelled()),
            output = command.output() => output,
        };
        let output = output.map_err(|error| failed(error.to_string()))?;
        if output.status.success() {
            return Ok(());
        }
        let mut said = String::from_utf8_lossy(&output.stdout).into_owned();
        said.push_str(&String::from_utf8_lossy(&output.stderr));
        let lines: Vec<&str> = said.lines().collect();
        let last = lines.len().saturating_sub(BUILD_LINES);
        Err(failed(lines[last..].join("\n")))
    }

    /// Its name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The folder that the project lies in.
    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    /// The first of its files, for messages.
    pub(super) fn first_file(&self) -> &Path {
        self.files
            .first()
            .map_or(self.directory.as_path(), PathBuf::as_path)
    }

    async fn run(&self, arguments: &[&str]) -> Option<String> {
        let mut command = self.command()?;
        command.args(arguments);
        output_of(command).await
    }

    /// Compose for this project and this engine, whatever the environment says.
    fn command(&self) -> Option<Command> {
        let (program, words) = self.program.split_first()?;
        let mut command = self.command_in(program, words, &self.name);
        for file in &self.files {
            command.arg("--file").arg(file);
        }
        if let Some(file) = self
            .environment_file
            .as_deref()
            .filter(|file| file.is_file())
        {
            command.arg("--env-file").arg(file);
        }
        Some(command)
    }

    /// Compose for this engine and this directory, whatever the environment says, without any files.
    fn command_in(&self, program: &str, words: &[String], project: &str) -> Command {
        let mut command = Command::new(program);
        command.args(words).args(["--project-name", project]);
        command.arg("--project-directory").arg(&self.directory);
        command
            .current_dir(&self.directory)
            .env("DOCKER_HOST", &self.docker_host)
            .env_remove("DOCKER_CONTEXT")
            .env_remove("COMPOSE_FILE")
            .env_remove("COMPOSE_PROJECT_NAME")
            .kill_on_drop(true);
        command
    }
}

/// Services whose description in the files is not the one that their containers were made by.
pub(super) fn drifted(containers: &[Container], hashes: &BTreeMap<String, String>) -> Vec<String> {
    containers
        .iter()
        .filter(|container| {
            let made_by = container.labels.get(CONFIG_HASH);
            let now = hashes.get(&discover::service_name(container));
            made_by.is_some() && made_by != now
        })
        .map(discover::service_name)
        .collect()
}

/// The compose of this generation, as it is called here.
async fn program_of(major: &str) -> Option<Vec<String>> {
    let ways: [&[&str]; 2] = [&["docker", "compose"], &["docker-compose"]];
    for way in ways {
        let mut command = Command::new(way[0]);
        command
            .args(&way[1..])
            .args(["version", "--short"])
            .kill_on_drop(true);
        let version = output_of(command).await.unwrap_or_default();
        let found = version.trim().trim_start_matches('v').split('.').next();
        let is_later = found.is_some_and(|found| found != "1" && found.parse::<u32>().is_ok());
        // From the second generation on, hashes are made alike.
        if found == Some(major) || (major != "1" && is_later) {
            return Some(way.iter().map(|word| (*word).to_owned()).collect());
        }
    }
    None
}

async fn output_of(mut command: Command) -> Option<String> {
    command.stdin(std::process::Stdio::null());
    let output = timeout(PATIENCE, command.output()).await.ok()?.ok()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        tracing::info!(status = %output.status, %said, "compose did not answer");
        return None;
    }
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}
