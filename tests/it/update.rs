//! Updates: the new release healthy, or the old image with the old data.

use lifeboat_tests::{DemoApp, DemoOptions, Registry, Release, World, registry, wait_for};
use serde_json::Value;

use crate::support::verdict;

/// The demo application under a name whose tag can be moved, and a writer at work.
fn application(world: &World, word: &str) -> (DemoApp, String) {
    let image = format!("{}:latest", world.name(word));
    Release::new("1").name(world, &image);
    let options = DemoOptions::default()
        .image(&image)
        .with("WRITER_RATE", "100")
        .restart("unless-stopped");
    (world.demo(word, options), image)
}

fn update(world: &World, app: &DemoApp) -> lifeboat_tests::Outcome {
    world.lifeboat().run(&["update", &app.name])
}

/// What of a container must be as before.
fn shape(world: &World, name: &str) -> Value {
    let mut found = world.engine().inspect(name);
    let networks = found["NetworkSettings"]["Networks"].take();
    serde_json::json!({
        "id": found["Id"],
        "image": found["Image"],
        "config": found["Config"],
        "host": found["HostConfig"],
        "mounts": found["Mounts"],
        "networks": networks.as_object().map(|all| all
            .iter()
            .map(|(name, one)| (name.clone(), serde_json::json!([one["IPAMConfig"], one["Aliases"]])))
            .collect::<serde_json::Map<_, _>>()),
    })
}

fn columns(app: &DemoApp) -> i64 {
    app.tools().number(
        "guestbook.db",
        "SELECT count(*) FROM pragma_table_info('entries')",
    )
}

/// No hidden directory, no container put aside.
fn check_tidy(world: &World, app: &DemoApp) {
    let names = app.root_tools().file_names();
    assert!(
        !names.iter().any(|name| name.contains(".lifeboat-")),
        "{names:?}"
    );
    let filter = format!("name={}-before-", app.name);
    let aside = world
        .engine()
        .lines(&["ps", "--all", "--quiet", "--filter", &filter]);
    assert!(aside.is_empty(), "a container was left aside: {aside:?}");
}

/// Batches are numbered without a gap, and none that was there before is missing.
fn check_no_batch_is_lost(app: &DemoApp, before: i64) {
    let tools = app.tools();
    let count = tools.number("guestbook.db", "SELECT count(*) FROM batches");
    assert!(
        count >= before,
        "{count} batches, and {before} were committed before"
    );
    let missing = "SELECT max(batch) - count(*) FROM batches";
    assert_eq!(
        tools.number("guestbook.db", missing),
        0,
        "the numbers have no gap"
    );
    assert!(tools.is_intact("guestbook.db"));
}

#[test]
fn a_good_release_and_the_undo_of_a_migration() {
    let world = World::new();
    let (app, image) = application(&world, "good");
    let first = world.engine().inspect(&app.name)["Image"].clone();
    app.tools().write("mark", "of this volume");
    Release::new("2")
        .with("AT_START", "migrate")
        .name(&world, &image);
    let before = app.batch_count();
    let json = update(&world, &app).done();
    let report = &json["update"];
    assert_eq!(report["outcome"], "updated");
    assert_ne!(report["from"], report["to"], "{report}");
    assert!(
        report["downtime_ms"]
            .as_u64()
            .is_some_and(|downtime| downtime > 0),
        "{report}"
    );
    app.wait_healthy();
    check_no_batch_is_lost(&app, before);
    assert_eq!(columns(&app), 6, "the migration was done");
    assert_eq!(
        app.tools().read("mark"),
        b"of this volume",
        "the volume is the same one"
    );
    assert_eq!(world.engine().restart_policy(&app.name), "unless-stopped");
    check_tidy(&world, &app);
    let first = first.as_str().expect("an ID");
    assert!(
        has_image(&world, first),
        "the old image is kept for the undo"
    );

    let written = app.batch_count();
    world.lifeboat().run(&["undo", &app.name, "--yes"]).done();
    app.wait_healthy();
    assert_eq!(
        world.engine().inspect(&app.name)["Image"],
        first,
        "the old image runs"
    );
    assert_eq!(columns(&app), 5, "with the old schema");
    check_no_batch_is_lost(&app, before);
    let backups = world.lifeboat().backups(&app.name);
    let left = backups
        .iter()
        .find(|one| one["trigger"] == "pre-restore")
        .expect("the state that the undo left is a backup");
    assert_eq!(verdict(left), "sound");
    let kept = left["databases"][0]["tables"]
        .as_array()
        .and_then(|tables| tables.iter().find(|one| one["name"] == "batches"))
        .and_then(|table| table["rows"].as_i64());
    assert!(kept.is_some_and(|rows| rows >= written), "{left}");
    check_tidy(&world, &app);
}

