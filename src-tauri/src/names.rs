//! File names that are offered in the Save dialog.

use lifeboat_core::api::{Backup, DownloadForm};
use lifeboat_core::{Code, Error};

/// Names of files end here on every file system.
const NAME_BYTES: usize = 255;

/// The name for a download: the archive's own, or the backup's with the database's.
///
/// # Errors
/// `database-not-found` if the backup has several databases and none was named.
pub(crate) fn for_download(backup: &Backup, form: &DownloadForm) -> Result<String, Error> {
    let name = match form {
        DownloadForm::Archive => return Ok(harmless(&backup.file_name)),
        DownloadForm::Database { name } => name,
    };
    let database = match (name, backup.databases.as_slice()) {
        (Some(name), _) => name.clone(),
        (None, [only]) => only.path.display(),
        (None, _) => {
            return Err(Error::new(
                Code::DatabaseNotFound,
                "The backup has not exactly one database.",
                "Say which one.",
            ));
        }
    };
    let file = database.rsplit(['/', ':']).next().unwrap_or("database.db");
    let archive = &backup.file_name;
    let stem = archive
        .find(".tar")
        .map_or(archive.as_str(), |end| &archive[..end]);
    Ok(harmless(&format!("{stem}-{file}")))
}

/// A name without folders and control characters, short enough, and never hidden.
#[must_use]
pub(crate) fn harmless(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_safe = |character: &char| !character.is_control() && !"<>:\"|?*".contains(*character);
    let safe: String = last.chars().filter(is_safe).collect();
    let mut safe = safe.trim_start_matches('.').trim().to_owned();
    while safe.len() > NAME_BYTES {
        safe.pop();
    }
    if safe.is_empty() {
        "backup".to_owned()
    } else {
        safe
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_harmless() {
        for (name, wanted) in [
            (
                "shop-20260731T101500Z-manual.tar.gz",
                "shop-20260731T101500Z-manual.tar.gz",
            ),
            ("../../etc/passwd", "passwd"),
            ("a\\b.db", "b.db"),
            ("..", "backup"),
            ("", "backup"),
            ("a\u{7}b\nc", "abc"),
            (".hidden", "hidden"),
        ] {
            assert_eq!(harmless(name), wanted, "{name:?}");
        }
        assert_eq!(harmless(&"ä".repeat(1000)).len(), 254);
    }
}
