//! A session as it really runs: the vault's owner, with no more capabilities than its container has.
//! A binary of its own, with one test, since it changes who the process is.

use std::fs::{self, DirBuilder, Permissions};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, chown};
use std::path::Path;

use caps::{CapSet, Capability, CapsHashSet};
use lifeboat_store::child::capture::{CaptureRequest, capture_group};
use lifeboat_store::child::check::check_copy;
use lifeboat_store::child::privileges::{VAULT_GID, VAULT_UID, become_vault_owner};
use lifeboat_store::child::settle::{Settled, settle};
use lifeboat_store::child::use_program;
use lifeboat_store::manifest::{CaptureMethod, Verdict};
use lifeboat_store::work::Work;
use lifeboat_store::{FailureKind, RelativePath};
use rusqlite::Connection;

const OWNER: u32 = 1000;

/// A crashed database, its log without an index, that nobody but its owner can reach.
fn private_database(volume: &Path, origin: &Path) {
    let connection = Connection::open(origin.join("a.db")).expect("opens");
    connection
        .pragma_update(None, "journal_mode", "wal")
        .expect("sets");
    connection
        .execute_batch("CREATE TABLE t(a); INSERT INTO t VALUES(1), (2)")
        .expect("fills");
    fs::create_dir(volume).expect("creates");
    for name in ["a.db", "a.db-wal"] {
        let status = std::process::Command::new("cp")
            .arg(origin.join(name))
            .arg(volume)
            .status();
        assert!(status.expect("runs cp").success());
        chown(volume.join(name), Some(OWNER), Some(OWNER)).expect("hands over");
        fs::set_permissions(volume.join(name), Permissions::from_mode(0o600)).expect("closes");
    }
    chown(volume, Some(OWNER), Some(OWNER)).expect("hands over");
    fs::set_permissions(volume, Permissions::from_mode(0o700)).expect("closes");
}

/// Removes the directory in the end, when this process is not allowed to any more.
struct Janitor(std::process::Child);

impl Janitor {
    fn of(directory: &Path) -> Self {
        let mut command = std::process::Command::new("sh");
        command
            .args(["-c", "cat; rm -rf -- \"$1\"", "sh"])
            .arg(directory);
        Self(
            command
                .stdin(std::process::Stdio::piped())
                .spawn()
                .expect("runs a shell"),
        )
    }
}

impl Drop for Janitor {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

fn restrict_to(capabilities: &[Capability]) {
    let capabilities: CapsHashSet = capabilities.iter().copied().collect();
    caps::set(None, CapSet::Effective, &capabilities).expect("restricts");
    caps::set(None, CapSet::Permitted, &capabilities).expect("restricts");
}

#[test]
fn a_session_reads_what_only_its_owner_can_reach() {
    assert!(nix::unistd::geteuid().is_root(), "this test runs as root");
    use_program(env!("CARGO_BIN_EXE_lifeboat-helper"));
    let directory = tempfile::tempdir().expect("a directory");
    let _janitor = Janitor::of(directory.path());
    fs::set_permissions(directory.path(), Permissions::from_mode(0o711)).expect("opens");
    let (volume, vault) = (
        directory.path().join("volume"),
        directory.path().join("vault"),
    );
    private_database(&volume, directory.path());
    DirBuilder::new()
        .mode(0o710)
        .create(&vault)
        .expect("creates");
    chown(&vault, Some(VAULT_UID), Some(VAULT_GID)).expect("hands over");

    let kept = [
        Capability::CAP_SETUID,
        Capability::CAP_SETGID,
        Capability::CAP_KILL,
    ];
    restrict_to(&kept);
    become_vault_owner().expect("becomes the vault's owner");
    assert_eq!(nix::unistd::geteuid().as_raw(), VAULT_UID);
    assert_eq!(nix::unistd::getegid().as_raw(), VAULT_GID);
    let expected: CapsHashSet = kept.into_iter().collect();
    for (set, expected) in [
        (CapSet::Effective, &expected),
        (CapSet::Permitted, &expected),
        (CapSet::Inheritable, &CapsHashSet::new()),
        (CapSet::Ambient, &CapsHashSet::new()),
    ] {
        assert_eq!(&caps::read(None, set).expect("reads"), expected, "{set:?}");
    }
    let refused = fs::read_dir(&volume).expect_err("the session itself cannot look");
    assert_eq!(refused.kind(), std::io::ErrorKind::PermissionDenied);
    work_as_vault_owner(&volume, &vault);
}

fn work_as_vault_owner(volume: &Path, vault: &Path) {
    let work = Work::unwatched();
    let path = RelativePath::new("a.db").expect("a path");
    let scratch = vault.join("scratch");
    DirBuilder::new()
        .mode(0o710)
        .create(&scratch)
        .expect("creates");
    let mut request = CaptureRequest {
        mount_root: volume.to_path_buf(),
        path: path.clone(),
        single_file: false,
        writable: true,
        in_use: false,
        locks_trusted: true,
        lock_timeout_ms: 1_000,
        max_wal_growth_bytes: 1 << 20,
        scratch: scratch.clone(),
    };
    let mut captures = capture_group(vec![request.clone()], &work).expect("pins");
    assert_eq!(captures[0].method(), CaptureMethod::RecoveredCopy);
    let copy = scratch.join("copy.db");
    let mut file = fs::File::create(&copy).expect("creates");
    captures[0].stream(&mut file, &work).expect("reads");
    drop(captures);
    fs::set_permissions(&copy, Permissions::from_mode(0o640)).expect("opens to the group");
    let report = check_copy(&copy, true, &work).expect("checks");
    assert_eq!(
        (report.verdict, report.tables[0].rows),
        (Verdict::Sound, Some(2))
    );
    assert_eq!(
        settle(volume, &path, &work).expect("settles"),
        Settled::OneFile
    );
    let captures = capture_group(vec![request.clone()], &work).expect("pins");
    assert_eq!(captures[0].method(), CaptureMethod::Pages);
    drop(captures);
    request.path = RelativePath::new("b.db").expect("a path");
    let failure = capture_group(vec![request], &work)
        .map(|_| ())
        .expect_err("is not there");
    assert_eq!(failure.kind, FailureKind::NotFound);
    let left: Vec<_> = fs::read_dir(&scratch).expect("lists").flatten().collect();
    assert_eq!(left.len(), 1, "nothing but the copy is left");
}
