//! Leaving: everything of ours that belongs to an application, listed, and removed on request.

use super::list;
use super::vault::{Needs, backup_of, vault_volume};
use crate::api::LeavePlan;
use crate::error::{Code, Error};
use crate::job::JobContext;
use crate::lifeboat::Lifeboat;

/// Lists what leaving would remove.
pub(crate) async fn plan_leave(lifeboat: &Lifeboat, app: &str) -> Result<LeavePlan, Error> {
    let listing = list::listing(lifeboat, app).await?;
    let engine = lifeboat.engine_handle();
    let is_last = engine.vaults().await?.iter().all(|(_, other)| other == app);
    Ok(LeavePlan {
        app: app.to_owned(),
        vault_volume: vault_volume(app),
        backup_count: listing.backups.len() as u64,
        used_bytes: listing.used_bytes,
        last_backup: listing.backups.into_iter().next().map(backup_of),
        containers: engine.keepers(app).await?,
        images: if is_last {
            engine.helper_images().await?
        } else {
            Vec::new()
        },
    })
}

/// Removes it: containers first, then images, the vault last. The application itself and its volumes
/// are not touched.
pub(crate) async fn leave(
    lifeboat: &Lifeboat,
    plan: &LeavePlan,
    job: &JobContext,
) -> Result<(), Error> {
    let now = plan_leave(lifeboat, &plan.app).await?;
    if now.last_backup.as_ref().map(|backup| &backup.id)
        != plan.last_backup.as_ref().map(|backup| &backup.id)
    {
        return Err(Error::new(
            Code::InvalidInput,
            format!("{} was backed up since the plan was made.", plan.app),
            "Look at the plan again.",
        ));
    }
    // Whoever has the lock is at work: leaving waits for no one and interrupts no one.
    let needs = Needs {
        purpose: "leave",
        exclusive: true,
        ..Needs::default()
    };
    lifeboat
        .open_vault(&plan.app, &needs, job)
        .await?
        .close()
        .await;
    let engine = lifeboat.engine_handle();
    engine.remove_keepers(&plan.app).await?;
    engine.remove_ended_sessions_of(&now.vault_volume).await?;
    engine.remove_leftover_scratch().await?;
    for image in &now.images {
        engine.remove_helper_image(image).await?;
    }
    engine.remove_volume(&now.vault_volume).await?;
    tracing::info!(app = %plan.app, backups = now.backup_count, "the vault was removed on request");
    Ok(())
}
