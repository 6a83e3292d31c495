//! Processes that touch databases: each runs as the owner of its database, with no capabilities.
//!
//! A child speaks frames on its standard input and output ([`frame`]) and answers one question after
//! another. It ends when its standard input is closed. Must never be here: a parent that parses a
//! database, or a child that holds anything of the vault's.

pub mod capture;
pub mod check;
mod frame;
mod locate;
mod message;
pub mod privileges;
mod process;
mod serve;
pub mod settle;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::OnceLock;

/// The helper's first argument where it is to be a child.
pub const ARGUMENT: &str = "child";

static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// A child's whole life.
#[must_use]
pub fn main() -> ExitCode {
    match serve::serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Start children from this program and not from the running one. For tests, whose own program is no
/// helper. The first call counts.
pub fn use_program(path: impl Into<PathBuf>) {
    PROGRAM.get_or_init(|| path.into());
}

pub(crate) fn program() -> &'static Path {
    PROGRAM
        .get()
        .map_or(Path::new("/proc/self/exe"), PathBuf::as_path)
}
