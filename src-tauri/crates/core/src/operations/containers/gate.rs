//! The health gate: did the application come up?

use std::time::Duration;

use tokio::time::Instant;

use super::StoppedContainer;
use crate::engine::{Container, Engine};
use crate::error::Error;
use crate::settings;

/// How often containers are looked at while they come up.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// What the gate said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::operations) enum Gate {
    /// Each with a health check is healthy, the others are stable. True if there was a health check.
    Good { checked: bool },
    /// It did not come up, and why.
    Bad { reason: String },
}

/// Waits until the containers are healthy or stable, or until one of them has failed.
///
/// A container that was unhealthy before is only asked to run: it is not judged by a health that it
/// never had.
pub(in crate::operations) async fn judge(
    engine: &Engine,
    started: &[String],
    before: &[StoppedContainer],
) -> Result<Gate, Error> {
    let mut checked = false;
    for id in started {
        let was_unhealthy = before
            .iter()
            .any(|container| container.id == *id && container.was_unhealthy);
        match wait_for(engine, id, was_unhealthy).await? {
            Gate::Good { checked: by_health } => checked |= by_health,
            bad @ Gate::Bad { .. } => return Ok(bad),
        }
    }
    Ok(Gate::Good { checked })
}

async fn wait_for(engine: &Engine, id: &str, was_unhealthy: bool) -> Result<Gate, Error> {
    let mut stable_since = Instant::now();
    let mut restarts = None;
    let deadline = Instant::now() + Duration::from_secs(settings::HEALTH_DEADLINE_SECONDS);
    loop {
        let Some(container) = engine.container(id).await? else {
            return Ok(Gate::Bad {
                reason: "its container was removed".to_owned(),
            });
        };
        if restarts != Some(container.restart_count) {
            restarts = Some(container.restart_count);
            stable_since = Instant::now();
        }
        let stable = stable_since.elapsed() >= Duration::from_secs(settings::STABLE_SECONDS);
        if let Some(gate) = verdict(&container, stable, was_unhealthy) {
            return Ok(gate);
        }
        if Instant::now() >= deadline {
            return Ok(bad(&container, "it did not become healthy in time"));
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// `None` while it cannot be told yet.
fn verdict(container: &Container, stable: bool, was_unhealthy: bool) -> Option<Gate> {
    let judged_by_health = container.health != "none" && !was_unhealthy;
    match container.state.as_str() {
        "running" if judged_by_health => match container.health.as_str() {
            "healthy" => Some(Gate::Good { checked: true }),
            "unhealthy" => Some(bad(container, "its health check fails")),
            _ => None,
        },
        "running" => stable.then_some(Gate::Good { checked: false }),
        // A one-shot service that has done its work is no failure.
        "exited" if container.exit_code == 0 && container.restart_policy.name == "no" => {
            Some(Gate::Good { checked: false })
        }
        "exited" | "dead" => Some(bad(
            container,
            &format!("it ended with exit code {}", container.exit_code),
        )),
        // The engine is between two tries.
        _ if container.restart_count >= 3 => Some(bad(
            container,
            &format!(
                "it restarts again and again (exit code {})",
                container.exit_code
            ),
        )),
        _ => None,
    }
}

fn bad(container: &Container, why: &str) -> Gate {
    Gate::Bad {
        reason: format!("{}: {why}", container.name),
    }
}
