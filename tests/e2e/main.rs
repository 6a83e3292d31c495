//! Tests in the real window, on a real engine: driven through WebDriver, judged through the engine and
//! the `lifeboat` command, never through the window.
//!
//! They need a display; `scripts/test.sh` brings one. One window at a time, because a file dialog is
//! found by its title.

mod accessibility;
mod backups;
mod bus;
mod console;
mod demo_application;
mod dialog;
mod driver;
mod drops;
mod hostile_names;
mod ipc;
mod keyboard;
mod keys;
mod killing;
mod leave;
mod opening;
mod over_time;
mod pictures;
mod processes;
mod protection;
mod restore;
mod stranger;
mod support;
mod tray;
mod update;
mod update_kills;
mod welcome;
mod window;
