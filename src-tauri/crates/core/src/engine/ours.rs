//! More of what Lifeboat keeps on an engine: scratch volumes, and volumes made again for a restore.

use std::collections::BTreeMap;

use lifeboat_store::manifest::BackedVolume;
use lifeboat_store::{Failure, FailureKind};

use super::session::{Session, SessionError};
use super::volumes::VolumeInfo;
use super::{Engine, LABEL_APP, LABEL_ROLE};
use crate::error::Error;

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

    /// Removes scratch volumes that killed jobs left; those in use stay.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn remove_leftover_scratch(&self) -> Result<(), Error> {
        for volume in self
            .volumes_with(&[format!("{LABEL_ROLE}=scratch")])
            .await?
        {
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

    /// Removes an application's vault with its keeper. For a vault that is empty.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn remove_vault(&self, app: &str) -> Result<(), Error> {
        self.remove_keeper(app).await?;
        self.remove_volume(&format!("lifeboat-{app}")).await
    }
}

impl Engine {
    async fn remove_keeper(&self, app: &str) -> Result<(), Error> {
        let labels = [format!("{LABEL_ROLE}=keeper"), format!("{LABEL_APP}={app}")];
        for keeper in self.own_containers(&labels).await? {
            if let Some(id) = keeper.id {
                self.remove_container(&id, true).await?;
            }
        }
        Ok(())
    }
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
