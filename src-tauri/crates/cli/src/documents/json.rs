//! `docs/json.md`: every field of every object that `--json` prints, written from the types.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

use clap::CommandFactory as _;
use lifeboat_core::api::{
    AppList, AuditLog, Backup, BackupList, BackupRotation, Comparison, DemoReport, DoctorReport,
    DownloadReport, Health, LeavePlan, Protection, PruneReport, RecoveryReport, RescueReport,
    RestoreReport, SettingsReport, UpdatePlan, UpdateReport,
};
use lifeboat_core::error::Error;
use lifeboat_core::job::JobEvent;
use lifeboat_core::notice::Notice;
use ts_rs::{Config, ExportError, TS};

use super::typescript::{self, Declaration, Field, Type};
use super::{UPDATE, document};
use crate::arguments::CommandLine;
use crate::commands::FailedVerification;

/// What each command prints: its keys, each with its type. A key without a name stands for the fields of its
/// type.
const COMMANDS: &[(&str, &[(&str, &str)])] = &[
    ("apps", &[("", "AppList")]),
    ("health", &[("health", "Health")]),
    (
        "backup",
        &[("backup", "Backup"), ("rotation?", "BackupRotation")],
    ),
    ("backups", &[("", "BackupList")]),
    ("show", &[("backup", "Backup")]),
    ("compare", &[("compare", "Comparison")]),
    ("verify", &[("backup", "Backup")]),
    (
        "verify --all",
        &[
            ("app", "string"),
            ("backups", "Array<Backup>"),
            ("unreadable", "Array<[string, string]>"),
            ("failed", "Array<FailedVerification>"),
        ],
    ),
    ("download", &[("download", "DownloadReport")]),
    ("import", &[("backup", "Backup")]),
    ("restore", &[("restore", "RestoreReport")]),
    ("update", &[("update", "UpdateReport")]),
    ("update --check", &[("plan", "UpdatePlan")]),
    ("undo", &[("restore", "RestoreReport")]),
    ("guard", &[("protection", "Protection")]),
    ("settings", &[("settings", "SettingsReport")]),
    ("prune", &[("prune", "PruneReport")]),
    ("delete", &[("deleted", "Backup")]),
    ("pin", &[("backup", "Backup")]),
    ("unpin", &[("backup", "Backup")]),
    ("audit", &[("audit", "AuditLog"), ("exported?", "string")]),
    ("leave", &[("left", "LeavePlan")]),
    ("demo", &[("demo", "DemoReport")]),
    ("doctor", &[("doctor", "DoctorReport")]),
    ("recover", &[("recover", "RecoveryReport")]),
    ("rescue", &[("rescue", "RescueReport")]),
    ("completions", &[("completions", "string")]),
    ("watch", &[("event", "\"notice\""), ("notice", "Notice")]),
    ("any that fails", &[("error", "Error")]),
];

/// The lines of `--progress`.
const EVENTS: &str = "JobEvent";

const INTRODUCTION: &str = "\
# What `--json` prints

<!-- Written from the types in the code. Do not edit: a test compares, and another one compares with what is printed. -->

With `--json` a command prints one object, in one line, on standard output; everything else goes to standard error. Beside the keys
below it has `schema`, which is 1. Keys and fields may be added, and values to those that are one of several; none changes its meaning
or goes. How a command ended is told by its [exit code](cli.md#exit-codes), too.

```sh
lifeboat backup shop --json
```

Times are text such as `2026-07-31T10:15:00Z`, sizes are bytes, paths and names are text in which characters that could steer a terminal
are written as escapes. A field that *may be missing* is left out where it has nothing to say; any other is there in any case.

";

/// Every type that is printed, with all that it is made of.
fn declarations() -> Result<BTreeMap<String, Declaration>, ExportError> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let config = Config::new()
        .with_large_int("number")
        .with_out_dir(folder.path());
    AppList::export_all(&config)?;
    Health::export_all(&config)?;
    Backup::export_all(&config)?;
    BackupRotation::export_all(&config)?;
    BackupList::export_all(&config)?;
    Comparison::export_all(&config)?;
    FailedVerification::export_all(&config)?;
    DownloadReport::export_all(&config)?;
    RestoreReport::export_all(&config)?;
    UpdateReport::export_all(&config)?;
    UpdatePlan::export_all(&config)?;
    Protection::export_all(&config)?;
    SettingsReport::export_all(&config)?;
    PruneReport::export_all(&config)?;
    AuditLog::export_all(&config)?;
    LeavePlan::export_all(&config)?;
    DemoReport::export_all(&config)?;
    DoctorReport::export_all(&config)?;
    RecoveryReport::export_all(&config)?;
    RescueReport::export_all(&config)?;
    Notice::export_all(&config)?;
    Error::export_all(&config)?;
    JobEvent::export_all(&config)?;
    let text = fs::read_to_string(folder.path().join("api.ts"))?;
    let all = typescript::declarations(&text).into_iter();
    Ok(all.map(|one| (one.name.clone(), one)).collect())
}

