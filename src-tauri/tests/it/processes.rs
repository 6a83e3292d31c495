//! What must outlive the window does: it runs as a process, and any window can listen to it.
//!
//! A small script stands in for the command line program where the test has to hold it still; that
//! the real one speaks this language is shown by the tests of the whole product.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::time::Instant;

use lifeboat_core::job::{JobEvent, Outcome};
use lifeboat_desktop::confirmations::Planned;
use nix::sys::stat::Mode;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::world::World;

const ENGINE: &str = "unix:///nonexistent/lifeboat-test.sock";

/// A script that tells its arguments, waits to be let go, and then does `ending`.
fn script(folder: &Path, ending: &str) -> PathBuf {
    let path = folder.join("lifeboat");
    nix::unistd::mkfifo(&folder.join("gate"), Mode::S_IRWXU).expect("a gate");
    let text = format!(
        "#!/bin/sh\n\
         trap 'echo \"{{\\\"schema\\\":1,\\\"error\\\":{{\\\"code\\\":\\\"cancelled\\\",\
         \\\"message\\\":\\\"m\\\",\\\"advice\\\":\\\"a\\\",\\\"aftermath\\\":\\\"unchanged\\\"}}}}\"; \
         exit 130' INT\n\
         echo '{{\"event\":\"started\",\"steps\":[]}}'\n\
         echo \"{{\\\"event\\\":\\\"note\\\",\\\"text\\\":\\\"$*\\\"}}\"\n\
         read go < '{gate}'\n\
         {ending}\n",
        gate = folder.join("gate").display(),
    );
    std::fs::write(&path, text).expect("a script");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).expect("a program");
    path
}

/// Waits until the script has come to its gate, and lets it go.
fn let_go(folder: &Path) {
    let mut gate = OpenOptions::new()
        .write(true)
        .open(folder.join("gate"))
        .expect("the gate");
    writeln!(gate).expect("the script listens");
}

fn watch(world: &World, id: &str) -> Receiver<JobEvent> {
    let (sender, events) = mpsc::channel();
    let watcher = Box::new(move |event| sender.send(event).is_ok());
    world
        .desktop()
        .watch_job(id, watcher)
        .expect("the job is known");
    events
}

fn start(world: &World) -> String {
    let id = world
        .invoke("recover", json!({"app": "shop"}))
        .expect("it starts");
    id.as_str().expect("an id").to_owned()
}

fn note_of(events: &Receiver<JobEvent>) -> String {
    let note = |event| match event {
        JobEvent::Note { text } => Some(text),
        _ => None,
    };
    events
        .iter()
        .find_map(note)
        .expect("the script tells its arguments")
}

fn left_files(folder: &Path) -> usize {
    std::fs::read_dir(folder.join("data/jobs"))
        .expect("it is there")
        .count()
}

const DONE: &str = "echo '{\"schema\":1,\"recovered\":[]}'";

#[test]
fn the_process_gets_its_arguments_and_its_result_comes_back() {
    let tools = TempDir::new().expect("a folder");
    let world = World::new(ENGINE, Some(script(tools.path(), DONE)));
    let id = start(&world);
    let events = watch(&world, &id);
    let arguments = format!("recover --yes --json --progress --engine={ENGINE} -- shop");
    assert_eq!(note_of(&events), arguments);
    assert_eq!(world.refused("job_result", json!({"id": id})), "busy");
    let_go(tools.path());
    let last = events.iter().last();
    assert_eq!(
        last,
        Some(JobEvent::Finished {
            outcome: Outcome::Done
        })
    );
    assert_eq!(
        world.invoke("job_result", json!({"id": id})),
        Ok(json!({"recovered": []}))
    );
    assert_eq!(left_files(world.folder.path()), 0, "it cleans up");
}

#[test]
fn a_later_window_listens_to_what_an_earlier_one_began() {
    let tools = TempDir::new().expect("a folder");
    let program = script(tools.path(), DONE);
    let first = World::new(ENGINE, Some(program.clone()));
    let id = start(&first);
    note_of(&watch(&first, &id));
    // The first window is killed: what it left on the disk is all there is.
    let folder = TempDir::new().expect("a folder");
    copy_jobs(first.folder.path(), folder.path());

    let second = World::in_folder(folder, ENGINE, Some(program));
    let views = second.invoke("list_jobs", json!({})).expect("a list");
    assert_eq!(views[0]["id"], Value::from(id.clone()));
    assert_eq!(views[0]["kind"], "recover");
    assert_eq!(views[0]["app"], "shop");
    let events = watch(&second, &id);
    note_of(&events);
    assert_eq!(second.refused("job_result", json!({"id": id})), "busy");
    let_go(tools.path());
    let last = events.iter().last();
    assert_eq!(
        last,
        Some(JobEvent::Finished {
            outcome: Outcome::Done
        })
    );
}

/// The same files, lock included: links, not copies.
fn copy_jobs(from: &Path, to: &Path) {
    let jobs = to.join("data/jobs");
    std::fs::create_dir_all(&jobs).expect("a folder");
    for entry in std::fs::read_dir(from.join("data/jobs")).expect("it is there") {
        let entry = entry.expect("an entry");
        std::fs::hard_link(entry.path(), jobs.join(entry.file_name())).expect("a link");
    }
}

