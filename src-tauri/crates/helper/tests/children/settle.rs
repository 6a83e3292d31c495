//! Making a quiet database one file, and writing into one in place.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use lifeboat_store::child::settle::{Settled, settle, write_into};
use lifeboat_store::work::Work;
use lifeboat_store::{Failure, FailureKind, RelativePath};
use rusqlite::Connection;

use crate::recovery::note_super_journal;
use crate::support::*;

fn settled(world: &World, name: &str) -> Result<Settled, Failure> {
    let path = RelativePath::new(name).expect("a path");
    settle(&world.volume(), &path, &Work::unwatched())
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).expect("lists");
    let mut names: Vec<_> = entries
        .map(|it| it.expect("entry").file_name().into_string().expect("text"))
        .collect();
    names.sort();
    names
}

/// Puts what a crash of `connection` would leave into the volume, alone.
fn crashed(world: &World, mode: &str, sql: &str) -> Vec<u8> {
    let origin = world.elsewhere("origin").join("a.db");
    let connection = filled(&origin, mode, 3000);
    connection
        .execute_batch("PRAGMA cache_size=5")
        .expect("sets");
    connection.execute_batch(sql).expect("runs");
    crash_image(&origin, &world.path("a.db"));
    world.hand_over();
    reference(&origin)
}

const HALF: &str = "BEGIN; UPDATE t SET v = 'changed' || v";

#[test]
fn a_crashed_database_becomes_one_file() {
    for (mode, sql) in [
        ("wal", "INSERT INTO t(v) VALUES(1)"),
        ("wal", HALF),
        ("delete", HALF),
        ("truncate", HALF),
        ("persist", HALF),
    ] {
        let world = World::new();
        let expected = crashed(&world, mode, sql);
        assert!(names(&world.volume()).len() > 1, "{mode}");
        assert_eq!(
            settled(&world, "a.db").expect("settles"),
            Settled::OneFile,
            "{mode}"
        );
        assert_eq!(names(&world.volume()), ["a.db"], "{mode}");
        let content = fs::read(world.path("a.db")).expect("reads");
        assert_same_pages(&content, &expected, mode);
        assert_eq!(
            content[18],
            if mode == "wal" { 2 } else { 1 },
            "the journal mode stays"
        );
        assert_eq!(integrity(&content), "ok");
        assert_eq!(settled(&world, "a.db").expect("again"), Settled::OneFile);
        assert_eq!(fs::read(world.path("a.db")).expect("reads"), content);
    }
}

#[test]
fn somebody_who_has_it_open_is_noticed() {
    for mode in ["wal", "delete"] {
        let world = World::new();
        let reader = filled(&world.path("a.db"), mode, 100);
        world.hand_over();
        reader
            .execute_batch("BEGIN; SELECT count(*) FROM t")
            .expect("reads");
        let failure = settled(&world, "a.db").expect_err("is locked");
        assert_eq!(failure.kind, FailureKind::DatabaseLocked, "{mode}");
        reader.execute_batch("COMMIT").expect("ends");
    }
    let world = World::new();
    let idle = filled(&world.path("a.db"), "wal", 100);
    world.hand_over();
    let failure = settled(&world, "a.db").expect_err("an idle connection in log mode is seen, too");
    assert_eq!(failure.kind, FailureKind::DatabaseLocked);
    add_rows(&idle, 1);
}

#[test]
fn what_cannot_be_recovered_is_left_as_it_was() {
    let world = World::new();
    crashed(&world, "delete", HALF);
    note_super_journal(&world.path("a.db-journal"), "/data/other.db-mj0");
    let before = state(&world.volume());
    assert!(matches!(
        settled(&world, "a.db"),
        Ok(Settled::Impossible { .. })
    ));
    assert_eq!(
        state(&world.volume()),
        before,
        "a journal over several databases"
    );
    fs::write(world.path("text.db"), b"words").expect("writes");
    assert_eq!(
        settled(&world, "text.db").expect("settles"),
        Settled::OneFile
    );
    fs::write(world.path("text.db-wal"), b"words").expect("writes");
    assert!(matches!(
        settled(&world, "text.db"),
        Ok(Settled::Impossible { .. })
    ));
    let mut impossible = b"SQLite format 3\0".to_vec();
    impossible.resize(4096, 0x5a);
    fs::write(world.path("bad.db"), &impossible).expect("writes");
    fs::write(world.path("bad.db-wal"), b"words").expect("writes");
    world.hand_over();
    assert!(matches!(
        settled(&world, "bad.db"),
        Ok(Settled::Impossible { .. })
    ));
    assert_eq!(fs::read(world.path("bad.db")).expect("reads"), impossible);
    assert_eq!(
        settled(&world, "none.db").expect("settles"),
        Settled::Absent
    );
}

