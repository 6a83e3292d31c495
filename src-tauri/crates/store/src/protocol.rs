//! The line protocol between `core` and the helper.
//!
//! One helper container serves one session: it greets, then answers requests one after another
//! until its standard input is closed, which is also how a job is cancelled. Each message is one
//! JSON object on a line. A session that opened the vault exclusively holds its lock until it ends.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::excludes::Excludes;
use crate::failure::Failure;
use crate::guard::{GuardSpec, GuardStatus};
use crate::history::HistoryPoint;
use crate::manifest::{
    BackedDatabase, BackedVolume, Codec, DatabaseKind, DatabaseVerdict, Finding, JournalMode,
    Manifest, Notes, Ownership, Release, Scope, Summary, TableRows, Trigger, Verdict, Verification,
};
use crate::relative_path::RelativePath;
use crate::rotation::Rotation;
use crate::settings::{Key, StoredSettings};

/// The protocol's version: both ends must speak the same.
pub const PROTOCOL_VERSION: u32 = 1;

/// Where the helper sees the vault.
pub const VAULT_PATH: &str = "/vault";

/// Where the helper sees scratch space that is no vault (health without a vault).
pub const SCRATCH_PATH: &str = "/scratch";

/// Where the helper sees the application's volumes: `/volumes/<index>`.
pub const VOLUMES_PATH: &str = "/volumes";

/// Where a guardian's container has all of this a second time, with the volumes writable: for states
/// that cannot be read otherwise.
pub const WRITABLE_PATH: &str = "/writable";

/// From core to helper.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ToHelper {
    /// Do this, and answer with `Done` or `Failed` under the same id.
    Request {
        /// Chosen by core, counting up.
        id: u64,
        /// What to do.
        request: Request,
    },
    /// Stop what is running; it answers `Failed` with `cancelled`.
    Cancel,
}

/// From helper to core.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum FromHelper {
    /// The first line of each session.
    Hello {
        /// Protocol version.
        protocol: u32,
        /// The helper's own version.
        version: String,
        /// SQLite's version.
        sqlite_version: String,
    },
    /// Something to tell meanwhile.
    Event {
        /// The request it belongs to.
        id: u64,
        /// What happened.
        event: Event,
    },
    /// The request's answer.
    Done {
        /// The request it belongs to.
        id: u64,
        /// The answer.
        answer: Box<Answer>,
    },
    /// The request failed; the session goes on.
    Failed {
        /// The request it belongs to.
        id: u64,
        /// Why.
        failure: Failure,
    },
}

/// Progress and notes of a running request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// A phase began: `capture`, `compress`, `seal`, `verify`, `unpack`, `stage`, `collect`,
    /// `receive`, `send`.
    Phase {
        /// Its name.
        name: String,
        /// What it will count up to, in bytes, if known.
        total_bytes: Option<u64>,
    },
    /// So far in the present phase.
    Progress {
        /// Bytes done.
        done_bytes: u64,
    },
    /// The databases are pinned: this is the moment that the backup holds.
    Pinned {
        /// When the last pin was held.
        at: Timestamp,
    },
    /// The backup is complete and listed; its verdict follows.
    Listed {
        /// What was listed.
        summary: Box<Summary>,
    },
    /// Something a person should know.
    Finding {
        /// What.
        finding: Finding,
    },
}

/// A volume or bind as the helper's container has it mounted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceMount {
    /// Number: mounted at `/volumes/<index>`.
    pub index: u32,
    /// The volume's name, or the host path of a bind; used in findings and manifests.
    pub name: String,
    /// The mount is one file, not a directory.
    pub single_file: bool,
    /// Mounted writable.
    pub writable: bool,
    /// A container that mounts it is running (or paused).
    pub in_use: bool,
}

/// Names one database.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS)]
#[ts(export_to = "api.ts")]
pub struct DatabaseRef {
    /// The volume's name, or the host path of a bind.
    pub volume: String,
    /// Path in it.
    pub path: RelativePath,
}

