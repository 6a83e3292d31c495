//! Names that people give: applications, backups, databases.

use jiff::Timestamp;
use lifeboat_store::manifest::{Codec, Trigger};
use lifeboat_store::protocol::BackupRecord;

use crate::error::{Code, Error};
use crate::shell;

/// A new backup's id: the moment in UTC, and a random end.
pub(super) fn new_backup_id(at: Timestamp) -> String {
    format!("{}-{}", basic_time(at), random_suffix())
}

/// A new job's name, for hidden directories and containers.
pub(super) fn new_job_name() -> String {
    random_suffix()
}

/// UTC in ISO 8601 basic form.
pub(super) fn basic_time(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn random_suffix() -> String {
    use std::hash::{BuildHasher, Hasher, RandomState};
    // The standard library's hasher keys are random per instance; ids need to be distinct, not secret.
    let number = RandomState::new().build_hasher().finish();
    format!("{:08x}", number & 0xffff_ffff)
}

/// The archive's file name.
pub(super) fn file_name(app: &str, at: Timestamp, trigger: Trigger, codec: Codec) -> String {
    let app: String = app
        .chars()
        .map(|letter| match letter {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '_' | '-' => letter,
            _ => '-',
        })
        .collect();
    format!(
        "{app}-{}-{}{}",
        basic_time(at),
        trigger.as_str(),
        codec.file_suffix()
    )
}

/// Refuses names that could not name an application (and so a vault).
pub(super) fn check_app_name(app: &str) -> Result<(), Error> {
    let mut letters = app.bytes();
    let first_is_fine = letters
        .next()
        .is_some_and(|letter| letter.is_ascii_alphanumeric());
    let rest_is_fine =
        letters.all(|letter| letter.is_ascii_alphanumeric() || b"_.-".contains(&letter));
    if first_is_fine && rest_is_fine && app.len() <= 200 {
        return Ok(());
    }
    Err(Error::new(
        Code::AppNotFound,
        format!("No application can be called “{}”.", app.escape_debug()),
        "Run `lifeboat apps` for the names of the applications.",
    ))
}

/// The backup that `selector` names: an id, a file name, or `latest`.
pub(crate) fn select<'a>(
    backups: &'a [BackupRecord],
    app: &str,
    selector: &str,
) -> Result<&'a BackupRecord, Error> {
    let found = if selector == "latest" {
        backups.first()
    } else {
        backups
            .iter()
            .find(|record| record.summary.id == selector || record.summary.file_name == selector)
    };
    found.ok_or_else(|| {
        let message = if backups.is_empty() {
            format!("There is no backup of {app}.")
        } else {
            format!("There is no backup “{}” of {app}.", selector.escape_debug())
        };
        Error::new(
            Code::BackupNotFound,
            message,
            format!(
                "Run `lifeboat backups {}` for the backups there are.",
                shell::word(app)
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use lifeboat_store::manifest::{Codec, Trigger};

    use super::{check_app_name, file_name, new_backup_id};

    #[test]
    fn ids_and_file_names_carry_the_moment() {
        let at: Timestamp = "2026-11-22T21:04:05Z".parse().expect("a time");
        assert!(new_backup_id(at).starts_with("20261122T210405Z-"));
        assert_ne!(new_backup_id(at), new_backup_id(at));
        assert_eq!(
            file_name("harbour", at, Trigger::PreRestore, Codec::Gzip),
            "harbour-20261122T210405Z-pre-restore.tar.gz"
        );
    }

    #[test]
    fn names_that_could_leave_the_vault_are_refused() {
        for bad in ["", "../x", "a b", "-x", "a/b", "a\n"] {
            assert!(check_app_name(bad).is_err(), "{bad:?}");
        }
        assert!(check_app_name("my-app_2.x").is_ok());
    }
}
