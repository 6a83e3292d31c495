//! Captures while others write: complete at the pin, atomic, and one moment for several (I1, I2, A1, A2,
//! A20, L10).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use lifeboat_store::FailureKind;
use lifeboat_store::child::capture::{Capture, capture_group};
use lifeboat_store::work::Work;
use rusqlite::Connection;

use crate::support::*;

/// Writers that count what they began and what they committed.
struct Writers {
    stop: Arc<AtomicBool>,
    counts: Vec<Arc<(AtomicI64, AtomicI64)>>,
    threads: Vec<JoinHandle<()>>,
}

impl Writers {
    fn start(path: &std::path::Path, number: usize) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let counts: Vec<_> = (0..number)
            .map(|_| Arc::new((AtomicI64::new(0), AtomicI64::new(0))))
            .collect();
        let threads = counts
            .iter()
            .enumerate()
            .map(|(writer, counts)| {
                let (path, stop, counts) = (path.to_path_buf(), stop.clone(), counts.clone());
                std::thread::spawn(move || write(&path, writer as i64, &stop, &counts))
            })
            .collect();
        Self {
            stop,
            counts,
            threads,
        }
    }

    fn committed(&self) -> Vec<i64> {
        self.counts
            .iter()
            .map(|counts| counts.1.load(Ordering::SeqCst))
            .collect()
    }

    fn begun(&self) -> Vec<i64> {
        self.counts
            .iter()
            .map(|counts| counts.0.load(Ordering::SeqCst))
            .collect()
    }

    fn end(self) {
        self.stop.store(true, Ordering::SeqCst);
        for thread in self.threads {
            thread.join().expect("the writer ends well");
        }
    }
}

/// Each transaction writes two rows: a copy with one of them has torn it.
fn write(path: &std::path::Path, writer: i64, stop: &AtomicBool, counts: &(AtomicI64, AtomicI64)) {
    let connection = Connection::open(path).expect("opens");
    connection
        .busy_timeout(Duration::from_secs(60))
        .expect("sets");
    for sequence in 1.. {
        if stop.load(Ordering::SeqCst) {
            return;
        }
        counts.0.store(sequence, Ordering::SeqCst);
        connection
            .execute_batch(&format!(
                "BEGIN IMMEDIATE; INSERT INTO s VALUES({writer}, {sequence}, randomblob(200));
                 INSERT INTO s VALUES({writer}, {sequence}, randomblob(3000)); COMMIT"
            ))
            .expect("writes");
        counts.1.store(sequence, Ordering::SeqCst);
    }
}

fn capture_under_writers(mode: &str, writers: usize, rounds: usize) {
    let world = World::new();
    let connection = Connection::open(world.path("a.db")).expect("opens");
    connection
        .pragma_update(None, "journal_mode", mode)
        .expect("mode");
    connection
        .pragma_update(None, "synchronous", "OFF")
        .expect("sets");
    connection
        .execute_batch("CREATE TABLE s(writer, sequence, content)")
        .expect("creates");
    world.hand_over();
    let writers = Writers::start(&world.path("a.db"), writers);
    for round in 0..rounds {
        let committed = writers.committed();
        let mut request = world.live("a.db");
        request.lock_timeout_ms = 60_000;
        let mut captures = capture_group(vec![request], &Work::unwatched()).expect("pins");
        let begun = writers.begun();
        let taken = drain(captures.pop().expect("one")).expect("reads");
        assert_eq!(integrity(&taken.bytes), "ok", "round {round}");
        let torn =
            "SELECT count(*) FROM (SELECT 1 FROM s GROUP BY writer, sequence HAVING count(*) <> 2)";
        assert_eq!(number(&taken.bytes, torn), 0, "round {round}");
        for (writer, (committed, begun)) in committed.iter().zip(&begun).enumerate() {
            let sql = format!("SELECT ifnull(max(sequence), 0) FROM s WHERE writer = {writer}");
            let last = number(&taken.bytes, &sql);
            assert!(
                *committed <= last && last <= *begun,
                "{committed} <= {last} <= {begun}"
            );
        }
    }
    writers.end();
}

#[test]
fn write_ahead_log_with_three_writers() {
    capture_under_writers("wal", 3, 20);
}

#[test]
fn rollback_journal_with_two_writers() {
    capture_under_writers("delete", 2, 10);
}

