//! Files are dragged onto the window, from a program beside it, with the mouse.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use lifeboat_tests::{World, command, wait_for};

use crate::support::{application, id, row, verdict};
use crate::window::Window;

/// Where the files are taken up: beside the window, on the screen of the tests.
const SOURCE: (i32, i32) = (1200, 820);

/// A point in the middle of the window.
const TARGET: (i32, i32) = (600, 400);

const OVERLAY: &str = "[data-testid=drop-target]";

/// A program whose window has a file in it, which the mouse holds.
pub(crate) struct Dragged(Child);

impl Dragged {
    /// Takes the files up and holds them over the window, until it says so.
    pub(crate) fn onto(window: &Window, files: &[&Path]) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("e2e/drag-source.py");
        // The system's Python: it is the one that the packages of the system belong to.
        let mut child = Command::new("/usr/bin/python3")
            .arg(script)
            .args([SOURCE.0.to_string(), SOURCE.1.to_string()])
            .args(files)
            .env("GDK_BACKEND", "x11")
            .env("NO_AT_BRIDGE", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a window to drag from; scripts/test.sh brings what it needs");
        let told = child.stdout.take().expect("it is piped");
        let mut line = String::new();
        let read = BufReader::new(told).read_line(&mut line);
        assert!(read.is_ok() && line == "ready\n", "{read:?} {line:?}");
        let dragged = Self(child);
        let (left, top) = SOURCE;
        mouse(&[
            "mousemove",
            &(left + 30).to_string(),
            &(top + 30).to_string(),
        ]);
        mouse(&["mousedown", "1"]);
        // A drag begins with a movement, and is noticed with one more.
        let mut step = 0;
        window.wait("the window notices the drag", || {
            step += 1;
            let shift = step % 20;
            let (x, y) = (TARGET.0 + shift, TARGET.1 + shift);
            mouse(&["mousemove_relative", "--", "-10", "-10"]);
            mouse(&["mousemove", &x.to_string(), &y.to_string()]);
            window.has(OVERLAY).then_some(())
        });
        dragged
    }

    pub(crate) fn let_go(self, window: &Window) {
        mouse(&["mouseup", "1"]);
        window.wait_gone(OVERLAY);
    }

    fn take_away(self, window: &Window) {
        let (left, top) = SOURCE;
        mouse(&[
            "mousemove",
            &(left + 30).to_string(),
            &(top + 30).to_string(),
        ]);
        window.wait_gone(OVERLAY);
        mouse(&["mouseup", "1"]);
    }
}

impl Drop for Dragged {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn mouse(arguments: &[&str]) {
    let _ = command::run(Command::new("xdotool").args(arguments)).success();
}

#[test]
fn a_backup_that_is_dropped_is_imported() {
    let world = World::new();
    let app = application(&world);
    let lifeboat = world.lifeboat();
    let backup = lifeboat.backup(&app.name);
    let folder = world.directory().join("a stick");
    std::fs::create_dir(&folder).expect("a folder");
    let archive = folder.join("copy.tar.gz");
    let to = archive.to_str().expect("UTF-8");
    lifeboat
        .run(&["download", &app.name, id(&backup), "--to", to])
        .done();
    let window = Window::open(&world);
    window.go_to_app(&app.name);
    window.wait_for(&row(&backup));

    // Taken away again, it is not touched; nor is what is no backup.
    Dragged::onto(&window, &[&archive]).take_away(&window);
    Dragged::onto(&window, &[&folder]).let_go(&window);
    window.wait_for("[data-testid=drop-notes]");
    assert!(
        window
            .text("[data-testid=drop-notes]")
            .contains("is a folder")
    );
    assert_eq!(lifeboat.backups(&app.name).len(), 1);

    let dragged = Dragged::onto(&window, &[&archive]);
    let told = window.text(OVERLAY);
    assert!(
        told.contains(&format!("Drop to import for {}", app.name)),
        "{told}"
    );
    assert!(told.contains("copy.tar.gz"), "{told}");
    dragged.let_go(&window);
    let imported = wait_for("the backup is imported", 60, || {
        let backups = lifeboat.backups(&app.name);
        backups.into_iter().find(|one| one["trigger"] == "import")
    });
    assert_eq!(verdict(&imported), "sound");
    assert_eq!(imported["sha256"], backup["sha256"]);
    window.wait_for(&row(&imported));
    assert!(!window.has("[data-testid=drop-notes]"));
}
