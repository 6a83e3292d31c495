//! Applications without a health check of their own: what their new releases are judged by.

use lifeboat_tests::{DemoApp, Engine, Release, World};

/// A release that never listens where the old one did has not come up.
#[test]
fn a_release_that_listens_elsewhere() {
    let world = World::new();
    let image = format!("{}:latest", world.name("deaf"));
    Release::new("1").name(&world, &image);
    let app = unchecked(&world, "deaf", &image);
    set(&world, &app, "HEALTH_DEADLINE_SECONDS=20");
    let entries = app.entry_count();
    Release::new("2")
        .with("PORT", "9191")
        .with("AT_START", "migrate")
        .name(&world, &image);
    let before = world.engine().inspect(&app.name);
    let json = update(&world, &app).ended(7);
    assert_eq!(json["update"]["outcome"], "rolled-back", "{json}");
    let after = world.engine().inspect(&app.name);
    assert_eq!(after["Id"], before["Id"], "the very same container");
    assert!(app.is_running());
    assert_eq!(columns(&app), 5, "the schema is as before");
    assert_eq!(app.entry_count(), entries);
}

/// One that runs, stays up, listens, and does not serve: the probe that was chosen sees it.
#[test]
fn a_release_that_listens_and_does_not_serve() {
    let world = World::new();
    let image = format!("{}:latest", world.name("mute"));
    Release::new("1").name(&world, &image);
    let app = unchecked(&world, "mute", &image);
    set(&world, &app, "HEALTH_DEADLINE_SECONDS=10");
    let probe = format!("HEALTH_PROBE=http://{}:8080/health", app.name);
    set(&world, &app, &probe);
    let entries = app.entry_count();
    Release::new("2")
        .with("AT_START", "migrate,sick")
        .name(&world, &image);
    let json = update(&world, &app).ended(7);
    let report = &json["update"];
    assert_eq!(report["outcome"], "rolled-back", "{json}");
    let reason = report["reason"].as_str().expect("a reason");
    assert!(
        reason.contains("/health") && reason.contains("503"),
        "{reason}"
    );
    assert_eq!(columns(&app), 5, "the schema is as before");
    assert_eq!(app.entry_count(), entries);

    Release::new("3")
        .with("AT_START", "migrate")
        .name(&world, &image);
    let json = update(&world, &app).done();
    assert_eq!(json["update"]["outcome"], "updated", "{json}");
    assert_eq!(columns(&app), 6);
}

/// A probe that the release that runs does not answer well says nothing about the next one: nobody is held
/// up by it, and it is told.
#[test]
fn a_probe_that_never_was_answered_well() {
    let world = World::new();
    let image = format!("{}:latest", world.name("wrong"));
    Release::new("1").name(&world, &image);
    let app = unchecked(&world, "wrong", &image);
    let probe = format!("HEALTH_PROBE=http://{}:8080/no-such-page", app.name);
    set(&world, &app, &probe);
    Release::new("2")
        .with("AT_START", "migrate")
        .name(&world, &image);
    let json = update(&world, &app).done();
    let report = &json["update"];
    assert_eq!(report["outcome"], "updated", "{json}");
    let findings = report["findings"].as_array().expect("findings");
    let silent = findings
        .iter()
        .find(|one| one["code"] == "health-probe-silent");
    let message = silent.map(|one| one["message"].to_string());
    assert!(message.is_some_and(|text| text.contains("404")), "{report}");
}

fn set(world: &World, app: &DemoApp, setting: &str) {
    world
        .lifeboat()
        .run(&["settings", &app.name, setting])
        .done();
}

/// The application without a health check.
fn unchecked(world: &World, word: &str, image: &str) -> DemoApp {
    let name = world.name(word);
    let volume = format!("{name}-data");
    let mount = format!("--volume={volume}:/data");
    let named = format!("--name={name}");
    let engine: &Engine = world.engine();
    let words = ["run", "--detach", "--network=none", "--no-healthcheck"];
    engine.docker(&[&words[..], &[&named, &mount, image]].concat());
    let app = DemoApp::existing(engine, &name, &volume);
    lifeboat_tests::wait_for("it serves", 60, || {
        let log = engine.try_docker(&["logs", &name]);
        String::from_utf8_lossy(&log.stderr)
            .contains("open on port")
            .then_some(())
    });
    app
}

fn update(world: &World, app: &DemoApp) -> lifeboat_tests::Outcome {
    world.lifeboat().run(&["update", &app.name])
}

fn columns(app: &DemoApp) -> i64 {
    let query = "SELECT count(*) FROM pragma_table_info('entries')";
    app.tools().number("guestbook.db", query)
}
