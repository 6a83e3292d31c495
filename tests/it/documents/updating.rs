//! `UPDATING.md`, followed from top to bottom, on a project that is built from a git checkout.

use std::path::Path;
use std::process::Command;

use lifeboat_tests::{Engine, artifacts, command};

use super::guide::Guide;
use super::operator::{COMPOSE_FILE, Operator};

/// The compose file of an application that is built beside it.
fn built() -> String {
    COMPOSE_FILE.replace("image: IMAGE", "build: .")
}

/// Runs git in a folder; commits are by nobody in particular.
fn git(folder: &Path, arguments: &[&str]) {
    let mut git = Command::new("git");
    git.arg("-C").arg(folder);
    git.args(["-c", "user.name=Test", "-c", "user.email=test@localhost"]);
    let _ = command::run(git.args(arguments)).success();
}

/// Commits a release in a checkout.
fn release(checkout: &Path, version: &str) {
    release_that(checkout, version, "");
}

/// The same for one that does something when it starts.
fn release_that(checkout: &Path, version: &str, at_start: &str) {
    let image = artifacts::demo_image();
    let text = format!("FROM {image}\nENV RELEASE={version}\nENV AT_START={at_start}\n");
    std::fs::write(checkout.join("Dockerfile"), text).expect("a file");
    git(checkout, &["add", "Dockerfile"]);
    git(checkout, &["commit", "--quiet", "--message", version]);
}

/// Makes the operator's folder a checkout of another one, in which somebody else works; where that is.
fn check_out(operator: &Operator) -> std::path::PathBuf {
    let elsewhere = operator.world().directory().join("elsewhere");
    let here = &operator.directory;
    operator.write("compose.yaml", &built());
    operator.write(".gitignore", ".env\nscripts\n");
    git(here, &["init", "--quiet", "--initial-branch=main"]);
    git(here, &["add", "compose.yaml", ".gitignore"]);
    release(here, "1");
    let (from, to) = (here.display().to_string(), elsewhere.display().to_string());
    git(here, &["clone", "--quiet", &from, &to]);
    git(here, &["remote", "add", "origin", &to]);
    git(here, &["fetch", "--quiet", "origin"]);
    git(
        here,
        &["branch", "--quiet", "--set-upstream-to=origin/main"],
    );
    elsewhere
}

#[test]
fn its_commands_do_what_it_says() {
    let operator = Operator::new(&Engine::from_environment());
    let elsewhere = check_out(&operator);
    operator.brings_it_up();
    let (first, entries) = (operator.image(), operator.entries());
    let runs = |version: &str| {
        assert_eq!(operator.variable("RELEASE").as_deref(), Some(version));
        assert_eq!(operator.entries(), entries, "release {version}");
    };

    let mut guide = Guide::open("UPDATING.md", &operator);
    guide.does("Before");
    assert_eq!(operator.image(), first, "the plan changes nothing");
    guide.does("Before");
    let backups = operator.backups();
    assert_eq!(backups[0]["pinned"], true);
    assert_eq!(backups[0]["note"], "before the update");

    release(&elsewhere, "2");
    git(&operator.directory, &["pull", "--quiet", "--ff-only"]);
    guide.does("Update");
    runs("2");
    let second = operator.image();
    guide.does("Update");
    assert_eq!(operator.image(), second, "a check changes nothing");

    operator.loses_entries();
    guide.does("Take it back");
    assert_eq!(operator.image(), first, "the old image");
    runs("1");

    operator.write(
        "compose.yaml",
        &built().replace("shop.db\n", "shop.db\n      EDITED: \"yes\"\n"),
    );
    guide.does("The compose file was edited");
    assert_eq!(operator.variable("EDITED").as_deref(), Some("yes"));
    runs("2");

    release(&elsewhere, "3");
    guide.does("It is built from a git checkout");
    runs("3");
    guide.ends();

    // What the table says of exit code 7.
    release_that(&operator.directory, "4", "migrate,crash");
    let report = operator.lifeboat().run(&["update", &operator.app]).ended(7);
    assert_eq!(report["update"]["outcome"], "rolled-back");
    runs("3");
    assert_eq!(operator.backups()[0]["trigger"], "pre-restore");
}
