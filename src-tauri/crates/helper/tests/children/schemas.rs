//! Every kind of schema, page size and setting, in each journal mode and state (A7, A13, A14).

use lifeboat_store::manifest::CaptureMethod;
use rusqlite::Connection;

use crate::support::*;

/// What is set before the first table comes, and the tables.
const CORPUS: [(&str, &str, &str); 21] = [
    ("plain", "", "CREATE TABLE p(a INTEGER PRIMARY KEY, b TEXT)"),
    ("no-tables", "PRAGMA user_version=3", ""),
    ("page-512", "PRAGMA page_size=512", ""),
    ("page-1024", "PRAGMA page_size=1024", ""),
    ("page-2048", "PRAGMA page_size=2048", ""),
    ("page-8192", "PRAGMA page_size=8192", ""),
    ("page-16384", "PRAGMA page_size=16384", ""),
    ("page-32768", "PRAGMA page_size=32768", ""),
    ("page-65536", "PRAGMA page_size=65536", ""),
    ("auto-vacuum", "PRAGMA auto_vacuum=FULL", ""),
    ("incremental", "PRAGMA auto_vacuum=INCREMENTAL", "CREATE TABLE d(x); DROP TABLE d"),
    ("utf-16-le", "PRAGMA encoding='UTF-16le'", ""),
    ("utf-16-be", "PRAGMA encoding='UTF-16be'", ""),
    ("numbers", "PRAGMA user_version=-5; PRAGMA application_id=252006674", ""),
    (
        "tables",
        "",
        "CREATE TABLE w(k TEXT PRIMARY KEY, v) WITHOUT ROWID;
         INSERT INTO w VALUES('a', 1), ('b', x'00ff');
         CREATE TABLE s(i INTEGER, r REAL, t TEXT, b BLOB, a ANY) STRICT;
         INSERT INTO s VALUES(1, 2.5, 'x', x'01', 'any');
         CREATE TABLE g(a, b AS (a * 2) STORED, c AS (a || 'x') VIRTUAL);
         INSERT INTO g(a) VALUES(1), (2)",
    ),
    (
        "indexes",
        "",
        "CREATE TABLE i(a, b COLLATE NOCASE, c); CREATE INDEX i1 ON i(b) WHERE a > 1;
         CREATE INDEX i2 ON i(lower(c), a DESC); CREATE UNIQUE INDEX i3 ON i(a);
         INSERT INTO i VALUES(1, 'x', 'Y'), (2, 'X', 'y'); ANALYZE",
    ),
    (
        "full-text",
        "",
        "CREATE VIRTUAL TABLE f5 USING fts5(t, tokenize='porter'); INSERT INTO f5 VALUES('boats');
         CREATE VIRTUAL TABLE f4 USING fts4(t); INSERT INTO f4 VALUES('a lifeboat');
         CREATE VIRTUAL TABLE f3 USING fts3(t); INSERT INTO f3 VALUES('a third')",
    ),
    (
        "r-tree",
        "",
        "CREATE VIRTUAL TABLE r USING rtree(id, x0, x1, y0, y1);
         INSERT INTO r VALUES(1, 0, 1, 0, 1), (2, 5, 6, 5, 6)",
    ),
    (
        "triggers",
        "",
        "CREATE TABLE l(a); CREATE TRIGGER tr AFTER INSERT ON l BEGIN DELETE FROM l WHERE a < 0; END;
         CREATE VIEW vw AS SELECT a FROM l; INSERT INTO l VALUES(1), (-1)",
    ),
    (
        "foreign-keys",
        "PRAGMA foreign_keys=OFF",
        "CREATE TABLE parent(id INTEGER PRIMARY KEY);
         CREATE TABLE child(p REFERENCES parent(id)); INSERT INTO child VALUES(77)",
    ),
    (
        "freelist",
        "",
        "CREATE TABLE big(b); INSERT INTO big SELECT randomblob(9000) FROM t LIMIT 50; DROP TABLE big",
    ),
];

