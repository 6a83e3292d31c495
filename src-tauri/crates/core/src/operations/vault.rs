//! Sessions on a vault: opening it, ending what was unfinished first, and writing the audit log.

use std::time::Instant;

use jiff::Timestamp;
use lifeboat_store::FailureKind;
use lifeboat_store::manifest::Verdict;
use lifeboat_store::protocol::{
    Answer, AuditDraft, BackupRecord, Event, Listing, OpenVault, Request, VaultStatus,
};
use tokio_util::sync::CancellationToken;

use super::failure::error_of;
use super::recover;
use crate::api::{Backup, VaultSummary};
use crate::engine::{Session, SessionError, SessionSpec, SourceBinding};
use crate::error::{Code, Error};
use crate::job::JobContext;
use crate::lifeboat::{Actor, Lifeboat};
use crate::shell;

/// The name of an application's vault volume.
pub(super) fn vault_volume(app: &str) -> String {
    format!("lifeboat-{app}")
}

/// What a session on a vault needs beside the vault.
#[derive(Debug, Clone, Default)]
pub(super) struct Needs {
    /// What it is for: `backup`, `restore`…
    pub(super) purpose: &'static str,
    /// The application's storages.
    pub(super) sources: Vec<SourceBinding>,
    /// Take the lock.
    pub(super) exclusive: bool,
    /// Files of the volumes are written, not only read.
    pub(super) writes_files: bool,
    /// The application's user namespace.
    pub(super) user_namespace_mode: Option<String>,
}

/// An open vault.
pub(super) struct OpenedVault {
    pub(super) session: Session,
    pub(super) status: VaultStatus,
}

impl Lifeboat {
    /// Opens an application's vault. An unfinished job of an earlier run is ended first.
    pub(super) async fn open_vault(
        &self,
        app: &str,
        needs: &Needs,
        job: &JobContext,
    ) -> Result<OpenedVault, Error> {
        match self.try_open_vault(app, needs, false).await {
            Err(SessionError::Failed(failure)) if failure.kind == FailureKind::Unfinished => {
                job.note("An earlier job was not finished; ending it first.");
                Box::pin(recover::recover_app(self, app, job)).await?;
                self.try_open_vault(app, needs, false)
                    .await
                    .map_err(|failure| opening(app, failure))
            }
            outcome => outcome.map_err(|failure| opening(app, failure)),
        }
    }

    /// Opens it whatever state it is in.
    pub(super) async fn open_vault_for_recovery(
        &self,
        app: &str,
        needs: &Needs,
    ) -> Result<OpenedVault, Error> {
        self.try_open_vault(app, needs, true)
            .await
            .map_err(|failure| opening(app, failure))
    }

    async fn try_open_vault(
        &self,
        app: &str,
        needs: &Needs,
        recovery: bool,
    ) -> Result<OpenedVault, SessionError> {
        let mut capabilities = vec!["DAC_OVERRIDE"];
        if needs.writes_files {
            // FSETID: a directory of a foreign group keeps its set-group bit.
            capabilities.extend(["FOWNER", "FSETID"]);
        }
        let spec = SessionSpec {
            purpose: needs.purpose.to_owned(),
            vault_volume: Some(vault_volume(app)),
            sources: needs.sources.clone(),
            capabilities,
            user_namespace_mode: needs.user_namespace_mode.clone(),
            ..SessionSpec::default()
        };
        let mut session = self.engine_handle().open_session(spec).await?;
        let request = Request::OpenVault(OpenVault {
            app: app.to_owned(),
            exclusive: needs.exclusive,
            holder: format!("{} by {}", needs.purpose, self.actor_name()),
            recovery,
        });
        match session
            .request(request, &mut |_| {}, &CancellationToken::new())
            .await
        {
            Ok(Answer::Vault(status)) => Ok(OpenedVault { session, status }),
            Ok(_) => {
                session.close_quietly().await;
                Err(SessionError::unexpected_answer())
            }
            Err(failure) => {
                session.close_quietly().await;
                Err(failure)
            }
        }
    }

    /// Fails unless the application has a vault.
    pub(super) async fn require_vault(&self, app: &str) -> Result<(), Error> {
        super::names::check_app_name(app)?;
        if self
            .engine_handle()
            .volume(&vault_volume(app))
            .await?
            .is_some()
        {
            return Ok(());
        }
        // Without a vault, tell apart an application that was never backed up and none at all.
        super::resolve::resolve(self.engine_handle(), app).await?;
        Err(Error::new(
            Code::BackupNotFound,
            format!("There is no backup of {app} yet."),
            format!("Take one: lifeboat backup {}", shell::word(app)),
        ))
    }

