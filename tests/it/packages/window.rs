//! The window of an installed package, on a display of its own.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use lifeboat_tests::{CleanRoot, command, wait_for};

/// More colours than there are on a page without anything on it.
const SOMETHING: usize = 32;

/// A program that is ended with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// It starts, shows itself under its name, and draws its page.
pub(super) fn check(root: &mut CleanRoot) {
    let (_display, name) = display();
    root.mount(Path::new("/tmp/.X11-unix"), "/tmp/.X11-unix");
    let mut window = root.command(&["lifeboat-desktop"]);
    window
        .env("DISPLAY", &name)
        .env("XDG_RUNTIME_DIR", "/run")
        .env("NO_AT_BRIDGE", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut window = Running(window.spawn().expect("the window's program starts"));
    let id = wait_for("the window is there", 60, || {
        let ended = window.0.try_wait().expect("it can be asked");
        assert!(ended.is_none(), "the window's program ended: {ended:?}");
        let words = ["search", "--onlyvisible", "--name", "^Lifeboat$"];
        let found = command::run(Command::new("xdotool").args(words).env("DISPLAY", &name));
        found.text().lines().next().map(str::to_owned)
    });
    wait_for("the window shows something", 60, || {
        (colours(&name, &id) > SOMETHING).then_some(())
    });
}

/// A display that nobody else draws on, and its name.
fn display() -> (Running, String) {
    let mut server = Command::new("Xvfb");
    server
        .args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1280x900x24",
            "-nolisten",
            "tcp",
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut server = Running(server.spawn().expect("Xvfb starts"));
    let output = server.0.stdout.take().expect("its output");
    let mut number = String::new();
    let _ = BufReader::new(output)
        .read_line(&mut number)
        .expect("it tells its number");
    (server, format!(":{}", number.trim()))
}

/// How many colours a picture of the window has.
fn colours(display: &str, window: &str) -> usize {
    let script = "import -display \"$1\" -window \"$2\" png:- | identify -format %k png:-";
    let words = ["-c", script, "colours", display, window];
    let counted = command::run(Command::new("sh").args(words))
        .success()
        .text();
    counted.trim().parse().expect("a number")
}
