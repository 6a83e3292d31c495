//! The pages as screen readers and tired eyes meet them.

use lifeboat_tests::private_engine::PrivateEngine;
use lifeboat_tests::{DemoApp, World, artifacts};
use serde_json::{Value, json};

use crate::support::{application, button, confirm, id, large_application, row};
use crate::window::Window;

const CHECK: &str = "
    const done = arguments[0];
    const values = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'];
    axe.run(document, { runOnly: { type: 'tag', values }, resultTypes: ['violations'] }).then(
      (report) => done({
        passes: report.passes.length,
        violations: report.violations.map(({ id, help, nodes }) =>
          ({ id, help, nodes: nodes.map((node) => [node.html, node.failureSummary]) })),
      }),
      (error) => done({ error: String(error) }));";

fn check(window: &Window, page: &str) {
    for theme in ["light", "dark"] {
        window.set_theme(theme);
        let report = window.async_script(CHECK, vec![]);
        assert!(
            report["passes"].as_u64() > Some(5),
            "{page}, {theme}: {report:#}"
        );
        assert_eq!(
            report["violations"],
            json!([]),
            "{page}, {theme}: {report:#}"
        );
    }
}

fn read_axe() -> String {
    let axe = artifacts::repository().join("ui/node_modules/axe-core/axe.min.js");
    std::fs::read_to_string(&axe)
        .unwrap_or_else(|error| panic!("{}: {error}; run scripts/test.sh", axe.display()))
}

/// The pages of one application, and the questions that it asks.
fn check_application(window: &Window, app: &DemoApp, backup: &Value) {
    window.go_to_app(&app.name);
    window.wait_for("[data-testid=health-card][data-verdict=sound]");
    window.wait_for("[data-testid=backups-table] [data-testid=backup-row]");
    window.wait_for("[data-testid=protection-card][data-state=off]");
    check(window, "application");
    window.click(&button(backup, "Delete"));
    window.wait_for("dialog[open]");
    check(window, "question");
    window.press("Keep it");
    window.click(&button(backup, "Download"));
    window.wait_for("dialog[open]");
    check(window, "download");
    window.press("Cancel");
    window.click(&format!("{} [data-pick]", row(backup)));
    window.wait_for("[data-testid=chosen-bar]");
    check(window, "chosen backups");
    for page in ["databases", "activity"] {
        window.go(&format!("#/app/{}/{page}", app.name));
        window.wait_for("main table");
        check(window, page);
    }
    window.go(&format!("#/app/{}/updates", app.name));
    window.wait_for("[data-testid=updates-page]");
    check(window, "updates");
    window.go(&format!("#/app/{}/settings", app.name));
    window.wait_for("[data-testid=rotation][data-going]");
    window.fill("[data-setting=AUTO_BACKUP_INTERVAL_HOURS] input", "0");
    window.press("Save");
    window.wait_for("[aria-invalid=true]");
    check(window, "settings");
}

/// The pages that lead to a change, and that of one backup.
fn check_plans(window: &Window, app: &DemoApp, backup: &Value, other: &Value) {
    let page = |rest: &str| window.go(&format!("#/app/{}/{rest}", app.name));
    page(&format!("backups/{}", id(backup)));
    let part = "[data-testid=compare-backups]";
    window.click(&format!("{part} option[value='{}']", id(other)));
    window.wait_for(&format!("{part} table"));
    window.click("main details summary");
    check(window, "backup");
    page("update");
    window.wait_for("[data-testid=update-plan]");
    check(window, "update");
    page("leave");
    window.wait_for("[data-testid=confirm-name]");
    check(window, "leave");
    page(&format!("restore/{}", id(backup)));
    window.wait_for("[data-testid=comparison] table");
    window.wait_for("[data-testid=confirm-name]");
    check(window, "restore");
    confirm(window, &app.name);
    check(window, "restored");
    page("undo");
    window.wait_for("[data-testid=confirm-name]");
    check(window, "undo");
    window.go("#/app/nobody");
    window.wait("it is said that there is none", || {
        (!window.text("main h1").contains("Looking")).then_some(())
    });
    check(window, "unknown application");
}

