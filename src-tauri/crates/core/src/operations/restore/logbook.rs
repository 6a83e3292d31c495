//! The logbook's entry of a restore: everything that recovery needs, written before each step.

use lifeboat_store::protocol::{BackupRequest, Request};
use serde::{Deserialize, Serialize};

use crate::engine::SessionError;
use crate::engine::SourceBinding;
use crate::operations::containers::{HealthRules, Replacement, StoppedContainer};
use crate::operations::vault::OpenedVault;

/// How far a restore is. Written *before* what it names begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::operations) enum Phase {
    /// Unpacking beside the live files; the application still runs.
    Staging,
    /// Stopping the containers.
    Stopping,
    /// Making each live database one file.
    Settling,
    /// Exchanging.
    Exchanging,
    /// Everything is exchanged; starting the application.
    Starting,
    /// The application is up; what was replaced becomes a backup.
    Collecting,
    /// Going back: the old data again.
    GoingBack,
}

/// The entry.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::operations) struct Entry {
    /// `restore` or `undo`.
    pub(in crate::operations) operation: String,
    /// Names the hidden directories.
    pub(in crate::operations) job: String,
    /// What is put back.
    pub(in crate::operations) backup_id: String,
    /// How far.
    pub(in crate::operations) phase: Phase,
    /// On the way back: the old data is in its place. What is live from here on is the application's own,
    /// and never exchanged again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(in crate::operations) data_returned: bool,
    /// The storages, as the helper had them mounted.
    pub(in crate::operations) sources: Vec<SourceBinding>,
    /// Who was stopped, or is about to be.
    pub(in crate::operations) containers: Vec<StoppedContainer>,
    /// For the undo of an update: the containers that give way to those of the old release.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in crate::operations) replacements: Vec<Replacement>,
    /// What the application is judged by.
    #[serde(default)]
    pub(in crate::operations) health: HealthRules,
    /// Volumes that this restore made: empty before, so removed on the way back.
    pub(in crate::operations) made_volumes: Vec<String>,
    /// The backup that what was replaced will become.
    pub(in crate::operations) safety: BackupRequest,
}

impl Entry {
    /// Moves on, synced to disk before this returns.
    pub(in crate::operations) async fn write(
        &mut self,
        vault: &mut OpenedVault,
        phase: Phase,
    ) -> Result<(), SessionError> {
        self.phase = phase;
        let entry = serde_json::to_value(&*self).expect("an entry is plain data");
        vault
            .ask_quietly(Request::WriteLogbook { entry: Some(entry) })
            .await
            .map(|_| ())
    }

    /// Ends the entry.
    pub(in crate::operations) async fn end(vault: &mut OpenedVault) -> Result<(), SessionError> {
        vault
            .ask_quietly(Request::WriteLogbook { entry: None })
            .await
            .map(|_| ())
    }
}
