//! A good ending: the old containers go, and the way back is kept.

use lifeboat_store::protocol::{Answer, CollectRequest, Request};

use super::OPERATION;
use super::fetch::tidy_images;
use super::logbook::{Entry, Phase};
use crate::api::Backup;
use crate::error::Error;
use crate::lifeboat::Lifeboat;
use crate::operations::containers::remove_present;
use crate::operations::failure::error_of;
use crate::operations::releases::learn_ours;
use crate::operations::restore::UndoEntry;
use crate::operations::vault::{OpenedVault, backup_of};

/// The release is good: old containers go, the cold copies become a backup, the way back is
/// remembered. May be repeated at any point.
pub(super) async fn finish(
    lifeboat: &Lifeboat,
    vault: &mut OpenedVault,
    entry: &mut Entry,
) -> Result<Option<Backup>, Error> {
    let engine = lifeboat.engine_handle();
    let failed = |failure| error_of("The way back could not be kept as a backup", failure);
    entry.write(vault, Phase::Finishing).await.map_err(failed)?;
    remove_present(engine, &entry.replacements).await?;
    let request = Request::CollectColdPoint(Box::new(CollectRequest {
        backup: entry.cold.clone(),
    }));
    let kept = match vault.ask_quietly(request).await.map_err(failed)? {
        Answer::Backup(record) => Some(backup_of(record)),
        _ => None,
    };
    let undo = UndoEntry {
        operation: OPERATION.to_owned(),
        backup_id: kept
            .as_ref()
            .map_or_else(|| entry.cold.id.clone(), |backup| backup.id.clone()),
        restored_id: entry.to.clone(),
        replacements: entry.replacements.clone(),
    };
    let undo = serde_json::to_value(undo).expect("an entry is plain data");
    vault
        .ask_quietly(Request::WriteUndo { entry: Some(undo) })
        .await
        .map_err(failed)?;
    let needed: Vec<String> = entry
        .replacements
        .iter()
        .map(|one| one.keep_tag.clone())
        .collect();
    tidy_images(engine, &entry.cold.app, &needed).await;
    learn_ours(lifeboat, &entry.cold.app, vault, &entry.built_from).await;
    entry.end(vault).await.map_err(failed)?;
    Ok(kept)
}
