//! What the window may ask for: limits first, then one call into core.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use lifeboat_core::api::{
    AppList, AuditLog, Backup, BackupList, BackupOptions, Comparison, DemoReport, DoctorReport,
    DownloadForm, Health, Trigger,
};
use lifeboat_core::job::JobContext;
use lifeboat_core::lifeboat::{self, Lifeboat, Options};
use lifeboat_core::{Code, Error};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::{Notify, watch};
use ts_rs::TS;

use crate::child;
use crate::confirmations::Confirmations;
use crate::connection::Connection;
use crate::drops::Drops;
use crate::job::{JobKind, JobTitle, JobView, Watcher};
use crate::jobs::{self, Jobs};
use crate::limits;
use crate::memory::Folders;
use crate::names;
use crate::paths::{Paths, Use};

/// How long a closing window waits for cancelled jobs. The engine's side cleans up in any case.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the window holds.
pub struct Desktop {
    /// The engine.
    pub connection: Arc<Connection>,
    /// The jobs of this window, and those it found running.
    pub jobs: Jobs,
    /// What was shown and waits for a yes.
    pub confirmations: Confirmations,
    /// Paths that a person has chosen.
    pub paths: Arc<Paths>,
    /// Who is told of files that are dragged onto the window.
    pub drops: Arc<Drops>,
    /// What is remembered from one start to the next.
    pub folders: Folders,
    /// The command line program; `None` to look for it.
    pub program: Option<PathBuf>,
    /// The person chose something else.
    pub preferences_changed: Notify,
    /// The list of applications is not true any more.
    pub something_happened: Notify,
    /// The list as it was seen last, by whoever asked for it.
    pub seen: watch::Sender<Option<AppList>>,
}

/// What a download will be called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct DownloadPlan {
    /// For the Save dialog.
    pub suggested_name: String,
}

impl Desktop {
    /// A window that has met nobody yet.
    #[must_use]
    pub fn new(options: Options, folders: Folders, program: Option<PathBuf>) -> Self {
        Self {
            connection: Arc::new(Connection::new(options)),
            jobs: Jobs::default(),
            confirmations: Confirmations::default(),
            paths: Arc::default(),
            drops: Arc::default(),
            folders,
            program,
            preferences_changed: Notify::new(),
            something_happened: Notify::new(),
            seen: watch::Sender::new(None),
        }
    }

    /// Takes up the processes that an earlier window left behind.
    pub fn attach_to_running(&self) {
        for (record, followed) in child::left_behind(&self.folders.processes()) {
            let job = self.jobs.adopt(record.id, record.title);
            tauri::async_runtime::spawn(async move {
                let ending = followed.follow(&job).await;
                jobs::end(&job, ending);
            });
        }
    }

    /// All applications.
    ///
    /// # Errors
    /// Those of core.
    pub async fn list_apps(&self) -> Result<AppList, Error> {
        let list = self
            .connection
            .run(|lifeboat| async move { lifeboat.apps().await })
            .await?;
        self.folders.remember_apps(self.engine(), &list);
        self.seen.send_replace(Some(list.clone()));
        Ok(list)
    }

    /// Whether the engine answers.
    ///
    /// # Errors
    /// Those of connecting, and the `engine-…` codes.
    pub async fn ping_engine(&self) -> Result<(), Error> {
        self.connection
            .run(|lifeboat| async move { lifeboat.ping().await })
            .await
    }

    /// The applications as they were last seen.
    #[must_use]
    pub fn cached_apps(&self) -> Option<AppList> {
        self.folders.known_apps(self.engine())
    }

    fn engine(&self) -> Option<&str> {
        self.connection.options.engine.as_deref()
    }

    /// The health of an application's databases.
    ///
    /// # Errors
    /// `invalid-input`, and those of core.
    pub async fn health(&self, app: String, deep: bool) -> Result<Health, Error> {
        limits::app(&app)?;
        let look = move |lifeboat: Lifeboat| async move {
            lifeboat.health(&app, deep, &JobContext::silent()).await
        };
        self.connection.run(look).await
    }

    /// The backups of an application.
    ///
    /// # Errors
    /// `invalid-input`, and those of core.
    pub async fn backups(&self, app: String) -> Result<BackupList, Error> {
        limits::app(&app)?;
        self.connection
            .run(|lifeboat| async move { lifeboat.backups(&app).await })
            .await
    }

