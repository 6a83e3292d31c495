//! Kills at each step that an update's logbook names, from outside. Whatever dies, the next start of
//! anything of ours ends with the old release on the old data or the new one on the new data, and says
//! which; nothing that was committed before the stop is lost.

use std::process::Child;
use std::time::{SystemTime, UNIX_EPOCH};

use lifeboat_tests::{
    DemoApp, DemoOptions, Lifeboat, Logbook, Release, Step, World, steps, wait_for,
};
use serde_json::Value;

use crate::support::verdict;

/// Committed rows are looked for in the time right before the stop.
const LAST_ROWS_US: i64 = 400_000;

/// An application whose image has a name that can be moved, with a writer at work.
struct Subject<'a> {
    world: &'a World,
    app: DemoApp,
    image: String,
    lifeboat: Lifeboat,
    logbook: Logbook,
}

/// How things were before an update.
struct Before {
    /// The image that ran.
    image_id: Value,
    /// When the logbook began: the application was stopped right after.
    stop_us: i64,
}

impl<'a> Subject<'a> {
    fn new(world: &'a World, word: &str) -> Self {
        let image = format!("{}:latest", world.name(word));
        Release::new("1").name(world, &image);
        let options = DemoOptions::default()
            .image(&image)
            .with("WRITER_RATE", "50")
            .restart("unless-stopped");
        let app = world.demo(word, options);
        let lifeboat = world.lifeboat();
        let _ = lifeboat.backup(&app.name);
        let logbook = Logbook::of(world.engine(), &app.name);
        Self {
            world,
            app,
            image,
            lifeboat,
            logbook,
        }
    }

    fn image_id(&self) -> Value {
        self.world.engine().inspect(&self.app.name)["Image"].clone()
    }

    /// Starts an update to a release that does this at its start, up to the stop.
    fn start(&self, version: &str, at_start: &str) -> (Child, Before) {
        let image_id = self.image_id();
        Release::new(version)
            .with("AT_START", at_start)
            .name(self.world, &self.image);
        let mut child = self.lifeboat.start(&["update", &self.app.name]);
        let begun = self
            .logbook
            .reaches(&mut child, |logbook| logbook.entry().is_some());
        assert!(begun, "the update came to no stop: {:?}", child.wait());
        let before = Before {
            image_id,
            stop_us: now_us(),
        };
        (child, before)
    }

    /// An update that is at this step now.
    fn at(&self, step: &Step) -> (Child, Before) {
        let (mut child, before) = self.start(&step.name, step.at_start);
        let reached = self.logbook.reaches(&mut child, |logbook| {
            logbook.step().as_ref() == Some(&step.name)
        });
        assert!(reached, "`{}` was not reached", step.name);
        (child, before)
    }

    /// Recovers, as soon as what was killed has let go of the lock; what was unfinished.
    fn recover(&self) -> Vec<Value> {
        let json = wait_for("recovery may run", 60, || {
            let outcome = self.lifeboat.run(&["recover", &self.app.name]);
            (outcome.code() != 8).then(|| outcome.done())
        });
        let recovered = json["recover"]["recovered"].as_array();
        recovered.expect("a list of what was unfinished").clone()
    }

    /// Recovers, and looks whether the ending is what is said; true if the old release runs.
    fn recover_from(&self, what: &str, before: &Before) -> bool {
        let recovered = self.recover();
        assert_eq!(recovered.len(), 1, "{what}: {recovered:?}");
        let is_old = self.check(what, before);
        let ending = if is_old { "old" } else { "new" };
        assert_eq!(recovered[0]["ending"], ending, "{what}: {recovered:?}");
        let message = recovered[0]["message"].as_str().unwrap_or_default();
        let runs = self.image_id();
        let runs = &runs.as_str().expect("an ID")["sha256:".len()..][..12];
        assert!(
            message.contains(runs),
            "{what}: {runs} runs, and: {message}"
        );
        assert!(self.recover().is_empty(), "{what}: it is recovered once");
        is_old
    }

