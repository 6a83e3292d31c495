//! `guard`, `settings`, `prune`: protection that goes on by itself.

use lifeboat_core::api::{
    NextRun, Protection, ProtectionState, PruneReport, RunReason, Setting, SettingOrigin,
    SettingsReport,
};
use lifeboat_core::error::{Code, Error};
use lifeboat_core::lifeboat::Actor;
use lifeboat_core::notice::{Notice, NoticeState};

use crate::arguments::{self, GuardWord};
use crate::confirm::{Question, confirm};
use crate::exit::Exit;
use crate::output::progress::stderr_line;
use crate::output::table::{Table, Tone, facts, plain};
use crate::output::{Answer, Output, View, failure, json, text, to_stdout};
use crate::session::Session;

/// Switches protection on or off, or says how it stands.
pub(super) async fn guard(arguments: arguments::Guard, session: &Session) -> Result<Answer, Error> {
    let lifeboat = session.connect().await?;
    let app = &arguments.app;
    let protection = match arguments.what {
        GuardWord::On => lifeboat.guard_on(app, &session.job()).await?,
        GuardWord::Off => lifeboat.guard_off(app, &session.job()).await?,
        GuardWord::Status => session.interruptible(lifeboat.protection(app)).await?,
    };
    let exit = match protection.state {
        ProtectionState::Gone
        | ProtectionState::Stopped
        | ProtectionState::Silent
        | ProtectionState::Refusing => Exit::NeedsAttention,
        // A database without protection is as bad as none.
        _ if !protection.unprotected.is_empty() => Exit::NeedsAttention,
        _ => Exit::Done,
    };
    let text = describe(&protection, session.view());
    let answer = Answer::new(json::object("protection", &protection), text).exit(exit);
    Ok(match arguments.what {
        GuardWord::Off => answer.say(
            "The backups stay. `docker compose down -v` can remove the application's volumes again."
                .to_owned(),
        ),
        _ => answer,
    })
}

fn describe(protection: &Protection, view: View) -> String {
    let leaves_out = !protection.unprotected.is_empty();
    let (word, tone) = in_words(protection.state, protection.failures, leaves_out);
    let title = format!("{}: {word}", text::clean(&protection.app));
    let mut lines = vec![("", text::clean(&protection.message))];
    if let Some(advice) = &protection.advice {
        lines.push(("", text::clean(advice)));
    }
    if leaves_out {
        lines.push(("Not protected yet", names_of(&protection.unprotected)));
    }
    if let Some(next) = &protection.next {
        lines.push(("Next backup", next_in_words(next)));
    }
    if let Some(last) = &protection.last_success {
        lines.push((
            "Last backup",
            format!(
                "{} ({}, {})",
                text::exact_and_ago(last.at, view.now),
                text::clean(&last.id),
                text::verdict(last.verdict)
            ),
        ));
    }
    if let Some(failure) = &protection.last_failure {
        lines.push((
            "Failed since",
            format!("{}× – {}", protection.failures, text::clean(failure)),
        ));
    }
    if let Some(rotation) = &protection.last_rotation {
        let removed = match rotation.removed {
            0 => "nothing removed".to_owned(),
            number => format!(
                "{} removed",
                text::plural(number.into(), "backup", "backups")
            ),
        };
        lines.push((
            "Last rotation",
            format!("{}, {removed}", text::exact_and_ago(rotation.at, view.now)),
        ));
    }
    if let Some(problem) = &protection.settings_problem {
        lines.push(("Settings", text::clean(problem)));
    }
    if let Some(since) = protection.protected_since {
        lines.push(("Since", text::exact(since)));
    }
    format!("{}\n{}", view.look.paint(&title, tone), facts(&lines))
}

/// The storages that are left out, by their names.
pub(super) fn names_of(storages: &[String]) -> String {
    let names: Vec<String> = storages.iter().map(|one| text::clean(one)).collect();
    names.join(", ")
}

