//! Releases of the demo application: images that differ in what they do when they start.

use std::process::Command;

use crate::world::World;
use crate::{artifacts, command};

/// A release to be made.
#[derive(Debug, Clone)]
pub struct Release {
    options: Vec<String>,
}

impl Release {
    /// The release of this version; it does nothing special.
    #[must_use]
    pub fn new(version: &str) -> Self {
        Self {
            options: Vec::new(),
        }
        .with("RELEASE", version)
    }

    /// With a variable in its image, such as `AT_START`.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.options.push("--env".to_owned());
        self.options.push(format!("{name}={value}"));
        self
    }

    /// For another processor than this one.
    #[must_use]
    pub fn architecture(mut self, name: &str) -> Self {
        self.options.push("--architecture".to_owned());
        self.options.push(name.to_owned());
        self
    }

    /// Makes the image and gives it this name; an image that had the name loses it.
    pub fn name(&self, world: &World, reference: &str) {
        let script = artifacts::repository().join("tests/demo-app/build-image.sh");
        let mut build = Command::new(script);
        build.arg("--binary").arg(artifacts::demo_binary());
        build.args(&self.options).arg(reference);
        if let Some(host) = world.engine().host() {
            build.env("DOCKER_HOST", host);
        }
        let _ = command::run(&mut build).success();
    }
}
