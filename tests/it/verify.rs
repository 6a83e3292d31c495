//! I11: whatever is damaged in the vault, the next verification is red and names it.

use lifeboat_tests::tarball::{gunzip, gzip, sha256};
use lifeboat_tests::{DemoOptions, Vault, World};
use serde_json::{Value, json};

use crate::support::{reason, verdict};

#[test]
fn one_flipped_byte_anywhere_in_the_archive() {
    let world = World::new();
    let app = world.demo("flip", DemoOptions::default());
    let lifeboat = world.lifeboat();
    let backup = lifeboat.backup(&app.name);
    let vault = world.vault(&app.name);
    let path = Vault::archive_path(&backup);
    let size = vault.tools().file(&path).size_bytes;
    let name = backup["file_name"]
        .as_str()
        .expect("a file name")
        .to_lowercase();
    for offset in [0, 5, size / 3, size / 2, size - 1] {
        vault.tools().flip(&path, offset);
        let json = lifeboat.run(&["verify", &app.name, "latest"]).ended(6);
        assert_eq!(verdict(&json["backup"]), "damaged", "byte {offset}: {json}");
        assert!(
            reason(&json["backup"]).contains(&name),
            "byte {offset}: {}",
            reason(&json["backup"])
        );
        vault.tools().flip(&path, offset);
    }
    let json = lifeboat.run(&["verify", &app.name, "latest"]).done();
    assert_eq!(
        verdict(&json["backup"]),
        "sound",
        "and whole again once every byte is back"
    );
}

#[test]
fn a_cut_archive_and_a_missing_one() {
    let world = World::new();
    let app = world.demo("cut", DemoOptions::default());
    let lifeboat = world.lifeboat();
    let (cut, gone, good) = (
        lifeboat.backup(&app.name),
        lifeboat.backup(&app.name),
        lifeboat.backup(&app.name),
    );
    let vault = world.vault(&app.name);
    let path = Vault::archive_path(&cut);
    vault
        .tools()
        .cut(&path, vault.tools().file(&path).size_bytes - 700);
    vault.tools().tool(&[
        "remove",
        &lifeboat_tests::tools::below(&Vault::archive_path(&gone)),
    ]);
    for damaged in [&cut, &gone] {
        let id = damaged["id"].as_str().expect("an id");
        let outcome = lifeboat.run(&["verify", &app.name, id]);
        assert_eq!(outcome.code(), 6, "{outcome:?}");
    }
    let json = lifeboat.run(&["verify", &app.name, "--all"]).ended(6);
    assert!(json["backups"].is_array(), "{json}");
    let good_id = good["id"].as_str().expect("an id");
    let json = lifeboat.run(&["verify", &app.name, good_id]).done();
    assert_eq!(
        verdict(&json["backup"]),
        "sound",
        "the others are unaffected"
    );
}

#[test]
fn a_damaged_manifest_is_never_a_sound_backup() {
    let world = World::new();
    let app = world.demo("manifest", DemoOptions::default());
    let lifeboat = world.lifeboat();
    let backup = lifeboat.backup(&app.name);
    let vault = world.vault(&app.name);
    let path = Vault::manifest_path(&backup);
    let whole = vault.tools().read(&path);
    vault
        .tools()
        .write(&path, whole[..whole.len() / 2].to_vec());
    let id = backup["id"].as_str().expect("an id");
    let outcome = lifeboat.run(&["verify", &app.name, id]);
    assert_ne!(outcome.code(), 0, "{outcome:?}");
    let json = lifeboat.run(&["backups", &app.name]).done();
    let unreadable = json["unreadable"].to_string();
    assert!(
        json["backups"] == json!([]) && unreadable.contains(id),
        "it is told, not hidden: {json}"
    );
}

