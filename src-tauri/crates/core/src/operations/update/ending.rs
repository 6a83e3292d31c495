//! The words for how an update ended.

use lifeboat_store::manifest::Finding;

use super::drift;
use super::fetch::Fetched;
use super::plan::Prepared;
use crate::api::{ServiceUpdate, UpdateOutcome, UpdateReport};
use crate::engine::Image;
use crate::error::{Aftermath, Code, Error};
use crate::operations::containers::Replacement;

/// A release in words: its version, if the image says it, and its ID.
pub(in crate::operations) fn release_in_words(reference: &str, image: &Image) -> String {
    let id: String = image
        .id
        .trim_start_matches("sha256:")
        .chars()
        .take(12)
        .collect();
    match image.version() {
        Some(version) => format!("{reference} {version} ({id})"),
        None => format!("{reference} ({id})"),
    }
}

/// Nothing newer: nothing was stopped.
pub(super) fn up_to_date(prepared: &Prepared, fetched: Fetched) -> UpdateReport {
    let running: Vec<String> = prepared
        .candidates
        .iter()
        .map(|one| release_in_words(&one.container.image, &one.image))
        .collect();
    let running = running.join(", ");
    let mut findings = prepared.warnings.clone();
    findings.extend(fetched.findings);
    findings.extend(drift::not_applied(prepared));
    UpdateReport {
        app: prepared.resolved.name.clone(),
        outcome: UpdateOutcome::UpToDate,
        from: running.clone(),
        to: running,
        services: Vec::new(),
        downtime_ms: 0,
        backup_id: None,
        rollback_point: None,
        evidence: None,
        reason: None,
        log: None,
        findings,
    }
}

/// A report in which everything but the ending is known.
pub(super) fn blank(
    app: &str,
    from: &str,
    to: &str,
    replacements: &[Replacement],
    findings: Vec<Finding>,
) -> UpdateReport {
    UpdateReport {
        app: app.to_owned(),
        outcome: UpdateOutcome::NeedsAttention,
        from: from.to_owned(),
        to: to.to_owned(),
        services: replacements
            .iter()
            .map(|one| ServiceUpdate {
                service: one.service.clone(),
                image: one.next.image.clone(),
                from_id: one.present.image_id.clone(),
                to_id: one.next.image_id.clone(),
            })
            .collect(),
        downtime_ms: 0,
        backup_id: None,
        rollback_point: None,
        evidence: None,
        reason: None,
        log: None,
        findings,
    }
}

/// The ending as the audit log has it.
pub(super) fn for_audit(report: &UpdateReport) -> Result<(), Error> {
    let reason = report.reason.clone().unwrap_or_default();
    let app = &report.app;
    match report.outcome {
        UpdateOutcome::Updated | UpdateOutcome::UpToDate => Ok(()),
        UpdateOutcome::RolledBack => Err(Error::new(
            Code::RolledBack,
            format!("The update of {app} was rolled back: {reason}."),
            "Look at the new release's log.",
        )
        .with_aftermath(Aftermath::Restored)),
        UpdateOutcome::RolledBackUnhealthy => Err(Error::new(
            Code::RolledBackUnhealthy,
            format!("The update of {app} was rolled back, and it is not healthy: {reason}."),
            "Look at the application's log.",
        )
        .with_aftermath(Aftermath::NeedsAttention)),
        UpdateOutcome::NeedsAttention => Err(Error::new(
            Code::NeedsAttention,
            format!("The update of {app} could not be ended: {reason}."),
            format!("Run `lifeboat recover {app}`."),
        )
        .with_aftermath(Aftermath::NeedsAttention)),
    }
}
