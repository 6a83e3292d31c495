//! Compose files that were edited since the application was started: shown as differences, and applied
//! only where that is asked for.

use std::collections::BTreeMap;

use lifeboat_store::manifest::Finding;
use lifeboat_store::settings::Key;

use super::fetch::Fetched;
use super::plan::{Candidate, Prepared, finding};
use crate::api::Edit;
use crate::engine::{Blueprint, Engine};
use crate::error::{Code, Error};
use crate::operations::compose::{self, Description, Project};
use crate::operations::containers::Replacement;
use crate::operations::resolve::Resolved;

/// What was edited, by service. Services that are as they were started are left out.
pub(super) type Edits = BTreeMap<String, Vec<Edit>>;

/// Looks what was edited. Compose is asked twice: by its hashes whether anything was, and only then, by a
/// sample, what it is.
///
/// # Errors
/// Compose cannot make anything of its files; the `engine-…` codes.
pub(super) async fn look(
    engine: &Engine,
    resolved: &Resolved,
    project: &Project,
    files: &Description,
    candidates: &[Candidate],
) -> Result<Edits, Error> {
    let containers = resolved.app.as_ref().map_or(&[][..], |app| &app.containers);
    let hashes = project.hashes().await.unwrap_or_default();
    let drifted = compose::drifted(containers, &hashes);
    if hashes.is_empty() || drifted.is_empty() {
        return Ok(Edits::new());
    }
    let there = files.services();
    let images = candidates
        .iter()
        .filter(|one| there.contains(&one.service))
        .map(|one| (one.service.clone(), one.image.id.clone()))
        .collect();
    let sample = project.sample(engine, files, &images).await?;
    let mut edits = Edits::new();
    for candidate in candidates
        .iter()
        .filter(|one| drifted.contains(&one.service))
    {
        let present = &candidate.blueprint;
        let Some(next) = sample.in_place_of(&candidate.service, present, project.name()) else {
            continue;
        };
        let as_made = |blueprint: &Blueprint, reference: &str| {
            blueprint.for_image(&candidate.image, &candidate.image, reference)
        };
        let present = as_made(present, &candidate.container.image);
        let next = as_made(&next, &reference_of(files, candidate));
        let mut found = present.edits(&next);
        found.extend(other_name(files, candidate));
        // Settings of ours say nothing about how the application is to run.
        found.retain(|edit| {
            let variable = edit.what.strip_prefix("environment ");
            variable.is_none_or(|name| Key::of_name(name).is_none())
        });
        if !found.is_empty() {
            edits.insert(candidate.service.clone(), found);
        }
    }
    Ok(edits)
}

/// The image that the files name for a service; what is built keeps the name that it has.
pub(super) fn reference_of(files: &Description, candidate: &Candidate) -> String {
    let present = &candidate.container.image;
    files
        .image_of(&candidate.service)
        .unwrap_or(present)
        .to_owned()
}

/// The files name the container otherwise than it is called.
fn other_name(files: &Description, candidate: &Candidate) -> Option<Edit> {
    let wanted = files.container_name_of(&candidate.service)?;
    let present = &candidate.container.name;
    (wanted != present).then(|| Edit {
        what: "container name".to_owned(),
        kind: crate::api::EditKind::Changed,
        before: Some(present.clone()),
        after: Some(wanted.to_owned()),
    })
}

/// Replaces what was edited by what compose makes of its files now, with the images that were fetched.
///
/// # Errors
/// The databases would be left behind, or compose cannot make anything of its files; the `engine-…`
/// codes. Nothing was stopped yet.
pub(super) async fn apply(
    engine: &Engine,
    prepared: &Prepared,
    fetched: &Fetched,
    replacements: &mut [Replacement],
) -> Result<(), Error> {
    let (Some(project), Some(files)) = (&prepared.project, &prepared.files) else {
        return Ok(());
    };
    if prepared.edits.is_empty() {
        return Ok(());
    }
    let images = prepared
        .candidates
        .iter()
        .zip(&fetched.images)
        .filter(|(candidate, _)| prepared.edits.contains_key(&candidate.service))
        .map(|(candidate, image)| (candidate.service.clone(), image.id.clone()))
        .collect();
    let sample = project.sample(engine, files, &images).await?;
    let mut made = BTreeMap::new();
    for (candidate, image) in prepared.candidates.iter().zip(&fetched.images) {
        if prepared.edits.contains_key(&candidate.service) {
            let next = sample.in_place_of(&candidate.service, &candidate.blueprint, project.name());
            let next = next.ok_or_else(|| gone(&candidate.service))?;
            keeps_data(&prepared.resolved, candidate, &next)?;
            made.insert(
                candidate.container.id.clone(),
                next.for_image(image, image, &candidate.reference),
            );
        }
    }
    for replacement in replacements {
        if let Some(next) = made.remove(&replacement.present_id) {
            replacement.next = next;
        }
    }
    sample.make_missing(engine, project.name()).await
}

