//! When the next backup is due, and why then.
//!
//! Must never be here: a clock of its own, or anything that waits.

mod cron;

pub use cron::CronExpression;
