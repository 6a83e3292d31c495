//! Volumes: looked at, made, removed.

use std::collections::BTreeMap;

use bollard::models;
use bollard::query_parameters::{ListVolumesOptionsBuilder, RemoveVolumeOptionsBuilder};

use super::vaults::vault_of;
use super::{CHANGE, Engine, LISTING, QUESTION, is_missing};
use crate::error::Error;

/// A volume.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VolumeInfo {
    /// Its name.
    pub name: String,
    /// Its driver; `local` for the engine's own disk. Empty means `local` when one is made.
    pub driver: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// The driver's options.
    pub options: BTreeMap<String, String>,
    /// Where the engine keeps it; not looked at when one is made.
    pub mountpoint: String,
}

impl VolumeInfo {
    /// Its labels say that it is the vault of this application. One without them may still be: made
    /// by hand, or moved here from another engine.
    #[must_use]
    pub fn is_vault_of(&self, app: &str) -> bool {
        vault_of(self).as_deref() == Some(app)
    }
}

impl Engine {
    /// One volume; `None` if there is none.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn volume(&self, name: &str) -> Result<Option<VolumeInfo>, Error> {
        match self.within(QUESTION).inspect_volume(name).await {
            Ok(found) => Ok(Some(volume(found))),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(self.fail(
                &format!("The volume {name} could not be looked at."),
                &error,
            )),
        }
    }

    /// All volumes, by name.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn volumes(&self) -> Result<Vec<VolumeInfo>, Error> {
        self.volumes_with(&[]).await
    }

    /// The volumes with all of these labels (`key` or `key=value`), by name.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn volumes_with(&self, labels: &[String]) -> Result<Vec<VolumeInfo>, Error> {
        let listed = self.list_volumes(labels).await?;
        let mut volumes: Vec<_> = listed.into_iter().map(volume).collect();
        volumes.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(volumes)
    }

    /// The same in the engine's own words, among them when each was made.
    pub(super) async fn list_volumes(
        &self,
        labels: &[String],
    ) -> Result<Vec<models::Volume>, Error> {
        let filters = std::collections::HashMap::from([("label", labels.to_vec())]);
        let options = ListVolumesOptionsBuilder::default()
            .filters(&filters)
            .build();
        let listed = self
            .within(LISTING)
            .list_volumes(Some(options))
            .await
            .map_err(|error| self.fail("The volumes could not be listed.", &error))?;
        Ok(listed.volumes.unwrap_or_default())
    }

    /// Makes a volume. One that exists is left as it is.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn create_volume(&self, wanted: &VolumeInfo) -> Result<(), Error> {
        let request = models::VolumeCreateRequest {
            name: Some(wanted.name.clone()),
            driver: (!wanted.driver.is_empty()).then(|| wanted.driver.clone()),
            driver_opts: Some(wanted.options.clone().into_iter().collect()),
            labels: Some(wanted.labels.clone().into_iter().collect()),
            cluster_volume_spec: None,
        };
        let what = format!("The volume {} could not be made.", wanted.name);
        let made = self.within(CHANGE).create_volume(request).await;
        made.map(|_| ()).map_err(|error| self.fail(&what, &error))
    }

    /// Removes a volume that nothing uses. One that is gone already is fine.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn remove_volume(&self, name: &str) -> Result<(), Error> {
        let options = RemoveVolumeOptionsBuilder::default().build();
        match self.within(CHANGE).remove_volume(name, Some(options)).await {
            Err(error) if !is_missing(&error) => {
                Err(self.fail(&format!("The volume {name} could not be removed."), &error))
            }
            _ => Ok(()),
        }
    }
}

fn volume(found: models::Volume) -> VolumeInfo {
    VolumeInfo {
        name: found.name,
        driver: found.driver,
        labels: found.labels.into_iter().collect(),
        options: found.options.into_iter().collect(),
        mountpoint: found.mountpoint,
    }
}
