//! A child's side of checking a copy: counts, schema, integrity. The copy is nobody's live database.
//! Counting alone is also done where the database lies, in a read transaction of the caller's.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::path::Path;

use rusqlite::{Connection, ErrorCode, Row};
use sha2::{Digest, Sha256};

use super::header::{self, Header};
use super::look;
use super::open::{self, Access, Limits};
use crate::RelativePath;
use crate::manifest::{DatabaseKind, TableRows, Verdict};
use crate::protocol::CheckReport;

/// At most so many lines of `integrity_check` are asked for.
const MOST_LINES: usize = 100;

/// At most so many of them become findings.
const MOST_FINDINGS: usize = 20;

/// Words of SQLite's for something that only the application has.
const MISSING: [&str; 7] = [
    "no such collation",
    "no such function",
    "unknown function",
    "no such tokenizer",
    "unknown tokenizer",
    "error in tokenizer",
    "no such module",
];

/// Checks the copy at `path`.
///
/// # Errors
/// What reading the file fails with; whatever is wrong with its content is in the report.
pub(crate) fn check(path: &Path, integrity: bool, limits: &Limits) -> io::Result<CheckReport> {
    let mut report = CheckReport {
        verdict: Verdict::NotChecked,
        reason: None,
        findings: Vec::new(),
        tables: Vec::new(),
        schema_sha256: None,
        user_version: 0,
        application_id: 0,
        free_page_count: None,
    };
    let path = std::fs::canonicalize(path)?;
    match sniff(&path)? {
        Err(reason) => set(&mut report, Verdict::NotCheckable, reason),
        Ok((header, size_bytes)) => {
            if let Some(header) = &header {
                (report.user_version, report.application_id) =
                    (header.user_version, header.application_id);
            }
            let damage = shape(header.as_ref(), size_bytes);
            let opened = open::open(&path, Access::Immutable, limits);
            let outcome = match &opened {
                Ok(connection) => examine(connection, integrity, &mut report),
                Err(error) => Outcome::of(error),
            };
            conclude(&mut report, integrity, damage, outcome);
        }
    }
    Ok(report)
}

/// Counts the rows of each table in a transaction of the caller's, and hashes the schema. `None` where only
/// a copy can tell: a part cannot be read, or there are tables that are read by code of extensions, which is
/// not run where the application's files are.
pub(crate) fn count_rows(connection: &Connection, header: &Header) -> Option<CheckReport> {
    if has_virtual_tables(connection).unwrap_or(true) {
        return None;
    }
    let mut report = CheckReport {
        user_version: header.user_version,
        application_id: header.application_id,
        ..CheckReport::default()
    };
    let outcome = look(connection, &mut report);
    let is_whole = outcome.is_untroubled()
        && report.schema_sha256.is_some()
        && report.tables.iter().all(|table| table.rows.is_some());
    is_whole.then_some(report)
}

fn has_virtual_tables(connection: &Connection) -> rusqlite::Result<bool> {
    // `pragma_table_list` would connect them to ask. They are known by having no page of their own.
    let sql = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND rootpage = 0)";
    connection.query_row(sql, [], |row| row.get(0))
}

/// What looking into the database came to.
#[derive(Debug, Default)]
struct Outcome {
    damage: Vec<String>,
    missing: Vec<String>,
    /// Why the look was not finished.
    unfinished: Option<String>,
}

impl Outcome {
    /// Everything could be looked at.
    fn is_untroubled(&self) -> bool {
        self.damage.is_empty() && self.missing.is_empty() && self.unfinished.is_none()
    }

    fn of(error: &rusqlite::Error) -> Self {
        let mut outcome = Self::default();
        outcome.add(error);
        outcome
    }

    /// Sorts an error of SQLite: damage, something missing, or no statement about the database.
    fn add(&mut self, error: &rusqlite::Error) {
        let message = words(error);
        if is_incapable(error) {
            self.miss(&message);
            return;
        }
        match open::code(error) {
            Some(ErrorCode::OperationInterrupted) => {
                self.unfinished = Some("the check took too long and was stopped".to_owned());
            }
            Some(ErrorCode::OutOfMemory) => {
                self.unfinished = Some("the check needs more memory than it may use".to_owned());
            }
            Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::DatabaseBusy) => {
                self.unfinished = Some(format!("the copy could not be read: {message}"));
            }
            _ => self.damage.push(message),
        }
    }

    fn miss(&mut self, message: &str) {
        if !self.missing.iter().any(|known| known == message) {
            self.missing.push(message.to_owned());
        }
    }
}

