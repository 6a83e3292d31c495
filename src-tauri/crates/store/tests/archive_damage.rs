//! Whatever happens to a stored archive is found, and the message says where.

mod archive_support;

use std::os::unix::fs::FileExt;

use archive_support::{CODECS, Made, Making, content, file_of, owned, path, reader_of};
use lifeboat_store::archive::{ArchiveReader, MAX_BLOCK_BYTES};
use lifeboat_store::manifest::{Block, Codec, EntryKind, Manifest};
use lifeboat_store::work::Work;
use lifeboat_store::{Failure, FailureKind};

fn made(codec: Codec) -> Made {
    let mut making = Making::new(codec);
    making
        .writer
        .append_directory(0, &path("d"), &owned(0o755), 7)
        .expect("appended");
    making.file(0, "d/app.db", &content(5, 2_500_000));
    making
        .writer
        .append_symlink(0, &path("link"), b"d/app.db", &owned(0o777), 7)
        .expect("appended");
    making.file(3, vec![b'n'; 200], &content(6, 700_001));
    making.file(3, "empty", b"");
    making.finish()
}

fn walk(bytes: &[u8], manifest: &Manifest) -> Result<(), Failure> {
    reader_of(file_of(bytes), manifest).walk(manifest, &mut |_, content| {
        // Careless on purpose: what a visitor makes of an error must not hide the damage.
        std::io::copy(content, &mut std::io::sink())
            .map_err(|error| Failure::new(FailureKind::Sqlite, error.to_string()))?;
        Ok(())
    })
}

#[test]
fn every_flipped_byte_is_found_and_placed() {
    for codec in CODECS {
        let made = made(codec);
        let bytes = made.bytes();
        let file = file_of(&bytes);
        let mut places: Vec<usize> = (0..bytes.len()).step_by(bytes.len() / 150).collect();
        places.extend(0..24);
        places.extend(bytes.len() - 24..bytes.len());
        let mut starts = 0;
        for block in &made.manifest.blocks {
            places.extend([starts, starts + 9, starts + 12]);
            starts += block.stored_bytes as usize;
        }
        let mut unplaced = 0;
        for place in places.into_iter().filter(|place| *place < bytes.len()) {
            file.write_all_at(&[bytes[place] ^ 0x10], place as u64)
                .expect("flipped");
            let twin = file.try_clone().expect("its twin");
            let said = reader_of(twin, &made.manifest).walk(&made.manifest, &mut |_, _| Ok(()));
            file.write_all_at(&[bytes[place]], place as u64)
                .expect("flipped back");
            let failure = said.expect_err(&format!("{codec:?}: byte {place} was flipped"));
            assert_eq!(
                failure.kind,
                FailureKind::Damaged,
                "{codec:?} {place}: {failure}"
            );
            let names = [
                "volume ",
                "block ",
                "lifeboat.json",
                "the end of the archive",
            ];
            if !names.iter().any(|name| failure.message.contains(name)) {
                unplaced += 1;
                assert!(
                    failure.message.contains("SHA-256"),
                    "{codec:?} {place}: {failure}"
                );
            }
        }
        // lifeboat.json has no hash of its own, nor have the few bits of a compressed block that mean
        // nothing, such as those that fill up its last byte.
        let per_block = made.manifest.blocks.len();
        assert!(
            unplaced <= if codec == Codec::None { 24 } else { per_block },
            "{codec:?}: {unplaced}"
        );
        walk(&bytes, &made.manifest).expect("sound again");
    }
}

#[test]
fn a_flip_in_one_file_names_that_file() {
    for codec in CODECS {
        let made = made(codec);
        let bytes = made.bytes();
        let file = made
            .manifest
            .files
            .iter()
            .find(|file| file.path == path("d/app.db"));
        let file = file.expect("there").clone();
        let mut flipped = bytes.clone();
        flipped[bytes.len() / 2] ^= 1;
        let failure = walk(&flipped, &made.manifest).expect_err("damaged");
        assert!(
            failure.message.starts_with("volume 0, \"d/app.db\""),
            "{failure}"
        );
        assert_eq!(failure.kind, FailureKind::Damaged);
        let alone = reader_of(file_of(&flipped), &made.manifest).read_file(&file, &mut Vec::new());
        let failure = alone.expect_err("damaged");
        assert!(
            failure.message.starts_with("volume 0, \"d/app.db\""),
            "{failure}"
        );
        let other = made.manifest.files.last().expect("there");
        reader_of(file_of(&flipped), &made.manifest)
            .read_file(other, &mut Vec::new())
            .expect("the other file is sound");
    }
}

