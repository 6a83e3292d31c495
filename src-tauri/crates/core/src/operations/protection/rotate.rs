//! The rotation that follows a backup by hand, by the rules of the guardian's own runs.

use lifeboat_store::guard::GuardState;
use lifeboat_store::manifest::{Finding, Trigger, Verdict};
use lifeboat_store::protocol::GuardReport;
use lifeboat_store::settings::{Key, Origin, StoredSettings};

use super::{prune, settings};
use crate::api::{Backup, BackupRotation};
use crate::error::Error;
use crate::lifeboat::Lifeboat;
use crate::operations::vault::{AuditTrail, OpenedVault};

/// Removes what the rules do not keep any longer, in the session that has taken the backup and written its
/// entry. `None` where no rotation follows. A failure is a finding: the backup is as good as without it.
pub(in crate::operations) async fn rotate(
    lifeboat: &Lifeboat,
    backup: &Backup,
    guard: Option<&GuardReport>,
    vault: &mut OpenedVault,
) -> Result<Option<BackupRotation>, Finding> {
    let is_ordinary = matches!(backup.trigger, Trigger::Manual | Trigger::StartUp);
    if !is_ordinary || backup.verification.verdict == Verdict::Damaged {
        return Ok(None);
    }
    let app = &backup.app;
    let trail = AuditTrail::begin(lifeboat, app, "rotate", app);
    match attempt(app, guard, vault).await {
        Ok(rotation) => {
            let removed = rotation.iter().flat_map(|one| &one.removed);
            let removed: Vec<&str> = removed.map(String::as_str).collect();
            if !removed.is_empty() {
                trail.on(removed.join(" ")).note(vault).await;
            }
            Ok(rotation)
        }
        Err(error) => {
            let entered = trail.enter(vault, Err::<(), Error>(error.clone())).await;
            tracing::warn!(?error, ?entered, %app, "nothing was rotated");
            Err(Finding {
                code: "not-rotated".to_owned(),
                volume: None,
                path: None,
                message: format!(
                    "The backup is good, but older ones were not rotated. {}",
                    error.message
                ),
            })
        }
    }
}

async fn attempt(
    app: &str,
    guard: Option<&GuardReport>,
    vault: &mut OpenedVault,
) -> Result<Option<BackupRotation>, Error> {
    let stored = settings::read(vault).await?;
    let is_protected = guard.is_some_and(|guard| guard.spec.is_some());
    let Some(stored) = stored.filter(|stored| is_protected || is_limit_chosen(stored)) else {
        return Ok(None);
    };
    let max_backups = stored.settings().max_backups;
    let doubt = guard.filter(|_| is_protected).and_then(refusal);
    if let Some(reason) = doubt {
        return Ok(Some(BackupRotation {
            removed: Vec::new(),
            freed_bytes: 0,
            max_backups,
            suspended: Some(format!("Its guardian refuses to work: {reason}")),
        }));
    }
    let report = prune::remove(vault, app).await?;
    Ok(Some(BackupRotation {
        removed: report.removed,
        freed_bytes: report.freed_bytes,
        max_backups,
        suspended: report.suspended,
    }))
}

/// Without protection only a person's own limit removes anything: neither a default nor what is left of a
/// value that is refused now.
fn is_limit_chosen(stored: &StoredSettings) -> bool {
    let limit = stored
        .values
        .iter()
        .find(|value| value.key == Key::MaxDatabaseBackups);
    limit.is_some_and(|limit| {
        matches!(
            limit.origin,
            Origin::Lifeboat | Origin::DotEnv | Origin::Environment
        )
    })
}

/// A volume in the place of the one that is protected has backups of the same names: counted with them, they
/// would push out those of the right one.
fn refusal(guard: &GuardReport) -> Option<&str> {
    match &guard.status.as_ref()?.state {
        GuardState::Refusing { reason } => Some(reason),
        _ => None,
    }
}