fn conclude(report: &mut CheckReport, integrity: bool, shape: Option<String>, outcome: Outcome) {
    let mut damage = shape.into_iter().chain(outcome.damage);
    if let Some(first) = damage.next() {
        let rest: Vec<_> = damage.collect();
        let reason = match rest.len() {
            0 => first,
            more => format!("{first} (and {more} more)"),
        };
        report.findings.extend(rest.into_iter().take(MOST_FINDINGS));
        set(report, Verdict::Damaged, reason);
    } else if let Some(reason) = outcome.unfinished {
        set(report, Verdict::NotCheckable, reason);
    } else if !outcome.missing.is_empty() {
        let reason = format!("not fully checkable: {}", outcome.missing.join("; "));
        set(report, Verdict::NotCheckable, reason);
    } else if integrity {
        report.verdict = Verdict::Sound;
    }
}

fn set(report: &mut CheckReport, verdict: Verdict, reason: impl Into<String>) {
    report.verdict = verdict;
    report.reason = Some(reason.into());
}

/// Header and size of a file that begins as SQLite's do.
type Beginning = (Option<Header>, u64);

/// The header, or why there is nothing to check.
fn sniff(path: &Path) -> io::Result<Result<Beginning, &'static str>> {
    let file = look::open_plain(path)?;
    let size_bytes = file.metadata()?.len();
    let named = RelativePath::new("copy.db").expect("a plain name");
    let sniffed = header::sniff(&file, &named, size_bytes)?;
    Ok(match sniffed.kind {
        DatabaseKind::Sqlite => Ok((sniffed.header, size_bytes)),
        DatabaseKind::Empty => Err("empty: the file has no content"),
        DatabaseKind::Encrypted => Err("encrypted, or not a SQLite database"),
        DatabaseKind::NotSqlite => Err("not a SQLite database"),
    })
}

/// What is wrong with the size or the header of the file.
fn shape(header: Option<&Header>, size_bytes: u64) -> Option<String> {
    let Some(header) = header else {
        return Some(format!(
            "the file ends inside its header of {} bytes",
            header::HEADER_BYTES
        ));
    };
    if header.page_size == 0 {
        return Some("the header names an impossible page size".to_owned());
    }
    let announced = header.announced_bytes()?;
    (size_bytes < announced)
        .then(|| format!("truncated: {size_bytes} of {announced} bytes are there"))
}

fn examine(connection: &Connection, integrity: bool, report: &mut CheckReport) -> Outcome {
    let mut outcome = look(connection, report);
    if report.schema_sha256.is_none() {
        return outcome;
    }
    if integrity && outcome.unfinished.is_none() {
        check_integrity(connection, &mut outcome, &mut report.findings);
        check_references(connection, &mut outcome, &mut report.findings);
    } else {
        // What counting rows stumbled over is for the full check to judge.
        outcome.damage.clear();
        outcome.missing.clear();
        outcome.unfinished = None;
    }
    outcome
}

/// Hashes the schema and counts the rows of each table.
fn look(connection: &Connection, report: &mut CheckReport) -> Outcome {
    let mut outcome = Outcome::default();
    match schema(connection) {
        Ok(sha256) => report.schema_sha256 = Some(sha256),
        Err(error) => {
            outcome.add(&error);
            return outcome;
        }
    }
    report.free_page_count = free_pages(connection);
    match tables(connection) {
        Ok(names) => {
            for name in names {
                let rows = count(connection, &name, &mut outcome);
                report.tables.push(TableRows { name, rows });
            }
        }
        Err(error) => outcome.add(&error),
    }
    outcome
}

