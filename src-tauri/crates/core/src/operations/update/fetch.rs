//! Getting the new release, while the old one still runs. Whatever goes wrong here, every name points
//! again to the image that it pointed to before.

use std::collections::BTreeMap;

use lifeboat_store::manifest::{BuiltFrom, Finding};
use lifeboat_store::protocol::Event;

use super::plan::{Candidate, Prepared};
use crate::api::UpdateSource;
use crate::engine::{Credentials, Engine, Image, PullProgress};
use crate::error::{Code, Error};
use crate::job::JobContext;
use crate::operations::compose::Project;
use crate::operations::events::StepTracker;
use crate::operations::git;

/// Repository of the names that keep images for the way back.
const KEEP_REPOSITORY: &str = "lifeboat-keep";

/// Repository of the names that keep images on the way forward.
const NEXT_REPOSITORY: &str = "lifeboat-next";

/// Where the docker CLI files the login of the registry that needs no name.
const DEFAULT_REGISTRY: &str = "https://index.docker.io/v1/";

/// What was got.
pub(super) struct Fetched {
    /// For each candidate, in order: the image that its name stands for now.
    pub(super) images: Vec<Image>,
    /// What could not be got and is no reason to stop.
    pub(super) findings: Vec<Finding>,
    /// What each service was built from, where compose built it in a checkout.
    pub(super) built_from: BTreeMap<String, BuiltFrom>,
    /// Names as they pointed before.
    moved: Vec<(String, String)>,
}

/// The name that keeps an image.
pub(in crate::operations) fn keep_tag(app: &str, image_id: &str) -> String {
    name_in(KEEP_REPOSITORY, app, image_id)
}

/// The name of ours that an application's image has in a repository.
fn name_in(repository: &str, app: &str, image_id: &str) -> String {
    let short: String = image_id
        .trim_start_matches("sha256:")
        .chars()
        .take(12)
        .collect();
    // A tag has at most 128 letters.
    let app: String = app.chars().take(100).collect();
    format!("{repository}:{app}-{short}")
}

/// Pulls what each service's image is called by, or takes what that name stands for here already.
pub(super) async fn fetch(
    engine: &Engine,
    app: &str,
    prepared: &Prepared,
    tracker: &mut StepTracker<'_>,
    job: &JobContext,
) -> Result<Fetched, Error> {
    let mut fetched = Fetched {
        images: Vec::new(),
        findings: Vec::new(),
        built_from: BTreeMap::new(),
        moved: Vec::new(),
    };
    let outcome = fetch_all(engine, app, prepared, &mut fetched, tracker, job).await;
    match outcome {
        Ok(()) => Ok(fetched),
        Err(error) => {
            fetched.take_back(engine).await;
            Err(error)
        }
    }
}

async fn fetch_all(
    engine: &Engine,
    app: &str,
    prepared: &Prepared,
    fetched: &mut Fetched,
    tracker: &mut StepTracker<'_>,
    job: &JobContext,
) -> Result<(), Error> {
    let Prepared {
        candidates,
        project,
        ..
    } = prepared;
    let mut known: BTreeMap<String, Image> = BTreeMap::new();
    // A pull or build moves the name away from the running image, and whatever has no name is pruned.
    for candidate in candidates
        .iter()
        .filter(|one| one.source != UpdateSource::Fixed)
    {
        engine
            .tag(&candidate.image.id, &keep_tag(app, &candidate.image.id))
            .await?;
    }
    build(engine, project.as_ref(), candidates, fetched, job).await?;
    for candidate in candidates {
        let reference = &candidate.reference;
        if candidate.source == UpdateSource::Fixed {
            fetched.images.push(candidate.image.clone());
            continue;
        }
        let before = known.get(reference).cloned();
        let image = match before {
            Some(image) => image,
            None => get(engine, candidate, fetched, tracker, job).await?,
        };
        if image.id != candidate.image.id {
            check_architecture(engine, candidate, &image)?;
        }
        known.insert(reference.clone(), image.clone());
        fetched.images.push(image);
    }
    let changed = candidates.iter().zip(&fetched.images);
    let changed = changed.filter(|(candidate, image)| candidate.image.id != image.id);
    hold(engine, app, changed.map(|(_, image)| image)).await
}

