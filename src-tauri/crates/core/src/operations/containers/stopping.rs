//! Stopping everyone on a storage, and starting them again as they were.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::engine::{Container, Engine, RestartPolicy};
use crate::error::{Code, Error};
use crate::operations::discover::{self, StorageKey};

/// How often containers are stopped again that somebody else starts.
const QUIET_TRIES: u32 = 20;

/// A container that is stopped for a while, and how it was before.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::operations) struct StoppedContainer {
    pub(in crate::operations) id: String,
    pub(in crate::operations) name: String,
    pub(in crate::operations) was_running: bool,
    pub(in crate::operations) was_unhealthy: bool,
    pub(in crate::operations) restart_policy: RestartPolicy,
    /// For an update of one without a health check: where it listened, and has to listen again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in crate::operations) listened_on: Vec<u16>,
}

/// Everyone on the storages, and those of the IDs `also`, dependants first. A paused container is
/// refused: to stop it, it would have to run on first.
pub(in crate::operations) fn everyone(
    keys: &[StorageKey],
    also: &[String],
    containers: &[Container],
) -> Result<Vec<StoppedContainer>, Error> {
    let mut found: Vec<&Container> = containers
        .iter()
        .filter(|container| also.contains(&container.id))
        .collect();
    for key in keys {
        for container in discover::users(key, containers) {
            if !found.iter().any(|known| known.id == container.id) {
                found.push(container);
            }
        }
    }
    if let Some(paused) = found.iter().find(|container| container.state == "paused") {
        return Err(Error::new(
            Code::Unsupported,
            format!(
                "{} is paused, and is not woken without being asked.",
                paused.name
            ),
            format!(
                "Run `docker unpause {0}` or `docker stop {0}`, then try again.",
                paused.name
            ),
        ));
    }
    let owned_elsewhere = |container: &&&Container| {
        container.labels.keys().any(|label| {
            label.starts_with("com.docker.swarm.") || label.starts_with("io.kubernetes.")
        })
    };
    if let Some(owned) = found.iter().find(owned_elsewhere) {
        return Err(Error::new(
            Code::Unsupported,
            format!(
                "{} belongs to an orchestrator, which would start it again.",
                owned.name
            ),
            "Use the orchestrator's own tools for it; `lifeboat backup` works.",
        ));
    }
    if let Some(passing) = found
        .iter()
        .find(|container| container.auto_remove && container.is_active())
    {
        return Err(Error::new(
            Code::Unsupported,
            format!(
                "{} would be removed when it is stopped (--rm).",
                passing.name
            ),
            "Stop it yourself, try again, and start it afterwards.",
        ));
    }
    Ok(dependants_first(found).into_iter().map(before).collect())
}

fn before(container: &Container) -> StoppedContainer {
    StoppedContainer {
        id: container.id.clone(),
        name: container.name.clone(),
        was_running: container.is_active(),
        was_unhealthy: container.health == "unhealthy",
        restart_policy: container.restart_policy.clone(),
        listened_on: Vec::new(),
    }
}

/// Orders by compose's `depends_on` label (`service:condition:restart,…`), as far as it is there.
fn dependants_first(mut rest: Vec<&Container>) -> Vec<&Container> {
    let mut ordered: Vec<&Container> = Vec::new();
    while !rest.is_empty() {
        let needed: BTreeSet<(String, String)> = rest
            .iter()
            .flat_map(|container| dependencies(container))
            .collect();
        // Whoever nobody left depends on can stop; a circle is cut at its first member.
        let position = rest
            .iter()
            .position(|container| !needed.contains(&identity(container)))
            .unwrap_or(0);
        ordered.push(rest.remove(position));
    }
    ordered
}

fn identity(container: &Container) -> (String, String) {
    let label = |name: &str| container.labels.get(name).cloned().unwrap_or_default();
    (
        label("com.docker.compose.project"),
        label("com.docker.compose.service"),
    )
}

