//! Making a container again: everything that makes it what it is, with the same image or another.
//!
//! What the engine tells of a container mixes three things: what somebody asked for, what the image
//! brought along, and what the engine found at run time. A container for a new image is asked for
//! with the first alone, so that the new image's own defaults come into force.

mod edits;
mod sample;

use std::collections::BTreeMap;

use bollard::models::{
    ContainerCreateBody, ContainerInspectResponse, EndpointSettings, NetworkConnectRequest,
    NetworkingConfig,
};
use bollard::query_parameters::{
    CreateContainerOptionsBuilder, RemoveContainerOptionsBuilder, RenameContainerOptionsBuilder,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::images::Image;
use super::{CHANGE, Engine, QUESTION, has_status, is_missing};
use crate::error::{Code, Error};

/// Networks of the engine itself, which know no aliases.
const BUILT_IN_NETWORKS: [&str; 4] = ["bridge", "host", "none", "default"];

/// Names that an engine gives to volumes that nobody named.
const ANONYMOUS_NAME_LENGTH: usize = 64;

/// What the engine knows of how a container was made. Holds its environment, secrets among it: it is
/// never logged.
#[derive(Clone, Serialize, Deserialize)]
pub struct Blueprint {
    /// Its name.
    pub name: String,
    /// The ID of the image that it was made from.
    pub image_id: String,
    /// The image as it was asked for.
    pub image: String,
    config: Map<String, Value>,
    host_config: Map<String, Value>,
    networks: BTreeMap<String, EndpointSettings>,
    /// Volumes that nobody named, by the place where the container sees them.
    anonymous_volumes: BTreeMap<String, String>,
}

impl std::fmt::Debug for Blueprint {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_tuple("Blueprint")
            .field(&self.name)
            .finish()
    }
}

impl Engine {
    /// How a container was made; `None` if there is none of that ID or name.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn blueprint(&self, id: &str) -> Result<Option<Blueprint>, Error> {
        match self.within(QUESTION).inspect_container(id, None).await {
            Ok(found) => Ok(Some(Blueprint::of(found))),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(self.fail(
                &format!("The container {id} could not be looked at."),
                &error,
            )),
        }
    }

    /// Makes a container, in all its networks, and does not start it. What was asked for must be what
    /// is there; if not, the container is removed again.
    ///
    /// # Errors
    /// The `engine-…` codes; `engine-failed` if the engine made something else.
    pub async fn create_from(&self, blueprint: &Blueprint) -> Result<String, Error> {
        let what = format!("The container {} could not be made.", blueprint.name);
        let (body, others) = blueprint.request(&what)?;
        let options = CreateContainerOptionsBuilder::default()
            .name(&blueprint.name)
            .build();
        let id = self
            .within(CHANGE)
            .create_container(Some(options), body)
            .await
            .map_err(|error| self.fail(&what, &error))?
            .id;
        let outcome = self.finish_container(&id, blueprint, others, &what).await;
        if outcome.is_err() {
            self.remove_application_container(&id).await?;
        }
        outcome.map(|()| id)
    }

    async fn finish_container(
        &self,
        id: &str,
        blueprint: &Blueprint,
        others: Vec<(String, EndpointSettings)>,
        what: &str,
    ) -> Result<(), Error> {
        for (network, endpoint) in others {
            let request = NetworkConnectRequest {
                container: id.to_owned(),
                endpoint_config: Some(endpoint),
            };
            self.within(CHANGE)
                .connect_network(&network, request)
                .await
                .map_err(|error| self.fail(what, &error))?;
        }
        let made = self.blueprint(id).await?;
        let differences = made.map_or_else(
            || vec!["it is gone".to_owned()],
            |made| blueprint.differences(&made),
        );
        if differences.is_empty() {
            return Ok(());
        }
        Err(Error::new(
            Code::EngineFailed,
            format!("{what} The engine made another one than was asked for."),
            "Look at the details; update this application with its own tools.",
        )
        .with_detail(differences.join("; ")))
    }

    /// Gives a container another name. One that has it already is left as it is.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn rename(&self, id: &str, name: &str) -> Result<(), Error> {
        let options = RenameContainerOptionsBuilder::default().name(name).build();
        self.within(CHANGE)
            .rename_container(id, options)
            .await
            .map_err(|error| {
                self.fail(
                    &format!("The container {id} could not be renamed to {name}."),
                    &error,
                )
            })
    }

    /// Removes a stopped container of an application, and no volume with it. One that is gone, or is
    /// being removed, is fine.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn remove_application_container(&self, id: &str) -> Result<(), Error> {
        self.remove_stopped(id, false).await
    }

    /// Removes a container that was never started, and with it the volumes that nobody named.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn remove_with_volumes(&self, id: &str) -> Result<(), Error> {
        self.remove_stopped(id, true).await
    }

    async fn remove_stopped(&self, id: &str, with_volumes: bool) -> Result<(), Error> {
        let options = RemoveContainerOptionsBuilder::default()
            .v(with_volumes)
            .build();
        match self
            .within(CHANGE)
            .remove_container(id, Some(options))
            .await
        {
            Err(error) if !is_missing(&error) && !has_status(&error, 409) => {
                Err(self.fail(&format!("The container {id} could not be removed."), &error))
            }
            _ => Ok(()),
        }
    }
}

