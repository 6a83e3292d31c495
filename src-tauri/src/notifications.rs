//! What the desktop shows in passing. A click leads to the application that it is about.

use lifeboat_core::Error;
use lifeboat_core::notice::{Notice, NoticeKind, NoticeState};
use notify_rust::Notification;
use serde_json::Value;
use tauri::{AppHandle, Manager as _, Runtime};

use crate::desktop::Desktop;
use crate::language::Words;
use crate::{notice_words, window};

/// What a desktop calls a click on the notification itself.
const CLICK: &str = "default";

/// One thing to show.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Message {
    app: String,
    title: String,
    text: String,
    /// The button that leads to the application.
    open: String,
    /// It stays until somebody has seen it.
    stays: bool,
}

/// Shows what a person has to be told, unless notifications are switched off.
pub fn show_notice<R: Runtime>(handle: &AppHandle<R>, notice: &Notice) {
    let words = handle.state::<Desktop>().words();
    show(handle, of_notice(notice, words));
}

/// Shows how a backup ended that was asked for in the tray.
pub fn backup_ended<R: Runtime>(handle: &AppHandle<R>, app: &str, ending: Result<Value, Error>) {
    let words = handle.state::<Desktop>().words();
    show(handle, of_backup(app, ending, words));
}

fn of_notice(notice: &Notice, words: Words) -> Message {
    let app = [("app", notice.app.as_str().into())];
    let title = match (notice.state, notice.kind) {
        (NoticeState::WellAgain, _) => words.with("notifications-well-again", &app),
        (_, NoticeKind::Guardian) => words.with("notifications-guardian", &app),
        (_, NoticeKind::BackupFailed) => words.with("notifications-backup-failed", &app),
        (_, NoticeKind::Overdue) => words.with("notifications-overdue", &app),
        (_, NoticeKind::BackupDamaged) => words.with("notifications-backup-damaged", &app),
        (_, NoticeKind::RolledBack) => words.with("notifications-rolled-back", &app),
        (_, NoticeKind::NeedsAttention) => words.with("notifications-needs-attention", &app),
    };
    Message {
        app: notice.app.clone(),
        title,
        text: notice_words::text(notice, words),
        open: words.get("notifications-open"),
        stays: matches!(
            notice.kind,
            NoticeKind::BackupDamaged | NoticeKind::NeedsAttention
        ) && notice.state != NoticeState::WellAgain,
    }
}

fn of_backup(app: &str, ending: Result<Value, Error>, words: Words) -> Message {
    let name = [("app", app.into())];
    let (title, text) = match ending {
        Ok(backup) => match backup["verification"]["verdict"].as_str() {
            Some("sound") => (
                words.with("notifications-backed-up", &name),
                words.get("notifications-backed-up-sound"),
            ),
            Some("damaged") => (
                words.with("notifications-backed-up-damaged", &name),
                words.get("notifications-backed-up-damaged-text"),
            ),
            _ => (
                words.with("notifications-backed-up", &name),
                words.get("notifications-backed-up-unchecked"),
            ),
        },
        Err(error) => (
            words.with("notifications-not-backed-up", &name),
            format!("{} {}", error.message, error.advice),
        ),
    };
    Message {
        app: app.to_owned(),
        title,
        text,
        open: words.get("notifications-open"),
        stays: false,
    }
}

/// Asking the desktop may take a while, and waiting for a click takes until it is gone.
fn show<R: Runtime>(handle: &AppHandle<R>, message: Message) {
    if !handle.state::<Desktop>().preferences().notifications {
        return;
    }
    let handle = handle.clone();
    let shown = move || {
        if let Err(cause) = show_and_wait(&handle, &message) {
            tracing::warn!(%cause, title = message.title, "the desktop shows no notifications");
        }
    };
    // A thread of its own: as many as there are notices may wait for a click.
    let thread = std::thread::Builder::new().name("notification".to_owned());
    if let Err(cause) = thread.spawn(shown) {
        tracing::warn!(%cause, "a notification could not be shown");
    }
}

fn show_and_wait<R: Runtime>(
    handle: &AppHandle<R>,
    message: &Message,
) -> notify_rust::error::Result<()> {
    let mut notification = Notification::new();
    notification
        .appname("Lifeboat")
        .summary(&message.title)
        .body(&body(&message.text))
        .icon("lifeboat")
        .action(CLICK, &message.open);
    #[cfg(target_os = "linux")]
    if message.stays {
        notification.urgency(notify_rust::Urgency::Critical);
    }
    let shown = notification.show()?;
    #[cfg(target_os = "linux")]
    shown.wait_for_action(|action| {
        if action == CLICK {
            window::show_app(handle, &message.app);
        }
    });
    #[cfg(not(target_os = "linux"))]
    let _ = (shown, handle);
    Ok(())
}

/// Some desktops read the text as markup: names of applications are none.
fn body(text: &str) -> String {
    #[cfg(target_os = "linux")]
    {
        let capabilities = notify_rust::get_capabilities().unwrap_or_default();
        if capabilities.iter().any(|one| one == "body-markup") {
            return escaped(text);
        }
    }
    text.to_owned()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use lifeboat_core::Code;
    use serde_json::json;

    use super::*;
    use crate::preferences::LanguageChoice;

    fn english() -> Words {
        Words::of(LanguageChoice::En)
    }

    fn german() -> Words {
        Words::of(LanguageChoice::De)
    }

    #[test]
    fn a_notice_is_told_in_a_few_words() {
        let mut notice: Notice = serde_json::from_value(json!({
            "id": "1", "app": "shop", "engine": "box", "kind": "guardian", "state": "problem",
            "at": "2026-05-04T03:00:00Z",
            "happened": "Its guardian was removed: no backups are taken.",
            "now": "The newest good backup is of 2026-05-04 03:00 UTC.",
            "advice": "Put it right: lifeboat guard on shop",
        }))
        .expect("a notice");
        let words = of_notice(&notice, english());
        assert_eq!(words.title, "shop: no backups are taken");
        assert_eq!(
            words.text,
            "Its guardian was removed: no backups are taken. The newest good backup is of 2026-05-04 \
             03:00 UTC."
        );
        assert!(!words.stays);
        notice.kind = NoticeKind::BackupDamaged;
        assert!(of_notice(&notice, english()).stays);
        notice.state = NoticeState::WellAgain;
        assert_eq!(
            of_notice(&notice, german()).title,
            "shop: wieder in Ordnung"
        );
        let words = of_notice(&notice, english());
        assert_eq!(words.title, "shop: well again");
        assert!(!words.stays);
    }

    #[test]
    fn the_end_of_a_backup_says_what_it_is_worth() {
        let ended = |verdict: &str| {
            let backup = json!({"verification": {"verdict": verdict}});
            of_backup("shop", Ok(backup), english()).title
        };
        assert_eq!(ended("sound"), "shop was backed up");
        assert_eq!(ended("damaged"), "shop: the backup is damaged");
        let error = Error::new(Code::NoSpace, "The disk is full.", "Free some space.");
        let words = of_backup("shop", Err(error), english());
        assert_eq!(words.title, "shop could not be backed up");
        assert_eq!(words.text, "The disk is full. Free some space.");
    }

    #[test]
    fn names_are_no_markup() {
        assert_eq!(escaped("<b>a & b</b>"), "&lt;b&gt;a &amp; b&lt;/b&gt;");
    }
}
