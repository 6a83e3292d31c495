//! The edges between the crates, and what must be absent, held by reading what cargo knows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use lifeboat_tests::{artifacts, command};
use serde_json::Value;

/// Direct dependencies of each crate of the workspace, those for tests left out.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args([
        "metadata",
        "--format-version",
        "1",
        "--no-deps",
        "--offline",
    ]);
    let finished = command::run(cargo.current_dir(artifacts::repository())).success();
    let metadata: Value = serde_json::from_slice(&finished.stdout).expect("cargo prints JSON");
    let text = |value: &Value| value.as_str().expect("a name").to_owned();
    let packages = metadata["packages"].as_array().expect("packages");
    packages
        .iter()
        .map(|package| {
            let all = package["dependencies"].as_array().expect("dependencies");
            let direct = all
                .iter()
                .filter(|one| one["kind"] != "dev")
                .map(|one| text(&one["name"]));
            (text(&package["name"]), direct.collect())
        })
        .collect()
}

#[test]
fn the_crates_depend_in_one_direction() {
    let allowed: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("lifeboat-desktop", &["lifeboat-core"][..]),
        ("lifeboat-cli", &["lifeboat-core"]),
        ("lifeboat-core", &["lifeboat-store"]),
        ("lifeboat-helper", &["lifeboat-store"]),
        ("lifeboat-store", &[]),
        ("lifeboat-tests", &[]),
        ("lifeboat-demo-app", &[]),
    ]);
    let found = dependencies();
    let names: BTreeSet<&str> = found.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        allowed.keys().copied().collect(),
        "every crate has its place"
    );
    for (name, direct) in &found {
        let ours: Vec<&str> = direct
            .iter()
            .map(String::as_str)
            .filter(|one| one.starts_with("lifeboat-"))
            .collect();
        assert_eq!(ours, allowed[name.as_str()], "{name}");
    }
}

#[test]
fn only_the_named_crates_name_them() {
    let owners: [(&str, &[&str]); 10] = [
        ("tauri", &["lifeboat-desktop"]),
        ("bollard", &["lifeboat-core"]),
        ("hyper-rustls", &["lifeboat-core"]),
        ("rusqlite", &["lifeboat-store"]),
        ("flate2", &["lifeboat-store"]),
        ("zstd", &["lifeboat-store"]),
        ("tar", &["lifeboat-store"]),
        ("croner", &["lifeboat-store"]),
        ("clap", &["lifeboat-cli"]),
        (
            "tokio",
            &["lifeboat-core", "lifeboat-cli", "lifeboat-desktop"],
        ),
    ];
    for (name, direct) in dependencies() {
        if name == "lifeboat-demo-app" {
            continue;
        }
        for (dependency, allowed) in owners {
            assert!(
                !direct.contains(dependency) || allowed.contains(&name.as_str()),
                "{name} names {dependency}; only {allowed:?} may"
            );
        }
    }
}

/// The engine's client is spoken to in one module of core.
#[test]
fn only_one_module_speaks_to_the_engine() {
    let core = artifacts::repository().join("src-tauri/crates/core/src");
    for file in files_below(&core) {
        let inside = file.strip_prefix(&core).expect("below core");
        let names_it = read(&file).lines().any(|line| {
            line.trim_start().starts_with("use bollard") || line.contains(" bollard::")
        });
        assert!(
            !names_it || inside.starts_with("engine"),
            "{} names bollard",
            inside.display()
        );
    }
}

/// Only one file of the UI knows Tauri, so that it can be swapped.
#[test]
fn one_ui_file_knows_tauri() {
    let source = artifacts::repository().join("ui/src");
    let naming: Vec<String> = files_below(&source)
        .into_iter()
        .filter(|file| read(file).contains("@tauri-apps/"))
        .map(|file| {
            file.strip_prefix(&source)
                .expect("below ui/src")
                .display()
                .to_string()
        })
        .collect();
    assert_eq!(naming, ["backend/tauri.ts"]);
}

/// The window and its bindings must agree with the crates in their minor version.
#[test]
fn tauri_versions_go_together() {
    let root = artifacts::repository();
    let lock = read(&root.join("Cargo.lock"));
    let crate_minor = |name: &str| {
        let at = lock
            .find(&format!("name = \"{name}\"\nversion = \""))
            .unwrap_or_else(|| panic!("no {name}"));
        let version = lock[at..]
            .lines()
            .nth(1)
            .and_then(|line| line.split('"').nth(1))
            .expect("a version");
        minor(version)
    };
    let packages: Value =
        serde_json::from_str(&read(&root.join("ui/package-lock.json"))).expect("JSON");
    let npm_minor = |name: &str| {
        let version = &packages["packages"][format!("node_modules/{name}")]["version"];
        minor(version.as_str().unwrap_or_else(|| panic!("no {name}")))
    };
    assert_eq!(crate_minor("tauri"), npm_minor("@tauri-apps/api"));
    assert_eq!(
        crate_minor("tauri-plugin-dialog"),
        npm_minor("@tauri-apps/plugin-dialog")
    );
}

fn minor(version: &str) -> String {
    version.split('.').take(2).collect::<Vec<_>>().join(".")
}

fn read(path: &Path) -> String {
    String::from_utf8_lossy(
        &std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())),
    )
    .into_owned()
}

fn files_below(directory: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(directory)
        .unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let mut files = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files
}