fn build(connection: &Connection, mode: &str, before: &str, after: &str) {
    connection.execute_batch(before).expect("settings");
    connection
        .pragma_update(None, "journal_mode", mode)
        .expect("mode");
    if before == "PRAGMA user_version=3" {
        return;
    }
    connection
        .execute_batch("CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)")
        .expect("creates");
    add_rows(connection, 200);
    connection.execute_batch(after).expect("tables");
}

#[test]
fn every_schema_in_every_state_is_copied_page_by_page() {
    for (name, before, after) in CORPUS {
        for mode in ["wal", "delete", "truncate", "persist"] {
            let world = World::new();
            let what = format!("{name} in {mode} mode");
            let connection = Connection::open(world.path("a.db")).expect("opens");
            build(&connection, mode, before, after);
            crash_image(&world.path("a.db"), &world.path("crashed.db"));
            world.hand_over();
            let expected = reference(&world.path("a.db"));
            let seen = state(&world.volume());
            for request in [world.live("a.db"), world.request("crashed.db")] {
                let taken = take(request).unwrap_or_else(|it| panic!("{what}: {it:?}"));
                assert_eq!(taken.capture.method(), CaptureMethod::Pages, "{what}");
                assert_same_pages(&taken.bytes, &expected, &what);
                assert!(taken.finding_codes().is_empty(), "{what}");
                assert_eq!(integrity(&taken.bytes), "ok", "{what}");
            }
            assert_eq!(state(&world.volume()), seen, "{what}: source");
            connection.close().expect("closes");
            let content = std::fs::read(world.path("a.db")).expect("reads");
            let taken = take(world.request("a.db")).unwrap_or_else(|it| panic!("{what}: {it:?}"));
            assert_eq!(taken.bytes, content, "{what}, closed");
        }
    }
}

#[test]
fn reserved_bytes_are_kept() {
    let world = World::new();
    let status = std::process::Command::new("sqlite3")
        .arg(world.path("a.db"))
        .args([".filectrl reserve_bytes 32", "VACUUM", "CREATE TABLE t(a)"])
        .args([
            "INSERT INTO t VALUES(randomblob(20000))",
            "PRAGMA journal_mode=WAL",
        ])
        .stdout(std::process::Stdio::null())
        .status();
    assert!(status.expect("runs sqlite3").success());
    world.hand_over();
    let taken = take(world.request("a.db")).expect("captures");
    assert_eq!(taken.capture.header().expect("a header").reserved_bytes, 32);
    assert_eq!(
        taken.bytes,
        std::fs::read(world.path("a.db")).expect("reads")
    );
}

#[test]
fn the_page_that_locks_live_on_is_zero() {
    // A database that spans 1 GiB, mostly a hole: the lock page is never read as content (A8).
    let world = World::new();
    let connection = filled(&world.path("a.db"), "delete", 10);
    let pages = (1_u64 << 30) / 4096 + 20;
    connection
        .execute_batch(
            "CREATE TABLE big(b); INSERT INTO big VALUES(zeroblob(900000000));
                        INSERT INTO big VALUES(zeroblob(200000000))",
        )
        .expect("fills");
    connection.close().expect("closes");
    world.hand_over();
    let mut captures = lifeboat_store::child::capture::capture_group(
        vec![world.request("a.db")],
        &lifeboat_store::work::Work::unwatched(),
    )
    .expect("pins");
    assert!(captures[0].page_count() > pages);
    let copy = world.elsewhere("copies").join("copy.db");
    let mut file = std::fs::File::create(&copy).expect("creates");
    captures[0]
        .stream(&mut file, &lifeboat_store::work::Work::unwatched())
        .expect("reads");
    let same = std::process::Command::new("cmp")
        .arg(&copy)
        .arg(world.path("a.db"))
        .status();
    assert!(same.expect("runs cmp").success());
}
