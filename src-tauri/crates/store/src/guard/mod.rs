//! The guardian: the helper's other life, in which it stays and keeps to a schedule.
//!
//! It decides and remembers, and waits without using the processor. What it decides on is done by a
//! session, a process of its own that the guardian speaks to as `core` does: there is one way to take a
//! backup, and the memory that it took is given back when it ends.
//!
//! Must never be here: anything that opens a database, or that changes the vault beside its own status
//! and the audit log.

mod client;
mod clocks;
mod decide;
mod lifeline;
mod run;
mod spec;
mod status;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;

pub use spec::{GuardSpec, GuardedSource, VolumeMark};
pub use status::{GuardState, GuardStatus, LastFailure, LastRotation, LastSuccess};

use crate::failure::{Failure, FailureKind};
use crate::protocol::FromHelper;
use crate::session::{Output, ROOT_ARGUMENT, Roots, prepare};
use lifeline::Lifeline;
use watch::Watch;

/// The helper's first argument where it is to be a guardian.
pub const ARGUMENT: &str = "guard";

/// Prefix of the argument that names the application.
pub const APP_ARGUMENT: &str = "--app=";

/// A guardian's whole life: until it is told to end.
#[must_use]
pub fn main() -> ExitCode {
    let mut root = PathBuf::from("/");
    let mut app = None;
    for argument in std::env::args().skip(2) {
        if let Some(path) = argument.strip_prefix(ROOT_ARGUMENT) {
            root = PathBuf::from(path);
        } else if let Some(name) = argument.strip_prefix(APP_ARGUMENT) {
            app = Some(name.to_owned());
        }
    }
    let output = Output::new(false);
    let Some(app) = app else {
        let message = "the guardian was not told of which application";
        return fail(&output, Failure::new(FailureKind::Protocol, message));
    };
    let roots = Roots::below(&root);
    // Before there is a second thread: both change what threads begin with.
    match prepare(&roots).and_then(|()| Lifeline::hold()) {
        Ok((lifeline, wakes)) => {
            Watch::begin(app, root, roots, lifeline, output).keep(&wakes);
            ExitCode::SUCCESS
        }
        Err(failure) => fail(&output, failure),
    }
}

/// Where there is no vault to say it in, the container's log is told.
fn fail(output: &Output, failure: Failure) -> ExitCode {
    output.send(&FromHelper::Failed { id: 0, failure });
    ExitCode::FAILURE
}
