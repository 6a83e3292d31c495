//! What destroys or replaces data: planned, shown, confirmed, and only then done.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use lifeboat_core::Error;
use lifeboat_core::api::{
    Backup, LeavePlan, PruneReport, RestorePlan, RestoreSelection, UpdateOptions, UpdatePlan,
};
use lifeboat_core::job::JobContext;
use lifeboat_core::lifeboat::Lifeboat;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::child;
use crate::confirmations::{Intent, Planned, not_confirmed};
use crate::desktop::{self, Desktop};
use crate::job::{JobKind, JobTitle};
use crate::jobs;
use crate::limits;
use crate::paths::Use;
use crate::protection::Changes;

/// A restore or undo that waits for a yes.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct PlannedRestore {
    /// Good once, for ten minutes.
    pub token: String,
    /// What will be done.
    pub plan: RestorePlan,
}

/// An update that waits for a yes.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct PlannedUpdate {
    /// Good once, for ten minutes.
    pub token: String,
    /// What will be done.
    pub plan: UpdatePlan,
}

/// A deletion that waits for a yes.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct PlannedDelete {
    /// Good once, for ten minutes.
    pub token: String,
    /// What will be deleted.
    pub backup: Backup,
}

/// A rotation that waits for a yes.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct PlannedPrune {
    /// Good once, for ten minutes; none for a look at settings that are not in force.
    pub token: Option<String>,
    /// What will go, and why the others stay.
    pub plan: PruneReport,
}

/// The end of an application's protection that waits for a yes.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct PlannedLeave {
    /// Good once, for ten minutes.
    pub token: String,
    /// What will be removed.
    pub plan: LeavePlan,
}

impl Desktop {
    /// Plans a restore.
    ///
    /// # Errors
    /// `invalid-input`, and those of core.
    pub async fn plan_restore(
        &self,
        app: String,
        backup: String,
        selection: RestoreSelection,
    ) -> Result<PlannedRestore, Error> {
        limits::backup(&app, &backup)?;
        if let RestoreSelection::Database { name } = &selection {
            limits::path(name)?;
        }
        let plan = |lifeboat: Lifeboat| async move {
            lifeboat.plan_restore(&app, &backup, selection).await
        };
        let plan = self.connection.run(plan).await?;
        let planned = Planned::Restore(Box::new(plan.clone()));
        Ok(PlannedRestore {
            token: self.confirmations.issue(planned, Instant::now())?,
            plan,
        })
    }

    /// Restores, if the application's name was typed.
    ///
    /// # Errors
    /// `confirmation-needed`, and those of looking at the backup again.
    pub async fn restore(&self, token: &str, typed_name: &str) -> Result<String, Error> {
        let planned = self.redeem(token, Intent::Restore, Some(typed_name))?;
        let Planned::Restore(plan) = planned else {
            unreachable!("a token has one intent")
        };
        self.check_unchanged(&plan.backup).await?;
        let mut arguments = vec!["restore".to_owned()];
        match &plan.selection {
            RestoreSelection::Everything => {}
            RestoreSelection::DatabasesOnly => arguments.push("--databases-only".to_owned()),
            RestoreSelection::Database { name } => arguments.push(format!("--database={name}")),
        }
        let operands = [plan.app.clone(), plan.backup.id.clone()];
        let words = self.words();
        let title = words.with("dialogs-work-restore", &[("app", plan.app.as_str().into())]);
        self.start_process(
            desktop::title(JobKind::Restore, &plan.app, title),
            arguments,
            &operands,
        )
    }

    /// Plans an undo.
    ///
    /// # Errors
    /// `invalid-input`, and those of core.
    pub async fn plan_undo(&self, app: String) -> Result<PlannedRestore, Error> {
        let plan = self.fresh_undo(app).await?;
        let planned = Planned::Undo(Box::new(plan.clone()));
        Ok(PlannedRestore {
            token: self.confirmations.issue(planned, Instant::now())?,
            plan,
        })
    }

    /// Takes the last restore or update back, if the application's name was typed.
    ///
    /// # Errors
    /// `confirmation-needed`, and those of planning it again.
    pub async fn undo(&self, token: &str, typed_name: &str) -> Result<String, Error> {
        let planned = self.redeem(token, Intent::Undo, Some(typed_name))?;
        let Planned::Undo(plan) = planned else {
            unreachable!("a token has one intent")
        };
        // What `undo` goes back to is not ours to name, so it has to be still the same.
        let now = self.fresh_undo(plan.app.clone()).await?;
        check_same(&plan.backup, &now.backup)?;
        let words = self.words();
        let app = [("app", plan.app.as_str().into())];
        let title = if plan.releases.is_empty() {
            words.with("dialogs-work-undo-restore", &app)
        } else {
            words.with("dialogs-work-undo-update", &app)
        };
        let title = desktop::title(JobKind::Undo, &plan.app, title);
        self.start_process(
            title,
            vec!["undo".to_owned()],
            std::slice::from_ref(&plan.app),
        )
    }

