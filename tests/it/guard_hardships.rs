//! Protection under hardship: no room in the vault, and more hands on it than there should be.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::Child;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use lifeboat_tests::private_engine::PrivateEngine;
use lifeboat_tests::{DemoOptions, Lifeboat, World, steps, wait_for};
use serde_json::Value;

use crate::support::{audit, guardian, verdict};

fn status(lifeboat: &Lifeboat, app: &str) -> Value {
    let outcome = lifeboat.run(&["guard", "status", app]);
    outcome.json["protection"].clone()
}

/// The vault of an application, made beforehand so that it is small; somebody else mounts it as well, so that
/// its content stays between two jobs.
fn small_vault(world: &World, app: &str, size: &str) -> String {
    let vault = format!("lifeboat-{app}");
    let engine = world.engine();
    let labels = [
        "dev.lifeboat.role=vault".to_owned(),
        format!("dev.lifeboat.app={app}"),
        "dev.lifeboat.format=1".to_owned(),
    ];
    let options = ["type=tmpfs", "device=tmpfs", &format!("o=size={size}")];
    let mut words = vec!["volume", "create"];
    words.extend(labels.iter().flat_map(|label| ["--label", label]));
    words.extend(options.iter().flat_map(|option| ["--opt", option]));
    words.push(&vault);
    engine.docker(&words);
    let mount = format!("--volume={vault}:/vault");
    let name = format!("--name={app}-holder");
    let image = lifeboat_tests::artifacts::demo_image();
    engine.docker(&["run", "--detach", "--network=none", &name, &mount, &image]);
    vault
}

/// A running `lifeboat watch`, which ends with its test.
struct Watch {
    child: Child,
    notices: Receiver<Value>,
}

