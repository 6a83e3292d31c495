//! The native window of Lifeboat.
//!
//! It owns nothing: each command is one line, limits and confirmations are checked here because the
//! page is not trusted with them, and everything else is in `lifeboat-core`.

pub mod arguments;
pub mod background;
pub mod child;
pub mod commands;
pub mod confirmations;
pub mod confirmed;
pub mod connection;
#[cfg(all(debug_assertions, target_os = "linux"))]
mod console;
pub mod desktop;
mod dialogs;
pub mod drops;
#[cfg(target_os = "linux")]
mod graphics;
pub mod job;
pub mod jobs;
pub mod language;
pub mod limits;
pub mod login;
pub mod memory;
pub mod menu;
mod names;
mod notice_words;
pub mod notifications;
pub mod paths;
pub mod preferences;
pub mod protection;
mod random;
pub mod throttle;
pub mod tray;
pub mod window;

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use lifeboat_core::lifeboat::{Actor, Options};
use lifeboat_core::logs;
use tauri::ipc::Invoke;
use tauri::plugin::TauriPlugin;
use tauri::{App, Builder, Context, Manager as _, RunEvent, Runtime, Wry};

use tauri_plugin_window_state::StateFlags;

use crate::desktop::Desktop;
use crate::memory::Folders;

macro_rules! names {
    ($($name:ident,)*) => {
        /// Every command that a window may be granted.
        pub const COMMANDS: &[&str] = &[$(stringify!($name)),*];

        fn handler<R: Runtime>() -> impl Fn(Invoke<R>) -> bool + Send + Sync + 'static {
            tauri::generate_handler![$(commands::$name),*]
        }
    };
}

include!("command_names.rs");

/// Sets another place for Lifeboat's own small state.
const STATE_VARIABLE: &str = "LIFEBOAT_STATE_DIRECTORY";

/// The configuration, the grants and the pages that are built in.
#[must_use]
#[expect(clippy::exit, reason = "in what Tauri's macro expands to")]
pub fn context<R: Runtime>() -> Context<R> {
    tauri::generate_context!()
}

/// Lets the window call our commands.
#[must_use]
pub fn with_commands<R: Runtime>(builder: Builder<R>) -> Builder<R> {
    builder.invoke_handler(handler())
}

/// Runs the program until its window is closed.
///
/// # Errors
/// Those of the system's webview.
pub fn run() -> tauri::Result<()> {
    with_commands(Builder::<Wry>::default())
        .plugin(tauri_plugin_single_instance::init(
            |handle, arguments, _| {
                if !arguments::is_in_background(arguments) {
                    window::show(handle);
                }
            },
        ))
        .plugin(window_state())
        .plugin(start_at_login())
        .plugin(tauri_plugin_dialog::init())
        .setup(|app| Ok(set_up(app)?))
        .on_window_event(window::on_event)
        .build(context())?
        .run(|handle, event| {
            if let (RunEvent::Exit, Some(logging)) = (event, handle.try_state::<Logging>()) {
                // What is still to be written is written when the guard goes.
                drop(logging.0.lock().expect("no panic while it is held").take());
            }
        });
    Ok(())
}

/// Size and place of the window, but not whether it was hidden: who starts the program wants to see it.
fn window_state() -> TauriPlugin<Wry> {
    let flags = StateFlags::all() & !StateFlags::VISIBLE;
    tauri_plugin_window_state::Builder::default()
        .with_state_flags(flags)
        .build()
}

fn start_at_login() -> TauriPlugin<Wry> {
    tauri_plugin_autostart::Builder::new()
        .app_name("Lifeboat")
        .arg(arguments::BACKGROUND)
        .build()
}

/// The log, until the program ends. Tauri never drops what it manages.
struct Logging(Mutex<Option<logs::Guard>>);

fn set_up(app: &App<Wry>) -> tauri::Result<()> {
    let state_directory = std::env::var_os(STATE_VARIABLE).map(PathBuf::from);
    let folders = folders(app, state_directory.as_deref())?;
    // Without logs it works as well; what fails is shown in the window in any case.
    if let Ok(guard) = logs::init(&folders.logs, logs::Verbosity::Normal) {
        app.manage(Logging(Mutex::new(Some(guard))));
    }
    let engine = arguments::engine(std::env::args().skip(1));
    let options = Options {
        engine,
        actor: Actor::Desktop,
        state_directory,
    };
    let desktop = Desktop::new(options, folders, None);
    desktop.attach_to_running();
    app.manage(desktop);
    app.manage(tray::Shown::default());
    if !arguments::is_in_background(std::env::args().skip(1)) {
        window::build(app.handle(), None)?;
    }
    menu::install(app.handle())?;
    background::start(app.handle());
    Ok(())
}

fn folders(app: &App<Wry>, state_directory: Option<&Path>) -> tauri::Result<Folders> {
    if let Some(folder) = state_directory {
        let own = folder.join("desktop");
        return Ok(Folders {
            config: own.clone(),
            data: own,
            logs: folder.join("logs"),
        });
    }
    let paths = app.path();
    let logs = logs::default_log_directory().map_or_else(|| paths.app_log_dir(), Ok)?;
    Ok(Folders {
        config: paths.app_config_dir()?,
        data: paths.app_local_data_dir()?,
        logs,
    })
}
