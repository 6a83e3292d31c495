//! A good ending: the old containers go, and the way back is kept.

use lifeboat_store::manifest::Finding;
use lifeboat_store::protocol::{Answer, CollectRequest, Request};

use super::OPERATION;
use super::fetch::tidy_images;
use super::logbook::{Entry, Phase};
use crate::error::Error;
use crate::lifeboat::Lifeboat;
use crate::operations::containers::remove_present;
use crate::operations::failure::error_of;
use crate::operations::releases::learn_ours;
use crate::operations::restore::UndoEntry;
use crate::operations::vault::OpenedVault;

/// The way back that a good update leaves.
pub(super) struct WayBack {
    /// The backup that an undo puts back.
    pub(super) backup_id: String,
    /// That it is not the state of the stop, where that could not be kept.
    pub(super) finding: Option<Finding>,
}

/// The release is good: old containers go, the cold copies become a backup, the way back is
/// remembered. May be repeated at any point.
pub(super) async fn finish(
    lifeboat: &Lifeboat,
    vault: &mut OpenedVault,
    entry: &mut Entry,
) -> Result<WayBack, Error> {
    let engine = lifeboat.engine_handle();
    let failed = |failure| error_of("The way back could not be kept as a backup", failure);
    entry.write(vault, Phase::Finishing).await.map_err(failed)?;
    remove_present(engine, &entry.replacements).await?;
    let request = Request::CollectColdPoint(Box::new(CollectRequest {
        backup: entry.cold.clone(),
    }));
    let way_back = match vault.ask_quietly(request).await.map_err(failed)? {
        Answer::Backup(record) => WayBack {
            backup_id: record.summary.id,
            finding: None,
        },
        _ => WayBack {
            backup_id: entry.hot_backup_id.clone(),
            finding: Some(copies_touched(entry)),
        },
    };
    let undo = UndoEntry {
        operation: OPERATION.to_owned(),
        backup_id: way_back.backup_id.clone(),
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
    Ok(way_back)
}

fn copies_touched(entry: &Entry) -> Finding {
    Finding {
        code: "cold-copy-touched".to_owned(),
        volume: None,
        path: None,
        message: format!(
            "The new release touched the copy of the quiet database, so it was not kept. An undo would \
             put back the backup {} from before the stop.",
            entry.hot_backup_id
        ),
    }
}
