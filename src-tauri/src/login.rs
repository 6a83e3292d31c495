//! Starting when the person logs in. The desktop holds this choice, in a place of its own.

use lifeboat_core::Error;
use tauri::{AppHandle, Runtime};
use tauri_plugin_autostart::ManagerExt as _;

use crate::desktop::system_refused;
use crate::preferences::{Preferences, PreferencesView};
use crate::tray;

/// The preferences, with what the desktop knows.
pub async fn view<R: Runtime>(handle: &AppHandle<R>, preferences: Preferences) -> PreferencesView {
    let start_at_login = handle.autolaunch().is_enabled().unwrap_or_else(|cause| {
        tracing::debug!(%cause, "whether the program starts at login is not known");
        false
    });
    PreferencesView {
        preferences,
        start_at_login,
        has_tray: tray::is_visible(handle).await,
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

/// Has the program start at login, or not any more.
///
/// # Errors
/// `internal` if the desktop does not take it.
pub fn set_start<R: Runtime>(handle: &AppHandle<R>, starts: bool) -> Result<(), Error> {
    let login = handle.autolaunch();
    let is_so = login.is_enabled().unwrap_or(!starts);
    let outcome = match (is_so, starts) {
        (true, true) | (false, false) => Ok(()),
        (_, true) => login.enable(),
        (_, false) => login.disable(),
    };
    outcome.map_err(|cause| system_refused("Starting at login could not be changed.", &cause))
}
