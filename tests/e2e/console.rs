//! What the pages of a window complained about, as WebKit wrote it down. A build under development has it
//! do so (`src-tauri/src/console.rs`).

/// How WebKit begins each message of a console, after the place it comes from.
const MARK: &str = "CONSOLE ";

/// A message that a page is made to write, to see that the console is heard.
pub(crate) const GREETING: &str = "the console is heard";

/// Whether the greeting is among what was written.
pub(crate) fn is_heard(log: &str) -> bool {
    log.lines()
        .any(|line| line.contains(MARK) && line.ends_with(GREETING))
}

/// Errors of programs, breaches of the pages' own rules, and warnings.
pub(crate) fn complaints(log: &str) -> Vec<String> {
    let is_complaint = |line: &&str| {
        let Some((_, message)) = line.split_once(MARK) else {
            return false;
        };
        // The level, behind the source where there is one: `ERROR`, `JS ERROR`, `SECURITY ERROR`.
        let mut words = message.split(' ').take(2);
        words.any(|word| word == "ERROR" || word == "WARN")
    };
    log.lines()
        .filter(is_complaint)
        .map(str::to_owned)
        .collect()
}
