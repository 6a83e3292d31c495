//! Grants: every command of the window exists as a permission, and only what
//! `capabilities/main.json` lists is granted.

use std::path::Path;

macro_rules! names {
    ($($name:ident,)*) => {
        const COMMANDS: &[&str] = &[$(stringify!($name)),*];
    };
}

include!("src/command_names.rs");

fn main() {
    let pages = Path::new("../ui/dist");
    println!("cargo:rerun-if-changed={}", pages.display());
    println!("cargo:rerun-if-changed=capabilities");
    println!("cargo:rerun-if-changed=src/command_names.rs");
    prepare_pages(pages);
    let attributes = tauri_build::Attributes::new()
        .app_manifest(tauri_build::AppManifest::new().commands(COMMANDS));
    tauri_build::try_build(attributes).expect("the window's configuration is valid");
}

/// A program that people start must carry the pages; a check of the Rust code alone needs none.
fn prepare_pages(pages: &Path) {
    if pages.join("index.html").exists() {
        return;
    }
    assert!(
        std::env::var_os("CARGO_FEATURE_CUSTOM_PROTOCOL").is_none(),
        "the window's pages are missing: run `npm ci && npm run build` in ui first"
    );
    std::fs::create_dir_all(pages).expect("ui/dist can be made");
}
