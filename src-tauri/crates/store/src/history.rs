//! How an application's databases looked at each backup and each health check: the lines of the vault's
//! `history.jsonl`. Members may be added; lines that cannot be read are passed over.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::manifest::{BackedDatabase, DatabaseVerdict, Verdict};
use crate::relative_path::RelativePath;

/// One look at all of an application's databases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryPoint {
    /// When.
    pub at: Timestamp,
    /// What looked.
    #[serde(flatten)]
    pub source: HistorySource,
    /// Bytes that the vault held in backups then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vault_bytes: Option<u64>,
    /// Bytes that were free on its disk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_bytes: Option<u64>,
    /// Each database.
    pub databases: Vec<HistoryDatabase>,
}

/// What looked at the databases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "source", rename_all = "kebab-case")]
pub enum HistorySource {
    /// A backup.
    Backup {
        /// Its id; it may be gone by now.
        id: String,
    },
    /// A health check.
    Check,
}

/// One database at that moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryDatabase {
    /// The volume's name, or the host path of a bind.
    pub volume: String,
    /// Path in it.
    pub path: RelativePath,
    /// Size in bytes.
    pub size_bytes: u64,
    /// Size of its `-wal` file, where it was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wal_bytes: Option<u64>,
    /// Rows of all tables that could be counted; `None` if its schema could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// Number of tables.
    #[serde(default)]
    pub table_count: u64,
    /// Page size in bytes; 0 if it is no SQLite database.
    #[serde(default)]
    pub page_size: u32,
    /// Pages that held nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_page_count: Option<u64>,
    /// What was known of its soundness.
    pub verdict: Verdict,
}

impl HistoryPoint {
    /// A point about which the vault has said nothing yet.
    #[must_use]
    pub fn new(at: Timestamp, source: HistorySource, databases: Vec<HistoryDatabase>) -> Self {
        Self {
            at,
            source,
            vault_bytes: None,
            free_bytes: None,
            databases,
        }
    }

    /// The worst database's verdict.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let verdicts = self.databases.iter().map(|database| database.verdict);
        verdicts.max().unwrap_or(Verdict::NotChecked)
    }
}

impl HistoryDatabase {
    /// What a description says, with a verdict from whoever looked.
    #[must_use]
    pub fn of(described: &BackedDatabase, wal_bytes: Option<u64>, verdict: Verdict) -> Self {
        let counted = described.tables.iter().filter_map(|table| table.rows);
        Self {
            volume: described.volume.clone(),
            path: described.path.clone(),
            size_bytes: described.size_bytes,
            wal_bytes,
            rows: described.schema_sha256.as_ref().map(|_| counted.sum()),
            table_count: described.tables.len() as u64,
            page_size: described.page_size,
            free_page_count: described.free_page_count,
            verdict,
        }
    }
}

/// The verdict on one database among those of a backup.
#[must_use]
pub fn verdict_on(described: &BackedDatabase, verdicts: &[DatabaseVerdict]) -> Verdict {
    let same =
        |one: &&DatabaseVerdict| one.volume == described.volume && one.path == described.path;
    let found = verdicts.iter().find(same);
    found.map_or(Verdict::NotChecked, |one| one.verdict)
}
