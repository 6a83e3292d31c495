//! Each operation by its name, and what comes back for arguments that make no sense.

use std::path::Path;

use lifeboat_desktop::paths::Use;
use serde_json::{Value, json};

use crate::world::World;

fn options() -> Value {
    json!({"trigger": "manual", "note": null, "pinned": false, "codec": null, "scope": null,
           "verify": true})
}

fn archive() -> Value {
    json!({"as": "archive"})
}

/// Waits for a job's end, and gives the code of its error.
fn failed_job(world: &World, id: &Value) -> String {
    let (sender, events) = std::sync::mpsc::channel();
    let id = id.as_str().expect("an id");
    let watcher = Box::new(move |event| sender.send(event).is_ok());
    world
        .desktop()
        .watch_job(id, watcher)
        .expect("the job is known");
    // The channel closes with the job.
    assert!(events.iter().last().is_some(), "an ending is told");
    world.refused("job_result", json!({"id": id}))
}

#[test]
fn the_six_operations_of_the_product_answer_to_their_names() {
    let world = World::without_engine();
    world
        .desktop()
        .paths
        .agree(Use::Save, Path::new("/nonexistent/a.tar.gz"));

    let job = world.invoke(
        "create_backup",
        json!({"app": "shop", "options": options()}),
    );
    assert!(failed_job(&world, &job.expect("an id at once")).starts_with("engine-"));
    let download = json!({"app": "shop", "backup": "latest", "form": archive(),
                          "to": "/nonexistent/a.tar.gz"});
    let job = world.invoke("download_backup", download);
    assert!(failed_job(&world, &job.expect("an id at once")).starts_with("engine-"));
    let code = world.refused("list_backups", json!({"app": "shop"}));
    assert!(code.starts_with("engine-"), "{code}");
    let code = world.refused("database_health", json!({"app": "shop", "deep": false}));
    assert!(code.starts_with("engine-"), "{code}");
    let code = world.refused("restore_backup", json!({"token": "x", "typedName": "shop"}));
    assert_eq!(code, "confirmation-needed");
    assert_eq!(
        world.refused("delete_backup", json!({"token": "x"})),
        "confirmation-needed"
    );
}

#[test]
fn without_an_engine_every_look_says_so_with_advice() {
    let world = World::without_engine();
    let app = json!({"app": "shop"});
    let backup = json!({"app": "shop", "backup": "latest"});
    for (command, arguments) in [
        ("list_apps", json!({})),
        ("show_backup", backup.clone()),
        ("compare_backup", backup.clone()),
        ("plan_delete", backup),
        (
            "plan_download",
            json!({"app": "shop", "backup": "latest", "form": archive()}),
        ),
        ("plan_undo", app.clone()),
        (
            "plan_update",
            json!({"app": app["app"], "options": {"apply_compose": false, "git_pull": false}}),
        ),
        ("plan_leave", app.clone()),
        ("protection", app.clone()),
        ("guard_on", app.clone()),
        ("guard_off", app.clone()),
        ("settings", app),
        (
            "change_settings",
            json!({"app": "shop", "changes": [["MAX_DATABASE_BACKUPS", "5"]]}),
        ),
        ("plan_prune", json!({"app": "shop", "changes": []})),
        ("read_audit", json!({"app": "shop", "verify": true})),
        (
            "set_pinned",
            json!({"app": "shop", "backup": "latest", "pinned": true}),
        ),
        (
            "plan_restore",
            json!({"app": "shop", "backup": "latest", "selection": {"select": "everything"}}),
        ),
    ] {
        let code = world.refused(command, arguments);
        assert!(code.starts_with("engine-"), "{command}: {code}");
    }
    let report = world
        .invoke("run_doctor", json!({}))
        .expect("it never fails");
    assert!(
        report["checks"]
            .as_array()
            .is_some_and(|checks| !checks.is_empty()),
        "{report}"
    );
}

#[test]
fn paths_that_nobody_chose_are_refused() {
    let world = World::without_engine();
    let download =
        json!({"app": "shop", "backup": "latest", "form": archive(), "to": "/etc/cron.d/x"});
    assert_eq!(
        world.refused("download_backup", download),
        "confirmation-needed"
    );
    let import = json!({"file": "/etc/shadow", "app": null});
    assert_eq!(
        world.refused("import_backup", import),
        "confirmation-needed"
    );
    let leave = json!({"token": "x", "typedName": "shop", "copiesTo": "/etc/cron.d"});
    assert_eq!(world.refused("leave_app", leave), "confirmation-needed");
    assert_eq!(
        world.refused("reveal_path", json!({"path": "/etc"})),
        "confirmation-needed"
    );
    assert_eq!(
        world.invoke("list_jobs", json!({})),
        Ok(json!([])),
        "nothing was begun"
    );
}

