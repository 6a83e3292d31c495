//! What is left out of backups of whole volumes, and what is never.

use std::path::Path;
use std::process::Command;

use lifeboat_tests::{DemoApp, DemoOptions, Lifeboat, World, command, wait_for};
use serde_json::{Value, json};

use crate::support::{database, download_archive, number, verdict};

/// Entries of a downloaded archive, without `volumes/0/`.
fn entries(archive: &Path) -> Vec<String> {
    let listed = command::run(Command::new("tar").arg("-tzf").arg(archive)).success();
    let text = listed.text();
    let names = text
        .lines()
        .filter_map(|line| line.strip_prefix("volumes/0/"));
    names
        .map(|name| name.trim_end_matches('/').to_owned())
        .filter(|name| !name.is_empty())
        .collect()
}

fn files_of(
    world: &World,
    lifeboat: &Lifeboat,
    app: &str,
    backup: &Value,
    word: &str,
) -> Vec<String> {
    let archive = download_archive(lifeboat, app, backup, &world.directory().join(word));
    entries(&archive)
}

fn write(app: &DemoApp, path: &str, content: &str) {
    let tools = app.root_tools();
    if let Some((directory, _)) = path.rsplit_once('/') {
        tools.tool(&["mkdir", &format!("/data/{directory}")]);
    }
    tools.write(path, content);
}

/// Findings that tell of a database that a pattern matched.
fn kept(backup: &Value) -> Vec<&Value> {
    let findings = backup["findings"].as_array().expect("findings");
    let of_code = |finding: &&Value| finding["code"] == "database-kept";
    findings.iter().filter(of_code).collect()
}

#[test]
fn what_is_left_out_is_not_in_the_archive_and_survives_a_restore_unchanged() {
    let world = World::new();
    let app = world.demo("without", DemoOptions::default());
    for (path, content) in [
        ("cache/page.html", "12345"),
        ("cache/deep/other.html", "123"),
        ("uploads/photo.png", "photo"),
        ("uploads/thumbs/photo.png", "12"),
        ("letter.txt", "letter"),
        ("letter.txt.tmp", "1"),
    ] {
        write(&app, path, content);
    }
    let lifeboat = world.lifeboat();
    lifeboat
        .run(&[
            "settings",
            &app.name,
            "BACKUP_EXCLUDES=cache, uploads/thumbs/**,*.tmp",
        ])
        .done();
    let backup = lifeboat.backup(&app.name);
    assert_eq!(verdict(&backup), "sound", "{backup}");
    assert_eq!(
        backup["left_out"],
        json!({
            "patterns": ["cache", "uploads/thumbs/**", "*.tmp"],
            "file_count": 4,
            "size_bytes": 11,
        })
    );
    assert_eq!(kept(&backup), Vec::<&Value>::new());
    let mut there = files_of(&world, &lifeboat, &app.name, &backup, "archive");
    there.sort_unstable();
    assert_eq!(
        there,
        [
            "guestbook.db",
            "letter.txt",
            "uploads",
            "uploads/photo.png",
            "uploads/thumbs"
        ]
    );
    let shown = lifeboat.run_plain(&["show", &app.name, "latest"]).text();
    let line = "Left out  4 files, 11 B (cache, uploads/thumbs/**, *.tmp)";
    assert!(shown.contains(line), "{shown}");

    for path in ["cache/page.html", "uploads/photo.png", "letter.txt.tmp"] {
        write(&app, path, "changed since");
    }
    write(&app, "cache/new.html", "new");
    app.sign("one more");
    let before = app.root_tools().file("cache/page.html");
    lifeboat
        .run(&["restore", &app.name, "latest", "--yes"])
        .done();
    app.wait_healthy();
    assert_eq!(app.entry_count(), 24, "the database is the backup's");
    let tools = app.root_tools();
    assert_eq!(tools.read("uploads/photo.png"), b"photo");
    for (path, content) in [
        ("cache/page.html", "changed since"),
        ("cache/deep/other.html", "123"),
        ("cache/new.html", "new"),
        ("uploads/thumbs/photo.png", "12"),
        ("letter.txt.tmp", "changed since"),
    ] {
        assert_eq!(tools.read(path), content.as_bytes(), "{path}");
    }
    assert_eq!(tools.file("cache/page.html"), before);
}

