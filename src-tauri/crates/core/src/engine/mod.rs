//! The engine: the only module that names bollard.
//!
//! Everything outside sees plain types and `crate::Error`. Each kind of request has a time limit of
//! its own, because bollard's one limit covers a request up to the head of its answer only.

mod blueprint;
mod bundled;
mod channel;
mod container_watch;
mod containers;
mod conversation;
mod demo;
mod endpoint;
mod environment;
mod failure;
mod guardian;
mod image;
mod images;
mod networks;
mod ours;
mod session;
mod specification;
mod vaults;
mod volumes;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bollard::{API_DEFAULT_VERSION, Docker};
use jiff::Timestamp;
use tokio::sync::Mutex;

use crate::api::EngineSummary;
use crate::error::{Code, Error};

pub use blueprint::Blueprint;
pub use container_watch::{ContainerNotice, ContainerWatch};
pub use containers::{Container, Mount, MountKind, RestartPolicy};
pub use conversation::EventSink;
pub use demo::DemoContainer;
pub use endpoint::{Address, Endpoint, Origin, TlsFiles};
pub use environment::Environment;
pub use guardian::GuardianContainer;
pub use image::helper_architectures;
pub use images::{Credentials, Image, PullProgress, is_fixed_reference};
pub use networks::NetworkBlueprint;
pub use session::{Session, SessionError};
pub use specification::{SessionSpec, SourceBinding};
pub use volumes::VolumeInfo;

/// Questions: ping, inspect, list.
const QUESTION: Duration = Duration::from_secs(10);
/// Lists over everything, on an engine that may be busy.
const LISTING: Duration = Duration::from_secs(30);
/// Making, starting and removing containers and volumes.
const CHANGE: Duration = Duration::from_secs(60);
/// Requests that end when they end; what waits for them keeps its own watch.
const UNLIMITED: Duration = Duration::from_secs(24 * 3600);

/// Marks everything of ours on an engine, and says what it is for.
const LABEL_ROLE: &str = "dev.lifeboat.role";
/// The application that it belongs to.
const LABEL_APP: &str = "dev.lifeboat.app";
/// The job that a session works for.
const LABEL_JOB: &str = "dev.lifeboat.job";
/// The vault's layout version.
const LABEL_FORMAT: &str = "dev.lifeboat.format";
/// Marks the demo application and its volume, which have no role: they are an application like others.
const LABEL_DEMO: &str = "dev.lifeboat.demo";
/// The version of whoever made a container.
const LABEL_VERSION: &str = "dev.lifeboat.version";

/// A connection to one engine. Cheap to clone; every request opens a connection of its own.
#[derive(Clone)]
pub struct Engine {
    docker: Docker,
    shared: Arc<Shared>,
}

struct Shared {
    summary: EngineSummary,
    id: String,
    surroundings: failure::Surroundings,
    /// The helper's image ID, once it is known to be on the engine.
    helper: Mutex<Option<String>>,
    /// When it was last looked for what killed jobs left.
    collected: Mutex<Option<Instant>>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_tuple("Engine")
            .field(&self.shared.summary.endpoint)
            .finish()
    }
}

impl Engine {
    /// Finds the engine as the docker CLI does, or takes `choice` (an address, or the name of a
    /// context), and greets it.
    ///
    /// # Errors
    /// The `engine-…` codes, each with its own advice.
    pub async fn connect(choice: Option<&str>, environment: &Environment) -> Result<Self, Error> {
        let endpoint = Endpoint::resolve(choice, environment)?;
        let surroundings = failure::Surroundings {
            endpoint,
            engine_installed: environment.engine_installed(),
        };
        let docker = open(&surroundings)?.with_timeout(QUESTION);
        let greeting = |error| surroundings.classify_greeting(&error);
        let version = docker.version().await.map_err(greeting)?;
        let api_version = version.api_version.unwrap_or_default();
        let engine_version = version.version.unwrap_or_default();
        failure::check_version(
            &engine_version,
            &api_version,
            &version.os.unwrap_or_default(),
        )?;
        let info = docker.info().await.map_err(greeting)?;
        failure::check_version(
            &engine_version,
            &api_version,
            &info.os_type.unwrap_or_default(),
        )?;
        let summary = EngineSummary {
            name: info.name.unwrap_or_default(),
            endpoint: surroundings.endpoint.url.clone(),
            origin: surroundings.endpoint.origin.to_string(),
            version: engine_version,
            api_version,
            operating_system: info.operating_system.unwrap_or_default(),
            architecture: image::normalize(&info.architecture.unwrap_or_default()).to_owned(),
        };
        // An engine without an ID of its own (podman) is known by its name and address.
        let id = info
            .id
            .filter(|id| !id.is_empty())
            .unwrap_or_else(|| format!("{}@{}", summary.name, summary.endpoint));
        let shared = Shared {
            summary,
            id,
            surroundings,
            helper: Mutex::new(None),
            collected: Mutex::new(None),
        };
        Ok(Self {
            docker,
            shared: Arc::new(shared),
        })
    }