    /// One backup.
    ///
    /// # Errors
    /// `invalid-input`, and those of core.
    pub async fn backup(&self, app: String, backup: String) -> Result<Backup, Error> {
        limits::backup(&app, &backup)?;
        self.connection
            .run(|lifeboat| async move { lifeboat.backup(&app, &backup).await })
            .await
    }

    /// What a restore would change.
    ///
    /// # Errors
    /// `invalid-input`, and those of core.
    pub async fn compare(&self, app: String, backup: String) -> Result<Comparison, Error> {
        limits::backup(&app, &backup)?;
        let look = |lifeboat: Lifeboat| async move {
            lifeboat.compare(&app, &backup, &JobContext::silent()).await
        };
        self.connection.run(look).await
    }

    /// How two backups differ.
    ///
    /// # Errors
    /// `invalid-input`, and those of core.
    pub async fn compare_backups(
        &self,
        app: String,
        backup: String,
        with: String,
    ) -> Result<Comparison, Error> {
        limits::backup(&app, &backup)?;
        limits::backup(&app, &with)?;
        let look = |lifeboat: Lifeboat| async move {
            lifeboat.compare_backups(&app, &backup, &with).await
        };
        self.connection.run(look).await
    }

    /// Brings up the demo application.
    ///
    /// # Errors
    /// Those of core.
    pub async fn start_demo(&self) -> Result<DemoReport, Error> {
        let start = |lifeboat: Lifeboat| async move {
            lifeboat.start_demo(None, &JobContext::silent()).await
        };
        self.connection.run(start).await
    }

    /// Pins or unpins.
    ///
    /// # Errors
    /// `invalid-input`, and those of core.
    pub async fn set_pinned(
        &self,
        app: String,
        backup: String,
        pinned: bool,
    ) -> Result<Backup, Error> {
        limits::backup(&app, &backup)?;
        let pin = move |lifeboat: Lifeboat| async move {
            lifeboat.set_pinned(&app, &backup, pinned).await
        };
        self.connection.run(pin).await
    }

    /// The audit log.
    ///
    /// # Errors
    /// `invalid-input`, and those of core.
    pub async fn audit(&self, app: String, verify: bool) -> Result<AuditLog, Error> {
        limits::app(&app)?;
        self.connection
            .run(move |lifeboat| async move { lifeboat.audit(&app, verify).await })
            .await
    }

    /// Looks at everything that could be in the way.
    ///
    /// # Errors
    /// `internal` for a fault of ours.
    pub async fn doctor(&self) -> Result<DoctorReport, Error> {
        let options = self.connection.options.clone();
        let look = tauri::async_runtime::spawn(async move { lifeboat::doctor(&options).await });
        look.await
            .map_err(|cause| jobs::panicked(&cause.to_string()))
    }

    /// Takes a backup.
    ///
    /// # Errors
    /// `invalid-input`.
    pub fn create_backup(&self, app: String, mut options: BackupOptions) -> Result<String, Error> {
        limits::app(&app)?;
        if let Some(note) = &options.note {
            limits::check("note", note, limits::NOTE_BYTES)?;
        }
        // In the window it is always a person who asks.
        options.trigger = Trigger::Manual;
        let words = self.words();
        let text = words.with("dialogs-work-backup", &[("app", app.as_str().into())]);
        let title = title(JobKind::Backup, &app, text);
        self.start(title, |lifeboat, job| async move {
            lifeboat.create_backup(&app, options, &job).await
        })
    }

    /// Proves a backup again.
    ///
    /// # Errors
    /// `invalid-input`.
    pub fn verify(&self, app: String, backup: String) -> Result<String, Error> {
        limits::backup(&app, &backup)?;
        let words = self.words();
        let text = words.with("dialogs-work-verify", &[("app", app.as_str().into())]);
        let title = title(JobKind::Verify, &app, text);
        self.start(title, |lifeboat, job| async move {
            lifeboat.verify(&app, &backup, &job).await
        })
    }

    /// What a download will be called.
    ///
    /// # Errors
    /// `invalid-input`, and those of core.
    pub async fn plan_download(
        &self,
        app: String,
        backup: String,
        form: DownloadForm,
    ) -> Result<DownloadPlan, Error> {
        check_form(&form)?;
        let backup = self.backup(app, backup).await?;
        Ok(DownloadPlan {
            suggested_name: names::for_download(&backup, &form)?,
        })
    }

