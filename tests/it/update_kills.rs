//! Kills at each step that an update's logbook names, from outside. Whatever dies, the next start of
//! anything of ours ends with the old release on the old data or the new one on the new data, and says
//! which; nothing that was committed before the stop is lost.

use std::process::Child;

use lifeboat_tests::private_engine::PrivateEngine;
use lifeboat_tests::updating::{Before, Subject};
use lifeboat_tests::{Logbook, Step, World, artifacts, steps, wait_for};
use serde_json::Value;

/// Some steps are over in a few milliseconds.
const TRIES: u32 = 4;

fn kill(child: &mut Child) {
    child.kill().expect("the command can be killed");
    let _ = child.wait();
}

/// Goes through every step that the logbook names: one update each, which is killed there. The steps of
/// which `kill_it` says that it came too late are gone through again.
fn at_each_step(subject: &Subject<'_>, kill_it: impl FnMut(&Step, Child, &mut Before) -> bool) {
    at_steps(subject, &steps::of_an_update(), kill_it);
}

/// The same for these steps.
fn at_steps(
    subject: &Subject<'_>,
    steps: &[Step],
    mut kill_it: impl FnMut(&Step, Child, &mut Before) -> bool,
) {
    let mut kills = 0;
    for step in steps {
        for _ in 0..TRIES {
            let (child, mut before) = subject.at(step);
            let was_there = kill_it(step, child, &mut before);
            let is_old = subject.recover_from(&step.name, &before);
            subject.rewind(is_old);
            if was_there {
                kills += 1;
                break;
            }
        }
    }
    assert_eq!(kills, steps.len(), "one kill for each step");
    subject.check_next_backup();
}

/// Who reads how an update is ended after a crash finds every step in it.
#[test]
fn the_design_names_each_step() {
    let design = artifacts::repository().join("docs/design/update.md");
    let design = std::fs::read_to_string(design).expect("a file");
    for step in steps::of_an_update() {
        let name = format!("`{}`", step.name);
        assert!(design.contains(&name), "{name}");
    }
}

#[test]
fn the_command_is_killed_at_each_step() {
    let world = World::new();
    let subject = Subject::new(&world, "command");
    at_each_step(&subject, |step, mut child, _| {
        kill(&mut child);
        subject.stands_at(step)
    });
}

/// Every helper dies, from a step on until the command gives up: it cannot end the update itself.
#[test]
fn every_helper_is_killed_from_a_step_on() {
    let world = World::new();
    let subject = Subject::new(&world, "helpers");
    let steps = ["keeping", "judging", "keeping-evidence"];
    let is_chosen = |step: &Step| steps.contains(&step.name.as_str());
    let chosen: Vec<Step> = steps::of_an_update()
        .into_iter()
        .filter(is_chosen)
        .collect();
    at_steps(&subject, &chosen, |step, mut child, _| {
        let was_there = subject.kill_helpers_at(step);
        wait_for("the command gives up", 120, || {
            subject.logbook.kill_helpers();
            child.try_wait().expect("it can be asked")
        });
        was_there
    });
}

/// A helper that dies once is replaced by the command itself, which ends the update and says how.
#[test]
fn a_helper_is_killed_at_each_step() {
    let world = World::new();
    let subject = Subject::new(&world, "helper");
    let steps = steps::of_an_update();
    let kills = steps.iter().filter(|step| {
        (0..TRIES).any(|_| {
            let (child, before) = subject.at(step);
            let was_there = subject.kill_helpers_at(step);
            let output = child.wait_with_output().expect("the command ends");
            let json: Value = serde_json::from_slice(&output.stdout).expect("an object");
            let recovered = subject.recover();
            let step = &step.name;
            assert!(recovered.is_empty(), "{step}: {recovered:?}, and: {json}");
            let is_old = subject.check(step, &before);
            let expected = if is_old { "rolled-back" } else { "updated" };
            assert_eq!(json["update"]["outcome"], expected, "{step}: {json}");
            subject.rewind(is_old);
            was_there
        })
    });
    assert_eq!(kills.count(), steps.len(), "one kill for each step");
    subject.check_next_backup();
}

