//! Restore and undo: plan, run, and the way back. The protocol is written down in
//! `docs/design/restore.md`.

mod containers;
mod gate;
mod logbook;
mod plan;
mod run;

use serde::{Deserialize, Serialize};

pub(super) use containers::start_again;
pub(super) use gate::{Gate, judge};
pub(super) use logbook::{Entry, Phase};
pub(crate) use plan::{plan_restore, plan_undo};
pub(crate) use run::restore;
pub(super) use run::{GoBack, collect_now, go_back, reopen};

/// What `undo` goes back to, as the vault remembers it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct UndoEntry {
    /// `restore` or `undo`.
    pub(super) operation: String,
    /// The backup that holds the state from before.
    pub(super) backup_id: String,
    /// What was put back then.
    pub(super) restored_id: String,
}

/// The same in words.
pub(super) fn undo_in_words(entry: &serde_json::Value) -> Option<String> {
    let entry: UndoEntry = serde_json::from_value(entry.clone()).ok()?;
    Some(format!(
        "the {} of {}: back to what was there before, kept as {}",
        entry.operation, entry.restored_id, entry.backup_id
    ))
}
