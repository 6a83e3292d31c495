//! A world of one test: names of its own, a home of its own, and nothing left of it afterwards.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use tempfile::TempDir;

use crate::compose::Compose;
use crate::demo::{DemoApp, DemoOptions};
use crate::engine::Engine;
use crate::lifeboat::Lifeboat;
use crate::tools::Tools;
use crate::vault::Vault;

static COUNTER: AtomicU32 = AtomicU32::new(0);

/// The world of one test. `LIFEBOAT_TEST_KEEP=1` leaves everything for a look.
#[derive(Debug)]
pub struct World {
    engine: Engine,
    prefix: String,
    home: TempDir,
    apps: Mutex<Vec<String>>,
}

impl World {
    /// A new world on the environment's engine.
    #[must_use]
    pub fn new() -> Self {
        Self::on(Engine::from_environment())
    }

    /// A new world on an engine.
    ///
    /// # Panics
    /// If the demo application's image is not there.
    #[must_use]
    pub fn on(engine: Engine) -> Self {
        let image = crate::artifacts::demo_image();
        let found = engine.try_docker(&["image", "inspect", &image]);
        assert!(
            found.status.success(),
            "the engine has no image {image}; run scripts/test.sh, which builds it"
        );
        let nanos = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .expect("the clock is set")
            .subsec_nanos();
        let number = COUNTER.fetch_add(1, Ordering::SeqCst);
        let prefix = format!(
            "lbt{:x}{number:x}{:05x}",
            std::process::id(),
            nanos & 0xf_ffff
        );
        let home = tempfile::Builder::new()
            .prefix("lifeboat-test-")
            .tempdir()
            .expect("a temporary directory");
        Self {
            engine,
            prefix,
            home,
            apps: Mutex::new(Vec::new()),
        }
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The directory of this world: home, downloads, whatever.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.home.path()
    }

    /// A name of this world. What carries it is removed at the end, with its vault.
    #[must_use]
    pub fn name(&self, word: &str) -> String {
        let name = format!("{}-{word}", self.prefix);
        self.adopt(&name);
        name
    }

    /// Has an application's vault removed at the end.
    pub fn adopt(&self, app: &str) {
        let mut apps = self
            .apps
            .lock()
            .expect("no test panics while it holds this");
        if !apps.iter().any(|known| known == app) {
            apps.push(app.to_owned());
        }
    }

    /// The `lifeboat` command with this world's home.
    #[must_use]
    pub fn lifeboat(&self) -> Lifeboat {
        Lifeboat::new(&self.engine, self.home.path())
    }

    /// Tools on a volume of this world's engine.
    #[must_use]
    pub fn tools(&self, volume: &str) -> Tools {
        Tools::new(&self.engine, volume)
    }

    /// The vault of an application.
    #[must_use]
    pub fn vault(&self, app: &str) -> Vault {
        self.adopt(app);
        Vault::new(&self.engine, app)
    }

    /// Starts the demo application as a lone container and waits until it is healthy.
    #[must_use]
    pub fn demo(&self, word: &str, options: DemoOptions) -> DemoApp {
        DemoApp::start(&self.engine, &self.name(word), options)
    }

    /// A compose project of the demo application; not yet up.
    #[must_use]
    pub fn compose(&self, word: &str) -> Compose {
        Compose::new(&self.engine, &self.name(word), self.home.path())
    }

    /// An empty volume with a stopped container that mounts it, so that it is an application.
    #[must_use]
    pub fn quiet_app(&self, word: &str) -> DemoApp {
        DemoApp::create_stopped(&self.engine, &self.name(word))
    }

    fn clean(&self) {
        let prefix = &self.prefix;
        let filter = format!("name={prefix}");
        let all = self
            .engine
            .try_docker(&["ps", "--all", "--quiet", "--filter", &filter])
            .text();
        self.engine
            .remove_containers(&all.lines().map(str::to_owned).collect::<Vec<_>>());
        let mut volumes: Vec<String> = self
            .apps
            .lock()
            .map(|apps| apps.clone())
            .unwrap_or_default();
        volumes
            .iter_mut()
            .for_each(|app| *app = format!("lifeboat-{app}"));
        let own = self
            .engine
            .try_docker(&["volume", "ls", "--quiet", "--filter", &filter])
            .text();
        volumes.extend(own.lines().map(str::to_owned));
        for volume in volumes {
            self.engine.remove_volume(&volume);
        }
        let images = ["images", "--format", "{{.Repository}}:{{.Tag}}"];
        for image in self.engine.try_docker(&images).text().lines() {
            if image.contains(prefix.as_str()) {
                let _ = self.engine.try_docker(&["rmi", image]);
            }
        }
        let networks = self
            .engine
            .try_docker(&["network", "ls", "--quiet", "--filter", &filter])
            .text();
        for network in networks.lines() {
            let _ = self.engine.try_docker(&["network", "rm", network]);
        }
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if std::env::var_os("LIFEBOAT_TEST_KEEP").is_none() {
            self.clean();
        }
    }
}