fn dependencies(container: &Container) -> Vec<(String, String)> {
    let (project, _) = identity(container);
    container
        .labels
        .get("com.docker.compose.depends_on")
        .map(|list| {
            list.split(',')
                .filter_map(|one| one.split(':').next())
                .filter(|service| !service.is_empty())
                .map(|service| (project.clone(), service.to_owned()))
                .collect()
        })
        .unwrap_or_default()
}

/// Stops everyone: restart policy `no` first, so that nothing brings one back.
pub(in crate::operations) async fn stop(
    engine: &Engine,
    containers: &[StoppedContainer],
) -> Result<(), Error> {
    for container in containers {
        engine
            .set_restart_policy(&container.id, &RestartPolicy::never())
            .await?;
    }
    for container in containers.iter().filter(|container| container.was_running) {
        engine.stop(&container.id, None).await?;
    }
    Ok(())
}

/// The same for containers that may have been removed or re-created meanwhile.
async fn stop_present(engine: &Engine, containers: &[StoppedContainer]) -> Result<(), Error> {
    let present = engine.containers().await?;
    for container in containers {
        let found = present
            .iter()
            .find(|one| one.id == container.id)
            .or_else(|| present.iter().find(|one| one.name == container.name));
        if let Some(found) = found {
            engine
                .set_restart_policy(&found.id, &RestartPolicy::never())
                .await?;
            if found.is_active() {
                engine.stop(&found.id, None).await?;
            }
        }
    }
    Ok(())
}

/// The same, until nobody on the storages runs: another tool may start one again meanwhile.
///
/// # Errors
/// `busy` if somebody goes on starting one.
pub(in crate::operations) async fn stop_until_quiet(
    engine: &Engine,
    containers: &[StoppedContainer],
    keys: &[StorageKey],
) -> Result<(), Error> {
    let mut tries = 0;
    loop {
        stop_present(engine, containers).await?;
        match nobody_runs(engine, keys).await {
            Err(error) if error.code == Code::Busy && tries < QUIET_TRIES => tries += 1,
            outcome => return outcome,
        }
    }
}

/// Fails if anybody on the storages runs.
pub(in crate::operations) async fn nobody_runs(
    engine: &Engine,
    keys: &[StorageKey],
) -> Result<(), Error> {
    let containers = engine.containers().await?;
    for key in keys {
        if let Some(running) = discover::users(key, &containers).find(|one| one.is_active()) {
            return Err(Error::new(
                Code::Busy,
                format!("{} was started by somebody else meanwhile.", running.name),
                "Keep other tools from starting it, then try again.",
            ));
        }
    }
    Ok(())
}

/// Starts who was running, in the opposite order, and gives everyone the restart policy back.
/// Gives the containers that run now. One that is gone, re-created under its name, is found by name.
pub(in crate::operations) async fn start_again(
    engine: &Engine,
    containers: &[StoppedContainer],
) -> Result<Vec<String>, Error> {
    let present = engine.containers().await?;
    let mut started = Vec::new();
    let mut first_problem = None;
    for container in containers.iter().rev() {
        let found = present
            .iter()
            .find(|one| one.id == container.id)
            .or_else(|| present.iter().find(|one| one.name == container.name));
        let Some(found) = found else {
            first_problem.get_or_insert_with(|| {
                Error::new(
                    Code::NeedsAttention,
                    format!("The container {} is not there any more.", container.name),
                    "Start the application again with `docker compose up -d`.",
                )
            });
            continue;
        };
        let outcome = start_one(engine, found, container).await;
        match outcome {
            Ok(true) => started.push(found.id.clone()),
            Ok(false) => {}
            Err(error) => {
                first_problem.get_or_insert(error);
            }
        }
    }
    match first_problem {
        Some(error) => Err(error),
        None => Ok(started),
    }
}

async fn start_one(
    engine: &Engine,
    found: &Container,
    before: &StoppedContainer,
) -> Result<bool, Error> {
    if before.was_running && found.state != "running" {
        engine.start(&found.id).await?;
    }
    if found.restart_policy != before.restart_policy {
        engine
            .set_restart_policy(&found.id, &before.restart_policy)
            .await?;
    }
    Ok(before.was_running)
}
