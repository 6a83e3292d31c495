//! Harness of the tests on a real engine: worlds that clean up after themselves, databases in every
//! state, the demo application, and a runner for the `lifeboat` command.
//!
//! Nothing here is skipped when something is missing: it panics and says what `scripts/test.sh` would
//! have brought. Nothing here reads a database of the engine from the host.

pub mod artifacts;
pub mod benchmarks;
pub mod clean_root;
pub mod command;
pub mod compose;
pub mod demo;
pub mod engine;
pub mod lifeboat;
pub mod private_engine;
pub mod registry;
pub mod release;
pub mod steps;
pub mod tarball;
pub mod tools;
pub mod updating;
pub mod vault;
pub mod wait;
pub mod webhook;
pub mod world;

pub use clean_root::CleanRoot;
pub use command::Finished;
pub use compose::Compose;
pub use demo::{DemoApp, DemoOptions};
pub use engine::Engine;
pub use lifeboat::{Lifeboat, Outcome};
pub use registry::Registry;
pub use release::Release;
pub use steps::{Logbook, Step};
pub use tools::{FileFact, Tools};
pub use vault::Vault;
pub use wait::wait_for;
pub use world::World;