/// What the helper can be asked to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "kebab-case")]
pub enum Request {
    /// Look for databases. Opens none. Needs no vault.
    Scan(ScanRequest),
    /// Which TCP ports somebody listens on, in the network namespace that this session shares with a
    /// container of the application. Needs no vault.
    ListeningPorts,
    /// Ask a web application whether it serves, in the same network namespace. Needs no vault.
    Probe {
        /// Where it listens.
        port: u16,
        /// From the slash on.
        path: String,
    },
    /// Open the vault; with `exclusive` the lock is held until the session ends. First request of
    /// each session that touches the vault.
    OpenVault(OpenVault),
    /// List the backups.
    List,
    /// One backup's whole manifest.
    ReadManifest {
        /// The backup's id.
        id: String,
    },
    /// Take a backup.
    Backup(Box<BackupRequest>),
    /// Prove a backup by restoring it to scratch, and record the verdict.
    Verify {
        /// The backup's id.
        id: String,
    },
    /// Copy the live databases to scratch and look at the copies.
    Examine(ExamineRequest),
    /// Send a backup's archive, or one database out of it, to standard output as raw bytes. Only in
    /// a session of its own, whose messages go to standard error.
    Download(DownloadRequest),
    /// Take in a file that follows on standard input in frames (`u32` little-endian length, bytes;
    /// length 0 ends), check it, and list it as a backup.
    Import(Box<ImportRequest>),
    /// Restore, step 1: unpack beside the live files.
    Stage(StageRequest),
    /// Restore, step 2, everyone stopped: make each live database one file, move away what stays.
    Settle,
    /// Restore, step 3: exchange staged and live. Idempotent.
    Exchange,
    /// The way back: exchange again. Idempotent.
    ExchangeBack,
    /// Restore, step 4, application healthy: what was replaced becomes a backup; hidden
    /// directories go.
    Collect(Box<CollectRequest>),
    /// Give up a restore before `Exchange`, or after `ExchangeBack`: remove what was staged.
    Discard,
    /// After a crash: where did the exchange stand? Reads the restore's own record in the volumes.
    Survey,
    /// Update, everyone stopped: make each database one file and copy it beside itself. `Settle` and
    /// `Exchange` put the copies in place, `Discard` removes them.
    MakeColdPoint(ColdPointRequest),
    /// Update, the way back, everyone stopped: what did the new release touch? Databases that it made
    /// are noted, to be moved away by `Exchange`.
    PrepareBack,
    /// Update, application healthy: the cold copies become a backup; hidden directories go.
    CollectColdPoint(Box<CollectRequest>),
    /// Delete backups, through the trash.
    Delete {
        /// Their ids.
        ids: Vec<String>,
    },
    /// Change pin or note.
    SetNotes {
        /// The backup's id.
        id: String,
        /// What to write.
        notes: Notes,
    },
    /// Which backups go by the rules in force, and why the others stay; removes them unless it is a dry
    /// run.
    Prune(PruneRequest),
    /// Which backups have not been proven since then.
    DueForProof {
        /// Proofs older than this count for nothing.
        proven_before: Timestamp,
    },
    /// The settings.
    ReadSettings,
    /// Replace the settings.
    WriteSettings {
        /// Resolved, with what was chosen.
        settings: Box<StoredSettings>,
    },
    /// What the guardian protects, and what it says of itself.
    ReadGuard,
    /// Say what the guardian is to protect; with `None` it is to protect nothing any more. The sources
    /// have to be mounted, for marks that are missing.
    WriteGuard {
        /// What is protected.
        spec: Option<Box<GuardSpec>>,
    },
    /// Add an entry to the audit log.
    AuditAppend {
        /// Everything but number and hashes.
        entry: AuditDraft,
    },
    /// Read the audit log.
    AuditRead {
        /// At most this many of the newest entries; `None` for all.
        limit: Option<u32>,
    },
    /// Check the audit log's chain.
    AuditVerify,
    /// Remember how the databases looked. Needs no lock.
    RecordHistory {
        /// What was seen; the vault adds what it knows of its disk.
        point: Box<HistoryPoint>,
    },
    /// How the databases looked over time.
    ReadHistory,
    /// Write, replace or (with `None`) end the logbook's entry, synced to disk before the answer.
    WriteLogbook {
        /// The entry.
        entry: Option<serde_json::Value>,
    },
    /// Remember which releases run.
    LearnReleases {
        /// All of the application's.
        releases: Vec<Release>,
    },
    /// Remember what `undo` would go back to (`None` forgets).
    WriteUndo {
        /// For core alone to understand.
        entry: Option<serde_json::Value>,
    },
}

