//! A real registry on loopback, for pulls that go well and pulls that do not.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::wait::wait_for;

/// The user of a registry that asks for a login.
pub const USER: &str = "anna";
/// Her password; its letters differ between the two alphabets of base64.
pub const PASSWORD: &str = "open~?>sesame";
const PASSWORD_HASH: &str = "$2y$05$abcdefghijklmnopqrstuueC4ZlUxE4aNXf.lc.lpaNxAwBk7R6cm";

/// A running registry.
#[derive(Debug)]
pub struct Registry {
    child: Child,
    directory: TempDir,
    port: u16,
}

impl Registry {
    /// Starts one that lets everybody in.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with("")
    }

    /// Starts one that asks for `USER` and `PASSWORD`.
    #[must_use]
    pub fn start_with_login() -> Self {
        Self::start_with("auth:\n  htpasswd:\n    realm: tests\n    path: USERS\n")
    }

    fn start_with(login: &str) -> Self {
        let directory = tempfile::tempdir().expect("a directory for the registry");
        let port = free_port();
        let root = directory.path().display();
        let users = directory.path().join("users");
        std::fs::write(&users, format!("{USER}:{PASSWORD_HASH}\n")).expect("its users");
        let configuration = format!(
            "version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: {root}/data\n\
             http:\n  addr: 127.0.0.1:{port}\n{}",
            login.replace("USERS", &users.display().to_string())
        );
        let file = directory.path().join("config.yml");
        std::fs::write(&file, configuration).expect("its configuration");
        let child = Command::new("docker-registry")
            .arg("serve")
            .arg(&file)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("docker-registry starts; scripts/test.sh installs it");
        let registry = Self {
            child,
            directory,
            port,
        };
        wait_for("the registry answers", 30, || {
            TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()
        });
        registry
    }

    /// An image's name in it.
    #[must_use]
    pub fn reference(&self, name: &str) -> String {
        format!("127.0.0.1:{}/{name}", self.port)
    }

    /// Its host and port.
    #[must_use]
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Stops it; what was pushed to it cannot be had any more.
    pub fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Where it keeps its files.
    #[must_use]
    pub fn directory(&self) -> &std::path::Path {
        self.directory.path()
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A port that nobody uses now.
fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("its address").port()
}
