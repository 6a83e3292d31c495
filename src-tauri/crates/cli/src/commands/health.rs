//! `health`.

use lifeboat_core::api::{self, Verdict};
use lifeboat_core::error::Error;

use super::row_counts::row_counts;
use super::{doubt, findings, list};
use crate::arguments;
use crate::exit::Exit;
use crate::output::table::{Table, facts, plain, verdict};
use crate::output::{Answer, View, json, text};
use crate::session::Session;

/// Shows whether an application's databases are healthy.
pub(super) async fn health(
    arguments: arguments::Health,
    session: &Session,
) -> Result<Answer, Error> {
    let lifeboat = session.connect().await?;
    let health = lifeboat
        .health(&arguments.app, arguments.deep, &session.job())
        .await?;
    let exit = match health.verdict {
        Verdict::Damaged => Exit::CheckFailed,
        Verdict::Sound | Verdict::NotChecked | Verdict::NotCheckable => Exit::Done,
    };
    let mut answer = Answer::new(
        json::object("health", &health),
        describe(&health, session.view()),
    );
    if let Some(doubt) = doubt(health.verdict, health.reason.as_deref()) {
        let advice = match (health.verdict, arguments.deep) {
            (Verdict::NotChecked, false) => " `--deep` checks databases of any size.",
            _ => "",
        };
        answer
            .warnings
            .push(format!("{}: {doubt}.{advice}", text::clean(&health.app)));
    }
    Ok(answer.exit(exit))
}

fn describe(health: &api::Health, view: View) -> String {
    let look = view.look;
    let mut page = format!(
        "{}  {}\n{}\n\n",
        text::clean(&health.app),
        look.verdict(health.verdict, health.reason.as_deref()),
        text::clean(&health.summary)
    );
    let mut lines = vec![
        ("Checked", text::exact(health.checked_at)),
        ("Size", text::size(health.size_bytes)),
        ("Tables", text::count(health.table_count)),
        ("Rows", text::count(health.row_count)),
        ("Backups", backups(health)),
        ("Last backup", last_backup(health, view)),
    ];
    if let Some(growth) = growth(&health.growth, view) {
        lines.push(("Growth", growth));
    }
    page.push_str(&facts(&lines));
    page.push('\n');
    page.push_str(&databases(health, view));
    if view.details {
        page.push_str(&tables(health, view));
    }
    page.push_str(&remarks(health, view));
    page.push_str(&findings(&health.findings, view));
    page
}

fn backups(health: &api::Health) -> String {
    match health.backup_count {
        0 => "none".to_owned(),
        number => format!(
            "{}, {}",
            text::count(number),
            text::size(health.backup_bytes)
        ),
    }
}

fn last_backup(health: &api::Health, view: View) -> String {
    match (health.last_backup_at, health.last_backup_verdict) {
        (None, _) => "never".to_owned(),
        (Some(time), None) => text::ago(time, view.now),
        (Some(time), Some(verdict)) => {
            format!(
                "{}, {}",
                text::ago(time, view.now),
                view.look.verdict(verdict, None)
            )
        }
    }
}

/// From the first to the last point of the curve; nothing where there is no curve.
fn growth(points: &[api::GrowthPoint], view: View) -> Option<String> {
    let (first, last) = (points.first()?, points.last()?);
    if points.len() < 2 {
        return None;
    }
    let mut parts = vec![format!(
        "{} → {}",
        text::size(first.size_bytes),
        text::size(last.size_bytes)
    )];
    if let (Some(rows_then), Some(rows_now)) = (first.row_count, last.row_count) {
        parts.push(format!(
            "{} → {} rows",
            text::count(rows_then),
            text::count(rows_now)
        ));
    }
    parts.push(format!(
        "seen {} times since {}",
        text::count(points.len() as u64),
        text::exact_and_ago(first.at, view.now)
    ));
    Some(parts.join(", "))
}

fn databases(health: &api::Health, view: View) -> String {
    let headings = [
        "Database",
        "Verdict",
        ">Size",
        ">Wal",
        ">Tables",
        "Journal",
        ">Page size",
    ];
    let mut table = Table::new(view.look, &headings);
    for database in &health.databases {
        table.row([
            plain(text::database(&database.volume, &database.path)),
            verdict(database.verdict),
            plain(text::size(database.size_bytes)),
            plain(text::size(database.wal_bytes)),
            plain(database.tables.len().to_string()),
            plain(text::journal_mode(database.journal_mode)),
            plain(database.page_size.to_string()),
        ]);
    }
    table.render()
}

fn tables(health: &api::Health, view: View) -> String {
    let named = health.databases.iter().map(|database| {
        let name = text::database(&database.volume, &database.path);
        (name, database.tables.as_slice())
    });
    row_counts(named, view)
}

/// What there is to say of single databases.
fn remarks(health: &api::Health, view: View) -> String {
    let lines = health.databases.iter().flat_map(|database| {
        let name = text::database(&database.volume, &database.path);
        let reason = database.reason.iter();
        let remarks: Vec<String> = reason
            .chain(&database.findings)
            .map(|remark| format!("{name}: {}", text::clean(remark)))
            .collect();
        remarks
    });
    list("Databases", lines, view)
}
