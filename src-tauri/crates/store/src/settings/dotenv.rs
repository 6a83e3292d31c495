//! Reading the text of a compose project's `.env`.
//!
//! It is compose's dialect: an unquoted value goes to the end of its line or to a ` #`, spaces and
//! apostrophes in it are ordinary letters, and a quoted one may span lines. Readers of other dialects
//! take an apostrophe for the beginning of a quote and lose the lines after it, and with them a limit
//! that somebody set. Nothing is expanded and nothing executed: `$` is a letter like others.

use std::collections::BTreeMap;

/// What a `.env` says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DotEnv {
    /// Each variable's last value.
    pub values: BTreeMap<String, String>,
    /// Lines that say nothing that could be understood.
    pub oddities: Vec<Oddity>,
}

/// A line that could not be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oddity {
    /// Its number, counted from 1.
    pub line: usize,
    /// Why, as the end of a sentence that begins with "it".
    pub why: &'static str,
}

impl DotEnv {
    /// Reads the text.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut read = Self::default();
        let mut lines = text.lines().enumerate();
        while let Some((index, line)) = lines.next() {
            let mut oddity = |why| {
                read.oddities.push(Oddity {
                    line: index + 1,
                    why,
                });
            };
            let statement = line.trim();
            if statement.is_empty() || statement.starts_with('#') {
                continue;
            }
            let Some((name, rest)) = name_of(statement) else {
                oddity("is not of the form NAME=value");
                continue;
            };
            let value = match rest.chars().next() {
                Some(quote @ ('"' | '\'')) => {
                    let more = lines.clone().map(|(_, line)| line);
                    match quoted(&rest[1..], quote, more) {
                        Some(quoted) => {
                            for _ in 0..quoted.further_lines {
                                lines.next();
                            }
                            quoted.value
                        }
                        // Only this line is given up: what stands after it still counts.
                        None => {
                            oddity("has a quotation mark that is never closed");
                            continue;
                        }
                    }
                }
                _ => unquoted(rest),
            };
            read.values.insert(name.to_owned(), value);
        }
        read
    }
}

/// The name, and what stands after `=` (or compose's `:`) without leading space.
fn name_of(statement: &str) -> Option<(&str, &str)> {
    let statement = match statement.strip_prefix("export") {
        Some(rest) if rest.starts_with([' ', '\t']) => rest.trim_start(),
        _ => statement,
    };
    let (name, rest) = statement.split_once(['=', ':'])?;
    let name = name.trim_end();
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_.-[]".contains(letter);
    (!name.is_empty() && name.chars().all(plain)).then_some((name, rest.trim_start()))
}

fn unquoted(rest: &str) -> String {
    if rest.starts_with('#') {
        return String::new();
    }
    let end = rest.find(" #").or_else(|| rest.find("\t#"));
    rest[..end.unwrap_or(rest.len())].trim_end().to_owned()
}

struct Quoted {
    value: String,
    further_lines: usize,
}

/// What stands up to the closing quotation mark, perhaps some lines below. Between double ones, a
/// backslash makes the next letter an ordinary one.
fn quoted<'a>(first: &'a str, quote: char, more: impl Iterator<Item = &'a str>) -> Option<Quoted> {
    let mut value = String::new();
    for (further_lines, line) in std::iter::once(first).chain(more).enumerate() {
        if further_lines > 0 {
            value.push('\n');
        }
        let mut letters = line.chars();
        while let Some(letter) = letters.next() {
            match letter {
                '\\' if quote == '"' => match letters.next() {
                    Some('n') => value.push('\n'),
                    Some(next @ ('"' | '\\' | '$')) => value.push(next),
                    Some(next) => value.extend(['\\', next]),
                    None => value.push('\\'),
                },
                letter if letter == quote => {
                    return Some(Quoted {
                        value,
                        further_lines,
                    });
                }
                letter => value.push(letter),
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::DotEnv;

    fn value(text: &str, name: &str) -> Option<String> {
        DotEnv::parse(text).values.get(name).cloned()
    }

    #[test]
    fn odd_forms_that_people_write_are_understood() {
        for (text, expected) in [
            ("A=10", "10"),
            ("  A = 10  ", "10"),
            ("export A=10", "10"),
            ("A: 10", "10"),
            ("A=\"10\"", "10"),
            ("A='10'", "10"),
            ("A=10 # ten", "10"),
            ("A=\"10\" # ten", "10"),
            ("A=a#b", "a#b"),
            ("A=30 3 * * 1-5", "30 3 * * 1-5"),
            ("\u{feff}A=10\r\nB=2\r\n", "10"),
            ("A=1\nA=2\n", "2"),
            ("A=", ""),
            ("A=# nothing", ""),
            ("A=${HOME}$(id)`id`", "${HOME}$(id)`id`"),
            ("A='it \\ is'", "it \\ is"),
            ("A=\"say \\\"x\\\"\"", "say \"x\""),
        ] {
            assert_eq!(value(text, "A").as_deref(), Some(expected), "{text:?}");
        }
        assert_eq!(value("# A=10\n#A=10", "A"), None);
    }

    #[test]
    fn no_line_hides_those_after_it() {
        for before in [
            "TITLE=Anna's shop",
            "TITLE='never closed",
            "KEY=\"never closed",
            "this is no statement",
            "=x",
            "MULTI=\"one\nA=1\ntwo\"",
            "MULTI='one\nA=1\n'",
        ] {
            assert_eq!(
                value(&format!("{before}\nA=10\n"), "A").as_deref(),
                Some("10"),
                "{before:?}"
            );
        }
        let odd = DotEnv::parse("A=1\n\nnonsense\nB='x\n");
        let lines: Vec<usize> = odd.oddities.iter().map(|oddity| oddity.line).collect();
        assert_eq!(lines, [3, 4]);
    }
}
