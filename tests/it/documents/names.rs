//! What documents name is there: files, names in the window, error codes, settings.

use std::collections::BTreeSet;

use super::markdown::Document;
use super::repository::{self, nothing_is_wrong};

/// Documents for people at the window. In them bold words are names of things in it, and nothing else is bold.
const OF_THE_WINDOW: [&str; 6] = [
    "UPDATING.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/DATABASE_PERSISTENCE.md",
    "docs/RESCUE.md",
    "docs/screens.md",
];

/// Documents in which bold words are sentences; names of things in the window stand in quotes.
const WITH_QUOTES: [&str; 3] = ["README.md", "CHANGELOG.md", "docs/ARCHITECTURE.md"];

/// Every text of the window in English that is always the same, or is a choice between such texts.
fn texts_of_the_window() -> BTreeSet<String> {
    let files = repository::files().into_iter();
    let words = files.filter(|name| name.starts_with("ui/locales/en/"));
    let mut found = BTreeSet::new();
    for name in words {
        for line in repository::text(&name).lines() {
            let text = match line.split_once(" = ") {
                Some((_, text)) if !line.starts_with([' ', '#']) => text,
                _ => line.trim_start().trim_start_matches('*'),
            };
            let text = text.split_once("] ").map_or(text, |(_, variant)| variant);
            found.insert(text.trim().to_owned());
        }
    }
    found
}

#[test]
fn what_is_bold_in_a_guide_is_in_the_window() {
    let mut wrong = Vec::new();
    let known = texts_of_the_window();
    let mut looked_at = 0;
    for name in OF_THE_WINDOW {
        for bold in Document::read(name).bold {
            if !known.contains(&bold.text) {
                wrong.push(format!("{}: “{}”", bold.at, bold.text));
            }
            looked_at += 1;
        }
    }
    nothing_is_wrong(&wrong);
    assert!(looked_at > 20, "only {looked_at} names were found");
}

#[test]
fn what_is_quoted_as_a_name_is_in_the_window() {
    let mut wrong = Vec::new();
    let known = texts_of_the_window();
    for name in WITH_QUOTES {
        for prose in Document::read(name).prose {
            for quoted in prose.text.split('"').skip(1).step_by(2) {
                if quoted.starts_with(char::is_uppercase) && !known.contains(quoted) {
                    wrong.push(format!("{}: “{quoted}”", prose.at));
                }
            }
        }
    }
    nothing_is_wrong(&wrong);
}

/// Whether words in backticks can only be the path of a file or folder of this repository.
fn is_path(words: &str, folders: &BTreeSet<&str>) -> bool {
    const ENDINGS: [&str; 12] = [
        ".rs", ".ts", ".md", ".sh", ".ftl", ".svelte", ".toml", ".ps1", ".service", ".css", ".js",
        ".yaml",
    ];
    let is_plain = words
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || "/._-@".contains(letter));
    let first = words.split('/').next().unwrap_or("");
    let is_below = words.contains('/') && folders.contains(first);
    is_plain
        && !words.starts_with(['/', '.'])
        && (is_below || ENDINGS.iter().any(|ending| words.ends_with(ending)))
}

#[test]
fn every_path_is_there() {
    let mut wrong = Vec::new();
    let files = repository::files();
    let mut folders: BTreeSet<&str> = files
        .iter()
        .filter_map(|name| Some(name.split_once('/')?.0))
        .collect();
    folders.extend(["store", "core", "cli", "helper"]);
    let is_there = |path: &str| {
        let inside = format!("/{path}");
        let folder = format!("{inside}/");
        files.iter().any(|name| {
            let name = format!("/{name}");
            name.ends_with(&inside) || name.contains(&folder)
        })
    };
    let mut looked_at = 0;
    for document in Document::all() {
        for code in &document.code {
            let path = code.text.trim_end_matches('/');
            if !is_path(path, &folders) {
                continue;
            }
            if !is_there(path) {
                wrong.push(format!("{}: {path}", code.at));
            }
            looked_at += 1;
        }
    }
    nothing_is_wrong(&wrong);
    assert!(looked_at > 80, "only {looked_at} paths were found");
}

