//! What core answers: the shapes of the JSON that the CLI prints and the window receives.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use lifeboat_store::RelativePath;
pub use lifeboat_store::guard::{LastRotation, LastSuccess};
pub use lifeboat_store::manifest::{
    BackedDatabase, BackedVolume, BuiltFrom, CaptureMethod, Codec, DatabaseKind, DatabaseVerdict,
    Finding, JournalMode, LeftOut, Release, Scope, StorageKind, TableRows, Trigger, Verdict,
    Verification,
};
pub use lifeboat_store::protocol::DatabaseRef;
pub use lifeboat_store::schedule::{NextRun, Reason as RunReason};
pub use lifeboat_store::settings::{Origin as SettingOrigin, Refused as RefusedSetting};

/// Everything on the engine that has, or had, databases.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct AppList {
    /// The engine that was asked.
    pub engine: EngineSummary,
    /// Applications, by name; those without a database are among them, marked by an empty list.
    pub apps: Vec<App>,
    /// What could not be looked at.
    pub findings: Vec<Finding>,
}

/// The engine in use.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct EngineSummary {
    /// Its own name for itself.
    pub name: String,
    /// The endpoint, such as `unix:///var/run/docker.sock`.
    pub endpoint: String,
    /// Where the endpoint came from: `--engine`, `DOCKER_HOST`, `context NAME`, `default`.
    pub origin: String,
    /// Version of the engine.
    pub version: String,
    /// Its API version.
    pub api_version: String,
    /// Operating system as the engine tells it.
    pub operating_system: String,
    /// Processor architecture.
    pub architecture: String,
}

/// An application: a compose project, a lone container, or a vault whose application is gone.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct App {
    /// The compose project's name, or the container's.
    pub name: String,
    /// What it is.
    pub kind: AppKind,
    /// Running, partly running, stopped, or gone.
    pub state: AppState,
    /// Its services.
    pub services: Vec<Service>,
    /// The databases found in its volumes.
    pub databases: Vec<Database>,
    /// The volumes and binds that hold a database.
    pub volumes: Vec<Storage>,
    /// The vault, if there is one that could be looked into.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vault: Option<VaultSummary>,
    /// Why the vault that there is could not be looked into: nothing is known of its backups then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vault_problem: Option<String>,
    /// How it is protected; `None` if it has nothing to protect, or its vault could not be looked into.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protection: Option<ProtectionSummary>,
    /// What could not be looked at, and what is risky.
    pub findings: Vec<Finding>,
    /// It is the demo application, which leaving removes as well.
    #[serde(default)]
    pub is_demo: bool,
}

/// What an application is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export_to = "api.ts")]
pub enum AppKind {
    /// A compose project.
    Compose,
    /// A container by itself.
    Container,
    /// A vault whose application is not on the engine any more.
    VaultOnly,
}

/// Whether an application runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export_to = "api.ts")]
pub enum AppState {
    /// All of its containers run.
    Running,
    /// Some of them.
    Partial,
    /// One at least is paused, none runs.
    Paused,
    /// None.
    Stopped,
    /// There are no containers of it.
    Gone,
}

/// A service of an application: one container.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct Service {
    /// The compose service, or the container's name.
    pub name: String,
    /// The container's name.
    pub container: String,
    /// Image reference.
    pub image: String,
    /// `running`, `exited`, `paused`, `created`, `restarting`, `dead`.
    pub state: String,
    /// `healthy`, `unhealthy`, `starting`, or `none` if the container has no health check.
    pub health: String,
    /// ID of the image that runs.
    pub image_id: String,
    /// The version that the image says it is.
    pub version: Option<String>,
    /// The directory that compose was run in, where it was.
    pub directory: Option<String>,
}

