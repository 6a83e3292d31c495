//! The documents that have to agree with the code: `docs/cli.md`, which is written from the
//! definition of the command line, `docs/json.md`, which is written from the types, and
//! `docs/errors.md`, which names every error code.

mod json;
mod typescript;

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use clap::{Arg, ArgAction, Command, CommandFactory as _};

use crate::arguments::CommandLine;
use crate::exit::{ALL_CODES, of_code};
use crate::output::failure::code_word;

/// Set to write `docs/cli.md` anew.
const UPDATE: &str = "UPDATE_DOCS";

fn document(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../docs")).join(name)
}

#[test]
fn the_reference_is_fresh() {
    let path = document("cli.md");
    let fresh = reference();
    if std::env::var_os(UPDATE).is_some_and(|value| value == "1") {
        fs::write(&path, &fresh).expect("docs/cli.md can be written");
    }
    let written = fs::read_to_string(&path).expect("docs/cli.md is there");
    assert!(
        written == fresh,
        "docs/cli.md is stale; run its test with {UPDATE}=1"
    );
}

#[test]
fn every_error_is_explained() {
    let text = fs::read_to_string(document("errors.md")).expect("docs/errors.md is there");
    let sections: Vec<&str> = text.split("\n## ").skip(1).collect();
    for &code in ALL_CODES {
        let word = code_word(code);
        let found: Vec<&&str> = sections
            .iter()
            .filter(|section| section.lines().next() == Some(&word))
            .collect();
        assert_eq!(found.len(), 1, "one heading for {word}");
        let number = of_code(code).number();
        assert!(
            found[0].contains(&format!("Exit code: {number}.\n")),
            "{word}: exit code {number}"
        );
        assert!(found[0].contains("**What to do:** "), "{word}: what to do");
    }
    assert_eq!(sections.len(), ALL_CODES.len(), "no heading without a code");
}

/// The whole reference, as Markdown.
fn reference() -> String {
    let mut command = CommandLine::command().term_width(0);
    command.build();
    let mut page = String::from(
        "# The `lifeboat` command\n\n\
         <!-- Written from the definition of the command line. Do not edit: a test compares. -->\n\n",
    );
    let about = command
        .get_about()
        .map(ToString::to_string)
        .unwrap_or_default();
    let _ = writeln!(page, "{about}.\n");
    page.push_str(INTRODUCTION);
    page.push_str("## Global options\n\nThey may stand before or after the command.\n\n");
    for option in command
        .get_arguments()
        .filter(|argument| argument.is_global_set())
    {
        page.push_str(&describe(option));
    }
    page.push_str("\n## Commands\n\n");
    let commands: Vec<&Command> = command
        .get_subcommands()
        .filter(|one| !one.is_hide_set())
        .collect();
    for one in &commands {
        let about = one.get_about().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(page, "- [`{0}`](#lifeboat-{0}): {about}", one.get_name());
    }
    for one in commands {
        page.push_str(&section(one));
    }
    page
}

const INTRODUCTION: &str = "\
Data goes to standard output, everything else to standard error. APP is the name of a compose
project, or of a container that belongs to none. BACKUP is an id, a file name or `latest`.

`restore`, `undo` and `delete` show what they will do and ask. Without a terminal to ask on they
refuse, unless `--yes` is given. Ctrl-C cancels and leaves nothing half-made; a second one ends at
once, and `lifeboat recover` ends what that left unfinished.

## Exit codes

| Code | Meaning |
| --- | --- |
| 0 | done |
| 1 | failed |
| 2 | usage: the command line makes no sense, or a confirmation is missing |
| 3 | the engine cannot be reached or cannot be used |
| 4 | permission was refused |
| 5 | no such application, backup or database |
| 6 | a check or verification failed |
| 7 | rolled back: the data from before is there |
| 8 | busy: something else works there |
| 9 | needs attention |
| 130 | cancelled or interrupted |

Which error leads to which code, and what to do about it, is in [errors.md](errors.md).

## JSON

With `--json` a command prints one object in one line. It has `\"schema\": 1`, and one that fails has
`error` with `code`, `message`, `advice` and `aftermath`. With `--json --progress` the events of the
work come before it, one object in each line. Keys may be added, none changes its meaning. Every
field of every command is in [json.md](json.md).

";

/// One command.
fn section(command: &Command) -> String {
    let about = command.get_long_about().or_else(|| command.get_about());
    let about = about.map(ToString::to_string).unwrap_or_default();
    let mut page = format!("\n### lifeboat {}\n\n", command.get_name());
    for paragraph in about.split("\n\n") {
        let _ = writeln!(page, "{}.\n", paragraph.trim_end_matches('.'));
    }
    let usage = command.clone().render_usage().to_string();
    let usage = usage
        .trim_start_matches("Usage: ")
        .replace("[OPTIONS] ", "")
        .replace(" [OPTIONS]", "");
    let own: Vec<&Arg> = command
        .get_arguments()
        .filter(|argument| !argument.is_global_set() && argument.get_id() != "help")
        .filter(|argument| argument.get_id() != "version")
        .collect();
    let options = own.iter().any(|argument| !argument.is_positional());
    let _ = writeln!(
        page,
        "```\n{usage}{}\n```\n",
        if options { " [OPTIONS]" } else { "" }
    );
    for argument in &own {
        page.push_str(&describe(argument));
    }
    if !own.is_empty() {
        page.push('\n');
    }
    let example = command
        .get_after_help()
        .map(ToString::to_string)
        .unwrap_or_default();
    let lines: String = example
        .lines()
        .skip(1)
        .map(|line| format!("{}\n", line.trim_start()))
        .collect();
    let _ = write!(page, "Example:\n\n```\n{lines}```\n");
    page
}

/// One option or argument.
fn describe(argument: &Arg) -> String {
    let value = argument.get_value_names().unwrap_or_default().join(" ");
    let takes_value = argument.get_action().takes_values();
    let name = match (argument.get_short(), argument.get_long()) {
        (_, None) if argument.is_required_set() => format!("<{value}>"),
        (_, None) => format!("[{value}]"),
        (None, Some(long)) => format!("--{long}"),
        (Some(short), Some(long)) => format!("-{short}, --{long}"),
    };
    let name = match (argument.is_positional(), takes_value) {
        (false, true) => format!("{name} <{value}>"),
        _ => name,
    };
    let help = argument.get_long_help().or_else(|| argument.get_help());
    let help = help
        .map(ToString::to_string)
        .unwrap_or_default()
        .replace("\n\n", ". ");
    let mut line = format!("- `{name}`: {}", help.trim_end_matches('.'));
    let values: Vec<String> = argument
        .get_possible_values()
        .iter()
        .filter(|_| !matches!(argument.get_action(), ArgAction::SetTrue))
        .map(|value| format!("`{}`", value.get_name()))
        .collect();
    if !values.is_empty() {
        let _ = write!(line, " (one of {})", values.join(", "));
    }
    let defaults: Vec<String> = argument
        .get_default_values()
        .iter()
        .filter(|_| takes_value)
        .map(|value| format!("`{}`", value.to_string_lossy()))
        .collect();
    if !defaults.is_empty() {
        let _ = write!(line, ". Default: {}", defaults.join(", "));
    }
    line.push_str(".\n");
    line
}