/// A moment of a recovery: it has the vault open; it went one way or the other; the application is up
/// again.
const MOMENTS: [fn(&Subject<'_>, &Before) -> bool; 3] = [
    |_, _| true,
    |subject, before| subject.logbook.changed_at() != before.changed_at,
    |subject, before| subject.is_up(before),
];

/// What recovers is killed as well, at several moments one after the other. The way that was chosen is
/// the one that is gone, and what the application wrote meanwhile stays.
#[test]
fn the_recovery_is_killed_too() {
    let world = World::new();
    let subject = Subject::new(&world, "again");
    let mut second_kills = 0;
    // Databases that the old release made when it was up again.
    let mut grown = Vec::new();
    at_each_step(&subject, |step, mut child, before| {
        kill(&mut child);
        let was_there = subject.stands_at(step);
        for moment in MOMENTS {
            subject.wait_unlocked();
            before.changed_at = subject.logbook.changed_at();
            let mut recovery = subject.lifeboat.start(&["recover", &subject.app.name]);
            let comes =
                |logbook: &Logbook| !logbook.helpers().is_empty() && moment(&subject, before);
            let came = subject.logbook.reaches(&mut recovery, comes);
            kill(&mut recovery);
            second_kills += usize::from(came && subject.logbook.entry().is_some());
        }
        if subject.is_up(before) {
            subject.app.wait_batches(5);
            before.committed = subject.newest_batch();
            if subject.logbook.step().as_deref() == Some("going-back") {
                let options = ["--owner", "1000:1000", "--size-bytes", "100000"];
                let tools = subject.app.root_tools();
                tools.make("events", &format!("{}.db", step.name), &options);
                grown.push(format!("{}.db", step.name));
            }
        }
        was_there
    });
    let names = subject.app.root_tools().file_names();
    assert!(grown.iter().all(|name| names.contains(name)), "{names:?}");
    assert!(
        !grown.is_empty(),
        "no old release was up when it was killed"
    );
    let least = steps::of_an_update().len() * 2;
    assert!(
        second_kills >= least,
        "only {second_kills} recoveries were killed in time"
    );
}

/// The engine itself is killed at each step, on an engine of the test's own.
#[test]
fn the_engine_is_killed_at_each_step() {
    let mut private = PrivateEngine::start();
    let world = World::on(private.engine());
    let subject = Subject::new(&world, "engine");
    at_each_step(&subject, |step, mut child, _| {
        private.kill();
        let was_there = subject.stands_at(step);
        wait_for("the command gives up", 120, || {
            child.try_wait().expect("it can be asked")
        });
        private.launch();
        was_there
    });
}

/// The undo of an update is killed at each step: the release that ran runs on its data, or the one before
/// on the data of that time.
#[test]
fn the_undo_is_killed_at_each_step() {
    let world = World::new();
    let subject = Subject::new(&world, "undone");
    let steps = steps::names_of("restore");
    let mut kills = 0;
    let mut is_updated = false;
    for step in &steps {
        if !is_updated {
            let _ = subject.release(step, "migrate");
            subject.lifeboat.run(&["update", &subject.app.name]).done();
            subject.app.wait_healthy();
        }
        let before = subject.release("unused", "");
        kill_undo(&subject, step);
        kills += 1;
        is_updated = end_undo(&subject, step, &before);
    }
    assert_eq!(kills, steps.len(), "one kill for each step");
    subject.check_next_backup();
}

/// Kills an undo at this step. The one that no undo comes to by itself is reached by recovering.
fn kill_undo(subject: &Subject<'_>, step: &str) {
    let app = subject.app.name.as_str();
    let kill_at = |arguments: &[&str], step: &str| {
        let mut child = subject.lifeboat.start(arguments);
        let is_there = |logbook: &Logbook| logbook.step().as_deref() == Some(step);
        let reached = subject.logbook.reaches(&mut child, is_there);
        assert!(reached, "{step}: it was not reached");
        kill(&mut child);
        subject.wait_unlocked();
    };
    if step == "going-back" {
        kill_at(&["undo", app, "--yes"], "exchanging");
        kill_at(&["recover", app], step);
    } else {
        kill_at(&["undo", app, "--yes"], step);
    }
}

/// Recovers from it; true if the newer release runs.
fn end_undo(subject: &Subject<'_>, step: &str, before: &Before) -> bool {
    let recovered = subject.recover();
    subject.app.wait_healthy();
    let is_newer = subject.image_id() == before.image_id;
    let ending = if is_newer { "old" } else { "new" };
    assert_eq!(recovered[0]["ending"], ending, "{step}: {recovered:?}");
    let (batch, begun_us) = before.committed;
    let query = format!(
        "SELECT (SELECT count(*) FROM pragma_table_info('entries')),
                (SELECT begun_us FROM batches WHERE batch = {batch})"
    );
    let found = subject.app.tools().sql("guestbook.db", &query).remove(0);
    assert_eq!(found[0], if is_newer { 6 } else { 5 }, "{step}: a pair");
    let is_whole = !is_newer || found[1] == begun_us;
    assert!(is_whole, "{step}: batch {batch} is another one: {found:?}");
    subject.check_tidy(step);
    is_newer
}
