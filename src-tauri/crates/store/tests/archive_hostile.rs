//! Files that somebody made to hurt us are refused, and the reason names the entry.

mod archive_support;

use std::fs::File;
use std::io::Write;
use std::path::Path;

use archive_support::{
    CODECS, Making, content, description, description_bytes, file_of, owned, path,
};
use flate2::Compression;
use flate2::write::GzEncoder;
use lifeboat_store::archive::{
    ArchiveWriter, Detected, Limits, check_manifest_text, detect, read_description, reencode,
    rescue, validate_layout,
};
use lifeboat_store::manifest::{Codec, Description};
use lifeboat_store::work::{CancelFlag, Work};
use lifeboat_store::{Failure, FailureKind};
use tar::{EntryType, Header};

/// A tar that says whatever it is told to.
#[derive(Default, Clone)]
struct Evil(Vec<u8>);

impl Evil {
    fn new() -> Self {
        let mut evil = Self::default();
        evil.entry(
            "lifeboat.json",
            EntryType::Regular,
            "",
            &description_bytes(),
        );
        evil
    }

    fn entry(&mut self, name: &str, kind: EntryType, link: &str, content: &[u8]) -> &mut Self {
        self.sized(name, kind, link, content, content.len() as u64)
    }

    fn sized(
        &mut self,
        name: &str,
        kind: EntryType,
        link: &str,
        content: &[u8],
        size: u64,
    ) -> &mut Self {
        let mut header = Header::new_gnu();
        let old = header.as_old_mut();
        old.name[..name.len()].copy_from_slice(name.as_bytes());
        old.linkname[..link.len()].copy_from_slice(link.as_bytes());
        header.set_entry_type(kind);
        header.set_size(size);
        header.set_mode(0o6755);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(1);
        header.set_cksum();
        self.0.extend_from_slice(header.as_bytes());
        self.0.extend_from_slice(content);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    fn file(&mut self, name: &str) -> &mut Self {
        self.entry(name, EntryType::Regular, "", b"evil")
    }

    fn link(&mut self, name: &str, target: &str) -> &mut Self {
        self.entry(name, EntryType::Symlink, target, b"")
    }

    fn pax(&mut self, record: &str) -> &mut Self {
        let mut length = record.len() + 3;
        if length >= 100 - 1 {
            length += 1;
        }
        let record = format!("{:>2} {record}\n", length + 1);
        self.entry("pax", EntryType::XHeader, "", record.as_bytes())
    }

    fn end(&self) -> Vec<u8> {
        let mut bytes = self.0.clone();
        bytes.resize(bytes.len() + 10_240, 0);
        bytes
    }
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(bytes).expect("compressed");
    encoder.finish().expect("compressed")
}

fn take_in(bytes: &[u8], codec: Codec, limits: &Limits) -> Result<(Description, File), Failure> {
    let out = tempfile::tempfile().expect("a file");
    let sink = out.try_clone().expect("its twin");
    let mut writer = ArchiveWriter::create(sink, Codec::Zstd, None, Work::unwatched())?;
    let said = reencode(
        file_of(bytes),
        codec,
        limits,
        &mut writer,
        &Work::unwatched(),
    )?;
    writer.finish()?;
    Ok((said, out))
}

/// Both ways in refuse it, for that reason, and a rescue leaves nothing behind.
fn refused(name: &str, bytes: &[u8], kind: FailureKind, reason: &str) {
    let failure = take_in(&gz(bytes), Codec::Gzip, &Limits::default())
        .map(drop)
        .expect_err(name);
    assert_eq!(failure.kind, kind, "{name}: {failure}");
    assert!(failure.message.contains(reason), "{name}: {failure}");
    let directory = tempfile::tempdir().expect("a directory");
    let (archive, to) = (directory.path().join("a.tar"), directory.path().join("out"));
    std::fs::write(&archive, bytes).expect("written");
    if kind == FailureKind::Hostile {
        let failure = rescue(&archive, &to).map(drop).expect_err(name);
        assert!(failure.message.contains(reason), "{name}: {failure}");
        assert_eq!(names_in(directory.path()), ["a.tar"], "{name}");
    }
}

fn names_in(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).expect("a directory");
    let mut names: Vec<_> = entries
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    names
}