#[test]
fn texts_that_are_too_long_are_refused() {
    let world = World::without_engine();
    let long = "a".repeat(1_000_000);
    let name = "a".repeat(256);
    let mut noted = options();
    noted["note"] = json!("n".repeat(2001));
    for (command, arguments) in [
        ("database_health", json!({"app": long, "deep": false})),
        ("list_backups", json!({"app": name})),
        ("show_backup", json!({"app": "shop", "backup": name})),
        ("compare_backup", json!({"app": "shop", "backup": long})),
        ("create_backup", json!({"app": "shop", "options": noted})),
        ("create_backup", json!({"app": name, "options": options()})),
        ("verify_backup", json!({"app": "shop", "backup": name})),
        (
            "plan_download",
            json!({"app": "shop", "backup": name, "form": archive()}),
        ),
        (
            "plan_download",
            json!({"app": "shop", "backup": "b", "form": {"as": "database", "name": long}}),
        ),
        (
            "download_backup",
            json!({"app": "shop", "backup": "b", "form": archive(), "to": "p".repeat(4097)}),
        ),
        ("import_backup", json!({"file": long, "app": null})),
        ("import_backup", json!({"file": "/a", "app": name})),
        (
            "plan_restore",
            json!({"app": "shop", "backup": "b", "selection": {"select": "database", "name": long}}),
        ),
        (
            "restore_backup",
            json!({"token": long, "typedName": "shop"}),
        ),
        ("restore_backup", json!({"token": "x", "typedName": name})),
        ("undo_restore", json!({"token": long, "typedName": "shop"})),
        (
            "plan_update",
            json!({"app": name, "options": {"apply_compose": false, "git_pull": false}}),
        ),
        ("update", json!({"token": long})),
        ("delete_backup", json!({"token": long})),
        ("plan_leave", json!({"app": name})),
        ("leave_app", json!({"token": long, "typedName": "shop"})),
        (
            "leave_app",
            json!({"token": "x", "typedName": "shop", "copiesTo": long}),
        ),
        ("plan_delete", json!({"app": "shop", "backup": long})),
        (
            "set_pinned",
            json!({"app": name, "backup": "b", "pinned": true}),
        ),
        ("protection", json!({"app": name})),
        ("guard_on", json!({"app": name})),
        ("guard_off", json!({"app": name})),
        ("settings", json!({"app": name})),
        ("change_settings", json!({"app": name, "changes": []})),
        (
            "change_settings",
            json!({"app": "shop", "changes": [["MAX_DATABASE_BACKUPS", long]]}),
        ),
        (
            "change_settings",
            json!({"app": "shop", "changes": vec![json!(["A", null]); 101]}),
        ),
        (
            "plan_prune",
            json!({"app": "shop", "changes": [[name, null]]}),
        ),
        ("prune", json!({"token": long})),
        ("read_audit", json!({"app": name, "verify": false})),
        ("recover", json!({"app": name})),
        ("cancel_job", json!({"id": long})),
        ("job_result", json!({"id": long})),
        ("watch_job", json!({"id": long, "channel": "__CHANNEL__:7"})),
        ("reveal_path", json!({"path": long})),
    ] {
        assert_eq!(
            world.refused(command, arguments),
            "invalid-input",
            "{command}"
        );
    }
    assert_eq!(
        world.invoke("list_jobs", json!({})),
        Ok(json!([])),
        "nothing was begun"
    );
}

#[test]
fn arguments_of_the_wrong_kind_are_refused() {
    let world = World::without_engine();
    for (command, arguments) in [
        ("database_health", json!({"app": 7, "deep": false})),
        ("database_health", json!({"app": "shop"})),
        (
            "create_backup",
            json!({"app": "shop", "options": {"trigger": "whim", "verify": true}}),
        ),
        (
            "plan_restore",
            json!({"app": "shop", "backup": "b", "selection": {"select": "all"}}),
        ),
        ("restore_backup", json!({"token": null, "typedName": null})),
        (
            "change_settings",
            json!({"app": "shop", "changes": {"MAX_DATABASE_BACKUPS": 5}}),
        ),
        ("watch_job", json!({"id": "x", "channel": "no channel"})),
    ] {
        let refusal = world.invoke(command, arguments).expect_err(command);
        assert!(
            refusal.to_string().contains("invalid "),
            "{command}: {refusal}"
        );
    }
}

#[test]
fn jobs_that_do_not_exist_are_refused() {
    let world = World::without_engine();
    let id = json!({"id": "0123456789abcdef0123456789abcdef"});
    assert_eq!(world.refused("cancel_job", id.clone()), "invalid-input");
    assert_eq!(world.refused("job_result", id), "invalid-input");
    let watch = json!({"id": "nothing", "channel": "__CHANNEL__:7"});
    assert_eq!(world.refused("watch_job", watch), "invalid-input");
}
