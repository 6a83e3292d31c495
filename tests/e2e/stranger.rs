//! A person who is not the administrator: the program runs as a user who may not use the engine.

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};

use lifeboat_tests::{World, artifacts};

use crate::processes;
use crate::window::Options;

/// The user who owns nothing.
const NOBODY: u32 = 65534;

/// The program of that user, in the world's home.
pub(crate) struct Stranger {
    home: PathBuf,
    start: PathBuf,
}

impl Stranger {
    pub(crate) fn new(world: &World) -> Self {
        let home = world.directory().to_path_buf();
        // Where it was built may be closed to others.
        let program = home.join("lifeboat-desktop");
        std::fs::copy(artifacts::desktop(), &program).expect("a copy of the program");
        let display = home.join("Xauthority");
        if let Some(key) = std::env::var_os("XAUTHORITY") {
            std::fs::copy(key, &display).expect("the key of the display");
        }
        let runtime = home.join("run-of-nobody");
        std::fs::create_dir(&runtime).expect("a runtime directory");
        std::fs::set_permissions(&runtime, Permissions::from_mode(0o700)).expect("its mode");
        let start = home.join("start.sh");
        // With a session bus of its own: that of the driver takes no orders from others.
        let script = format!(
            "#!/bin/sh\nexport XAUTHORITY='{}' XDG_RUNTIME_DIR='{}'\nexec setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups \
             dbus-run-session -- '{}' \"$@\"\n",
            display.display(),
            runtime.display(),
            program.display()
        );
        std::fs::write(&start, script).expect("a script");
        std::fs::set_permissions(&start, Permissions::from_mode(0o755)).expect("its mode");
        give(&home);
        Self { home, start }
    }

    pub(crate) fn options(&self) -> Options {
        Options {
            program: Some(self.start.clone()),
            ..Options::default()
        }
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        for process in processes::of_home(&self.home) {
            process.kill();
        }
    }
}

/// Gives a folder and all in it away.
fn give(path: &Path) {
    chown(path, Some(NOBODY), Some(NOBODY)).expect("the tests run as the administrator");
    if path.is_dir() {
        let entries = std::fs::read_dir(path).expect("its entries");
        entries.flatten().for_each(|entry| give(&entry.path()));
    }
}