    /// The engine in use.
    #[must_use]
    pub fn summary(&self) -> &EngineSummary {
        &self.shared.summary
    }

    /// What the engine calls itself, for ever.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.shared.id
    }

    /// Its processor: `x86_64`, `aarch64`, or another word of the kernel's.
    #[must_use]
    pub fn architecture(&self) -> &str {
        &self.shared.summary.architecture
    }

    /// The engine's own clock, which need not be this machine's.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn now(&self) -> Result<Timestamp, Error> {
        let what = "The engine could not be asked for the time.";
        let info = self
            .within(QUESTION)
            .info()
            .await
            .map_err(|error| self.fail(what, &error))?;
        let text = info.system_time.unwrap_or_default();
        text.parse().map_err(|error: jiff::Error| {
            Error::new(Code::EngineFailed, what, "Look at the details.")
                .with_detail(error.to_string())
        })
    }

    /// Whether it answers, which costs nearly nothing.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn ping(&self) -> Result<(), Error> {
        let outcome = self.within(QUESTION).ping().await;
        outcome.map_err(|error| self.fail("The engine does not answer.", &error))?;
        Ok(())
    }

    /// The client with another time limit.
    fn within(&self, limit: Duration) -> Docker {
        self.docker.clone().with_timeout(limit)
    }

    /// The error for what bollard says. `what` is a sentence on what could not be done.
    fn fail(&self, what: &str, error: &bollard::errors::Error) -> Error {
        self.shared.surroundings.classify(what, error)
    }
}

/// Prepares the client; except for a look at the socket's path, nothing is asked yet.
fn open(surroundings: &failure::Surroundings) -> Result<Docker, Error> {
    let limit = QUESTION.as_secs();
    let opened = match &surroundings.endpoint.address {
        Address::Unix(path) => {
            // bollard takes a path that it may not look at for one that is not there.
            std::fs::metadata(path).map_err(|error| {
                surroundings.classify_io("The engine could not be reached.", &error)
            })?;
            open_unix(&path.to_string_lossy(), limit)
        }
        Address::Pipe(url) => open_pipe(url, limit),
        Address::Loopback(host) => {
            Docker::connect_with_http(&format!("http://{host}"), limit, API_DEFAULT_VERSION)
        }
        Address::Tls(host, files) => Docker::connect_with_ssl(
            &format!("https://{host}"),
            &files.key,
            &files.certificate,
            &files.authority,
            limit,
            API_DEFAULT_VERSION,
        ),
    };
    opened.map_err(|error| surroundings.classify("The engine could not be reached.", &error))
}

#[cfg(unix)]
fn open_unix(path: &str, limit: u64) -> Result<Docker, bollard::errors::Error> {
    Docker::connect_with_unix(path, limit, API_DEFAULT_VERSION)
}

#[cfg(not(unix))]
fn open_unix(path: &str, _: u64) -> Result<Docker, bollard::errors::Error> {
    Err(bollard::errors::Error::UnsupportedURISchemeError {
        uri: path.to_owned(),
    })
}

#[cfg(windows)]
fn open_pipe(url: &str, limit: u64) -> Result<Docker, bollard::errors::Error> {
    Docker::connect_with_named_pipe(url, limit, API_DEFAULT_VERSION)
}

#[cfg(not(windows))]
fn open_pipe(url: &str, _: u64) -> Result<Docker, bollard::errors::Error> {
    Err(bollard::errors::Error::UnsupportedURISchemeError {
        uri: url.to_owned(),
    })
}

/// The engine says that what was named does not exist.
fn is_missing(error: &bollard::errors::Error) -> bool {
    has_status(error, 404)
}

/// The engine answered with this status.
fn has_status(error: &bollard::errors::Error, status: u16) -> bool {
    matches!(
        error,
        bollard::errors::Error::DockerResponseServerError { status_code, .. } if *status_code == status
    )
}
