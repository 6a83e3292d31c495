//! What the tests of discovery share.

use std::fs;
use std::path::{Path, PathBuf};

use lifeboat_store::RelativePath;
use lifeboat_store::protocol::{FoundDatabase, ScanReport, ScanRequest, SourceMount};
use lifeboat_store::scan::scan;
use lifeboat_store::work::Work;
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use rusqlite::Connection;
use tempfile::TempDir;

/// A root of volumes with one volume in it.
pub(crate) struct Volumes(TempDir);

impl Volumes {
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().expect("a directory");
        fs::create_dir(root.path().join("0")).expect("made");
        Self(root)
    }

    pub(crate) fn root(&self) -> &Path {
        self.0.path()
    }

    /// A path in the volume, its directories made.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        let path = self.0.path().join("0").join(path);
        fs::create_dir_all(path.parent().expect("a directory")).expect("made");
        path
    }

    pub(crate) fn write(&self, path: &str, content: &[u8]) -> PathBuf {
        let path = self.path(path);
        fs::write(&path, content).expect("written");
        path
    }

    pub(crate) fn scan(&self) -> ScanReport {
        scan(self.root(), &request(), &Work::unwatched()).expect("scans")
    }
}

pub(crate) fn request() -> ScanRequest {
    let mount = SourceMount {
        index: 0,
        name: "shop_data".to_owned(),
        single_file: false,
        writable: false,
        in_use: true,
    };
    ScanRequest {
        sources: vec![mount],
        max_entries: 1_000_000,
        max_depth: 64,
        deadline_ms: 60_000,
    }
}

/// A database with a table and a row.
pub(crate) fn database(path: &Path) -> Connection {
    let connection = Connection::open(path).expect("opens");
    connection
        .execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1)")
        .expect("writes");
    connection
}

pub(crate) fn names(report: &ScanReport) -> Vec<String> {
    report
        .databases
        .iter()
        .map(|found| found.path.display())
        .collect()
}

pub(crate) fn found<'a>(report: &'a ScanReport, path: &str) -> &'a FoundDatabase {
    let path = RelativePath::new(path).expect("a path");
    report
        .databases
        .iter()
        .find(|found| found.path == path)
        .expect("found")
}

/// Codes of findings with the paths they are about.
pub(crate) fn findings(report: &ScanReport) -> Vec<(String, String)> {
    let path =
        |path: &Option<RelativePath>| path.as_ref().map_or(String::new(), RelativePath::display);
    report
        .findings
        .iter()
        .map(|finding| (finding.code.clone(), path(&finding.path)))
        .collect()
}

/// Something mounted for the time of a test.
pub(crate) struct Mounted(PathBuf);

impl Mounted {
    pub(crate) fn file_system(at: &Path) -> Self {
        Self::new(Path::new("tmpfs"), at, Some("tmpfs"), MsFlags::empty())
    }

    pub(crate) fn bind(what: &Path, at: &Path) -> Self {
        Self::new(what, at, None, MsFlags::MS_BIND)
    }

    fn new(what: &Path, at: &Path, kind: Option<&str>, flags: MsFlags) -> Self {
        mount(Some(what), at, kind, flags, None::<&str>)
            .expect("these tests need the right to mount");
        Self(at.to_path_buf())
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        umount2(&self.0, MntFlags::MNT_DETACH).expect("unmounts");
    }
}
