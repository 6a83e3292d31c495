//! One request of a session: sent and answered at the same time, and stopped when the job is
//! cancelled.

use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bollard::query_parameters::KillContainerOptionsBuilder;
use lifeboat_store::Failure;
use lifeboat_store::protocol::{Answer, Event, FromHelper, ToHelper};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::channel::{Inbox, Input, Item, SendError, send, send_with_file};
use super::{CHANGE, Engine, has_status, is_missing};

/// How long a helper may take to end once its input is closed, or once it is killed.
pub(super) const ENDING: Duration = Duration::from_secs(10);
/// How long a cancelled request may take to clean up behind itself.
const CANCEL: Duration = Duration::from_secs(30);
/// How long the rest of a download may stay silent after the helper said that all was sent.
const REST_OF_DOWNLOAD: Duration = Duration::from_secs(60);

/// Who is told what happens meanwhile.
pub type EventSink<'a> = &'a mut (dyn FnMut(Event) + Send);

/// Where the bytes of a download go.
pub(super) type ByteSink<'a> = &'a mut (dyn AsyncWrite + Send + Unpin);

/// How a request ended.
pub(super) enum Ending {
    Answered(Box<Result<Answer, Failure>>),
    SinkFailed(std::io::Error),
    NoMore,
}

/// Reads until the answer to request `wanted`.
pub(super) async fn receive(
    inbox: &mut Inbox,
    wanted: u64,
    mut sink: Option<ByteSink<'_>>,
    on_event: EventSink<'_>,
    stopping: &AtomicBool,
) -> Ending {
    let mut received: u64 = 0;
    let mut answer: Option<Box<Answer>> = None;
    loop {
        // Messages and bytes travel on two streams: the last bytes may come after the answer.
        let missing = match answer.as_deref() {
            Some(Answer::Sent(sent)) if sink.is_some() => sent.size_bytes.saturating_sub(received),
            _ => 0,
        };
        if missing == 0
            && let Some(answer) = answer
        {
            return Ending::Answered(Box::new(Ok(*answer)));
        }
        let item = if missing > 0 {
            timeout(REST_OF_DOWNLOAD, inbox.next()).await.ok().flatten()
        } else {
            inbox.next().await
        };
        match item {
            None => return Ending::NoMore,
            Some(Item::Bytes(bytes)) => {
                received += bytes.len() as u64;
                if let Some(sink) = sink.as_mut()
                    && !stopping.load(Ordering::Relaxed)
                    && let Err(error) = sink.write_all(&bytes).await
                {
                    return Ending::SinkFailed(error);
                }
            }
            Some(Item::Message(message)) => match *message {
                FromHelper::Event { id, event } if id == wanted => on_event(event),
                FromHelper::Done { id, answer: done } if id == wanted => answer = Some(done),
                FromHelper::Failed { id, failure } if id == wanted => {
                    return Ending::Answered(Box::new(Err(failure)));
                }
                // What is left of an earlier request.
                _ => {}
            },
        }
    }
}

/// How the ordinary part of a request went. `in_step`: all of the request was sent, so that what
/// is sent next will be taken for the next message.
pub(super) enum Run {
    Ended { ending: Ending, in_step: bool },
    Cancelled { in_step: bool },
}

/// Sends and receives at the same time, until the answer is there or the job is cancelled.
pub(super) async fn run(
    input: &mut Input,
    message: &ToHelper,
    file: Option<&mut (dyn AsyncRead + Send + Unpin)>,
    mut receiving: Pin<&mut (impl Future<Output = Ending> + Send)>,
    cancel: &CancellationToken,
) -> Run {
    let mut sending = pin!(send_with_file(input, message, file));
    let mut sent = false;
    loop {
        tokio::select! {
            biased;
            ending = &mut receiving => return Run::Ended { ending, in_step: sent },
            result = &mut sending, if !sent => match result {
                Ok(()) => sent = true,
                Err(SendError::Source(error)) => {
                    let failure = Failure::io("the file could not be read", &error);
                    return Run::Ended { ending: Ending::Answered(Box::new(Err(failure))), in_step: false };
                }
                // It has ended, or soon will; what it said before may still come.
                Err(SendError::Container) => {
                    let ending = timeout(ENDING, receiving).await.unwrap_or(Ending::NoMore);
                    return Run::Ended { ending, in_step: false };
                }
            },
            () = cancel.cancelled() => return Run::Cancelled { in_step: sent },
        }
    }
}

/// Stops a running request: politely, then by closing the input, then by force.
/// Also says whether the session can go on.
pub(super) async fn stop(
    input: &mut Input,
    in_step: bool,
    killer: &Killer,
    mut receiving: Pin<&mut (impl Future<Output = Ending> + Send)>,
) -> (Ending, bool) {
    // In the middle of a file a message would be taken for a piece of it; closing says it as well.
    if in_step
        && send(input, &ToHelper::Cancel).await.is_ok()
        && let Ok(ending) = timeout(CANCEL, receiving.as_mut()).await
    {
        return (ending, true);
    }
    // It may be closed from the other side already.
    let _ = timeout(ENDING, input.shutdown()).await;
    let patience = if in_step { ENDING } else { CANCEL };
    if let Ok(ending) = timeout(patience, receiving.as_mut()).await {
        return match ending {
            // It took the closed input for what it was meant to be, and ended.
            Ending::NoMore => (Ending::Answered(Box::new(Err(Failure::cancelled()))), false),
            other => (other, false),
        };
    }
    killer.kill().await;
    (
        timeout(ENDING, receiving).await.unwrap_or(Ending::NoMore),
        false,
    )
}

/// Ends a container that does not listen.
pub(super) struct Killer {
    pub(super) engine: Engine,
    pub(super) id: String,
}

impl Killer {
    async fn kill(&self) {
        let options = KillContainerOptionsBuilder::default()
            .signal("SIGKILL")
            .build();
        let killed = self
            .engine
            .within(CHANGE)
            .kill_container(&self.id, Some(options))
            .await;
        if let Err(error) = killed
            && !is_missing(&error)
            && !has_status(&error, 409)
        {
            tracing::warn!(%error, container = %self.id, "a helper could not be killed");
        }
    }
}
