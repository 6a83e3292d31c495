//! Containers of others: looked at, stopped, started, nothing else.

use std::collections::BTreeMap;
use std::time::Duration;

use bollard::models;
use bollard::query_parameters::{
    ListContainersOptionsBuilder, LogsOptionsBuilder, StatsOptionsBuilder,
    StopContainerOptionsBuilder,
};
use futures_util::{StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use lifeboat_store::protocol::{Answer, Request};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use super::{CHANGE, Engine, LABEL_ROLE, LISTING, QUESTION, SessionSpec, UNLIMITED, is_missing};
use crate::api::StorageKind;
use crate::error::Error;

/// How many containers are inspected at the same time; each takes a connection.
const INSPECTED_AT_ONCE: usize = 8;

/// How long a container without a wish of its own may take to stop: the engine's default.
const DEFAULT_GRACE_SECONDS: i64 = 10;

/// At most this much of a container's log is kept.
const LOG_LIMIT_BYTES: usize = 256 * 1024;

/// A container, as far as Lifeboat cares.
#[derive(Debug, Clone, PartialEq)]
pub struct Container {
    /// Its ID.
    pub id: String,
    /// Its name, without the slash.
    pub name: String,
    /// The image reference that it was made from.
    pub image: String,
    /// The image's ID.
    pub image_id: String,
    /// `running`, `exited`, `paused`, `created`, `restarting`, `removing`, `dead`.
    pub state: String,
    /// `healthy`, `unhealthy`, `starting`, or `none` if it has no health check.
    pub health: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// What it mounts.
    pub mounts: Vec<Mount>,
    /// Whether the engine starts it again.
    pub restart_policy: RestartPolicy,
    /// The engine removes it when it stops (`--rm`).
    pub auto_remove: bool,
    /// The runtime's name, such as `runc`.
    pub runtime: String,
    /// `host` where the engine's user namespace is turned off for it; else empty.
    pub user_namespace_mode: String,
    /// When it was last started; `None` if never.
    pub started_at: Option<Timestamp>,
    /// How often the engine has restarted it.
    pub restart_count: i64,
    /// What it ended with; meaningful while it is not running.
    pub exit_code: i64,
    /// How long it asks to be given when it is stopped.
    pub stop_timeout_seconds: Option<i64>,
}

impl Container {
    /// It runs, or will go on where it was (`paused`, `restarting`).
    #[must_use]
    pub fn is_active(&self) -> bool {
        matches!(
            self.state.as_str(),
            "running" | "paused" | "restarting" | "stopping"
        )
    }
}

/// What is mounted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MountKind {
    /// A volume or a path of the host.
    Storage(StorageKind),
    /// Memory.
    Tmpfs,
    /// Something else (a named pipe, an image, a cluster volume).
    Other,
}

/// A mount of a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// What.
    pub kind: MountKind,
    /// The volume's name, or the host path of a bind; empty for the others.
    pub name: String,
    /// Where the container sees it.
    pub destination: String,
    /// The container may write to it.
    pub read_write: bool,
    /// The volume's driver; empty for the others.
    pub driver: String,
    /// How mounts beneath it spread; empty for volumes.
    pub propagation: String,
}

/// Whether the engine starts a container again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestartPolicy {
    /// `no`, `always`, `unless-stopped` or `on-failure`.
    pub name: String,
    /// For `on-failure`: how often; 0 for no limit.
    pub maximum_retry_count: i64,
}

impl RestartPolicy {
    /// Never.
    #[must_use]
    pub fn never() -> Self {
        Self {
            name: "no".to_owned(),
            maximum_retry_count: 0,
        }
    }
}

