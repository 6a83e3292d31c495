//! What `watch` tells, and to whom.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command};

use lifeboat_tests::webhook::Webhook;
use lifeboat_tests::{DemoOptions, Lifeboat, World, artifacts, command, wait_for};
use serde_json::Value;

fn guardian(app: &str) -> String {
    format!("lifeboat-guardian-{app}")
}

fn protected(world: &World, lifeboat: &Lifeboat, word: &str, webhook: &str) -> String {
    let app = world.demo(word, DemoOptions::default());
    let setting = format!("NOTICE_WEBHOOK={webhook}");
    lifeboat.run(&["settings", &app.name, &setting]).done();
    guard_on(lifeboat, &app.name);
    app.name
}

fn guard_on(lifeboat: &Lifeboat, app: &str) {
    lifeboat.run(&["guard", "on", app]).done();
    wait_for("the guardian waits", 60, || {
        let json = lifeboat.run(&["guard", "status", app]).json;
        (json["protection"]["state"] == "waiting").then_some(())
    });
}

/// Ends a watch, and gives the lines that it wrote.
fn end(mut watch: Child) -> Vec<Value> {
    let _ = command::run(Command::new("kill").args(["-TERM", &watch.id().to_string()])).success();
    assert!(watch.wait().expect("it ends").success());
    let lines = BufReader::new(watch.stdout.take().expect("piped")).lines();
    lines
        .map(|line| serde_json::from_str(&line.expect("a line")).expect("an object"))
        .collect()
}

/// Waits until so many notices of an application have arrived, and gives the last one.
fn arrived(webhook: &Webhook, app: &str, count: usize) -> Value {
    let what = format!("notice {count} of {app}");
    wait_for(&what, 240, || {
        let taken = webhook.taken(app);
        assert!(taken.len() <= count, "told too often: {taken:?}");
        (taken.len() == count).then(|| taken.last().cloned())
    })
    .expect("one at least")
}

fn kind_and_state(notice: &Value) -> (&str, &str) {
    let text = |name: &str| notice[name].as_str().expect("text");
    (text("kind"), text("state"))
}

#[test]
fn a_guardian_that_was_removed_is_told_once_over_a_restart_and_once_more_when_it_is_back() {
    let world = World::new();
    let lifeboat = world.lifeboat();
    // What it does not take at first is sent again.
    let webhook = Webhook::failing_at_first(2);
    let address = webhook.address("/hook/secret-token");
    let app = protected(&world, &lifeboat, "removed", &address);
    let other = protected(&world, &lifeboat, "alsoremoved", &address);

    let watch = lifeboat.start(&["watch"]);
    let remove = |app: &str| world.engine().docker(&["rm", "--force", &guardian(app)]);
    remove(&app);
    let gone = arrived(&webhook, &app, 1);
    assert_eq!(kind_and_state(&gone), ("guardian", "problem"), "{gone}");
    assert_eq!(gone["schema"], 1);
    let text = gone["text"].as_str().expect("text");
    for words in [
        "removed",
        "no backups are taken",
        "newest good backup",
        "lifeboat guard on",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert_eq!(webhook.heard()[0].asked, "POST /hook/secret-token HTTP/1.1");
    let said = end(watch);
    assert_eq!(said[0]["event"], "notice", "{said:?}");
    assert_eq!(said[0]["notice"]["id"], gone["id"], "{said:?}");

    // A watch that begins anew looks at both alike: when it tells of the other, it has kept quiet of this one.
    let watch = lifeboat.start(&["watch"]);
    remove(&other);
    assert_eq!(
        kind_and_state(&arrived(&webhook, &other, 1)),
        ("guardian", "problem")
    );
    assert_eq!(webhook.taken(&app).len(), 1, "it was told already");

    guard_on(&lifeboat, &app);
    let well = arrived(&webhook, &app, 2);
    assert_eq!(kind_and_state(&well), ("guardian", "well-again"), "{well}");
    end(watch);

    // What comes after the host is nobody's business.
    for arguments in [
        vec!["settings", &app],
        vec!["audit", &app],
        vec!["settings", &app, "NOTICE_WEBHOOK=ftp://host/secret-token"],
    ] {
        let shown = lifeboat.run(&arguments).json.to_string();
        assert!(shown.contains("NOTICE_WEBHOOK"), "{shown}");
        assert!(!shown.contains("secret-token"), "{arguments:?}: {shown}");
    }
}

#[test]
fn a_backup_by_itself_that_failed_is_told_with_its_reason() {
    let world = World::new();
    let lifeboat = world.lifeboat();
    let webhook = Webhook::failing_at_first(0);
    let app = world.demo(
        "failing",
        DemoOptions::default().with("JOURNAL_MODE", "delete"),
    );
    let setting = format!("NOTICE_WEBHOOK={}", webhook.address("/"));
    lifeboat.run(&["settings", &app.name, &setting]).done();
    guard_on(&lifeboat, &app.name);
    // Somebody keeps the database locked for longer than a backup waits.
    let holder = world.name("holder");
    let mount = format!("{}:/data", app.volume);
    world.engine().docker(&[
        "run",
        "--detach",
        "--name",
        &holder,
        "--volume",
        &mount,
        &artifacts::demo_image(),
        "hold",
        "/data/guestbook.db",
        "900",
    ]);
    lifeboat
        .run(&["settings", &app.name, "AUTO_BACKUP_CRON=* * * * *"])
        .done();
    let failure = wait_for("the run fails", 150, || {
        let json = lifeboat.run(&["guard", "status", &app.name]).done();
        let failure = json["protection"]["last_failure"].as_str();
        failure.map(str::to_owned)
    });
    let watch = lifeboat.start(&["watch"]);
    let told = arrived(&webhook, &app.name, 1);
    assert_eq!(
        kind_and_state(&told),
        ("backup-failed", "problem"),
        "{told}"
    );
    let happened = told["happened"].as_str().expect("text");
    assert!(happened.contains(&failure), "{happened} – {failure}");

    world.engine().docker(&["rm", "--force", &holder]);
    guard_on(&lifeboat, &app.name);
    let well = arrived(&webhook, &app.name, 2);
    assert_eq!(
        kind_and_state(&well),
        ("backup-failed", "well-again"),
        "{well}"
    );
    end(watch);
}
