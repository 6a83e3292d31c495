//! The demo application: made, looked at, removed. It is an application like any other; only its labels say
//! where it came from.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use bollard::models::{
    ContainerCreateBody, ContainerSummary, HostConfig, Mount, MountType, PortBinding,
    RestartPolicy, RestartPolicyNameEnum,
};
use bollard::query_parameters::CreateContainerOptionsBuilder;

use super::containers::Container;
use super::endpoint::Address;
use super::image::BundledImage;
use super::specification;
use super::volumes::VolumeInfo;
use super::{CHANGE, Engine, LABEL_DEMO, has_status};
use crate::api::DemoRelease;
use crate::error::{Code, Error};

/// How the reference of its image begins.
const IMAGE: &str = "lifeboat-demo:";
/// Where it serves, inside its container.
const SERVED: &str = "8080/tcp";
/// Where it is published on this machine if nobody else is there; otherwise the engine chooses.
const PORT: &str = "8737";
/// How often its volume is tried to be removed, and how long it is waited between.
const MOST_TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(500);
/// Only this machine sees it.
const LOOPBACK: &str = "127.0.0.1";

/// The demo application's container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoContainer {
    /// Its ID.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The volume that holds its database.
    pub volume: String,
    /// The reference of its image.
    pub image: String,
    /// It runs.
    pub runs: bool,
}

impl Container {
    /// It is the demo application's. An image that was made of it hands its labels on, but has another name.
    #[must_use]
    pub fn is_demo(&self) -> bool {
        self.labels.contains_key(LABEL_DEMO) && self.image.starts_with(IMAGE)
    }
}

impl Engine {
    /// The demo application that was made here; `None` if there is none.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn demo(&self) -> Result<Option<DemoContainer>, Error> {
        let found = self.own_containers(&[LABEL_DEMO.to_owned()]).await?;
        for demo in found.into_iter().filter_map(demo_of) {
            // Whoever put a volume of their own there made it theirs.
            let volume = self.volume(&demo.volume).await?;
            if volume.as_ref().is_some_and(is_ours) {
                return Ok(Some(demo));
            }
        }
        Ok(None)
    }

    /// Makes the demo application under this name, and starts it.
    ///
    /// # Errors
    /// `invalid-input` if the name is taken; `unsupported` without a demo for the engine's processor; the
    /// `engine-…` codes. No container is left of one that does not start.
    pub async fn make_demo(&self, name: &str) -> Result<(), Error> {
        if self.container(name).await?.is_some() {
            return Err(taken(&format!("a container {name}")));
        }
        let image = self.load_demo(DemoRelease::First).await?;
        let volume = self.demo_volume(name).await?;
        let Err(error) = self.run_demo(name, &volume, &image, PORT).await else {
            return Ok(());
        };
        if error.code != Code::EngineFailed {
            return Err(error);
        }
        tracing::debug!(%error, "the demo's usual port is not free");
        self.run_demo(name, &volume, &image, "").await
    }

    /// Has this release stand under the demo's image name, and gives that name.
    ///
    /// # Errors
    /// `unsupported` without a demo for the engine's processor; the `engine-…` codes.
    pub async fn load_demo(&self, release: DemoRelease) -> Result<String, Error> {
        let image = self.unpack_demo(release).await?;
        let id = self.ensure_image(&image).await?;
        // One that was loaded before may have lost the name to another release.
        self.tag(&id, &image.tag).await?;
        Ok(image.tag)
    }

    async fn unpack_demo(&self, release: DemoRelease) -> Result<BundledImage, Error> {
        self.unpack(move |architecture| BundledImage::demo(architecture, release))
            .await
    }

    /// Its volume, made if it is not there.
    async fn demo_volume(&self, name: &str) -> Result<String, Error> {
        let wanted = VolumeInfo {
            name: format!("{name}-data"),
            labels: BTreeMap::from([(LABEL_DEMO.to_owned(), "true".to_owned())]),
            ..VolumeInfo::default()
        };
        self.create_volume(&wanted).await?;
        // Looked at afterwards, because making a volume that exists succeeds and changes nothing.
        let found = self.volume(&wanted.name).await?;
        if found.as_ref().is_some_and(is_ours) {
            return Ok(wanted.name);
        }
        Err(taken(&format!("a volume {}", wanted.name)))
    }

    /// Makes the container and starts it; one that does not start is removed again.
    async fn run_demo(
        &self,
        name: &str,
        volume: &str,
        image: &str,
        port: &str,
    ) -> Result<(), Error> {
        let options = CreateContainerOptionsBuilder::default().name(name).build();
        let made = self
            .within(CHANGE)
            .create_container(Some(options), body(volume, image, port))
            .await;
        let id = match made {
            Ok(made) => made.id,
            Err(error) if has_status(&error, 409) => {
                return Err(taken(&format!("a container {name}")));
            }
            Err(error) => {
                return Err(self.fail("The demo application could not be made.", &error));
            }
        };
        let started = self.start(&id).await;
        if started.is_err() {
            self.remove_container(&id, true).await?;
        }
        started
    }

    /// Where a browser on this machine finds the demo application; `None` where it is on another machine, or
    /// nothing is published.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn demo_address(&self, demo: &DemoContainer) -> Result<Option<String>, Error> {
        if matches!(self.shared.surroundings.endpoint.address, Address::Tls(..)) {
            return Ok(None);
        }
        let found = self.own_containers(&[LABEL_DEMO.to_owned()]).await?;
        let ports = found
            .into_iter()
            .find(|one| one.id.as_ref() == Some(&demo.id))
            .and_then(|one| one.ports)
            .unwrap_or_default();
        let port = ports.iter().find_map(|port| port.public_port);
        Ok(port.map(|port| format!("http://{LOOPBACK}:{port}")))
    }

    /// Removes the demo application with its database and its images.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn remove_demo(&self, demo: &DemoContainer) -> Result<(), Error> {
        self.remove_container(&demo.id, true).await?;
        self.remove_demo_volume(&demo.volume).await?;
        self.remove_image(&demo.image).await?;
        for release in DemoRelease::ALL {
            let image = self.unpack_demo(release).await?;
            if let Some(id) = self.find_image(&image).await? {
                self.remove_image(&id).await?;
            }
        }
        Ok(())
    }
}

