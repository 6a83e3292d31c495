//! The few arguments of the desktop program.

/// The value of `--engine URL|CONTEXT`. Everything else is for the system that started the program
/// and means nothing here.
#[must_use]
pub fn engine(arguments: impl IntoIterator<Item = String>) -> Option<String> {
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        if argument == "--engine" {
            return arguments.next();
        }
        if let Some(value) = argument.strip_prefix("--engine=") {
            return Some(value.to_owned());
        }
    }
    None
}

/// The argument of a start that nobody asked for just now: no window, only the tray.
pub const BACKGROUND: &str = "--background";

/// Whether the program was started by itself.
#[must_use]
pub fn is_in_background(arguments: impl IntoIterator<Item = String>) -> bool {
    arguments.into_iter().any(|argument| argument == BACKGROUND)
}

#[cfg(test)]
mod tests {
    use super::{engine, is_in_background};

    #[test]
    fn a_start_at_login_is_told_apart() {
        let parse = |line: &str| is_in_background(line.split(' ').map(str::to_owned));
        assert!(parse("lifeboat-desktop --background"));
        assert!(parse("lifeboat-desktop --engine home --background"));
        assert!(!parse("lifeboat-desktop --engine home"));
    }

    #[test]
    fn the_engine_is_found() {
        let parse = |line: &str| engine(line.split(' ').map(str::to_owned));
        assert_eq!(parse("lifeboat-desktop"), None);
        assert_eq!(
            parse("lifeboat-desktop --engine home"),
            Some("home".to_owned())
        );
        assert_eq!(
            parse("lifeboat-desktop --engine=unix:///s"),
            Some("unix:///s".to_owned())
        );
        assert_eq!(parse("lifeboat-desktop --engine"), None);
    }
}
