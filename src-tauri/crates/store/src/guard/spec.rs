//! `guard.json`: what is protected. Written when protection is switched on, read by the guardian.

use std::path::Path;
use std::time::UNIX_EPOCH;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::manifest::Release;
use crate::protocol::BackupSource;

/// What a guardian protects, and what its backups are to say.
///
/// It names volumes, no container: an application that compose makes anew on the same volumes is the
/// same application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GuardSpec {
    /// Format version.
    pub format: u32,
    /// The application.
    pub app: String,
    /// When protection was switched on.
    pub protected_since: Timestamp,
    /// By whom, such as `desktop:anna@box`.
    pub by: String,
    /// Version of the desktop app or CLI that wrote this.
    pub tool_version: String,
    /// The volumes and binds, mounted as in any session.
    pub sources: Vec<GuardedSource>,
    /// What ran when this was written.
    pub releases: Vec<Release>,
    /// Compose project.
    pub compose_project: Option<String>,
    /// Commit of the compose files' checkout.
    pub source_commit: Option<String>,
    /// How long to wait for a locked database, in milliseconds.
    pub lock_timeout_ms: u64,
    /// Stop if a pinned `-wal` grows by more than this many bytes.
    pub max_wal_growth_bytes: u64,
    /// How often the guardian looks whether anything has changed, in milliseconds.
    pub look_every_ms: u64,
}

/// A source, and how it is told from another one of the same name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GuardedSource {
    /// The source.
    pub source: BackupSource,
    /// What the engine knows it by, such as when it made the volume. For those who speak to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine_mark: Option<String>,
    /// What the file system knows it by. Taken when this is written, where it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<VolumeMark>,
}

/// The directory that a volume is: the same one keeps both numbers over restarts of the engine and of
/// the machine. The device's number does not, so it is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VolumeMark {
    /// Inode.
    pub inode: u64,
    /// When it was made, in nanoseconds since 1970, where the file system knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub born_at_ns: Option<u64>,
}

impl VolumeMark {
    /// Takes the mark of what is mounted there.
    ///
    /// # Errors
    /// Nothing is mounted there, or it has been removed under the mount.
    pub fn of(mount: &Path) -> Result<Self, Failure> {
        use std::os::unix::fs::MetadataExt;
        let metadata = std::fs::metadata(mount)
            .map_err(|error| Failure::io("a volume could not be looked at", &error))?;
        if metadata.nlink() == 0 {
            let gone = std::io::ErrorKind::NotFound.into();
            return Err(Failure::io("a volume has been removed", &gone));
        }
        let born = metadata.created().ok();
        let born = born.and_then(|born| born.duration_since(UNIX_EPOCH).ok());
        Ok(Self {
            inode: metadata.ino(),
            born_at_ns: born.and_then(|born| u64::try_from(born.as_nanos()).ok()),
        })
    }
}
