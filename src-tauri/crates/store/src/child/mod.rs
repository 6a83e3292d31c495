//! Processes that touch databases: each runs as the owner of its database, with no capabilities.

use std::process::ExitCode;

/// The helper's first argument where it is to be a child.
pub const ARGUMENT: &str = "child";

/// A child's whole life.
#[must_use]
pub fn main() -> ExitCode {
    ExitCode::FAILURE
}
