//! Looks into a vault, and damages it.

use serde_json::Value;

use crate::engine::Engine;
use crate::tarball::sha256;
use crate::tools::Tools;

/// The vault of an application.
#[derive(Debug, Clone)]
pub struct Vault {
    /// The volume's name.
    pub volume: String,
    tools: Tools,
}

impl Vault {
    /// The vault of an application.
    #[must_use]
    pub fn new(engine: &Engine, app: &str) -> Self {
        let volume = format!("lifeboat-{app}");
        Self {
            tools: Tools::new(engine, &volume),
            volume,
        }
    }

    /// Tools on the vault, as root.
    #[must_use]
    pub fn tools(&self) -> &Tools {
        &self.tools
    }

    /// Path of a backup's archive in the vault.
    #[must_use]
    pub fn archive_path(backup: &Value) -> String {
        let text = |name: &str| {
            backup[name]
                .as_str()
                .unwrap_or_else(|| panic!("no {name} in {backup}"))
        };
        format!("backups/{}/{}", text("id"), text("file_name"))
    }

    /// Path of a backup's manifest in the vault.
    #[must_use]
    pub fn manifest_path(backup: &Value) -> String {
        format!(
            "backups/{}/manifest.json",
            backup["id"].as_str().expect("a backup has an id")
        )
    }

    /// Path of the short form of a backup's manifest.
    #[must_use]
    pub fn summary_path(backup: &Value) -> String {
        format!(
            "backups/{}/summary.json",
            backup["id"].as_str().expect("a backup has an id")
        )
    }

    /// Writes a record with a seal that fits: the SHA-256 of all bytes but the seal's own digits.
    pub fn write_sealed(&self, path: &str, record: Value) {
        self.tools.write(path, sealed(record));
    }

    /// A backup's manifest.
    #[must_use]
    pub fn manifest(&self, backup: &Value) -> Value {
        serde_json::from_slice(&self.tools.read(&Self::manifest_path(backup)))
            .expect("a manifest is JSON")
    }

    /// What lies in directories that hold unfinished or refused work: must be nothing.
    #[must_use]
    pub fn leftovers(&self) -> Vec<String> {
        let unfinished = ["incoming/", "trash/", "scratch/"];
        let all = self.tools.files().into_iter().map(|fact| fact.path);
        all.filter(|path| {
            unfinished
                .iter()
                .any(|directory| path.starts_with(directory))
        })
        .collect()
    }
}

/// A record with a seal that fits: the SHA-256 of all bytes but the seal's own digits.
///
/// # Panics
/// If it is no object.
#[must_use]
pub fn sealed(mut record: Value) -> String {
    record
        .as_object_mut()
        .expect("a record is an object")
        .remove("checksum");
    let rest = format!("\",{}\n", &record.to_string()[1..]);
    let prefix = "{\"checksum\":\"";
    let checksum = sha256(format!("{prefix}{rest}").as_bytes());
    format!("{prefix}{checksum}{rest}")
}
