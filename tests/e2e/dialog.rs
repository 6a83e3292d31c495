//! The system's file dialog, answered with a keyboard.

use std::process::Command;

use lifeboat_tests::{command, wait_for};

fn xdotool(arguments: &[&str]) -> command::Finished {
    command::run(Command::new("xdotool").args(arguments))
}

fn find(title: &str) -> Option<String> {
    let name = format!("^{title}");
    let found = xdotool(&["search", "--onlyvisible", "--name", &name]).text();
    found.lines().next().map(str::to_owned)
}

/// Waits for the dialog of that title, types a path and presses Return.
pub(crate) fn answer(title: &str, path: &str) {
    let _ = type_into(title, path);
    let _ = xdotool(&["key", "Return"]).success();
    wait_for("the dialog closes", 30, || {
        find(title).is_none().then_some(())
    });
}

/// The same for a dialog that asks for a folder. Its field for a path appears with the first key,
/// and may lose some of what follows it; so it is typed again until the dialog is content.
pub(crate) fn answer_folder(title: &str, path: &str) {
    let dialog = wait_for("a file dialog", 60, || find(title));
    wait_for("the dialog closes", 60, || {
        let _ = xdotool(&["windowfocus", "--sync", &dialog]);
        let _ = xdotool(&["key", "slash", "ctrl+a"]);
        let _ = xdotool(&["type", "--delay", "15", path]);
        for _ in 0..20 {
            if find(title).is_none() {
                return Some(());
            }
            let _ = xdotool(&["key", "--delay", "50", "Return"]);
        }
        None
    });
}

fn type_into(title: &str, path: &str) -> String {
    let dialog = wait_for("a file dialog", 60, || find(title));
    // There is no window manager that would do it.
    wait_for("the dialog has the focus", 30, || {
        let _ = xdotool(&["windowfocus", "--sync", &dialog]);
        (xdotool(&["getwindowfocus"]).text() == dialog).then_some(())
    });
    let _ = xdotool(&["key", "ctrl+a"]).success();
    let _ = xdotool(&["type", "--delay", "15", path]).success();
    dialog
}

/// Waits for the dialog of that title and closes it with Escape.
pub(crate) fn dismiss(title: &str) {
    let dialog = wait_for("a file dialog", 60, || find(title));
    wait_for("the dialog closes", 30, || {
        let _ = xdotool(&["windowfocus", "--sync", &dialog]);
        let _ = xdotool(&["key", "Escape"]);
        find(title).is_none().then_some(())
    });
}

/// The key that presses the first button of a question.
pub(crate) const FIRST: &[&str] = &["Return"];

/// Waits for the question of that title and presses keys.
pub(crate) fn press(title: &str, keys: &[&str]) {
    let dialog = wait_for("a question", 60, || find(title));
    wait_for("the question is answered", 30, || {
        let _ = xdotool(&["windowfocus", "--sync", &dialog]);
        let mut arguments = vec!["key"];
        arguments.extend(keys);
        let _ = xdotool(&arguments);
        find(title).is_none().then_some(())
    });
}
