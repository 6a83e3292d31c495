//! What several topics need.

use std::path::{Path, PathBuf};
use std::process::Command;

use jiff::Timestamp;
use lifeboat_tests::artifacts;
use lifeboat_tests::{Lifeboat, command};
use serde_json::Value;

/// The demo application's binary run on the host, for files that were downloaded.
fn demo(arguments: &[&str]) -> Value {
    let finished = command::run(Command::new(artifacts::demo_binary()).args(arguments)).success();
    serde_json::from_slice(&finished.stdout).expect("the demo application prints JSON")
}

/// SQL on a downloaded database.
pub(crate) fn sql(database: &Path, statements: &str) -> Vec<Vec<Value>> {
    let rows = demo(&["sql", &text(database), statements]);
    let rows = rows.as_array().expect("rows");
    rows.iter()
        .map(|row| row.as_array().expect("a row").clone())
        .collect()
}

/// The one number that a query on a downloaded database answers.
pub(crate) fn number(database: &Path, query: &str) -> i64 {
    sql(database, query)[0][0].as_i64().expect("a number")
}

/// `integrity_check` of a downloaded database finds nothing.
pub(crate) fn is_intact(database: &Path) -> bool {
    demo(&["integrity", &text(database)])["ok"] == Value::Bool(true)
}

/// Downloads one database of a backup.
pub(crate) fn download_database(
    lifeboat: &Lifeboat,
    app: &str,
    backup: &Value,
    path: &str,
    to: &Path,
) -> PathBuf {
    let id = backup["id"].as_str().expect("a backup has an id");
    let to_text = text(to);
    lifeboat
        .run(&[
            "download",
            app,
            id,
            "--as",
            "database",
            &format!("--database={path}"),
            "--to",
            &to_text,
        ])
        .done();
    to.to_path_buf()
}

/// Downloads an archive into a folder; the archive's path.
pub(crate) fn download_archive(
    lifeboat: &Lifeboat,
    app: &str,
    backup: &Value,
    folder: &Path,
) -> PathBuf {
    let id = backup["id"].as_str().expect("a backup has an id");
    std::fs::create_dir_all(folder).expect("the folder can be made");
    let json = lifeboat
        .run(&["download", app, id, "--to", &text(folder)])
        .done();
    PathBuf::from(
        json["download"]["path"]
            .as_str()
            .expect("the download tells its path"),
    )
}

/// A path as text.
pub(crate) fn text(path: &Path) -> String {
    path.to_str().expect("test paths are UTF-8").to_owned()
}

/// The verdict of a backup.
pub(crate) fn verdict(backup: &Value) -> &str {
    backup["verification"]["verdict"].as_str().unwrap_or("")
}

/// The reason beside a verdict.
pub(crate) fn reason(backup: &Value) -> String {
    backup["verification"]["reason"]
        .as_str()
        .unwrap_or("")
        .to_lowercase()
}

/// A database of a backup by its path.
pub(crate) fn database<'a>(backup: &'a Value, path: &str) -> &'a Value {
    let all = backup["databases"]
        .as_array()
        .expect("a backup has databases");
    all.iter()
        .find(|one| one["path"] == path)
        .unwrap_or_else(|| panic!("no {path} in {backup}"))
}

/// Rows that a backup says a table has.
pub(crate) fn rows_of(backup: &Value, path: &str, table: &str) -> i64 {
    let tables = database(backup, path)["tables"]
        .as_array()
        .expect("tables")
        .clone();
    let found = tables.iter().find(|one| one["name"] == table);
    found
        .and_then(|one| one["rows"].as_i64())
        .unwrap_or_else(|| panic!("no {table}: {tables:?}"))
}

/// Start and end of the moment at which a database was pinned, in microseconds since 1970.
pub(crate) fn pin_us(database: &Value) -> (i64, i64) {
    let at = |name: &str| {
        let text = database["pin"][name]
            .as_str()
            .unwrap_or_else(|| panic!("no {name} in {database}"));
        text.parse::<Timestamp>()
            .expect("a timestamp")
            .as_microsecond()
    };
    (at("asked_at"), at("held_at"))
}

/// The container that protects an application.
pub(crate) fn guardian(app: &str) -> String {
    format!("lifeboat-guardian-{app}")
}

/// The log of what was done, its chain looked through.
pub(crate) fn audit(lifeboat: &Lifeboat, app: &str) -> Vec<Value> {
    let audit = lifeboat.run(&["audit", app, "--verify"]).done();
    let entries = audit["audit"]["entries"].as_array().expect("entries");
    entries.clone()
}
