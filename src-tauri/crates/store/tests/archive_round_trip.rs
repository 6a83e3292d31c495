//! What goes into an archive comes out again, through our reader and through anybody's tools.

mod archive_support;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::process::Command;

use archive_support::{CODECS, Made, Making, content, entry, manifest, owned, path};
use lifeboat_store::archive::{ArchiveWriter, BLOCK_BYTES};
use lifeboat_store::manifest::{Codec, EntryKind, Ownership};
use lifeboat_store::work::{CancelFlag, Work};
use lifeboat_store::{Failure, FailureKind};
use sha2::{Digest, Sha256};

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[test]
fn every_size_around_the_edges_of_blocks_survives() {
    let block = BLOCK_BYTES;
    let mut sizes = vec![0, 1, 511, 512, 513, 1023, 1024, block, 3 * block + 17];
    // The first file's content begins after a header and lifeboat.json: sweep over the first edge.
    sizes.extend((block - 6144..block + 1024).step_by(511));
    for codec in CODECS {
        for (number, size) in sizes.iter().enumerate() {
            let mut making = Making::with_threads(codec, 1 + number % 4);
            let (first, second) = (content(number as u64, *size), content(77, 700));
            making.file(0, "first", &first);
            making.file(0, "second", &second);
            let made = making.finish();
            let seen = made
                .walk()
                .unwrap_or_else(|error| panic!("{codec:?} {size}: {error}"));
            assert!(
                seen[0].1 == first && seen[1].1 == second,
                "{codec:?} {size}"
            );
            assert_eq!(seen[0].0.sha256, sha256(&first));
            for (file, bytes) in &seen {
                let mut copy = Vec::new();
                made.reader()
                    .read_file(file, &mut copy)
                    .expect("read alone");
                assert!(copy == *bytes, "{codec:?} {size}");
            }
            assert_eq!(made.manifest.summary.sha256, sha256(&made.bytes()));
            assert_eq!(
                made.manifest.summary.stored_bytes,
                made.bytes().len() as u64
            );
        }
    }
}

/// Names that break careless tools.
fn odd_names() -> Vec<Vec<u8>> {
    let deep = (0..30)
        .map(|number| format!("directory-{number:02}"))
        .collect::<Vec<_>>()
        .join("/");
    vec![
        b"app.db".to_vec(),
        b"\xff\xfe not utf-8 \x80".to_vec(),
        b"two\nlines".to_vec(),
        b"-x".to_vec(),
        b"--checkpoint-action=exec=sh".to_vec(),
        b" spaces and 'quotes\" ".to_vec(),
        vec![b'n'; 255],
        vec![0xe9; 90],
        vec![b'm'; 100 - "volumes/0/".len()],
        vec![b'm'; 101 - "volumes/0/".len()],
        format!("{deep}/leaf").into_bytes(),
    ]
}

fn odd_archive(codec: Codec) -> (Made, BTreeMap<Vec<u8>, Vec<u8>>) {
    let mut making = Making::new(codec);
    let mut all = BTreeMap::new();
    let xattrs = vec![
        ("user.note".to_owned(), "AQoAPT0=".to_owned()),
        ("user.a=b%".to_owned(), String::new()),
    ];
    let root = Ownership {
        xattrs,
        ..owned(0o755)
    };
    making
        .writer
        .append_directory(0, &path(""), &root, -5)
        .expect("a directory");
    making
        .writer
        .append_directory(0, &path(vec![b'd'; 200]), &owned(0o1777), 0)
        .expect("appended");
    for (number, name) in odd_names().into_iter().enumerate() {
        let bytes = content(number as u64, 70_000 * number + 3);
        making.file(0, name.clone(), &bytes);
        all.insert(name, bytes);
    }
    let long_target = [vec![b't'; 200], b"/\xff".to_vec()].concat();
    making
        .writer
        .append_symlink(0, &path("link"), &long_target, &owned(0o777), 9)
        .expect("appended");
    making
        .writer
        .append_symlink(3, &path("l2"), b"app.db", &owned(0o777), 1 << 40)
        .expect("appended");
    making.file(
        3,
        "",
        b"a mount that is one file cannot have a link beside it, but tar can",
    );
    (making.finish(), all)
}

#[test]
fn odd_names_owners_times_links_and_attributes_survive() {
    for codec in CODECS {
        let (made, all) = odd_archive(codec);
        let seen = made.walk().expect("sound");
        for (name, bytes) in &all {
            let found = seen
                .iter()
                .find(|(file, _)| file.path.as_bytes() == name && file.volume_index == 0);
            assert!(found.expect("there").1 == *bytes);
        }
        let kinds = |kind| seen.iter().filter(|(file, _)| file.kind == kind).count();
        assert_eq!(
            (kinds(EntryKind::Symlink), kinds(EntryKind::Directory)),
            (2, 2)
        );
        assert_eq!(kinds(EntryKind::Database), 1);
    }
}

