//! One database in each state: what is read, how, and what stays as it was (A1–A9, A15, A17, A22).

use std::fs;
use std::os::unix::fs::symlink;
use std::time::Duration;

use lifeboat_store::FailureKind;
use lifeboat_store::child::capture::{Capture, CaptureRequest, Captured, capture_group};
use lifeboat_store::child::check::check_copy;
use lifeboat_store::manifest::{CaptureMethod, DatabaseKind, JournalMode};
use lifeboat_store::protocol::CheckReport;
use lifeboat_store::work::Work;

use crate::support::*;

fn refusal(request: CaptureRequest) -> FailureKind {
    take(request).map(|_| ()).expect_err("is refused").kind
}

#[test]
fn live_write_ahead_log_is_read_pinned() {
    let world = World::new();
    let writer = filled(&world.path("a.db"), "wal", 500);
    world.hand_over();
    let before = state(&world.volume());
    let taken = take(world.live("a.db")).expect("captures");
    assert_eq!(taken.capture.method(), CaptureMethod::Pages);
    assert_eq!(taken.capture.journal_mode(), JournalMode::Wal);
    assert!(!taken.capture.blocks_writers());
    assert_same_pages(&taken.bytes, &reference(&world.path("a.db")), "the copy");
    assert_eq!(state(&world.volume()), before, "source and side files");
    assert_eq!(
        (
            integrity(&taken.bytes).as_str(),
            number(&taken.bytes, "SELECT count(*) FROM t")
        ),
        ("ok", 500)
    );
    add_rows(&writer, 1);
}

#[test]
fn what_is_written_after_the_pin_is_not_in_it() {
    let world = World::new();
    let writer = filled(&world.path("a.db"), "wal", 500);
    world.hand_over();
    let mut captures = capture_group(vec![world.live("a.db")], &Work::unwatched()).expect("pins");
    add_rows(&writer, 700);
    writer
        .execute_batch("ALTER TABLE t ADD COLUMN w; CREATE TABLE u(a); DROP TABLE u")
        .expect("changes");
    writer
        .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
        .expect("checkpoints");
    let taken = drain(captures.pop().expect("one")).expect("reads");
    assert_eq!(number(&taken.bytes, "SELECT count(*) FROM t"), 500);
    assert!(taken.captured.wal_growth_bytes > 0);
    assert_eq!(integrity(&taken.bytes), "ok");
}

#[test]
fn a_log_that_grows_too_far_ends_the_capture() {
    let world = World::new();
    let writer = filled(&world.path("a.db"), "wal", 500);
    world.hand_over();
    let mut request = world.live("a.db");
    request.max_wal_growth_bytes = 10_000;
    let mut captures = capture_group(vec![request], &Work::unwatched()).expect("pins");
    add_rows(&writer, 3000);
    let failure = drain(captures.pop().expect("one"))
        .map(|_| ())
        .expect_err("stops");
    assert_eq!(failure.kind, FailureKind::NoSpace);
}

#[test]
fn rollback_mode_holds_writers_off_until_it_is_read() {
    for mode in ["delete", "truncate", "persist"] {
        let world = World::new();
        let writer = filled(&world.path("a.db"), mode, 500);
        writer
            .busy_timeout(std::time::Duration::ZERO)
            .expect("sets");
        world.hand_over();
        let before = state(&world.volume());
        let mut captures =
            capture_group(vec![world.live("a.db")], &Work::unwatched()).expect("pins");
        assert!(captures[0].blocks_writers());
        assert!(
            writer.execute_batch("INSERT INTO t(v) VALUES (1)").is_err(),
            "a writer waits"
        );
        let expected = reference(&world.path("a.db"));
        let taken = drain(captures.pop().expect("one")).expect("reads");
        assert_same_pages(&taken.bytes, &expected, mode);
        assert_eq!(integrity(&taken.bytes), "ok");
        if mode == "delete" {
            assert_eq!(state(&world.volume()).keys().count(), before.keys().count());
        }
        add_rows(&writer, 1);
    }
}

#[test]
fn a_quiet_rollback_database_is_left_as_it_was() {
    let world = World::new();
    drop(filled(&world.path("a.db"), "delete", 300));
    world.hand_over();
    let before = state(&world.volume());
    let taken = take(world.request("a.db")).expect("captures");
    assert_eq!(
        taken.bytes,
        fs::read(world.path("a.db")).expect("reads"),
        "byte for byte"
    );
    assert!(!taken.capture.blocks_writers(), "nobody writes");
    assert_eq!(state(&world.volume()), before);
}