/// Answers, one kind for each request.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
#[expect(
    clippy::large_enum_variant,
    reason = "answers are made one at a time and sent away"
)]
pub enum Answer {
    /// To `Scan`.
    Scan(ScanReport),
    /// To `ListeningPorts`.
    Ports {
        /// In order.
        ports: Vec<u16>,
    },
    /// To `Probe`.
    Probed {
        /// The HTTP status; `None` if there was no answer.
        status: Option<u16>,
        /// Why there was none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<String>,
    },
    /// To `OpenVault`.
    Vault(VaultStatus),
    /// To `List`.
    List(Listing),
    /// To `ReadManifest`.
    Manifest(Box<Manifest>),
    /// To `Backup`, `Import`, `Collect` and `CollectColdPoint`.
    Backup(BackupRecord),
    /// To `Verify`.
    Verify(Verification),
    /// To `Examine`.
    Examine(Examination),
    /// To `Download`.
    Sent(Sent),
    /// To `Stage` and `MakeColdPoint`.
    Stage(StageReport),
    /// To `PrepareBack`.
    Cold(ColdState),
    /// To `Settle`, `Exchange`, `ExchangeBack`, `Survey`.
    Swap(SwapReport),
    /// To `Collect` where nothing had been replaced, and `CollectColdPoint` where nothing was copied.
    Nothing,
    /// To `LearnReleases`.
    Releases(LearnedReleases),
    /// To `Prune`.
    Pruned(PruneReport),
    /// To `DueForProof`.
    Due {
        /// The backups' ids, the oldest proof first.
        ids: Vec<String>,
    },
    /// To `ReadSettings`.
    Settings {
        /// `None` where nobody has written any.
        settings: Option<Box<StoredSettings>>,
    },
    /// To `ReadGuard`.
    Guard(Box<GuardReport>),
    /// To `ReadHistory`.
    History {
        /// Oldest first.
        points: Vec<HistoryPoint>,
    },
    /// To `AuditAppend`.
    Audited(AuditHead),
    /// To `AuditRead`.
    Audit {
        /// Oldest first.
        entries: Vec<AuditEntry>,
    },
    /// To `AuditVerify`.
    AuditChain(AuditChain),
    /// To the rest.
    Ok,
}

/// Limits of a scan.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ScanRequest {
    /// What to look through.
    pub sources: Vec<SourceMount>,
    /// At most this many directory entries in each source.
    pub max_entries: u64,
    /// At most this deep.
    pub max_depth: u32,
    /// At most this long in all, in milliseconds.
    pub deadline_ms: u64,
}

/// What a scan found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ScanReport {
    /// Each source.
    pub sources: Vec<ScannedSource>,
    /// Each database, and each file that is named like one.
    pub databases: Vec<FoundDatabase>,
    /// What was not looked at, and other things to know.
    pub findings: Vec<Finding>,
}

/// A source that was looked through.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ScannedSource {
    /// Its number.
    pub index: u32,
    /// The file system's name (`ext4`, `nfs`, `9p`…; `0x…` if unknown).
    pub file_system: String,
    /// SQLite's locks work there between containers.
    pub locks_trusted: bool,
    /// Bytes of all ordinary files seen.
    pub total_bytes: u64,
    /// Number of ordinary files seen.
    pub file_count: u64,
    /// Bytes free on its file system.
    pub free_bytes: u64,
    /// Everything was looked at.
    pub complete: bool,
    /// Owner and mode of its root.
    pub root: Ownership,
}

