//! The engine, met when it is first needed, and met again after it failed.

use std::future::Future;

use lifeboat_core::lifeboat::{Lifeboat, Options};
use lifeboat_core::{Code, Error};
use tokio::sync::Mutex;

use crate::jobs;

/// A connection that heals itself.
pub struct Connection {
    /// How to connect.
    pub options: Options,
    present: Mutex<Option<Lifeboat>>,
}

impl Connection {
    /// Connects to nothing yet.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self {
            options,
            present: Mutex::new(None),
        }
    }

    /// Runs one operation. A fault of ours in it becomes an error.
    ///
    /// # Errors
    /// Those of connecting and of the operation.
    pub async fn run<T, W, F>(&self, work: W) -> Result<T, Error>
    where
        T: Send + 'static,
        W: FnOnce(Lifeboat) -> F,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let lifeboat = self.get().await?;
        let ending = tauri::async_runtime::spawn(work(lifeboat)).await;
        let ending = ending.unwrap_or_else(|cause| Err(jobs::panicked(&cause.to_string())));
        if let Err(error) = &ending {
            tracing::warn!(code = ?error.code, message = error.message, detail = error.detail, "an operation failed");
            if is_of_engine(error.code) {
                *self.present.lock().await = None;
            }
        }
        ending
    }

    async fn get(&self) -> Result<Lifeboat, Error> {
        let mut present = self.present.lock().await;
        if let Some(lifeboat) = &*present {
            return Ok(lifeboat.clone());
        }
        let connecting = tauri::async_runtime::spawn(Lifeboat::connect(self.options.clone()));
        let lifeboat = connecting
            .await
            .unwrap_or_else(|cause| Err(jobs::panicked(&cause.to_string())))?;
        *present = Some(lifeboat.clone());
        Ok(lifeboat)
    }
}

/// Codes after which the engine has to be greeted again.
fn is_of_engine(code: Code) -> bool {
    matches!(
        code,
        Code::EngineNotInstalled
            | Code::EngineStopped
            | Code::EnginePermission
            | Code::EngineContext
            | Code::EngineTooOld
            | Code::EngineWindowsContainers
            | Code::EngineFailed
            | Code::HelperMissing
            | Code::HelperLost
    )
}
