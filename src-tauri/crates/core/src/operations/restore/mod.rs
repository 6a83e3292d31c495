//! Restore and undo: plan, run, and the way back. The protocol is written down in
//! `docs/design/restore.md`.

mod logbook;
mod plan;
mod run;
mod undo_update;

use serde::{Deserialize, Serialize};

use super::containers::Replacement;

pub(super) use logbook::{Entry, Phase};
pub(crate) use plan::{plan_restore, plan_undo};
pub(crate) use run::restore;
pub(super) use run::{GoBack, collect_now, go_back, reopen};

/// What `undo` goes back to, as the vault remembers it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct UndoEntry {
    /// `restore`, `update` or `undo`.
    pub(super) operation: String,
    /// The backup that holds the state from before.
    pub(super) backup_id: String,
    /// What was put back then, or the release that was put in place.
    pub(super) restored_id: String,
    /// For an update: the containers that gave way, to be made again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) replacements: Vec<Replacement>,
}

/// The same in words.
pub(super) fn undo_in_words(entry: &serde_json::Value) -> Option<String> {
    let entry: UndoEntry = serde_json::from_value(entry.clone()).ok()?;
    let preposition = if entry.replacements.is_empty() {
        "of"
    } else {
        "to"
    };
    Some(format!(
        "the {} {preposition} {}: back to what was there before, kept as {}",
        entry.operation, entry.restored_id, entry.backup_id
    ))
}
