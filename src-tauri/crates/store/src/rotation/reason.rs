//! Why a backup is kept, and why nothing goes at all.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Why a backup is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[ts(export_to = "api.ts")]
pub enum KeepReason {
    /// Somebody pinned it.
    Pinned,
    /// An undo, or an update or restore that has not ended, goes back to it.
    InUse,
    /// Somebody brought it in.
    Imported,
    /// It is the newest that is known to be sound of at least one database.
    NewestSound,
    /// One of the newest.
    Newest {
        /// Counted from 1.
        position: u32,
        /// So many are kept.
        of: u32,
    },
    /// The newest of an hour.
    Hourly,
    /// The newest of a day.
    Daily,
    /// The newest of a week.
    Weekly,
    /// The newest of a month.
    Monthly,
    /// One of the newest taken before updates.
    BeforeUpdate {
        /// Counted from 1.
        position: u32,
        /// So many are kept.
        of: u32,
    },
    /// One of the newest taken before restores.
    BeforeRestore {
        /// Counted from 1.
        position: u32,
        /// So many are kept.
        of: u32,
    },
    /// Damaged, and not older than all that are kept: it may still show what went wrong.
    DamagedAmongNewest,
    /// Nothing goes at present.
    Suspended,
}

impl KeepReason {
    /// In words.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Pinned => "It is pinned.".to_owned(),
            Self::InUse => "Undo or an unfinished job goes back to it.".to_owned(),
            Self::Imported => "It was imported; only you delete it.".to_owned(),
            Self::NewestSound => "It is the newest backup known to be sound.".to_owned(),
            Self::Newest { position, of } => format!("It is number {position} of the newest {of}."),
            Self::Hourly => "It is the newest of its hour.".to_owned(),
            Self::Daily => "It is the newest of its day.".to_owned(),
            Self::Weekly => "It is the newest of its week.".to_owned(),
            Self::Monthly => "It is the newest of its month.".to_owned(),
            Self::BeforeUpdate { position, of } => {
                format!("It is number {position} of the newest {of} taken before updates.")
            }
            Self::BeforeRestore { position, of } => {
                format!("It is number {position} of the newest {of} taken before restores.")
            }
            Self::DamagedAmongNewest => {
                "It is damaged, and newer than some that are kept.".to_owned()
            }
            Self::Suspended => "Nothing is removed at present.".to_owned(),
        }
    }
}

/// Why nothing is removed at present.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[ts(export_to = "api.ts")]
pub enum Suspension {
    /// The last backup failed.
    LastBackupFailed,
    /// The newest backup is damaged.
    NewestDamaged {
        /// Its id.
        id: String,
    },
    /// The clock was set by more than a day not long ago.
    ClockWasSet,
    /// A backup lies more than a day in the future.
    FromTheFuture {
        /// Its id.
        id: String,
        /// When it says that it was taken.
        #[ts(type = "string")]
        created_at: Timestamp,
    },
}

impl Suspension {
    /// In words.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::LastBackupFailed => {
                "The last backup failed, so the older ones stay until one succeeds.".to_owned()
            }
            Self::NewestDamaged { id } => {
                format!("The newest backup ({id}) is damaged, so the older ones stay.")
            }
            Self::ClockWasSet => {
                "The clock was set by more than a day; nothing is removed for a day after that."
                    .to_owned()
            }
            Self::FromTheFuture { id, created_at } => format!(
                "The backup {id} says that it was taken on {created_at:.0}, which is in the \
                 future. Correct the clock, or delete that backup."
            ),
        }
    }
}
