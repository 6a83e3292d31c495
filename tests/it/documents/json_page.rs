//! `docs/json.md` as a program reads it, and what does not fit it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::repository;

/// A field of an object.
#[derive(Debug, Clone)]
struct Field {
    name: String,
    kind: String,
    optional: bool,
}

/// What a type is.
#[derive(Debug)]
enum Shape {
    /// An object.
    Fields(Vec<Field>),
    /// Objects that are told apart by a text in a field of this name.
    Variants(String, BTreeMap<String, Vec<Field>>),
    /// A text, or one of several.
    Other(String),
}

/// The page.
pub(super) struct Page {
    commands: BTreeMap<String, Vec<Field>>,
    types: BTreeMap<String, Shape>,
}

impl Page {
    /// Reads it.
    pub(super) fn read() -> Self {
        let text = repository::text("docs/json.md");
        let (head, objects) = text.split_once("\n## Objects\n").expect("the objects");
        let mut commands: BTreeMap<String, Vec<Field>> = BTreeMap::new();
        for row in rows(head) {
            let command = word(&row[0]);
            commands.entry(command).or_default().push(field(&row[1..]));
        }
        let sections = objects.split("\n### ").skip(1);
        let types = sections.map(|section| {
            let (name, body) = section.split_once('\n').expect("a heading");
            (name.to_owned(), shape(body))
        });
        Self {
            commands,
            types: types.collect(),
        }
    }

    /// The commands that it describes.
    pub(super) fn commands(&self) -> impl Iterator<Item = &str> {
        self.commands.keys().map(String::as_str)
    }

    /// What of an object that this command printed does not fit.
    pub(super) fn wrong(&self, command: &str, printed: &Value) -> Vec<String> {
        let Some(object) = printed.as_object() else {
            return vec![format!("{command}: no object: {printed}")];
        };
        let mut object = object.clone();
        let mut wrong = Vec::new();
        if object.remove("schema") != Some(1.into()) {
            wrong.push(format!("{command}: `schema` is not 1"));
        }
        self.fields(&self.commands[command], &object, command, &mut wrong);
        wrong
    }

    /// What of a value does not fit a type.
    pub(super) fn wrong_type(&self, name: &str, value: &Value) -> Vec<String> {
        let mut wrong = Vec::new();
        self.named(name, value, name, &mut wrong);
        wrong
    }

    fn fields(
        &self,
        known: &[Field],
        object: &Map<String, Value>,
        at: &str,
        wrong: &mut Vec<String>,
    ) {
        for name in object.keys() {
            if known.iter().all(|field| field.name != *name) {
                wrong.push(format!("{at}.{name}: is not described"));
            }
        }
        for field in known {
            let at = format!("{at}.{}", field.name);
            match object.get(&field.name) {
                Some(value) => self.kind(&field.kind, value, &at, wrong),
                None if field.optional => {}
                None => wrong.push(format!("{at}: is missing")),
            }
        }
    }

    fn named(&self, name: &str, value: &Value, at: &str, wrong: &mut Vec<String>) {
        let shape = self.types.get(name);
        match shape.unwrap_or_else(|| panic!("{at}: {name} is not described")) {
            Shape::Fields(fields) => match value.as_object() {
                Some(object) => self.fields(fields, object, at, wrong),
                None => wrong.push(format!("{at}: no object: {value}")),
            },
            Shape::Variants(tag, all) => {
                let found = value[tag].as_str().and_then(|word| all.get(word));
                match (found, value.as_object()) {
                    (Some(fields), Some(object)) => {
                        let mut object = object.clone();
                        object.remove(tag);
                        self.fields(fields, &object, at, wrong);
                    }
                    _ => wrong.push(format!("{at}: none of {name}: {value}")),
                }
            }
            Shape::Other(kind) => self.kind(kind, value, at, wrong),
        }
    }

