//! Everything that Lifeboat does, for the desktop app and the command line alike.
//!
//! `core` speaks to the engine, orders helper containers about, and owns the operations. It meets
//! no one: no window, no terminal, no colours, no exit codes. Shells hand it a [`job::Reporter`] and
//! print what comes back.

pub mod api;
mod boot_entry;
pub mod engine;
pub mod error;
pub mod job;
pub mod lifeboat;
pub mod logs;
pub mod notice;
pub mod operations;
pub mod settings;
pub mod shell;
pub mod state;

/// The version of this library, and of the app and the command that are built with it.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The version of `SQLite` in the helper: both are built from one lock file.
#[must_use]
pub fn sqlite_version() -> &'static str {
    lifeboat_store::database::sqlite_version()
}

pub use engine::helper_architectures;
pub use error::{Code, Error};
pub use lifeboat::Lifeboat;
