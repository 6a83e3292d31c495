//! Somebody who follows a guide: a machine's user in front of a terminal, in the folder of a compose file.

use std::cell::RefCell;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use lifeboat_tests::command::{self, Finished};
use lifeboat_tests::{Engine, Lifeboat, Tools, World, artifacts, wait_for};
use serde_json::Value;

use crate::support;

/// The names that guides use, and that are other ones here.
const APP: &str = "shop";
const DRIVE: &str = "/media/usb";
const BACKUP: &str = "20260731T101500Z-00aa11bb";

/// The compose file of an application whose image is `IMAGE`.
pub(super) const COMPOSE_FILE: &str = "services:
  web:
    image: IMAGE
    restart: unless-stopped
    network_mode: none
    healthcheck:
      interval: 1s
    environment:
      DATABASE_PATH: /data/shop.db
    volumes:
      - data:/data
volumes:
  data:
";

/// The person, the application, the drive.
pub(super) struct Operator {
    world: World,
    /// What the application is called here.
    pub(super) app: String,
    /// The folder of the compose file.
    pub(super) directory: PathBuf,
    /// The external drive.
    pub(super) drive: PathBuf,
    programs: PathBuf,
    chosen: RefCell<Option<String>>,
}

impl Operator {
    /// One whose application is described, and not up yet.
    pub(super) fn new(engine: &Engine) -> Self {
        let world = World::on(engine.clone());
        let app = world.name(APP);
        let [directory, drive, programs] =
            [app.as_str(), "usb", "programs"].map(|name| world.directory().join(name));
        for folder in [&directory, &drive, &programs] {
            std::fs::create_dir(folder).expect("a folder");
        }
        symlink(
            artifacts::repository().join("scripts"),
            directory.join("scripts"),
        )
        .expect("the scripts are where the guides have them");
        let operator = Self {
            world,
            app,
            directory,
            drive,
            programs,
            chosen: RefCell::default(),
        };
        operator.write(".env", "COMPOSE_PROJECT_NAME=shop\n");
        operator.use_image(&artifacts::demo_image());
        operator.put_programs_in_place();
        operator
    }

    /// Has the application run this image.
    pub(super) fn use_image(&self, image: &str) {
        self.write("compose.yaml", &COMPOSE_FILE.replace("IMAGE", image));
    }

