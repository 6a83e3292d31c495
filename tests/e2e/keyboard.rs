//! Everything without a pointer: no test here clicks, and each stop of the Tab key shows where it is.

use lifeboat_tests::World;
use serde_json::json;

use crate::keys::{CONTROL, ENTER, ESCAPE, SHIFT, SPACE, TAB, is_at, tab_to, walk, write};
use crate::support::{application, button, row};
use crate::window::Window;

const NAME: &str = "[data-testid=confirm-name]";
const OUTCOME: &str = "[data-testid=restore-outcome][data-outcome=done]";

/// Types the application's name under a plan and presses Enter.
fn confirm(window: &Window, app: &str) {
    tab_to(window, NAME);
    write(window, app);
    window.press_keys(&[ENTER]);
    window.wait_for(OUTCOME);
}

#[test]
fn a_backup_is_made_restored_undone_and_deleted_without_a_pointer() {
    let world = World::new();
    let app = application(&world);
    let lifeboat = world.lifeboat();
    let rows = app.entry_count();
    let window = Window::open(&world);

    let link = format!("[data-testid=app-row][data-app='{}'] a", app.name);
    tab_to(&window, &link);
    window.press_keys(&[ENTER]);
    window.wait_for("[data-testid=health-card][data-verdict=sound]");
    window.press_keys(&[CONTROL, 'b']);
    window.wait_for("[data-testid=backup-row][data-verdict=sound]");
    let backup = lifeboat.backups(&app.name).remove(0);
    app.sign("Ada");

    tab_to(&window, &format!("{} th a", row(&backup)));
    window.press_keys(&[ENTER]);
    window.wait_for("[data-testid=compare-backups]");
    tab_to(&window, "main .primary");
    window.press_keys(&[SPACE]);
    window.wait_for("[data-testid=comparison] table");
    confirm(&window, &app.name);
    app.wait_healthy();
    assert_eq!(app.entry_count(), rows);
    tab_to(
        &window,
        "[data-testid=restore-outcome] .actions button:first-child",
    );
    window.press_keys(&[ENTER]);
    confirm(&window, &app.name);
    app.wait_healthy();
    assert_eq!(app.entry_count(), rows + 1, "the undo was done");
    tab_to(&window, "[data-testid=restore-outcome] .actions .primary");
    window.press_keys(&[ENTER]);

    let delete = button(&backup, "Delete");
    tab_to(&window, &delete);
    window.press_keys(&[ENTER]);
    window.wait_for("dialog[open]");
    assert!(
        is_at(&window, "dialog .plain"),
        "the safe choice comes first"
    );
    window.press_keys(&[ESCAPE]);
    window.wait_gone("dialog[open]");
    assert!(is_at(&window, &delete), "back to where it was asked");
    window.press_keys(&[ENTER]);
    window.wait_for("dialog[open]");
    tab_to(&window, "dialog .danger");
    window.press_keys(&[ENTER]);
    window.wait_gone(&row(&backup));
    window.wait("what is left has the focus", || {
        is_at(
            &window,
            "main [data-testid=backups-table] input, main button",
        )
        .then_some(())
    });
    let left = lifeboat.backups(&app.name);
    assert!(left.iter().all(|one| one["id"] != backup["id"]), "{left:?}");
}

#[test]
fn a_setting_and_a_preference_are_changed_without_a_pointer() {
    let world = World::new();
    let app = application(&world);
    let lifeboat = world.lifeboat();
    let _ = lifeboat.backup(&app.name);
    let window = Window::open(&world);
    window.wait_for(&format!("[data-testid=app-row][data-app='{}']", app.name));
    // The first stop of each page leads past what is the same on all of them.
    window.press_keys(&[TAB]);
    assert!(is_at(&window, ".skip"));
    assert!(walk(&window) > 4);
    window.go_to_app(&app.name);
    window.wait_for("[data-testid=health-card][data-verdict=sound]");
    window.wait_for("[data-testid=protection-card][data-state=off]");
    window.wait_for("[data-testid=backup-row]");
    assert!(walk(&window) > 15);

    tab_to(&window, "main nav a[href$='/settings']");
    window.press_keys(&[ENTER]);
    let keep = "[data-setting=MAX_DATABASE_BACKUPS] input";
    tab_to(&window, keep);
    window.press_keys(&[CONTROL, 'a']);
    write(&window, "9");
    tab_to(&window, "[data-setting=BACKUP_SCOPE] select");
    write(&window, "D");
    tab_to(&window, "[data-setting=COMPRESS_BACKUPS] input");
    window.press_keys(&[SPACE]);
    tab_to(&window, "[data-testid=settings-bar] .primary");
    window.press_keys(&[ENTER]);
    window.wait_gone("[data-testid=settings-bar]");
    for (key, value) in [
        ("MAX_DATABASE_BACKUPS", "9"),
        ("BACKUP_SCOPE", "databases-only"),
        ("COMPRESS_BACKUPS", "false"),
    ] {
        let told = lifeboat.run(&["settings", &app.name, key]).done();
        assert_eq!(told["settings"]["values"][0]["value"], value, "{told}");
    }
    assert!(walk(&window) > 15);

    window.press_keys(&[CONTROL, ',']);
    let watch = "[data-preference=watch] input";
    tab_to(&window, watch);
    window.press_keys(&[SPACE]);
    window.wait("it is chosen", || {
        let view = window.invoke("preferences", json!({})).ok()?;
        (view["preferences"]["watch"] == true).then_some(())
    });
    window.press_keys(&[SPACE]);
    assert!(walk(&window) > 5);
    window.press_keys(&[SHIFT, '?']);
    window.wait_for("dialog[open]");
    window.press_keys(&[ESCAPE]);
    window.wait_gone("dialog[open]");
    for page in ["databases", "updates", "activity"] {
        window.go(&format!("#/app/{}/{page}", app.name));
        window.wait_for(&format!("main nav a[href$='/{page}'][aria-current]"));
        assert!(walk(&window) > 8, "{page}");
    }
}
