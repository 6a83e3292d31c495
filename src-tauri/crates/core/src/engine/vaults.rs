//! What Lifeboat keeps on an engine: the helper's image, vaults, and the containers that keep them.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use bollard::models::{self, ContainerSummaryStateEnum as State};
use bollard::query_parameters::{
    CreateContainerOptionsBuilder, ListContainersOptionsBuilder, RemoveContainerOptionsBuilder,
};

use super::bundled::not_prepared;
use super::volumes::VolumeInfo;
use super::{
    CHANGE, Engine, LABEL_APP, LABEL_FORMAT, LABEL_ROLE, LISTING, has_status, is_missing,
    specification,
};
use crate::error::{Code, Error};

/// An ended session is left over once nobody can be about to read its end any more.
const ENDED_AGE_SECONDS: i64 = 60;
/// One that was never started follows its making within moments, or whoever made it is gone. It holds
/// on to the application's volumes, so it goes soon; a slow one that was taken away is made again.
const UNSTARTED_AGE_SECONDS: i64 = 30;

/// How often it is looked for what killed jobs left, while helpers are made.
const COLLECTING_PAUSE: Duration = Duration::from_secs(60);

impl Engine {
    /// Makes the vault of an application, if it is not there, and names its volume.
    ///
    /// # Errors
    /// `invalid-input` if a volume of that name belongs to somebody else; the `engine-…` codes.
    pub async fn create_vault(&self, app: &str) -> Result<String, Error> {
        let name = format!("lifeboat-{app}");
        if !is_valid_name(app) {
            return Err(Error::new(
                Code::InvalidInput,
                format!("\"{app}\" cannot be an application's name."),
                "Use the name that \"lifeboat apps\" shows.",
            ));
        }
        let wanted = VolumeInfo {
            name: name.clone(),
            labels: BTreeMap::from([
                (LABEL_ROLE.to_owned(), "vault".to_owned()),
                (LABEL_APP.to_owned(), app.to_owned()),
                (LABEL_FORMAT.to_owned(), "1".to_owned()),
            ]),
            ..VolumeInfo::default()
        };
        if self.volume(&name).await?.is_none() {
            self.create_volume(&wanted).await?;
        }
        // Looked at afterwards, because making a volume that exists succeeds and changes nothing.
        let found = self.volume(&name).await?;
        if found.is_some_and(|found| found.is_vault_of(app)) {
            return Ok(name);
        }
        Err(Error::new(
            Code::InvalidInput,
            format!("The volume {name} exists and is no vault of {app}."),
            "Rename or remove that volume, then try again.",
        ))
    }

