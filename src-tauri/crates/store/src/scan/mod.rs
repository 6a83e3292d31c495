//! Looking for databases in mounted volumes. Reads the first bytes of files; opens no database.
//!
//! Must never run in a process that has a database open: closing a file takes away the locks that
//! SQLite holds on it.

mod links;
mod mounts;
pub mod walk;

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::database::header::{MAGIC, Sniffed, named_like_database, sniff};
use crate::files::{file_system_of, free_bytes, read_ownership, read_ownership_of};
use crate::manifest::{DatabaseKind, Finding, JournalMode, Ownership};
use crate::protocol::{FoundDatabase, ScanReport, ScanRequest, ScannedSource, SourceMount};
use crate::work::Work;
use crate::{Failure, RelativePath};
use links::Destination;
use walk::{Entry, SkipReason, Skipped, Step, WalkKind, WalkLimits, walk_files};

pub use walk::HIDDEN_PREFIX;

/// How the names of the files end that SQLite keeps beside a database.
pub const SIDE_FILE_SUFFIXES: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Findings of one source; more of them are counted, not listed.
const MAX_FINDINGS: usize = 100;
/// A cancel is noticed after so many names.
const ENTRIES_PER_CHECK: usize = 256;
/// Bytes that tell files which are named like databases and are known to be something else.
const PEEKED_BYTES: usize = 16;
/// Thumbs.db and its like.
const OLE_MAGIC: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
/// Berkeley DB: at byte 12, in the order of bytes of the machine that wrote it.
const BERKELEY_MAGICS: [u32; 4] = [0x0005_3162, 0x0006_1561, 0x0004_2253, 0x0004_0988];

/// Looks through each source, mounted at `<root_of_volumes>/<index>`.
///
/// # Errors
/// `cancelled`, or a source is not mounted at all. What cannot be looked at in a source is a finding.
pub fn scan(
    root_of_volumes: &Path,
    request: &ScanRequest,
    work: &Work,
) -> Result<ScanReport, Failure> {
    let limits = WalkLimits {
        max_entries: request.max_entries,
        max_depth: request.max_depth,
        deadline: Instant::now().checked_add(Duration::from_millis(request.deadline_ms)),
    };
    let mut report = ScanReport {
        sources: Vec::new(),
        databases: Vec::new(),
        findings: Vec::new(),
    };
    for mount in &request.sources {
        let root = root_of_volumes.join(mount.index.to_string());
        let mut search = Search::new(mount, root)?;
        search.run(limits, work)?;
        search.finish(&mut report);
    }
    Ok(report)
}

/// The search through one source.
struct Search<'a> {
    mount: &'a SourceMount,
    root: PathBuf,
    source: ScannedSource,
    databases: Vec<FoundDatabase>,
    /// Links that are named like databases, and what they say.
    links: Vec<(RelativePath, Vec<u8>)>,
    findings: Vec<Finding>,
    findings_left_out: u64,
}

