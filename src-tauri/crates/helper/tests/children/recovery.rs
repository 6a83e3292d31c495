//! What a crashed application leaves: hot journals, logs, journals over several databases (A3, A4).

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use lifeboat_store::FailureKind;
use lifeboat_store::manifest::CaptureMethod;

use crate::support::*;

/// An application of its own process, killed in the middle of `sql`.
fn crash(path: &Path, sql: &str) {
    let mut shell = Command::new("sqlite3")
        .arg(path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("runs sqlite3");
    let mut input = shell.stdin.take().expect("its input");
    writeln!(input, "{sql};\nSELECT 'half' || 'way';").expect("writes");
    input.flush().expect("flushes");
    let (mut output, mut seen) = (shell.stdout.take().expect("its output"), Vec::new());
    while !seen.ends_with(b"halfway\n") {
        let mut byte = [0];
        output
            .read_exact(&mut byte)
            .expect("the shell says that it is halfway");
        seen.push(byte[0]);
    }
    shell.kill().expect("kills");
    shell.wait().expect("ends");
}

const HALF_A_CHANGE: &str =
    "PRAGMA cache_size=5; BEGIN; UPDATE t SET v = 'changed' || v; DELETE FROM t WHERE id % 2";

/// A database whose last transaction stopped halfway, and the state before it.
fn with_hot_journal(world: &World, name: &str) -> Vec<u8> {
    filled(&world.path(name), "delete", 3000)
        .close()
        .expect("closes");
    let expected = fs::read(world.path(name)).expect("reads");
    crash(&world.path(name), HALF_A_CHANGE);
    assert_ne!(
        fs::read(world.path(name)).expect("reads"),
        expected,
        "it was written to"
    );
    assert!(
        with_suffix(&world.path(name), "-journal")
            .metadata()
            .expect("a journal")
            .len()
            > 0
    );
    world.hand_over();
    expected
}

fn assert_rolled_back(taken: &Taken, expected: &[u8]) {
    assert_eq!(taken.capture.method(), CaptureMethod::RecoveredCopy);
    assert_same_pages(&taken.bytes, expected, "the recovered copy");
    assert_eq!(
        number(
            &taken.bytes,
            "SELECT count(*) FROM t WHERE v NOT LIKE 'changed%'"
        ),
        3000
    );
}

#[test]
fn a_hot_journal_is_played_back_in_a_copy() {
    let world = World::new();
    let expected = with_hot_journal(&world, "a.db");
    let before = state(&world.volume());
    for writable in [false, true] {
        let mut request = world.request("a.db");
        request.writable = writable;
        assert_rolled_back(&take(request).expect("captures"), &expected);
    }
    assert_eq!(state(&world.volume()), before, "the source is as it was");
    assert_eq!(fs::read_dir(world.scratch()).expect("lists").count(), 0);
}

#[test]
fn a_hot_journal_of_a_running_application_is_left_to_it() {
    let world = World::new();
    let expected = with_hot_journal(&world, "a.db");
    let before = state(&world.volume());
    let mut request = world.live("a.db");
    request.lock_timeout_ms = 200;
    request.writable = true;
    let failure = take(request.clone())
        .map(|_| ())
        .expect_err("nobody recovers it");
    assert_eq!(failure.kind, FailureKind::DatabaseLocked);
    assert_eq!(state(&world.volume()), before, "the source is as it was");
    request.lock_timeout_ms = 20_000;
    let waiting = std::thread::spawn(move || take(request));
    let application = rusqlite::Connection::open(world.path("a.db")).expect("opens");
    application
        .query_row("SELECT count(*) FROM t", [], |_| Ok(()))
        .expect("recovers");
    let taken = waiting.join().expect("ends").expect("captures");
    assert_eq!(taken.capture.method(), CaptureMethod::Pages);
    assert_same_pages(&taken.bytes, &expected, "the copy");
}

#[test]
fn a_zeroed_journal_is_not_hot() {
    let world = World::new();
    filled(&world.path("a.db"), "persist", 300)
        .close()
        .expect("closes");
    assert!(world.path("a.db-journal").exists());
    world.hand_over();
    let before = state(&world.volume());
    for request in [world.request("a.db"), world.live("a.db")] {
        let taken = take(request).expect("captures");
        assert_eq!(taken.bytes, fs::read(world.path("a.db")).expect("reads"));
    }
    assert_eq!(state(&world.volume()), before);
}

#[test]
fn a_crashed_log_is_merged_and_left() {
    let world = World::new();
    filled(&world.path("a.db"), "wal", 300)
        .close()
        .expect("closes");
    crash(
        &world.path("a.db"),
        "INSERT INTO t(v) VALUES('in the log'); BEGIN; DELETE FROM t",
    );
    assert!(world.path("a.db-wal").exists() && world.path("a.db-shm").exists());
    world.hand_over();
    let before = state(&world.volume());
    for request in [world.request("a.db"), world.live("a.db")] {
        let taken = take(request).expect("captures");
        assert_eq!(taken.capture.method(), CaptureMethod::Pages);
        assert_eq!(number(&taken.bytes, "SELECT count(*) FROM t"), 301);
        assert_same_pages(&taken.bytes, &reference(&world.path("a.db")), "the copy");
    }
    assert_eq!(state(&world.volume()), before);
}

/// Notes in the journal that it belongs to the super-journal of that path.
pub(crate) fn note_super_journal(journal: &Path, name: &str) {
    let mut file = fs::File::options()
        .append(true)
        .open(journal)
        .expect("opens");
    let sum: u32 = name.bytes().map(u32::from).sum();
    let mut note = vec![0, 4, 0, 0];
    note.extend_from_slice(name.as_bytes());
    note.extend_from_slice(&(name.len() as u32).to_be_bytes());
    note.extend_from_slice(&sum.to_be_bytes());
    note.extend_from_slice(&[0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7]);
    file.write_all(&note).expect("writes");
}

#[test]
fn a_journal_over_several_databases_is_played_back_while_the_super_journal_exists() {
    let world = World::new();
    let expected = with_hot_journal(&world, "a.db");
    // The path is the application's: it means nothing here, but the file's name does.
    note_super_journal(&world.path("a.db-journal"), "/data/a.db-mj01234567");
    fs::write(world.path("a.db-mj01234567"), b"/data/a.db-journal\0").expect("writes");
    let before = state(&world.volume());
    assert_rolled_back(&take(world.request("a.db")).expect("captures"), &expected);
    assert_eq!(state(&world.volume()), before);
}

#[test]
fn a_journal_over_several_databases_is_stale_when_the_super_journal_is_gone() {
    let world = World::new();
    let connection = filled(&world.path("a.db"), "delete", 3000);
    connection.execute_batch(HALF_A_CHANGE).expect("changes");
    let journal = world.elsewhere("kept").join("journal");
    let status = Command::new("cp")
        .arg(world.path("a.db-journal"))
        .arg(&journal)
        .status();
    assert!(status.expect("runs cp").success());
    connection.execute_batch("COMMIT").expect("commits");
    connection.close().expect("closes");
    let committed = fs::read(world.path("a.db")).expect("reads");
    fs::copy(journal, world.path("a.db-journal")).expect("copies");
    note_super_journal(&world.path("a.db-journal"), "/data/a.db-mj01234567");
    world.hand_over();
    let before = state(&world.volume());
    let taken = take(world.request("a.db")).expect("captures");
    assert_same_pages(&taken.bytes, &committed, "the committed state");
    assert_eq!(taken.finding_codes(), ["journal-committed"]);
    assert_eq!(state(&world.volume()), before);
}