/// Every text in quotes in the sources, those of tests left out, and every name as it is written down.
fn words_of_the_product() -> BTreeSet<String> {
    let files = repository::files().into_iter();
    let sources = files.filter(|name| {
        let is_source = name.ends_with(".rs") || name.ends_with(".ts") || name.ends_with(".toml");
        is_source && !name.starts_with("tests/it/") && !name.starts_with("tests/e2e/")
    });
    let mut words = BTreeSet::new();
    for name in sources {
        let text = repository::text(&name);
        words.extend(text.split(['"', '\'']).map(str::to_owned));
        let names = text.split(|letter: char| !letter.is_ascii_alphanumeric());
        words.extend(names.map(kebab_case));
    }
    words.extend(words_of_the_packaging());
    words
}

/// Programs and packages, as the scripts and what is bundled name them.
fn words_of_the_packaging() -> BTreeSet<String> {
    let files = repository::files().into_iter();
    let sources = files.filter(|name| name.ends_with(".sh") || name == "src-tauri/tauri.conf.json");
    let mut words = BTreeSet::new();
    for name in sources {
        let text = repository::text(&name);
        let names = text.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '-'));
        words.extend(names.map(str::to_owned));
    }
    words
}

/// `NeedsAttention` is written down as `needs-attention`.
fn kebab_case(name: &str) -> String {
    let mut word = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !word.is_empty() {
            word.push('-');
        }
        word.push(letter.to_ascii_lowercase());
    }
    word
}

/// `needs-attention`, `pre-restore`: error codes, findings, reasons. One that the product never says is a
/// mistake.
#[test]
fn every_code_exists() {
    let mut wrong = Vec::new();
    let known = words_of_the_product();
    let mut looked_at = 0;
    for document in Document::all() {
        for code in &document.code {
            let word = code.text.as_str();
            let is_code = word.contains('-')
                && word.starts_with(|letter: char| letter.is_ascii_lowercase())
                && word
                    .chars()
                    .all(|letter| letter.is_ascii_lowercase() || letter == '-');
            if !is_code || repository::place(word).exists() {
                continue;
            }
            if !known.contains(word) {
                wrong.push(format!("{}: {word}", code.at));
            }
            looked_at += 1;
        }
    }
    nothing_is_wrong(&wrong);
    assert!(looked_at > 20, "only {looked_at} codes were found");
}

/// The keys of settings, from the file that is written from their table.
fn settings() -> BTreeSet<String> {
    let page = repository::text(".env.example");
    let lines = page.lines().map(|line| line.trim_start_matches('#'));
    let keys = lines.filter_map(|line| line.split_once('=').map(|(key, _)| key));
    keys.filter(|key| is_key(key)).map(str::to_owned).collect()
}

fn is_key(word: &str) -> bool {
    word.contains('_')
        && word
            .chars()
            .all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_')
}

/// A word in capitals is a setting, or something that a source of ours names as well.
#[test]
fn every_key_exists() {
    let mut wrong = Vec::new();
    let settings = settings();
    assert!(settings.len() > 20, "{settings:?}");
    let files = repository::files().into_iter();
    let sources = files.filter(|name| {
        [".rs", ".sh", ".ps1"]
            .iter()
            .any(|ending| name.ends_with(ending))
    });
    let sources: Vec<String> = sources.map(|name| repository::text(&name)).collect();
    for document in Document::all() {
        for code in &document.code {
            for word in code
                .text
                .split(|letter: char| !(letter.is_alphanumeric() || letter == '_'))
            {
                let is_known =
                    settings.contains(word) || sources.iter().any(|source| source.contains(word));
                if is_key(word) && !is_known {
                    wrong.push(format!("{}: {word}", code.at));
                }
            }
        }
    }
    nothing_is_wrong(&wrong);
}

/// The operator's table of settings has each of them.
#[test]
fn the_guide_has_every_setting() {
    let guide = Document::read("docs/DATABASE_PERSISTENCE.md");
    let named: BTreeSet<&str> = guide.code.iter().map(|code| code.text.as_str()).collect();
    for key in settings() {
        assert!(named.contains(key.as_str()), "{key}");
    }
}
