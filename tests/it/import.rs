//! Imports: good files come in, hostile ones leave nothing behind.

use std::path::{Path, PathBuf};

use lifeboat_tests::tarball::{Tarball, gunzip, gzip, sha256};
use lifeboat_tests::{DemoApp, DemoOptions, World};
use serde_json::{Value, json};

use crate::support::{download_archive, download_database, rows_of, text, verdict};

/// An application with a backup, and that backup's archive on the host.
fn exported(world: &World) -> (DemoApp, Value, PathBuf) {
    let app = world.demo("source", DemoOptions::default());
    let lifeboat = world.lifeboat();
    let backup = lifeboat.backup(&app.name);
    let archive = download_archive(
        &lifeboat,
        &app.name,
        &backup,
        &world.directory().join("export"),
    );
    (app, backup, archive)
}

#[test]
fn an_archive_with_its_companions() {
    let world = World::new();
    let (app, backup, archive) = exported(&world);
    let lifeboat = world.lifeboat();
    let json = lifeboat.run(&["import", &text(&archive)]).done();
    let imported = &json["backup"];
    assert_eq!(
        (&imported["app"], &imported["trigger"]),
        (&app.name.as_str().into(), &"import".into())
    );
    assert_eq!(
        (verdict(imported), &imported["sha256"]),
        ("sound", &backup["sha256"])
    );
    assert_eq!(rows_of(imported, "guestbook.db", "entries"), 24);
    app.sign("later");
    let id = imported["id"].as_str().expect("an id");
    lifeboat.run(&["restore", &app.name, id, "--yes"]).done();
    app.wait_healthy();
    assert_eq!(app.entry_count(), 24, "an imported backup can be restored");
}

#[test]
fn an_archive_alone_of_an_application_that_is_not_here() {
    let world = World::new();
    let (_, _, archive) = exported(&world);
    let alone = world.directory().join("alone");
    std::fs::create_dir_all(&alone).expect("a folder");
    let file = alone.join("renamed by somebody.tar.gz");
    std::fs::copy(&archive, &file).expect("a copy");
    let lifeboat = world.lifeboat();
    let other = world.name("elsewhere");
    let json = lifeboat
        .run(&["import", &text(&file), "--app", &other])
        .done();
    let imported = &json["backup"];
    assert_eq!(
        (&imported["app"], verdict(imported)),
        (&other.as_str().into(), "sound")
    );
    assert_eq!(rows_of(imported, "guestbook.db", "entries"), 24);
    let apps = lifeboat.run(&["apps"]).done();
    let listed = apps["apps"]
        .as_array()
        .expect("apps")
        .iter()
        .find(|app| app["name"] == other.as_str());
    assert_eq!(listed.expect("its vault is listed")["kind"], "vault-only");
}

#[test]
fn plain_databases() {
    let world = World::new();
    let (app, backup, _) = exported(&world);
    let lifeboat = world.lifeboat();
    let plain = download_database(
        &lifeboat,
        &app.name,
        &backup,
        "guestbook.db",
        &world.directory().join("guestbook.db"),
    );
    let bytes = std::fs::read(&plain).expect("the database");
    let packed = world.directory().join("guestbook.db.gz");
    std::fs::write(&packed, gzip(&bytes)).expect("the packed database");
    for file in [&plain, &packed] {
        let json = lifeboat
            .run(&["import", &text(file), "--app", &app.name])
            .done();
        let imported = &json["backup"];
        assert_eq!(
            (&imported["trigger"], verdict(imported)),
            (&"import".into(), "sound"),
            "{imported}"
        );
        assert_eq!(
            rows_of(imported, "guestbook.db", "entries"),
            24,
            "it belongs where the database is"
        );
    }
    app.sign("later");
    lifeboat
        .run(&["restore", &app.name, "latest", "--yes"])
        .done();
    app.wait_healthy();
    assert_eq!(app.entry_count(), 24);

    let other = world.name("new");
    let json = lifeboat
        .run(&["import", &text(&plain), "--app", &other])
        .done();
    assert_eq!(verdict(&json["backup"]), "sound");
    let error = lifeboat.run(&["import", &text(&plain)]).ended(2);
    assert!(
        error["error"]["advice"]
            .as_str()
            .is_some_and(|advice| advice.contains("--app")),
        "{error}"
    );
}

/// The archive's own files, so that hostile variants differ from a good one in one thing only.
fn parts(world: &World) -> (DemoApp, Vec<u8>, Vec<u8>) {
    let (app, backup, archive) = exported(world);
    let raw = gunzip(&std::fs::read(archive).expect("the archive"));
    let size = usize::from_str_radix(
        std::str::from_utf8(&raw[124..135])
            .expect("an octal number")
            .trim_matches(['\0', ' ']),
        8,
    )
    .expect("a size");
    let description = raw[512..512 + size].to_vec();
    let file = download_database(
        &world.lifeboat(),
        &app.name,
        &backup,
        "guestbook.db",
        &world.directory().join("g.db"),
    );
    (app, description, std::fs::read(file).expect("the database"))
}