/// One application that writes to two attached databases in each transaction.
fn pair(mode: &str, rounds: usize) {
    let world = World::new();
    for name in ["a.db", "b.db"] {
        let connection = Connection::open(world.path(name)).expect("opens");
        connection
            .pragma_update(None, "journal_mode", mode)
            .expect("mode");
        connection
            .execute_batch("CREATE TABLE c(n); INSERT INTO c VALUES(0)")
            .expect("creates");
    }
    world.hand_over();
    let stop = Arc::new(AtomicBool::new(false));
    let (first, second, stopping) = (world.path("a.db"), world.path("b.db"), stop.clone());
    let writer = std::thread::spawn(move || {
        let connection = Connection::open(first).expect("opens");
        connection
            .busy_timeout(Duration::from_secs(60))
            .expect("sets");
        let attach = "PRAGMA synchronous=OFF; ATTACH ?1 AS b; PRAGMA b.synchronous=OFF";
        let attach = attach.replace("?1", &format!("'{}'", second.display()));
        connection.execute_batch(&attach).expect("attaches");
        while !stopping.load(Ordering::SeqCst) {
            let sql =
                "BEGIN IMMEDIATE; UPDATE main.c SET n = n + 1; UPDATE b.c SET n = n + 1; COMMIT";
            match connection.execute_batch(sql) {
                Ok(()) => {}
                Err(_) => connection.execute_batch("ROLLBACK").expect("rolls back"),
            }
        }
    });
    for round in 0..rounds {
        let requests: Vec<_> = ["b.db", "a.db"]
            .into_iter()
            .map(|name| {
                let mut request = world.live(name);
                (request.writable, request.lock_timeout_ms) = (true, 60_000);
                request
            })
            .collect();
        let captures = capture_group(requests, &Work::unwatched()).expect("pins");
        assert_eq!(
            captures[0].path().as_bytes(),
            b"b.db",
            "in the order of the requests"
        );
        assert_eq!(captures[0].pin(), captures[1].pin(), "one moment");
        let counts: Vec<_> = captures
            .into_iter()
            .map(|capture| number(&drain(capture).expect("reads").bytes, "SELECT n FROM c"))
            .collect();
        assert_eq!(counts[0], counts[1], "{mode}, round {round}");
    }
    stop.store(true, Ordering::SeqCst);
    writer.join().expect("the writer ends well");
}

#[test]
fn two_databases_of_one_transaction_in_write_ahead_log_mode() {
    pair("wal", 200);
}

#[test]
fn two_databases_of_one_transaction_in_rollback_mode() {
    pair("delete", 60);
}

#[test]
fn the_fence_needs_writable_mounts_and_lets_go() {
    let world = World::new();
    let first = filled(&world.path("a.db"), "wal", 10);
    let second = filled(&world.path("b.db"), "delete", 10);
    std::fs::write(world.path("c.db"), b"").expect("writes");
    world.hand_over();
    let request = |name, writable| {
        let mut request = world.live(name);
        request.writable = writable;
        request
    };
    let mixed = vec![request("a.db", true), request("b.db", false)];
    let failure = capture_group(mixed, &Work::unwatched())
        .map(|_| ())
        .expect_err("refuses");
    assert_eq!(failure.kind, FailureKind::NeedsReadWrite);
    let all = vec![
        request("a.db", true),
        request("c.db", true),
        request("b.db", true),
    ];
    let captures = capture_group(all, &Work::unwatched()).expect("pins");
    let blocking: Vec<_> = captures.iter().map(Capture::blocks_writers).collect();
    assert_eq!(blocking, [false, false, true]);
    add_rows(&first, 5);
    drop(captures);
    add_rows(&second, 5);
    assert!(
        world.path("a.db-wal").exists(),
        "the application's log stays"
    );
}

