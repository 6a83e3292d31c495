//! Processes that belong to one window: whatever runs with its home.

use std::path::{Path, PathBuf};
use std::process::Command;

use lifeboat_tests::command;

/// A running process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Process {
    /// Its id.
    pub(crate) id: String,
    /// Its program.
    program: PathBuf,
}

/// The processes that run with this home.
pub(crate) fn of_home(home: &Path) -> Vec<Process> {
    let variable = format!("HOME={}", home.display());
    let entries = std::fs::read_dir("/proc").expect("Linux has /proc");
    let mut found = Vec::new();
    for entry in entries.flatten() {
        let id = entry.file_name().to_string_lossy().into_owned();
        if !id.bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        // Any process may end while it is looked at.
        let Ok(environment) = std::fs::read(entry.path().join("environ")) else {
            continue;
        };
        let Ok(program) = std::fs::read_link(entry.path().join("exe")) else {
            continue;
        };
        let own = environment.split(|byte| *byte == 0);
        if own
            .into_iter()
            .any(|variable_of_it| variable_of_it == variable.as_bytes())
        {
            found.push(Process { id, program });
        }
    }
    found
}

/// Those of them that run this program.
pub(crate) fn running(home: &Path, program: &Path) -> Vec<Process> {
    let program = program.canonicalize().expect("the program is there");
    let mut found = of_home(home);
    found.retain(|process| process.program == program);
    found
}

impl Process {
    /// Ends it at once, without a chance to clean up.
    pub(crate) fn kill(&self) {
        let _ = command::run(Command::new("kill").args(["-KILL", &self.id]));
    }
}