/// The import is refused with a reason, and the vault is as it was.
fn refused(world: &World, app: &DemoApp, file: &Path, what: &str) {
    let vault = world.vault(&app.name);
    let ids = || {
        let backups = world.lifeboat().backups(&app.name);
        backups
            .iter()
            .map(|backup| backup["id"].clone())
            .collect::<Vec<_>>()
    };
    let before = ids();
    let outcome = world
        .lifeboat()
        .run(&["import", &text(file), "--app", &app.name]);
    let code = outcome.json["error"]["code"]
        .as_str()
        .unwrap_or("")
        .to_owned();
    assert!(
        ["import-refused", "damaged", "too-new"].contains(&code.as_str()),
        "{what}: {outcome:?}"
    );
    let (exit, error) = (outcome.code(), outcome.json["error"].clone());
    assert!([1, 6].contains(&exit), "{what}: exit code {exit}");
    assert!(
        error["message"]
            .as_str()
            .is_some_and(|text| !text.is_empty()),
        "{what}: {error}"
    );
    assert_eq!(error["aftermath"], "unchanged", "{what}");
    assert_eq!(ids(), before, "{what}: nothing is listed");
    assert_eq!(
        vault.leftovers(),
        Vec::<String>::new(),
        "{what}: nothing is left behind"
    );
}

#[test]
fn hostile_archives() {
    let world = World::new();
    let (app, description, database) = parts(&world);
    let honest = || {
        Tarball::new()
            .file("lifeboat.json", &description)
            .directory("volumes/0/")
    };
    let whole = || honest().file("volumes/0/guestbook.db", &database);
    let good = world.directory().join("good.tar.gz");
    whole().write_gzip(&good);
    let json = world
        .lifeboat()
        .run(&["import", &text(&good), "--app", &app.name])
        .done();
    assert_eq!(
        verdict(&json["backup"]),
        "sound",
        "the archive that the others are made from is good"
    );

    let mut newer: Value = serde_json::from_slice(&description).expect("the description is JSON");
    newer["format"] = json!(99);
    let cases: Vec<(&str, Tarball)> = vec![
        ("dot-dot", whole().file("volumes/0/../../../etc/evil", b"x")),
        ("absolute", whole().file("/etc/evil", b"x")),
        ("outside of volumes", whole().file("evil", b"x")),
        ("an unknown volume", whole().file("volumes/7/evil", b"x")),
        (
            "a link that leaves",
            whole().symlink("volumes/0/link", "../../../../etc/passwd"),
        ),
        (
            "an absolute link",
            whole().symlink("volumes/0/link", "/etc/passwd"),
        ),
        (
            "through a link",
            honest()
                .symlink("volumes/0/dir", "/tmp")
                .file("volumes/0/dir/evil", b"x"),
        ),
        (
            "a hard link",
            whole().hard_link("volumes/0/hard", "/etc/passwd"),
        ),
        ("a device", whole().device("volumes/0/device")),
        (
            "twice the same",
            whole().file("volumes/0/guestbook.db", &database),
        ),
        (
            "a promise of 8 GB",
            whole().promise("volumes/0/huge", 0o77_777_777_777),
        ),
        (
            "one of our hidden names",
            whole().file("volumes/0/.lifeboat-restore-x/evil", b"x"),
        ),
        (
            "no description",
            Tarball::new().file("volumes/0/guestbook.db", &database),
        ),
        (
            "a nonsense description",
            Tarball::new()
                .file("lifeboat.json", b"{\"format\":")
                .file("volumes/0/a", b"x"),
        ),
        (
            "a newer format",
            Tarball::new().file("lifeboat.json", newer.to_string().as_bytes()),
        ),
    ];
    for (index, (what, tarball)) in cases.into_iter().enumerate() {
        let file = world.directory().join(format!("hostile-{index}.tar.gz"));
        tarball.write_gzip(&file);
        refused(&world, &app, &file, what);
    }
}

#[test]
fn files_that_are_not_what_they_say() {
    let world = World::new();
    let (app, _, archive) = exported(&world);
    let bytes = std::fs::read(&archive).expect("the archive");
    let folder = world.directory().join("bad");
    std::fs::create_dir_all(&folder).expect("a folder");
    let write = |name: &str, content: &[u8]| {
        let file = folder.join(name);
        std::fs::write(&file, content).expect("a file");
        file
    };

    let file = write("checksum.tar.gz", &bytes);
    write(
        "checksum.tar.gz.sha256",
        format!("{}  checksum.tar.gz\n", sha256(b"something else")).as_bytes(),
    );
    refused(&world, &app, &file, "a wrong checksum");

    let mut flipped = bytes.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0xff;
    refused(
        &world,
        &app,
        &write("flipped.tar.gz", &flipped),
        "a flipped byte",
    );
    refused(
        &world,
        &app,
        &write("cut.tar.gz", &bytes[..bytes.len() - 900]),
        "a cut archive",
    );

    let mut longer = bytes.clone();
    longer.extend_from_slice(&gzip(b"one more member"));
    let file = write("longer.tar.gz", &longer);
    std::fs::copy(
        archive.with_file_name(format!("{}.json", name_of(&archive))),
        folder.join("longer.tar.gz.json"),
    )
    .expect("the manifest");
    refused(&world, &app, &file, "a member that the index does not know");

    refused(
        &world,
        &app,
        &write("noise.tar.gz", &gzip(b"just words")),
        "no archive at all",
    );
    refused(
        &world,
        &app,
        &write("text.db", b"no database at all, only text"),
        "no database at all",
    );
    refused(
        &world,
        &app,
        &write("bomb.db.gz", &gzip(&vec![0; 256 << 20])),
        "a bomb",
    );
    let missing = folder.join("missing.tar.gz");
    let outcome = world
        .lifeboat()
        .run(&["import", &text(&missing), "--app", &app.name]);
    assert_ne!(outcome.code(), 0);
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .and_then(|name| name.to_str())
        .expect("a name")
        .to_owned()
}
