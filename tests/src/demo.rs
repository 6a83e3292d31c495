//! The demo application as a container of the engine.

use serde_json::Value;

use crate::artifacts;
use crate::engine::Engine;
use crate::tools::Tools;
use crate::wait::wait_for;

/// How to start the demo application.
#[derive(Debug, Clone)]
pub struct DemoOptions {
    /// Environment variables.
    pub environment: Vec<(String, String)>,
    /// `docker run --restart`.
    pub restart: String,
    /// Network; `none` is enough for everything but a browser.
    pub network: String,
    /// Image; `None` for the harness's own.
    pub image: Option<String>,
}

impl Default for DemoOptions {
    fn default() -> Self {
        Self {
            environment: Vec::new(),
            restart: "no".into(),
            network: "none".into(),
            image: None,
        }
    }
}

impl DemoOptions {
    /// With an environment variable.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// With a writer that commits as fast as it goes.
    #[must_use]
    pub fn busy(self) -> Self {
        self.with("WRITER_RATE", "max")
    }

    /// With another image.
    #[must_use]
    pub fn image(mut self, reference: &str) -> Self {
        self.image = Some(reference.to_owned());
        self
    }

    /// With a restart policy.
    #[must_use]
    pub fn restart(mut self, policy: &str) -> Self {
        policy.clone_into(&mut self.restart);
        self
    }
}

/// A running demo application.
#[derive(Debug, Clone)]
pub struct DemoApp {
    /// The container's name, and so the application's.
    pub name: String,
    /// The volume that holds the database.
    pub volume: String,
    engine: Engine,
}

impl DemoApp {
    /// Starts it and waits until it is healthy.
    #[must_use]
    pub fn start(engine: &Engine, name: &str, options: DemoOptions) -> Self {
        let volume = format!("{name}-data");
        let mount = format!("{volume}:/data");
        let image = options.image.unwrap_or_else(artifacts::demo_image);
        let mut words: Vec<String> = ["run", "--detach", "--name", name, "--volume", &mount]
            .into_iter()
            .map(str::to_owned)
            .collect();
        words.extend([
            "--network".into(),
            options.network,
            "--restart".into(),
            options.restart,
        ]);
        words.extend(["--health-interval".into(), "1s".into()]);
        for (variable, value) in options.environment {
            words.extend(["--env".into(), format!("{variable}={value}")]);
        }
        words.push(image);
        engine.docker(&words.iter().map(String::as_str).collect::<Vec<_>>());
        let app = Self {
            name: name.to_owned(),
            volume,
            engine: engine.clone(),
        };
        app.wait_healthy();
        app
    }

    /// One that was started in a way of its own.
    #[must_use]
    pub fn existing(engine: &Engine, name: &str, volume: &str) -> Self {
        Self {
            name: name.to_owned(),
            volume: volume.to_owned(),
            engine: engine.clone(),
        }
    }

    /// A stopped container with an empty volume.
    #[must_use]
    pub fn create_stopped(engine: &Engine, name: &str) -> Self {
        let volume = format!("{name}-data");
        let mount = format!("{volume}:/data");
        let image = artifacts::demo_image();
        engine.docker(&[
            "create",
            "--name",
            name,
            "--volume",
            &mount,
            "--network",
            "none",
            &image,
        ]);
        Self {
            name: name.to_owned(),
            volume,
            engine: engine.clone(),
        }
    }

    /// Makes its container anew, with these volumes beside its own, and waits until it is healthy.
    pub fn make_anew(&self, volumes: &[&str]) {
        self.engine.docker(&["rm", "--force", &self.name]);
        let mut words: Vec<String> = ["run", "--detach", "--name", &self.name]
            .into_iter()
            .map(str::to_owned)
            .collect();
        words.extend(["--volume".to_owned(), format!("{}:/data", self.volume)]);
        for volume in volumes {
            words.extend(["--volume".to_owned(), format!("{volume}:/more/{volume}")]);
        }
        words.extend(["--health-interval".to_owned(), "1s".to_owned()]);
        words.push(artifacts::demo_image());
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        self.engine.docker(&words);
        self.wait_healthy();
    }

