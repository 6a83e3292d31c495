//! What is printed, and where: data on standard output, talk on standard error.

pub(crate) mod failure;
pub(crate) mod json;
pub(crate) mod progress;
pub(crate) mod table;
pub(crate) mod text;

use std::ffi::OsString;
use std::io::{self, IsTerminal as _, Write as _};

use jiff::Timestamp;
use lifeboat_core::error::Error;
use serde_json::{Map, Value};

use crate::arguments::{ColorChoice, Global};
use crate::exit::Exit;
use progress::stderr_line;
use table::Look;

/// What a command has to say in the end. Commands print nothing themselves.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The object for `--json`, without its schema number.
    pub(crate) object: Map<String, Value>,
    /// The data for a person.
    pub(crate) text: String,
    /// Said on standard error, unless it is to be quiet or JSON is wanted.
    pub(crate) talk: Vec<String>,
    /// Said on standard error in any case.
    pub(crate) warnings: Vec<String>,
    /// How the command ends.
    pub(crate) exit: Exit,
}

impl Answer {
    /// An answer that is done.
    pub(crate) fn new(object: Map<String, Value>, text: impl Into<String>) -> Self {
        Self {
            object,
            text: text.into(),
            talk: Vec::new(),
            warnings: Vec::new(),
            exit: Exit::Done,
        }
    }

    /// The same with a sentence on standard error.
    pub(crate) fn say(mut self, line: impl Into<String>) -> Self {
        self.talk.push(line.into());
        self
    }

    /// The same with warnings.
    pub(crate) fn warn_all(mut self, lines: impl IntoIterator<Item = String>) -> Self {
        self.warnings.extend(lines);
        self
    }

    /// The same with another end.
    pub(crate) fn exit(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }
}

/// How pages are written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View {
    /// How they look.
    pub(crate) look: Look,
    /// When; relative times are told from here.
    pub(crate) now: Timestamp,
    /// With everything in them.
    pub(crate) details: bool,
}

/// How to print.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    /// One JSON object instead of text.
    pub(crate) json: bool,
    /// Events as lines of JSON before the object.
    pub(crate) events: bool,
    /// No talk.
    pub(crate) quiet: bool,
    /// How much more to tell.
    pub(crate) verbose: u8,
    /// How data looks.
    pub(crate) look: Look,
    /// How talk looks.
    pub(crate) talk_look: Look,
    /// Standard error is a terminal.
    pub(crate) talks_to_terminal: bool,
}

impl Output {
    /// Decides by the options, the environment and what is a terminal.
    pub(crate) fn new(global: &Global) -> Self {
        let stdout_is_terminal = io::stdout().is_terminal();
        let talks_to_terminal = io::stderr().is_terminal();
        let look = |is_terminal| Look {
            color: wants_color(global.color, is_terminal, |name| std::env::var_os(name)),
            fit: is_terminal,
        };
        Self {
            json: global.json,
            events: global.json && global.progress,
            quiet: global.quiet,
            verbose: global.verbose,
            look: look(stdout_is_terminal),
            talk_look: look(talks_to_terminal),
            talks_to_terminal,
        }
    }

    /// Says something on standard error, unless it is to be quiet.
    pub(crate) fn say(&self, line: &str) {
        if !self.quiet {
            stderr_line(line);
        }
    }

    /// Prints an answer, and says how the command ends.
    pub(crate) fn print(&self, answer: Answer) -> Exit {
        for warning in &answer.warnings {
            let label = self.talk_look.paint("Warning:", table::Tone::Doubtful);
            stderr_line(&format!("{label} {warning}"));
        }
        let data = if self.json {
            format!("{}\n", json::line(answer.object))
        } else {
            answer.text
        };
        if let Err(error) = to_stdout(&data) {
            stderr_line(&failure::unwritten(&error, self.talk_look));
            return Exit::Failed;
        }
        if !self.json {
            for line in &answer.talk {
                self.say(line);
            }
        }
        answer.exit
    }

    /// Prints an error, and says how the command ends.
    pub(crate) fn fail(&self, error: &Error) -> Exit {
        if self.json {
            // Nowhere is left to say that even this could not be written; the exit code says it.
            let _ = to_stdout(&format!("{}\n", json::line(json::error(error))));
        } else {
            stderr_line(&failure::render(error, self.verbose > 0, self.talk_look));
        }
        Exit::of_error(error)
    }
}

/// Writes to standard output. That nobody reads it any more is a silent success.
///
/// # Errors
/// Any other reason, such as a full disk.
pub(crate) fn to_stdout(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Whether to use colours. What the command line says outranks the environment; there, `NO_COLOR`
/// outranks `CLICOLOR_FORCE`.
fn wants_color(
    choice: ColorChoice,
    is_terminal: bool,
    variable: impl Fn(&str) -> Option<OsString>,
) -> bool {
    let set = |name| variable(name).filter(|value| !value.is_empty());
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto if set("NO_COLOR").is_some() => false,
        ColorChoice::Auto if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") => true,
        ColorChoice::Auto if set("CLICOLOR").is_some_and(|value| value == "0") => false,
        ColorChoice::Auto => is_terminal && set("TERM").is_none_or(|value| value != "dumb"),
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::wants_color;
    use crate::arguments::ColorChoice::{self, Always, Auto, Never};

    fn check(choice: ColorChoice, is_terminal: bool, variables: &[(&str, &str)], wanted: bool) {
        let lookup = |name: &str| {
            let found = variables.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| OsString::from(value))
        };
        let got = wants_color(choice, is_terminal, lookup);
        assert_eq!(got, wanted, "{choice:?} {is_terminal} {variables:?}");
    }

    #[test]
    fn colour_follows_the_conventions() {
        check(Auto, true, &[], true);
        check(Auto, false, &[], false);
        check(Auto, true, &[("NO_COLOR", "1")], false);
        check(Auto, true, &[("NO_COLOR", "")], true);
        check(Auto, false, &[("CLICOLOR_FORCE", "1")], true);
        check(Auto, false, &[("CLICOLOR_FORCE", "0")], false);
        check(
            Auto,
            false,
            &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")],
            false,
        );
        check(Auto, true, &[("TERM", "dumb")], false);
        check(Always, false, &[("NO_COLOR", "1")], true);
        check(Never, true, &[("CLICOLOR_FORCE", "1")], false);
    }
}