#[test]
fn names_and_links_that_lead_out() {
    type Case = (&'static str, &'static str, fn(&mut Evil));
    let cases: [Case; 18] = [
        ("dot-dot", "leaves its directory", |e| {
            e.file("volumes/0/../../x");
        }),
        ("dot-dot at once", "leaves its directory", |e| {
            e.file("../x");
        }),
        ("absolute", "absolute", |e| {
            e.file("/etc/x");
        }),
        ("elsewhere", "outside the volumes", |e| {
            e.file("etc/x");
        }),
        ("unknown volume", "does not know", |e| {
            e.file("volumes/1/x");
        }),
        ("odd number", "outside the volumes", |e| {
            e.file("volumes/00/x");
        }),
        ("no plain path", "plain path", |e| {
            e.file("volumes/0/./x");
        }),
        ("link up", "leaves the volume", |e| {
            e.link("volumes/0/a/l", "../../b");
        }),
        ("link absolute", "leaves the volume", |e| {
            e.link("volumes/0/l", "/etc/passwd");
        }),
        ("link to nothing", "leaves the volume", |e| {
            e.link("volumes/0/l", "");
        }),
        ("through a link", "below a symbolic link", |e| {
            e.link("volumes/0/l", "d").file("volumes/0/l/x");
        }),
        ("below a file", "below a file", |e| {
            e.file("volumes/0/f").file("volumes/0/f/x");
        }),
        ("twice", "twice", |e| {
            e.file("volumes/0/f").file("volumes/0/f");
        }),
        ("link over directory", "twice", |e| {
            e.file("volumes/0/d/f").link("volumes/0/d", "x");
        }),
        ("out through another", "leaves the volume", |e| {
            e.link("volumes/0/x/y/z", "../..")
                .link("volumes/0/p", "x/y/z/../../etc");
        }),
        ("another comes later", "another link passes", |e| {
            e.link("volumes/0/p", "x/y/z/../../etc")
                .link("volumes/0/x/y/z", "../..");
        }),
        ("description again", "outside the volumes", |e| {
            e.file("lifeboat.json");
        }),
        ("path by pax", "leaves its directory", |e| {
            e.pax("path=volumes/0/../../../etc/cron.d/x")
                .file("volumes/0/fine");
        }),
    ];
    for (name, reason, make) in cases {
        let mut evil = Evil::new();
        evil.file("volumes/0/before");
        make(&mut evil);
        refused(name, &evil.end(), FailureKind::Hostile, reason);
    }
}

#[test]
fn kinds_that_no_backup_holds() {
    for (kind, reason) in [
        (EntryType::Link, "hard link"),
        (EntryType::Char, "device"),
        (EntryType::Block, "device"),
        (EntryType::Fifo, "named pipe"),
        (EntryType::GNUSparse, "sparse"),
        (EntryType::Continuous, "kind"),
        (EntryType::XGlobalHeader, "kind"),
    ] {
        let mut evil = Evil::new();
        evil.entry("volumes/0/e", kind, "volumes/0/x", b"");
        refused(reason, &evil.end(), FailureKind::Hostile, reason);
    }
    let mut evil = Evil::new();
    evil.pax("GNU.sparse.major=1").file("volumes/0/f");
    refused(
        "sparse by pax",
        &evil.end(),
        FailureKind::Hostile,
        "GNU.sparse",
    );
    let mut evil = Evil::new();
    evil.sized("volumes/0/d/", EntryType::Directory, "", &[0; 512], 512);
    refused(
        "a directory with content",
        &evil.end(),
        FailureKind::Hostile,
        "no content",
    );
    let mut evil = Evil::new();
    evil.sized("x", EntryType::GNULongName, "", b"", 1 << 40);
    refused(
        "an endless name",
        &evil.end(),
        FailureKind::Hostile,
        "extension",
    );
}

