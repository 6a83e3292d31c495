//! Small things to remember: the logbook of a running change, what `undo` goes back to.

use std::fs;
use std::io::ErrorKind;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::reserve::with_reserve;
use super::sealed::{self, Broken};
use super::{LOGBOOK, UPDATES, Vault};
use crate::files::fsync_directory;
use crate::{Failure, FailureKind};

const LOGBOOK_ENTRY: &str = "current.json";
const UNDO_ENTRY: &str = "undo.json";

#[derive(Serialize, Deserialize)]
struct Kept {
    entry: Value,
}

impl Vault {
    /// The logbook's entry: an update or restore that has not ended.
    ///
    /// # Errors
    /// `damaged`, or what the file system refuses.
    pub fn logbook(&self) -> Result<Option<Value>, Failure> {
        self.read_kept(LOGBOOK, LOGBOOK_ENTRY, "the logbook")
    }

    /// Writes, replaces or (with `None`) ends the logbook's entry, synced before this returns. Needs
    /// the lock.
    ///
    /// # Errors
    /// What the file system refuses.
    pub fn write_logbook(&self, entry: Option<Value>) -> Result<(), Failure> {
        self.write_kept(LOGBOOK, LOGBOOK_ENTRY, entry)
    }

    /// What `undo` would go back to.
    ///
    /// # Errors
    /// `damaged`, or what the file system refuses.
    pub fn undo(&self) -> Result<Option<Value>, Failure> {
        self.read_kept(UPDATES, UNDO_ENTRY, "what undo would go back to")
    }

    /// Remembers (or with `None` forgets) what `undo` would go back to. Needs the lock.
    ///
    /// # Errors
    /// What the file system refuses.
    pub fn write_undo(&self, entry: Option<Value>) -> Result<(), Failure> {
        self.write_kept(UPDATES, UNDO_ENTRY, entry)
    }

    /// The logbook's entry, where one that cannot be read is an entry, too.
    pub(super) fn logbook_or_damage(&self) -> Option<Value> {
        self.logbook()
            .unwrap_or_else(|failure| Some(json!({ "unreadable": failure.message })))
    }

    /// Fails with `unfinished` if the logbook has an entry and this is not recovery.
    pub(super) fn refuse_unfinished(&self, recovery: bool) -> Result<(), Failure> {
        match self.logbook_or_damage() {
            Some(entry) if !recovery => Err(Failure::new(
                FailureKind::Unfinished,
                "an update or restore was cut short and has to be brought to an end first",
            )
            .with_detail(entry.to_string())),
            _ => Ok(()),
        }
    }

    fn read_kept(&self, room: &str, name: &str, what: &str) -> Result<Option<Value>, Failure> {
        match sealed::read::<Kept>(self.open_file(&format!("{room}/{name}"))) {
            Ok(kept) => Ok(Some(kept.entry)),
            Err(Broken::Missing) => Ok(None),
            Err(broken) => Err(broken.into_failure(what)),
        }
    }

    fn write_kept(&self, room: &str, name: &str, entry: Option<Value>) -> Result<(), Failure> {
        self.require_lock()?;
        let directory = self.root.join(room);
        let path = directory.join(name);
        if let Some(entry) = entry {
            let kept = Kept { entry };
            return with_reserve(&self.root, || sealed::write(&path, &kept));
        }
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(Failure::io(
                format!("{room}/{name} could not be removed"),
                &error,
            )),
            _ => fsync_directory(&directory),
        }
    }
}
