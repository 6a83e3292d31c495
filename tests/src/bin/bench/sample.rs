//! Looks at a running backup from outside, many times a second.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use lifeboat_tests::command;

/// What was seen at its highest.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peak {
    /// Memory of all helper processes together, in bytes.
    pub(crate) memory_bytes: u64,
    /// Bytes in the vault without its scratch space.
    pub(crate) vault_bytes: u64,
    /// Bytes in the vault's scratch space, where the archive is proven afterwards.
    pub(crate) scratch_bytes: u64,
}

/// Looks until it is told to stop.
pub(crate) struct Sampler {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<u64>>,
}

impl Sampler {
    /// Begins to look.
    pub(crate) fn start(vault: &Path) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let vault: PathBuf = vault.to_path_buf();
        let memory = watch(&stop, Duration::from_millis(10), helper_memory);
        let scratch = vault.join("scratch");
        let disk = watch(&stop, Duration::from_millis(30), move || {
            used(&vault, Some("scratch"))
        });
        let proof = watch(&stop, Duration::from_millis(30), move || {
            used(&scratch, None)
        });
        Self {
            stop,
            threads: vec![memory, disk, proof],
        }
    }

    /// Stops, and tells.
    pub(crate) fn finish(self) -> Peak {
        self.stop.store(true, Ordering::SeqCst);
        let mut peaks = self
            .threads
            .into_iter()
            .map(|thread| thread.join().expect("a sampler ends"));
        let mut next = || peaks.next().expect("there are three");
        Peak {
            memory_bytes: next(),
            vault_bytes: next(),
            scratch_bytes: next(),
        }
    }
}

fn watch(
    stop: &Arc<AtomicBool>,
    pause: Duration,
    look: impl Fn() -> u64 + Send + 'static,
) -> JoinHandle<u64> {
    let stop = Arc::clone(stop);
    std::thread::spawn(move || {
        let peak = AtomicU64::new(0);
        while !stop.load(Ordering::SeqCst) {
            peak.fetch_max(look(), Ordering::SeqCst);
            std::thread::sleep(pause);
        }
        peak.into_inner()
    })
}

/// Resident memory of every helper process on this machine.
fn helper_memory() -> u64 {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let memory = processes.filter_map(|entry| {
        let directory = entry.path();
        let name = std::fs::read_to_string(directory.join("comm")).ok()?;
        if name.trim_end() != "lifeboat-helper" {
            return None;
        }
        let status = std::fs::read_to_string(directory.join("status")).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kib * 1024)
    });
    memory.sum()
}

/// Bytes that a directory takes on the disk; entries of that name below it are left out.
pub(crate) fn used(directory: &Path, without: Option<&str>) -> u64 {
    let mut du = Command::new("du");
    du.args(["--summarize", "--block-size=1"]);
    du.args(without.map(|name| format!("--exclude={name}")));
    let text = command::run(du.arg(directory)).text();
    let bytes = text.split('\t').next();
    bytes.and_then(|bytes| bytes.parse().ok()).unwrap_or(0)
}