#[test]
fn cut_off_or_followed_by_something() {
    for codec in CODECS {
        let made = made(codec);
        let bytes = made.bytes();
        for cut in [0, 1, 20, 1000, bytes.len() / 2, bytes.len() - 1] {
            let failure = walk(&bytes[..cut], &made.manifest).expect_err("cut off");
            assert_eq!(failure.kind, FailureKind::Damaged);
            assert!(failure.message.contains("block "), "{failure}");
        }
        let last = bytes.len() - made.manifest.blocks.last().expect("one").stored_bytes as usize;
        for tail in [&b"x"[..], b"\0", &bytes[last..]] {
            let failure = walk(&[&bytes, tail].concat(), &made.manifest).expect_err("followed");
            assert_eq!(failure.kind, FailureKind::Damaged);
        }
    }
}

#[test]
fn an_index_that_is_not_exactly_the_archives_is_refused() {
    for codec in CODECS {
        let made = made(codec);
        let bytes = made.bytes();
        // Two blocks told as one: each in itself would decompress.
        let mut merged = made.manifest.clone();
        let second = merged.blocks.remove(1);
        merged.blocks[0].raw_bytes += second.raw_bytes;
        merged.blocks[0].stored_bytes += second.stored_bytes;
        let said = walk(&bytes, &merged);
        if codec != Codec::None {
            assert_eq!(said.expect_err("two members").kind, FailureKind::Damaged);
        }
        let mut shifted = made.manifest.clone();
        shifted.blocks[0].stored_bytes -= 1;
        shifted.blocks[1].stored_bytes += 1;
        if codec != Codec::None {
            assert_eq!(
                walk(&bytes, &shifted).expect_err("shifted").kind,
                FailureKind::Damaged
            );
        }
        for (raw_bytes, stored_bytes) in [(0, 1), (1, 0), (MAX_BLOCK_BYTES + 1, 5), (5, u32::MAX)] {
            let blocks = vec![Block {
                raw_bytes,
                stored_bytes,
            }];
            let opened = ArchiveReader::open(file_of(&bytes), codec, blocks, Work::unwatched());
            assert_eq!(opened.err().expect("impossible").kind, FailureKind::Damaged);
        }
    }
}

#[test]
fn a_manifest_that_says_otherwise_is_found() {
    let made = made(Codec::Zstd);
    let bytes = made.bytes();
    type Change = (&'static str, fn(&mut Manifest));
    let changes: [Change; 12] = [
        ("mode", |m| m.files[1].ownership.mode = 0o777),
        ("owner", |m| m.files[1].ownership.uid += 1),
        ("group", |m| m.files[1].ownership.gid += 1),
        ("time", |m| m.files[1].modified_at_seconds += 1),
        ("name", |m| m.files[1].path = path("d/app.dB")),
        ("kind", |m| m.files[4].kind = EntryKind::Directory),
        ("link target", |m| {
            m.files[2].link_target_base64 = Some("eA==".to_owned());
        }),
        ("place", |m| m.files[1].raw_offset += 512),
        ("size", |m| m.files[1].size_bytes -= 1),
        ("SHA-256", |m| m.files[1].sha256 = m.files[3].sha256.clone()),
        ("does not know", |m| drop(m.files.pop())),
        ("SHA-256", |m| m.summary.sha256 = m.files[3].sha256.clone()),
    ];
    for (what, change) in changes {
        let mut manifest = made.manifest.clone();
        change(&mut manifest);
        let failure = walk(&bytes, &manifest).expect_err(what);
        assert_eq!(failure.kind, FailureKind::Damaged, "{what}");
        let named = failure.message.contains(what) || failure.message.contains("its name");
        assert!(named, "{what}: {failure}");
    }
    let mut beyond = made.manifest.files[1].clone();
    beyond.raw_offset = u64::MAX - 5;
    let said = made.reader().read_file(&beyond, &mut Vec::new());
    assert_eq!(said.expect_err("beyond").kind, FailureKind::Damaged);
}