#[test]
fn a_database_is_never_left_out() {
    let world = World::new();
    let app = world.demo("kept", DemoOptions::default());
    write(&app, "cache/page.html", "12345");
    let tools = app.root_tools();
    tools.tool(&["mkdir", "/data/cache/inner"]);
    tools.make("sound", "cache/inner/index.db", &["--journal", "wal"]);
    // Deeper than databases are looked for.
    let deep = vec!["d"; 70].join("/");
    tools.tool(&["mkdir", &format!("/data/cache/{deep}")]);
    tools.make(
        "sound",
        &format!("cache/{deep}/deep.db"),
        &["--journal", "delete"],
    );
    write(&app, &format!("cache/{deep}/page.html"), "12");
    let lifeboat = world.lifeboat();
    let backup = lifeboat
        .run(&[
            "backup",
            &app.name,
            "--exclude",
            "cache",
            "--exclude",
            "*.db*",
        ])
        .done()["backup"]
        .clone();
    assert_eq!(verdict(&backup), "sound", "{backup}");
    database(&backup, "guestbook.db");
    database(&backup, "cache/inner/index.db");
    assert_eq!(backup["left_out"]["file_count"], 2, "{backup}");

    let told: Vec<(&str, &str)> = kept(&backup)
        .into_iter()
        .map(|finding| {
            let text = |name: &str| finding[name].as_str().expect("text");
            (text("path"), text("message"))
        })
        .collect();
    let deep_path = format!("cache/{deep}/deep.db");
    let mut paths: Vec<&str> = told.iter().map(|(path, _)| *path).collect();
    paths.sort_unstable();
    assert_eq!(
        paths,
        [&deep_path, "cache/inner/index.db", "guestbook.db"],
        "each once"
    );
    for (path, message) in told {
        assert!(
            message.contains(path) && message.contains("backed up all the same"),
            "{message}"
        );
    }

    let there = files_of(&world, &lifeboat, &app.name, &backup, "archive");
    for path in ["cache/inner/index.db", &deep_path, "guestbook.db"] {
        let count = there.iter().filter(|name| *name == path).count();
        assert_eq!(count, 1, "{path}: {there:?}");
    }
    assert!(
        !there.iter().any(|name| name.ends_with(".html")),
        "{there:?}"
    );

    // It comes back with the directory that was left out.
    let rows = tools.number("cache/inner/index.db", "SELECT count(*) FROM boats");
    tools.execute("cache/inner/index.db", "DELETE FROM boats");
    lifeboat
        .run(&["restore", &app.name, "latest", "--yes"])
        .done();
    app.wait_healthy();
    assert_eq!(
        tools.number("cache/inner/index.db", "SELECT count(*) FROM boats"),
        rows
    );
    assert!(tools.is_intact(&deep_path));
    assert_eq!(tools.read("cache/page.html"), b"12345");
}

#[test]
fn one_backup_can_leave_out_more_and_says_what_it_cannot() {
    let world = World::new();
    let app = world.demo("more", DemoOptions::default());
    for path in ["cache/a", "tmp/b", "letter.txt"] {
        write(&app, path, "x");
    }
    let lifeboat = world.lifeboat();
    lifeboat
        .run(&["settings", &app.name, "BACKUP_EXCLUDES=cache"])
        .done();
    let run = |arguments: &[&str]| {
        let all = [&["backup", &app.name], arguments].concat();
        lifeboat.run(&all)
    };
    let patterns = |arguments: &[&str]| {
        let backup = run(arguments).done()["backup"].clone();
        (
            backup["left_out"]["patterns"].clone(),
            backup["file_count"].clone(),
        )
    };
    assert_eq!(patterns(&[]), (json!(["cache"]), json!(2)));
    assert_eq!(
        patterns(&["--exclude", "tmp,cache", "--exclude=*.txt"]),
        (json!(["cache", "tmp", "*.txt"]), json!(0))
    );
    assert_eq!(
        patterns(&["--databases-only"]),
        (Value::Null, json!(0)),
        "nothing could be left out"
    );
    let number_of_backups = lifeboat.backups(&app.name).len();
    for pattern in ["/cache", "../x", "a,,b", "a\u{1}b", "cache/", ""] {
        let option = format!("--exclude={pattern}");
        let error = run(&[&option]).failed(2, "invalid-input");
        let said = error["message"].as_str().expect("text");
        assert!(said.contains("No backup was taken"), "{said}");
        let advice = error["advice"].as_str().expect("text");
        assert!(advice.contains("uploads/thumbs/**"), "{advice}");
    }
    assert_eq!(lifeboat.backups(&app.name).len(), number_of_backups);
}

fn in_force(lifeboat: &Lifeboat, app: &str, key: &str) -> (String, String) {
    let report = lifeboat.run(&["settings", app, key]).done();
    let value = &report["settings"]["values"][0];
    let text = |name: &str| value[name].as_str().expect("text").to_owned();
    (text("value"), text("origin"))
}

