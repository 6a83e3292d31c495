//! The face of core: one method for each operation of the product.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use lifeboat_store::protocol::AuditHead;

use crate::api;
use crate::engine::{Engine, Environment};
use crate::error::Error;
use crate::job::JobContext;
use crate::operations;
use crate::state::StateDirectory;

pub use crate::operations::{doctor, rescue};

/// Who acts, for the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// The desktop app.
    Desktop,
    /// The command line.
    Cli,
    /// `lifeboat watch`.
    Watch,
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
pub struct Lifeboat {
    engine: Engine,
    actor: Actor,
    state: Arc<StateDirectory>,
}

impl Lifeboat {
    /// Finds and greets the engine.
    ///
    /// # Errors
    /// The `engine-…` codes, each with its own advice.
    pub async fn connect(options: Options) -> Result<Self, Error> {
        let engine =
            Engine::connect(options.engine.as_deref(), &Environment::from_process()).await?;
        let state = Arc::new(StateDirectory::open(options.state_directory.as_deref()));
        Ok(Self {
            engine,
            actor: options.actor,
            state,
        })
    }

    /// What the last look at this engine's applications said, for a window that is full at once.
    ///
    /// `None` if this machine has never looked.
    #[must_use]
    pub fn cached_apps(&self) -> Option<api::AppList> {
        self.state.cached_apps(self.engine.id())
    }

    /// The engine in use.
    #[must_use]
    pub fn engine(&self) -> &api::EngineSummary {
        self.engine.summary()
    }

