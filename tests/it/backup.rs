//! Backups of databases in every state, none of them being written to.

use lifeboat_tests::{DemoOptions, World};
use serde_json::Value;

use crate::support::{
    database, download_archive, download_database, is_intact, number, reason, rows_of, sql, verdict,
};

#[test]
fn page_sizes_encodings_and_journal_modes() {
    let world = World::new();
    let app = world.quiet_app("sizes");
    let tools = app.root_tools();
    let mut names = Vec::new();
    for (index, page_size) in [
        "512", "1024", "2048", "4096", "8192", "16384", "32768", "65536",
    ]
    .iter()
    .enumerate()
    {
        let journal = if index % 2 == 0 { "wal" } else { "delete" };
        let encoding = if index % 3 == 0 { "UTF-16le" } else { "UTF-8" };
        let auto_vacuum = (index % 3).to_string();
        let name = format!("p{page_size}.db");
        tools.make(
            "sound",
            &name,
            &[
                "--page-size",
                page_size,
                "--journal",
                journal,
                "--encoding",
                encoding,
                "--auto-vacuum",
                &auto_vacuum,
                "--rows",
                "900",
                "--owner",
                "1000:1000",
            ],
        );
        names.push((
            name,
            *page_size,
            if journal == "wal" { "wal" } else { "rollback" },
        ));
    }
    let before = tools.files();

    let lifeboat = world.lifeboat();
    let backup = lifeboat.backup(&app.name);
    assert_eq!(verdict(&backup), "sound", "{backup}");
    for (name, page_size, journal) in names {
        let found = database(&backup, &name);
        assert_eq!(found["page_size"].to_string(), page_size);
        assert_eq!(found["journal_mode"], journal, "{name}");
        assert_eq!(
            (&found["user_version"], &found["application_id"]),
            (&7.into(), &1_279_346_246.into())
        );
        assert_eq!(rows_of(&backup, &name, "boats"), 900);
        let copy = download_database(
            &lifeboat,
            &app.name,
            &backup,
            &name,
            &world.directory().join(&name),
        );
        assert!(is_intact(&copy));
        assert_eq!(number(&copy, "SELECT count(*) FROM boats"), 900);
        assert_eq!(number(&copy, "PRAGMA page_size").to_string(), page_size);
        assert_eq!(number(&copy, "PRAGMA user_version"), 7);
    }
    assert_eq!(
        tools.files(),
        before,
        "nothing of the source was touched: no file, inode, time or byte"
    );
}

#[test]
fn odd_names_and_private_files() {
    let world = World::new();
    let app = world.quiet_app("names");
    let tools = app.root_tools();
    let names = [
        "with space.db",
        "quote'\".db",
        "percent%20?#.db",
        "ünï-cödé-⚓.db",
        "-leading.db",
        "file:x.db",
        "new\nline.db",
    ];
    for name in names {
        tools.make(
            "sound",
            name,
            &["--owner", "1000:1000", "--mode", "600", "--journal", "wal"],
        );
    }
    tools.tool(&["mkdir", "/data/deep/er"]);
    tools.make(
        "sound",
        "deep/er/other.sqlite3",
        &["--owner", "1234:4321", "--mode", "600"],
    );
    let before = tools.files();

    let lifeboat = world.lifeboat();
    let backup = lifeboat.backup(&app.name);
    assert_eq!(verdict(&backup), "sound", "{backup}");
    for name in names {
        let found = database(&backup, name);
        let owner = &found["ownership"];
        assert_eq!(
            (&owner["uid"], &owner["gid"], &owner["mode"]),
            (&1000.into(), &1000.into(), &0o600.into())
        );
        let to = world.directory().join("odd.db");
        let copy = download_database(&lifeboat, &app.name, &backup, name, &to);
        assert_eq!(number(&copy, "SELECT count(*) FROM boats"), 500, "{name:?}");
        std::fs::remove_file(copy).expect("the copy can be removed");
    }
    assert_eq!(
        database(&backup, "deep/er/other.sqlite3")["ownership"]["uid"],
        1234
    );
    assert_eq!(tools.files(), before, "nothing of the source was touched");
}

