//! What a backup is, written down: the manifest, its short summary, verdicts and notes.
//!
//! A manifest is written once and never changed. Format version 1.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::RelativePath;

/// The format version that this code writes.
pub const FORMAT_VERSION: u32 = 1;

/// Why a backup was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export_to = "api.ts")]
pub enum Trigger {
    /// Somebody asked for it.
    Manual,
    /// The schedule.
    Scheduled,
    /// The application or the protection started.
    StartUp,
    /// Before an update.
    PreUpdate,
    /// What a restore replaced.
    PreRestore,
    /// Brought in from a file.
    Import,
}

impl Trigger {
    /// The word used in file names, JSON and text.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Scheduled => "scheduled",
            Self::StartUp => "start-up",
            Self::PreUpdate => "pre-update",
            Self::PreRestore => "pre-restore",
            Self::Import => "import",
        }
    }
}

/// How the archive is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export_to = "api.ts")]
pub enum Codec {
    /// gzip, in independent members: opens anywhere.
    Gzip,
    /// zstd, in independent frames: faster and smaller.
    Zstd,
    /// Not compressed.
    None,
}

impl Codec {
    /// The ending of the archive's file name, `tar` included.
    #[must_use]
    pub fn file_suffix(self) -> &'static str {
        match self {
            Self::Gzip => ".tar.gz",
            Self::Zstd => ".tar.zst",
            Self::None => ".tar",
        }
    }
}

/// What is known of a backup's or database's soundness.
///
/// Ordered from best to worst, so that the worst of several is their maximum.
#[derive(
    Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS,
)]
#[serde(rename_all = "kebab-case")]
#[ts(export_to = "api.ts")]
pub enum Verdict {
    /// Restored to scratch, hashes equal, `integrity_check` passed.
    Sound,
    /// Nobody has looked yet, or could for lack of room.
    #[default]
    NotChecked,
    /// It cannot be checked (encrypted, empty, a missing collation…); see the reason.
    NotCheckable,
    /// Something is broken; see the reason.
    Damaged,
}

/// How the pages of a database were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export_to = "api.ts")]
pub enum CaptureMethod {
    /// Pages of one pinned read transaction, in order.
    Pages,
    /// The quiet file and its side files copied to scratch and recovered there.
    RecoveredCopy,
    /// The file's bytes as they are: nothing that SQLite could read.
    Raw,
}

/// The journal mode that a database's header declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export_to = "api.ts")]
pub enum JournalMode {
    /// Write-ahead log.
    Wal,
    /// One of the rollback journal modes.
    Rollback,
    /// Not a SQLite header.
    Unknown,
}

/// What a file that looks like a database turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export_to = "api.ts")]
pub enum DatabaseKind {
    /// A SQLite database by its header.
    Sqlite,
    /// Named like a database, zero bytes long.
    Empty,
    /// Named like a database; its bytes look random, as an encrypted database's do.
    Encrypted,
    /// Named like a database, and something else.
    NotSqlite,
}

/// Something a person should know that did not stop the work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct Finding {
    /// A stable word for the kind of finding, such as `not-looked-at` or `file-skipped`.
    pub code: String,
    /// The volume or bind it is about, if one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume: Option<String>,
    /// The file it is about, if one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<RelativePath>,
    /// One sentence.
    pub message: String,
}

/// A table and how many rows it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct TableRows {
    /// The table's name.
    pub name: String,
    /// Its rows; `None` where they could not be counted (a virtual table whose module is missing…).
    pub rows: Option<u64>,
}

/// Owner, group and permission bits of a file, and its extended attributes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct Ownership {
    /// User id.
    pub uid: u32,
    /// Group id.
    pub gid: u32,
    /// Permission bits, `07777`.
    pub mode: u32,
    /// Extended attributes: name and base64 of the value (ACLs are among them).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub xattrs: Vec<(String, String)>,
}

/// A volume or bind mount that a backup took in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct BackedVolume {
    /// Its number in the archive: `volumes/<index>/…`.
    pub index: u32,
    /// Volume or bind.
    pub kind: StorageKind,
    /// The volume's name, or the host path of a bind.
    pub name: String,
    /// The name that the compose file uses, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compose_volume: Option<String>,
    /// The volume's driver (empty for a bind).
    #[serde(default)]
    pub driver: String,
    /// The volume's labels, so that compose adopts it when it has to be made again.
    #[serde(default)]
    #[ts(type = "Record<string, string>")]
    pub labels: std::collections::BTreeMap<String, String>,
    /// The volume's driver options.
    #[serde(default)]
    #[ts(type = "Record<string, string>")]
    pub options: std::collections::BTreeMap<String, String>,
    /// Where the application sees it.
    pub destinations: Vec<String>,
    /// Owner and mode of its root directory.
    #[serde(default)]
    pub root: Ownership,
}

