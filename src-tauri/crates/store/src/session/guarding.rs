//! Requests about rotation, settings and the guardian.

use super::Roots;
use crate::failure::{Failure, FailureKind};
use crate::guard::{GuardSpec, VolumeMark};
use crate::protocol::{Answer, GuardReport, Request};
use crate::vault::Vault;

/// Answers such a request.
pub(super) fn answer(vault: &Vault, roots: &Roots, request: Request) -> Result<Answer, Failure> {
    Ok(match request {
        Request::Prune(request) => Answer::Pruned(vault.prune(&request)?),
        Request::DueForProof { proven_before } => Answer::Due {
            ids: vault.due_for_proof(proven_before)?,
        },
        Request::ReadSettings => Answer::Settings {
            settings: vault.settings()?.map(Box::new),
        },
        Request::WriteSettings { settings } => {
            vault.write_settings(&settings)?;
            Answer::Ok
        }
        Request::ReadGuard => Answer::Guard(Box::new(GuardReport {
            spec: vault.guard()?,
            // It is made anew each minute: one that cannot be read is one that says nothing.
            status: vault.guard_status().unwrap_or_default(),
        })),
        Request::WriteGuard { spec } => {
            let spec = spec.map(|spec| marked(*spec, roots)).transpose()?;
            vault.write_guard(spec.as_ref())?;
            Answer::Ok
        }
        _ => {
            return Err(Failure::new(
                FailureKind::Protocol,
                "this request is not known",
            ));
        }
    })
}

/// Marks of the sources are those of the directories that this session has mounted.
fn marked(mut spec: GuardSpec, roots: &Roots) -> Result<GuardSpec, Failure> {
    for guarded in &mut spec.sources {
        if guarded.mark.is_none() {
            guarded.mark = Some(VolumeMark::of(&roots.source(&guarded.source.mount))?);
        }
    }
    Ok(spec)
}