#[test]
fn every_kind_of_table_comes_back() {
    let world = World::new();
    let app = world.quiet_app("variety");
    app.root_tools()
        .make("variety", "all.db", &["--owner", "1000:1000"]);
    let lifeboat = world.lifeboat();
    let backup = lifeboat.backup(&app.name);
    assert_eq!(verdict(&backup), "sound", "{backup}");
    for (table, rows) in [
        ("plain", 3),
        ("keyed", 2),
        ("strictly", 3),
        ("words", 2),
        ("odd \"name\" [1]", 1),
    ] {
        assert_eq!(rows_of(&backup, "all.db", table), rows, "{table}");
    }
    let copy = download_database(
        &lifeboat,
        &app.name,
        &backup,
        "all.db",
        &world.directory().join("all.db"),
    );
    let found = sql(&copy, "SELECT body FROM words WHERE words MATCH 'seas'");
    assert_eq!(found, [[Value::from("following seas")]]);
    let original = app.root_tools().file("all.db").sha256;
    assert_eq!(
        Some(lifeboat_tests::tarball::sha256(
            &std::fs::read(copy).expect("the copy")
        )),
        original
    );
}

/// I10: each state has a verdict and a reason of its own, and none of them is "sound".
#[test]
fn what_is_no_sound_database_is_never_called_sound() {
    let cases: [(&str, &[&str], &[&str]); 8] = [
        (
            "zero-byte",
            &["not-checkable", "damaged"],
            &["empty", "zero"],
        ),
        (
            "text",
            &["not-checkable", "damaged"],
            &["not a sqlite", "no sqlite", "sqlite"],
        ),
        ("encrypted", &["not-checkable"], &["encrypted"]),
        ("header-only", &["damaged"], &[""]),
        ("truncated", &["damaged"], &[""]),
        ("flipped", &["damaged"], &[""]),
        ("malformed-schema", &["damaged"], &["schema", "malformed"]),
        ("collation", &["not-checkable"], &["collation", "harbour"]),
    ];
    let world = World::new();
    let lifeboat = world.lifeboat();
    let mut reasons = Vec::new();
    for (kind, verdicts, words) in cases {
        let app = world.quiet_app(kind);
        app.root_tools().make(
            kind,
            "app.db",
            &["--owner", "1000:1000", "--page-size", "1024"],
        );
        let before = app.root_tools().files();
        let outcome = lifeboat.run(&["backup", &app.name]);
        let (code, json) = (outcome.code(), outcome.json.clone());
        let backup = &json["backup"];
        assert!(
            backup.is_object(),
            "{kind} is kept all the same: {outcome:?}"
        );
        let found = verdict(backup);
        assert!(
            verdicts.contains(&found),
            "{kind}: {found} ({})",
            reason(backup)
        );
        assert_eq!(
            code,
            if found == "damaged" { 6 } else { 0 },
            "{kind}: exit code"
        );
        let why = reason(backup);
        assert!(!why.is_empty(), "{kind} has a reason");
        assert!(words.iter().any(|word| why.contains(word)), "{kind}: {why}");
        reasons.push((kind, why));
        let again = lifeboat.run(&["verify", &app.name]).ended(6);
        assert_eq!(
            verdict(&again["backup"]),
            found,
            "{kind}: verify says the same"
        );
        assert_eq!(
            app.root_tools().files(),
            before,
            "{kind}: the source was not touched"
        );
    }
    let count = reasons.len();
    reasons.sort_by(|left, right| left.1.cmp(&right.1));
    reasons.dedup_by(|left, right| left.1 == right.1 && left.0.len() != right.0.len());
    assert!(
        reasons.len() >= count - 2,
        "reasons tell the states apart: {reasons:?}"
    );
}

/// A13: facts of the source are findings and no damage.
#[test]
fn rows_that_point_nowhere_are_a_finding() {
    let world = World::new();
    let app = world.quiet_app("keys");
    app.root_tools()
        .make("foreign-keys", "app.db", &["--owner", "1000:1000"]);
    let backup = world.lifeboat().backup(&app.name);
    assert_eq!(verdict(&backup), "sound", "{backup}");
    let findings = backup["verification"]["databases"][0]["findings"].to_string();
    assert!(findings.contains("berths"), "{findings}");
}

