//! More of what Lifeboat keeps on an engine: scratch volumes, and volumes made again for a restore.

use std::collections::{BTreeMap, HashMap};

use bollard::models::ContainerSummaryStateEnum as State;
use bollard::query_parameters::{ListImagesOptionsBuilder, RemoveImageOptions};
use jiff::Timestamp;
use lifeboat_store::manifest::BackedVolume;
use lifeboat_store::{Failure, FailureKind};

use super::session::{Session, SessionError};
use super::volumes::VolumeInfo;
use super::{CHANGE, Engine, LABEL_APP, LABEL_ROLE, LISTING, has_status, is_missing};
use crate::error::Error;

/// A scratch volume that no container refers to is left over once its job cannot be at its making
/// any more.
const SCRATCH_AGE_SECONDS: i64 = 600;

impl Engine {
    /// Makes a volume for the copies of one job, and gives its name.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn create_scratch(&self, job: &str) -> Result<String, Error> {
        let name = format!("lifeboat-scratch-{job}");
        let labels = BTreeMap::from([(LABEL_ROLE.to_owned(), "scratch".to_owned())]);
        let wanted = VolumeInfo {
            name: name.clone(),
            labels,
            ..VolumeInfo::default()
        };
        self.create_volume(&wanted).await?;
        Ok(name)
    }

    /// Removes scratch volumes that killed jobs left; those in use stay, and young ones: their job
    /// may be about to use them.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn remove_leftover_scratch(&self) -> Result<(), Error> {
        let labels = [format!("{LABEL_ROLE}=scratch")];
        let found = self.list_volumes(&labels).await?;
        if found.is_empty() {
            return Ok(());
        }
        let now = self.now().await?;
        for volume in found {
            let made: Option<Timestamp> = volume.created_at.and_then(|at| at.parse().ok());
            let age_seconds = made.map_or(0, |made| now.as_second() - made.as_second());
            if age_seconds <= SCRATCH_AGE_SECONDS {
                continue;
            }
            // One in use is refused by the engine, which is what is wanted.
            let _ = self.remove_volume(&volume.name).await;
        }
        Ok(())
    }

    /// Makes a volume again as a backup remembers it, so that compose takes it for its own.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn create_backed_volume(&self, backed: &BackedVolume) -> Result<(), Error> {
        self.create_volume(&VolumeInfo {
            name: backed.name.clone(),
            driver: backed.driver.clone(),
            labels: backed.labels.clone(),
            options: backed.options.clone(),
            mountpoint: String::new(),
        })
        .await
    }

    /// Removes an application's vault with its guardian and keeper.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn remove_vault(&self, app: &str) -> Result<(), Error> {
        self.remove_guardian(app).await?;
        self.remove_keepers(app).await?;
        self.remove_volume(&format!("lifeboat-{app}")).await
    }
}

impl Engine {
    /// Names of the containers that keep an application's vault.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn keepers(&self, app: &str) -> Result<Vec<String>, Error> {
        let labels = [format!("{LABEL_ROLE}=keeper"), format!("{LABEL_APP}={app}")];
        let keepers = self.own_containers(&labels).await?;
        let names = keepers
            .into_iter()
            .filter_map(|keeper| keeper.names?.into_iter().next());
        Ok(names
            .map(|name| name.trim_start_matches('/').to_owned())
            .collect())
    }

    /// Removes containers of ours that have ended and still refer to a volume.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn remove_ended_sessions_of(&self, volume: &str) -> Result<(), Error> {
        for session in self
            .own_containers(&[format!("{LABEL_ROLE}=session")])
            .await?
        {
            let refers = session
                .mounts
                .iter()
                .flatten()
                .any(|m| m.name.as_deref() == Some(volume));
            let ended = matches!(session.state, Some(State::EXITED | State::DEAD));
            if let (true, Some(id)) = (refers && ended, session.id) {
                self.remove_container(&id, false).await?;
            }
        }
        Ok(())
    }

    /// The helper's images on the engine, of whatever version: ID and name.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn helper_images(&self) -> Result<Vec<String>, Error> {
        let filters = HashMap::from([("label", vec![format!("{LABEL_ROLE}=helper")])]);
        let options = ListImagesOptionsBuilder::default()
            .filters(&filters)
            .build();
        let images = self
            .within(LISTING)
            .list_images(Some(options))
            .await
            .map_err(|error| self.fail("The images could not be listed.", &error))?;
        Ok(images
            .into_iter()
            .map(|image| name_of(image.repo_tags, image.id))
            .collect())
    }

    /// Removes an image of the helper. One that is gone is fine; it is loaded again when needed.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn remove_helper_image(&self, image: &str) -> Result<(), Error> {
        self.forget_helper().await;
        match self
            .within(CHANGE)
            .remove_image(image, None::<RemoveImageOptions>, None)
            .await
        {
            // Still in use: somebody else has begun to need it meanwhile.
            Err(error) if !is_missing(&error) && !has_status(&error, 409) => {
                Err(self.fail(&format!("The image {image} could not be removed."), &error))
            }
            _ => Ok(()),
        }
    }

    /// Removes the containers that keep an application's vault.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn remove_keepers(&self, app: &str) -> Result<(), Error> {
        let labels = [format!("{LABEL_ROLE}=keeper"), format!("{LABEL_APP}={app}")];
        for keeper in self.own_containers(&labels).await? {
            if let Some(id) = keeper.id {
                self.remove_container(&id, true).await?;
            }
        }
        Ok(())
    }
}

/// What an image can be removed by: older engines say `<none>:<none>` where there is no name.
fn name_of(tags: Vec<String>, id: String) -> String {
    tags.into_iter()
        .find(|tag| !tag.contains("<none>"))
        .unwrap_or(id)
}

impl Session {
    /// Ends the helper; a container that stays behind is collected later and no failure of the job.
    pub async fn close_quietly(self) {
        if let Err(error) = self.close().await {
            tracing::warn!(?error, "a helper's container was left behind");
        }
    }
}

impl SessionError {
    /// The helper answered something that was not asked for.
    #[must_use]
    pub fn unexpected_answer() -> Self {
        Self::Failed(Failure::new(
            FailureKind::Protocol,
            "the helper answered something else",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::name_of;

    #[test]
    fn an_image_without_a_name_is_known_by_its_id() {
        let id = || "sha256:c021".to_owned();
        for tags in [vec![], vec!["<none>:<none>".to_owned()]] {
            assert_eq!(name_of(tags, id()), id());
        }
        let named = vec!["lifeboat-helper:0.1.0".to_owned()];
        assert_eq!(name_of(named, id()), "lifeboat-helper:0.1.0");
    }
}
