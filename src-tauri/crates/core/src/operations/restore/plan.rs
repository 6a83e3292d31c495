//! The plan of a restore: what goes where, who has to stop, what to know before saying yes.

use std::collections::BTreeMap;

use lifeboat_store::manifest::{BackedVolume, Finding, StorageKind, Verdict};
use lifeboat_store::protocol::{
    BackupRecord, BackupSource, DatabaseRef, Selection, SourceMount, StageTarget,
};

use super::{UndoEntry, undo_update};
use crate::api::{RestorePlan, RestoreSelection};
use crate::engine::{Engine, SourceBinding};
use crate::error::{Code, Error};
use crate::lifeboat::Lifeboat;
use crate::operations::containers::{self, Replacement, StoppedContainer};
use crate::operations::discover::{self, StorageKey};
use crate::operations::download::choose_database;
use crate::operations::events::step;
use crate::operations::list;
use crate::operations::resolve::{Resolved, resolve};
use crate::operations::vault::{Needs, backup_of};
use crate::shell;

const COMPOSE_PROJECT: &str = "com.docker.compose.project";
const COMPOSE_VOLUME: &str = "com.docker.compose.volume";

/// Where one volume of the backup goes.
pub(super) struct Target {
    pub(super) backup_index: u32,
    pub(super) key: StorageKey,
    pub(super) single_file: bool,
    /// Has to be made first, like this.
    pub(super) create: Option<BackedVolume>,
    /// What a manifest says of it.
    pub(super) volume: BackedVolume,
}

/// Everything a restore needs that a person does not.
pub(super) struct Prepared {
    pub(super) record: BackupRecord,
    pub(super) resolved: Resolved,
    pub(super) selection: Selection,
    pub(super) targets: Vec<Target>,
    pub(super) containers: Vec<StoppedContainer>,
}

/// Plans a restore.
pub(crate) async fn plan_restore(
    lifeboat: &Lifeboat,
    app: &str,
    selector: &str,
    selection: RestoreSelection,
) -> Result<RestorePlan, Error> {
    let prepared = prepare(lifeboat, app, selector, &selection).await?;
    Ok(to_plan(prepared, selection, false))
}

/// Plans an undo of the last restore or update.
pub(crate) async fn plan_undo(lifeboat: &Lifeboat, app: &str) -> Result<RestorePlan, Error> {
    let entry = undo_entry(lifeboat, app).await?;
    let selection = RestoreSelection::Everything;
    let mut prepared = prepare(lifeboat, app, &entry.backup_id, &selection).await?;
    let engine = lifeboat.engine_handle();
    let replacements = undo_update::replacements(engine, app, &entry, "plan").await?;
    prepared.replace(&replacements)?;
    let releases = undo_update::in_words(engine, &replacements).await?;
    let mut plan = to_plan(prepared, selection, true);
    if !releases.is_empty() {
        // That the schema fits another release is the very point of this.
        plan.warnings
            .retain(|warning| warning.code != "release-differs");
    }
    plan.releases = releases;
    Ok(plan)
}

/// What an undo goes back to.
pub(super) async fn undo_entry(lifeboat: &Lifeboat, app: &str) -> Result<UndoEntry, Error> {
    lifeboat.require_vault(app).await?;
    let needs = Needs {
        purpose: "list",
        ..Needs::default()
    };
    let vault = lifeboat.open_vault_for_recovery(app, &needs).await?;
    let undo = vault.status.undo.clone();
    vault.close().await;
    let entry: Option<UndoEntry> = undo.and_then(|entry| serde_json::from_value(entry).ok());
    entry.ok_or_else(|| {
        Error::new(
            Code::NothingToUndo,
            format!("There is no restore or update of {app} that could be undone."),
            format!(
                "Run `lifeboat backups {}` and restore the one you want.",
                shell::word(app)
            ),
        )
    })
}

