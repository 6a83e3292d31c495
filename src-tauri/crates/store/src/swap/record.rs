//! The record of a restore: what goes where, and by which inode each file is known again.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::failure::{Failure, FailureKind};
use crate::files;
use crate::manifest::Ownership;
use crate::protocol::SourceMount;
use crate::relative_path::RelativePath;
use crate::vault::Vault;

/// Where the record lies: beside the logbook, whose entry says when it matters.
fn directory(vault: &Vault) -> std::path::PathBuf {
    vault.root().join("logbook")
}

const FILE_NAME: &str = "swap.json";

/// Everything a later session needs to go on or back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Record {
    /// The restore's name.
    pub job: String,
    /// The backup that is put back.
    pub backup_id: String,
    /// The volumes it touches.
    pub targets: Vec<SourceMount>,
    /// Databases first, then other files, directories before what is in them.
    pub items: Vec<Item>,
    /// Owner and mode for the roots of volumes that were empty.
    pub fresh_roots: Vec<(u32, Ownership)>,
    /// For an update's cold point: how each database and its copy looked when it was made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cold: Vec<ColdFact>,
    /// How far it is.
    #[serde(default)]
    pub stage: Stage,
}

/// How far a restore's files are. Written *before* what it names begins, because a hidden file that is
/// missing means one thing before an exchange, another after it, and a third while everything goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Nothing live has been touched.
    #[default]
    Staged,
    /// Files may have changed places.
    Exchanging,
    /// It is over, and what lies hidden is being removed.
    Removing,
}

/// How a database and its cold copy looked, by which a later touch shows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ColdFact {
    /// Number of the item.
    pub number: u64,
    /// The live file.
    pub live: FileMark,
    /// The copy.
    pub copy: FileMark,
}

/// What changes when anybody writes to a file, or puts another in its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileMark {
    inode: u64,
    size_bytes: u64,
    modified_at: (i64, i64),
    changed_at: (i64, i64),
}

impl FileMark {
    /// The mark of a file as it is now; `None` if nothing is there.
    pub(super) fn of(path: &Path) -> Result<Option<Self>, Failure> {
        match std::fs::symlink_metadata(path) {
            Ok(found) => Ok(Some(Self {
                inode: found.ino(),
                size_bytes: found.size(),
                modified_at: (found.mtime(), found.mtime_nsec()),
                changed_at: (found.ctime(), found.ctime_nsec()),
            })),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Failure::io("a database could not be looked at", &error)),
        }
    }
}

/// One thing to put in place.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Item {
    /// Its name in the hidden directory.
    pub number: u64,
    /// Index of the mount it goes to.
    pub target_index: u32,
    /// Where it goes.
    pub path: RelativePath,
    /// What it is.
    pub kind: ItemKind,
    /// Inode of what was staged (0 for a directory and for a write in place).
    pub staged_inode: u64,
    /// SHA-256 of what was staged (empty for directories and links).
    pub sha256: String,
    /// Inode of what is replaced; `None` if there is nothing.
    pub replaced_inode: Option<u64>,
    /// Side files of the live database that were moved beside the hidden name.
    pub moved_side_files: Vec<String>,
    /// For a directory: owner and mode.
    pub ownership: Ownership,
}

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ItemKind {
    /// A database whose file is exchanged.
    Database,
    /// A database in a mount that is one file: written into.
    DatabaseInPlace,
    /// An ordinary file or a symbolic link.
    File,
    /// A directory that has to exist.
    Directory,
    /// A database that a failed release made: it is moved away, and nothing takes its place.
    Surplus,
}

impl Item {
    /// It is a database, by whatever way it is put back.
    #[must_use]
    pub fn is_database(&self) -> bool {
        matches!(
            self.kind,
            ItemKind::Database | ItemKind::DatabaseInPlace | ItemKind::Surplus
        )
    }
}

impl Record {
    /// The record in the vault, if there is one.
    pub(super) fn read(vault: &Vault) -> Result<Option<Self>, Failure> {
        match std::fs::read(directory(vault).join(FILE_NAME)) {
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| {
                Failure::new(
                    FailureKind::Damaged,
                    "the record of the restore cannot be read",
                )
                .with_detail(error.to_string())
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Failure::io(
                "the record of the restore cannot be read",
                &error,
            )),
        }
    }

    /// Writes it, synced.
    pub(super) fn write(&self, vault: &Vault) -> Result<(), Failure> {
        let text = serde_json::to_vec(self).expect("a record is plain data");
        files::write_atomic(&directory(vault).join(FILE_NAME), &text, 0o600)
    }

    /// Ends it.
    pub(super) fn remove(vault: &Vault) -> Result<(), Failure> {
        let directory = directory(vault);
        match std::fs::remove_file(directory.join(FILE_NAME)) {
            Ok(()) => files::fsync_directory(&directory),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(Failure::io(
                "the record of the restore cannot be removed",
                &error,
            )),
        }
    }
}

/// A path's own inode (a link's, not its target's); `None` if nothing is there.
pub(super) fn inode_of(path: &Path) -> Result<Option<u64>, Failure> {
    match std::fs::symlink_metadata(path) {
        Ok(metadata) => Ok(Some(metadata.ino())),
        Err(error)
            if matches!(
                error.kind(),
                std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
            ) =>
        {
            Ok(None)
        }
        Err(error) => Err(Failure::io(
            "a file of the volume could not be looked at",
            &error,
        )),
    }
}
