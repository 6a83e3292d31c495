//! The window dies in the middle of work; data and backups do not notice.

use lifeboat_tests::{World, artifacts, wait_for};
use serde_json::{Value, json};

use crate::processes;
use crate::support::{application, id, large_application, row, verdict};
use crate::window::Window;

/// Waits until a job of the window is in this step, or moves bytes in it.
fn wait_for_step(window: &Window, job: &Value, step: &str, moves: bool) {
    window.wait(&format!("the job is at {step}"), || {
        let jobs = window.jobs();
        let own = jobs
            .iter()
            .find(|one| one["id"] == *job)
            .expect("it is listed");
        assert!(
            own["outcome"].is_null(),
            "it ended before it could be killed: {own}"
        );
        let there = own["current_step"] == step;
        (there && (!moves || own["done_bytes"].as_u64() > Some(0))).then_some(())
    });
}

#[test]
fn a_window_killed_during_a_backup_leaves_nothing_half_made() {
    let world = World::new();
    let app = large_application(&world, 150_000_000);
    let started_at = app.started_at();
    let lifeboat = world.lifeboat();
    let window = Window::open(&world);
    let options = json!({ "trigger": "manual", "note": null, "pinned": false,
        "codec": null, "scope": null, "verify": true });
    let job = window.invoke(
        "create_backup",
        json!({ "app": app.name, "options": options }),
    );
    wait_for_step(&window, &job.expect("the backup starts"), "capture", true);
    window.kill();

    assert!(
        lifeboat.backups(&app.name).is_empty(),
        "nothing half-made is listed"
    );
    app.wait_healthy();
    assert_eq!(
        app.started_at(),
        started_at,
        "the application was never restarted"
    );
    app.sign("Ada");
    let json = wait_for("the lock is free again", 90, || {
        let outcome = lifeboat.run(&["backup", &app.name]);
        (outcome.code() != 8).then(|| outcome.done())
    });
    assert_eq!(verdict(&json["backup"]), "sound");
    let listed = lifeboat.backups(&app.name);
    assert_eq!(listed.len(), 1, "the killed one never comes up: {listed:?}");
    let leftovers = world.vault(&app.name).leftovers();
    assert!(leftovers.is_empty(), "{leftovers:?}");
}

#[test]
fn a_window_killed_during_a_restore_lets_it_finish() {
    let world = World::new();
    let app = large_application(&world, 100_000_000);
    let lifeboat = world.lifeboat();
    let rows = app.entry_count();
    let backup = lifeboat.backup(&app.name);
    app.sign("Ada");
    let window = Window::open(&world);
    let everything = json!({ "select": "everything" });
    let arguments = json!({ "app": app.name, "backup": id(&backup), "selection": everything });
    let planned = window
        .invoke("plan_restore", arguments)
        .expect("it is planned");
    let arguments = json!({ "token": planned["token"], "typedName": app.name });
    let job = window
        .invoke("restore_backup", arguments)
        .expect("the restore starts");
    wait_for_step(&window, &job, "stage", false);
    window.kill();

    // The command lies beside the desktop program, which starts it.
    let command = artifacts::desktop().with_file_name("lifeboat");
    let work = || processes::running(world.directory(), &command);
    assert_eq!(work().len(), 1, "the restore goes on without the window");
    wait_for("the restore ends", 180, || work().is_empty().then_some(()));
    app.wait_healthy();
    assert_eq!(app.entry_count(), rows);
    assert!(app.tools().is_intact("guestbook.db"));
    assert!(app.tools().is_intact("events.db"));
    let listed = lifeboat.backups(&app.name);
    assert!(
        listed.iter().any(|one| one["trigger"] == "pre-restore"),
        "{listed:?}"
    );

    // The next window knows how it ended.
    let window = Window::open(&world);
    window.wait("the ending is known", || {
        let jobs = window.jobs();
        assert_eq!(jobs[0]["id"], job, "{jobs:?}");
        (jobs[0]["outcome"]["outcome"] == "done").then_some(())
    });
    window.go_to_app(&app.name);
    window.press("Undo last change");
    window.wait_for("[data-testid=confirm-name]");
}

#[test]
fn the_command_works_the_same_while_the_window_is_open_and_closed() {
    let world = World::new();
    let app = application(&world);
    let lifeboat = world.lifeboat();
    let rows = app.entry_count();
    let window = Window::open(&world);
    window.go_to_app(&app.name);
    window.wait_for("[data-testid=health-card][data-verdict=sound]");

    let open = lifeboat.backup(&app.name);
    window.press("Refresh");
    window.wait_for(&row(&open));
    app.sign("Ada");
    lifeboat
        .run(&["restore", &app.name, id(&open), "--yes"])
        .done();
    assert_eq!(app.entry_count(), rows);
    let listed_open = lifeboat.backups(&app.name);
    assert_eq!(listed_open.len(), 2);
    window.close();

    assert_eq!(lifeboat.backups(&app.name), listed_open);
    let closed = lifeboat.backup(&app.name);
    assert_eq!(verdict(&closed), "sound");
    for part in ["databases", "codec", "trigger"] {
        assert_eq!(
            closed[part].is_null(),
            open[part].is_null(),
            "{part}: {closed} {open}"
        );
    }
    app.sign("Grace");
    lifeboat
        .run(&["restore", &app.name, id(&closed), "--yes"])
        .done();
    assert_eq!(app.entry_count(), rows);
    lifeboat.run(&["verify", &app.name, "--all"]).done();
}
