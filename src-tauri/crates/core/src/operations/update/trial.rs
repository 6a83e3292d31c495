//! Is the new release to be kept? Its containers, then its databases.

use std::time::Duration;

use lifeboat_store::manifest::Finding;

use super::inspection;
use super::logbook::Entry;
use crate::error::Error;
use crate::job::JobContext;
use crate::lifeboat::Lifeboat;
use crate::operations::containers::{self, Gate, Patience, StoppedContainer};
use crate::operations::discover::keys_of;
use crate::operations::events::StepTracker;
use crate::settings;

/// A new release that has just been started.
pub(super) struct Trial<'a> {
    pub(super) lifeboat: &'a Lifeboat,
    pub(super) app: &'a str,
    pub(super) entry: &'a Entry,
    /// Everyone who was stopped, with the IDs of the new containers.
    pub(super) everyone: &'a [StoppedContainer],
    /// Those that run now.
    pub(super) started: &'a [String],
}

impl Trial<'_> {
    /// Waits for the containers, then looks at the databases.
    pub(super) async fn judge(
        &self,
        tracker: &mut StepTracker<'_>,
        job: &JobContext,
        findings: &mut Vec<Finding>,
    ) -> Result<Gate, Error> {
        let engine = self.lifeboat.engine_handle();
        let keys = keys_of(&self.entry.sources);
        let limit = Duration::from_secs(settings::MIGRATION_LIMIT_SECONDS);
        let mut patience = Patience::new(engine, keys, limit);
        let gate = containers::judge(
            engine,
            &self.entry.health,
            self.started,
            self.everyone,
            Some(&mut patience),
        )
        .await?;
        let Gate::Good { checked } = gate else {
            return Ok(gate);
        };
        let inspection =
            inspection::inspect(self.lifeboat, self.app, self.entry, tracker, job).await?;
        findings.extend(inspection.findings);
        let refusal = match inspection.refusal {
            Some(refusal) => Some(refusal),
            None => self.meddled().await?,
        };
        Ok(match refusal {
            Some(reason) => Gate::Bad { reason },
            None => Gate::Good { checked },
        })
    }

    /// The old release was started beside the new one, on the same data: by another tool, or a person.
    async fn meddled(&self) -> Result<Option<String>, Error> {
        let engine = self.lifeboat.engine_handle();
        for replacement in &self.entry.replacements {
            let present = engine.container(&replacement.present_id).await?;
            if present.is_some_and(|present| present.is_active()) {
                return Ok(Some(format!(
                    "the old {} was started by somebody else beside the new one",
                    replacement.service
                )));
            }
        }
        Ok(None)
    }
}
