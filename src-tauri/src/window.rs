//! The one window: where it may go (nowhere), and how it closes.

use std::sync::atomic::{AtomicBool, Ordering};

use tauri::webview::{NewWindowResponse, WebviewWindowBuilder};
use tauri::{
    AppHandle, Manager as _, Runtime, Url, WebviewUrl, WebviewWindow, Window, WindowEvent,
};
use tauri_plugin_dialog::{
    DialogExt as _, MessageDialogButtons, MessageDialogKind, MessageDialogResult,
};

use crate::desktop::Desktop;
use crate::drops;
use crate::preferences::{OnClose, Preferences};
use crate::tray;

/// Its label, which `capabilities/main.json` names.
pub const LABEL: &str = "main";

/// Makes the window, on its first page or on another one (`#/…`).
///
/// # Errors
/// Those of the system's webview.
pub fn build<R: Runtime>(
    handle: &AppHandle<R>,
    page: Option<&str>,
) -> tauri::Result<WebviewWindow<R>> {
    let window = WebviewWindowBuilder::new(handle, LABEL, WebviewUrl::App("index.html".into()))
        .initialization_script(page.map(first_page).unwrap_or_default())
        .title("Lifeboat")
        .inner_size(1180.0, 780.0)
        .min_inner_size(900.0, 600.0)
        .initialization_script(include_str!("language.js"))
        .devtools(cfg!(debug_assertions))
        .on_navigation(|url| {
            let is_own = is_own_page(url);
            if !is_own {
                tracing::warn!(%url, "refused to leave the app's own pages");
            }
            is_own
        })
        .on_new_window(|url, _| {
            tracing::warn!(%url, "refused a new window");
            NewWindowResponse::Deny
        })
        .build()?;
    #[cfg(target_os = "linux")]
    crate::graphics::fit_to_machine(&window);
    #[cfg(all(debug_assertions, target_os = "linux"))]
    crate::console::write_down(&window);
    Ok(window)
}

/// Whether an address is one of the pages that are built in.
fn is_own_page(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        // So is the same scheme called on Windows.
        "http" | "https" => cfg!(windows) && url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

/// Shows the window: when the program is started a second time, and from the tray.
pub fn show<R: Runtime>(handle: &AppHandle<R>) {
    show_at(handle, None);
}

/// Shows the window on the page of an application.
pub fn show_app<R: Runtime>(handle: &AppHandle<R>, app: &str) {
    show_page(handle, &page_of(app));
}

/// Shows the window on a page (`#/…`).
pub fn show_page<R: Runtime>(handle: &AppHandle<R>, page: &str) {
    show_at(handle, Some(page));
}

fn show_at<R: Runtime>(handle: &AppHandle<R>, page: Option<&str>) {
    let Some(window) = handle.get_webview_window(LABEL) else {
        if let Err(cause) = build(handle, page) {
            tracing::error!(%cause, "the window could not be opened");
        }
        return;
    };
    let led = page.map_or(Ok(()), |page| window.eval(to_page(page)));
    for step in [led, window.unminimize(), window.show(), window.set_focus()] {
        if let Err(cause) = step {
            tracing::debug!(%cause, "the window could not be brought to the front");
        }
    }
}

/// The page of an application. Every byte of its name that means something in an address is written as a number.
fn page_of(app: &str) -> String {
    use std::fmt::Write as _;

    let mut page = "#/app/".to_owned();
    for byte in app.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            page.push(byte.into());
        } else {
            write!(page, "%{byte:02X}").expect("a string takes everything");
        }
    }
    page
}

/// A script that leads to a page.
fn to_page(page: &str) -> String {
    format!("location.hash = {};", serde_json::Value::from(page))
}

/// The same for a page that is about to be loaded, and not again when it is loaded anew.
fn first_page(page: &str) -> String {
    format!("if (location.hash === '') {{ {} }}", to_page(page))
}

/// Closing the window ends the program, or leaves it in the tray; files may be dropped onto it.
pub fn on_event<R: Runtime>(window: &Window<R>, event: &WindowEvent) {
    match event {
        WindowEvent::CloseRequested { api, .. } => {
            api.prevent_close();
            tauri::async_runtime::spawn(close(window.clone()));
        }
        WindowEvent::DragDrop(event) => {
            let desktop = window.state::<Desktop>();
            drops::on_event(&desktop.drops, &desktop.paths, event);
        }
        _ => {}
    }
}

