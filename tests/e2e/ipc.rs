//! The six operations, called by name from the page, as the page itself calls them.

use lifeboat_tests::{World, tarball};
use serde_json::{Value, json};

use crate::dialog;
use crate::support::{application, id, verdict};
use crate::window::Window;

/// What a job brought, after its end.
fn ended(window: &Window, job: &Value) -> Value {
    window.wait("the job ends", || {
        let jobs = window.jobs();
        let own = jobs
            .iter()
            .find(|one| one["id"] == *job)
            .expect("it is listed");
        (!own["outcome"].is_null()).then_some(())
    });
    window
        .invoke("job_result", json!({ "id": job }))
        .unwrap_or_else(|error| panic!("the job failed: {error}"))
}

/// The code of a refusal, which must come with a message and advice.
fn refusal(answer: Result<Value, Value>) -> String {
    let error = answer.expect_err("it must be refused");
    for part in ["message", "advice"] {
        assert!(
            error[part].as_str().is_some_and(|text| !text.is_empty()),
            "{error}"
        );
    }
    error["code"].as_str().unwrap_or_default().to_owned()
}

fn create(window: &Window, app: &str) -> Value {
    let options = json!({ "trigger": "manual", "note": "by name", "pinned": false,
        "codec": null, "scope": null, "verify": true });
    let job = window.invoke("create_backup", json!({ "app": app, "options": options }));
    ended(window, &job.expect("the backup starts"))
}

#[test]
fn backups_are_created_listed_and_deleted_and_health_is_told() {
    let world = World::new();
    let app = application(&world);
    let lifeboat = world.lifeboat();
    let window = Window::open(&world);
    let name = json!(app.name);

    let list = window.invoke("list_apps", json!({}));
    let list = list.expect("applications are listed");
    let mut apps = list["apps"].as_array().expect("a list").iter();
    let own = apps.find(|one| one["name"] == name).expect("it is listed");
    assert_eq!(own["databases"][0]["path"], "guestbook.db");

    let made = create(&window, &app.name);
    let told = lifeboat.backups(&app.name);
    assert_eq!(told.len(), 1);
    assert_eq!(id(&told[0]), id(&made));
    assert_eq!(verdict(&told[0]), "sound");
    assert_eq!(told[0]["note"], "by name");

    let listed = window.invoke("list_backups", json!({ "app": name }));
    let listed = listed.expect("backups are listed")["backups"].clone();
    assert_eq!(listed[0]["sha256"], told[0]["sha256"]);

    let health = window.invoke("database_health", json!({ "app": name, "deep": false }));
    let health = health.expect("health is told");
    let tables =
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    assert_eq!(health["verdict"], "sound");
    assert_eq!(
        health["table_count"],
        app.tools().number("guestbook.db", tables)
    );
    assert_eq!(health["backup_count"], 1);
    assert!(health["size_bytes"].as_u64() > Some(0), "{health}");

    let planned = window.invoke("plan_delete", json!({ "app": name, "backup": made["id"] }));
    let token = planned.expect("it is planned")["token"].clone();
    assert_eq!(
        lifeboat.backups(&app.name).len(),
        1,
        "a plan deletes nothing"
    );
    let wrong = window.invoke("delete_backup", json!({ "token": "made up" }));
    assert_eq!(refusal(wrong), "confirmation-needed");
    assert_eq!(lifeboat.backups(&app.name).len(), 1);
    let deleted = window.invoke("delete_backup", json!({ "token": token }));
    assert_eq!(deleted.expect("it is deleted")["id"], made["id"]);
    assert!(lifeboat.backups(&app.name).is_empty());
}