fn has_image(world: &World, id: &str) -> bool {
    world
        .engine()
        .try_docker(&["image", "inspect", id])
        .status
        .success()
}

/// The image before the last one is not needed any more; the last one is, for the undo.
#[test]
fn superseded_images_go_after_the_next_good_update() {
    let world = World::new();
    let (app, image) = application(&world, "images");
    let mut ids = Vec::new();
    for release in ["2", "3"] {
        let id = world.engine().inspect(&app.name)["Image"].clone();
        ids.push(id.as_str().expect("an ID").to_owned());
        // Nothing else may hold the image: the harness's own name for it goes.
        Release::new(release)
            .with("UNIQUE", &image)
            .name(&world, &image);
        update(&world, &app).done();
    }
    let tag = |id: &str| format!("lifeboat-keep:{}-{}", app.name, &id[7..19]);
    assert!(
        !has_image(&world, &tag(&ids[0])),
        "the one before the last is not kept"
    );
    assert!(has_image(&world, &tag(&ids[1])), "the last one is");
    let held = format!("reference=lifeboat-next:{}-*", app.name);
    let held = world
        .engine()
        .lines(&["images", "--quiet", "--filter", &held]);
    assert_eq!(
        held,
        Vec::<String>::new(),
        "a good release has its own name"
    );
}

fn rolled_back(word: &str, at_start: &str, reason: &str) {
    let world = World::new();
    let (app, image) = application(&world, word);
    let before = shape(&world, &app.name);
    app.sign("before");
    let batches = app.batch_count();
    let entries = app.entry_count();
    Release::new("2")
        .with("AT_START", at_start)
        .with("SEED", "0")
        .name(&world, &image);
    let json = update(&world, &app).ended(7);
    let report = &json["update"];
    assert_eq!(report["outcome"], "rolled-back", "{report}");
    assert!(
        report["reason"]
            .as_str()
            .is_some_and(|text| text.contains(reason)),
        "{report}"
    );
    app.wait_healthy();
    assert_eq!(app.entry_count(), entries, "nobody's rows are lost");
    assert_eq!(columns(&app), 5, "the schema is as before");
    check_no_batch_is_lost(&app, batches);
    assert_eq!(
        shape(&world, &app.name),
        before,
        "the container is the very same"
    );
    check_tidy(&world, &app);
    let running = world.engine().inspect(&app.name)["Image"].clone();
    let named = world
        .engine()
        .docker(&["image", "inspect", "--format", "{{.Id}}", &image]);
    assert_eq!(
        running,
        named.trim(),
        "the name stands for the old image again"
    );
}

#[test]
fn a_release_that_crashes() {
    rolled_back("crash", "crash", "exit code 1");
}

#[test]
fn a_release_that_migrates_and_crashes() {
    rolled_back("migrator", "migrate,crash", "exit code 1");
}

#[test]
fn a_release_that_is_never_healthy() {
    rolled_back("sick", "migrate,sick", "health check");
}

#[test]
fn a_release_that_empties_a_table() {
    rolled_back("emptier", "empty", "lost all of its rows");
}

