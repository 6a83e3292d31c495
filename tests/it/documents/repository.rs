//! The files of the repository, as somebody sees them who reads its documents.

use std::path::{Path, PathBuf};

use lifeboat_tests::artifacts;

/// What is made, brought or kept by tools.
const NOT_OURS: [&str; 5] = ["target", "node_modules", "dist", ".git", "gen"];

/// Every file, by its path from the root, with `/` between the names.
pub(super) fn files() -> Vec<String> {
    let root = artifacts::repository();
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder can be read") {
            let entry = entry.expect("an entry");
            let name = entry.file_name();
            if entry.file_type().expect("a kind").is_dir() {
                if !NOT_OURS.iter().any(|other| name == *other) {
                    folders.push(entry.path());
                }
            } else {
                found.push(from_root(&root, &entry.path()));
            }
        }
    }
    found.sort();
    found
}

fn from_root(root: &Path, path: &Path) -> String {
    let inside = path.strip_prefix(root).expect("it lies in the repository");
    let names: Vec<_> = inside.iter().map(|name| name.to_string_lossy()).collect();
    names.join("/")
}

/// A file's place.
pub(super) fn place(name: &str) -> PathBuf {
    artifacts::repository().join(name)
}

/// A file's text.
pub(super) fn text(name: &str) -> String {
    std::fs::read_to_string(place(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Fails if anything is on the list, and shows all of it.
pub(super) fn nothing_is_wrong(wrong: &[String]) {
    assert!(
        wrong.is_empty(),
        "{} mistakes:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
