//! An application that gets a further volume with a database after its protection was switched on.

use lifeboat_tests::{DemoOptions, World, wait_for};
use serde_json::Value;

use crate::support::guardian;

fn mounts(world: &World, app: &str, volume: &str) -> bool {
    let container = world.engine().inspect(&guardian(app));
    let mounts = container["Mounts"].as_array().expect("mounts");
    mounts.iter().any(|mount| mount["Name"] == volume)
}

/// What the listing says is left out of an application's protection: for programs, and for people.
fn listed(world: &World, app: &str) -> (Value, String) {
    let json = world.lifeboat().run(&["apps"]).done();
    let apps = json["apps"].as_array().expect("a list");
    let found = apps.iter().find(|one| one["name"] == app);
    let left_out = found.expect("it is listed")["protection"]["unprotected"].clone();
    let table = world.lifeboat().run_plain(&["apps"]).text();
    let row = table.lines().find(|line| line.contains(app));
    (left_out, row.expect("a row").to_owned())
}

fn volumes_of(backup: &Value) -> String {
    backup["databases"].to_string()
}

#[test]
fn a_further_volume_with_a_database_is_noticed_and_taken_into_the_protection() {
    let world = World::new();
    let app = world.demo("grows", DemoOptions::default());
    let lifeboat = world.lifeboat();
    lifeboat.run(&["guard", "on", &app.name]).done();
    let well = |what: &str| {
        wait_for(what, 120, || {
            let outcome = lifeboat.run(&["guard", "status", &app.name]);
            let is_well = outcome.code() == 0 && outcome.json["protection"]["state"] == "waiting";
            is_well.then_some(())
        });
    };
    well("the guardian waits");

    // One without a database is nobody's risk.
    let empty = format!("{}-empty", app.name);
    world.engine().docker(&["volume", "create", &empty]);
    app.make_anew(&[&empty]);
    let (left_out, row) = listed(&world, &app.name);
    assert_eq!(left_out, serde_json::json!([]), "{row}");
    assert!(row.ends_with("  protected"), "{row}");

    let second = app.further_volume("second");
    app.make_anew(&[&empty, &second]);
    let status = lifeboat.run(&["guard", "status", &app.name]).ended(9)["protection"].clone();
    assert_eq!(
        status["unprotected"],
        serde_json::json!([second]),
        "{status}"
    );
    let advice = status["advice"].as_str().expect("advice");
    assert!(advice.contains("guard on"), "{advice}");

    assert_eq!(
        listed(&world, &app.name).0,
        status["unprotected"],
        "everywhere the same"
    );
    let row = listed(&world, &app.name).1;
    assert!(row.ends_with("  at risk: a database is left out"), "{row}");

    // The next backup by hand puts it right, and says so.
    let said = lifeboat.run_plain(&["backup", &app.name]).success();
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(
        said.contains(&second) && said.contains("protected, too"),
        "{said}"
    );
    well("the volume is protected");
    assert!(mounts(&world, &app.name, &second));
    let (left_out, row) = listed(&world, &app.name);
    assert_eq!(left_out, serde_json::json!([]), "{row}");
    assert!(row.ends_with("  protected"), "{row}");
    let newest = wait_for("a backup by itself holds it", 120, || {
        let backups = lifeboat.backups(&app.name).into_iter();
        let mut by_itself = backups.filter(|backup| backup["trigger"] == "start-up");
        by_itself
            .next()
            .filter(|backup| volumes_of(backup).contains(&second))
    });
    assert!(volumes_of(&newest).contains(&app.volume), "{newest}");

    // So does a watch.
    let third = app.further_volume("third");
    app.make_anew(&[&second, &third]);
    let mut watch = lifeboat.start(&["watch"]);
    well("watch takes it in");
    assert!(mounts(&world, &app.name, &third));
    watch.kill().expect("it ends");
    let _ = watch.wait();
}
