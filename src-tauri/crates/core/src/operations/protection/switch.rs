//! Protection is switched on and off.

use jiff::Timestamp;
use lifeboat_store::guard::{GuardSpec, GuardedSource};
use lifeboat_store::manifest::FORMAT_VERSION;
use lifeboat_store::protocol::Request;

use super::{growth, in_force, status};
use crate::api::Protection;
use crate::engine::SessionSpec;
use crate::error::Error;
use crate::job::JobContext;
use crate::lifeboat::Lifeboat;
use crate::operations::discover::StorageKey;
use crate::operations::failure::error_of;
use crate::operations::releases;
use crate::operations::resolve::{Resolved, resolve};
use crate::operations::vault::{AuditTrail, Needs, OpenedVault, vault_volume};
use crate::settings;

/// How often a guardian looks whether anything has changed, in milliseconds.
const LOOK_EVERY_MS: u64 = 60_000;

/// Switches protection on, or puts it right: the guardian is made anew in any case.
pub(crate) async fn guard_on(
    lifeboat: &Lifeboat,
    app: &str,
    job: &JobContext,
) -> Result<Protection, Error> {
    make(lifeboat, app, None, job).await
}

/// The same for an application that has got a further storage. What was protected before keeps its marks, so
/// that another volume in its place is still refused.
pub(super) async fn extend(
    lifeboat: &Lifeboat,
    app: &str,
    earlier: &GuardSpec,
    job: &JobContext,
) -> Result<Protection, Error> {
    make(lifeboat, app, Some(earlier), job).await
}

async fn make(
    lifeboat: &Lifeboat,
    app: &str,
    earlier: Option<&GuardSpec>,
    job: &JobContext,
) -> Result<Protection, Error> {
    let engine = lifeboat.engine_handle();
    let found = resolve(engine, app).await?;
    found.require_database()?;
    lifeboat.ensure_vault(app).await?;
    // It would hold the lock if it is at work, and is replaced anyway.
    engine.remove_guardian(app).await?;
    let trail = AuditTrail::begin(lifeboat, app, "guard on", app);
    let needs = Needs {
        purpose: "guard",
        sources: found.bindings(false),
        exclusive: true,
        writes_files: false,
        user_namespace_mode: found.user_namespace_mode(),
    };
    let mut vault = match lifeboat.open_vault(app, &needs, job).await {
        Ok(vault) => vault,
        Err(error) => return trail.end_without_session(Err(error)).await,
    };
    let outcome = write(lifeboat, &found, earlier, &mut vault).await;
    trail.end(vault, outcome).await?;
    let spec = SessionSpec {
        purpose: "guardian".to_owned(),
        vault_volume: Some(vault_volume(app)),
        sources: found.bindings(false),
        capabilities: vec!["DAC_OVERRIDE"],
        user_namespace_mode: found.user_namespace_mode(),
        ..SessionSpec::default()
    };
    engine.start_guardian(app, &spec, crate::VERSION).await?;
    status::once_it_speaks(lifeboat, app).await
}

/// Switches protection off. The backups stay.
pub(crate) async fn guard_off(
    lifeboat: &Lifeboat,
    app: &str,
    job: &JobContext,
) -> Result<Protection, Error> {
    lifeboat.require_vault(app).await?;
    lifeboat.engine_handle().remove_guardian(app).await?;
    // Until now its container kept the vault from being pruned.
    lifeboat.ensure_vault(app).await?;
    let trail = AuditTrail::begin(lifeboat, app, "guard off", app);
    let needs = Needs {
        purpose: "guard",
        exclusive: true,
        ..Needs::default()
    };
    let mut vault = match lifeboat.open_vault(app, &needs, job).await {
        Ok(vault) => vault,
        Err(error) => return trail.end_without_session(Err(error)).await,
    };
    let outcome = vault
        .ask_quietly(Request::WriteGuard { spec: None })
        .await
        .map(|_| ())
        .map_err(|failure| error_of("Protection could not be switched off", failure));
    trail.end(vault, outcome).await?;
    status::protection(lifeboat, app).await
}

async fn write(
    lifeboat: &Lifeboat,
    found: &Resolved,
    earlier: Option<&GuardSpec>,
    vault: &mut OpenedVault,
) -> Result<(), Error> {
    // They come into force with it.
    in_force(lifeboat, found, vault).await;
    let running = found.releases(lifeboat.engine_handle()).await;
    let releases = releases::notice(lifeboat, &found.name, vault, running).await;
    let mut sources = Vec::new();
    for mut source in found.sources(false) {
        // It cannot ask whether somebody runs, so it has to take it that somebody does.
        source.mount.in_use = true;
        let key = StorageKey::of_kind(source.volume.kind, &source.volume.name);
        let known = earlier.and_then(|earlier| growth::guarded(earlier, &key));
        sources.push(GuardedSource {
            engine_mark: known.and_then(|known| known.engine_mark.clone()),
            mark: known.and_then(|known| known.mark.clone()),
            source,
        });
    }
    let spec = GuardSpec {
        format: FORMAT_VERSION,
        app: found.name.clone(),
        protected_since: Timestamp::now(),
        by: lifeboat.actor_name(),
        tool_version: crate::VERSION.to_owned(),
        sources,
        releases,
        compose_project: found.compose_project(),
        source_commit: found.source_commit(),
        lock_timeout_ms: settings::LOCK_TIMEOUT_MS,
        max_wal_growth_bytes: settings::MAX_WAL_GROWTH_BYTES,
        look_every_ms: LOOK_EVERY_MS,
    };
    let request = Request::WriteGuard {
        spec: Some(Box::new(spec)),
    };
    vault
        .ask_quietly(request)
        .await
        .map(|_| ())
        .map_err(|failure| error_of("Protection could not be switched on", failure))
}
