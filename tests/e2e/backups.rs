//! Backups are made, downloaded and deleted through the window.

use lifeboat_tests::{World, tarball};

use crate::dialog;
use crate::support::{application, button, id, row, verdict};
use crate::window::Window;

/// Writes down that progress was shown, however short.
const WATCH_PROGRESS: &str = "
    window.progressSeen = false;
    const look = () => {
      window.progressSeen ||= document.querySelector('[data-testid=job-bar] [role=progressbar], [data-testid=job-bar] progress') !== null;
    };
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true });";

#[test]
fn a_backup_is_created_with_one_click() {
    let world = World::new();
    let app = application(&world);
    let window = Window::open(&world);
    window.go_to_app(&app.name);
    window.wait_for("[data-testid=health-card][data-verdict=sound]");
    assert!(!window.has("[data-testid=backup-row]"));
    window.script(WATCH_PROGRESS, vec![]);
    window.press("Create backup");
    window.wait_for("[data-testid=job-bar]");
    window.wait_for("[data-testid=backups-table] [data-testid=backup-row][data-verdict=sound]");
    assert_eq!(window.script("return window.progressSeen;", vec![]), true);

    let listed = world.lifeboat().backups(&app.name);
    assert_eq!(listed.len(), 1);
    assert_eq!(verdict(&listed[0]), "sound");
    assert_eq!(listed[0]["trigger"], "manual");
    assert!(window.has(&row(&listed[0])), "{}", window.text("main"));
    assert!(app.is_running());
}

#[test]
fn a_backup_is_saved_where_the_dialog_says() {
    let world = World::new();
    let app = application(&world);
    let backup = world.lifeboat().backup(&app.name);
    let folder = world.directory().join("a stick");
    std::fs::create_dir(&folder).expect("a folder");
    let path = folder.join("copy.tar.gz");
    let window = Window::open(&world);
    window.go_to_app(&app.name);

    window.click(&button(&backup, "Download"));
    window.press("Choose where…");
    dialog::dismiss("Save File");
    window.wait_gone("dialog[open]");
    assert_eq!(std::fs::read_dir(&folder).expect("it is there").count(), 0);

    window.click(&button(&backup, "Download"));
    window.press("Choose where…");
    dialog::answer("Save File", path.to_str().expect("UTF-8"));
    // The archive gets its name last: where it is, all of it and what belongs to it is.
    let bytes = window.wait("the download is done", || std::fs::read(&path).ok());
    let checksum = std::fs::read_to_string(folder.join("copy.tar.gz.sha256")).expect("its sum");
    let sum = tarball::sha256(&bytes);
    assert_eq!(backup["sha256"], sum.as_str());
    assert_eq!(
        world.vault(&app.name).manifest(&backup)["sha256"],
        sum.as_str()
    );
    assert_eq!(checksum, format!("{sum}  copy.tar.gz\n"));
}

#[test]
fn a_backup_is_deleted_only_after_a_yes() {
    let world = World::new();
    let app = application(&world);
    let lifeboat = world.lifeboat();
    let kept = lifeboat.backup(&app.name);
    let doomed = lifeboat.backup(&app.name);
    let window = Window::open(&world);
    window.go_to_app(&app.name);

    window.click(&button(&doomed, "Delete"));
    window.press("Keep it");
    window.wait_gone("dialog[open]");
    assert_eq!(lifeboat.backups(&app.name).len(), 2);
    assert!(window.has(&row(&doomed)));

    window.click(&button(&doomed, "Delete"));
    window.press("Delete backup");
    window.wait_gone(&row(&doomed));
    let left = lifeboat.backups(&app.name);
    assert_eq!(left.len(), 1);
    assert_eq!(id(&left[0]), id(&kept));
    assert!(window.has(&row(&kept)));
}
