//! Images of others: looked at, pulled, tagged, removed.

use std::collections::{BTreeMap, HashMap};

use bollard::auth::DockerCredentials;
use bollard::models::{CreateImageInfo, ImageInspect};
use bollard::query_parameters::{
    CreateImageOptionsBuilder, ListImagesOptionsBuilder, RemoveImageOptionsBuilder,
    TagImageOptionsBuilder,
};
use futures_util::StreamExt as _;
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use super::{CHANGE, Engine, LISTING, QUESTION, UNLIMITED, has_status, is_missing};
use crate::error::{Code, Error};

/// The header in which the engine is given a registry's credentials.
const REGISTRY_HEADER: &str = "x-registry-auth";

/// An image on the engine.
#[derive(Debug, Clone)]
pub struct Image {
    /// Its ID.
    pub id: String,
    /// The names that it has.
    pub tags: Vec<String>,
    /// Its names in registries, with digests.
    pub digests: Vec<String>,
    /// Processor that it is for, as the image says it.
    pub architecture: String,
    /// Size in bytes.
    pub size_bytes: u64,
    /// What it brings along for its containers.
    pub config: Map<String, Value>,
}

impl Image {
    /// The version that it says it is (`org.opencontainers.image.version`).
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.config
            .get("Labels")?
            .get("org.opencontainers.image.version")?
            .as_str()
            .filter(|version| !version.is_empty())
    }
}

/// A registry's credentials.
#[derive(Clone)]
pub enum Credentials {
    /// A user's name and password.
    Password {
        /// Name.
        user: String,
        /// Password.
        password: String,
    },
    /// A token that the registry gave.
    IdentityToken(String),
}

/// How far a pull is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PullProgress {
    /// Bytes of layers downloaded.
    pub done_bytes: u64,
    /// Bytes of the layers known so far.
    pub total_bytes: u64,
}

impl Engine {
    /// An image by reference or ID; `None` if it is not on the engine.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn image(&self, reference: &str) -> Result<Option<Image>, Error> {
        match self.within(QUESTION).inspect_image(reference).await {
            Ok(found) => Ok(Some(image(found))),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(self.fail(
                &format!("The image {reference} could not be looked at."),
                &error,
            )),
        }
    }

    /// Gives an image one more name; an image that had it loses it.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn tag(&self, image: &str, reference: &str) -> Result<(), Error> {
        let (repository, tag) = split_reference(reference);
        let options = TagImageOptionsBuilder::default()
            .repo(repository)
            .tag(tag)
            .build();
        self.within(CHANGE)
            .tag_image(image, Some(options))
            .await
            .map_err(|error| {
                self.fail(
                    &format!("The image {image} could not be named {reference}."),
                    &error,
                )
            })
    }

    /// Takes a name from an image, and removes it if that was its last and nobody uses it. One that
    /// is gone, or in use, is no error. True if it is gone.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn remove_image(&self, reference: &str) -> Result<bool, Error> {
        let options = RemoveImageOptionsBuilder::default().build();
        match self
            .within(CHANGE)
            .remove_image(reference, Some(options), None)
            .await
        {
            Ok(_) => Ok(true),
            Err(error) if is_missing(&error) => Ok(true),
            Err(error) if has_status(&error, 409) => Ok(false),
            Err(error) => Err(self.fail(
                &format!("The image {reference} could not be removed."),
                &error,
            )),
        }
    }

    /// The names that images have in a repository.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn tags_of(&self, repository: &str) -> Result<Vec<String>, Error> {
        let filters = HashMap::from([("reference", vec![repository.to_owned()])]);
        let options = ListImagesOptionsBuilder::default()
            .filters(&filters)
            .build();
        let listed = self
            .within(LISTING)
            .list_images(Some(options))
            .await
            .map_err(|error| self.fail("The images could not be listed.", &error))?;
        let tags = listed.into_iter().flat_map(|image| image.repo_tags);
        let prefix = format!("{repository}:");
        Ok(tags.filter(|tag| tag.starts_with(&prefix)).collect())
    }

    /// Pulls what a reference names now.
    ///
    /// # Errors
    /// `engine-failed` with the registry's own words; `cancelled`.
    pub async fn pull(
        &self,
        reference: &str,
        credentials: Option<Credentials>,
        hear: &mut (dyn FnMut(PullProgress) + Send),
        cancel: &CancellationToken,
    ) -> Result<(), Error> {
        let what = format!("The image {reference} could not be pulled.");
        let (repository, tag) = split_reference(reference);
        let options = CreateImageOptionsBuilder::default()
            .from_image(repository)
            .tag(tag)
            .build();
        // bollard writes the header in the standard alphabet of base64; engines read the other one.
        let docker = self.within(UNLIMITED).with_request_modifier(|mut request| {
            let header = request.headers().get(REGISTRY_HEADER).cloned();
            let text = header.as_ref().and_then(|value| value.to_str().ok());
            if let Some(text) = text
                && let Ok(value) = text.replace('+', "-").replace('/', "_").parse()
            {
                request.headers_mut().insert(REGISTRY_HEADER, value);
            }
            request
        });
        let mut stream =
            std::pin::pin!(docker.create_image(Some(options), None, credentials.map(header)));
        let mut layers = Layers::default();
        loop {
            let next = tokio::select! {
                biased;
                () = cancel.cancelled() => return Err(Error::cancelled()),
                next = stream.next() => next,
            };
            match next {
                None => return Ok(()),
                Some(Ok(info)) => {
                    if let Some(progress) = layers.hear(&info) {
                        hear(progress);
                    }
                }
                Some(Err(error)) => return Err(self.pull_failed(&what, &error)),
            }
        }
    }

    fn pull_failed(&self, what: &str, error: &bollard::errors::Error) -> Error {
        let failed = self.fail(what, error);
        if failed.code != Code::EngineFailed {
            return failed;
        }
        Error {
            advice: "Look whether the registry can be reached and the login is right \
                     (`docker login`), then try again. The application runs as before."
                .to_owned(),
            ..failed
        }
    }
}

