//! The walk that discovery and backups share.

use std::fs;
use std::io::Read;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;

use lifeboat_store::files::{apply_ownership, read_ownership};
use lifeboat_store::manifest::Ownership;
use lifeboat_store::scan::walk::{Entry, SkipReason, Step, WalkKind, WalkLimits, walk_files};

use crate::support::Volumes;

fn entries(root: &Path) -> Vec<Entry> {
    let entry = |step| match step {
        Step::Entry(entry) => entry,
        Step::Skipped(skipped) => panic!("{skipped:?}"),
    };
    walk_files(root, WalkLimits::NONE)
        .expect("walks")
        .map(entry)
        .collect()
}

#[test]
fn everything_comes_in_order_with_what_there_is_to_know() {
    let volumes = Volumes::new();
    volumes.write("b/2", b"two");
    volumes.write("b/1", b"one");
    volumes.write("b-c", b"");
    volumes.write("a", b"content");
    volumes.write(".lifeboat-x", b"");
    volumes.write("b/.lifeboat-y/z", b"");
    fs::hard_link(volumes.path("a"), volumes.path("b/same")).expect("linked");
    symlink(
        b"\xff/nowhere".map(char::from).iter().collect::<String>(),
        volumes.path("link"),
    )
    .expect("linked");
    let _socket = UnixListener::bind(volumes.path("socket")).expect("bound");
    let root = volumes.root().join("0");
    let walked = entries(&root);
    let list: Vec<_> = walked
        .iter()
        .map(|entry| (entry.path.display(), entry.kind))
        .collect();
    let expected = [
        ("a", WalkKind::File),
        ("b", WalkKind::Directory),
        ("b/1", WalkKind::File),
        ("b/2", WalkKind::File),
        ("b/same", WalkKind::File),
        ("b-c", WalkKind::File),
        ("link", WalkKind::Symlink),
        ("socket", WalkKind::Other),
    ];
    assert_eq!(list, expected.map(|(path, kind)| (path.to_owned(), kind)));
    let a = &walked[0];
    let metadata = fs::metadata(volumes.path("a")).expect("metadata");
    assert_eq!(
        (
            a.size_bytes,
            a.modified_at_seconds,
            a.inode,
            a.device,
            a.link_count
        ),
        (7, metadata.mtime(), metadata.ino(), metadata.dev(), 2)
    );
    let mut content = String::new();
    a.open()
        .expect("opens")
        .read_to_string(&mut content)
        .expect("reads");
    assert_eq!(content, "content");
    assert_eq!(
        walked[6].link_target().expect("reads"),
        "ÿ/nowhere".as_bytes()
    );
    assert_eq!(
        a.ownership().expect("reads"),
        read_ownership(&volumes.path("a")).expect("reads")
    );
}

#[test]
fn a_file_that_was_exchanged_is_not_opened() {
    let volumes = Volumes::new();
    volumes.write("dir/a", b"mine");
    let secret = volumes.root().join("secret");
    fs::write(&secret, b"theirs").expect("written");
    let walked = entries(&volumes.root().join("0"));
    let entry = &walked[1];
    fs::remove_file(volumes.path("dir/a")).expect("removed");
    symlink(&secret, volumes.path("dir/a")).expect("linked");
    assert!(entry.open().is_err());
    fs::remove_file(volumes.path("dir/a")).expect("removed");
    fs::hard_link(&secret, volumes.path("dir/a")).expect("linked");
    assert!(entry.open().is_err());
}

#[test]
fn a_directory_that_becomes_a_link_is_not_entered() {
    let volumes = Volumes::new();
    let outside = tempfile::tempdir().expect("a directory");
    fs::write(outside.path().join("secret"), b"x").expect("written");
    volumes.write("dir/a", b"x");
    let mut walk = walk_files(&volumes.root().join("0"), WalkLimits::NONE).expect("walks");
    assert!(matches!(walk.next(), Some(Step::Entry(entry)) if entry.kind == WalkKind::Directory));
    fs::rename(volumes.path("dir"), volumes.path("old")).expect("moved");
    symlink(outside.path(), volumes.path("dir")).expect("linked");
    match walk.next() {
        Some(Step::Skipped(skipped)) => assert_eq!(skipped.reason, SkipReason::Unreadable),
        other => panic!("{other:?}"),
    }
    assert!(walk.next().is_none());
}

#[test]
fn a_tree_deeper_than_descriptors_reach_is_told_of() {
    let volumes = Volumes::new();
    let depth = 450;
    volumes.write(&format!("{}x", "d/".repeat(depth)), b"x");
    let walk = walk_files(&volumes.root().join("0"), WalkLimits::NONE).expect("walks");
    let skipped: Vec<_> = walk
        .filter_map(|step| match step {
            Step::Skipped(skipped) => Some(skipped.reason),
            Step::Entry(_) => None,
        })
        .collect();
    assert_eq!(skipped, [SkipReason::TooDeep]);
}

#[test]
fn owner_mode_and_attributes_come_back() {
    let volumes = Volumes::new();
    let (from, to) = (volumes.write("from", b"x"), volumes.write("to", b"x"));
    xattr::set(&from, "user.note", b"a\0b").expect("set");
    xattr::set(&to, "user.other", b"goes").expect("set");
    std::os::unix::fs::chown(&from, Some(1234), Some(5678)).expect("owned");
    fs::set_permissions(&from, fs::Permissions::from_mode(0o6750)).expect("set");
    let ownership = read_ownership(&from).expect("reads");
    assert_eq!(
        (ownership.uid, ownership.gid, ownership.mode),
        (1234, 5678, 0o6750)
    );
    assert_eq!(
        ownership.xattrs,
        [("user.note".to_owned(), "YQBi".to_owned())]
    );
    assert!(
        apply_ownership(&to, &ownership)
            .expect("applies")
            .is_empty()
    );
    assert_eq!(read_ownership(&to).expect("reads"), ownership);

    let link = volumes.path("link");
    symlink("nowhere", &link).expect("linked");
    let owner = Ownership {
        uid: 7,
        gid: 8,
        mode: 0o777,
        xattrs: Vec::new(),
    };
    apply_ownership(&link, &owner).expect("applies");
    assert_eq!(read_ownership(&link).expect("reads"), owner);

    let refused = Ownership {
        xattrs: vec![("nonsense.x".to_owned(), "YQ==".to_owned())],
        ..owner
    };
    assert_eq!(
        apply_ownership(&to, &refused).expect("applies"),
        ["nonsense.x"]
    );
}
