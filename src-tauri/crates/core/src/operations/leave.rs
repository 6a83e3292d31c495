//! Leaving: everything of ours that belongs to an application, listed, and removed on request.

use std::path::Path;

use lifeboat_store::protocol::{BackupRecord, Listing};

use super::events::{StepTracker, step};
use super::update::{kept_images, tidy_images};
use super::vault::{Needs, backup_of, vault_volume};
use super::{download, list};
use crate::api::{DownloadForm, DownloadReport, LeavePlan, LeaveReport};
use crate::engine::{DemoContainer, Engine};
use crate::error::{Aftermath, Code, Error};
use crate::job::JobContext;
use crate::lifeboat::Lifeboat;

/// Lists what leaving would remove.
pub(crate) async fn plan_leave(lifeboat: &Lifeboat, app: &str) -> Result<LeavePlan, Error> {
    match listing(lifeboat, app).await? {
        Some(listing) => plan_of(lifeboat, app, &listing).await,
        None => plan_without_vault(lifeboat, app).await,
    }
}

/// What is in the vault; `None` if the volume of that name is somebody else's.
async fn listing(lifeboat: &Lifeboat, app: &str) -> Result<Option<Listing>, Error> {
    let error = match list::listing(lifeboat, app).await {
        Ok(listing) => return Ok(Some(listing)),
        Err(error) => error,
    };
    let volume = lifeboat.engine_handle().volume(&vault_volume(app)).await?;
    let is_ours = volume.is_none_or(|volume| volume.is_vault_of(app));
    let is_foreign = !is_ours && error.code == Code::Unsupported;
    // The demo application goes even if it was never backed up.
    let is_demo = error.code == Code::BackupNotFound && demo(lifeboat, app).await?.is_some();
    if is_foreign || is_demo {
        return Ok(None);
    }
    Err(error)
}

/// The demo application, if this is it.
async fn demo(lifeboat: &Lifeboat, app: &str) -> Result<Option<DemoContainer>, Error> {
    let demo = lifeboat.engine_handle().demo().await?;
    Ok(demo.filter(|demo| demo.name == app))
}

/// Adds what goes with the demo application.
fn add_demo(plan: &mut LeavePlan, demo: Option<DemoContainer>) {
    let Some(demo) = demo else { return };
    plan.containers.push(demo.name);
    plan.images.push(demo.image);
    plan.demo_volume = Some(demo.volume);
}

async fn plan_without_vault(lifeboat: &Lifeboat, app: &str) -> Result<LeavePlan, Error> {
    let engine = lifeboat.engine_handle();
    let containers = ours(engine, app).await?;
    let demo = demo(lifeboat, app).await?;
    if containers.is_empty() && demo.is_none() {
        let volume = vault_volume(app);
        return Err(Error::new(
            Code::BackupNotFound,
            format!("Lifeboat keeps nothing for {app}; the volume {volume} is not its own."),
            "There is nothing to remove.",
        ));
    }
    let images = if engine.vaults().await?.is_empty() {
        engine.helper_images().await?
    } else {
        Vec::new()
    };
    let mut plan = LeavePlan {
        app: app.to_owned(),
        vault_volume: None,
        backup_count: 0,
        used_bytes: 0,
        last_backup: None,
        containers,
        images,
        demo_volume: None,
    };
    add_demo(&mut plan, demo);
    Ok(plan)
}

/// Containers of ours that belong to the application.
async fn ours(engine: &Engine, app: &str) -> Result<Vec<String>, Error> {
    let guardian = engine.guardian(app).await?;
    let mut names: Vec<String> = guardian.into_iter().map(|one| one.name).collect();
    names.extend(engine.keepers(app).await?);
    Ok(names)
}

async fn plan_of(lifeboat: &Lifeboat, app: &str, listing: &Listing) -> Result<LeavePlan, Error> {
    let engine = lifeboat.engine_handle();
    let is_last = engine.vaults().await?.iter().all(|(_, other)| other == app);
    let mut images = kept_images(engine, app).await?;
    if is_last {
        images.extend(engine.helper_images().await?);
    }
    let mut plan = LeavePlan {
        app: app.to_owned(),
        vault_volume: Some(vault_volume(app)),
        backup_count: listing.backups.len() as u64,
        used_bytes: listing.used_bytes,
        last_backup: listing.backups.first().cloned().map(backup_of),
        containers: ours(engine, app).await?,
        images,
        demo_volume: None,
    };
    add_demo(&mut plan, demo(lifeboat, app).await?);
    Ok(plan)
}