fn gone(service: &str) -> Error {
    Error::new(
        Code::Busy,
        format!("The compose files were changed meanwhile: {service} is not in them any more."),
        "Look at the files, then try again. The application runs as before.",
    )
}

/// What cannot be applied with a way back is refused before anything is fetched.
///
/// # Errors
/// `unsupported`.
pub(super) fn check(
    resolved: &Resolved,
    candidates: &[Candidate],
    edits: &Edits,
) -> Result<(), Error> {
    for candidate in candidates {
        let edits = edits.get(&candidate.service).into_iter().flatten();
        for edit in edits {
            if edit.what == "container name" {
                return Err(Error::new(
                    Code::Unsupported,
                    format!(
                        "The compose files call the container of {} otherwise now ({}).",
                        candidate.service,
                        edit.after.as_deref().unwrap_or_default()
                    ),
                    "Put the name back, or rename it with compose itself after a backup.",
                ));
            }
            let place = edit.what.strip_prefix("volume ");
            let holds_data = place.is_some_and(|place| is_data(resolved, candidate, place));
            if holds_data && !is_same_source(edit) {
                return Err(leaves_data(
                    candidate,
                    place.unwrap_or_default(),
                    edit.after.as_deref(),
                ));
            }
        }
    }
    Ok(())
}

/// Only the way of mounting differs: the source is the same.
fn is_same_source(edit: &Edit) -> bool {
    let source = |text: &Option<String>| {
        let text = text.as_deref().unwrap_or_default();
        text.trim_end_matches(" (read-only)").to_owned()
    };
    edit.after.is_some() && source(&edit.before) == source(&edit.after)
}

/// Every database is mounted as it was.
fn keeps_data(resolved: &Resolved, candidate: &Candidate, next: &Blueprint) -> Result<(), Error> {
    let mounts = next.mounts();
    for (place, source) in candidate.blueprint.mounts() {
        // One without a name goes along.
        if source.is_some()
            && is_data(resolved, candidate, &place)
            && mounts.get(&place) != Some(&source)
        {
            let other = mounts.get(&place).cloned().flatten();
            return Err(leaves_data(candidate, &place, other.as_deref()));
        }
    }
    Ok(())
}

/// A database lies in what the container has mounted there.
fn is_data(resolved: &Resolved, candidate: &Candidate, place: &str) -> bool {
    let mounts = candidate.container.mounts.iter();
    mounts
        .filter(|mount| mount.destination == place)
        .any(|mount| {
            let mut storages = resolved.storages.iter();
            storages.any(|storage| storage.key.name == mount.name)
        })
}

fn leaves_data(candidate: &Candidate, place: &str, other: Option<&str>) -> Error {
    let now = other.map_or_else(
        || "nothing any more".to_owned(),
        |other| format!("{other} instead"),
    );
    Error::new(
        Code::Unsupported,
        format!(
            "The compose files mount {now} at {place} of {}: its databases would be left behind.",
            candidate.service
        ),
        "Put the volume back into the compose file, or move the data yourself after a backup.",
    )
}

/// After a way back, the files still say what was taken back.
pub(super) fn still_newer(prepared: &Prepared) -> Option<Finding> {
    let project = prepared.project.as_ref()?;
    (prepared.options.apply_compose && !prepared.edits.is_empty()).then(|| {
        finding(
            "compose-file-newer",
            format!(
                "{} still says what was taken back: the next `docker compose up -d` applies it, without a \
                 way back.",
                project.first_file().display()
            ),
        )
    })
}

/// Edits that are not applied.
pub(super) fn not_applied(prepared: &Prepared) -> Option<Finding> {
    let project = prepared.project.as_ref()?;
    if prepared.options.apply_compose || prepared.edits.is_empty() {
        return None;
    }
    let services: Vec<&str> = prepared.edits.keys().map(String::as_str).collect();
    Some(finding(
        "compose-file-edited",
        format!(
            "{} says something else of {} than it was started with; that was not applied.",
            project.first_file().display(),
            services.join(", ")
        ),
    ))
}

/// What applying does not do.
pub(super) fn warnings(
    project: &Project,
    files: &Description,
    candidates: &[Candidate],
) -> Vec<Finding> {
    let file = project.first_file().display();
    let running = candidates.iter().map(|one| one.service.clone()).collect();
    let services = files.services();
    let without = services.difference(&running);
    without
        .map(|service| {
            finding(
                "service-without-container",
                format!(
                    "{service} is in {file} and has no container; `docker compose up -d` makes it."
                ),
            )
        })
        .collect()
}
