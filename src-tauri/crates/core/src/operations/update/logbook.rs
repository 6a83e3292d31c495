//! The logbook's entry of an update: everything that recovery needs, written before each step.

use std::collections::BTreeMap;

use lifeboat_store::manifest::BuiltFrom;
use lifeboat_store::protocol::{BackupRequest, Request};
use serde::{Deserialize, Serialize};

use crate::boot_entry;
use crate::engine::{SessionError, SourceBinding};
use crate::operations::containers::{HealthRules, Replacement, StoppedContainer};
use crate::operations::vault::OpenedVault;

/// How far an update is. Written *before* what it names begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::operations) enum Phase {
    /// Stopping the containers.
    Stopping,
    /// Copying the quiet databases.
    Keeping,
    /// The old containers make room for the new ones.
    Swapping,
    /// The new release starts and is looked at.
    Judging,
    /// It is good: old containers go, the cold copies become a backup.
    Finishing,
    /// Going back: the old image and the old data again.
    GoingBack,
    /// The old release runs again; what the failed one left becomes a backup.
    KeepingEvidence,
}

/// What the way back found of the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::operations) enum Returning {
    /// The new release had not touched it.
    Untouched,
    /// It was exchanged, and what the new release left lies hidden.
    Exchanged,
}

/// The entry.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::operations) struct Entry {
    /// `update`.
    pub(in crate::operations) operation: String,
    /// Names the hidden directories.
    pub(in crate::operations) job: String,
    /// How far.
    pub(in crate::operations) phase: Phase,
    /// A new container may have been started: the data may have been touched.
    pub(in crate::operations) released: bool,
    /// The cold copies were found touched: from here on the verified backup serves in their place.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(in crate::operations) copies_touched: bool,
    /// On the way back: the old data is in its place, and whether the new release had touched it. What is
    /// live from here on is the old release's own, and never exchanged again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::operations) data_returned: Option<Returning>,
    /// The storages, as the helper has them mounted.
    pub(in crate::operations) sources: Vec<SourceBinding>,
    /// Who is stopped, as they were, in the order of stopping.
    pub(in crate::operations) containers: Vec<StoppedContainer>,
    /// Who gives way to whom.
    pub(in crate::operations) replacements: Vec<Replacement>,
    /// What the releases are judged by.
    #[serde(default)]
    pub(in crate::operations) health: HealthRules,
    /// The verified backup from before the stop.
    pub(in crate::operations) hot_backup_id: String,
    /// The backup that the cold copies become.
    pub(in crate::operations) cold: BackupRequest,
    /// The backup that a failed release's data becomes.
    pub(in crate::operations) evidence: BackupRequest,
    /// What the services were built from, where compose built them for this.
    #[serde(default)]
    pub(in crate::operations) built_from: BTreeMap<String, BuiltFrom>,
    /// The releases in words: from what, to what.
    pub(in crate::operations) from: String,
    pub(in crate::operations) to: String,
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

    /// Ends the entry, and what was prepared for a power cut: that first, for the application runs, and
    /// nobody would look for it once the entry is gone.
    pub(in crate::operations) async fn end(
        &self,
        vault: &mut OpenedVault,
    ) -> Result<(), SessionError> {
        boot_entry::remove(&self.job);
        vault
            .ask_quietly(Request::WriteLogbook { entry: None })
            .await
            .map(|_| ())
    }
}
