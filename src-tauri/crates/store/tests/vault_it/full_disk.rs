//! A vault on a disk that is full.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use lifeboat_store::FailureKind;
use lifeboat_store::manifest::Notes;
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use serde_json::json;

use crate::support::{draft, manifest, open, publish, sound};

/// A small file system of its own.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn new(size: &str) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let options = format!("size={size},mode=0700");
        let flags = MsFlags::empty();
        mount(
            Some("tmpfs"),
            directory.path(),
            Some("tmpfs"),
            flags,
            Some(options.as_str()),
        )
        .expect("these tests need the right to mount");
        Self(directory)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Takes all the room that is left.
    fn fill(&self) {
        let mut file = File::create(self.path().join("evidence/filler")).expect("creates");
        for size in [64 * 1024, 1] {
            while file.write_all(&vec![1; size]).is_ok() {}
        }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        umount2(self.path(), MntFlags::MNT_DETACH).expect("unmounts");
    }
}

#[test]
fn a_failure_can_still_be_recorded_and_nothing_partial_is_listed() {
    let disk = SmallDisk::new("8m");
    let (vault, _) = open(disk.path());
    let id = publish(&vault, 1, b"archive")
        .expect("published")
        .summary
        .id;
    disk.fill();
    assert_eq!(vault.free_bytes().expect("known"), 0);

    let failure = publish(&vault, 2, &[9; 500_000]).expect_err("full");
    assert_eq!(failure.kind, FailureKind::NoSpace);
    assert!(
        disk.path().join("reserve").exists(),
        "a backup must not eat the reserve"
    );
    let mut failed = draft("backup 2");
    failed.outcome = "failed".to_owned();
    assert_eq!(
        vault
            .audit_append(failed)
            .expect("the reserve gives room")
            .number,
        1
    );
    assert!(!disk.path().join("reserve").exists());
    vault
        .write_logbook(Some(json!({ "step": 1 })))
        .expect("written");
    vault.write_logbook(None).expect("ended");
    vault.write_verification(&id, &sound()).expect("written");
    vault
        .write_notes(
            &id,
            &Notes {
                pinned: false,
                note: Some("x".to_owned()),
            },
        )
        .expect("written");

    let listing = vault.list().expect("lists");
    assert_eq!((listing.backups.len(), listing.unreadable.len()), (1, 0));
    vault.check_files(&id).expect("sound");
    assert!(
        fs::read_dir(disk.path().join("incoming"))
            .expect("readable")
            .next()
            .is_none()
    );
    assert_eq!(vault.audit_verify().expect("checks").broken, None);

    // With room again the reserve comes back.
    fs::remove_file(disk.path().join("evidence/filler")).expect("removed");
    vault.delete(&[id]).expect("deleted");
    assert_eq!(
        fs::metadata(disk.path().join("reserve"))
            .expect("is back")
            .len(),
        1 << 20
    );
}

#[test]
fn no_room_for_the_manifest_means_no_backup() {
    let disk = SmallDisk::new("8m");
    let (vault, _) = open(disk.path());
    let content = vec![3; 100_000];
    let mut manifest = manifest(1, &content);
    // As long as the manifest of a big volume.
    manifest.summary.tool_version = "v".repeat(9_000_000);
    let incoming = vault
        .begin(&manifest.summary.id, &manifest.summary.file_name)
        .expect("begins");
    incoming
        .create_archive()
        .expect("creates")
        .write_all(&content)
        .expect("writes");
    let failure = incoming
        .publish(&manifest, &Notes::default(), &sound())
        .expect_err("full");
    assert_eq!(failure.kind, FailureKind::NoSpace);
    let listing = vault.list().expect("lists");
    assert_eq!((listing.backups.len(), listing.unreadable.len()), (0, 0));
    assert!(
        fs::read_dir(disk.path().join("incoming"))
            .expect("readable")
            .next()
            .is_none()
    );
}
