//! Verdicts on copies: never sound by accident (A9–A14, L13).

use std::fs;

use lifeboat_store::child::check::{check_copy, check_within};
use lifeboat_store::manifest::Verdict;
use lifeboat_store::protocol::CheckReport;
use lifeboat_store::work::Work;
use rusqlite::Connection;

use crate::support::*;

/// The bytes of a database made by `sql`.
fn database(sql: &str) -> Vec<u8> {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("a.db");
    let connection = Connection::open(&path).expect("opens");
    connection.execute_batch(sql).expect("makes");
    connection.close().expect("closes");
    fs::read(path).expect("reads")
}

fn check(content: &[u8]) -> CheckReport {
    let world = World::new();
    let copy = world.copy("0.db", content);
    let report = check_copy(&copy, true, &Work::unwatched()).expect("checks");
    let quick = check_copy(&copy, false, &Work::unwatched()).expect("looks");
    assert_ne!(quick.verdict, Verdict::Sound, "nothing was checked");
    assert_eq!(quick.tables, report.tables);
    report
}

fn reason(report: &CheckReport) -> &str {
    report.reason.as_deref().unwrap_or("no reason")
}

const ROWS: &str = "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT); CREATE INDEX i ON t(v);
    INSERT INTO t(v) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<3000)
    SELECT 'value ' || i FROM n;";

/// Rewrites the schema behind SQLite's back, as if the application had added something of its own.
fn altered(sql: &str, from: &str, to: &str) -> Vec<u8> {
    database(&format!(
        "{sql}; PRAGMA writable_schema=ON;
         UPDATE sqlite_schema SET sql = replace(sql, '{from}', '{to}'); PRAGMA writable_schema=OFF"
    ))
}

#[test]
fn sound_databases_and_their_tables() {
    let content = database(&format!(
        "PRAGMA user_version=9; PRAGMA application_id=-3; {ROWS}
         CREATE TABLE w(k PRIMARY KEY) WITHOUT ROWID; INSERT INTO w VALUES(1),(2);
         CREATE VIRTUAL TABLE f USING fts5(x); INSERT INTO f VALUES('a'),('b'),('c');
         CREATE TABLE \"odd \"\"name'\"(x); CREATE TABLE auto(id INTEGER PRIMARY KEY AUTOINCREMENT);
         CREATE VIEW vw AS SELECT * FROM t; ANALYZE"
    ));
    let report = check(&content);
    assert_eq!(
        (report.verdict, reason(&report)),
        (Verdict::Sound, "no reason")
    );
    let rows: Vec<_> = report
        .tables
        .iter()
        .map(|it| (it.name.as_str(), it.rows))
        .collect();
    let expected = [
        ("auto", 0),
        ("f", 3),
        ("odd \"name'", 0),
        ("t", 3000),
        ("w", 2),
    ];
    assert_eq!(rows, expected.map(|(name, rows)| (name, Some(rows))));
    assert_eq!((report.user_version, report.application_id), (9, -3));
    assert_eq!(report.schema_sha256.as_ref().map(String::len), Some(64));
    assert_eq!(
        check(&database("PRAGMA user_version=1")).verdict,
        Verdict::Sound,
        "no tables"
    );
    assert_ne!(check(&database(ROWS)).schema_sha256, report.schema_sha256);
}

#[test]
fn what_is_no_database_is_not_checkable() {
    let noise: Vec<u8> = Connection::open_in_memory()
        .and_then(|it| it.query_row("SELECT randomblob(8192)", [], |row| row.get(0)))
        .expect("noise");
    for (content, word) in [
        (&b""[..], "empty"),
        (&noise, "encrypted"),
        (b"some words", "not a SQLite"),
    ] {
        let report = check(content);
        assert_eq!(report.verdict, Verdict::NotCheckable);
        assert!(reason(&report).contains(word), "{}", reason(&report));
    }
}

#[test]
fn damage_is_damage() {
    let whole = database(ROWS);
    let end = whole.len();
    let mut cases: Vec<(&str, Vec<u8>)> = vec![
        ("header only", whole[..100].to_vec()),
        ("inside the header", whole[..60].to_vec()),
        ("truncated", whole[..end / 2].to_vec()),
        ("one page short", whole[..end - 4096].to_vec()),
    ];
    let mut change = |name, at: usize, with: &[u8]| {
        let mut content = whole.clone();
        content[at..at + with.len()].copy_from_slice(with);
        cases.push((name, content));
    };
    change("page", 3 * 4096, &[0xa5; 4096]);
    change("page size", 16, &[0x12, 0x34]);
    change("freelist", 32, &[0, 0, 0, 3, 0, 0, 0, 9]);
    change("first page", 100, &[0x77; 60]);
    for (name, content) in cases {
        let report = check(&content);
        assert_eq!(report.verdict, Verdict::Damaged, "{name}: {report:?}");
        assert!(report.reason.is_some());
    }
}