/// A3 to A5: what a crash of the application leaves, backed up while the application is stopped.
#[test]
fn states_that_a_crash_leaves() {
    let world = World::new();
    let app = world.quiet_app("crashed");
    let tools = app.root_tools();
    tools.make(
        "crashed-wal",
        "wal.db",
        &["--owner", "1000:1000", "--rows", "300"],
    );
    tools.make(
        "stale-wal",
        "stale.db",
        &["--owner", "1000:1000", "--rows", "300"],
    );
    tools.make(
        "hot-journal",
        "hot.db",
        &["--owner", "1000:1000", "--rows", "300"],
    );
    let before = tools.files();
    let lifeboat = world.lifeboat();
    let backup = lifeboat.backup(&app.name);
    assert_eq!(verdict(&backup), "sound", "{backup}");
    assert_eq!(
        rows_of(&backup, "wal.db", "boats"),
        500,
        "commits of the -wal are in"
    );
    assert_eq!(
        rows_of(&backup, "stale.db", "boats"),
        500,
        "commits of the -wal are in"
    );
    let to = world.directory().join("hot.db");
    let copy = download_database(&lifeboat, &app.name, &backup, "hot.db", &to);
    assert!(is_intact(&copy));
    assert_eq!(
        number(&copy, "SELECT count(*) FROM boats WHERE name = 'nobody'"),
        0,
        "rolled back in the copy"
    );
    let content = |files: Vec<lifeboat_tests::FileFact>| {
        files
            .into_iter()
            .map(|fact| (fact.path, fact.inode, fact.sha256))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        content(tools.files()),
        content(before),
        "the source is as the crash left it"
    );
}

/// The archive is an ordinary one: any tar opens it, and it never holds a live file.
#[test]
fn the_archive_opens_anywhere() {
    let world = World::new();
    let app = world.demo("plain", DemoOptions::default().with("WRITER_RATE", "50"));
    app.root_tools().write("notes.txt", "beside the database\n");
    app.root_tools().write(".lifeboat-hidden", "ours\n");
    let lifeboat = world.lifeboat();
    for (codec, ending, flag) in [
        ("gzip", ".tar.gz", "-z"),
        ("none", ".tar", "--no-auto-compress"),
    ] {
        let json = lifeboat
            .run(&["backup", &app.name, "--codec", codec])
            .done();
        let backup = &json["backup"];
        let name = backup["file_name"].as_str().expect("a file name");
        assert!(
            name.starts_with(&app.name) && name.ends_with(&format!("-manual{ending}")),
            "{name}"
        );
        let archive =
            download_archive(&lifeboat, &app.name, backup, &world.directory().join(codec));
        let mut tar = std::process::Command::new("tar");
        tar.args(["--list", flag, "--file"]).arg(&archive);
        let list = lifeboat_tests::command::run(&mut tar).success().text();
        let entries: Vec<&str> = list.lines().collect();
        assert_eq!(entries[0], "lifeboat.json", "it describes itself first");
        assert!(entries.contains(&"volumes/0/guestbook.db"), "{entries:?}");
        assert!(entries.contains(&"volumes/0/notes.txt"), "{entries:?}");
        for hidden in ["-wal", "-shm", "-journal", ".lifeboat-hidden"] {
            assert!(
                !entries.iter().any(|entry| entry.ends_with(hidden)),
                "{hidden} in {entries:?}"
            );
        }
        let mut check = std::process::Command::new("sha256sum");
        check
            .arg("--check")
            .arg(format!("{name}.sha256"))
            .current_dir(world.directory().join(codec));
        let _ = lifeboat_tests::command::run(&mut check).success();
    }
    assert_eq!(
        lifeboat
            .run(&["backup", &app.name, "--codec", "zstd"])
            .done()["backup"]["codec"],
        "zstd"
    );
}

#[test]
fn databases_only_leaves_other_files_out() {
    let world = World::new();
    let app = world.demo("scope", DemoOptions::default());
    app.root_tools().write("attachment.bin", vec![7; 5000]);
    let lifeboat = world.lifeboat();
    let whole = lifeboat.backup(&app.name);
    assert_eq!(
        (&whole["scope"], &whole["file_count"]),
        (&"whole".into(), &1.into())
    );
    let json = lifeboat
        .run(&[
            "backup",
            &app.name,
            "--databases-only",
            "--note",
            "small",
            "--pin",
        ])
        .done();
    let narrow = &json["backup"];
    assert_eq!(
        (&narrow["scope"], &narrow["file_count"]),
        (&"databases-only".into(), &0.into())
    );
    assert_eq!(
        (&narrow["note"], &narrow["pinned"]),
        (&"small".into(), &true.into())
    );
}

/// `--no-verify` ends when the backup is listed; `verify` proves it later.
#[test]
fn verification_can_follow_later() {
    let world = World::new();
    let app = world.demo("later", DemoOptions::default());
    let lifeboat = world.lifeboat();
    let json = lifeboat.run(&["backup", &app.name, "--no-verify"]).done();
    assert_eq!(verdict(&json["backup"]), "not-checked");
    let json = lifeboat.run(&["verify", &app.name, "latest"]).done();
    assert_eq!(verdict(&json["backup"]), "sound");
    let listed = lifeboat.backups(&app.name);
    assert_eq!(verdict(&listed[0]), "sound", "the verdict is written down");
    assert!(listed[0]["verification"]["at"].is_string());
}
