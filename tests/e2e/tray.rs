//! The program beside its window: in the tray, at login, and what the desktop shows in passing.

use std::process::{Command, Stdio};

use lifeboat_tests::private_engine::PrivateEngine;
use lifeboat_tests::{World, artifacts, command, wait_for};
use serde_json::json;

use crate::bus::{Bus, DesktopShell, MenuEntry};
use crate::processes;
use crate::support::{application, row};
use crate::window::{Options, Window};

fn open_on(world: &World, bus: &Bus) -> Window {
    let options = Options {
        variables: vec![bus.variable()],
        ..Options::default()
    };
    Window::open_with(world, &options)
}

/// An application's entry in the tray's menu, once it says this.
fn entry_of(shell: &DesktopShell, app: &str, standing: &str) -> MenuEntry {
    let wanted = format!("{app} – {standing}");
    shell.wait_for_entry(&wanted, |entry| entry.label == wanted)
}

fn chosen(shell: &DesktopShell, label: &str) {
    let entry = shell.wait_for_entry(label, |entry| entry.label == label);
    shell.choose(&entry);
}

/// Whether the window is on the screen.
fn is_visible() -> bool {
    let search = ["search", "--onlyvisible", "--name", "^Lifeboat$"];
    let found = command::run(Command::new("xdotool").args(search));
    !found.text().is_empty()
}

fn wait_visible(visible: bool) {
    let what = if visible { "is shown" } else { "is hidden" };
    wait_for(&format!("the window {what}"), 60, || {
        (is_visible() == visible).then_some(())
    });
}

fn is_running(world: &World) -> bool {
    !processes::running(world.directory(), &artifacts::desktop()).is_empty()
}

fn wait_ended(world: &World) {
    wait_for("the program ends", 60, || {
        (!is_running(world)).then_some(())
    });
}

#[test]
fn the_tray_says_how_things_are_and_takes_a_backup() {
    let world = World::new();
    let app = application(&world);
    let bus = Bus::start();
    let shell = bus.shell();
    let window = open_on(&world, &bus);
    shell.wait_for_icon();
    let entry = entry_of(&shell, &app.name, "unprotected");
    wait_for("the icon says what its menu says", 60, || {
        let headline = shell.menu()?.into_iter().next()?.label;
        (shell.tooltip() == format!("Lifeboat: {headline}")).then_some(())
    });
    let back_up = entry.entries.iter().find(|one| one.label == "Back up now");
    shell.choose(back_up.expect("it can be backed up"));
    let shown = shell.wait_for_notification(&format!("{} was backed up", app.name));
    assert!(shown.text.contains("is sound"), "{shown:?}");
    let backups = world.lifeboat().backups(&app.name);
    assert_eq!(backups.len(), 1);
    assert_eq!(backups[0]["trigger"], "manual");

    // A click leads to the application.
    window.go("#/");
    shell.click(&shown);
    window.wait_for(&row(&backups[0]));
}

#[test]
fn a_window_that_is_closed_goes_on_in_the_tray_where_that_is_wanted() {
    let world = World::new();
    let bus = Bus::start();
    let shell = bus.shell();
    let window = open_on(&world, &bus);
    shell.wait_for_icon();
    window.wait_for("nav");
    window.ask_to_close();
    crate::dialog::press("Keep Lifeboat running?", crate::dialog::FIRST);
    wait_visible(false);
    assert!(is_running(&world), "it goes on");
    chosen(&shell, "Open Lifeboat");
    wait_visible(true);
    // It is remembered.
    window.ask_to_close();
    wait_visible(false);
    chosen(&shell, "Open Lifeboat");
    wait_visible(true);
    // A panel that is gone brings no window back.
    drop(shell);
    window.ask_to_close();
    wait_ended(&world);
}

