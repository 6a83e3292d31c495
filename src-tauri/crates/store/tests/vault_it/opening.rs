//! Opening: what is laid out, what is refused untouched, who waits for whom.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use lifeboat_store::FailureKind;
use lifeboat_store::protocol::OpenVault;
use lifeboat_store::vault::{Vault, valid_file_name, valid_id};
use serde_json::json;

use crate::support::{APP, exclusive, open, picture, publish, reading};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("exists").permissions().mode() & 0o7777
}

fn refusal(root: &Path, request: &OpenVault) -> FailureKind {
    Vault::open(root, request).expect_err("refused").kind
}

#[test]
fn an_empty_volume_is_laid_out_once_and_only_exclusively() {
    let root = tempfile::tempdir().expect("a directory");
    let (vault, status) = Vault::open(root.path(), &reading()).expect("opens");
    assert!(!status.created);
    assert!(vault.list().expect("lists").backups.is_empty());
    assert!(picture(root.path()).is_empty(), "reading writes nothing");
    assert_eq!(
        vault
            .audit_append(crate::support::draft("x"))
            .expect_err("no layout")
            .kind,
        FailureKind::NotFound
    );

    let (vault, status) = open(root.path());
    assert!(status.created);
    for (name, expected) in [
        ("", 0o710),
        ("backups", 0o700),
        ("incoming", 0o700),
        ("trash", 0o700),
        ("scratch", 0o710),
        ("logbook", 0o700),
        ("updates", 0o700),
        ("evidence", 0o700),
        ("vault.json", 0o600),
        ("lock", 0o600),
        ("reserve", 0o600),
    ] {
        assert_eq!(mode(&root.path().join(name)), expected, "{name}");
    }
    assert_eq!(
        fs::metadata(root.path().join("reserve"))
            .expect("exists")
            .len(),
        1 << 20
    );
    drop(vault);
    let (_vault, status) = open(root.path());
    assert!(!status.created);
    assert!(status.swept.is_empty(), "{:?}", status.swept);
}

#[test]
fn what_is_not_our_vault_is_refused_untouched() {
    let other = OpenVault {
        app: "other".to_owned(),
        ..exclusive()
    };
    let root = tempfile::tempdir().expect("a directory");
    drop(open(root.path()));
    let before = picture(root.path());
    assert_eq!(refusal(root.path(), &other), FailureKind::Unsupported);
    assert_eq!(
        refusal(
            root.path(),
            &OpenVault {
                exclusive: false,
                ..other.clone()
            }
        ),
        FailureKind::Unsupported
    );
    assert_eq!(picture(root.path()), before);

    // A later version may well seal its files in another way.
    fs::write(
        root.path().join("vault.json"),
        json!({ "app": APP, "format": 2 }).to_string(),
    )
    .expect("written");
    let before = picture(root.path());
    assert_eq!(refusal(root.path(), &exclusive()), FailureKind::TooNew);
    assert_eq!(picture(root.path()), before);

    let root = tempfile::tempdir().expect("a directory");
    fs::write(root.path().join("holiday.jpg"), "x").expect("written");
    let mode_before = mode(root.path());
    assert_eq!(refusal(root.path(), &exclusive()), FailureKind::Unsupported);
    assert_eq!(picture(root.path()).len(), 1);
    assert_eq!(mode(root.path()), mode_before);

    // What others call backups, and a file that others call so, make no vault of ours either.
    for files in [
        &["backups/monday.tar"][..],
        &["backups/", "holiday.jpg"],
        &["vault.json", "vault.hcl"],
    ] {
        let root = tempfile::tempdir().expect("a directory");
        for file in files {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().expect("a parent")).expect("made");
            if file.ends_with('/') {
                fs::create_dir_all(path).expect("made");
            } else {
                fs::write(path, "x").expect("written");
            }
        }
        let before = picture(root.path());
        for request in [exclusive(), reading()] {
            let kind = refusal(root.path(), &request);
            assert_eq!(kind, FailureKind::Unsupported, "{files:?}");
        }
        assert_eq!(picture(root.path()), before, "{files:?}");
    }
}

#[test]
fn a_lost_or_damaged_vault_json_is_rebuilt_from_the_manifests() {
    let root = tempfile::tempdir().expect("a directory");
    let (vault, _) = open(root.path());
    publish(&vault, 1, b"archive").expect("published");
    drop(vault);
    let marker = root.path().join("vault.json");
    let text = fs::read_to_string(&marker).expect("readable");
    for damage in [None, Some(text.replace("shop", "shpo"))] {
        match damage {
            Some(text) => fs::write(&marker, text).expect("written"),
            None => fs::remove_file(&marker).expect("removed"),
        }
        let other = OpenVault {
            app: "other".to_owned(),
            ..exclusive()
        };
        assert_eq!(refusal(root.path(), &other), FailureKind::Unsupported);
        let (vault, status) = open(root.path());
        assert!(!status.created);
        assert_eq!(vault.list().expect("lists").backups.len(), 1);
        assert_eq!(fs::read_to_string(&marker).expect("readable"), text);
    }
}