#[test]
fn a_process_that_ended_without_a_window_tells_its_ending_to_the_next() {
    let folder = TempDir::new().expect("a folder");
    let jobs = folder.path().join("data/jobs");
    std::fs::create_dir_all(&jobs).expect("a folder");
    let record = json!({"id": "earlier", "kind": "restore", "app": "shop", "title": "Restore shop",
                        "process": 1});
    std::fs::write(jobs.join("earlier.json"), record.to_string()).expect("a record");
    std::fs::write(jobs.join("earlier.talk"), "").expect("a file");
    let output =
        "{\"event\":\"started\",\"steps\":[]}\n{\"schema\":1,\"restore\":{\"app\":\"shop\"}}\n";
    std::fs::write(jobs.join("earlier.output"), output).expect("a file");
    let world = World::in_folder(folder, ENGINE, None);
    assert!(watch(&world, "earlier").iter().last().is_some());
    let result = world.invoke("job_result", json!({"id": "earlier"}));
    assert_eq!(result, Ok(json!({"app": "shop"})));
    assert_eq!(left_files(world.folder.path()), 0);
}

#[test]
fn a_process_that_vanished_needs_attention() {
    let tools = TempDir::new().expect("a folder");
    let world = World::new(
        ENGINE,
        Some(script(tools.path(), "echo 'a reason' >&2; kill -9 $$")),
    );
    let id = start(&world);
    let events = watch(&world, &id);
    let_go(tools.path());
    let last = events.iter().last().expect("an ending");
    let JobEvent::Finished {
        outcome: Outcome::Failed { error },
    } = last
    else {
        panic!("{last:?}")
    };
    let error = serde_json::to_value(error).expect("JSON");
    assert_eq!(error["code"], "unfinished");
    assert_eq!(error["aftermath"], "needs-attention");
    assert!(
        error["detail"]
            .as_str()
            .expect("a detail")
            .contains("a reason"),
        "{error}"
    );
}

#[test]
fn an_error_of_the_process_is_the_error_of_the_job() {
    let tools = TempDir::new().expect("a folder");
    let error =
        json!({"code": "rolled-back", "message": "m", "advice": "a", "aftermath": "restored"});
    let ending = format!("echo '{}'; exit 7", json!({"schema": 1, "error": error}));
    let world = World::new(ENGINE, Some(script(tools.path(), &ending)));
    let id = start(&world);
    let events = watch(&world, &id);
    let_go(tools.path());
    assert!(events.iter().last().is_some());
    assert_eq!(world.invoke("job_result", json!({"id": id})), Err(error));
}

#[test]
fn an_update_that_was_rolled_back_is_no_failure_of_the_job() {
    let tools = TempDir::new().expect("a folder");
    let update = json!({"app": "shop", "outcome": "rolled-back", "reason": "the release crashed"});
    let ending = format!("echo '{}'; exit 7", json!({"schema": 1, "update": update}));
    let world = World::new(ENGINE, Some(script(tools.path(), &ending)));
    let plan = json!({"app": "shop", "options": {"apply_compose": false, "git_pull": false},
                      "services": [], "containers": [], "database_bytes": 1, "checkout": null,
                      "steps": [], "warnings": []});
    let plan = Planned::Update(serde_json::from_value(plan).expect("a plan"));
    let token = world.desktop().confirmations.issue(plan, Instant::now());
    let token = json!({"token": token.expect("a token")});
    let id = world.invoke("update", token.clone()).expect("it starts");
    let id = id.as_str().expect("an id");
    let events = watch(&world, id);
    let arguments = format!("update --yes --json --progress --engine={ENGINE} -- shop");
    assert_eq!(note_of(&events), arguments);
    assert_eq!(world.refused("update", token), "confirmation-needed");
    let_go(tools.path());
    let last = events.iter().last();
    assert_eq!(
        last,
        Some(JobEvent::Finished {
            outcome: Outcome::Done
        })
    );
    assert_eq!(world.invoke("job_result", json!({"id": id})), Ok(update));
}

#[test]
fn cancel_reaches_the_process_and_is_an_ending() {
    let tools = TempDir::new().expect("a folder");
    let world = World::new(
        ENGINE,
        Some(script(tools.path(), "while :; do sleep 1; done")),
    );
    let id = start(&world);
    let events = watch(&world, &id);
    let_go(tools.path());
    world
        .invoke("cancel_job", json!({"id": id}))
        .expect("it is asked to stop");
    let last = events.iter().last();
    assert_eq!(
        last,
        Some(JobEvent::Finished {
            outcome: Outcome::Cancelled
        })
    );
    assert_eq!(world.refused("job_result", json!({"id": id})), "cancelled");
}

#[test]
fn without_the_program_nothing_begins() {
    let tools = TempDir::new().expect("a folder");
    let world = World::new(ENGINE, Some(tools.path().join("missing")));
    assert_eq!(world.refused("recover", json!({"app": null})), "internal");
    assert_eq!(world.invoke("list_jobs", json!({})), Ok(json!([])));
    drop(File::create(tools.path().join("missing")).expect("no program, only a file"));
    assert_eq!(world.refused("recover", json!({"app": null})), "internal");
    assert_eq!(left_files(world.folder.path()), 0, "it cleans up");
}
