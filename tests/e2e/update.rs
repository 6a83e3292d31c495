//! Updates through the window: a good release and its undo, then one that migrates and crashes.

use lifeboat_tests::{DemoApp, DemoOptions, Release, World};

use crate::support::confirm;
use crate::window::Window;

const OUTCOME: &str = "[data-testid=update-outcome]";

/// Starts the update on the application's page, and waits for its ending.
fn update(window: &Window, app: &DemoApp) -> String {
    window.go_to_app(&app.name);
    // What stands above the button has to be there first, or the click finds it moved.
    window.wait_for("[data-testid=health-card][data-verdict=sound]");
    window.press("Safe Update");
    window.wait_for("[data-testid=update-plan]");
    let plan = window.text("main");
    assert!(
        plan.contains(&format!("newer release: {}", app.name)),
        "who is stopped is said: {plan}"
    );
    window.press("Update now");
    let mut clock_ran = false;
    let outcome = window.wait("the update ends", || {
        clock_ran |= window.has("[data-testid=downtime-clock] [role=timer]");
        let outcome = window.attribute(OUTCOME, "data-outcome");
        outcome.filter(|outcome| outcome != "running")
    });
    assert!(clock_ran, "no clock ran: {}", window.text("main"));
    outcome
}

/// Columns of the guest book's table: five, and six after the migration.
fn columns(app: &DemoApp) -> i64 {
    let query = "SELECT count(*) FROM pragma_table_info('entries')";
    app.tools().number("guestbook.db", query)
}

#[test]
fn a_good_release_its_undo_and_one_that_is_rolled_back() {
    let world = World::new();
    let image = format!("{}:latest", world.name("window"));
    Release::new("1").name(&world, &image);
    let app = world.demo("window", DemoOptions::default().image(&image));
    let runs = || world.engine().inspect(&app.name)["Image"].clone();
    let first = runs();
    let rows = app.entry_count();
    let migrating = Release::new("2").with("AT_START", "migrate");
    migrating.name(&world, &image);

    let window = Window::open(&world);
    assert_eq!(update(&window, &app), "updated", "{}", window.text("main"));
    app.wait_healthy();
    assert_ne!(runs(), first, "the new image runs");
    assert_eq!(columns(&app), 6, "the migration was done");
    assert_eq!(app.entry_count(), rows);

    window.click(&format!("{OUTCOME} .actions button:last-child"));
    window.wait_for("[data-testid=release-changes]");
    confirm(&window, &app.name);
    app.wait_healthy();
    assert_eq!(runs(), first, "the old image runs again");
    assert_eq!(columns(&app), 5, "with the old schema");

    app.sign("Ada");
    let crashing = Release::new("3").with("AT_START", "migrate,crash");
    crashing.name(&world, &image);
    assert_eq!(update(&window, &app), "rolled-back");
    app.wait_healthy();
    assert_eq!(runs(), first, "the old image runs");
    assert_eq!(columns(&app), 5);
    assert_eq!(app.entry_count(), rows + 1, "nobody's rows are lost");
    assert!(app.tools().is_intact("guestbook.db"));
    let told = window.text("main");
    for part in [
        "The update was rolled back",
        "runs with its data",
        "xit code 1",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(!window.has("main [role=alert]"), "it is no crash: {told}");
}
