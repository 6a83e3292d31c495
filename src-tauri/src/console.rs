//! What a page complains about, in a build under development only: errors of its program and breaches of
//! its rules go to the standard error output, where the tests in the real window look for them.

use tauri::{Runtime, WebviewWindow};
use webkit2gtk::{SettingsExt as _, WebViewExt as _};

/// Writes the page's console down, from its first script on.
pub(crate) fn write_down<R: Runtime>(window: &WebviewWindow<R>) {
    let told = window.with_webview(|webview| {
        if let Some(settings) = webview.inner().settings() {
            // Its name is older than where WebKit writes it to.
            settings.set_enable_write_console_messages_to_stdout(true);
        }
    });
    if let Err(cause) = told {
        tracing::warn!(%cause, "the page's console is not written down");
    }
}
