//! The tables of databases with their rows, as `health` and `show` print them.

use lifeboat_core::api::TableRows;

use crate::output::table::{Table, plain};
use crate::output::{View, text};

/// A table over all tables, below what was printed before; nothing if there is none.
pub(super) fn row_counts<'a>(
    databases: impl Iterator<Item = (String, &'a [TableRows])>,
    view: View,
) -> String {
    let mut table = Table::new(view.look, &["Database", "Table", ">Rows"]);
    for (database, tables) in databases {
        for rows in tables {
            table.row([
                plain(database.clone()),
                plain(text::clean(&rows.name)),
                plain(rows.rows.map_or_else(|| "?".to_owned(), text::count)),
            ]);
        }
    }
    if table.is_empty() {
        String::new()
    } else {
        format!("\n{}", table.render())
    }
}