    fn kind(&self, kind: &str, value: &Value, at: &str, wrong: &mut Vec<String>) {
        let is_right = match kind {
            "text" => value.is_string(),
            "number" => value.is_number(),
            "`true` or `false`" => value.is_boolean(),
            "`null`" => value.is_null(),
            _ => return self.composed(kind, value, at, wrong),
        };
        if !is_right {
            wrong.push(format!("{at}: no {kind}: {value}"));
        }
    }

    fn composed(&self, kind: &str, value: &Value, at: &str, wrong: &mut Vec<String>) {
        if let Some((first, second)) = kind.split_once(" or ") {
            let mut here = [Vec::new(), Vec::new()];
            self.kind(first, value, at, &mut here[0]);
            self.kind(second, value, at, &mut here[1]);
            if here.iter().all(|one| !one.is_empty()) {
                wrong.append(&mut here[0]);
            }
        } else if let Some(inside) = kind.strip_prefix("list of ") {
            self.list(inside, value, at, wrong);
        } else if let Some(inside) = kind.strip_prefix("pair of ") {
            let (first, second) = inside.split_once(" and ").expect("a pair");
            self.kind(first, &value[0], at, wrong);
            self.kind(second, &value[1], at, wrong);
        } else if let Some(inside) = kind.strip_prefix("object of ") {
            let inside = inside.strip_suffix(" by name").expect("an object");
            for (name, value) in value.as_object().into_iter().flatten() {
                self.kind(inside, value, &format!("{at}.{name}"), wrong);
            }
        } else if let Some(all) = kind.strip_prefix("one of ") {
            if !all.split(", ").any(|one| value == &word(one)) {
                wrong.push(format!("{at}: none of {all}: {value}"));
            }
        } else if let Some(link) = kind.strip_prefix("[`") {
            let (name, _) = link.split_once('`').expect("a name");
            self.named(name, value, at, wrong);
        } else if value != &word(kind) {
            wrong.push(format!("{at}: not {kind}: {value}"));
        }
    }

    fn list(&self, inside: &str, value: &Value, at: &str, wrong: &mut Vec<String>) {
        let Some(all) = value.as_array() else {
            wrong.push(format!("{at}: no list: {value}"));
            return;
        };
        for (number, one) in all.iter().enumerate() {
            self.kind(inside, one, &format!("{at}[{number}]"), wrong);
        }
    }
}

/// The rows of the tables in a text, without their heads.
fn rows(text: &str) -> Vec<Vec<String>> {
    let lines: Vec<&str> = text.lines().collect();
    let is_row = |line: &str| line.starts_with('|');
    let is_rule = |line: &str| line.starts_with("| ---");
    let mut found = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let is_head = lines.get(number + 1).is_some_and(|next| is_rule(next));
        if is_row(line) && !is_rule(line) && !is_head {
            let cells = line.trim_matches('|').split('|');
            found.push(cells.map(|cell| cell.trim().to_owned()).collect());
        }
    }
    found
}

fn shape(body: &str) -> Shape {
    let head = body.lines().find(|line| line.starts_with('|'));
    let rows = rows(body);
    match head {
        None => {
            let last = body.trim().lines().last().expect("what it is");
            let words = last.trim_end_matches('.');
            let first = words[..1].to_lowercase();
            Shape::Other(first + &words[1..])
        }
        Some(head) if head.starts_with("| field") => {
            Shape::Fields(rows.iter().map(|row| field(row)).collect())
        }
        Some(head) => {
            let tag = word(head.split('|').nth(1).expect("a cell"));
            let mut all: BTreeMap<String, Vec<Field>> = BTreeMap::new();
            for row in &rows {
                let fields = all.entry(word(&row[0])).or_default();
                if !row[1].is_empty() {
                    fields.push(field(&row[1..]));
                }
            }
            Shape::Variants(tag, all)
        }
    }
}

fn field(cells: &[String]) -> Field {
    let kind = cells[1].as_str();
    let bare = kind.strip_suffix("; may be missing");
    Field {
        name: word(&cells[0]),
        kind: bare.unwrap_or(kind).to_owned(),
        optional: bare.is_some(),
    }
}

/// A word without its backticks.
fn word(text: &str) -> String {
    text.trim().trim_matches('`').to_owned()
}
