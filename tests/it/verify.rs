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
        let why = reason(&json["backup"]);
        let named = [
            name.as_str(),
            "guestbook.db",
            "lifeboat.json",
            "the archive",
        ];
        assert!(
            named.iter().any(|name| why.contains(name)),
            "byte {offset}: {why}"
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
    let told = json["unreadable"].to_string().contains(id)
        || json["backups"]
            .as_array()
            .expect("a list")
            .iter()
            .all(|one| verdict(one) == "damaged");
    assert!(told, "it is told, and never called sound: {json}");
    let outcome = lifeboat.run(&["restore", &app.name, id, "--yes"]);
    assert_ne!(outcome.code(), 0, "{outcome:?}");
    assert_eq!(app.entry_count(), 24);
}

/// I21: an unknown newer format is refused and left as it is.
#[test]
fn a_newer_format_is_refused_untouched() {
    let world = World::new();
    let app = world.demo("newer", DemoOptions::default());
    let lifeboat = world.lifeboat();
    let backup = lifeboat.backup(&app.name);
    let vault = world.vault(&app.name);
    let paths = [Vault::manifest_path(&backup), Vault::summary_path(&backup)];
    for path in &paths {
        let mut record: Value =
            serde_json::from_slice(&vault.tools().read(path)).expect("a record is JSON");
        record["format"] = json!(99);
        vault.write_sealed(path, record);
    }
    let before = paths.clone().map(|path| vault.tools().file(&path));
    let id = backup["id"].as_str().expect("an id");
    let outcome = lifeboat.run(&["restore", &app.name, id, "--yes"]);
    assert_ne!(outcome.code(), 0, "{outcome:?}");
    let json = lifeboat.run(&["backups", &app.name]).done();
    assert_eq!(json["backups"], json!([]));
    assert!(json["unreadable"].to_string().contains(id), "{json}");
    assert_eq!(paths.map(|path| vault.tools().file(&path)), before);
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
    vault.write_sealed(&Vault::manifest_path(&backup), manifest);
    // Derived from the manifest; it is made again.
    vault.tools().tool(&[
        "remove",
        &lifeboat_tests::tools::below(&Vault::summary_path(&backup)),
    ]);
    let json = lifeboat.run(&["verify", &app.name, "latest"]).ended(6);
    assert_eq!(verdict(&json["backup"]), "damaged", "{json}");
    assert!(
        reason(&json["backup"]).contains("app.db"),
        "{}",
        reason(&json["backup"])
    );
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
        let mut member = gzip(&raw[at..at + raw_bytes]);
        // Members of ours begin all the same; another packer's header would tell them apart.
        member[..10].copy_from_slice(&archive[..10]);
        at += raw_bytes;
        index.push(json!({ "raw_bytes": raw_bytes, "stored_bytes": member.len() }));
        forged.extend_from_slice(&member);
    }
    manifest["blocks"] = Value::Array(index);
    manifest["stored_bytes"] = json!(forged.len());
    manifest["sha256"] = json!(sha256(&forged));
    (forged, manifest)
}