/// I21: an unknown newer format is refused and left as it is.
#[test]
fn a_newer_format_is_refused_untouched() {
    let world = World::new();
    let app = world.demo("newer", DemoOptions::default());
    let lifeboat = world.lifeboat();
    let backup = lifeboat.backup(&app.name);
    let vault = world.vault(&app.name);
    let path = Vault::manifest_path(&backup);
    let mut manifest = vault.manifest(&backup);
    manifest["format"] = json!(99);
    vault.tools().write(&path, manifest.to_string());
    let before = vault.tools().file(&path);
    let id = backup["id"].as_str().expect("an id");
    let outcome = lifeboat.run(&["restore", &app.name, id, "--yes"]);
    assert_ne!(outcome.code(), 0, "{outcome:?}");
    let json = lifeboat.run(&["backups", &app.name]).done();
    assert_eq!(json["backups"], json!([]));
    assert!(json["unreadable"].to_string().contains(id), "{json}");
    assert_eq!(vault.tools().file(&path), before);
    assert_eq!(app.entry_count(), 24);
}

/// A page is damaged and every hash is computed anew: only looking into the database tells.
#[test]
fn a_damaged_page_whose_hashes_all_fit() {
    let world = World::new();
    let app = world.quiet_app("forged");
    app.root_tools().make(
        "sound",
        "app.db",
        &["--owner", "1000:1000", "--rows", "2000"],
    );
    let lifeboat = world.lifeboat();
    let backup = lifeboat.backup(&app.name);
    assert_eq!(verdict(&backup), "sound");
    let vault = world.vault(&app.name);
    let (archive, manifest) = forge(
        &vault.tools().read(&Vault::archive_path(&backup)),
        vault.manifest(&backup),
        |database| {
            let middle = (database.len() / 4096 / 2) * 4096;
            database[middle..middle + 200]
                .iter_mut()
                .for_each(|byte| *byte = !*byte);
        },
    );
    vault.tools().write(&Vault::archive_path(&backup), archive);
    vault
        .tools()
        .write(&Vault::manifest_path(&backup), manifest.to_string());
    drop_summary(&vault, &backup);
    let json = lifeboat.run(&["verify", &app.name, "latest"]).ended(6);
    assert_eq!(verdict(&json["backup"]), "damaged", "{json}");
    assert!(
        reason(&json["backup"]).contains("app.db"),
        "{}",
        reason(&json["backup"])
    );
}

/// A derived short form beside the manifest would still tell the old hashes.
fn drop_summary(vault: &Vault, backup: &Value) {
    let directory = format!("backups/{}/", backup["id"].as_str().expect("an id"));
    for name in vault.tools().file_names() {
        if name.starts_with(&directory) && name.ends_with("summary.json") {
            vault
                .tools()
                .tool(&["remove", &lifeboat_tests::tools::below(&name)]);
        }
    }
}

/// Changes the database of an archive and computes every hash and size anew.
fn forge(archive: &[u8], mut manifest: Value, change: impl Fn(&mut [u8])) -> (Vec<u8>, Value) {
    let size_of = |block: &Value, name: &str| {
        usize::try_from(block[name].as_u64().expect("a size")).expect("fits")
    };
    let blocks = manifest["blocks"].as_array().expect("blocks").clone();
    let mut raw = gunzip(archive);
    let files = manifest["files"].as_array_mut().expect("files");
    let file = files
        .iter_mut()
        .find(|file| file["kind"] == "database")
        .expect("a database");
    let (from, length) = (size_of(file, "raw_offset"), size_of(file, "size_bytes"));
    change(&mut raw[from..from + length]);
    let database_hash = sha256(&raw[from..from + length]);
    file["sha256"] = json!(database_hash);
    manifest["databases"][0]["sha256"] = json!(database_hash);

    let (mut forged, mut at, mut index) = (Vec::new(), 0, Vec::new());
    for block in blocks {
        let raw_bytes = size_of(&block, "raw_bytes");
        let member = gzip(&raw[at..at + raw_bytes]);
        at += raw_bytes;
        index.push(json!({ "raw_bytes": raw_bytes, "stored_bytes": member.len() }));
        forged.extend_from_slice(&member);
    }
    manifest["blocks"] = Value::Array(index);
    manifest["stored_bytes"] = json!(forged.len());
    manifest["sha256"] = json!(sha256(&forged));
    (forged, manifest)
}