/// Looks at everything that a restore depends on.
pub(super) async fn prepare(
    lifeboat: &Lifeboat,
    app: &str,
    selector: &str,
    selection: &RestoreSelection,
) -> Result<Prepared, Error> {
    let record = list::record(lifeboat, app, selector).await?;
    if record.verification.verdict == Verdict::Damaged {
        return Err(Error::new(
            Code::Damaged,
            format!(
                "{} is damaged and is not put in place of live data.",
                record.summary.file_name
            ),
            "Choose another backup; `lifeboat rescue` can extract a downloaded copy of this one.",
        )
        .with_detail(record.verification.reason.clone().unwrap_or_default()));
    }
    let engine = lifeboat.engine_handle();
    let resolved = resolve(engine, app).await?;
    let selection = match selection {
        RestoreSelection::Everything => Selection::Everything,
        RestoreSelection::DatabasesOnly => Selection::DatabasesOnly,
        RestoreSelection::Database { name } => Selection::Databases {
            databases: vec![choose_database(&record, Some(name))?],
        },
    };
    let mut targets = Vec::new();
    for volume in wanted_volumes(&record, &selection) {
        let index = u32::try_from(targets.len()).expect("fewer than four billion volumes");
        targets.push(target_for(engine, &resolved, &record, volume, index).await?);
    }
    let keys: Vec<StorageKey> = targets.iter().map(|target| target.key.clone()).collect();
    let containers = containers::everyone(&keys, &[], &resolved.containers)?;
    Ok(Prepared {
        record,
        resolved,
        selection,
        targets,
        containers,
    })
}

fn wanted_volumes(record: &BackupRecord, selection: &Selection) -> Vec<BackedVolume> {
    let volumes = record.summary.volumes.iter();
    let wanted = |volume: &&BackedVolume| match selection {
        Selection::Everything => true,
        Selection::DatabasesOnly => record
            .summary
            .databases
            .iter()
            .any(|one| one.volume_index == volume.index),
        Selection::Databases { databases } => databases
            .iter()
            .any(|database| database.volume == volume.name),
    };
    volumes.filter(wanted).cloned().collect()
}

/// The storage that a backup's volume belongs to now: itself, the one that compose calls the same,
/// the one in the same place of the container, or a new one.
async fn target_for(
    engine: &Engine,
    resolved: &Resolved,
    record: &BackupRecord,
    backed: BackedVolume,
    index: u32,
) -> Result<Target, Error> {
    let own = resolved
        .app
        .as_ref()
        .map(discover::storages_of)
        .unwrap_or_default();
    let same = StorageKey::of_kind(backed.kind, &backed.name);
    let mut key = own.contains_key(&same).then(|| same.clone());
    if key.is_none() {
        for candidate in own.keys().filter(|candidate| !candidate.is_bind) {
            let volume = engine.volume(&candidate.name).await?;
            let called = volume
                .as_ref()
                .and_then(|one| one.labels.get(COMPOSE_VOLUME));
            if called.is_some() && called == backed.compose_volume.as_ref() {
                key = Some(candidate.clone());
                break;
            }
        }
    }
    let key = key.or_else(|| {
        own.iter()
            .find(|(_, places)| {
                backed
                    .destinations
                    .iter()
                    .any(|place| places.contains(place))
            })
            .map(|(key, _)| key.clone())
    });
    let single_file = record
        .summary
        .databases
        .iter()
        .any(|one| one.volume_index == backed.index && one.path.as_bytes().is_empty());
    let (key, create) = match key {
        Some(key) => (key, None),
        None if backed.kind == StorageKind::Bind => (same, None),
        None => place_without_owner(engine, resolved, record, &backed).await?,
    };
    let present = if key.is_bind {
        None
    } else {
        engine.volume(&key.name).await?
    };
    let volume = BackedVolume {
        index,
        kind: key.kind(),
        name: key.name.clone(),
        labels: present
            .map(|volume| volume.labels)
            .or_else(|| create.as_ref().map(|create| create.labels.clone()))
            .unwrap_or_default(),
        ..backed.clone()
    };
    Ok(Target {
        backup_index: backed.index,
        key,
        single_file,
        create,
        volume,
    })
}

