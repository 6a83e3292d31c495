//! A restore through the window, and its undo.

use lifeboat_tests::World;

use crate::support::{application, button, confirm, row};
use crate::window::Window;

#[test]
fn rows_come_back_and_the_undo_takes_them_away_again() {
    let world = World::new();
    let app = application(&world);
    let lifeboat = world.lifeboat();
    let rows_then = app.entry_count();
    let backup = lifeboat.backup(&app.name);
    app.sign("Ada");
    app.sign("Grace");
    let rows_now = app.entry_count();
    assert_eq!(rows_now, rows_then + 2);

    let window = Window::open(&world);
    window.go_to_app(&app.name);
    window.click(&button(&backup, "Restore"));
    let comparison = "[data-testid=comparison] table";
    window.wait_for(comparison);
    let compared = window.text(comparison);
    assert!(
        compared.contains("entries") && compared.contains("−2"),
        "{compared}"
    );
    // Not the name: no restore.
    window.fill("[data-testid=confirm-name]", "something else");
    assert!(window.has("form button[type=submit]:disabled"));
    assert_eq!(app.entry_count(), rows_now);

    confirm(&window, &app.name);
    app.wait_healthy();
    assert_eq!(app.entry_count(), rows_then);
    assert!(app.tools().is_intact("guestbook.db"));
    let listed = lifeboat.backups(&app.name);
    let before: Vec<_> = listed
        .iter()
        .filter(|one| one["trigger"] == "pre-restore")
        .collect();
    assert_eq!(before.len(), 1, "{listed:?}");

    window.click("[data-testid=restore-outcome] .actions button:first-child");
    confirm(&window, &app.name);
    app.wait_healthy();
    assert_eq!(app.entry_count(), rows_now);
    let ada = "SELECT count(*) FROM entries WHERE name IN ('Ada', 'Grace')";
    assert_eq!(app.tools().number("guestbook.db", ada), 2);

    window.go_to_app(&app.name);
    window.wait_for(&row(&backup));
}

/// The application and its volume are gone, the vault is not: two clicks and the name bring the data back.
#[test]
fn what_is_left_of_an_application_brings_it_back() {
    let world = World::new();
    let compose = world.compose("orphan");
    compose.up();
    let lifeboat = world.lifeboat();
    let project = compose.project.as_str();
    let backup = lifeboat.backup(project);
    let count = "SELECT count(*) FROM entries";
    let rows = compose.tools().number("guestbook.db", count);
    let _ = compose.run(&["down", "--volumes"]).success();
    let volumes = compose.engine().lines(&["volume", "ls", "--quiet"]);
    assert!(!volumes.contains(&compose.volume()), "{volumes:?}");

    let window = Window::open(&world);
    window.wait_for("[data-testid=app-row]");
    window.click(&format!("[data-testid=app-row][data-app={project}] button"));
    window.wait_for(&row(&backup));
    window.click(&button(&backup, "Restore"));
    confirm(&window, project);
    compose.up();
    assert_eq!(compose.tools().number("guestbook.db", count), rows);
    window.go("#/");
    window.press("Refresh");
    let back = format!("[data-testid=app-row][data-app={project}]");
    window.wait("the application is listed as one that runs", || {
        window.text(&back).contains("Running").then_some(())
    });
}
