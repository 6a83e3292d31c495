//! One-time tokens: what a person was shown and may say yes to.
//!
//! The window cannot skip the preview, cannot say yes twice, and cannot say yes to something else:
//! the plan stays here, and only its token goes out.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use lifeboat_core::api::{Backup, LeavePlan, PruneReport, RestorePlan, UpdatePlan};
use lifeboat_core::{Code, Error};

use crate::random;

/// How long a plan may be looked at.
pub const LIFETIME: Duration = Duration::from_secs(600);
/// Plans kept at once; the oldest goes first.
const CAPACITY: usize = 100;

/// What was shown.
#[derive(Debug, Clone)]
pub enum Planned {
    /// A restore.
    Restore(Box<RestorePlan>),
    /// An undo.
    Undo(Box<RestorePlan>),
    /// An update.
    Update(Box<UpdatePlan>),
    /// The deletion of a backup.
    Delete(Box<Backup>),
    /// A rotation.
    Prune(Box<PruneReport>),
    /// The end of an application's protection.
    Leave(Box<LeavePlan>),
}

/// The kinds of [`Planned`]; a token for one is no token for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// A restore.
    Restore,
    /// An undo.
    Undo,
    /// An update.
    Update,
    /// The deletion of a backup.
    Delete,
    /// A rotation.
    Prune,
    /// The end of an application's protection.
    Leave,
}

impl Planned {
    fn intent(&self) -> Intent {
        match self {
            Self::Restore(_) => Intent::Restore,
            Self::Undo(_) => Intent::Undo,
            Self::Update(_) => Intent::Update,
            Self::Delete(_) => Intent::Delete,
            Self::Prune(_) => Intent::Prune,
            Self::Leave(_) => Intent::Leave,
        }
    }

    /// The application's name that has to be typed; `None` where a plain yes is enough.
    fn name_to_type(&self) -> Option<&str> {
        match self {
            Self::Restore(plan) | Self::Undo(plan) => Some(&plan.app),
            Self::Leave(plan) => Some(&plan.app),
            // An update that goes wrong ends where it began, so a plain yes is enough.
            Self::Update(_) | Self::Delete(_) | Self::Prune(_) => None,
        }
    }
}

#[derive(Debug)]
struct Pending {
    planned: Planned,
    issued: Instant,
}

/// The plans that wait for a yes.
#[derive(Debug, Default)]
pub struct Confirmations {
    pending: Mutex<HashMap<String, Pending>>,
}

impl Confirmations {
    /// Keeps a plan, and gives its token.
    ///
    /// # Errors
    /// `internal` without random numbers.
    pub fn issue(&self, planned: Planned, now: Instant) -> Result<String, Error> {
        let token = random::token()?;
        let mut pending = self.pending.lock().expect("no panic while it is held");
        pending.retain(|_, entry| now.saturating_duration_since(entry.issued) < LIFETIME);
        if pending.len() >= CAPACITY {
            let oldest = pending.iter().min_by_key(|(_, entry)| entry.issued);
            if let Some(token) = oldest.map(|(token, _)| token.clone()) {
                pending.remove(&token);
            }
        }
        pending.insert(
            token.clone(),
            Pending {
                planned,
                issued: now,
            },
        );
        Ok(token)
    }

    /// Takes a plan out, once. A wrong name leaves it where it is: nothing was confirmed.
    ///
    /// # Errors
    /// `confirmation-needed` for a token that is unknown, used, too old or meant for something else,
    /// and for a wrong name.
    pub fn redeem(
        &self,
        token: &str,
        intent: Intent,
        typed_name: Option<&str>,
        now: Instant,
    ) -> Result<Planned, Error> {
        let mut pending = self.pending.lock().expect("no panic while it is held");
        pending.retain(|_, entry| now.saturating_duration_since(entry.issued) < LIFETIME);
        let entry = pending
            .get(token)
            .filter(|entry| entry.planned.intent() == intent);
        let Some(entry) = entry else {
            tracing::warn!(?intent, "refused a token that is unknown, used or too old");
            return Err(not_confirmed("This was not confirmed, or too long ago."));
        };
        if entry.planned.name_to_type() != typed_name {
            tracing::warn!(?intent, "refused a confirmation with the wrong name");
            return Err(Error::new(
                Code::ConfirmationNeeded,
                "The name that was typed is not the name of the application.",
                "Type the application's name exactly as it is shown.",
            ));
        }
        let entry = pending.remove(token).expect("it was there a moment ago");
        Ok(entry.planned)
    }
}

/// Nobody said yes to what would be done.
#[must_use]
pub fn not_confirmed(message: &str) -> Error {
    Error::new(
        Code::ConfirmationNeeded,
        message,
        "Look at the plan again, then confirm it.",
    )
}
