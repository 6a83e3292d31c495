//! The native file dialogs. What is chosen in them is remembered here, not in the window.

use std::path::{Path, PathBuf};

use lifeboat_core::{Code, Error};
use tauri::{AppHandle, Manager as _, Runtime};
use tauri_plugin_dialog::{DialogExt as _, FileDialogBuilder, FilePath};
use tokio::sync::oneshot;

use crate::desktop::Desktop;
use crate::limits;
use crate::names;
use crate::paths::Use;

/// What can be imported.
const IMPORTABLE: &[&str] = &["tar.gz", "tar.zst", "tar", "db", "sqlite", "sqlite3", "gz"];

/// Whether a file of this name is one that the Open dialog offers.
pub(crate) fn is_importable(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let ends = |end: &&str| {
        let stem = name
            .strip_suffix(*end)
            .and_then(|rest| rest.strip_suffix('.'));
        stem.is_some_and(|stem| !stem.is_empty())
    };
    IMPORTABLE.iter().any(ends)
}

/// Asks where to save.
///
/// # Errors
/// `invalid-input` for a name that is too long; `output-failed` for a path that is no text.
pub(crate) async fn choose_save_path<R: Runtime>(
    app: &AppHandle<R>,
    desktop: &Desktop,
    suggested_name: &str,
) -> Result<Option<String>, Error> {
    limits::path(suggested_name)?;
    let words = desktop.words();
    let dialog = dialog(app, desktop).set_title(words.get("dialogs-save-file"));
    let dialog = dialog.set_file_name(names::harmless(suggested_name));
    let (sender, answer) = oneshot::channel();
    dialog.save_file(move |path| {
        // Nobody waits any more if the window went away meanwhile.
        let _unheard = sender.send(path);
    });
    agree(desktop, Use::Save, answer.await.ok().flatten())
}

/// Asks what to import.
///
/// # Errors
/// `output-failed` for a path that is no text.
pub(crate) async fn choose_open_path<R: Runtime>(
    app: &AppHandle<R>,
    desktop: &Desktop,
) -> Result<Option<String>, Error> {
    let words = desktop.words();
    let dialog = dialog(app, desktop).set_title(words.get("dialogs-open-file"));
    let dialog = dialog.add_filter(words.get("dialogs-importable"), IMPORTABLE);
    let (sender, answer) = oneshot::channel();
    dialog.pick_file(move |path| {
        let _unheard = sender.send(path);
    });
    agree(desktop, Use::Open, answer.await.ok().flatten())
}

/// Asks for a folder to write copies into.
///
/// # Errors
/// `output-failed` for a path that is no text.
pub(crate) async fn choose_folder<R: Runtime>(
    app: &AppHandle<R>,
    desktop: &Desktop,
) -> Result<Option<String>, Error> {
    let words = desktop.words();
    let dialog = dialog(app, desktop).set_title(words.get("dialogs-choose-folder"));
    let (sender, answer) = oneshot::channel();
    dialog.pick_folder(move |path| {
        let _unheard = sender.send(path);
    });
    agree(desktop, Use::Folder, answer.await.ok().flatten())
}

fn dialog<R: Runtime>(app: &AppHandle<R>, desktop: &Desktop) -> FileDialogBuilder<R> {
    let mut dialog = app.dialog().file();
    if let Some(folder) = desktop.folders.last_folder() {
        dialog = dialog.set_directory(folder);
    }
    match app.get_webview_window("main") {
        Some(window) => dialog.set_parent(&window),
        None => dialog,
    }
}

fn agree(
    desktop: &Desktop,
    purpose: Use,
    answer: Option<FilePath>,
) -> Result<Option<String>, Error> {
    let Some(path) = answer.map(FilePath::into_path) else {
        return Ok(None);
    };
    let path: PathBuf = path.map_err(|cause| no_plain_path(&cause))?;
    let text = path
        .to_str()
        .ok_or_else(|| no_plain_path(&"its name is not UTF-8"))?
        .to_owned();
    limits::path(&text)?;
    desktop.folders.remember_folder_of(Path::new(&text));
    desktop.paths.agree(purpose, &path);
    Ok(Some(text))
}

fn no_plain_path(cause: &dyn std::fmt::Display) -> Error {
    Error::new(
        Code::OutputFailed,
        "The place that was chosen cannot be used.",
        "Choose a file on this machine with an ordinary name.",
    )
    .with_detail(cause.to_string())
}