#[test]
fn one_of_many_gets_the_lock_and_the_others_hear_who_has_it() {
    let root = tempfile::tempdir().expect("a directory");
    let (vault, _) = open(root.path());
    let failure = Vault::open(root.path(), &exclusive()).expect_err("busy");
    assert_eq!(failure.kind, FailureKind::Busy);
    assert!(
        failure
            .message
            .contains("backup by tests on box, pid 1 since 20"),
        "{failure}"
    );
    Vault::open(root.path(), &reading()).expect("reading is always possible");
    drop(vault);

    let (inside, most, total) = (AtomicU32::new(0), AtomicU32::new(0), AtomicU32::new(0));
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..50 {
                    match Vault::open(root.path(), &exclusive()) {
                        Ok(_vault) => {
                            most.fetch_max(
                                inside.fetch_add(1, Ordering::SeqCst) + 1,
                                Ordering::SeqCst,
                            );
                            total.fetch_add(1, Ordering::SeqCst);
                            thread::yield_now();
                            inside.fetch_sub(1, Ordering::SeqCst);
                        }
                        Err(failure) => assert_eq!(failure.kind, FailureKind::Busy, "{failure}"),
                    }
                }
            });
        }
    });
    assert_eq!(most.load(Ordering::SeqCst), 1);
    assert!(total.load(Ordering::SeqCst) > 0);
}

