//! `update`: the plan, or the update itself.

use lifeboat_core::api::{
    BuiltFrom, Checkout, Edit, EditKind, UpdateOptions, UpdateOutcome, UpdatePlan, UpdateReport,
    UpdateSource,
};
use lifeboat_core::error::Error;

use super::{findings, push_list};
use crate::arguments;
use crate::exit::Exit;
use crate::output::progress::stderr_line;
use crate::output::table::{Tone, facts};
use crate::output::{Answer, View, json, text};
use crate::session::Session;

/// Updates an application, or shows with `--check` what that would do.
pub(super) async fn update(
    arguments: arguments::Update,
    session: &Session,
) -> Result<Answer, Error> {
    let lifeboat = session.connect().await?;
    let options = UpdateOptions {
        apply_compose: arguments.apply_compose,
        git_pull: arguments.git_pull,
    };
    let plan = session
        .interruptible(lifeboat.plan_update(&arguments.app, options))
        .await?;
    if arguments.check {
        let text = describe_plan(&plan, session.view());
        return Ok(Answer::new(json::object("plan", &plan), text));
    }
    if session.shows_plans() {
        stderr_line(describe_plan(&plan, session.talk_view()).trim_end());
    }
    let report = lifeboat.update(plan, &session.job()).await?;
    let exit = match report.outcome {
        UpdateOutcome::Updated | UpdateOutcome::UpToDate => Exit::Done,
        UpdateOutcome::RolledBack => Exit::RolledBack,
        UpdateOutcome::RolledBackUnhealthy | UpdateOutcome::NeedsAttention => Exit::NeedsAttention,
    };
    let text = describe_report(&report, session.view());
    let answer = Answer::new(json::object("update", &report), text).exit(exit);
    let app = text::clean(&report.app);
    Ok(match report.outcome {
        UpdateOutcome::Updated => answer.say(format!("`lifeboat undo {app}` takes it back.")),
        UpdateOutcome::NeedsAttention => answer.say(format!(
            "Run `lifeboat recover {app}`: the old release and its data are still there."
        )),
        _ => answer,
    })
}

/// What would happen.
fn describe_plan(plan: &UpdatePlan, view: View) -> String {
    let title = format!("Update {}", text::clean(&plan.app));
    let mut lines = Vec::new();
    let services = plan.services.iter().map(|service| {
        let from = match service.source {
            UpdateSource::Pull => "looked for in its registry",
            UpdateSource::Build => "built by compose",
            UpdateSource::Local => "another image of that name is here already",
            UpdateSource::Fixed => "named by its content: it stays",
        };
        format!(
            "{}: {} – {from}",
            text::clean(&service.service),
            text::clean(&service.image)
        )
    });
    push_list(&mut lines, "Services", services);
    let edits = plan.services.iter().flat_map(|service| {
        let name = text::clean(&service.service);
        let edits = service.edits.iter();
        edits.map(move |edit| format!("{name}: {}", edit_in_words(edit)))
    });
    let applied = if plan.options.apply_compose {
        "Applies"
    } else {
        "Edited"
    };
    push_list(&mut lines, applied, edits);
    if !plan.options.apply_compose && plan.services.iter().any(|one| !one.edits.is_empty()) {
        lines.push((
            "",
            "with `--apply-compose` these are applied too".to_owned(),
        ));
    }
    if let Some(checkout) = &plan.checkout {
        push_list(
            &mut lines,
            "Checkout",
            checkout_in_words(checkout).into_iter(),
        );
    }
    push_list(
        &mut lines,
        "Stops",
        plan.containers.iter().map(|name| text::clean(name)),
    );
    lines.push(("Databases", text::size(plan.database_bytes)));
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

/// One point in which the compose files say something else than what runs.
fn edit_in_words(edit: &Edit) -> String {
    let what = text::clean(&edit.what);
    let value = |value: &Option<String>| value.as_deref().map(text::clean).unwrap_or_default();
    match (edit.kind, value(&edit.before), value(&edit.after)) {
        (EditKind::Added, _, after) if after.is_empty() => format!("{what}: added"),
        (EditKind::Added, _, after) => format!("{what}: added ({after})"),
        (EditKind::Removed, before, _) if before.is_empty() => format!("{what}: removed"),
        (EditKind::Removed, before, _) => format!("{what}: removed ({before})"),
        (EditKind::Changed, before, after) if before.is_empty() && after.is_empty() => {
            format!("{what}: changed")
        }
        (EditKind::Changed, before, after) => {
            let or_none = |text: String| {
                if text.is_empty() {
                    "none".to_owned()
                } else {
                    text
                }
            };
            format!("{what}: {} → {}", or_none(before), or_none(after))
        }
    }
}

fn checkout_in_words(checkout: &Checkout) -> Vec<String> {
    let commit = |from: &BuiltFrom| {
        let short: String = from.commit.chars().take(12).collect();
        let changes = if from.has_changes {
            ", and changes that are not committed"
        } else {
            ""
        };
        format!("{}{changes}", text::clean(&short))
    };
    let mut lines = vec![
        text::clean(&checkout.directory),
        format!("builds commit {}", commit(&checkout.present)),
    ];
    lines.push(match &checkout.running {
        Some(running) => format!("runs commit {}", commit(running)),
        None => "which commit runs is not known: it was not built by Lifeboat".to_owned(),
    });
    if let Some(behind) = checkout.behind.filter(|behind| *behind > 0) {
        lines.push(format!(
            "{behind} newer in its upstream: `--git-pull` gets them first"
        ));
    }
    lines
}

fn describe_report(report: &UpdateReport, view: View) -> String {
    let app = text::clean(&report.app);
    let (title, tone) = match report.outcome {
        UpdateOutcome::Updated => (format!("Updated {app}"), Tone::Good),
        UpdateOutcome::UpToDate => (
            format!("{app} is up to date; nothing was stopped"),
            Tone::Good,
        ),
        UpdateOutcome::RolledBack => (
            format!("The update of {app} was rolled back: the old release runs, with its data"),
            Tone::Doubtful,
        ),
        UpdateOutcome::RolledBackUnhealthy => (
            format!("The update of {app} was rolled back, and it is not healthy"),
            Tone::Bad,
        ),
        UpdateOutcome::NeedsAttention => (
            format!("The update of {app} could not be ended: somebody has to look"),
            Tone::Bad,
        ),
    };
    let mut lines = Vec::new();
    if report.outcome == UpdateOutcome::UpToDate {
        lines.push(("Runs", text::clean(&report.from)));
    } else {
        lines.push(("From", text::clean(&report.from)));
        lines.push(("To", text::clean(&report.to)));
    }
    if let Some(reason) = &report.reason {
        lines.push(("Why", text::clean(reason)));
    }
    if report.downtime_ms > 0 {
        lines.push(("Downtime", text::duration(report.downtime_ms)));
    }
    let backups = [
        ("Backup", &report.backup_id),
        ("Undo goes to", &report.rollback_point),
        ("What it left", &report.evidence),
    ];
    for (name, id) in backups {
        if let Some(id) = id {
            lines.push((name, text::clean(id)));
        }
    }
    let mut page = format!("{}\n{}", view.look.paint(&title, tone), facts(&lines));
    page.push_str(&findings(&report.findings, view));
    if let Some(log) = &report.log {
        let heading = view.look.paint("The new release said last", Tone::Heading);
        let log = text::clean_lines(log);
        let lines = log.lines().map(|line| format!("  {line}\n"));
        page.push_str(&format!("\n{heading}\n{}", lines.collect::<String>()));
    }
    page
}
