//! Storages that an application got after its protection was switched on: the guardian's container does not
//! mount them, so it cannot back them up until it is made anew.

use lifeboat_store::guard::{GuardSpec, GuardedSource};
use lifeboat_store::protocol::{Answer, GuardReport, Request};

use super::{status, switch};
use crate::api::{ProtectionState, Storage};
use crate::engine::Engine;
use crate::error::Error;
use crate::job::JobContext;
use crate::lifeboat::Lifeboat;
use crate::operations::discover::{self, AppContainers, StorageKey};
use crate::operations::vault::OpenedVault;
use crate::shell;

/// The storages that are looked at for a database that nobody protects yet, told by their names.
pub(super) fn unguarded(app: &AppContainers, spec: &GuardSpec) -> Vec<StorageKey> {
    let keys = discover::storages_of(app).into_keys();
    keys.filter(|key| guarded(spec, key).is_none()).collect()
}

/// What is known of a storage that is protected.
pub(super) fn guarded<'a>(spec: &'a GuardSpec, key: &StorageKey) -> Option<&'a GuardedSource> {
    spec.sources.iter().find(|guarded| {
        let volume = &guarded.source.volume;
        StorageKey::of_kind(volume.kind, &volume.name) == *key
    })
}

/// Those among them that do hold one. Nothing is looked through where all are protected.
pub(super) async fn with_database(
    engine: &Engine,
    keys: Vec<StorageKey>,
) -> Result<Vec<String>, Error> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let scanned = discover::scan(engine, &keys).await?;
    let holds_one = |key: &StorageKey| {
        let source = scanned.sources.get(key);
        source.is_some_and(|source| !source.databases.is_empty())
    };
    let found = keys.into_iter().filter(holds_one);
    Ok(found.map(|key| key.name).collect())
}

/// The storages with a database that are left out of an application's protection.
pub(super) async fn left_out(
    engine: &Engine,
    app: &str,
    spec: &GuardSpec,
) -> Result<Vec<String>, Error> {
    let groups = discover::group(engine.containers().await?);
    match groups.iter().find(|group| group.name == app) {
        Some(group) => with_database(engine, unguarded(group, spec)).await,
        None => Ok(Vec::new()),
    }
}

/// The same for storages that were just looked through, and are known to hold a database.
pub(super) fn left_out_among(found: &[Storage], spec: &GuardSpec) -> Vec<String> {
    let is_left_out = |storage: &&Storage| {
        let key = StorageKey::of_kind(storage.kind, &storage.name);
        guarded(spec, &key).is_none()
    };
    let left_out = found.iter().filter(is_left_out);
    left_out.map(|storage| storage.name.clone()).collect()
}

/// What the vault says of its guardian; `None` too where it cannot be read: nothing is done by it then.
pub(in crate::operations) async fn guard_in(vault: &mut OpenedVault) -> Option<GuardReport> {
    match vault.ask_quietly(Request::ReadGuard).await {
        Ok(Answer::Guard(report)) => Some(*report),
        _ => None,
    }
}

/// What became of storages that were left out.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::operations) enum Growth {
    /// They are protected, too, from now on; a sentence that says so.
    TakenIn(String),
    /// The guardian is at work or just starts: later.
    Later,
    /// A person has to see to it; a sentence with the command that does it.
    LeftOut(String),
}

/// Takes what is left out into the protection: the guardian is made anew with the further mounts.
pub(in crate::operations) async fn take_in(
    lifeboat: &Lifeboat,
    app: &str,
    spec: &GuardSpec,
    names: &[String],
    job: &JobContext,
) -> Growth {
    let volumes = names.join(", ");
    let left_out = format!(
        "{app}: {volumes} holds a database and is not protected yet: lifeboat guard on {}",
        shell::word(app)
    );
    match extend(lifeboat, app, spec, job).await {
        Ok(ProtectionState::Working | ProtectionState::Starting) => Growth::Later,
        Ok(state) if is_well(state) => Growth::TakenIn(format!(
            "{app}: {volumes} holds a database since protection was switched on; it is protected, too, from \
             now on."
        )),
        Ok(_) => Growth::LeftOut(left_out),
        Err(error) => {
            tracing::warn!(?error, %app, "the protection was not extended");
            Growth::LeftOut(left_out)
        }
    }
}

/// Only a guardian that is well is made anew by itself: one that was removed, or refuses what it finds, is
/// for a person to judge. The state that it was found in.
async fn extend(
    lifeboat: &Lifeboat,
    app: &str,
    spec: &GuardSpec,
    job: &JobContext,
) -> Result<ProtectionState, Error> {
    let found = super::protection(lifeboat, app).await?;
    let version = found.version.as_deref().unwrap_or_default();
    if status::is_older(crate::VERSION, version) {
        // A newer Lifeboat made it: it is not made anew as an older one by itself.
        return Ok(ProtectionState::Outdated);
    }
    let state = found.state;
    if is_well(state) {
        switch::extend(lifeboat, app, spec, job).await?;
    }
    Ok(state)
}

fn is_well(state: ProtectionState) -> bool {
    matches!(
        state,
        ProtectionState::Waiting | ProtectionState::HeldUp | ProtectionState::SwitchedOff
    )
}
