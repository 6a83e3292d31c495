//! What shells offer at a press of the key, by the shells themselves.

use std::path::Path;
use std::process::Command;

use lifeboat_tests::{DemoOptions, Lifeboat, World, artifacts, command, wait_for};

/// Does what bash does when the key is pressed at the end of the words, and prints what it would offer.
const PRESS: &str = r#"
source <(lifeboat completions bash)
[[ $(complete -p lifeboat) == *' -F '* ]] || exit 1
function=$(complete -p lifeboat); function=${function##* -F }; function=${function%% *}
COMP_WORDS=(lifeboat "$@") COMP_CWORD=$# COMP_TYPE=9
"$function" lifeboat "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
printf '%s\n' "${COMPREPLY[@]}"
"#;

/// A shell that has the command in its `PATH`, and the home of a test.
fn shell(lifeboat: &Lifeboat, program: &str) -> Command {
    let mut shell = Command::new(program);
    let like = lifeboat.command(&[]);
    for (name, value) in like.get_envs() {
        if let Some(value) = value {
            shell.env(name, value);
        }
    }
    let programs = std::path::absolute(artifacts::cli()).expect("a path");
    let programs = programs.parent().map(Path::display).expect("a folder");
    let path = std::env::var("PATH").unwrap_or_default();
    shell.env("PATH", format!("{programs}:{path}"));
    shell
}

fn press(shell: &mut Command, words: &[&str]) -> Vec<String> {
    let pressed = command::run(shell.args(["-c", PRESS, "press"]).args(words)).success();
    assert!(
        pressed.stderr.is_empty(),
        "nothing is written into the line: {pressed}"
    );
    let offered = pressed.text();
    offered
        .lines()
        .filter(|one| !one.is_empty())
        .map(str::to_owned)
        .collect()
}

/// What bash offers after these words.
fn bash(lifeboat: &Lifeboat, words: &[&str]) -> Vec<String> {
    press(&mut shell(lifeboat, "bash"), words)
}

/// These come first. Where the engine took too long for a person's patience, the key is pressed again.
fn offers(lifeboat: &Lifeboat, words: &[&str], first: &[&str]) {
    wait_for(&format!("{first:?} after {words:?}"), 60, || {
        let offered = bash(lifeboat, words);
        let begins = offered.iter().map(String::as_str).take(first.len());
        begins.eq(first.iter().copied()).then_some(())
    });
}

#[test]
fn bash_offers_commands_applications_and_backups() {
    let world = World::new();
    let app = world.demo("offered", DemoOptions::default());
    let lifeboat = world.lifeboat();
    assert_eq!(bash(&lifeboat, &["back"]), ["backup", "backups"]);
    assert_eq!(
        bash(&lifeboat, &["backup", "shop", "--databases"]),
        ["--databases-only"]
    );
    assert_eq!(bash(&lifeboat, &["guard", "st"]), ["status"]);

    let (begun, _) = app.name.split_at(app.name.len() - 2);
    for words in [
        vec!["health", begun],
        vec!["guard", "on", begun],
        vec!["restore", "--yes", begun],
    ] {
        offers(&lifeboat, &words, &[&app.name]);
    }
    let none_yet = bash(&lifeboat, &["show", &app.name, ""]);
    assert!(!none_yet.contains(&"latest".to_owned()), "{none_yet:?}");
    let taken = [lifeboat.backup(&app.name), lifeboat.backup(&app.name)];
    let [older, newer] = taken
        .each_ref()
        .map(|one| one["id"].as_str().expect("an id"));
    offers(
        &lifeboat,
        &["show", &app.name, ""],
        &["latest", newer, older],
    );
    let begun = &newer[..newer.len() - 1];
    offers(
        &lifeboat,
        &["compare", &app.name, "latest", "--with", begun],
        &[newer],
    );
}

/// Names that a shell would act upon are not put into a line.
#[test]
fn a_name_that_is_no_word_is_not_offered() {
    let world = World::new();
    let app = world.demo("plain", DemoOptions::default());
    let project = format!("{}-$(reboot)", app.name);
    let label = format!("com.docker.compose.project={project}");
    let hostile = world.name("hostile");
    let image = artifacts::demo_image();
    world
        .engine()
        .docker(&["create", "--name", &hostile, "--label", &label, &image]);
    offers(&world.lifeboat(), &["backup", &app.name], &[&app.name]);
    let offered = bash(&world.lifeboat(), &["backup", &app.name]);
    assert!(!offered.contains(&project), "{offered:?}");
}

#[test]
fn without_an_engine_only_what_is_known_is_offered() {
    let world = World::new();
    let lifeboat = world.lifeboat();
    let mut lonely = shell(&lifeboat, "bash");
    lonely.env("DOCKER_HOST", "unix:///nonexistent/docker.sock");
    assert_eq!(press(&mut lonely, &["health", "lb"]), Vec::<String>::new());
    let elsewhere = [
        "--engine",
        "unix:///nonexistent/docker.sock",
        "health",
        "--de",
    ];
    assert_eq!(bash(&lifeboat, &elsewhere), ["--deep"]);
}

#[test]
fn fish_offers_the_same_and_says_what_they_are() {
    let world = World::new();
    let app = world.demo("fish", DemoOptions::default());
    let lifeboat = world.lifeboat();
    let backup = lifeboat
        .run(&["backup", &app.name, "--note", "$(reboot) before"])
        .done();
    let id = backup["backup"]["id"].as_str().expect("an id").to_owned();
    let script =
        "lifeboat completions fish | source; complete --do-complete \"lifeboat show $argv[1] 2\"";
    let offered = wait_for("fish offers something", 60, || {
        let mut fish = shell(&lifeboat, "fish");
        fish.args(["--no-config", "-c", script, &app.name]);
        let offered = command::run(&mut fish).success().text();
        (!offered.is_empty()).then_some(offered)
    });
    let (name, about) = offered.split_once('\t').expect("a name and what it is");
    assert_eq!(name, id);
    assert!(
        about.contains("sound") && about.contains("$(reboot) before"),
        "{offered}"
    );
}
