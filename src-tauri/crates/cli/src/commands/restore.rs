//! `restore`, `undo` and `recover`.

use lifeboat_core::Lifeboat;
use lifeboat_core::api::{Recovery, RestorePlan, RestoreReport, RestoreSelection};
use lifeboat_core::error::Error;

use super::{findings, push_list};
use crate::arguments::{self, AppOnly};
use crate::confirm::{Question, confirm};
use crate::exit::Exit;
use crate::output::progress::stderr_line;
use crate::output::table::{Table, Tone, facts, plain};
use crate::output::{Answer, View, json, text};
use crate::session::Session;

/// Puts a backup back.
pub(super) async fn restore(
    arguments: arguments::Restore,
    session: &Session,
) -> Result<Answer, Error> {
    let selection = match (arguments.database, arguments.databases_only) {
        (Some(name), _) => RestoreSelection::Database { name },
        (None, true) => RestoreSelection::DatabasesOnly,
        (None, false) => RestoreSelection::Everything,
    };
    let lifeboat = session.connect().await?;
    let planning = lifeboat.plan_restore(&arguments.app, &arguments.backup, selection);
    let plan = session.interruptible(planning).await?;
    run(&lifeboat, plan, session).await
}

/// Takes back the last restore.
pub(super) async fn undo(arguments: AppOnly, session: &Session) -> Result<Answer, Error> {
    let lifeboat = session.connect().await?;
    let plan = session
        .interruptible(lifeboat.plan_undo(&arguments.app))
        .await?;
    run(&lifeboat, plan, session).await
}

/// Shows a plan, asks, and does it.
async fn run(lifeboat: &Lifeboat, plan: RestorePlan, session: &Session) -> Result<Answer, Error> {
    let action = if plan.is_undo {
        "undo the last restore or update"
    } else {
        "restore"
    };
    if session.shows_plans() {
        stderr_line(describe_plan(&plan, session.talk_view()).trim_end());
    }
    if !session.yes {
        let (app, id) = (text::word(&plan.app), text::word(&plan.backup.id));
        session.output.say(&format!(
            "`lifeboat compare {app} {id}` shows what it would change."
        ));
    }
    confirm(
        session,
        Question::TypeName {
            app: &plan.app,
            action,
        },
    )
    .await?;
    let is_undo = plan.is_undo;
    let report = lifeboat.restore(plan, &session.job()).await?;
    let text = describe_report(&report, is_undo, session.view());
    let answer = Answer::new(json::object("restore", &report), text);
    Ok(if report.safety_backup.is_some() {
        answer.say(format!(
            "`lifeboat undo {}` takes it back.",
            text::word(&report.app)
        ))
    } else {
        answer
    })
}

/// What will happen, before anybody says yes.
fn describe_plan(plan: &RestorePlan, view: View) -> String {
    let app = text::clean(&plan.app);
    let backup = &plan.backup;
    let title = if plan.is_undo {
        format!("Undo the last restore or update of {app}")
    } else {
        format!("Restore {app}")
    };
    let what = match &plan.selection {
        RestoreSelection::Everything => "everything in the backup".to_owned(),
        RestoreSelection::DatabasesOnly => "the databases, no other file".to_owned(),
        RestoreSelection::Database { name } => format!("the database {}", text::clean(name)),
    };
    let found = &backup.verification;
    let mut lines = vec![
        ("To backup", text::clean(&backup.id)),
        ("Created", text::exact_and_ago(backup.created_at, view.now)),
        (
            "Verdict",
            view.look.verdict(found.verdict, found.reason.as_deref()),
        ),
        ("Restores", what),
    ];
    let releases = plan.releases.iter().map(|one| {
        let [service, from, to] = [&one.service, &one.from, &one.to].map(|text| text::clean(text));
        format!("{service}: from {from} to {to}")
    });
    push_list(&mut lines, "Releases", releases);
    let databases = plan
        .databases
        .iter()
        .map(|of| text::database(&of.volume, &of.path));
    push_list(&mut lines, "Databases", databases);
    push_list(
        &mut lines,
        "Stops",
        plan.containers.iter().map(|name| text::clean(name)),
    );
    let volumes = plan.volumes_to_create.iter().map(|name| text::clean(name));
    push_list(&mut lines, "New volumes", volumes);
    let steps = plan.steps.iter().zip(1..);
    let steps = steps.map(|(step, number)| format!("{number}. {}", text::clean(&step.title)));
    push_list(&mut lines, "Steps", steps);
    let mut page = format!(
        "{}\n{}",
        view.look.paint(&title, Tone::Heading),
        facts(&lines)
    );
    for warning in &plan.warnings {
        let label = view.look.paint("Warning:", Tone::Doubtful);
        page.push_str(&format!("{label} {}\n", text::finding(warning)));
    }
    page
}

fn describe_report(report: &RestoreReport, is_undo: bool, view: View) -> String {
    let app = text::clean(&report.app);
    let title = if is_undo {
        format!("Took back the last restore or update of {app}")
    } else {
        format!("Restored {app}")
    };
    let application = match report.application.as_str() {
        "healthy" => "healthy".to_owned(),
        "running" => "running (not judged by a health check)".to_owned(),
        "stopped" => "stopped, as before".to_owned(),
        "gone" => "not on this engine; start it as before, and it takes these volumes".to_owned(),
        other => text::clean(other),
    };
    let mut lines = vec![
        ("Backup", text::clean(&report.backup_id)),
        ("Application", application),
    ];
    if report.downtime_ms > 0 {
        lines.push(("Downtime", text::duration(report.downtime_ms)));
    }
    if let Some(backup) = &report.safety_backup {
        lines.push((
            "Replaced data",
            format!("kept as backup {}", text::clean(&backup.id)),
        ));
    }
    let mut page = format!("{}\n{}", view.look.paint(&title, Tone::Good), facts(&lines));
    page.push_str(&findings(&report.findings, view));
    page
}

/// Ends what a crash left unfinished.
pub(super) async fn recover(
    arguments: arguments::Recover,
    session: &Session,
) -> Result<Answer, Error> {
    let lifeboat = session.connect().await?;
    let report = lifeboat
        .recover(arguments.app.as_deref(), &session.job())
        .await?;
    let text = recovered(&report.recovered, session.view());
    let needs_attention = report
        .recovered
        .iter()
        .any(|one| one.ending == "needs-attention");
    let exit = if needs_attention {
        Exit::NeedsAttention
    } else {
        Exit::Done
    };
    let answer = Answer::new(json::object("recover", &report), text).exit(exit);
    Ok(if report.recovered.is_empty() {
        answer.say("Nothing was unfinished.")
    } else {
        answer
    })
}

fn recovered(recovered: &[Recovery], view: View) -> String {
    let mut table = Table::new(view.look, &["App", "Was", "Now", "Message"]);
    for one in recovered {
        let (ending, tone) = match one.ending.as_str() {
            "old" => ("✓ the data from before".to_owned(), Tone::Good),
            "new" if one.operation == "update" => ("✓ the new release".to_owned(), Tone::Good),
            "new" => ("✓ the restored data".to_owned(), Tone::Good),
            "needs-attention" => ("✗ needs attention".to_owned(), Tone::Bad),
            other => (text::clean(other), Tone::Doubtful),
        };
        table.row([
            plain(text::clean(&one.app)),
            plain(text::clean(&one.operation)),
            (ending, tone),
            plain(text::clean(&one.message)),
        ]);
    }
    table.render()
}
