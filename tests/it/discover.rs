//! Which applications and databases are found.

use lifeboat_tests::{DemoOptions, World};
use serde_json::Value;

fn app_named<'a>(json: &'a Value, name: &str) -> &'a Value {
    let apps = json["apps"].as_array().expect("`apps` prints a list");
    apps.iter()
        .find(|app| app["name"] == name)
        .unwrap_or_else(|| panic!("no {name} in {json}"))
}

#[test]
fn a_compose_project_and_a_lone_container() {
    let world = World::new();
    let compose = world.compose("project");
    compose.up();
    let lone = world.demo("lone", DemoOptions::default());

    let json = world.lifeboat().run(&["apps"]).done();
    let project = app_named(&json, &compose.project);
    assert_eq!(
        (&project["kind"], &project["state"]),
        (&"compose".into(), &"running".into())
    );
    assert_eq!(project["services"][0]["name"], "guestbook");
    let database = &project["databases"][0];
    assert_eq!(
        (&database["volume"], &database["path"]),
        (&compose.volume().into(), &"guestbook.db".into())
    );
    assert_eq!(
        (&database["journal_mode"], &database["page_size"]),
        (&"wal".into(), &4096.into())
    );
    assert!(
        database["size_bytes"]
            .as_u64()
            .is_some_and(|size| size >= 4096)
    );

    let container = app_named(&json, &lone.name);
    assert_eq!(container["kind"], "container");
    assert_eq!(container["databases"][0]["volume"], lone.volume.as_str());
    assert_eq!(
        container["databases"].as_array().map(Vec::len),
        Some(1),
        "side files are no databases"
    );
    lone.stop();
    let json = world.lifeboat().run(&["apps"]).done();
    assert_eq!(app_named(&json, &lone.name)["state"], "stopped");
}

#[test]
fn an_application_without_a_database_says_so() {
    let world = World::new();
    let app = world.quiet_app("empty");
    app.root_tools().write("readme.txt", "nothing here\n");
    let json = world.lifeboat().run(&["apps"]).done();
    assert_eq!(
        app_named(&json, &app.name)["databases"],
        Value::Array(Vec::new())
    );
    world
        .lifeboat()
        .run(&["backup", &app.name])
        .failed(5, "no-database");
    assert!(
        !world.engine().has_volume(&format!("lifeboat-{}", app.name)),
        "no vault was made for it"
    );
}

#[test]
fn our_own_containers_and_hidden_files_are_not_applications() {
    let world = World::new();
    let app = world.demo("own", DemoOptions::default());
    app.root_tools().make("sound", ".lifeboat-hidden.db", &[]);
    let _ = world.lifeboat().backup(&app.name);
    let json = world.lifeboat().run(&["apps"]).done();
    let found = app_named(&json, &app.name);
    assert_eq!(
        found["databases"].as_array().map(Vec::len),
        Some(1),
        "{found}"
    );
    assert_eq!(found["vault"]["backup_count"], 1);
    for other in json["apps"].as_array().expect("a list") {
        let name = other["name"].as_str().unwrap_or_default();
        assert!(
            !name.contains("keeper") && !name.starts_with("lifeboat-lbt"),
            "{name} is ours"
        );
    }
}

#[test]
fn health_tells_size_tables_and_backups() {
    let world = World::new();
    let app = world.demo("health", DemoOptions::default());
    let lifeboat = world.lifeboat();
    let before = app.root_tools().file("guestbook.db");
    let health = lifeboat.run(&["health", &app.name]).done()["health"].clone();
    assert_eq!(health["verdict"], "sound", "{health}");
    assert_eq!(
        (&health["table_count"], &health["backup_count"]),
        (&4.into(), &0.into())
    );
    assert_eq!(health["last_backup_at"], Value::Null);
    assert!(
        health["size_bytes"]
            .as_u64()
            .is_some_and(|size| size >= 4096)
    );
    assert_eq!(
        app.root_tools().file("guestbook.db"),
        before,
        "looking changes nothing"
    );
    let backup = lifeboat.backup(&app.name);
    let health = lifeboat.run(&["health", &app.name, "--deep"]).done()["health"].clone();
    assert_eq!(health["backup_count"], 1);
    assert_eq!(health["last_backup_at"], backup["created_at"]);
    assert_eq!(health["last_backup_verdict"], "sound");
}

#[test]
fn health_of_a_damaged_database_is_red() {
    let world = World::new();
    let app = world.quiet_app("sick");
    app.root_tools().make(
        "flipped",
        "app.db",
        &["--owner", "1000:1000", "--page-size", "1024"],
    );
    let health = world.lifeboat().run(&["health", &app.name]).ended(6)["health"].clone();
    assert_eq!(health["verdict"], "damaged", "{health}");
    assert!(
        health["reason"]
            .as_str()
            .is_some_and(|reason| !reason.is_empty())
    );
}

#[test]
fn a_vault_that_cannot_be_looked_into_is_not_told_as_none() {
    let world = World::new();
    let app = world.demo("sealed", DemoOptions::default());
    let lifeboat = world.lifeboat();
    let _ = lifeboat.backup(&app.name);
    let vault = world.vault(&app.name);
    let mut record: Value =
        serde_json::from_slice(&vault.tools().read("vault.json")).expect("it is JSON");
    let format = record["format"].clone();
    record["format"] = 99.into();
    vault.write_sealed("vault.json", record.clone());

    let json = lifeboat.run(&["apps"]).done();
    let found = app_named(&json, &app.name);
    let why = found["vault_problem"].as_str().expect("a sentence");
    assert!(why.contains("made by a newer version"), "{why}");
    assert!(
        found["vault"].is_null() && found["protection"].is_null(),
        "{found}"
    );
    let output = lifeboat.run_plain(&["apps"]).success();
    let table = String::from_utf8_lossy(&output.stdout).into_owned();
    let row = table.lines().find(|line| line.contains(&app.name));
    let row = row.expect("a row");
    assert!(row.contains("not known") && !row.contains("never"), "{row}");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        !said.contains(&format!("lifeboat backup {}", app.name)),
        "a first backup is nothing to advise: {said}"
    );

    record["format"] = format;
    vault.write_sealed("vault.json", record);
    let json = lifeboat.run(&["apps"]).done();
    let found = app_named(&json, &app.name);
    assert!(found.get("vault_problem").is_none(), "{found}");
    assert_eq!(found["vault"]["backup_count"], 1, "{found}");
}
