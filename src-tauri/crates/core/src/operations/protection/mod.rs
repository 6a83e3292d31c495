//! Protection that goes on by itself: the guardian that takes backups on the engine, the settings that it
//! goes by, and the rotation of what it took.

mod growth;
mod notices;
mod prune;
mod rotate;
mod settings;
mod status;
mod switch;
mod watch;

pub use notices::Tell;
pub(super) use notices::{Refusal, refusals};

pub(super) use growth::{Growth, guard_in, take_in};
pub(crate) use prune::{preview_prune, prune};
pub(super) use rotate::rotate;
pub(crate) use settings::{change_settings, settings};
pub(super) use settings::{health_rules, in_force};
pub(crate) use status::{protection, report, summary};
pub(crate) use switch::{guard_off, guard_on};
pub(crate) use watch::watch;
