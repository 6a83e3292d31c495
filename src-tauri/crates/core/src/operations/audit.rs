//! Reading the audit log, and checking that nobody changed it.

use lifeboat_store::protocol::{Answer, AuditChain, AuditEntry, AuditHead, Request};

use super::failure::error_of;
use super::vault::{Needs, OpenedVault, unexpected};
use crate::api::{AuditCheck, AuditLog, AuditRecord};
use crate::error::Error;
use crate::lifeboat::Lifeboat;

/// Reads the audit log; `verify` checks its chain and compares its end with what this machine
/// remembers.
pub(crate) async fn audit(lifeboat: &Lifeboat, app: &str, verify: bool) -> Result<AuditLog, Error> {
    lifeboat.require_vault(app).await?;
    let needs = Needs {
        purpose: "audit",
        ..Needs::default()
    };
    let mut vault = lifeboat.open_vault_for_recovery(app, &needs).await?;
    let read = read(&mut vault, verify).await;
    vault.close().await;
    let (entries, chain) = read?;
    let chain = match chain {
        Some(chain) => Some(check(&entries, chain, lifeboat.audit_head(app)?)),
        None => None,
    };
    let entries = entries.into_iter().map(record_of).collect();
    Ok(AuditLog {
        app: app.to_owned(),
        entries,
        chain,
    })
}

async fn read(
    vault: &mut OpenedVault,
    verify: bool,
) -> Result<(Vec<AuditEntry>, Option<AuditChain>), Error> {
    let failed = |failure| error_of("The audit log could not be read", failure);
    let chain = if verify {
        match vault
            .ask_quietly(Request::AuditVerify)
            .await
            .map_err(failed)?
        {
            Answer::AuditChain(chain) => Some(chain),
            _ => return Err(unexpected()),
        }
    } else {
        None
    };
    match vault
        .ask_quietly(Request::AuditRead { limit: None })
        .await
        .map_err(failed)?
    {
        Answer::Audit { entries } => Ok((entries, chain)),
        _ => Err(unexpected()),
    }
}

/// The chain by itself cannot tell that its end was cut off; the number and hash kept here can.
fn check(entries: &[AuditEntry], chain: AuditChain, remembered: Option<AuditHead>) -> AuditCheck {
    let mut broken_at = chain.broken.as_ref().map(|(number, _)| *number);
    let mut problem = chain
        .broken
        .map(|(number, why)| format!("Entry {number}: {why}."));
    if broken_at.is_none()
        && let Some(known) = remembered.filter(|known| known.number > 0)
    {
        let there = entries.iter().find(|entry| entry.number == known.number);
        match there {
            Some(entry) if entry.hash == known.hash => {}
            Some(_) => {
                broken_at = Some(known.number);
                problem = Some(format!(
                    "Entry {} is not the one that this machine remembers: the log was rewritten.",
                    known.number
                ));
            }
            None => {
                broken_at = Some(chain.head.number + 1);
                problem = Some(format!(
                    "The log ends with entry {}, but this machine remembers entry {}: its end was \
                     cut off.",
                    chain.head.number, known.number
                ));
            }
        }
    }
    AuditCheck {
        intact: broken_at.is_none(),
        broken_at,
        problem,
        torn_end: chain.torn_end,
    }
}

fn record_of(entry: AuditEntry) -> AuditRecord {
    let AuditEntry {
        number,
        draft,
        previous_hash,
        hash,
    } = entry;
    AuditRecord {
        number,
        at: draft.at,
        actor: draft.actor,
        operation: draft.operation,
        target: draft.target,
        outcome: draft.outcome,
        reason: draft.reason,
        duration_ms: draft.duration_ms,
        previous_hash,
        hash,
    }
}
