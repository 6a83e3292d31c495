//! Restores: exactly the rows of the backup, and always a way back.

use lifeboat_tests::{DemoApp, DemoOptions, World, wait_for};
use serde_json::Value;

use crate::support::verdict;

fn id_of(backup: &Value) -> &str {
    backup["id"].as_str().expect("a backup has an id")
}

/// No hidden directory of ours, no side file that is not SQLite's own of a running application.
fn check_tidy(app: &DemoApp) {
    let names = app.root_tools().file_names();
    let live = ["guestbook.db", "guestbook.db-wal", "guestbook.db-shm"];
    assert!(
        names.iter().all(|name| live.contains(&name.as_str())),
        "nothing is left over: {names:?}"
    );
}

fn restore_and_undo(app: &DemoApp, world: &World) {
    let lifeboat = world.lifeboat();
    let was_running = app.is_running();
    let policy = world.engine().restart_policy(&app.name);
    let backup = lifeboat.backup(&app.name);
    for name in ["one", "two", "three"] {
        app.sign(name);
    }
    let file_before = app.root_tools().file("guestbook.db");
    assert_eq!(app.entry_count(), 27);

    let compare = lifeboat.run(&["compare", &app.name, id_of(&backup)]).done();
    let entries = compare["compare"]["tables"]
        .as_array()
        .expect("tables")
        .iter()
        .find(|one| one["name"] == "entries");
    let entries = entries.expect("the table of entries");
    assert_eq!(
        (&entries["rows_now"], &entries["rows_in_backup"]),
        (&27.into(), &24.into())
    );

    let json = lifeboat
        .run(&["restore", &app.name, id_of(&backup), "--yes"])
        .done();
    let report = &json["restore"];
    assert_eq!(report["backup_id"], backup["id"]);
    assert_eq!(app.is_running(), was_running, "it runs if it ran before");
    if was_running {
        app.wait_healthy();
        assert!(
            report["downtime_ms"]
                .as_u64()
                .is_some_and(|downtime| downtime > 0),
            "{report}"
        );
    } else {
        assert_eq!(report["downtime_ms"], 0, "{report}");
    }
    assert_eq!(app.entry_count(), 24, "exactly the rows of the backup");
    assert!(app.tools().is_intact("guestbook.db"));
    let file = app.root_tools().file("guestbook.db");
    assert_eq!(
        (file.uid, file.gid, file.mode),
        (file_before.uid, file_before.gid, file_before.mode)
    );
    assert_eq!(
        world.engine().restart_policy(&app.name),
        policy,
        "the restart policy is as before"
    );
    check_tidy(app);

    let backups = lifeboat.backups(&app.name);
    assert_eq!(
        backups.len(),
        2,
        "what was replaced is a backup itself: {backups:?}"
    );
    assert_eq!(
        (&backups[0]["trigger"], verdict(&backups[0])),
        (&"pre-restore".into(), "sound")
    );
    assert_eq!(backups[0]["id"], report["safety_backup"]["id"]);

    let json = lifeboat.run(&["undo", &app.name, "--yes"]).done();
    assert!(json["restore"].is_object(), "{json}");
    if was_running {
        app.wait_healthy();
    }
    assert_eq!(
        app.entry_count(),
        27,
        "undo brings back what the restore replaced"
    );
    assert_eq!(world.engine().restart_policy(&app.name), policy);
    check_tidy(app);
}

#[test]
fn onto_a_running_application() {
    let world = World::new();
    let app = world.demo("running", DemoOptions::default());
    restore_and_undo(&app, &world);
}

#[test]
fn onto_a_stopped_application() {
    let world = World::new();
    let app = world.demo("stopped", DemoOptions::default());
    app.stop();
    restore_and_undo(&app, &world);
}

#[test]
fn onto_an_application_that_always_restarts() {
    let world = World::new();
    let app = world.demo("always", DemoOptions::default().restart("always"));
    restore_and_undo(&app, &world);
}

#[test]
fn onto_a_rollback_journal_database() {
    let world = World::new();
    let app = world.demo(
        "rollback",
        DemoOptions::default().with("JOURNAL_MODE", "delete"),
    );
    restore_and_undo(&app, &world);
}