impl Engine {
    /// All containers, running or not, except Lifeboat's own.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn containers(&self) -> Result<Vec<Container>, Error> {
        let what = "The containers could not be listed.";
        let options = ListContainersOptionsBuilder::default().all(true).build();
        let listed = self
            .within(LISTING)
            .list_containers(Some(options))
            .await
            .map_err(|error| self.fail(what, &error))?;
        let ids = listed
            .into_iter()
            .filter(|summary| {
                !summary
                    .labels
                    .as_ref()
                    .is_some_and(|l| l.contains_key(LABEL_ROLE))
            })
            .filter_map(|summary| summary.id);
        let inspected: Vec<Option<Container>> = futures_util::stream::iter(ids)
            .map(|id| async move { self.inspect(&id, what).await })
            .buffered(INSPECTED_AT_ONCE)
            .try_collect()
            .await?;
        // What vanished between the list and the look at it is no error.
        Ok(inspected.into_iter().flatten().collect())
    }

    /// One container by ID or name; `None` if there is none.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn container(&self, id: &str) -> Result<Option<Container>, Error> {
        self.inspect(id, &format!("The container {id} could not be looked at."))
            .await
    }

    async fn inspect(&self, id: &str, what: &str) -> Result<Option<Container>, Error> {
        match self.within(QUESTION).inspect_container(id, None).await {
            Ok(found) => Ok(Some(container(found))),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(self.fail(what, &error)),
        }
    }

    /// Stops a container, giving it `grace_seconds`, or as long as it asks for itself. One that
    /// does not run is left as it is.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn stop(&self, id: &str, grace_seconds: Option<u32>) -> Result<(), Error> {
        let what = format!("The container {id} could not be stopped.");
        let grace = match grace_seconds {
            Some(seconds) => i64::from(seconds),
            None => self
                .container(id)
                .await?
                .and_then(|found| found.stop_timeout_seconds)
                .unwrap_or(DEFAULT_GRACE_SECONDS),
        };
        // A negative wish means "for ever".
        let limit = u64::try_from(grace).map_or(UNLIMITED, |s| Duration::from_secs(s + 30));
        let options = grace_seconds.map(|seconds| {
            let seconds = i32::try_from(seconds).unwrap_or(i32::MAX);
            StopContainerOptionsBuilder::default().t(seconds).build()
        });
        self.within(limit)
            .stop_container(id, options)
            .await
            .map_err(|error| self.fail(&what, &error))
    }

    /// Starts a container. One that runs is left as it is.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn start(&self, id: &str) -> Result<(), Error> {
        let what = format!("The container {id} could not be started.");
        self.within(CHANGE)
            .start_container(id, None)
            .await
            .map_err(|error| self.fail(&what, &error))
    }

    /// Changes whether the engine starts a container again.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn set_restart_policy(&self, id: &str, policy: &RestartPolicy) -> Result<(), Error> {
        let what = format!("The restart policy of the container {id} could not be changed.");
        let name = policy.name.parse().map_err(|cause: String| {
            Error::new(
                crate::Code::InvalidInput,
                what.clone(),
                "Choose a policy that Docker knows.",
            )
            .with_detail(cause)
        })?;
        let update = models::ContainerUpdateBody {
            restart_policy: Some(models::RestartPolicy {
                name: Some(name),
                maximum_retry_count: Some(policy.maximum_retry_count),
            }),
            ..Default::default()
        };
        self.within(CHANGE)
            .update_container(id, update)
            .await
            .map_err(|error| self.fail(&what, &error))
    }

    /// The last lines that a container has written, both streams together.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn container_logs_tail(&self, id: &str, lines: u32) -> Result<String, Error> {
        let what = format!("The log of the container {id} could not be read.");
        let options = LogsOptionsBuilder::default()
            .stdout(true)
            .stderr(true)
            .tail(&lines.to_string())
            .build();
        let docker = self.within(QUESTION);
        let mut stream = std::pin::pin!(docker.logs(id, Some(options)));
        let mut text = Vec::new();
        while let Some(chunk) = stream.next().await {
            text.extend_from_slice(chunk.map_err(|error| self.fail(&what, &error))?.as_ref());
            let excess = text.len().saturating_sub(LOG_LIMIT_BYTES);
            text.drain(..excess);
        }
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    /// The processor time that a running container has used; `None` if the engine does not count it.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn processor_nanoseconds(&self, id: &str) -> Result<Option<u64>, Error> {
        let what = format!("The processor time of the container {id} could not be had.");
        let options = StatsOptionsBuilder::default()
            .stream(false)
            .one_shot(true)
            .build();
        let docker = self.within(QUESTION);
        let mut stream = std::pin::pin!(docker.stats(id, Some(options)));
        match stream.next().await {
            Some(Ok(stats)) => Ok(stats
                .cpu_stats
                .and_then(|stats| stats.cpu_usage)
                .and_then(|usage| usage.total_usage)),
            Some(Err(error)) => Err(self.fail(&what, &error)),
            None => Ok(None),
        }
    }

    /// The TCP ports on which somebody listens in a running container, by the kernel's own table of
    /// its network namespace.
    ///
    /// # Errors
    /// The `engine-…` codes; `helper-lost`.
    pub async fn listening_ports(&self, id: &str) -> Result<Vec<u16>, Error> {
        let request = Request::ListeningPorts;
        match self.ask_in_network_of(id, "sockets", request).await? {
            Answer::Ports { ports } => Ok(ports),
            _ => Err(out_of_reach(id)),
        }
    }

    async fn ask_in_network_of(
        &self,
        id: &str,
        purpose: &str,
        request: Request,
    ) -> Result<Answer, Error> {
        let spec = SessionSpec {
            purpose: purpose.to_owned(),
            network_of: Some(id.to_owned()),
            ..SessionSpec::default()
        };
        let mut session = self.open_session(spec).await?;
        let answer = session
            .request(request, &mut |_| {}, &CancellationToken::new())
            .await;
        session.close_quietly().await;
        answer.map_err(|failure| out_of_reach(id).with_detail(failure.to_string()))
    }

    /// Asks a web application whether it serves, inside its container's network: the HTTP status, or why
    /// there was no answer.
    ///
    /// # Errors
    /// The `engine-…` codes; `helper-lost`, as when the container is not running.
    pub async fn probe(
        &self,
        id: &str,
        port: u16,
        path: &str,
    ) -> Result<Result<u16, String>, Error> {
        let request = Request::Probe {
            port,
            path: path.to_owned(),
        };
        match self.ask_in_network_of(id, "probe", request).await? {
            Answer::Probed { status, why } => Ok(status.ok_or_else(|| why.unwrap_or_default())),
            _ => Err(out_of_reach(id)),
        }
    }

    /// An image's digest in a registry; `None` if it was never there, or is gone from the engine.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn image_digest(&self, image_id: &str) -> Result<Option<String>, Error> {
        match self.within(QUESTION).inspect_image(image_id).await {
            Ok(found) => Ok(found
                .repo_digests
                .and_then(|digests| digests.into_iter().next())),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(self.fail(
                &format!("The image {image_id} could not be looked at."),
                &error,
            )),
        }
    }
}