/// How an application is protected, in a few words: protected, at risk or unprotected, and why. A guardian
/// that works may leave out a storage with a database.
pub(super) fn in_words(
    state: ProtectionState,
    failures: u32,
    leaves_out: bool,
) -> (&'static str, Tone) {
    match state {
        ProtectionState::Off => ("unprotected", Tone::Doubtful),
        ProtectionState::Starting | ProtectionState::Waiting | ProtectionState::Working
            if failures > 0 =>
        {
            ("at risk: backups fail", Tone::Bad)
        }
        ProtectionState::Starting
        | ProtectionState::Waiting
        | ProtectionState::Working
        | ProtectionState::HeldUp
        | ProtectionState::Outdated
            if leaves_out =>
        {
            ("at risk: a database is left out", Tone::Bad)
        }
        ProtectionState::Starting | ProtectionState::Waiting | ProtectionState::Working => {
            ("protected", Tone::Good)
        }
        ProtectionState::HeldUp => ("protected, and has to wait", Tone::Doubtful),
        ProtectionState::Outdated => ("protected by an older version", Tone::Doubtful),
        ProtectionState::SwitchedOff => ("at risk: switched off in the settings", Tone::Doubtful),
        ProtectionState::Refusing => ("at risk: its guardian refuses", Tone::Bad),
        ProtectionState::Silent => ("at risk: no sign of life", Tone::Bad),
        ProtectionState::Stopped => ("at risk: its guardian is stopped", Tone::Bad),
        ProtectionState::Gone => ("at risk: its guardian is gone", Tone::Bad),
    }
}

fn next_in_words(next: &NextRun) -> String {
    let why = match &next.reason {
        RunReason::First => "the first",
        RunReason::StartUp => "protection starts",
        RunReason::Scheduled => "by the schedule",
        RunReason::Missed { .. } => "one was missed",
        RunReason::Again { .. } => "the last attempt failed",
        RunReason::ClockSetBack => "the clock was set back",
    };
    format!("{} ({why})", text::exact(next.at))
}

/// Watches until it is stopped.
pub(super) async fn watch(session: &Session) -> Result<Answer, Error> {
    let lifeboat = session.connect_as(Actor::Watch).await?;
    session.output.say("Watching. Ctrl-C ends it.");
    let output = session.output;
    let tell = move |notice: &Notice| tell(output, notice);
    lifeboat.watch(&session.job(), &tell).await?;
    Ok(Answer::new(serde_json::Map::new(), String::new()))
}

/// A notice is data: a line on standard output. Watching has no end, so programs get it as it comes.
fn tell(output: Output, notice: &Notice) {
    let line = if output.json {
        let mut event = json::object("event", &"notice");
        json::insert(&mut event, "notice", notice);
        json::line(event)
    } else {
        let tone = match notice.state {
            NoticeState::Problem | NoticeState::Happened => Tone::Bad,
            NoticeState::WellAgain => Tone::Good,
        };
        let when = output.look.paint(&text::exact(notice.at), tone);
        format!("{when} {}", text::clean(&notice.text()))
    };
    if let Err(error) = to_stdout(&format!("{line}\n")) {
        stderr_line(&failure::unwritten(&error, output.talk_look));
    }
}

/// Shows or changes settings.
pub(super) async fn settings(
    arguments: arguments::Settings,
    session: &Session,
) -> Result<Answer, Error> {
    let lifeboat = session.connect().await?;
    let mut changes = Vec::new();
    let mut shown = Vec::new();
    for word in &arguments.words {
        match word.split_once('=') {
            Some((key, "")) => changes.push((key.to_owned(), None)),
            Some((key, value)) => changes.push((key.to_owned(), Some(value.to_owned()))),
            None => shown.push(word.as_str()),
        }
    }
    let mut report = if changes.is_empty() {
        session
            .interruptible(lifeboat.settings(&arguments.app))
            .await?
    } else {
        lifeboat
            .change_settings(&arguments.app, &changes, &session.job())
            .await?
    };
    for name in &shown {
        if !report.values.iter().any(|setting| setting.key == *name) {
            return Err(Error::new(
                Code::InvalidInput,
                format!("There is no setting “{}”.", text::clean(name)),
                format!("`lifeboat settings {}` shows all of them.", arguments.app),
            ));
        }
    }
    if !shown.is_empty() {
        report
            .values
            .retain(|setting| shown.contains(&setting.key.as_str()));
    }
    let text = describe_settings(&report, !shown.is_empty(), session.view());
    Ok(Answer::new(json::object("settings", &report), text))
}

