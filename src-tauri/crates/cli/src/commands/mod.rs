//! The commands: each asks core and turns what comes back into an answer. Nothing is printed here.

mod apps;
mod audit;
mod backups;
mod compare;
mod demo;
mod doctor;
mod health;
mod leave;
mod manual;
mod protection;
mod restore;
mod row_counts;
#[cfg(test)]
mod samples;
mod transfer;
mod update;
mod verify;

#[cfg(test)]
pub(crate) use verify::FailedVerification;

use lifeboat_core::api::{Finding, Verdict};
use lifeboat_core::error::Error;
use serde_json::Map;

use crate::arguments::Command;
use crate::completion;
use crate::output::table::Tone;
use crate::output::{Answer, View, text};
use crate::session::Session;

/// Whether a command changes something, so that its steps are worth a line each.
pub(crate) fn keeps_steps(command: &Command) -> bool {
    match command {
        Command::Backup(_)
        | Command::Restore(_)
        | Command::Undo(_)
        | Command::Update(_)
        | Command::Recover(_)
        | Command::Import(_)
        | Command::Download(_)
        | Command::Leave(_) => true,
        Command::Apps
        | Command::Health(_)
        | Command::Backups(_)
        | Command::Show(_)
        | Command::Compare(_)
        | Command::Verify(_)
        | Command::Delete(_)
        | Command::Guard(_)
        | Command::Watch
        | Command::Settings(_)
        | Command::Prune(_)
        | Command::Pin(_)
        | Command::Unpin(_)
        | Command::Audit(_)
        | Command::Demo(_)
        | Command::Doctor
        | Command::Rescue(_)
        | Command::Completions(_)
        | Command::Manual(_) => false,
    }
}

/// Runs a command.
///
/// # Errors
/// Those of core, as they are.
pub(crate) async fn run(command: Command, session: &Session) -> Result<Answer, Error> {
    match command {
        Command::Apps => apps::apps(session).await,
        Command::Health(arguments) => health::health(arguments, session).await,
        Command::Backup(arguments) => backups::backup(arguments, session).await,
        Command::Backups(arguments) => backups::backups(arguments, session).await,
        Command::Show(arguments) => backups::show(arguments, session).await,
        Command::Compare(arguments) => compare::compare(arguments, session).await,
        Command::Verify(arguments) => verify::verify(arguments, session).await,
        Command::Download(arguments) => transfer::download(arguments, session).await,
        Command::Import(arguments) => transfer::import(arguments, session).await,
        Command::Restore(arguments) => restore::restore(arguments, session).await,
        Command::Update(arguments) => update::update(arguments, session).await,
        Command::Undo(arguments) => restore::undo(arguments, session).await,
        Command::Guard(arguments) => protection::guard(arguments, session).await,
        Command::Watch => protection::watch(session).await,
        Command::Settings(arguments) => protection::settings(arguments, session).await,
        Command::Prune(arguments) => protection::prune(arguments, session).await,
        Command::Delete(arguments) => backups::delete(arguments, session).await,
        Command::Pin(arguments) => backups::set_pinned(arguments, true, session).await,
        Command::Unpin(arguments) => backups::set_pinned(arguments, false, session).await,
        Command::Audit(arguments) => audit::audit(arguments, session).await,
        Command::Leave(arguments) => leave::leave(arguments, session).await,
        Command::Demo(arguments) => demo::demo(arguments, session).await,
        Command::Doctor => doctor::doctor(session).await,
        Command::Recover(arguments) => restore::recover(arguments, session).await,
        Command::Rescue(arguments) => transfer::rescue(arguments, session).await,
        Command::Completions(arguments) => Ok(completions(arguments.shell)),
        Command::Manual(arguments) => manual::manual(&arguments.to),
    }
}

fn completions(shell: clap_complete::Shell) -> Answer {
    let script = completion::script(shell);
    Answer::new(
        Map::from_iter([("completions".to_owned(), script.clone().into())]),
        script,
    )
}

/// A heading and a list of findings; nothing where there is none.
fn findings(findings: &[Finding], view: View) -> String {
    list("Findings", findings.iter().map(text::finding), view)
}

/// A heading and a list of safe lines; nothing where there is none.
fn list(heading: &str, lines: impl Iterator<Item = String>, view: View) -> String {
    let lines: String = lines.map(|line| format!("  • {line}\n")).collect();
    if lines.is_empty() {
        return lines;
    }
    format!("\n{}\n{lines}", view.look.paint(heading, Tone::Heading))
}

/// A line for each value under one name; nothing where there is none.
fn push_list(
    lines: &mut Vec<(&'static str, String)>,
    name: &'static str,
    values: impl Iterator<Item = String>,
) {
    let values: Vec<String> = values.collect();
    if !values.is_empty() {
        lines.push((name, values.join("\n")));
    }
}

/// What is to be said of a verdict that is neither good nor bad.
fn doubt(verdict: Verdict, reason: Option<&str>) -> Option<String> {
    let reason = reason
        .map(|reason| format!(": {}", text::clean(reason).trim_end_matches('.')))
        .unwrap_or_default();
    match verdict {
        Verdict::Sound | Verdict::Damaged => None,
        Verdict::NotChecked => Some(format!("it was not checked{reason}")),
        Verdict::NotCheckable => Some(format!("it cannot be checked{reason}")),
    }
}
