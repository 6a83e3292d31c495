//! M9, M10, M11, M14: protection that goes on by itself, on the engine, with nothing else of Lifeboat running.

use std::io::{BufRead as _, BufReader};
use std::process::Command;

use lifeboat_tests::private_engine::PrivateEngine;
use lifeboat_tests::{DemoOptions, Lifeboat, World, command, wait_for};
use serde_json::Value;

use crate::support::{guardian, verdict};

/// Waits until there are so many backups of this kind and each was looked at, and gives them.
fn wait_for_backups(lifeboat: &Lifeboat, app: &str, trigger: &str, count: usize) -> Vec<Value> {
    wait_for(&format!("{count} {trigger} backups"), 120, || {
        let mut backups = lifeboat.backups(app);
        backups.retain(|backup| backup["trigger"] == trigger);
        let is_done = backups.len() >= count
            && backups
                .iter()
                .all(|backup| verdict(backup) != "not-checked");
        is_done.then_some(backups)
    })
}

fn state(lifeboat: &Lifeboat, app: &str, exit_code: i32) -> Value {
    lifeboat.run(&["guard", "status", app]).ended(exit_code)["protection"].clone()
}

/// How the listing says that it is protected: for programs, and for people.
fn listed(lifeboat: &Lifeboat, app: &str) -> (String, String) {
    let json = lifeboat.run(&["apps"]).done();
    let apps = json["apps"].as_array().expect("a list");
    let found = apps.iter().find(|one| one["name"] == app);
    let state = found.expect("it is listed")["protection"]["state"].clone();
    let table = lifeboat.run_plain(&["apps"]).text();
    let mut lines = table.lines();
    assert!(
        lines
            .next()
            .is_some_and(|line| line.ends_with("PROTECTION")),
        "{table}"
    );
    let row = lines.find(|line| line.contains(app)).expect("a row");
    (state.as_str().expect("a state").to_owned(), row.to_owned())
}

fn setting(lifeboat: &Lifeboat, app: &str, key: &str) -> (String, String) {
    let report = lifeboat.run(&["settings", app, key]).done();
    let value = &report["settings"]["values"][0];
    let text = |name: &str| value[name].as_str().expect("text").to_owned();
    (text("value"), text("origin"))
}

#[test]
fn an_application_is_protected_by_one_word() {
    let world = World::new();
    let app = world.demo("guarded", DemoOptions::default().with("WRITER_RATE", "20"));
    let lifeboat = world.lifeboat();
    assert_eq!(state(&lifeboat, &app.name, 0)["state"], "off");

    lifeboat.run(&["guard", "on", &app.name]).done();
    let backups = wait_for_backups(&lifeboat, &app.name, "start-up", 1);
    assert_eq!(verdict(&backups[0]), "sound", "{backups:?}");
    let status = wait_for("the guardian waits", 30, || {
        let status = state(&lifeboat, &app.name, 0);
        (status["state"] == "waiting").then_some(status)
    });
    assert_eq!(status["last_success"]["id"], backups[0]["id"], "{status}");
    assert!(status["next"]["at"].is_string(), "{status}");

    let container = world.engine().inspect(&guardian(&app.name));
    let host = &container["HostConfig"];
    assert_eq!(host["RestartPolicy"]["Name"], "always");
    assert_eq!(host["NetworkMode"], "none");
    assert_eq!(host["ReadonlyRootfs"], true);
    assert_eq!(host["CapDrop"], serde_json::json!(["ALL"]));
    assert_eq!(host["Privileged"], false);
    let mounts = container["Mounts"].as_array().expect("mounts");
    for mount in mounts {
        assert_eq!(mount["Type"], "volume", "no socket of the engine: {mount}");
        let place = mount["Destination"].as_str().expect("a place");
        let is_data = place.starts_with("/volumes");
        assert_eq!(mount["RW"], !is_data, "the data is read only: {mount}");
    }

    let audit = lifeboat.run(&["audit", &app.name, "--verify"]).done();
    let entries = audit["audit"]["entries"].as_array().expect("entries");
    assert!(
        entries
            .iter()
            .any(|entry| entry["actor"] == "guardian" && entry["operation"] == "backup"),
        "{audit}"
    );

    // Its work goes on beside everything else that is done.
    lifeboat.run(&["backup", &app.name]).done();
    lifeboat
        .run(&["restore", &app.name, "latest", "--yes"])
        .done();
    app.wait_healthy();
    assert_eq!(state(&lifeboat, &app.name, 0)["state"], "waiting");

    lifeboat.run(&["guard", "off", &app.name]).done();
    assert_eq!(state(&lifeboat, &app.name, 0)["state"], "off");
    let there = world
        .engine()
        .lines(&["ps", "--all", "--format", "{{.Names}}"]);
    assert!(!there.contains(&guardian(&app.name)), "{there:?}");
    assert!(!lifeboat.backups(&app.name).is_empty(), "the backups stay");
}

