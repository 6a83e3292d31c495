//! A volume, a scratch directory, databases in every state, and comparisons.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use lifeboat_store::child::capture::{Capture, CaptureRequest, Captured, capture_group};
use lifeboat_store::child::privileges::VAULT_GID;
use lifeboat_store::child::use_program;
use lifeboat_store::work::Work;
use lifeboat_store::{Failure, RelativePath};
use rusqlite::Connection;

/// Who owns the databases, unless a test says otherwise.
pub(crate) const OWNER: u32 = 1000;

/// A volume and the scratch directory of a job.
pub(crate) struct World {
    directory: tempfile::TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        assert!(nix::unistd::geteuid().is_root(), "these tests run as root");
        use_program(env!("CARGO_BIN_EXE_lifeboat-helper"));
        let directory = tempfile::tempdir().expect("a directory");
        fs::set_permissions(directory.path(), Permissions::from_mode(0o755)).expect("opens it");
        let world = Self { directory };
        for (path, uid, gid, mode) in [
            (world.volume(), OWNER, OWNER, 0o755),
            (world.scratch(), 0, VAULT_GID, 0o770),
            (world.copies(), 0, VAULT_GID, 0o750),
        ] {
            fs::create_dir(&path).expect("creates");
            chown(&path, Some(uid), Some(gid)).expect("hands over");
            fs::set_permissions(&path, Permissions::from_mode(mode)).expect("sets the mode");
        }
        world
    }

    pub(crate) fn volume(&self) -> PathBuf {
        self.directory.path().join("volume")
    }

    pub(crate) fn scratch(&self) -> PathBuf {
        self.directory.path().join("scratch")
    }

    fn copies(&self) -> PathBuf {
        self.directory.path().join("copies")
    }

    /// A path in the volume.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.volume().join(name)
    }

    /// A directory outside of the volume.
    pub(crate) fn elsewhere(&self, name: &str) -> PathBuf {
        let path = self.directory.path().join(name);
        fs::create_dir_all(&path).expect("creates");
        path
    }

    /// Writes a copy as the vault has it: readable by the vault's group.
    pub(crate) fn copy(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.copies().join(name);
        fs::write(&path, content).expect("writes");
        chown(&path, None, Some(VAULT_GID)).expect("hands over");
        fs::set_permissions(&path, Permissions::from_mode(0o640)).expect("sets the mode");
        path
    }

    /// Hands everything in the volume to its owner, as if the application had made it.
    pub(crate) fn hand_over(&self) {
        hand_over(&self.volume(), OWNER);
    }

    /// A request for a quiet database on a read-only mount.
    pub(crate) fn request(&self, name: impl AsRef<std::ffi::OsStr>) -> CaptureRequest {
        CaptureRequest {
            mount_root: self.volume(),
            path: RelativePath::new(name.as_ref().as_bytes()).expect("a path"),
            single_file: false,
            writable: false,
            in_use: false,
            locks_trusted: true,
            lock_timeout_ms: 2_000,
            max_wal_growth_bytes: 1 << 30,
            scratch: self.scratch(),
        }
    }

    /// A request for a database that an application uses.
    pub(crate) fn live(&self, name: impl AsRef<std::ffi::OsStr>) -> CaptureRequest {
        CaptureRequest {
            in_use: true,
            ..self.request(name)
        }
    }
}

/// Gives the tree to a user and a group of the same number.
pub(crate) fn hand_over(path: &Path, uid: u32) {
    std::os::unix::fs::lchown(path, Some(uid), Some(uid)).expect("hands over");
    if path.is_dir() && !path.is_symlink() {
        for entry in fs::read_dir(path).expect("lists") {
            hand_over(&entry.expect("an entry").path(), uid);
        }
    }
}

/// What was captured.
pub(crate) struct Taken {
    pub(crate) bytes: Vec<u8>,
    pub(crate) capture: Capture,
    pub(crate) captured: Captured,
}

impl Taken {
    pub(crate) fn finding_codes(&self) -> Vec<&str> {
        self.captured
            .findings
            .iter()
            .map(|finding| finding.code.as_str())
            .collect()
    }
}

/// Captures one database whole.
pub(crate) fn take(request: CaptureRequest) -> Result<Taken, Failure> {
    let work = Work::unwatched();
    let mut captures = capture_group(vec![request], &work)?;
    drain(captures.pop().expect("one capture"))
}

