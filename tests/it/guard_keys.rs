//! M14: each of the five keys, from the project's `.env`, with its default and another value, and with one that
//! is not allowed.

use std::path::PathBuf;

use lifeboat_tests::{Lifeboat, World, wait_for};
use serde_json::Value;

use crate::support::guardian;

/// A protected project, and its `.env`.
struct Project {
    world: World,
    name: String,
    file: PathBuf,
}

impl Project {
    fn new(word: &str) -> Self {
        let world = World::new();
        let compose = world.compose(word);
        compose.up();
        let name = compose.project;
        let file = world.directory().join(&name).join(".env");
        let project = Self { world, name, file };
        project
            .lifeboat()
            .run(&["guard", "on", &project.name])
            .done();
        project.wait_for_state("waiting");
        project
    }

    fn lifeboat(&self) -> Lifeboat {
        self.world.lifeboat()
    }

    fn protection(&self) -> Value {
        let status = self.lifeboat().run(&["guard", "status", &self.name]);
        status.json["protection"].clone()
    }

    fn wait_for_state(&self, state: &str) -> Value {
        wait_for(&format!("protection is {state}"), 90, || {
            let protection = self.protection();
            let is_so = protection["state"] == state && protection["last_success"].is_object();
            is_so.then_some(protection)
        })
    }

    /// Writes the file, and has it read as each command does.
    fn write(&self, text: &str) -> Value {
        std::fs::write(&self.file, text).expect("settings");
        let report = self.lifeboat().run(&["settings", &self.name]).done();
        report["settings"].clone()
    }

    /// Hours from now to the next backup.
    fn hours_to_next(&self) -> Option<i64> {
        let next = self.protection()["next"]["at"].as_str()?.to_owned();
        let at: jiff::Timestamp = next.parse().expect("a time");
        let left = at.duration_since(jiff::Timestamp::now());
        Some((left.as_secs() + 1800) / 3600)
    }

    fn backups(&self, trigger: &str) -> usize {
        let backups = self.lifeboat().backups(&self.name);
        backups
            .iter()
            .filter(|backup| backup["trigger"] == trigger)
            .count()
    }

    /// The guardian starts as it does with the engine.
    fn restart_guardian(&self) {
        let before = self.protection()["heartbeat_at"].clone();
        self.world
            .engine()
            .docker(&["restart", &guardian(&self.name)]);
        wait_for("the guardian has started and waits", 90, || {
            let now = self.protection();
            (now["state"] == "waiting" && now["heartbeat_at"] != before).then_some(())
        });
    }
}

#[test]
fn each_of_the_five_keys_works_from_the_env_file() {
    let project = Project::new("five");
    let name = project.name.as_str();
    assert_eq!(project.hours_to_next(), Some(24), "the default");
    project.write("AUTO_BACKUP_INTERVAL_HOURS=6\n");
    wait_for("the schedule is another one", 90, || {
        (project.hours_to_next() == Some(6)).then_some(())
    });

    project.write("AUTO_BACKUP_ENABLED=false\n");
    let off = project.wait_for_state("switched-off");
    assert_eq!(off["next"], Value::Null, "{off}");
    project.write("");
    project.wait_for_state("waiting");

    let before = project.backups("start-up");
    project.restart_guardian();
    assert_eq!(project.backups("start-up"), before + 1, "the default");
    project.write("BACKUP_ON_STARTUP=false\n");
    project.restart_guardian();
    assert_eq!(project.backups("start-up"), before + 1);

    let backup = project.lifeboat().backup(name);
    assert_eq!(backup["codec"], "gzip", "the default");
    project.write("COMPRESS_BACKUPS=false\n");
    let backup = project.lifeboat().backup(name);
    assert_eq!(backup["codec"], "none", "{backup}");

    let held = project.lifeboat().backups(name).len();
    assert!((3..10).contains(&held), "the default keeps ten: {held}");
    project.write("MAX_DATABASE_BACKUPS=2\n");
    let _ = project.lifeboat().backup(name);
    assert_eq!(project.lifeboat().backups(name).len(), 2);
}

#[test]
fn a_value_that_is_not_allowed_is_told_and_changes_nothing() {
    let project = Project::new("wrong");
    let good = "AUTO_BACKUP_ENABLED=true\nAUTO_BACKUP_INTERVAL_HOURS=6\nBACKUP_ON_STARTUP=false\n\
                MAX_DATABASE_BACKUPS=7\nCOMPRESS_BACKUPS=false\n";
    let in_force = |report: &Value, key: &str| {
        let values = report["values"].as_array().expect("a list");
        let found = values.iter().find(|setting| setting["key"] == key);
        found.expect("it is listed")["value"].clone()
    };
    let before = project.write(good);
    assert_eq!(before["refused"], serde_json::json!([]), "{before}");
    for (key, value, allowed) in [
        ("AUTO_BACKUP_ENABLED", "maybe", "true"),
        ("AUTO_BACKUP_INTERVAL_HOURS", "0", "1"),
        ("BACKUP_ON_STARTUP", "2", "true"),
        ("MAX_DATABASE_BACKUPS", "1O", "10000"),
        ("COMPRESS_BACKUPS", "zip", "true"),
    ] {
        let lines = good.lines().map(|line| match line.starts_with(key) {
            true => format!("{key}={value}\n"),
            false => format!("{line}\n"),
        });
        let report = project.write(&lines.collect::<String>());
        let refused = report["refused"].as_array().expect("a list");
        assert_eq!(refused.len(), 1, "{report}");
        let said = refused[0]["message"].as_str().expect("a sentence");
        for words in [key, value, allowed] {
            assert!(said.contains(words), "{words}: {said}");
        }
        assert_eq!(in_force(&report, key), in_force(&before, key), "{report}");
    }
    let protection = project.wait_for_state("waiting");
    assert_eq!(protection["failures"], 0, "{protection}");
    assert_eq!(project.hours_to_next(), Some(6));
}