impl Blueprint {
    fn of(found: ContainerInspectResponse) -> Self {
        let host_config = object(&found.host_config);
        let named = named_volumes(&host_config);
        let id = found.id.unwrap_or_default();
        let config = found.config.unwrap_or_default();
        let anonymous_volumes = found
            .mounts
            .unwrap_or_default()
            .into_iter()
            .filter(|mount| mount.typ.as_deref() == Some("volume"))
            .filter_map(|mount| Some((mount.destination?, mount.name?)))
            .filter(|(destination, name)| is_anonymous(name) && !named.contains(destination))
            .collect();
        let networks = found
            .network_settings
            .and_then(|settings| settings.networks)
            .unwrap_or_default()
            .into_iter()
            .map(|(name, endpoint)| {
                let wanted = wanted_endpoint(&name, &id, endpoint);
                (name, wanted)
            })
            .collect();
        Self {
            name: found
                .name
                .unwrap_or_default()
                .trim_start_matches('/')
                .to_owned(),
            image_id: found.image.unwrap_or_default(),
            image: config.image.clone().unwrap_or_default(),
            config: wanted_config(object(&Some(config)), &id, &host_config),
            host_config,
            networks,
            anonymous_volumes,
        }
    }

    /// A label that was asked for, or that the image brought along.
    #[must_use]
    pub fn label(&self, name: &str) -> Option<&str> {
        self.config.get("Labels")?.get(name)?.as_str()
    }

    /// Sets a label.
    pub fn set_label(&mut self, name: &str, value: &str) {
        let labels = self
            .config
            .entry("Labels")
            .or_insert_with(|| Value::Object(Map::new()));
        if let Some(labels) = labels.as_object_mut() {
            labels.insert(name.to_owned(), Value::String(value.to_owned()));
        }
    }

    /// Network, process or IPC namespaces that it shares with another container, by name or ID.
    #[must_use]
    pub fn joined_containers(&self) -> Vec<String> {
        ["NetworkMode", "PidMode", "IpcMode"]
            .into_iter()
            .filter_map(|mode| self.host_config.get(mode)?.as_str())
            .filter_map(|mode| mode.strip_prefix("container:"))
            .map(str::to_owned)
            .collect()
    }

    /// A health check of its own or of its image, that is not turned off.
    #[must_use]
    pub fn has_health_check(&self) -> bool {
        let test = self
            .config
            .get("Healthcheck")
            .and_then(|check| check.get("Test"));
        test.and_then(Value::as_array)
            .and_then(|words| words.first())
            .and_then(Value::as_str)
            .is_some_and(|word| word != "NONE")
    }

    /// The same container for another image: what the present image brought along is left to the new
    /// one. `reference` is what the container will say that it was made from.
    #[must_use]
    pub fn for_image(&self, present: &Image, new: &Image, reference: &str) -> Self {
        let mut other = self.clone();
        other.image_id.clone_from(&new.id);
        reference.clone_into(&mut other.image);
        other.config = without_defaults(&self.config, &present.config);
        let had_label = |name: &str| self.label(name).is_some();
        if had_label("com.docker.compose.image") {
            other.set_label("com.docker.compose.image", &new.id);
        }
        other
    }