/// A database that was found.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct Database {
    /// The volume's name, or the host path of a bind.
    pub volume: String,
    /// Path in it.
    pub path: RelativePath,
    /// What it is.
    pub kind: DatabaseKind,
    /// Size in bytes, its `-wal` not counted.
    pub size_bytes: u64,
    /// Size of its `-wal`.
    pub wal_bytes: u64,
    /// Journal mode.
    pub journal_mode: JournalMode,
    /// Page size in bytes (0 if it is no SQLite database).
    pub page_size: u32,
    /// When it was last written.
    #[ts(type = "string")]
    pub modified_at: Timestamp,
}

/// A volume or bind of an application.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct Storage {
    /// Volume or bind.
    pub kind: StorageKind,
    /// Volume name or host path.
    pub name: String,
    /// Where the containers see it.
    pub destinations: Vec<String>,
    /// Bytes of all files in it, as far as it was looked at.
    pub total_bytes: u64,
    /// Number of files.
    pub file_count: u64,
    /// File system.
    pub file_system: String,
}

/// What is known of a vault without listing it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct VaultSummary {
    /// The volume's name.
    pub volume: String,
    /// Number of backups.
    pub backup_count: u64,
    /// When the newest was taken.
    #[ts(type = "string | null")]
    pub last_backup_at: Option<Timestamp>,
    /// Its verdict.
    pub last_verdict: Option<Verdict>,
    /// Bytes held.
    pub used_bytes: u64,
    /// Bytes free on the engine's disk.
    pub free_bytes: u64,
    /// An unfinished restore lies in it: only `recover` may run.
    pub unfinished: bool,
    /// What `undo` would go back to, in words; `None` if nothing.
    pub undo: Option<String>,
}

/// A backup.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct Backup {
    /// Its id.
    pub id: String,
    /// The archive's file name.
    pub file_name: String,
    /// The application's name.
    pub app: String,
    /// When it was begun.
    #[ts(type = "string")]
    pub created_at: Timestamp,
    /// Why.
    pub trigger: Trigger,
    /// Compression.
    pub codec: Codec,
    /// Whole volumes or databases only.
    pub scope: Scope,
    /// Size before compression.
    pub raw_bytes: u64,
    /// Size of the archive.
    pub stored_bytes: u64,
    /// SHA-256 of the archive.
    pub sha256: String,
    /// Never rotated away.
    pub pinned: bool,
    /// Free text.
    pub note: Option<String>,
    /// What the last look said.
    pub verification: Verification,
    /// Databases in it.
    pub databases: Vec<BackedDatabase>,
    /// Volumes and binds in it.
    pub volumes: Vec<BackedVolume>,
    /// Number of other files.
    pub file_count: u64,
    /// What was left out by patterns; `None` where there were none.
    pub left_out: Option<LeftOut>,
    /// What ran then.
    pub releases: Vec<Release>,
    /// Version of Lifeboat that took it.
    pub tool_version: String,
    /// Version of SQLite that read it.
    pub sqlite_version: String,
    /// Things to know.
    pub findings: Vec<Finding>,
}

/// A backup that was just taken.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct NewBackup {
    /// The backup.
    #[serde(flatten)]
    pub backup: Backup,
    /// What the rotation after it came to; `None` if none followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotation: Option<BackupRotation>,
}

/// What the rotation after a backup came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct BackupRotation {
    /// The backups that were removed: no rule kept them any longer.
    pub removed: Vec<String>,
    /// Bytes that went with them.
    pub freed_bytes: u64,
    /// So many of the newest are kept, by `MAX_DATABASE_BACKUPS`.
    pub max_backups: u32,
    /// Why nothing is removed at present, if so.
    pub suspended: Option<String>,
}

/// The backups of an application.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct BackupList {
    /// The application.
    pub app: String,
    /// Newest first.
    pub backups: Vec<Backup>,
    /// What lies in the vault and is no readable backup: id and reason.
    pub unreadable: Vec<(String, String)>,
    /// Bytes held by backups.
    pub used_bytes: u64,
    /// Bytes free on the engine's disk.
    pub free_bytes: u64,
}