#[test]
fn a_clean_write_ahead_log_database_is_read_without_locks() {
    let world = World::new();
    filled(&world.path("a.db"), "wal", 300)
        .close()
        .expect("closes");
    world.hand_over();
    assert!(!world.path("a.db-wal").exists());
    let before = state(&world.volume());
    for request in [world.request("a.db"), world.live("a.db")] {
        let taken = take(request).expect("captures");
        assert_eq!(
            taken.bytes,
            fs::read(world.path("a.db")).expect("reads"),
            "byte for byte"
        );
        assert_eq!(taken.capture.method(), CaptureMethod::Pages);
    }
    assert_eq!(state(&world.volume()), before);
}

#[test]
fn reading_without_locks_notices_a_writer() {
    let world = World::new();
    filled(&world.path("a.db"), "wal", 300)
        .close()
        .expect("closes");
    world.hand_over();
    let mut captures = capture_group(vec![world.live("a.db")], &Work::unwatched()).expect("pins");
    let writer = rusqlite::Connection::open(world.path("a.db")).expect("opens");
    add_rows(&writer, 10);
    let failure = drain(captures.pop().expect("one"))
        .map(|_| ())
        .expect_err("notices");
    assert_eq!(failure.kind, FailureKind::NeedsReadWrite);
}

#[test]
fn a_clean_live_database_on_a_writable_mount_leaves_no_side_files() {
    let world = World::new();
    filled(&world.path("a.db"), "wal", 300)
        .close()
        .expect("closes");
    world.hand_over();
    let expected = fs::read(world.path("a.db")).expect("reads");
    let mut request = world.live("a.db");
    request.writable = true;
    let mut captures = capture_group(vec![request], &Work::unwatched()).expect("pins");
    let writer = rusqlite::Connection::open(world.path("a.db")).expect("opens");
    add_rows(&writer, 10);
    writer.close().expect("closes");
    let taken = drain(captures.pop().expect("one")).expect("reads");
    drop(taken.capture);
    assert_same_pages(&taken.bytes, &expected, "the copy");
    let names: Vec<_> = state(&world.volume()).into_keys().collect();
    assert_eq!(names, [world.volume(), world.path("a.db")]);
}

#[test]
fn a_log_without_its_index() {
    let world = World::new();
    let writer = filled(&world.elsewhere("origin").join("a.db"), "wal", 300);
    crash_image(&world.elsewhere("origin").join("a.db"), &world.path("a.db"));
    fs::remove_file(world.path("a.db-shm")).expect("removes");
    drop(writer);
    world.hand_over();
    let expected = reference(&world.path("a.db"));
    let before = state(&world.volume());
    let taken = take(world.request("a.db")).expect("captures");
    assert_eq!(taken.capture.method(), CaptureMethod::RecoveredCopy);
    assert_same_pages(&taken.bytes, &expected, "the recovered copy");
    assert_eq!(number(&taken.bytes, "SELECT count(*) FROM t"), 300);
    drop(taken.capture);
    assert_eq!(
        fs::read_dir(world.scratch()).expect("lists").count(),
        0,
        "scratch is empty again"
    );
    assert_eq!(refusal(world.live("a.db")), FailureKind::NeedsReadWrite);
    assert_eq!(state(&world.volume()), before);
    let mut request = world.live("a.db");
    request.writable = true;
    let taken = take(request).expect("captures");
    assert_same_pages(&taken.bytes, &expected, "the copy");
}

#[test]
fn exclusive_locking_is_refused_in_time() {
    let world = World::new();
    let writer = filled(&world.path("a.db"), "delete", 10);
    writer
        .execute_batch("PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT")
        .expect("locks");
    world.hand_over();
    let mut request = world.live("a.db");
    request.lock_timeout_ms = 300;
    assert_eq!(refusal(request), FailureKind::DatabaseLocked);
}

#[test]
fn what_must_not_be_guessed_at_is_refused() {
    let world = World::new();
    let _writer = filled(&world.path("a.db"), "wal", 10);
    world.hand_over();
    let mut request = world.live("a.db");
    request.locks_trusted = false;
    assert_eq!(refusal(request), FailureKind::NeedsStopped);
    let mut request = world.live("");
    request.mount_root = world.path("a.db");
    request.single_file = true;
    assert_eq!(refusal(request), FailureKind::Unsupported);
    assert_eq!(refusal(world.live("b.db")), FailureKind::NotFound);
    fs::create_dir(world.path("c.db")).expect("creates");
    assert_eq!(refusal(world.live("c.db")), FailureKind::Unsupported);
}