fn unpack_with_system_tar(made: &Made) -> tempfile::TempDir {
    let suffix = made.manifest.summary.codec.file_suffix();
    let directory = tempfile::tempdir().expect("a directory");
    let archive = directory.path().join(format!("archive{suffix}"));
    std::fs::write(&archive, made.bytes()).expect("written");
    let run = |command: &mut Command| {
        let output = command.output().expect("it runs");
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            output.status.success() && errors.is_empty(),
            "{command:?}: {errors}"
        );
    };
    match made.manifest.summary.codec {
        Codec::Gzip => run(Command::new("gunzip").arg("-t").arg(&archive)),
        Codec::Zstd => {
            let plain = directory.path().join("archive.tar");
            let mut decoder =
                zstd::stream::read::Decoder::new(std::fs::File::open(&archive).expect("opens"))
                    .expect("a decoder");
            let mut out = std::fs::File::create(&plain).expect("a file");
            std::io::copy(&mut decoder, &mut out).expect("decompressed");
            std::fs::rename(plain, &archive).expect("renamed");
        }
        Codec::None => {}
    }
    let flags = if made.manifest.summary.codec == Codec::Gzip {
        ["-tzf", "-xzf"]
    } else {
        ["-tf", "-xf"]
    };
    run(Command::new("tar").arg(flags[0]).arg(&archive));
    run(Command::new("tar")
        .arg("--warning=no-timestamp")
        .arg(flags[1])
        .arg(&archive)
        .arg("--xattrs")
        .arg("-C")
        .arg(directory.path()));
    directory
}

#[test]
fn the_systems_own_tools_open_it() {
    for codec in CODECS {
        let mut making = Making::new(codec);
        for (number, name) in odd_names().into_iter().enumerate() {
            making.file(0, name, &content(number as u64, 300_000 * number));
        }
        making
            .writer
            .append_symlink(0, &path("link"), b"app.db", &owned(0o777), 9)
            .expect("appended");
        making
            .writer
            .append_directory(3, &path("d"), &owned(0o700), -5)
            .expect("appended");
        let made = making.finish();
        let directory = unpack_with_system_tar(&made);
        for (number, name) in odd_names().into_iter().enumerate() {
            let place = directory
                .path()
                .join("volumes/0")
                .join(std::ffi::OsStr::from_bytes(&name));
            let bytes = std::fs::read(&place).expect("unpacked");
            assert!(
                bytes == content(number as u64, 300_000 * number),
                "{place:?}"
            );
        }
        let link = std::fs::read_link(directory.path().join("volumes/0/link")).expect("a link");
        assert_eq!(link.as_os_str(), "app.db");
        let metadata =
            std::fs::metadata(directory.path().join("volumes/3/d")).expect("a directory");
        assert_eq!(std::os::unix::fs::MetadataExt::mtime(&metadata), -5);
        assert!(directory.path().join("lifeboat.json").exists());
    }
}

#[test]
fn content_of_another_length_is_padded_or_cut_and_said_so() {
    for codec in CODECS {
        let mut making = Making::new(codec);
        let appended = making
            .writer
            .append_file(entry(0, path("short"), 10), &mut &b"abc"[..]);
        let appended = appended.expect("appended");
        assert!(appended.adjusted);
        assert_eq!(appended.sha256, sha256(b"abc\0\0\0\0\0\0\0"));
        let appended = making
            .writer
            .append_file(entry(0, path("long"), 2), &mut &b"abc"[..]);
        assert!(appended.expect("appended").adjusted);
        let pushed = |sink: &mut dyn Write| -> Result<(), Failure> {
            for part in [&b"ab"[..], b"cd", b"ef"] {
                sink.write_all(part)
                    .map_err(|error| Failure::io("cannot write", &error))?;
            }
            Ok(())
        };
        for (name, size, adjusted) in [("p6", 6, false), ("p3", 3, true), ("p9", 9, true)] {
            let appended = making
                .writer
                .append_file_with(entry(0, path(name), size), &mut { pushed });
            assert_eq!(appended.expect("appended").adjusted, adjusted, "{name}");
        }
        let seen: Vec<_> = making
            .finish()
            .walk()
            .expect("sound")
            .into_iter()
            .map(|(_, b)| b)
            .collect();
        let expected: [&[u8]; 5] = [
            b"abc\0\0\0\0\0\0\0",
            b"ab",
            b"abcdef",
            b"abc",
            b"abcdef\0\0\0",
        ];
        assert_eq!(seen, expected);
    }
}