    /// All applications; those of vaults without an application among them.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn apps(&self) -> Result<api::AppList, Error> {
        operations::apps(self).await
    }

    /// The names of all applications, without a look into any of their volumes: for somebody who types one
    /// and waits.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn app_names(&self) -> Result<Vec<String>, Error> {
        operations::app_names(self).await
    }

    /// One application.
    ///
    /// # Errors
    /// `app-not-found`; the `engine-…` codes.
    pub async fn app(&self, app: &str) -> Result<api::App, Error> {
        operations::app(self, app).await
    }

    /// Brings up the demo application. One that is there is kept; leaving it removes it. A newer release stands
    /// ready on the engine then, for an update.
    ///
    /// # Errors
    /// `invalid-input` if its name is taken, `unsupported`, `cancelled`; the `engine-…` codes.
    pub async fn start_demo(
        &self,
        release: Option<api::DemoRelease>,
        job: &JobContext,
    ) -> Result<api::DemoReport, Error> {
        operations::start_demo(self, release, job).await
    }

    /// The health of an application's databases. `deep` checks databases of any size.
    ///
    /// # Errors
    /// `app-not-found`, `no-database`, `database-locked`, `no-space`; the `engine-…` codes.
    pub async fn health(
        &self,
        app: &str,
        deep: bool,
        job: &JobContext,
    ) -> Result<api::Health, Error> {
        operations::health(self, app, deep, job).await
    }

    /// Takes a backup. One that is no part of something else is followed by a rotation, where backups are
    /// rotated at all; that it failed is a finding of the backup.
    ///
    /// # Errors
    /// `app-not-found`, `no-database`, `busy`, `database-locked`, `unsupported`, `no-space`,
    /// `cancelled`; the `engine-…` codes. Nothing half-made is listed.
    pub async fn create_backup(
        &self,
        app: &str,
        options: api::BackupOptions,
        job: &JobContext,
    ) -> Result<api::NewBackup, Error> {
        operations::create_backup(self, app, options, job).await
    }

    /// The backups of an application, newest first; none if it was never backed up.
    ///
    /// # Errors
    /// `app-not-found`; the `engine-…` codes.
    pub async fn backups(&self, app: &str) -> Result<api::BackupList, Error> {
        operations::backups(self, app).await
    }

    /// Whether the engine answers, which costs nearly nothing.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn ping(&self) -> Result<(), Error> {
        self.engine_handle().ping().await
    }

    /// One backup. `selector` is an id, a file name or `latest`, here and below.
    ///
    /// # Errors
    /// `app-not-found`, `backup-not-found`; the `engine-…` codes.
    pub async fn backup(&self, app: &str, selector: &str) -> Result<api::Backup, Error> {
        operations::backup(self, app, selector).await
    }

    /// How two backups differ, by what was counted when each was taken. `with` is the one that "now" is said of.
    ///
    /// # Errors
    /// As `backup`.
    pub async fn compare_backups(
        &self,
        app: &str,
        selector: &str,
        with: &str,
    ) -> Result<api::Comparison, Error> {
        operations::compare_backups(self, app, selector, with).await
    }

    /// What a restore would change.
    ///
    /// # Errors
    /// As `health` and `backup`.
    pub async fn compare(
        &self,
        app: &str,
        selector: &str,
        job: &JobContext,
    ) -> Result<api::Comparison, Error> {
        operations::compare(self, app, selector, job).await
    }

    /// Proves a backup again. The backup that comes back carries the new verdict.
    ///
    /// # Errors
    /// `backup-not-found`, `busy`, `cancelled`; the `engine-…` codes. A damaged backup is no error.
    pub async fn verify(
        &self,
        app: &str,
        selector: &str,
        job: &JobContext,
    ) -> Result<api::Backup, Error> {
        operations::verify(self, app, selector, job).await
    }

    /// The file name that a download of this form gets where only a folder is named.
    ///
    /// # Errors
    /// `backup-not-found`, `database-not-found`; the `engine-…` codes.
    pub async fn download_name(
        &self,
        app: &str,
        selector: &str,
        form: &api::DownloadForm,
    ) -> Result<String, Error> {
        operations::download_name(self, app, selector, form).await
    }

    /// Copies a backup to the host: `to` is a folder (the archive's own name is used) or a new file.
    ///
    /// # Errors
    /// `backup-not-found`, `output-failed`, `no-space`, `damaged`, `cancelled`; the `engine-…` codes.
    pub async fn download(
        &self,
        app: &str,
        selector: &str,
        form: api::DownloadForm,
        to: &Path,
        job: &JobContext,
    ) -> Result<api::DownloadReport, Error> {
        operations::download(self, app, selector, form, to, job).await
    }

    /// Takes in an archive or a plain database. `app` names the application where the file does not
    /// say it, or overrides what it says.
    ///
    /// # Errors
    /// `import-refused` with the reason, `too-new`, `no-space`, `busy`, `cancelled`; the `engine-…`
    /// codes. Of a refused file nothing stays.
    pub async fn import(
        &self,
        file: &Path,
        app: Option<&str>,
        job: &JobContext,
    ) -> Result<api::Backup, Error> {
        operations::import(self, file, app, job).await
    }

    /// What a restore will do.
    ///
    /// # Errors
    /// `backup-not-found`, `database-not-found`, `damaged`, `unsupported`; the `engine-…` codes.
    pub async fn plan_restore(
        &self,
        app: &str,
        selector: &str,
        selection: api::RestoreSelection,
    ) -> Result<api::RestorePlan, Error> {
        operations::plan_restore(self, app, selector, selection).await
    }

    /// What an undo of the last restore will do.
    ///
    /// # Errors
    /// `nothing-to-undo`; else as `plan_restore`.
    pub async fn plan_undo(&self, app: &str) -> Result<api::RestorePlan, Error> {
        operations::plan_undo(self, app).await
    }

    /// Restores.
    ///
    /// # Errors
    /// `rolled-back` if the application did not come up and the old data is back,
    /// `rolled-back-unhealthy`, `needs-attention`; before the stop also `busy`, `no-space`,
    /// `damaged`, `cancelled` with nothing changed.
    pub async fn restore(
        &self,
        plan: api::RestorePlan,
        job: &JobContext,
    ) -> Result<api::RestoreReport, Error> {
        operations::restore(self, plan, job).await
    }

    /// What an update will do; changes nothing.
    ///
    /// # Errors
    /// `app-not-found`, `no-database`, `unsupported`, `no-space`; the `engine-…` codes.
    pub async fn plan_update(
        &self,
        app: &str,
        options: api::UpdateOptions,
    ) -> Result<api::UpdatePlan, Error> {
        operations::plan_update(self, app, options).await
    }

    /// Updates an application: the new release comes up healthy, or the old image runs again with the
    /// old data. Which of the two is in the report.
    ///
    /// # Errors
    /// Before the stop, with nothing changed: as `plan_update` and `create_backup`, `damaged` if the
    /// database is not sound, `engine-failed` if the image could not be had, `cancelled`.
    pub async fn update(
        &self,
        plan: api::UpdatePlan,
        job: &JobContext,
    ) -> Result<api::UpdateReport, Error> {
        operations::update(self, plan, job).await
    }

    /// How an application is protected.
    ///
    /// # Errors
    /// `app-not-found`; the `engine-…` codes.
    pub async fn protection(&self, app: &str) -> Result<api::Protection, Error> {
        operations::protection(self, app).await
    }

    /// Switches protection on, or puts it right.
    ///
    /// # Errors
    /// `app-not-found`, `no-database`, `busy`, `no-space`; the `engine-…` codes.
    pub async fn guard_on(&self, app: &str, job: &JobContext) -> Result<api::Protection, Error> {
        operations::guard_on(self, app, job).await
    }

    /// Switches protection off; the backups stay.
    ///
    /// # Errors
    /// `backup-not-found` if it never was on, `busy`; the `engine-…` codes.
    pub async fn guard_off(&self, app: &str, job: &JobContext) -> Result<api::Protection, Error> {
        operations::guard_off(self, app, job).await
    }

    /// Sees to what guardians cannot see, until the job is cancelled: a start-up backup for each start of a
    /// protected application, edited `.env` files. What a person has to be told goes to `tell` and to the
    /// webhook in the settings; what was told is kept, so that each thing is told once.
    ///
    /// # Errors
    /// The `engine-…` codes, if the engine stays away.
    pub async fn watch(&self, job: &JobContext, tell: &operations::Tell) -> Result<(), Error> {
        operations::watch(self, job, tell).await
    }

    /// The settings of an application, with where each comes from.
    ///
    /// # Errors
    /// `app-not-found`; the `engine-…` codes.
    pub async fn settings(&self, app: &str) -> Result<api::SettingsReport, Error> {
        operations::settings(self, app).await
    }

    /// Chooses settings; `None` takes a choice back.
    ///
    /// # Errors
    /// `invalid-input` with what is allowed, and nothing is changed; `busy`; the `engine-…` codes.
    pub async fn change_settings(
        &self,
        app: &str,
        changes: &[(String, Option<String>)],
        job: &JobContext,
    ) -> Result<api::SettingsReport, Error> {
        operations::change_settings(self, app, changes, job).await
    }

    /// Removes the backups that the rules do not keep; with `dry_run` it only says which, and why the
    /// others stay.
    ///
    /// # Errors
    /// `backup-not-found`, `busy`; the `engine-…` codes.
    pub async fn prune(
        &self,
        app: &str,
        dry_run: bool,
        job: &JobContext,
    ) -> Result<api::PruneReport, Error> {
        operations::prune(self, app, dry_run, job).await
    }

    /// Says what a rotation would remove if these settings were chosen; `None` takes a choice back.
    ///
    /// # Errors
    /// `invalid-input` with what is allowed, `backup-not-found`; the `engine-…` codes.
    pub async fn preview_prune(
        &self,
        app: &str,
        changes: &[(String, Option<String>)],
    ) -> Result<api::PruneReport, Error> {
        operations::preview_prune(self, app, changes).await
    }

    /// Deletes a backup for good. Pinned ones are refused.
    ///
    /// # Errors
    /// `backup-not-found`, `pinned`, `busy`; the `engine-…` codes.
    pub async fn delete_backup(&self, app: &str, selector: &str) -> Result<api::Backup, Error> {
        operations::delete(self, app, selector).await
    }

    /// Pins or unpins.
    ///
    /// # Errors
    /// `backup-not-found`, `busy`; the `engine-…` codes.
    pub async fn set_pinned(
        &self,
        app: &str,
        selector: &str,
        pinned: bool,
    ) -> Result<api::Backup, Error> {
        operations::set_pinned(self, app, selector, pinned).await
    }

    /// The audit log; `verify` checks its chain and compares its end with what this machine
    /// remembers.
    ///
    /// # Errors
    /// `app-not-found`, `backup-not-found` if there is no vault; the `engine-…` codes.
    pub async fn audit(&self, app: &str, verify: bool) -> Result<api::AuditLog, Error> {
        operations::audit(self, app, verify).await
    }

    /// Ends what a crash left unfinished, in one application or all.
    ///
    /// # Errors
    /// `busy` if a job is still at work, `needs-attention`; the `engine-…` codes.
    pub async fn recover(
        &self,
        app: Option<&str>,
        job: &JobContext,
    ) -> Result<api::RecoveryReport, Error> {
        operations::recover(self, app, job).await
    }

    /// What leaving an application would remove of ours.
    ///
    /// # Errors
    /// `app-not-found`, `backup-not-found` if there is no vault; the `engine-…` codes.
    pub async fn plan_leave(&self, app: &str) -> Result<api::LeavePlan, Error> {
        operations::plan_leave(self, app).await
    }

    /// Removes everything of ours that belongs to an application, its backups among it. The
    /// application and its volumes are not touched.
    ///
    /// With a folder in `copies_to`, every backup is downloaded there first; unless each copy is
    /// there and proven equal, nothing is removed.
    ///
    /// # Errors
    /// `busy`; `invalid-input` if backups came or went since the plan; those of `download`; the
    /// `engine-…` codes.
    pub async fn leave(
        &self,
        plan: &api::LeavePlan,
        copies_to: Option<&Path>,
        job: &JobContext,
    ) -> Result<api::LeaveReport, Error> {
        operations::leave(self, plan, copies_to, job).await
    }

    pub(crate) fn engine_handle(&self) -> &Engine {
        &self.engine
    }

    pub(crate) fn state(&self) -> &StateDirectory {
        &self.state
    }

    pub(crate) fn actor(&self) -> Actor {
        self.actor
    }

    /// Keeps the end of an audit log outside its vault, so that a cut-off end shows.
    pub(crate) fn remember_audit_head(&self, app: &str, head: &AuditHead) {
        if let Err(error) = self.state.set_audit_head(self.engine.id(), app, head) {
            tracing::warn!(%app, ?error, "the end of the audit log could not be remembered");
        }
    }

    pub(crate) fn audit_head(&self, app: &str) -> Result<Option<AuditHead>, Error> {
        self.state.audit_head(self.engine.id(), app)
    }

    pub(crate) fn remember_apps(&self, list: &api::AppList) {
        if let Err(error) = self.state.cache_apps(self.engine.id(), list) {
            tracing::warn!(?error, "the list of applications could not be cached");
        }
    }

    /// Removes a vault that was made for an import of which nothing stayed.
    pub(crate) async fn remove_empty_vault(&self, app: &str) -> Result<(), Error> {
        self.engine.remove_vault(app).await
    }
}
