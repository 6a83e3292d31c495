//! Small changes to backups: delete, pin.

use lifeboat_store::manifest::Notes;
use lifeboat_store::protocol::Request;

use super::failure::error_of;
use super::list::quietly;
use super::names;
use super::vault::{AuditTrail, Needs, OpenedVault, backup_of};
use crate::api::Backup;
use crate::error::{Code, Error};
use crate::lifeboat::Lifeboat;
use crate::shell;

/// Deletes a backup for good.
pub(crate) async fn delete(
    lifeboat: &Lifeboat,
    app: &str,
    selector: &str,
) -> Result<Backup, Error> {
    let (mut vault, backup) = open(lifeboat, app, selector, "delete").await?;
    let trail = AuditTrail::begin(lifeboat, app, "delete", backup.id.clone());
    let outcome = if backup.pinned {
        Err(Error::new(
            Code::Pinned,
            format!(
                "{} is pinned, and pinned backups are not deleted.",
                backup.file_name
            ),
            format!(
                "Unpin it first: lifeboat unpin {} {}",
                shell::word(app),
                backup.id
            ),
        ))
    } else {
        let request = Request::Delete {
            ids: vec![backup.id.clone()],
        };
        vault
            .ask_quietly(request)
            .await
            .map(|_| backup)
            .map_err(|failure| error_of("The backup could not be deleted", failure))
    };
    trail.end(vault, outcome).await
}

/// Pins or unpins a backup.
pub(crate) async fn set_pinned(
    lifeboat: &Lifeboat,
    app: &str,
    selector: &str,
    pinned: bool,
) -> Result<Backup, Error> {
    let (mut vault, mut backup) = open(lifeboat, app, selector, "pin").await?;
    let operation = if pinned { "pin" } else { "unpin" };
    let trail = AuditTrail::begin(lifeboat, app, operation, backup.id.clone());
    let notes = Notes {
        pinned,
        note: backup.note.clone(),
    };
    let request = Request::SetNotes {
        id: backup.id.clone(),
        notes,
    };
    let outcome = vault
        .ask_quietly(request)
        .await
        .map_err(|failure| error_of("The pin could not be changed", failure))
        .map(|_| {
            backup.pinned = pinned;
            backup
        });
    trail.end(vault, outcome).await
}

async fn open(
    lifeboat: &Lifeboat,
    app: &str,
    selector: &str,
    purpose: &'static str,
) -> Result<(OpenedVault, Backup), Error> {
    lifeboat.require_vault(app).await?;
    let needs = Needs {
        purpose,
        exclusive: true,
        ..Needs::default()
    };
    let mut vault = lifeboat.open_vault(app, &needs, &quietly()).await?;
    let found = match vault.list(app).await {
        Ok(listing) => names::select(&listing.backups, app, selector).cloned(),
        Err(error) => Err(error),
    };
    match found {
        Ok(record) => Ok((vault, backup_of(record))),
        Err(error) => {
            vault.close().await;
            Err(error)
        }
    }
}
