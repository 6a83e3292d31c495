//! What every command is handed: the engine, how to print, where progress goes, how to be stopped.

use std::future::Future;
use std::sync::Arc;

use jiff::Timestamp;
use lifeboat_core::error::Error;
use lifeboat_core::job::{JobContext, JobEvent, Reporter as _};
use lifeboat_core::lifeboat::{Actor, Options};
use lifeboat_core::{Code, Lifeboat};
use tokio_util::sync::CancellationToken;

use crate::arguments::Global;
use crate::exit::Exit;
use crate::output::progress::{Events, Lines, Progress, Terminal, stderr_line};
use crate::output::{Output, View};

/// One run of the command.
pub(crate) struct Session {
    /// How to print.
    pub(crate) output: Output,
    /// `--yes`.
    pub(crate) yes: bool,
    begun: Timestamp,
    engine: Option<String>,
    progress: Arc<Progress>,
    cancel: CancellationToken,
}

impl Session {
    /// A run with these options. `keeps_steps` leaves a line for each finished step on a terminal.
    pub(crate) fn new(global: &Global, output: Output, keeps_steps: bool) -> Self {
        let progress = match (output.events, output.quiet, output.talks_to_terminal) {
            (true, _, _) => Progress::Events(Events::on_stdout()),
            (false, true, _) => Progress::Silent,
            (false, false, true) => Progress::Terminal(Terminal::new(keeps_steps)),
            (false, false, false) if output.json => Progress::Silent,
            (false, false, false) => Progress::Lines(Lines::default()),
        };
        Self {
            output,
            begun: Timestamp::now(),
            yes: global.yes,
            engine: global.engine.clone(),
            progress: Arc::new(progress),
            cancel: CancellationToken::new(),
        }
    }

    /// How data is written for standard output.
    pub(crate) fn view(&self) -> View {
        View {
            look: self.output.look,
            now: self.begun,
            details: self.output.verbose > 0,
        }
    }

    /// How plans and questions are written for standard error.
    pub(crate) fn talk_view(&self) -> View {
        View {
            look: self.output.talk_look,
            ..self.view()
        }
    }

    /// Whether a plan is shown before it is run: whenever somebody is asked about it, and otherwise
    /// to whoever did not ask for less.
    pub(crate) fn shows_plans(&self) -> bool {
        !self.yes || !(self.output.quiet || self.output.json)
    }

    /// Where progress goes.
    pub(crate) fn progress(&self) -> &Progress {
        &self.progress
    }

    /// How core is to begin.
    pub(crate) fn options(&self) -> Options {
        Options {
            engine: self.engine.clone(),
            actor: Actor::Cli,
            state_directory: None,
        }
    }

    /// Finds the engine, to act in another role than that of a command.
    ///
    /// # Errors
    /// Those of `Lifeboat::connect`, and `cancelled`.
    pub(crate) async fn connect_as(&self, actor: Actor) -> Result<Lifeboat, Error> {
        let options = Options {
            actor,
            ..self.options()
        };
        self.interruptible(Lifeboat::connect(options)).await
    }

    /// Finds the engine.
    ///
    /// # Errors
    /// Those of `Lifeboat::connect`, and `cancelled`.
    pub(crate) async fn connect(&self) -> Result<Lifeboat, Error> {
        self.interruptible(Lifeboat::connect(self.options())).await
    }

    /// What a long operation takes.
    pub(crate) fn job(&self) -> JobContext {
        JobContext {
            reporter: Arc::clone(&self.progress) as _,
            cancel: self.cancel.clone(),
        }
    }

    /// Whether it was told to stop.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }

    /// Waits for something that changes nothing, or until it is told to stop.
    ///
    /// # Errors
    /// Those of `work`, and `cancelled`.
    pub(crate) async fn interruptible<T>(
        &self,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(Error::cancelled()),
            result = work => result,
        }
    }

    /// From here on the first Ctrl-C or SIGTERM cancels, the second ends at once.
    ///
    /// # Errors
    /// `internal` if signals cannot be listened to.
    pub(crate) fn listen_to_signals(&self) -> Result<(), Error> {
        let mut signals = Signals::new().map_err(|error| {
            Error::new(
                Code::Internal,
                "The signals of the operating system cannot be listened to.",
                "Try again; if it stays so, restart the machine.",
            )
            .with_detail(error.to_string())
        })?;
        let progress = Arc::clone(&self.progress);
        let cancel = self.cancel.clone();
        tokio::spawn(async move {
            signals.next().await;
            progress.interject("Cancelling… Ctrl-C once more ends at once.");
            progress.report(JobEvent::Stopping);
            cancel.cancel();
            signals.next().await;
            stderr_line("Ended at once. `lifeboat recover` ends what may be unfinished.");
            end_at_once();
        });
        Ok(())
    }
}

#[expect(
    clippy::exit,
    reason = "the second interrupt may not wait for anything"
)]
fn end_at_once() {
    std::process::exit(i32::from(Exit::Interrupted.number()));
}

/// The signals that ask a program to stop.
#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// The signals that ask a program to stop.
#[cfg(windows)]
struct Signals {
    interrupt: tokio::signal::windows::CtrlC,
    close: tokio::signal::windows::CtrlClose,
}

#[cfg(windows)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::windows::{ctrl_c, ctrl_close};
        Ok(Self {
            interrupt: ctrl_c()?,
            close: ctrl_close()?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.close.recv() => {}
        }
    }
}