#[test]
fn writing_into_an_existing_file_keeps_the_file() {
    let world = World::new();
    let origin = world.elsewhere("origin").join("b.db");
    let source = Connection::open(&origin).expect("opens");
    source
        .execute_batch(
            "PRAGMA page_size=1024; PRAGMA user_version=7; CREATE TABLE n(a);
                        INSERT INTO n VALUES(randomblob(50000))",
        )
        .expect("fills");
    source.close().expect("closes");
    let content = fs::read(&origin).expect("reads");
    let staged = world.copy("staged.db", &content);
    let path = RelativePath::new("a.db").expect("a path");
    for target in ["wal", "delete", "1024", "damaged", "empty"] {
        let file = world.path("a.db");
        match target {
            "damaged" => fs::write(&file, b"SQLite format 3\0 but broken").expect("writes"),
            "empty" => fs::write(&file, b"").expect("writes"),
            "1024" => {
                let connection = Connection::open(&file).expect("opens");
                connection
                    .execute_batch("PRAGMA page_size=1024")
                    .expect("sets");
                connection
                    .execute_batch("CREATE TABLE t(a)")
                    .expect("creates");
            }
            mode => filled(&file, mode, 500).close().expect("closes"),
        }
        world.hand_over();
        let before = state(&world.volume())[&file].clone();
        write_into(&staged, &world.volume(), &path, &Work::unwatched())
            .unwrap_or_else(|failure| panic!("{target}: {failure:?}"));
        let after = state(&world.volume())[&file].clone();
        assert_eq!(
            (before[0], &before[6..]),
            (after[0], &after[6..]),
            "{target}: the same file"
        );
        assert_eq!(names(&world.volume()), ["a.db"], "{target}");
        let written = fs::read(&file).expect("reads");
        assert_eq!(
            number(&written, "SELECT length(a) FROM n"),
            50_000,
            "{target}"
        );
        assert_eq!(number(&written, "PRAGMA user_version"), 7, "{target}");
        assert_eq!(integrity(&written), "ok", "{target}");
        fs::remove_file(file).expect("removes");
    }
    let failure = write_into(&staged, &world.volume(), &path, &Work::unwatched());
    assert_eq!(
        failure.expect_err("nothing there").kind,
        FailureKind::NotFound
    );
}

#[test]
fn writing_where_nothing_can_be_put_beside_the_file() {
    let world = World::new();
    filled(&world.path("a.db"), "wal", 500)
        .close()
        .expect("closes");
    world.hand_over();
    std::os::unix::fs::chown(world.volume(), Some(0), Some(0)).expect("closes the directory");
    let origin = world.elsewhere("origin").join("b.db");
    filled(&origin, "wal", 44).close().expect("closes");
    let content = fs::read(&origin).expect("reads");
    let staged = world.copy("staged.db", &content);
    let path = RelativePath::new("").expect("a path");
    write_into(&staged, &world.path("a.db"), &path, &Work::unwatched()).expect("writes");
    assert_eq!(fs::read(world.path("a.db")).expect("reads"), content);
}

#[test]
fn where_the_owner_is_locked_out_everything_is_left_as_it_was() {
    let world = World::new();
    crashed(&world, "wal", "INSERT INTO t(v) VALUES(1)");
    fs::create_dir(world.path("closed")).expect("creates");
    for suffix in ["", "-wal", "-shm"] {
        let name = with_suffix(Path::new("a.db"), suffix);
        let place = world.volume().join("closed").join(&name);
        fs::rename(world.volume().join(&name), &place).expect("moves");
        fs::set_permissions(&place, Permissions::from_mode(0o600)).expect("closes");
    }
    fs::set_permissions(world.path("closed"), Permissions::from_mode(0o700)).expect("closes");
    let before = state(&world.volume());
    let found = settled(&world, "closed/a.db").expect("goes on");
    assert!(matches!(found, Settled::Impossible { .. }), "{found:?}");
    assert_eq!(state(&world.volume()), before);
}

#[test]
fn an_owner_who_may_not_remove_side_files_leaves_them_empty() {
    let world = World::new();
    let expected = crashed(&world, "wal", "INSERT INTO t(v) VALUES(1)");
    std::os::unix::fs::chown(world.volume(), Some(0), Some(0)).expect("hands over");
    assert_eq!(settled(&world, "a.db").expect("settles"), Settled::OneFile);
    assert_eq!(
        fs::metadata(world.path("a.db-wal")).expect("stays").len(),
        0
    );
    let present = fs::read(world.path("a.db")).expect("reads");
    assert_same_pages(&present, &expected, "the database");
}
