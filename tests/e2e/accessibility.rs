//! The pages as screen readers and tired eyes meet them.

use lifeboat_tests::{World, artifacts};
use serde_json::json;

use crate::support::{application, button};
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

#[test]
fn the_pages_break_no_rule() {
    let world = World::new();
    let app = application(&world);
    let backup = world.lifeboat().backup(&app.name);
    app.sign("Ada");
    let window = Window::open(&world);
    let axe = artifacts::repository().join("ui/node_modules/axe-core/axe.min.js");
    let axe = std::fs::read_to_string(&axe)
        .unwrap_or_else(|error| panic!("{}: {error}; run scripts/test.sh", axe.display()));
    window.script(&axe, vec![]);

    window.wait_for(&format!("[data-testid=app-row][data-app='{}']", app.name));
    check(&window, "overview");
    window.go_to_app(&app.name);
    window.wait_for("[data-testid=health-card][data-verdict=sound]");
    window.wait_for("[data-testid=backups-table] [data-testid=backup-row]");
    window.wait_for("[data-testid=protection-card][data-state=off]");
    check(&window, "application");
    window.click(&button(&backup, "Delete"));
    window.wait_for("dialog[open]");
    check(&window, "question");
    window.press("Keep it");
    window.click(&button(&backup, "Restore"));
    window.wait_for("[data-testid=comparison] table");
    window.wait_for("[data-testid=confirm-name]");
    check(&window, "restore");
    window.go(&format!("#/app/{}/leave", app.name));
    window.wait_for("[data-testid=confirm-name]");
    check(&window, "leave");
    window.go(&format!("#/app/{}/settings", app.name));
    window.wait_for("[data-testid=rotation][data-going]");
    window.fill("[data-setting=AUTO_BACKUP_INTERVAL_HOURS] input", "0");
    window.press("Save");
    window.wait_for("[aria-invalid=true]");
    check(&window, "settings");
}