    /// The body of a create request, with one endpoint (all that engines before API 1.44 take), and
    /// the networks that it has to be connected to afterwards.
    fn request(
        &self,
        what: &str,
    ) -> Result<(ContainerCreateBody, Vec<(String, EndpointSettings)>), Error> {
        let mut body = self.config.clone();
        body.insert("Image".to_owned(), Value::String(self.image.clone()));
        let mut host = self.host_config.clone();
        self.bind_anonymous_volumes(&mut host);
        body.insert("HostConfig".to_owned(), Value::Object(host));
        let mut body: ContainerCreateBody =
            serde_json::from_value(Value::Object(body)).map_err(|error| {
                Error::new(
                    Code::EngineFailed,
                    format!("{what} Its configuration was not understood."),
                    "Look for a newer version of Lifeboat.",
                )
                .with_detail(error.to_string())
            })?;
        let mode = self.network_mode();
        let first = self
            .networks
            .keys()
            .find(|name| **name == mode || (mode == "default" && *name == "bridge"))
            .or_else(|| self.networks.keys().next())
            .cloned();
        let mut others = Vec::new();
        let mut endpoints = std::collections::HashMap::new();
        for (name, endpoint) in &self.networks {
            if Some(name) == first.as_ref() {
                endpoints.insert(name.clone(), endpoint.clone());
            } else {
                others.push((name.clone(), endpoint.clone()));
            }
        }
        if !mode.starts_with("container:") {
            body.networking_config = Some(NetworkingConfig {
                endpoints_config: Some(endpoints),
            });
        }
        Ok((body, others))
    }

    fn network_mode(&self) -> String {
        let mode = self.host_config.get("NetworkMode").and_then(Value::as_str);
        mode.unwrap_or("default").to_owned()
    }

    /// A volume without a name would come back empty under a new one: it is bound by its name.
    fn bind_anonymous_volumes(&self, host: &mut Map<String, Value>) {
        let listed = host.get("Binds").and_then(Value::as_array).cloned();
        let mut binds = listed.unwrap_or_default();
        for (destination, name) in &self.anonymous_volumes {
            let is_mount = host
                .get_mut("Mounts")
                .and_then(Value::as_array_mut)
                .into_iter()
                .flatten()
                .find(|mount| mount["Target"].as_str() == Some(destination));
            match is_mount {
                Some(mount) => mount["Source"] = Value::String(name.clone()),
                None => binds.push(Value::String(format!("{name}:{destination}"))),
            }
        }
        if !binds.is_empty() {
            host.insert("Binds".to_owned(), Value::Array(binds));
        }
    }

    /// What of this is not in a container that was made by it.
    fn differences(&self, made: &Self) -> Vec<String> {
        let mut found = Vec::new();
        if made.image_id != self.image_id {
            found.push(format!(
                "image: {} instead of {}",
                made.image_id, self.image_id
            ));
        }
        let mut wanted_host = self.host_config.clone();
        self.bind_anonymous_volumes(&mut wanted_host);
        for (key, wanted) in &wanted_host {
            if !is_empty(wanted) && !includes(made.host_config.get(key), wanted) {
                found.push(format!("HostConfig.{key}"));
            }
        }
        for (key, wanted) in &self.config {
            if !is_empty(wanted) && !includes(made.config.get(key), wanted) {
                // Values may be secrets: the name alone is told.
                found.push(format!("Config.{key}"));
            }
        }
        if !self.is_network_disabled() {
            for (name, endpoint) in &self.networks {
                match made.networks.get(name) {
                    Some(present) if same_endpoint(present, endpoint) => {}
                    _ => found.push(format!("network {name}")),
                }
            }
        }
        found
    }

    /// An engine without a bridge switches the network off when it starts a container that asks for no other
    /// one, and goes on naming the bridge; one that is made so has none.
    fn is_network_disabled(&self) -> bool {
        self.config.get("NetworkDisabled") == Some(&Value::Bool(true))
    }
}

/// Lists that belong to a container as sets: the engine may order or add to them.
fn includes(present: Option<&Value>, wanted: &Value) -> bool {
    match (present, wanted) {
        (Some(Value::Object(present)), Value::Object(wanted)) => wanted
            .iter()
            .all(|(key, value)| is_empty(value) || includes(present.get(key), value)),
        (Some(Value::Array(present)), Value::Array(wanted)) => wanted
            .iter()
            .all(|value| present.iter().any(|one| includes(Some(one), value))),
        (Some(present), wanted) => present == wanted,
        (None, wanted) => is_empty(wanted),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Number(number) => number.as_i64() == Some(0),
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Bool(true) => false,
    }
}