    async fn fresh_undo(&self, app: String) -> Result<RestorePlan, Error> {
        limits::app(&app)?;
        self.connection
            .run(|lifeboat| async move { lifeboat.plan_undo(&app).await })
            .await
    }

    /// Plans an update.
    ///
    /// # Errors
    /// `invalid-input`, and those of core.
    pub async fn plan_update(
        &self,
        app: String,
        options: UpdateOptions,
    ) -> Result<PlannedUpdate, Error> {
        limits::app(&app)?;
        let plan = |lifeboat: Lifeboat| async move { lifeboat.plan_update(&app, options).await };
        let plan = self.connection.run(plan).await?;
        let planned = Planned::Update(Box::new(plan.clone()));
        Ok(PlannedUpdate {
            token: self.confirmations.issue(planned, Instant::now())?,
            plan,
        })
    }

    /// Updates what was shown. The process looks at everything again, and refuses what it would have
    /// refused in the plan.
    ///
    /// # Errors
    /// `confirmation-needed`; `internal` if the program cannot be started.
    pub fn update(&self, token: &str) -> Result<String, Error> {
        let planned = self.redeem(token, Intent::Update, None)?;
        let Planned::Update(plan) = planned else {
            unreachable!("a token has one intent")
        };
        let words = self.words();
        let title = words.with("dialogs-work-update", &[("app", plan.app.as_str().into())]);
        let mut words = vec!["update".to_owned()];
        if plan.options.apply_compose {
            words.push("--apply-compose".to_owned());
        }
        if plan.options.git_pull {
            words.push("--git-pull".to_owned());
        }
        self.start_process(
            desktop::title(JobKind::Update, &plan.app, title),
            words,
            std::slice::from_ref(&plan.app),
        )
    }

    /// Shows what a deletion would delete.
    ///
    /// # Errors
    /// `invalid-input`, and those of core.
    pub async fn plan_delete(&self, app: String, backup: String) -> Result<PlannedDelete, Error> {
        let backup = self.backup(app, backup).await?;
        let planned = Planned::Delete(Box::new(backup.clone()));
        Ok(PlannedDelete {
            token: self.confirmations.issue(planned, Instant::now())?,
            backup,
        })
    }

    /// Deletes a backup that was shown.
    ///
    /// # Errors
    /// `confirmation-needed`, and those of core.
    pub async fn delete(&self, token: &str) -> Result<Backup, Error> {
        let planned = self.redeem(token, Intent::Delete, None)?;
        let Planned::Delete(backup) = planned else {
            unreachable!("a token has one intent")
        };
        self.check_unchanged(&backup).await?;
        let delete = |lifeboat: Lifeboat| async move {
            lifeboat.delete_backup(&backup.app, &backup.id).await
        };
        self.connection.run(delete).await
    }

    /// Shows what a rotation would remove if these settings were chosen.
    ///
    /// # Errors
    /// `invalid-input`, and those of core.
    pub async fn plan_prune(&self, app: String, changes: Changes) -> Result<PlannedPrune, Error> {
        limits::app(&app)?;
        limits::changes(&changes)?;
        let is_in_force = changes.is_empty();
        let plan = |lifeboat: Lifeboat| async move { lifeboat.preview_prune(&app, &changes).await };
        let plan = self.connection.run(plan).await?;
        // What is only tried out removes nothing.
        let token = is_in_force.then(|| {
            let planned = Planned::Prune(Box::new(plan.clone()));
            self.confirmations.issue(planned, Instant::now())
        });
        Ok(PlannedPrune {
            token: token.transpose()?,
            plan,
        })
    }

    /// Removes the backups that were shown to go.
    ///
    /// # Errors
    /// `confirmation-needed`, also if others would go by now; those of core.
    pub async fn prune(&self, token: &str) -> Result<PruneReport, Error> {
        let planned = self.redeem(token, Intent::Prune, None)?;
        let Planned::Prune(shown) = planned else {
            unreachable!("a token has one intent")
        };
        let app = shown.app.clone();
        let look = |lifeboat: Lifeboat| async move { lifeboat.preview_prune(&app, &[]).await };
        let now = self.connection.run(look).await?;
        if going(&shown) != going(&now) {
            tracing::warn!("refused a rotation that would not remove what was shown");
            return Err(not_confirmed("Other backups would go by now."));
        }
        let prune = |lifeboat: Lifeboat| async move {
            let silent = JobContext::silent();
            lifeboat.prune(&shown.app, false, &silent).await
        };
        self.connection.run(prune).await
    }