/// A database that a scan found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FoundDatabase {
    /// Index of its source.
    pub source_index: u32,
    /// Path in it.
    pub path: RelativePath,
    /// What it is.
    pub kind: DatabaseKind,
    /// Size of the main file in bytes.
    pub size_bytes: u64,
    /// Size of its `-wal` file (0 if none).
    pub wal_bytes: u64,
    /// Page size from the header (0 if no SQLite header).
    pub page_size: u32,
    /// Journal mode from the header.
    pub journal_mode: JournalMode,
    /// Modification time of the newest of main file and `-wal`, in seconds since 1970.
    pub modified_at_seconds: i64,
    /// Owner and mode.
    pub ownership: Ownership,
}

/// How to open the vault.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OpenVault {
    /// The application whose vault it should be.
    pub app: String,
    /// Take the lock; fails with `busy` if another session has it.
    pub exclusive: bool,
    /// Who is opening it, for those who find it busy, such as `backup by desktop on host, pid 1`.
    pub holder: String,
    /// This is recovery: an unfinished logbook is no hindrance.
    pub recovery: bool,
}

/// The state of a vault.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct VaultStatus {
    /// It was empty and has just been laid out.
    pub created: bool,
    /// The application that the vault says it belongs to.
    pub app: String,
    /// Bytes free on its file system.
    pub free_bytes: u64,
    /// The logbook's unfinished entry.
    pub logbook: Option<serde_json::Value>,
    /// What `undo` would go back to.
    pub undo: Option<serde_json::Value>,
    /// The releases that ran when they were last looked at.
    #[serde(default)]
    pub releases: Option<Vec<Release>>,
    /// Leftovers of killed runs that were removed (only when opened exclusively).
    pub swept: Vec<String>,
}

/// What is new about the releases that run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LearnedReleases {
    /// The releases that were known, if others run now.
    pub before: Option<Vec<Release>>,
    /// Those that run, with what was known of them.
    pub now: Vec<Release>,
}

/// A backup as the vault has it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BackupRecord {
    /// Short form of its manifest.
    pub summary: Summary,
    /// What the last look said.
    pub verification: Verification,
    /// Pin and note.
    pub notes: Notes,
}

/// The vault's backups, newest first.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Listing {
    /// The backups.
    pub backups: Vec<BackupRecord>,
    /// Directories that are no readable backup, and why (`too-new`, `unreadable manifest: …`).
    pub unreadable: Vec<(String, String)>,
    /// Bytes that the vault holds in backups.
    pub used_bytes: u64,
    /// Bytes free on its file system.
    pub free_bytes: u64,
    /// The size of that file system (0 if it is not told).
    #[serde(default)]
    pub total_bytes: u64,
}

/// A source of a backup: the mount, and what the manifest is to say of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupSource {
    /// The mount.
    pub mount: SourceMount,
    /// What the manifest says.
    pub volume: BackedVolume,
}

/// A backup to be taken. The helper scans the sources itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BackupRequest {
    /// Id, chosen by core.
    pub id: String,
    /// File name of the archive; the end of the id comes after it where another backup has that name.
    pub file_name: String,
    /// The application.
    pub app: String,
    /// Why.
    pub trigger: Trigger,
    /// When the job began.
    pub created_at: Timestamp,
    /// Compression.
    pub codec: Codec,
    /// Compression level; `None` for our default.
    pub level: Option<i32>,
    /// Whole volumes, or databases only.
    pub scope: Scope,
    /// What whole volumes are taken without.
    #[serde(default)]
    pub excludes: Excludes,
    /// What to take.
    pub sources: Vec<BackupSource>,
    /// What runs.
    pub releases: Vec<Release>,
    /// Compose project.
    pub compose_project: Option<String>,
    /// Commit of the compose files' checkout.
    pub source_commit: Option<String>,
    /// Version of the desktop app or CLI that asked.
    pub tool_version: String,
    /// Pin and note.
    pub notes: Notes,
    /// Check the copies after the backup is listed.
    pub verify: bool,
    /// How long to wait for a locked database, in milliseconds.
    pub lock_timeout_ms: u64,
    /// Stop if a pinned `-wal` grows by more than this many bytes.
    pub max_wal_growth_bytes: u64,
}

