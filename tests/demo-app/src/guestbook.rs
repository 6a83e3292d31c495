//! The guest book's database.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use rusqlite::{Connection, OpenFlags, params};
use serde_json::{Value, json};

use crate::seeds;
use crate::settings::Settings;

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS entries (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    home_port TEXT NOT NULL,
    message TEXT NOT NULL,
    written_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS entries_by_port ON entries (home_port);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS batches (
    batch INTEGER PRIMARY KEY,
    begun_us INTEGER NOT NULL,
    returned_us INTEGER
);
";

const LEDGER: &str = "
CREATE TABLE IF NOT EXISTS SCHEMA.ledger (
    sequence INTEGER PRIMARY KEY,
    batch INTEGER NOT NULL,
    position INTEGER NOT NULL,
    payload TEXT NOT NULL
);
";

/// Opens the database of the application, made and filled if it is new.
pub(crate) fn open(settings: &Settings) -> anyhow::Result<Connection> {
    let connection = connect(settings)?;
    connection.execute_batch(SCHEMA)?;
    connection.execute_batch(&LEDGER.replace("SCHEMA", "main"))?;
    if settings.second_database.is_some() {
        connection.execute_batch(&LEDGER.replace("SCHEMA", "second"))?;
    }
    if settings.seed {
        seed(&connection)?;
    }
    Ok(connection)
}

/// Opens it without making anything in it.
pub(crate) fn connect(settings: &Settings) -> anyhow::Result<Connection> {
    let connection = Connection::open(&settings.database)
        .with_context(|| format!("cannot open {}", settings.database.display()))?;
    connection.busy_timeout(Duration::from_secs(20))?;
    prepare(&connection, "main", settings)?;
    if let Some(second) = &settings.second_database {
        let path = second
            .to_str()
            .context("SECOND_DATABASE_PATH is not UTF-8")?;
        connection.execute("ATTACH ? AS second", params![path])?;
        prepare(&connection, "second", settings)?;
    }
    Ok(connection)
}

/// Page size (of a new file), journal mode and durability.
fn prepare(connection: &Connection, schema: &str, settings: &Settings) -> anyhow::Result<()> {
    connection.execute_batch(&format!(
        "PRAGMA {schema}.page_size = {}",
        settings.page_size
    ))?;
    let mode: String = connection.query_row(
        &format!("PRAGMA {schema}.journal_mode = {}", settings.journal_mode),
        [],
        |row| row.get(0),
    )?;
    anyhow::ensure!(
        mode == settings.journal_mode,
        "journal mode of {schema} is {mode}"
    );
    connection.execute_batch(&format!(
        "PRAGMA {schema}.synchronous = {}",
        settings.synchronous
    ))?;
    Ok(())
}

/// Puts the first entries into an empty guest book.
pub(crate) fn seed(connection: &Connection) -> anyhow::Result<()> {
    if count(connection)? > 0 {
        return Ok(());
    }
    let now = jiff::Timestamp::now();
    connection.execute_batch("BEGIN IMMEDIATE")?;
    for (index, (name, home_port, message)) in seeds::ENTRIES.iter().enumerate() {
        let days = seeds::ENTRIES.len() - index;
        let at = now - jiff::SignedDuration::from_hours(i64::try_from(days * 19)?);
        insert(connection, name, home_port, message, at)?;
    }
    connection.execute_batch("COMMIT")?;
    Ok(())
}

/// Adds an entry; its id.
pub(crate) fn add(connection: &Connection, entry: &[String; 3]) -> anyhow::Result<i64> {
    let [name, home_port, message] = entry;
    insert(connection, name, home_port, message, jiff::Timestamp::now())?;
    Ok(connection.last_insert_rowid())
}

fn insert(
    connection: &Connection,
    name: &str,
    home_port: &str,
    message: &str,
    at: jiff::Timestamp,
) -> rusqlite::Result<usize> {
    connection.execute(
        "INSERT INTO entries (name, home_port, message, written_at) VALUES (?, ?, ?, ?)",
        params![name, home_port, message, at.to_string()],
    )
}

/// How many entries there are.
pub(crate) fn count(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("SELECT count(*) FROM entries", [], |row| row.get(0))
}

/// The newest entries.
pub(crate) fn newest(connection: &Connection, limit: u32) -> rusqlite::Result<Vec<Value>> {
    let mut statement = connection.prepare(
        "SELECT id, name, home_port, message, written_at FROM entries ORDER BY id DESC LIMIT ?",
    )?;
    let rows = statement.query_map(params![limit], |row| {
        Ok(json!({
            "id": row.get::<_, i64>(0)?,
            "name": row.get::<_, String>(1)?,
            "home_port": row.get::<_, String>(2)?,
            "message": row.get::<_, String>(3)?,
            "written_at": row.get::<_, String>(4)?,
        }))
    })?;
    rows.collect()
}

/// Whether the database opens and answers, on a connection of its own.
///
/// A row `broken` in `settings` makes the application sick: tests restore such a state.
pub(crate) fn check(path: &Path) -> anyhow::Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_secs(3))?;
    count(&connection)?;
    let broken: i64 = connection.query_row(
        "SELECT count(*) FROM settings WHERE name = 'broken'",
        [],
        |row| row.get(0),
    )?;
    anyhow::ensure!(broken == 0, "the guest book says that it is broken");
    Ok(())
}
