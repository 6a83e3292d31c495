//! The one window: where it may go (nowhere), and how it closes.

use tauri::webview::{NewWindowResponse, WebviewWindowBuilder};
use tauri::{App, Manager as _, Runtime, Url, WebviewUrl, WebviewWindow, Window, WindowEvent};
use tauri_plugin_dialog::{DialogExt as _, MessageDialogButtons, MessageDialogKind};

use crate::desktop::Desktop;

/// Its label, which `capabilities/main.json` names.
pub const LABEL: &str = "main";

/// Makes the window.
///
/// # Errors
/// Those of the system's webview.
pub fn build<R: Runtime>(app: &App<R>) -> tauri::Result<WebviewWindow<R>> {
    WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("index.html".into()))
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
        .build()
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

/// Shows the window that is there, when the program is started a second time.
pub fn show<R: Runtime>(handle: &tauri::AppHandle<R>) {
    let Some(window) = handle.get_webview_window(LABEL) else {
        return;
    };
    for step in [window.unminimize(), window.show(), window.set_focus()] {
        if let Err(cause) = step {
            tracing::debug!(%cause, "the window could not be brought to the front");
        }
    }
}

/// Asks before it closes on work that would end with it. Restores go on without a window.
pub fn on_event<R: Runtime>(window: &Window<R>, event: &WindowEvent) {
    let WindowEvent::CloseRequested { api, .. } = event else {
        return;
    };
    let desktop = window.state::<Desktop>();
    let bound = desktop.jobs.bound_to_window();
    let Some(job) = bound.first() else { return };
    api.prevent_close();
    let what = job.view().title;
    let window = window.clone();
    window
        .dialog()
        .message(format!(
            "“{what}” is not finished. Closing the window cancels it."
        ))
        .title("Close Lifeboat?")
        .kind(MessageDialogKind::Warning)
        .buttons(MessageDialogButtons::OkCancelCustom(
            "Cancel it and close".to_owned(),
            "Keep open".to_owned(),
        ))
        .show(move |closes| {
            if closes {
                close(window);
            }
        });
}

fn close<R: Runtime>(window: Window<R>) {
    tauri::async_runtime::spawn(async move {
        window
            .state::<Desktop>()
            .end_what_is_bound_to_window()
            .await;
        if let Err(cause) = window.destroy() {
            tracing::warn!(%cause, "the window could not be closed");
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

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
