//! Taking a backup.

use jiff::Timestamp;
use lifeboat_store::manifest::{Notes, Trigger};
use lifeboat_store::protocol::{Answer, BackupRequest, GuardReport, Request};
use lifeboat_store::settings::{Key, entry};
use lifeboat_store::{Excludes, FailureKind};

use super::events::{StepTracker, step};
use super::failure::error_of;
use super::names;
use super::protection::{self, Growth};
use super::releases;
use super::resolve::{Resolved, resolve};
use super::vault::{AuditTrail, Needs, OpenedVault, backup_of, unexpected};
use crate::api::{Backup, BackupOptions, NewBackup};
use crate::engine::SessionError;
use crate::error::{Code, Error};
use crate::job::JobContext;
use crate::lifeboat::Lifeboat;
use crate::settings;

/// Takes a backup of an application.
pub(crate) async fn create_backup(
    lifeboat: &Lifeboat,
    app: &str,
    options: BackupOptions,
    job: &JobContext,
) -> Result<NewBackup, Error> {
    let taken = create(lifeboat, app, options, None, job).await?;
    Ok(taken.expect("nothing stands in the place of a backup that was asked for"))
}

/// Takes the backup for a start of the application, unless there is one since then: whoever else saw the
/// start may have taken it. Looked at under the vault's lock, so that two who saw it take one together.
pub(crate) async fn create_start_up_backup(
    lifeboat: &Lifeboat,
    app: &str,
    started_at: Timestamp,
    job: &JobContext,
) -> Result<Option<NewBackup>, Error> {
    let options = BackupOptions {
        trigger: Trigger::StartUp,
        ..BackupOptions::default()
    };
    create(lifeboat, app, options, Some(started_at), job).await
}

/// Whether a backup was taken by itself since then.
async fn is_taken_since(
    vault: &mut OpenedVault,
    app: &str,
    since: Timestamp,
) -> Result<bool, Error> {
    let backups = vault.list(app).await?.backups;
    Ok(backups.iter().any(|record| {
        let summary = &record.summary;
        summary.created_at > since
            && matches!(summary.trigger, Trigger::StartUp | Trigger::Scheduled)
    }))
}

/// `None` if there is one since `unless_since`.
async fn create(
    lifeboat: &Lifeboat,
    app: &str,
    options: BackupOptions,
    unless_since: Option<Timestamp>,
    job: &JobContext,
) -> Result<Option<NewBackup>, Error> {
    let excludes = asked_excludes(&options.excludes)?;
    let mut steps = vec![
        step("prepare", "Look through the volumes", true),
        step("capture", "Copy the databases", true),
        step("seal", "Read the archive back", true),
    ];
    if options.verify {
        steps.push(step("verify", "Prove it by restoring to scratch", true));
    }
    let mut tracker = StepTracker::start(job, steps);
    tracker.begin("prepare", None);
    let resolved = resolve(lifeboat.engine_handle(), app).await?;
    resolved.require_database()?;
    lifeboat.ensure_vault(app).await?;
    let mut request = request_for(lifeboat, &resolved, &options).await;
    let trail = AuditTrail::begin(lifeboat, app, "backup", request.id.clone());

    let needs = needs_for(&resolved, false);
    let mut vault = match lifeboat.open_vault(app, &needs, job).await {
        Ok(vault) => vault,
        Err(error) => return trail.end_without_session(Err(error)).await,
    };
    if let Some(since) = unless_since {
        match is_taken_since(&mut vault, app, since).await {
            Ok(false) => {}
            Ok(true) => {
                vault.close().await;
                tracker.finish();
                return Ok(None);
            }
            Err(error) => return trail.end(vault, Err(error)).await,
        }
    }
    request.releases = releases::notice(lifeboat, app, &mut vault, request.releases).await;
    let settings = protection::in_force(lifeboat, &resolved, &mut vault).await;
    request.codec = options.codec.unwrap_or_else(|| settings.codec());
    request.scope = options.scope.unwrap_or(settings.scope);
    request.excludes = settings.excludes.and(excludes);
    request.file_name = names::file_name(app, request.created_at, options.trigger, request.codec);
    let mut outcome = take(&mut vault, request.clone(), &mut tracker, job).await;
    if matches!(&outcome, Err(SessionError::Failed(failure)) if failure.kind == FailureKind::NeedsReadWrite)
    {
        // This state of a database cannot be read through a read-only mount.
        vault.close().await;
        let request = BackupRequest {
            sources: resolved.sources(true),
            ..request
        };
        vault = match lifeboat
            .open_vault(app, &needs_for(&resolved, true), job)
            .await
        {
            Ok(vault) => vault,
            Err(error) => return trail.end_without_session(Err(error)).await,
        };
        outcome = take(&mut vault, request, &mut tracker, job).await;
    }
    tracker.finish();
    let doing = format!("The backup of {app} could not be taken");
    let outcome = outcome.map_err(|failure| error_of(&doing, failure));
    // Before the rotation, which looks there whether the last backup went well.
    let backup = match trail.enter(&mut vault, outcome).await {
        Ok(backup) => backup,
        Err(error) => {
            vault.close().await;
            return Err(error);
        }
    };
    let guard = protection::guard_in(&mut vault).await;
    let backup = rotated(lifeboat, backup, guard.as_ref(), &mut vault).await;
    vault.close().await;
    if let Some(spec) = guard.and_then(|guard| guard.spec) {
        let names = resolved.left_out_of(&spec);
        if !names.is_empty()
            && let Growth::TakenIn(text) | Growth::LeftOut(text) =
                protection::take_in(lifeboat, app, &spec, &names, job).await
        {
            job.note(text);
        }
    }
    Ok(Some(backup))
}

