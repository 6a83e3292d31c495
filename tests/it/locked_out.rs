//! Applications that run as root may keep databases where the owner of the file cannot go.

use lifeboat_tests::{DemoApp, DemoOptions, World};
use serde_json::Value;

use crate::support::{rows_of, verdict};

/// A database of somebody else's in a directory of root's, beside the live one of the application.
fn with_database_in(app: &DemoApp, directory_mode: &str, kind: &str) {
    let tools = app.root_tools();
    tools.tool(&["mkdir", "/data/closed"]);
    let options = ["--owner", "999:999", "--mode", "600", "--journal", "wal"];
    tools.make(kind, "closed/a.db", &options);
    tools.tool(&["chown", "/data/closed", "0:0"]);
    tools.tool(&["chmod", "/data/closed", directory_mode]);
}

fn finding_codes(found: &Value) -> Vec<&str> {
    found["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter_map(|finding| finding["code"].as_str())
        .collect()
}

#[test]
fn it_is_backed_up_and_restored() {
    let world = World::new();
    let app = world.demo("closed", DemoOptions::default());
    with_database_in(&app, "700", "sound");
    let (tools, lifeboat) = (app.root_tools(), world.lifeboat());
    let before = tools.file("closed/a.db");
    let backup = lifeboat.backup(&app.name);
    assert_eq!(verdict(&backup), "sound", "{backup}");
    let rows = rows_of(&backup, "closed/a.db", "boats");
    assert!(rows > 0, "{backup}");
    assert_eq!(tools.file("closed/a.db"), before, "looking changes nothing");
    let codes = finding_codes(&backup);
    for code in ["owner-locked-out", "moment-of-its-own"] {
        assert!(codes.contains(&code), "{codes:?}");
    }

    tools.execute("closed/a.db", "DELETE FROM boats");
    tools.tool(&["chown", "/data/closed/a.db", "999:999"]);
    let id = backup["id"].as_str().expect("an id");
    lifeboat.run(&["restore", &app.name, id, "--yes"]).done();
    app.wait_healthy();
    let count = "SELECT count(*) FROM boats";
    assert_eq!(tools.number("closed/a.db", count), rows);
    let after = tools.file("closed/a.db");
    assert_eq!(
        (after.uid, after.gid, after.mode),
        (before.uid, before.gid, before.mode)
    );
    lifeboat.run(&["undo", &app.name, "--yes"]).done();
    assert_eq!(
        tools.number("closed/a.db", count),
        0,
        "undo brings back what the restore replaced"
    );
}

#[test]
fn health_tells_of_one_that_cannot_be_read_and_of_the_others() {
    let world = World::new();
    let app = world.demo("half", DemoOptions::default());
    // A log without its index can only be read where a new index could be written.
    with_database_in(&app, "755", "stale-wal");
    let lifeboat = world.lifeboat();
    let health = lifeboat.run(&["health", &app.name]).json["health"].clone();
    let verdict_of = |path: &str| {
        let all = health["databases"].as_array().expect("databases");
        let found = all.iter().find(|one| one["path"] == path);
        found.expect("it is told of")["verdict"].clone()
    };
    assert_eq!(verdict_of("guestbook.db"), "sound", "{health}");
    assert_eq!(verdict_of("closed/a.db"), "not-checkable", "{health}");
    assert_eq!(health["verdict"], "not-checkable");
    assert!(finding_codes(&health).contains(&"database-unread"));
    let failed = lifeboat.run(&["backup", &app.name]);
    assert_ne!(failed.code(), 0, "a backup without it would be none");
    assert!(
        failed.json["error"]["advice"]
            .as_str()
            .is_some_and(|advice| advice.contains("Stop the application"))
    );
}
