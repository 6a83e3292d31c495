//! Databases in every state, made with real SQLite.

use std::fs;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use rusqlite::{Connection, params};

use crate::{make_events, tools};

/// How to make a database.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    page_size: u32,
    journal: String,
    rows: u64,
    encoding: String,
    auto_vacuum: u32,
    owner: Option<String>,
    mode: Option<String>,
    /// For `events`: about how large.
    pub(crate) size_bytes: u64,
}

impl Options {
    fn parse(words: &[&str]) -> anyhow::Result<Self> {
        let mut options = Self {
            page_size: 4096,
            journal: "delete".into(),
            rows: 500,
            encoding: "UTF-8".into(),
            auto_vacuum: 0,
            owner: None,
            mode: None,
            size_bytes: 10_000_000,
        };
        for pair in words.chunks(2) {
            let [name, value] = pair else {
                bail!("{} has no value", pair[0])
            };
            match *name {
                "--page-size" => options.page_size = value.parse()?,
                "--journal" => options.journal = (*value).to_owned(),
                "--rows" => options.rows = value.parse()?,
                "--encoding" => options.encoding = (*value).to_owned(),
                "--auto-vacuum" => options.auto_vacuum = value.parse()?,
                "--owner" => options.owner = Some((*value).to_owned()),
                "--mode" => options.mode = Some((*value).to_owned()),
                "--size-bytes" => options.size_bytes = value.parse()?,
                other => bail!("unknown option {other}"),
            }
        }
        Ok(options)
    }
}

/// Makes a file of that kind.
pub(crate) fn make(kind: &str, path: &Path, words: &[&str]) -> anyhow::Result<()> {
    let options = Options::parse(words)?;
    match kind {
        "sound" => drop(sound(path, &options)?),
        "events" => make_events::make(&sound(path, &options)?, options.size_bytes)?,
        "zero-byte" => drop(fs::File::create(path)?),
        "text" => fs::write(path, "This is only named like a database.\n".repeat(400))?,
        "encrypted" => fs::write(path, noise(64 * 1024))?,
        "header-only" => cut(path, &options, 100)?,
        "truncated" => cut(path, &options, 3 * u64::from(options.page_size) + 700)?,
        "flipped" => flipped(path, &options)?,
        "malformed-schema" => malformed_schema(path, &options)?,
        "foreign-keys" => foreign_keys(path, &options)?,
        "collation" => collation(path, &options)?,
        "variety" => variety(path, &options)?,
        "crashed-wal" => crashed(
            path,
            &Options {
                journal: "wal".into(),
                ..options.clone()
            },
        )?,
        "hot-journal" => crashed(
            path,
            &Options {
                journal: "delete".into(),
                ..options.clone()
            },
        )?,
        "stale-wal" => stale_wal(path, &options)?,
        other => bail!("unknown kind of database `{other}`"),
    }
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let file = with_suffix(path, suffix);
        if !file.exists() {
            continue;
        }
        if let Some(owner) = &options.owner {
            tools::chown(&file, owner)?;
        }
        if let Some(mode) = &options.mode {
            tools::chmod(&file, mode)?;
        }
    }
    Ok(())
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// A database with rows, an index and nothing odd.
fn sound(path: &Path, options: &Options) -> anyhow::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.execute_batch(&format!(
        "PRAGMA page_size = {}; PRAGMA encoding = '{}'; PRAGMA auto_vacuum = {}; PRAGMA foreign_keys = OFF;",
        options.page_size, options.encoding, options.auto_vacuum,
    ))?;
    connection.query_row(
        &format!("PRAGMA journal_mode = {}", options.journal),
        [],
        |_| Ok(()),
    )?;
    connection.execute_batch(
        "PRAGMA application_id = 1279346246; PRAGMA user_version = 7;
         CREATE TABLE boats (id INTEGER PRIMARY KEY, name TEXT NOT NULL, log TEXT NOT NULL);
         CREATE INDEX boats_by_name ON boats (name);",
    )?;
    fill(&connection, 1, options.rows)?;
    Ok(connection)
}

fn fill(connection: &Connection, from: u64, count: u64) -> anyhow::Result<()> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let mut insert = connection.prepare("INSERT INTO boats (id, name, log) VALUES (?, ?, ?)")?;
    for id in from..from + count {
        let log = format!(
            "day {id}: wind {} knots, course {}",
            id * 7 % 40,
            id * 13 % 360
        )
        .repeat(3);
        insert.execute(params![
            i64::try_from(id)?,
            format!("boat {}", id * 31 % 997),
            log
        ])?;
    }
    connection.execute_batch("COMMIT")?;
    Ok(())
}

/// Bytes that look random, the same at each run.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    (0..length).map(|_| next()).collect()
}

fn cut(path: &Path, options: &Options, length: u64) -> anyhow::Result<()> {
    drop(sound(path, options)?);
    let file = fs::OpenOptions::new().write(true).open(path)?;
    let whole = file.metadata()?.len();
    anyhow::ensure!(
        whole > length,
        "the database is too small to be cut to {length} bytes"
    );
    Ok(file.set_len(length)?)
}

