//! What a person prefers on this machine: how the program behaves, not how an application is protected.

use std::path::Path;

use lifeboat_core::Error;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::desktop::{Desktop, system_refused};
use crate::language::Words;
use crate::memory;

/// The file in the folder of choices.
const FILE: &str = "preferences.json";

/// What closing the window means, where there is a tray to find the program again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export_to = "api.ts")]
pub enum OnClose {
    /// Nobody was asked yet.
    #[default]
    Ask,
    /// The program goes on in the tray.
    KeepRunning,
    /// The program ends.
    Quit,
}

/// The language of the window, the tray and the notifications.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export_to = "api.ts")]
pub enum LanguageChoice {
    /// What the desktop speaks, where there are words for it; else English.
    #[default]
    System,
    /// English.
    En,
    /// German.
    De,
}

/// What a person prefers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export_to = "api.ts")]
pub struct Preferences {
    /// What closing the window means.
    pub on_close: OnClose,
    /// Whether applications are watched while the program runs: start-up backups, and what has to be told.
    pub watch: bool,
    /// Whether the desktop shows what has to be told.
    pub notifications: bool,
    /// The language that is spoken.
    pub language: LanguageChoice,
    /// The first run was shown on this machine, to its end or until somebody left it.
    pub welcomed: bool,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            on_close: OnClose::Ask,
            watch: true,
            notifications: true,
            language: LanguageChoice::System,
            welcomed: false,
        }
    }
}

/// The preferences as the window shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct PreferencesView {
    /// What was chosen.
    pub preferences: Preferences,
    /// Whether the program starts when the person logs in. The desktop holds this one.
    pub start_at_login: bool,
    /// Whether there is a tray; without one, closing the window ends the program.
    pub has_tray: bool,
    /// The version of the program.
    pub version: String,
}

/// The preferences of this machine. What cannot be read is as if nobody had chosen.
#[must_use]
pub fn read(folder: &Path) -> Preferences {
    std::fs::read(folder.join(FILE))
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default()
}

fn write(folder: &Path, preferences: Preferences) -> Result<(), Error> {
    let bytes = serde_json::to_vec(&preferences).expect("our own types serialise");
    memory::replace(&folder.join(FILE), &bytes)
        .map_err(|cause| system_refused("The preferences could not be kept.", &cause))
}

impl Desktop {
    /// What the person prefers.
    #[must_use]
    pub fn preferences(&self) -> Preferences {
        read(&self.folders.config)
    }

    /// The words of the language that the person prefers.
    #[must_use]
    pub fn words(&self) -> Words {
        Words::of(self.preferences().language)
    }

    /// Keeps what the person prefers, and lets it come into force.
    ///
    /// # Errors
    /// `internal` if it cannot be kept.
    pub fn set_preferences(&self, preferences: Preferences) -> Result<(), Error> {
        write(&self.folders.config, preferences)?;
        self.preferences_changed.notify_waiters();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_comes_back_and_what_is_new_has_its_default() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(read(folder.path()), Preferences::default());
        let chosen = Preferences {
            on_close: OnClose::KeepRunning,
            watch: false,
            notifications: false,
            language: LanguageChoice::De,
            welcomed: true,
        };
        write(folder.path(), chosen).expect("it is kept");
        assert_eq!(read(folder.path()), chosen);
        let file = folder.path().join(FILE);
        std::fs::write(&file, r#"{"on_close":"quit"}"#).expect("written");
        let read_again = read(folder.path());
        assert_eq!(read_again.on_close, OnClose::Quit);
        assert!(read_again.watch && read_again.notifications);
        assert_eq!(read_again.language, LanguageChoice::System);
        assert!(!read_again.welcomed);
        std::fs::write(&file, "half of").expect("written");
        assert_eq!(read(folder.path()), Preferences::default());
    }
}
