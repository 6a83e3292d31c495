//! An application that is updated and interrupted, and what holds after every ending.

use std::process::Child;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;

use crate::demo::{DemoApp, DemoOptions};
use crate::lifeboat::Lifeboat;
use crate::release::Release;
use crate::steps::{Logbook, Step};
use crate::wait::wait_for;
use crate::world::World;

/// Committed rows are looked for in the time right before the stop.
const LAST_ROWS_US: i64 = 400_000;

/// An application whose image has a name that can be moved, with a writer at work.
pub struct Subject<'a> {
    /// Its world.
    pub world: &'a World,
    /// The application.
    pub app: DemoApp,
    /// The name of its image.
    pub image: String,
    /// The command.
    pub lifeboat: Lifeboat,
    /// Its logbook.
    pub logbook: Logbook,
}

/// How things were before an update.
pub struct Before {
    /// The image that ran.
    pub image_id: Value,
    /// The container that ran it.
    pub container_id: Value,
    /// When the logbook began: the application was stopped right after.
    pub stop_us: i64,
    /// When it was written last, as far as was looked.
    pub changed_at: Option<SystemTime>,
    /// A committed batch, by whichever release, that must not go any more: its number, and its time.
    pub committed: (i64, i64),
}

impl<'a> Subject<'a> {
    /// Starts it, with a first backup.
    #[must_use]
    pub fn new(world: &'a World, word: &str) -> Self {
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

    /// The image that runs.
    #[must_use]
    pub fn image_id(&self) -> Value {
        self.world.engine().inspect(&self.app.name)["Image"].clone()
    }

    /// The batch that was committed last: its number, and its time.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn newest_batch(&self) -> (i64, i64) {
        let query = "SELECT batch, begun_us FROM batches ORDER BY batch DESC LIMIT 1";
        let rows = self.app.tools().sql("guestbook.db", query);
        let number = |column: usize| rows[0][column].as_i64().expect("a number");
        (number(0), number(1))
    }

    /// Makes a release that does this at its start, and remembers how things are before its update.
    #[must_use]
    pub fn release(&self, version: &str, at_start: &str) -> Before {
        let before = Before {
            image_id: self.image_id(),
            container_id: self.world.engine().inspect(&self.app.name)["Id"].clone(),
            stop_us: i64::MAX,
            changed_at: None,
            committed: self.newest_batch(),
        };
        Release::new(version)
            .with("AT_START", at_start)
            .name(self.world, &self.image);
        before
    }

    /// Starts an update to such a release, up to the stop.
    ///
    /// # Panics
    /// If it comes to none.
    #[must_use]
    pub fn start(&self, version: &str, at_start: &str) -> (Child, Before) {
        let mut before = self.release(version, at_start);
        let mut child = self.lifeboat.start(&["update", &self.app.name]);
        let begun = self
            .logbook
            .reaches(&mut child, |logbook| logbook.entry().is_some());
        assert!(begun, "the update came to no stop: {:?}", child.wait());
        before.stop_us = now_us();
        (child, before)
    }

    /// An update that is at this step now.
    pub fn at(&self, step: &Step) -> (Child, Before) {
        let (mut child, before) = self.start(&step.name, step.at_start);
        let reached = self.logbook.reaches(&mut child, |logbook| {
            logbook.step().as_ref() == Some(&step.name)
        });
        assert!(reached, "`{}` was not reached", step.name);
        (child, before)
    }

    /// The logbook names this step.
    #[must_use]
    pub fn stands_at(&self, step: &Step) -> bool {
        self.logbook.step().as_ref() == Some(&step.name)
    }

    /// True if the logbook went no further than this step while its helpers lived.
    pub fn kill_helpers_at(&self, step: &Step) -> bool {
        self.logbook.kill_helpers();
        self.stands_at(step)
    }

    /// Recovers, as soon as what was killed has let go of the lock; what was unfinished.
    pub fn recover(&self) -> Vec<Value> {
        let json = wait_for("recovery may run", 60, || {
            let outcome = self.lifeboat.run(&["recover", &self.app.name]);
            (outcome.code() != 8).then(|| outcome.done())
        });
        let recovered = json["recover"]["recovered"].as_array();
        recovered.expect("a list of what was unfinished").clone()
    }

    /// Nobody has the vault open any more: a helper lives a moment longer than what it worked for.
    pub fn wait_unlocked(&self) {
        wait_for("the helpers are gone", 60, || {
            self.logbook.helpers().is_empty().then_some(())
        });
    }

    /// The old release is up again, or the new one is being judged.
    pub fn is_up(&self, before: &Before) -> bool {
        let format = "{{.Id}} {{.State.Running}}";
        let words = ["container", "inspect", "--format", format, &self.app.name];
        let found = self.world.engine().try_docker(&words).text();
        let old = before.container_id.as_str().unwrap_or_default();
        let is_judged = self.logbook.step().as_deref() == Some("judging");
        found.ends_with("true") && (found.starts_with(old) || is_judged)
    }

