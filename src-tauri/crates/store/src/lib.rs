//! Everything Lifeboat knows about SQLite files, archives and the vault.
//!
//! Synchronous, and blind to the world outside the file system: no Docker, no network, no async
//! runtime, no terminal. The helper runs it next to the files inside the engine; `core` uses its
//! types, its line protocol and the few parts that work on a downloaded archive.
//!
//! Must never be here: anything that opens a *live* database from outside the engine's kernel.

pub mod archive;
pub mod child;
pub mod database;
pub mod drive;
pub mod excludes;
pub mod failure;
pub mod files;
pub mod guard;
pub mod history;
pub mod manifest;
pub mod naming;
pub mod probe;
pub mod protocol;
pub mod relative_path;
pub mod rotation;
pub mod scan;
pub mod schedule;
pub mod session;
pub mod settings;
pub mod sockets;
pub mod swap;
pub mod vault;
pub mod work;

pub use excludes::Excludes;
pub use failure::{Failure, FailureKind};
pub use relative_path::RelativePath;