fn pair(value: &str, origin: &str) -> (String, String) {
    (value.to_owned(), origin.to_owned())
}

#[test]
fn patterns_come_from_lifeboat_then_the_env_file_and_bad_ones_change_nothing() {
    let world = World::new();
    let compose = world.compose("patterns");
    let project = &compose.project;
    let file = world.directory().join(project).join(".env");
    compose.up();
    let lifeboat = world.lifeboat();
    let excludes = || in_force(&lifeboat, project, "BACKUP_EXCLUDES");
    assert_eq!(excludes(), pair("", "default"));
    assert_eq!(lifeboat.backup(project)["left_out"], Value::Null);

    std::fs::write(
        &file,
        "BACKUP_EXCLUDES=cache, *.tmp\nNOTICE_KINDS=overdue\n",
    )
    .expect("settings");
    assert_eq!(excludes(), pair("cache,*.tmp", "dot-env"));
    assert_eq!(
        in_force(&lifeboat, project, "NOTICE_KINDS"),
        pair("overdue", "dot-env")
    );
    assert_eq!(
        lifeboat.backup(project)["left_out"]["patterns"],
        json!(["cache", "*.tmp"])
    );

    std::fs::write(
        &file,
        "BACKUP_EXCLUDES=cache,/etc\nNOTICE_KINDS=everything\n",
    )
    .expect("settings");
    let report = lifeboat.run(&["settings", project]).done();
    let refused = report["settings"]["refused"].as_array().expect("a list");
    let said: Vec<&str> = refused
        .iter()
        .filter_map(|one| one["message"].as_str())
        .collect();
    let [patterns, kinds] = said[..] else {
        panic!("two are refused: {report}")
    };
    for words in [
        "BACKUP_EXCLUDES",
        "cache,/etc",
        ".env",
        "begins with a slash",
        "*.tmp",
    ] {
        assert!(patterns.contains(words), "{words}: {patterns}");
    }
    for words in [
        "NOTICE_KINDS",
        "everything",
        ".env",
        "all, none",
        "rolled-back",
    ] {
        assert!(kinds.contains(words), "{words}: {kinds}");
    }
    assert_eq!(excludes(), pair("cache,*.tmp", "last-good"));
    assert_eq!(
        lifeboat.backup(project)["left_out"]["patterns"],
        json!(["cache", "*.tmp"])
    );

    lifeboat
        .run(&["settings", project, "BACKUP_EXCLUDES=thumbs"])
        .done();
    assert_eq!(excludes(), pair("thumbs", "lifeboat"));
    let error = lifeboat
        .run(&["settings", project, "BACKUP_EXCLUDES=../x"])
        .failed(2, "invalid-input");
    let message = error["message"].as_str().expect("text");
    assert!(
        message.contains("BACKUP_EXCLUDES") && message.contains("../x"),
        "{message}"
    );
    assert_eq!(excludes(), pair("thumbs", "lifeboat"));
}

/// An image may say what of its files needs no backup, but not who is told of what.
#[test]
fn the_guardian_leaves_out_what_the_containers_environment_says() {
    let world = World::new();
    let options = DemoOptions::default()
        .with("BACKUP_EXCLUDES", "cache")
        .with("NOTICE_KINDS", "none");
    let app = world.demo("guarded", options);
    write(&app, "cache/page.html", "12345");
    write(&app, "letter.txt", "letter");
    let lifeboat = world.lifeboat();
    lifeboat.run(&["guard", "on", &app.name]).done();
    let backup = wait_for("a start-up backup", 120, || {
        let backups = lifeboat.backups(&app.name);
        backups.into_iter().find(|one| one["trigger"] == "start-up")
    });
    assert_eq!(
        (&backup["left_out"], &backup["file_count"]),
        (
            &json!({ "patterns": ["cache"], "file_count": 1, "size_bytes": 5 }),
            &json!(1)
        )
    );
    let excludes = in_force(&lifeboat, &app.name, "BACKUP_EXCLUDES");
    assert_eq!(excludes, pair("cache", "environment"));
    let kinds = in_force(&lifeboat, &app.name, "NOTICE_KINDS");
    assert_eq!(kinds, pair("all", "default"));
    let copy = world.directory().join("copy.db");
    let copy =
        crate::support::download_database(&lifeboat, &app.name, &backup, "guestbook.db", &copy);
    assert_eq!(number(&copy, "SELECT count(*) FROM entries"), 24);
}