#[test]
fn a_listing_says_how_each_application_is_protected() {
    let world = World::new();
    let app = world.demo("listed", DemoOptions::default());
    let neighbour = world.demo("neighbour", DemoOptions::default());
    let lifeboat = world.lifeboat();
    lifeboat.run(&["guard", "on", &neighbour.name]).done();
    wait_for_backups(&lifeboat, &neighbour.name, "start-up", 1);
    let says = |state: &str, words: &str| {
        let (told, row) = listed(&lifeboat, &app.name);
        assert_eq!(told, state);
        assert!(row.ends_with(&format!("  {words}")), "{row}");
    };
    says("off", "unprotected");
    // A fresh backup does not make it protected.
    let _ = lifeboat.backup(&app.name);
    says("off", "unprotected");

    lifeboat.run(&["guard", "on", &app.name]).done();
    wait_for_backups(&lifeboat, &app.name, "start-up", 1);
    wait_for("the listing knows of the guardian", 30, || {
        (listed(&lifeboat, &app.name).0 == "waiting").then_some(())
    });
    says("waiting", "protected");
    lifeboat
        .run(&["settings", &app.name, "AUTO_BACKUP_ENABLED=false"])
        .done();
    wait_for("the guardian has read its settings", 90, || {
        (listed(&lifeboat, &app.name).0 == "switched-off").then_some(())
    });
    says("switched-off", "at risk: switched off in the settings");

    world.engine().docker(&["stop", &guardian(&app.name)]);
    says("stopped", "at risk: its guardian is stopped");
    world.engine().docker(&["rm", &guardian(&app.name)]);
    says("gone", "at risk: its guardian is gone");
    let (other, _) = listed(&lifeboat, &neighbour.name);
    assert!(
        ["waiting", "working"].contains(&other.as_str()),
        "each by itself: {other}"
    );
    lifeboat.run(&["guard", "off", &app.name]).done();
    says("off", "unprotected");
}

/// The command that doctor names for an application's protection, if that needs one.
fn doctor_says(lifeboat: &Lifeboat, app: &str) -> Option<String> {
    let report = lifeboat.run(&["doctor"]).json;
    let checks = report["doctor"]["checks"].as_array().expect("checks");
    let title = format!("Protection of {app}");
    let found = checks.iter().find(|check| check["title"] == title.as_str());
    found.map(|check| check["command"].as_str().expect("a command").to_owned())
}

#[test]
fn a_guardian_that_is_gone_or_stopped_is_told_and_put_right() {
    let world = World::new();
    let app = world.demo("gone", DemoOptions::default());
    let lifeboat = world.lifeboat();
    lifeboat.run(&["guard", "on", &app.name]).done();
    wait_for_backups(&lifeboat, &app.name, "start-up", 1);

    world.engine().docker(&["stop", &guardian(&app.name)]);
    let status = state(&lifeboat, &app.name, 9);
    assert_eq!(status["state"], "stopped", "{status}");
    assert!(
        status["advice"]
            .as_str()
            .is_some_and(|text| text.contains("guard on")),
        "{status}"
    );
    let mended_by = format!("lifeboat guard on {}", app.name);
    assert_eq!(doctor_says(&lifeboat, &app.name), Some(mended_by.clone()));
    world.engine().docker(&["rm", &guardian(&app.name)]);
    assert_eq!(state(&lifeboat, &app.name, 9)["state"], "gone");
    assert_eq!(doctor_says(&lifeboat, &app.name), Some(mended_by));

    let status = lifeboat.run(&["guard", "on", &app.name]).done();
    assert_ne!(status["protection"]["state"], "gone", "{status}");
    wait_for_backups(&lifeboat, &app.name, "start-up", 2);
    assert_eq!(doctor_says(&lifeboat, &app.name), None, "it is well again");

    lifeboat.run(&["leave", &app.name, "--yes"]).done();
    let there = world
        .engine()
        .lines(&["ps", "--all", "--format", "{{.Names}}"]);
    assert!(!there.contains(&guardian(&app.name)), "{there:?}");
}

