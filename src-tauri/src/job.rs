//! One job of the window: what is known of it, and who watches it.

use std::sync::{Mutex, MutexGuard, Weak};
use std::time::Instant;

use lifeboat_core::job::{JobEvent, Outcome, Reporter, Step};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use ts_rs::TS;

use crate::throttle::{Decision, Throttle};

/// Sentences kept of one job; the oldest go first.
const NOTES: usize = 200;

/// What a job does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export_to = "api.ts")]
pub enum JobKind {
    /// Takes a backup.
    Backup,
    /// Proves a backup again.
    Verify,
    /// Copies a backup to this machine.
    Download,
    /// Takes in a file.
    Import,
    /// Puts a backup back.
    Restore,
    /// Takes the last restore or update back.
    Undo,
    /// Puts a newer release in place, or goes back to the old one.
    Update,
    /// Ends what a crash left unfinished.
    Recover,
    /// Removes everything of ours that belongs to an application.
    Leave,
}

impl JobKind {
    /// The work goes on in a process of its own when the window is closed.
    #[must_use]
    pub fn outlives_window(self) -> bool {
        match self {
            Self::Restore | Self::Undo | Self::Update | Self::Recover => true,
            Self::Backup | Self::Verify | Self::Download | Self::Import | Self::Leave => false,
        }
    }
}

/// What a job is, before it runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobTitle {
    /// What it does.
    pub kind: JobKind,
    /// To which application, if that is known.
    pub app: Option<String>,
    /// In words.
    pub title: String,
}

/// Everything that is known of a job at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct JobView {
    /// Its id.
    pub id: String,
    /// To which application, if that is known.
    pub app: Option<String>,
    /// What it does.
    pub kind: JobKind,
    /// In words.
    pub title: String,
    /// Its steps, in order; empty until it began.
    pub steps: Vec<Step>,
    /// The id of the step that runs.
    pub current_step: Option<String>,
    /// Bytes done in that step.
    pub done_bytes: u64,
    /// Bytes of that step in all, if known.
    pub total_bytes: Option<u64>,
    /// What it told.
    pub notes: Vec<String>,
    /// Cancel was asked for, and it comes to its end.
    pub stopping: bool,
    /// How it ended; `None` while it runs.
    pub outcome: Option<Outcome>,
    /// What it brought: a `Backup`, `DownloadReport`, `RestoreReport`, `UpdateReport`,
    /// `RecoveryReport` or `LeaveReport`.
    #[ts(type = "unknown")]
    pub result: Option<serde_json::Value>,
}

impl JobView {
    fn new(id: String, title: JobTitle) -> Self {
        Self {
            id,
            app: title.app,
            kind: title.kind,
            title: title.title,
            steps: Vec::new(),
            current_step: None,
            done_bytes: 0,
            total_bytes: None,
            notes: Vec::new(),
            stopping: false,
            outcome: None,
            result: None,
        }
    }

    fn apply(&mut self, event: &JobEvent) {
        match event {
            JobEvent::Started { steps } => self.steps.clone_from(steps),
            JobEvent::StepStarted { step, total_bytes } => {
                self.current_step = Some(step.clone());
                self.done_bytes = 0;
                self.total_bytes = *total_bytes;
            }
            JobEvent::Progress {
                step,
                done_bytes,
                total_bytes,
            } => {
                self.current_step = Some(step.clone());
                self.done_bytes = *done_bytes;
                self.total_bytes = *total_bytes;
            }
            JobEvent::Note { text } => {
                if self.notes.len() >= NOTES {
                    self.notes.remove(0);
                }
                self.notes.push(text.clone());
            }
            JobEvent::StepFinished { .. } => {
                self.current_step = None;
                self.done_bytes = 0;
                self.total_bytes = None;
            }
            JobEvent::Stopping => self.stopping = true,
            JobEvent::Finished { outcome } => self.outcome = Some(outcome.clone()),
        }
    }
}

/// Is told each event; answers whether it still listens.
pub type Watcher = Box<dyn Fn(JobEvent) -> bool + Send>;

#[derive(Default)]
struct Told {
    /// Everything but progress, for those who come later.
    history: Vec<JobEvent>,
    /// The newest progress of the step that runs.
    progress: Option<JobEvent>,
    throttle: Throttle,
    watchers: Vec<Watcher>,
}

/// A job that runs, or ran.
pub struct Job {
    /// Set to stop it.
    pub cancel: CancellationToken,
    itself: Weak<Self>,
    state: Mutex<(JobView, Told)>,
}

impl std::fmt::Debug for Job {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Job")
            .field("view", &self.view())
            .finish_non_exhaustive()
    }
}

impl Job {
    /// A job that has not begun.
    #[must_use]
    pub fn new(id: String, title: JobTitle) -> std::sync::Arc<Self> {
        std::sync::Arc::new_cyclic(|itself| Self {
            cancel: CancellationToken::new(),
            itself: itself.clone(),
            state: Mutex::new((JobView::new(id, title), Told::default())),
        })
    }

    /// What is known of it now.
    #[must_use]
    pub fn view(&self) -> JobView {
        self.lock().0.clone()
    }

