//! The steps that an update's logbook names, where a running update stands, and who works on it.

use std::path::PathBuf;
use std::process::Child;
use std::time::{Duration, Instant, SystemTime};

use serde_json::Value;

use crate::engine::Engine;
use crate::{artifacts, command};

/// Where the steps are listed, for each operation: the one place from which the product has them, too.
const STEPS_FILES: &str = "src-tauri/crates/core/src/operations";

/// The helper's program, as the kernel calls its process.
const HELPER: &str = "lifeboat-helper";

/// A step of an update, as the logbook names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// `stopping`, `keeping`…
    pub name: String,
    /// What a release has to do at its start, so that its update comes to this step.
    pub at_start: &'static str,
}

/// Every step of an update.
///
/// # Panics
/// If the product lists none, or one that no release here leads to.
#[must_use]
pub fn of_an_update() -> Vec<Step> {
    let names = names_of("update").into_iter();
    let steps = names.map(|name| Step {
        at_start: leading_to(&name),
        name,
    });
    steps.collect()
}

/// The names of every step of an operation that keeps a logbook: `update`, `restore`.
///
/// # Panics
/// If the product lists none.
#[must_use]
pub fn names_of(operation: &str) -> Vec<String> {
    let folder = artifacts::repository().join(STEPS_FILES);
    let path = folder.join(operation).join("logbook.rs");
    let source = std::fs::read_to_string(path).expect("the steps are listed there");
    let (_, list) = source.split_once("enum Phase {").expect("a list of steps");
    let (list, _) = list.split_once("\n}").expect("a list of steps");
    let words = list
        .lines()
        .filter_map(|line| line.trim().strip_suffix(','));
    let names: Vec<String> = words.map(kebab_case).collect();
    assert!(!names.is_empty(), "a list of steps");
    names
}

fn leading_to(step: &str) -> &'static str {
    match step {
        "stopping" | "keeping" | "swapping" | "judging" | "finishing" => "migrate",
        "going-back" | "keeping-evidence" => "migrate,crash",
        new => {
            panic!("`{new}` is a new step: which release leads to it, and what if it is killed?")
        }
    }
}

fn kebab_case(word: &str) -> String {
    let mut text = String::new();
    for letter in word.chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push('-');
        }
        text.extend(letter.to_lowercase());
    }
    text
}

/// The logbook of an application, read where the engine keeps the vault.
#[derive(Debug, Clone)]
pub struct Logbook {
    vault: PathBuf,
}

impl Logbook {
    /// The logbook in the vault of an application, which must be there.
    #[must_use]
    pub fn of(engine: &Engine, app: &str) -> Self {
        let volume = format!("lifeboat-{app}");
        Self {
            vault: place_of(engine, &volume),
        }
    }

    /// What a running or interrupted job wrote down; `None` where none is.
    #[must_use]
    pub fn entry(&self) -> Option<Value> {
        let mut file = self.read("current.json")?;
        Some(file["entry"].take())
    }

    /// The step that the entry names.
    #[must_use]
    pub fn step(&self) -> Option<String> {
        self.entry()?["phase"].as_str().map(str::to_owned)
    }

    /// When the entry was written last.
    #[must_use]
    pub fn changed_at(&self) -> Option<SystemTime> {
        let path = self.vault.join("logbook/current.json");
        std::fs::metadata(path).ok()?.modified().ok()
    }

    /// The record of what lies beside the live files.
    #[must_use]
    pub fn record(&self) -> Option<Value> {
        self.read("swap.json")
    }

    /// Where the vault is.
    #[must_use]
    pub fn vault(&self) -> &std::path::Path {
        &self.vault
    }

    fn read(&self, name: &str) -> Option<Value> {
        let bytes = std::fs::read(self.vault.join("logbook").join(name)).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    /// Waits until it is so, or until the command has ended; true if it is so.
    ///
    /// # Panics
    /// If neither comes.
    pub fn reaches(&self, child: &mut Child, is_so: impl FnMut(&Self) -> bool) -> bool {
        let mut ended = || child.try_wait().expect("it can be asked").is_some();
        self.comes_to(is_so, &mut ended)
    }

    /// Waits until it is so, or until there is nothing to wait for any more; true if it is so. Asked without
    /// a pause: some moments are short.
    ///
    /// # Panics
    /// If neither comes.
    pub fn comes_to(
        &self,
        mut is_so: impl FnMut(&Self) -> bool,
        ended: &mut dyn FnMut() -> bool,
    ) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(120) {
            if is_so(self) {
                return true;
            }
            if ended() {
                return is_so(self);
            }
            std::thread::yield_now();
        }
        panic!(
            "it neither came to that moment nor ended: {:?}",
            self.step()
        );
    }

    /// The processes of the helpers that have this vault open.
    #[must_use]
    pub fn helpers(&self) -> Vec<u32> {
        // As a mount's source it may be told from the root of its own file system.
        let volume = self.vault.parent().and_then(|path| path.file_name());
        let volume = volume.expect("a volume's name").to_string_lossy();
        let mount = format!("/volumes/{volume}/_data ");
        let entries = std::fs::read_dir("/proc").expect("Linux has /proc");
        let ids = entries
            .flatten()
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        ids.filter(|id: &u32| {
            // Any process may end while it is looked at.
            let name = std::fs::read_to_string(format!("/proc/{id}/comm"));
            if !name.is_ok_and(|name| name.trim_end() == HELPER) {
                return false;
            }
            let mounts = std::fs::read_to_string(format!("/proc/{id}/mountinfo"));
            mounts.is_ok_and(|mounts| mounts.contains(&mount))
        })
        .collect()
    }

    /// Kills them all.
    pub fn kill_helpers(&self) {
        let mut words = vec!["-KILL".to_owned()];
        words.extend(self.helpers().iter().map(u32::to_string));
        if words.len() > 1 {
            // One may have ended in between.
            let _ = command::run(std::process::Command::new("kill").args(&words));
        }
    }
}

/// Where the engine keeps a volume.
#[must_use]
pub fn place_of(engine: &Engine, volume: &str) -> PathBuf {
    let words = ["volume", "inspect", "--format", "{{.Mountpoint}}", volume];
    PathBuf::from(engine.docker(&words).trim())
}