impl<'a> Search<'a> {
    fn new(mount: &'a SourceMount, root: PathBuf) -> Result<Self, Failure> {
        let (file_system, locks_trusted) = file_system_of(&root)?;
        let source = ScannedSource {
            index: mount.index,
            file_system,
            locks_trusted,
            total_bytes: 0,
            file_count: 0,
            free_bytes: free_bytes(&root)?,
            complete: true,
            root: read_ownership(&root)?,
        };
        let (databases, links, findings) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Self {
            mount,
            root,
            source,
            databases,
            links,
            findings,
            findings_left_out: 0,
        })
    }

    fn run(&mut self, limits: WalkLimits, work: &Work) -> Result<(), Failure> {
        if self.mount.single_file {
            self.find(
                "single-file-mount",
                &RelativePath::default(),
                "this file is mounted by itself: what SQLite keeps beside it lies elsewhere",
            );
        }
        for (count, step) in walk_files(&self.root, limits)?.enumerate() {
            if count.is_multiple_of(ENTRIES_PER_CHECK) {
                work.check()?;
            }
            match step {
                Step::Skipped(skipped) => self.take_skipped(&skipped),
                Step::Entry(entry) => self.take(&entry),
            }
        }
        self.drop_side_files();
        for (link, target) in std::mem::take(&mut self.links) {
            self.follow(&link, &target);
        }
        Ok(())
    }

    fn finish(mut self, report: &mut ScanReport) {
        if self.findings_left_out > 0 {
            let message = format!("and {} more like these", self.findings_left_out);
            self.findings.push(Finding {
                code: "not-looked-at".to_owned(),
                volume: Some(self.mount.name.clone()),
                path: None,
                message,
            });
        }
        self.databases.sort_by(|a, b| a.path.cmp(&b.path));
        report.sources.push(self.source);
        report.databases.append(&mut self.databases);
        report.findings.append(&mut self.findings);
    }

    fn find(&mut self, code: &str, path: &RelativePath, message: &str) {
        if self.findings.len() >= MAX_FINDINGS {
            self.findings_left_out += 1;
            return;
        }
        self.findings.push(Finding {
            code: code.to_owned(),
            volume: Some(self.mount.name.clone()),
            path: (*path != RelativePath::default()).then(|| path.clone()),
            message: message.to_owned(),
        });
    }

    fn take_skipped(&mut self, skipped: &Skipped) {
        let Skipped {
            path,
            reason,
            message,
        } = skipped;
        if *reason == SkipReason::NestedMount {
            // It is a volume or bind of its own, and looked through as such if the application has it.
            return self.find("nested-mount", path, &format!("not looked at: {message}"));
        }
        self.source.complete = false;
        self.find("not-looked-at", path, &format!("not looked at: {message}"));
    }

    fn take(&mut self, entry: &Entry) {
        match entry.kind {
            WalkKind::File => {
                self.source.file_count += 1;
                self.source.total_bytes += entry.size_bytes;
                self.take_file(entry, &self.name_to_judge_by(&entry.path));
            }
            WalkKind::Symlink if named_like_database(&entry.path) => {
                if let Ok(target) = entry.link_target() {
                    self.links.push((entry.path.clone(), target));
                }
            }
            WalkKind::Symlink | WalkKind::Directory | WalkKind::Other => {}
        }
    }

    fn take_file(&mut self, entry: &Entry, name: &RelativePath) {
        let named = named_like_database(name);
        if entry.size_bytes < MAGIC.len() as u64 && !named {
            return;
        }
        let recognised = entry.open().and_then(|file| {
            let sniffed = recognise(&file, name, entry.size_bytes)?;
            let ownership = || read_ownership_of(&file).unwrap_or_else(|_| owner_of(entry));
            Ok(sniffed.map(|sniffed| (sniffed, ownership())))
        });
        match recognised {
            Ok(Some((sniffed, ownership))) => self.add(entry, &sniffed, ownership),
            Ok(None) => {}
            // Removed since: there is nothing to tell of.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => self.find_unreadable(&entry.path, &error),
        }
    }

    fn add(&mut self, entry: &Entry, sniffed: &Sniffed, ownership: Ownership) {
        let write_ahead_log = entry
            .sibling("-wal")
            .filter(|sibling| sibling.kind == WalkKind::File);
        let log_modified = write_ahead_log.map_or(i64::MIN, |log| log.modified_at_seconds);
        if entry.link_count > 1 {
            self.find(
                "hard-linked",
                &entry.path,
                "this database has more than one name",
            );
        }
        // SQLite's `unix-dotfile` way of locking; ours cannot see it.
        if entry.sibling(".lock").is_some() && sniffed.kind == DatabaseKind::Sqlite {
            self.find(
                "dotfile-locks",
                &entry.path,
                "a lock file of another kind lies beside it",
            );
        }
        self.databases.push(FoundDatabase {
            source_index: self.mount.index,
            path: entry.path.clone(),
            kind: sniffed.kind,
            size_bytes: entry.size_bytes,
            wal_bytes: write_ahead_log.map_or(0, |log| log.size_bytes),
            page_size: sniffed.header.as_ref().map_or(0, |header| header.page_size),
            journal_mode: sniffed
                .header
                .as_ref()
                .map_or(JournalMode::Unknown, |header| header.journal_mode),
            modified_at_seconds: entry.modified_at_seconds.max(log_modified),
            ownership,
        });
    }

    /// A file that is mounted by itself has no path; its name is the mount's.
    fn name_to_judge_by(&self, path: &RelativePath) -> RelativePath {
        if *path != RelativePath::default() {
            return path.clone();
        }
        let name = Path::new(&self.mount.name).file_name();
        name.and_then(|name| RelativePath::new(name.as_bytes()))
            .unwrap_or_default()
    }

    /// Takes out what is named as a side file of another database that was found.
    fn drop_side_files(&mut self) {
        let paths: BTreeSet<Vec<u8>> = self
            .databases
            .iter()
            .map(|found| found.path.as_bytes().to_vec())
            .collect();
        self.databases.retain(|found| {
            let path = found.path.as_bytes();
            let mut owners = SIDE_FILE_SUFFIXES
                .iter()
                .filter_map(|suffix| path.strip_suffix(suffix.as_bytes()));
            !owners.any(|owner| paths.contains(owner))
        });
    }

    fn follow(&mut self, link: &RelativePath, target: &[u8]) {
        match links::resolve(&self.root, link, target) {
            Destination::Nowhere => {}
            Destination::Outside => self.find(
                "link-leaves-volume",
                link,
                "a link that is named like a database leads out of the volume",
            ),
            Destination::Inside(path) => self.take_target(link, &path),
        }
    }

    /// What a link leads to is listed once, under its real path; here, if only the link is named like
    /// a database.
    fn take_target(&mut self, link: &RelativePath, path: &RelativePath) {
        let listed = self.databases.iter().any(|found| found.path == *path);
        let hidden = path
            .as_path()
            .iter()
            .any(|name| name.as_bytes().starts_with(HIDDEN_PREFIX));
        if listed || hidden {
            return;
        }
        match Entry::beneath(&self.root, path) {
            Ok(Some(entry)) if entry.kind == WalkKind::File => self.take_file(&entry, link),
            Ok(_) => {}
            Err(error) => self.find_unreadable(path, &error),
        }
    }

    fn find_unreadable(&mut self, path: &RelativePath, error: &io::Error) {
        self.source.complete = false;
        self.find("not-looked-at", path, &format!("not looked at: {error}"));
    }
}

