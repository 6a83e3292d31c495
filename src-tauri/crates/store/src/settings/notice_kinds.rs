//! Which notices are told: `all`, `none`, or `overdue,backup-damaged`.

use std::collections::BTreeSet;
use std::fmt;

/// The kinds of notices, by the names that they have in settings and in what is sent. What each means is
/// known to those who tell.
pub const NOTICE_KIND_NAMES: [&str; 6] = [
    "guardian",
    "backup-failed",
    "overdue",
    "backup-damaged",
    "rolled-back",
    "needs-attention",
];

/// A choice of kinds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeKinds {
    chosen: BTreeSet<usize>,
}

impl NoticeKinds {
    /// Every kind.
    #[must_use]
    pub fn all() -> Self {
        Self {
            chosen: (0..NOTICE_KIND_NAMES.len()).collect(),
        }
    }

    /// Reads them. A failure is the end of a sentence that begins with "it".
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "all" => return Ok(Self::all()),
            "none" => {
                return Ok(Self {
                    chosen: BTreeSet::new(),
                });
            }
            "" => return Err("is empty".to_owned()),
            _ => {}
        }
        let chosen = text
            .split(',')
            .map(|name| place_of(&name.trim().to_ascii_lowercase()))
            .collect::<Option<_>>()
            .ok_or("has something in it that is no kind of notice")?;
        Ok(Self { chosen })
    }

    /// Whether notices of this name are told.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        place_of(name).is_some_and(|place| self.chosen.contains(&place))
    }
}

impl fmt::Display for NoticeKinds {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.chosen.len() {
            0 => formatter.write_str("none"),
            number if number == NOTICE_KIND_NAMES.len() => formatter.write_str("all"),
            _ => {
                let names = self.chosen.iter().map(|place| NOTICE_KIND_NAMES[*place]);
                formatter.write_str(&names.collect::<Vec<_>>().join(","))
            }
        }
    }
}

fn place_of(name: &str) -> Option<usize> {
    NOTICE_KIND_NAMES.iter().position(|known| *known == name)
}

#[cfg(test)]
mod tests {
    use super::{NOTICE_KIND_NAMES, NoticeKinds};

    #[test]
    fn a_choice_is_shown_in_one_form() {
        for (text, shown) in [
            ("all", "all"),
            ("None", "none"),
            ("overdue", "overdue"),
            ("overdue, Guardian,overdue", "guardian,overdue"),
            (&NOTICE_KIND_NAMES.join(","), "all"),
        ] {
            let kinds = NoticeKinds::parse(text).expect(text);
            assert_eq!(kinds.to_string(), shown);
            assert_eq!(NoticeKinds::parse(shown), Ok(kinds));
        }
    }

    #[test]
    fn only_what_is_chosen_is_in_it() {
        let kinds = NoticeKinds::parse("overdue,rolled-back").expect("allowed");
        let told: Vec<&str> = NOTICE_KIND_NAMES
            .into_iter()
            .filter(|name| kinds.contains(name))
            .collect();
        assert_eq!(told, ["overdue", "rolled-back"]);
    }

    #[test]
    fn what_is_no_kind_is_refused() {
        for text in [
            "",
            ",",
            "overdue,",
            "everything",
            "all,overdue",
            "none,overdue",
        ] {
            assert!(NoticeKinds::parse(text).is_err(), "{text:?}");
        }
    }
}
