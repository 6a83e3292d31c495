//! What is found, what is not, and what is said of it.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use lifeboat_store::manifest::{DatabaseKind, JournalMode};
use lifeboat_store::protocol::ScanRequest;
use lifeboat_store::scan::scan;
use lifeboat_store::work::{CancelFlag, Work};
use lifeboat_store::{FailureKind, RelativePath};
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use crate::support::{Mounted, Volumes, database, findings, found, names, request};

fn noise(count: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 24) as u8
    };
    (0..count).map(|_| next()).collect()
}

#[test]
fn databases_are_found_by_content_and_by_name() {
    let volumes = Volumes::new();
    let live = database(&volumes.path("app.db"));
    live.pragma_update(None, "journal_mode", "wal")
        .expect("wal");
    live.execute_batch("INSERT INTO t VALUES (2)")
        .expect("writes");
    drop(database(&volumes.path("deep/er/no-ending")));
    drop(database(&volumes.path("rollback.sqlite3")));
    volumes.write("empty.db", b"");
    volumes.write("secret.db", &noise(8192));
    volumes.write("text.db", b"hello");
    volumes.write(
        "header-only.db",
        &fs::read(volumes.path("rollback.sqlite3")).expect("read")[..100],
    );
    volumes.write("readme.txt", b"SQLite format 3");
    volumes.write(
        "Thumbs.db",
        &[
            &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1][..],
            &[0; 600],
        ]
        .concat(),
    );
    volumes.write(
        "rpm.db",
        &[&[0; 12][..], &0x0005_3162_u32.to_le_bytes(), &[0; 600]].concat(),
    );
    volumes.write(
        "rpm-be.db",
        &[&[0; 12][..], &0x0006_1561_u32.to_be_bytes(), &[0; 600]].concat(),
    );
    volumes.write("app.db-journal", b"left over");
    // A copy under the name of a side file is not a database of its own.
    fs::copy(
        volumes.path("rollback.sqlite3"),
        volumes.path("rollback.sqlite3-journal"),
    )
    .expect("copied");
    fs::copy(volumes.path("rollback.sqlite3"), volumes.path("lonely-wal")).expect("copied");
    volumes.write(
        ".lifeboat-restore-1/old.db",
        &fs::read(volumes.path("rollback.sqlite3")).expect("read"),
    );
    let before = fs::metadata(volumes.path("app.db")).expect("metadata");

    let report = volumes.scan();
    assert_eq!(
        names(&report),
        [
            "app.db",
            "deep/er/no-ending",
            "empty.db",
            "header-only.db",
            "lonely-wal",
            "rollback.sqlite3",
            "secret.db",
            "text.db"
        ]
    );
    let app = found(&report, "app.db");
    assert_eq!(
        (app.kind, app.journal_mode, app.page_size),
        (DatabaseKind::Sqlite, JournalMode::Wal, 4096)
    );
    let log = fs::metadata(volumes.path("app.db-wal")).expect("there is one");
    assert!(log.len() > 0);
    assert_eq!(
        (app.wal_bytes, app.modified_at_seconds),
        (log.len(), log.mtime().max(before.mtime()))
    );
    assert_eq!(
        (app.size_bytes, app.ownership.mode),
        (before.len(), before.mode() & 0o7777)
    );
    assert_eq!(
        found(&report, "rollback.sqlite3").journal_mode,
        JournalMode::Rollback
    );
    for (path, kind) in [
        ("empty.db", DatabaseKind::Empty),
        ("secret.db", DatabaseKind::Encrypted),
        ("text.db", DatabaseKind::NotSqlite),
    ] {
        assert_eq!(found(&report, path).kind, kind, "{path}");
    }
    let source = &report.sources[0];
    assert!(
        source.complete
            && source.file_count > 10
            && source.total_bytes > 20_000
            && source.free_bytes > 0
    );
    assert!(findings(&report).is_empty(), "{:?}", report.findings);
    let after = fs::metadata(volumes.path("app.db")).expect("metadata");
    assert_eq!(
        (before.mtime_nsec(), before.atime_nsec()),
        (after.mtime_nsec(), after.atime_nsec())
    );
}

#[test]
fn every_name_works() {
    let volumes = Volumes::new();
    let odd: [&[u8]; 11] = [
        b"a b.db",
        b"new\nline.db",
        b"quote'\".db",
        b"q?u#e%20.db",
        b"-rf.db",
        b"file:x.db",
        b"\xff\xfe.db",
        "ünï☃.db".as_bytes(),
        b"base64:x.db",
        b"\x1b[31m.db",
        "\u{202e}gnp.db".as_bytes(),
    ];
    drop(database(&volumes.path("plain")));
    for name in odd {
        let target = volumes.path("x").with_file_name(OsStr::from_bytes(name));
        fs::copy(volumes.path("plain"), target).expect("copied");
    }
    let report = volumes.scan();
    for name in odd {
        let path = RelativePath::new(name).expect("a path");
        assert!(
            report.databases.iter().any(|found| found.path == path),
            "{path:?}"
        );
    }
    assert_eq!(report.databases.len(), odd.len() + 1);
    let json = serde_json::to_string(&report).expect("crosses the line");
    assert!(!json.contains('\n'));
}

