//! One run: a backup with its proof, older backups proven again, rotation; each with its entry in the
//! audit log.

use std::path::{Path, PathBuf};
use std::time::Instant;

use jiff::Timestamp;

use super::client::{Client, unexpected};
use super::lifeline::Lifeline;
use super::spec::GuardSpec;
use super::status::{LastRotation, LastSuccess};
use crate::failure::{Failure, FailureKind};
use crate::manifest::{Notes, Trigger, Verdict, Verification};
use crate::naming;
use crate::protocol::{
    Answer, AuditDraft, BackupRecord, BackupRequest, OpenVault, PruneReport, PruneRequest, Request,
    WRITABLE_PATH,
};
use crate::settings::Settings;
use crate::vault::{Vault, proof_limit};

/// So many older backups are proven again in one run at most.
const PROOFS: usize = 5;

/// Who acts, in the audit log.
const ACTOR: &str = "guardian";

/// What a run needs.
pub(super) struct Run<'a> {
    pub(super) root: &'a Path,
    /// Opened for reading: the audit log is written without the lock, too.
    pub(super) vault: &'a Vault,
    pub(super) lifeline: &'a Lifeline,
    pub(super) spec: &'a GuardSpec,
    pub(super) settings: &'a Settings,
    pub(super) trigger: Trigger,
}

