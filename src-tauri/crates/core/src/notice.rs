//! What a person has to be told of an application that is protected.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::api::ProtectionState;

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export_to = "api.ts")]
pub enum NoticeKind {
    /// The guardian is gone, stopped, silent, outdated, or refuses to work.
    Guardian,
    /// A backup that was to be taken by itself failed.
    BackupFailed,
    /// No good backup for longer than the schedule promises.
    Overdue,
    /// A backup is damaged.
    BackupDamaged,
    /// An update or a restore went back.
    RolledBack,
    /// An update, a restore or its recovery ended in a state that somebody has to look at.
    NeedsAttention,
}

impl NoticeKind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Guardian,
        Self::BackupFailed,
        Self::Overdue,
        Self::BackupDamaged,
        Self::RolledBack,
        Self::NeedsAttention,
    ];

    /// The word used in settings, JSON and ids.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Guardian => "guardian",
            Self::BackupFailed => "backup-failed",
            Self::Overdue => "overdue",
            Self::BackupDamaged => "backup-damaged",
            Self::RolledBack => "rolled-back",
            Self::NeedsAttention => "needs-attention",
        }
    }
}

/// Whether something is wrong, or well again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export_to = "api.ts")]
pub enum NoticeState {
    /// It is wrong now, and a notice comes when it is well again.
    Problem,
    /// It happened, and there is no more to come of it.
    Happened,
    /// What was told before is over.
    WellAgain,
}

/// What the sentences of a notice are made of, for who says them in another language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoticeFacts {
    /// How the guardian is, if the notice is about it and its state says all.
    pub guardian: Option<ProtectionState>,
    /// When the newest good backup was taken; `None` if there is none.
    pub newest_good_at: Option<Timestamp>,
    /// When a good backup was due that is not there.
    pub due_at: Option<Timestamp>,
    /// The backup that is damaged.
    pub backup: Option<String>,
    /// How many others are damaged as well.
    pub others: usize,
    /// Why a backup failed or is damaged, in English and without a full stop.
    pub reason: Option<String>,
}

/// One thing that a person has to be told, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct Notice {
    /// Its own: who gets a notice twice can tell by it.
    pub id: String,
    /// The application.
    pub app: String,
    /// The engine's own name.
    pub engine: String,
    /// What it is about.
    pub kind: NoticeKind,
    /// Wrong, happened, or well again.
    pub state: NoticeState,
    /// When it was noticed.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// What happened, in a sentence.
    pub happened: String,
    /// What state things are in, in a sentence.
    pub now: String,
    /// The one thing to do, if there is something.
    pub advice: Option<String>,
    /// What the sentences are made of. `None` once the notice was kept or sent, which is done without.
    #[serde(skip)]
    pub facts: Option<NoticeFacts>,
}

impl Notice {
    /// All of it, as a person reads it.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{}: {} {}", self.app, self.happened, self.now);
        if let Some(advice) = &self.advice {
            text.push(' ');
            text.push_str(advice);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use lifeboat_store::settings::NOTICE_KIND_NAMES;

    use super::NoticeKind;

    /// `NOTICE_KINDS` chooses among the very kinds that there are, by the names that are sent.
    #[test]
    fn each_kind_can_be_chosen_by_the_name_that_is_sent() {
        assert_eq!(NoticeKind::ALL.map(NoticeKind::as_str), NOTICE_KIND_NAMES);
        for kind in NoticeKind::ALL {
            assert_eq!(serde_json::to_value(kind).expect("plain"), kind.as_str());
        }
    }
}
