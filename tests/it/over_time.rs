//! Sizes, rows and verdicts over time: what backups and health checks leave, and what a rotation does not take.

use lifeboat_tests::{DemoOptions, Lifeboat, World};
use serde_json::{Value, json};

fn points(lifeboat: &Lifeboat, app: &str) -> Vec<Value> {
    let health = lifeboat.run(&["health", app]).done()["health"].clone();
    health["growth"].as_array().expect("points").clone()
}

/// What looked, and how many rows it saw.
fn told(points: &[Value]) -> Vec<(Value, Value)> {
    let of = |point: &Value| (point["source"].clone(), point["row_count"].clone());
    points.iter().map(of).collect()
}

#[test]
fn backups_and_checks_are_points_and_a_rotation_takes_none_of_them() {
    let world = World::new();
    let app = world.demo("over-time", DemoOptions::default());
    let name = app.name.as_str();
    let lifeboat = world.lifeboat();

    let alone = points(&lifeboat, name);
    assert_eq!(
        alone.len(),
        1,
        "without a vault there is the present look: {alone:?}"
    );
    let rows = alone[0]["row_count"].as_u64().expect("rows are counted");
    let with = |more: u64| json!(rows + more);
    let (backup, check) = (json!("backup"), json!("check"));

    let first = lifeboat.backup(name);
    app.sign("anna");
    let _ = lifeboat.backup(name);
    let before = points(&lifeboat, name);
    assert_eq!(
        told(&before),
        [
            (backup.clone(), with(0)),
            (backup.clone(), with(1)),
            (check.clone(), with(1))
        ]
    );
    assert_eq!(before[0]["backup"], first["id"]);
    for point in &before {
        assert_eq!(point["verdict"], "sound", "{point}");
        assert!(point["size_bytes"].as_u64() > Some(0), "{point}");
        assert!(point["wal_bytes"].is_u64(), "{point}");
    }
    assert_eq!(
        points(&lifeboat, name),
        before,
        "nothing changed: no further point"
    );

    // The first backup goes; that it was there, and what it saw, is still known.
    lifeboat
        .run(&["settings", name, "MAX_DATABASE_BACKUPS=1"])
        .done();
    app.sign("berta");
    let _ = lifeboat.backup(name);
    let kept = lifeboat.backups(name);
    assert!(kept.iter().all(|one| one["id"] != first["id"]), "{kept:?}");
    let after = points(&lifeboat, name);
    assert_eq!(&after[..3], &before[..]);
    assert_eq!(
        told(&after[3..]),
        [(backup, with(2)), (check, with(2))],
        "{after:?}"
    );

    let page = lifeboat.run_plain(&["health", name]).text();
    let line = page
        .lines()
        .find(|line| line.trim_start().starts_with("Growth "));
    let line = line.unwrap_or_else(|| panic!("{page}"));
    let grown = format!("{rows} → {} rows, seen 5 times since ", rows + 2);
    assert!(line.contains(&grown), "{line}");
}
