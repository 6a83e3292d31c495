//! Every command line of Lifeboat that a document names is one.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use lifeboat_tests::{artifacts, command};

use super::markdown::{Document, Said};
use super::repository::{self, nothing_is_wrong};

/// What the command itself says of its commands and options.
struct Definition {
    commands: BTreeMap<String, BTreeSet<String>>,
    global: BTreeSet<String>,
}

impl Definition {
    fn ask() -> Self {
        let whole = help(&[]);
        let list = whole.split("Commands:").nth(1).expect("a list of commands");
        let list = list.split("\n\n").next().expect("a list of commands");
        let rows = list.lines().filter(|line| line.starts_with("  "));
        let names = rows.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
        let commands = names
            .filter(|name| !name.is_empty())
            .map(|name| (name.to_owned(), options(&help(&[name]))))
            .collect();
        Self {
            commands,
            global: options(&whole),
        }
    }

    fn knows(&self, command: &str, option: &str) -> bool {
        self.global.contains(option) || self.commands[command].contains(option)
    }

    fn knows_anywhere(&self, option: &str) -> bool {
        self.commands.keys().any(|name| self.knows(name, option))
    }
}

fn help(words: &[&str]) -> String {
    let mut asked = Command::new(artifacts::cli());
    command::run(asked.args(words).arg("--help"))
        .success()
        .text()
}

/// `--long` and `-s`, wherever they stand in a text.
fn options(text: &str) -> BTreeSet<String> {
    let parts = text.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '-'));
    let found = parts.filter(|part| {
        let name = part.trim_start_matches('-');
        let dashes = part.len() - name.len();
        !name.is_empty() && (dashes == 2 || (dashes == 1 && name.len() == 1))
    });
    found.map(str::to_owned).collect()
}

/// Lines of commands and words in backticks, each with what it may be a command line of.
fn lines() -> Vec<Said> {
    let mut lines = Vec::new();
    for document in Document::all() {
        for block in &document.blocks {
            // Without a language it is a picture made of letters, but for the reference.
            if block.language.is_empty() && document.name != "docs/cli.md" {
                continue;
            }
            lines.extend(block.text.lines().map(|line| Said {
                text: line.split(" # ").next().unwrap_or("").trim().to_owned(),
                at: block.at.clone(),
            }));
        }
        lines.extend(document.code);
    }
    lines
}

/// The words from `lifeboat` on; `None` where that is not what is run.
fn of_lifeboat(line: &str) -> Option<Vec<&str>> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let place = words.iter().position(|word| *word == "lifeboat")?;
    // Behind times (cron), behind a prompt, or first of all; anything else only speaks of it.
    let leads = words[..place].iter().all(|word| {
        word.chars()
            .all(|letter| "0123456789*/,-$%>".contains(letter))
    });
    leads.then(|| words[place + 1..].to_vec())
}

/// The command among the words: the first that is no option and no value of one.
fn command_among<'a>(words: &[&'a str]) -> Option<&'a str> {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "--engine" | "--color" => {
                words.next();
            }
            word if word.starts_with('-') => {}
            word => return Some(word),
        }
    }
    None
}

#[test]
fn every_command_and_option_of_lifeboat_exists() {
    let mut wrong = Vec::new();
    let definition = Definition::ask();
    let mut looked_at = 0;
    for line in lines() {
        let Some(words) = of_lifeboat(&line.text) else {
            continue;
        };
        let Some(command) = command_among(&words) else {
            continue;
        };
        // A word for any of them.
        if command.chars().all(|letter| letter.is_ascii_uppercase()) {
            continue;
        }
        let is_known = definition.commands.contains_key(command);
        if !is_known {
            wrong.push(format!("{}: lifeboat {command}", line.at));
            continue;
        }
        for option in options(&words.join(" ")) {
            let is_known = definition.knows(command, &option);
            if !is_known {
                wrong.push(format!("{}: lifeboat {command} {option}", line.at));
            }
        }
        looked_at += 1;
    }
    nothing_is_wrong(&wrong);
    assert!(looked_at > 100, "only {looked_at} command lines were found");
}

/// `update --check`, `--yes`: a command line without its first word, or an option alone.
#[test]
fn every_option_in_backticks_exists() {
    /// Of other programs, named beside them.
    const OTHERS: [&str; 1] = ["--rm"];
    let mut wrong = Vec::new();
    let definition = Definition::ask();
    let scripts: Vec<String> = repository::files()
        .iter()
        .filter(|name| name.starts_with("scripts/") && name.contains(".sh"))
        .map(|name| repository::text(name))
        .collect();
    let in_a_script = |option: &str| scripts.iter().any(|text| options(text).contains(option));
    for line in lines() {
        let first = line.text.split_whitespace().next().unwrap_or("");
        let of_a_command = definition.commands.contains_key(first);
        if !of_a_command && !first.starts_with('-') {
            continue;
        }
        for option in options(&line.text) {
            let is_known = if of_a_command {
                definition.knows(first, &option)
            } else {
                definition.knows_anywhere(&option) || in_a_script(&option)
            };
            let is_known = is_known || OTHERS.contains(&option.as_str());
            if !is_known {
                wrong.push(format!("{}: {} names {option}", line.at, line.text));
            }
        }
    }
    nothing_is_wrong(&wrong);
}

/// What a document has a script do, the script knows.
#[test]
fn every_script_and_its_options_exist() {
    let mut wrong = Vec::new();
    let mut looked_at = 0;
    for line in lines() {
        let mut words = line.text.split_whitespace();
        let script = words.next().unwrap_or("").trim_start_matches("./");
        if !script.starts_with("scripts/") || script.ends_with('/') {
            continue;
        }
        if !repository::place(script).is_file() {
            wrong.push(format!("{}: {script}", line.at));
            continue;
        }
        let known = options(&repository::text(script));
        for option in options(&words.collect::<Vec<_>>().join(" ")) {
            if !known.contains(&option) {
                wrong.push(format!("{}: {script} {option}", line.at));
            }
        }
        looked_at += 1;
    }
    nothing_is_wrong(&wrong);
    assert!(looked_at > 10, "only {looked_at} scripts were found");
}
