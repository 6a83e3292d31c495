//! A command line that was not understood, and the help that was asked for.

use std::ffi::OsString;
use std::io::{self, Write as _};

use clap::error::ErrorKind;
use lifeboat_core::Code;
use lifeboat_core::error::Error;

use crate::exit::Exit;
use crate::output::{json, to_stdout};

/// Prints what clap has to say, as JSON where that was asked for and something is wrong.
pub(crate) fn answer(refused: &clap::Error, arguments: impl Iterator<Item = OsString>) -> Exit {
    match refused.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // Nobody reading is a success, as everywhere.
            match refused.print() {
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Exit::Failed,
                _ => Exit::Done,
            }
        }
        _ if wants_json(arguments) => {
            let line = json::line(json::error(&as_error(refused)));
            let _ = to_stdout(&format!("{line}\n"));
            Exit::Usage
        }
        _ => {
            if refused.print().is_err() {
                let _ = writeln!(io::stderr(), "{}", refused.kind());
            }
            Exit::Usage
        }
    }
}

/// The line could not be read, so this looks for the word itself.
fn wants_json(arguments: impl Iterator<Item = OsString>) -> bool {
    arguments
        .skip(1)
        .take_while(|word| word != "--")
        .any(|word| word == "--json")
}

fn as_error(refused: &clap::Error) -> Error {
    let text = refused.render().to_string();
    let message = match refused.kind() {
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => "A command is missing.".to_owned(),
        _ => {
            let first = text.split("\n\n").next().unwrap_or_default();
            let words: Vec<&str> = first.split_whitespace().collect();
            format!("{}.", words.join(" ").trim_start_matches("error: "))
        }
    };
    Error::new(
        Code::InvalidInput,
        message,
        "Look at `lifeboat --help`, or at the help of the command.",
    )
    .with_detail(text)
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use clap::Parser as _;

    use super::{as_error, wants_json};
    use crate::arguments::CommandLine;

    fn words(line: &str) -> impl Iterator<Item = OsString> {
        line.split(' ').map(OsString::from)
    }

    #[test]
    fn json_is_honoured_in_a_line_that_is_wrong() {
        assert!(wants_json(words("lifeboat nonsense --json")));
        assert!(!wants_json(words("lifeboat nonsense")));
        assert!(!wants_json(words("lifeboat show -- --json")));
    }

    #[test]
    fn usage_errors_have_words() {
        for (line, message) in [
            ("lifeboat nonsense", "unrecognized subcommand 'nonsense'."),
            ("lifeboat", "A command is missing."),
            (
                "lifeboat show shop",
                "the following required arguments were not provided: <BACKUP>.",
            ),
        ] {
            let refused = CommandLine::try_parse_from(words(line)).expect_err(line);
            assert_eq!(as_error(&refused).message, message);
        }
    }
}