#[test]
fn a_visitor_need_not_read_and_its_own_failure_comes_back() {
    let mut making = Making::new(Codec::Gzip);
    making.file(0, "a", &content(1, 3_000_000));
    making.file(0, "b", &content(2, 10));
    let made = making.finish();
    let mut names = Vec::new();
    let mut visit = |file: &lifeboat_store::manifest::ArchivedFile, content: &mut dyn Read| {
        names.push(file.path.display());
        content
            .read_exact(&mut [0; 5])
            .map_err(|error| Failure::io("short", &error))
    };
    made.reader()
        .walk(&made.manifest, &mut visit)
        .expect("sound");
    assert_eq!(names, ["a", "b"]);
    let refused = made.reader().walk(&made.manifest, &mut |_, _| {
        Err(Failure::new(FailureKind::NeedsStopped, "mine"))
    });
    assert_eq!(refused.expect_err("refused").message, "mine");
}

#[test]
fn a_failing_producer_ends_the_archive() {
    let mut making = Making::new(Codec::Zstd);
    let failed = making
        .writer
        .append_file_with(entry(0, path("a"), 9), &mut |_| {
            Err(Failure::new(FailureKind::DatabaseLocked, "locked"))
        });
    assert_eq!(
        failed.expect_err("it failed").kind,
        FailureKind::DatabaseLocked
    );
    let after = making
        .writer
        .append_file(entry(0, path("b"), 1), &mut &b"b"[..]);
    assert_eq!(
        after.expect_err("no more").kind,
        FailureKind::DatabaseLocked
    );
    assert_eq!(
        making.writer.finish().expect_err("no archive").kind,
        FailureKind::DatabaseLocked
    );
}

/// Zeros without end, which set the flag after a while.
struct Endless {
    flag: CancelFlag,
    given: u64,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.given += buffer.len() as u64;
        if self.given > 5 << 20 {
            self.flag.set();
        }
        buffer.fill(b'x');
        Ok(buffer.len())
    }
}

#[test]
fn writing_and_reading_can_be_cancelled() {
    for codec in CODECS {
        let flag = CancelFlag::default();
        let work = Work::new(flag.clone(), |_| {});
        let file = tempfile::tempfile().expect("a file");
        let mut writer = ArchiveWriter::create(file, codec, None, work).expect("a writer");
        let mut endless = Endless { flag, given: 0 };
        let said = writer.append_file(entry(0, path("endless"), 1 << 40), &mut endless);
        assert_eq!(said.expect_err("cancelled").kind, FailureKind::Cancelled);
        assert!(endless.given < 8 << 20);
        drop(writer);

        let mut making = Making::new(codec);
        making.file(0, "a", &content(1, 12 << 20));
        let made = making.finish();
        let flag = CancelFlag::default();
        let work = Work::new(flag.clone(), |_| {});
        let twin = made.file.try_clone().expect("its twin");
        let blocks = made.manifest.blocks.clone();
        let mut reader =
            lifeboat_store::archive::ArchiveReader::open(twin, codec, blocks, work).expect("open");
        let said = reader.walk(&made.manifest, &mut |_, content| {
            flag.set();
            std::io::copy(content, &mut std::io::sink())
                .map_err(|error| Failure::io("cannot read", &error))?;
            Ok(())
        });
        assert_eq!(said.expect_err("cancelled").kind, FailureKind::Cancelled);
    }
}

#[test]
fn a_full_disk_is_told_as_such() {
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .expect("it is there");
    let mut writer =
        ArchiveWriter::create(full, Codec::None, None, Work::unwatched()).expect("a writer");
    let bytes = content(1, 20 << 20);
    let said = writer
        .append_file(entry(0, path("a"), bytes.len() as u64), &mut &bytes[..])
        .and_then(|_| writer.finish().map(drop));
    assert_eq!(said.expect_err("no room").kind, FailureKind::NoSpace);
}

#[test]
fn levels_are_checked_and_used() {
    let bytes = content(3, 4 << 20);
    let stored = |codec, level| -> Result<u64, Failure> {
        let file = tempfile::tempfile().expect("a file");
        let mut writer = ArchiveWriter::create(file, codec, level, Work::unwatched())?;
        writer.append_document("lifeboat.json", b"{}", 0)?;
        writer.append_file(entry(0, path("a"), bytes.len() as u64), &mut &bytes[..])?;
        let finished = writer.finish()?;
        manifest(&finished, codec);
        Ok(finished.stored_bytes)
    };
    for (codec, low, high, wrong) in [(Codec::Gzip, 1, 9, 10), (Codec::Zstd, 1, 19, 23)] {
        assert!(stored(codec, Some(high)).expect("fine") < stored(codec, Some(low)).expect("fine"));
        let refused = stored(codec, Some(wrong)).expect_err("no such level");
        assert_eq!(refused.kind, FailureKind::Unsupported);
    }
}
