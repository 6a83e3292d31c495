//! What several topics need.

use lifeboat_tests::{DemoApp, DemoOptions, World};
use serde_json::Value;

use crate::window::Window;

/// The demo application, at rest, so that its numbers stay what they are.
pub(crate) fn application(world: &World) -> DemoApp {
    world.demo("window", DemoOptions::default())
}

/// The demo application with a second database that makes work on it take a while.
pub(crate) fn large_application(world: &World, size_bytes: u64) -> DemoApp {
    let app = application(world);
    let size = size_bytes.to_string();
    let options = [
        "--owner",
        "1000:1000",
        "--journal",
        "wal",
        "--size-bytes",
        &size,
    ];
    app.root_tools().make("events", "events.db", &options);
    app
}

/// The id of a backup.
pub(crate) fn id(backup: &Value) -> &str {
    backup["id"].as_str().expect("a backup has an id")
}

/// The verdict of a backup.
pub(crate) fn verdict(backup: &Value) -> &str {
    backup["verification"]["verdict"].as_str().unwrap_or("")
}

/// The row of a backup in the table.
pub(crate) fn row(backup: &Value) -> String {
    format!("[data-testid=backup-row][data-backup='{}']", id(backup))
}

/// The button of a backup's row whose name begins like this.
pub(crate) fn button(backup: &Value, verb: &str) -> String {
    format!("{} button[aria-label^='{verb} ']", row(backup))
}

/// Types the application's name under the plan, says yes, and waits for the end.
pub(crate) fn confirm(window: &Window, app: &str) {
    window.fill("[data-testid=confirm-name]", app);
    window.click("form button[type=submit]");
    window.wait_for("[data-testid=restore-outcome]:not([data-outcome=running])");
    let outcome = window.attribute("[data-testid=restore-outcome]", "data-outcome");
    assert_eq!(outcome.as_deref(), Some("done"), "{}", window.text("main"));
}
