//! A session: one helper container, spoken to over its standard streams.
//!
//! Requests go out one after another; while one runs, writing and reading go on at the same time,
//! so neither side can block the other. A session that ends without an answer is `Lost`, and its
//! container says why.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bollard::errors::Error as BollardError;
use bollard::query_parameters::{
    AttachContainerOptionsBuilder, CreateContainerOptionsBuilder, WaitContainerOptionsBuilder,
};
use futures_util::StreamExt as _;
use lifeboat_store::Failure;
use lifeboat_store::protocol::{
    Answer, DownloadRequest, FromHelper, PROTOCOL_VERSION, Request, Sent, ToHelper,
};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::channel::{Exit, Inbox, Input, Item};
use super::conversation::{ByteSink, ENDING, Ending, EventSink, Killer, Run, receive, run, stop};
use super::specification::SessionSpec;
use super::{CHANGE, Engine, QUESTION, UNLIMITED, is_missing};
use crate::error::{Code, Error};

/// How long the greeting may take.
const GREETING: Duration = Duration::from_secs(30);
/// How long the end of a container may be unknown after its streams ended.
const EXIT: Duration = Duration::from_secs(5);

/// Why a request has no answer.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The helper says that it failed; the session goes on.
    #[error(transparent)]
    Failed(#[from] Failure),
    /// The helper ended, or the connection to it broke.
    #[error("the helper ended without an answer: {detail}")]
    Lost {
        /// What it ended with, if the engine knows.
        exit_code: Option<i64>,
        /// The kernel ended it for lack of memory.
        out_of_memory: bool,
        /// Its last words.
        detail: String,
    },
    /// The engine, or this machine.
    #[error(transparent)]
    Engine(#[from] Error),
}

/// A running helper.
pub struct Session {
    engine: Engine,
    id: String,
    /// `None` once closed; then no further request is possible.
    input: Option<Input>,
    inbox: Inbox,
    exit: watch::Receiver<Option<Exit>>,
    next_request: u64,
    helper_version: String,
    sqlite_version: String,
    removed: bool,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Session")
            .field("container", &self.id)
            .finish_non_exhaustive()
    }
}

impl Engine {
    /// Starts a helper and waits for its greeting.
    ///
    /// # Errors
    /// `database-not-found` if a volume or path does not exist, `helper-missing`, `helper-lost`, the
    /// `engine-…` codes.
    pub async fn open_session(&self, spec: SessionSpec) -> Result<Session, Error> {
        self.open(&spec, false).await
    }

    /// Sends a backup, or a part of one, into `sink`: in a session of its own, whose standard output
    /// is nothing but the bytes. `setup` are the requests that come before, such as `OpenVault`.
    ///
    /// # Errors
    /// As for `Session::request`; `output-failed` if `sink` does not take the bytes.
    pub async fn download(
        &self,
        spec: SessionSpec,
        setup: Vec<Request>,
        request: DownloadRequest,
        sink: &mut (dyn AsyncWrite + Send + Unpin),
        on_event: EventSink<'_>,
        cancel: &CancellationToken,
    ) -> Result<Sent, SessionError> {
        let mut session = self.open(&spec, true).await?;
        let result = session
            .run_download(setup, request, sink, on_event, cancel)
            .await;
        session.close().await?;
        result
    }

    async fn open(&self, spec: &SessionSpec, raw_output: bool) -> Result<Session, Error> {
        self.collect_leftover_sessions().await;
        let required = spec
            .volumes()
            .into_iter()
            .map(|name| self.require_volume(name));
        futures_util::future::try_join_all(required).await?;
        let mut attempt = 1;
        loop {
            let id = self.create_session(spec, raw_output).await?;
            match self.start_session(&id, raw_output).await {
                Ok(session) => return Ok(session),
                // So slow that somebody took it for left over.
                Err(_) if attempt == 1 && self.is_gone(&id).await => attempt += 1,
                Err(error) => {
                    // What made it fail matters more than what is left of it; that is collected later.
                    let _ = self.remove_container(&id, true).await;
                    return Err(error);
                }
            }
        }
    }

    async fn is_gone(&self, id: &str) -> bool {
        let found = self.within(QUESTION).inspect_container(id, None).await;
        found.is_err_and(|error| is_missing(&error))
    }

    async fn create_session(&self, spec: &SessionSpec, raw_output: bool) -> Result<String, Error> {
        let mut attempt = 1;
        loop {
            let body = spec.container(&self.ensure_helper().await?, raw_output);
            let options = CreateContainerOptionsBuilder::default()
                .name(&spec.container_name())
                .build();
            match self
                .within(CHANGE)
                .create_container(Some(options), body)
                .await
            {
                Ok(created) => return Ok(created.id),
                // Somebody removed the image since it was last seen.
                Err(error) if is_missing(&error) && attempt == 1 => self.forget_helper().await,
                Err(error) => return Err(self.not_created(&error)),
            }
            attempt += 1;
        }
    }