#[test]
fn a_restore_needs_its_token_and_the_typed_name() {
    let world = World::new();
    let app = application(&world);
    let rows = app.entry_count();
    let backup = world.lifeboat().backup(&app.name);
    app.sign("Ada");
    let window = Window::open(&world);
    let plan = || {
        let everything = json!({ "select": "everything" });
        let arguments = json!({ "app": app.name, "backup": id(&backup), "selection": everything });
        window
            .invoke("plan_restore", arguments)
            .expect("it is planned")["token"]
            .clone()
    };
    let restore = |token: &Value, typed: &str| {
        window.invoke(
            "restore_backup",
            json!({ "token": token, "typedName": typed }),
        )
    };
    assert_eq!(refusal(restore(&plan(), "another")), "confirmation-needed");
    assert_eq!(refusal(restore(&plan(), "")), "confirmation-needed");
    let made_up = json!("0123456789abcdef0123456789abcdef");
    assert_eq!(refusal(restore(&made_up, &app.name)), "confirmation-needed");
    assert_eq!(app.entry_count(), rows + 1, "nothing was restored");

    let token = plan();
    let job = restore(&token, &app.name).expect("the restore starts");
    assert_eq!(
        refusal(restore(&token, &app.name)),
        "confirmation-needed",
        "it is good once"
    );
    let report = ended(&window, &job);
    assert!(report["safety_backup"]["id"].is_string(), "{report}");
    app.wait_healthy();
    assert_eq!(app.entry_count(), rows);
    assert!(app.tools().is_intact("guestbook.db"));
}

#[test]
fn a_download_goes_only_where_a_person_said() {
    let world = World::new();
    let app = application(&world);
    let backup = world.lifeboat().backup(&app.name);
    let window = Window::open(&world);
    let path = world.directory().join("chosen.tar.gz");
    let elsewhere = world.directory().join("elsewhere.tar.gz");
    let download = |to: &std::path::Path| {
        let form = json!({ "as": "archive" });
        let arguments = json!({ "app": app.name, "backup": id(&backup), "form": form, "to": to });
        window.invoke("download_backup", arguments)
    };
    assert_eq!(refusal(download(&path)), "confirmation-needed");
    assert!(!path.exists());

    window.ask(
        "choose_save_path",
        json!({ "suggestedName": "copy.tar.gz" }),
    );
    dialog::answer("Save File", path.to_str().expect("UTF-8"));
    assert_eq!(window.answered(), json!(path));
    assert_eq!(refusal(download(&elsewhere)), "confirmation-needed");
    assert!(!elsewhere.exists());
    ended(&window, &download(&path).expect("the download starts"));
    let bytes = std::fs::read(&path).expect("the archive is there");
    assert_eq!(backup["sha256"], tarball::sha256(&bytes).as_str());
}

#[test]
fn what_a_page_makes_up_is_refused() {
    let world = World::new();
    let app = application(&world);
    let rows = app.entry_count();
    let backup = world.lifeboat().backup(&app.name);
    let window = Window::open(&world);
    let forged = "0123456789abcdef0123456789abcdef";
    let refused = [
        (
            "undo_restore",
            json!({ "token": forged, "typedName": app.name }),
        ),
        ("delete_backup", json!({ "token": forged })),
        (
            "leave_app",
            json!({ "token": forged, "typedName": app.name }),
        ),
        (
            "import_backup",
            json!({ "file": "/etc/passwd", "app": app.name }),
        ),
        ("reveal_path", json!({ "path": "/etc/passwd" })),
    ];
    for (command, arguments) in refused {
        let code = refusal(window.invoke(command, arguments));
        assert_eq!(code, "confirmation-needed", "{command}");
    }
    // Commands of Tauri and its plugins are not granted at all, whether or not they are built in.
    let not_granted = [
        ("plugin:fs|read_text_file", json!({ "path": "/etc/passwd" })),
        ("plugin:shell|execute", json!({ "program": "sh" })),
        ("plugin:dialog|save", json!({ "options": {} })),
        ("plugin:window|close", json!({ "label": "main" })),
    ];
    for (command, arguments) in not_granted {
        let error = window.invoke(command, arguments);
        let error = error.expect_err(command).to_string();
        assert!(error.contains("not allowed"), "{command}: {error}");
    }
    assert_eq!(app.entry_count(), rows);
    let left = world.lifeboat().backups(&app.name);
    assert_eq!(left.len(), 1);
    assert_eq!(id(&left[0]), id(&backup));
}