    /// Shows what the end of an application's protection would remove.
    ///
    /// # Errors
    /// `invalid-input`, and those of core.
    pub async fn plan_leave(&self, app: String) -> Result<PlannedLeave, Error> {
        limits::app(&app)?;
        let plan = |lifeboat: Lifeboat| async move { lifeboat.plan_leave(&app).await };
        let plan = self.connection.run(plan).await?;
        let planned = Planned::Leave(Box::new(plan.clone()));
        Ok(PlannedLeave {
            token: self.confirmations.issue(planned, Instant::now())?,
            plan,
        })
    }

    /// Removes what was shown, if the application's name was typed; with a folder that was chosen in
    /// its dialog, every backup is copied there first.
    ///
    /// # Errors
    /// `confirmation-needed`, for a folder that was not chosen as well.
    pub fn leave(
        &self,
        token: &str,
        typed_name: &str,
        copies_to: Option<&str>,
    ) -> Result<String, Error> {
        copies_to.map_or(Ok(()), limits::path)?;
        limits::token(token)?;
        // Before the token is spent: a wrong folder is no reason to plan again.
        let copies_to = copies_to
            .map(|folder| self.paths.agreed(Use::Folder, folder))
            .transpose()?;
        let planned = self.redeem(token, Intent::Leave, Some(typed_name))?;
        let Planned::Leave(plan) = planned else {
            unreachable!("a token has one intent")
        };
        let words = self.words();
        let title = words.with("dialogs-work-leave", &[("app", plan.app.as_str().into())]);
        let title = desktop::title(JobKind::Leave, &plan.app, title);
        let paths = Arc::clone(&self.paths);
        self.start(title, |lifeboat, job| async move {
            let report = lifeboat.leave(&plan, copies_to.as_deref(), &job).await?;
            for copy in &report.copies {
                paths.agree(Use::Reveal, copy.path.as_ref());
            }
            Ok(report)
        })
    }

    /// Ends what a crash left unfinished, in one application or all.
    ///
    /// # Errors
    /// `invalid-input`; `internal` if the program cannot be started.
    pub fn recover(&self, app: Option<String>) -> Result<String, Error> {
        app.as_deref().map_or(Ok(()), limits::app)?;
        let words = self.words();
        let title = match &app {
            Some(app) => words.with("dialogs-work-recover-app", &[("app", app.as_str().into())]),
            None => words.get("dialogs-work-recover"),
        };
        let operands: Vec<String> = app.iter().cloned().collect();
        let title = JobTitle {
            kind: JobKind::Recover,
            app,
            title,
        };
        self.start_process(title, vec!["recover".to_owned()], &operands)
    }

    fn redeem(&self, token: &str, intent: Intent, typed: Option<&str>) -> Result<Planned, Error> {
        limits::token(token)?;
        limits::check(
            "name that was typed",
            typed.unwrap_or_default(),
            limits::APP_BYTES,
        )?;
        self.confirmations
            .redeem(token, intent, typed, Instant::now())
    }

    async fn check_unchanged(&self, shown: &Backup) -> Result<(), Error> {
        check_same(
            shown,
            &self.backup(shown.app.clone(), shown.id.clone()).await?,
        )
    }

    /// Starts the command line program, which goes on when the window is closed.
    fn start_process(
        &self,
        title: JobTitle,
        mut arguments: Vec<String>,
        operands: &[String],
    ) -> Result<String, Error> {
        let program = child::find_program(self.program.as_deref())?;
        arguments.extend(["--yes", "--json", "--progress"].map(str::to_owned));
        if let Some(engine) = &self.connection.options.engine {
            arguments.push(format!("--engine={engine}"));
        }
        arguments.push("--".to_owned());
        arguments.extend_from_slice(operands);
        let job = self.jobs.open(title)?;
        let id = job.view().id;
        match child::start(&program, &arguments, &self.folders.processes(), &job) {
            Ok(followed) => {
                let job = Arc::clone(&job);
                tauri::async_runtime::spawn(async move {
                    let ending = followed.follow(&job).await;
                    jobs::end(&job, ending);
                });
                Ok(id)
            }
            Err(error) => {
                jobs::end(&job, Err(error.clone()));
                Err(error)
            }
        }
    }
}

/// The backups that a rotation removes.
fn going(plan: &PruneReport) -> BTreeSet<&str> {
    let goes = plan.decisions.iter().filter(|one| one.goes);
    goes.map(|one| one.id.as_str()).collect()
}

/// A yes is for what was shown, and for nothing else.
fn check_same(shown: &Backup, now: &Backup) -> Result<(), Error> {
    if shown.app == now.app && shown.id == now.id && shown.sha256 == now.sha256 {
        return Ok(());
    }
    tracing::warn!(
        shown = shown.id,
        now = now.id,
        "refused a plan that is not true any more"
    );
    Err(not_confirmed("The backup changed after it was shown."))
}
