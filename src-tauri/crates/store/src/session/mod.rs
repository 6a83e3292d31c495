//! The helper side of the line protocol: one session, its requests, its cancel.

use std::process::ExitCode;

/// A session's whole life.
#[must_use]
pub fn main() -> ExitCode {
    ExitCode::FAILURE
}
