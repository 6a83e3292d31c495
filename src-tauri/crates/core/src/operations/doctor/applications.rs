//! What doctor looks at of each application: its vault, its protection, its volumes.

use super::{failed, ok, warning};
use crate::api::{App, DoctorCheck, ProtectionState, ProtectionSummary, VaultSummary};
use crate::lifeboat::Lifeboat;
use crate::operations::vault::vault_volume;
use crate::shell;

/// Less than this free on the engine's disk is worth a warning.
const LOW_SPACE_BYTES: u64 = 1 << 30;

/// Looks at all of them.
pub(super) async fn look(lifeboat: &Lifeboat, checks: &mut Vec<DoctorCheck>) {
    let title = "Applications";
    let list = match lifeboat.apps().await {
        Ok(list) => list,
        Err(error) => {
            checks.push(failed("applications", title, &error));
            return;
        }
    };
    let with_database = list
        .apps
        .iter()
        .filter(|app| !app.databases.is_empty())
        .count();
    checks.push(if with_database == 0 {
        warning(
            "applications",
            title.to_owned(),
            "No application with a SQLite database in a volume was found.".to_owned(),
            "Start your application, then look again.",
            "lifeboat apps".to_owned(),
        )
    } else {
        ok(
            "applications",
            title,
            format!("{with_database} with a SQLite database."),
        )
    });
    for app in &list.apps {
        checks.extend(of_app(app));
    }
    for finding in list
        .apps
        .iter()
        .flat_map(|app| &app.findings)
        .chain(&list.findings)
    {
        checks.push(DoctorCheck {
            id: finding.code.clone(),
            title: finding
                .volume
                .clone()
                .unwrap_or_else(|| "Volume".to_owned()),
            status: "warning".to_owned(),
            message: finding.message.clone(),
            advice: None,
            command: None,
        });
    }
}

fn of_app(app: &App) -> Vec<DoctorCheck> {
    let mut checks = Vec::new();
    if let Some(problem) = &app.vault_problem {
        checks.push(warning(
            "vault",
            format!("Vault of {}", app.name),
            problem.clone(),
            "Until it can be looked into, nothing is known of its backups. Look again, with details.",
            format!("lifeboat backups {} -v", shell::word(&app.name)),
        ));
    }
    if let Some(vault) = &app.vault {
        checks.extend(of_vault(app, vault));
    }
    if let Some(protection) = &app.protection {
        checks.extend(of_protection(app, protection));
    }
    checks
}

fn of_vault(app: &App, vault: &VaultSummary) -> Vec<DoctorCheck> {
    let name = shell::word(&app.name);
    let mut checks = Vec::new();
    if vault.unfinished {
        checks.push(DoctorCheck {
            id: "unfinished".to_owned(),
            title: format!("Unfinished job of {}", app.name),
            status: "failed".to_owned(),
            message: format!("A restore of {} was interrupted.", app.name),
            advice: Some("End it: everything needed for that is in the vault.".to_owned()),
            command: Some(format!("lifeboat recover {name}")),
        });
    }
    if vault.free_bytes < LOW_SPACE_BYTES {
        checks.push(warning(
            "space",
            format!("Space for {}", vault_volume(&app.name)),
            format!("Only {} MiB are free on its disk.", vault.free_bytes >> 20),
            "Free space on the engine's disk, or delete old backups.",
            format!("lifeboat backups {name}"),
        ));
    }
    checks
}

/// Protection that was switched on and does not do its work.
fn of_protection(app: &App, protection: &ProtectionSummary) -> Option<DoctorCheck> {
    let name = shell::word(&app.name);
    let put_right = format!("lifeboat guard on {name}");
    let ask = format!("lifeboat guard status {name}");
    let (message, advice, command) = match protection.state {
        ProtectionState::Off => return None,
        ProtectionState::Gone => ("Its guardian was removed.", PUT_RIGHT, put_right),
        ProtectionState::Stopped => ("Its guardian does not run.", PUT_RIGHT, put_right),
        ProtectionState::Silent => ("Its guardian runs and says nothing.", PUT_RIGHT, put_right),
        ProtectionState::Refusing => (
            "Its guardian will not touch what it finds.",
            PUT_RIGHT,
            put_right,
        ),
        ProtectionState::Outdated => ("Its guardian is of an older version.", PUT_RIGHT, put_right),
        ProtectionState::SwitchedOff => (
            "Its settings say that no backups are taken.",
            "Look where that comes from, and change it.",
            format!("lifeboat settings {name}"),
        ),
        ProtectionState::HeldUp => (
            "A backup is due and cannot be taken yet.",
            "See what it waits for.",
            ask,
        ),
        _ if !protection.unprotected.is_empty() => (
            "It has a volume with a database that is in no backup of its guardian.",
            "Take it into the protection.",
            put_right,
        ),
        _ if protection.failures > 0 => ("Its backups fail.", "See why.", ask),
        ProtectionState::Starting | ProtectionState::Waiting | ProtectionState::Working => {
            return None;
        }
    };
    Some(warning(
        "protection",
        format!("Protection of {}", app.name),
        message.to_owned(),
        advice,
        command,
    ))
}

const PUT_RIGHT: &str = "Put it right.";