/// On an engine of its own: without an application, with one, and stopped.
#[test]
fn the_pages_break_no_rule() {
    let mut engine = PrivateEngine::start();
    let world = World::on(engine.engine());
    let window = Window::open(&world);
    window.script(&read_axe(), vec![]);
    window.wait_for("[data-testid=blocked-page]");
    check(&window, "no application");

    let app = application(&world);
    let backup = world.lifeboat().backup(&app.name);
    app.sign("Ada");
    let other = world.lifeboat().backup(&app.name);
    window.press("Refresh");
    window.wait_for(&format!("[data-testid=app-row][data-app='{}']", app.name));
    check(&window, "overview");
    check_application(&window, &app, &backup);
    check_plans(&window, &app, &backup, &other);
    window.go("#/check-up");
    window.wait_gone("main button[aria-busy=true]");
    check(&window, "check-up");
    window.go("#/preferences");
    window.wait_for("[data-testid=preferences]");
    check(&window, "preferences");
    window.press("Keyboard shortcuts");
    window.wait_for("dialog[open]");
    check(&window, "shortcuts");
    window.press("Close");

    window.go("#/");
    engine.kill();
    window.wait_for("[data-testid=blocked-page][data-code=engine-stopped]");
    check(&window, "stopped engine");
    engine.launch();
    window.wait_gone("[data-testid=blocked-page]");
}

/// Rules for eyes that need more, and how many animations go on for longer than a blink.
const CHECK_CONTRAST: &str = "
    const done = arguments[0];
    axe.run(document, { runOnly: { type: 'rule', values: ['color-contrast-enhanced', 'color-contrast'] } }).then(
      (report) => done({
        passes: report.passes.length,
        violations: report.violations.flatMap(({ nodes }) => nodes.map((node) => [node.html, node.failureSummary])),
        moving: document.getAnimations()
          .filter((one) => one.playState === 'running' && one.effect.getComputedTiming().activeDuration > 10)
          .map((one) => one.effect.target?.outerHTML?.slice(0, 120) ?? ''),
      }),
      (error) => done({ error: String(error) }));";

/// The desktop's own choices are followed: with high contrast all text has seven times the brightness of its
/// ground, or a seventh; and where nothing may move, work that goes on is shown without moving.
#[test]
fn high_contrast_and_no_motion_are_kept_to() {
    let world = World::new();
    let folder = world.directory().join("config/gtk-3.0");
    std::fs::create_dir_all(&folder).expect("a folder");
    let choices = "[Settings]\ngtk-theme-name=HighContrast\ngtk-enable-animations=0\n";
    std::fs::write(folder.join("settings.ini"), choices).expect("the desktop's choices");
    let app = large_application(&world, 60_000_000);
    let _ = world.lifeboat().backup(&app.name);
    let window = Window::open(&world);
    window.script(&read_axe(), vec![]);
    let asked = "return ['(prefers-contrast: more)', '(prefers-reduced-motion: reduce)']
        .map((one) => matchMedia(one).matches);";
    assert_eq!(window.script(asked, vec![]), json!([true, true]));
    let check = |page: &str| {
        for theme in ["light", "dark"] {
            window.set_theme(theme);
            let found = window.async_script(CHECK_CONTRAST, vec![]);
            let wanted = json!({ "passes": 2, "violations": [], "moving": [] });
            assert_eq!(found, wanted, "{page}, {theme}: {found:#}");
        }
    };
    window.wait_for(&format!("[data-testid=app-row][data-app='{}']", app.name));
    check("overview");
    window.go(&format!("#/app/{}/settings", app.name));
    window.wait_for("[data-testid=rotation][data-going]");
    window.click("[data-setting=COMPRESS_BACKUPS] input");
    window.wait_for("[data-testid=settings-bar]");
    check("settings");
    window.go_to_app(&app.name);
    window.wait_for("[data-testid=health-card][data-verdict=sound]");
    window.press("Create backup");
    window.wait_for("[data-testid=job-bar] progress");
    check("application at work");
}
