//! The guardian: the helper's other life, in which it stays and keeps to a schedule.

mod spec;
mod status;

pub use spec::{GuardSpec, GuardedSource, VolumeMark};
pub use status::{GuardState, GuardStatus, LastFailure, LastRotation, LastSuccess};
