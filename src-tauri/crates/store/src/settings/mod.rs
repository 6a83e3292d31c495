//! What can be chosen for one application: one table of keys, and what they come to.
//!
//! A value comes from Lifeboat itself, from the compose project's `.env`, from the environment of the
//! application's container, or is the default, in this order. A value that is not allowed is refused
//! with its reason, and what was in force for that key stays in force.
//!
//! Must never be here: reading `.env` from a disk, or asking an engine for an environment.

mod dotenv;
mod example;
mod notice_kinds;
mod parse;
mod probe_address;
mod resolve;
mod stored;
mod table;
mod values;
mod webhook;

pub use dotenv::{DotEnv, Oddity};
pub use example::example;
pub use notice_kinds::{NOTICE_KIND_NAMES, NoticeKinds};
pub use probe_address::ProbeAddress;
pub use resolve::{Layers, Origin, Refused, Resolved, ResolvedValue, resolve, settings_of};
pub use stored::StoredSettings;
pub use table::{Entry, Key, TABLE, entry};
pub use values::{Compression, LostTables, Settings};
pub use webhook::Webhook;