    /// Makes a volume with a database in it, which nothing mounts yet; its name.
    #[must_use]
    pub fn further_volume(&self, word: &str) -> String {
        let volume = format!("{}-{word}", self.name);
        self.engine.docker(&["volume", "create", &volume]);
        Tools::new(&self.engine, &volume).make("sound", "more.db", &[]);
        volume
    }

    /// Waits until the health check passes.
    pub fn wait_healthy(&self) {
        wait_for(&format!("{} becomes healthy", self.name), 60, || {
            let state = &self.engine.inspect(&self.name)["State"];
            assert!(
                state["Running"] == Value::Bool(true) || state["Restarting"] == Value::Bool(true),
                "{} is not running: {}",
                self.name,
                self.engine.try_docker(&["logs", &self.name])
            );
            (state["Health"]["Status"] == "healthy").then_some(())
        });
    }

    /// Stops it.
    pub fn stop(&self) {
        self.engine.docker(&["stop", "--time", "10", &self.name]);
    }

    /// Starts it again and waits until it is healthy.
    pub fn start_again(&self) {
        self.engine.docker(&["start", &self.name]);
        self.wait_healthy();
    }

    /// Kills it: side files stay.
    pub fn kill(&self) {
        self.engine.docker(&["kill", &self.name]);
    }

    /// Whether it runs.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.engine.is_running(&self.name)
    }

    /// Waits until no other container has its volume; `which` are further options of `docker ps`.
    ///
    /// Whoever lists applications on this engine looks into the volume for a moment, and that alone is waited for.
    ///
    /// # Panics
    /// At once if anybody else has it, and if somebody looks into it for a minute.
    pub fn wait_alone(&self, which: &[&str], what: &str) {
        let volume = format!("volume={}", self.volume);
        let listed = [
            &["ps", "--format", "{{.Names}}", "--filter", &volume],
            which,
        ]
        .concat();
        wait_for(&format!("{what}: nobody looks into the volume"), 60, || {
            let mut others = self.engine.lines(&listed);
            others.retain(|name| *name != self.name);
            let look = |name: &String| name.starts_with("lifeboat-scan-");
            assert!(others.iter().all(look), "{what}: {others:?} were left");
            others.is_empty().then_some(())
        });
    }

    /// When the engine last started it: the same text means that it was never stopped.
    #[must_use]
    pub fn started_at(&self) -> String {
        self.engine.inspect(&self.name)["State"]["StartedAt"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Tools on its volume, as the user that it runs as.
    #[must_use]
    pub fn tools(&self) -> Tools {
        Tools::new(&self.engine, &self.volume).as_user("1000:1000")
    }

    /// The same as root.
    #[must_use]
    pub fn root_tools(&self) -> Tools {
        Tools::new(&self.engine, &self.volume)
    }

    /// Batches that the writer has committed.
    #[must_use]
    pub fn batch_count(&self) -> i64 {
        self.tools()
            .number("guestbook.db", "SELECT count(*) FROM batches")
    }

    /// Waits until the writer has committed more batches.
    pub fn wait_batches(&self, more: i64) {
        let wanted = self.batch_count() + more;
        wait_for("the writer writes", 60, || {
            (self.batch_count() >= wanted).then_some(())
        });
    }

    /// Entries of the guest book.
    #[must_use]
    pub fn entry_count(&self) -> i64 {
        self.tools()
            .number("guestbook.db", "SELECT count(*) FROM entries")
    }

    /// Signs the guest book.
    pub fn sign(&self, name: &str) {
        self.tools().execute(
            "guestbook.db",
            &format!(
                "INSERT INTO entries (name, home_port, message, written_at)
                 VALUES ('{name}', 'Test Bay', 'was here', '2026-01-01T00:00:00Z')"
            ),
        );
    }
}
