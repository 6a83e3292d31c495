//! M14: the rotation that follows a backup by hand, with protection and without.

use std::process::Command;

use lifeboat_tests::{DemoOptions, Lifeboat, World, command, steps, wait_for};
use serde_json::{Value, json};

use crate::support::{audit, guardian, verdict};

/// A backup with these further words: itself, and the rotation after it.
fn backup(lifeboat: &Lifeboat, app: &str, words: &[&str]) -> (Value, Value) {
    let told = lifeboat.run(&[&["backup", app], words].concat()).done();
    (told["backup"]["id"].clone(), told["rotation"].clone())
}

/// The ids of the backups, newest first.
fn ids(lifeboat: &Lifeboat, app: &str) -> Vec<Value> {
    let backups = lifeboat.backups(app);
    backups.iter().map(|one| one["id"].clone()).collect()
}

fn limit(lifeboat: &Lifeboat, app: &str, number: u32) {
    let choice = format!("MAX_DATABASE_BACKUPS={number}");
    lifeboat.run(&["settings", app, &choice]).done();
}

#[test]
fn the_fourth_backup_takes_the_oldest_with_it_whoever_takes_it() {
    let world = World::new();
    let app = world.demo("three", DemoOptions::default());
    let name = app.name.as_str();
    let lifeboat = world.lifeboat();
    lifeboat.run(&["guard", "on", name]).done();
    wait_for("the guardian has taken one and waits", 120, || {
        let status = lifeboat.run(&["guard", "status", name]).json["protection"].clone();
        (status["last_success"].is_object() && status["state"] == "waiting").then_some(())
    });
    limit(&lifeboat, name, 3);
    let first = ids(&lifeboat, name).remove(0);
    let (second, rotation) = backup(&lifeboat, name, &[]);
    assert_eq!(rotation["removed"], json!([]), "{rotation}");
    let (third, _) = backup(&lifeboat, name, &["--pin"]);
    let (fourth, rotation) = backup(&lifeboat, name, &[]);
    assert_eq!(rotation["removed"], json!([first]), "{rotation}");
    assert!(rotation["freed_bytes"].as_u64() > Some(0), "{rotation}");
    assert_eq!(
        ids(&lifeboat, name),
        [fourth.clone(), third.clone(), second.clone()]
    );
    let entries = audit(&lifeboat, name);
    let rotated = entries
        .iter()
        .find(|entry| entry["target"] == first && entry["operation"] == "rotate");
    let actor = rotated.expect("it is in the log")["actor"].clone();
    assert!(
        actor.as_str().is_some_and(|who| who.starts_with("cli:")),
        "{actor}"
    );

    // A person is told what went and why, in one line.
    let said = lifeboat.run_plain(&["backup", name]).success();
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    let gone = second.as_str().expect("an id");
    let line = said
        .lines()
        .find(|line| line.contains(gone))
        .expect("a line");
    assert!(line.contains("MAX_DATABASE_BACKUPS is 3"), "{line}");
    let fifth = ids(&lifeboat, name).remove(0);

    // One that is pinned stays, and so does the newest that was proven.
    for _ in 0..4 {
        let _ = backup(&lifeboat, name, &["--no-verify"]);
    }
    let left = ids(&lifeboat, name);
    assert_eq!(
        left.len(),
        5,
        "three, the pinned one and the proven one: {left:?}"
    );
    assert_eq!(left[3..], [fifth, third], "{left:?}");
}

#[test]
fn without_protection_only_a_limit_that_was_chosen_removes_anything() {
    let world = World::new();
    let compose = world.compose("unguarded");
    let app = compose.project.as_str();
    let lifeboat = world.lifeboat();
    compose.up();
    for _ in 0..11 {
        let (_, rotation) = backup(&lifeboat, app, &["--no-verify"]);
        assert!(
            rotation.is_null(),
            "the default is nobody's wish: {rotation}"
        );
    }
    assert_eq!(lifeboat.backups(app).len(), 11);
    // A typing error is no wish either.
    let file = world.directory().join(app).join(".env");
    std::fs::write(&file, "MAX_DATABASE_BACKUPS=1O\n").expect("settings");
    let (_, rotation) = backup(&lifeboat, app, &["--no-verify"]);
    assert!(rotation.is_null(), "{rotation}");

    std::fs::write(&file, "MAX_DATABASE_BACKUPS=4\n").expect("settings");
    let (_, rotation) = backup(&lifeboat, app, &[]);
    assert_eq!(rotation["max_backups"], 4, "{rotation}");
    assert_eq!(lifeboat.backups(app).len(), 4);
    limit(&lifeboat, app, 2);
    let (_, rotation) = backup(&lifeboat, app, &[]);
    assert_eq!(rotation["removed"].as_array().map(Vec::len), Some(3));
    assert_eq!(lifeboat.backups(app).len(), 2);
}