/// While it is protected, nobody deletes the data by a word too many.
#[test]
fn a_project_that_is_protected_keeps_its_volume_through_down_and_is_the_same_one_afterwards() {
    let world = World::new();
    let compose = world.compose("kept");
    compose.up();
    let lifeboat = world.lifeboat();
    let project = &compose.project;
    lifeboat.run(&["guard", "on", project]).done();
    wait_for_backups(&lifeboat, project, "start-up", 1);
    let _ = compose.run(&["down", "--volumes"]);
    let volumes = compose.engine().lines(&["volume", "ls", "--quiet"]);
    assert!(volumes.contains(&compose.volume()), "{volumes:?}");

    // Made anew by compose, it is still protected: by the minute, so that a test can see it.
    compose.up();
    lifeboat
        .run(&[
            "settings",
            project,
            "AUTO_BACKUP_CRON=* * * * *",
            "MAX_DATABASE_BACKUPS=1",
        ])
        .done();
    let scheduled = wait_for_backups(&lifeboat, project, "scheduled", 1);
    assert_eq!(verdict(&scheduled[0]), "sound", "{scheduled:?}");
    wait_for("the older one was rotated away", 30, || {
        let backups = lifeboat.backups(project);
        backups
            .iter()
            .all(|backup| backup["trigger"] != "start-up")
            .then_some(())
    });
}

/// Machine and engine start again: the guardian comes with them, and takes one backup, not two.
#[test]
fn protection_comes_back_with_the_engine() {
    let mut private = PrivateEngine::start();
    let world = World::on(private.engine());
    let app = world.demo("reboot", DemoOptions::default().restart("always"));
    let lifeboat = world.lifeboat();
    lifeboat.run(&["guard", "on", &app.name]).done();
    wait_for_backups(&lifeboat, &app.name, "start-up", 1);
    private.kill();
    private.launch();
    wait_for("the application is back", 60, || {
        let health = &world.engine().inspect(&app.name)["State"]["Health"]["Status"];
        (health == "healthy").then_some(())
    });
    wait_for_backups(&lifeboat, &app.name, "start-up", 2);
    wait_for("the guardian waits", 60, || {
        (state(&lifeboat, &app.name, 0)["state"] == "waiting").then_some(())
    });
    assert_eq!(lifeboat.backups(&app.name).len(), 2);
}

#[test]
fn settings_come_from_lifeboat_then_the_env_file_then_the_container() {
    let world = World::new();
    let compose = world.compose("chosen");
    let project = &compose.project;
    let file = world.directory().join(project).join(".env");
    std::fs::write(&file, "MAX_DATABASE_BACKUPS=30\nCOMPRESS_BACKUPS=false\n").expect("settings");
    compose.up();
    let lifeboat = world.lifeboat();
    let backup = lifeboat.backup(project);
    assert_eq!(backup["codec"], "none", "{backup}");
    let value = |key: &str| setting(&lifeboat, project, key);
    let pair = |value: &str, origin: &str| (value.to_owned(), origin.to_owned());
    assert_eq!(value("MAX_DATABASE_BACKUPS"), pair("30", "dot-env"));
    assert_eq!(value("AUTO_BACKUP_INTERVAL_HOURS"), pair("24", "default"));

    lifeboat
        .run(&["settings", project, "MAX_DATABASE_BACKUPS=20"])
        .done();
    assert_eq!(value("MAX_DATABASE_BACKUPS"), pair("20", "lifeboat"));
    lifeboat
        .run(&["settings", project, "MAX_DATABASE_BACKUPS="])
        .done();
    assert_eq!(value("MAX_DATABASE_BACKUPS"), pair("30", "dot-env"));

    let error = lifeboat
        .run(&["settings", project, "MAX_DATABASE_BACKUPS=many"])
        .failed(2, "invalid-input");
    let said = error["message"].as_str().expect("text");
    assert!(
        said.contains("MAX_DATABASE_BACKUPS") && said.contains("many"),
        "{said}"
    );
    assert!(
        error["advice"]
            .as_str()
            .is_some_and(|text| text.contains("10000")),
        "{error}"
    );

    // A typing error in the file: what was good stays in force, and it is said.
    std::fs::write(&file, "MAX_DATABASE_BACKUPS=3O\n").expect("settings");
    let report = lifeboat.run(&["settings", project]).done();
    let refused = &report["settings"]["refused"][0];
    assert_eq!(refused["key"], "MAX_DATABASE_BACKUPS", "{report}");
    assert_eq!(value("MAX_DATABASE_BACKUPS"), pair("30", "last-good"));
    assert_eq!(value("COMPRESS_BACKUPS"), pair("true", "default"));
}

