//! What scripts rely on: exit codes, one object on standard output, refusals.

use lifeboat_tests::{DemoOptions, World, wait_for};
use serde_json::Value;

#[test]
fn what_does_not_exist_is_not_found() {
    let world = World::new();
    let lifeboat = world.lifeboat();
    let nothing = world.name("nothing");
    for words in [
        vec!["health", &nothing],
        vec!["backup", &nothing],
        vec!["backups", &nothing],
        vec!["verify", &nothing],
        vec!["restore", &nothing, "latest", "--yes"],
        vec!["delete", &nothing, "latest", "--yes"],
        vec!["pin", &nothing, "latest"],
        vec!["undo", &nothing, "--yes"],
    ] {
        lifeboat.run(&words).failed(5, "app-not-found");
    }
    assert!(
        !world.engine().has_volume(&format!("lifeboat-{nothing}")),
        "asking made no vault"
    );

    let app = world.demo("none", DemoOptions::default());
    for words in [
        vec!["show", &app.name, "latest"],
        vec!["restore", &app.name, "latest", "--yes"],
    ] {
        lifeboat.run(&words).failed(5, "backup-not-found");
    }
    let _ = lifeboat.backup(&app.name);
    for selector in ["20200101T000000Z-abcd", "../../etc", "no-such-file.tar.gz"] {
        lifeboat
            .run(&["show", &app.name, selector])
            .failed(5, "backup-not-found");
    }
    lifeboat
        .run(&["undo", &app.name, "--yes"])
        .failed(5, "nothing-to-undo");
}

#[test]
fn a_backup_is_named_by_id_file_name_or_latest() {
    let world = World::new();
    let app = world.demo("names", DemoOptions::default());
    let lifeboat = world.lifeboat();
    let first = lifeboat.backup(&app.name);
    let second = lifeboat.backup(&app.name);
    let shown = |selector: &Value| {
        let selector = selector.as_str().expect("text");
        lifeboat.run(&["show", &app.name, selector]).done()["backup"]["id"].clone()
    };
    assert_eq!(shown(&first["id"]), first["id"]);
    assert_eq!(shown(&first["file_name"]), first["id"]);
    assert_eq!(shown(&"latest".into()), second["id"]);
    let ids: Vec<Value> = lifeboat
        .backups(&app.name)
        .iter()
        .map(|backup| backup["id"].clone())
        .collect();
    assert_eq!(
        ids,
        [second["id"].clone(), first["id"].clone()],
        "newest first"
    );
}

#[test]
fn nothing_is_destroyed_without_a_yes() {
    let world = World::new();
    let app = world.demo("ask", DemoOptions::default());
    let lifeboat = world.lifeboat();
    let _ = lifeboat.backup(&app.name);
    app.sign("later");
    for words in [
        vec!["restore", &app.name, "latest"],
        vec!["delete", &app.name, "latest"],
    ] {
        lifeboat.run(&words).failed(2, "confirmation-needed");
    }
    assert_eq!(app.entry_count(), 25);
    assert_eq!(lifeboat.backups(&app.name).len(), 1);
}

#[test]
fn pinned_backups_are_not_deleted() {
    let world = World::new();
    let app = world.demo("pins", DemoOptions::default());
    let lifeboat = world.lifeboat();
    let backup = lifeboat.backup(&app.name);
    let id = backup["id"].as_str().expect("an id");
    assert_eq!(
        lifeboat.run(&["pin", &app.name, id]).done()["backup"]["pinned"],
        true
    );
    lifeboat
        .run(&["delete", &app.name, id, "--yes"])
        .failed(1, "pinned");
    assert_eq!(lifeboat.backups(&app.name)[0]["pinned"], true);
    assert_eq!(
        lifeboat.run(&["unpin", &app.name, id]).done()["backup"]["pinned"],
        false
    );
    assert_eq!(
        lifeboat.run(&["delete", &app.name, id, "--yes"]).done()["deleted"]["id"],
        id
    );
    assert!(lifeboat.backups(&app.name).is_empty());
    let vault = world.vault(&app.name);
    assert!(
        !vault
            .tools()
            .file_names()
            .iter()
            .any(|name| name.contains(id)),
        "its files are gone"
    );
    assert!(vault.leftovers().is_empty());
}

