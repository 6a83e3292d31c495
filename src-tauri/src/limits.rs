//! How long a text from the window may be. Nothing longer goes any further.

use lifeboat_core::{Code, Error};

/// Names of applications and what a person typed to confirm one.
pub const APP_BYTES: usize = 255;
/// Ids and file names of backups.
pub const BACKUP_BYTES: usize = 255;
/// Paths on this machine, and names of databases.
pub const PATH_BYTES: usize = 4096;
/// Free text on a backup.
pub const NOTE_BYTES: usize = 2000;
/// Names and values of settings.
pub const SETTING_BYTES: usize = 255;
/// Settings that are chosen at once.
pub const SETTINGS: usize = 100;
/// Ids of jobs and one-time tokens.
pub const TOKEN_BYTES: usize = 64;

/// Refuses `text` if it has more bytes than `limit_bytes`.
///
/// # Errors
/// `invalid-input`, naming `what`.
pub fn check(what: &str, text: &str, limit_bytes: usize) -> Result<(), Error> {
    if text.len() <= limit_bytes {
        return Ok(());
    }
    tracing::warn!(what, bytes = text.len(), "refused a text that is too long");
    Err(Error::new(
        Code::InvalidInput,
        format!("The {what} is longer than {limit_bytes} bytes."),
        "Use a shorter one.",
    ))
}

/// An application's name.
///
/// # Errors
/// `invalid-input`.
pub fn app(name: &str) -> Result<(), Error> {
    check("name of the application", name, APP_BYTES)
}

/// An application's name and a backup's id.
///
/// # Errors
/// `invalid-input`.
pub fn backup(app_name: &str, backup: &str) -> Result<(), Error> {
    app(app_name)?;
    check("name of the backup", backup, BACKUP_BYTES)
}

/// A path on this machine.
///
/// # Errors
/// `invalid-input`.
pub fn path(path: &str) -> Result<(), Error> {
    check("path", path, PATH_BYTES)
}

/// Settings to choose.
///
/// # Errors
/// `invalid-input`.
pub fn changes(changes: &[(String, Option<String>)]) -> Result<(), Error> {
    if changes.len() > SETTINGS {
        tracing::warn!(number = changes.len(), "refused too many settings");
        return Err(Error::new(
            Code::InvalidInput,
            format!("These are more than {SETTINGS} settings at once."),
            "Choose fewer at once.",
        ));
    }
    for (name, value) in changes {
        check("name of the setting", name, SETTING_BYTES)?;
        let value = value.as_deref().unwrap_or_default();
        check("value of the setting", value, SETTING_BYTES)?;
    }
    Ok(())
}

/// A token or a job's id.
///
/// # Errors
/// `invalid-input`.
pub fn token(token: &str) -> Result<(), Error> {
    check("token", token, TOKEN_BYTES)
}
