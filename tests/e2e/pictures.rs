//! The window is painted, in both themes. With `LIFEBOAT_PICTURES` the pictures are kept there:
//! `scripts/screenshots.sh` makes those of the documentation so.

use std::path::PathBuf;

use lifeboat_tests::private_engine::PrivateEngine;
use lifeboat_tests::{Compose, DemoApp, DemoOptions, Release, World, artifacts, wait_for};
use serde_json::{Value, json};

use crate::support::{id, row};
use crate::window::Window;

/// A white page of this size is smaller by far.
const LEAST_BYTES: usize = 20_000;

fn keep(window: &Window, folder: &std::path::Path, name: &str, theme: &str) {
    window.set_theme(theme);
    let picture = window.picture();
    assert!(
        picture.len() > LEAST_BYTES,
        "{name} is blank: {} bytes",
        picture.len()
    );
    let path = folder.join(format!("{name}.png"));
    std::fs::write(path, picture).expect("the picture can be kept");
}

/// The page as it is now, in both themes.
fn both(window: &Window, folder: &std::path::Path, name: &str) {
    keep(window, folder, name, "light");
    keep(window, folder, &format!("{name}-dark"), "dark");
}

/// Entries of the guest book that come after the first ones.
fn sign(demo: &Compose, number: u32) {
    let statement = format!(
        "WITH RECURSIVE count(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < {number})
         INSERT INTO entries (name, home_port, message, written_at)
         SELECT 'Guest ' || n, 'Port ' || n, 'Fair winds, and thank you for the fish.', '2026-01-01T00:00:00Z'
         FROM count"
    );
    demo.tools().execute("guestbook.db", &statement);
}

/// A guest book that grew from backup to backup; one of them.
fn history(world: &World, demo: &Compose) -> Value {
    let lifeboat = world.lifeboat();
    let app = demo.project.as_str();
    let first = ["backup", app, "--note", "before the first guests", "--pin"];
    lifeboat.run(&first).done();
    sign(demo, 260);
    let chosen = lifeboat.backup(app);
    sign(demo, 340);
    let _ = lifeboat.backup(app);
    sign(demo, 400);
    lifeboat
        .run(&["backup", app, "--note", "after the regatta"])
        .done();
    chosen
}

/// A backup's own page, with what the newest one has beyond it.
fn compared(world: &World, demo: &Compose, window: &Window, backup: &Value) {
    window.go(&format!("#/app/{}/backups/{}", demo.project, id(backup)));
    let part = "[data-testid=compare-backups]";
    window.wait_for(&format!("{part} select"));
    let newest = &world.lifeboat().backups(&demo.project)[0];
    window.click(&format!("{part} option[value='{}']", id(newest)));
    window.wait_for(&format!("{part} table"));
    let scroll = "document.querySelector(arguments[0]).scrollIntoView({ block: 'end' });";
    window.script(scroll, vec![part.into()]);
}

/// The window's last look at a database may still be under way, and holds on to the volume until it ends.
fn wait_for_helpers(world: &World) {
    wait_for("the window's helpers have ended", 60, || {
        let role = "label=dev.lifeboat.role=session";
        let helpers = ["ps", "--all", "--quiet", "--filter", role];
        world.engine().lines(&helpers).is_empty().then_some(())
    });
}

/// The first run, opened again, as far as its last question.
fn first_run(window: &Window, folder: &std::path::Path) {
    window.press("Set up…");
    window.wait_for("[data-testid=found-engine][data-found=true]");
    for step in ["applications", "schedule"] {
        window.press("Next");
        window.wait_for(&format!("[data-testid=welcome][data-step={step}]"));
    }
    both(window, folder, "first-run");
    window.press("Set up later");
    window.wait_for("[data-testid=app-row]");
}

/// Another language was chosen: the next window speaks it.
fn german(world: &World, folder: &std::path::Path, app: &str) {
    let window = Window::open(world);
    window.wait_for("html[lang=de]");
    window.go_to_app(app);
    window.wait_for("[data-testid=health-card][data-verdict=sound]");
    window.wait_for("[data-testid=protection-card][data-state=waiting]");
    both(&window, folder, "window-german");
    let text = window.text("main");
    assert!(text.contains("Sicherung erstellen"), "{text}");
    wait_for_helpers(world);
    window.close();
}

/// Chooses a language, as the preferences do.
fn choose_language(window: &Window, language: &str) {
    let mut view = window
        .invoke("preferences", json!({}))
        .expect("preferences are told");
    view["preferences"]["language"] = json!(language);
    let chosen = json!({ "preferences": view["preferences"], "startAtLogin": false });
    window
        .invoke("set_preferences", chosen)
        .expect("it is kept");
}