/// L9: a `-wal` that a killed application left must never be replayed into the restored database.
#[test]
fn a_stale_wal_of_a_killed_application_is_not_replayed() {
    let world = World::new();
    let app = world.demo("stale", DemoOptions::default().with("WRITER_RATE", "200"));
    let lifeboat = world.lifeboat();
    let backup = lifeboat.backup(&app.name);
    let held = crate::support::rows_of(&backup, "guestbook.db", "ledger");
    app.wait_batches(100);
    app.kill();
    let names = app.root_tools().file_names();
    assert!(
        names.contains(&"guestbook.db-wal".to_owned()),
        "the kill leaves a -wal: {names:?}"
    );
    let newest = app.root_tools().read("guestbook.db-wal").len();
    assert!(newest > 0);
    lifeboat
        .run(&["restore", &app.name, id_of(&backup), "--yes"])
        .done();
    assert_eq!(
        app.tools()
            .number("guestbook.db", "SELECT count(*) FROM ledger"),
        held
    );
    assert!(app.tools().is_intact("guestbook.db"));
    let safety = &lifeboat.backups(&app.name)[0];
    assert!(
        crate::support::rows_of(safety, "guestbook.db", "ledger") >= held + 300,
        "commits that were only in the -wal are in the safety backup"
    );
}

/// A writer that never pauses: what it commits up to the stop is in the safety backup.
#[test]
fn nothing_committed_before_the_stop_is_lost() {
    let world = World::new();
    let app = world.demo("busy", DemoOptions::default().with("WRITER_RATE", "300"));
    let lifeboat = world.lifeboat();
    let backup = lifeboat.backup(&app.name);
    app.wait_batches(50);
    let seen = app.batch_count();
    lifeboat
        .run(&["restore", &app.name, id_of(&backup), "--yes"])
        .done();
    let safety = lifeboat.backups(&app.name)[0].clone();
    assert!(crate::support::rows_of(&safety, "guestbook.db", "batches") >= seen);
    app.wait_healthy();
    app.wait_batches(20);
    assert!(app.tools().is_intact("guestbook.db"));
}

/// Owner and mode come back with the file, even where it was taken away meanwhile.
#[test]
fn private_files_and_files_that_are_gone() {
    let world = World::new();
    let app = world.quiet_app("owner");
    let tools = app.root_tools();
    tools.make(
        "sound",
        "private.db",
        &["--owner", "1234:4321", "--mode", "600", "--journal", "wal"],
    );
    tools.make(
        "sound",
        "gone.db",
        &["--owner", "1000:1000", "--mode", "640"],
    );
    tools.tool(&["mkdir", "/data/photos"]);
    tools.write("photos/quay.txt", "a picture");
    tools.tool(&["chown", "/data/photos/quay.txt", "1000:100"]);
    let lifeboat = world.lifeboat();
    let backup = lifeboat.backup(&app.name);
    tools.execute("private.db", "DELETE FROM boats WHERE id > 10");
    tools.tool(&["remove", "/data/gone.db"]);
    tools.write("photos/quay.txt", "changed");
    tools.write("kept.txt", "made after the backup");
    lifeboat
        .run(&["restore", &app.name, id_of(&backup), "--yes"])
        .done();
    let facts = |name: &str| {
        let fact = tools.file(name);
        (fact.uid, fact.gid, fact.mode)
    };
    assert_eq!(facts("private.db"), (1234, 4321, 0o600));
    assert_eq!(facts("gone.db"), (1000, 1000, 0o640));
    for name in ["private.db", "gone.db"] {
        assert_eq!(
            tools.number(name, "SELECT count(*) FROM boats"),
            500,
            "{name}"
        );
    }
    assert_eq!(tools.read("photos/quay.txt"), b"a picture");
    assert_eq!(
        tools.read("kept.txt"),
        b"made after the backup",
        "files not in the backup are left"
    );
}

#[test]
fn one_database_or_only_the_databases() {
    let world = World::new();
    let app = world.quiet_app("some");
    let tools = app.root_tools();
    for name in ["a.db", "b.db"] {
        tools.make("sound", name, &["--owner", "1000:1000"]);
    }
    tools.write("file.txt", "then");
    let lifeboat = world.lifeboat();
    let backup = lifeboat.backup(&app.name);
    let spoil = || {
        for name in ["a.db", "b.db"] {
            tools.execute(name, "DELETE FROM boats");
        }
        tools.write("file.txt", "now");
    };
    let rows = || ["a.db", "b.db"].map(|name| tools.number(name, "SELECT count(*) FROM boats"));
    spoil();
    lifeboat
        .run(&[
            "restore",
            &app.name,
            id_of(&backup),
            "--database",
            "b.db",
            "--yes",
        ])
        .done();
    assert_eq!(rows(), [0, 500]);
    spoil();
    lifeboat
        .run(&[
            "restore",
            &app.name,
            id_of(&backup),
            "--databases-only",
            "--yes",
        ])
        .done();
    assert_eq!(rows(), [500, 500]);
    assert_eq!(tools.read("file.txt"), b"now");
    let missing = [
        "restore",
        &app.name,
        id_of(&backup),
        "--database",
        "c.db",
        "--yes",
    ];
    lifeboat.run(&missing).failed(5, "database-not-found");
}