impl Watch {
    fn start(lifeboat: &Lifeboat) -> Self {
        let mut child = lifeboat.start(&["watch"]);
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let (sender, notices) = channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let said: Value = serde_json::from_str(&line).expect("an object");
                if said["event"] == "notice" && sender.send(said["notice"].clone()).is_err() {
                    return;
                }
            }
        });
        Self { child, notices }
    }

    /// The next notice of this state.
    fn next(&self, state: &str) -> Value {
        loop {
            let patience = Duration::from_secs(120);
            let notice = self.notices.recv_timeout(patience).expect("a notice");
            if notice["state"] == state {
                return notice;
            }
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Takes all the room that there is.
fn fill(place: &Path) -> std::path::PathBuf {
    let path = place.join("of-somebody-else");
    let mut file = std::fs::File::create(&path).expect("a file");
    for size in [1 << 20, 4096] {
        let piece = vec![0_u8; size];
        while file.write_all(&piece).is_ok() {}
    }
    path
}

#[test]
fn without_room_a_run_fails_and_is_told_and_with_room_the_next_one_works() {
    // An engine of its own, for a watch sees to all applications of one.
    let engine = PrivateEngine::start();
    let world = World::on(engine.engine());
    let app = world.demo("cramped", DemoOptions::default());
    let vault = small_vault(&world, &app.name, "16m");
    let lifeboat = world.lifeboat();
    lifeboat.run(&["guard", "on", &app.name]).done();
    wait_for("a backup", 60, || {
        status(&lifeboat, &app.name)["last_success"]
            .is_object()
            .then_some(())
    });
    let watch = Watch::start(&lifeboat);
    let filler = fill(&steps::place_of(world.engine(), &vault));
    world.engine().docker(&["restart", &guardian(&app.name)]);
    let told = wait_for("a failure", 60, || {
        let status = status(&lifeboat, &app.name);
        status["last_failure"].is_string().then_some(status)
    });
    let why = told["last_failure"].as_str().expect("a sentence");
    assert!(why.contains("room") || why.contains("space"), "{told}");
    let message = told["message"].as_str().expect("a sentence");
    assert!(
        message.contains("failed"),
        "it does not read as if all was well: {told}"
    );
    let failed = audit(&lifeboat, &app.name).pop().expect("an entry");
    assert_eq!(failed["outcome"], "failed", "{failed}");
    assert_eq!(failed["actor"], "guardian", "{failed}");
    let backups = lifeboat.backups(&app.name);
    assert_eq!(backups.len(), 1, "nothing half made is listed: {backups:?}");
    let notice = watch.next("problem");
    assert_eq!(notice["kind"], "backup-failed", "{notice}");
    let happened = notice["happened"].as_str().expect("a sentence");
    assert!(happened.contains(why), "{notice}");

    std::fs::remove_file(filler).expect("it goes");
    world.engine().docker(&["restart", &guardian(&app.name)]);
    let well = wait_for("it works again", 60, || {
        let status = status(&lifeboat, &app.name);
        (status["last_failure"].is_null() && status["state"] == "waiting").then_some(status)
    });
    assert_eq!(well["failures"], 0, "{well}");
    let backups = lifeboat.backups(&app.name);
    assert_eq!(backups.len(), 2, "{backups:?}");
    assert!(
        backups.iter().all(|backup| verdict(backup) == "sound"),
        "{backups:?}"
    );
    assert!(world.vault(&app.name).leftovers().is_empty());
    let notice = watch.next("well-again");
    assert_eq!(notice["kind"], "backup-failed", "{notice}");
    // A vault on this volume goes with its last container.
    let holder = format!("{}-holder", app.name);
    world
        .engine()
        .docker(&["rm", "--force", "--volumes", &holder]);
}

/// A second guardian that somebody copied, two commands and a prune: one after the other gets the vault.
#[test]
fn many_hands_on_one_vault_write_one_after_the_other() {
    let world = World::new();
    let app = world.demo("crowded", DemoOptions::default().with("WRITER_RATE", "20"));
    let lifeboat = world.lifeboat();
    lifeboat.run(&["guard", "on", &app.name]).done();
    wait_for("a backup", 60, || {
        status(&lifeboat, &app.name)["last_success"]
            .is_object()
            .then_some(())
    });
    let twin = twin_of(&world, &guardian(&app.name), &app.name);
    for _ in 0..3 {
        world
            .engine()
            .docker(&["restart", "--time=1", &guardian(&app.name), &twin]);
        let jobs = [
            lifeboat.start(&["backup", &app.name]),
            lifeboat.start(&["backup", &app.name]),
            lifeboat.start(&["prune", &app.name, "--yes"]),
        ];
        for job in jobs {
            let output = job.wait_with_output().expect("it ends");
            // Who comes too late says that somebody is at work, or waits.
            let code = output.status.code().expect("a code");
            assert!([0, 8].contains(&code), "{output:?}");
        }
    }
    world.engine().docker(&["rm", "--force", &twin]);
    wait_for("the guardian waits", 60, || {
        (status(&lifeboat, &app.name)["state"] == "waiting").then_some(())
    });
    let entries = audit(&lifeboat, &app.name);
    let backups = lifeboat.backups(&app.name);
    assert!(backups.len() >= 2, "{backups:?}");
    for backup in &backups {
        assert_eq!(verdict(backup), "sound", "{backup}");
        let id = backup["id"].as_str().expect("an id");
        lifeboat.run(&["verify", &app.name, id]).done();
        let made = entries.iter().filter(|entry| entry["target"] == id);
        assert!(made.count() >= 1, "{id} is in the log: {entries:?}");
    }
    assert!(world.vault(&app.name).leftovers().is_empty());
}

/// The same program on the same mounts, in a container that Lifeboat knows nothing of.
fn twin_of(world: &World, guardian: &str, app: &str) -> String {
    let found = world.engine().inspect(guardian);
    let name = format!("{app}-twin");
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let list = |value: &Value| -> Vec<String> {
        let list = value.as_array().into_iter().flatten();
        list.map(text).collect()
    };
    let mut words = vec![
        "run".to_owned(),
        "--detach".to_owned(),
        "--network=none".to_owned(),
        "--read-only".to_owned(),
        "--cap-drop=ALL".to_owned(),
        format!("--name={name}"),
        format!("--volumes-from={guardian}"),
    ];
    for capability in list(&found["HostConfig"]["CapAdd"]) {
        words.push(format!("--cap-add={capability}"));
    }
    for variable in list(&found["Config"]["Env"]) {
        words.push(format!("--env={variable}"));
    }
    for (path, options) in found["HostConfig"]["Tmpfs"]
        .as_object()
        .into_iter()
        .flatten()
    {
        words.push(format!("--tmpfs={path}:{}", text(options)));
    }
    let entrypoint = list(&found["Config"]["Entrypoint"]);
    let arguments = list(&found["Config"]["Cmd"]);
    if let Some(program) = entrypoint.first() {
        words.push(format!("--entrypoint={program}"));
    }
    words.push(text(&found["Image"]));
    words.extend(entrypoint.into_iter().skip(1));
    words.extend(arguments);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    world.engine().docker(&words);
    name
}