fn header(credentials: Credentials) -> DockerCredentials {
    match credentials {
        Credentials::Password { user, password } => DockerCredentials {
            username: Some(user),
            password: Some(password),
            ..DockerCredentials::default()
        },
        Credentials::IdentityToken(token) => DockerCredentials {
            identitytoken: Some(token),
            ..DockerCredentials::default()
        },
    }
}

/// Bytes of each layer that is downloaded.
#[derive(Default)]
struct Layers {
    known: BTreeMap<String, (u64, u64)>,
}

impl Layers {
    fn hear(&mut self, info: &CreateImageInfo) -> Option<PullProgress> {
        if info.status.as_deref() != Some("Downloading") {
            return None;
        }
        let detail = info.progress_detail.as_ref()?;
        let bytes = |value: Option<i64>| value.and_then(|value| u64::try_from(value).ok());
        let done = bytes(detail.current)?;
        let total = bytes(detail.total).unwrap_or(done);
        self.known.insert(info.id.clone()?, (done, total));
        Some(PullProgress {
            done_bytes: self.known.values().map(|(done, _)| done).sum(),
            total_bytes: self.known.values().map(|(_, total)| total).sum(),
        })
    }
}

fn image(found: ImageInspect) -> Image {
    let config = match serde_json::to_value(&found.config) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    };
    Image {
        id: found.id.unwrap_or_default(),
        tags: found.repo_tags.unwrap_or_default(),
        digests: found.repo_digests.unwrap_or_default(),
        architecture: found.architecture.unwrap_or_default(),
        size_bytes: found
            .size
            .and_then(|size| u64::try_from(size).ok())
            .unwrap_or_default(),
        config,
    }
}

/// Repository and tag. A colon in a registry's address is none of a tag's.
fn split_reference(reference: &str) -> (&str, &str) {
    let name_begins = reference.rfind('/').map_or(0, |slash| slash + 1);
    match reference[name_begins..].rfind(':') {
        Some(colon) => (
            &reference[..name_begins + colon],
            &reference[name_begins + colon + 1..],
        ),
        None => (reference, "latest"),
    }
}

/// It names an image by its content: there is nothing newer of that name.
#[must_use]
pub fn is_fixed_reference(reference: &str) -> bool {
    reference.contains('@') || reference.starts_with("sha256:")
}

#[cfg(test)]
mod tests {
    use super::{is_fixed_reference, split_reference};

    #[test]
    fn references_are_split_at_the_tag() {
        assert_eq!(split_reference("app"), ("app", "latest"));
        assert_eq!(split_reference("app:2"), ("app", "2"));
        assert_eq!(
            split_reference("host:5000/a/app"),
            ("host:5000/a/app", "latest")
        );
        assert_eq!(
            split_reference("host:5000/a/app:2"),
            ("host:5000/a/app", "2")
        );
    }

    #[test]
    fn a_digest_is_fixed() {
        assert!(is_fixed_reference("app@sha256:0123"));
        assert!(is_fixed_reference("sha256:0123"));
        assert!(!is_fixed_reference("app:2"));
    }
}
