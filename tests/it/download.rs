//! Downloads: read back, compared, and never over anything.

use lifeboat_tests::tarball::sha256;
use lifeboat_tests::{DemoOptions, World};

use crate::support::{download_archive, download_database, is_intact, number, text};

#[test]
fn the_archive_travels_with_its_companions() {
    let world = World::new();
    let app = world.demo("down", DemoOptions::default());
    let lifeboat = world.lifeboat();
    let backup = lifeboat.backup(&app.name);
    let folder = world.directory().join("usb");
    let archive = download_archive(&lifeboat, &app.name, &backup, &folder);
    let name = backup["file_name"].as_str().expect("a file name");
    assert_eq!(archive, folder.join(name));
    let bytes = std::fs::read(&archive).expect("the archive");
    assert_eq!(sha256(&bytes), backup["sha256"].as_str().expect("a hash"));
    assert_eq!(
        bytes.len() as u64,
        backup["stored_bytes"].as_u64().expect("a size")
    );
    let sums =
        std::fs::read_to_string(folder.join(format!("{name}.sha256"))).expect("the checksum");
    assert_eq!(sums, format!("{}  {name}\n", sha256(&bytes)));
    let manifest = std::fs::read(folder.join(format!("{name}.json"))).expect("the manifest");
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).expect("JSON");
    assert_eq!(manifest["id"], backup["id"]);
}

#[test]
fn a_plain_database_opens_by_itself() {
    let world = World::new();
    let app = world.demo("plain", DemoOptions::default());
    let lifeboat = world.lifeboat();
    let backup = lifeboat.backup(&app.name);
    let to = world.directory().join("copy of it.db");
    let copy = download_database(&lifeboat, &app.name, &backup, "guestbook.db", &to);
    assert!(is_intact(&copy));
    assert_eq!(number(&copy, "SELECT count(*) FROM entries"), 24);
    let hash = sha256(&std::fs::read(&copy).expect("the copy"));
    assert_ne!(hash, "", "it was read");
    let missing = [
        "download",
        &app.name,
        "latest",
        "--database",
        "none.db",
        "--to",
        &text(&world.directory().join("x")),
    ];
    lifeboat.run(&missing).failed(5, "database-not-found");
    assert!(!world.directory().join("x").exists());
}

#[test]
fn an_existing_file_is_never_overwritten() {
    let world = World::new();
    let app = world.demo("over", DemoOptions::default());
    let lifeboat = world.lifeboat();
    let _ = lifeboat.backup(&app.name);
    let mine = world.directory().join("mine.db");
    std::fs::write(&mine, "precious").expect("a file");
    let words = [
        "download",
        &app.name,
        "latest",
        "--as",
        "database",
        "--to",
        &text(&mine),
    ];
    lifeboat.run(&words).failed(1, "output-failed");
    assert_eq!(std::fs::read(&mine).expect("the file"), b"precious");
    let nowhere = [
        "download",
        &app.name,
        "latest",
        "--to",
        "/nonexistent-folder/deep/x.tar.gz",
    ];
    lifeboat.run(&nowhere).failed(1, "output-failed");
}

#[test]
fn a_damaged_archive_is_not_handed_out() {
    let world = World::new();
    let app = world.demo("rotten", DemoOptions::default());
    let lifeboat = world.lifeboat();
    let backup = lifeboat.backup(&app.name);
    let vault = world.vault(&app.name);
    let path = lifeboat_tests::Vault::archive_path(&backup);
    vault
        .tools()
        .flip(&path, vault.tools().file(&path).size_bytes / 2);
    let folder = world.directory().join("out");
    std::fs::create_dir_all(&folder).expect("a folder");
    lifeboat
        .run(&["download", &app.name, "latest", "--to", &text(&folder)])
        .failed(6, "damaged");
    let left: Vec<_> = std::fs::read_dir(&folder)
        .expect("the folder")
        .flatten()
        .map(|entry| entry.path())
        .collect();
    assert!(left.is_empty(), "nothing half-made is left: {left:?}");
}

/// I20: an archive alone is enough, without any engine.
#[test]
fn rescue_needs_no_engine() {
    let world = World::new();
    let app = world.demo("rescue", DemoOptions::default());
    app.root_tools().write("notes.txt", "beside it\n");
    let lifeboat = world.lifeboat();
    for codec in ["gzip", "zstd", "none"] {
        let json = lifeboat
            .run(&["backup", &app.name, "--codec", codec])
            .done();
        let archive = download_archive(
            &lifeboat,
            &app.name,
            &json["backup"],
            &world.directory().join(codec),
        );
        let to = world.directory().join(format!("rescued-{codec}"));
        let mut command =
            lifeboat.command(&["--json", "rescue", &text(&archive), "--to", &text(&to)]);
        command.env("DOCKER_HOST", "unix:///nonexistent.sock");
        let _ = lifeboat_tests::command::run(&mut command).success();
        let database = find(&to, "guestbook.db").expect("the database was extracted");
        assert!(is_intact(&database));
        assert_eq!(number(&database, "SELECT count(*) FROM entries"), 24);
        let notes = find(&to, "notes.txt").expect("the other file was extracted");
        assert_eq!(std::fs::read(notes).expect("the notes"), b"beside it\n");
    }
}

fn find(directory: &std::path::Path, name: &str) -> Option<std::path::PathBuf> {
    for entry in std::fs::read_dir(directory).ok()?.flatten() {
        let path = entry.path();
        if path.is_dir() {
            if let Some(found) = find(&path, name) {
                return Some(found);
            }
        } else if path.file_name().is_some_and(|found| found == name) {
            return Some(path);
        }
    }
    None
}
