//! The language of what the desktop itself shows: the tray, the notifications, the native dialogs. Their words
//! lie beside those of the window, in `ui/locales`, and English stands in for what another language lacks.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::preferences::LanguageChoice;

/// The files of one language.
macro_rules! files {
    ($language:literal) => {
        [
            include_str!(concat!("../../ui/locales/", $language, "/tray.ftl")),
            include_str!(concat!(
                "../../ui/locales/",
                $language,
                "/notifications.ftl"
            )),
            include_str!(concat!("../../ui/locales/", $language, "/dialogs.ftl")),
        ]
    };
}

type Bundle = FluentBundle<FluentResource>;

static ENGLISH: LazyLock<Bundle> = LazyLock::new(|| bundle("en", &files!("en")));
static GERMAN: LazyLock<Bundle> = LazyLock::new(|| bundle("de", &files!("de")));

fn bundle(language: &str, files: &[&str]) -> Bundle {
    let language: LanguageIdentifier = language.parse().expect("it is a language");
    let mut bundle = Bundle::new_concurrent(vec![language]);
    // The marks around what is put in would be seen where a desktop does not know them.
    bundle.set_use_isolating(false);
    for file in files {
        let resource = FluentResource::try_new((*file).to_owned());
        let resource = resource.unwrap_or_else(|(readable, _)| readable);
        bundle
            .add_resource(resource)
            .expect("no message is there twice");
    }
    bundle
}

/// A language that there are words for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Language {
    English,
    German,
}

impl Language {
    fn bundle(self) -> &'static Bundle {
        match self {
            Self::English => &ENGLISH,
            Self::German => &GERMAN,
        }
    }

    /// Of a name such as `de_AT.UTF-8` or `de-AT`. `C`, `POSIX` and what nobody has words for are English.
    fn of_locale(name: &str) -> Self {
        let language = name.split(['_', '-', '.', '@']).next().unwrap_or_default();
        if language.eq_ignore_ascii_case("de") {
            Self::German
        } else {
            Self::English
        }
    }
}

/// The words of one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words(Language);

impl Words {
    /// Those that the person chose, or else those of the desktop.
    #[must_use]
    pub fn of(choice: LanguageChoice) -> Self {
        Self(match choice {
            LanguageChoice::En => Language::English,
            LanguageChoice::De => Language::German,
            LanguageChoice::System => Language::of_locale(&locale_of_desktop()),
        })
    }

    /// A message.
    #[must_use]
    pub fn get(self, id: &str) -> String {
        self.with(id, &[])
    }

    /// A message with something put in. Names and times are given as text that is ready to be shown.
    #[must_use]
    pub fn with(self, id: &str, arguments: &[(&'static str, FluentValue<'_>)]) -> String {
        let arguments: FluentArgs<'_> = arguments.iter().cloned().collect();
        [self.0, Language::English]
            .into_iter()
            .find_map(|language| message(language, id, &arguments))
            .unwrap_or_else(|| id.to_owned())
    }
}

/// `None` if there is no such message, or something that it needs was not given.
fn message(language: Language, id: &str, arguments: &FluentArgs<'_>) -> Option<String> {
    let bundle = language.bundle();
    let pattern = bundle.get_message(id)?.value()?;
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, Some(arguments), &mut errors);
    errors.is_empty().then(|| text.into_owned())
}

/// As WebKit finds it out for the page: the window and the tray speak the same language.
#[cfg(target_os = "linux")]
fn locale_of_desktop() -> String {
    locale_of(|name| std::env::var(name).ok())
}

#[cfg(not(target_os = "linux"))]
fn locale_of_desktop() -> String {
    sys_locale::get_locale().unwrap_or_default()
}

/// The first that says anything, in the order of the C library.
#[cfg(any(target_os = "linux", test))]
fn locale_of(variable: impl Fn(&str) -> Option<String>) -> String {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .filter_map(variable)
        .find(|value| !value.is_empty())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The language that a desktop with these variables speaks.
    fn spoken(variables: &[(&str, &str)]) -> Language {
        let value = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        Language::of_locale(&locale_of(value))
    }

    #[test]
    fn the_desktop_is_asked_as_the_c_library_does() {
        for (variables, wanted) in [
            (&[][..], Language::English),
            (&[("LANG", "de_DE.UTF-8")], Language::German),
            (&[("LANG", "de")], Language::German),
            (&[("LANG", "de_CH@euro")], Language::German),
            (&[("LANG", "en_GB.UTF-8")], Language::English),
            (&[("LANG", "C.UTF-8")], Language::English),
            (&[("LANG", "POSIX")], Language::English),
            (&[("LANG", "del_US")], Language::English),
            (&[("LANG", "fr_FR.UTF-8")], Language::English),
            (
                &[("LANG", "en_US"), ("LC_MESSAGES", "de_AT")],
                Language::German,
            ),
            (&[("LANG", "de_DE"), ("LC_MESSAGES", "")], Language::German),
            (
                &[("LC_MESSAGES", "de_DE"), ("LC_ALL", "C")],
                Language::English,
            ),
        ] {
            assert_eq!(spoken(variables), wanted, "{variables:?}");
        }
    }

    #[test]
    fn what_was_chosen_goes_before_the_desktop() {
        assert_eq!(Words::of(LanguageChoice::En), Words(Language::English));
        assert_eq!(Words::of(LanguageChoice::De), Words(Language::German));
    }

    #[test]
    fn both_languages_have_the_same_messages_and_all_can_be_read() {
        let messages = |files: &[&str]| -> BTreeSet<String> {
            let lines = files.iter().flat_map(|file| file.lines());
            let ids = lines.filter_map(|line| line.split_once(" =")?.0.into());
            ids.filter(|id| !id.starts_with([' ', '#']))
                .map(str::to_owned)
                .collect()
        };
        let english = messages(&files!("en"));
        assert_eq!(english, messages(&files!("de")));
        assert!(!english.is_empty());
        for id in english {
            for bundle in [&ENGLISH, &GERMAN] {
                assert!(bundle.has_message(&id), "{id}");
            }
        }
    }

    #[test]
    fn numbers_choose_their_words_and_nothing_is_marked() {
        let app = || ("app", FluentValue::from("shop"));
        for (choice, wanted) in [
            (LanguageChoice::En, "shop is at risk"),
            (LanguageChoice::De, "shop ist gefährdet"),
        ] {
            let words = Words::of(choice);
            assert_eq!(
                words.with("tray-at-risk", &[("number", 1.into()), app()]),
                wanted
            );
            assert_eq!(words.get("no-such-message"), "no-such-message");
            assert_eq!(
                words.get("tray-at-risk"),
                "tray-at-risk",
                "nothing is left out"
            );
        }
    }
}