/// One that is meant to, as somebody said.
#[test]
fn a_release_that_may_empty_a_table() {
    let world = World::new();
    let (app, image) = application(&world, "cleaner");
    let entries = app.entry_count();
    let lifeboat = world.lifeboat();
    lifeboat
        .run(&["settings", &app.name, "LOST_TABLES=warn"])
        .done();
    Release::new("2")
        .with("AT_START", "empty")
        .with("SEED", "0")
        .name(&world, &image);
    let json = update(&world, &app).done();
    let report = &json["update"];
    assert_eq!(report["outcome"], "updated", "{json}");
    let findings = report["findings"].as_array().expect("findings");
    let told = findings.iter().find(|one| one["code"] == "table-lost");
    let message = told.map(|one| one["message"].to_string());
    assert!(
        message.is_some_and(|text| text.contains("entries")),
        "{report}"
    );
    lifeboat.run(&["undo", &app.name, "--yes"]).done();
    app.wait_healthy();
    assert_eq!(app.entry_count(), entries, "undo has them again");
}

#[test]
fn nothing_newer_stops_nothing() {
    let world = World::new();
    let (app, _) = application(&world, "same");
    let started_at = app.started_at();
    let json = update(&world, &app).done();
    assert_eq!(json["update"]["outcome"], "up-to-date");
    assert_eq!(app.started_at(), started_at, "it was never stopped");
    assert_eq!(world.lifeboat().run(&["backups", &app.name]).code(), 0);
}

/// The copy for the way back would not fit beside the database: said before anything is stopped.
#[test]
fn without_room_for_the_way_back_nothing_is_stopped() {
    let world = World::new();
    let volume = format!("{}-data", world.name("full"));
    let options = "o=size=40m,uid=1000,gid=1000";
    world.engine().docker(&[
        "volume",
        "create",
        "--opt",
        "type=tmpfs",
        "--opt",
        "device=tmpfs",
        "--opt",
        options,
        &volume,
    ]);
    let (app, image) = application(&world, "full");
    Release::new("2")
        .with("AT_START", "migrate")
        .name(&world, &image);
    let before = shape(&world, &app.name);
    let started_at = app.started_at();
    let error = update(&world, &app).failed(1, "no-space");
    assert_eq!(error["aftermath"], "unchanged", "{error}");
    assert!(
        error["detail"]
            .as_str()
            .is_some_and(|text| text.contains("free")),
        "{error}"
    );
    assert_eq!(shape(&world, &app.name), before);
    assert_eq!(app.started_at(), started_at, "it was never stopped");
    app.wait_batches(3);
}

#[test]
fn a_check_changes_nothing() {
    let world = World::new();
    let (app, image) = application(&world, "check");
    Release::new("2").name(&world, &image);
    let before = shape(&world, &app.name);
    let started_at = app.started_at();
    let json = world
        .lifeboat()
        .run(&["update", &app.name, "--check"])
        .done();
    assert_eq!(json["plan"]["services"][0]["source"], "local");
    assert_eq!(shape(&world, &app.name), before);
    assert_eq!(app.started_at(), started_at);
}

/// What the new image brings along comes into force; what somebody asked for stays.
#[test]
fn defaults_of_the_new_image_come_into_force() {
    let world = World::new();
    let image = format!("{}:latest", world.name("defaults"));
    Release::new("1")
        .with("COLOUR", "red")
        .with("FLAG", "old")
        .name(&world, &image);
    let options = DemoOptions::default().image(&image).with("FLAG", "mine");
    let app = world.demo("defaults", options);
    Release::new("2")
        .with("COLOUR", "blue")
        .with("FLAG", "new")
        .name(&world, &image);
    update(&world, &app).done();
    let environment = world.engine().inspect(&app.name)["Config"]["Env"].clone();
    let words: Vec<&str> = environment
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    assert!(
        words.contains(&"COLOUR=blue") && words.contains(&"RELEASE=2"),
        "{words:?}"
    );
    assert!(words.contains(&"FLAG=mine"), "{words:?}");
}

