//! `status.json`: what the guardian does, and what it remembers.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::failure::{Failure, FailureKind};
use crate::manifest::{FORMAT_VERSION, Trigger, Verdict};
use crate::rotation::Suspension;
use crate::schedule::{ClockReading, NextRun};
use crate::settings::ResolvedValue;

/// The guardian's state. It writes this each time it looks, so that its age tells whether it lives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GuardStatus {
    /// Format version.
    pub format: u32,
    /// The guardian's version.
    pub version: String,
    /// When this was written: the heartbeat.
    pub clock: ClockReading,
    /// When this guardian started.
    pub started_at: Timestamp,
    /// So often it looks, and writes this, in milliseconds.
    pub look_every_ms: u64,
    /// What it does.
    pub state: GuardState,
    /// The next backup; `None` where there will be none.
    pub next: Option<NextRun>,
    /// The last backup that it took.
    pub last_success: Option<LastSuccess>,
    /// When it last took one because it started.
    pub last_start_up_at: Option<Timestamp>,
    /// So many of those in a row came right after the guardian had died.
    pub hasty_start_ups: u32,
    /// What failed since then.
    pub last_failure: Option<LastFailure>,
    /// The last rotation.
    pub last_rotation: Option<LastRotation>,
    /// The clock was set by more than a day, and this was noticed then.
    pub clock_set_at: Option<Timestamp>,
    /// Why the settings in the vault are not those in force, in one sentence.
    pub settings_problem: Option<String>,
    /// The settings in force.
    pub in_force: Vec<ResolvedValue>,
}

impl GuardStatus {
    /// That of a guardian that remembers nothing.
    #[must_use]
    pub fn first(clock: ClockReading) -> Self {
        Self {
            format: FORMAT_VERSION,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            started_at: clock.at,
            clock,
            look_every_ms: 0,
            state: GuardState::Waiting,
            next: None,
            last_success: None,
            last_start_up_at: None,
            hasty_start_ups: 0,
            last_failure: None,
            last_rotation: None,
            clock_set_at: None,
            settings_problem: None,
            in_force: Vec::new(),
        }
    }
}

/// What the guardian does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[ts(export_to = "api.ts")]
pub enum GuardState {
    /// It waits for the next backup to be due.
    Waiting,
    /// A backup is due and cannot be taken yet.
    HeldUp {
        /// Why, in one sentence.
        reason: String,
    },
    /// It takes a backup.
    Working {
        /// Why.
        trigger: Trigger,
        /// Since when.
        #[ts(type = "string")]
        since: Timestamp,
    },
    /// Backups by itself are switched off in the settings.
    SwitchedOff,
    /// It will not touch what it finds.
    Refusing {
        /// Why, in one sentence.
        reason: String,
    },
    /// It was told to end, and has.
    Ended,
}

/// A backup that the guardian took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct LastSuccess {
    /// When it began.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// The backup.
    pub id: String,
    /// Why it was taken.
    pub trigger: Trigger,
    /// What the look at it said.
    pub verdict: Verdict,
    /// How long it took.
    pub duration_ms: u64,
}

/// Attempts that failed, one after another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastFailure {
    /// When the last one ended.
    pub at: Timestamp,
    /// How many there were.
    pub count: u32,
    /// What kind of failure the last one was.
    pub kind: FailureKind,
    /// What could not be done.
    pub message: String,
    /// The cause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl LastFailure {
    /// One more.
    #[must_use]
    pub fn one_more(earlier: Option<&Self>, at: Timestamp, failure: Failure) -> Self {
        Self {
            at,
            count: earlier.map_or(1, |earlier| earlier.count.saturating_add(1)),
            kind: failure.kind,
            message: failure.message,
            detail: failure.detail,
        }
    }
}

/// What a rotation did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct LastRotation {
    /// When.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// So many backups went.
    pub removed: u32,
    /// Why none went, if so.
    pub suspended: Option<Suspension>,
    /// What went wrong, if something did.
    pub failure: Option<String>,
}
