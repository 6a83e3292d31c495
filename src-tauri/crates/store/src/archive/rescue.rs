//! Gets the files out of an archive with nothing but the archive: no engine, no vault, and no database
//! is opened.

use std::collections::{HashMap, VecDeque};
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::import::{Detected, Limits, check_manifest_text, detect};
use super::intake::{Incoming, Intake};
use super::member_decoder::FileAt;
use super::rescue_target::{RescueTarget, Written};
use super::text::{entry_label, hex};
use crate::failure::{Failure, FailureKind};
use crate::manifest::{EntryKind, Finding, Manifest};
use crate::relative_path::RelativePath;
use crate::work::Work;

/// A manifest that lies beside is read up to this size.
const MAX_BESIDE_BYTES: u64 = 256 << 20;

/// So many files of one kind are named one by one; the rest are counted.
const MAX_NAMED: usize = 50;

/// What a rescue brought.
#[derive(Debug, Clone)]
pub struct Rescued {
    /// Where everything lies: `volumes/<volume>/<path>` below it.
    pub directory: PathBuf,
    /// Number of files, databases among them.
    pub file_count: u64,
    /// The databases.
    pub databases: Vec<PathBuf>,
    /// What a person should know: differences from hashes that lie beside, where a cut archive ended,
    /// what this file system could not hold.
    pub findings: Vec<Finding>,
}

/// Unpacks an archive into a new directory, as strictly as an import.
///
/// Modes are kept, but never setuid; owners are not. Where `<file>.json` or `<file>.sha256` lies
/// beside, hashes are compared. Of an archive that is cut off or broken, what came before is kept and a
/// finding says where it ended.
///
/// # Errors
/// `hostile` with a reason that names the entry, and then nothing is left behind; `unsupported` if
/// `to` is not empty or the file is no archive; `damaged` if not even `lifeboat.json` can be read;
/// `too-new`, `no-space`, `permission`, `io`.
pub fn rescue(file: &Path, to: &Path) -> Result<Rescued, Failure> {
    let archive = File::open(file)
        .map_err(|error| Failure::io(format!("cannot open {}", file.display()), &error))?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let codec = match detect(&archive, &name)? {
        Detected::Archive(codec) => codec,
        Detected::Database { .. } => {
            return Err(Failure::new(
                FailureKind::Unsupported,
                format!(
                    "{} is a database by itself and needs no rescue",
                    file.display()
                ),
            ));
        }
    };
    let mut notes = Notes::default();
    let manifest = compare_beside(file, &archive, &mut notes)?;
    let mut intake = Intake::open(&archive, codec, &Limits::default(), &Work::unwatched())?;
    let volumes = intake.description().volumes.clone();
    notes.volumes = volumes
        .iter()
        .map(|volume| (volume.index, volume.name.clone()))
        .collect();
    let mut rescue = Rescue {
        target: RescueTarget::create(to, &volumes)?,
        expected: manifest.as_ref().map(expected_hashes),
        unconfirmed: VecDeque::new(),
        databases: Vec::new(),
        file_count: 0,
        notes,
    };
    rescue.unpack_all(&mut intake)?;
    rescue.finish(to)
}

/// What the manifest beside the archive says of each file.
type Expected = HashMap<(u32, RelativePath), String>;

fn expected_hashes(manifest: &Manifest) -> Expected {
    manifest
        .files
        .iter()
        .filter(|file| matches!(file.kind, EntryKind::File | EntryKind::Database))
        .map(|file| ((file.volume_index, file.path.clone()), file.sha256.clone()))
        .collect()
}

/// Findings as they come up.
#[derive(Default)]
struct Notes {
    findings: Vec<Finding>,
    volumes: HashMap<u32, String>,
}

impl Notes {
    fn general(&mut self, code: &str, message: impl Into<String>) {
        let (code, message) = (code.to_owned(), message.into());
        self.findings.push(Finding {
            code,
            volume: None,
            path: None,
            message,
        });
    }

    fn of_file(&mut self, code: &str, (index, path): &(u32, RelativePath), message: &str) {
        self.findings.push(Finding {
            code: code.to_owned(),
            volume: self.volumes.get(index).cloned(),
            path: Some(path.clone()),
            message: message.to_owned(),
        });
    }

    /// The same of many: the first by name, the others by number.
    fn of_files(&mut self, code: &str, files: &[(u32, RelativePath)], message: &str) {
        for file in files.iter().take(MAX_NAMED) {
            self.of_file(code, file, message);
        }
        if files.len() > MAX_NAMED {
            let more = files.len() - MAX_NAMED;
            self.general(code, format!("The same is true of {more} more files."));
        }
    }
}

/// A rescue under way.
struct Rescue {
    target: RescueTarget,
    expected: Option<Expected>,
    /// Files that are whole, but whose bytes no checksum has confirmed yet, and where they end.
    unconfirmed: VecDeque<(u64, (u32, RelativePath))>,
    databases: Vec<PathBuf>,
    file_count: u64,
    notes: Notes,
}

impl Rescue {
    fn unpack_all(&mut self, intake: &mut Intake<'_>) -> Result<(), Failure> {
        let ended = loop {
            let entry = match intake.next_entry() {
                Ok(Some(entry)) => entry,
                Ok(None) => return Ok(()),
                Err(failure) => break (failure, None),
            };
            if let Err(failure) = self.unpack(&entry, intake) {
                break (failure, Some(entry));
            }
            let confirmed = intake.confirmed_bytes();
            while self
                .unconfirmed
                .front()
                .is_some_and(|(end, _)| *end <= confirmed)
            {
                self.unconfirmed.pop_front();
            }
        };
        let (failure, entry) = ended;
        if failure.kind != FailureKind::Damaged {
            return Err(failure);
        }
        self.note_early_end(&failure, entry.as_ref(), intake.position());
        Ok(())
    }

