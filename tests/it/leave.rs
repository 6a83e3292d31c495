//! M26: leaving takes everything of ours away, and nothing else.

use lifeboat_tests::{DemoOptions, World};

use crate::support::{sql, text};

#[test]
fn everything_of_ours_goes_and_the_application_stays() {
    let world = World::new();
    let app = world.demo("leaver", DemoOptions::default());
    app.sign("Ingrid");
    let lifeboat = world.lifeboat();
    let backup = lifeboat.backup(&app.name);
    let started_at = app.started_at();

    lifeboat
        .run(&["leave", &app.name])
        .failed(2, "confirmation-needed");
    let vault = format!("lifeboat-{}", app.name);
    assert!(world.engine().has_volume(&vault), "nobody said yes");

    let folder = world.directory().join("drive");
    std::fs::create_dir(&folder).expect("a folder");
    let left = lifeboat
        .run(&["leave", &app.name, "--yes", "--download-to", &text(&folder)])
        .done();
    assert_eq!(left["left"]["backup_count"], 1, "{left}");
    assert!(!world.engine().has_volume(&vault));
    let keepers = world.engine().lines(&[
        "ps",
        "--all",
        "--quiet",
        "--filter",
        &format!("label=dev.lifeboat.app={}", app.name),
    ]);
    assert_eq!(
        keepers,
        Vec::<String>::new(),
        "no container of ours is left"
    );
    assert_eq!(
        app.started_at(),
        started_at,
        "the application was not touched"
    );
    assert!(lifeboat.backups(&app.name).is_empty());

    // What was downloaded before brings everything back, here or elsewhere.
    let name = backup["file_name"].as_str().expect("a file name");
    lifeboat.run(&["import", &text(&folder.join(name))]).done();
    let copy = world.directory().join("copy.db");
    lifeboat
        .run(&[
            "download",
            &app.name,
            "latest",
            "--as",
            "database",
            "--to",
            &text(&copy),
        ])
        .done();
    let found = sql(&copy, "SELECT count(*) FROM entries WHERE name = 'Ingrid'");
    assert_eq!(found[0][0], 1);
}

#[test]
fn a_volume_that_is_not_ours_is_neither_taken_nor_removed() {
    let world = World::new();
    let app = world.demo("foreign", DemoOptions::default());
    let lifeboat = world.lifeboat();
    let engine = world.engine();
    let volume = format!("lifeboat-{}", app.name);
    engine.docker(&["volume", "create", &volume]);
    let tools = world.tools(&volume).as_user("0");
    tools.write("holiday.txt", "sun and sea");
    let label = format!("label=dev.lifeboat.app={}", app.name);
    let ours = || engine.lines(&["ps", "--all", "--quiet", "--filter", &label]);

    let refused = lifeboat
        .run(&["backup", &app.name])
        .failed(1, "unsupported");
    let message = refused["message"].as_str().unwrap_or_default();
    assert!(message.contains(&volume), "{refused}");
    assert_eq!(ours(), Vec::<String>::new(), "nothing of ours refers to it");
    lifeboat
        .run(&["leave", &app.name, "--yes"])
        .failed(5, "backup-not-found");

    // As an earlier version may have left it.
    let mount = format!("type=volume,source={volume},target=/vault");
    let role = "dev.lifeboat.role=keeper";
    let owner = format!("dev.lifeboat.app={}", app.name);
    let image = lifeboat_tests::artifacts::demo_image();
    engine.docker(&[
        "create", "--label", role, "--label", &owner, "--mount", &mount, &image,
    ]);
    assert_eq!(ours().len(), 1);
    let left = lifeboat.run(&["leave", &app.name, "--yes"]).done();
    assert!(left["left"]["vault_volume"].is_null(), "{left}");
    assert_eq!(ours(), Vec::<String>::new());
    assert!(engine.has_volume(&volume), "it is not ours");
    assert_eq!(tools.read("holiday.txt"), b"sun and sea");
    assert_eq!(tools.file_names(), ["holiday.txt"]);
    engine.remove_volume(&volume);
}