fn container(found: models::ContainerInspectResponse) -> Container {
    let config = found.config.unwrap_or_default();
    let host = found.host_config.unwrap_or_default();
    let state = found.state.unwrap_or_default();
    let policy = host.restart_policy.unwrap_or_default();
    let health = state
        .health
        .and_then(|health| health.status)
        .map(|status| status.to_string())
        .filter(|status| !status.is_empty());
    Container {
        id: found.id.unwrap_or_default(),
        name: found
            .name
            .unwrap_or_default()
            .trim_start_matches('/')
            .to_owned(),
        image: config.image.unwrap_or_default(),
        image_id: found.image.unwrap_or_default(),
        state: state
            .status
            .map(|status| status.to_string())
            .unwrap_or_default(),
        health: health.unwrap_or_else(|| "none".to_owned()),
        labels: config.labels.unwrap_or_default().into_iter().collect(),
        mounts: found
            .mounts
            .unwrap_or_default()
            .into_iter()
            .map(mount)
            .collect(),
        restart_policy: RestartPolicy {
            name: policy
                .name
                .map(|name| name.to_string())
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| "no".to_owned()),
            maximum_retry_count: policy.maximum_retry_count.unwrap_or(0),
        },
        auto_remove: host.auto_remove.unwrap_or(false),
        runtime: host.runtime.unwrap_or_default(),
        user_namespace_mode: host.userns_mode.unwrap_or_default(),
        started_at: state.started_at.as_deref().and_then(parse_time),
        restart_count: found.restart_count.unwrap_or(0),
        exit_code: state.exit_code.unwrap_or(0),
        stop_timeout_seconds: config.stop_timeout,
    }
}

fn mount(found: models::MountPoint) -> Mount {
    let (kind, name) = match found.typ.as_deref() {
        Some("volume") => (MountKind::Storage(StorageKind::Volume), found.name),
        Some("bind") => (MountKind::Storage(StorageKind::Bind), found.source),
        Some("tmpfs") => (MountKind::Tmpfs, None),
        _ => (MountKind::Other, None),
    };
    Mount {
        kind,
        name: name.unwrap_or_default(),
        destination: found.destination.unwrap_or_default(),
        read_write: found.rw.unwrap_or(false),
        driver: found.driver.unwrap_or_default(),
        propagation: found.propagation.unwrap_or_default(),
    }
}

/// The engine writes the year 1 for "never".
fn parse_time(text: &str) -> Option<Timestamp> {
    text.parse::<Timestamp>()
        .ok()
        .filter(|time| time.as_second() > 0)
}

fn out_of_reach(id: &str) -> Error {
    Error::new(
        crate::Code::HelperLost,
        format!("The network of the container {id} could not be looked into."),
        "Try again.",
    )
}
