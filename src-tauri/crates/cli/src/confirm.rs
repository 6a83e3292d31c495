//! Asking before anything is destroyed.

use std::io::{self, IsTerminal as _, Write as _};

use lifeboat_core::Code;
use lifeboat_core::error::Error;

use crate::output::text::clean;
use crate::session::Session;

/// What has to be answered.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Question<'a> {
    /// The application's name has to be typed.
    TypeName {
        /// The application.
        app: &'a str,
        /// What will be done, such as "restore".
        action: &'a str,
    },
    /// Yes or no.
    YesOrNo {
        /// The question, without its mark.
        question: &'a str,
    },
}

impl Question<'_> {
    fn prompt(self) -> String {
        match self {
            Self::TypeName { app, action } => {
                format!("Type the application's name ({}) to {action}: ", clean(app))
            }
            Self::YesOrNo { question } => format!("{question}? [y/N] "),
        }
    }

    fn is_answered_by(self, answer: &str) -> bool {
        let answer = answer.trim();
        match self {
            Self::TypeName { app, .. } => answer == app,
            Self::YesOrNo { .. } => matches!(answer.to_lowercase().as_str(), "y" | "yes"),
        }
    }

    fn declined(self) -> Error {
        match self {
            Self::TypeName { app, .. } => Error::new(
                Code::Cancelled,
                "Cancelled: the answer was not the application's name.",
                format!("Type {} if you mean it.", clean(app)),
            ),
            Self::YesOrNo { .. } => Error::new(
                Code::Cancelled,
                "Cancelled: the answer was not yes.",
                "Answer y if you mean it.",
            ),
        }
    }
}

/// Asks on the terminal. With `--yes` nothing is asked.
///
/// # Errors
/// `confirmation-needed` if there is no terminal to ask on; `cancelled`, too, for any answer but
/// the right one.
pub(crate) async fn confirm(session: &Session, question: Question<'_>) -> Result<(), Error> {
    if session.yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        return Err(Error::new(
            Code::ConfirmationNeeded,
            "This needs a confirmation, and there is no terminal to ask on.",
            "Add --yes if you mean it.",
        ));
    }
    let _ = write!(io::stderr(), "{}", question.prompt());
    let _ = io::stderr().flush();
    let answer = session.interruptible(read_line()).await?;
    if question.is_answered_by(&answer) {
        Ok(())
    } else {
        Err(question.declined())
    }
}

async fn read_line() -> Result<String, Error> {
    let read = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        io::stdin().read_line(&mut line).map(|_| line)
    });
    match read.await {
        Ok(Ok(line)) => Ok(line),
        Ok(Err(error)) => Err(unreadable(&error.to_string())),
        Err(error) => Err(unreadable(&error.to_string())),
    }
}

fn unreadable(cause: &str) -> Error {
    Error::new(
        Code::ConfirmationNeeded,
        "The answer could not be read.",
        "Answer in plain text, or add --yes if you mean it.",
    )
    .with_detail(cause)
}

#[cfg(test)]
mod tests {
    use super::Question;

    #[test]
    fn only_the_right_answer_counts() {
        let name = Question::TypeName {
            app: "shop",
            action: "restore",
        };
        for (answer, counts) in [
            ("shop\n", true),
            ("  shop \n", true),
            ("Shop\n", false),
            ("y\n", false),
            ("", false),
        ] {
            assert_eq!(name.is_answered_by(answer), counts, "{answer:?}");
        }
        let yes = Question::YesOrNo {
            question: "Delete it",
        };
        for (answer, counts) in [
            ("y\n", true),
            ("YES\n", true),
            ("\n", false),
            ("n\n", false),
            ("", false),
        ] {
            assert_eq!(yes.is_answered_by(answer), counts, "{answer:?}");
        }
        assert_eq!(yes.prompt(), "Delete it? [y/N] ");
    }
}