/// Runs this test once more in a process of its own, which holds the lock until it is killed.
#[test]
fn a_killed_process_gives_up_its_lock_and_its_leftovers() {
    const ROOT: &str = "LIFEBOAT_TEST_VAULT_HELD";
    if let Some(root) = std::env::var_os(ROOT) {
        let request = OpenVault {
            holder: "restore by somebody else".to_owned(),
            ..exclusive()
        };
        let (vault, _) = Vault::open(Path::new(&root), &request).expect("opens");
        let incoming = vault
            .begin(&crate::support::id_of(9), "shop.tar.gz")
            .expect("begins");
        incoming.create_archive().expect("creates");
        let scratch = vault.scratch("verify-1").expect("scratch");
        fs::write(scratch.path().join("copy.db"), "x").expect("written");
        fs::write(root_file(Path::new(&root), ".vault.json.1-0.partial"), "{").expect("written");
        writeln!(std::io::stderr(), "held").expect("told");
        std::io::stdin()
            .read_to_end(&mut Vec::new())
            .expect("waits");
        return;
    }
    let root = tempfile::tempdir().expect("a directory");
    let name = "opening::a_killed_process_gives_up_its_lock_and_its_leftovers";
    let mut child = Command::new(std::env::current_exe().expect("a path"))
        .args(["--exact", name, "--nocapture"])
        .env(ROOT, root.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
    assert!(lines.any(|line| line.expect("text") == "held"));

    let failure = Vault::open(root.path(), &exclusive()).expect_err("busy");
    assert_eq!(failure.kind, FailureKind::Busy);
    assert!(
        failure.message.contains("restore by somebody else"),
        "{failure}"
    );
    child.kill().expect("killed");
    child.wait().expect("ended");

    let (vault, status) = open(root.path());
    let expected = [
        "removed an unfinished backup (20260101T000009Z-test9)",
        "removed working files of a job that was cut short (verify-1)",
        "removed a half-written file (.vault.json.1-0.partial)",
    ];
    assert_eq!(status.swept, expected);
    assert!(vault.list().expect("lists").backups.is_empty());
}

fn root_file(root: &Path, name: &str) -> std::path::PathBuf {
    root.join(name)
}

#[test]
fn scratch_that_is_in_use_is_not_swept() {
    let root = tempfile::tempdir().expect("a directory");
    drop(open(root.path()));
    let (reader, _) = Vault::open(root.path(), &reading()).expect("opens");
    let scratch = reader.scratch("examine-1").expect("scratch");
    fs::write(scratch.path().join("copy.db"), "x").expect("written");
    assert_eq!(mode(scratch.path()), 0o750);
    assert_eq!(
        reader.scratch("examine-1").expect_err("taken").kind,
        FailureKind::Busy
    );
    let (_vault, status) = open(root.path());
    assert!(status.swept.is_empty(), "{:?}", status.swept);
    let path = scratch.path().to_owned();
    assert!(path.join("copy.db").exists());
    drop(scratch);
    assert!(!path.exists());
    for name in ["", "..", "a/b", "a\0b", ".hidden"] {
        assert_eq!(
            reader.scratch(name).expect_err(name).kind,
            FailureKind::Protocol
        );
    }
}

#[test]
fn an_unfinished_logbook_lets_only_recovery_in() {
    let root = tempfile::tempdir().expect("a directory");
    let (vault, _) = open(root.path());
    let entry = json!({ "kind": "update", "step": 3 });
    vault.write_logbook(Some(json!("first"))).expect("written");
    vault.write_logbook(Some(entry.clone())).expect("replaced");
    vault
        .write_undo(Some(json!({ "backup": "x" })))
        .expect("written");
    drop(vault);

    let failure = Vault::open(root.path(), &exclusive()).expect_err("unfinished");
    assert_eq!(failure.kind, FailureKind::Unfinished);
    let (reader, status) = Vault::open(root.path(), &reading()).expect("opens");
    assert_eq!(status.logbook, Some(entry.clone()));
    assert_eq!(
        reader.write_logbook(None).expect_err("not exclusive").kind,
        FailureKind::Protocol
    );

    let recovery = OpenVault {
        recovery: true,
        ..exclusive()
    };
    let (vault, status) = Vault::open(root.path(), &recovery).expect("opens");
    assert_eq!(
        (status.logbook, status.undo),
        (Some(entry), Some(json!({ "backup": "x" })))
    );
    vault.write_logbook(None).expect("ended");
    vault.write_logbook(None).expect("ended twice");
    vault.write_undo(None).expect("forgotten");
    drop(vault);
    let (vault, status) = open(root.path());
    assert_eq!((status.logbook, status.undo), (None, None));
    drop(vault);

    // An entry that nobody can read is not the same as none.
    fs::write(root.path().join("logbook/current.json"), "{\"entry\":1").expect("written");
    assert_eq!(refusal(root.path(), &exclusive()), FailureKind::Unfinished);
    let (_, status) = Vault::open(root.path(), &recovery).expect("opens");
    assert!(
        status
            .logbook
            .is_some_and(|entry| entry["unreadable"].is_string())
    );
}

#[test]
fn ids_and_names_are_plain() {
    for good in ["20260131T235959Z-abcd", "20260131T235959Z-0123456789abcdef"] {
        assert!(valid_id(good), "{good}");
    }
    for bad in [
        "",
        "..",
        "20260131T235959Z",
        "20260131T235959Z-abc",
        "20260131T235959Z-ABCD",
        "20260131T235959Z-abcd/..",
        "20260131T235959Z-abcd\n",
        "20260131t235959Z-abcd",
        "20260131T235959Z-0123456789abcdefg",
        "20260131T2359599-abcd",
        "٢٠٢٦0131T235959Z-abcd",
    ] {
        assert!(!valid_id(bad), "{bad:?}");
    }
    for good in ["shop-20260131T235959Z-manual.tar.gz", "A_b.tar"] {
        assert!(valid_file_name(good), "{good}");
    }
    for bad in [
        "",
        ".",
        "..",
        ".x",
        "a/b",
        "a b",
        "manifest.json",
        "notes.json",
        "a\0",
        "ä.tar",
    ] {
        assert!(!valid_file_name(bad), "{bad:?}");
    }
}

#[test]
fn links_in_the_vault_are_not_followed() {
    let root = tempfile::tempdir().expect("a directory");
    let elsewhere = tempfile::tempdir().expect("a directory");
    let (vault, _) = open(root.path());
    let record = publish(&vault, 1, b"archive").expect("published");
    let outside = elsewhere.path().join("precious");
    let inside = root.path().join("backups").join(&record.summary.id);
    fs::rename(&inside, &outside).expect("moved");
    symlink(&outside, &inside).expect("linked");
    assert_eq!(
        vault.manifest(&record.summary.id).expect_err("a link").kind,
        FailureKind::NotFound
    );
    assert_eq!(
        vault
            .delete(std::slice::from_ref(&record.summary.id))
            .expect_err("a link")
            .kind,
        FailureKind::NotFound
    );
    assert_eq!(vault.list().expect("lists").unreadable.len(), 1);
    assert!(outside.join("manifest.json").exists());

    fs::remove_file(&inside).expect("removed");
    fs::rename(&outside, &inside).expect("moved");
    let archive = inside.join(&record.summary.file_name);
    fs::rename(&archive, elsewhere.path().join("archive")).expect("moved");
    symlink(elsewhere.path().join("archive"), &archive).expect("linked");
    assert!(vault.open_archive(&record.summary.id).is_err());
    assert_eq!(
        vault
            .check_files(&record.summary.id)
            .expect_err("a link")
            .kind,
        FailureKind::Damaged
    );
}