#[test]
fn the_description_of_the_json_is_fresh() {
    let path = document("json.md");
    let fresh = description(&declarations().expect("all types can be written"));
    if std::env::var_os(UPDATE).is_some_and(|value| value == "1") {
        fs::write(&path, &fresh).expect("docs/json.md can be written");
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == fresh,
        "docs/json.md is stale; run its test with {UPDATE}=1"
    );
}

#[test]
fn every_command_is_described() {
    let described: BTreeSet<&str> = COMMANDS.iter().map(|(name, _)| *name).collect();
    let all = CommandLine::command();
    for command in all.get_subcommands().filter(|one| !one.is_hide_set()) {
        assert!(
            described.contains(command.get_name()),
            "{}",
            command.get_name()
        );
    }
}

/// The whole page.
fn description(all: &BTreeMap<String, Declaration>) -> String {
    let mut page = INTRODUCTION.to_owned();
    page.push_str("## Commands\n\n| command | key | type | meaning |\n| --- | --- | --- | --- |\n");
    let mut wanted = BTreeSet::new();
    for (command, keys) in COMMANDS {
        for (key, kind) in *keys {
            let kind = typescript::kind(kind);
            if key.is_empty() {
                let Type::Name(name) = &kind else {
                    panic!("{command}: the fields of {kind:?}")
                };
                for field in fields_of(all, name) {
                    collect(&field.kind, all, &mut wanted);
                    row(&mut page, command, field);
                }
                continue;
            }
            collect(&kind, all, &mut wanted);
            let field = Field {
                name: key.trim_end_matches('?').to_owned(),
                optional: key.ends_with('?'),
                meaning: meaning_of(&kind, all),
                kind,
            };
            row(&mut page, command, &field);
        }
    }
    collect(&Type::Name(EVENTS.to_owned()), all, &mut wanted);
    page.push_str(
        "\nWith `--progress` each event of the work comes before that, in a line of its own: a\n\
         [`JobEvent`](#jobevent). `watch` prints a line for each notice, and has no end.\n\n## Objects\n",
    );
    for name in &wanted {
        page.push_str(&section(&all[name]));
    }
    page
}

/// What a type's own comment says of it.
fn meaning_of(kind: &Type, all: &BTreeMap<String, Declaration>) -> String {
    match kind {
        Type::Name(name) => all
            .get(name)
            .map(|found| found.meaning.clone())
            .unwrap_or_default(),
        Type::List(inside) => meaning_of(inside, all),
        _ => String::new(),
    }
}

fn fields_of<'a>(all: &'a BTreeMap<String, Declaration>, name: &str) -> &'a [Field] {
    match &all[name].kind {
        Type::Object(fields) => fields,
        other => panic!("{name} is no object: {other:?}"),
    }
}

fn row(page: &mut String, command: &str, field: &Field) {
    let _ = writeln!(
        page,
        "| `{command}` | `{}` | {} | {} |",
        field.name,
        kind_and_presence(field),
        words(&field.meaning)
    );
}

