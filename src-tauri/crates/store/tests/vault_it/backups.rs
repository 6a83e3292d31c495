//! Backups: publishing, listing, damage that shows, deleting.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::Path;
use std::time::{Duration, Instant};

use lifeboat_store::FailureKind;
use lifeboat_store::manifest::{LeftOut, Manifest, Notes, Verdict, Verification};
use lifeboat_store::vault::Vault;

use crate::support::{id_of, manifest, open, picture, publish, reading, sound};

fn directory(root: &Path, number: u32) -> std::path::PathBuf {
    root.join("backups").join(id_of(number))
}

fn flip(path: &Path, position: usize) {
    let file = File::options()
        .read(true)
        .write(true)
        .open(path)
        .expect("opens");
    let mut byte = [0];
    file.read_exact_at(&mut byte, position as u64)
        .expect("readable");
    file.write_all_at(&[byte[0] ^ 1], position as u64)
        .expect("written");
}

#[test]
fn a_published_backup_is_what_was_made() {
    let root = tempfile::tempdir().expect("a directory");
    let (vault, _) = open(root.path());
    let record = publish(&vault, 1, b"an archive").expect("published");
    let expected = manifest(1, b"an archive");
    let id = &record.summary.id;
    assert_eq!(vault.manifest(id).expect("reads"), expected);
    let listed = vault.record(id).expect("reads");
    assert_eq!(
        (&listed.summary, &listed.verification),
        (&expected.summary, &sound())
    );
    let mut content = Vec::new();
    vault
        .open_archive(id)
        .expect("opens")
        .read_to_end(&mut content)
        .expect("reads");
    assert_eq!(content, b"an archive");
    vault.check_files(id).expect("sound");
    for entry in fs::read_dir(directory(root.path(), 1)).expect("readable") {
        let mode = entry
            .expect("an entry")
            .metadata()
            .expect("metadata")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    assert!(
        fs::read_dir(root.path().join("incoming"))
            .expect("readable")
            .next()
            .is_none()
    );
    let again = vault.begin(id, "shop.tar.gz").expect_err("taken");
    assert_eq!(again.kind, FailureKind::Protocol);
}

/// Manifests from before there were patterns are those of backups that left nothing out.
#[test]
fn what_was_left_out_is_a_member_that_may_be_missing() {
    let mut made = manifest(1, b"an archive");
    let older = serde_json::to_string(&made).expect("text");
    assert!(!older.contains("left_out"), "{older}");
    let read: Manifest = serde_json::from_str(&older).expect("reads");
    assert_eq!(read, made);

    made.summary.left_out = Some(LeftOut {
        patterns: vec!["cache".to_owned()],
        file_count: 3,
        size_bytes: 2048,
    });
    let newer = serde_json::to_string(&made).expect("text");
    let read: Manifest = serde_json::from_str(&newer).expect("reads");
    assert_eq!(read, made);
}

#[test]
fn a_file_name_means_one_backup() {
    let root = tempfile::tempdir().expect("a directory");
    let (vault, _) = open(root.path());
    let taken = publish(&vault, 1, b"one").expect("published");
    let name = &taken.summary.file_name;
    let second = vault.begin(&id_of(2), name).expect("begins");
    let id = id_of(2);
    let end = id.rsplit('-').next().expect("an end");
    assert_eq!(
        second.file_name(),
        name.replace(".tar", &format!("-{end}.tar")),
        "two of one second"
    );
    let other = vault.begin(&id_of(3), "shop-later.tar.gz").expect("begins");
    assert_eq!(other.file_name(), "shop-later.tar.gz");
}

#[test]
fn what_is_not_published_is_gone() {
    let root = tempfile::tempdir().expect("a directory");
    let (vault, _) = open(root.path());
    let before = picture(root.path());
    let begin = || {
        let incoming = vault.begin(&id_of(1), "shop.tar.gz").expect("begins");
        incoming
            .create_archive()
            .expect("creates")
            .write_all(b"half")
            .expect("writes");
        incoming
    };
    drop(begin());
    begin().abandon().expect("abandons");
    // A manifest that does not fit the archive.
    let failure = begin().publish(&manifest(1, b"half"), &Notes::default(), &sound());
    assert_eq!(
        failure.expect_err("another file's").kind,
        FailureKind::Protocol
    );
    let incoming = vault
        .begin(&id_of(1), &manifest(1, b"").summary.file_name)
        .expect("begins");
    incoming
        .create_archive()
        .expect("creates")
        .write_all(b"half")
        .expect("writes");
    let failure = incoming.publish(&manifest(1, b"all of it"), &Notes::default(), &sound());
    assert_eq!(failure.expect_err("too short").kind, FailureKind::Damaged);
    assert_eq!(picture(root.path()), before);
    for (id, name) in [
        ("../x", "a.tar"),
        ("20260101T000000Z-abcd", "../a.tar"),
        ("20260101T000000Z-abcd", "verify.json"),
    ] {
        vault.begin(id, name).expect_err("refused");
    }
    let (reader, _) = Vault::open(root.path(), &reading()).expect("opens");
    assert_eq!(
        reader.begin(&id_of(2), "a.tar").expect_err("reading").kind,
        FailureKind::Protocol
    );
}

#[test]
fn a_thousand_backups_are_listed_at_once() {
    let root = tempfile::tempdir().expect("a directory");
    let (vault, _) = open(root.path());
    publish(&vault, 0, b"archive").expect("published");
    // Copies of the first one, without the summaries that are derived.
    let first = fs::read_to_string(directory(root.path(), 0).join("manifest.json")).expect("text");
    for number in 1..1000 {
        let target = directory(root.path(), number);
        fs::create_dir(&target).expect("made");
        let name = manifest(number, b"").summary.file_name;
        fs::write(target.join(name), "archive").expect("written");
        fs::write(target.join("manifest.json"), resealed(&first, number)).expect("written");
    }
    assert_eq!(
        vault.list().expect("lists").backups.len(),
        1000,
        "from the manifests alone"
    );
    assert!(
        directory(root.path(), 999).join("summary.json").exists(),
        "made again"
    );
    let started = Instant::now();
    let listing = vault.list().expect("lists");
    let took = started.elapsed();
    assert_eq!((listing.backups.len(), listing.unreadable.len()), (1000, 0));
    let ids: Vec<_> = listing
        .backups
        .iter()
        .map(|record| record.summary.id.clone())
        .collect();
    assert_eq!(ids, (0..1000).rev().map(id_of).collect::<Vec<_>>());
    assert!(listing.used_bytes > 1000 * 7);
    assert_eq!(vault.used_bytes().expect("counts"), listing.used_bytes);
    // The promise is 0.3 s for an optimised build; this one is not.
    assert!(took < Duration::from_secs(2), "{took:?}");
}

/// The manifest of another backup, with the checksum that it must have.
fn resealed(text: &str, number: u32) -> String {
    const HEAD: &str = "{\"checksum\":\"";
    let rest = &text[HEAD.len() + 64..];
    let mut value: Manifest = serde_json::from_str(text).expect("a manifest");
    assert!(rest.starts_with("\",\"format\":1"));
    value.summary = manifest(number, b"archive").summary;
    let json = serde_json::to_string(&value).expect("text");
    let rest = format!("\",{}\n", &json[1..]);
    let checksum = lifeboat_store::files::sha256_of_bytes(format!("{HEAD}{rest}").as_bytes());
    format!("{HEAD}{checksum}{rest}")
}

#[test]
fn every_flipped_byte_shows_and_names_its_file() {
    let root = tempfile::tempdir().expect("a directory");
    let (vault, _) = open(root.path());
    let id = publish(&vault, 1, b"archive")
        .expect("published")
        .summary
        .id;
    publish(&vault, 2, b"archive").expect("published");
    for name in ["manifest.json", "summary.json", "verify.json", "notes.json"] {
        let path = directory(root.path(), 1).join(name);
        let length = fs::read(&path).expect("readable").len();
        for position in 0..length {
            flip(&path, position);
            let failure = vault.check_files(&id).expect_err("flipped");
            let kind = failure.kind;
            // A flip inside the seal's own name can look like what a later version would write.
            assert!(
                matches!(kind, FailureKind::Damaged | FailureKind::TooNew),
                "{position}: {failure}"
            );
            assert!(failure.message.contains(name), "{position}: {failure}");
            flip(&path, position);
        }
    }
    vault.check_files(&id).expect("sound again");
    vault
        .check_files(&id_of(2))
        .expect("the other one was never in danger");
}

#[test]
fn damage_is_told_and_the_others_stay() {
    let root = tempfile::tempdir().expect("a directory");
    let (vault, _) = open(root.path());
    for number in 0..8 {
        publish(&vault, number, b"archive").expect("published");
    }
    let at = |number: u32, name: &str| directory(root.path(), number).join(name);
    let archive = |number| at(number, &manifest(number, b"").summary.file_name);
    flip(&at(0, "summary.json"), 100);
    fs::remove_file(at(1, "manifest.json")).expect("removed");
    flip(&at(2, "verify.json"), 90);
    flip(&at(3, "notes.json"), 85);
    fs::write(archive(4), "arch").expect("cut");
    fs::remove_file(archive(5)).expect("removed");
    // Another backup's manifest.
    fs::remove_file(at(6, "summary.json")).expect("removed");
    fs::copy(at(7, "manifest.json"), at(6, "manifest.json")).expect("copied");
    fs::create_dir(root.path().join("backups/what is this")).expect("made");

    let listing = vault.list().expect("lists");
    let find = |number| {
        listing
            .backups
            .iter()
            .find(|record| record.summary.id == id_of(number))
    };
    assert_eq!(
        find(0).expect("from the manifest").summary,
        manifest(0, b"archive").summary
    );
    let verification = |number| &find(number).expect("listed").verification;
    assert_eq!(verification(2).verdict, Verdict::NotChecked);
    assert!(
        find(3).expect("listed").notes.pinned,
        "unknown counts as pinned"
    );
    assert_eq!(verification(4).verdict, Verdict::Damaged);
    assert!(
        verification(5)
            .reason
            .as_ref()
            .expect("told")
            .contains("is missing")
    );
    assert_eq!(verification(7).verdict, Verdict::Sound);
    let mut unreadable: Vec<_> = listing
        .unreadable
        .iter()
        .map(|(name, _)| name.clone())
        .collect();
    unreadable.sort();
    assert_eq!(unreadable, [id_of(1), id_of(6), "what is this".to_owned()]);
    vault.check_files(&id_of(5)).expect_err("no archive");
}

#[test]
fn a_newer_format_is_listed_as_unreadable_and_never_touched() {
    let root = tempfile::tempdir().expect("a directory");
    let (vault, _) = open(root.path());
    publish(&vault, 1, b"archive").expect("published");
    let path = directory(root.path(), 1);
    fs::write(
        path.join("manifest.json"),
        "{\"format\":2,\"shape\":\"unheard of\"}",
    )
    .expect("written");
    fs::remove_file(path.join("summary.json")).expect("removed");
    drop(vault);
    let before = picture(&path);
    let (vault, _) = open(root.path());
    let listing = vault.list().expect("lists");
    assert!(listing.backups.is_empty());
    assert_eq!(
        listing.unreadable,
        [(id_of(1), "made by a newer Lifeboat".to_owned())]
    );
    assert_eq!(
        vault.manifest(&id_of(1)).expect_err("too new").kind,
        FailureKind::TooNew
    );
    assert_eq!(picture(&path), before);
}

#[test]
fn verdicts_and_notes_are_replaced() {
    let root = tempfile::tempdir().expect("a directory");
    let (vault, _) = open(root.path());
    let id = publish(&vault, 1, b"archive")
        .expect("published")
        .summary
        .id;
    let worse = Verification {
        verdict: Verdict::Damaged,
        ..Verification::not_checked(Some("x".to_owned()))
    };
    vault.write_verification(&id, &worse).expect("written");
    let notes = Notes {
        pinned: true,
        note: Some("<b>before</b> \u{202e}\n".to_owned()),
    };
    vault.write_notes(&id, &notes).expect("written");
    let record = vault.record(&id).expect("reads");
    assert_eq!((record.verification, record.notes), (worse, notes.clone()));
    for id in ["20260101T000000Z-none", "../../etc", ""] {
        assert_eq!(
            vault.write_notes(id, &notes).expect_err("none").kind,
            FailureKind::NotFound
        );
        assert_eq!(
            vault.record(id).expect_err("none").kind,
            FailureKind::NotFound
        );
    }
}

#[test]
fn deleting_is_all_or_nothing_and_spares_pins_and_readers() {
    let root = tempfile::tempdir().expect("a directory");
    let (vault, _) = open(root.path());
    for number in 1..=3 {
        publish(&vault, number, b"archive").expect("published");
    }
    vault
        .write_notes(
            &id_of(2),
            &Notes {
                pinned: true,
                note: None,
            },
        )
        .expect("pinned");
    let kind = |ids: &[String]| vault.delete(ids).expect_err("refused").kind;
    assert_eq!(kind(&[id_of(1), id_of(2)]), FailureKind::Unsupported);
    assert_eq!(kind(&[id_of(1), id_of(9)]), FailureKind::NotFound);
    assert_eq!(
        kind(&[id_of(1), "../backups".to_owned()]),
        FailureKind::NotFound
    );
    assert_eq!(vault.list().expect("lists").backups.len(), 3);

    // Somebody is reading it meanwhile, and reads on.
    let (reader, _) = Vault::open(root.path(), &reading()).expect("opens");
    let mut archive = reader.open_archive(&id_of(1)).expect("opens");
    assert_eq!(
        reader.delete(&[id_of(1)]).expect_err("reading").kind,
        FailureKind::Protocol
    );
    vault
        .delete(&[id_of(1), id_of(3), id_of(1)])
        .expect("deleted");
    let mut content = String::new();
    archive.read_to_string(&mut content).expect("reads");
    assert_eq!(content, "archive");
    assert_eq!(vault.list().expect("lists").backups.len(), 1);
    assert!(
        fs::read_dir(root.path().join("trash"))
            .expect("readable")
            .next()
            .is_none()
    );
}