#[test]
fn a_damaged_backup_removes_nothing_and_the_next_good_one_does() {
    let world = World::new();
    let app = world.demo("worse", DemoOptions::default());
    let name = app.name.as_str();
    let lifeboat = world.lifeboat();
    let (first, _) = backup(&lifeboat, name, &[]);
    limit(&lifeboat, name, 1);
    app.stop();
    let tools = app.root_tools();
    let sound = tools.read("guestbook.db");
    tools.cut("guestbook.db", 4096);
    let told = lifeboat.run(&["backup", name]).ended(6);
    assert_eq!(verdict(&told["backup"]), "damaged", "{told}");
    assert!(told["rotation"].is_null(), "{told}");
    assert!(ids(&lifeboat, name).contains(&first), "it is all there is");
    tools.write("guestbook.db", sound);
    let (last, rotation) = backup(&lifeboat, name, &[]);
    let removed = rotation["removed"].as_array().expect("a list");
    assert_eq!(removed.len(), 2, "{rotation}");
    assert_eq!(ids(&lifeboat, name), [last]);
}

#[test]
fn a_rotation_that_fails_is_told_and_the_backup_stands() {
    let world = World::new();
    let app = world.demo("unruly", DemoOptions::default());
    let name = app.name.as_str();
    let lifeboat = world.lifeboat();
    let _ = lifeboat.backup(name);
    limit(&lifeboat, name, 1);
    world
        .vault(name)
        .tools()
        .write("settings.json", "not what it was");
    let told = lifeboat.run(&["backup", name]).done();
    assert_eq!(verdict(&told["backup"]), "sound", "{told}");
    assert!(told["rotation"].is_null(), "{told}");
    let findings = told["backup"]["findings"].as_array().expect("a list");
    let finding = findings.iter().find(|one| one["code"] == "not-rotated");
    let message = finding.expect("it is told")["message"].clone();
    assert!(
        message
            .as_str()
            .is_some_and(|text| text.contains("backup is good")),
        "{message}"
    );
    assert_eq!(lifeboat.backups(name).len(), 2, "nothing goes in doubt");
    let entries = audit(&lifeboat, name);
    let last = entries.last().expect("an entry");
    assert_eq!(
        (&last["operation"], &last["outcome"]),
        (&json!("rotate"), &json!("failed"))
    );
}

/// Backups of a volume that is not the protected one must not push out those of the right one.
#[test]
fn nothing_is_rotated_while_the_guardian_refuses_the_volume() {
    let world = World::new();
    let app = world.demo("swapped", DemoOptions::default());
    let name = app.name.as_str();
    let lifeboat = world.lifeboat();
    lifeboat.run(&["guard", "on", name]).done();
    let wait_for_state = |state: &str| {
        wait_for(state, 120, || {
            let status = lifeboat.run(&["guard", "status", name]).json["protection"].clone();
            (status["last_success"].is_object() && status["state"] == state).then_some(())
        });
    };
    wait_for_state("waiting");
    let first = ids(&lifeboat, name).remove(0);
    limit(&lifeboat, name, 1);
    app.stop();
    let place = steps::place_of(world.engine(), &app.volume);
    let aside = place.with_extension("aside");
    let copy = ["--archive".as_ref(), place.as_os_str(), aside.as_os_str()];
    let _ = command::run(Command::new("cp").args(copy)).success();
    std::fs::remove_dir_all(&place).expect("it goes");
    std::fs::rename(&aside, &place).expect("another one is in its place");
    world
        .engine()
        .docker(&["restart", "--time=1", &guardian(name)]);
    wait_for_state("refusing");
    let (_, rotation) = backup(&lifeboat, name, &[]);
    let why = rotation["suspended"].as_str().expect("a sentence");
    assert!(why.contains("refuses"), "{why}");
    assert!(ids(&lifeboat, name).contains(&first), "{rotation}");
    // Somebody has looked, and says that it is right so.
    lifeboat.run(&["guard", "on", name]).done();
    wait_for_state("waiting");
    assert!(!ids(&lifeboat, name).contains(&first));
}
