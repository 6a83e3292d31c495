//! `doctor`.

use lifeboat_core::api::{DoctorCheck, DoctorReport};
use lifeboat_core::error::Error;
use lifeboat_core::lifeboat;

use crate::exit::Exit;
use crate::output::table::{Tone, facts};
use crate::output::{Answer, View, json, text};
use crate::session::Session;

/// Looks at everything that could be in the way.
///
/// # Errors
/// `cancelled`.
pub(super) async fn doctor(session: &Session) -> Result<Answer, Error> {
    let options = session.options();
    let looking = async { Ok(lifeboat::doctor(&options).await) };
    let report = session.interruptible(looking).await?;
    let failed = report.checks.iter().any(|check| check.status == "failed");
    let text = describe(&report, session.view());
    let answer = Answer::new(json::object("doctor", &report), text);
    Ok(answer.exit(if failed { Exit::Failed } else { Exit::Done }))
}

fn describe(report: &DoctorReport, view: View) -> String {
    let mut page: String = report
        .checks
        .iter()
        .map(|check| describe_check(check, view))
        .collect();
    let mut lines = vec![
        ("Lifeboat", text::clean(&report.version)),
        ("Logs", text::clean(&report.log_directory)),
    ];
    let others: Vec<String> = report
        .other_engines
        .iter()
        .map(|one| text::clean(one))
        .collect();
    if !others.is_empty() {
        lines.push((
            "Other engines",
            format!("{}\n(choose one with --engine)", others.join("\n")),
        ));
    }
    page.push('\n');
    page.push_str(&facts(&lines));
    page
}

fn describe_check(check: &DoctorCheck, view: View) -> String {
    let (sign, tone) = match check.status.as_str() {
        "ok" => ("✓", Tone::Good),
        "warning" => ("! warning:", Tone::Doubtful),
        _ => ("✗ failed:", Tone::Bad),
    };
    let sign = view.look.paint(sign, tone);
    let (title, message) = (text::clean(&check.title), text::clean(&check.message));
    let mut lines = format!("{sign} {title}: {message}\n");
    for line in check.advice.iter().chain(&check.command) {
        let line = text::clean(line);
        let is_command = check.command.as_deref().map(text::clean).as_deref() == Some(&line);
        lines.push_str(&if is_command {
            format!("    $ {line}\n")
        } else {
            format!("    {line}\n")
        });
    }
    lines
}
