//! Kills at moments spread over a backup: the application goes on, nothing half-made is listed, and
//! the next backup succeeds.

use std::io::{BufRead as _, BufReader};
use std::process::Command;
use std::time::{Duration, Instant};

use lifeboat_tests::private_engine::PrivateEngine;
use lifeboat_tests::{DemoApp, DemoOptions, Lifeboat, Logbook, World, command, wait_for};
use serde_json::Value;

use crate::support::verdict;

/// Moments of one sweep.
const KILLS: u32 = 9;

/// A database large enough that its backup takes a while.
fn application(world: &World) -> DemoApp {
    let app = world.demo("crash", DemoOptions::default().with("WRITER_RATE", "100"));
    let more = [
        "--owner",
        "1000:1000",
        "--journal",
        "wal",
        "--size-bytes",
        "40000000",
    ];
    app.root_tools().make("events", "events.db", &more);
    app
}

/// How long an undisturbed backup takes.
fn duration_of_a_backup(lifeboat: &Lifeboat, app: &DemoApp) -> Duration {
    let begun = Instant::now();
    let backup = lifeboat.backup(&app.name);
    assert_eq!(verdict(&backup), "sound", "{backup}");
    begun.elapsed()
}

/// The promises that hold after every kill.
fn check(world: &World, app: &DemoApp, started_at: &str, kill: u32) -> usize {
    assert_eq!(
        app.started_at(),
        started_at,
        "kill {kill}: the application was never restarted"
    );
    app.wait_batches(3);
    let lifeboat = world.lifeboat();
    let listed = lifeboat.backups(&app.name);
    for backup in &listed {
        let id = backup["id"].as_str().expect("an id");
        if verdict(backup) == "not-checked" {
            let outcome = lifeboat.run(&["verify", &app.name, id]).done();
            assert_eq!(
                verdict(&outcome["backup"]),
                "sound",
                "kill {kill}: what is listed is whole"
            );
        } else {
            assert_eq!(verdict(backup), "sound", "kill {kill}: {backup}");
        }
    }
    let foreign = app
        .root_tools()
        .files()
        .into_iter()
        .find(|fact| fact.uid != 1000 && fact.kind == "file");
    assert!(
        foreign.is_none(),
        "kill {kill}: nothing beside the database belongs to somebody else: {foreign:?}"
    );
    listed.len()
}

/// The next backup succeeds, and nothing of killed runs is left after it.
fn check_next_backup(world: &World, app: &DemoApp) {
    let json = wait_for("the lock is free again", 60, || {
        let outcome = world.lifeboat().run(&["backup", &app.name]);
        (outcome.code() != 8).then(|| outcome.done())
    });
    assert_eq!(verdict(&json["backup"]), "sound");
    let leftovers = world.vault(&app.name).leftovers();
    assert!(leftovers.is_empty(), "leftovers are swept: {leftovers:?}");
}

/// Kills something at moments spread over a backup.
fn sweep(kill_it: impl Fn(&World, &DemoApp, &mut std::process::Child)) {
    let world = World::new();
    let app = application(&world);
    let lifeboat = world.lifeboat();
    let whole = duration_of_a_backup(&lifeboat, &app);
    let started_at = app.started_at();
    let mut interrupted = 0;
    for kill in 0..KILLS {
        let mut child = lifeboat.start(&["backup", &app.name]);
        std::thread::sleep(whole * kill / KILLS);
        kill_it(&world, &app, &mut child);
        let ended = child.wait().expect("the command ends");
        interrupted += u32::from(!ended.success());
        check(&world, &app, &started_at, kill);
        check_next_backup(&world, &app);
        let extra = world.lifeboat().backups(&app.name).len().saturating_sub(1);
        for _ in 0..extra {
            world
                .lifeboat()
                .run(&["delete", &app.name, "latest", "--yes"])
                .done();
        }
    }
    assert!(
        interrupted >= KILLS / 2,
        "only {interrupted} of {KILLS} kills hit a running backup"
    );
}

#[test]
fn the_command_is_killed() {
    sweep(|_, _, child| child.kill().expect("the command can be killed"));
}

#[test]
fn the_helper_container_is_killed() {
    sweep(|world, app, child| {
        // A job begins with short sessions whose loss it can stand; so every helper is killed from this
        // moment on, until the command gives up or is done.
        let filter = format!("volume=lifeboat-{}", app.name);
        wait_for("the command ends", 60, || {
            let running = ["ps", "--quiet", "--no-trunc", "--filter", &filter];
            for container in world.engine().lines(&running) {
                let _ = world
                    .engine()
                    .try_docker(&["kill", "--signal", "KILL", &container]);
            }
            child
                .try_wait()
                .expect("the command can be asked")
                .map(|_| ())
        });
    });
}