    /// Makes the vault and what keeps it from being pruned.
    pub(super) async fn ensure_vault(&self, app: &str) -> Result<(), Error> {
        let engine = self.engine_handle();
        match engine.volume(&vault_volume(app)).await? {
            None => {
                engine.create_vault(app).await?;
            }
            Some(volume) if volume.is_vault_of(app) => {}
            // Only what is in it can tell; nothing of ours may refer to it before that is known.
            Some(_) => {
                let needs = Needs {
                    purpose: "look",
                    ..Needs::default()
                };
                let vault = self.open_vault_for_recovery(app, &needs).await?;
                vault.close().await;
            }
        }
        engine.ensure_keeper(&vault_volume(app), app).await
    }

    /// Who acts, as the audit log has it: `cli:anna@box`.
    pub(super) fn actor_name(&self) -> String {
        let kind = match self.actor() {
            Actor::Desktop => "desktop",
            Actor::Cli => "cli",
            Actor::Watch => "watch",
        };
        let user = user_name().unwrap_or_else(|| "unknown".to_owned());
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname")
            .map(|name| name.trim().to_owned())
            .or_else(|_| std::env::var("HOSTNAME"))
            .unwrap_or_else(|_| "unknown".to_owned());
        format!("{kind}:{user}@{host}")
    }
}

/// The user who runs this process: by environment, else by the kernel's word and `/etc/passwd`.
fn user_name() -> Option<String> {
    let named = std::env::var("USER").or_else(|_| std::env::var("LOGNAME"));
    if let Some(name) = named.ok().filter(|name| !name.is_empty()) {
        return Some(name);
    }
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let user_id = status
        .lines()
        .find_map(|line| line.strip_prefix("Uid:"))?
        .split_whitespace()
        .nth(1)?
        .to_owned();
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let named = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == user_id).then(|| name.to_owned())
    });
    Some(named.unwrap_or(format!("uid-{user_id}")))
}

fn opening(app: &str, failure: SessionError) -> Error {
    if let SessionError::Failed(failure) = &failure
        && failure.kind == FailureKind::Unsupported
    {
        let volume = vault_volume(app);
        let mut error = Error::new(
            Code::Unsupported,
            format!(
                "The volume {volume} is not the vault of {app}: {}.",
                failure.message
            ),
            "Rename or remove that volume, then try again; Lifeboat does not touch it.",
        );
        error.detail.clone_from(&failure.detail);
        return error;
    }
    error_of(&format!("The vault of {app} could not be opened"), failure)
}

impl OpenedVault {
    /// One request, whose events go to `hear`.
    pub(super) async fn ask(
        &mut self,
        request: Request,
        hear: &mut (dyn FnMut(Event) + Send),
        cancel: &CancellationToken,
    ) -> Result<Answer, SessionError> {
        self.session.request(request, hear, cancel).await
    }

    /// One small request that cannot be cancelled.
    pub(super) async fn ask_quietly(&mut self, request: Request) -> Result<Answer, SessionError> {
        self.session
            .request(request, &mut |_| {}, &CancellationToken::new())
            .await
    }

    /// The backups.
    pub(super) async fn list(&mut self, app: &str) -> Result<Listing, Error> {
        match self.ask_quietly(Request::List).await {
            Ok(Answer::List(listing)) => Ok(listing),
            Ok(_) => Err(unexpected()),
            Err(failure) => Err(error_of(
                &format!("The backups of {app} could not be listed"),
                failure,
            )),
        }
    }

    /// Ends the session, and with it the lock.
    pub(super) async fn close(self) {
        self.session.close_quietly().await;
    }
}

/// An answer of another kind than was asked for.
pub(super) fn unexpected() -> Error {
    error_of(
        "The helper could not be understood",
        SessionError::unexpected_answer(),
    )
}

/// An entry of the audit log in the making.
pub(super) struct AuditTrail<'a> {
    lifeboat: &'a Lifeboat,
    app: String,
    operation: &'static str,
    target: String,
    began: Instant,
}

impl<'a> AuditTrail<'a> {
    pub(super) fn begin(
        lifeboat: &'a Lifeboat,
        app: &str,
        operation: &'static str,
        target: impl Into<String>,
    ) -> Self {
        Self {
            lifeboat,
            app: app.to_owned(),
            operation,
            target: target.into(),
            began: Instant::now(),
        }
    }