/// Exit code 7: the application does not come up with the restored data, so the old data is back.
#[test]
fn a_restore_that_the_application_cannot_stand_is_turned_back() {
    let world = World::new();
    let app = world.demo("sick", DemoOptions::default());
    app.tools().execute(
        "guestbook.db",
        "INSERT INTO settings VALUES ('broken', 'yes')",
    );
    let lifeboat = world.lifeboat();
    let sick = lifeboat.backup(&app.name);
    app.tools()
        .execute("guestbook.db", "DELETE FROM settings WHERE name = 'broken'");
    app.sign("after");
    app.wait_healthy();
    let error = lifeboat
        .run(&["restore", &app.name, id_of(&sick), "--yes"])
        .failed(7, "rolled-back");
    assert_eq!(error["aftermath"], "restored");
    app.wait_healthy();
    assert_eq!(app.entry_count(), 25, "the data from before is back");
    assert_eq!(
        app.tools()
            .number("guestbook.db", "SELECT count(*) FROM settings"),
        0
    );
    check_tidy(&app);
}

/// An application that puts new files in the place of what it finds, and removes others, as soon as it
/// starts: what the restore replaced is kept all the same, and undo brings it back.
#[test]
fn an_application_that_replaces_its_files_at_start() {
    let world = World::new();
    let app = world.demo("mover", DemoOptions::default().with("AT_START", "replace"));
    app.tools().write("import.json", "[1]");
    let lifeboat = world.lifeboat();
    let backup = lifeboat.backup(&app.name);
    app.tools().write("import.json", "[1, 2]");
    app.sign("later");
    let json = lifeboat
        .run(&["restore", &app.name, id_of(&backup), "--yes"])
        .done();
    assert_eq!(app.entry_count(), 24);
    let kept = &json["restore"]["safety_backup"];
    assert_eq!(
        (&kept["trigger"], verdict(kept)),
        (&"pre-restore".into(), "sound")
    );
    assert_eq!(
        kept["file_count"], 1,
        "the file that the application removed is kept, too"
    );
    check_tidy(&app);
    lifeboat.run(&["undo", &app.name, "--yes"]).done();
    app.wait_healthy();
    assert_eq!(app.entry_count(), 25, "nothing that was replaced is lost");
    check_tidy(&app);
}

/// The same where it cannot stand the restored data: the old data comes back over what it made.
#[test]
fn a_restore_is_turned_back_though_the_application_replaced_its_files() {
    let world = World::new();
    let app = world.demo("thief", DemoOptions::default().with("AT_START", "replace"));
    let broken = "INSERT INTO settings VALUES ('broken', 'yes')";
    app.tools().execute("guestbook.db", broken);
    app.tools().write("import.json", "[1]");
    let lifeboat = world.lifeboat();
    let sick = lifeboat.backup(&app.name);
    app.tools()
        .execute("guestbook.db", "DELETE FROM settings WHERE name = 'broken'");
    app.sign("after");
    app.wait_healthy();
    lifeboat
        .run(&["restore", &app.name, id_of(&sick), "--yes"])
        .failed(7, "rolled-back");
    app.wait_healthy();
    assert_eq!(app.entry_count(), 25, "the data from before is back");
    assert!(app.tools().is_intact("guestbook.db"));
    check_tidy(&app);
}

