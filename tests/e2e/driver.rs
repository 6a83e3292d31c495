//! A driver of its own for each window, with a session bus of its own.

use std::fs::File;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use lifeboat_tests::{command, wait_for};

/// Where a program finds its session bus.
pub(crate) const BUS: &str = "DBUS_SESSION_BUS_ADDRESS";

/// A running `tauri-driver`.
#[derive(Debug)]
pub(crate) struct Driver {
    child: Child,
    port: u16,
    log: PathBuf,
    /// Where its part of the log begins: the windows of one home share it.
    log_begins_at: usize,
}

impl Driver {
    /// Starts one; what it starts inherits the home and the variables.
    ///
    /// Each has a session bus of its own, unless the variables name one: by the bus a second window would find the first one, and end.
    pub(crate) fn start(home: &Path, variables: &[(String, String)]) -> Self {
        let (port, native_port) = free_ports();
        let runtime = home.join("run");
        private_directory(&runtime);
        let log = home.join("driver.log");
        let log_begins_at = std::fs::read(&log).map_or(0, |before| before.len());
        let mut output = File::options();
        let output = output.create(true).append(true).mode(0o600).open(&log);
        let output = output.expect("a log for the driver");
        let is_bus = |(name, _): &(String, String)| name == BUS;
        let mut command = if variables.iter().any(is_bus) {
            Command::new("tauri-driver")
        } else {
            let mut command = Command::new("dbus-run-session");
            command.args(["--", "tauri-driver"]);
            command
        };
        command
            .args(["--port", &port.to_string()])
            .args(["--native-port", &native_port.to_string()])
            .env("HOME", home)
            .env("XDG_RUNTIME_DIR", &runtime)
            .env("LANG", "en_US.UTF-8")
            .env("GDK_BACKEND", "x11")
            .env("NO_AT_BRIDGE", "1")
            .env("GSETTINGS_BACKEND", "memory")
            .env_remove(BUS)
            .env_remove("LC_ALL")
            .env_remove("LANGUAGE")
            .env_remove("WAYLAND_DISPLAY")
            .envs(variables.iter().cloned())
            .stdin(Stdio::null())
            .stdout(output.try_clone().expect("a second handle"))
            .stderr(output)
            .process_group(0);
        let child = command.spawn().unwrap_or_else(|error| {
            panic!("cannot start the driver; run scripts/test.sh, which brings it: {error}")
        });
        let driver = Self {
            child,
            port,
            log,
            log_begins_at,
        };
        // Both, since the first passes everything on to the second and gives up if it is not there.
        for port in [port, native_port] {
            wait_for("the driver listens", 60, || {
                TcpStream::connect(("127.0.0.1", port)).ok()
            });
        }
        driver
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What it and the app wrote.
    pub(crate) fn log(&self) -> String {
        let bytes = std::fs::read(&self.log).unwrap_or_default();
        let own = bytes.get(self.log_begins_at..).unwrap_or_default();
        String::from_utf8_lossy(own).into_owned()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let group = format!("-{}", self.child.id());
        let _ = command::run(Command::new("kill").args(["-KILL", "--", &group]));
        let _ = self.child.wait();
    }
}

/// Two ports that nobody listens on. Both are held while they are asked for, so that they differ.
fn free_ports() -> (u16, u16) {
    let listen = || TcpListener::bind(("127.0.0.1", 0)).expect("there is a free port");
    let (first, second) = (listen(), listen());
    let port = |listener: &TcpListener| listener.local_addr().expect("it is bound").port();
    (port(&first), port(&second))
}

fn private_directory(path: &Path) {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .expect("a runtime directory");
}
