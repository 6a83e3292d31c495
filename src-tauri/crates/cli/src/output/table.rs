//! Tables: aligned columns, no borders, colour only beside a word.

use clap::builder::styling::{AnsiColor, Style};
use comfy_table::presets::NOTHING;
use comfy_table::{Attribute, Cell, CellAlignment, Color, ColumnConstraint, ContentArrangement};
use lifeboat_core::api;

use super::text;

/// How data is drawn on standard output.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    /// Use colours.
    pub(crate) color: bool,
    /// Fit tables into the terminal; without one, lines stay whole for `grep` and `awk`.
    pub(crate) fit: bool,
}

impl Look {
    /// Wraps `text` in a colour, if colours are wanted.
    pub(crate) fn paint(self, text: &str, tone: Tone) -> String {
        match tone.style().filter(|_| self.color) {
            Some(style) => format!("{style}{text}{style:#}"),
            None => text.to_owned(),
        }
    }

    /// A verdict and its reason, in its colour.
    pub(crate) fn verdict(self, verdict: api::Verdict, reason: Option<&str>) -> String {
        self.paint(
            &text::verdict_and_reason(verdict, reason),
            Tone::of(verdict),
        )
    }
}

/// What a colour means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Nothing in particular.
    Plain,
    /// All is well.
    Good,
    /// To be looked at.
    Doubtful,
    /// Broken.
    Bad,
    /// A heading.
    Heading,
}

impl Tone {
    /// The tone of a verdict.
    pub(crate) fn of(verdict: api::Verdict) -> Self {
        match verdict {
            api::Verdict::Sound => Self::Good,
            api::Verdict::NotChecked => Self::Plain,
            api::Verdict::NotCheckable => Self::Doubtful,
            api::Verdict::Damaged => Self::Bad,
        }
    }

    fn style(self) -> Option<Style> {
        match self {
            Self::Plain => None,
            Self::Good => Some(AnsiColor::Green.on_default()),
            Self::Doubtful => Some(AnsiColor::Yellow.on_default()),
            Self::Bad => Some(AnsiColor::Red.on_default().bold()),
            Self::Heading => Some(Style::new().bold()),
        }
    }

    fn color(self) -> Option<Color> {
        match self {
            Self::Plain | Self::Heading => None,
            Self::Good => Some(Color::DarkGreen),
            Self::Doubtful => Some(Color::DarkYellow),
            Self::Bad => Some(Color::DarkRed),
        }
    }
}

/// A table under construction.
pub(crate) struct Table {
    inner: comfy_table::Table,
    look: Look,
}

impl Table {
    /// A table with these headings; those that begin with `>` head a column of numbers, which are
    /// aligned to the right.
    pub(crate) fn new(look: Look, headings: &[&str]) -> Self {
        let mut inner = comfy_table::Table::new();
        inner.load_style(NOTHING);
        inner.set_content_arrangement(if look.fit {
            ContentArrangement::Dynamic
        } else {
            ContentArrangement::Disabled
        });
        if look.color {
            inner.enforce_styling();
        } else {
            inner.force_no_tty();
        }
        inner.set_header(headings.iter().map(|heading| {
            Cell::new(heading.trim_start_matches('>').to_uppercase()).add_attribute(Attribute::Bold)
        }));
        for (index, heading) in headings.iter().enumerate() {
            let column = inner.column_mut(index).expect("each heading made a column");
            column.set_padding((0, 2));
            if index == 0 {
                // Names and ids are there to be copied.
                column.set_constraint(ColumnConstraint::ContentWidth);
            }
            if heading.starts_with('>') {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        Self { inner, look }
    }

    /// Adds a row of texts that are safe to print, with the tone of each.
    pub(crate) fn row<const N: usize>(&mut self, cells: [(String, Tone); N]) {
        self.inner.add_row(cells.into_iter().map(|(content, tone)| {
            let cell = Cell::new(content);
            match tone.color().filter(|_| self.look.color) {
                Some(color) => cell.fg(color),
                None => cell,
            }
        }));
    }

    /// Whether it has no row.
    pub(crate) fn is_empty(&self) -> bool {
        self.inner.is_empty()
    }

    /// The text, ending with a line break; nothing where there is no row.
    pub(crate) fn render(&self) -> String {
        if self.is_empty() {
            return String::new();
        }
        // With colours each line ends in a reset sequence; the blanks before it do no harm.
        self.inner
            .lines()
            .map(|line| format!("{}\n", line.trim_end()))
            .collect()
    }
}

/// A plain cell.
pub(crate) fn plain(content: impl Into<String>) -> (String, Tone) {
    (content.into(), Tone::Plain)
}

/// The cell of a verdict.
pub(crate) fn verdict(verdict: api::Verdict) -> (String, Tone) {
    (text::verdict(verdict).to_owned(), Tone::of(verdict))
}

/// Lines of `name  value`, aligned; a value of several lines is indented below its first.
pub(crate) fn facts(facts: &[(&str, String)]) -> String {
    let width = facts
        .iter()
        .map(|(name, _)| name.chars().count())
        .max()
        .unwrap_or(0);
    let mut lines = String::new();
    for (name, value) in facts {
        let indented = value.replace('\n', &format!("\n{:width$}  ", "", width = width + 2));
        lines.push_str(&format!("  {name:width$}  {indented}\n"));
    }
    lines
}

#[cfg(test)]
mod tests {
    use lifeboat_core::api::Verdict;

    use super::{Look, Table, Tone, facts, plain, verdict};

    fn sample(look: Look) -> String {
        let mut table = Table::new(look, &["Name", ">Size", "Verdict"]);
        table.row([plain("a"), plain("1.0 KiB"), verdict(Verdict::Sound)]);
        table.row([
            plain("longer"),
            plain("12.5 MiB"),
            verdict(Verdict::Damaged),
        ]);
        table.render()
    }

    #[test]
    fn columns_are_aligned_without_borders() {
        let expected = "NAME        SIZE  VERDICT\n\
                        a        1.0 KiB  ✓ sound\n\
                        longer  12.5 MiB  ✗ damaged\n";
        assert_eq!(
            sample(Look {
                color: false,
                fit: false
            }),
            expected
        );
    }

    #[test]
    fn colour_comes_only_when_wanted() {
        assert!(
            sample(Look {
                color: true,
                fit: false
            })
            .contains('\u{1b}')
        );
        assert_eq!(
            Look {
                color: false,
                fit: false
            }
            .paint("x", Tone::Bad),
            "x"
        );
    }

    #[test]
    fn facts_line_up() {
        let text = facts(&[("Id", "1".into()), ("Created", "now\nthen".into())]);
        assert_eq!(text, "  Id       1\n  Created  now\n           then\n");
    }
}
