//! Which backups are kept, which go, and why.
//!
//! Pure: a list and rules go in, a decision for each backup comes out. Ages count for nothing, only
//! order does: a clock that is wrong can make no backup look old enough to go.

mod decide;
mod reason;

pub use decide::{Candidate, Circumstances, Decision, Rotation, Rules, rotate};
pub use reason::{KeepReason, Suspension};
