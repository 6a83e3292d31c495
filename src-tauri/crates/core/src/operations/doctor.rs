//! Doctor: everything that could be in the way, looked at in order, each with what mends it.

mod applications;

use super::protection::{Refusal, refusals};
use crate::api::{DoctorCheck, DoctorReport};
use crate::engine::{Environment, SessionSpec};
use crate::error::Error;
use crate::lifeboat::{Lifeboat, Options};
use crate::logs;
use crate::shell;

/// What mends an engine, as far as one command does. Advice names it where it is the right one.
const ENGINE_COMMANDS: [&str; 2] = [
    "sudo systemctl start docker",
    "sudo usermod -aG docker $USER",
];

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
            applications::look(&lifeboat, &mut checks).await;
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
        command: ENGINE_COMMANDS
            .iter()
            .find(|command| error.advice.contains(**command))
            .map(|command| (*command).to_owned()),
    }
}

fn warning(id: &str, title: String, message: String, advice: &str, command: String) -> DoctorCheck {
    DoctorCheck {
        id: id.to_owned(),
        title,
        status: "warning".to_owned(),
        message,
        advice: Some(advice.to_owned()),
        command: Some(command),
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
