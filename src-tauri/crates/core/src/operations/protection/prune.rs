//! Rotation by hand, or only a look at what it would do.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lifeboat_store::protocol::{Answer, PruneRequest, Request};
use lifeboat_store::settings::Key;

use super::in_force;
use super::settings::{checked, settings_with};
use crate::api::{PruneDecision, PruneReport};
use crate::error::Error;
use crate::job::JobContext;
use crate::lifeboat::Lifeboat;
use crate::operations::failure::error_of;
use crate::operations::resolve::resolve;
use crate::operations::vault::{AuditTrail, Needs, OpenedVault, unexpected};

/// Says for each backup whether the rules keep it and why, and removes the others unless it is a dry run.
pub(crate) async fn prune(
    lifeboat: &Lifeboat,
    app: &str,
    dry_run: bool,
    job: &JobContext,
) -> Result<PruneReport, Error> {
    if dry_run {
        return preview_prune(lifeboat, app, &[]).await;
    }
    lifeboat.require_vault(app).await?;
    let needs = Needs {
        purpose: "prune",
        exclusive: true,
        ..Needs::default()
    };
    let trail = AuditTrail::begin(lifeboat, app, "rotate", app);
    let mut vault = match lifeboat.open_vault(app, &needs, job).await {
        Ok(vault) => vault,
        Err(error) => return trail.end_without_session(Err(error)).await,
    };
    if let Ok(found) = resolve(lifeboat.engine_handle(), app).await {
        in_force(lifeboat, &found, &mut vault).await;
    }
    let outcome = remove(&mut vault, app).await;
    trail.end(vault, outcome).await
}

/// Removes what the rules do not keep, in a session that holds the lock.
pub(super) async fn remove(vault: &mut OpenedVault, app: &str) -> Result<PruneReport, Error> {
    ask(vault, app, None).await
}

/// Says what a rotation would do if these settings were chosen; nothing is removed or written.
pub(crate) async fn preview_prune(
    lifeboat: &Lifeboat,
    app: &str,
    changes: &[(String, Option<String>)],
) -> Result<PruneReport, Error> {
    let changes = checked(changes)?;
    lifeboat.require_vault(app).await?;
    let found = resolve(lifeboat.engine_handle(), app).await.ok();
    let needs = Needs {
        purpose: "prune",
        ..Needs::default()
    };
    let mut vault = lifeboat.open_vault_for_recovery(app, &needs).await?;
    let report = match settings_with(lifeboat, found.as_ref(), &mut vault, changes).await {
        Ok(settings) => ask(&mut vault, app, Some(settings)).await,
        Err(error) => Err(error),
    };
    vault.close().await;
    report
}

/// With settings to try it is only a look.
async fn ask(
    vault: &mut OpenedVault,
    app: &str,
    preview: Option<BTreeMap<Key, String>>,
) -> Result<PruneReport, Error> {
    let listing = vault.list(app).await?;
    let dry_run = preview.is_some();
    let request = Request::Prune(PruneRequest {
        now: Timestamp::now(),
        dry_run,
        preview,
    });
    let report = match vault.ask_quietly(request).await {
        Ok(Answer::Pruned(report)) => report,
        Ok(_) => return Err(unexpected()),
        Err(failure) => return Err(error_of("The backups could not be rotated", failure)),
    };
    let name_of = |id: &str| {
        let record = listing
            .backups
            .iter()
            .find(|record| record.summary.id == id);
        record.map_or_else(|| id.to_owned(), |record| record.summary.file_name.clone())
    };
    let decisions = report
        .rotation
        .decisions
        .iter()
        .map(|decision| PruneDecision {
            id: decision.id.clone(),
            file_name: name_of(&decision.id),
            goes: decision.goes() && report.rotation.suspended.is_none(),
            reasons: decision
                .reasons
                .iter()
                .map(lifeboat_store::rotation::KeepReason::text)
                .collect(),
            stored_bytes: decision.stored_bytes,
        });
    Ok(PruneReport {
        app: app.to_owned(),
        dry_run,
        decisions: decisions.collect(),
        suspended: report
            .rotation
            .suspended
            .as_ref()
            .map(lifeboat_store::rotation::Suspension::text),
        removed: report.removed,
        freed_bytes: report.freed_bytes,
    })
}
