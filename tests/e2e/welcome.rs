//! The first run: from a machine on which nothing was ever done to a first backup that is proven.

use lifeboat_tests::private_engine::PrivateEngine;
use lifeboat_tests::{DemoApp, DemoOptions, World};
use serde_json::{Value, json};

use crate::support::{button, confirm, verdict};
use crate::window::{Options, Window};

const PAGE: &str = "[data-testid=welcome]";

/// On an engine of its own: what shows itself is decided by all that is there. It watches, because that is
/// how a first start is.
fn first_start(world: &World) -> Window {
    let options = Options {
        watches: true,
        ..Options::default()
    };
    Window::open_with(world, &options)
}

fn wait_for_step(window: &Window, step: &str) {
    window.wait_for(&format!("{PAGE}[data-step={step}]"));
}

/// What has the focus.
fn focused(window: &Window) -> Value {
    window.script("return document.activeElement.innerText;", vec![])
}

/// Keeps the page as it is, in both themes, where pictures are wanted.
fn picture(window: &Window, name: &str) {
    let Some(folder) = std::env::var_os("LIFEBOAT_WELCOME_PICTURES") else {
        return;
    };
    for theme in ["light", "dark"] {
        window.set_theme(theme);
        let path = std::path::Path::new(&folder).join(format!("{name}-{theme}.png"));
        std::fs::write(path, window.picture()).expect("the picture can be kept");
    }
}

/// What the first backup is good for: more is written, the comparison says so, and the restore and its undo
/// take it away and bring it back.
fn goes_back_and_forth(window: &Window, app: &DemoApp, backup: &Value) {
    let then = app.entry_count();
    app.sign("Ada");
    app.sign("Grace");
    window.go_to_app(&app.name);
    window.click(&button(backup, "Restore"));
    let comparison = "[data-testid=comparison] table";
    window.wait_for(comparison);
    let compared = window.text(comparison);
    assert!(compared.contains("entries"), "{compared}");
    assert!(compared.contains("−2"), "{compared}");
    confirm(window, &app.name);
    app.wait_healthy();
    assert_eq!(app.entry_count(), then);
    window.click("[data-testid=restore-outcome] .actions button:first-child");
    window.wait_for(comparison);
    let compared = window.text(comparison);
    assert!(
        compared.contains("+2"),
        "the undo is compared, too: {compared}"
    );
    confirm(window, &app.name);
    app.wait_healthy();
    assert_eq!(app.entry_count(), then + 2);
}

#[test]
fn a_first_start_ends_with_a_proven_backup() {
    let engine = PrivateEngine::start();
    let world = World::on(engine.engine());
    let chosen = world.demo("chosen", DemoOptions::default());
    let left = world.demo("left", DemoOptions::default());

    let window = first_start(&world);
    wait_for_step(&window, "engine");
    window.wait_for("[data-testid=found-engine][data-found=true]");
    let told = window.text("[data-testid=found-engine]");
    let address = world.engine().host().unwrap_or_default();
    assert!(told.contains(address), "which engine it is: {told}");
    assert_eq!(focused(&window), "Welcome to Lifeboat");
    picture(&window, "engine");

    window.press("Next");
    wait_for_step(&window, "applications");
    let box_of = |app: &str| format!("[data-testid=welcome-app][data-app='{app}'] input");
    window.wait_for(&box_of(&chosen.name));
    picture(&window, "applications");
    window.click(&box_of(&left.name));
    window.press("Next");
    wait_for_step(&window, "schedule");
    assert_eq!(focused(&window), "When, and how many to keep?");
    picture(&window, "schedule");
    window.fill("[data-setting=MAX_DATABASE_BACKUPS] input", "7");
    window.press("Protect and back up");

    wait_for_step(&window, "backup");
    picture(&window, "running");
    let row = |app: &str| format!("[data-testid=first-backup][data-app='{app}']");
    window.wait_for(&format!("{}[data-verdict=sound]", row(&chosen.name)));
    window.wait_for("[data-testid=first-backups][data-running=false]");
    assert_eq!(window.text(&format!("{PAGE} h1")), "Your data is safe.");
    assert!(!window.has(&row(&left.name)), "it was not chosen");
    picture(&window, "done");

    // One backup, by the guardian, proven; what was changed is a setting, what was not is none.
    let backups = world.lifeboat().backups(&chosen.name);
    assert_eq!(backups.len(), 1, "{backups:?}");
    assert_eq!(verdict(&backups[0]), "sound");
    assert_eq!(backups[0]["trigger"], "start-up");
    assert!(
        world
            .engine()
            .is_running(&format!("lifeboat-guardian-{}", chosen.name)),
        "somebody sees to the next one"
    );
    let settings = world.lifeboat().run(&["settings", &chosen.name]).done()["settings"].clone();
    let value = |key: &str| {
        let values = settings["values"].as_array().expect("settings are a list");
        let found = values.iter().find(|one| one["key"] == key);
        let found = found.unwrap_or_else(|| panic!("{key} is a setting"));
        json!([found["value"], found["origin"]])
    };
    assert_eq!(value("MAX_DATABASE_BACKUPS"), json!(["7", "lifeboat"]));
    // What the page shows as usual is what is in force.
    let usual = value("AUTO_BACKUP_INTERVAL_HOURS");
    assert_eq!(usual, json!(["24", "default"]));
    assert_eq!(value("BACKUP_ON_STARTUP"), json!(["true", "default"]));
    let volumes = world.engine().lines(&["volume", "ls", "--quiet"]);
    let vault = format!("lifeboat-{}", left.name);
    assert!(
        !volumes.contains(&vault),
        "nothing of ours is with it: {volumes:?}"
    );

    window.press("Go to the overview");
    window.wait_for(&format!(
        "[data-testid=app-row][data-app='{}'][data-tone=good]",
        chosen.name
    ));
    goes_back_and_forth(&window, &chosen, &backups[0]);
    window.close();
    // Once is enough.
    let window = first_start(&world);
    window.wait_for(&format!("[data-testid=app-row][data-app='{}']", left.name));
    window.wait_gone("button[aria-busy=true]");
    assert!(!window.has(PAGE), "{}", window.text("main"));
    window.close();
    world.lifeboat().run(&["guard", "off", &chosen.name]).done();
}

#[test]
fn a_first_start_that_is_put_off_does_nothing_and_does_not_come_again() {
    let engine = PrivateEngine::start();
    let world = World::on(engine.engine());
    let app = world.demo("window", DemoOptions::default());
    let window = first_start(&world);
    wait_for_step(&window, "engine");
    window.press("Set up later");
    let row = format!("[data-testid=app-row][data-app='{}']", app.name);
    window.wait_for(&row);
    window.wait("it is remembered", || {
        let known = window.invoke("preferences", json!({}));
        let known = known.expect("preferences are told");
        (known["preferences"]["welcomed"] == true).then_some(())
    });
    window.close();
    let volumes = world.engine().lines(&["volume", "ls", "--quiet"]);
    assert!(
        !volumes.contains(&format!("lifeboat-{}", app.name)),
        "{volumes:?}"
    );
    let window = first_start(&world);
    window.wait_for(&row);
    window.wait_gone("button[aria-busy=true]");
    assert!(!window.has(PAGE), "{}", window.text("main"));
    window.press("Set up…");
    wait_for_step(&window, "engine");
}