fn describe_settings(report: &SettingsReport, with_meaning: bool, view: View) -> String {
    let mut table = Table::new(view.look, &["Setting", "Value", "From"]);
    for setting in &report.values {
        table.row([
            plain(text::clean(&setting.key)),
            plain(shown_value(setting)),
            plain(origin_in_words(setting.origin)),
        ]);
    }
    let mut page = table.render();
    if with_meaning {
        for setting in &report.values {
            page.push_str(&format!(
                "\n{}: {} Allowed: {}. Default: {}.\n",
                setting.key,
                setting.meaning,
                setting.allowed,
                if setting.default.is_empty() {
                    "not set"
                } else {
                    &setting.default
                }
            ));
        }
    }
    for refused in &report.refused {
        let label = view.look.paint("Refused:", Tone::Bad);
        page.push_str(&format!(
            "{label} {} In force is {}.\n",
            text::clean(&refused.message),
            if refused.in_force.is_empty() {
                "nothing".to_owned()
            } else {
                text::clean(&refused.in_force)
            }
        ));
    }
    if report.pending {
        let label = view.look.paint("Not in force yet:", Tone::Doubtful);
        page.push_str(&format!(
            "{label} a job holds the vault; they come into force with the next look.\n"
        ));
    }
    page
}

fn shown_value(setting: &Setting) -> String {
    if setting.value.is_empty() {
        return "–".to_owned();
    }
    text::clean(&setting.value)
}

fn origin_in_words(origin: SettingOrigin) -> &'static str {
    match origin {
        SettingOrigin::Lifeboat => "Lifeboat",
        SettingOrigin::DotEnv => ".env",
        SettingOrigin::Environment => "container",
        SettingOrigin::LastGood => "last good value",
        SettingOrigin::Default => "default",
    }
}

/// Removes what the rules do not keep, or says what that would be.
pub(super) async fn prune(arguments: arguments::Prune, session: &Session) -> Result<Answer, Error> {
    let lifeboat = session.connect().await?;
    let app = &arguments.app;
    let preview = session
        .interruptible(lifeboat.prune(app, true, &session.job()))
        .await?;
    let goes = preview.decisions.iter().filter(|one| one.goes).count();
    if arguments.dry_run || goes == 0 {
        let text = describe_prune(&preview, session.view());
        return Ok(Answer::new(json::object("prune", &preview), text));
    }
    if session.shows_plans() {
        stderr_line(describe_prune(&preview, session.talk_view()).trim_end());
    }
    let what = backups(goes);
    let question = format!("Delete {what} of {} for good", text::clean(app));
    confirm(
        session,
        Question::YesOrNo {
            question: &question,
        },
    )
    .await?;
    let report = lifeboat.prune(app, false, &session.job()).await?;
    let text = format!(
        "{} removed, {} free again.\n",
        backups(report.removed.len()),
        text::size(report.freed_bytes)
    );
    Ok(Answer::new(json::object("prune", &report), text))
}

fn backups(number: usize) -> String {
    text::plural(number as u64, "backup", "backups")
}

fn describe_prune(report: &PruneReport, view: View) -> String {
    let mut table = Table::new(view.look, &["Backup", ">Size", "", "Why"]);
    for decision in &report.decisions {
        table.row([
            plain(text::clean(&decision.file_name)),
            plain(text::size(decision.stored_bytes)),
            if decision.goes {
                ("goes".to_owned(), Tone::Doubtful)
            } else {
                plain("stays")
            },
            plain(decision.reasons.join(" ")),
        ]);
    }
    let mut page = table.render();
    if let Some(why) = &report.suspended {
        let label = view.look.paint("Nothing goes:", Tone::Doubtful);
        page.push_str(&format!("{label} {}\n", text::clean(why)));
    } else if !report.decisions.iter().any(|one| one.goes) {
        page.push_str("Nothing goes.\n");
    }
    page
}
