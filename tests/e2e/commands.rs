//! The commands of the window called by name, as the window's own code does; effects are checked
//! through the engine.

use lifeboat_tests::{DemoOptions, World};
use serde_json::{Value, json};

use crate::window::Window;

fn named<'a>(list: &'a Value, app: &str) -> &'a Value {
    let apps = list["apps"].as_array().expect("applications");
    apps.iter()
        .find(|one| one["name"] == app)
        .unwrap_or_else(|| panic!("no {app} in {list}"))
}

#[tokio::test]
async fn the_operations_by_name() {
    let world = World::new();
    let app = world.demo("ipc", DemoOptions::default());
    let window = Window::open(&world, &[]).await;
    let by_app = json!({ "app": app.name });

    let list = window
        .call("list_apps", json!({}))
        .await
        .expect("applications are listed");
    assert_eq!(
        named(&list, &app.name)["databases"][0]["path"],
        "guestbook.db"
    );

    let health = window
        .call("database_health", json!({ "app": app.name, "deep": false }))
        .await;
    assert_eq!(health.expect("health is told")["verdict"], "sound");

    let options = json!({
        "trigger": "manual", "note": "by name", "pinned": false, "codec": null, "scope": null, "verify": true,
    });
    let job = window
        .call(
            "create_backup",
            json!({ "app": app.name, "options": options }),
        )
        .await;
    let made = window.job_result(&job.expect("a backup starts")).await;
    let listed = world.lifeboat().backups(&app.name);
    assert_eq!(
        (listed.len(), &listed[0]["note"]),
        (1, &json!("by name")),
        "{made}"
    );

    let backups = window
        .call("list_backups", by_app.clone())
        .await
        .expect("backups are listed");
    assert_eq!(backups["backups"][0]["id"], listed[0]["id"]);

    app.sign("after the backup");
    assert_eq!(app.entry_count(), 25);
    let which = json!({ "app": app.name, "backup": listed[0]["id"], "selection": { "select": "everything" } });
    let plan = window
        .call("plan_restore", which)
        .await
        .expect("a restore is planned");
    let asked = json!({ "token": plan["token"], "typedName": app.name });
    let job = window
        .call("restore_backup", asked.clone())
        .await
        .expect("the restore starts");
    window.job_result(&job).await;
    app.wait_healthy();
    assert_eq!(app.entry_count(), 24, "exactly the rows of the backup");
    assert!(
        window.call("restore_backup", asked).await.is_err(),
        "a plan is consumed by running it"
    );

    let which = json!({ "app": app.name, "backup": listed[0]["id"] });
    let plan = window
        .call("plan_delete", which)
        .await
        .expect("a deletion is planned");
    window
        .call("delete_backup", json!({ "token": plan["token"] }))
        .await
        .expect("the backup is deleted");
    let left = world.lifeboat().backups(&app.name);
    assert_eq!(
        (left.len(), &left[0]["trigger"]),
        (1, &json!("pre-restore"))
    );
    window.close().await;
}

/// M16, F5: what destroys needs a plan made in the program, and the name typed.
#[tokio::test]
async fn nothing_is_destroyed_without_a_confirmed_plan() {
    let world = World::new();
    let app = world.demo("forged", DemoOptions::default());
    let backup = world.lifeboat().backup(&app.name);
    app.sign("precious");
    let window = Window::open(&world, &[]).await;
    let forged = "0123456789abcdef0123456789abcdef";
    for (command, arguments) in [
        (
            "restore_backup",
            json!({ "token": forged, "typedName": app.name }),
        ),
        (
            "undo_restore",
            json!({ "token": forged, "typedName": app.name }),
        ),
        ("delete_backup", json!({ "token": forged })),
        (
            "download_backup",
            json!({
                "app": app.name, "backup": backup["id"], "form": { "as": "archive" }, "to": "/tmp/never-chosen.tar.gz",
            }),
        ),
        (
            "import_backup",
            json!({ "file": "/etc/passwd", "app": app.name }),
        ),
        ("plugin:fs|read_file", json!({ "path": "/etc/passwd" })),
        ("plugin:shell|execute", json!({ "program": "sh" })),
    ] {
        assert!(
            window.call(command, arguments).await.is_err(),
            "{command} is refused"
        );
    }
    let which =
        json!({ "app": app.name, "backup": backup["id"], "selection": { "select": "everything" } });
    let plan = window
        .call("plan_restore", which)
        .await
        .expect("a restore is planned");
    let wrong = json!({ "token": plan["token"], "typedName": "not the name" });
    let error = window
        .call("restore_backup", wrong)
        .await
        .expect_err("the wrong name is refused");
    assert_eq!(error["code"], "confirmation-needed");
    assert_eq!(app.entry_count(), 25);
    assert_eq!(world.lifeboat().backups(&app.name).len(), 1);
    assert!(!std::path::Path::new("/tmp/never-chosen.tar.gz").exists());
    window.close().await;
}
