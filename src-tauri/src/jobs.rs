//! All jobs of this window: those that run and the last that ended.

use std::future::Future;
use std::sync::{Arc, Mutex};

use lifeboat_core::error::Aftermath;
use lifeboat_core::job::{JobContext, Outcome};
use lifeboat_core::{Code, Error};
use serde_json::Value;

use crate::job::{Job, JobTitle, JobView};
use crate::random;

/// Ended jobs that are kept, to be shown.
const ENDED_KEPT: usize = 50;

/// The jobs, oldest first.
#[derive(Debug, Default)]
pub struct Jobs {
    jobs: Mutex<Vec<Arc<Job>>>,
}

impl Jobs {
    /// Takes up a job under a new id.
    ///
    /// # Errors
    /// `internal` without random numbers.
    pub fn open(&self, title: JobTitle) -> Result<Arc<Job>, Error> {
        Ok(self.adopt(random::token()?, title))
    }

    /// Takes up a job that has an id already.
    pub fn adopt(&self, id: String, title: JobTitle) -> Arc<Job> {
        let job = Job::new(id, title);
        let mut jobs = self.jobs.lock().expect("no panic while it is held");
        let ended = jobs.iter().filter(|job| job.has_ended()).count();
        let mut surplus = (ended + 1).saturating_sub(ENDED_KEPT);
        jobs.retain(|job| {
            let goes = surplus > 0 && job.has_ended();
            surplus -= usize::from(goes);
            !goes
        });
        jobs.push(Arc::clone(&job));
        job
    }

    /// Runs `work` as a job in this process, and gives its id at once.
    ///
    /// # Errors
    /// `internal` without random numbers.
    pub fn start<W, F>(&self, title: JobTitle, work: W) -> Result<String, Error>
    where
        W: FnOnce(JobContext) -> F,
        F: Future<Output = Result<Value, Error>> + Send + 'static,
    {
        let job = self.open(title)?;
        let context = JobContext {
            reporter: Arc::clone(&job) as _,
            cancel: job.cancel.clone(),
        };
        let id = job.view().id;
        let work = tauri::async_runtime::spawn(work(context));
        tauri::async_runtime::spawn(async move {
            let ending = work
                .await
                .unwrap_or_else(|cause| Err(panicked(&cause.to_string())));
            end(&job, ending);
        });
        Ok(id)
    }

    /// All of them, oldest first.
    #[must_use]
    pub fn views(&self) -> Vec<JobView> {
        let jobs = self.jobs.lock().expect("no panic while it is held");
        jobs.iter().map(|job| job.view()).collect()
    }

    /// One of them.
    ///
    /// # Errors
    /// `invalid-input` if there is none of that id.
    pub fn find(&self, id: &str) -> Result<Arc<Job>, Error> {
        let jobs = self.jobs.lock().expect("no panic while it is held");
        jobs.iter()
            .find(|job| job.view().id == id)
            .map(Arc::clone)
            .ok_or_else(|| {
                tracing::warn!("refused a job's id that does not exist");
                Error::new(
                    Code::InvalidInput,
                    "There is no such job.",
                    "Look at the list of jobs.",
                )
            })
    }

    /// What a job brought.
    ///
    /// # Errors
    /// The job's own error; `cancelled`; `busy` while it runs.
    pub fn result(&self, id: &str) -> Result<Value, Error> {
        let view = self.find(id)?.view();
        match view.outcome {
            Some(Outcome::Done) => Ok(view.result.unwrap_or(Value::Null)),
            Some(Outcome::Cancelled) => Err(Error::cancelled()),
            Some(Outcome::Failed { error }) => Err(error),
            None => Err(Error::new(
                Code::Busy,
                "The job still runs.",
                "Wait for its end.",
            )),
        }
    }

    /// The running jobs that would end with the window.
    #[must_use]
    pub fn bound_to_window(&self) -> Vec<Arc<Job>> {
        let jobs = self.jobs.lock().expect("no panic while it is held");
        let bound = |job: &&Arc<Job>| !job.has_ended() && !job.view().kind.outlives_window();
        jobs.iter().filter(bound).map(Arc::clone).collect()
    }
}

/// Gives a job its ending. To be cancelled is an ending, not a failure.
pub fn end(job: &Job, ending: Result<Value, Error>) {
    match ending {
        Ok(result) => job.finish(Outcome::Done, Some(result)),
        Err(error)
            if error.code == Code::Cancelled && error.aftermath != Aftermath::NeedsAttention =>
        {
            job.finish(Outcome::Cancelled, None);
        }
        Err(error) => {
            tracing::error!(code = ?error.code, message = error.message, detail = error.detail, "a job failed");
            job.finish(Outcome::Failed { error }, None);
        }
    }
}

/// A fault of ours ends the one job, not the program.
pub fn panicked(cause: &str) -> Error {
    Error::new(
        Code::Internal,
        "Lifeboat made a mistake and gave up.",
        "Try again; if it happens again, report it with the log.",
    )
    .with_detail(cause.to_owned())
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use serde_json::json;

    use super::*;
    use crate::job::JobKind;

    fn title() -> JobTitle {
        JobTitle {
            kind: JobKind::Backup,
            app: Some("shop".to_owned()),
            title: "Back up".to_owned(),
        }
    }

    fn wait_for_end(jobs: &Jobs, id: &str) {
        let (sender, receiver) = mpsc::channel();
        let watcher = move |event| sender.send(event).is_ok();
        jobs.find(id).expect("it is known").watch(Box::new(watcher));
        // The channel closes when the job has ended and forgot its watchers.
        receiver.iter().last().expect("an ending is told");
    }

    #[test]
    fn a_result_is_kept() {
        let jobs = Jobs::default();
        let id = jobs
            .start(title(), |_| async { Ok(json!({"id": 7})) })
            .expect("it is known");
        wait_for_end(&jobs, &id);
        assert_eq!(jobs.result(&id), Ok(json!({"id": 7})));
    }

    #[test]
    fn a_panic_ends_the_job_and_nothing_else() {
        let jobs = Jobs::default();
        let id = jobs
            .start(title(), |_| async { panic!("a fault") })
            .expect("it is known");
        wait_for_end(&jobs, &id);
        assert_eq!(
            jobs.result(&id).expect_err("it has no result").code,
            Code::Internal
        );
    }

    #[test]
    fn cancel_is_an_ending() {
        let jobs = Jobs::default();
        let work = |context: JobContext| async move {
            context.cancel.cancelled().await;
            Err(Error::cancelled())
        };
        let id = jobs.start(title(), work).expect("it is known");
        assert_eq!(
            jobs.result(&id).expect_err("it has no result").code,
            Code::Busy
        );
        assert_eq!(jobs.bound_to_window().len(), 1);
        jobs.find(&id).expect("it is known").cancel.cancel();
        wait_for_end(&jobs, &id);
        assert_eq!(jobs.views()[0].outcome, Some(Outcome::Cancelled));
        assert!(jobs.bound_to_window().is_empty());
    }

    #[test]
    fn ended_jobs_are_forgotten_and_running_ones_are_not() {
        let jobs = Jobs::default();
        let running = jobs.open(title()).expect("it is known");
        for _ in 0..ENDED_KEPT * 2 {
            jobs.open(title())
                .expect("it is known")
                .finish(Outcome::Done, None);
        }
        assert_eq!(jobs.views().len(), ENDED_KEPT + 1);
        assert_eq!(jobs.views()[0].id, running.view().id);
    }
}