impl Engine {
    /// Somebody may look into it at this very moment, as every listing of applications does.
    async fn remove_demo_volume(&self, volume: &str) -> Result<(), Error> {
        let mut tries = 0;
        loop {
            self.remove_ended_sessions_of(volume).await?;
            match self.remove_volume(volume).await {
                Err(error) if tries < MOST_TRIES => {
                    tracing::debug!(%error, "the demo's volume is in use");
                    tries += 1;
                    tokio::time::sleep(PAUSE).await;
                }
                outcome => return outcome,
            }
        }
    }
}

fn is_ours(volume: &VolumeInfo) -> bool {
    volume.labels.contains_key(LABEL_DEMO)
}

fn taken(what: &str) -> Error {
    Error::new(
        Code::InvalidInput,
        format!("The demo application was not started: there is {what} already."),
        "Use that one, or rename or remove it, then try again.",
    )
}

/// What a listing says of it. One whose volume was taken away from it is none that could be removed.
fn demo_of(summary: ContainerSummary) -> Option<DemoContainer> {
    let names = summary.names.unwrap_or_default();
    let runs = summary
        .state
        .is_some_and(|state| state.to_string() == "running");
    let volume = summary
        .mounts
        .unwrap_or_default()
        .into_iter()
        .find_map(|mount| mount.name.filter(|name| !name.is_empty()))?;
    Some(DemoContainer {
        id: summary.id?,
        name: names.first()?.trim_start_matches('/').to_owned(),
        volume,
        image: summary.image.unwrap_or_default(),
        runs,
    })
}

/// The container. It can write to its volume and to memory, and be reached from this machine.
fn body(volume: &str, image: &str, port: &str) -> ContainerCreateBody {
    let binding = PortBinding {
        host_ip: Some(LOOPBACK.to_owned()),
        host_port: Some(port.to_owned()),
    };
    let data = Mount {
        typ: Some(MountType::VOLUME),
        source: Some(volume.to_owned()),
        target: Some("/data".to_owned()),
        ..Mount::default()
    };
    ContainerCreateBody {
        image: Some(image.to_owned()),
        labels: Some(HashMap::from([(LABEL_DEMO.to_owned(), "true".to_owned())])),
        host_config: Some(HostConfig {
            mounts: Some(vec![data]),
            port_bindings: Some(HashMap::from([(SERVED.to_owned(), Some(vec![binding]))])),
            restart_policy: Some(RestartPolicy {
                name: Some(RestartPolicyNameEnum::UNLESS_STOPPED),
                maximum_retry_count: None,
            }),
            cap_drop: Some(vec!["ALL".to_owned()]),
            security_opt: Some(vec!["no-new-privileges".to_owned()]),
            readonly_rootfs: Some(true),
            tmpfs: Some(HashMap::from([("/tmp".to_owned(), String::new())])),
            log_config: Some(specification::log("json-file", &[("max-size", "1m")])),
            ..HostConfig::default()
        }),
        ..ContainerCreateBody::default()
    }
}