#[test]
fn links_are_resolved_inside_and_told_of_outside() {
    let volumes = Volumes::new();
    let outside = tempfile::tempdir().expect("a directory");
    drop(database(&outside.path().join("theirs.db")));
    drop(database(&volumes.path("data/real.db")));
    volumes.write("data/blob", &noise(8192));
    volumes.write("data/plain.txt", b"text");
    let link = |target: &Path, name: &str| symlink(target, volumes.path(name)).expect("linked");
    link(Path::new("data/real.db"), "current.db");
    link(Path::new("../data/../data/real.db"), "data2/again.db");
    link(Path::new("data"), "alias");
    link(Path::new("alias/blob"), "secret.db");
    link(Path::new("nothing.db"), "dangling.db");
    link(Path::new("loop-b.db"), "loop-a.db");
    link(Path::new("loop-a.db"), "loop-b.db");
    link(&outside.path().join("theirs.db"), "absolute.db");
    link(Path::new("../../../../../../etc/passwd"), "climbing.db");
    link(Path::new("../0/data/real.db"), "around.db");
    link(Path::new("../../x"), "not-named-like-one");

    let report = volumes.scan();
    assert_eq!(names(&report), ["data/blob", "data/real.db"]);
    assert_eq!(found(&report, "data/blob").kind, DatabaseKind::Encrypted);
    let leaving = |path: &str| ("link-leaves-volume".to_owned(), path.to_owned());
    assert_eq!(
        findings(&report),
        [
            leaving("absolute.db"),
            leaving("around.db"),
            leaving("climbing.db")
        ]
    );
}

#[test]
fn several_names_and_foreign_locks_are_told_of() {
    let volumes = Volumes::new();
    drop(database(&volumes.path("one.db")));
    fs::hard_link(volumes.path("one.db"), volumes.path("two.db")).expect("linked");
    drop(database(&volumes.path("dot.db")));
    fs::create_dir(volumes.path("dot.db.lock")).expect("made");
    let report = volumes.scan();
    assert_eq!(names(&report), ["dot.db", "one.db", "two.db"]);
    let expected = [
        ("dotfile-locks", "dot.db"),
        ("hard-linked", "one.db"),
        ("hard-linked", "two.db"),
    ];
    assert_eq!(
        findings(&report),
        expected.map(|(code, path)| (code.to_owned(), path.to_owned()))
    );
}

#[test]
fn sockets_pipes_and_directories_named_like_databases_are_nothing() {
    let volumes = Volumes::new();
    let _socket = UnixListener::bind(volumes.path("socket.db")).expect("bound");
    mkfifo(&volumes.path("pipe.db"), Mode::S_IRWXU).expect("made");
    fs::create_dir(volumes.path("directory.db")).expect("made");
    let report = volumes.scan();
    assert!(report.databases.is_empty() && report.findings.is_empty());
    assert!(report.sources[0].complete);
}

#[test]
fn what_is_mounted_inside_is_told_of_and_not_entered() {
    let volumes = Volumes::new();
    let elsewhere = tempfile::tempdir().expect("a directory");
    drop(database(&elsewhere.path().join("bound.db")));
    for directory in ["with space", "bound"] {
        fs::create_dir(volumes.path(directory)).expect("made");
    }
    volumes.write("file.db", b"");
    let other = Mounted::file_system(&volumes.path("with space"));
    drop(database(&volumes.path("with space/other.db")));
    // The same file system: only the kernel's list tells.
    let bound = Mounted::bind(elsewhere.path(), &volumes.path("bound"));
    let file = Mounted::bind(&elsewhere.path().join("bound.db"), &volumes.path("file.db"));
    drop(database(&volumes.path("mine.db")));
    let report = volumes.scan();
    drop((other, bound, file));
    assert_eq!(names(&report), ["mine.db"]);
    let nested = ["bound", "file.db", "with space"];
    assert_eq!(
        findings(&report),
        nested.map(|path| ("nested-mount".to_owned(), path.to_owned()))
    );
    assert!(report.sources[0].complete);
}

#[test]
fn one_file_mounted_by_itself() {
    let root = tempfile::tempdir().expect("a directory");
    drop(database(&root.path().join("3")));
    fs::write(root.path().join("4"), b"").expect("written");
    fs::write(root.path().join("5"), b"").expect("written");
    let mut request = request();
    let mount = request.sources.remove(0);
    for (index, name) in [
        (3, "/srv/app.db"),
        (4, "/srv/empty.db"),
        (5, "/srv/app.conf"),
    ] {
        let mut mount = mount.clone();
        (mount.index, mount.name, mount.single_file) = (index, name.to_owned(), true);
        request.sources.push(mount);
    }
    let report = scan(root.path(), &request, &Work::unwatched()).expect("scans");
    let listed: Vec<_> = report
        .databases
        .iter()
        .map(|found| (found.source_index, found.kind))
        .collect();
    assert_eq!(
        listed,
        [(3, DatabaseKind::Sqlite), (4, DatabaseKind::Empty)]
    );
    assert!(
        report
            .databases
            .iter()
            .all(|found| found.path == RelativePath::default())
    );
    assert_eq!(
        findings(&report),
        vec![("single-file-mount".to_owned(), String::new()); 3]
    );
    assert_eq!(report.findings[0].volume.as_deref(), Some("/srv/app.db"));
}