/// F1: one wins, the others say who holds it.
#[test]
fn a_second_job_finds_the_first_one_busy() {
    let world = World::new();
    let app = world.quiet_app("lock");
    app.root_tools().make(
        "events",
        "big.db",
        &["--owner", "1000:1000", "--size-bytes", "300000000"],
    );
    let lifeboat = world.lifeboat();
    let _ = lifeboat.run(&["backup", &app.name, "--no-verify"]).done();
    let mut first = lifeboat.start(&["backup", &app.name]);
    let vault = format!("lifeboat-{}", app.name);
    wait_for("the first job works", 30, || {
        let running =
            world
                .engine()
                .lines(&["ps", "--quiet", "--filter", &format!("volume={vault}")]);
        (!running.is_empty()).then_some(())
    });
    let outcome = wait_for("the second job finds it busy", 60, || {
        let outcome = lifeboat.run(&["backup", &app.name, "--no-verify"]);
        (outcome.code() == 8).then_some(outcome)
    });
    let error = outcome.failed(8, "busy");
    assert_eq!(error["aftermath"], "unchanged");
    assert!(
        first.wait().expect("the first job ends").success(),
        "the first job is not disturbed"
    );
    let unfinished = world.vault(&app.name).leftovers();
    assert!(unfinished.is_empty(), "{unfinished:?}");
}

#[test]
fn an_engine_that_is_not_there() {
    let world = World::new();
    let lifeboat = world.lifeboat();
    let outcome = lifeboat.run(&["--engine", "unix:///nonexistent/docker.sock", "apps"]);
    assert_eq!(outcome.code(), 3, "{outcome:?}");
    let code = outcome.json["error"]["code"]
        .as_str()
        .unwrap_or("")
        .to_owned();
    assert!(code.starts_with("engine-"), "{code}");
    let doctor = lifeboat.run(&["--engine", "unix:///nonexistent/docker.sock", "doctor"]);
    assert_eq!(
        doctor.json["schema"], 1,
        "doctor reports instead of failing: {doctor:?}"
    );
    assert!(
        doctor.json["doctor"]["checks"]
            .to_string()
            .contains("failed")
    );
}

#[test]
fn data_goes_to_standard_output_and_talk_to_standard_error() {
    let world = World::new();
    let app = world.demo("talk", DemoOptions::default());
    let lifeboat = world.lifeboat();
    let json = lifeboat
        .run_plain(&["--json", "--progress", "backup", &app.name])
        .success();
    let lines: Vec<Value> = json
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).expect("every line is an object"))
        .collect();
    assert_eq!(lines[0]["event"], "started");
    let steps = lines[0]["steps"]
        .as_array()
        .expect("steps are known at the start");
    assert!(!steps.is_empty());
    assert_eq!(lines[lines.len() - 2]["event"], "finished");
    assert_eq!(lines[lines.len() - 1]["schema"], 1, "the object comes last");
    let quiet = lifeboat
        .run_plain(&["--quiet", "backups", &app.name])
        .success();
    assert!(quiet.stderr.is_empty(), "{quiet}");
    assert!(!quiet.text().contains('\u{1b}'), "no colour in a pipe");
    let usage = lifeboat.run_plain(&["no-such-command"]);
    assert_eq!(usage.status.code(), Some(2));
    assert!(usage.stdout.is_empty(), "{usage}");
}

/// A note from a person, or a container's name, is never anything but text.
#[test]
fn hostile_text_is_shown_and_not_obeyed() {
    let world = World::new();
    let app = world.demo("text", DemoOptions::default());
    let lifeboat = world.lifeboat();
    let note = "\u{1b}[31mred\u{202e}\u{7} <b> $(touch /tmp/x) ; '\"";
    let json = lifeboat.run(&["backup", &app.name, "--note", note]).done();
    assert_eq!(json["backup"]["note"], note, "JSON carries it as it is");
    let shown = lifeboat.run_plain(&["backups", &app.name]).success().text();
    assert!(
        !shown.contains(['\u{1b}', '\u{202e}', '\u{7}']),
        "a terminal never sees it: {shown:?}"
    );
}

#[test]
fn without_a_folder_for_its_state_it_works_all_the_same() {
    let world = World::new();
    let app = world.demo("homeless", DemoOptions::default());
    let no_folder = world.directory().join("file");
    std::fs::write(&no_folder, "no folder").expect("written");
    for arguments in [
        &["apps", "--json"][..],
        &["backup", &app.name, "--json"],
        &["backups", &app.name, "--json"],
        &["audit", &app.name, "--verify", "--json"],
    ] {
        let mut command = world.lifeboat().command(arguments);
        for variable in ["HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"] {
            command.env(variable, no_folder.join("below"));
        }
        let finished = lifeboat_tests::command::run(&mut command);
        assert!(finished.status.success(), "{arguments:?}: {finished:?}");
    }
}
