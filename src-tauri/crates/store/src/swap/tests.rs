//! Exchange, way back and end of a restore in a volume.

use std::path::Path;

use super::record::inode_of;
use super::{HIDDEN_PREFIX, Item, ItemKind, Record, Restore, Stage};
use crate::failure::FailureKind;
use crate::manifest::Ownership;
use crate::protocol::SourceMount;
use crate::session::Roots;
use crate::vault::Vault;
use crate::work::Work;

fn item(number: u64, path: &str) -> Item {
    Item {
        number,
        target_index: 0,
        path: crate::RelativePath::new(path).expect("a path"),
        kind: ItemKind::File,
        staged_inode: 0,
        sha256: String::new(),
        replaced_inode: None,
        moved_side_files: Vec::new(),
        ownership: Ownership {
            uid: 0,
            gid: 0,
            mode: 0o644,
            xattrs: Vec::new(),
        },
    }
}

/// The volume of a restore, in which nothing has been exchanged yet.
fn restore(directory: &Path, items: Vec<Item>) -> Restore {
    Restore {
        record: Record {
            job: "job".to_owned(),
            backup_id: "id".to_owned(),
            targets: vec![SourceMount {
                index: 0,
                name: "data".to_owned(),
                single_file: false,
                writable: true,
                in_use: false,
            }],
            items,
            fresh_roots: Vec::new(),
            cold: Vec::new(),
            stage: Stage::Staged,
        },
        roots: Roots {
            vault: directory.join("vault"),
            scratch: directory.join("scratch"),
            volumes: directory.to_path_buf(),
        },
    }
}

#[test]
fn what_is_synced_grows_with_the_directories_and_not_with_the_files() {
    let items = (0..1000)
        .map(|number| item(number, &format!("{}/b/file-{number}", number % 2)))
        .collect();
    let root = Path::new("/volumes/0");
    let touched = restore(Path::new("/volumes"), items).touched();
    let hidden = root.join(format!("{HIDDEN_PREFIX}job"));
    let expected = [
        root.to_path_buf(),
        hidden,
        root.join("0"),
        root.join("0/b"),
        root.join("1"),
        root.join("1/b"),
    ];
    assert_eq!(touched, expected.into_iter().collect());
}

#[test]
fn a_link_that_took_the_place_of_a_directory_is_not_followed() {
    let directory = tempfile::tempdir().expect("a directory");
    let (root, outside) = (directory.path().join("0"), directory.path().join("outside"));
    std::fs::create_dir_all(root.join("a/b")).expect("creates");
    std::fs::create_dir(&outside).expect("creates");
    let restore = restore(directory.path(), vec![item(1, "a/b/file")]);
    restore.refuse_links_on_the_way().expect("all is as staged");
    std::fs::remove_dir(root.join("a/b")).expect("removes");
    std::os::unix::fs::symlink(&outside, root.join("a/b")).expect("links");
    let failure = restore.refuse_links_on_the_way().expect_err("refuses");
    assert_eq!(failure.kind, FailureKind::Unsupported);
}

/// A volume with one live file, its replacement staged beside it, and the record in a vault.
fn staged(directory: &Path) -> (Vault, Restore) {
    let mut restore = restore(directory, vec![item(1, "file")]);
    let hidden = restore.hidden_directory(0);
    std::fs::create_dir_all(&hidden).expect("creates");
    std::fs::write(directory.join("0/file"), "live").expect("writes");
    std::fs::write(hidden.join("1"), "staged").expect("writes");
    restore.record.items[0].staged_inode = inode_of(&hidden.join("1"))
        .expect("looks")
        .expect("it is there");
    std::fs::create_dir_all(&restore.roots.vault).expect("creates");
    let request = crate::protocol::OpenVault {
        app: "shop".to_owned(),
        exclusive: true,
        holder: "test".to_owned(),
        recovery: false,
    };
    let (vault, _) = Vault::open(&restore.roots.vault, &request).expect("opens");
    restore.record.write(&vault).expect("writes");
    (vault, restore)
}

fn live_content(directory: &Path) -> String {
    std::fs::read_to_string(directory.join("0/file")).expect("it is there")
}

#[test]
fn what_was_staged_and_vanished_is_not_taken_for_exchanged() {
    let directory = tempfile::tempdir().expect("a directory");
    let (vault, mut restore) = staged(directory.path());
    std::fs::remove_file(restore.hidden_directory(0).join("1")).expect("removes");
    let work = Work::unwatched();
    let report = restore.exchange_back(&vault, &work).expect("goes back");
    assert_eq!(report.exchanged, 0);
    restore.discard(&vault).expect("discards");
    assert_eq!(live_content(directory.path()), "live");
}

#[test]
fn a_removal_that_was_interrupted_is_ended_and_nothing_live_is_touched() {
    let directory = tempfile::tempdir().expect("a directory");
    let (vault, mut restore) = staged(directory.path());
    let roots = restore.roots.clone();
    let hidden = restore.hidden_directory(0);
    restore.record.stage = Stage::Removing;
    restore.record.write(&vault).expect("writes");
    std::fs::remove_file(hidden.join("1")).expect("removes");
    let loaded = Restore::load(&vault, &roots).expect("loads");
    assert!(loaded.is_none(), "it was over");
    assert!(!hidden.exists());
    assert_eq!(live_content(directory.path()), "live");
    assert!(Record::read(&vault).expect("reads").is_none());
}
