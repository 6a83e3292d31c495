//! Compose projects of the demo application, with whichever compose there is.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{self, Finished};
use crate::demo::DemoApp;
use crate::engine::Engine;
use crate::tools::Tools;
use crate::{artifacts, wait_for};

const FILE: &str = "services:
  guestbook:
    image: IMAGE
    restart: unless-stopped
    network_mode: none
    healthcheck:
      interval: 1s
    environment:
      WRITER_RATE: \"0\"
    volumes:
      - data:/data
volumes:
  data:
";

/// A compose project: one service `guestbook`, one volume `data`.
#[derive(Debug, Clone)]
pub struct Compose {
    /// The project's name.
    pub project: String,
    directory: PathBuf,
    engine: Engine,
}

impl Compose {
    /// Writes the project's file; nothing is up yet.
    #[must_use]
    pub fn new(engine: &Engine, project: &str, parent: &Path) -> Self {
        Self::within(engine, project, &parent.join(project))
    }

    /// The same in a directory that is not called as the project is.
    #[must_use]
    pub fn within(engine: &Engine, project: &str, directory: &Path) -> Self {
        std::fs::create_dir_all(directory).expect("a directory for the project");
        let file = FILE.replace("IMAGE", &artifacts::demo_image());
        std::fs::write(directory.join("compose.yaml"), file).expect("the compose file");
        Self {
            project: project.to_owned(),
            directory: directory.to_owned(),
            engine: engine.clone(),
        }
    }

    /// Writes the file anew, with another image.
    ///
    /// # Panics
    /// If it cannot be written.
    pub fn use_image(&self, reference: &str) {
        let file = FILE.replace("IMAGE", reference);
        std::fs::write(self.directory.join("compose.yaml"), file).expect("the compose file");
    }

    /// The volume of the database.
    #[must_use]
    pub fn volume(&self) -> String {
        format!("{}_data", self.project)
    }

    /// Runs compose.
    pub fn run(&self, arguments: &[&str]) -> Finished {
        let plugin = command::run(Command::new("docker").args(["compose", "version"]))
            .status
            .success();
        let mut command = Command::new(if plugin { "docker" } else { "docker-compose" });
        if plugin {
            command.arg("compose");
        }
        if let Some(host) = self.engine.host() {
            command.env("DOCKER_HOST", host);
        }
        command
            .args(["--project-name", &self.project, "--file", "compose.yaml"])
            .args(arguments);
        command::run(command.current_dir(&self.directory))
    }

    /// `up -d`, and healthy.
    pub fn up(&self) {
        let _ = self.run(&["up", "-d"]).success();
        wait_for("the project becomes healthy", 60, || {
            let container = self.container()?;
            (self.engine.inspect(&container)["State"]["Health"]["Status"] == "healthy")
                .then_some(())
        });
    }

    /// The service's container.
    #[must_use]
    pub fn container(&self) -> Option<String> {
        let filter = format!("label=com.docker.compose.project={}", self.project);
        self.engine
            .lines(&["ps", "--all", "--quiet", "--no-trunc", "--filter", &filter])
            .first()
            .cloned()
    }

    /// Tools on its volume, as the user that it runs as.
    #[must_use]
    pub fn tools(&self) -> Tools {
        Tools::new(&self.engine, &self.volume()).as_user("1000:1000")
    }

    /// Entries of the guest book.
    #[must_use]
    pub fn entry_count(&self) -> i64 {
        self.tools()
            .number("guestbook.db", "SELECT count(*) FROM entries")
    }

    /// As the demo application, where a test does not care which it is.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }
}

impl From<&Compose> for Tools {
    fn from(compose: &Compose) -> Self {
        compose.tools()
    }
}

impl From<&DemoApp> for Tools {
    fn from(app: &DemoApp) -> Self {
        app.tools()
    }
}
