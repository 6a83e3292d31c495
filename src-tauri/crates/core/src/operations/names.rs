//! Names that people give: applications, backups, databases.

pub(super) use lifeboat_store::naming::{file_name, new_backup_id, new_job_name};
use lifeboat_store::protocol::BackupRecord;

use crate::error::{Code, Error};
use crate::shell;

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
    use super::check_app_name;

    #[test]
    fn names_that_could_leave_the_vault_are_refused() {
        for bad in ["", "../x", "a b", "-x", "a/b", "a\n"] {
            assert!(check_app_name(bad).is_err(), "{bad:?}");
        }
        assert!(check_app_name("my-app_2.x").is_ok());
    }
}