fn schema(connection: &Connection) -> rusqlite::Result<String> {
    let mut statement =
        connection.prepare("SELECT type, name, tbl_name, ifnull(sql, '') FROM sqlite_schema")?;
    let mut lines = statement
        .query_map([], |row| {
            let mut line = Vec::new();
            for column in 0..4 {
                if column > 0 {
                    line.push(b'|');
                }
                line.extend_from_slice(row.get_ref(column)?.as_bytes().unwrap_or_default());
            }
            Ok(line)
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    lines.sort();
    let mut hash = Sha256::new();
    for line in lines {
        hash.update(&line);
        hash.update(b"\n");
    }
    Ok(hexadecimal(&hash.finalize()))
}

/// Read from the header. What cannot be told is left to the checks to judge.
fn free_pages(connection: &Connection) -> Option<u64> {
    let pages = connection.query_row("PRAGMA freelist_count", [], |row| row.get::<_, i64>(0));
    pages.ok().and_then(|pages| u64::try_from(pages).ok())
}

/// Ordinary and virtual tables, without SQLite's own and those that virtual tables keep.
fn tables(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let sql = "SELECT name FROM pragma_table_list WHERE schema = 'main'
               AND type IN ('table', 'virtual') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
               ORDER BY name";
    connection
        .prepare(sql)?
        .query_map([], |row| text(row, 0))?
        .collect()
}

fn count(connection: &Connection, table: &str, outcome: &mut Outcome) -> Option<u64> {
    let sql = format!("SELECT count(*) FROM main.{}", quoted(table));
    match connection.query_row(&sql, [], |row| row.get::<_, i64>(0)) {
        Ok(rows) => Some(rows.cast_unsigned()),
        Err(error) => {
            outcome.add(&error);
            None
        }
    }
}

fn check_integrity(connection: &Connection, outcome: &mut Outcome, findings: &mut Vec<String>) {
    let whole = lines(connection, &format!("PRAGMA integrity_check({MOST_LINES})"));
    let missing = match whole {
        Ok(lines) => return sort_lines(lines, outcome, findings),
        Err(error) if is_incapable(&error) => error,
        Err(error) => return outcome.add(&error),
    };
    // One table that only the application can check must not hide damage in the others.
    let mut names = match tables(connection) {
        Ok(names) => names,
        Err(error) => return outcome.add(&error),
    };
    names.push("sqlite_schema".to_owned());
    for name in names {
        let table = format!("'{}'", name.replace('\'', "''"));
        let full = lines(connection, &format!("PRAGMA integrity_check({table})"));
        let checked = full.or_else(|error| {
            outcome.add(&explain(connection, &name).unwrap_or(error));
            lines(connection, &format!("PRAGMA quick_check({table})"))
        });
        match checked {
            Ok(lines) => sort_lines(lines, outcome, findings),
            Err(error) => outcome.add(&error),
        }
        if outcome.unfinished.is_some() {
            return;
        }
    }
    if outcome.missing.is_empty() {
        outcome.add(&missing);
    }
}

/// A full-text table whose tokenizer is missing says so only when it is searched.
fn explain(connection: &Connection, table: &str) -> Option<rusqlite::Error> {
    let table = quoted(table);
    let sql = format!("SELECT 1 FROM main.{table} WHERE {table} MATCH 'a' LIMIT 1");
    let error = connection.query_row(&sql, [], |_| Ok(())).err()?;
    is_missing(&words(&error)).then_some(error)
}

/// Tells damage from facts: rows that break a constraint were written that way. (`CHECK` constraints
/// are not looked at in a database that is opened for reading only.)
fn sort_lines(lines: Vec<String>, outcome: &mut Outcome, findings: &mut Vec<String>) {
    for line in lines.into_iter().filter(|line| line != "ok") {
        if line.starts_with("NULL value in ") || line.starts_with("CHECK constraint failed in ") {
            if findings.len() < MOST_FINDINGS {
                findings.push(line);
            }
        } else if is_missing(&line) {
            outcome.miss(&line);
        } else {
            outcome.damage.push(line);
        }
    }
}

fn check_references(connection: &Connection, outcome: &mut Outcome, findings: &mut Vec<String>) {
    match broken_references(connection) {
        Ok(broken) => findings.extend(broken.into_iter().take(MOST_FINDINGS).map(
            |((table, parent), rows)| {
                format!("{rows} rows of {table} refer to rows of {parent} that do not exist")
            },
        )),
        // A foreign key that fits no unique index is the application's own.
        Err(error) if words(&error).contains("foreign key mismatch") => {
            findings.push(words(&error));
        }
        Err(error) => outcome.add(&error),
    }
}

/// Rows of a table that refer to missing rows of another, by the two tables' names.
fn broken_references(connection: &Connection) -> rusqlite::Result<BTreeMap<(String, String), u64>> {
    let mut statement = connection.prepare("PRAGMA foreign_key_check")?;
    let mut rows = statement.query([])?;
    let mut broken = BTreeMap::new();
    while let Some(row) = rows.next()? {
        *broken.entry((text(row, 0)?, text(row, 2)?)).or_default() += 1;
    }
    Ok(broken)
}

fn lines(connection: &Connection, sql: &str) -> rusqlite::Result<Vec<String>> {
    connection
        .prepare(sql)?
        .query_map([], |row| text(row, 0))?
        .collect()
}

/// A column as text; a schema may hold names that are not UTF-8.
fn text(row: &Row<'_>, column: usize) -> rusqlite::Result<String> {
    let bytes = row.get_ref(column)?.as_bytes_or_null()?.unwrap_or_default();
    Ok(String::from_utf8_lossy(bytes).into_owned())
}

/// What SQLite says, without the statement that it says it about: that one is ours.
fn words(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqlInputError { msg, .. }
        | rusqlite::Error::SqliteFailure(_, Some(msg)) => msg.clone(),
        other => other.to_string(),
    }
}

/// Is it this build of SQLite that cannot, and not the database that is broken? Damage has error
/// codes of its own; the general one is for what cannot be understood.
fn is_incapable(error: &rusqlite::Error) -> bool {
    const GENERAL: i32 = rusqlite::ffi::SQLITE_ERROR;
    open::extended_code(error) & 0xff == GENERAL || is_missing(&words(error))
}

fn is_missing(message: &str) -> bool {
    MISSING.iter().any(|words| message.contains(words))
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Bytes as hexadecimal digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}
