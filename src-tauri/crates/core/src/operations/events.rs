//! From the helper's phases to the steps of a job.

use lifeboat_store::protocol::Event;

use crate::job::{JobContext, JobEvent, Step};

/// A step whose id is the helper's name for the phase.
pub(super) fn step(id: &str, title: &str, interruptible: bool) -> Step {
    Step {
        id: id.to_owned(),
        title: title.to_owned(),
        interruptible,
    }
}

/// Turns phases into steps: a phase that is no step of the job belongs to the step before it.
pub(super) struct StepTracker<'a> {
    job: &'a JobContext,
    steps: Vec<Step>,
    current: Option<(String, Option<u64>)>,
    /// Done in the present step before what the helper counts now.
    base_bytes: u64,
}

impl<'a> StepTracker<'a> {
    /// Announces the job and its steps.
    pub(super) fn start(job: &'a JobContext, steps: Vec<Step>) -> Self {
        job.report(JobEvent::Started {
            steps: steps.clone(),
        });
        Self {
            job,
            steps,
            current: None,
            base_bytes: 0,
        }
    }

    /// A step begins; the one before it is done.
    pub(super) fn begin(&mut self, id: &str, total_bytes: Option<u64>) {
        if !self.steps.iter().any(|step| step.id == id) {
            return;
        }
        if self
            .current
            .as_ref()
            .is_some_and(|(current, _)| current == id)
        {
            return;
        }
        self.finish();
        self.base_bytes = 0;
        self.current = Some((id.to_owned(), total_bytes));
        self.job.report(JobEvent::StepStarted {
            step: id.to_owned(),
            total_bytes,
        });
    }

    /// The same step, with another number of bytes: what it goes through became known.
    pub(super) fn begin_again(&mut self, id: &str, total_bytes: Option<u64>) {
        match &mut self.current {
            Some((current, total)) if current == id => *total = total_bytes,
            _ => self.begin(id, total_bytes),
        }
    }

    /// The present step failed, and nothing more of what was announced will be done: this step, which
    /// nobody planned, comes instead.
    pub(super) fn turn_to(&mut self, step: Step) {
        // Not finished: nobody is to read that it is done.
        let failed = self.current.take();
        let begun = failed
            .and_then(|(id, _)| self.steps.iter().position(|one| one.id == id))
            .map_or(self.steps.len(), |position| position + 1);
        self.steps.truncate(begun);
        let id = step.id.clone();
        self.steps.push(step);
        self.job.report(JobEvent::Started {
            steps: self.steps.clone(),
        });
        self.begin(&id, None);
    }

    /// One part of a step that has several is done; the helper counts the next one from zero.
    pub(super) fn end_part(&mut self, part_bytes: u64) {
        self.base_bytes += part_bytes;
    }

    /// The present step is done.
    pub(super) fn finish(&mut self) {
        if let Some((step, _)) = self.current.take() {
            self.job.report(JobEvent::StepFinished { step });
        }
    }

    /// What the helper tells.
    pub(super) fn hear(&mut self, event: Event) {
        match event {
            Event::Phase { name, total_bytes } => self.begin(&name, total_bytes),
            Event::Progress { done_bytes } => {
                if let Some((step, total_bytes)) = &self.current {
                    self.job.report(JobEvent::Progress {
                        step: step.clone(),
                        done_bytes: self.base_bytes + done_bytes,
                        total_bytes: *total_bytes,
                    });
                }
            }
            Event::Finding { finding } => self.job.note(finding.message),
            Event::Listed { .. } => {
                self.job
                    .note("The backup is complete and listed; its proof follows.");
            }
            Event::Pinned { .. } => {}
        }
    }
}
