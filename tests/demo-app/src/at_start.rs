//! What a release does with its files before it serves: tests make good and bad releases of it.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};
use rusqlite::Connection;

/// What the migration makes of it. Who does not know it refuses to open the database.
const MIGRATED_SCHEMA: i64 = 2;
/// How long the slow migration takes.
const SLOW_SECONDS: u32 = 15;

/// The deeds of `AT_START`, a list with commas: `migrate,crash` migrates and then crashes.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct AtStart {
    /// A compacted copy takes the database's place, and `import.json` is taken in once: both files
    /// that were there are gone afterwards.
    pub(crate) replace: bool,
    /// A column is added and the schema's version raised.
    pub(crate) migrate: bool,
    /// The migration writes for a while before it is done.
    pub(crate) slow: bool,
    /// All entries go.
    pub(crate) empty: bool,
    /// The service ends with a failure.
    pub(crate) crash: bool,
    /// The service ends well: a one-shot.
    pub(crate) exit: bool,
    /// The service runs, and its health check says that it is sick.
    pub(crate) sick: bool,
}

impl AtStart {
    /// Reads the list.
    pub(crate) fn parse(text: &str) -> anyhow::Result<Self> {
        let mut deeds = Self::default();
        for word in text.split(',').filter(|word| !word.is_empty()) {
            let deed = match word {
                "replace" => &mut deeds.replace,
                "migrate" => &mut deeds.migrate,
                "slow" => &mut deeds.slow,
                "empty" => &mut deeds.empty,
                "crash" => &mut deeds.crash,
                "exit" => &mut deeds.exit,
                "sick" => &mut deeds.sick,
                other => bail!("AT_START holds `{other}`, which nobody knows"),
            };
            *deed = true;
        }
        Ok(deeds)
    }

    /// Does what it says to the files.
    pub(crate) fn work_on(self, database: &Path) -> anyhow::Result<()> {
        if self.replace {
            replace(database)?;
        }
        if database.exists() {
            let connection = Connection::open(database)?;
            connection.busy_timeout(Duration::from_secs(20))?;
            if self.migrate {
                migrate(&connection, self.slow)?;
            }
            if self.empty {
                connection.execute_batch("DELETE FROM entries")?;
            }
            check_schema(&connection, self.migrate)?;
        }
        anyhow::ensure!(!self.crash, "this release crashes at its start");
        Ok(())
    }
}

fn replace(database: &Path) -> anyhow::Result<()> {
    let import = database.with_file_name("import.json");
    if import.exists() {
        std::fs::remove_file(import)?;
    }
    if !database.exists() {
        return Ok(());
    }
    let copy = database.with_extension("compact");
    let _ = std::fs::remove_file(&copy);
    let connection = Connection::open(database)?;
    let name = copy.to_str().context("DATABASE_PATH is not UTF-8")?;
    connection.execute("VACUUM INTO ?", [name])?;
    connection.close().map_err(|(_, error)| error)?;
    std::fs::rename(&copy, database)?;
    Ok(())
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

fn migrate(connection: &Connection, slow: bool) -> anyhow::Result<()> {
    if version(connection)? >= MIGRATED_SCHEMA {
        return Ok(());
    }
    if slow {
        connection
            .execute_batch("CREATE TABLE IF NOT EXISTS progress (step INTEGER, filler BLOB)")?;
        for step in 0..SLOW_SECONDS * 2 {
            connection.execute("INSERT INTO progress VALUES (?, zeroblob(200000))", [step])?;
            std::thread::sleep(Duration::from_millis(500));
        }
    }
    connection.execute_batch(&format!(
        "BEGIN; ALTER TABLE entries ADD COLUMN stars INTEGER NOT NULL DEFAULT 3;
         PRAGMA user_version = {MIGRATED_SCHEMA}; COMMIT"
    ))?;
    Ok(())
}

/// A release does not serve what a newer one has migrated. Other numbers are somebody else's.
fn check_schema(connection: &Connection, knows_migration: bool) -> anyhow::Result<()> {
    let is_migrated = version(connection)? == MIGRATED_SCHEMA;
    anyhow::ensure!(
        knows_migration || !is_migrated,
        "the database has schema {MIGRATED_SCHEMA}, which this release does not know"
    );
    Ok(())
}
