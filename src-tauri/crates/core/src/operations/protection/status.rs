//! Whether an application is protected, in a word and a sentence.

use std::time::Duration;

use jiff::Timestamp;
use lifeboat_store::guard::{GuardState, GuardStatus, LastFailure};
use lifeboat_store::protocol::{Answer, GuardReport, Request};

use super::growth;
use crate::api::{App, Protection, ProtectionState, ProtectionSummary};
use crate::engine::GuardianContainer;
use crate::error::Error;
use crate::lifeboat::Lifeboat;
use crate::operations::failure::error_of;
use crate::operations::vault::{Needs, OpenedVault, unexpected};
use crate::shell;

/// A guardian that has said nothing for so many of its looks does not live.
const SILENT_LOOKS: u64 = 4;

/// How long a guardian that was just started may take until it speaks.
const FIRST_WORD: Duration = Duration::from_secs(15);

/// How often it is looked whether it has.
const FIRST_WORD_PAUSE: Duration = Duration::from_millis(250);

/// How an application is protected.
pub(crate) async fn protection(lifeboat: &Lifeboat, app: &str) -> Result<Protection, Error> {
    let engine = lifeboat.engine_handle();
    let container = engine.guardian(app).await?;
    if lifeboat.require_vault(app).await.is_err() {
        // Tells apart an application without backups and none at all.
        crate::operations::resolve::resolve(engine, app).await?;
        return Ok(judge(app, None, None, Timestamp::now()));
    }
    let report = read(lifeboat, app).await?;
    let now = engine.now().await?;
    let mut protection = judge(app, Some(&report), container.as_ref(), now);
    if let Some(spec) = &report.spec {
        protection.unprotected = growth::left_out(engine, app, spec).await?;
    }
    if !protection.unprotected.is_empty() && protection.advice.is_none() {
        protection.advice = Some(put_right(app));
    }
    Ok(protection)
}

/// The same for a guardian that was just started: its first word is waited for.
pub(super) async fn once_it_speaks(lifeboat: &Lifeboat, app: &str) -> Result<Protection, Error> {
    let begun = tokio::time::Instant::now();
    loop {
        let found = protection(lifeboat, app).await?;
        if found.state != ProtectionState::Starting || begun.elapsed() > FIRST_WORD {
            return Ok(found);
        }
        tokio::time::sleep(FIRST_WORD_PAUSE).await;
    }
}

/// What the vault says of it, read in a session of its own.
pub(super) async fn read(lifeboat: &Lifeboat, app: &str) -> Result<GuardReport, Error> {
    let needs = Needs {
        purpose: "guard",
        ..Needs::default()
    };
    let mut vault = lifeboat.open_vault_for_recovery(app, &needs).await?;
    let report = report(&mut vault).await;
    vault.close().await;
    report
}

/// What the vault says of its guardian.
pub(crate) async fn report(vault: &mut OpenedVault) -> Result<GuardReport, Error> {
    match vault.ask_quietly(Request::ReadGuard).await {
        Ok(Answer::Guard(report)) => Ok(*report),
        Ok(_) => Err(unexpected()),
        Err(failure) => Err(error_of("The protection could not be looked at", failure)),
    }
}

/// What a listing says; without a vault there is no report, and no protection.
pub(crate) fn summary(
    app: &App,
    report: Option<&GuardReport>,
    guardian: Option<&GuardianContainer>,
    now: Timestamp,
) -> ProtectionSummary {
    let found = judge(&app.name, report, guardian, now);
    let spec = report.and_then(|report| report.spec.as_ref());
    ProtectionSummary {
        state: found.state,
        next: found.next,
        failures: found.failures,
        unprotected: spec.map_or_else(Vec::new, |spec| growth::left_out_among(&app.volumes, spec)),
    }
}

