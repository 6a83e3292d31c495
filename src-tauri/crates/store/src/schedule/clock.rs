//! Noticing that the clock was set.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A day: by more than this a clock is not corrected, it is wrong, or was.
pub const DAY: SignedDuration = SignedDuration::from_hours(24);

/// What the clocks of a machine showed at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockReading {
    /// The time of day, which can be set.
    pub at: Timestamp,
    /// Milliseconds since the machine was started, asleep or awake, which nobody can set.
    pub running_ms: u64,
    /// Names this start of the machine.
    pub boot: String,
}

/// By how much the clock was set between two readings, where that is more than a day. Forward is
/// positive.
///
/// Across a restart of the machine only a clock that went back shows: one that went forward looks like
/// a machine that was off.
#[must_use]
pub fn jump_between(earlier: &ClockReading, later: &ClockReading) -> Option<SignedDuration> {
    let by_clock = later.at.duration_since(earlier.at);
    let running_ms = |reading: &ClockReading| i64::try_from(reading.running_ms).unwrap_or(i64::MAX);
    let jump = if earlier.boot == later.boot {
        let passed = running_ms(later).saturating_sub(running_ms(earlier));
        by_clock.saturating_sub(SignedDuration::from_millis(passed))
    } else {
        by_clock.min(SignedDuration::ZERO)
    };
    (jump.abs() > DAY).then_some(jump)
}