/// Who shares the data volume is stopped with the application, and started again as it was.
#[test]
fn who_shares_the_volume_stops_and_starts_with_it() {
    let world = World::new();
    let (app, image) = application(&world, "meddler");
    Release::new("2").name(&world, &image);
    let other = world.name("other");
    let volume = format!("{}:/data", app.volume);
    world.engine().docker(&[
        "run",
        "--detach",
        "--name",
        &other,
        "--network",
        "none",
        "--restart",
        "always",
        "--volume",
        &volume,
        "--env",
        "SEED=0",
        &image,
    ]);
    wait_for("the second one runs", 30, || {
        world.engine().is_running(&other).then_some(())
    });
    let json = update(&world, &app).done();
    assert_eq!(json["update"]["outcome"], "updated");
    assert!(
        world.engine().is_running(&other),
        "who shares the volume runs again"
    );
    assert_eq!(world.engine().restart_policy(&other), "always");
    world.engine().docker(&["rm", "--force", &other]);
}

#[test]
fn a_release_for_another_processor_is_refused_before_the_stop() {
    let world = World::new();
    let (app, image) = application(&world, "arm");
    let started_at = app.started_at();
    let id = world.engine().inspect(&app.name)["Image"].clone();
    Release::new("2").architecture("arm64").name(&world, &image);
    let error = update(&world, &app).failed(1, "unsupported");
    assert_eq!(error["aftermath"], "unchanged");
    assert_eq!(app.started_at(), started_at, "it was never stopped");
    assert_eq!(world.engine().inspect(&app.name)["Image"], id);
}

/// Another tool starts the old container again and again: the update ends with one release on the data,
/// at the latest when the meddling ends, and the pair fits.
#[test]
fn an_old_container_that_somebody_starts_again_is_noticed() {
    let world = World::new();
    let (app, image) = application(&world, "started");
    let before = app.batch_count();
    let old = world.engine().inspect(&app.name)["Id"]
        .as_str()
        .expect("an ID")
        .to_owned();
    Release::new("2")
        .with("AT_START", "migrate")
        .name(&world, &image);
    let mut child = world.lifeboat().start(&["update", &app.name]);
    while child.try_wait().expect("it can be asked").is_none() {
        let _ = world.engine().try_docker(&["start", &old]);
    }
    let code = child.wait().expect("it ends").code();
    assert!(matches!(code, Some(0 | 7 | 9)), "it ended with {code:?}");
    if code == Some(9) {
        // It gave up rather than exchange files under somebody's hands. Now nobody meddles any more.
        world.lifeboat().run(&["recover", &app.name]).done();
    }
    app.wait_healthy();
    let is_old = world.engine().inspect(&app.name)["Id"] == old.as_str();
    assert_eq!(is_old, code != Some(0));
    assert_eq!(columns(&app), if is_old { 5 } else { 6 });
    app.wait_alone(&[], "one container is on the data");
    check_no_batch_is_lost(&app, before);
    check_tidy(&world, &app);
}

/// A release that does its work and ends well.
#[test]
fn a_one_shot_release() {
    let world = World::new();
    let image = format!("{}:latest", world.name("shot"));
    Release::new("1").name(&world, &image);
    let app = world.demo("shot", DemoOptions::default().image(&image));
    Release::new("2")
        .with("AT_START", "migrate,exit")
        .name(&world, &image);
    let json = update(&world, &app).done();
    assert_eq!(json["update"]["outcome"], "updated");
    assert_eq!(columns(&app), 6);
}

/// An application whose image comes from a registry, with the newer release pushed and not here.
fn from_registry(
    world: &World,
    registry: &Registry,
    word: &str,
    at_start: &str,
) -> (DemoApp, String) {
    let image = registry.reference(&format!("{}:1", world.name(word)));
    let engine = world.engine();
    Release::new("2")
        .with("AT_START", at_start)
        .name(world, &image);
    engine.docker(&["push", "--quiet", &image]);
    Release::new("1").name(world, &image);
    let options = DemoOptions::default()
        .image(&image)
        .with("WRITER_RATE", "100")
        .restart("unless-stopped");
    (world.demo(word, options), image)
}