/// The health of an application's databases.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct Health {
    /// The application.
    pub app: String,
    /// The worst database's verdict.
    pub verdict: Verdict,
    /// Why, where it is not sound.
    pub reason: Option<String>,
    /// One sentence for the card.
    pub summary: String,
    /// When this was looked at.
    #[ts(type = "string")]
    pub checked_at: Timestamp,
    /// All databases together, in bytes, as a copy of this moment has them: what is in their `-wal`
    /// files is counted once.
    pub size_bytes: u64,
    /// Tables in all databases.
    pub table_count: u64,
    /// Rows in all tables that could be counted.
    pub row_count: u64,
    /// Backups in the vault.
    pub backup_count: u64,
    /// Bytes held by them.
    pub backup_bytes: u64,
    /// When the newest was taken.
    #[ts(type = "string | null")]
    pub last_backup_at: Option<Timestamp>,
    /// Its verdict.
    pub last_backup_verdict: Option<Verdict>,
    /// Each database.
    pub databases: Vec<DatabaseHealth>,
    /// The databases at each backup and health check, oldest first: growth over time. The last one is this
    /// look, or one a moment ago that saw the same.
    pub growth: Vec<GrowthPoint>,
    /// What a person should know: tables that vanished, rows that dropped, a `-wal` that grows…
    pub findings: Vec<Finding>,
}

/// A point of the growth curve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct GrowthPoint {
    /// When.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// What looked at the databases.
    pub source: GrowthSource,
    /// The backup's id, if it was one. It may be gone by now.
    pub backup: Option<String>,
    /// Bytes of all databases.
    pub size_bytes: u64,
    /// Bytes of their `-wal` files, where they were looked at.
    pub wal_bytes: Option<u64>,
    /// Rows of all tables; `None` where some could not be counted that are counted at other times.
    pub row_count: Option<u64>,
    /// The worst database's verdict.
    pub verdict: Verdict,
}

/// What looked at the databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export_to = "api.ts")]
pub enum GrowthSource {
    /// A backup.
    Backup,
    /// A health check.
    Check,
}

/// The health of one database.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct DatabaseHealth {
    /// The volume's name, or the host path of a bind.
    pub volume: String,
    /// Path in it.
    pub path: RelativePath,
    /// Verdict.
    pub verdict: Verdict,
    /// Why, where it is not sound.
    pub reason: Option<String>,
    /// Size in bytes.
    pub size_bytes: u64,
    /// Size of its `-wal`.
    pub wal_bytes: u64,
    /// Page size.
    pub page_size: u32,
    /// Journal mode.
    pub journal_mode: JournalMode,
    /// Tables with rows.
    pub tables: Vec<TableRows>,
    /// Facts that are no damage.
    pub findings: Vec<String>,
}

/// A backup that another one is compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct ComparedBackup {
    /// Its id.
    pub id: String,
    /// When it was taken.
    #[ts(type = "string")]
    pub at: Timestamp,
}

/// What a restore would change, or how two backups differ.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct Comparison {
    /// The application.
    pub app: String,
    /// The backup.
    pub backup_id: String,
    /// When it was taken.
    #[ts(type = "string")]
    pub backup_at: Timestamp,
    /// The backup that is compared with; `None` for what is live. Where there is one, whatever says "now" is
    /// of that backup.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<ComparedBackup>,
    /// What ran then.
    pub releases_then: Vec<Release>,
    /// What runs now.
    pub releases_now: Vec<Release>,
    /// Table by table.
    pub tables: Vec<TableComparison>,
    /// Databases whose schema differs, or that exist on one side only, in words.
    pub schema_changes: Vec<Finding>,
    /// Nothing differs in rows and schema.
    pub same: bool,
}

/// One table now and in the backup.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct TableComparison {
    /// Volume or bind of its database.
    pub volume: String,
    /// Path of its database.
    pub path: RelativePath,
    /// The table.
    pub name: String,
    /// Rows now; `None` if the table is not there or cannot be counted.
    pub rows_now: Option<u64>,
    /// Rows in the backup; `None` likewise.
    pub rows_in_backup: Option<u64>,
}

