//! Jobs: how long work tells where it is, and how it is told to stop.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use ts_rs::TS;

use crate::error::Error;

/// One step of a job, known before it begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct Step {
    /// A stable word, such as `capture`.
    pub id: String,
    /// What a person reads, such as "Copy the databases".
    pub title: String,
    /// Cancel is possible during it.
    pub interruptible: bool,
}

/// How a job ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
#[ts(export_to = "api.ts")]
pub enum Outcome {
    /// Done.
    Done,
    /// It was cancelled, and nothing is half-made.
    Cancelled,
    /// It failed.
    Failed {
        /// Why.
        error: Error,
    },
}

/// Everything that can be told of a running job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "event", rename_all = "kebab-case")]
#[ts(export_to = "api.ts")]
pub enum JobEvent {
    /// It begins; these are its steps. Told again where something else has to be done than was
    /// planned: what was done stays, and what is left is replaced.
    Started {
        /// In order.
        steps: Vec<Step>,
    },
    /// A step begins.
    StepStarted {
        /// Its id.
        step: String,
        /// Bytes it will go through, if known.
        total_bytes: Option<u64>,
    },
    /// Within the present step.
    Progress {
        /// Its id.
        step: String,
        /// Bytes done.
        done_bytes: u64,
        /// Bytes in all, if known.
        total_bytes: Option<u64>,
    },
    /// Something to tell.
    Note {
        /// One sentence.
        text: String,
    },
    /// A step is done.
    StepFinished {
        /// Its id.
        step: String,
    },
    /// Cancel was asked for; nothing turns back from here.
    Stopping,
    /// The last event.
    Finished {
        /// How.
        outcome: Outcome,
    },
}

/// Who is told.
pub trait Reporter: Send + Sync {
    /// Called freely; a shell throttles what it shows, but drops no step and no ending.
    fn report(&self, event: JobEvent);
}

/// Tells no one.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Reporter for Silent {
    fn report(&self, _: JobEvent) {}
}

/// What every long operation takes.
#[derive(Clone)]
pub struct JobContext {
    /// Who is told.
    pub reporter: Arc<dyn Reporter>,
    /// Set to stop the job.
    pub cancel: CancellationToken,
}

impl JobContext {
    /// A job that tells `reporter`.
    #[must_use]
    pub fn new(reporter: Arc<dyn Reporter>) -> Self {
        Self {
            reporter,
            cancel: CancellationToken::new(),
        }
    }

    /// A job that tells no one.
    #[must_use]
    pub fn silent() -> Self {
        Self::new(Arc::new(Silent))
    }

    /// Tells the reporter.
    pub fn report(&self, event: JobEvent) {
        self.reporter.report(event);
    }

    /// A sentence for the reporter.
    pub fn note(&self, text: impl Into<String>) {
        self.report(JobEvent::Note { text: text.into() });
    }
}