#[test]
fn an_index_that_does_not_fit_is_damage() {
    let content = database(&format!(
        "{ROWS} PRAGMA writable_schema=ON;
         UPDATE sqlite_schema SET sql = 'CREATE INDEX i ON t(id)' WHERE name = 'i'"
    ));
    assert_eq!(check(&content).verdict, Verdict::Damaged);
    let content = database(
        "CREATE VIRTUAL TABLE f USING fts5(x); INSERT INTO f VALUES('a b'),('c d');
         DELETE FROM f_content WHERE id = 1",
    );
    assert_eq!(check(&content).verdict, Verdict::Damaged, "full-text index");
}

#[test]
fn broken_rules_are_facts() {
    let content = database(
        "PRAGMA foreign_keys=OFF; CREATE TABLE p(id INTEGER PRIMARY KEY);
         CREATE TABLE c(p REFERENCES p(id)); INSERT INTO c VALUES(5),(6);
         CREATE TABLE n(a, b); INSERT INTO n VALUES(NULL, 1); PRAGMA writable_schema=ON;
         UPDATE sqlite_schema SET sql = 'CREATE TABLE n(a NOT NULL, b CHECK(b > 7))' WHERE name = 'n'",
    );
    let report = check(&content);
    assert_eq!(
        (report.verdict, reason(&report)),
        (Verdict::Sound, "no reason")
    );
    let all = report.findings.join("\n");
    for words in ["2 rows of c refer to rows of p", "NULL value in n.a"] {
        assert!(all.contains(words), "{all}");
    }
}

#[test]
fn what_only_the_application_has_is_not_checkable() {
    let text_table = "CREATE TABLE t(a TEXT COLLATE NOCASE); CREATE INDEX i ON t(a);
                      INSERT INTO t VALUES('x'),('y'); CREATE TABLE u(a); INSERT INTO u VALUES(1)";
    let function = "CREATE TABLE t(a); CREATE INDEX i ON t(abs(a)); INSERT INTO t VALUES(1),(2)";
    let search = "CREATE VIRTUAL TABLE f USING fts5(x, tokenize=porter); INSERT INTO f VALUES('a')";
    for (name, content) in [
        ("collation", altered(text_table, "NOCASE", "ICUSORT")),
        ("function", altered(function, "abs(", "geohash(")),
        ("tokenizer", altered(search, "porter", "jieba")),
        ("module", altered(search, "fts5(", "vec0(")),
    ] {
        let report = check(&content);
        assert_eq!(report.verdict, Verdict::NotCheckable, "{name}: {report:?}");
        assert!(
            reason(&report).starts_with("not fully checkable: "),
            "{name}: {report:?}"
        );
    }
}

#[test]
fn a_missing_collation_does_not_hide_damage() {
    let mut content = altered(
        &format!(
            "CREATE TABLE k(a TEXT COLLATE NOCASE); CREATE INDEX ki ON k(a);
                  INSERT INTO k VALUES('x'); {ROWS}"
        ),
        "NOCASE",
        "ICUSORT",
    );
    let at = content.len() - 4 * 4096;
    content[at..at + 4096].fill(0xa5);
    let report = check(&content);
    assert_eq!(report.verdict, Verdict::Damaged, "{report:?}");
}

#[test]
fn a_check_that_was_not_finished_says_so() {
    let world = World::new();
    let copy = world.copy("0.db", &database(ROWS));
    let report = check_within(&copy, true, 0, &Work::unwatched()).expect("checks");
    assert_eq!(report.verdict, Verdict::NotCheckable);
    assert!(reason(&report).contains("too long"), "{report:?}");
}

#[test]
fn a_copy_that_nobody_may_read_is_an_error() {
    let world = World::new();
    let copy = world.elsewhere("closed").join("0.db");
    fs::write(&copy, database(ROWS)).expect("writes");
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(&copy, fs::Permissions::from_mode(0o600)).expect("closes");
    let failure = check_copy(&copy, true, &Work::unwatched())
        .map(|_| ())
        .expect_err("refused");
    assert_eq!(failure.kind, lifeboat_store::FailureKind::Permission);
}
