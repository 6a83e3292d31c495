//! The next backup that is due by itself.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::slots::Slots;
use crate::settings::Settings;

/// Later than this, a backup is one that was missed.
const MISSED: SignedDuration = SignedDuration::from_mins(15);

/// A last backup that lies further in the future than this means that the clock was set back: more
/// than the hour by which people set clocks by hand.
const SET_BACK: SignedDuration = SignedDuration::from_mins(90);

/// After a failure the first further attempt comes after so long; each one after it takes twice as
/// long, up to the limit.
const RETRY: SignedDuration = SignedDuration::from_mins(5);
const RETRY_LIMIT: SignedDuration = SignedDuration::from_hours(1);

/// What happened so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// When protection of this application was switched on.
    pub protected_since: Timestamp,
    /// When the last backup that was taken by itself began.
    pub last_success: Option<Timestamp>,
    /// Attempts that failed since then.
    pub failures: Option<Failures>,
}

/// Attempts that failed, one after another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failures {
    /// How many.
    pub count: u32,
    /// When the last one ended.
    pub last_at: Timestamp,
}

/// The next backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct NextRun {
    /// When; not after now means that it is due.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// Why then.
    pub reason: Reason,
}

/// Why a backup is due when it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[ts(export_to = "api.ts")]
pub enum Reason {
    /// There has been none yet.
    First,
    /// Protection starts.
    StartUp,
    /// The schedule says so.
    Scheduled,
    /// It should have been taken before, while nothing ran. However many were missed, this is one.
    Missed {
        /// When the first of them was due.
        #[ts(type = "string")]
        due_at: Timestamp,
    },
    /// The last attempts failed.
    Again {
        /// How many.
        failures: u32,
    },
    /// The last backup lies in the future: the clock was set back.
    ClockSetBack,
}

/// The next backup due by itself; `None` where they are switched off.
///
/// `app` decides how far the backup is moved from a time of day.
#[must_use]
pub fn next_run(
    settings: &Settings,
    app: &str,
    now: Timestamp,
    history: &History,
) -> Option<NextRun> {
    if !settings.auto_backup_enabled {
        return None;
    }
    let planned = planned(settings, app, now, history)?;
    let Some(failures) = &history.failures else {
        return Some(planned);
    };
    let again_at = again_after(failures, now);
    if again_at <= planned.at {
        return Some(planned);
    }
    Some(NextRun {
        at: again_at,
        reason: Reason::Again {
            failures: failures.count,
        },
    })
}

/// When to try again after failures.
#[must_use]
pub fn again_after(failures: &Failures, now: Timestamp) -> Timestamp {
    let doubled = 1_i32 << failures.count.saturating_sub(1).min(8);
    let pause = (RETRY * doubled).min(RETRY_LIMIT);
    if failures.last_at > now {
        // The clock was set back since then: nobody knows how long ago it was.
        return now;
    }
    failures.last_at.checked_add(pause).unwrap_or(now)
}

fn planned(settings: &Settings, app: &str, now: Timestamp, history: &History) -> Option<NextRun> {
    let last = history.last_success;
    if last.is_some_and(|last| last.duration_since(now) > SET_BACK) {
        return Some(NextRun {
            at: now,
            reason: Reason::ClockSetBack,
        });
    }
    let due_at = match (Slots::of(settings, app), last) {
        (Some(slots), Some(last)) => slots.due_after(last, true)?,
        (Some(slots), None) => slots.due_after(history.protected_since.min(now), false)?,
        (None, Some(last)) => {
            let interval = SignedDuration::from_hours(i64::from(settings.interval_hours));
            last.checked_add(interval).ok()?
        }
        (None, None) => {
            return Some(NextRun {
                at: now,
                reason: Reason::First,
            });
        }
    };
    let reason = if now.duration_since(due_at) > MISSED {
        Reason::Missed { due_at }
    } else {
        Reason::Scheduled
    };
    Some(NextRun {
        at: due_at.max(now),
        reason,
    })
}