/// Reads a pinned database.
pub(crate) fn drain(mut capture: Capture) -> Result<Taken, Failure> {
    let mut bytes = Vec::new();
    let captured = capture.stream(&mut bytes, &Work::unwatched())?;
    assert_eq!(
        bytes.len() as u64,
        capture.size_bytes(),
        "as many bytes as announced"
    );
    Ok(Taken {
        bytes,
        capture,
        captured,
    })
}

/// State of a directory: everything but access times.
pub(crate) fn state(directory: &Path) -> BTreeMap<PathBuf, Vec<i64>> {
    let mut state = BTreeMap::new();
    let mut waiting = vec![directory.to_path_buf()];
    while let Some(path) = waiting.pop() {
        let metadata = fs::symlink_metadata(&path).expect("stat");
        if metadata.is_dir() {
            waiting.extend(
                fs::read_dir(&path)
                    .expect("lists")
                    .map(|it| it.expect("entry").path()),
            );
        }
        let marks = vec![
            metadata.ino().cast_signed(),
            metadata.size().cast_signed(),
            metadata.mtime(),
            metadata.mtime_nsec(),
            metadata.ctime(),
            metadata.ctime_nsec(),
            i64::from(metadata.mode()),
            i64::from(metadata.uid()),
            i64::from(metadata.gid()),
        ];
        state.insert(path, marks);
    }
    state
}

/// The files of a database as they lie there now: what a crash at this moment would leave.
///
/// Another process copies them: closing a database's file here would drop this process's locks.
pub(crate) fn crash_image(database: &Path, target: &Path) {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let (from, to) = (with_suffix(database, suffix), with_suffix(target, suffix));
        if from.exists() {
            let status = std::process::Command::new("cp")
                .arg("--")
                .args([&from, &to])
                .status();
            assert!(status.expect("runs cp").success(), "copies {from:?}");
        }
    }
}

pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.to_path_buf().into_os_string();
    name.push(suffix);
    PathBuf::from(name)
}

/// What SQLite's own backup interface makes of the database's present state, without touching it.
pub(crate) fn reference(database: &Path) -> Vec<u8> {
    let directory = tempfile::tempdir().expect("a directory");
    let (image, copy) = (
        directory.path().join("image"),
        directory.path().join("copy"),
    );
    crash_image(database, &image);
    let source = Connection::open(&image).expect("opens the image");
    source
        .backup("main", &copy, None::<fn(rusqlite::backup::Progress)>)
        .expect("backs up");
    fs::read(&copy).expect("reads")
}

/// Compares two copies of a database, but for the fields that SQLite's backup interface rewrites.
pub(crate) fn assert_same_pages(copy: &[u8], expected: &[u8], what: &str) {
    assert_eq!(copy.len(), expected.len(), "size of {what}");
    let rewritten = |at: usize| matches!(at, 24..28 | 40..44 | 92..100);
    let different = (0..copy.len()).find(|at| copy[*at] != expected[*at] && !rewritten(*at));
    assert_eq!(different, None, "first different byte of {what}");
}

/// Opens the bytes of a copy as a database.
pub(crate) fn opened(bytes: &[u8]) -> (tempfile::TempDir, Connection) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("copy");
    fs::write(&path, bytes).expect("writes");
    let connection = Connection::open(path).expect("opens");
    (directory, connection)
}

/// `integrity_check` of a copy.
pub(crate) fn integrity(bytes: &[u8]) -> String {
    let (_directory, connection) = opened(bytes);
    connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .expect("checks")
}

/// One number out of a copy.
pub(crate) fn number(bytes: &[u8], sql: &str) -> i64 {
    let (_directory, connection) = opened(bytes);
    connection
        .query_row(sql, [], |row| row.get(0))
        .expect("answers")
}

/// A database with some rows, still open.
pub(crate) fn filled(path: &Path, journal_mode: &str, rows: u32) -> Connection {
    let connection = Connection::open(path).expect("opens");
    connection
        .pragma_update(None, "journal_mode", journal_mode)
        .expect("sets the mode");
    connection
        .execute_batch("CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)")
        .expect("creates");
    add_rows(&connection, rows);
    connection
}

pub(crate) fn add_rows(connection: &Connection, rows: u32) {
    connection
        .execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
             INSERT INTO t(v) SELECT hex(randomblob(60)) FROM n",
            [rows],
        )
        .expect("inserts");
}
