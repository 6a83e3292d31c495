//! Watches what happens to containers: applications that are started, guardians that come and go.

use std::collections::HashMap;
use std::pin::Pin;
use std::time::Duration;

use bollard::models::EventMessage;
use bollard::query_parameters::EventsOptionsBuilder;
use futures_util::{Stream, StreamExt as _};

use super::{Engine, LABEL_ROLE, UNLIMITED};
use crate::error::Error;

/// How long the watch tries to find the engine again before it gives up.
const RECONNECT_ATTEMPTS: u32 = 30;
/// The pause between two attempts.
const RECONNECT_PAUSE: Duration = Duration::from_secs(1);

/// What the watch tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContainerNotice {
    /// It happened to the container with this ID.
    Happened(String),
    /// The connection broke and stands again. A restarted engine has forgotten what happened
    /// before, so the containers have to be looked at again.
    Reconnected,
}

/// What is watched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Interest {
    /// Any container is started.
    Starts,
    /// A guardian is started, ends, or is removed.
    Guardians,
}

impl Interest {
    fn filters(self) -> HashMap<&'static str, Vec<String>> {
        let texts = |list: &[&str]| list.iter().map(|&text| text.to_owned()).collect();
        let mut filters = HashMap::from([("type", texts(&["container"]))]);
        match self {
            Self::Starts => {
                filters.insert("event", texts(&["start"]));
            }
            Self::Guardians => {
                filters.insert("event", texts(&["start", "die", "destroy"]));
                filters.insert("label", vec![format!("{LABEL_ROLE}=guardian")]);
            }
        }
        filters
    }
}

type Events = Pin<Box<dyn Stream<Item = Result<EventMessage, bollard::errors::Error>> + Send>>;

/// A running watch.
pub struct ContainerWatch {
    engine: Engine,
    interest: Interest,
    events: Events,
    /// Nanoseconds since 1970 on the engine's clock; what lies before has been told.
    since: i128,
}

impl Engine {
    /// Begins to watch for starts. Every one from this moment on will be told, however late `next` is called.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn watch_starts(&self) -> Result<ContainerWatch, Error> {
        self.watch_containers(Interest::Starts).await
    }

    /// Begins to watch for guardians that are started, end, or are removed.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn watch_guardians(&self) -> Result<ContainerWatch, Error> {
        self.watch_containers(Interest::Guardians).await
    }

    async fn watch_containers(&self, interest: Interest) -> Result<ContainerWatch, Error> {
        // The engine replays what happened since a moment of its own clock; so nothing is missed
        // between this call and the first answer on the stream.
        let since = self.now().await?.as_nanosecond();
        Ok(ContainerWatch {
            engine: self.clone(),
            interest,
            events: self.container_events(interest, since),
            since,
        })
    }

    fn container_events(&self, interest: Interest, since: i128) -> Events {
        let second = 1_000_000_000;
        let since = format!(
            "{}.{:09}",
            since.div_euclid(second),
            since.rem_euclid(second)
        );
        let options = EventsOptionsBuilder::default()
            .since(&since)
            .filters(&interest.filters())
            .build();
        Box::pin(self.within(UNLIMITED).events(Some(options)).fuse())
    }
}

impl ContainerWatch {
    /// Waits for the next notice. Dropping the future loses nothing.
    ///
    /// # Errors
    /// The `engine-…` codes, if the engine stays away.
    pub async fn next(&mut self) -> Result<ContainerNotice, Error> {
        loop {
            match self.events.next().await {
                Some(Ok(event)) => {
                    if let Some(time) = event.time_nano {
                        self.since = self.since.max(i128::from(time) + 1);
                    }
                    if let Some(id) = event.actor.and_then(|actor| actor.id) {
                        return Ok(ContainerNotice::Happened(id));
                    }
                }
                Some(Err(_)) | None => {
                    self.reconnect().await?;
                    return Ok(ContainerNotice::Reconnected);
                }
            }
        }
    }

    async fn reconnect(&mut self) -> Result<(), Error> {
        let mut attempt = 1;
        loop {
            match self.engine.now().await {
                Ok(_) => break,
                Err(error) if attempt >= RECONNECT_ATTEMPTS => return Err(error),
                Err(_) => tokio::time::sleep(RECONNECT_PAUSE).await,
            }
            attempt += 1;
        }
        self.events = self.engine.container_events(self.interest, self.since);
        Ok(())
    }
}