/// A page in the middle holds nonsense.
fn flipped(path: &Path, options: &Options) -> anyhow::Result<()> {
    drop(sound(path, options)?);
    let file = fs::OpenOptions::new().write(true).read(true).open(path)?;
    let pages = file.metadata()?.len() / u64::from(options.page_size);
    let offset = (pages / 2) * u64::from(options.page_size);
    let mut header = [0_u8; 64];
    file.read_exact_at(&mut header, offset)?;
    header.iter_mut().for_each(|byte| *byte = !*byte);
    Ok(file.write_all_at(&header, offset)?)
}

fn malformed_schema(path: &Path, options: &Options) -> anyhow::Result<()> {
    let connection = sound(path, options)?;
    connection.execute_batch(
        "PRAGMA writable_schema = ON;
         UPDATE sqlite_schema SET sql = 'CREATE TABLE boats (nonsense' WHERE name = 'boats';
         PRAGMA writable_schema = OFF;",
    )?;
    Ok(())
}

/// Rows that point nowhere: a fact of the source, no damage.
fn foreign_keys(path: &Path, options: &Options) -> anyhow::Result<()> {
    let connection = sound(path, options)?;
    connection.execute_batch(
        "CREATE TABLE berths (id INTEGER PRIMARY KEY, boat INTEGER NOT NULL REFERENCES boats (id));
         INSERT INTO berths (boat) VALUES (1), (999999), (888888);",
    )?;
    Ok(())
}

/// An index that needs a collation nobody else has.
fn collation(path: &Path, options: &Options) -> anyhow::Result<()> {
    let connection = sound(path, options)?;
    connection.execute_batch(
        "CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE);
         INSERT INTO names (name) VALUES ('a'), ('b'), ('c');
         CREATE INDEX names_by_name ON names (name);
         PRAGMA writable_schema = ON;
         UPDATE sqlite_schema SET sql = replace(sql, 'NOCASE', 'HARBOUR') WHERE name = 'names';
         PRAGMA writable_schema = OFF;",
    )?;
    Ok(())
}

/// One of each kind of table.
fn variety(path: &Path, options: &Options) -> anyhow::Result<()> {
    let connection = sound(path, options)?;
    connection.execute_batch(
        "CREATE TABLE plain (a, b);
         INSERT INTO plain VALUES (1, 'x'), (NULL, x'00ff'), (2.5, 'y');
         CREATE TABLE keyed (k TEXT PRIMARY KEY, v ANY) WITHOUT ROWID;
         INSERT INTO keyed VALUES ('one', 1), ('two', 2);
         CREATE TABLE strictly (id INTEGER PRIMARY KEY, n INTEGER NOT NULL, twice INTEGER AS (n * 2) STORED) STRICT;
         INSERT INTO strictly (n) VALUES (1), (2), (3);
         CREATE INDEX partly ON strictly (n) WHERE n > 1;
         CREATE INDEX by_expression ON plain (abs(a));
         CREATE VIRTUAL TABLE words USING fts5(body);
         INSERT INTO words VALUES ('fair winds'), ('following seas');
         CREATE VIRTUAL TABLE boxes USING rtree(id, x0, x1, y0, y1);
         INSERT INTO boxes VALUES (1, 0, 1, 0, 1), (2, 3, 4, 3, 4);
         CREATE VIEW both AS SELECT a FROM plain UNION SELECT n FROM strictly;
         CREATE TRIGGER counted AFTER INSERT ON plain BEGIN UPDATE keyed SET v = v + 1; END;
         CREATE TABLE \"odd \"\"name\"\" [1]\" (\"a b\" TEXT);
         INSERT INTO \"odd \"\"name\"\" [1]\" VALUES ('z');",
    )?;
    Ok(())
}

/// What a killed process leaves: a `-wal` with commits in it, or a hot `-journal`.
fn crashed(path: &Path, options: &Options) -> anyhow::Result<()> {
    let connection = sound(path, options)?;
    connection.execute_batch("PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = 4;")?;
    if options.journal == "wal" {
        fill(&connection, options.rows + 1, 200)?;
    } else {
        // A cache this small spills uncommitted pages into the file, so the journal is needed.
        connection.execute_batch(
            "BEGIN IMMEDIATE; UPDATE boats SET log = 'not committed', name = 'nobody';",
        )?;
    }
    // Never closed: the side files stay as a crash would leave them.
    std::mem::forget(connection);
    Ok(())
}

/// A quiet database in WAL mode whose `-shm` is gone and whose `-wal` holds commits.
fn stale_wal(path: &Path, options: &Options) -> anyhow::Result<()> {
    crashed(
        path,
        &Options {
            journal: "wal".into(),
            ..options.clone()
        },
    )?;
    fs::remove_file(with_suffix(path, "-shm")).context("there was no -shm")
}