#[test]
fn a_quiet_single_file_is_read_and_said_to_be_one() {
    let world = World::new();
    filled(&world.path("a.db"), "wal", 10)
        .close()
        .expect("closes");
    world.hand_over();
    let mut request = world.request("");
    request.mount_root = world.path("a.db");
    request.single_file = true;
    let taken = take(request).expect("captures");
    assert_eq!(taken.bytes, fs::read(world.path("a.db")).expect("reads"));
    assert_eq!(taken.finding_codes(), ["single-file"]);
}

#[test]
fn what_is_no_database_is_taken_as_it_is() {
    let world = World::new();
    let noise: Vec<u8> = {
        let connection = rusqlite::Connection::open_in_memory().expect("opens");
        connection
            .query_row("SELECT randomblob(8192)", [], |row| row.get(0))
            .expect("noise")
    };
    let mut impossible = b"SQLite format 3\0".to_vec();
    impossible.resize(4096, 0x5a);
    let cases: [(&str, &[u8], DatabaseKind); 5] = [
        ("empty.db", b"", DatabaseKind::Empty),
        ("secret.db", &noise, DatabaseKind::Encrypted),
        ("text.db", b"these are words", DatabaseKind::NotSqlite),
        ("impossible.db", &impossible, DatabaseKind::Sqlite),
        ("short.db", b"SQLite format 3\0abc", DatabaseKind::Sqlite),
    ];
    for (name, content, kind) in cases {
        fs::write(world.path(name), content).expect("writes");
        world.hand_over();
        for request in [world.request(name), world.live(name)] {
            let taken = take(request).expect("captures");
            assert_eq!(taken.capture.method(), CaptureMethod::Raw, "{name}");
            assert_eq!(taken.capture.kind(), kind, "{name}");
            assert_eq!(taken.bytes, content, "{name}");
        }
    }
}

#[test]
fn damaged_databases_are_still_taken() {
    let world = World::new();
    filled(&world.path("whole.db"), "delete", 2000)
        .close()
        .expect("closes");
    let whole = fs::read(world.path("whole.db")).expect("reads");
    let mut damaged = whole.clone();
    damaged[8192..12288].fill(0xa5);
    let truncated = &whole[..whole.len() / 2];
    let mut bad_first = whole.clone();
    bad_first[100] = 0x77;
    for (name, content) in [
        ("page.db", &damaged[..]),
        ("truncated.db", truncated),
        ("first.db", &bad_first[..]),
    ] {
        fs::write(world.path(name), content).expect("writes");
        world.hand_over();
        for request in [world.request(name), world.live(name)] {
            let taken = take(request).unwrap_or_else(|failure| panic!("{name}: {failure:?}"));
            let length = content.len().min(taken.bytes.len());
            assert_eq!(taken.bytes[..length], content[..length], "{name}");
            assert!(taken.bytes.len() >= content.len(), "{name}");
        }
    }
}

#[test]
fn a_schema_that_cannot_be_parsed_is_read_in_full() {
    let world = World::new();
    for (name, mode) in [("rollback.db", "delete"), ("log.db", "wal")] {
        let writer = filled(&world.path(name), mode, 500);
        writer
            .execute_batch(
                "PRAGMA writable_schema=ON;
                 INSERT INTO sqlite_schema VALUES('table', 'x', 'x', 999999, 'CREATE TABLE oh no(');
                 PRAGMA writable_schema=OFF",
            )
            .expect("breaks the schema");
        world.hand_over();
        let expected = reference(&world.path(name));
        let taken = take(world.live(name)).expect("captures");
        assert_same_pages(&taken.bytes, &expected, name);
        assert_eq!(taken.capture.method(), CaptureMethod::Pages);
        assert_eq!(taken.finding_codes(), ["database-damaged"]);
    }
}

#[test]
fn links() {
    let world = World::new();
    let outside = world.elsewhere("outside");
    filled(&outside.join("o.db"), "delete", 10)
        .close()
        .expect("closes");
    fs::create_dir(world.path("below")).expect("creates");
    filled(&world.path("below/a.db"), "delete", 10)
        .close()
        .expect("closes");
    symlink("below/a.db", world.path("inside.db")).expect("links");
    symlink("../outside/o.db", world.path("relative.db")).expect("links");
    symlink(outside.join("o.db"), world.path("absolute.db")).expect("links");
    symlink("/data/nowhere.db", world.path("nowhere.db")).expect("links");
    symlink("../outside", world.path("directory")).expect("links");
    world.hand_over();
    let taken = take(world.request("inside.db")).expect("captures");
    assert_eq!(
        taken.bytes,
        fs::read(world.path("below/a.db")).expect("reads")
    );
    for name in ["relative.db", "absolute.db", "nowhere.db", "directory/o.db"] {
        assert_eq!(
            refusal(world.request(name)),
            FailureKind::Unsupported,
            "{name}"
        );
    }
    fs::hard_link(world.path("below/a.db"), world.path("second.db")).expect("links");
    assert_eq!(
        take(world.request("second.db"))
            .expect("captures")
            .finding_codes(),
        ["hard-links"]
    );
}

