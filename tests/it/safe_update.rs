//! `scripts/safe_update.sh`: finds the project, and passes on what `lifeboat update` says.

use std::path::Path;
use std::process::Command;

use lifeboat_tests::command::{self, Finished};
use lifeboat_tests::{Compose, Release, World, artifacts};
use serde_json::Value;

/// The script as a person calls it: by some path, from some directory, with `lifeboat` in `PATH`.
fn run_as(script: &Path, world: &World, directory: &Path, arguments: &[&str]) -> Finished {
    let programs = std::path::absolute(artifacts::cli()).expect("a path");
    let programs = programs.parent().expect("the command lies in a folder");
    let path = std::env::var("PATH").unwrap_or_default();
    let path = format!("{}:{path}", programs.display());
    run_in(&path, script, world, directory, arguments)
}

/// The same with a `PATH` of its own, in which the script is looked for, too.
fn run_in(
    path: &str,
    script: &Path,
    world: &World,
    directory: &Path,
    arguments: &[&str],
) -> Finished {
    let mut safe_update = Command::new("env");
    let environment = world.lifeboat().command(&[]);
    for (name, value) in environment.get_envs() {
        if let Some(value) = value {
            safe_update.env(name, value);
        }
    }
    safe_update
        .env("PATH", path)
        .env_remove("COMPOSE_PROJECT_NAME")
        .env_remove("COMPOSE_FILE")
        .current_dir(directory)
        .arg(script)
        .args(arguments);
    command::run(&mut safe_update)
}

fn script() -> std::path::PathBuf {
    artifacts::repository().join("scripts/safe_update.sh")
}

fn run(world: &World, directory: &Path, arguments: &[&str]) -> Finished {
    run_as(&script(), world, directory, arguments)
}

fn code(finished: &Finished) -> i32 {
    finished.status.code().unwrap_or(-1)
}

/// A compose project that runs release 1 under a name whose tag can be moved.
fn project(world: &World, word: &str) -> (Compose, String) {
    let image = format!("{}-image:latest", world.name(word));
    Release::new("1").name(world, &image);
    let project = world.compose(word);
    project.use_image(&image);
    project.up();
    (project, image)
}

fn image_of(project: &Compose) -> Value {
    let container = project.container().expect("the service has a container");
    project.engine().inspect(&container)["Image"].clone()
}

#[test]
fn a_good_release_a_bad_one_and_none() {
    let world = World::new();
    let (project, image) = project(&world, "script");
    let here = world.directory().join(&project.project);
    let below = here.join("some folder");
    std::fs::create_dir(&below).expect("a folder below the compose file");
    let first = image_of(&project);
    let rows = project.entry_count();

    let good = Release::new("2").with("AT_START", "migrate");
    good.name(&world, &image);
    let finished = run(&world, &here, &["--check"]);
    assert_eq!(code(&finished), 0, "{finished}");
    assert!(finished.text().contains(&project.project), "{finished}");
    assert_eq!(image_of(&project), first, "a check changes nothing");

    let finished = run(&world, &below, &["--yes"]);
    assert_eq!(code(&finished), 0, "{finished}");
    assert!(!finished.text().contains('\u{1b}'), "plain in a pipe");
    let second = image_of(&project);
    assert_ne!(second, first, "the new image runs");
    assert_eq!(project.entry_count(), rows);

    let finished = run(&world, &here, &["--json"]);
    assert_eq!(code(&finished), 0, "{finished}");
    let json: Value = serde_json::from_slice(&finished.stdout).expect("one object");
    assert_eq!(json["update"]["outcome"], "up-to-date");

    let bad = Release::new("3").with("AT_START", "migrate,crash");
    bad.name(&world, &image);
    // From another project's directory, through a link to the script.
    let elsewhere = world.compose("other");
    let elsewhere = world.directory().join(&elsewhere.project);
    let link = world.directory().join("update it");
    std::os::unix::fs::symlink(script(), &link).expect("a link");
    let finished = run_as(&link, &world, &elsewhere, &["--project", &project.project]);
    assert_eq!(code(&finished), 7, "{finished}");
    assert!(finished.text().contains("rolled back"), "{finished}");
    assert_eq!(image_of(&project), second, "the release before runs");
    assert_eq!(project.entry_count(), rows);
}

