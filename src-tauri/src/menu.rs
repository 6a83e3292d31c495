//! The menu of the application, where the system shows one above all windows (macOS). Without it nothing could be
//! copied, pasted or quit by keys there. On other desktops the window itself has everything.

use tauri::menu::{Menu, MenuEvent, MenuItem, PredefinedMenuItem, Submenu};
use tauri::{AppHandle, Manager as _, Runtime};

use crate::desktop::Desktop;
use crate::language::Words;
use crate::window;

/// Pages of the window that it leads to.
const OVERVIEW: &str = "menu:#/";
const CHECK_UP: &str = "menu:#/check-up";
const PREFERENCES: &str = "menu:#/preferences";
const QUIT: &str = "menu-quit";

/// Makes it, in the language in use, and hears what is chosen.
///
/// # Errors
/// Those of the system.
pub fn install<R: Runtime>(handle: &AppHandle<R>) -> tauri::Result<()> {
    if !cfg!(target_os = "macos") {
        return Ok(());
    }
    let words = handle.state::<Desktop>().words();
    handle.set_menu(menu(handle, words)?)?;
    handle.on_menu_event(on_menu);
    Ok(())
}

fn menu<R: Runtime>(handle: &AppHandle<R>, words: Words) -> tauri::Result<Menu<R>> {
    Menu::with_items(
        handle,
        &[
            &application(handle, words)?,
            &edit(handle, words)?,
            &view(handle, words)?,
            &windows(handle, words)?,
        ],
    )
}

fn application<R: Runtime>(handle: &AppHandle<R>, words: Words) -> tauri::Result<Submenu<R>> {
    let about = words.get("dialogs-menu-about");
    let preferences = words.get("dialogs-menu-preferences");
    let quit = words.get("tray-quit");
    Submenu::with_items(
        handle,
        "Lifeboat",
        true,
        &[
            &PredefinedMenuItem::about(handle, Some(&about), None)?,
            &PredefinedMenuItem::separator(handle)?,
            &item(handle, PREFERENCES, &preferences, Some("CmdOrCtrl+,"))?,
            &PredefinedMenuItem::separator(handle)?,
            &PredefinedMenuItem::hide(handle, None)?,
            &PredefinedMenuItem::hide_others(handle, None)?,
            &PredefinedMenuItem::show_all(handle, None)?,
            &PredefinedMenuItem::separator(handle)?,
            // Not the system's own: work that would end with the program is asked about first.
            &item(handle, QUIT, &quit, Some("CmdOrCtrl+Q"))?,
        ],
    )
}

fn edit<R: Runtime>(handle: &AppHandle<R>, words: Words) -> tauri::Result<Submenu<R>> {
    Submenu::with_items(
        handle,
        words.get("dialogs-menu-edit"),
        true,
        &[
            &PredefinedMenuItem::undo(handle, None)?,
            &PredefinedMenuItem::redo(handle, None)?,
            &PredefinedMenuItem::separator(handle)?,
            &PredefinedMenuItem::cut(handle, None)?,
            &PredefinedMenuItem::copy(handle, None)?,
            &PredefinedMenuItem::paste(handle, None)?,
            &PredefinedMenuItem::select_all(handle, None)?,
        ],
    )
}

fn view<R: Runtime>(handle: &AppHandle<R>, words: Words) -> tauri::Result<Submenu<R>> {
    Submenu::with_items(
        handle,
        words.get("dialogs-menu-view"),
        true,
        &[
            &item(handle, OVERVIEW, &words.get("dialogs-menu-overview"), None)?,
            &item(handle, CHECK_UP, &words.get("dialogs-menu-check-up"), None)?,
            &PredefinedMenuItem::separator(handle)?,
            &PredefinedMenuItem::fullscreen(handle, None)?,
        ],
    )
}

fn windows<R: Runtime>(handle: &AppHandle<R>, words: Words) -> tauri::Result<Submenu<R>> {
    Submenu::with_items(
        handle,
        words.get("dialogs-menu-window"),
        true,
        &[
            &PredefinedMenuItem::minimize(handle, None)?,
            &PredefinedMenuItem::maximize(handle, None)?,
            &PredefinedMenuItem::separator(handle)?,
            &PredefinedMenuItem::close_window(handle, None)?,
        ],
    )
}

fn item<R: Runtime>(
    handle: &AppHandle<R>,
    id: &str,
    text: &str,
    keys: Option<&str>,
) -> tauri::Result<MenuItem<R>> {
    MenuItem::with_id(handle, id, text, true, keys)
}

#[expect(clippy::needless_pass_by_value, reason = "it is called so")]
fn on_menu<R: Runtime>(handle: &AppHandle<R>, event: MenuEvent) {
    let id = event.id().as_ref();
    if id == QUIT {
        window::quit(handle);
    } else if let Some(page) = id.strip_prefix("menu:") {
        window::show_page(handle, page);
    }
}
