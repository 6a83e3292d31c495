//! `.env.example`, written from the table.

use std::fmt::Write as _;

use super::table::TABLE;

const HEAD: &str = "\
# Settings of Lifeboat for one application: copy the lines you want to change into the .env beside its
# compose file. All of them are optional. What is chosen in Lifeboat itself stands above this file, the
# container's environment below it.
#
# Written from the table of settings in the code. Do not edit: a test compares.
";

/// The text of `.env.example`.
#[must_use]
pub fn example() -> String {
    let mut page = String::from(HEAD);
    for entry in TABLE {
        page.push('\n');
        for line in entry.meaning.lines() {
            let _ = writeln!(page, "# {line}");
        }
        let default = match entry.default {
            "" => "not set",
            default => default,
        };
        let _ = writeln!(page, "# Allowed: {}. Default: {default}.", entry.allowed);
        if entry.may_be_empty() {
            let _ = writeln!(page, "#{}=", entry.name);
        } else {
            let _ = writeln!(page, "{}={}", entry.name, entry.default);
        }
    }
    page
}