    fn unpack(&mut self, entry: &Incoming, intake: &mut Intake<'_>) -> Result<(), Failure> {
        let key = (entry.volume_index, entry.path.clone());
        let impossible = match entry.kind {
            EntryKind::Directory => self.target.add_directory(entry)?,
            EntryKind::Symlink => {
                self.target.add_link(entry)?;
                None
            }
            EntryKind::File | EntryKind::Database => match self.target.add_file(entry, intake)? {
                Written::Impossible(why) => Some(why),
                Written::Whole { path, sha256 } => {
                    self.file_count += 1;
                    if entry.kind == EntryKind::Database {
                        self.databases.push(path);
                    }
                    self.compare(&key, &sha256, intake.position());
                    None
                }
            },
        };
        if let Some(why) = impossible {
            self.notes
                .of_file("file-skipped", &key, &format!("It was left out: {why}."));
        }
        Ok(())
    }

    /// Compares a file with the manifest that lies beside, if one does.
    fn compare(&mut self, key: &(u32, RelativePath), sha256: &str, end: u64) {
        match self.expected.as_mut().map(|expected| expected.remove(key)) {
            Some(Some(told)) if told == sha256 => {}
            Some(Some(_)) => self.notes.of_file(
                "file-differs",
                key,
                "Its content is not what the manifest beside the archive says.",
            ),
            Some(None) => self.notes.of_file(
                "file-unknown",
                key,
                "The manifest beside the archive does not know it.",
            ),
            None => self.unconfirmed.push_back((end, key.clone())),
        }
    }

    fn note_early_end(&mut self, failure: &Failure, entry: Option<&Incoming>, position: u64) {
        let within = entry.map_or_else(String::new, |entry| {
            format!(
                " within {}, which is left out",
                entry_label(entry.volume_index, &entry.path)
            )
        });
        let cause = &failure.message;
        self.notes.general(
            "archive-ends-early",
            format!(
                "The archive ends early, after {position} bytes of its content{within}: {cause}."
            ),
        );
        let files: Vec<_> = self.unconfirmed.drain(..).map(|(_, key)| key).collect();
        self.notes.of_files(
            "file-not-confirmed",
            &files,
            "It is whole, but it lies in the broken stretch and no checksum confirms it.",
        );
    }

    fn finish(mut self, to: &Path) -> Result<Rescued, Failure> {
        if let Some(expected) = self.expected.take() {
            let mut missing: Vec<_> = expected.into_keys().collect();
            missing.sort();
            self.notes.of_files(
                "file-missing",
                &missing,
                "The manifest beside the archive has it, the archive does not.",
            );
        }
        for unmade in self.target.keep()? {
            self.notes
                .general("file-skipped", format!("Left out: {unmade}."));
        }
        Ok(Rescued {
            directory: to.to_path_buf(),
            file_count: self.file_count,
            databases: self.databases,
            findings: self.notes.findings,
        })
    }
}

/// Looks at `<file>.sha256` and `<file>.json`, compares what they say of the whole archive, and gives
/// back the manifest.
fn compare_beside(
    file: &Path,
    archive: &File,
    notes: &mut Notes,
) -> Result<Option<Manifest>, Failure> {
    let promised = read_beside(file, ".sha256", notes);
    let manifest = read_beside(file, ".json", notes).and_then(|text| {
        check_manifest_text(&text)
            .map_err(|failure| {
                let why = failure.message;
                notes.general(
                    "manifest-unreadable",
                    format!("The manifest beside is of no use: {why}."),
                );
            })
            .ok()
    });
    let promises = [
        promised
            .as_ref()
            .and_then(|text| text.split_whitespace().next()),
        manifest
            .as_ref()
            .map(|manifest| manifest.summary.sha256.as_str()),
    ];
    if promises.iter().all(Option::is_none) {
        return Ok(manifest);
    }
    let mut hash = HashSink(Sha256::new());
    io::copy(&mut FileAt::start(archive), &mut hash)
        .map_err(|error| Failure::io(format!("cannot read {}", file.display()), &error))?;
    let sha256 = hex(&hash.0.finalize());
    if promises
        .iter()
        .flatten()
        .any(|promise| !promise.eq_ignore_ascii_case(&sha256))
    {
        notes.general(
            "archive-differs",
            "The archive is not the one that the files beside it describe: its SHA-256 differs.",
        );
    }
    Ok(manifest)
}

/// Hashes what is written to it.
struct HashSink(Sha256);

impl io::Write for HashSink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A text file that lies beside the archive; `None` if there is none, or none of use.
fn read_beside(file: &Path, suffix: &str, notes: &mut Notes) -> Option<String> {
    let mut name: OsString = file.as_os_str().to_owned();
    name.push(suffix);
    let opened = match File::open(&name) {
        Ok(opened) => opened,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        Err(error) => {
            let name = Path::new(&name).display();
            notes.general(
                "manifest-unreadable",
                format!("{name} cannot be opened: {error}."),
            );
            return None;
        }
    };
    let mut text = String::new();
    let read = opened.take(MAX_BESIDE_BYTES + 1).read_to_string(&mut text);
    if read.is_err() || text.len() as u64 > MAX_BESIDE_BYTES {
        let name = Path::new(&name).display();
        notes.general("manifest-unreadable", format!("{name} cannot be read."));
        return None;
    }
    Some(text)
}
