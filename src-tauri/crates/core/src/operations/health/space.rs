//! Space inside one database's files that is not what it seems.

use lifeboat_store::manifest::{BackedDatabase, Finding};

use super::words::size_in_words;

/// A write-ahead log smaller than this is large for nobody.
const LARGE_WAL_BYTES: u64 = 64 << 20;

/// Free pages below this are worth no word.
const FREE_PAGES_BYTES: u64 = 16 << 20;

/// Nor is less than this part of the database: a quarter.
const FREE_PAGES_PARTS: u64 = 4;

/// A write-ahead log that outgrew its database.
pub(super) fn large_wal(described: &BackedDatabase, wal_bytes: u64) -> Option<Finding> {
    if wal_bytes <= LARGE_WAL_BYTES || wal_bytes <= described.size_bytes {
        return None;
    }
    let message = format!(
        "The write-ahead log of {} is larger than the database itself: the application may never finish a \
         checkpoint. A connection that reads without an end is the usual reason; when the application is \
         started again, it can finish one.",
        described.path.display()
    );
    Some(about(described, "wal-large", message))
}

/// Much of the file holds nothing.
pub(super) fn free_pages(described: &BackedDatabase) -> Option<Finding> {
    let pages = described.free_page_count?;
    let free = pages.saturating_mul(u64::from(described.page_size));
    if free <= FREE_PAGES_BYTES || free <= described.size_bytes / FREE_PAGES_PARTS {
        return None;
    }
    let message = format!(
        "{} of the {} of {} are free pages, left by rows that were deleted. They do no harm: new rows fill \
         them before the file grows. To give them back to the disk, run VACUUM with the application's own \
         means, at a quiet time: it locks the database and needs as much room as the database once more.",
        size_in_words(free),
        size_in_words(described.size_bytes),
        described.path.display()
    );
    Some(about(described, "free-pages", message))
}

fn about(described: &BackedDatabase, code: &str, message: String) -> Finding {
    Finding {
        code: code.to_owned(),
        volume: Some(described.volume.clone()),
        path: Some(described.path.clone()),
        message,
    }
}

#[cfg(test)]
mod tests {
    use lifeboat_store::RelativePath;
    use serde_json::json;

    use super::*;

    fn database(size_mib: u64, free_page_count: Option<u64>) -> BackedDatabase {
        serde_json::from_value(json!({
            "volume": "data", "volume_index": 0, "path": RelativePath::new("app.db"), "kind": "sqlite",
            "size_bytes": size_mib << 20, "sha256": "", "page_size": 4096, "page_count": size_mib << 8,
            "free_page_count": free_page_count, "journal_mode": "wal", "user_version": 1,
            "application_id": 0, "tables": [], "method": "pages", "read_ms": 1,
            "ownership": { "uid": 1, "gid": 1, "mode": 0o600 },
            "pin": { "asked_at": "2026-01-01T00:00:00Z", "held_at": "2026-01-01T00:00:00Z" },
        }))
        .expect("a database")
    }

    #[test]
    fn free_pages_are_told_where_they_are_many_and_much() {
        let told = free_pages(&database(100, Some(30 << 8))).expect("30 of 100 MiB");
        assert_eq!(told.code, "free-pages");
        assert!(
            told.message.starts_with("30 MiB of the 100 MiB of app.db"),
            "{}",
            told.message
        );
        assert!(told.message.contains("VACUUM"));
        assert!(free_pages(&database(200, Some(30 << 8))).is_none(), "few");
        assert!(free_pages(&database(20, Some(15 << 8))).is_none(), "little");
        assert!(free_pages(&database(100, None)).is_none(), "not known");
    }

    #[test]
    fn a_log_larger_than_its_database_is_told() {
        assert!(large_wal(&database(10, None), 65 << 20).is_some());
        assert!(large_wal(&database(10, None), 60 << 20).is_none());
        assert!(large_wal(&database(100, None), 65 << 20).is_none());
    }
}
