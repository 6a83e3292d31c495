//! So that compose knows its containers again: the new ones carry the hash that compose would give
//! them, and `up -d` with an unchanged file makes nothing anew.

use lifeboat_store::manifest::Finding;

use super::plan::Prepared;
use crate::api::AppKind;
use crate::engine::Engine;
use crate::operations::compose;
use crate::operations::containers::{Replacement, name_images};

/// Writes compose's hashes into the labels of the containers to come. A service whose description was
/// edited since it was started keeps its old hash unless the edit is applied: compose will see it.
pub(super) async fn label_for_compose(
    engine: &Engine,
    prepared: &Prepared,
    replacements: &mut [Replacement],
) -> Vec<Finding> {
    let app = prepared.resolved.app.as_ref();
    let Some(app) = app.filter(|app| app.kind == AppKind::Compose) else {
        return Vec::new();
    };
    let Some(project) = &prepared.project else {
        return vec![unknown(&app.name)];
    };
    // A generation of compose counts the image into the hash, by what its name stands for.
    if project.counts_images() {
        name_images(engine, replacements, |one| &one.present.image_id).await;
    }
    let before = project.hashes().await;
    let after = if project.counts_images() {
        name_images(engine, replacements, |one| &one.next.image_id).await;
        project.hashes().await
    } else {
        before.clone()
    };
    let (Some(before), Some(after)) = (before, after) else {
        return vec![unknown(&app.name)];
    };
    let drifted = compose::drifted(&app.containers, &before);
    for replacement in replacements {
        if let Some(hash) = after.get(&replacement.service)
            && (!drifted.contains(&replacement.service)
                || prepared.applies_edits_to(&replacement.service))
        {
            replacement.next.set_label(compose::CONFIG_HASH, hash);
        }
    }
    Vec::new()
}

fn unknown(app: &str) -> Finding {
    Finding {
        code: "compose-not-asked".to_owned(),
        volume: None,
        path: None,
        message: format!(
            "The compose files of {app} could not be read here, so the next `docker compose up -d` \
             may make its containers again, with the same image and the same data."
        ),
    }
}
