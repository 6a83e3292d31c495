//! Protection that goes on by itself, and the settings that it goes by.

use lifeboat_core::Error;
use lifeboat_core::api::{Protection, SettingsReport};
use lifeboat_core::job::JobContext;

use crate::desktop::Desktop;
use crate::limits;

/// Settings to choose: key and value; without a value the choice is taken back.
pub type Changes = Vec<(String, Option<String>)>;

impl Desktop {
    /// How an application is protected.
    ///
    /// # Errors
    /// `invalid-input`, and those of core.
    pub async fn protection(&self, app: String) -> Result<Protection, Error> {
        limits::app(&app)?;
        self.connection
            .run(|lifeboat| async move { lifeboat.protection(&app).await })
            .await
    }

    /// Switches protection on, or puts it right.
    ///
    /// # Errors
    /// `invalid-input`, and those of core.
    pub async fn guard_on(&self, app: String) -> Result<Protection, Error> {
        limits::app(&app)?;
        self.connection
            .run(|lifeboat| async move { lifeboat.guard_on(&app, &JobContext::silent()).await })
            .await
    }

    /// Switches protection off; the backups stay.
    ///
    /// # Errors
    /// `invalid-input`, and those of core.
    pub async fn guard_off(&self, app: String) -> Result<Protection, Error> {
        limits::app(&app)?;
        self.connection
            .run(|lifeboat| async move { lifeboat.guard_off(&app, &JobContext::silent()).await })
            .await
    }

    /// The settings of an application.
    ///
    /// # Errors
    /// `invalid-input`, and those of core.
    pub async fn settings(&self, app: String) -> Result<SettingsReport, Error> {
        limits::app(&app)?;
        self.connection
            .run(|lifeboat| async move { lifeboat.settings(&app).await })
            .await
    }

    /// Chooses settings, all or none of them.
    ///
    /// # Errors
    /// `invalid-input` with what is allowed, and those of core.
    pub async fn change_settings(
        &self,
        app: String,
        changes: Changes,
    ) -> Result<SettingsReport, Error> {
        limits::app(&app)?;
        limits::changes(&changes)?;
        let change = |lifeboat: lifeboat_core::lifeboat::Lifeboat| async move {
            let silent = JobContext::silent();
            lifeboat.change_settings(&app, &changes, &silent).await
        };
        self.connection.run(change).await
    }
}