/// Every name that a type is made of, and what those are made of.
fn collect(kind: &Type, all: &BTreeMap<String, Declaration>, wanted: &mut BTreeSet<String>) {
    match kind {
        Type::Name(name) => {
            if let Some(found) = all.get(name)
                && wanted.insert(name.clone())
            {
                collect(&found.kind, all, wanted);
            }
        }
        Type::Text(_) => {}
        Type::List(inside) | Type::Map(inside) => collect(inside, all, wanted),
        Type::Pair(first, second) => {
            collect(first, all, wanted);
            collect(second, all, wanted);
        }
        Type::Object(fields) => fields
            .iter()
            .for_each(|field| collect(&field.kind, all, wanted)),
        Type::Either(parts) => parts.iter().for_each(|part| collect(part, all, wanted)),
    }
}

/// A type with its fields.
fn section(declaration: &Declaration) -> String {
    let mut page = format!("\n### {}\n\n", declaration.name);
    if !declaration.meaning.is_empty() {
        let _ = writeln!(page, "{}\n", words(&declaration.meaning));
    }
    match &declaration.kind {
        Type::Object(fields) => table(&mut page, fields),
        Type::Either(parts) if parts.iter().all(|part| matches!(part, Type::Object(_))) => {
            variants(&mut page, parts);
        }
        other => {
            let _ = writeln!(page, "{}.", capital(&kind(other)));
        }
    }
    page
}

fn table(page: &mut String, fields: &[Field]) {
    page.push_str("| field | type | meaning |\n| --- | --- | --- |\n");
    for field in fields {
        let _ = writeln!(
            page,
            "| `{}` | {} | {} |",
            field.name,
            kind_and_presence(field),
            words(&field.meaning)
        );
    }
}

/// Objects that are told apart by the text in their first field.
fn variants(page: &mut String, parts: &[Type]) {
    let objects: Vec<&Vec<Field>> = parts
        .iter()
        .filter_map(|part| match part {
            Type::Object(fields) => Some(fields),
            _ => None,
        })
        .collect();
    let tag = &objects[0][0].name;
    let _ = writeln!(
        page,
        "| `{tag}` | field | type | meaning |\n| --- | --- | --- | --- |"
    );
    for fields in objects {
        let Type::Text(value) = &fields[0].kind else {
            panic!("{tag} is no text: {fields:?}")
        };
        assert_eq!(&fields[0].name, tag);
        if fields.len() == 1 {
            let _ = writeln!(page, "| `{value}` | | | |");
        }
        for field in &fields[1..] {
            let _ = writeln!(
                page,
                "| `{value}` | `{}` | {} | {} |",
                field.name,
                kind_and_presence(field),
                words(&field.meaning)
            );
        }
    }
}

fn kind_and_presence(field: &Field) -> String {
    let kind = kind(&field.kind);
    if field.optional {
        format!("{kind}; may be missing")
    } else {
        kind
    }
}

/// A type in words.
fn kind(kind_of: &Type) -> String {
    match kind_of {
        Type::Name(name) => match name.as_str() {
            "string" => "text".to_owned(),
            "boolean" => "`true` or `false`".to_owned(),
            "number" => "number".to_owned(),
            "null" => "`null`".to_owned(),
            _ => format!("[`{name}`](#{})", name.to_lowercase()),
        },
        Type::Text(text) => format!("`{text}`"),
        Type::List(inside) => format!("list of {}", kind(inside)),
        Type::Pair(first, second) => format!("pair of {} and {}", kind(first), kind(second)),
        Type::Map(inside) => format!("object of {} by name", kind(inside)),
        Type::Either(parts) if parts.iter().all(|part| matches!(part, Type::Text(_))) => {
            let all: Vec<String> = parts.iter().map(kind).collect();
            format!("one of {}", all.join(", "))
        }
        Type::Either(parts) => {
            let all: Vec<String> = parts.iter().map(kind).collect();
            all.join(" or ")
        }
        Type::Object(_) => panic!("an object without a name: {kind_of:?}"),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// What a comment says, for those who read JSON and not Rust.
fn words(comment: &str) -> String {
    comment
        .replace("`None`", "`null`")
        .replace('|', "\\|")
        .replace('<', "&lt;")
}
