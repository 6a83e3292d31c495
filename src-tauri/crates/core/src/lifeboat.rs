//! The face of core: one method for each operation of the product.

use std::path::{Path, PathBuf};

use crate::api;
use crate::error::Error;
use crate::job::JobContext;

/// Who acts, for the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// The desktop app.
    Desktop,
    /// The command line.
    Cli,
}

/// How to begin.
#[derive(Debug, Clone)]
pub struct Options {
    /// `--engine`: a URL or the name of a Docker context; `None` to find it as the docker CLI does.
    pub engine: Option<String>,
    /// Who acts.
    pub actor: Actor,
    /// Where Lifeboat keeps its own small state (cache, audit heads). `None` for the user's.
    pub state_directory: Option<PathBuf>,
}

/// A connection to one engine, and everything that can be done there.
#[derive(Clone)]
pub struct Lifeboat {}

impl Lifeboat {
    /// Finds and greets the engine.
    ///
    /// # Errors
    /// The `engine-…` codes, each with its own advice.
    pub async fn connect(options: Options) -> Result<Self, Error> {
        let _ = options;
        unimplemented!()
    }

    /// The engine in use.
    #[must_use]
    pub fn engine(&self) -> &api::EngineSummary {
        unimplemented!()
    }

    /// All applications; those of vaults without an application among them.
    pub async fn apps(&self) -> Result<api::AppList, Error> {
        unimplemented!()
    }

    /// One application.
    pub async fn app(&self, app: &str) -> Result<api::App, Error> {
        let _ = app;
        unimplemented!()
    }

    /// The health of an application's databases. `deep` checks databases of any size.
    pub async fn health(&self, app: &str, deep: bool, job: &JobContext) -> Result<api::Health, Error> {
        let _ = (app, deep, job);
        unimplemented!()
    }

    /// Takes a backup.
    pub async fn create_backup(
        &self,
        app: &str,
        options: api::BackupOptions,
        job: &JobContext,
    ) -> Result<api::Backup, Error> {
        let _ = (app, options, job);
        unimplemented!()
    }

    /// The backups of an application, newest first.
    pub async fn backups(&self, app: &str) -> Result<api::BackupList, Error> {
        let _ = app;
        unimplemented!()
    }

    /// One backup. `selector` is an id, a file name or `latest`, here and below.
    pub async fn backup(&self, app: &str, selector: &str) -> Result<api::Backup, Error> {
        let _ = (app, selector);
        unimplemented!()
    }

    /// What a restore would change.
    pub async fn compare(&self, app: &str, selector: &str, job: &JobContext) -> Result<api::Comparison, Error> {
        let _ = (app, selector, job);
        unimplemented!()
    }

    /// Proves a backup again. The backup that comes back carries the new verdict.
    pub async fn verify(&self, app: &str, selector: &str, job: &JobContext) -> Result<api::Backup, Error> {
        let _ = (app, selector, job);
        unimplemented!()
    }

    /// Copies a backup to the host: `to` is a folder (the archive's own name is used) or a new file.
    pub async fn download(
        &self,
        app: &str,
        selector: &str,
        form: api::DownloadForm,
        to: &Path,
        job: &JobContext,
    ) -> Result<api::DownloadReport, Error> {
        let _ = (app, selector, form, to, job);
        unimplemented!()
    }

    /// Takes in an archive or a plain database. `app` names the application where the file does not
    /// say it, or overrides what it says.
    pub async fn import(&self, file: &Path, app: Option<&str>, job: &JobContext) -> Result<api::Backup, Error> {
        let _ = (file, app, job);
        unimplemented!()
    }

    /// What a restore will do.
    pub async fn plan_restore(
        &self,
        app: &str,
        selector: &str,
        selection: api::RestoreSelection,
    ) -> Result<api::RestorePlan, Error> {
        let _ = (app, selector, selection);
        unimplemented!()
    }

    /// What an undo of the last restore will do.
    pub async fn plan_undo(&self, app: &str) -> Result<api::RestorePlan, Error> {
        let _ = app;
        unimplemented!()
    }

    /// Restores.
    pub async fn restore(&self, plan: api::RestorePlan, job: &JobContext) -> Result<api::RestoreReport, Error> {
        let _ = (plan, job);
        unimplemented!()
    }

    /// Deletes a backup for good. Pinned ones are refused.
    pub async fn delete_backup(&self, app: &str, selector: &str) -> Result<api::Backup, Error> {
        let _ = (app, selector);
        unimplemented!()
    }

    /// Pins or unpins.
    pub async fn set_pinned(&self, app: &str, selector: &str, pinned: bool) -> Result<api::Backup, Error> {
        let _ = (app, selector, pinned);
        unimplemented!()
    }

    /// The audit log; `verify` checks its chain and compares its end with what this machine remembers.
    pub async fn audit(&self, app: &str, verify: bool) -> Result<api::AuditLog, Error> {
        let _ = (app, verify);
        unimplemented!()
    }

    /// Ends what a crash left unfinished, in one application or all.
    pub async fn recover(&self, app: Option<&str>, job: &JobContext) -> Result<api::RecoveryReport, Error> {
        let _ = (app, job);
        unimplemented!()
    }
}

/// Looks at everything that could be in the way. Never fails: what fails is in the report.
pub async fn doctor(options: &Options) -> api::DoctorReport {
    let _ = options;
    unimplemented!()
}

/// Extracts a downloaded archive without any engine, and opens no database.
///
/// # Errors
/// `import-refused` for a hostile file, `output-failed`, `damaged`.
pub fn rescue(file: &Path, to: Option<&Path>) -> Result<api::RescueReport, Error> {
    let _ = (file, to);
    unimplemented!()
}
