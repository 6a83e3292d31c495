//! Loads the images that come with Lifeboat into the engine, where they are not there yet.

use bollard::models;
use bollard::query_parameters::ImportImageOptionsBuilder;
use futures_util::StreamExt as _;

use super::image::BundledImage;
use super::{Engine, QUESTION, UNLIMITED, is_missing};
use crate::error::{Code, Error};

impl Engine {
    /// The helper image's ID; the image is loaded if it is not there.
    ///
    /// The image is known by its content: whatever else carries its name is never run.
    ///
    /// # Errors
    /// `helper-missing` if this build has none for the engine's processor; the `engine-…` codes.
    pub async fn ensure_helper(&self) -> Result<String, Error> {
        let mut known = self.shared.helper.lock().await;
        if let Some(id) = known.as_ref() {
            return Ok(id.clone());
        }
        let image = self.unpack(BundledImage::helper).await?;
        let id = self.ensure_image(&image).await?;
        *known = Some(id.clone());
        Ok(id)
    }

    /// Forgets that the image was seen: somebody removed it.
    pub(super) async fn forget_helper(&self) {
        *self.shared.helper.lock().await = None;
    }

    /// Makes the image for this engine's processor. Unpacking and hashing some megabytes is no work for the
    /// thread that serves everybody.
    pub(super) async fn unpack(
        &self,
        make: impl FnOnce(&str) -> Result<BundledImage, Error> + Send + 'static,
    ) -> Result<BundledImage, Error> {
        let architecture = self.architecture().to_owned();
        let made = tokio::task::spawn_blocking(move || make(&architecture)).await;
        made.map_err(|error| not_prepared(&error.to_string()))?
    }

    /// The image's ID on this engine, onto which it is loaded if it is not there.
    pub(super) async fn ensure_image(&self, image: &BundledImage) -> Result<String, Error> {
        match self.find_image(image).await? {
            Some(id) => Ok(id),
            None => self.load_image(image).await,
        }
    }

    /// Looks for the image by its ID, then by its name if what is named so has our content.
    pub(super) async fn find_image(&self, image: &BundledImage) -> Result<Option<String>, Error> {
        for name in [&image.id, &image.tag] {
            match self.within(QUESTION).inspect_image(name).await {
                Ok(found) if is_same_image(&found, image) => return Ok(found.id),
                Ok(_) => {}
                Err(error) if is_missing(&error) => {}
                Err(error) => {
                    let what = format!("The image {} could not be looked at.", image.tag);
                    return Err(self.fail(&what, &error));
                }
            }
        }
        Ok(None)
    }

    async fn load_image(&self, image: &BundledImage) -> Result<String, Error> {
        let what = format!("The image {} could not be loaded.", image.tag);
        let docker = self.within(UNLIMITED);
        let options = ImportImageOptionsBuilder::default().quiet(true).build();
        let body = bollard::body_full(image.archive.clone());
        let mut answers = std::pin::pin!(docker.import_image(options, body, None));
        let mut failure = None;
        while let Some(answer) = answers.next().await {
            if let Err(error) = answer {
                failure = Some(error);
            }
        }
        // Whether it is there decides, not how the stream of progress ended.
        match (self.find_image(image).await?, failure) {
            (Some(id), _) => Ok(id),
            (None, Some(error)) => Err(self.fail(&what, &error)),
            (None, None) => Err(Error::new(
                Code::EngineFailed,
                format!("{what} The engine said nothing, and does not have it."),
                "Look into the engine's log, then try again.",
            )),
        }
    }
}

/// Something went wrong with an image of our own that nobody outside can do anything about.
pub(super) fn not_prepared(cause: &str) -> Error {
    Error::new(
        Code::Internal,
        "An image of Lifeboat's own could not be prepared.",
        "Try again.",
    )
    .with_detail(cause)
}

/// An engine with the classic image store calls an image by its configuration's hash. Others call
/// it otherwise; there the layer, which is hashed too, and what is started have to be ours.
fn is_same_image(found: &models::ImageInspect, image: &BundledImage) -> bool {
    if found.id.as_ref() == Some(&image.id) {
        return true;
    }
    let layers = found.root_fs.as_ref().and_then(|root| root.layers.as_ref());
    let entrypoint = found
        .config
        .as_ref()
        .and_then(|config| config.entrypoint.as_ref());
    let environment = found.config.as_ref().and_then(|config| config.env.as_ref());
    layers.is_some_and(|layers| layers.len() == 1 && layers[0] == image.layer)
        && entrypoint.is_some_and(|words| words.len() == 1 && words[0] == image.program)
        && is_same_environment(environment.map_or(&[], Vec::as_slice), image.environment)
}

fn is_same_environment(found: &[String], ours: &[&str]) -> bool {
    let mut found: Vec<&str> = found.iter().map(String::as_str).collect();
    found.retain(|variable| !variable.starts_with("PATH="));
    found == ours
}