    /// Recovers, and looks whether the ending is what is said; true if the old release runs.
    pub fn recover_from(&self, what: &str, before: &Before) -> bool {
        self.wait_unlocked();
        let step = self.logbook.step();
        let recovered = self.recover();
        let is_old = self.check(what, before);
        let Some(step) = step else {
            assert!(recovered.is_empty(), "{what}: it was ended: {recovered:?}");
            return is_old;
        };
        assert_eq!(recovered.len(), 1, "{what}: {recovered:?}");
        let ending = if is_old { "old" } else { "new" };
        let decided = match step.as_str() {
            "finishing" => Some("new"),
            "judging" => None,
            _ => Some("old"),
        };
        assert_eq!(decided.unwrap_or(ending), ending, "{what}: from `{step}`");
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
    pub fn check(&self, what: &str, before: &Before) -> bool {
        let (is_old, last) = self.check_data(what, before);
        assert!(last > 0, "{what}: what was written last is gone");
        self.check_tidy(what);
        is_old
    }

    /// The same without a look at what was written right before the stop.
    pub fn check_pair(&self, what: &str, before: &Before) -> bool {
        let (is_old, _) = self.check_data(what, before);
        self.check_tidy(what);
        is_old
    }

    /// Image and data are a pair, and no committed row is missing. True if it is the old one, and how many
    /// batches there are of the time right before the stop.
    fn check_data(&self, what: &str, before: &Before) -> (bool, i64) {
        self.app.wait_healthy();
        let is_old = self.image_id() == before.image_id;
        let (batch, begun_us) = before.committed;
        let query = format!(
            "SELECT (SELECT count(*) FROM pragma_table_info('entries')),
                    (SELECT max(batch) - count(*) FROM batches),
                    (SELECT begun_us FROM batches WHERE batch = {batch}),
                    (SELECT count(*) FROM batches WHERE begun_us BETWEEN {} AND {})",
            before.stop_us - LAST_ROWS_US,
            before.stop_us
        );
        let tools = self.app.tools();
        let found = tools.sql("guestbook.db", &query).remove(0);
        assert_eq!(found[0], if is_old { 5 } else { 6 }, "{what}: a pair");
        assert_eq!(
            found[1], 0,
            "{what}: no committed row is missing in between"
        );
        assert_eq!(found[2], begun_us, "{what}: batch {batch} is another one");
        assert!(tools.is_intact("guestbook.db"), "{what}");
        (is_old, found[3].as_i64().expect("a number"))
    }

    /// Nothing hidden, nobody aside, no helper left, the restart policy and the image's name as before.
    pub fn check_tidy(&self, what: &str) {
        let policy = self.world.engine().restart_policy(&self.app.name);
        assert_eq!(policy, "unless-stopped", "{what}");
        let names = self.app.root_tools().file_names();
        let hidden: Vec<_> = names
            .iter()
            .filter(|name| name.contains(".lifeboat-"))
            .collect();
        assert!(hidden.is_empty(), "{what}: {hidden:?}");
        let aside = format!("name={}-before-", self.app.name);
        let aside = ["ps", "--all", "--format", "{{.Names}}", "--filter", &aside];
        let aside = self.world.engine().lines(&aside);
        assert!(aside.is_empty(), "{what}: {aside:?} were left");
        self.app.wait_alone(&["--all"], what);
        let started_at_boot = self.world.directory().join("config/autostart");
        let entries = std::fs::read_dir(started_at_boot).into_iter().flatten();
        assert_eq!(
            entries.count(),
            0,
            "{what}: nothing waits for the next boot"
        );
        let named = ["image", "inspect", "--format", "{{.Id}}", &self.image];
        let named = self.world.engine().docker(&named);
        assert_eq!(
            self.image_id(),
            named.trim(),
            "{what}: what the name stands for"
        );
    }

    /// Back to the first schema, for the next update.
    pub fn rewind(&self, is_old: bool) {
        if !is_old {
            self.lifeboat.run(&["undo", &self.app.name, "--yes"]).done();
            self.app.wait_healthy();
        }
    }

    /// The next backup succeeds, and nothing of killed runs is left after it.
    pub fn check_next_backup(&self) {
        let backup = self.lifeboat.backup(&self.app.name);
        assert_eq!(backup["verification"]["verdict"], "sound", "{backup}");
        let leftovers = self.world.vault(&self.app.name).leftovers();
        assert!(leftovers.is_empty(), "leftovers are swept: {leftovers:?}");
    }
}

/// Now, in microseconds since 1970.
///
/// # Panics
/// If the clock is not set.
#[must_use]
pub fn now_us() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let since = since.expect("the clock is set").as_micros();
    i64::try_from(since).expect("fits")
}
