//! The guardian's container: one for each protected application, made, looked at, woken, removed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bollard::models::{
    ContainerCreateBody, ContainerSummary, HostConfig, Mount, RestartPolicy, RestartPolicyNameEnum,
};
use bollard::query_parameters::{
    CreateContainerOptionsBuilder, KillContainerOptionsBuilder, StopContainerOptionsBuilder,
};

use lifeboat_store::protocol::WRITABLE_PATH;

use super::specification::{self, SessionSpec};
use super::{
    CHANGE, Engine, LABEL_APP, LABEL_JOB, LABEL_ROLE, LABEL_VERSION, UNLIMITED, has_status,
    is_missing,
};
use crate::error::Error;

/// The helper's argument for its other life, and the one that names the application.
const WORDS: [&str; 2] = ["guard", "--app="];

/// How long a guardian has for ending what it is at, in seconds.
const GRACE_SECONDS: i32 = 10;

/// A guardian's container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuardianContainer {
    /// Its ID.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The image that it runs.
    pub image_id: String,
    /// The engine's word: `running`, `exited`…
    pub state: String,
    /// The version of whoever made it.
    pub version: String,
}

impl GuardianContainer {
    /// It runs.
    #[must_use]
    pub fn runs(&self) -> bool {
        self.state == "running"
    }
}

impl Engine {
    /// The guardian of an application; `None` if there is none.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn guardian(&self, app: &str) -> Result<Option<GuardianContainer>, Error> {
        let label = format!("{LABEL_APP}={app}");
        Ok(self.guardians_with(&[label]).await?.into_iter().next())
    }

    /// The applications that have a guardian, whatever state it is in.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn guarded_apps(&self) -> Result<BTreeSet<String>, Error> {
        Ok(self.guardians().await?.into_keys().collect())
    }

    /// The guardians of all applications, by application.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn guardians(&self) -> Result<BTreeMap<String, GuardianContainer>, Error> {
        let found = self
            .own_containers(&[format!("{LABEL_ROLE}=guardian")])
            .await?;
        Ok(found
            .into_iter()
            .filter_map(|summary| {
                let app = summary.labels.as_ref()?.get(LABEL_APP)?.clone();
                Some((app, container_of(summary)?))
            })
            .collect())
    }

    async fn guardians_with(&self, labels: &[String]) -> Result<Vec<GuardianContainer>, Error> {
        let mut wanted = vec![format!("{LABEL_ROLE}=guardian")];
        wanted.extend_from_slice(labels);
        let found = self.own_containers(&wanted).await?;
        Ok(found.into_iter().filter_map(container_of).collect())
    }

    /// Makes and starts the guardian of an application. One that is there gives way.
    ///
    /// # Errors
    /// `helper-missing`; the `engine-…` codes.
    pub async fn start_guardian(
        &self,
        app: &str,
        spec: &SessionSpec,
        version: &str,
    ) -> Result<GuardianContainer, Error> {
        let what = format!("The guardian of {app} could not be started.");
        let image = self.ensure_helper().await?;
        self.remove_guardian(app).await?;
        let options = CreateContainerOptionsBuilder::default()
            .name(&format!("lifeboat-guardian-{app}"))
            .build();
        let body = body(app, spec, version, &image);
        let docker = self.within(CHANGE);
        let made = docker.create_container(Some(options), body).await;
        let id = made.map_err(|error| self.fail(&what, &error))?.id;
        self.start(&id).await?;
        let there = self.guardian(app).await?;
        Ok(there.unwrap_or(GuardianContainer {
            id,
            name: format!("lifeboat-guardian-{app}"),
            image_id: image,
            state: "running".to_owned(),
            version: version.to_owned(),
        }))
    }

    /// Ends and removes the guardian of an application; a backup that it takes is cancelled.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn remove_guardian(&self, app: &str) -> Result<(), Error> {
        let label = format!("{LABEL_APP}={app}");
        for guardian in self.guardians_with(&[label]).await? {
            let options = StopContainerOptionsBuilder::default()
                .t(GRACE_SECONDS)
                .build();
            let docker = self.within(UNLIMITED);
            let stopped = docker.stop_container(&guardian.id, Some(options)).await;
            if let Err(error) = stopped
                && !is_missing(&error)
                && !has_status(&error, 304)
            {
                return Err(self.fail("The guardian could not be stopped.", &error));
            }
            self.remove_container(&guardian.id, true).await?;
        }
        Ok(())
    }

    /// Has a guardian look at its settings now. One that does not run reads them when it starts.
    pub async fn wake_guardian(&self, app: &str) {
        let Ok(Some(guardian)) = self.guardian(app).await else {
            return;
        };
        let options = KillContainerOptionsBuilder::default()
            .signal("SIGHUP")
            .build();
        let docker = self.within(CHANGE);
        let woken = docker.kill_container(&guardian.id, Some(options)).await;
        if let Err(error) = woken {
            tracing::debug!(%error, "the guardian was not woken");
        }
    }
}

/// What a listing of containers says of one.
fn container_of(summary: ContainerSummary) -> Option<GuardianContainer> {
    let names = summary.names.unwrap_or_default();
    let mut labels = summary.labels.unwrap_or_default();
    Some(GuardianContainer {
        id: summary.id?,
        name: names
            .first()
            .map_or_else(String::new, |name| name.trim_start_matches('/').to_owned()),
        image_id: summary.image_id.unwrap_or_default(),
        state: summary
            .state
            .map_or_else(String::new, |state| state.to_string()),
        version: labels.remove(LABEL_VERSION).unwrap_or_default(),
    })
}

/// The same once more, where it may be written.
fn writable(mount: &Mount) -> Mount {
    let place = mount.target.as_deref().unwrap_or_default();
    Mount {
        target: Some(format!("{WRITABLE_PATH}{place}")),
        read_only: Some(false),
        ..mount.clone()
    }
}

/// The container: a session's confinement and mounts, which stays and comes back with the engine.
fn body(app: &str, spec: &SessionSpec, version: &str, image: &str) -> ContainerCreateBody {
    let session = spec.container(image, false);
    let mut labels: HashMap<String, String> = session.labels.unwrap_or_default();
    labels.remove(LABEL_JOB);
    labels.insert(LABEL_ROLE.to_owned(), "guardian".to_owned());
    labels.insert(LABEL_APP.to_owned(), app.to_owned());
    labels.insert(LABEL_VERSION.to_owned(), version.to_owned());
    let mut host = session.host_config.unwrap_or_default();
    // What can only be read where it could be written is read through these, and nothing else.
    let mounts = host.mounts.get_or_insert_default();
    let writable: Vec<Mount> = mounts.iter().map(writable).collect();
    mounts.extend(writable);
    ContainerCreateBody {
        cmd: Some(vec![WORDS[0].to_owned(), format!("{}{app}", WORDS[1])]),
        attach_stdin: Some(false),
        attach_stdout: Some(false),
        attach_stderr: Some(false),
        open_stdin: Some(false),
        stdin_once: Some(false),
        labels: Some(labels),
        host_config: Some(HostConfig {
            // Not `unless-stopped`: an engine that was killed stops what it finds running when it comes back,
            // takes that for somebody's wish (Docker 20.10), and would never start the guardian again.
            restart_policy: Some(RestartPolicy {
                name: Some(RestartPolicyNameEnum::ALWAYS),
                maximum_retry_count: None,
            }),
            log_config: Some(specification::log("json-file", &[("max-size", "1m")])),
            ..host
        }),
        ..session
    }
}