async fn close<R: Runtime>(window: Window<R>) {
    let handle = window.app_handle().clone();
    let chosen = handle.state::<Desktop>().preferences().on_close;
    // A window that was hidden without a tray could not be found again.
    let may_hide = chosen != OnClose::Quit && tray::is_visible(&handle).await;
    match chosen {
        OnClose::KeepRunning if may_hide => hide(&window),
        OnClose::Ask if may_hide => ask_once(window),
        _ => quit(&handle),
    }
}

fn hide<R: Runtime>(window: &Window<R>) {
    if let Err(cause) = window.hide() {
        tracing::warn!(%cause, "the window could not be hidden");
    }
}

/// Asks what closing means, and remembers it.
fn ask_once<R: Runtime>(window: Window<R>) {
    let Some(asking) = Asking::begin() else {
        return;
    };
    let words = window.state::<Desktop>().words();
    let (keep, quits) = (words.get("dialogs-keep"), words.get("dialogs-quit"));
    window
        .dialog()
        .message(words.get("dialogs-keep-text"))
        .title(words.get("dialogs-keep-title"))
        .buttons(MessageDialogButtons::YesNoCancelCustom(
            keep.clone(),
            quits.clone(),
            words.get("dialogs-cancel"),
        ))
        .show_with_result(move |answer| {
            drop(asking);
            match answer {
                MessageDialogResult::Yes => decide(&window, OnClose::KeepRunning),
                MessageDialogResult::No => decide(&window, OnClose::Quit),
                MessageDialogResult::Custom(text) if text == keep => {
                    decide(&window, OnClose::KeepRunning);
                }
                MessageDialogResult::Custom(text) if text == quits => {
                    decide(&window, OnClose::Quit);
                }
                _ => {}
            }
        });
}

/// A question about the end of the program is on the screen: one is enough, however often it is asked to close.
struct Asking;

static IS_ASKING: AtomicBool = AtomicBool::new(false);

impl Asking {
    fn begin() -> Option<Self> {
        (!IS_ASKING.swap(true, Ordering::SeqCst)).then_some(Self)
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        IS_ASKING.store(false, Ordering::SeqCst);
    }
}

fn decide<R: Runtime>(window: &Window<R>, on_close: OnClose) {
    let desktop = window.state::<Desktop>();
    let preferences = Preferences {
        on_close,
        ..desktop.preferences()
    };
    if let Err(error) = desktop.set_preferences(preferences) {
        // It is asked again the next time.
        tracing::warn!(?error, "what closing means was not remembered");
    }
    match on_close {
        OnClose::KeepRunning => hide(window),
        OnClose::Ask | OnClose::Quit => quit(window.app_handle()),
    }
}

/// Ends the program. Asks before it ends work that would end with it; restores and updates go on without it.
pub fn quit<R: Runtime>(handle: &AppHandle<R>) {
    let desktop = handle.state::<Desktop>();
    let bound = desktop.jobs.bound_to_window();
    let Some(job) = bound.first() else {
        return handle.exit(0);
    };
    let Some(asking) = Asking::begin() else {
        return;
    };
    let words = desktop.words();
    let work = job.view().title;
    let handle = handle.clone();
    handle
        .clone()
        .dialog()
        .message(words.with("dialogs-close-text", &[("work", work.into())]))
        .title(words.get("dialogs-close-title"))
        .kind(MessageDialogKind::Warning)
        .buttons(MessageDialogButtons::OkCancelCustom(
            words.get("dialogs-close"),
            words.get("dialogs-close-not"),
        ))
        .show(move |closes| {
            drop(asking);
            if closes {
                tauri::async_runtime::spawn(end(handle));
            }
        });
}

async fn end<R: Runtime>(handle: AppHandle<R>) {
    handle
        .state::<Desktop>()
        .end_what_is_bound_to_window()
        .await;
    handle.exit(0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_more_than_a_name_in_an_address() {
        assert_eq!(page_of("shop"), "#/app/shop");
        assert_eq!(page_of("a/b'ü"), "#/app/a%2Fb%27%C3%BC");
        assert_eq!(to_page("#/app/\"x"), r##"location.hash = "#/app/\"x";"##);
    }

    #[test]
    fn only_our_own_pages_may_be_shown() {
        for (address, wanted) in [
            ("tauri://localhost/", true),
            ("tauri://localhost/index.html#/apps", true),
            ("tauri://evil.example/", false),
            ("https://evil.example/", false),
            ("http://localhost/", false),
            ("http://tauri.localhost.evil.example/", false),
            ("file:///etc/passwd", false),
            ("data:text/html,x", false),
            ("javascript:alert(1)", false),
            ("about:blank", false),
        ] {
            assert_eq!(
                is_own_page(&address.parse().expect("an address")),
                wanted,
                "{address}"
            );
        }
    }
}
