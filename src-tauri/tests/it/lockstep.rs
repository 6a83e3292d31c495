//! Tauri's crates and npm packages have to agree in their minor version.

use std::path::Path;

use serde_json::Value;

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()))
}

fn minor(version: &str) -> &str {
    version.rsplit_once('.').expect("three numbers").0
}

fn of_crate<'a>(lock: &'a str, name: &str) -> &'a str {
    let heading = format!("name = \"{name}\"\nversion = \"");
    let rest = lock
        .split_once(&heading)
        .unwrap_or_else(|| panic!("{name} is in Cargo.lock"))
        .1;
    rest.split_once('"').expect("a closed string").0
}

#[test]
fn crates_and_packages_agree() {
    let crates = read("Cargo.lock");
    let packages: Value = serde_json::from_str(&read("ui/package-lock.json")).expect("JSON");
    for (name, package) in [
        ("tauri", "@tauri-apps/api"),
        ("tauri-plugin-dialog", "@tauri-apps/plugin-dialog"),
    ] {
        let locked = &packages["packages"][format!("node_modules/{package}")]["version"];
        let locked = locked
            .as_str()
            .unwrap_or_else(|| panic!("{package} is in package-lock.json"));
        let of_crate = of_crate(&crates, name);
        assert_eq!(
            minor(of_crate),
            minor(locked),
            "{name} {of_crate}, {package} {locked}"
        );
    }
}
