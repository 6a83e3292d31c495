//! Words of a command that a person may copy into a shell.

/// A word as a shell takes it for one: quoted only where it has to be.
#[must_use]
pub fn word(text: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "_./:@%+=,-".contains(letter);
    if !text.is_empty() && !text.starts_with('-') && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::word;

    #[test]
    fn hostile_names_stay_one_word() {
        for (name, wanted) in [
            ("shop", "shop"),
            ("/media/a b.tar", "'/media/a b.tar'"),
            ("a; rm -rf ~", "'a; rm -rf ~'"),
            ("it's", "'it'\\''s'"),
            ("$(id)", "'$(id)'"),
            ("-f", "'-f'"),
            ("", "''"),
        ] {
            assert_eq!(word(name), wanted);
        }
    }
}