    fn draft<T>(&self, outcome: &Result<T, Error>) -> AuditDraft {
        let (word, reason) = match outcome {
            Ok(_) => ("ok", None),
            Err(error) => (word_for(error.code), Some(error.message.clone())),
        };
        AuditDraft {
            at: Timestamp::now(),
            actor: self.lifeboat.actor_name(),
            operation: self.operation.to_owned(),
            target: self.target.clone(),
            outcome: word.to_owned(),
            reason: reason.filter(|_| word != "ok"),
            duration_ms: u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX),
        }
    }

    /// Writes the entry in the open session; a session that is lost is replaced by a new one.
    ///
    /// An outcome that cannot be written down is told as a failure only if the operation itself went
    /// well: its own failure matters more.
    pub(super) async fn end<T>(
        self,
        mut vault: OpenedVault,
        outcome: Result<T, Error>,
    ) -> Result<T, Error> {
        let outcome = self.enter(&mut vault, outcome).await;
        vault.close().await;
        outcome
    }

    /// The same in a session that goes on.
    pub(super) async fn enter<T>(
        self,
        vault: &mut OpenedVault,
        outcome: Result<T, Error>,
    ) -> Result<T, Error> {
        let draft = self.draft(&outcome);
        let mut written = vault
            .ask_quietly(Request::AuditAppend {
                entry: draft.clone(),
            })
            .await;
        if matches!(
            written,
            Err(SessionError::Lost { .. } | SessionError::Engine(_))
        ) {
            written = self.append_anew(draft).await;
        }
        self.finish(written, outcome)
    }

    /// The same entry, on what turned out only now.
    pub(super) fn on(mut self, target: impl Into<String>) -> Self {
        self.target = target.into();
        self
    }

    /// Writes the entry of something that only happened, in a session that goes on. That it could not be
    /// written stops nothing.
    pub(super) async fn note(self, vault: &mut OpenedVault) {
        let entry = self.draft(&Ok(()));
        let written = vault.ask_quietly(Request::AuditAppend { entry }).await;
        if let Err(error) = self.finish(written, Ok(())) {
            tracing::warn!(?error, "an audit entry was not written");
        }
    }

    /// Writes the entry where no session could be opened exclusively.
    pub(super) async fn end_without_session<T>(
        self,
        outcome: Result<T, Error>,
    ) -> Result<T, Error> {
        let draft = self.draft(&outcome);
        let written = self.append_anew(draft).await;
        self.finish(written, outcome)
    }

    async fn append_anew(&self, draft: AuditDraft) -> Result<Answer, SessionError> {
        let needs = Needs {
            purpose: "audit",
            ..Needs::default()
        };
        let mut vault = self
            .lifeboat
            .try_open_vault(&self.app, &needs, true)
            .await?;
        let written = vault
            .ask_quietly(Request::AuditAppend { entry: draft })
            .await;
        vault.close().await;
        written
    }

    fn finish<T>(
        &self,
        written: Result<Answer, SessionError>,
        outcome: Result<T, Error>,
    ) -> Result<T, Error> {
        match written {
            Ok(Answer::Audited(head)) => {
                self.lifeboat.remember_audit_head(&self.app, &head);
                outcome
            }
            Ok(_) => outcome.and(Err(unexpected())),
            Err(failure) => {
                tracing::error!(app = %self.app, ?failure, "the audit entry was not written");
                let error = error_of(
                    "It is done, but the audit log could not be written",
                    failure,
                );
                outcome.and_then(|value| match error.code {
                    // The vault being busy or gone is told; the work itself stands.
                    Code::Busy => Ok(value),
                    _ => Err(error),
                })
            }
        }
    }
}

fn word_for(code: Code) -> &'static str {
    match code {
        Code::Cancelled => "cancelled",
        Code::RolledBack | Code::RolledBackUnhealthy => "rolled-back",
        Code::NeedsAttention => "needs-attention",
        _ => "failed",
    }
}

/// A backup as the shells see it.
pub(super) fn backup_of(record: BackupRecord) -> Backup {
    let BackupRecord {
        summary,
        verification,
        notes,
    } = record;
    Backup {
        id: summary.id,
        file_name: summary.file_name,
        app: summary.app,
        created_at: summary.created_at,
        trigger: summary.trigger,
        codec: summary.codec,
        scope: summary.scope,
        raw_bytes: summary.raw_bytes,
        stored_bytes: summary.stored_bytes,
        sha256: summary.sha256,
        pinned: notes.pinned,
        note: notes.note,
        verification,
        databases: summary.databases,
        volumes: summary.volumes,
        file_count: summary.file_count,
        left_out: summary.left_out,
        releases: summary.releases,
        tool_version: summary.tool_version,
        sqlite_version: summary.sqlite_version,
        findings: summary.findings,
    }
}

/// What an overview says of a vault.
pub(super) fn summary_of(volume: &str, status: &VaultStatus, listing: &Listing) -> VaultSummary {
    let newest = listing.backups.first();
    let verdict: Option<Verdict> = newest.map(|record| record.verification.verdict);
    VaultSummary {
        volume: volume.to_owned(),
        backup_count: listing.backups.len() as u64,
        last_backup_at: newest.map(|record| record.summary.created_at),
        last_verdict: verdict,
        used_bytes: listing.used_bytes,
        free_bytes: listing.free_bytes,
        unfinished: status.logbook.is_some(),
        undo: status.undo.as_ref().and_then(super::restore::undo_in_words),
    }
}