#[test]
fn descriptions_that_are_missing_too_big_unreadable_or_new() {
    let mut none = Evil::default();
    none.file("volumes/0/x");
    refused(
        "missing",
        &none.end(),
        FailureKind::Hostile,
        "does not begin with lifeboat.json",
    );
    let mut big = Evil::default();
    big.sized("lifeboat.json", EntryType::Regular, "", b"", 17 << 20);
    refused("too big", &big.end(), FailureKind::Hostile, "too big");
    let deep = [vec![b'['; 1 << 20], vec![b']'; 1 << 20]].concat();
    for text in [
        &b"{"[..],
        b"\xff",
        b"null",
        b"{\"format\":1}",
        b"{\"format\":1e99}",
        &deep,
    ] {
        let mut evil = Evil::default();
        evil.entry("lifeboat.json", EntryType::Regular, "", text);
        refused(
            "unreadable",
            &evil.end(),
            FailureKind::Hostile,
            "cannot be read",
        );
    }
    let mut newer = Evil::default();
    newer.entry(
        "lifeboat.json",
        EntryType::Regular,
        "",
        b"{\"format\":2,\"all\":\"else\"}",
    );
    refused("newer", &newer.end(), FailureKind::TooNew, "format 2");
    let said = read_description(&file_of(&gz(&Evil::new().end())), Codec::Gzip).expect("fine");
    assert_eq!(said, description());
}

#[test]
fn something_behind_the_end() {
    let mut evil = Evil::new();
    evil.file("volumes/0/x");
    let tar = evil.end();
    let stored = gz(&tar);
    take_in(&stored, Codec::Gzip, &Limits::default()).expect("fine as it is");
    // A tar in several members is fine: ours is one.
    let halves = [gz(&tar[..700]), gz(&tar[700..])].concat();
    take_in(&halves, Codec::Gzip, &Limits::default()).expect("fine in two members");
    let hostile = |bytes: &[u8], codec| {
        let failure = take_in(bytes, codec, &Limits::default())
            .map(drop)
            .expect_err("refused");
        assert_eq!(failure.kind, FailureKind::Hostile, "{failure}");
        assert!(failure.message.contains("follows"), "{failure}");
    };
    hostile(&[&stored[..], b"trailing"].concat(), Codec::Gzip);
    hostile(&[&stored[..], b"\0\0"].concat(), Codec::Gzip);
    hostile(&[stored.clone(), gz(b"more")].concat(), Codec::Gzip);
    hostile(&[&tar[..], b"more"].concat(), Codec::None);
    hostile(&[&tar[..], &vec![0; 2 << 20]].concat(), Codec::None);
    hostile(&[tar.clone(), tar.clone()].concat(), Codec::None);
    let frame = zstd::bulk::compress(&tar, 3).expect("compressed");
    take_in(&frame, Codec::Zstd, &Limits::default()).expect("fine");
    hostile(&[&frame[..], b"trailing"].concat(), Codec::Zstd);
    for cut in [stored.len() - 1, stored.len() / 2] {
        let failure = take_in(&stored[..cut], Codec::Gzip, &Limits::default()).map(drop);
        assert_eq!(failure.expect_err("cut off").kind, FailureKind::Damaged);
    }
    let failure = take_in(&evil.0, Codec::None, &Limits::default()).map(drop);
    assert_eq!(failure.expect_err("no end").kind, FailureKind::Damaged);
}

/// 10 GB of zeros as 10 MB of gzip: one member of 100 MB, a hundred times.
fn bomb(head: &[u8]) -> Vec<u8> {
    let member = gz(&vec![0; 100 << 20]);
    let mut bytes = gz(head);
    (0..100).for_each(|_| bytes.extend_from_slice(&member));
    bytes
}