    /// Writes a file beside the compose file; `shop` in it is the application's name.
    pub(super) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.directory.join(name), self.words(text)).expect("a file");
    }

    /// `lifeboat` as it is installed, and `docker compose` where only the older command is there.
    fn put_programs_in_place(&self) {
        let path = std::env::var("PATH").unwrap_or_default();
        let lifeboat = std::path::absolute(artifacts::cli()).expect("a path");
        // It looks for compose by itself, without what is put in place here.
        let text = format!("PATH='{path}' exec '{}' \"$@\"", lifeboat.display());
        program(&self.programs.join("lifeboat"), &text);
        let plugin = command::run(Command::new("docker").args(["compose", "version"]));
        if !plugin.status.success() {
            let text = format!(
                "PATH='{path}'\nif [ \"$1\" = compose ]; then shift; exec docker-compose \"$@\"; fi\n\
                 exec docker \"$@\""
            );
            program(&self.programs.join("docker"), &text);
        }
    }

    /// What a guide says, in the names that things have here.
    fn words(&self, text: &str) -> String {
        let mut words = text
            .replace(DRIVE, &support::text(&self.drive))
            .replace(APP, &self.app);
        if words.contains(BACKUP) {
            let chosen = self.chosen.borrow().clone();
            words = words.replace(BACKUP, &chosen.unwrap_or_else(|| self.oldest()));
        }
        words
    }

    fn oldest(&self) -> String {
        let backups = self.backups();
        let oldest = backups.last().expect("there is a backup");
        id(oldest)
    }

    /// Types commands into a terminal and answers what they ask; they must end well.
    pub(super) fn types(&self, commands: &str) -> Finished {
        self.types_until(commands, 0)
    }

    /// The same for commands the last of which must end with this exit code.
    pub(super) fn types_until(&self, commands: &str, exit_code: i32) -> Finished {
        let script = self.world.directory().join("commands.sh");
        std::fs::write(&script, self.words(commands)).expect("a script");
        let mut terminal = Command::new("script");
        terminal
            .args(["--quiet", "--return", "--command"])
            .arg(format!("bash -euo pipefail {}", script.display()))
            .arg("/dev/null")
            .current_dir(&self.directory);
        for (name, value) in self.lifeboat().command(&[]).get_envs() {
            if let Some(value) = value {
                terminal.env(name, value);
            }
        }
        let path = std::env::var("PATH").unwrap_or_default();
        terminal
            .env("PATH", format!("{}:{path}", self.programs.display()))
            .env("PAGER", "cat")
            .env_remove("COMPOSE_PROJECT_NAME")
            .env_remove("COMPOSE_FILE");
        let answers = self.answers(commands).into_bytes();
        let finished = command::run_with_input(&mut terminal, answers);
        assert_eq!(finished.status.code(), Some(exit_code), "{finished}");
        finished
    }

    /// What is asked by these commands, in their order: the name, or yes.
    fn answers(&self, commands: &str) -> String {
        let answers = commands.lines().filter_map(|line| {
            let mut words = line.strip_prefix("lifeboat ")?.split_whitespace();
            let command = words.next()?;
            let app = words.next().map(|app| self.words(app)).unwrap_or_default();
            match command {
                _ if line.contains("--yes") || line.contains("--dry-run") => None,
                "restore" | "undo" | "leave" => Some(format!("{app}\n")),
                "delete" | "prune" => Some("y\n".to_owned()),
                _ => None,
            }
        });
        answers.collect()
    }

    /// Means this backup wherever a guide names one by its id; `None` for the oldest.
    pub(super) fn chooses(&self, backup: Option<&Value>) {
        *self.chosen.borrow_mut() = backup.map(id);
    }

    /// Brings the application up, healthy.
    pub(super) fn brings_it_up(&self) {
        let _ = self.types("docker compose up -d");
        self.is_healthy();
    }

    /// Waits until it is healthy.
    pub(super) fn is_healthy(&self) {
        wait_for("the application is healthy", 60, || {
            (self.inspect()?["State"]["Health"]["Status"] == "healthy").then_some(())
        });
    }

    /// What the engine knows of the application's container.
    fn inspect(&self) -> Option<Value> {
        let filter = format!("label=com.docker.compose.project={}", self.app);
        let engine = self.engine();
        let found = engine.lines(&["ps", "--all", "--quiet", "--filter", &filter]);
        Some(engine.inspect(found.first()?))
    }

    /// The image that the application runs.
    pub(super) fn image(&self) -> String {
        let container = self.inspect().expect("a container");
        container["Image"].as_str().expect("an image").to_owned()
    }

    /// A variable of the application's container.
    pub(super) fn variable(&self, name: &str) -> Option<String> {
        let container = self.inspect()?;
        let all = container["Config"]["Env"].as_array()?.clone();
        let mut values = all.iter().filter_map(|one| {
            let (found, value) = one.as_str()?.split_once('=')?;
            (found == name).then(|| value.to_owned())
        });
        values.next()
    }

    fn tools(&self) -> Tools {
        Tools::new(self.engine(), &format!("{}_data", self.app)).as_user("1000:1000")
    }

    /// Entries in the application's guest book.
    pub(super) fn entries(&self) -> i64 {
        let path = format!("{}.db", self.app);
        self.tools().number(&path, "SELECT count(*) FROM entries")
    }

    /// Something that should not have happened. Not all of them: the application fills an empty guest book.
    pub(super) fn loses_entries(&self) {
        let path = format!("{}.db", self.app);
        self.tools()
            .execute(&path, "DELETE FROM entries WHERE id > 5");
    }

    /// The backups, newest first.
    pub(super) fn backups(&self) -> Vec<Value> {
        self.lifeboat().backups(&self.app)
    }

    /// A setting: its value and where it comes from.
    pub(super) fn setting(&self, key: &str) -> (String, String) {
        let report = self.lifeboat().run(&["settings", &self.app, key]).done();
        let rows = report["settings"]["values"].as_array().expect("settings");
        let row = rows.iter().find(|row| row["key"] == key).expect("the key");
        let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        (text("value"), text("origin"))
    }

    /// The command, beside what is typed.
    pub(super) fn lifeboat(&self) -> Lifeboat {
        self.world.lifeboat()
    }

    /// The engine.
    pub(super) fn engine(&self) -> &Engine {
        self.world.engine()
    }

    /// The world in which all this is, and with which it goes.
    pub(super) fn world(&self) -> &World {
        &self.world
    }
}

fn id(backup: &Value) -> String {
    backup["id"].as_str().expect("an id").to_owned()
}

fn program(path: &Path, text: &str) {
    std::fs::write(path, format!("#!/bin/sh\n{text}\n")).expect("a program");
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(path, mode).expect("it can be run");
}
