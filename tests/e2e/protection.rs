//! Protection through the window: on, a setting, off – judged through the engine and the command.

use lifeboat_tests::World;
use serde_json::Value;

use crate::support::{application, row};
use crate::window::Window;

/// The card on the application's page, once it is in a state.
fn wait_for_state(window: &Window, state: &str) {
    window.wait_for(&format!(
        "[data-testid=protection-card][data-state={state}][data-busy=false]"
    ));
}

/// A setting by the command line: its value, and where it comes from.
fn setting(world: &World, app: &str, key: &str) -> (String, String) {
    let told = world.lifeboat().run(&["settings", app, key]).done();
    let found = &told["settings"]["values"][0];
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    (text(&found["value"]), text(&found["origin"]))
}

/// The page's first sentence agrees with the card below it, and so does the list of all applications.
fn wait_for_answer(window: &Window, app: &str, tone: &str, answer: &str) {
    let title = format!("header:has(.tone-{tone}.round) h1");
    window.wait(&format!("the page says “{answer}”"), || {
        let said = window.has(&title).then(|| window.text(&title));
        said.filter(|said| said.starts_with(answer)).map(|_| ())
    });
    window.go("#/");
    let row = format!("[data-testid=app-row][data-app={app}][data-tone={tone}]");
    window.wait_for(&row);
    let said = window.text(&row);
    assert!(said.contains(answer), "{said}");
    window.go_to_app(app);
}

#[test]
fn an_application_is_protected_its_settings_changed_and_protection_switched_off() {
    let world = World::new();
    let app = application(&world);
    let guardian = format!("lifeboat-guardian-{}", app.name);
    let named = format!("name=^{guardian}$");
    let running = || {
        world
            .engine()
            .lines(&["ps", "--quiet", "--filter", &named])
            .len()
    };
    let window = Window::open(&world);
    window.go_to_app(&app.name);
    window.wait_for("[data-testid=health-card][data-verdict=sound]");
    wait_for_state(&window, "off");
    assert_eq!(running(), 0, "nobody asked for it");
    // Neither does a backup of just now make it protected.
    window.press("Create backup");
    window.wait_for("[data-testid=backup-row]");
    wait_for_answer(&window, &app.name, "warn", "Unprotected. Last backup");
    wait_for_state(&window, "off");

    window.press("Protect");
    wait_for_state(&window, "waiting");
    assert_eq!(running(), 1, "the engine runs its guardian");
    wait_for_answer(&window, &app.name, "good", "Protected. Last backup");
    wait_for_state(&window, "waiting");
    let card = window.text("[data-testid=protection-card]");
    assert!(
        card.contains("In 23 hours") || card.contains("In 1 day"),
        "{card}"
    );
    let backups = world.lifeboat().backups(&app.name);
    assert_eq!(backups[0]["trigger"], "start-up", "{backups:?}");
    window.wait_for(&row(&backups[0]));

    window.go(&format!("#/app/{}/settings", app.name));
    let field = "[data-setting=MAX_DATABASE_BACKUPS] input";
    window.fill(field, "5O");
    window.press("Save");
    window.wait_for(&format!("{field}[aria-invalid=true]"));
    let told = window.text("[data-setting=MAX_DATABASE_BACKUPS] .fault");
    assert!(told.contains("a whole number from 1 to 10000"), "{told}");
    let refused = setting(&world, &app.name, "MAX_DATABASE_BACKUPS");
    assert_eq!(refused, ("10".to_owned(), "default".to_owned()));
    window.fill(field, "7");
    window.press("Save");
    window.wait_gone("[data-testid=settings-bar]");
    let chosen = setting(&world, &app.name, "MAX_DATABASE_BACKUPS");
    assert_eq!(chosen, ("7".to_owned(), "lifeboat".to_owned()));

    let enabled = "[data-setting=AUTO_BACKUP_ENABLED] input";
    window.click(enabled);
    window.press("Save");
    window.wait_gone("[data-testid=settings-bar]");
    window.go_to_app(&app.name);
    wait_for_state(&window, "switched-off");
    let risk = "At risk: automatic backups are switched off";
    wait_for_answer(&window, &app.name, "warn", risk);
    window.go(&format!("#/app/{}/settings", app.name));
    window.click(enabled);
    window.press("Save");
    window.wait_gone("[data-testid=settings-bar]");

    window.go_to_app(&app.name);
    wait_for_state(&window, "waiting");
    world.engine().docker(&["rm", "--force", &guardian]);
    window.press("Refresh");
    wait_for_state(&window, "gone");
    wait_for_answer(&window, &app.name, "bad", "At risk: its guardian is gone.");
    window.press("Put it right");
    wait_for_state(&window, "waiting");
    wait_for_answer(&window, &app.name, "good", "Protected. Last backup");
    wait_for_state(&window, "waiting");
    window.press("Switch off…");
    window.wait_for("dialog[open]");
    assert_eq!(running(), 1, "nobody said yes");
    window.press("Switch off");
    wait_for_state(&window, "off");
    assert_eq!(running(), 0, "the guardian is gone");
    wait_for_answer(&window, &app.name, "warn", "Unprotected. Last backup");
    let backups = world.lifeboat().backups(&app.name);
    assert_eq!(backups.len(), 3, "the backups stay");
    assert!(app.is_running());
}

/// The overview tells what is left out of a protection, and takes it in, as the application's page does.
#[test]
fn the_overview_protects_and_takes_in_what_is_left_out() {
    let world = World::new();
    let app = application(&world);
    let window = Window::open(&world);
    let row = |tone: &str| {
        format!(
            "[data-testid=app-row][data-app={}][data-tone={tone}]",
            app.name
        )
    };
    window.wait_for(&row("bad"));
    assert!(window.text(&row("bad")).contains("Never backed up."));
    window.press(&format!("Protect: {}", app.name));
    window.wait_for(&row("good"));
    assert!(
        window
            .text(&row("good"))
            .contains("Protected. Last backup just now")
    );

    let further = app.further_volume("further");
    app.make_anew(&[&further]);
    window.press("Refresh");
    window.wait_for(&row("bad"));
    let said = window.text(&row("bad"));
    let risk = format!("At risk: {further} holds a database and is in no automatic backup.");
    assert!(said.contains(&risk), "{said}");
    window.go_to_app(&app.name);
    window.wait_for("[data-testid=protection-card] [role=alert]");
    let card = window.text("[data-testid=protection-card]");
    assert!(card.contains(&further), "{card}");
    let title = window.text("h1");
    assert!(title.starts_with(&risk), "{title}");
    window.go("#/");
    window.press(&format!("Put it right: {}", app.name));
    window.wait_for(&row("good"));
    let status = world.lifeboat().run(&["guard", "status", &app.name]).done();
    assert_eq!(
        status["protection"]["unprotected"],
        serde_json::json!([]),
        "{status}"
    );
}
