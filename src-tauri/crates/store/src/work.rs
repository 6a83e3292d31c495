//! What every long operation carries: a way to hear that it is cancelled, a way to tell how far it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::failure::Failure;
use crate::manifest::Finding;
use crate::protocol::Event;

/// A shared flag: set once, never unset.
#[derive(Debug, Clone, Default)]
pub struct CancelFlag(Arc<AtomicBool>);

impl CancelFlag {
    /// Ask the work to stop.
    pub fn set(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Was it asked to stop?
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Cancel flag and event sink of one running operation.
#[derive(Clone)]
pub struct Work {
    cancel: CancelFlag,
    emit: Arc<dyn Fn(Event) + Send + Sync>,
}

impl Work {
    /// Work that is stopped by `cancel` and tells `emit`.
    pub fn new(cancel: CancelFlag, emit: impl Fn(Event) + Send + Sync + 'static) -> Self {
        Self {
            cancel,
            emit: Arc::new(emit),
        }
    }

    /// Work that nobody watches and nobody can stop.
    #[must_use]
    pub fn unwatched() -> Self {
        Self::new(CancelFlag::default(), |_| {})
    }

    /// The flag, for those who wait on something else meanwhile.
    #[must_use]
    pub fn cancel_flag(&self) -> &CancelFlag {
        &self.cancel
    }

    /// Fails with `cancelled` if the work was asked to stop.
    ///
    /// # Errors
    /// `cancelled`.
    pub fn check(&self) -> Result<(), Failure> {
        if self.cancel.is_set() {
            Err(Failure::cancelled())
        } else {
            Ok(())
        }
    }

    /// Tells something.
    pub fn emit(&self, event: Event) {
        (self.emit)(event);
    }

    /// A phase begins.
    pub fn phase(&self, name: &str, total_bytes: Option<u64>) {
        self.emit(Event::Phase {
            name: name.to_owned(),
            total_bytes,
        });
    }

    /// So many bytes of the present phase are done. Call it at most once a block of about 1 MiB.
    pub fn progress(&self, done_bytes: u64) {
        self.emit(Event::Progress { done_bytes });
    }

    /// Something a person should know.
    pub fn finding(&self, finding: Finding) {
        self.emit(Event::Finding { finding });
    }
}