/// A named volume or a path of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export_to = "api.ts")]
pub enum StorageKind {
    /// A named volume of the engine.
    Volume,
    /// A path of the host.
    Bind,
}

/// What ran in a container of the application when the backup was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct Release {
    /// Service name, or the container's name.
    pub service: String,
    /// Image reference as configured, such as `example/app:2`.
    pub image: String,
    /// Image ID (`sha256:…`).
    pub image_id: String,
    /// Registry digest, where the image came from a registry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// The checkout that Lifeboat had it built from; unknown for images that somebody else made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built_from: Option<BuiltFrom>,
}

/// What an image was built from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct BuiltFrom {
    /// The commit that was checked out.
    pub commit: String,
    /// Files differed from it.
    pub has_changes: bool,
}

/// A file of the archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchivedFile {
    /// Index of its volume.
    pub volume_index: u32,
    /// Path in the volume.
    pub path: RelativePath,
    /// What it is.
    pub kind: EntryKind,
    /// Size of its content in bytes (0 for directories and links).
    pub size_bytes: u64,
    /// Modification time, in whole seconds since 1970.
    pub modified_at_seconds: i64,
    /// Owner, mode, extended attributes.
    pub ownership: Ownership,
    /// SHA-256 of its content, hexadecimal (empty for directories and links).
    #[serde(default)]
    pub sha256: String,
    /// Where its content begins in the uncompressed archive.
    pub raw_offset: u64,
    /// The target of a symbolic link, as base64 of its bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link_target_base64: Option<String>,
}

/// What an entry of the archive is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryKind {
    /// A directory.
    Directory,
    /// An ordinary file.
    File,
    /// A consistent copy of a SQLite database.
    Database,
    /// A symbolic link.
    Symlink,
}

/// A database in a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct BackedDatabase {
    /// The volume's name, or the host path of a bind.
    pub volume: String,
    /// Index of its volume.
    pub volume_index: u32,
    /// Path in the volume.
    pub path: RelativePath,
    /// What it is.
    pub kind: DatabaseKind,
    /// Size in bytes.
    pub size_bytes: u64,
    /// SHA-256 of the whole consistent copy: the database's fingerprint.
    pub sha256: String,
    /// Page size in bytes; 0 if it is no SQLite database.
    pub page_size: u32,
    /// Number of pages.
    pub page_count: u64,
    /// Pages of them that hold nothing; `None` where nobody could tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_page_count: Option<u64>,
    /// Journal mode.
    pub journal_mode: JournalMode,
    /// `PRAGMA user_version`.
    pub user_version: i64,
    /// `PRAGMA application_id`.
    pub application_id: i64,
    /// SHA-256 over the schema's statements, sorted; `None` where the schema cannot be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema_sha256: Option<String>,
    /// Tables with row counts, sorted by name; SQLite's own tables are left out.
    pub tables: Vec<TableRows>,
    /// How it was read.
    pub method: CaptureMethod,
    /// When its read transaction was surely not yet, and surely already, open.
    pub pin: PinBracket,
    /// How long the source was read, which in rollback journal mode is how long writers waited.
    pub read_ms: u64,
    /// Growth of the `-wal` file while it was pinned, in bytes.
    #[serde(default)]
    pub wal_growth_bytes: u64,
    /// Owner, mode, extended attributes of the live file.
    pub ownership: Ownership,
}

/// The moment of a backup, bracketed: each transaction committed before `after` began is in it,
/// none that began after `before`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct PinBracket {
    /// Just before the pin was asked for.
    #[ts(type = "string")]
    pub asked_at: Timestamp,
    /// Just after the pin was held.
    #[ts(type = "string")]
    pub held_at: Timestamp,
}

/// A block of the compressed archive: a gzip member, a zstd frame, or a stretch of plain bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Bytes before compression.
    pub raw_bytes: u32,
    /// Bytes in the archive.
    pub stored_bytes: u32,
}

/// Scope of a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export_to = "api.ts")]
pub enum Scope {
    /// Each volume and bind that holds a database, whole.
    #[default]
    Whole,
    /// The databases alone.
    DatabasesOnly,
}

