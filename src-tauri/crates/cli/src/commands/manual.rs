//! `manual`: the pages for `man`, one for the program and one for each command. For whoever makes a package.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use clap::{Command, CommandFactory as _};
use clap_mangen::Man;
use lifeboat_core::Code;
use lifeboat_core::error::Error;
use serde_json::{Map, Value};

use crate::arguments::CommandLine;
use crate::output::{Answer, text};

/// Writes the pages.
///
/// # Errors
/// `output-failed`.
pub(super) fn manual(folder: &Path) -> Result<Answer, Error> {
    let mut names = Vec::new();
    for (name, page) in pages() {
        fs::write(folder.join(&name), page).map_err(|cause| unwritten(folder, &cause))?;
        names.push(name);
    }
    let lines = names.join("\n") + "\n";
    let names = Value::from(names);
    Ok(Answer::new(
        Map::from_iter([("manual".to_owned(), names)]),
        lines,
    ))
}

fn unwritten(folder: &Path, cause: &io::Error) -> Error {
    let folder = text::clean(&folder.to_string_lossy());
    Error::new(
        Code::OutputFailed,
        format!("The manual pages could not be written to {folder}."),
        "Make the folder first, or choose another one.",
    )
    .with_detail(cause.to_string())
}

/// File names and contents.
fn pages() -> Vec<(String, Vec<u8>)> {
    let mut program = CommandLine::command().disable_help_subcommand(true);
    program.build();
    let commands: Vec<Command> = program
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
        .cloned()
        .collect();
    let others: Vec<String> = commands.iter().map(page_name).collect();
    let first = page(&program, &others);
    let rest = commands
        .iter()
        .map(|command| page(command, &["lifeboat".to_owned()]));
    std::iter::once(first).chain(rest).collect()
}

/// `lifeboat-backup` for the command `lifeboat backup`.
fn page_name(command: &Command) -> String {
    command
        .get_display_name()
        .unwrap_or_else(|| command.get_name())
        .to_owned()
}

fn page(command: &Command, see_also: &[String]) -> (String, Vec<u8>) {
    let man = Man::new(command.clone())
        .source(format!("Lifeboat {}", lifeboat_core::VERSION))
        .manual("Lifeboat");
    let mut page = Vec::new();
    let rendered = man
        .render_title(&mut page)
        .and_then(|()| man.render_name_section(&mut page))
        .and_then(|()| page.write_all(synopsis_of(command).as_bytes()))
        .and_then(|()| man.render_description_section(&mut page))
        .and_then(|()| man.render_options_section(&mut page))
        .and_then(|()| match command.has_subcommands() {
            true => man.render_subcommands_section(&mut page),
            false => Ok(()),
        })
        .and_then(|()| page.write_all(rest_of(command, see_also).as_bytes()));
    rendered.expect("memory takes everything");
    (man.get_filename(), page)
}

/// One line, as the help has it: the list of all options follows anyway.
fn synopsis_of(command: &Command) -> String {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim();
    format!(".SH SYNOPSIS\n{}\n", roff(usage))
}

/// What the definition says below its options, and where to read on.
fn rest_of(command: &Command, see_also: &[String]) -> String {
    let mut page = String::new();
    let below = command
        .get_after_help()
        .map(ToString::to_string)
        .unwrap_or_default();
    for part in below.split("\n\n") {
        match part.strip_prefix("Example:\n") {
            Some(lines) => {
                page.push_str(".SH EXAMPLES\n.nf\n");
                for line in lines.lines() {
                    let _ = writeln!(page, "{}", roff(line.trim_start()));
                }
                page.push_str(".fi\n");
            }
            None => match part.strip_prefix("Exit codes: ") {
                Some(codes) => {
                    let _ = write!(page, ".SH \"EXIT STATUS\"\n{}\n", roff(codes));
                }
                None => {
                    let _ = write!(page, ".PP\n{}\n", roff(part));
                }
            },
        }
    }
    let links: Vec<String> = see_also
        .iter()
        .map(|name| format!("\\fB{}\\fR(1)", roff(name)))
        .collect();
    let _ = write!(page, ".SH \"SEE ALSO\"\n{}\n", links.join(", "));
    page
}

/// Text that means nothing to the formatter.
fn roff(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-");
    match text.starts_with(['.', '\'']) {
        true => format!("\\&{text}"),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::pages;

    #[test]
    fn every_command_has_a_page_with_its_example() {
        let pages = pages();
        let names: Vec<&str> = pages.iter().map(|(name, _)| name.as_str()).collect();
        assert!(names.contains(&"lifeboat.1"), "{names:?}");
        assert!(names.contains(&"lifeboat-backup.1"), "{names:?}");
        assert!(!names.contains(&"lifeboat-manual.1"), "{names:?}");
        for (name, page) in &pages {
            let page = String::from_utf8_lossy(page);
            let example = page.split(".SH EXAMPLES\n").nth(1).unwrap_or_default();
            assert!(example.contains("\nlifeboat "), "{name}: {example}");
        }
    }

    #[test]
    fn what_stands_for_itself_stays_so() {
        assert_eq!(super::roff(".a -b\\c"), "\\&.a \\-b\\ec");
    }
}
