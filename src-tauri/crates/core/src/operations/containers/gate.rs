//! The health gate: did the application come up?

use std::time::Duration;

use tokio::time::Instant;

use super::patience::Patience;
use super::rules::{HealthRules, Probe};
use super::{Replacement, StoppedContainer, others, start_again};
use crate::engine::{Container, Engine};
use crate::error::Error;
use crate::settings;

/// How often containers are looked at while they come up.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// How often a probe is asked while its answer is not good.
const ASK_EVERY: Duration = Duration::from_secs(1);

/// A release that migrated and then began to listen is called sick until its next health check. The
/// engine's own pause between two is half a minute.
const AFTER_MIGRATION: Duration = Duration::from_secs(40);

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
/// never had. With `patience`, one that visibly migrates its database is given more time.
pub(in crate::operations) async fn judge(
    engine: &Engine,
    rules: &HealthRules,
    started: &[String],
    before: &[StoppedContainer],
    mut patience: Option<&mut Patience<'_>>,
) -> Result<Gate, Error> {
    let mut checked = false;
    for id in started {
        let known = before.iter().find(|container| container.id == *id);
        let watch = Watch {
            engine,
            id,
            limit: rules.deadline(),
            was_unhealthy: known.is_some_and(|known| known.was_unhealthy),
            listened_on: known.map_or(&[][..], |known| &known.listened_on),
        };
        match watch.wait(patience.as_deref_mut()).await? {
            Gate::Good { checked: by_health } => checked |= by_health,
            bad @ Gate::Bad { .. } => return Ok(bad),
        }
    }
    // Of an application that was not running there is nobody to ask.
    let probes = if started.is_empty() {
        &[]
    } else {
        rules.probes()
    };
    for probe in probes {
        if let Err(why) = wait_for(engine, probe, rules.deadline(), patience.as_deref_mut()).await?
        {
            let reason = format!("{}: {probe} is not answered well ({why})", probe.container);
            return Ok(Gate::Bad { reason });
        }
        checked = true;
    }
    Ok(Gate::Good { checked })
}

/// Asks until the answer is good, the container ends, or the time is up.
async fn wait_for(
    engine: &Engine,
    probe: &Probe,
    limit: Duration,
    mut patience: Option<&mut Patience<'_>>,
) -> Result<Result<(), String>, Error> {
    let mut deadline = Instant::now() + limit;
    loop {
        let Some(container) = engine.container(&probe.container).await? else {
            return Ok(Err("its container was removed".to_owned()));
        };
        let Err(why) = probe.ask(engine, &container.id).await else {
            return Ok(Ok(()));
        };
        let is_over = matches!(container.state.as_str(), "exited" | "dead");
        if !is_over && Instant::now() < deadline {
            tokio::time::sleep(ASK_EVERY).await;
            continue;
        }
        let more = match patience.as_deref_mut() {
            Some(patience) if !is_over => patience.is_migrating(&container.id).await,
            _ => false,
        };
        if !more {
            return Ok(Err(why));
        }
        deadline = Instant::now() + limit;
    }
}

/// For a recovery that has nothing to decide any more: who was running runs, whatever stopped it
/// meanwhile (an engine that dies takes its containers along), and is looked at.
pub(in crate::operations) async fn bring_up(
    engine: &Engine,
    rules: &HealthRules,
    containers: &[StoppedContainer],
    replacements: &[Replacement],
) -> Gate {
    let outcome = async {
        let everyone = others(engine, containers, replacements).await?;
        let everyone = everyone.unwrap_or_else(|| containers.to_vec());
        let started = start_again(engine, &everyone).await?;
        judge(engine, rules, &started, &everyone, None).await
    };
    outcome.await.unwrap_or_else(|error: Error| Gate::Bad {
        reason: error.message.trim_end_matches('.').to_owned(),
    })
}

/// One container, watched while it comes up.
struct Watch<'a> {
    engine: &'a Engine,
    id: &'a str,
    limit: Duration,
    was_unhealthy: bool,
    listened_on: &'a [u16],
}

impl Watch<'_> {
    async fn wait(&self, mut patience: Option<&mut Patience<'_>>) -> Result<Gate, Error> {
        let mut stable_since = Instant::now();
        let mut restarts = None;
        let mut deadline = Instant::now() + self.limit;
        let mut migrated_until = None;
        loop {
            let Some(container) = self.engine.container(self.id).await? else {
                return Ok(Gate::Bad {
                    reason: "its container was removed".to_owned(),
                });
            };
            if restarts != Some(container.restart_count) {
                restarts = Some(container.restart_count);
                stable_since = Instant::now();
            }
            let stable = stable_since.elapsed() >= Duration::from_secs(settings::STABLE_SECONDS);
            let mut gate = verdict(&container, stable, self.was_unhealthy);
            if gate == Some(Gate::Good { checked: false }) && !self.serves(&container).await {
                gate = None;
            }
            if gate.is_none() && Instant::now() >= deadline {
                gate = Some(bad(&container, "it did not become healthy in time"));
            }
            match gate {
                Some(Gate::Bad { .. }) if container.state == "running" => {
                    let more = match patience.as_deref_mut() {
                        Some(patience) => patience.is_migrating(self.id).await,
                        None => false,
                    };
                    if more {
                        deadline = Instant::now() + self.limit;
                        migrated_until = Some(Instant::now());
                    } else if migrated_until.is_some_and(|at| at.elapsed() < AFTER_MIGRATION) {
                        tokio::time::sleep(LOOK_EVERY).await;
                    } else {
                        return Ok(gate.unwrap_or(Gate::Good { checked: false }));
                    }
                }
                Some(gate) => return Ok(gate),
                None => tokio::time::sleep(LOOK_EVERY).await,
            }
        }
    }

    /// Without a health check, a service has to listen where it listened before. That the engine's
    /// proxy accepts connections says nothing: only the container's own sockets do.
    async fn serves(&self, container: &Container) -> bool {
        if self.listened_on.is_empty() || container.state != "running" {
            return true;
        }
        match self.engine.listening_ports(self.id).await {
            Ok(ports) => self.listened_on.iter().any(|port| ports.contains(port)),
            Err(error) => {
                tracing::warn!(?error, "the sockets of a container could not be listed");
                true
            }
        }
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
