//! Signals, and the line that ends a session at work when the guardian has to end.

use std::process::ChildStdin;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use nix::sys::signal::{SigSet, Signal};

use crate::failure::{Failure, FailureKind};
use crate::work::CancelFlag;

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wake {
    /// Look now: something has changed.
    Look,
    /// End.
    End,
}

/// Shared with whoever speaks to a session: its standard input, for as long as it may work.
#[derive(Debug, Clone, Default)]
pub(super) struct Lifeline {
    input: Arc<Mutex<Option<ChildStdin>>>,
    ended: CancelFlag,
}

impl Lifeline {
    /// Takes over the signals of this process; to be called before there is a second thread.
    ///
    /// They are blocked and waited for, not handled: the first process of a container is not even sent
    /// those that it neither handles nor blocks.
    pub(super) fn hold() -> Result<(Self, Receiver<Wake>), Failure> {
        let mut signals = SigSet::empty();
        for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP] {
            signals.add(signal);
        }
        signals.thread_block().map_err(|error| {
            Failure::new(FailureKind::Io, "signals could not be held")
                .with_detail(error.to_string())
        })?;
        let lifeline = Self::default();
        let (sender, wakes) = channel();
        let ours = lifeline.clone();
        std::thread::spawn(move || {
            while let Ok(signal) = signals.wait() {
                let wake = match signal {
                    Signal::SIGHUP => Wake::Look,
                    _ => Wake::End,
                };
                if wake == Wake::End {
                    ours.cut();
                }
                if sender.send(wake).is_err() {
                    return;
                }
            }
        });
        Ok((lifeline, wakes))
    }

    /// Was the guardian told to end?
    pub(super) fn has_ended(&self) -> bool {
        self.ended.is_set()
    }

    /// Gives a session its lifeline, unless the guardian is to end.
    pub(super) fn tie(&self, input: ChildStdin) {
        let mut held = self.held();
        *held = (!self.ended.is_set()).then_some(input);
    }

    /// What ends the present session when it is dropped.
    pub(super) fn held(&self) -> MutexGuard<'_, Option<ChildStdin>> {
        self.input.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cut(&self) {
        self.ended.set();
        drop(self.held().take());
    }
}