#[test]
fn rotation_says_what_goes_and_why_the_others_stay() {
    let world = World::new();
    let app = world.demo("rotated", DemoOptions::default());
    let lifeboat = world.lifeboat();
    let oldest = lifeboat.run(&["backup", &app.name, "--pin"]).done()["backup"].clone();
    let second = lifeboat.backup(&app.name);
    let third = lifeboat.backup(&app.name);
    lifeboat
        .run(&["settings", &app.name, "MAX_DATABASE_BACKUPS=1"])
        .done();
    let preview = lifeboat.run(&["prune", &app.name, "--dry-run"]).done();
    let decisions = preview["prune"]["decisions"].as_array().expect("a list");
    let goes = |backup: &Value| {
        let decision = decisions.iter().find(|one| one["id"] == backup["id"]);
        decision.expect("each is named")["goes"] == true
    };
    assert_eq!(
        [goes(&oldest), goes(&second), goes(&third)],
        [false, true, false],
        "{preview}"
    );
    assert_eq!(lifeboat.backups(&app.name).len(), 3, "only said");
    lifeboat
        .run(&["prune", &app.name])
        .failed(2, "confirmation-needed");
    let report = lifeboat.run(&["prune", &app.name, "--yes"]).done();
    assert_eq!(
        report["prune"]["removed"],
        serde_json::json!([second["id"]])
    );
    let left: Vec<Value> = lifeboat
        .backups(&app.name)
        .iter()
        .map(|backup| backup["id"].clone())
        .collect();
    assert_eq!(left, [third["id"].clone(), oldest["id"].clone()]);
}

/// M10: without a desktop, `watch` sees that the application starts.
#[test]
fn each_start_of_the_application_gets_one_start_up_backup() {
    let world = World::new();
    let app = world.demo("starts", DemoOptions::default());
    let lifeboat = world.lifeboat();
    lifeboat.run(&["guard", "on", &app.name]).done();
    wait_for_backups(&lifeboat, &app.name, "start-up", 1);

    let mut watch = lifeboat.start(&["watch"]);
    let mut said = String::new();
    BufReader::new(watch.stderr.take().expect("piped"))
        .read_line(&mut said)
        .expect("it speaks");
    assert!(said.contains("Watching"), "{said}");
    for count in [2, 3] {
        world.engine().docker(&["restart", &app.name]);
        wait_for_backups(&lifeboat, &app.name, "start-up", count);
    }
    app.wait_healthy();
    let audit = lifeboat.run(&["audit", &app.name]).done();
    let entries = audit["audit"]["entries"].as_array().expect("entries");
    let by_watch = entries.iter().filter(|entry| {
        let actor = entry["actor"].as_str().unwrap_or_default();
        actor.starts_with("watch") && entry["operation"] == "backup"
    });
    assert_eq!(by_watch.count(), 2, "{audit}");

    // A second one, of another person: both see the start, and one of them backs it up.
    let neighbour = World::new();
    let mut other = neighbour.lifeboat().start(&["watch"]);
    let mut said = String::new();
    BufReader::new(other.stderr.take().expect("piped"))
        .read_line(&mut said)
        .expect("it speaks");
    for count in [4, 5] {
        world.engine().docker(&["restart", &app.name]);
        wait_for_backups(&lifeboat, &app.name, "start-up", count);
    }
    let end = |watch: &std::process::Child| {
        let _ = command::run(Command::new("kill").args(["-TERM", &watch.id().to_string()]));
    };
    end(&other);
    assert!(other.wait().expect("it ends").success());
    end(&watch);
    assert!(
        watch.wait().expect("it ends").success(),
        "being stopped is no failure"
    );
    assert_eq!(
        wait_for_backups(&lifeboat, &app.name, "start-up", 5).len(),
        5
    );
}