#[test]
fn bombs_stop_early_and_are_never_written_out() {
    let mut evil = Evil::new();
    evil.sized("volumes/0/zeros", EntryType::Regular, "", b"", 10_000 << 20);
    // The padding that `sized` adds belongs to the content here.
    let announced = bomb(&evil.0);
    let out = tempfile::tempfile().expect("a file");
    let sink = out.try_clone().expect("its twin");
    let mut writer =
        ArchiveWriter::create(sink, Codec::None, None, Work::unwatched()).expect("made");
    let limits = Limits {
        max_ratio: 100,
        ..Limits::default()
    };
    let said = reencode(
        file_of(&announced),
        Codec::Gzip,
        &limits,
        &mut writer,
        &Work::unwatched(),
    );
    let failure = said.expect_err("a bomb");
    assert_eq!(failure.kind, FailureKind::Hostile);
    assert!(failure.message.contains("volumes/0/zeros"), "{failure}");
    assert!(writer.raw_bytes_so_far() < 1 << 20);
    drop(writer);
    assert!(out.metadata().expect("a file").len() < 2 << 20);

    // Many small entries, none of which is too big by itself.
    let small = Limits {
        max_entries: 50,
        ..Limits::default()
    };
    let mut crowd = Evil::new();
    for number in 0..60 {
        crowd.file(&format!("volumes/0/{number}"));
    }
    let failure = take_in(&gz(&crowd.end()), Codec::Gzip, &small)
        .map(drop)
        .expect_err("a crowd");
    assert!(failure.message.contains("entries"), "{failure}");

    let mut evil = Evil::new();
    evil.entry(
        "volumes/0/big",
        EntryType::Regular,
        "",
        &content(1, 1 << 20),
    );
    let room = Limits {
        max_raw_bytes: 1 << 19,
        ..Limits::default()
    };
    let failure = take_in(&gz(&evil.end()), Codec::Gzip, &room)
        .map(drop)
        .expect_err("too big");
    assert_eq!(failure.kind, FailureKind::Hostile);

    // Zeros behind the end: endless padding is a bomb, too.
    let failure = take_in(&bomb(&Evil::new().end()), Codec::Gzip, &Limits::default()).map(drop);
    assert_eq!(failure.expect_err("padding").kind, FailureKind::Hostile);
}

#[test]
fn our_own_archives_come_in_unchanged_from_any_codec() {
    for codec in CODECS {
        let mut making = Making::new(codec);
        making
            .writer
            .append_directory(0, &path(""), &owned(0o750), -3)
            .expect("appended");
        making.file(0, "app.db", &content(1, 3_000_000));
        making.file(0, vec![0xff; 250], &content(2, 10));
        making
            .writer
            .append_symlink(0, &path("d/l"), b"../app.db", &owned(0o777), 3)
            .expect("appended");
        let made = making.finish();
        let out = tempfile::tempfile().expect("a file");
        let sink = out.try_clone().expect("its twin");
        let mut writer =
            ArchiveWriter::create(sink, Codec::Gzip, None, Work::unwatched()).expect("made");
        let twin = made.file.try_clone().expect("its twin");
        let said = reencode(
            twin,
            codec,
            &Limits::default(),
            &mut writer,
            &Work::unwatched(),
        );
        assert_eq!(said.expect("taken in"), description());
        let finished = writer.finish().expect("finished");
        assert_eq!(finished.files, made.manifest.files);
        let manifest = archive_support::manifest(&finished, Codec::Gzip);
        archive_support::reader_of(out, &manifest)
            .walk(&manifest, &mut |_, _| Ok(()))
            .expect("sound");
        let text = serde_json::to_string(&manifest).expect("serialises");
        assert_eq!(check_manifest_text(&text).expect("fine"), manifest);
    }
}

#[test]
fn an_import_can_be_cancelled() {
    let mut evil = Evil::new();
    evil.entry(
        "volumes/0/big",
        EntryType::Regular,
        "",
        &content(1, 9 << 20),
    );
    let flag = CancelFlag::default();
    flag.set();
    let work = Work::new(flag, |_| {});
    let out = tempfile::tempfile().expect("a file");
    let mut writer =
        ArchiveWriter::create(out, Codec::Zstd, None, Work::unwatched()).expect("made");
    let said = reencode(
        file_of(&gz(&evil.end())),
        Codec::Gzip,
        &Limits::default(),
        &mut writer,
        &work,
    );
    assert_eq!(said.expect_err("cancelled").kind, FailureKind::Cancelled);
}