/// Look at copies of the live databases; without `integrity` at themselves, where no writer waits for that.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ExamineRequest {
    /// Where they lie.
    pub sources: Vec<SourceMount>,
    /// Which; empty for all.
    pub databases: Vec<DatabaseRef>,
    /// Run `integrity_check` and `foreign_key_check`, too.
    pub integrity: bool,
    /// How long to wait for a locked database, in milliseconds.
    pub lock_timeout_ms: u64,
}

/// What they looked like.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Examination {
    /// Each database; verdict not-checked if `integrity` was not asked for.
    pub databases: Vec<(BackedDatabase, DatabaseVerdict)>,
    /// Those that could not be read; there is at least one of the others.
    pub unread: Vec<UnreadDatabase>,
    /// Things to know.
    pub findings: Vec<Finding>,
}

/// A database that could not be read while others could.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UnreadDatabase {
    /// Its volume.
    pub volume: String,
    /// Its path there.
    pub path: RelativePath,
    /// Size of its file.
    pub size_bytes: u64,
    /// Why.
    pub failure: Failure,
}

/// A download.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DownloadRequest {
    /// The backup's id.
    pub id: String,
    /// One database, plain; `None` for the archive.
    pub database: Option<DatabaseRef>,
}

/// What was sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sent {
    /// Bytes.
    pub size_bytes: u64,
    /// SHA-256 of them, hexadecimal, from the manifest and compared while sending.
    pub sha256: String,
}

/// A file to be taken in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ImportRequest {
    /// The new backup's id.
    pub id: String,
    /// The application whose vault it goes to.
    pub app: String,
    /// Name of the file on the host, without directories.
    pub original_name: String,
    /// Size of the file.
    pub size_bytes: u64,
    /// SHA-256 that a `.sha256` file beside it promises.
    pub expected_sha256: Option<String>,
    /// The manifest in the `.json` file beside it, as text.
    pub manifest_json: Option<String>,
    /// When.
    pub created_at: Timestamp,
    /// Version of the desktop app or CLI.
    pub tool_version: String,
    /// For a plain database: where it belongs, if the application has a database already.
    pub target: Option<ImportTarget>,
}

/// Where an imported plain database belongs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ImportTarget {
    /// The volume or bind.
    pub volume: BackedVolume,
    /// Path in it.
    pub path: RelativePath,
}

/// What of a backup is to be restored.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "select")]
pub enum Selection {
    /// Everything in it.
    Everything,
    /// All of its databases, no other file.
    DatabasesOnly,
    /// These databases.
    Databases {
        /// Which.
        databases: Vec<DatabaseRef>,
    },
}

/// Restore, step 1.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StageRequest {
    /// Names the restore; its hidden directories are `.lifeboat-restore-<job>`.
    pub job: String,
    /// The backup's id.
    pub id: String,
    /// What of it.
    pub selection: Selection,
    /// The sources, writable; backup volume `index` goes to the source of the same position here.
    pub targets: Vec<StageTarget>,
}

/// Which mounted source takes the content of which volume of the backup.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StageTarget {
    /// Index of the volume in the backup.
    pub backup_index: u32,
    /// Where it goes.
    pub mount: SourceMount,
}

/// What was staged.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StageReport {
    /// Databases staged.
    pub databases: Vec<DatabaseRef>,
    /// Files staged beside them.
    pub file_count: u64,
    /// Files that were already as in the backup and are left alone.
    pub unchanged_count: u64,
    /// Bytes staged.
    pub staged_bytes: u64,
    /// Things to know (links refused, …).
    pub findings: Vec<Finding>,
}

/// An update's cold point.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ColdPointRequest {
    /// Names the update; its hidden directories are named like a restore's.
    pub job: String,
    /// The sources, writable.
    pub sources: Vec<SourceMount>,
}