/// From what the vault says and what the engine says.
pub(super) fn judge(
    app: &str,
    report: Option<&GuardReport>,
    container: Option<&GuardianContainer>,
    now: Timestamp,
) -> Protection {
    let spec = report.and_then(|report| report.spec.as_ref());
    let status = report.and_then(|report| report.status.as_ref());
    let (state, message) = match (spec, container, status) {
        (None, _, _) => (
            ProtectionState::Off,
            "No backups are taken by themselves.".to_owned(),
        ),
        (Some(_), None, _) => (
            ProtectionState::Gone,
            "Its guardian was removed: no backups are taken.".to_owned(),
        ),
        (Some(_), Some(container), _) if !container.runs() => (
            ProtectionState::Stopped,
            format!("Its guardian is {}: no backups are taken.", container.state),
        ),
        (Some(_), Some(_), None) => (
            ProtectionState::Starting,
            "Its guardian is starting.".to_owned(),
        ),
        (Some(spec), Some(container), Some(status)) => {
            if status.started_at < spec.protected_since && status.clock.at < spec.protected_since {
                (
                    ProtectionState::Starting,
                    "Its guardian is starting.".to_owned(),
                )
            } else {
                alive(status, container, now)
            }
        }
    };
    let needs_hand = matches!(
        state,
        ProtectionState::Gone
            | ProtectionState::Stopped
            | ProtectionState::Silent
            | ProtectionState::Outdated
            | ProtectionState::Refusing
    );
    let failure = status.and_then(|status| status.last_failure.as_ref());
    Protection {
        app: app.to_owned(),
        state,
        message,
        advice: needs_hand.then(|| put_right(app)),
        protected_since: spec.map(|spec| spec.protected_since),
        next: status
            .filter(|_| spec.is_some() && !needs_hand)
            .and_then(|status| status.next.clone()),
        last_success: status.and_then(|status| status.last_success.clone()),
        last_failure: failure.map(|failure| failure.message.clone()),
        failures: failure.map_or(0, |failure| failure.count),
        last_rotation: status.and_then(|status| status.last_rotation.clone()),
        settings_problem: status.and_then(|status| status.settings_problem.clone()),
        heartbeat_at: status.map(|status| status.clock.at),
        container: container.map(|container| container.name.clone()),
        version: container.map(|container| container.version.clone()),
        unprotected: Vec::new(),
    }
}

fn put_right(app: &str) -> String {
    format!("Put it right: lifeboat guard on {}", shell::word(app))
}

fn alive(
    status: &GuardStatus,
    container: &GuardianContainer,
    now: Timestamp,
) -> (ProtectionState, String) {
    let silent_ms = now.duration_since(status.clock.at).as_millis();
    let allowed_ms = i128::from(status.look_every_ms.max(1000) * SILENT_LOOKS);
    if silent_ms > allowed_ms {
        return (
            ProtectionState::Silent,
            "Its guardian runs and says nothing: nobody knows whether backups are taken."
                .to_owned(),
        );
    }
    match &status.state {
        GuardState::Refusing { reason } => (ProtectionState::Refusing, reason.clone()),
        _ if is_older(&container.version, crate::VERSION) => (
            ProtectionState::Outdated,
            format!(
                "Its guardian is of version {}, and this is {}.",
                container.version,
                crate::VERSION
            ),
        ),
        GuardState::Waiting => match &status.last_failure {
            Some(failure) => (ProtectionState::Waiting, failed(failure)),
            None => (
                ProtectionState::Waiting,
                "Backups are taken by themselves.".to_owned(),
            ),
        },
        GuardState::Working { .. } => (
            ProtectionState::Working,
            "A backup is being taken.".to_owned(),
        ),
        GuardState::HeldUp { reason } => (ProtectionState::HeldUp, reason.clone()),
        GuardState::SwitchedOff => (
            ProtectionState::SwitchedOff,
            "Its guardian is there, and the settings say that it takes no backups.".to_owned(),
        ),
        GuardState::Ended => (
            ProtectionState::Starting,
            "Its guardian is starting.".to_owned(),
        ),
    }
}

fn failed(failure: &LastFailure) -> String {
    let times = match failure.count {
        0 | 1 => "The last backup".to_owned(),
        count => format!("The last {count} backups"),
    };
    format!(
        "{times} failed: {}. It is tried again by itself; older backups are as they were.",
        failure.message.trim_end_matches('.')
    )
}

/// Versions by their numbers; what is no version is not older.
pub(super) fn is_older(one: &str, other: &str) -> bool {
    let numbers = |text: &str| -> Option<Vec<u64>> {
        let plain = text.split(['-', '+']).next()?;
        plain.split('.').map(|part| part.parse().ok()).collect()
    };
    match (numbers(one), numbers(other)) {
        (Some(one), Some(other)) => one < other,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_older;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        assert!(is_older("0.9.0", "0.10.0"));
        assert!(!is_older("0.10.0", "0.10.0"));
        assert!(
            !is_older("1.0.0", "0.10.0"),
            "a newer guardian is left as it is"
        );
        assert!(!is_older("", "0.1.0"));
    }
}
