//! Proving a backup again.

use lifeboat_store::protocol::{Answer, Request};

use super::events::{StepTracker, step};
use super::failure::error_of;
use super::names;
use super::vault::{AuditTrail, Needs, OpenedVault, backup_of, unexpected};
use crate::api::{Backup, Verdict};
use crate::error::{Code, Error};
use crate::job::JobContext;
use crate::lifeboat::Lifeboat;

/// Verifies one backup; the backup that comes back carries the verdict.
pub(crate) async fn verify(
    lifeboat: &Lifeboat,
    app: &str,
    selector: &str,
    job: &JobContext,
) -> Result<Backup, Error> {
    let steps = vec![
        step("unpack", "Read the archive and unpack its databases", true),
        step("verify", "Check the databases", true),
    ];
    let mut tracker = StepTracker::start(job, steps);
    lifeboat.require_vault(app).await?;
    let needs = Needs {
        purpose: "verify",
        exclusive: true,
        ..Needs::default()
    };
    let mut vault = lifeboat.open_vault(app, &needs, job).await?;
    let record = match vault.list(app).await {
        Ok(listing) => names::select(&listing.backups, app, selector).cloned(),
        Err(error) => Err(error),
    };
    let mut record = match record {
        Ok(record) => record,
        Err(error) => {
            vault.close().await;
            return Err(error);
        }
    };
    let trail = AuditTrail::begin(lifeboat, app, "verify", record.summary.id.clone());
    let outcome = prove(&mut vault, &record.summary.id, &mut tracker, job).await;
    tracker.finish();
    let outcome = outcome.map(|verification| {
        record.verification = verification;
        backup_of(record)
    });
    // The audit log tells a red verdict as a failure; the caller gets the backup with its verdict.
    let told = match &outcome {
        Ok(backup) if backup.verification.verdict == Verdict::Damaged => {
            let reason = backup.verification.reason.clone().unwrap_or_default();
            Err(Error::new(Code::Damaged, reason, ""))
        }
        Ok(_) => Ok(()),
        Err(error) => Err(error.clone()),
    };
    let written = trail.end(vault, told).await;
    match (outcome, written) {
        (Ok(backup), Err(error)) if error.code != Code::Damaged => {
            tracing::warn!(?error, "the verdict stands, the audit entry does not");
            Ok(backup)
        }
        (outcome, _) => outcome,
    }
}

async fn prove(
    vault: &mut OpenedVault,
    id: &str,
    tracker: &mut StepTracker<'_>,
    job: &JobContext,
) -> Result<crate::api::Verification, Error> {
    let request = Request::Verify { id: id.to_owned() };
    match vault
        .ask(request, &mut |event| tracker.hear(event), &job.cancel)
        .await
    {
        Ok(Answer::Verify(verification)) => Ok(verification),
        Ok(_) => Err(unexpected()),
        Err(failure) => Err(error_of("The backup could not be verified", failure)),
    }
}