    fn not_created(&self, error: &BollardError) -> Error {
        if let BollardError::DockerResponseServerError { message, .. } = error
            && let Some((_, path)) = message.split_once("bind source path does not exist: ")
        {
            return Error::new(
                Code::DatabaseNotFound,
                format!("The path {path} does not exist on the engine's host."),
                "Look whether the folder that the application mounts was moved or removed.",
            )
            .with_detail(message);
        }
        self.fail("A helper could not be made.", error)
    }

    /// Attaches before it starts, so that no word is missed.
    async fn start_session(&self, id: &str, raw_output: bool) -> Result<Session, Error> {
        let what = "A helper could not be started.";
        let options = AttachContainerOptionsBuilder::default()
            .stdin(true)
            .stdout(true)
            .stderr(true)
            .stream(true)
            .build();
        let attached = self
            .within(CHANGE)
            .attach_container(id, Some(options))
            .await;
        let attached = attached.map_err(|error| self.fail(what, &error))?;
        let started = self.within(CHANGE).start_container(id, None).await;
        started.map_err(|error| self.fail(what, &error))?;
        let exit = self.wait_for_end(id);
        let mut session = Session {
            engine: self.clone(),
            id: id.to_owned(),
            input: Some(attached.input),
            inbox: Inbox::new(attached.output, exit.clone(), raw_output),
            exit,
            next_request: 1,
            helper_version: String::new(),
            sqlite_version: String::new(),
            removed: false,
        };
        session.greet().await?;
        Ok(session)
    }

    /// Waits in the background for the container's end.
    fn wait_for_end(&self, id: &str) -> watch::Receiver<Option<Exit>> {
        let (sender, receiver) = watch::channel(None);
        let docker = self.within(UNLIMITED);
        let id = id.to_owned();
        tokio::spawn(async move {
            let options = WaitContainerOptionsBuilder::default()
                .condition("not-running")
                .build();
            let code = match pin!(docker.wait_container(&id, Some(options))).next().await {
                Some(Ok(ended)) => Some(ended.status_code),
                Some(Err(BollardError::DockerContainerWaitError { code, .. })) => Some(code),
                _ => None,
            };
            sender.send_replace(Some(Exit { code }));
        });
        receiver
    }
}

impl Session {
    /// The container's ID.
    #[must_use]
    pub fn container_id(&self) -> &str {
        &self.id
    }

    /// The helper's own version.
    #[must_use]
    pub fn helper_version(&self) -> &str {
        &self.helper_version
    }

    /// The version of SQLite in the helper.
    #[must_use]
    pub fn sqlite_version(&self) -> &str {
        &self.sqlite_version
    }