/// How to take a backup.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct BackupOptions {
    /// Why.
    pub trigger: Trigger,
    /// Free text.
    #[serde(default)]
    pub note: Option<String>,
    /// Pin it.
    #[serde(default)]
    pub pinned: bool,
    /// Compression; `None` for the default (gzip).
    #[serde(default)]
    pub codec: Option<Codec>,
    /// Whole volumes or databases only; `None` for the default (whole).
    #[serde(default)]
    pub scope: Option<Scope>,
    /// Patterns of what whole volumes are taken without, besides those of the settings; written as there.
    #[serde(default)]
    pub excludes: Vec<String>,
    /// Prove it at once.
    pub verify: bool,
}

impl Default for BackupOptions {
    fn default() -> Self {
        Self {
            trigger: Trigger::Manual,
            note: None,
            pinned: false,
            codec: None,
            scope: None,
            excludes: Vec::new(),
            verify: true,
        }
    }
}

/// What of a backup to restore.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case", tag = "select")]
#[ts(export_to = "api.ts")]
pub enum RestoreSelection {
    /// Everything in it.
    #[default]
    Everything,
    /// Its databases, no other file.
    DatabasesOnly,
    /// One database: `PATH`, or `VOLUME:PATH` where several have that path.
    Database {
        /// Which.
        name: String,
    },
}

/// What a restore or undo will do. Running it consumes it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct RestorePlan {
    /// The application.
    pub app: String,
    /// The backup that will be put back.
    pub backup: Backup,
    /// What of it.
    pub selection: RestoreSelection,
    /// The databases that will be replaced or made.
    pub databases: Vec<DatabaseRef>,
    /// Containers that will be stopped and started again, in the order of stopping.
    pub containers: Vec<String>,
    /// Volumes that have to be made again.
    pub volumes_to_create: Vec<String>,
    /// The steps.
    pub steps: Vec<crate::job::Step>,
    /// What to know before saying yes.
    pub warnings: Vec<Finding>,
    /// For the undo of an update: the releases that change with the data.
    pub releases: Vec<ReleaseChange>,
    /// This is an undo.
    pub is_undo: bool,
}

/// A service that gets another release.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct ReleaseChange {
    /// The compose service, or the container's name.
    pub service: String,
    /// The release that runs, in words.
    pub from: String,
    /// The release that will run, in words.
    pub to: String,
}

/// How a restore ended well.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct RestoreReport {
    /// The application.
    pub app: String,
    /// The backup that was put back.
    pub backup_id: String,
    /// The backup that what was replaced became; `None` if nothing was replaced.
    pub safety_backup: Option<Backup>,
    /// How long the application was stopped, in milliseconds (0 if it was not running).
    pub downtime_ms: u64,
    /// `healthy`, `running` (stable, and not judged by a health check), `stopped` (it was not running
    /// before), or `gone` (it has no container here).
    pub application: String,
    /// Things to know.
    pub findings: Vec<Finding>,
}

/// What an update is to do beyond getting newer images.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct UpdateOptions {
    /// Apply what was edited in the compose files since the application was started.
    pub apply_compose: bool,
    /// Get the newest commit of the checkout first (`git pull --ff-only`).
    pub git_pull: bool,
}

/// Whether something was added, taken away or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export_to = "api.ts")]
pub enum EditKind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is another one.
    Changed,
}

/// One point in which the compose files differ from the container that runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct Edit {
    /// What differs: `image`, `environment PRICE`, `port 80/tcp`.
    pub what: String,
    /// How.
    pub kind: EditKind,
    /// As it runs; not told for environment variables, which may be secrets.
    pub before: Option<String>,
    /// As the files have it; not told for environment variables.
    pub after: Option<String>,
}

/// The git checkout that an application is built from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct Checkout {
    /// The folder of the compose project.
    pub directory: String,
    /// What is checked out.
    pub present: BuiltFrom,
    /// What the running release was built from, if Lifeboat had it built.
    pub running: Option<BuiltFrom>,
    /// Commits that the branch's upstream is known to be ahead by, as of the last `git fetch`.
    pub behind: Option<u32>,
}

