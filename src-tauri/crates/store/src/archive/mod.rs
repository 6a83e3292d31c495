//! The archive: an ordinary tar, compressed in independent blocks.
//!
//! `lifeboat.json` comes first, then `volumes/<index>/<path>` for each entry. Any tool opens it. Each
//! block is one gzip member or one zstd frame of [`BLOCK_BYTES`] before compression, so all cores
//! work on it and a reader can seek.
//!
//! Two ways lead in. [`ArchiveReader`] reads an archive whose manifest we wrote, and compares
//! everything with it. [`import`] and [`rescue`] read a file that somebody handed us, and believe
//! nothing.
//!
//! Must never be here: anything that opens a database, or knows where a vault lies.

mod block_reader;
mod block_writer;
mod codec;
pub mod import;
mod intake;
mod layout;
mod manifest_check;
mod member_decoder;
mod pipeline;
mod reader;
pub mod rescue;
mod rescue_target;
mod tar_read;
mod tar_write;
mod text;
mod writer;

pub use codec::{BLOCK_BYTES, MAX_BLOCK_BYTES, default_level};
pub use import::{Detected, Limits, check_manifest_text, detect, read_description, reencode};
pub use layout::{link_target_stays_inside, validate_layout};
pub use reader::ArchiveReader;
pub use rescue::{Rescued, rescue};
pub use writer::{Appended, ArchiveWriter, FileEntry, FinishedArchive};

/// Name of the archive's first entry: what it says of itself.
pub const DESCRIPTION_NAME: &str = "lifeboat.json";

/// No description is bigger than this.
pub const MAX_DESCRIPTION_BYTES: u64 = 16 << 20;
