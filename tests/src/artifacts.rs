//! Where the programs under test are.

use std::path::{Path, PathBuf};

/// The repository.
#[must_use]
pub fn repository() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest
        .parent()
        .expect("the crate lies in the repository")
        .to_path_buf()
}

/// The `lifeboat` command: `LIFEBOAT_CLI`, or the debug build.
#[must_use]
pub fn cli() -> PathBuf {
    existing("LIFEBOAT_CLI", "debug/lifeboat")
}

/// The desktop app: `LIFEBOAT_DESKTOP`, or the debug build.
#[must_use]
pub fn desktop() -> PathBuf {
    existing("LIFEBOAT_DESKTOP", "debug/lifeboat-desktop")
}

/// The demo application as a static binary: `LIFEBOAT_DEMO_BINARY`, or the release build.
#[must_use]
pub fn demo_binary() -> PathBuf {
    let architecture = std::env::consts::ARCH;
    existing(
        "LIFEBOAT_DEMO_BINARY",
        &format!("{architecture}-unknown-linux-gnu/release/lifeboat-demo-app"),
    )
}

/// The demo application's image: `LIFEBOAT_DEMO_IMAGE`, or the tag that the scripts give it.
#[must_use]
pub fn demo_image() -> String {
    std::env::var("LIFEBOAT_DEMO_IMAGE").unwrap_or_else(|_| "lifeboat-demo-app:1".into())
}

fn existing(variable: &str, default: &str) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| repository().join("target"), PathBuf::from);
    let path = std::env::var_os(variable).map_or_else(|| target.join(default), PathBuf::from);
    assert!(
        path.is_file(),
        "{} is missing; run scripts/test.sh, which builds it, or set {variable}",
        path.display()
    );
    path
}
