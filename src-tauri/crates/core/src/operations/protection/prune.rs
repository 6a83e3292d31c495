//! Rotation by hand, or only a look at what it would do.

use jiff::Timestamp;
use lifeboat_store::protocol::{Answer, PruneRequest, Request};

use super::in_force;
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
    lifeboat.require_vault(app).await?;
    let needs = Needs {
        purpose: "prune",
        exclusive: !dry_run,
        ..Needs::default()
    };
    if dry_run {
        let mut vault = lifeboat.open_vault_for_recovery(app, &needs).await?;
        let report = ask(&mut vault, app, true).await;
        vault.close().await;
        return report;
    }
    let trail = AuditTrail::begin(lifeboat, app, "rotate", app);
    let mut vault = match lifeboat.open_vault(app, &needs, job).await {
        Ok(vault) => vault,
        Err(error) => return trail.end_without_session(Err(error)).await,
    };
    if let Ok(found) = resolve(lifeboat.engine_handle(), app).await {
        in_force(lifeboat, &found, &mut vault).await;
    }
    let outcome = ask(&mut vault, app, false).await;
    trail.end(vault, outcome).await
}

async fn ask(vault: &mut OpenedVault, app: &str, dry_run: bool) -> Result<PruneReport, Error> {
    let listing = vault.list(app).await?;
    let request = Request::Prune(PruneRequest {
        now: Timestamp::now(),
        dry_run,
        preview: None,
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
