//! Restore inside a volume: stage, settle, exchange, and the way back.
//!
//! Each restore has a hidden directory `.lifeboat-restore-<job>` in every volume it touches. What is
//! to come lies there beforehand; after the exchange the same names hold what was replaced. The
//! record of it all lies in the vault and is synced before anything visible changes, so that any
//! later session can tell from inode numbers where an exchange stood, and deciding twice changes
//! nothing.
//!
//! Must never be here: a database being opened (children do that), a container being stopped (core
//! does that).

mod back;
mod choose;
mod cold;
mod collect;
mod discard;
mod exchange;
mod in_place;
mod names;
mod record;
mod room;
mod settle;
mod stage;
mod staged_file;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

use crate::failure::Failure;
use crate::protocol::{SourceMount, SwapReport};
use crate::session::Roots;
use crate::vault::Vault;

pub use cold::make_cold_point;
pub use record::{Item, ItemKind, Record, Stage};
pub use stage::stage;

/// Hidden directories begin with this and end with the job's name.
pub const HIDDEN_PREFIX: &str = ".lifeboat-restore-";

/// A staged restore: its record, and where its volumes are mounted in this session.
pub struct Restore {
    record: Record,
    roots: Roots,
}

impl Restore {
    /// The restore that an earlier session left in the vault, if there is one.
    ///
    /// One that was over, and whose removal was interrupted, is removed here: it is none any more.
    ///
    /// # Errors
    /// If its record cannot be read; input and output.
    pub fn load(vault: &Vault, roots: &Roots) -> Result<Option<Self>, Failure> {
        let Some(record) = Record::read(vault)? else {
            return Ok(None);
        };
        let restore = Self {
            record,
            roots: roots.clone(),
        };
        if restore.record.stage == Stage::Removing {
            restore.remove(vault)?;
            return Ok(None);
        }
        Ok(Some(restore))
    }

    /// Root of the volume that an item belongs to.
    fn root(&self, item: &Item) -> PathBuf {
        self.roots.source(self.mount(item))
    }

    fn mount(&self, item: &Item) -> &SourceMount {
        self.record
            .targets
            .iter()
            .find(|mount| mount.index == item.target_index)
            .expect("a record names only targets it has")
    }

    /// Where the live file is, or will be.
    fn live(&self, item: &Item) -> PathBuf {
        item.path.below(&self.root(item))
    }

    /// Where what was staged lies, and later what was replaced.
    fn hidden(&self, item: &Item) -> PathBuf {
        self.hidden_directory(item.target_index)
            .join(item.number.to_string())
    }

    fn hidden_directory(&self, target_index: u32) -> PathBuf {
        self.roots
            .volumes
            .join(target_index.to_string())
            .join(format!("{HIDDEN_PREFIX}{}", self.record.job))
    }
}

/// Where an exchange stood, told without changing anything.
///
/// # Errors
/// If the volumes cannot be looked at.
pub fn survey(restore: Option<&Restore>) -> Result<SwapReport, Failure> {
    match restore {
        Some(restore) => restore.report(),
        None => Ok(SwapReport {
            total: 0,
            exchanged: 0,
            present: false,
            findings: Vec::new(),
        }),
    }
}
