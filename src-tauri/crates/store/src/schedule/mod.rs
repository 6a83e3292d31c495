//! When the next backup is due, and why then.
//!
//! Pure: settings, the time now and what happened so far go in, a moment and a reason come out. Must
//! never be here: a clock of its own, or anything that waits.

mod clock;
mod cron;
mod next;
mod slots;

pub use clock::{ClockReading, DAY, jump_between};
pub use cron::CronExpression;
pub use next::{Failures, History, NextRun, Reason, again_after, next_run};
