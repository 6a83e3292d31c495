//! Doctor: everything that could be in the way, looked at in order, each with what mends it.

use super::protection::{Refusal, refusals};
use super::vault::vault_volume;
use crate::api::{DoctorCheck, DoctorReport};
use crate::engine::{Environment, SessionSpec};
use crate::error::Error;
use crate::lifeboat::{Lifeboat, Options};
use crate::logs;
use crate::shell;

/// Less than this free on the engine's disk is worth a warning.
const LOW_SPACE_BYTES: u64 = 1 << 30;

/// Looks. What fails is in the report.
pub async fn doctor(options: &Options) -> DoctorReport {
    let mut checks = Vec::new();
    let mut endpoint = None;
    match Lifeboat::connect(options.clone()).await {
        Ok(lifeboat) => {
            let engine = lifeboat.engine();
            endpoint = Some(engine.endpoint.clone());
            checks.push(ok(
                "engine",
                "Container engine",
                format!(
                    "{} {} answers at {} (API {}, chosen by {}).",
                    engine.operating_system,
                    engine.version,
                    engine.endpoint,
                    engine.api_version,
                    engine.origin
                ),
            ));
            helper(&lifeboat, &mut checks).await;
            applications(&lifeboat, &mut checks).await;
            checks.extend(refusals(&lifeboat).into_iter().map(webhook));
        }
        Err(error) => checks.push(failed("engine", "Container engine", &error)),
    }
    let directory = logs::default_log_directory();
    checks.push(log_check(directory.as_deref()));
    DoctorReport {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        checks,
        log_directory: directory
            .map(|path| path.display().to_string())
            .unwrap_or_default(),
        other_engines: Environment::from_process().other_sockets(&endpoint.unwrap_or_default()),
    }
}

async fn helper(lifeboat: &Lifeboat, checks: &mut Vec<DoctorCheck>) {
    let title = "Helper";
    let spec = SessionSpec {
        purpose: "doctor".to_owned(),
        ..SessionSpec::default()
    };
    match lifeboat.engine_handle().open_session(spec).await {
        Ok(session) => {
            let (version, sqlite) = (
                session.helper_version().to_owned(),
                session.sqlite_version().to_owned(),
            );
            session.close_quietly().await;
            checks.push(ok(
                "helper",
                title,
                format!("Loaded and running: version {version}, SQLite {sqlite}."),
            ));
        }
        Err(error) => checks.push(failed("helper", title, &error)),
    }
}

async fn applications(lifeboat: &Lifeboat, checks: &mut Vec<DoctorCheck>) {
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
        DoctorCheck {
            id: "applications".to_owned(),
            title: title.to_owned(),
            status: "warning".to_owned(),
            message: "No application with a SQLite database in a volume was found.".to_owned(),
            advice: Some("Start your application, then look again.".to_owned()),
            command: Some("lifeboat apps".to_owned()),
        }
    } else {
        ok(
            "applications",
            title,
            format!("{with_database} with a SQLite database."),
        )
    });
    for app in &list.apps {
        let Some(vault) = &app.vault else { continue };
        if vault.unfinished {
            checks.push(DoctorCheck {
                id: "unfinished".to_owned(),
                title: format!("Unfinished job of {}", app.name),
                status: "failed".to_owned(),
                message: format!("A restore of {} was interrupted.", app.name),
                advice: Some("End it: everything needed for that is in the vault.".to_owned()),
                command: Some(format!("lifeboat recover {}", shell::word(&app.name))),
            });
        }
        if vault.free_bytes < LOW_SPACE_BYTES {
            checks.push(DoctorCheck {
                id: "space".to_owned(),
                title: format!("Space for {}", vault_volume(&app.name)),
                status: "warning".to_owned(),
                message: format!("Only {} MiB are free on its disk.", vault.free_bytes >> 20),
                advice: Some("Free space on the engine's disk, or delete old backups.".to_owned()),
                command: Some(format!("lifeboat backups {}", shell::word(&app.name))),
            });
        }
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

/// A webhook that does not take what is sent from this machine.
fn webhook((app, refusal, waiting): (String, Refusal, usize)) -> DoctorCheck {
    let kept = match waiting {
        0 => String::new(),
        1 => " One is kept, and sent as soon as that works.".to_owned(),
        number => format!(" {number} are kept, and sent as soon as that works."),
    };
    DoctorCheck {
        id: "notices".to_owned(),
        title: format!("Notices of {app}"),
        status: "warning".to_owned(),
        message: format!(
            "Since {} nothing could be sent to {}: {}.{kept}",
            refusal.since.strftime("%Y-%m-%d %H:%M UTC"),
            refusal.webhook,
            refusal.reason
        ),
        advice: Some("Look whether its address is right and its server answers.".to_owned()),
        command: Some(format!(
            "lifeboat settings {} NOTICE_WEBHOOK=ADDRESS",
            shell::word(&app)
        )),
    }
}

fn ok(id: &str, title: &str, message: String) -> DoctorCheck {
    DoctorCheck {
        id: id.to_owned(),
        title: title.to_owned(),
        status: "ok".to_owned(),
        message,
        advice: None,
        command: None,
    }
}

fn failed(id: &str, title: &str, error: &Error) -> DoctorCheck {
    DoctorCheck {
        id: id.to_owned(),
        title: title.to_owned(),
        status: "failed".to_owned(),
        message: error.message.clone(),
        advice: Some(error.advice.clone()),
        command: None,
    }
}

fn log_check(directory: Option<&std::path::Path>) -> DoctorCheck {
    let writable = directory.filter(|directory| {
        std::fs::create_dir_all(directory).is_ok()
            && std::fs::metadata(directory).is_ok_and(|data| !data.permissions().readonly())
    });
    if let Some(directory) = writable {
        ok("logs", "Logs", format!("In {}.", directory.display()))
    } else {
        DoctorCheck {
            id: "logs".to_owned(),
            title: "Logs".to_owned(),
            status: "warning".to_owned(),
            message: match directory {
                Some(directory) => format!("{} cannot be written.", directory.display()),
                None => "This user has no home to keep logs in.".to_owned(),
            },
            advice: Some("Check its owner; everything else works without logs.".to_owned()),
            command: None,
        }
    }
}
