//! How a page is drawn where no graphics card is: putting it together from layers, as it is done for a card, costs
//! the processor several times what plain drawing does, and a long list does not scroll smoothly then.

use std::path::Path;

use tauri::{Runtime, WebviewWindow};
use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt as _, WebViewExt as _};

/// Where the kernel has what draws.
const CARDS: &str = "/dev/dri";

/// Has the page drawn plainly on a machine without a graphics card, as most virtual ones are.
pub(crate) fn fit_to_machine<R: Runtime>(window: &WebviewWindow<R>) {
    if has_card(Path::new(CARDS)) {
        return;
    }
    let told = window.with_webview(|webview| {
        if let Some(settings) = webview.inner().settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    });
    if let Err(cause) = told {
        tracing::warn!(%cause, "the page is drawn as it would be with a graphics card");
    }
}

/// A card that can compute pictures has a device of its own for that, beside the one that shows them.
fn has_card(folder: &Path) -> bool {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.file_name())
        .any(|name| name.to_string_lossy().starts_with("renderD"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_known_by_what_computes_pictures() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(!has_card(&folder.path().join("nothing")));
        std::fs::write(folder.path().join("card0"), "").expect("a file");
        assert!(!has_card(folder.path()), "it only shows them");
        std::fs::write(folder.path().join("renderD128"), "").expect("a file");
        assert!(has_card(folder.path()));
    }
}