/// Nobody of the application mounts it: the volume of that name if it is still there, else one to
/// be made so that compose adopts it.
async fn place_without_owner(
    engine: &Engine,
    resolved: &Resolved,
    record: &BackupRecord,
    backed: &BackedVolume,
) -> Result<(StorageKey, Option<BackedVolume>), Error> {
    let mut volume = backed.clone();
    if resolved.name != record.summary.app || is_of_another_project(&resolved.name, backed) {
        let part = backed
            .compose_volume
            .clone()
            .unwrap_or_else(|| "data".to_owned());
        volume.name = format!("{}_{part}", resolved.name);
        volume
            .labels
            .insert(COMPOSE_PROJECT.to_owned(), resolved.name.clone());
        volume.labels.insert(COMPOSE_VOLUME.to_owned(), part);
    }
    let key = StorageKey {
        is_bind: false,
        name: volume.name.clone(),
    };
    let exists = engine.volume(&key.name).await?.is_some();
    Ok((key, (!exists).then_some(volume)))
}

fn is_of_another_project(app: &str, backed: &BackedVolume) -> bool {
    backed
        .labels
        .get(COMPOSE_PROJECT)
        .is_some_and(|project| project != app)
}

impl Prepared {
    /// Whoever is replaced is stopped, too.
    pub(super) fn replace(&mut self, replacements: &[Replacement]) -> Result<(), Error> {
        let also: Vec<String> = replacements
            .iter()
            .map(|one| one.present_id.clone())
            .collect();
        self.containers = containers::everyone(&self.keys(), &also, &self.resolved.containers)?;
        Ok(())
    }

    /// The mounts for the helper's container.
    pub(super) fn bindings(&self) -> Vec<SourceBinding> {
        self.targets
            .iter()
            .map(|target| SourceBinding {
                index: target.volume.index,
                kind: target.key.kind(),
                name: target.key.name.clone(),
                writable: true,
                single_file: target.single_file,
            })
            .collect()
    }

    /// Which mounted storage takes which volume of the backup.
    pub(super) fn stage_targets(&self) -> Vec<StageTarget> {
        self.targets
            .iter()
            .map(|target| StageTarget {
                backup_index: target.backup_index,
                mount: target.mount(),
            })
            .collect()
    }

    /// The same as sources of the backup that what is replaced becomes.
    pub(super) fn sources(&self) -> Vec<BackupSource> {
        self.targets
            .iter()
            .map(|target| BackupSource {
                mount: target.mount(),
                volume: target.volume.clone(),
            })
            .collect()
    }

    /// The storages.
    pub(super) fn keys(&self) -> Vec<StorageKey> {
        self.targets
            .iter()
            .map(|target| target.key.clone())
            .collect()
    }
}

impl Target {
    fn mount(&self) -> SourceMount {
        SourceMount {
            index: self.volume.index,
            name: self.key.name.clone(),
            single_file: self.single_file,
            writable: true,
            in_use: false,
        }
    }
}

fn to_plan(prepared: Prepared, selection: RestoreSelection, is_undo: bool) -> RestorePlan {
    let warnings = warnings(&prepared);
    let databases = databases(&prepared);
    let volumes_to_create = prepared
        .targets
        .iter()
        .filter_map(|one| one.create.as_ref())
        .map(|one| one.name.clone());
    RestorePlan {
        app: prepared.resolved.name.clone(),
        volumes_to_create: volumes_to_create.collect(),
        backup: backup_of(prepared.record),
        selection,
        databases,
        containers: prepared
            .containers
            .iter()
            .filter(|container| container.was_running)
            .map(|container| container.name.clone())
            .collect(),
        steps: steps(),
        warnings,
        releases: Vec::new(),
        is_undo,
    }
}