/// The backup with what the rotation after it came to.
async fn rotated(
    lifeboat: &Lifeboat,
    mut backup: Backup,
    guard: Option<&GuardReport>,
    vault: &mut OpenedVault,
) -> NewBackup {
    let rotation = protection::rotate(lifeboat, &backup, guard, vault).await;
    let rotation = rotation.unwrap_or_else(|finding| {
        backup.findings.push(finding);
        None
    });
    NewBackup { backup, rotation }
}

/// The patterns of one backup alone.
fn asked_excludes(texts: &[String]) -> Result<Excludes, Error> {
    let mut excludes = Excludes::default();
    for text in texts {
        let asked = Excludes::parse(text).and_then(|asked| match asked.is_empty() {
            true => Err("is empty".to_owned()),
            false => Ok(asked),
        });
        excludes = excludes.and(asked.map_err(|why| {
            Error::new(
                Code::InvalidInput,
                format!(
                    "“{}” cannot be left out: it {why}. No backup was taken.",
                    text.escape_debug()
                ),
                format!("Allowed is {}.", entry(Key::BackupExcludes).allowed),
            )
        })?);
    }
    Ok(excludes)
}

fn needs_for(resolved: &Resolved, writable: bool) -> Needs {
    Needs {
        purpose: "backup",
        sources: resolved.bindings(writable),
        exclusive: true,
        writes_files: false,
        user_namespace_mode: resolved.user_namespace_mode(),
    }
}

async fn take(
    vault: &mut OpenedVault,
    request: BackupRequest,
    tracker: &mut StepTracker<'_>,
    job: &JobContext,
) -> Result<Backup, SessionError> {
    let request = Request::Backup(Box::new(request));
    match vault
        .ask(request, &mut |event| tracker.hear(event), &job.cancel)
        .await?
    {
        Answer::Backup(record) => Ok(backup_of(record)),
        _ => Err(SessionError::Engine(unexpected())),
    }
}

async fn request_for(
    lifeboat: &Lifeboat,
    resolved: &Resolved,
    options: &BackupOptions,
) -> BackupRequest {
    let notes = Notes {
        pinned: options.pinned,
        note: options.note.clone(),
    };
    let mut request = blank_request(lifeboat, resolved, options.trigger).await;
    request.notes = notes;
    request.verify = options.verify;
    request
}

/// A request with our defaults, for this backup and for the one that a restore leaves behind.
pub(super) async fn blank_request(
    lifeboat: &Lifeboat,
    resolved: &Resolved,
    trigger: Trigger,
) -> BackupRequest {
    let created_at = Timestamp::now();
    let codec = settings::DEFAULT_CODEC;
    BackupRequest {
        id: names::new_backup_id(created_at),
        file_name: names::file_name(&resolved.name, created_at, trigger, codec),
        app: resolved.name.clone(),
        trigger,
        created_at,
        codec,
        level: None,
        scope: settings::DEFAULT_SCOPE,
        excludes: Excludes::default(),
        sources: resolved.sources(false),
        releases: resolved.releases(lifeboat.engine_handle()).await,
        compose_project: resolved.compose_project(),
        source_commit: resolved.source_commit(),
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        notes: Notes::default(),
        verify: true,
        lock_timeout_ms: settings::LOCK_TIMEOUT_MS,
        max_wal_growth_bytes: settings::MAX_WAL_GROWTH_BYTES,
    }
}
