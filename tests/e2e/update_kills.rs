//! Kills of the window, and of the process that works for it, at each step that an update's logbook
//! names. A window that is killed does not stop an update; a process that is killed leaves one for the
//! recovery, which the window starts.

use std::path::PathBuf;

use lifeboat_tests::updating::{Before, Subject, now_us};
use lifeboat_tests::{Step, World, artifacts, steps, wait_for};
use serde_json::{Value, json};

use crate::processes;
use crate::window::Window;

/// The command lies beside the desktop program, which starts it.
fn command() -> PathBuf {
    artifacts::desktop().with_file_name("lifeboat")
}

/// Starts an update in the window, and waits until its logbook names this step.
fn at(window: &Window, subject: &Subject<'_>, step: &Step) -> (Value, Before) {
    let mut before = subject.release(&step.name, step.at_start);
    let options = json!({ "apply_compose": false, "git_pull": false });
    let planned = window.invoke(
        "plan_update",
        json!({ "app": subject.app.name, "options": options }),
    );
    let token = planned.expect("it is planned")["token"].clone();
    let job = window.invoke("update", json!({ "token": token }));
    let job = job.expect("the update starts");
    let goes_on = || {
        subject
            .logbook
            .comes_to(|logbook| logbook.entry().is_some(), &mut || false)
    };
    assert!(goes_on(), "it comes to the stop");
    before.stop_us = now_us();
    let reached = subject.logbook.comes_to(
        |logbook| logbook.step().as_ref() == Some(&step.name),
        &mut || subject.logbook.entry().is_none(),
    );
    assert!(reached, "`{}` was not reached", step.name);
    (job, before)
}

/// How a job of the window ended.
fn ending(window: &Window, job: &Value) -> Value {
    window.wait("the job ends", || {
        let jobs = window.jobs();
        let own = jobs.into_iter().find(|one| one["id"] == *job);
        own.filter(|own| !own["outcome"].is_null())
    })
}

#[test]
fn a_window_killed_at_each_step_lets_the_update_end() {
    let world = World::new();
    let subject = Subject::new(&world, "closed");
    let steps = steps::of_an_update();
    let mut kills = 0;
    for step in &steps {
        let window = Window::open(&world);
        let (_, before) = at(&window, &subject, step);
        window.kill();
        kills += 1;
        let work = || processes::running(world.directory(), &command());
        wait_for("the update ends", 120, || work().is_empty().then_some(()));
        let is_old = subject.check(&step.name, &before);
        assert_eq!(is_old, step.at_start.contains("crash"), "{}", step.name);
        assert!(subject.recover().is_empty(), "{}: it has ended", step.name);
        subject.rewind(is_old);
    }
    assert_eq!(kills, steps.len(), "one kill for each step");
}

#[test]
fn the_process_of_an_update_is_killed_at_each_step() {
    let world = World::new();
    let subject = Subject::new(&world, "worker");
    let window = Window::open(&world);
    let steps = steps::of_an_update();
    let mut kills = 0;
    for step in &steps {
        let (job, before) = at(&window, &subject, step);
        let work = processes::running(world.directory(), &command());
        work.iter().for_each(processes::Process::kill);
        kills += usize::from(work.len() == 1 && subject.stands_at(step));
        let told = ending(&window, &job)["outcome"].clone();
        assert_eq!(told["error"]["code"], "unfinished", "{}: {told}", step.name);
        subject.wait_unlocked();
        let job = window.invoke("recover", json!({ "app": subject.app.name }));
        let recovered = ending(&window, &job.expect("the recovery starts"));
        let recovered = &recovered["result"]["recovered"][0];
        let is_old = subject.check(&step.name, &before);
        let expected = if is_old { "old" } else { "new" };
        assert_eq!(recovered["ending"], expected, "{}: {recovered}", step.name);
        subject.rewind(is_old);
    }
    assert_eq!(kills, steps.len(), "one kill for each step");
    window.close();
    subject.check_next_backup();
}