    /// All vaults: volume and application.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn vaults(&self) -> Result<Vec<(String, String)>, Error> {
        let found = self.volumes_with(&[format!("{LABEL_ROLE}=vault")]).await?;
        Ok(found
            .into_iter()
            .filter_map(|volume| vault_of(&volume).map(|app| (volume.name, app)))
            .collect())
    }

    /// Sees to it that a container refers to the vault, so that `volume prune` leaves it alone. The
    /// container is made and never started.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn ensure_keeper(&self, vault_volume: &str, app: &str) -> Result<(), Error> {
        if self.has_keeper(vault_volume, app).await? {
            return Ok(());
        }
        self.require_volume(vault_volume).await?;
        let name = format!("lifeboat-keeper-{app}");
        let what = format!("The container that keeps the vault of {app} could not be made.");
        for attempt in 1..=2 {
            let image = self.ensure_helper().await?;
            let body = specification::keeper(&image, vault_volume, app);
            let options = CreateContainerOptionsBuilder::default().name(&name).build();
            match self
                .within(CHANGE)
                .create_container(Some(options), body)
                .await
            {
                Ok(_) => return Ok(()),
                Err(error) if is_missing(&error) && attempt == 1 => self.forget_helper().await,
                // The name is taken: somebody else was quicker, or the name is not ours.
                Err(error) if has_status(&error, 409) => {
                    let kept = self.has_keeper(vault_volume, app).await?;
                    return if kept {
                        Ok(())
                    } else {
                        Err(self.fail(&what, &error))
                    };
                }
                Err(error) => return Err(self.fail(&what, &error)),
            }
        }
        Err(not_prepared("the helper's image vanished twice"))
    }

    async fn has_keeper(&self, vault_volume: &str, app: &str) -> Result<bool, Error> {
        let labels = [format!("{LABEL_ROLE}=keeper"), format!("{LABEL_APP}={app}")];
        let keepers = self.own_containers(&labels).await?;
        Ok(keepers.iter().any(|keeper| {
            keeper
                .mounts
                .iter()
                .flatten()
                .any(|m| m.name.as_deref() == Some(vault_volume))
        }))
    }

    /// Removes session containers that ended and that nobody removed, and says how many.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn remove_leftover_sessions(&self) -> Result<usize, Error> {
        let now = self.now().await?.as_second();
        let mut removed = 0;
        for session in self
            .own_containers(&[format!("{LABEL_ROLE}=session")])
            .await?
        {
            let age_seconds = now - session.created.unwrap_or(now);
            let Some(id) = session.id else { continue };
            if is_left_over(session.state, age_seconds) {
                // Not by force: one that runs after all is not left over.
                self.remove_container(&id, false).await?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    /// The same, at most once a minute, and never a reason to fail.
    pub(super) async fn collect_leftover_sessions(&self) {
        let mut last = self.shared.collected.lock().await;
        if last.is_some_and(|at| at.elapsed() < COLLECTING_PAUSE) {
            return;
        }
        *last = Some(Instant::now());
        // A session that has ended still refers to its scratch.
        let sessions = self.remove_leftover_sessions().await.map(|_| ());
        let scratch = self.remove_leftover_scratch().await;
        for error in [sessions, scratch].into_iter().filter_map(Result::err) {
            tracing::warn!(?error, "what killed jobs left could not be removed");
        }
    }

    pub(super) async fn own_containers(
        &self,
        labels: &[String],
    ) -> Result<Vec<models::ContainerSummary>, Error> {
        let filters = HashMap::from([("label", labels.to_vec())]);
        let options = ListContainersOptionsBuilder::default()
            .all(true)
            .filters(&filters)
            .build();
        self.within(LISTING)
            .list_containers(Some(options))
            .await
            .map_err(|error| self.fail("Lifeboat's own containers could not be listed.", &error))
    }

    /// Removes a container of ours. One that is gone, or is being removed, is fine.
    pub(super) async fn remove_container(&self, id: &str, force: bool) -> Result<(), Error> {
        let options = RemoveContainerOptionsBuilder::default()
            .force(force)
            .v(true)
            .build();
        match self
            .within(CHANGE)
            .remove_container(id, Some(options))
            .await
        {
            Err(error) if !is_missing(&error) && !has_status(&error, 409) => {
                Err(self.fail("A container of Lifeboat's could not be removed.", &error))
            }
            _ => Ok(()),
        }
    }

    /// Refuses a volume that does not exist: mounting it would silently make an empty one.
    pub(super) async fn require_volume(&self, name: &str) -> Result<(), Error> {
        if self.volume(name).await?.is_some() {
            return Ok(());
        }
        Err(Error::new(
            Code::DatabaseNotFound,
            format!("The volume {name} does not exist on the engine."),
            "Look with \"docker volume ls\" whether it was removed or renamed.",
        ))
    }
}

/// Whether nobody can be waiting for a session's container any more.
fn is_left_over(state: Option<State>, age_seconds: i64) -> bool {
    match state {
        Some(State::EXITED | State::DEAD) => age_seconds > ENDED_AGE_SECONDS,
        Some(State::CREATED) => age_seconds > UNSTARTED_AGE_SECONDS,
        _ => false,
    }
}

/// The application whose vault a volume is by its labels.
pub(super) fn vault_of(volume: &VolumeInfo) -> Option<String> {
    (volume.labels.get(LABEL_ROLE).map(String::as_str) == Some("vault"))
        .then(|| volume.labels.get(LABEL_APP).cloned())
        .flatten()
}

/// What Docker takes for the name of a volume or container.
fn is_valid_name(name: &str) -> bool {
    let mut characters = name.chars();
    characters
        .next()
        .is_some_and(|first| first.is_ascii_alphanumeric())
        && characters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
}

#[cfg(test)]
mod tests {
    use super::{State, is_left_over};

    #[test]
    fn what_was_never_started_is_left_over_soon() {
        assert!(!is_left_over(Some(State::CREATED), 5));
        assert!(is_left_over(Some(State::CREATED), 31));
        assert!(!is_left_over(Some(State::EXITED), 31));
        assert!(is_left_over(Some(State::EXITED), 61));
        for state in [Some(State::RUNNING), Some(State::PAUSED), None] {
            assert!(!is_left_over(state, 1_000_000), "{state:?}");
        }
    }
}
