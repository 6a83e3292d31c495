//! What the vault and the engine say of one application, read in one session.

use jiff::Timestamp;
use lifeboat_store::guard::LastFailure;
use lifeboat_store::manifest::Verdict;
use lifeboat_store::protocol::{Answer, AuditEntry, BackupRecord, GuardReport, Request};
use lifeboat_store::settings::Settings;

use super::super::{settings, status};
use crate::api::Protection;
use crate::error::Error;
use crate::lifeboat::Lifeboat;
use crate::operations::failure::error_of;
use crate::operations::vault::{Needs, OpenedVault, unexpected};

/// So many of the newest entries are looked through at each look.
const AUDIT_ENTRIES: u32 = 500;

/// What is known of an application that has a vault.
pub(super) struct Facts {
    pub(super) protection: Protection,
    pub(super) failure: Option<LastFailure>,
    /// The newest first.
    pub(super) backups: Vec<BackupFact>,
    /// The newest entries, oldest first.
    pub(super) audit: Vec<AuditEntry>,
    pub(super) settings: Settings,
    /// The engine's clock.
    pub(super) now: Timestamp,
}

/// What matters of a backup here.
pub(super) struct BackupFact {
    pub(super) id: String,
    pub(super) created_at: Timestamp,
    pub(super) verdict: Verdict,
    pub(super) reason: Option<String>,
}

impl From<BackupRecord> for BackupFact {
    fn from(record: BackupRecord) -> Self {
        Self {
            id: record.summary.id,
            created_at: record.summary.created_at,
            verdict: record.verification.verdict,
            reason: record.verification.reason,
        }
    }
}

/// Reads them. No lock is taken, so that nothing waits for it.
pub(super) async fn read(lifeboat: &Lifeboat, app: &str) -> Result<Facts, Error> {
    let engine = lifeboat.engine_handle();
    let container = engine.guardian(app).await?;
    let needs = Needs {
        purpose: "notices",
        ..Needs::default()
    };
    let mut vault = lifeboat.open_vault_for_recovery(app, &needs).await?;
    let read = read_vault(&mut vault, app).await;
    vault.close().await;
    let (report, backups, audit, settings) = read?;
    let now = engine.now().await?;
    Ok(Facts {
        protection: status::judge(app, Some(&report), container.as_ref(), now),
        failure: report.status.and_then(|status| status.last_failure),
        backups,
        audit,
        settings,
        now,
    })
}

async fn read_vault(
    vault: &mut OpenedVault,
    app: &str,
) -> Result<(GuardReport, Vec<BackupFact>, Vec<AuditEntry>, Settings), Error> {
    let report = status::report(vault).await?;
    let listing = vault.list(app).await?;
    let backups = listing.backups.into_iter().map(BackupFact::from).collect();
    let stored = settings::read(vault).await?;
    let settings = stored.map_or_else(Settings::default, |stored| stored.settings());
    let request = Request::AuditRead {
        limit: Some(AUDIT_ENTRIES),
    };
    match vault.ask_quietly(request).await {
        Ok(Answer::Audit { entries }) => Ok((report, backups, entries, settings)),
        Ok(_) => Err(unexpected()),
        Err(failure) => Err(error_of("The audit log could not be read", failure)),
    }
}