    /// What holds after every ending; true if the old release runs.
    fn check(&self, what: &str, before: &Before) -> bool {
        self.app.wait_healthy();
        let is_old = self.image_id() == before.image_id;
        let number = |query: &str| self.app.tools().number("guestbook.db", query);
        assert_eq!(
            number("SELECT count(*) FROM pragma_table_info('entries')"),
            if is_old { 5 } else { 6 },
            "{what}: image and data are a pair"
        );
        assert_eq!(
            number("SELECT max(batch) - count(*) FROM batches"),
            0,
            "{what}: no committed row is missing in between"
        );
        let last = number(&format!(
            "SELECT count(*) FROM batches WHERE begun_us BETWEEN {} AND {}",
            before.stop_us - LAST_ROWS_US,
            before.stop_us
        ));
        assert!(last > 2, "{what}: what was written last is there: {last}");
        assert!(self.app.tools().is_intact("guestbook.db"), "{what}");
        let policy = self.world.engine().restart_policy(&self.app.name);
        assert_eq!(policy, "unless-stopped", "{what}");
        self.check_tidy(what);
        is_old
    }

    /// Nothing hidden, nobody aside, no helper left, and the image's name stands for what runs.
    fn check_tidy(&self, what: &str) {
        let names = self.app.root_tools().file_names();
        let hidden: Vec<_> = names
            .iter()
            .filter(|name| name.contains(".lifeboat-"))
            .collect();
        assert!(hidden.is_empty(), "{what}: {hidden:?}");
        let engine = self.world.engine();
        for filter in [
            format!("name={}-before-", self.app.name),
            format!("volume={}", self.app.volume),
        ] {
            let filter = ["ps", "--all", "--format", "{{.Names}}", "--filter", &filter];
            let found = engine.lines(&filter);
            let others: Vec<_> = found
                .iter()
                .filter(|name| **name != self.app.name)
                .collect();
            assert!(others.is_empty(), "{what}: {others:?} were left");
        }
    }

    /// Back to the first schema, for the next update.
    fn rewind(&self, is_old: bool) {
        if !is_old {
            self.lifeboat.run(&["undo", &self.app.name, "--yes"]).done();
            self.app.wait_healthy();
        }
    }

    /// The next backup succeeds, and nothing of killed runs is left after it.
    fn check_next_backup(&self) {
        assert_eq!(verdict(&self.lifeboat.backup(&self.app.name)), "sound");
        let leftovers = self.world.vault(&self.app.name).leftovers();
        assert!(leftovers.is_empty(), "leftovers are swept: {leftovers:?}");
    }
}

fn now_us() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let since = since.expect("the clock is set").as_micros();
    i64::try_from(since).expect("fits")
}

fn kill(child: &mut Child) {
    child.kill().expect("the command can be killed");
    let _ = child.wait();
}

/// Goes through every step that the logbook names: one update each, which is killed there.
fn at_each_step(subject: &Subject<'_>, mut kill_it: impl FnMut(&Step, Child) -> bool) {
    let steps = steps::of_an_update();
    let mut kills = 0;
    for step in &steps {
        let (child, before) = subject.at(step);
        kills += usize::from(kill_it(step, child));
        let is_old = subject.recover_from(&step.name, &before);
        subject.rewind(is_old);
    }
    assert_eq!(kills, steps.len(), "one kill for each step");
    subject.check_next_backup();
}

#[test]
fn the_command_is_killed_at_each_step() {
    let world = World::new();
    let subject = Subject::new(&world, "command");
    at_each_step(&subject, |step, mut child| {
        kill(&mut child);
        subject.logbook.step().as_ref() == Some(&step.name)
    });
}

/// Every helper dies, from a step on until the command gives up.
#[test]
fn every_helper_is_killed_from_each_step_on() {
    let world = World::new();
    let subject = Subject::new(&world, "helpers");
    at_each_step(&subject, |step, mut child| {
        subject.logbook.kill_helpers();
        let was_there = subject.logbook.step().as_ref() == Some(&step.name);
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
    let mut kills = 0;
    for step in &steps {
        let (child, before) = subject.at(step);
        subject.logbook.kill_helpers();
        kills += usize::from(subject.logbook.step().as_ref() == Some(&step.name));
        let output = child.wait_with_output().expect("the command ends");
        let json: Value = serde_json::from_slice(&output.stdout).expect("an object");
        let recovered = subject.recover();
        assert!(
            recovered.is_empty(),
            "{}: {recovered:?}, and: {json}",
            step.name
        );
        let is_old = subject.check(&step.name, &before);
        let expected = if is_old { "rolled-back" } else { "updated" };
        assert_eq!(json["update"]["outcome"], expected, "{}: {json}", step.name);
        subject.rewind(is_old);
    }
    assert_eq!(kills, steps.len(), "one kill for each step");
    subject.check_next_backup();
}