impl Run<'_> {
    /// Does it all. What comes after the backup cannot make it fail.
    pub(super) fn go(
        &self,
        meanwhile: &mut dyn FnMut(),
    ) -> Result<(LastSuccess, Option<LastRotation>), Failure> {
        let (mut client, success) = self.back_up(meanwhile)?;
        if success.verdict == Verdict::Damaged {
            return Ok((success, None));
        }
        self.prove_again(&mut client, meanwhile);
        let rotation = self.rotate(&mut client, meanwhile);
        Ok((success, rotation))
    }

    /// Takes the backup, and keeps the session for what comes after it.
    fn back_up(&self, meanwhile: &mut dyn FnMut()) -> Result<(Client<'_>, LastSuccess), Failure> {
        let request = self.request();
        let began = Instant::now();
        let mut taken = self.take(self.root, request.clone(), meanwhile);
        if let Err(failure) = &taken
            && failure.kind == FailureKind::NeedsReadWrite
            && let Some(root) = self.writable_root()
        {
            taken = self.take(&root, writable(request.clone()), meanwhile);
        }
        match &taken {
            // Nothing was done: the next look tries again.
            Err(failure) if matches!(failure.kind, FailureKind::Busy | FailureKind::Unfinished) => {
            }
            taken => self.note("backup", &request.id, began, taken.as_ref().map(|_| ())),
        }
        let (client, verdict) = taken?;
        let success = LastSuccess {
            at: request.created_at,
            id: request.id,
            trigger: self.trigger,
            verdict,
            duration_ms: elapsed_ms(began),
        };
        Ok((client, success))
    }

    fn take(
        &self,
        root: &Path,
        request: BackupRequest,
        meanwhile: &mut dyn FnMut(),
    ) -> Result<(Client<'_>, Verdict), Failure> {
        let mut client = Client::start(root, self.lifeline)?;
        let open = Request::OpenVault(OpenVault {
            app: self.spec.app.clone(),
            exclusive: true,
            holder: format!("the {} backup by the guardian", self.trigger.as_str()),
            recovery: false,
        });
        client.ask(open, meanwhile)?;
        match client.ask(Request::Backup(Box::new(request)), meanwhile)? {
            Answer::Backup(BackupRecord { verification, .. }) => Ok((client, verification.verdict)),
            _ => Err(unexpected()),
        }
    }

    /// Where the volumes are mounted writable, if they are.
    fn writable_root(&self) -> Option<PathBuf> {
        let root = self.root.join(WRITABLE_PATH.trim_start_matches('/'));
        root.is_dir().then_some(root)
    }

    fn request(&self) -> BackupRequest {
        let created_at = Timestamp::now();
        let codec = self.settings.codec();
        let sources = self.spec.sources.iter();
        BackupRequest {
            id: naming::new_backup_id(created_at),
            file_name: naming::file_name(&self.spec.app, created_at, self.trigger, codec),
            app: self.spec.app.clone(),
            trigger: self.trigger,
            created_at,
            codec,
            level: None,
            scope: self.settings.scope,
            excludes: self.settings.excludes.clone(),
            sources: sources.map(|guarded| guarded.source.clone()).collect(),
            releases: self.spec.releases.clone(),
            compose_project: self.spec.compose_project.clone(),
            source_commit: self.spec.source_commit.clone(),
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            notes: Notes::default(),
            verify: true,
            lock_timeout_ms: self.spec.lock_timeout_ms,
            max_wal_growth_bytes: self.spec.max_wal_growth_bytes,
        }
    }

    /// Proves backups whose last proof is old. One that cannot be proven now is tried at the next run.
    fn prove_again(&self, client: &mut Client<'_>, meanwhile: &mut dyn FnMut()) {
        let Some(proven_before) = proof_limit(self.settings, Timestamp::now()) else {
            return;
        };
        let Ok(Answer::Due { ids }) = client.ask(Request::DueForProof { proven_before }, meanwhile)
        else {
            return;
        };
        for id in ids.into_iter().take(PROOFS) {
            let began = Instant::now();
            let proven = client.ask(Request::Verify { id: id.clone() }, meanwhile);
            let told = match proven {
                Ok(Answer::Verify(Verification {
                    verdict: Verdict::Damaged,
                    reason,
                    ..
                })) => Err(Failure::new(
                    FailureKind::Damaged,
                    reason.unwrap_or_default(),
                )),
                Ok(_) => Ok(()),
                Err(failure) => Err(failure),
            };
            self.note("verify", &id, began, told.as_ref().map(|&()| ()));
        }
    }

    fn rotate(&self, client: &mut Client<'_>, meanwhile: &mut dyn FnMut()) -> Option<LastRotation> {
        let (began, at) = (Instant::now(), Timestamp::now());
        let request = Request::Prune(PruneRequest {
            now: at,
            dry_run: false,
            preview: None,
        });
        let outcome = client.ask(request, meanwhile);
        let done = |removed: &[String]| u32::try_from(removed.len()).unwrap_or(u32::MAX);
        match outcome {
            Ok(Answer::Pruned(PruneReport {
                removed, rotation, ..
            })) => {
                if !removed.is_empty() {
                    self.note("rotate", &removed.join(" "), began, Ok(()));
                }
                Some(LastRotation {
                    at,
                    removed: done(&removed),
                    suspended: rotation.suspended,
                    failure: None,
                })
            }
            Ok(_) => None,
            Err(_) if self.lifeline.has_ended() => None,
            Err(failure) => {
                self.note("rotate", "", began, Err(&failure));
                Some(LastRotation {
                    at,
                    removed: 0,
                    suspended: None,
                    failure: Some(failure.message),
                })
            }
        }
    }

    /// An entry of the audit log. A log that cannot be written is no reason to lose the backup.
    fn note(&self, operation: &str, target: &str, began: Instant, outcome: Result<(), &Failure>) {
        let word = match outcome {
            Ok(()) => "ok",
            Err(failure) if failure.kind == FailureKind::Cancelled => "cancelled",
            Err(_) => "failed",
        };
        let _ = self.vault.audit_append(AuditDraft {
            at: Timestamp::now(),
            actor: ACTOR.to_owned(),
            operation: operation.to_owned(),
            target: target.to_owned(),
            outcome: word.to_owned(),
            reason: outcome.err().map(|failure| failure.message.clone()),
            duration_ms: elapsed_ms(began),
        });
    }
}

fn writable(mut request: BackupRequest) -> BackupRequest {
    for source in &mut request.sources {
        source.mount.writable = true;
    }
    request
}

fn elapsed_ms(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