#[test]
fn a_database_that_a_writer_holds_is_read_at_a_moment_of_its_own() {
    for mode in ["wal", "delete"] {
        let world = World::new();
        let _first = filled(&world.path("a.db"), "wal", 10);
        let second = filled(&world.path("b.db"), mode, 10);
        let _third = filled(&world.path("c.db"), "wal", 10);
        second.execute_batch("BEGIN IMMEDIATE").expect("locks");
        world.hand_over();
        let requests = ["a.db", "b.db", "c.db"].map(|name| {
            let mut request = world.live(name);
            (request.writable, request.lock_timeout_ms) = (true, 300);
            request
        });
        let captures = capture_group(requests.to_vec(), &Work::unwatched()).expect("pins");
        let other = Connection::open(world.path("a.db")).expect("opens");
        other
            .execute_batch("BEGIN IMMEDIATE; ROLLBACK")
            .expect("nobody is fenced out any more");
        assert_eq!(captures[0].pin(), captures[2].pin(), "one moment");
        for (capture, expected) in captures.into_iter().zip([false, true, false]) {
            let taken = drain(capture).expect("reads");
            assert_eq!(number(&taken.bytes, "SELECT count(*) FROM t"), 10);
            let told = taken.finding_codes().contains(&"moment-of-its-own");
            assert_eq!(told, expected, "{mode}: {:?}", taken.finding_codes());
        }
        second.execute_batch("ROLLBACK").expect("goes on");
        add_rows(&second, 1);
    }
}

#[test]
fn a_database_that_is_locked_against_readers_is_given_up_in_time() {
    let world = World::new();
    let _first = filled(&world.path("a.db"), "wal", 10);
    let second = filled(&world.path("b.db"), "delete", 10);
    second.execute_batch("BEGIN EXCLUSIVE").expect("locks");
    world.hand_over();
    let requests = ["a.db", "b.db"].map(|name| {
        let mut request = world.live(name);
        (request.writable, request.lock_timeout_ms) = (true, 300);
        request
    });
    let failure = capture_group(requests.to_vec(), &Work::unwatched())
        .map(|_| ())
        .expect_err("busy");
    assert_eq!(failure.kind, FailureKind::DatabaseLocked);
    let other = Connection::open(world.path("a.db")).expect("opens");
    other
        .execute_batch("BEGIN IMMEDIATE; ROLLBACK")
        .expect("nobody is fenced out any more");
}

#[test]
fn two_names_of_one_file_are_one_database() {
    for mode in ["wal", "delete"] {
        let world = World::new();
        // In use under the name that comes last.
        let writer = filled(&world.path("z.db"), mode, 10);
        std::fs::hard_link(world.path("z.db"), world.path("a.db")).expect("links");
        add_rows(&writer, 10);
        let _other = filled(&world.path("m.db"), "wal", 10);
        world.hand_over();
        let requests = ["a.db", "m.db", "z.db"].map(|name| {
            let mut request = world.live(name);
            (request.writable, request.lock_timeout_ms) = (true, 500);
            request
        });
        let captures = capture_group(requests.to_vec(), &Work::unwatched()).expect("pins");
        let taken: Vec<_> = captures
            .into_iter()
            .map(|capture| drain(capture).expect("reads"))
            .collect();
        assert_eq!(taken[0].bytes, taken[2].bytes, "{mode}");
        assert_eq!(number(&taken[0].bytes, "SELECT count(*) FROM t"), 20);
        let codes: Vec<_> = taken.iter().map(Taken::finding_codes).collect();
        assert_eq!(codes, [vec!["hard-links"], vec![], vec!["hard-links"]]);
        assert!(!with_suffix(&world.path("a.db"), "-wal").exists());
        add_rows(&writer, 1);
    }
}

#[test]
fn an_empty_file_beside_a_busy_database_did_not_change() {
    let world = World::new();
    let writer = filled(&world.path("a.db"), "wal", 10);
    std::fs::write(world.path("empty.db"), b"").expect("writes");
    world.hand_over();
    let requests = vec![world.live("a.db"), world.live("empty.db")];
    let mut captures = capture_group(requests, &Work::unwatched()).expect("pins");
    // The application makes and removes files beside it all the time.
    std::fs::write(world.path("other"), b"x").expect("writes");
    add_rows(&writer, 1);
    let taken = drain(captures.pop().expect("two")).expect("reads");
    assert_eq!(taken.finding_codes(), Vec::<&str>::new());
    let mut captures =
        capture_group(vec![world.live("empty.db")], &Work::unwatched()).expect("pins");
    std::fs::write(world.path("empty.db"), b"y").expect("writes");
    let taken = drain(captures.pop().expect("one")).expect("reads");
    assert_eq!(taken.finding_codes(), ["changed-while-read"]);
}
