//! What the archive's tests share: content that can be told apart, descriptions, manifests.
#![expect(dead_code, reason = "each test binary uses a part of it")]

use std::fs::File;
use std::io::{Read, Seek};

use lifeboat_store::archive::{ArchiveReader, ArchiveWriter, FileEntry, FinishedArchive};
use lifeboat_store::manifest::{
    ArchivedFile, BackedVolume, Codec, Description, EntryKind, Manifest, Ownership, Scope,
    StorageKind, Summary, Trigger,
};
use lifeboat_store::work::Work;
use lifeboat_store::{Failure, RelativePath};

pub(crate) const CODECS: [Codec; 3] = [Codec::Gzip, Codec::Zstd, Codec::None];

pub(crate) fn path(bytes: impl Into<Vec<u8>>) -> RelativePath {
    RelativePath::new(bytes).expect("a plain path")
}

pub(crate) fn owned(mode: u32) -> Ownership {
    Ownership {
        uid: 1234,
        gid: 56_789,
        mode,
        xattrs: Vec::new(),
    }
}

/// Bytes that compress somewhat and differ everywhere.
pub(crate) fn content(seed: u64, size: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut bytes = Vec::with_capacity(size + 32);
    while bytes.len() < size {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(format!("row {:x} of many rows;", state >> 40).as_bytes());
    }
    bytes.truncate(size);
    bytes
}

pub(crate) fn volume(index: u32, name: &str) -> BackedVolume {
    BackedVolume {
        index,
        kind: StorageKind::Volume,
        name: name.to_owned(),
        compose_volume: None,
        driver: "local".to_owned(),
        labels: std::collections::BTreeMap::default(),
        options: std::collections::BTreeMap::default(),
        destinations: vec!["/data".to_owned()],
        root: Ownership::default(),
    }
}

pub(crate) fn description() -> Description {
    Description {
        format: 1,
        id: "20261101T101010Z-abcd".to_owned(),
        app: "shop".to_owned(),
        trigger: Trigger::Manual,
        created_at: jiff::Timestamp::from_second(1_700_000_000).expect("a fine time"),
        scope: Scope::Whole,
        volumes: vec![volume(0, "shop_data"), volume(3, "/srv/shop files")],
        databases: vec![(0, path("app.db"))],
        releases: Vec::new(),
        compose_project: Some("shop".to_owned()),
        tool_version: "0.1.0".to_owned(),
        sqlite_version: "3.54.1".to_owned(),
        about: "A backup.".to_owned(),
    }
}

pub(crate) fn description_bytes() -> Vec<u8> {
    serde_json::to_vec_pretty(&description()).expect("serialises")
}

pub(crate) fn manifest(finished: &FinishedArchive, codec: Codec) -> Manifest {
    let description = description();
    Manifest {
        summary: Summary {
            format: 1,
            id: description.id.clone(),
            file_name: format!("shop-20261101T101010Z-manual{}", codec.file_suffix()),
            app: description.app,
            trigger: description.trigger,
            created_at: description.created_at,
            codec,
            scope: description.scope,
            raw_bytes: finished.raw_bytes,
            stored_bytes: finished.stored_bytes,
            sha256: finished.sha256.clone(),
            file_count: finished.files.len() as u64,
            left_out: None,
            databases: Vec::new(),
            volumes: description.volumes,
            releases: Vec::new(),
            compose_project: None,
            source_commit: None,
            tool_version: "0.1.0".to_owned(),
            sqlite_version: "3.54.1".to_owned(),
            findings: Vec::new(),
        },
        files: finished.files.clone(),
        blocks: finished.blocks.clone(),
    }
}

/// An archive under construction in a file without a name.
pub(crate) struct Making {
    pub(crate) file: File,
    pub(crate) writer: ArchiveWriter,
    pub(crate) codec: Codec,
}

impl Making {
    pub(crate) fn new(codec: Codec) -> Self {
        Self::with_threads(codec, 3)
    }

    pub(crate) fn with_threads(codec: Codec, threads: usize) -> Self {
        let file = tempfile::tempfile().expect("a file");
        let sink = file.try_clone().expect("its twin");
        let writer =
            ArchiveWriter::create_with_threads(sink, codec, None, Work::unwatched(), threads);
        let mut writer = writer.expect("a writer");
        writer
            .append_document("lifeboat.json", &description_bytes(), 1_700_000_000)
            .expect("appended");
        Self {
            file,
            writer,
            codec,
        }
    }

    pub(crate) fn file(&mut self, volume_index: u32, name: impl Into<Vec<u8>>, bytes: &[u8]) {
        let entry = entry(volume_index, path(name), bytes.len() as u64);
        let appended = self
            .writer
            .append_file(entry, &mut &*bytes)
            .expect("appended");
        assert!(!appended.adjusted);
    }

    pub(crate) fn finish(self) -> Made {
        let finished = self.writer.finish().expect("finished");
        let manifest = manifest(&finished, self.codec);
        Made {
            file: self.file,
            manifest,
        }
    }
}

pub(crate) fn entry(volume_index: u32, path: RelativePath, size_bytes: u64) -> FileEntry {
    let kind = if path.as_bytes().ends_with(b".db") {
        EntryKind::Database
    } else {
        EntryKind::File
    };
    FileEntry {
        volume_index,
        path,
        kind,
        size_bytes,
        modified_at_seconds: 1_600_000_000,
        ownership: owned(0o640),
    }
}

/// A finished archive.
pub(crate) struct Made {
    pub(crate) file: File,
    pub(crate) manifest: Manifest,
}

impl Made {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut file = self.file.try_clone().expect("its twin");
        file.rewind().expect("rewound");
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).expect("read");
        bytes
    }

    pub(crate) fn reader(&self) -> ArchiveReader {
        reader_of(self.file.try_clone().expect("its twin"), &self.manifest)
    }

    /// Walks it and gives back what the visitor read.
    pub(crate) fn walk(&self) -> Result<Vec<(ArchivedFile, Vec<u8>)>, Failure> {
        let mut seen = Vec::new();
        self.reader().walk(&self.manifest, &mut |file, content| {
            let mut bytes = Vec::new();
            content
                .read_to_end(&mut bytes)
                .map_err(|error| Failure::io("the visitor cannot read", &error))?;
            seen.push((file.clone(), bytes));
            Ok(())
        })?;
        Ok(seen)
    }
}

pub(crate) fn reader_of(file: File, manifest: &Manifest) -> ArchiveReader {
    let codec = manifest.summary.codec;
    ArchiveReader::open(file, codec, manifest.blocks.clone(), Work::unwatched()).expect("opened")
}

/// A file with those bytes.
pub(crate) fn file_of(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().expect("a file");
    std::io::Write::write_all(&mut file, bytes).expect("written");
    file
}
