//! What is due now, and what comes next. Pure.

use jiff::{SignedDuration, Timestamp};

use super::spec::GuardSpec;
use super::status::{GuardState, GuardStatus};
use crate::manifest::Trigger;
use crate::schedule::{ClockReading, Failures, History, NextRun, Reason, again_after, next_run};
use crate::settings::Settings;

/// A guardian that was killed and started again within this time after a start-up backup does so in
/// haste…
const RECENT: SignedDuration = SignedDuration::from_mins(5);

/// …and takes another one so often in a row: one that kept dying would fill the vault with them.
const HASTY_LIMIT: u32 = 3;

/// Where the backup stands that is taken because the guardian started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StartUp {
    /// Nobody has looked yet whether there should be one.
    Undecided,
    /// There should be one.
    Wanted {
        /// It has failed before.
        tried: bool,
        /// It comes in haste.
        hasty: bool,
    },
    /// There is one, or there should be none.
    Done,
}

impl StartUp {
    /// Should there be one? `earlier` is what the guardian before this one said last.
    pub(super) fn decide(
        settings: &Settings,
        earlier: Option<&GuardStatus>,
        clock: &ClockReading,
    ) -> Self {
        let hasty = earlier.is_some_and(|earlier| {
            let recent = earlier.last_start_up_at.is_some_and(|at| {
                let passed = clock.at.duration_since(at);
                (SignedDuration::ZERO..RECENT).contains(&passed)
            });
            recent && earlier.state != GuardState::Ended && earlier.clock.boot == clock.boot
        });
        let too_many = earlier.is_some_and(|earlier| earlier.hasty_start_ups >= HASTY_LIMIT);
        if settings.backup_on_startup && !(hasty && too_many) {
            Self::Wanted {
                tried: false,
                hasty,
            }
        } else {
            Self::Done
        }
    }
}

/// The next backup, and as what; `None` where they are switched off.
pub(super) fn upcoming(
    settings: &Settings,
    spec: &GuardSpec,
    status: &GuardStatus,
    start_up: StartUp,
    now: Timestamp,
) -> Option<(NextRun, Trigger)> {
    let failures = status.last_failure.as_ref().map(|failure| Failures {
        count: failure.count,
        last_at: failure.at,
    });
    let history = History {
        protected_since: spec.protected_since,
        last_success: status.last_success.as_ref().map(|success| success.at),
        failures: failures.clone(),
    };
    let scheduled = next_run(settings, &spec.app, now, &history)?;
    let start_up_at = match (start_up, failures) {
        (StartUp::Undecided | StartUp::Done, _) => None,
        (StartUp::Wanted { tried: true, .. }, Some(failures)) => Some(again_after(&failures, now)),
        (StartUp::Wanted { .. }, _) => Some(now),
    };
    match start_up_at {
        Some(at) if at <= scheduled.at => {
            let reason = Reason::StartUp;
            Some((NextRun { at, reason }, Trigger::StartUp))
        }
        _ => Some((scheduled, Trigger::Scheduled)),
    }
}
