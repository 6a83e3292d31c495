//! What the clocks show. The only place of the guardian that asks them.

use std::time::Duration;

use jiff::Timestamp;
use nix::time::ClockId;

use crate::schedule::ClockReading;

/// Reads the clocks.
pub(super) fn read() -> ClockReading {
    // A kernel that does not tell is one that has just started: only jumps back are noticed then.
    let running = ClockId::CLOCK_BOOTTIME.now().map(Duration::from);
    let running_ms = running.map_or(0, |running| running.as_millis());
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    ClockReading {
        at: Timestamp::now(),
        running_ms: u64::try_from(running_ms).unwrap_or(u64::MAX),
        boot: boot.trim().to_owned(),
    }
}
