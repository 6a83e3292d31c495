//! Defaults of what can be chosen.

use lifeboat_store::manifest::{Codec, Scope};

/// gzip opens anywhere.
pub const DEFAULT_CODEC: Codec = Codec::Gzip;

/// Whole volumes: uploads belong to the rows that name them.
pub const DEFAULT_SCOPE: Scope = Scope::Whole;

/// How long a locked database is waited for.
pub const LOCK_TIMEOUT_MS: u64 = 15_000;

/// A `-wal` that grows by more than this while it is pinned ends the backup rather than filling the
/// application's disk.
pub const MAX_WAL_GROWTH_BYTES: u64 = 4 << 30;

/// Databases up to this size together are checked by `health` each time; larger ones with `--deep`.
pub const HEALTH_CHECK_BYTES: u64 = 256 << 20;

/// A container without a health check counts as well when it has run this long without a restart.
pub const STABLE_SECONDS: u64 = 4;

/// A release that visibly migrates its database, and does not serve yet, is waited for this long.
pub const MIGRATION_LIMIT_SECONDS: u64 = 1800;