/// Where a newer image of a service comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export_to = "api.ts")]
pub enum UpdateSource {
    /// Its registry, under the same name.
    Pull,
    /// The name stands for another image on this engine already.
    Local,
    /// It is built from a folder, by compose.
    Build,
    /// Nowhere: the image is named by its content.
    Fixed,
}

/// One service in the plan of an update.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct ServicePlan {
    /// The compose service, or the container's name.
    pub service: String,
    /// The container's name.
    pub container: String,
    /// Image reference.
    pub image: String,
    /// ID of the image that runs.
    pub image_id: String,
    /// The version that the image says it is.
    pub version: Option<String>,
    /// Where a newer one comes from.
    pub source: UpdateSource,
    /// What was edited in the compose files since the container was made.
    pub edits: Vec<Edit>,
}

/// What an update will do. Running it consumes it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct UpdatePlan {
    /// The application.
    pub app: String,
    /// What it is to do beyond getting newer images.
    pub options: UpdateOptions,
    /// Its services.
    pub services: Vec<ServicePlan>,
    /// Containers that will be stopped if there is a newer image, in the order of stopping.
    pub containers: Vec<String>,
    /// Size of the databases with their write-ahead logs, which are copied while the application stands
    /// still, in bytes.
    pub database_bytes: u64,
    /// The checkout, where services are built from one.
    pub checkout: Option<Checkout>,
    /// The steps.
    pub steps: Vec<crate::job::Step>,
    /// What to know before saying yes.
    pub warnings: Vec<Finding>,
}

/// How an update ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export_to = "api.ts")]
pub enum UpdateOutcome {
    /// The new release runs and is healthy.
    Updated,
    /// There was nothing newer; nothing was stopped.
    UpToDate,
    /// The old image and the old data run again, and are healthy.
    RolledBack,
    /// The same, and the application is not healthy with them either.
    RolledBackUnhealthy,
    /// Somebody has to look: old and new are both there.
    NeedsAttention,
}

/// One service that an update changed, or tried to.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct ServiceUpdate {
    /// The compose service, or the container's name.
    pub service: String,
    /// Image reference.
    pub image: String,
    /// ID of the image before.
    pub from_id: String,
    /// ID of the new image.
    pub to_id: String,
}

/// What an update did.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct UpdateReport {
    /// The application.
    pub app: String,
    /// How it ended.
    pub outcome: UpdateOutcome,
    /// The release before, in words.
    pub from: String,
    /// The new release, in words.
    pub to: String,
    /// What changed, or was to change.
    pub services: Vec<ServiceUpdate>,
    /// How long the application was stopped, in milliseconds.
    pub downtime_ms: u64,
    /// The verified backup from before the stop.
    pub backup_id: Option<String>,
    /// The backup that an undo goes back to.
    pub rollback_point: Option<String>,
    /// The backup of what a failed release left, if it had touched the data.
    pub evidence: Option<String>,
    /// Why, where it is not updated.
    pub reason: Option<String>,
    /// The last lines of a failed release's log.
    pub log: Option<String>,
    /// Things to know.
    pub findings: Vec<Finding>,
}

/// What to download.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case", tag = "as")]
#[ts(export_to = "api.ts")]
pub enum DownloadForm {
    /// The archive, with its `.sha256` and `.json` beside it.
    Archive,
    /// One database as a plain file. `None` if the backup has only one.
    Database {
        /// `PATH`, or `VOLUME:PATH`.
        name: Option<String>,
    },
}

/// A finished download: read back from the disk and compared.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct DownloadReport {
    /// The file.
    pub path: String,
    /// The files written beside it.
    pub companions: Vec<String>,
    /// Bytes.
    pub size_bytes: u64,
    /// SHA-256, read back.
    pub sha256: String,
}

