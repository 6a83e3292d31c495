//! What every command prints with `--json` is what `docs/json.md` says: no field more, and none less.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::process::Command;

use lifeboat_tests::private_engine::PrivateEngine;
use lifeboat_tests::{DemoOptions, Lifeboat, Release, World, command};
use serde_json::Value;

use super::json_page::Page;
use super::repository::nothing_is_wrong;
use crate::support;

/// Whoever runs commands and compares what they print.
struct Reader {
    page: Page,
    lifeboat: Lifeboat,
    seen: RefCell<BTreeSet<String>>,
    wrong: RefCell<Vec<String>>,
}

impl Reader {
    fn new(world: &World) -> Self {
        Self {
            page: Page::read(),
            lifeboat: world.lifeboat(),
            seen: RefCell::default(),
            wrong: RefCell::default(),
        }
    }

    /// Runs a command; `name` is what the page calls it.
    fn runs(&self, name: &str, arguments: &[&str]) -> Value {
        let outcome = self.lifeboat.run(arguments);
        let json = outcome.json;
        let name = if json["error"].is_null() {
            name
        } else {
            "any that fails"
        };
        self.compares(name, &json);
        json
    }

    fn compares(&self, name: &str, json: &Value) {
        self.seen.borrow_mut().insert(name.to_owned());
        self.wrong.borrow_mut().extend(self.page.wrong(name, json));
    }

    /// The lines before the object are events.
    fn runs_with_progress(&self, arguments: &[&str]) {
        let with_progress = [&["--json", "--progress"], arguments].concat();
        let finished = self.lifeboat.run_plain(&with_progress).success();
        let text = finished.text();
        let mut lines: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).expect("an object in each line"))
            .collect();
        let object = lines.pop().expect("the object comes last");
        self.compares(arguments[0], &object);
        let kinds: BTreeSet<&str> = lines
            .iter()
            .filter_map(|line| line["event"].as_str())
            .collect();
        for kind in ["started", "step-started", "step-finished", "finished"] {
            assert!(kinds.contains(kind), "{kinds:?}");
        }
        for line in &lines {
            let wrong = self.page.wrong_type("JobEvent", line);
            self.wrong.borrow_mut().extend(wrong);
        }
    }

    /// Everything that the page describes was printed, and all of it fitted.
    fn ends(&self) {
        nothing_is_wrong(&self.wrong.borrow());
        let described: BTreeSet<String> = self.page.commands().map(str::to_owned).collect();
        assert_eq!(*self.seen.borrow(), described);
    }
}

#[test]
fn every_command_prints_what_is_described() {
    // An engine of its own: `watch` would see to everybody's applications, and `apps` lists them.
    let engine = PrivateEngine::start();
    let world = World::on(engine.engine());
    let reader = Reader::new(&world);
    let image = format!("{}:latest", world.name("image"));
    Release::new("1").name(&world, &image);
    let app = world
        .demo("json", DemoOptions::default().image(&image))
        .name;

    backups(&reader, &app);
    files(&reader, &world, &app);
    protection(&reader, &world, &app);
    Release::new("2").name(&world, &image);
    changes(&reader, &app);
    reader.runs("demo", &["demo", "--release", "good"]);
    reader.runs("leave", &["leave", "lifeboat-demo", "--yes"]);
    reader.runs("any that fails", &["show", &app, "no-such-backup"]);
    reader.runs("leave", &["leave", &app, "--yes"]);
    reader.ends();
}

fn backups(reader: &Reader, app: &str) {
    reader.runs("backup", &["backup", app, "--note", "first"]);
    reader.runs_with_progress(&["backup", app, "--exclude", "cache"]);
    for (name, arguments) in [
        ("apps", &["apps"][..]),
        ("backups", &["backups", app]),
        ("show", &["show", app, "latest"]),
        ("compare", &["compare", app, "latest"]),
        ("verify", &["verify", app]),
        ("verify --all", &["verify", app, "--all"]),
        ("pin", &["pin", app, "latest"]),
        ("unpin", &["unpin", app, "latest"]),
        ("health", &["health", app]),
        ("doctor", &["doctor"]),
        ("completions", &["completions", "bash"]),
        ("recover", &["recover", app]),
    ] {
        reader.runs(name, arguments);
    }
}

fn files(reader: &Reader, world: &World, app: &str) {
    let place = |name: &str| support::text(&world.directory().join(name));
    let saved = reader.runs(
        "download",
        &["download", app, "latest", "--to", &place("saved.tar.gz")],
    );
    assert!(saved["download"].is_object(), "{saved}");
    let arguments = ["rescue", &place("saved.tar.gz"), "--to", &place("rescued")];
    reader.runs("rescue", &arguments);
    reader.runs("import", &["import", &place("saved.tar.gz"), "--app", app]);
    reader.runs("delete", &["delete", app, "latest", "--yes"]);
    let arguments = ["audit", app, "--verify", "--export", &place("audit.csv")];
    reader.runs("audit", &arguments);
}

fn protection(reader: &Reader, world: &World, app: &str) {
    reader.runs("guard", &["guard", "status", app]);
    reader.runs("guard", &["guard", "on", app]);
    reader.runs("settings", &["settings", app, "MAX_DATABASE_BACKUPS=1"]);
    // A rotation follows it.
    let backup = reader.runs("backup", &["backup", app]);
    assert!(backup["rotation"].is_object(), "{backup}");
    reader.runs("prune", &["prune", app, "--dry-run"]);
    reader.runs("prune", &["prune", app, "--yes"]);
    reader.runs("apps", &["apps"]);

    let mut watch = reader.lifeboat.start(&["watch"]);
    let guardian = support::guardian(app);
    world.engine().docker(&["rm", "--force", &guardian]);
    let mut lines = BufReader::new(watch.stdout.take().expect("it is read")).lines();
    let told = lines.next().expect("a notice").expect("a line");
    reader.compares("watch", &serde_json::from_str(&told).expect("an object"));
    let _ = command::run(Command::new("kill").args(["-TERM", &watch.id().to_string()])).success();
    assert!(watch.wait().expect("it ends").success());
    reader.runs("guard", &["guard", "status", app]);
}

fn changes(reader: &Reader, app: &str) {
    reader.runs("restore", &["restore", app, "latest", "--yes"]);
    reader.runs("undo", &["undo", app, "--yes"]);
    reader.runs("update --check", &["update", app, "--check"]);
    let update = reader.runs("update", &["update", app]);
    assert_eq!(update["update"]["outcome"], "updated", "{update}");
    reader.runs("undo", &["undo", app, "--yes"]);
    reader.runs("health", &["health", app, "--deep"]);
}
