//! What the tests of the vault share.

use std::io::Write;
use std::path::Path;

use jiff::{Span, Timestamp};
use lifeboat_store::manifest::{
    Codec, FORMAT_VERSION, Manifest, Notes, Scope, Summary, Trigger, Verdict, Verification,
};
use lifeboat_store::protocol::{AuditDraft, BackupRecord, OpenVault, VaultStatus};
use lifeboat_store::vault::Vault;
use lifeboat_store::{Failure, RelativePath};

pub(crate) const APP: &str = "shop";

/// How to open the vault for changing it.
pub(crate) fn exclusive() -> OpenVault {
    OpenVault {
        app: APP.to_owned(),
        exclusive: true,
        holder: "backup by tests on box, pid 1".to_owned(),
        recovery: false,
    }
}

/// How to open it for looking.
pub(crate) fn reading() -> OpenVault {
    OpenVault {
        exclusive: false,
        ..exclusive()
    }
}

pub(crate) fn open(root: &Path) -> (Vault, VaultStatus) {
    Vault::open(root, &exclusive()).expect("the vault opens")
}

pub(crate) fn start_time() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().expect("a time")
}

/// The id of the `number`th backup.
pub(crate) fn id_of(number: u32) -> String {
    let at = start_time() + Span::new().seconds(i64::from(number));
    format!("{}-test{number}", at.strftime("%Y%m%dT%H%M%SZ"))
}

pub(crate) fn manifest(number: u32, content: &[u8]) -> Manifest {
    let id = id_of(number);
    Manifest {
        summary: Summary {
            format: FORMAT_VERSION,
            file_name: format!("shop-{}-manual.tar.gz", &id[..16]),
            id,
            app: APP.to_owned(),
            trigger: Trigger::Manual,
            created_at: start_time() + Span::new().seconds(i64::from(number)),
            codec: Codec::Gzip,
            scope: Scope::Whole,
            raw_bytes: 1234,
            stored_bytes: content.len() as u64,
            sha256: "00".repeat(32),
            file_count: 2,
            left_out: None,
            databases: vec![database()],
            volumes: Vec::new(),
            releases: Vec::new(),
            compose_project: Some(APP.to_owned()),
            source_commit: None,
            tool_version: "0.1.0".to_owned(),
            sqlite_version: "3.54.1".to_owned(),
            findings: Vec::new(),
        },
        files: Vec::new(),
        blocks: Vec::new(),
    }
}

fn database() -> lifeboat_store::manifest::BackedDatabase {
    serde_json::from_value(serde_json::json!({
        "volume": "shop_data", "volume_index": 0, "path": RelativePath::new("app.db"),
        "kind": "sqlite", "size_bytes": 8192, "sha256": "11".repeat(32), "page_size": 4096,
        "page_count": 2, "journal_mode": "wal", "user_version": 1, "application_id": 0,
        "tables": [{ "name": "customers", "rows": 3 }, { "name": "orders", "rows": 7 }],
        "method": "pages", "read_ms": 1, "ownership": { "uid": 1, "gid": 1, "mode": 0o600 },
        "pin": { "asked_at": start_time(), "held_at": start_time() },
    }))
    .expect("a database")
}

pub(crate) fn sound() -> Verification {
    Verification {
        verdict: Verdict::Sound,
        at: Some(start_time()),
        ..Verification::not_checked(None)
    }
}

/// Takes the `number`th backup, with `content` for an archive.
pub(crate) fn publish(vault: &Vault, number: u32, content: &[u8]) -> Result<BackupRecord, Failure> {
    let manifest = manifest(number, content);
    let incoming = vault.begin(&manifest.summary.id, &manifest.summary.file_name)?;
    let mut archive = incoming.create_archive()?;
    archive
        .write_all(content)
        .map_err(|error| Failure::io("writing", &error))?;
    incoming.publish(&manifest, &Notes::default(), &sound())
}

pub(crate) fn draft(target: &str) -> AuditDraft {
    AuditDraft {
        at: start_time(),
        actor: "cli:anna@box".to_owned(),
        operation: "backup".to_owned(),
        target: target.to_owned(),
        outcome: "ok".to_owned(),
        reason: None,
        duration_ms: 12,
    }
}

/// All names below a directory, with their content: what has changed shows.
pub(crate) fn picture(root: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root).expect("readable") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.push((path.clone(), Vec::new()));
            found.extend(picture(&path));
        } else {
            let content = std::fs::read(&path).expect("readable");
            found.push((path, content));
        }
    }
    found.sort();
    found
}