    /// Whether it has an ending.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.lock().0.outcome.is_some()
    }

    /// Waits for its ending.
    pub async fn ended(&self) {
        let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
        self.watch(Box::new(move |event| sender.send(event).is_ok()));
        // An ended job forgets its watchers, and the channel closes.
        while receiver.recv().await.is_some() {}
    }

    /// Tells `watcher` all that led to the present state, and then what comes.
    pub fn watch(&self, watcher: Watcher) {
        let mut state = self.lock();
        let (_, told) = &mut *state;
        let mut past = told.history.iter();
        // Progress belongs to the step that runs, so it comes last; an ended job has none.
        let listens =
            past.all(|event| watcher(event.clone())) && told.progress.clone().is_none_or(&watcher);
        if listens && state.0.outcome.is_none() {
            state.1.watchers.push(watcher);
        }
    }

    /// Ends it. Only the first ending counts.
    pub fn finish(&self, outcome: Outcome, result: Option<serde_json::Value>) {
        let mut state = self.lock();
        if state.0.outcome.is_some() {
            return;
        }
        state.0.result = result;
        self.take(&mut state, JobEvent::Finished { outcome });
        state.1.watchers.clear();
    }

    fn take(&self, state: &mut (JobView, Told), event: JobEvent) {
        let (view, told) = state;
        view.apply(&event);
        match &event {
            JobEvent::Progress { .. } => told.progress = Some(event.clone()),
            JobEvent::Note { .. } => {
                told.forget_oldest_note();
                told.history.push(event.clone());
            }
            JobEvent::Started { .. } | JobEvent::Stopping => told.history.push(event.clone()),
            JobEvent::StepStarted { .. }
            | JobEvent::StepFinished { .. }
            | JobEvent::Finished { .. } => {
                told.progress = None;
                told.history.push(event.clone());
            }
        }
        let decision = told.throttle.pass(event, Instant::now());
        self.carry_out(told, decision);
    }

    fn carry_out(&self, told: &mut Told, decision: Decision) {
        if let Some(event) = decision.send {
            told.watchers.retain(|watcher| watcher(event.clone()));
        }
        let (Some(after), Some(job)) = (decision.wake_after, self.itself.upgrade()) else {
            return;
        };
        tauri::async_runtime::spawn(async move {
            tokio::time::sleep(after).await;
            let mut state = job.lock();
            let decision = state.1.throttle.wake(Instant::now());
            job.carry_out(&mut state.1, decision);
        });
    }

    fn lock(&self) -> MutexGuard<'_, (JobView, Told)> {
        self.state.lock().expect("no panic while it is held")
    }
}

impl Told {
    fn forget_oldest_note(&mut self) {
        let is_note = |event: &JobEvent| matches!(event, JobEvent::Note { .. });
        if self.history.iter().filter(|event| is_note(event)).count() >= NOTES {
            let oldest = self
                .history
                .iter()
                .position(is_note)
                .expect("there are notes");
            self.history.remove(oldest);
        }
    }
}

impl Reporter for Job {
    fn report(&self, event: JobEvent) {
        let mut state = self.lock();
        // The ending is told by whoever runs the job, when its result is there as well.
        if state.0.outcome.is_some() || matches!(event, JobEvent::Finished { .. }) {
            return;
        }
        self.take(&mut state, event);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, mpsc};

    use super::*;

    fn job() -> Arc<Job> {
        let title = JobTitle {
            kind: JobKind::Backup,
            app: None,
            title: "Back up".to_owned(),
        };
        Job::new("one".to_owned(), title)
    }

    fn watcher() -> (Watcher, mpsc::Receiver<JobEvent>) {
        let (sender, receiver) = mpsc::channel();
        (Box::new(move |event| sender.send(event).is_ok()), receiver)
    }

    fn step() -> Step {
        Step {
            id: "capture".to_owned(),
            title: "Copy".to_owned(),
            interruptible: true,
        }
    }

    fn progress(done_bytes: u64) -> JobEvent {
        JobEvent::Progress {
            step: "capture".to_owned(),
            done_bytes,
            total_bytes: Some(10),
        }
    }

    #[test]
    fn who_comes_late_is_told_the_present_state_first() {
        let job = job();
        let started = JobEvent::Started {
            steps: vec![step()],
        };
        let step_started = JobEvent::StepStarted {
            step: step().id,
            total_bytes: Some(10),
        };
        job.report(started.clone());
        job.report(step_started.clone());
        for done in 1..=7 {
            job.report(progress(done));
        }
        let (late, heard) = watcher();
        job.watch(late);
        let told: Vec<_> = heard.try_iter().collect();
        assert_eq!(told, [started, step_started, progress(7)]);
        assert_eq!(job.view().done_bytes, 7);
        assert_eq!(job.view().steps, [step()]);
    }

    #[test]
    fn the_ending_is_told_once_and_nothing_after_it() {
        let job = job();
        let (first, heard) = watcher();
        job.watch(first);
        job.report(JobEvent::Finished {
            outcome: Outcome::Done,
        });
        for done in 0..100 {
            job.report(progress(done));
        }
        job.finish(Outcome::Cancelled, None);
        job.finish(Outcome::Done, None);
        job.report(JobEvent::Note {
            text: "too late".to_owned(),
        });
        let told: Vec<_> = heard.iter().collect();
        assert_eq!(
            told,
            [
                progress(0),
                JobEvent::Finished {
                    outcome: Outcome::Cancelled
                }
            ]
        );
        let (late, heard) = watcher();
        job.watch(late);
        let told: Vec<_> = heard.iter().collect();
        assert_eq!(
            told,
            [JobEvent::Finished {
                outcome: Outcome::Cancelled
            }]
        );
    }

    #[test]
    fn a_watcher_that_is_gone_is_forgotten() {
        let job = job();
        let (gone, heard) = watcher();
        job.watch(gone);
        drop(heard);
        job.report(JobEvent::Stopping);
        assert!(job.lock().1.watchers.is_empty());
    }

    #[test]
    fn a_flood_of_notes_is_bounded() {
        let job = job();
        for number in 0..NOTES * 2 {
            job.report(JobEvent::Note {
                text: number.to_string(),
            });
        }
        assert_eq!(job.view().notes.len(), NOTES);
        assert_eq!(job.lock().1.history.len(), NOTES);
        assert_eq!(job.view().notes[0], NOTES.to_string());
    }
}
