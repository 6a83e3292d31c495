//! Networks: looked for, made as another one was made, removed.

use std::collections::HashMap;

use bollard::models::{NetworkCreateRequest, NetworkInspect};
use bollard::query_parameters::ListNetworksOptionsBuilder;

use super::{CHANGE, Engine, LISTING, QUESTION, is_missing};
use crate::error::Error;

/// How a network was made.
#[derive(Debug, Clone)]
pub struct NetworkBlueprint {
    request: NetworkCreateRequest,
}

impl NetworkBlueprint {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.request.name
    }

    /// The same network under another name and with other labels.
    #[must_use]
    pub fn called(mut self, name: &str, labels: HashMap<String, String>) -> Self {
        name.clone_into(&mut self.request.name);
        self.request.labels = Some(labels);
        self
    }

    /// Its labels.
    #[must_use]
    pub fn labels(&self) -> HashMap<String, String> {
        self.request.labels.clone().unwrap_or_default()
    }
}

impl Engine {
    /// How a network was made; `None` if there is none of that name.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn network(&self, name: &str) -> Result<Option<NetworkBlueprint>, Error> {
        match self.within(QUESTION).inspect_network(name, None).await {
            Ok(found) => Ok(Some(blueprint(found))),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(self.fail(
                &format!("The network {name} could not be looked at."),
                &error,
            )),
        }
    }

    /// The names of the networks with this label (`key=value`).
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn networks_with(&self, label: &str) -> Result<Vec<String>, Error> {
        let filters = HashMap::from([("label", vec![label])]);
        let options = ListNetworksOptionsBuilder::default()
            .filters(&filters)
            .build();
        let found = self.within(LISTING).list_networks(Some(options)).await;
        let found =
            found.map_err(|error| self.fail("The networks could not be listed.", &error))?;
        Ok(found
            .into_iter()
            .filter_map(|network| network.name)
            .collect())
    }

    /// Makes a network.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn create_network(&self, wanted: &NetworkBlueprint) -> Result<(), Error> {
        let what = format!("The network {} could not be made.", wanted.name());
        let made = self
            .within(CHANGE)
            .create_network(wanted.request.clone())
            .await;
        made.map(|_| ()).map_err(|error| self.fail(&what, &error))
    }

    /// Removes a network that nothing uses. One that is gone already is fine.
    ///
    /// # Errors
    /// The `engine-…` codes.
    pub async fn remove_network(&self, name: &str) -> Result<(), Error> {
        match self.within(CHANGE).remove_network(name).await {
            Err(error) if !is_missing(&error) => {
                Err(self.fail(&format!("The network {name} could not be removed."), &error))
            }
            _ => Ok(()),
        }
    }
}

fn blueprint(found: NetworkInspect) -> NetworkBlueprint {
    NetworkBlueprint {
        request: NetworkCreateRequest {
            name: found.name.unwrap_or_default(),
            driver: found.driver,
            internal: found.internal,
            attachable: found.attachable,
            ipam: found.ipam,
            enable_ipv6: found.enable_ipv6,
            options: found.options,
            labels: found.labels,
            ..NetworkCreateRequest::default()
        },
    }
}