/// An update from its plan to its end: a release that is never healthy.
fn update(world: &World, demo: &Compose, window: &Window, folder: &std::path::Path) {
    let sick = Release::new("2").with("AT_START", "migrate,sick");
    sick.name(world, &artifacts::demo_image());
    window.go(&format!("#/app/{}/update", demo.project));
    window.wait_for("[data-testid=update-plan]");
    both(window, folder, "update");
    window.press("Update now");
    let stopped = "[data-testid=downtime-clock].running";
    // On the way there, and for longer on the way back.
    window.wait_for(stopped);
    window.wait_gone(stopped);
    window.wait_for(stopped);
    both(window, folder, "update-running");
    window.wait_for("[data-testid=update-outcome][data-outcome=rolled-back]");
    both(window, folder, "update-rolled-back");
}

#[test]
fn the_window_is_painted_in_both_themes() {
    // An engine of its own: on others there are applications that are nobody else's business.
    let engine = PrivateEngine::start();
    let world = World::on(engine.engine());
    let kept = std::env::var_os("LIFEBOAT_PICTURES").map(PathBuf::from);
    let folder = kept.unwrap_or_else(|| world.directory().join("pictures"));
    std::fs::create_dir_all(&folder).expect("a folder for pictures");
    let demo = Compose::new(world.engine(), "lifeboat-demo", world.directory());
    demo.up();
    let _never = DemoApp::start(world.engine(), "harbour-log", DemoOptions::default());
    let unprotected = DemoApp::start(world.engine(), "tide-table", DemoOptions::default());
    let _ = world.lifeboat().backup(&unprotected.name);
    let chosen = history(&world, &demo);
    sign(&demo, 12);
    world.lifeboat().run(&["guard", "on", &demo.project]).done();

    let window = Window::open(&world);
    window.wait_for("[data-testid=app-row][data-app=harbour-log]");
    // Not remembered, but looked at.
    window.wait_gone("button[aria-busy=true]");
    both(&window, &folder, "overview");
    window.go_to_app(&unprotected.name);
    window.wait_for("[data-testid=health-card][data-verdict=sound]");
    window.wait_for("[data-testid=protection-card][data-state=off]");
    both(&window, &folder, "unprotected");
    window.go_to_app(&demo.project);
    window.wait_for("[data-testid=health-card][data-verdict=sound]");
    window.wait_for("[data-testid=protection-card][data-state=waiting]");
    window.wait_for(&row(&chosen));
    both(&window, &folder, "window");
    window.click(&format!("{} [data-pick]", row(&chosen)));
    window.wait_for("[data-testid=chosen-bar]");
    both(&window, &folder, "chosen");
    window.go(&format!("#/app/{}/settings", demo.project));
    window.wait_for("[data-testid=settings]");
    both(&window, &folder, "settings");
    for page in ["databases", "activity"] {
        window.go(&format!("#/app/{}/{page}", demo.project));
        window.wait_for("main table");
        both(&window, &folder, page);
    }
    compared(&world, &demo, &window, &chosen);
    both(&window, &folder, "backup");
    window.go("#/preferences");
    // As they are where no test looks on.
    let watch = "[data-preference=watch] input";
    window.wait_for(watch);
    window.click(watch);
    window.wait_gone("[data-preference=notifications] .note");
    both(&window, &folder, "preferences");
    window.click(watch);
    window.wait_for("[data-preference=notifications] .note");
    first_run(&window, &folder);
    window.go(&format!("#/app/{}/restore/{}", demo.project, id(&chosen)));
    window.wait_for("[data-testid=comparison] table");
    window.wait_for("[data-testid=confirm-name]");
    both(&window, &folder, "restore");
    window.go(&format!("#/app/{}/leave", demo.project));
    window.wait_for("[data-testid=confirm-name]");
    both(&window, &folder, "leave");
    update(&world, &demo, &window, &folder);
    window.go(&format!("#/app/{}/updates", demo.project));
    window.wait_for("[data-testid=history]");
    both(&window, &folder, "updates");
    choose_language(&window, "de");
    wait_for_helpers(&world);
    window.close();
    german(&world, &folder, &demo.project);
    // While it is protected, its volume stays.
    world
        .lifeboat()
        .run(&["guard", "off", &demo.project])
        .done();
    let _ = demo.run(&["down", "--volumes"]).success();
}
