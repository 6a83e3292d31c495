//! An error as a person reads it: what could not be done, one thing to do, the state of things.

use std::io;

use lifeboat_core::Code;
use lifeboat_core::error::{Aftermath, Error};

use super::table::{Look, Tone};
use super::text;

/// Three lines, and the cause with `details`.
pub(crate) fn render(error: &Error, details: bool, look: Look) -> String {
    let message = text::clean(&error.message);
    let first = if error.code == Code::Cancelled {
        look.paint(&message, Tone::Doubtful)
    } else {
        let label = look.paint("Error:", Tone::Bad);
        format!("{label} {message} ({})", code_word(error.code))
    };
    let mut lines = vec![
        first,
        format!("  {}", text::clean(&error.advice)),
        format!("  {}", aftermath(error.aftermath)),
    ];
    if let Some(detail) = error.detail.as_deref().filter(|_| details) {
        let indented = text::clean_lines(detail).replace('\n', "\n           ");
        lines.push(format!("  Details: {indented}"));
    }
    lines.join("\n")
}

/// What is said where the work is done and its result could not be written.
pub(crate) fn unwritten(error: &io::Error, look: Look) -> String {
    format!(
        "{} The result could not be written to standard output: {error}. ({})\n  \
         What was asked for is done. Make room where the output goes, and ask for the result again.",
        look.paint("Error:", Tone::Bad),
        code_word(Code::OutputFailed)
    )
}

/// The state of things, in a sentence.
fn aftermath(aftermath: Aftermath) -> &'static str {
    match aftermath {
        Aftermath::Unchanged => "Nothing was changed.",
        Aftermath::Restored => "What had been changed was put back.",
        Aftermath::NeedsAttention => "Things are not in order yet: this needs your attention.",
    }
}

/// The word of a code, as in JSON and `docs/errors.md`.
pub(crate) fn code_word(code: Code) -> String {
    match serde_json::to_value(code) {
        Ok(serde_json::Value::String(word)) => word,
        _ => unreachable!("a code serialises as a word"),
    }
}

#[cfg(test)]
mod tests {
    use lifeboat_core::Code;
    use lifeboat_core::error::{Aftermath, Error};

    use super::{Look, render};

    const PLAIN: Look = Look {
        color: false,
        fit: false,
    };

    #[test]
    fn an_error_is_three_lines() {
        let error = Error::new(
            Code::EngineStopped,
            "The engine does not answer.",
            "Start Docker.",
        )
        .with_detail("connect: refused\nos error 111");
        assert_eq!(
            render(&error, false, PLAIN),
            "Error: The engine does not answer. (engine-stopped)\n  Start Docker.\n  \
             Nothing was changed."
        );
        assert!(
            render(&error, true, PLAIN)
                .ends_with("\n  Details: connect: refused\n           os error 111")
        );
    }

    #[test]
    fn a_cancel_is_no_error() {
        let text = render(
            &Error::cancelled().with_aftermath(Aftermath::Restored),
            false,
            PLAIN,
        );
        assert!(text.starts_with("The job was cancelled.\n"), "{text}");
        assert!(
            text.ends_with("What had been changed was put back."),
            "{text}"
        );
    }

    #[test]
    fn names_in_errors_are_harmless() {
        let error = Error::new(
            Code::AppNotFound,
            "No application \u{1b}]0;x\u{7}.",
            "Look.",
        );
        assert!(!render(&error, true, PLAIN).contains('\u{1b}'));
    }
}