    /// The helper has not ended yet, as far as the engine has told.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.exit.borrow().is_none()
    }

    /// Waits until the helper ends. For those that hold a lock through it, and have to stop without.
    pub async fn ended(&self) {
        // An error means that nobody waits for the container any more: it cannot be relied on.
        let _ = self.exit.clone().wait_for(Option::is_some).await;
    }

    /// Asks for one thing, and waits for the answer. On `cancel` the helper is told to stop and
    /// given time to clean up; an answer that was quicker than the cancel is returned.
    ///
    /// # Errors
    /// `Failed` with the helper's reason; `Lost`, after which the session is of no use; `Engine`.
    pub async fn request(
        &mut self,
        request: Request,
        on_event: EventSink<'_>,
        cancel: &CancellationToken,
    ) -> Result<Answer, SessionError> {
        self.converse(request, None, None, on_event, cancel).await
    }

    /// The same for a request that a file follows. A failure in the middle of the file ends the
    /// session, because the rest of the file would be taken for requests.
    ///
    /// # Errors
    /// As for `request`; `Failed` also if the file cannot be read.
    pub async fn send_file(
        &mut self,
        request: Request,
        mut file: impl AsyncRead + Send + Unpin,
        on_event: EventSink<'_>,
        cancel: &CancellationToken,
    ) -> Result<Answer, SessionError> {
        self.converse(request, Some(&mut file), None, on_event, cancel)
            .await
    }

    /// Ends the helper and removes its container.
    ///
    /// # Errors
    /// The `engine-…` codes, if the container could not be removed; it is collected later.
    pub async fn close(mut self) -> Result<(), Error> {
        self.removed = true;
        let input = self.input.take();
        finish(&self.engine, &self.id, input, self.exit.clone()).await
    }

    async fn greet(&mut self) -> Result<(), Error> {
        match timeout(GREETING, self.inbox.next()).await {
            Ok(Some(Item::Message(message))) => match *message {
                FromHelper::Hello {
                    protocol: PROTOCOL_VERSION,
                    version,
                    sqlite_version,
                } => {
                    self.helper_version = version;
                    self.sqlite_version = sqlite_version;
                    Ok(())
                }
                FromHelper::Hello { protocol, .. } => Err(not_greeted(&format!(
                    "it speaks protocol {protocol}, and {PROTOCOL_VERSION} is needed"
                ))),
                other => Err(not_greeted(&format!("it began with {other:?}"))),
            },
            Ok(Some(Item::Bytes(_))) => Err(not_greeted("it began with bytes")),
            Ok(None) => match self.lost().await {
                SessionError::Lost {
                    exit_code, detail, ..
                } => Err(not_greeted(&format!("exit code {exit_code:?}; {detail}"))),
                SessionError::Engine(error) => Err(error),
                SessionError::Failed(failure) => Err(not_greeted(&failure.message)),
            },
            Err(_) => Err(not_greeted("it said nothing")),
        }
    }

    async fn run_download(
        &mut self,
        setup: Vec<Request>,
        request: DownloadRequest,
        sink: ByteSink<'_>,
        on_event: EventSink<'_>,
        cancel: &CancellationToken,
    ) -> Result<Sent, SessionError> {
        for step in setup {
            self.converse(step, None, None, &mut *on_event, cancel)
                .await?;
        }
        let request = Request::Download(request);
        match self
            .converse(request, None, Some(sink), on_event, cancel)
            .await?
        {
            Answer::Sent(sent) => Ok(sent),
            other => Err(lost_with(format!("an answer to something else: {other:?}"))),
        }
    }

    /// One request from beginning to end.
    async fn converse(
        &mut self,
        request: Request,
        file: Option<&mut (dyn AsyncRead + Send + Unpin)>,
        sink: Option<ByteSink<'_>>,
        on_event: EventSink<'_>,
        cancel: &CancellationToken,
    ) -> Result<Answer, SessionError> {
        let Some(mut input) = self.input.take() else {
            return Err(lost_with(
                "the session was ended by a failure before".to_owned(),
            ));
        };
        let id = self.next_request;
        self.next_request += 1;
        let message = ToHelper::Request { id, request };
        let stopping = AtomicBool::new(false);
        let killer = Killer {
            engine: self.engine.clone(),
            id: self.id.clone(),
        };
        let (ending, keep) = {
            let mut receiving = pin!(receive(&mut self.inbox, id, sink, on_event, &stopping));
            match run(&mut input, &message, file, receiving.as_mut(), cancel).await {
                Run::Ended { ending, in_step } => (ending, in_step),
                Run::Cancelled { in_step } => {
                    stopping.store(true, Ordering::Relaxed);
                    stop(&mut input, in_step, &killer, receiving).await
                }
            }
        };
        if keep && matches!(ending, Ending::Answered(_)) {
            self.input = Some(input);
        } else {
            // Dropping it would not tell the helper, because the other half stays open.
            let _ = timeout(ENDING, input.shutdown()).await;
        }
        match ending {
            Ending::Answered(answer) => Ok((*answer)?),
            Ending::SinkFailed(error) => Err(output_failed(&error).into()),
            Ending::NoMore => Err(self.lost().await),
        }
    }

    /// Finds out how the helper ended.
    async fn lost(&mut self) -> SessionError {
        self.input = None;
        let mut exit = self.exit.clone();
        let exit = timeout(EXIT, exit.wait_for(Option::is_some)).await;
        let waited = exit
            .ok()
            .and_then(Result::ok)
            .and_then(|exit| (*exit).and_then(|e| e.code));
        let state = match self
            .engine
            .within(QUESTION)
            .inspect_container(&self.id, None)
            .await
        {
            Ok(found) => found.state.unwrap_or_default(),
            Err(error) if is_missing(&error) => Default::default(),
            Err(error) => return self.engine.fail("The helper was lost.", &error).into(),
        };
        let ended = state.running != Some(true);
        let mut detail = self.inbox.last_words();
        if detail.is_empty() {
            let words = if ended {
                "it said nothing more"
            } else {
                "the connection to it broke"
            };
            words.clone_into(&mut detail);
        }
        SessionError::Lost {
            exit_code: waited.or(state.exit_code.filter(|_| ended)),
            out_of_memory: state.oom_killed.unwrap_or(false),
            detail,
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        if self.removed {
            return;
        }
        let (engine, id) = (self.engine.clone(), self.id.clone());
        let (input, exit) = (self.input.take(), self.exit.clone());
        runtime.spawn(async move {
            // Nobody is left to be told; what stays is collected by the next one that looks.
            if let Err(error) = finish(&engine, &id, input, exit).await {
                tracing::warn!(%error, container = %id, "a helper container was left behind");
            }
        });
    }
}

/// Closes the input, waits, and removes the container, by force if need be.
async fn finish(
    engine: &Engine,
    id: &str,
    input: Option<Input>,
    mut exit: watch::Receiver<Option<Exit>>,
) -> Result<(), Error> {
    if let Some(mut input) = input {
        // It may be closed from the other side already.
        let _ = timeout(ENDING, input.shutdown()).await;
    }
    let _ = timeout(ENDING, exit.wait_for(Option::is_some)).await;
    engine.remove_container(id, true).await
}

fn lost_with(detail: String) -> SessionError {
    SessionError::Lost {
        exit_code: None,
        out_of_memory: false,
        detail,
    }
}

fn not_greeted(detail: &str) -> Error {
    Error::new(
        Code::HelperLost,
        "The helper did not start properly.",
        "Look at the details, and at the engine's log.",
    )
    .with_detail(detail)
}

fn output_failed(error: &std::io::Error) -> Error {
    Error::new(
        Code::OutputFailed,
        "The file could not be written.",
        "Look whether there is room, and whether you may write there.",
    )
    .with_detail(error.to_string())
}
