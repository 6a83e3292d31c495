//! Containers give way to others. The old one stays, stopped and under another name, until the new
//! one has proven itself: nothing has to be made again on the way back.
//!
//! Where things stand is told by names and IDs on the engine, so each step may be repeated.

use serde::{Deserialize, Serialize};

use super::StoppedContainer;
use crate::engine::{Blueprint, Engine, RestartPolicy};
use crate::error::Error;

/// One container that gives way to another.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::operations) struct Replacement {
    /// The service, or the container's name.
    pub(in crate::operations) service: String,
    /// The container that runs now.
    pub(in crate::operations) present_id: String,
    /// Its name, which the other one takes over.
    pub(in crate::operations) name: String,
    /// What it is called meanwhile.
    pub(in crate::operations) aside_name: String,
    /// How it was made.
    pub(in crate::operations) present: Blueprint,
    /// How the other one is to be made.
    pub(in crate::operations) next: Blueprint,
    /// The image reference, whose tag moves with them; `None` for one that names an image by content.
    pub(in crate::operations) reference: Option<String>,
    /// A name of ours that keeps the present image on the engine.
    pub(in crate::operations) keep_tag: String,
}

/// What a present container is called while another one has its name.
pub(in crate::operations) fn aside_name(name: &str, job: &str) -> String {
    format!("{name}-before-{job}")
}

/// The present containers, stopped, get out of the way; the others are made in their place. Gives
/// everyone who is to be started, with the others' IDs.
pub(in crate::operations) async fn put_aside(
    engine: &Engine,
    containers: &[StoppedContainer],
    replacements: &[Replacement],
) -> Result<Vec<StoppedContainer>, Error> {
    let mut everyone = containers.to_vec();
    for replacement in replacements {
        let present = engine.container(&replacement.present_id).await?;
        if present.is_some_and(|present| present.name != replacement.aside_name) {
            engine
                .rename(&replacement.present_id, &replacement.aside_name)
                .await?;
        }
        remove_other(engine, replacement).await?;
        let id = engine.create_from(&replacement.next).await?;
        for container in &mut everyone {
            if container.id == replacement.present_id {
                container.id.clone_from(&id);
            }
        }
    }
    Ok(everyone)
}

/// Everyone who is to be started, with the others' IDs; `None` if one of the others is not there.
pub(in crate::operations) async fn others(
    engine: &Engine,
    containers: &[StoppedContainer],
    replacements: &[Replacement],
) -> Result<Option<Vec<StoppedContainer>>, Error> {
    let mut everyone = containers.to_vec();
    for replacement in replacements {
        let other = engine.container(&replacement.name).await?;
        let Some(other) = other.filter(|other| other.id != replacement.present_id) else {
            return Ok(None);
        };
        for container in &mut everyone {
            if container.id == replacement.present_id {
                container.id.clone_from(&other.id);
            }
        }
    }
    Ok(Some(everyone))
}

/// The others go, and the present containers have their names again; nobody is started.
pub(in crate::operations) async fn put_back(
    engine: &Engine,
    replacements: &[Replacement],
) -> Result<(), Error> {
    for replacement in replacements {
        remove_other(engine, replacement).await?;
        let present = engine.container(&replacement.present_id).await?;
        if present.is_some_and(|present| present.name != replacement.name) {
            engine
                .rename(&replacement.present_id, &replacement.name)
                .await?;
        }
    }
    Ok(())
}

/// Removes the container that took over the name, if one did. No volume goes with it.
async fn remove_other(engine: &Engine, replacement: &Replacement) -> Result<(), Error> {
    let Some(other) = engine.container(&replacement.name).await? else {
        return Ok(());
    };
    if other.id == replacement.present_id {
        return Ok(());
    }
    engine
        .set_restart_policy(&other.id, &RestartPolicy::never())
        .await?;
    engine.stop(&other.id, None).await?;
    engine.remove_application_container(&other.id).await
}

/// The present containers are not needed any more.
pub(in crate::operations) async fn remove_present(
    engine: &Engine,
    replacements: &[Replacement],
) -> Result<(), Error> {
    for replacement in replacements {
        let present = engine.container(&replacement.present_id).await?;
        if present.is_some_and(|present| present.name == replacement.aside_name) {
            engine
                .remove_application_container(&replacement.present_id)
                .await?;
        }
    }
    Ok(())
}

/// The names that compose uses stand for these images: the next ones, or the present ones again.
pub(in crate::operations) async fn name_images(
    engine: &Engine,
    replacements: &[Replacement],
    choose: impl Fn(&Replacement) -> &str,
) {
    for replacement in replacements {
        let Some(reference) = &replacement.reference else {
            continue;
        };
        if let Err(error) = engine.tag(choose(replacement), reference).await {
            tracing::warn!(?error, %reference, "a name stands for another image than it should");
        }
    }
}
