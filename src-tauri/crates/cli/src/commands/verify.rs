//! `verify`.

use lifeboat_core::api::{self, Verdict};
use lifeboat_core::error::Error;
use lifeboat_core::{Code, Lifeboat};
use serde::Serialize;

use super::backups::{database_remarks, summary, table};
use super::list;
use crate::arguments;
use crate::exit::Exit;
use crate::output::{Answer, json, text};
use crate::session::Session;

/// Proves one backup or all again.
pub(super) async fn verify(
    arguments: arguments::Verify,
    session: &Session,
) -> Result<Answer, Error> {
    let lifeboat = session.connect().await?;
    if arguments.all {
        return verify_all(&lifeboat, &arguments.app, session).await;
    }
    let backup = lifeboat
        .verify(&arguments.app, &arguments.backup, &session.job())
        .await?;
    let mut page = summary(&backup, session.view());
    page.push_str(&list(
        "Databases",
        database_remarks(&backup.verification),
        session.view(),
    ));
    Ok(Answer::new(json::object("backup", &backup), page).exit(exit_of(&backup)))
}

/// Nothing but a sound backup is a success.
fn exit_of(backup: &api::Backup) -> Exit {
    match backup.verification.verdict {
        Verdict::Sound => Exit::Done,
        Verdict::NotChecked | Verdict::NotCheckable | Verdict::Damaged => Exit::CheckFailed,
    }
}

/// A backup that could not even be looked at.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export_to = "api.ts"))]
pub(crate) struct FailedVerification {
    /// The backup's id.
    id: String,
    /// Why.
    error: Error,
}

/// Proves all backups, newest first. One that fails does not keep the others from being looked at.
async fn verify_all(lifeboat: &Lifeboat, app: &str, session: &Session) -> Result<Answer, Error> {
    let listed = session.interruptible(lifeboat.backups(app)).await?;
    if listed.backups.is_empty() && listed.unreadable.is_empty() {
        return Err(Error::new(
            Code::BackupNotFound,
            format!(
                "{} has no backups that could be verified.",
                text::clean(app)
            ),
            format!("Take one: lifeboat backup {}", text::word(app)),
        ));
    }
    let mut verified = Vec::new();
    let mut failures = Vec::new();
    for backup in &listed.backups {
        if session.is_cancelled() {
            return Err(Error::cancelled());
        }
        session
            .progress()
            .say(&format!("Verifying {}…", text::clean(&backup.id)));
        match lifeboat.verify(app, &backup.id, &session.job()).await {
            Ok(backup) => verified.push(backup),
            Err(error) if error.code == Code::Cancelled => return Err(error),
            Err(error) => failures.push(FailedVerification {
                id: backup.id.clone(),
                error,
            }),
        }
    }
    Ok(answer(&listed, &verified, &failures, session))
}

fn answer(
    listed: &api::BackupList,
    verified: &[api::Backup],
    failures: &[FailedVerification],
    session: &Session,
) -> Answer {
    let mut object = json::object("app", &listed.app);
    json::insert(&mut object, "backups", &verified);
    json::insert(&mut object, "unreadable", &listed.unreadable);
    json::insert(&mut object, "failed", &failures);
    let unsound = verified
        .iter()
        .filter(|backup| exit_of(backup) != Exit::Done)
        .count();
    let reasons = verified.iter().filter_map(|backup| {
        let found = &backup.verification;
        found
            .reason
            .as_deref()
            .filter(|_| found.verdict != Verdict::Sound)
            .map(|reason| {
                let of = text::verdict_and_reason(found.verdict, Some(reason));
                format!("{}: {of}", text::clean(&backup.id))
            })
    });
    let unreadable = listed.unreadable.iter().map(|(id, reason)| {
        format!(
            "{} is no readable backup: {}",
            text::clean(id),
            text::clean(reason)
        )
    });
    let not_done = failures.iter().map(|failure| {
        let (id, message) = (
            text::clean(&failure.id),
            text::clean(&failure.error.message),
        );
        format!("{id} could not be verified: {message}")
    });
    let exit = if unsound > 0 || !listed.unreadable.is_empty() {
        Exit::CheckFailed
    } else {
        failures
            .first()
            .map_or(Exit::Done, |failure| Exit::of_error(&failure.error))
    };
    let sound = verified.len() - unsound;
    let all = listed.backups.len() + listed.unreadable.len();
    Answer::new(object, table(verified, session.view()))
        .say(format!("{sound} of {all} sound."))
        .warn_all(reasons.chain(unreadable).chain(not_done))
        .exit(exit)
}

#[cfg(test)]
mod tests {
    use lifeboat_core::api::Verdict;

    use super::super::samples::backup;
    use super::exit_of;
    use crate::exit::Exit;

    #[test]
    fn only_sound_is_a_success() {
        for (verdict, exit) in [
            (Verdict::Sound, Exit::Done),
            (Verdict::NotChecked, Exit::CheckFailed),
            (Verdict::NotCheckable, Exit::CheckFailed),
            (Verdict::Damaged, Exit::CheckFailed),
        ] {
            assert_eq!(exit_of(&backup(verdict, None)), exit, "{verdict:?}");
        }
    }
}
