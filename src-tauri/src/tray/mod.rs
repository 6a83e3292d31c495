//! The icon in the tray: how things are, a backup for each application, the window, the end.

pub mod host;
pub mod model;

use std::sync::Mutex;

use lifeboat_core::api::BackupOptions;
use tauri::image::Image;
use tauri::menu::{IsMenuItem, Menu, MenuEvent, MenuItem, PredefinedMenuItem, Submenu};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager as _, Runtime};

use self::model::{Entry, Model, Mood};
use crate::desktop::Desktop;
use crate::language::Words;
use crate::{notifications, window};

/// Its own name among tray icons.
const ID: &str = "lifeboat";

/// What a menu item does.
const OPEN: &str = "open";
const QUIT: &str = "quit";
/// Followed by the application's name.
const SHOW_APP: &str = "show:";
const BACK_UP: &str = "back-up:";

/// What the tray shows now.
#[derive(Debug, Default)]
pub struct Shown(Mutex<Option<Model>>);

/// Whether there is an icon, and somebody who shows it.
pub async fn is_visible<R: Runtime>(handle: &AppHandle<R>) -> bool {
    handle.tray_by_id(ID).is_some() && host::is_there().await
}

/// Shows this. The icon is made when a tray turns up: a program that starts at login may be there before it.
pub async fn show<R: Runtime>(handle: &AppHandle<R>, model: Model) {
    let shown = handle.state::<Shown>();
    let is_same = {
        let shown = shown.0.lock().expect("no panic while it is held");
        shown.as_ref() == Some(&model)
    };
    let outcome = match handle.tray_by_id(ID) {
        Some(_) if is_same => return,
        Some(icon) => change(handle, &icon, &model),
        None if host::is_there().await => build(handle, &model),
        None => return,
    };
    match outcome {
        Ok(()) => *shown.0.lock().expect("no panic while it is held") = Some(model),
        Err(cause) => tracing::warn!(%cause, "the tray does not show what it should"),
    }
}

fn build<R: Runtime>(handle: &AppHandle<R>, model: &Model) -> tauri::Result<()> {
    TrayIconBuilder::with_id(ID)
        .title("Lifeboat")
        .tooltip(tooltip(model))
        .icon(icon(model.mood)?)
        .icon_as_template(cfg!(target_os = "macos"))
        .menu(&menu(handle, model)?)
        .show_menu_on_left_click(false)
        .on_menu_event(|handle, event| on_menu(handle, &event))
        .on_tray_icon_event(|icon, event| {
            if let TrayIconEvent::Click {
                button: MouseButton::Left,
                button_state: MouseButtonState::Up,
                ..
            } = event
            {
                window::show(icon.app_handle());
            }
        })
        .build(handle)?;
    Ok(())
}

fn change<R: Runtime>(
    handle: &AppHandle<R>,
    tray: &TrayIcon<R>,
    model: &Model,
) -> tauri::Result<()> {
    tray.set_icon(Some(icon(model.mood)?))?;
    tray.set_tooltip(Some(tooltip(model)))?;
    tray.set_menu(Some(menu(handle, model)?))
}

/// Linux shows the icon's title above it.
fn tooltip(model: &Model) -> String {
    if cfg!(target_os = "linux") {
        model.headline.clone()
    } else {
        format!("Lifeboat: {}", model.headline)
    }
}

/// Panels are dark nearly everywhere; on macOS the system colours the template.
fn icon(mood: Mood) -> tauri::Result<Image<'static>> {
    let bytes: &[u8] = match mood {
        Mood::Attention => include_bytes!("../../../icons/tray-dark-attention@2x.png"),
        Mood::Busy => include_bytes!("../../../icons/tray-dark-busy@2x.png"),
        Mood::Calm if cfg!(target_os = "macos") => {
            include_bytes!("../../../icons/tray-template@2x.png")
        }
        Mood::Calm => include_bytes!("../../../icons/tray-dark@2x.png"),
    };
    Image::from_bytes(bytes)
}

fn menu<R: Runtime>(handle: &AppHandle<R>, model: &Model) -> tauri::Result<Menu<R>> {
    let menu = Menu::new(handle)?;
    menu.append(&line(handle, &model.headline)?)?;
    if !model.entries.is_empty() {
        menu.append(&PredefinedMenuItem::separator(handle)?)?;
    }
    for entry in &model.entries {
        menu.append(&submenu(handle, entry, model.words)?)?;
    }
    menu.append(&PredefinedMenuItem::separator(handle)?)?;
    let words = model.words;
    menu.append(&item(handle, OPEN, &words.get("tray-open"), true)?)?;
    menu.append(&item(handle, QUIT, &words.get("tray-quit"), true)?)?;
    Ok(menu)
}

fn submenu<R: Runtime>(
    handle: &AppHandle<R>,
    entry: &Entry,
    words: Words,
) -> tauri::Result<Submenu<R>> {
    let submenu = Submenu::new(handle, label(&entry.title), true)?;
    if let Some(next) = &entry.next {
        submenu.append(&line(handle, next)?)?;
    }
    let back_up = format!("{BACK_UP}{}", entry.app);
    let show = format!("{SHOW_APP}{}", entry.app);
    let items: [&dyn IsMenuItem<R>; 2] = [
        &item(
            handle,
            &back_up,
            &words.get("tray-back-up"),
            entry.can_back_up,
        )?,
        &item(handle, &show, &words.get("tray-open-app"), true)?,
    ];
    submenu.append_items(&items)?;
    Ok(submenu)
}

fn line<R: Runtime>(handle: &AppHandle<R>, text: &str) -> tauri::Result<MenuItem<R>> {
    MenuItem::new(handle, label(text), false, None::<&str>)
}

fn item<R: Runtime>(
    handle: &AppHandle<R>,
    id: &str,
    text: &str,
    enabled: bool,
) -> tauri::Result<MenuItem<R>> {
    MenuItem::with_id(handle, id, text, enabled, None::<&str>)
}

/// An ampersand would underline the letter after it.
fn label(text: &str) -> String {
    text.replace('&', "&&")
}

fn on_menu<R: Runtime>(handle: &AppHandle<R>, event: &MenuEvent) {
    let id = event.id().as_ref();
    if id == OPEN {
        window::show(handle);
    } else if id == QUIT {
        window::quit(handle);
    } else if let Some(app) = id.strip_prefix(SHOW_APP) {
        window::show_app(handle, app);
    } else if let Some(app) = id.strip_prefix(BACK_UP) {
        back_up(handle, app.to_owned());
    }
}

/// Nobody may look at the window: how it ended is shown by the desktop.
fn back_up<R: Runtime>(handle: &AppHandle<R>, app: String) {
    let handle = handle.clone();
    tauri::async_runtime::spawn(async move {
        let desktop = handle.state::<Desktop>();
        let started = desktop.create_backup(app.clone(), BackupOptions::default());
        let ending = match started.and_then(|id| desktop.jobs.find(&id)) {
            Ok(job) => {
                job.ended().await;
                desktop.jobs.result(&job.view().id)
            }
            Err(error) => Err(error),
        };
        notifications::backup_ended(&handle, &app, ending);
    });
}
