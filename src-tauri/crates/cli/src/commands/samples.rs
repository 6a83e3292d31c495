//! A backup and its parts for the tests of this folder.

use lifeboat_core::api::{Backup, Verdict, Verification};
use serde_json::json;

use crate::output::View;
use crate::output::table::Look;

/// A name that tries to steer the terminal and to pose as another.
pub(super) const HOSTILE: &str = "shop\u{1b}[2J\u{202e}pohs\n";

/// A page without colours.
pub(super) fn view() -> View {
    View {
        look: Look {
            color: false,
            fit: false,
        },
        now: "2026-08-22T12:00:00Z".parse().expect("a time"),
        details: true,
    }
}

/// A backup whose every text is hostile.
pub(super) fn backup(verdict: Verdict, reason: Option<&str>) -> Backup {
    let mut backup: Backup = serde_json::from_value(json!({
        "id": HOSTILE, "file_name": HOSTILE, "app": HOSTILE,
        "created_at": "2026-08-22T10:00:00Z", "trigger": "manual", "codec": "gzip",
        "scope": "whole", "raw_bytes": 1_000_000, "stored_bytes": 250_000, "sha256": "ab",
        "pinned": true, "note": HOSTILE, "verification": Verification::not_checked(None),
        "databases": [], "volumes": [], "file_count": 2,
        "left_out": { "patterns": [HOSTILE], "file_count": 3, "size_bytes": 2_048 },
        "releases": [{ "service": HOSTILE, "image": HOSTILE, "image_id": HOSTILE }],
        "tool_version": HOSTILE, "sqlite_version": HOSTILE,
        "findings": [
            { "code": "x", "volume": HOSTILE, "path": HOSTILE, "message": HOSTILE },
        ],
    }))
    .expect("a backup");
    backup.verification.verdict = verdict;
    backup.verification.reason = reason.map(Into::into);
    backup
}