#[test]
fn limits_are_kept_and_told_of() {
    let volumes = Volumes::new();
    for number in 0..30 {
        volumes.write(&format!("many/{number:02}.txt"), b"");
    }
    volumes.path("a/b/c/d/e/f/g.db");
    drop(database(&volumes.path("a/b/c/d/e/f/g.db")));
    drop(database(&volumes.path("a/top.db")));
    let scanned = |change: fn(&mut ScanRequest)| {
        let mut request = request();
        change(&mut request);
        scan(volumes.root(), &request, &Work::unwatched()).expect("scans")
    };
    for (change, path) in [
        (
            (|request| request.max_entries = 20) as fn(&mut ScanRequest),
            "many",
        ),
        (|request| request.max_depth = 4, "a/b/c/d"),
        (|request| request.deadline_ms = 0, ""),
    ] {
        let report = scanned(change);
        assert!(!report.sources[0].complete);
        assert_eq!(
            findings(&report),
            [("not-looked-at".to_owned(), path.to_owned())]
        );
    }
    assert_eq!(
        names(&scanned(|request| request.max_depth = 4)),
        ["a/top.db"]
    );
    let all = scanned(|request| request.max_entries = 39);
    assert!(all.sources[0].complete, "{:?}", all.findings);
}

#[test]
fn a_cancelled_scan_and_a_missing_source_fail() {
    let volumes = Volumes::new();
    volumes.write("a", b"");
    let cancel = CancelFlag::default();
    cancel.set();
    let failure = scan(volumes.root(), &request(), &Work::new(cancel, |_| {}));
    assert_eq!(failure.expect_err("cancelled").kind, FailureKind::Cancelled);
    let nothing = tempfile::tempdir().expect("a directory");
    let failure = scan(nothing.path(), &request(), &Work::unwatched());
    assert_eq!(failure.expect_err("missing").kind, FailureKind::NotFound);
}

/// Runs this test once more as somebody who may not read everything.
#[test]
fn what_may_not_be_read_is_told_of() {
    const ROOT: &str = "LIFEBOAT_TEST_SCAN_AS_NOBODY";
    if let Some(root) = std::env::var_os(ROOT) {
        let report = scan(Path::new(&root), &request(), &Work::unwatched()).expect("scans");
        assert_eq!(names(&report), ["open.db"]);
        let expected =
            ["locked", "private.db"].map(|path| ("not-looked-at".to_owned(), path.to_owned()));
        assert_eq!(findings(&report), expected);
        assert!(!report.sources[0].complete);
        return;
    }
    let volumes = Volumes::new();
    drop(database(&volumes.path("open.db")));
    drop(database(&volumes.path("private.db")));
    drop(database(&volumes.path("locked/inside.db")));
    let mode = |path: std::path::PathBuf, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("set");
    };
    mode(volumes.root().to_path_buf(), 0o755);
    mode(volumes.path("private.db"), 0o600);
    mode(volumes.path("locked"), 0o700);
    // Where the test itself lies nobody else may be let in; a copy can be run by anybody.
    let program = volumes.root().join("program");
    fs::copy(std::env::current_exe().expect("a path"), &program).expect("copied");
    mode(program.clone(), 0o755);
    let output = std::os::unix::process::CommandExt::uid(&mut Command::new(program), 65_534)
        .args(["--exact", "scanning::what_may_not_be_read_is_told_of"])
        .env(ROOT, volumes.root())
        .current_dir("/")
        .output()
        .expect("runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"));
}

#[test]
fn findings_are_bounded() {
    let volumes = Volumes::new();
    for number in 0..300 {
        symlink("/etc/passwd", volumes.path(&format!("{number}.db"))).expect("linked");
    }
    let report = volumes.scan();
    assert_eq!(report.findings.len(), 101);
    assert_eq!(report.findings[100].message, "and 200 more like these");
}

#[test]
fn a_hundred_thousand_files_take_little_time() {
    let volumes = Volumes::new();
    // In memory: making the files is not what is measured.
    let _memory = Mounted::file_system(&volumes.root().join("0"));
    for directory in 0..100 {
        let directory = volumes.path(&format!("{directory}/x")).with_file_name("");
        for file in 0..1000 {
            fs::write(
                directory.join(file.to_string()),
                b"not a database, but long enough",
            )
            .expect("written");
        }
    }
    drop(database(&volumes.path("77/app.db")));
    let started = Instant::now();
    let report = volumes.scan();
    let took = started.elapsed();
    assert_eq!(names(&report), ["77/app.db"]);
    assert_eq!(report.sources[0].file_count, 100_001);
    assert!(took < Duration::from_secs(15), "{took:?}");
}
