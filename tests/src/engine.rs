//! A real engine, through the `docker` command.

use std::process::Command;

use serde_json::Value;

use crate::command::{self, Finished};

/// An engine.
#[derive(Debug, Clone, Default)]
pub struct Engine {
    /// `DOCKER_HOST`; `None` for what the environment says.
    host: Option<String>,
}

impl Engine {
    /// The engine that the environment names.
    ///
    /// # Panics
    /// If it does not answer.
    #[must_use]
    pub fn from_environment() -> Self {
        let engine = Self::default();
        let answer = engine.try_docker(&["version", "--format", "{{.Server.Version}}"]);
        assert!(
            answer.status.success(),
            "no engine answers; run scripts/test.sh, which starts one\n{answer}"
        );
        engine
    }

    /// The engine at that endpoint.
    #[must_use]
    pub fn at(host: &str) -> Self {
        Self {
            host: Some(host.to_owned()),
        }
    }

    /// The endpoint, if it is not the environment's.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }

    /// A `docker` command, not yet run.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("docker");
        command.args(arguments);
        if let Some(host) = &self.host {
            command.env("DOCKER_HOST", host);
        }
        command
    }

    /// Runs `docker`, whatever the end.
    pub fn try_docker(&self, arguments: &[&str]) -> Finished {
        command::run(&mut self.command(arguments))
    }

    /// Runs `docker`; its standard output.
    ///
    /// # Panics
    /// If it fails.
    pub fn docker(&self, arguments: &[&str]) -> String {
        self.try_docker(arguments).success().text()
    }

    /// Lines of `docker`'s standard output.
    #[must_use]
    pub fn lines(&self, arguments: &[&str]) -> Vec<String> {
        self.docker(arguments).lines().map(str::to_owned).collect()
    }

    /// Everything that the engine knows of a container.
    #[must_use]
    pub fn inspect(&self, container: &str) -> Value {
        let text = self.docker(&["container", "inspect", container]);
        let list: Value = serde_json::from_str(&text).expect("docker inspect prints JSON");
        list[0].clone()
    }

    /// Whether a container runs.
    #[must_use]
    pub fn is_running(&self, container: &str) -> bool {
        self.inspect(container)["State"]["Running"] == Value::Bool(true)
    }

    /// A container's restart policy.
    #[must_use]
    pub fn restart_policy(&self, container: &str) -> String {
        self.inspect(container)["HostConfig"]["RestartPolicy"]["Name"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Whether there is a volume of that name.
    #[must_use]
    pub fn has_volume(&self, volume: &str) -> bool {
        self.try_docker(&["volume", "inspect", volume])
            .status
            .success()
    }

    /// Containers, running or not, that mount a volume.
    #[must_use]
    pub fn containers_of_volume(&self, volume: &str) -> Vec<String> {
        self.lines(&[
            "ps",
            "--all",
            "--quiet",
            "--no-trunc",
            "--filter",
            &format!("volume={volume}"),
        ])
    }

    /// Removes containers by force; those that are gone already do not matter.
    pub fn remove_containers(&self, containers: &[String]) {
        if !containers.is_empty() {
            let mut arguments = vec!["rm", "--force", "--volumes"];
            arguments.extend(containers.iter().map(String::as_str));
            let _ = self.try_docker(&arguments);
        }
    }

    /// Removes a volume and every container that mounts it, as far as the engine is there to do so.
    pub fn remove_volume(&self, volume: &str) {
        let filter = format!("volume={volume}");
        let holders = self
            .try_docker(&["ps", "--all", "--quiet", "--filter", &filter])
            .text();
        self.remove_containers(&holders.lines().map(str::to_owned).collect::<Vec<_>>());
        let _ = self.try_docker(&["volume", "rm", "--force", volume]);
    }
}
