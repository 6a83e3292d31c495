//! A rescue gets everything out that can be got out, and touches nothing else.

mod archive_support;

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use archive_support::{CODECS, Made, Making, content, entry, owned, path};
use lifeboat_store::FailureKind;
use lifeboat_store::archive::rescue;
use lifeboat_store::manifest::Codec;
use tempfile::TempDir;

fn made(codec: Codec) -> Made {
    let mut making = Making::new(codec);
    making
        .writer
        .append_directory(0, &path("sub"), &owned(0o500), 1_500_000_000)
        .expect("appended");
    making.file(0, "sub/note", b"hello");
    making.file(0, "app.db", &content(1, 2_600_000));
    making
        .writer
        .append_symlink(0, &path("link"), b"sub/note", &owned(0o777), 3)
        .expect("appended");
    let mut setuid = entry(3, path("tool"), 4);
    setuid.ownership.mode = 0o6755;
    making
        .writer
        .append_file(setuid, &mut &b"tool"[..])
        .expect("appended");
    making.file(3, "last", &content(2, 1_500_000));
    making.finish()
}

/// The archive as a file, with what travels beside it.
fn downloaded(made: &Made) -> (TempDir, std::path::PathBuf) {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join(&made.manifest.summary.file_name);
    fs::write(&file, made.bytes()).expect("written");
    let summary = &made.manifest.summary;
    let beside = |ending: &str| {
        directory
            .path()
            .join(format!("{}{ending}", summary.file_name))
    };
    fs::write(
        beside(".sha256"),
        format!("{}  {}\n", summary.sha256, summary.file_name),
    )
    .expect("ok");
    fs::write(
        beside(".json"),
        serde_json::to_string(&made.manifest).expect("ok"),
    )
    .expect("written");
    (directory, file)
}

#[test]
fn everything_comes_out() {
    for codec in CODECS {
        let made = made(codec);
        let (directory, file) = downloaded(&made);
        let to = directory.path().join("new/out");
        let rescued = rescue(&file, &to).expect("rescued");
        assert_eq!(rescued.findings, []);
        assert_eq!(rescued.file_count, 4);
        assert_eq!(rescued.databases, [to.join("volumes/shop_data/app.db")]);
        let read = |name: &str| fs::read(to.join("volumes").join(name)).expect(name);
        assert!(read("shop_data/app.db") == content(1, 2_600_000));
        assert_eq!(read("shop_data/link"), b"hello");
        assert!(read("srv_shop_files/last") == content(2, 1_500_000));
        let tool = fs::metadata(to.join("volumes/srv_shop_files/tool")).expect("there");
        assert_eq!(tool.mode() & 0o7777, 0o755);
        assert_ne!(tool.uid(), 1234);
        let sub = fs::metadata(to.join("volumes/shop_data/sub")).expect("there");
        assert_eq!((sub.mode() & 0o7777, sub.mtime()), (0o700, 1_500_000_000));
        assert_eq!(
            fs::metadata(&to).expect("there").permissions().mode() & 0o7777,
            0o700
        );
        let again = rescue(&file, &to).expect_err("it is not empty");
        assert_eq!(again.kind, FailureKind::Unsupported);
        assert!(read("shop_data/app.db") == content(1, 2_600_000));
    }
}

#[test]
fn what_is_complete_of_a_cut_archive_is_kept() {
    for (codec, with_manifest) in CODECS
        .iter()
        .flat_map(|codec| [(*codec, true), (*codec, false)])
    {
        let made = made(codec);
        let (directory, file) = downloaded(&made);
        let bytes = made.bytes();
        // Within the last block: everything but the last file was complete before.
        let cut =
            bytes.len() - made.manifest.blocks.last().expect("one").stored_bytes as usize + 30;
        fs::write(&file, &bytes[..cut]).expect("written");
        if !with_manifest {
            fs::remove_file(format!("{}.json", file.display())).expect("removed");
            fs::remove_file(format!("{}.sha256", file.display())).expect("removed");
        }
        let to = directory.path().join("out");
        let rescued = rescue(&file, &to).expect("rescued");
        assert!(fs::read(&rescued.databases[0]).expect("there") == content(1, 2_600_000));
        assert!(!to.join("volumes/srv_shop_files/last").exists());
        let codes: Vec<_> = rescued
            .findings
            .iter()
            .map(|finding| &finding.code[..])
            .collect();
        assert!(
            codes.contains(&"archive-ends-early"),
            "{codec:?}: {codes:?}"
        );
        assert_eq!(codes.contains(&"archive-differs"), with_manifest);
        assert_eq!(codes.contains(&"file-missing"), with_manifest);
        let early = rescued
            .findings
            .iter()
            .find(|finding| finding.code == "archive-ends-early");
        assert!(
            early.expect("there").message.contains("\"last\""),
            "{early:?}"
        );
    }
}

#[test]
fn broken_stretches_are_named() {
    let made = made(Codec::Gzip);
    let (directory, file) = downloaded(&made);
    let mut bytes = made.bytes();
    let last = made.manifest.blocks.last().expect("one").stored_bytes as usize;
    // The checksum of the last member: only after all of its content is it known to be wrong.
    let place = bytes.len() - 8;
    bytes[place] ^= 1;
    fs::write(&file, &bytes).expect("written");
    fs::remove_file(format!("{}.json", file.display())).expect("removed");
    let rescued = rescue(&file, &directory.path().join("out")).expect("rescued");
    let codes: Vec<_> = rescued
        .findings
        .iter()
        .map(|finding| &finding.code[..])
        .collect();
    assert!(
        codes.contains(&"archive-differs") && codes.contains(&"archive-ends-early"),
        "{codes:?}"
    );
    assert!(last > 8);
    // A changed manifest beside a sound archive.
    fs::write(&file, made.bytes()).expect("written");
    let mut changed = made.manifest.clone();
    changed.files[1].sha256 = changed.files[2].sha256.clone();
    let text = serde_json::to_string(&changed).expect("serialises");
    fs::write(format!("{}.json", file.display()), text).expect("written");
    let rescued = rescue(&file, &directory.path().join("out2")).expect("rescued");
    let [finding] = &rescued.findings[..] else {
        panic!("{:?}", rescued.findings)
    };
    assert_eq!(
        (&finding.code[..], finding.path.clone()),
        ("file-differs", Some(path("sub/note")))
    );
    assert_eq!(finding.volume.as_deref(), Some("shop_data"));
    fs::write(format!("{}.json", file.display()), "{").expect("written");
    let rescued = rescue(&file, &directory.path().join("out3")).expect("rescued");
    assert_eq!(rescued.findings[0].code, "manifest-unreadable");
}

#[test]
fn a_database_or_a_stranger_is_no_archive() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("x.db");
    for bytes in [&b"SQLite format 3\0..."[..], b"hello"] {
        fs::write(&file, bytes).expect("written");
        let failure = rescue(&file, &directory.path().join("out")).expect_err("refused");
        assert_eq!(failure.kind, FailureKind::Unsupported);
        assert!(!directory.path().join("out").exists());
    }
}