fn same_endpoint(present: &EndpointSettings, wanted: &EndpointSettings) -> bool {
    let aliases = |endpoint: &EndpointSettings| -> std::collections::BTreeSet<String> {
        endpoint.aliases.iter().flatten().cloned().collect()
    };
    present.ipam_config == wanted.ipam_config
        && present.links == wanted.links
        && aliases(wanted).is_subset(&aliases(present))
}

fn object<T: Serialize>(part: &Option<T>) -> Map<String, Value> {
    match serde_json::to_value(part) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    }
}

/// The places whose volume somebody named.
fn named_volumes(host: &Map<String, Value>) -> Vec<String> {
    let binds = host.get("Binds").and_then(Value::as_array).into_iter();
    let bound = binds
        .flatten()
        .filter_map(Value::as_str)
        .filter_map(|bind| bind.split(':').nth(1));
    let mounts = host.get("Mounts").and_then(Value::as_array).into_iter();
    let mounted = mounts
        .flatten()
        .filter(|mount| {
            mount["Source"]
                .as_str()
                .is_some_and(|name| !name.is_empty())
        })
        .filter_map(|mount| mount["Target"].as_str());
    bound.chain(mounted).map(str::to_owned).collect()
}

fn is_anonymous(name: &str) -> bool {
    name.len() == ANONYMOUS_NAME_LENGTH && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn short_id(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}

/// The configuration without what the engine filled in by itself.
fn wanted_config(
    mut config: Map<String, Value>,
    id: &str,
    host: &Map<String, Value>,
) -> Map<String, Value> {
    let mode = host
        .get("NetworkMode")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let shares_name = mode == "host" || mode.starts_with("container:");
    let is_own_id = config.get("Hostname").and_then(Value::as_str) == Some(short_id(id));
    // Kept beside: it is the one thing that changes.
    config.remove("Image");
    // Without a wish, a host name is the container's ID; with a shared network it may not be set.
    if is_own_id || shares_name {
        config.remove("Hostname");
    }
    if shares_name {
        config.remove("Domainname");
    }
    if mode.starts_with("container:") {
        config.remove("ExposedPorts");
    }
    config
}

/// The endpoint without what the engine found at run time.
fn wanted_endpoint(network: &str, id: &str, found: EndpointSettings) -> EndpointSettings {
    let is_built_in = BUILT_IN_NETWORKS.contains(&network);
    let aliases = found
        .aliases
        .map(|aliases| {
            let others = aliases.into_iter().filter(|alias| alias != short_id(id));
            others.collect::<Vec<_>>()
        })
        .filter(|aliases| !aliases.is_empty() && !is_built_in);
    EndpointSettings {
        ipam_config: found.ipam_config,
        links: found.links,
        aliases,
        driver_opts: found.driver_opts,
        gw_priority: found.gw_priority.filter(|priority| *priority != 0),
        ..EndpointSettings::default()
    }
}

/// What somebody asked for beyond the image's own defaults.
fn without_defaults(config: &Map<String, Value>, image: &Map<String, Value>) -> Map<String, Value> {
    let mut kept = config.clone();
    let same = |key: &str| config.get(key) == image.get(key);
    for key in [
        "User",
        "WorkingDir",
        "StopSignal",
        "Shell",
        "OnBuild",
        "ArgsEscaped",
    ] {
        if same(key) {
            kept.remove(key);
        }
    }
    // A command without its entry point would be given to the new image's entry point.
    if same("Entrypoint") {
        kept.remove("Entrypoint");
        if same("Cmd") {
            kept.remove("Cmd");
        }
    }
    for key in ["Labels", "ExposedPorts", "Volumes", "Healthcheck"] {
        let Some(Value::Object(present)) = kept.get_mut(key) else {
            continue;
        };
        let default = image.get(key).and_then(Value::as_object);
        present.retain(|name, value| default.and_then(|map| map.get(name)) != Some(value));
        if present.is_empty() {
            kept.remove(key);
        }
    }
    if let Some(Value::Array(present)) = kept.get_mut("Env") {
        let default = image.get("Env").and_then(Value::as_array);
        present.retain(|entry| !default.is_some_and(|list| list.contains(entry)));
    }
    kept
}