/// Gives what was got a name of ours, and takes that of an earlier try away. Without one, a clean-up of the
/// engine would remove an image whose own name stands for another one for a while, or was taken back.
async fn hold(
    engine: &Engine,
    app: &str,
    images: impl Iterator<Item = &Image>,
) -> Result<(), Error> {
    let mut held = Vec::new();
    for image in images {
        let name = name_in(NEXT_REPOSITORY, app, &image.id);
        engine.tag(&image.id, &name).await?;
        held.push(name);
    }
    let earlier = names_of(engine, NEXT_REPOSITORY, app).await?;
    release(engine, earlier.iter().filter(|name| !held.contains(name))).await;
    Ok(())
}

/// Has compose build what is built here.
async fn build(
    engine: &Engine,
    project: Option<&Project>,
    candidates: &[Candidate],
    fetched: &mut Fetched,
    job: &JobContext,
) -> Result<(), Error> {
    let mut services = Vec::new();
    for candidate in candidates
        .iter()
        .filter(|one| one.source == UpdateSource::Build)
    {
        let reference = &candidate.reference;
        let before = engine.image(reference).await?;
        let pointed_to = before.map_or_else(|| candidate.image.id.clone(), |image| image.id);
        fetched.moved.push((reference.clone(), pointed_to));
        if !services.contains(&candidate.service) {
            services.push(candidate.service.clone());
        }
    }
    match project {
        Some(project) if !services.is_empty() => {
            job.note(format!("Compose builds {}.", services.join(", ")));
            // Looked at before: what is changed while compose builds may or may not be in the image.
            let checkout = git::state_of(project.directory()).await;
            project.build(&services, &job.cancel).await?;
            if let Some(from) = checkout {
                let built = services.into_iter().map(|service| (service, from.clone()));
                fetched.built_from.extend(built);
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

async fn get(
    engine: &Engine,
    candidate: &Candidate,
    fetched: &mut Fetched,
    tracker: &mut StepTracker<'_>,
    job: &JobContext,
) -> Result<Image, Error> {
    let reference = &candidate.reference;
    let before = engine.image(reference).await?;
    if let Some(image) = before
        .clone()
        .filter(|_| matches!(candidate.source, UpdateSource::Local | UpdateSource::Build))
    {
        return Ok(image);
    }
    let pointed_to = before.map_or_else(|| candidate.image.id.clone(), |image| image.id);
    fetched.moved.push((reference.clone(), pointed_to));
    let login = credentials(reference).await;
    let mut hear = |progress: PullProgress| {
        tracker.begin_again("fetch", Some(progress.total_bytes));
        tracker.hear(Event::Progress {
            done_bytes: progress.done_bytes,
        });
    };
    let pulled = engine.pull(reference, login, &mut hear, &job.cancel).await;
    if let Err(error) = pulled {
        return unpulled(candidate, error, fetched);
    }
    engine.image(reference).await?.ok_or_else(|| {
        Error::new(
            Code::EngineFailed,
            format!("The image {reference} was pulled, and is not on the engine."),
            "Look whether something removes images there, then try again.",
        )
    })
}

/// An image that was made here, under a name that no registry has, has nothing newer elsewhere.
fn unpulled(candidate: &Candidate, error: Error, fetched: &mut Fetched) -> Result<Image, Error> {
    let reference = &candidate.reference;
    let was_made_here = candidate.image.digests.is_empty() && registry_of(reference).is_none();
    if error.code != Code::EngineFailed || !was_made_here {
        return Err(error);
    }
    fetched.findings.push(Finding {
        code: "made-here".to_owned(),
        volume: None,
        path: None,
        message: format!(
            "{reference} was made on this machine and no registry has it. Build or load a newer one \
             under this name, then update again."
        ),
    });
    Ok(candidate.image.clone())
}

fn check_architecture(engine: &Engine, candidate: &Candidate, image: &Image) -> Result<(), Error> {
    if image.architecture == candidate.image.architecture || image.architecture.is_empty() {
        return Ok(());
    }
    Err(Error::new(
        Code::Unsupported,
        format!(
            "The new image of {} is for {} processors, and this engine has {}.",
            candidate.service,
            image.architecture,
            engine.architecture()
        ),
        "Ask for an image for this processor; the application runs as before.",
    ))
}

impl Fetched {
    /// Every name points again to what it pointed to before.
    pub(super) async fn take_back(&self, engine: &Engine) {
        for (reference, image_id) in &self.moved {
            if let Err(error) = engine.tag(image_id, reference).await {
                tracing::warn!(?error, %reference, "a name still points to the new image");
            }
        }
    }
}

/// The names of ours that keep images for this application.
pub(in crate::operations) async fn kept_images(
    engine: &Engine,
    app: &str,
) -> Result<Vec<String>, Error> {
    let mut kept = names_of(engine, KEEP_REPOSITORY, app).await?;
    kept.extend(names_of(engine, NEXT_REPOSITORY, app).await?);
    Ok(kept)
}

async fn names_of(engine: &Engine, repository: &str, app: &str) -> Result<Vec<String>, Error> {
    let prefix = name_in(repository, app, "");
    let is_ours = |tag: &String| {
        tag.strip_prefix(&prefix)
            .is_some_and(|id| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    let mut names = engine.tags_of(repository).await?;
    names.retain(is_ours);
    Ok(names)
}

/// Lets go of images that were kept for this application and that no undo needs any more.
pub(in crate::operations) async fn tidy_images(engine: &Engine, app: &str, needed: &[String]) {
    match kept_images(engine, app).await {
        Ok(kept) => release(engine, kept.iter().filter(|tag| !needed.contains(tag))).await,
        Err(error) => tracing::warn!(?error, "kept images could not be listed"),
    }
}

async fn release(engine: &Engine, names: impl Iterator<Item = &String>) {
    for name in names {
        if let Err(error) = engine.remove_image(name).await {
            tracing::warn!(?error, image = %name, "a superseded image was left");
        }
    }
}

/// The registry that a reference names; `None` for the default one.
fn registry_of(reference: &str) -> Option<&str> {
    let (first, _) = reference.split_once('/')?;
    let is_host = first.contains(['.', ':']) || first == "localhost";
    is_host.then_some(first)
}

/// The login that the docker CLI would use, from its configuration or its credential helper.
async fn credentials(reference: &str) -> Option<Credentials> {
    let server = registry_of(reference)
        .unwrap_or(DEFAULT_REGISTRY)
        .to_owned();
    // A credential helper is a program that may take its time.
    let found = tokio::task::spawn_blocking(move || docker_credential::get_credential(&server))
        .await
        .ok()?;
    match found {
        Ok(docker_credential::DockerCredential::UsernamePassword(user, password)) => {
            Some(Credentials::Password { user, password })
        }
        Ok(docker_credential::DockerCredential::IdentityToken(token)) => {
            Some(Credentials::IdentityToken(token))
        }
        Err(error) => {
            tracing::debug!(%error, "no login for this registry");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{keep_tag, registry_of};

    #[test]
    fn the_registry_is_the_first_part_if_it_is_a_host() {
        assert_eq!(registry_of("app:1"), None);
        assert_eq!(registry_of("library/app:1"), None);
        assert_eq!(registry_of("localhost/app"), Some("localhost"));
        assert_eq!(registry_of("ghcr.io/a/app"), Some("ghcr.io"));
        assert_eq!(registry_of("box:5000/app"), Some("box:5000"));
    }

    #[test]
    fn images_are_kept_by_application_and_content() {
        assert_eq!(
            keep_tag("guest", "sha256:0123456789abcdef"),
            "lifeboat-keep:guest-0123456789ab"
        );
    }
}
