//! The demo application through the window: brought up where there is nothing, and removed again.

use lifeboat_tests::World;
use lifeboat_tests::private_engine::PrivateEngine;

use crate::support::verdict;
use crate::window::Window;

const APP: &str = "lifeboat-demo";

#[test]
fn nothing_to_protect_becomes_a_proven_backup_and_nothing_again() {
    let engine = PrivateEngine::start();
    let world = World::on(engine.engine());
    let window = Window::open(&world);
    window.wait_for("[data-testid=blocked-page][data-code=no-application]");
    window.press("Try the demo");
    window.wait_for(&format!("[data-testid=app-row][data-app='{APP}']"));
    let told = window.text("main");
    assert!(
        told.contains("The demo application lifeboat-demo runs"),
        "{told}"
    );
    assert!(world.engine().is_running(APP));

    window.go_to_app(APP);
    window.press("Create backup");
    window.wait_for("[data-testid=backup-row]");
    let backups = world.lifeboat().backups(APP);
    assert_eq!(backups.len(), 1, "{backups:?}");
    assert_eq!(verdict(&backups[0]), "sound");

    window.click("main .leave a");
    window.wait_for("[data-testid=confirm-name]");
    let told = window.text("main");
    assert!(told.contains("lifeboat-demo-data"), "its data goes: {told}");
    window.click("main input[type=radio]:not(:checked)");
    window.fill("[data-testid=confirm-name]", APP);
    window.click("form button[type=submit]");
    window.wait_for("[data-testid=try-demo]");
    assert!(!world.engine().has_volume("lifeboat-demo-data"));
    assert!(!world.engine().has_volume("lifeboat-lifeboat-demo"));
    let containers = world.engine().lines(&["ps", "--all", "--quiet"]);
    assert_eq!(containers, Vec::<String>::new());
}