    /// Copies a backup to a file that was chosen in the Save dialog.
    ///
    /// # Errors
    /// `invalid-input`; `confirmation-needed` if the path was not chosen.
    pub fn download(
        &self,
        app: String,
        backup: String,
        form: DownloadForm,
        to: &str,
    ) -> Result<String, Error> {
        limits::backup(&app, &backup)?;
        limits::path(to)?;
        check_form(&form)?;
        let to = self.paths.agreed(Use::Save, to)?;
        let paths = Arc::clone(&self.paths);
        let words = self.words();
        let text = words.with("dialogs-work-download", &[("app", app.as_str().into())]);
        let title = title(JobKind::Download, &app, text);
        self.start(title, |lifeboat, job| async move {
            let report = lifeboat.download(&app, &backup, form, &to, &job).await?;
            paths.agree(Use::Reveal, report.path.as_ref());
            Ok(report)
        })
    }

    /// Takes in a file that was chosen in the Open dialog or dropped onto the window.
    ///
    /// # Errors
    /// `invalid-input`; `confirmation-needed` if the path was not chosen.
    pub fn import(&self, file: &str, app: Option<String>) -> Result<String, Error> {
        limits::path(file)?;
        app.as_deref().map_or(Ok(()), limits::app)?;
        let file = self.paths.agreed(Use::Open, file)?;
        let name = file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let words = self.words();
        let title = words.with("dialogs-work-import", &[("file", name.into())]);
        let title = JobTitle {
            kind: JobKind::Import,
            app: app.clone(),
            title,
        };
        self.start(title, |lifeboat, job| async move {
            lifeboat.import(&file, app.as_deref(), &job).await
        })
    }

    pub(crate) fn start<T, W, F>(&self, title: JobTitle, work: W) -> Result<String, Error>
    where
        T: Serialize + Send + 'static,
        W: FnOnce(Lifeboat, JobContext) -> F + Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let connection = Arc::clone(&self.connection);
        self.jobs.start(title, |job| async move {
            let report = connection.run(|lifeboat| work(lifeboat, job)).await?;
            Ok(serde_json::to_value(report).expect("our own types serialise"))
        })
    }

    /// Tells `watcher` the present state of a job, then its events.
    ///
    /// # Errors
    /// `invalid-input` if there is no such job.
    pub fn watch_job(&self, id: &str, watcher: Watcher) -> Result<(), Error> {
        limits::token(id)?;
        self.jobs.find(id)?.watch(watcher);
        Ok(())
    }

    /// Asks a job to stop.
    ///
    /// # Errors
    /// `invalid-input` if there is no such job.
    pub fn cancel_job(&self, id: &str) -> Result<(), Error> {
        limits::token(id)?;
        self.jobs.find(id)?.cancel.cancel();
        Ok(())
    }

    /// What a job brought.
    ///
    /// # Errors
    /// The job's own; `busy` while it runs; `invalid-input` if there is no such job.
    pub fn job_result(&self, id: &str) -> Result<Value, Error> {
        limits::token(id)?;
        self.jobs.result(id)
    }

    /// All jobs, oldest first.
    #[must_use]
    pub fn list_jobs(&self) -> Vec<JobView> {
        self.jobs.views()
    }

    /// A path that a download wrote, to be shown in the file manager.
    ///
    /// # Errors
    /// `invalid-input`; `confirmation-needed` for any other path.
    pub fn path_to_reveal(&self, path: &str) -> Result<PathBuf, Error> {
        limits::path(path)?;
        self.paths.agreed(Use::Reveal, path)
    }

    /// Cancels what would end with the window, and waits a while for its clean end.
    pub async fn end_what_is_bound_to_window(&self) {
        let bound = self.jobs.bound_to_window();
        for job in &bound {
            job.cancel.cancel();
        }
        let all_ended = async {
            for job in &bound {
                job.ended().await;
            }
        };
        if tokio::time::timeout(PATIENCE, all_ended).await.is_err() {
            tracing::warn!("a cancelled job did not end in time");
        }
    }
}

/// A job on one application.
#[must_use]
pub fn title(kind: JobKind, app: &str, title: String) -> JobTitle {
    JobTitle {
        kind,
        app: Some(app.to_owned()),
        title,
    }
}

fn check_form(form: &DownloadForm) -> Result<(), Error> {
    match form {
        DownloadForm::Archive | DownloadForm::Database { name: None } => Ok(()),
        DownloadForm::Database { name: Some(name) } => limits::path(name),
    }
}

/// The operating system did not do a small thing for us.
#[must_use]
pub fn system_refused(message: &str, cause: &dyn std::fmt::Display) -> Error {
    Error::new(Code::Internal, message, "Do it by hand.").with_detail(cause.to_string())
}
