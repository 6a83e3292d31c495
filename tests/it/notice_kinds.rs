//! `NOTICE_KINDS`: what `watch` keeps quiet of, and tells when it is chosen again.

use std::process::Child;

use jiff::Timestamp;
use lifeboat_tests::private_engine::PrivateEngine;
use lifeboat_tests::webhook::Webhook;
use lifeboat_tests::{DemoOptions, Lifeboat, World, wait_for};
use serde_json::Value;

/// A watch that does not outlive its test.
struct Watch(Child);

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Protected, with notices of these kinds sent to the webhook.
fn protected(
    world: &World,
    lifeboat: &Lifeboat,
    webhook: &Webhook,
    word: &str,
    kinds: &str,
) -> String {
    let app = world.demo(word, DemoOptions::default()).name;
    lifeboat
        .run(&[
            "settings",
            &app,
            &format!("NOTICE_WEBHOOK={}", webhook.address("/")),
            &format!("NOTICE_KINDS={kinds}"),
        ])
        .done();
    lifeboat.run(&["guard", "on", &app]).done();
    wait_for("the guardian waits", 60, || {
        let json = lifeboat.run(&["guard", "status", &app]).json;
        (json["protection"]["state"] == "waiting").then_some(())
    });
    app
}

fn kinds_and_states(webhook: &Webhook, app: &str) -> Vec<(String, String)> {
    let text = |notice: &Value, name: &str| notice[name].as_str().expect("text").to_owned();
    let taken = webhook.taken(app).into_iter();
    taken
        .map(|notice| (text(&notice, "kind"), text(&notice, "state")))
        .collect()
}

#[test]
fn a_kind_that_is_not_chosen_is_not_told_until_it_is_chosen_and_still_wrong() {
    // An engine of its own: any other watch on it would tell, too.
    let engine = PrivateEngine::start();
    let world = World::on(engine.engine());
    let lifeboat = world.lifeboat();
    let webhook = Webhook::failing_at_first(0);
    let quiet = protected(
        &world,
        &lifeboat,
        &webhook,
        "quiet",
        "overdue,backup-damaged",
    );
    let told = protected(&world, &lifeboat, &webhook, "told", "all");
    let gone = [("guardian".to_owned(), "problem".to_owned())];

    // Before anybody watches: both are in doubt from the first look on, the one that comes first in the
    // alphabet not later than the other.
    for app in [&quiet, &told] {
        let name = format!("lifeboat-guardian-{app}");
        world.engine().docker(&["rm", "--force", &name]);
    }
    let _watch = Watch(lifeboat.start(&["watch"]));
    wait_for("the other one is told of", 120, || {
        (kinds_and_states(&webhook, &told) == gone).then_some(())
    });
    let chosen_at = Timestamp::now();
    lifeboat
        .run(&["settings", &quiet, "NOTICE_KINDS=guardian"])
        .done();
    wait_for("it is told of, too", 180, || {
        (kinds_and_states(&webhook, &quiet) == gone).then_some(())
    });
    let notice = webhook.taken(&quiet).remove(0);
    let at = notice["at"].as_str().expect("text");
    let told_at: Timestamp = at.parse().expect("a time");
    assert!(told_at >= chosen_at, "before it was chosen: {notice}");
}
