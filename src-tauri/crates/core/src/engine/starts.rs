//! Watches for containers that somebody else starts while a restore needs them stopped.

use std::collections::HashMap;
use std::pin::Pin;
use std::time::Duration;

use bollard::models::EventMessage;
use bollard::query_parameters::EventsOptionsBuilder;
use futures_util::{Stream, StreamExt as _};

use super::{Engine, UNLIMITED};
use crate::error::Error;

/// How long the watch tries to find the engine again before it gives up.
const RECONNECT_ATTEMPTS: u32 = 30;
/// The pause between two attempts.
const RECONNECT_PAUSE: Duration = Duration::from_secs(1);

/// What the watch tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StartNotice {
    /// The container with this ID was started.
    Started(String),
    /// The connection broke and stands again. A restarted engine has forgotten what happened
    /// before, so the containers have to be looked at again.
    Reconnected,
}

type Events = Pin<Box<dyn Stream<Item = Result<EventMessage, bollard::errors::Error>> + Send>>;

/// A running watch.
pub struct StartWatch {
    engine: Engine,
    events: Events,
    /// Nanoseconds since 1970 on the engine's clock; what lies before has been told.
    since: i128,
}

impl Engine {
    /// Begins to watch. Every start from this moment on will be told, however late `next` is called.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn watch_starts(&self) -> Result<StartWatch, Error> {
        // The engine replays what happened since a moment of its own clock; so nothing is missed
        // between this call and the first answer on the stream.
        let since = self.now().await?.as_nanosecond();
        Ok(StartWatch {
            engine: self.clone(),
            events: self.start_events(since),
            since,
        })
    }

    fn start_events(&self, since: i128) -> Events {
        let filters = HashMap::from([("type", vec!["container"]), ("event", vec!["start"])]);
        let second = 1_000_000_000;
        let since = format!(
            "{}.{:09}",
            since.div_euclid(second),
            since.rem_euclid(second)
        );
        let options = EventsOptionsBuilder::default()
            .since(&since)
            .filters(&filters)
            .build();
        Box::pin(self.within(UNLIMITED).events(Some(options)).fuse())
    }
}

impl StartWatch {
    /// Waits for the next notice. Dropping the future loses nothing.
    ///
    /// # Errors
    /// The `engine-…` codes, if the engine stays away.
    pub async fn next(&mut self) -> Result<StartNotice, Error> {
        loop {
            match self.events.next().await {
                Some(Ok(event)) => {
                    if let Some(time) = event.time_nano {
                        self.since = self.since.max(i128::from(time) + 1);
                    }
                    if let Some(id) = event.actor.and_then(|actor| actor.id) {
                        return Ok(StartNotice::Started(id));
                    }
                }
                Some(Err(_)) | None => {
                    self.reconnect().await?;
                    return Ok(StartNotice::Reconnected);
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
        self.events = self.engine.start_events(self.since);
        Ok(())
    }
}
