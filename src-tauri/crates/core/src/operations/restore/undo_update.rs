//! The undo of an update: beside the data, the old release's containers come back.

use super::UndoEntry;
use crate::api::ReleaseChange;
use crate::engine::Engine;
use crate::error::{Code, Error};
use crate::operations::containers::{Replacement, aside_name};
use crate::operations::update::{keep_tag, release_in_words};

/// The containers of the release that runs give way to those of the one before.
pub(super) async fn replacements(
    engine: &Engine,
    app: &str,
    entry: &UndoEntry,
    job: &str,
) -> Result<Vec<Replacement>, Error> {
    let mut found = Vec::new();
    for before in &entry.replacements {
        let present = engine.container(&before.name).await?;
        let blueprint = match &present {
            Some(present) => engine.blueprint(&present.id).await?,
            None => None,
        };
        let (Some(present), Some(blueprint)) = (present, blueprint) else {
            return Err(Error::new(
                Code::Unsupported,
                format!("The container {} is not there any more.", before.name),
                "Start the application again with `docker compose up -d`, then undo.",
            ));
        };
        if engine.image(&before.present.image_id).await?.is_none() {
            return Err(Error::new(
                Code::Unsupported,
                format!(
                    "The image that {} ran before is gone from the engine.",
                    before.name
                ),
                format!(
                    "Restore the data alone: lifeboat restore {app} {}",
                    entry.backup_id
                ),
            ));
        }
        found.push(Replacement {
            service: before.service.clone(),
            keep_tag: keep_tag(app, &blueprint.image_id),
            aside_name: aside_name(&before.name, job),
            present_id: present.id,
            name: before.name.clone(),
            present: blueprint,
            next: before.present.clone(),
            reference: before.reference.clone(),
        });
    }
    Ok(found)
}

/// The same in words, for the plan.
pub(super) async fn in_words(
    engine: &Engine,
    replacements: &[Replacement],
) -> Result<Vec<ReleaseChange>, Error> {
    let mut changes = Vec::new();
    for one in replacements {
        let words = async |image_id: &str| -> Result<String, Error> {
            let image = engine.image(image_id).await?;
            Ok(image.map_or_else(
                || image_id.to_owned(),
                |image| release_in_words(&one.next.image, &image),
            ))
        };
        changes.push(ReleaseChange {
            service: one.service.clone(),
            from: words(&one.present.image_id).await?,
            to: words(&one.next.image_id).await?,
        });
    }
    Ok(changes)
}
