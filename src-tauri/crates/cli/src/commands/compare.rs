//! `compare`.

use lifeboat_core::api::{self, TableComparison};
use lifeboat_core::error::Error;

use super::backups::release;
use super::findings;
use crate::arguments::{Compare, OneBackup};
use crate::output::table::{Table, Tone, plain};
use crate::output::{Answer, View, json, text};
use crate::session::Session;

/// Shows what a restore would change, or how two backups differ.
pub(super) async fn compare(arguments: Compare, session: &Session) -> Result<Answer, Error> {
    let lifeboat = session.connect().await?;
    let OneBackup { app, backup } = &arguments.one;
    let comparison = match &arguments.with {
        Some(with) => lifeboat.compare_backups(app, backup, with).await?,
        None => lifeboat.compare(app, backup, &session.job()).await?,
    };
    let page = describe(&comparison, session.view());
    Ok(Answer::new(json::object("compare", &comparison), page))
}

fn describe(comparison: &api::Comparison, view: View) -> String {
    let backup = |id: &str, at| {
        let when = text::exact_and_ago(at, view.now);
        format!("backup {} of {when}", text::clean(id))
    };
    let then = backup(&comparison.backup_id, comparison.backup_at);
    let mut page = match &comparison.with {
        None => format!("{} now, and in {then}\n", text::clean(&comparison.app)),
        Some(other) => format!(
            "{} in {then},\nand in {}\n",
            text::clean(&comparison.app),
            backup(&other.id, other.at)
        ),
    };
    if comparison.same {
        let line = "Schemas and numbers of rows are the same.";
        page.push_str(&format!("\n{}\n", view.look.paint(line, Tone::Good)));
    }
    page.push_str(&match comparison.with {
        None => live_tables(&comparison.tables, view),
        Some(_) => backup_tables(&comparison.tables, view),
    });
    page.push_str(&releases(comparison));
    page.push_str(&findings(&comparison.schema_changes, view));
    page
}

/// The tables that a restore would change; with details all of them.
fn live_tables(tables: &[TableComparison], view: View) -> String {
    let headings = ["Database", "Table", ">Now", ">In backup", "A restore would"];
    let (table, same) = differing(tables, &headings, view, |row| {
        let (effect, tone) = effect(row.rows_now, row.rows_in_backup);
        [
            plain(rows(row.rows_now)),
            plain(rows(row.rows_in_backup)),
            (effect, tone),
        ]
    });
    with_same(&table, same, "now as in the backup")
}

/// The tables that differ between two backups; with details all of them.
fn backup_tables(tables: &[TableComparison], view: View) -> String {
    let headings = [
        "Database",
        "Table",
        ">In the one",
        ">In the other",
        ">Difference",
    ];
    let (table, same) = differing(tables, &headings, view, |row| {
        [
            plain(rows(row.rows_in_backup)),
            plain(rows(row.rows_now)),
            plain(difference(row.rows_in_backup, row.rows_now)),
        ]
    });
    with_same(&table, same, "in the one as in the other")
}

/// A row for each table that differs, and the number of the others.
fn differing(
    tables: &[TableComparison],
    headings: &[&str; 5],
    view: View,
    cells: impl Fn(&TableComparison) -> [(String, Tone); 3],
) -> (Table, u64) {
    let mut table = Table::new(view.look, headings);
    let mut same = 0;
    for row in tables {
        if row.rows_now == row.rows_in_backup && row.rows_now.is_some() && !view.details {
            same += 1;
            continue;
        }
        let [first, second, third] = cells(row);
        table.row([
            plain(text::database(&row.volume, &row.path)),
            plain(text::clean(&row.name)),
            first,
            second,
            third,
        ]);
    }
    (table, same)
}

fn with_same(table: &Table, same: u64, where_same: &str) -> String {
    let mut page = if table.is_empty() {
        String::new()
    } else {
        format!("\n{}", table.render())
    };
    if same > 0 {
        let with = text::plural(same, "table has", "tables have");
        page.push_str(&format!("\n{with} as many rows {where_same}.\n"));
    }
    page
}

/// How many rows the other backup has more or less.
fn difference(one: Option<u64>, other: Option<u64>) -> String {
    match (one, other) {
        (Some(one), Some(other)) if other >= one => format!("+{}", text::count(other - one)),
        (Some(one), Some(other)) => format!("−{}", text::count(one - other)),
        (None, Some(_)) => "only in the other".to_owned(),
        (Some(_), None) => "only in the one".to_owned(),
        (None, None) => "? cannot be counted".to_owned(),
    }
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
    let (first, second) = match comparison.with {
        None => ("Ran when the backup was taken:", "Runs now:"),
        Some(_) => (
            "Ran when the one was taken:",
            "Ran when the other was taken:",
        ),
    };
    format!("\n{first}\n{}\n{second}\n{now}", lines(&then))
}

#[cfg(test)]
mod tests {
    use super::{Tone, difference, effect};

    #[test]
    fn two_backups_differ_by_numbers() {
        for (one, other, text) in [
            (Some(3), Some(5), "+2"),
            (Some(500), Some(3), "−497"),
            (Some(3), Some(3), "+0"),
            (None, Some(3), "only in the other"),
            (Some(3), None, "only in the one"),
        ] {
            assert_eq!(difference(one, other), text);
        }
    }

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