/// What a new release did to the databases since the cold point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColdState {
    /// Nothing: the live databases are the very files of the cold point, and no other came.
    pub untouched: bool,
    /// The cold copies are as they were made. If not, a backup has to serve.
    pub intact: bool,
}

/// How far an exchange is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SwapReport {
    /// Items in all.
    pub total: u64,
    /// Items whose live file is now the staged one.
    pub exchanged: u64,
    /// A staged restore was found at all (`Survey`).
    pub present: bool,
    /// Things to know (a damaged database whose side files were kept as evidence, …).
    pub findings: Vec<Finding>,
}

/// Restore, step 4: the backup that what was replaced becomes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CollectRequest {
    /// Id, file name, trigger and so on, as for a backup; its sources must be the restore's.
    pub backup: BackupRequest,
}

/// A rotation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PruneRequest {
    /// The time.
    pub now: Timestamp,
    /// Only say what would go.
    pub dry_run: bool,
    /// Settings that are not in force yet, to see what they would do. In a dry run only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview: Option<BTreeMap<Key, String>>,
}

/// What a rotation came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PruneReport {
    /// The decision on each backup.
    pub rotation: Rotation,
    /// The backups that were removed: none in a dry run.
    pub removed: Vec<String>,
    /// Bytes of the archives that went or would go.
    pub freed_bytes: u64,
}

/// The guardian, as the vault knows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GuardReport {
    /// What it protects; `None` where protection is off.
    pub spec: Option<GuardSpec>,
    /// What it says of itself; `None` where it has said nothing that can be read.
    pub status: Option<GuardStatus>,
}

/// An audit entry before it is chained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditDraft {
    /// When it ended.
    pub at: Timestamp,
    /// Who: `desktop`, `cli`, `guardian`, with user and host, such as `cli:anna@box`.
    pub actor: String,
    /// What: `backup`, `restore`, `verify`, `download`, `import`, `delete`, `pin`, `unpin`, `update`,
    /// `undo`, `recover`, `rotate`.
    pub operation: String,
    /// On what, such as a backup's id.
    pub target: String,
    /// `ok`, `failed`, `cancelled`, `rolled-back`, `needs-attention`.
    pub outcome: String,
    /// Why, where it is not ok.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How long it took.
    pub duration_ms: u64,
}

/// A line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Counts up from 1.
    pub number: u64,
    /// The entry.
    #[serde(flatten)]
    pub draft: AuditDraft,
    /// Hash of the entry before (64 zeros for the first).
    pub previous_hash: String,
    /// SHA-256 over this entry without this field.
    pub hash: String,
}

/// The end of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditHead {
    /// Number of the last entry (0 if there is none).
    pub number: u64,
    /// Its hash.
    pub hash: String,
}

/// What a check of the audit log's chain said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditChain {
    /// The last good entry.
    pub head: AuditHead,
    /// Number of the first entry that does not fit, and why.
    pub broken: Option<(u64, String)>,
    /// The last line is cut off in the middle, as a crash leaves it.
    pub torn_end: bool,
    /// How many such lines there are, the last one among them; the entries after them vouch for them.
    #[serde(default)]
    pub torn_lines: u64,
}

/// What a check of one database copy said, before it is joined with names.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckReport {
    /// Verdict.
    pub verdict: Verdict,
    /// Why, where it is not sound.
    pub reason: Option<String>,
    /// Facts of the source that are no damage (foreign keys that point nowhere, …).
    pub findings: Vec<String>,
    /// Tables with row counts.
    pub tables: Vec<TableRows>,
    /// SHA-256 over the schema.
    pub schema_sha256: Option<String>,
    /// `PRAGMA user_version`.
    pub user_version: i64,
    /// `PRAGMA application_id`.
    pub application_id: i64,
    /// Pages that hold nothing; `None` where the database could not be asked.
    #[serde(default)]
    pub free_page_count: Option<u64>,
}