/// An entry of the audit log.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct AuditRecord {
    /// Counts up from 1.
    pub number: u64,
    /// When it ended.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// What.
    pub operation: String,
    /// On what.
    pub target: String,
    /// How it ended.
    pub outcome: String,
    /// Why, where it is not ok.
    pub reason: Option<String>,
    /// How long it took.
    pub duration_ms: u64,
    /// Hash of the entry before.
    pub previous_hash: String,
    /// Hash of this entry.
    pub hash: String,
}

/// The audit log, and whether its chain holds.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct AuditLog {
    /// The application.
    pub app: String,
    /// Oldest first.
    pub entries: Vec<AuditRecord>,
    /// The chain's check, if it was asked for.
    pub chain: Option<AuditCheck>,
}

/// What the check of the chain said.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct AuditCheck {
    /// Everything fits.
    pub intact: bool,
    /// The first entry that does not fit.
    pub broken_at: Option<u64>,
    /// What is wrong, in a sentence.
    pub problem: Option<String>,
    /// The last line was cut off in the middle, as a crash leaves it.
    pub torn_end: bool,
}

/// What `recover` did.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct RecoveryReport {
    /// Each unfinished job that was found and how it ended.
    pub recovered: Vec<Recovery>,
}

/// One recovered job.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct Recovery {
    /// The application.
    pub app: String,
    /// `restore`, `undo` or `update`.
    pub operation: String,
    /// `old` (the data from before is there), `new` (the restored data or the new release is there),
    /// `needs-attention` (one of the two, and the application is not healthy with it).
    pub ending: String,
    /// One sentence.
    pub message: String,
}

/// Everything of ours that belongs to an application, and what leaving would remove.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct LeavePlan {
    /// The application.
    pub app: String,
    /// The vault's volume; `None` if what carries its name is not ours, and stays.
    pub vault_volume: Option<String>,
    /// Backups in it, all of which would go.
    pub backup_count: u64,
    /// Bytes held by them.
    pub used_bytes: u64,
    /// The newest, to be downloaded before.
    pub last_backup: Option<Backup>,
    /// Containers of ours that keep the vault.
    pub containers: Vec<String>,
    /// Names that keep images for an undo, and Lifeboat's own images, which go with the last vault of
    /// the engine.
    pub images: Vec<String>,
    /// The volume of the demo application, if that is what is left: then its container and image, which
    /// are among those above, go with it.
    pub demo_volume: Option<String>,
}

/// A release of the demo application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export_to = "api.ts")]
pub enum DemoRelease {
    /// The one that it begins with.
    First,
    /// A newer one, which changes the schema of its database and is well.
    Good,
    /// A newer one, which changes the schema of its database and crashes.
    Bad,
}

impl DemoRelease {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::First, Self::Good, Self::Bad];
}

/// The demo application, which runs now.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct DemoReport {
    /// Its name.
    pub app: String,
    /// Where a browser on this machine finds it; `None` where nothing is published there.
    pub address: Option<String>,
    /// It was made now, and not there before.
    pub is_new: bool,
    /// The newer release that waits to be put in place, if one was asked for.
    pub release: Option<DemoRelease>,
}

/// What was removed of ours, and what was copied away before.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct LeaveReport {
    /// What went.
    pub left: LeavePlan,
    /// The copies that were made before, newest backup first.
    pub copies: Vec<DownloadReport>,
}

/// A check of `doctor`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct DoctorCheck {
    /// A stable word.
    pub id: String,
    /// What was looked at.
    pub title: String,
    /// `ok`, `warning`, `failed`.
    pub status: String,
    /// What was found.
    pub message: String,
    /// What mends it.
    pub advice: Option<String>,
    /// A command that mends it.
    pub command: Option<String>,
}

/// What `doctor` found.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct DoctorReport {
    /// Version of Lifeboat.
    pub version: String,
    /// In order.
    pub checks: Vec<DoctorCheck>,
    /// Folder of the logs.
    pub log_directory: String,
    /// Engines that answer at other sockets, offered and not taken.
    pub other_engines: Vec<String>,
}

