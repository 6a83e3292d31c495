//! `compare`.

use lifeboat_core::api::{self, TableComparison};
use lifeboat_core::error::Error;

use super::backups::release;
use super::findings;
use crate::arguments::OneBackup;
use crate::output::table::{Table, Tone, plain};
use crate::output::{Answer, View, json, text};
use crate::session::Session;

/// Shows what a restore would change.
pub(super) async fn compare(arguments: OneBackup, session: &Session) -> Result<Answer, Error> {
    let lifeboat = session.connect().await?;
    let comparison = lifeboat
        .compare(&arguments.app, &arguments.backup, &session.job())
        .await?;
    let page = describe(&comparison, session.view());
    Ok(Answer::new(json::object("compare", &comparison), page))
}

fn describe(comparison: &api::Comparison, view: View) -> String {
    let mut page = format!(
        "{} now, and in backup {} of {}\n",
        text::clean(&comparison.app),
        text::clean(&comparison.backup_id),
        text::exact_and_ago(comparison.backup_at, view.now)
    );
    if comparison.same {
        let line = "Schemas and numbers of rows are the same.";
        page.push_str(&format!("\n{}\n", view.look.paint(line, Tone::Good)));
    }
    page.push_str(&tables(&comparison.tables, view));
    page.push_str(&releases(comparison));
    page.push_str(&findings(&comparison.schema_changes, view));
    page
}

/// The tables that differ; with details all of them.
fn tables(tables: &[TableComparison], view: View) -> String {
    let headings = ["Database", "Table", ">Now", ">In backup", "A restore would"];
    let mut table = Table::new(view.look, &headings);
    let mut same: u64 = 0;
    for row in tables {
        if row.rows_now == row.rows_in_backup && row.rows_now.is_some() && !view.details {
            same += 1;
            continue;
        }
        let (effect, tone) = effect(row.rows_now, row.rows_in_backup);
        table.row([
            plain(text::database(&row.volume, &row.path)),
            plain(text::clean(&row.name)),
            plain(rows(row.rows_now)),
            plain(rows(row.rows_in_backup)),
            (effect, tone),
        ]);
    }
    let mut page = if table.is_empty() {
        String::new()
    } else {
        format!("\n{}", table.render())
    };
    if same > 0 {
        let with = text::plural(same, "table has", "tables have");
        page.push_str(&format!("\n{with} as many rows now as in the backup.\n"));
    }
    page
}

fn rows(rows: Option<u64>) -> String {
    rows.map_or_else(|| "–".to_owned(), text::count)
}

/// What a restore would do to a table, as far as numbers of rows tell.
fn effect(now: Option<u64>, in_backup: Option<u64>) -> (String, Tone) {
    match (now, in_backup) {
        (Some(now), Some(then)) if now > then => (
            format!("lose {}", text::plural(now - then, "row", "rows")),
            Tone::Bad,
        ),
        (Some(now), Some(then)) if now < then => (
            format!("bring back {}", text::plural(then - now, "row", "rows")),
            Tone::Good,
        ),
        (Some(_), Some(_)) => ("keep the number of rows".to_owned(), Tone::Plain),
        (Some(now), None) => (
            format!("lose the table, {}", text::plural(now, "row", "rows")),
            Tone::Bad,
        ),
        (None, Some(then)) => (
            format!(
                "bring back the table, {}",
                text::plural(then, "row", "rows")
            ),
            Tone::Good,
        ),
        (None, None) => ("? cannot be counted".to_owned(), Tone::Doubtful),
    }
}

/// What ran then and runs now, where it is not the same.
fn releases(comparison: &api::Comparison) -> String {
    let then: Vec<String> = comparison.releases_then.iter().map(release).collect();
    let now: Vec<String> = comparison.releases_now.iter().map(release).collect();
    if then == now || then.is_empty() {
        return String::new();
    }
    let lines = |releases: &[String]| {
        releases
            .iter()
            .map(|release| format!("  • {release}\n"))
            .collect::<String>()
    };
    let now = if now.is_empty() {
        "  nothing\n".to_owned()
    } else {
        lines(&now)
    };
    format!(
        "\nRan when the backup was taken:\n{}\nRuns now:\n{now}",
        lines(&then)
    )
}

#[cfg(test)]
mod tests {
    use super::{Tone, effect};

    #[test]
    fn losses_are_named_and_stand_out() {
        for (now, then, text, tone) in [
            (Some(5), Some(3), "lose 2 rows", Tone::Bad),
            (Some(3), Some(4), "bring back 1 row", Tone::Good),
            (Some(3), Some(3), "keep the number of rows", Tone::Plain),
            (Some(1), None, "lose the table, 1 row", Tone::Bad),
            (None, Some(7), "bring back the table, 7 rows", Tone::Good),
            (None, None, "? cannot be counted", Tone::Doubtful),
        ] {
            assert_eq!(effect(now, then), (text.to_owned(), tone));
        }
    }
}