#[test]
fn a_release_is_pulled_from_its_registry() {
    let world = World::new();
    let registry = Registry::start();
    let (app, _) = from_registry(&world, &registry, "pulled", "migrate");
    // Its own release has to be known to come from there: a name alone would be anybody's.
    let before = app.batch_count();
    let json = update(&world, &app).done();
    assert_eq!(json["update"]["outcome"], "updated", "{json}");
    assert_eq!(columns(&app), 6);
    check_no_batch_is_lost(&app, before);
    assert_eq!(
        update(&world, &app).done()["update"]["outcome"],
        "up-to-date"
    );
}

#[test]
fn a_registry_that_is_down_stops_nothing() {
    let world = World::new();
    let mut registry = Registry::start();
    let (app, image) = from_registry(&world, &registry, "down", "");
    registry.stop();
    let started_at = app.started_at();
    let error = update(&world, &app).failed(1, "engine-failed");
    assert_eq!(error["aftermath"], "unchanged");
    assert!(
        error["message"]
            .as_str()
            .is_some_and(|text| text.contains(&image)),
        "{error}"
    );
    assert_eq!(app.started_at(), started_at, "it was never stopped");
    assert!(
        world.lifeboat().backups(&app.name).is_empty(),
        "no backup was taken for nothing"
    );
}

#[test]
fn a_registry_that_asks_for_a_login() {
    let world = World::new();
    let registry = Registry::start_with_login();
    let home = world.directory().join("docker");
    std::fs::create_dir_all(&home).expect("a directory for the login");
    let login = |user: &str, password: &str| {
        use base64::Engine as _;
        let text = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
        let text = serde_json::json!({ "auths": { registry.host(): { "auth": text } } });
        std::fs::write(home.join("config.json"), text.to_string()).expect("a login");
    };
    login(registry::USER, registry::PASSWORD);
    let image = registry.reference(&format!("{}:1", world.name("login")));
    Release::new("2").name(&world, &image);
    let mut push = world.engine().command(&["push", "--quiet", &image]);
    let _ = lifeboat_tests::command::run(push.env("DOCKER_CONFIG", &home)).success();
    Release::new("1").name(&world, &image);
    let app = world.demo("login", DemoOptions::default().image(&image));
    let started_at = app.started_at();
    let lifeboat = world.lifeboat();
    let run = || {
        let mut command = lifeboat.command(&["update", &app.name]);
        lifeboat_tests::command::run(command.env("DOCKER_CONFIG", &home))
    };
    login(registry::USER, "wrong");
    let refused = run();
    assert_eq!(refused.status.code(), Some(1), "{}", refused.text());
    assert_eq!(app.started_at(), started_at, "it was never stopped");
    login(registry::USER, registry::PASSWORD);
    let updated = run();
    assert_eq!(updated.status.code(), Some(0), "{}", updated.text());
    assert_ne!(app.started_at(), started_at);
}

/// Compose knows its containers afterwards, and makes nothing anew, whichever release runs.
#[test]
fn compose_knows_its_containers_again() {
    let world = World::new();
    let image = format!("{}:latest", world.name("composed"));
    Release::new("1").name(&world, &image);
    let compose = world.compose("composed");
    compose.use_image(&image);
    compose.up();
    let lifeboat = world.lifeboat();
    Release::new("2")
        .with("AT_START", "migrate")
        .name(&world, &image);
    lifeboat.run(&["update", &compose.project]).done();
    let updated = compose.container().expect("compose finds its container");
    compose.up();
    assert_eq!(
        compose.container(),
        Some(updated.clone()),
        "up made nothing anew"
    );
    Release::new("3")
        .with("AT_START", "migrate,crash")
        .name(&world, &image);
    lifeboat.run(&["update", &compose.project]).ended(7);
    compose.up();
    assert_eq!(
        compose.container(),
        Some(updated),
        "the bad image did not come back"
    );
}

/// A migration takes longer than the health check has patience: it is waited for while it works.
#[test]
fn a_slow_migration_is_waited_for() {
    let world = World::new();
    let (app, image) = application(&world, "slow");
    Release::new("2")
        .with("AT_START", "migrate,slow")
        .name(&world, &image);
    let json = update(&world, &app).done();
    assert_eq!(json["update"]["outcome"], "updated", "{json}");
    assert_eq!(columns(&app), 6);
}