/// The steps of every restore. From *stop* to *start* nothing may interrupt: it ends by itself, with
/// the new data or the old.
pub(super) fn steps() -> Vec<crate::job::Step> {
    vec![
        step("stage", "Unpack beside the live files", true),
        step("stop", "Stop the application", false),
        step("settle", "Make the present database one file", false),
        step("exchange", "Exchange the files", false),
        step("start", "Start the application", false),
        step("gate", "Wait until it is healthy", false),
        step("collect", "Keep what was replaced as a backup", false),
    ]
}

fn databases(prepared: &Prepared) -> Vec<DatabaseRef> {
    let chosen = |one: &lifeboat_store::manifest::BackedDatabase| match &prepared.selection {
        Selection::Databases { databases } => databases
            .iter()
            .any(|database| database.volume == one.volume && database.path == one.path),
        Selection::Everything | Selection::DatabasesOnly => true,
    };
    let by_index: BTreeMap<u32, &StorageKey> = prepared
        .targets
        .iter()
        .map(|target| (target.backup_index, &target.key))
        .collect();
    prepared
        .record
        .summary
        .databases
        .iter()
        .filter(|one| chosen(one))
        .map(|one| DatabaseRef {
            volume: by_index
                .get(&one.volume_index)
                .map_or_else(|| one.volume.clone(), |key| key.name.clone()),
            path: one.path.clone(),
        })
        .collect()
}

fn warnings(prepared: &Prepared) -> Vec<Finding> {
    let mut warnings = Vec::new();
    let mut warn = |code: &str, volume: Option<String>, message: String| {
        warnings.push(Finding {
            code: code.to_owned(),
            volume,
            path: None,
            message,
        });
    };
    match prepared.record.verification.verdict {
        Verdict::Sound | Verdict::Damaged => {}
        Verdict::NotChecked => warn(
            "not-checked",
            None,
            "This backup was never proven; verify it first if there is time.".to_owned(),
        ),
        Verdict::NotCheckable => warn(
            "not-checkable",
            None,
            prepared
                .record
                .verification
                .reason
                .clone()
                .unwrap_or_else(|| "This backup cannot be checked; its hashes fit.".to_owned()),
        ),
    }
    for target in &prepared.targets {
        if let Some(create) = &target.create {
            warn(
                "volume-created",
                Some(create.name.clone()),
                format!("The volume {} is not there and will be made.", create.name),
            );
        } else if let Some(backed) = prepared
            .record
            .summary
            .volumes
            .iter()
            .find(|volume| volume.index == target.backup_index)
            .filter(|volume| volume.name != target.key.name)
        {
            warn(
                "volume-mapped",
                Some(target.key.name.clone()),
                format!("What was in {} goes to {}.", backed.name, target.key.name),
            );
        }
    }
    for (service, then, now) in release_changes(prepared) {
        warn(
            "release-differs",
            None,
            format!(
                "{service} ran {then} when the backup was taken and is {now} now; its schema may \
                 differ."
            ),
        );
    }
    warnings
}

fn release_changes(prepared: &Prepared) -> Vec<(String, String, String)> {
    let mut changes = Vec::new();
    for container in prepared.resolved.app.iter().flat_map(|app| &app.containers) {
        let service = discover::service_name(container);
        let then = prepared
            .record
            .summary
            .releases
            .iter()
            .find(|one| one.service == service);
        if let Some(then) = then.filter(|then| then.image_id != container.image_id) {
            let short = |id: &str| {
                id.trim_start_matches("sha256:")
                    .chars()
                    .take(12)
                    .collect::<String>()
            };
            changes.push((
                service,
                format!("{} ({})", then.image, short(&then.image_id)),
                format!("{} ({})", container.image, short(&container.image_id)),
            ));
        }
    }
    changes
}