/// At once, and so do the questions of the program.
#[test]
fn the_tray_speaks_the_language_that_was_chosen() {
    let world = World::new();
    let app = application(&world);
    let bus = Bus::start();
    let shell = bus.shell();
    let window = open_on(&world, &bus);
    shell.wait_for_icon();
    entry_of(&shell, &app.name, "unprotected");
    let told = window
        .invoke("preferences", json!({}))
        .expect("they are told");
    let mut preferences = told["preferences"].clone();
    preferences["language"] = json!("de");
    let chosen_now = json!({ "preferences": preferences, "startAtLogin": false });
    window
        .invoke("set_preferences", chosen_now)
        .expect("it is kept");
    let entry = entry_of(&shell, &app.name, "ungeschützt");
    assert_eq!(entry.entries[0].label, "Jetzt sichern");
    window.ask_to_close();
    crate::dialog::press("Soll Lifeboat weiterlaufen?", crate::dialog::FIRST);
    wait_visible(false);
    chosen(&shell, "Lifeboat beenden");
    wait_ended(&world);
}

#[test]
fn the_tray_ends_the_program() {
    let world = World::new();
    let bus = Bus::start();
    let shell = bus.shell();
    let _window = open_on(&world, &bus);
    shell.wait_for_icon();
    chosen(&shell, "Quit Lifeboat");
    wait_ended(&world);
}

#[test]
fn without_a_tray_closing_ends_the_program() {
    let world = World::new();
    let window = Window::open(&world);
    window.wait_for("nav");
    window.go("#/preferences");
    window.wait_for("[data-testid=preferences]");
    assert!(window.text("main").contains("shows no tray"));
    window.ask_to_close();
    wait_ended(&world);
}

/// At login nobody asked for a window.
#[test]
fn at_login_it_begins_in_the_tray() {
    let world = World::new();
    let bus = Bus::start();
    let shell = bus.shell();
    let window = open_on(&world, &bus);
    let entry = world.directory().join(".config/autostart/Lifeboat.desktop");
    assert!(!entry.exists(), "off by default");
    window.go("#/preferences");
    window.click("[data-preference=login] input");
    let told = wait_for("an entry for the next login", 30, || {
        std::fs::read_to_string(&entry).ok()
    });
    let line = told.lines().find_map(|line| line.strip_prefix("Exec="));
    let mut words = line.expect("what is started").split_whitespace();
    assert_eq!(
        words.next().map(|word| word.trim_matches('"')),
        artifacts::desktop().to_str()
    );
    let arguments: Vec<&str> = words.collect();
    assert_eq!(arguments, ["--background"]);
    // Not closed by its driver: this test has its turn on the display until it ends.
    chosen(&shell, "Quit Lifeboat");
    wait_ended(&world);

    let (name, address) = bus.variable();
    let lifeboat = world.lifeboat().command(&[]);
    let variables = lifeboat.get_envs();
    let mut program = Command::new(artifacts::desktop())
        .args(arguments)
        .envs(variables.filter_map(|(name, value)| Some((name, value?))))
        .env("HOME", world.directory())
        .env("NO_AT_BRIDGE", "1")
        .env(name, address)
        .stdin(Stdio::null())
        .spawn()
        .expect("it starts");
    shell.wait_for_entry("the way to the window", |entry| {
        entry.label == "Open Lifeboat"
    });
    assert!(!is_visible(), "nobody asked for a window");
    chosen(&shell, "Open Lifeboat");
    wait_visible(true);
    chosen(&shell, "Quit Lifeboat");
    assert!(program.wait().expect("it ends").success());
}

#[test]
fn what_is_wrong_is_shown_though_nobody_looks() {
    let engine = PrivateEngine::start();
    let world = World::on(engine.engine());
    let app = application(&world);
    world.lifeboat().run(&["guard", "on", &app.name]).done();
    let bus = Bus::start();
    let shell = bus.shell();
    let options = Options {
        variables: vec![bus.variable()],
        watches: true,
        ..Options::default()
    };
    let window = Window::open_with(&world, &options);
    entry_of(&shell, &app.name, "protected");
    let guardian = format!("lifeboat-guardian-{}", app.name);
    world.engine().docker(&["rm", "--force", &guardian]);
    let shown = shell.wait_for_notification(&format!("{}: no backups are taken", app.name));
    assert!(shown.text.contains("removed"), "{shown:?}");
    entry_of(&shell, &app.name, "at risk");
    window.go("#/");
    shell.click(&shown);
    window.wait_for("[data-testid=protection-card][data-state=gone]");
    window.press("Put it right");
    shell.wait_for_notification(&format!("{}: well again", app.name));
    entry_of(&shell, &app.name, "protected");
}