/// What a backup of whole volumes left out because somebody asked for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct LeftOut {
    /// The patterns in force.
    pub patterns: Vec<String>,
    /// Number of files that they matched, directories not counted.
    pub file_count: u64,
    /// Size of those files in bytes.
    pub size_bytes: u64,
}

/// The short form of a manifest: what lists show. Derived, and rebuilt where it is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Format version.
    pub format: u32,
    /// The backup's id.
    pub id: String,
    /// The archive's file name.
    pub file_name: String,
    /// The application's name.
    pub app: String,
    /// Why it was taken.
    pub trigger: Trigger,
    /// When it was begun.
    pub created_at: Timestamp,
    /// Compression.
    pub codec: Codec,
    /// Scope.
    pub scope: Scope,
    /// Size of the archive before compression.
    pub raw_bytes: u64,
    /// Size of the archive.
    pub stored_bytes: u64,
    /// SHA-256 of the archive, hexadecimal.
    pub sha256: String,
    /// Number of files beside the databases.
    pub file_count: u64,
    /// What was left out by patterns; `None` where there were none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<LeftOut>,
    /// The databases.
    pub databases: Vec<BackedDatabase>,
    /// The volumes and binds.
    pub volumes: Vec<BackedVolume>,
    /// What ran then.
    pub releases: Vec<Release>,
    /// The compose project, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compose_project: Option<String>,
    /// The commit of the compose files' git checkout, if they lie in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_commit: Option<String>,
    /// The version of Lifeboat that took it.
    pub tool_version: String,
    /// The version of SQLite that read the databases.
    pub sqlite_version: String,
    /// What a person should know of it.
    pub findings: Vec<Finding>,
}

/// A backup, written down whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The short form.
    #[serde(flatten)]
    pub summary: Summary,
    /// Each entry of the archive after `lifeboat.json`, in the archive's order.
    pub files: Vec<ArchivedFile>,
    /// The archive's blocks, in order.
    pub blocks: Vec<Block>,
}

/// `lifeboat.json`, the first entry of each archive: what the archive says of itself. It is written
/// before anything is read, so it knows no hashes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// Format version.
    pub format: u32,
    /// The backup's id.
    pub id: String,
    /// The application's name.
    pub app: String,
    /// Why it was taken.
    pub trigger: Trigger,
    /// When it was begun.
    pub created_at: Timestamp,
    /// Scope.
    pub scope: Scope,
    /// `volumes/<index>/…` of the archive belongs to which volume or bind.
    pub volumes: Vec<BackedVolume>,
    /// Which entries are databases: index of the volume and path.
    pub databases: Vec<(u32, RelativePath)>,
    /// What ran then.
    pub releases: Vec<Release>,
    /// The compose project, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compose_project: Option<String>,
    /// The version of Lifeboat that took it.
    pub tool_version: String,
    /// The version of SQLite that read the databases.
    pub sqlite_version: String,
    /// For people who open the archive without Lifeboat: one sentence.
    pub about: String,
}

/// What the last look at a backup said. Replaced atomically as `verify.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct Verification {
    /// The backup's verdict: its worst database's.
    pub verdict: Verdict,
    /// Why, in one sentence, where it is not sound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When; `None` if never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "string | null", optional)]
    pub at: Option<Timestamp>,
    /// The version of Lifeboat that looked.
    #[serde(default)]
    pub tool_version: String,
    /// The version of SQLite that looked.
    #[serde(default)]
    pub sqlite_version: String,
    /// How long unpacking and checking took, in milliseconds: what a restore would take.
    #[serde(default)]
    pub restore_ms: u64,
    /// Each database by itself.
    #[serde(default)]
    pub databases: Vec<DatabaseVerdict>,
}

impl Verification {
    /// Nobody has looked yet.
    #[must_use]
    pub fn not_checked(reason: Option<String>) -> Self {
        Self {
            verdict: Verdict::NotChecked,
            reason,
            at: None,
            tool_version: String::new(),
            sqlite_version: String::new(),
            restore_ms: 0,
            databases: Vec::new(),
        }
    }
}

/// The verdict on one database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct DatabaseVerdict {
    /// The volume's name, or the host path of a bind.
    pub volume: String,
    /// Path in the volume.
    pub path: RelativePath,
    /// The verdict.
    pub verdict: Verdict,
    /// Why, where it is not sound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What `integrity_check` and `foreign_key_check` said that is no damage of ours.
    #[serde(default)]
    pub findings: Vec<String>,
}

/// What people added to a backup. Replaced atomically as `notes.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notes {
    /// Never rotated away, never deleted without being unpinned.
    #[serde(default)]
    pub pinned: bool,
    /// Free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}