/// M18, M24: `down -v` takes the data, not the vault; a restore brings the data back and compose
/// adopts it.
#[test]
fn after_down_v_the_vault_brings_everything_back() {
    let world = World::new();
    let compose = world.compose("gone");
    compose.up();
    compose.tools().execute(
        "guestbook.db",
        "INSERT INTO entries (name, home_port, message, written_at) VALUES ('x', 'y', 'z', 'now')",
    );
    let lifeboat = world.lifeboat();
    let backup = lifeboat.backup(&compose.project);
    let labels_before = world.engine().docker(&[
        "volume",
        "inspect",
        "--format",
        "{{json .Labels}}",
        &compose.volume(),
    ]);
    let _ = compose.run(&["down", "-v"]).success();
    assert!(
        !world.engine().has_volume(&compose.volume()),
        "the data is gone"
    );
    assert!(
        world
            .engine()
            .has_volume(&format!("lifeboat-{}", compose.project)),
        "the vault is not"
    );
    // An unreferenced volume would go here; the vault is referenced. A label keeps other tests' volumes out.
    let filter = format!("label=com.docker.compose.project={}", compose.project);
    world
        .engine()
        .docker(&["volume", "prune", "--force", "--filter", &filter]);

    let json = lifeboat.run(&["apps"]).done();
    let apps = json["apps"].as_array().expect("apps");
    let orphan = apps
        .iter()
        .find(|app| app["name"] == compose.project.as_str())
        .expect("the vault is listed");
    assert_eq!(
        (&orphan["kind"], &orphan["state"]),
        (&"vault-only".into(), &"gone".into())
    );
    assert_eq!(lifeboat.backups(&compose.project).len(), 1);

    lifeboat
        .run(&["restore", &compose.project, "latest", "--yes"])
        .done();
    assert_eq!(compose.entry_count(), 25);
    let labels = world.engine().docker(&[
        "volume",
        "inspect",
        "--format",
        "{{json .Labels}}",
        &compose.volume(),
    ]);
    assert_eq!(
        sorted(&labels),
        sorted(&labels_before),
        "compose knows the volume as its own"
    );
    let up = compose.run(&["up", "-d"]).success();
    assert!(!up.to_string().to_lowercase().contains("warn"), "{up}");
    wait_for("the project is healthy", 60, || {
        let container = compose.container()?;
        (world.engine().inspect(&container)["State"]["Health"]["Status"] == "healthy").then_some(())
    });
    assert_eq!(compose.entry_count(), 25, "it runs on the restored data");
    assert_eq!(lifeboat.backups(&compose.project)[0]["id"], backup["id"]);
}

fn sorted(labels: &str) -> Value {
    serde_json::from_str(labels).expect("labels are JSON")
}

/// The vault of a vanished volume survives `docker volume prune`, which would take an unreferenced one.
#[test]
fn the_vault_is_always_referenced() {
    let world = World::new();
    let app = world.demo("keeper", DemoOptions::default());
    let _ = world.lifeboat().backup(&app.name);
    let vault = world.vault(&app.name);
    let holders = world.engine().containers_of_volume(&vault.volume);
    assert_eq!(
        holders.len(),
        1,
        "one stopped container of ours refers to it: {holders:?}"
    );
    assert!(!world.engine().is_running(&holders[0]));
}

/// Two backups are compared by what was counted when each was taken, whether or not anything is live.
#[test]
fn two_backups_are_compared_with_each_other() {
    let world = World::new();
    let app = world.demo("compared", DemoOptions::default());
    let lifeboat = world.lifeboat();
    let first = lifeboat.backup(&app.name);
    app.sign("one");
    app.sign("two");
    app.root_tools().execute(
        "guestbook.db",
        "CREATE TABLE moored (id INTEGER PRIMARY KEY)",
    );
    let second = lifeboat.backup(&app.name);
    world.engine().docker(&["rm", "--force", &app.name]);

    let words = ["compare", &app.name, id_of(&first), "--with", "latest"];
    let told = lifeboat.run(&words).done()["compare"].clone();
    assert_eq!(told["with"]["id"], second["id"], "{told}");
    assert_eq!(told["same"], false);
    let rows = |table: &str| {
        let tables = told["tables"].as_array().expect("tables");
        let found = tables.iter().find(|one| one["name"] == table);
        let found = found.unwrap_or_else(|| panic!("{table}: {told}"));
        (found["rows_in_backup"].as_u64(), found["rows_now"].as_u64())
    };
    let (then, later) = rows("entries");
    assert_eq!(later, then.map(|rows| rows + 2));
    assert_eq!(rows("moored"), (None, Some(0)));
    let change = &told["schema_changes"][0];
    assert_eq!(change["code"], "schema-differs", "{told}");
    let said = change["message"].as_str().expect("a sentence");
    assert!(said.contains(id_of(&second)), "{said}");

    let same = ["compare", &app.name, id_of(&first), "--with", id_of(&first)];
    let told = lifeboat.run(&same).done()["compare"].clone();
    assert_eq!(told["same"], true, "{told}");
    let page = lifeboat.run_plain(&words).success().text();
    assert!(page.contains("only in the other"), "{page}");
    let unknown = ["compare", &app.name, "latest", "--with", "nothing"];
    lifeboat.run(&unknown).failed(5, "backup-not-found");
}