fn owner_of(entry: &Entry) -> Ownership {
    Ownership {
        uid: entry.uid,
        gid: entry.gid,
        mode: entry.mode,
        xattrs: Vec::new(),
    }
}

/// Whether a scan would list this file as a database.
pub(crate) fn is_database(entry: &Entry) -> bool {
    let looks_so = |file: File| recognise(&file, &entry.path, entry.size_bytes);
    entry.kind == WalkKind::File && matches!(entry.open().and_then(looks_so), Ok(Some(_)))
}

/// Tells a database, or a file that is named like one; `None` for everything else.
fn recognise(file: &File, name: &RelativePath, size_bytes: u64) -> io::Result<Option<Sniffed>> {
    let mut first = [0; PEEKED_BYTES];
    let count = read_start(file, &mut first)?;
    let is_sqlite = first[..count].starts_with(MAGIC);
    if !is_sqlite && (!named_like_database(name) || is_known_otherwise(&first[..count])) {
        return Ok(None);
    }
    sniff(file, name, size_bytes).map(Some)
}

fn read_start(file: &File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read_at(&mut buffer[filled..], filled as u64) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

fn is_known_otherwise(first: &[u8]) -> bool {
    let berkeley = first
        .get(12..16)
        .and_then(|bytes| bytes.try_into().ok())
        .is_some_and(|bytes| {
            BERKELEY_MAGICS.contains(&u32::from_le_bytes(bytes))
                || BERKELEY_MAGICS.contains(&u32::from_be_bytes(bytes))
        });
    berkeley || first.starts_with(&OLE_MAGIC)
}