/// What `rescue` got out of an archive.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct RescueReport {
    /// The folder.
    pub directory: String,
    /// Files written.
    pub file_count: u64,
    /// Databases among them.
    pub databases: Vec<String>,
    /// What did not fit: hashes that differ, entries left out.
    pub findings: Vec<Finding>,
}

/// Whether backups are taken by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export_to = "api.ts")]
pub enum ProtectionState {
    /// Protection is not switched on.
    Off,
    /// The guardian has just been started.
    Starting,
    /// It waits for the next backup to be due.
    Waiting,
    /// It takes a backup.
    Working,
    /// A backup is due and cannot be taken yet.
    HeldUp,
    /// The settings say that no backups are taken.
    SwitchedOff,
    /// It will not touch what it finds.
    Refusing,
    /// It is of an older version.
    Outdated,
    /// It runs and says nothing.
    Silent,
    /// Its container does not run.
    Stopped,
    /// Its container was removed.
    Gone,
}

/// How an application is protected, in a listing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct ProtectionSummary {
    /// In a word.
    pub state: ProtectionState,
    /// The next backup, and why then.
    pub next: Option<NextRun>,
    /// How often in a row a backup failed.
    pub failures: u32,
    /// Storages that hold a database since protection was switched on, and are in no backup of the guardian.
    #[serde(default)]
    pub unprotected: Vec<String>,
}

/// How an application is protected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct Protection {
    /// The application.
    pub app: String,
    /// In a word.
    pub state: ProtectionState,
    /// In a sentence.
    pub message: String,
    /// What puts it right, if something has to be.
    pub advice: Option<String>,
    /// When protection was switched on.
    #[ts(type = "string | null")]
    pub protected_since: Option<Timestamp>,
    /// The next backup, and why then.
    pub next: Option<NextRun>,
    /// The last backup that the guardian took.
    pub last_success: Option<LastSuccess>,
    /// What failed since then.
    pub last_failure: Option<String>,
    /// How often in a row.
    pub failures: u32,
    /// The last rotation.
    pub last_rotation: Option<LastRotation>,
    /// Why the settings in the vault are not those in force.
    pub settings_problem: Option<String>,
    /// When the guardian last said that it lives.
    #[ts(type = "string | null")]
    pub heartbeat_at: Option<Timestamp>,
    /// Its container.
    pub container: Option<String>,
    /// The version that made it.
    pub version: Option<String>,
    /// Storages that hold a database since protection was switched on, and are in no backup of the guardian.
    pub unprotected: Vec<String>,
}

/// One setting of an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct Setting {
    /// Its name, as in a `.env`.
    pub key: String,
    /// The value in force; empty for "not set".
    pub value: String,
    /// Where it comes from.
    pub origin: SettingOrigin,
    /// The default; empty for "not set".
    pub default: String,
    /// What is allowed, as the end of a sentence.
    pub allowed: String,
    /// What it does.
    pub meaning: String,
}

/// The settings of an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct SettingsReport {
    /// The application.
    pub app: String,
    /// All of them, in their order.
    pub values: Vec<Setting>,
    /// Values that are written somewhere and not allowed; what was in force before stays.
    pub refused: Vec<RefusedSetting>,
    /// They are not in force yet: a job holds the vault.
    pub pending: bool,
}

/// What becomes of one backup in a rotation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct PruneDecision {
    /// The backup.
    pub id: String,
    /// Its file name.
    pub file_name: String,
    /// It goes.
    pub goes: bool,
    /// Why it stays, in sentences; empty if it goes.
    pub reasons: Vec<String>,
    /// Size of its archive in bytes.
    pub stored_bytes: u64,
}

/// What a rotation did or would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct PruneReport {
    /// The application.
    pub app: String,
    /// Nothing was removed: it was only asked.
    pub dry_run: bool,
    /// Each backup, newest first.
    pub decisions: Vec<PruneDecision>,
    /// Why nothing goes at all, if so.
    pub suspended: Option<String>,
    /// The backups that were removed.
    pub removed: Vec<String>,
    /// Bytes that went or would go.
    pub freed_bytes: u64,
}