/// A first Ctrl-C cancels: nothing is half-made, and the exit code says so.
#[test]
fn an_interrupted_command_cancels() {
    let world = World::new();
    let app = application(&world);
    let lifeboat = world.lifeboat();
    let whole = duration_of_a_backup(&lifeboat, &app);
    let started_at = app.started_at();
    let child = lifeboat.start(&["backup", &app.name]);
    std::thread::sleep(whole / 3);
    let _ = command::run(Command::new("kill").args(["-INT", &child.id().to_string()])).success();
    let output = child.wait_with_output().expect("the command ends");
    assert_eq!(
        output.status.code(),
        Some(130),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    let json: Value = serde_json::from_slice(&output.stdout).expect("an object");
    assert_eq!(
        (&json["error"]["code"], &json["error"]["aftermath"]),
        (&"cancelled".into(), &"unchanged".into())
    );
    assert_eq!(
        check(&world, &app, &started_at, 0),
        1,
        "the cancelled one is not listed"
    );
    check_next_backup(&world, &app);
}

/// Whoever presses Ctrl-C twice does not wait for anything.
#[test]
fn a_second_interrupt_ends_at_once() {
    let world = World::new();
    let app = world.quiet_app("twice");
    let size = ["--owner", "1000:1000", "--size-bytes", "120000000"];
    app.root_tools().make("events", "big.db", &size);
    let lifeboat = world.lifeboat();
    let _ = lifeboat.run(&["backup", &app.name, "--no-verify"]).done();
    let mut child = lifeboat.start(&["--progress", "backup", &app.name]);
    let mut said = BufReader::new(child.stdout.take().expect("its output")).lines();
    let interrupt = || {
        let id = child.id().to_string();
        let _ = command::run(Command::new("kill").args(["-INT", &id])).success();
    };
    let mut comes = |event: &str| {
        let wanted = format!("\"event\":\"{event}\"");
        let came = said.any(|line| line.expect("a line").contains(&wanted));
        assert!(came, "it came to {event}");
    };
    comes("progress");
    // The helper stands still, so that nobody hears the first one.
    let logbook = Logbook::of(world.engine(), &app.name);
    let helpers = logbook.helpers();
    signal("-STOP", &helpers);
    interrupt();
    comes("stopping");
    interrupt();
    let output = child.wait_with_output().expect("the command ends");
    signal("-CONT", &helpers);
    let talk = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{talk}");
    assert!(
        talk.contains("`lifeboat recover`"),
        "it says what to do: {talk}"
    );
    let after = lifeboat.run(&["recover", &app.name]);
    assert_eq!(after.code(), 0, "{after:?}");
    check_next_backup(&world, &app);
}

fn signal(which: &str, processes: &[u32]) {
    let ids = processes.iter().map(u32::to_string);
    let _ = command::run(Command::new("kill").arg(which).args(ids)).success();
}

/// B3: the engine itself is killed in the middle, several times, on an engine of the test's own.
#[test]
fn the_engine_is_killed() {
    let mut private = PrivateEngine::start();
    let world = World::on(private.engine());
    let options = DemoOptions::default()
        .with("WRITER_RATE", "100")
        .restart("always");
    let app = world.demo("engine", options);
    let more = [
        "--owner",
        "1000:1000",
        "--journal",
        "wal",
        "--size-bytes",
        "40000000",
    ];
    app.root_tools().make("events", "events.db", &more);
    let lifeboat = world.lifeboat();
    let _ = duration_of_a_backup(&lifeboat, &app);
    let whole = duration_of_a_backup(&lifeboat, &app);
    let mut interrupted = 0;
    for kill in 0..4_u32 {
        let before = app.batch_count();
        let child = lifeboat.start(&["backup", &app.name]);
        std::thread::sleep(whole * (2 * kill + 1) / 10);
        private.kill();
        let output = child
            .wait_with_output()
            .expect("the command ends by itself");
        interrupted += u32::from(!output.status.success());
        private.launch();
        wait_for("the application is back", 60, || {
            let health = &world.engine().inspect(&app.name)["State"]["Health"]["Status"];
            (health == "healthy").then_some(())
        });
        assert!(
            app.batch_count() >= before,
            "kill {kill}: nothing committed is lost"
        );
        assert!(app.tools().is_intact("guestbook.db"));
        let listed = lifeboat.backups(&app.name);
        for backup in &listed {
            assert!(
                ["sound", "not-checked"].contains(&verdict(backup)),
                "kill {kill}: {backup}"
            );
        }
        if output.status.success() {
            let json: Value = serde_json::from_slice(&output.stdout).expect("an object");
            let listed = listed.iter().any(|one| one["id"] == json["backup"]["id"]);
            assert!(listed, "kill {kill}: what was called done is there");
        }
        check_next_backup(&world, &app);
    }
    assert!(
        interrupted >= 2,
        "only {interrupted} of 4 kills hit a running backup"
    );
}

/// A restore whose command is killed at any moment ends, after `recover`, with the old data or the
/// new, whole and running.
#[test]
fn a_restore_is_killed() {
    kill_restores("restore", "");
}

/// The same with an application that replaces its database as soon as it starts.
#[test]
fn a_restore_of_an_application_that_replaces_its_files_is_killed() {
    kill_restores("mover", "replace");
}

fn kill_restores(word: &str, at_start: &str) {
    let world = World::new();
    let options = DemoOptions::default()
        .with("AT_START", at_start)
        .restart("unless-stopped");
    let app = world.demo(word, options);
    let lifeboat = world.lifeboat();
    let backup = lifeboat.backup(&app.name);
    let id = backup["id"].as_str().expect("an id").to_owned();
    app.sign("later");
    let begun = Instant::now();
    lifeboat.run(&["restore", &app.name, &id, "--yes"]).done();
    let whole = begun.elapsed();
    lifeboat.run(&["undo", &app.name, "--yes"]).done();
    app.wait_healthy();
    let (mut old, mut new) = (0, 0);
    for kill in 0..KILLS {
        let mut child = lifeboat.start(&["restore", &app.name, &id, "--yes"]);
        std::thread::sleep(whole * kill / KILLS);
        child.kill().expect("the command can be killed");
        let _ = child.wait();
        wait_for("recovery may run", 60, || {
            let outcome = lifeboat.run(&["recover", &app.name]);
            (outcome.code() != 8).then(|| outcome.done())
        });
        app.wait_healthy();
        assert_eq!(
            world.engine().restart_policy(&app.name),
            "unless-stopped",
            "kill {kill}"
        );
        assert!(app.tools().is_intact("guestbook.db"), "kill {kill}");
        match app.entry_count() {
            24 => {
                new += 1;
                app.sign("later");
            }
            25 => old += 1,
            other => panic!("kill {kill}: {other} entries are neither the old data nor the new"),
        }
        let names = app.root_tools().file_names();
        assert!(
            !names.iter().any(|name| name.contains(".lifeboat-")),
            "kill {kill}: {names:?}"
        );
    }
    assert_eq!(old + new, KILLS, "{old} ended old, {new} ended new");
}

/// An application that does not come up with the data from before either is no good ending, and is not
/// called one.
#[test]
fn a_recovery_after_which_the_application_is_sick_says_so() {
    let world = World::new();
    let app = world.demo("sick", DemoOptions::default());
    let lifeboat = world.lifeboat();
    let backup = lifeboat.backup(&app.name);
    let id = backup["id"].as_str().expect("an id");
    let logbook = Logbook::of(world.engine(), &app.name);
    let mut child = lifeboat.start(&["restore", &app.name, id, "--yes"]);
    let is_stopped = |logbook: &Logbook| {
        matches!(
            logbook.step().as_deref(),
            Some("settling" | "exchanging" | "starting")
        )
    };
    assert!(logbook.reaches(&mut child, is_stopped), "it stops");
    child.kill().expect("the command can be killed");
    let _ = child.wait();
    wait_for("the helper is gone", 60, || {
        logbook.helpers().is_empty().then_some(())
    });
    // A schema that the application does not know, in whichever file it finds.
    for name in app.root_tools().file_names() {
        let is_other = name.ends_with(".db") || name.contains(".lifeboat-restore-");
        if is_other && !name.ends_with("-wal") && !name.ends_with("-shm") {
            app.root_tools().execute(&name, "PRAGMA user_version = 2");
        }
    }
    let json = lifeboat.run(&["recover", &app.name]).ended(9);
    let recovered = &json["recover"]["recovered"][0];
    assert_eq!(recovered["ending"], "needs-attention", "{json}");
    let message = recovered["message"].as_str().unwrap_or_default();
    assert!(message.contains("not healthy"), "{message}");
}
