//! The end of a protection through the window: what is ours goes, what is the application's stays.

use std::collections::BTreeSet;

use lifeboat_tests::{World, tarball};

use crate::dialog;
use crate::support::application;
use crate::window::Window;

const GO: &str = "form button[type=submit]";

/// Chooses a folder in the dialog. The field of a dialog may lose keys on a busy machine: what came of them is
/// shown on the page, and is asked for again where it is another folder.
fn choose(window: &Window, folder: &str) {
    let mut button = "Choose folder…";
    window.wait("the folder is chosen", || {
        window.press(button);
        dialog::answer_folder("Choose Folder", folder);
        button = "Choose another folder…";
        window.wait("a folder is shown", || {
            window.text("main").contains(button).then_some(())
        });
        window.text("main").contains(folder).then_some(())
    });
}

#[test]
fn the_backups_are_copied_the_vault_goes_and_the_application_stays() {
    let world = World::new();
    let app = application(&world);
    app.sign("Ingrid");
    let rows = app.entry_count();
    let lifeboat = world.lifeboat();
    let backups = [lifeboat.backup(&app.name), lifeboat.backup(&app.name)];
    let started_at = app.started_at();
    let vault = format!("lifeboat-{}", app.name);
    let of_lifeboat = format!("label=dev.lifeboat.app={}", app.name);
    let containers = || {
        world
            .engine()
            .lines(&["ps", "--all", "--quiet", "--filter", &of_lifeboat])
    };
    assert_eq!(containers().len(), 1, "the keeper");
    let folder = world.directory().join("a stick");
    std::fs::create_dir(&folder).expect("a folder");

    let window = Window::open(&world);
    window.go_to_app(&app.name);
    window.wait_for("[data-testid=backup-row]");
    window.click("main .leave a");
    choose(&window, folder.to_str().expect("UTF-8"));
    window.fill("[data-testid=confirm-name]", "something else");
    assert!(window.has(&format!("{GO}:disabled")));
    assert!(world.engine().has_volume(&vault), "nobody said yes");
    window.fill("[data-testid=confirm-name]", &app.name);
    window.click(GO);

    let row = format!("[data-testid=app-row][data-app='{}']", app.name);
    window.wait_for(&row);
    window.wait("how it ended is told", || {
        let told = window.text("[data-testid=job-bar]");
        told.contains("2 copies saved and compared").then_some(())
    });
    window.wait("it is not protected any more", || {
        window.text(&row).contains("Never backed up").then_some(())
    });
    assert!(!world.engine().has_volume(&vault));
    assert_eq!(containers(), Vec::<String>::new());
    // Two backups of one second have one name; both have their copy.
    let copies: BTreeSet<String> = std::fs::read_dir(&folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|end| end == "gz"))
        .map(|path| tarball::sha256(&std::fs::read(path).expect("a copy")))
        .collect();
    let wanted: BTreeSet<String> = backups
        .iter()
        .map(|backup| backup["sha256"].as_str().expect("a hash").to_owned())
        .collect();
    assert_eq!(copies, wanted);
    assert!(app.is_running());
    assert_eq!(app.started_at(), started_at, "nobody touched it");
    assert_eq!(app.entry_count(), rows);
    assert!(app.tools().is_intact("guestbook.db"));
}