/// A project that runs under another name than its directory's is found by where compose was run.
#[test]
fn the_project_that_runs_from_a_directory() {
    let world = World::new();
    let here = world.directory().join("Any Name");
    let project = Compose::within(world.engine(), &world.name("named"), &here);
    project.up();
    let finished = run(&world, &here, &["--check"]);
    assert_eq!(code(&finished), 0, "{finished}");
    assert!(finished.text().contains(&project.project), "{finished}");
    let _ = project.run(&["down", "--volumes"]).success();
}

/// Nothing runs; the name it would have is the one that is looked for.
#[test]
fn names_as_compose_makes_them() {
    let world = World::new();
    let directory = world.directory().join("My.Shop 2");
    std::fs::create_dir(&directory).expect("a folder");
    let looked_for = || {
        let finished = run(&world, &directory, &["--json", "--check"]);
        assert_eq!(code(&finished), 5, "{finished}");
        finished.text()
    };
    assert!(
        String::from_utf8_lossy(&run(&world, &directory, &[]).stderr)
            .contains("no compose project"),
        "there is no compose file"
    );
    std::fs::write(directory.join("compose.yaml"), "services: {}\n").expect("a file");
    assert!(looked_for().contains("“myshop2”"), "{}", looked_for());
    let named = "# a shop\nname: \"corner-shop\" # ours\nservices: {}\n";
    std::fs::write(directory.join("compose.yaml"), named).expect("a file");
    assert!(looked_for().contains("“corner-shop”"), "{}", looked_for());
    std::fs::write(
        directory.join(".env"),
        "PORT=1\nCOMPOSE_PROJECT_NAME='env-shop'\n",
    )
    .expect("a file");
    assert!(looked_for().contains("“env-shop”"), "{}", looked_for());
}

/// As a package installs it: the command and a link to the script in one folder of `PATH`, the script in
/// another one, and no repository around.
#[test]
fn it_works_where_a_package_installs_it() {
    let world = World::new();
    let (project, _) = project(&world, "installed");
    let here = world.directory().join(&project.project);
    let root = world.directory().join("root");
    let (programs, shared) = (root.join("usr/bin"), root.join("usr/share/lifeboat"));
    for folder in [&programs, &shared] {
        std::fs::create_dir_all(folder).expect("a folder");
    }
    let command = std::path::absolute(artifacts::cli()).expect("a path");
    std::os::unix::fs::symlink(command, programs.join("lifeboat")).expect("a link");
    let installed = shared.join("safe_update.sh");
    std::fs::copy(script(), &installed).expect("a copy");
    std::os::unix::fs::symlink(&installed, programs.join("safe_update.sh")).expect("a link");
    let path = format!("{}:/usr/bin:/bin", programs.display());
    let finished = run_in(
        &path,
        Path::new("safe_update.sh"),
        &world,
        &here,
        &["--check"],
    );
    assert_eq!(code(&finished), 0, "{finished}");
    assert!(finished.text().contains(&project.project), "{finished}");
}

#[test]
fn help_and_mistakes() {
    let world = World::new();
    let here = world.directory().to_path_buf();
    let finished = run(&world, &here, &["--help"]);
    assert_eq!(code(&finished), 0, "{finished}");
    for part in ["--check", "--project", "Exit codes"] {
        assert!(finished.text().contains(part), "{part}: {finished}");
    }
    assert_eq!(code(&run(&world, &here, &["--whatever"])), 2);
    assert_eq!(code(&run(&world, &here, &["--project"])), 2);
    assert_eq!(code(&run(&world, &here, &["one", "two"])), 2);
    assert_eq!(code(&run(&world, &here, &["no-such-application"])), 5);
}