#[test]
fn files_are_told_by_their_first_bytes() {
    let tar = Evil::new().end();
    let database = [&b"SQLite format 3\0"[..], &[7; 4080]].concat();
    let zstd = |bytes: &[u8]| zstd::bulk::compress(bytes, 1).expect("compressed");
    for (bytes, expected) in [
        (tar.clone(), Detected::Archive(Codec::None)),
        (gz(&tar), Detected::Archive(Codec::Gzip)),
        (zstd(&tar), Detected::Archive(Codec::Zstd)),
        (database.clone(), Detected::Database { gzip: false }),
        (gz(&database), Detected::Database { gzip: true }),
    ] {
        // The name says the opposite and is not believed.
        assert_eq!(detect(&file_of(&bytes), "x.zip").expect("known"), expected);
    }
    for (bytes, name, reason) in [
        (&b""[..], "a.db", "empty"),
        (b"PK\x03\x04....", "a.tar.gz", "zip"),
        (b"\xfd7zXZ\0...", "a.tar.xz", "xz"),
        (&[0x99; 4096], "a.sqlite3", "encrypted"),
        (b"hello", "a.tar.gz", "named like an archive"),
        (b"hello", "a.txt", "neither"),
        (&gz(b"hello"), "a.gz", "neither"),
        (&zstd(&database), "a.db.zst", "unpack"),
    ] {
        let failure = detect(&file_of(bytes), name).expect_err(name);
        assert_eq!(failure.kind, FailureKind::Unsupported, "{name}");
        assert!(failure.message.contains(reason), "{name}: {failure}");
    }
    let broken = detect(&file_of(b"\x1f\x8b\x08\0\0\0\0\0\0\0\xff\xff\xff"), "a.gz");
    assert_eq!(broken.expect_err("broken").kind, FailureKind::Damaged);
}

#[test]
fn manifests_with_impossible_content_are_refused() {
    let mut making = Making::new(Codec::Gzip);
    making.file(0, "app.db", &content(1, 3_000));
    making
        .writer
        .append_symlink(0, &path("l"), b"app.db", &owned(0o777), 3)
        .expect("appended");
    let manifest = making.finish().manifest;
    let good = serde_json::to_value(&manifest).expect("serialises");
    check_manifest_text(&good.to_string()).expect("fine");
    validate_layout(&manifest.files).expect("fine");
    let changes = [
        ("/id", serde_json::json!("../../x")),
        ("/id", serde_json::json!("..")),
        ("/id", serde_json::json!("")),
        ("/file_name", serde_json::json!("a/b.tar.gz")),
        ("/file_name", serde_json::json!("a\u{202e}b")),
        ("/format", serde_json::json!(0)),
        ("/raw_bytes", serde_json::json!(u64::MAX)),
        ("/stored_bytes", serde_json::json!(1)),
        ("/stored_bytes", serde_json::json!(-1)),
        ("/stored_bytes", serde_json::json!(1e300)),
        ("/sha256", serde_json::json!("zz")),
        ("/volumes/1/index", serde_json::json!(0)),
        ("/blocks/0/raw_bytes", serde_json::json!(4_000_000_000_u32)),
        ("/blocks/0/stored_bytes", serde_json::json!(0)),
        ("/files/0/path", serde_json::json!("../x")),
        ("/files/0/path", serde_json::json!("base64:Li4veA==")),
        ("/files/0/volume_index", serde_json::json!(9)),
        ("/files/0/size_bytes", serde_json::json!(u64::MAX)),
        ("/files/0/raw_offset", serde_json::json!(u64::MAX)),
        ("/files/0/sha256", serde_json::json!("")),
        ("/files/0/ownership/mode", serde_json::json!(0o100_644)),
        ("/files/1/path", serde_json::json!("app.db")),
        ("/files/1/path", serde_json::json!("app.db/x")),
        ("/files/1/link_target_base64", serde_json::json!("Li4=")),
        ("/files/1/link_target_base64", serde_json::json!(null)),
        ("/files", serde_json::json!({})),
    ];
    for (place, value) in changes {
        let mut bad = good.clone();
        *bad.pointer_mut(place).expect("a place of the manifest") = value.clone();
        let failure = check_manifest_text(&bad.to_string()).expect_err(place);
        assert_eq!(
            failure.kind,
            FailureKind::Hostile,
            "{place} {value}: {failure}"
        );
    }
    let mut newer = good;
    newer["format"] = serde_json::json!(2);
    newer["files"] = serde_json::json!("in another shape");
    let failure = check_manifest_text(&newer.to_string()).expect_err("newer");
    assert_eq!(failure.kind, FailureKind::TooNew);
}
