//! What an application is judged by when it comes up, as it was chosen when the job began.

use lifeboat_store::manifest::Finding;
use lifeboat_store::settings::{LostTables, ProbeAddress, Settings};
use serde::{Deserialize, Serialize};

use crate::engine::{Container, Engine};
use crate::operations::discover;

/// Statuses of somebody who serves.
const GOOD: std::ops::RangeInclusive<u16> = 200..=399;

/// The rules. They are in the logbook, so that a recovery judges by the same.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::operations) struct HealthRules {
    /// So many seconds it has to come up.
    deadline_seconds: u32,
    /// Where it answered well before it was stopped, and has to again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    probes: Vec<Probe>,
    /// What becomes of a release that drops or empties tables.
    #[serde(default)]
    pub(in crate::operations) lost_tables: LostTables,
}

/// A web address inside a container's network.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Probe {
    /// The container's name, which its replacement has, too.
    pub(super) container: String,
    port: u16,
    path: String,
}

impl Default for HealthRules {
    fn default() -> Self {
        Self {
            deadline_seconds: Settings::default().health_deadline_seconds,
            probes: Vec::new(),
            lost_tables: LostTables::RollBack,
        }
    }
}

impl HealthRules {
    /// The rules that these settings come to. A probe that does not answer well now is none to judge
    /// by; the finding says so.
    pub(in crate::operations) async fn of(
        engine: &Engine,
        settings: &Settings,
        containers: &[Container],
    ) -> (Self, Vec<Finding>) {
        let mut rules = Self {
            deadline_seconds: settings.health_deadline_seconds,
            probes: Vec::new(),
            lost_tables: settings.lost_tables,
        };
        let mut findings = Vec::new();
        for address in &settings.health_probes {
            let outcome = match meant(address, containers) {
                Some(container) if container.is_active() => {
                    let probe = Probe {
                        container: container.name.clone(),
                        port: address.port,
                        path: address.path.clone(),
                    };
                    probe.ask(engine, &container.id).await.map(|()| probe)
                }
                // It is not started again, either.
                Some(_) => continue,
                None => Err(format!("there is no service {}", address.host)),
            };
            match outcome {
                Ok(probe) => rules.probes.push(probe),
                Err(why) => findings.push(silent(address, &why)),
            }
        }
        (rules, findings)
    }

    pub(super) fn deadline(&self) -> std::time::Duration {
        std::time::Duration::from_secs(self.deadline_seconds.into())
    }

    pub(super) fn probes(&self) -> &[Probe] {
        &self.probes
    }
}

/// The container of a compose service, or of that name.
fn meant<'a>(address: &ProbeAddress, containers: &'a [Container]) -> Option<&'a Container> {
    let is_meant = |container: &&Container| {
        container.name == address.host || discover::service_name(container) == address.host
    };
    containers.iter().find(is_meant)
}

fn silent(address: &ProbeAddress, why: &str) -> Finding {
    Finding {
        code: "health-probe-silent".to_owned(),
        volume: None,
        path: None,
        message: format!(
            "The probe {address} did not answer well before the stop ({why}), so the application is \
             not judged by it."
        ),
    }
}

impl Probe {
    /// Asks once; the failure says what is wrong with the answer.
    pub(super) async fn ask(&self, engine: &Engine, id: &str) -> Result<(), String> {
        match engine.probe(id, self.port, &self.path).await {
            Ok(Ok(status)) if GOOD.contains(&status) => Ok(()),
            Ok(Ok(status)) => Err(format!("status {status}")),
            Ok(Err(why)) => Err(why),
            Err(error) => Err(error.message.trim_end_matches('.').to_owned()),
        }
    }
}

impl std::fmt::Display for Probe {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "port {}{}", self.port, self.path)
    }
}