/// Removes it: containers first, then images, the vault last. The application itself and its volumes
/// are not touched, unless it is the demo application, which is ours as well.
pub(crate) async fn leave(
    lifeboat: &Lifeboat,
    plan: &LeavePlan,
    copies_to: Option<&Path>,
    job: &JobContext,
) -> Result<LeaveReport, Error> {
    let mut steps = vec![step("remove", "Remove the vault and what keeps it", false)];
    if copies_to.is_some() {
        steps.insert(0, step("copy", "Copy the backups and compare", true));
    }
    let mut tracker = StepTracker::start(job, steps);
    let mut found = check_unchanged(lifeboat, plan).await?;
    let mut copies = Vec::new();
    if let (Some(folder), Some(listing)) = (copies_to, &found) {
        copies = copy_all(lifeboat, plan, listing, folder, &mut tracker, job).await?;
        // Copying takes a while: what came meanwhile has no copy.
        found = check_unchanged(lifeboat, plan).await?;
    }
    if job.cancel.is_cancelled() {
        return Err(Error::cancelled());
    }
    tracker.begin("remove", None);
    let left = match found {
        Some(listing) => plan_of(lifeboat, &plan.app, &listing).await?,
        None => plan_without_vault(lifeboat, &plan.app).await?,
    };
    remove(lifeboat, &left, job).await?;
    // Only what was shown.
    let demo = demo(lifeboat, &plan.app).await?;
    if let Some(demo) = demo.filter(|demo| plan.demo_volume.as_ref() == Some(&demo.volume)) {
        let removed = lifeboat.engine_handle().remove_demo(&demo).await;
        removed.map_err(|error| error.with_aftermath(Aftermath::NeedsAttention))?;
    }
    tracker.finish();
    tracing::info!(app = %plan.app, backups = left.backup_count, "the vault was removed on request");
    Ok(LeaveReport { left, copies })
}

/// A yes is for the backups that were shown.
async fn check_unchanged(lifeboat: &Lifeboat, plan: &LeavePlan) -> Result<Option<Listing>, Error> {
    let found = listing(lifeboat, &plan.app).await?;
    let backups = found.as_ref().map_or(&[][..], |listing| &listing.backups);
    let newest = backups.first().map(|record| &record.summary.id);
    let is_same = newest == plan.last_backup.as_ref().map(|backup| &backup.id)
        && backups.len() as u64 == plan.backup_count
        && found.is_some() == plan.vault_volume.is_some();
    if is_same {
        return Ok(found);
    }
    Err(Error::new(
        Code::InvalidInput,
        format!(
            "The backups of {} changed since the plan was made.",
            plan.app
        ),
        "Look at the plan again.",
    ))
}

async fn copy_all(
    lifeboat: &Lifeboat,
    plan: &LeavePlan,
    listing: &Listing,
    folder: &Path,
    tracker: &mut StepTracker<'_>,
    job: &JobContext,
) -> Result<Vec<DownloadReport>, Error> {
    if !folder.is_dir() {
        return Err(Error::new(
            Code::OutputFailed,
            format!("The folder {} is not there.", folder.display()),
            "Choose another folder.",
        ));
    }
    let stored_bytes = |record: &BackupRecord| record.summary.stored_bytes;
    let total_bytes: u64 = listing.backups.iter().map(stored_bytes).sum();
    download::check_room(&folder.join("backup"), total_bytes)?;
    tracker.begin("copy", Some(total_bytes));
    let mut copies = Vec::new();
    for record in &listing.backups {
        let target = folder.join(&record.summary.file_name);
        let copy = match download::existing_copy(record, &target).await {
            Some(copy) => copy,
            None => {
                let form = DownloadForm::Archive;
                download::fetch(lifeboat, &plan.app, record, form, &target, tracker, job).await?
            }
        };
        tracker.end_part(stored_bytes(record));
        copies.push(copy);
    }
    Ok(copies)
}

async fn remove(lifeboat: &Lifeboat, plan: &LeavePlan, job: &JobContext) -> Result<(), Error> {
    let engine = lifeboat.engine_handle();
    let Some(volume) = &plan.vault_volume else {
        engine.remove_guardian(&plan.app).await?;
        engine.remove_keepers(&plan.app).await?;
        return remove_images(engine, plan.images.iter()).await;
    };
    // Whoever has the lock is at work: leaving waits for no one and interrupts no one.
    let needs = Needs {
        purpose: "leave",
        exclusive: true,
        ..Needs::default()
    };
    let vault = lifeboat.open_vault(&plan.app, &needs, job).await?;
    vault.close().await;
    let Err(error) = take_away(engine, plan, volume).await else {
        return Ok(());
    };
    // A vault that is still there is kept again, so that no `prune` takes it.
    if let Err(kept) = engine.ensure_keeper(volume, &plan.app).await {
        tracing::warn!(app = %plan.app, ?kept, "the vault has no keeper");
        return Err(error.with_aftermath(Aftermath::NeedsAttention));
    }
    Err(error.with_aftermath(Aftermath::Restored))
}

async fn take_away(engine: &Engine, plan: &LeavePlan, volume: &str) -> Result<(), Error> {
    engine.remove_guardian(&plan.app).await?;
    engine.remove_keepers(&plan.app).await?;
    engine.remove_ended_sessions_of(volume).await?;
    engine.remove_leftover_scratch().await?;
    let kept = kept_images(engine, &plan.app).await?;
    tidy_images(engine, &plan.app, &[]).await;
    let own = plan.images.iter().filter(|image| !kept.contains(image));
    remove_images(engine, own).await?;
    engine.remove_volume(volume).await
}

async fn remove_images(
    engine: &Engine,
    images: impl Iterator<Item = &String>,
) -> Result<(), Error> {
    for image in images {
        engine.remove_helper_image(image).await?;
    }
    Ok(())
}
