//! `lifeboat demo`: something to try everything on, which goes again without a trace. On engines of the tests' own,
//! for it has one name only.

use lifeboat_tests::World;
use lifeboat_tests::private_engine::PrivateEngine;

const APP: &str = "lifeboat-demo";
const VOLUME: &str = "lifeboat-demo-data";

/// Everything on the engine but what the harness put there.
fn things(world: &World) -> Vec<String> {
    let engine = world.engine();
    let mut things = engine.lines(&["ps", "--all", "--format", "{{.Names}}"]);
    things.extend(engine.lines(&["volume", "ls", "--quiet"]));
    things.extend(engine.lines(&["images", "--all", "--format", "{{.ID}}"]));
    things
}

fn is_there(world: &World) -> bool {
    let looked = world.engine().try_docker(&["container", "inspect", APP]);
    looked.status.success()
}

#[test]
fn it_is_brought_up_tried_and_removed_without_a_trace() {
    let engine = PrivateEngine::start();
    let world = World::on(engine.engine());
    let lifeboat = world.lifeboat();
    let before = things(&world);

    let demo = lifeboat.run(&["demo"]).done()["demo"].clone();
    assert_eq!(demo["app"], APP, "{demo}");
    assert_eq!(demo["is_new"], true, "{demo}");
    let again = lifeboat.run(&["demo"]).done()["demo"].clone();
    assert_eq!(again["is_new"], false, "it is kept as it is: {again}");
    let backup = lifeboat.backup(APP);
    assert_eq!(backup["verification"]["verdict"], "sound", "{backup}");

    // What it is for: a release that crashes on a database that it has changed already.
    lifeboat.run(&["demo", "--release", "bad"]).done();
    let turned_back = lifeboat.run(&["update", APP]).ended(7)["update"].clone();
    assert_eq!(turned_back["outcome"], "rolled-back", "{turned_back}");
    let told = turned_back.to_string();
    assert!(told.contains("this release crashes"), "{told}");
    lifeboat.run(&["demo", "--release", "good"]).done();
    let updated = lifeboat.run(&["update", APP]).done()["update"].clone();
    assert_eq!(updated["outcome"], "updated", "{updated}");
    lifeboat.run(&["undo", APP, "--yes"]).done();
    lifeboat.run(&["guard", "on", APP]).done();

    let left = lifeboat.run(&["leave", APP, "--yes"]).done()["left"].clone();
    assert_eq!(left["demo_volume"], VOLUME, "{left}");
    assert_eq!(things(&world), before, "nothing is left of it");
}

#[test]
fn one_that_was_never_backed_up_goes_as_well() {
    let engine = PrivateEngine::start();
    let world = World::on(engine.engine());
    let lifeboat = world.lifeboat();
    let before = things(&world);
    lifeboat.run(&["demo"]).done();
    world.engine().docker(&["stop", APP]);
    let again = lifeboat.run(&["demo"]).done()["demo"].clone();
    assert_eq!(again["is_new"], false, "the one that was there: {again}");
    assert!(world.engine().is_running(APP), "it was started");
    lifeboat
        .run(&["leave", APP])
        .failed(2, "confirmation-needed");
    lifeboat.run(&["leave", APP, "--yes"]).done();
    assert_eq!(things(&world), before, "nothing is left of it");
    lifeboat
        .run(&["leave", APP, "--yes"])
        .failed(5, "app-not-found");
}

/// Somebody else's container or volume of that name is theirs.
#[test]
fn what_is_somebody_elses_is_left_alone() {
    let engine = PrivateEngine::start();
    let world = World::on(engine.engine());
    let lifeboat = world.lifeboat();
    let docker = |words: &[&str]| world.engine().docker(words);

    docker(&["volume", "create", VOLUME]);
    let refused = lifeboat.run(&["demo"]).failed(2, "invalid-input");
    assert!(refused.to_string().contains(VOLUME), "{refused}");
    assert!(!is_there(&world), "nothing was made");
    docker(&["volume", "rm", VOLUME]);

    let image = lifeboat_tests::artifacts::demo_image();
    docker(&["create", "--name", APP, "--volume", "mine:/data", &image]);
    let refused = lifeboat.run(&["demo"]).failed(2, "invalid-input");
    assert!(refused.to_string().contains(APP), "{refused}");
    assert!(!world.engine().has_volume(VOLUME), "nothing was made");

    // Not even the label makes a volume of theirs one of ours.
    docker(&["rm", APP]);
    let label = "dev.lifeboat.demo=true";
    docker(&[
        "create",
        "--name",
        APP,
        "--label",
        label,
        "--volume",
        "mine:/data",
        &image,
    ]);
    lifeboat
        .run(&["leave", APP, "--yes"])
        .failed(5, "backup-not-found");
    assert!(world.engine().has_volume("mine") && is_there(&world));
}