#[test]
fn journal_mode_switch_and_vacuum_after_the_pin() {
    let world = World::new();
    let writer = filled(&world.path("a.db"), "wal", 2000);
    world.hand_over();
    let mut captures = capture_group(vec![world.live("a.db")], &Work::unwatched()).expect("pins");
    writer
        .execute_batch("DELETE FROM t WHERE id % 3; VACUUM")
        .expect("vacuums");
    assert!(
        writer.execute_batch("PRAGMA journal_mode=DELETE").is_err()
            || writer
                .query_row("PRAGMA journal_mode", [], |row| row.get::<_, String>(0))
                .expect("asks")
                == "wal",
        "the pin keeps the mode"
    );
    let taken = drain(captures.pop().expect("one")).expect("reads");
    assert_eq!(number(&taken.bytes, "SELECT count(*) FROM t"), 2000);
    assert_eq!(integrity(&taken.bytes), "ok");
}

#[test]
fn rows_are_counted_where_the_database_lies() {
    let world = World::new();
    let writer = filled(&world.path("a.db"), "wal", 500);
    let more = "CREATE TABLE empty(a); CREATE VIEW v AS SELECT * FROM t; PRAGMA user_version=7";
    writer.execute_batch(more).expect("changes");
    world.hand_over();
    let before = state(&world.volume());
    let mut capture = pinned(world.live("a.db"));
    let (report, captured) = counted(&mut capture).expect("needs no copy");
    assert_eq!(state(&world.volume()), before, "source and side files");
    let rows: Vec<_> = report
        .tables
        .iter()
        .map(|table| (table.name.as_str(), table.rows))
        .collect();
    assert_eq!(rows, [("empty", Some(0)), ("t", Some(500))]);
    assert_eq!((report.user_version, captured.sha256.as_str()), (7, ""));
    add_rows(&writer, 700);
    let (again, _) = counted(&mut capture).expect("needs no copy");
    assert_eq!(again.tables, report.tables, "as of the pin");
    // A copy of the same moment says the same.
    let taken = drain(capture).expect("reads");
    let copy = world.copy("0.db", &taken.bytes);
    let checked = check_copy(&copy, false, &Work::unwatched()).expect("looks");
    assert_eq!(checked.tables, report.tables);
    assert_eq!(checked.schema_sha256, report.schema_sha256);
    assert!(report.schema_sha256.is_some());
}

#[test]
fn rows_are_counted_on_a_copy_where_a_writer_would_wait_or_foreign_code_would_run() {
    let world = World::new();
    let writer = filled(&world.path("a.db"), "delete", 500);
    world.hand_over();
    let mut capture = pinned(world.live("a.db"));
    assert!(!capture.can_be_counted());
    assert!(counted(&mut capture).is_none(), "writers wait");
    assert_eq!(
        number(
            &drain(capture).expect("reads").bytes,
            "SELECT count(*) FROM t"
        ),
        500
    );
    drop(writer);

    let world = World::new();
    let writer = filled(&world.path("a.db"), "wal", 500);
    let search = "CREATE VIRTUAL TABLE f USING fts5(x); INSERT INTO f VALUES('a')";
    writer.execute_batch(search).expect("changes");
    world.hand_over();
    let mut capture = pinned(world.live("a.db"));
    assert!(counted(&mut capture).is_none(), "an extension's table");
    let taken = drain(capture).expect("it can still be read");
    assert_eq!(number(&taken.bytes, "SELECT count(*) FROM f"), 1);
}

#[test]
fn a_count_that_takes_too_long_is_left_to_a_copy() {
    let world = World::new();
    let writer = filled(&world.path("a.db"), "wal", 500);
    world.hand_over();
    let mut capture = pinned(world.live("a.db"));
    let counted = capture.count(Duration::ZERO, &Work::unwatched());
    assert!(counted.expect("it says so").is_none());
    add_rows(&writer, 700);
    let taken = drain(capture).expect("it can still be read");
    assert_eq!(number(&taken.bytes, "SELECT count(*) FROM t"), 500);
}

fn pinned(request: CaptureRequest) -> Capture {
    let mut captures = capture_group(vec![request], &Work::unwatched()).expect("pins");
    captures.pop().expect("one")
}

fn counted(capture: &mut Capture) -> Option<(CheckReport, Captured)> {
    capture
        .count(Duration::from_secs(60), &Work::unwatched())
        .expect("counts or says why not")
}
