//! Tools for tests and scripts: read and change files where they lie. Each prints JSON or raw bytes.

use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{FileExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};
use rusqlite::fallible_iterator::FallibleIterator as _;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// Runs one tool.
pub(crate) fn run(tool: &str, arguments: &[&str]) -> anyhow::Result<()> {
    match (tool, arguments) {
        ("sql", [database, statement]) => print(&sql(database, statement)?),
        ("integrity", [database]) => print(&integrity(database)?),
        ("files", [directory]) => print(&Value::Array(files(directory.as_ref())?)),
        ("cat", [path]) => cat(path),
        ("put", [path]) => put(path),
        ("flip", [path, offset]) => flip(path, offset.parse()?),
        ("cut", [path, length]) => Ok(OpenOptions::new()
            .write(true)
            .open(path)?
            .set_len(length.parse()?)?),
        ("remove", [path]) => Ok(fs::remove_file(path)?),
        ("chown", [path, owner]) => chown(path.as_ref(), owner),
        ("chmod", [path, mode]) => chmod(path.as_ref(), mode),
        ("mkdir", [path]) => Ok(fs::create_dir_all(path)?),
        ("symlink", [target, path]) => Ok(std::os::unix::fs::symlink(target, path)?),
        ("hold", [database, seconds]) => hold(database, seconds.parse()?),
        _ => bail!(
            "unknown command `{tool}` with {} arguments",
            arguments.len()
        ),
    }
}

/// Writes one line of JSON to standard output.
fn print(value: &Value) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stdout(), "{value}")?)
}

/// Opens a database that exists; never makes one.
fn open(database: &str) -> anyhow::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(database, flags)
        .with_context(|| format!("cannot open {database}"))?;
    connection.busy_timeout(Duration::from_secs(20))?;
    Ok(connection)
}

/// Runs statements; the rows of the last one.
fn sql(database: &str, statements: &str) -> anyhow::Result<Value> {
    let connection = open(database)?;
    let mut rows_of_last = Vec::new();
    let mut batch = rusqlite::Batch::new(&connection, statements);
    while let Some(mut statement) = batch.next()? {
        rows_of_last.clear();
        let columns = statement.column_count();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let values = (0..columns).map(|index| row.get_ref(index).map(value_of));
            rows_of_last.push(Value::Array(values.collect::<Result<_, _>>()?));
        }
    }
    Ok(Value::Array(rows_of_last))
}

fn value_of(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => json!(number),
        ValueRef::Real(number) => json!(number),
        ValueRef::Text(text) => json!(String::from_utf8_lossy(text)),
        ValueRef::Blob(bytes) => json!({ "hex": hex(bytes) }),
    }
}

/// What `integrity_check` and `foreign_key_check` say.
fn integrity(database: &str) -> anyhow::Result<Value> {
    let connection = open(database)?;
    let mut check = connection.prepare("PRAGMA integrity_check")?;
    let lines: Vec<String> = check
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let keys = sql(database, "PRAGMA foreign_key_check")?;
    Ok(json!({ "ok": lines == ["ok"], "lines": lines, "foreign_keys": keys }))
}

/// Every entry below a directory, by path.
fn files(root: &Path) -> anyhow::Result<Vec<Value>> {
    let mut found = Vec::new();
    let mut waiting = vec![root.to_path_buf()];
    while let Some(directory) = waiting.pop() {
        for entry in fs::read_dir(&directory)? {
            let path = entry?.path();
            let Ok(metadata) = fs::symlink_metadata(&path) else {
                continue;
            };
            let name = path.strip_prefix(root)?;
            let is_file = metadata.is_file();
            found.push(json!({
                "path": String::from_utf8_lossy(name.as_os_str().as_bytes()),
                "kind": if metadata.is_dir() { "directory" } else if is_file { "file" } else { "other" },
                "inode": metadata.ino(),
                "size": metadata.len(),
                "mode": metadata.mode() & 0o7777,
                "uid": metadata.uid(),
                "gid": metadata.gid(),
                "modified_ns": metadata.mtime() * 1_000_000_000 + metadata.mtime_nsec(),
                "sha256": if is_file { Some(sha256(&path)?) } else { None },
            }));
            if metadata.is_dir() {
                waiting.push(path);
            }
        }
    }
    found.sort_by_key(|entry| entry["path"].as_str().unwrap_or_default().to_owned());
    Ok(found)
}

fn sha256(path: &Path) -> anyhow::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Ok(hex(&hash.finalize()));
        }
        hash.update(&buffer[..count]);
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn cat(path: &str) -> anyhow::Result<()> {
    std::io::copy(&mut File::open(path)?, &mut std::io::stdout())?;
    Ok(())
}

/// Standard input becomes the file's content; an existing file keeps its owner and mode.
fn put(path: &str) -> anyhow::Result<()> {
    std::io::copy(&mut std::io::stdin(), &mut File::create(path)?)?;
    Ok(())
}

/// Inverts one byte.
fn flip(path: &str, offset: u64) -> anyhow::Result<()> {
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    let mut byte = [0];
    file.read_exact_at(&mut byte, offset)?;
    file.write_all_at(&[!byte[0]], offset)?;
    Ok(file.sync_all()?)
}

/// Holds the write lock of a database, and says so first.
fn hold(database: &str, seconds: u64) -> anyhow::Result<()> {
    let connection = open(database)?;
    connection.execute_batch("BEGIN EXCLUSIVE")?;
    print(&json!("held"))?;
    std::thread::sleep(Duration::from_secs(seconds));
    Ok(())
}

/// `UID:GID`.
pub(crate) fn chown(path: &Path, owner: &str) -> anyhow::Result<()> {
    let (uid, gid) = owner
        .split_once(':')
        .context("the owner is written UID:GID")?;
    Ok(std::os::unix::fs::chown(
        path,
        Some(uid.parse()?),
        Some(gid.parse()?),
    )?)
}

/// Octal permission bits.
pub(crate) fn chmod(path: &Path, mode: &str) -> anyhow::Result<()> {
    Ok(fs::set_permissions(
        path,
        fs::Permissions::from_mode(u32::from_str_radix(mode, 8)?),
    )?)
}
