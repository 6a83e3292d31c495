//! A second engine of a test's own, which it may kill: its own root, its own socket, no network.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::engine::Engine;
use crate::wait::wait_for;
use crate::{artifacts, command};

/// A private engine; it is stopped and removed at the end.
#[derive(Debug)]
pub struct PrivateEngine {
    directory: TempDir,
    daemon: Option<Child>,
}

impl PrivateEngine {
    /// Starts one, with the demo application's image in it.
    #[must_use]
    pub fn start() -> Self {
        let directory = tempfile::Builder::new()
            .prefix("lifeboat-engine-")
            .tempdir()
            .expect("a temporary directory");
        let mut private = Self {
            directory,
            daemon: None,
        };
        private.launch();
        private.load_image();
        private
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> Engine {
        Engine::at(&format!("unix://{}", self.path("docker.sock").display()))
    }

    /// `kill -9` of the daemon. Its containers live on until the next daemon finds them, as after a
    /// real crash.
    pub fn kill(&mut self) {
        if let Some(mut daemon) = self.daemon.take() {
            daemon.kill().expect("the daemon can be killed");
            let _ = daemon.wait();
        }
    }

    /// Starts the daemon again.
    pub fn launch(&mut self) {
        // In a network of its own: a daemon without a bridge removes the one that it finds, which is
        // that of the machine's own engine.
        let mut command = Command::new("unshare");
        command
            .args(["--net", "dockerd"])
            .arg("--data-root")
            .arg(self.path("data"))
            .arg("--exec-root")
            .arg(self.path("run"))
            .arg("--pidfile")
            .arg(self.path("docker.pid"))
            .arg("--host")
            .arg(format!("unix://{}", self.path("docker.sock").display()))
            .args(["--bridge=none", "--iptables=false", "--log-level=error"])
            .stdin(Stdio::null());
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.path("dockerd.log"));
        let log = log.expect("a log file");
        command
            .stdout(log.try_clone().expect("a log file"))
            .stderr(log);
        // A killed daemon leaves pid files behind (its containerd dies with it), and a new one waits
        // for those processes where the pids were given to others or are never reaped.
        for stale in ["docker.pid", "run/containerd/containerd.pid"] {
            let _ = std::fs::remove_file(self.path(stale));
        }
        self.daemon = Some(
            command
                .spawn()
                .expect("dockerd starts; scripts/test.sh installs it"),
        );
        let engine = self.engine();
        wait_for("the private engine answers", 60, || {
            engine
                .try_docker(&["info", "--format", "{{.ID}}"])
                .status
                .success()
                .then_some(())
        });
    }

    fn load_image(&self) {
        let script = artifacts::repository().join("tests/demo-app/build-image.sh");
        let mut build = Command::new(script);
        build
            .arg("--binary")
            .arg(artifacts::demo_binary())
            .arg(artifacts::demo_image());
        build.env("DOCKER_HOST", self.engine().host().unwrap_or_default());
        let _ = command::run(&mut build).success();
    }

    /// The daemon's containerd would outlive it.
    fn kill_containerd(&self) {
        let pid_file = self.path("run/containerd/containerd.pid");
        if let Ok(pid) = std::fs::read_to_string(pid_file) {
            let _ = command::run(Command::new("kill").args(["-9", pid.trim()]));
        }
    }

    /// What a daemon that did not come back left: processes that name this test's own directory.
    fn kill_shims(&self) {
        let root = self.directory.path().to_string_lossy().into_owned();
        for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
            let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
            let pid = entry.file_name().to_string_lossy().into_owned();
            let is_shim = String::from_utf8_lossy(&line).contains("containerd-shim");
            if is_shim && String::from_utf8_lossy(&line).contains(&root) {
                let _ = command::run(Command::new("kill").args(["-9", &pid]));
            }
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }
}

impl Drop for PrivateEngine {
    fn drop(&mut self) {
        let engine = self.engine();
        if self.daemon.is_some() {
            let all = engine.try_docker(&["ps", "--all", "--quiet"]).text();
            engine.remove_containers(&all.lines().map(str::to_owned).collect::<Vec<_>>());
        }
        if let Some(mut daemon) = self.daemon.take() {
            let pid = daemon.id().to_string();
            let _ = command::run(Command::new("kill").args(["-TERM", &pid]));
            let _ = daemon.wait();
        }
        self.kill_containerd();
        self.kill_shims();
        // Mounts below a directory keep it from being removed.
        let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap_or_default();
        let root = self.directory.path().to_string_lossy().into_owned();
        for mount in mounts
            .lines()
            .filter_map(|line| line.split(' ').nth(1))
            .filter(|at| at.starts_with(&root))
        {
            let _ = command::run(Command::new("umount").args(["--lazy", mount]));
        }
    }
}
