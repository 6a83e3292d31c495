//! The list of backups: read from the summaries, rebuilt from the manifests.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::os::fd::OwnedFd;

use super::sealed::{self, Broken};
use super::{BACKUPS, Vault, checked_id, valid_file_name, valid_id};
use crate::files::open_file_at;
use crate::manifest::{Manifest, Notes, Summary, Verdict, Verification};
use crate::protocol::{BackupRecord, Listing};
use crate::{Failure, FailureKind};

pub(super) const MANIFEST: &str = "manifest.json";
pub(super) const SUMMARY: &str = "summary.json";
pub(super) const VERIFICATION: &str = "verify.json";
pub(super) const NOTES: &str = "notes.json";
/// What lies beside an archive.
pub(super) const OWN_NAMES: [&str; 4] = [MANIFEST, SUMMARY, VERIFICATION, NOTES];

/// A backup's directory, opened; reading in it goes through the descriptor.
struct Opened<'a> {
    id: &'a str,
    directory: OwnedFd,
}

impl Vault {
    /// All backups, newest first, and what lies among them without being one.
    ///
    /// # Errors
    /// The directory of backups cannot be read. One that cannot be read itself is in the list.
    pub fn list(&self) -> Result<Listing, Failure> {
        let room = self.room()?;
        let mut listing = Listing {
            backups: Vec::new(),
            unreadable: Vec::new(),
            used_bytes: 0,
            free_bytes: room.free_bytes,
            total_bytes: room.total_bytes,
        };
        for name in self.backup_names()? {
            if !valid_id(&name) {
                listing
                    .unreadable
                    .push((name, "its name is not the id of a backup".to_owned()));
                continue;
            }
            listing.used_bytes += self.bytes_of(&name);
            match self.read_record(&name) {
                Ok(record) => listing.backups.push(record),
                Err(Broken::TooNew) => {
                    listing
                        .unreadable
                        .push((name, "made by a newer Lifeboat".to_owned()));
                }
                Err(broken) => {
                    let failure = broken.into_failure("its manifest");
                    let detail = failure.detail.map(|detail| format!(": {detail}"));
                    let why = format!("{}{}", failure.message, detail.unwrap_or_default());
                    listing.unreadable.push((name, why));
                }
            }
        }
        let newest_first = |a: &BackupRecord, b: &BackupRecord| {
            let key =
                |record: &BackupRecord| (record.summary.created_at, record.summary.id.clone());
            key(b).cmp(&key(a))
        };
        listing.backups.sort_by(newest_first);
        Ok(listing)
    }

    /// One backup, as the list has it.
    ///
    /// # Errors
    /// `not-found`, `too-new`, `damaged`.
    pub fn record(&self, id: &str) -> Result<BackupRecord, Failure> {
        self.require_backup(id)?;
        self.read_record(id)
            .map_err(|broken| broken.into_failure(&format!("{MANIFEST} of {id}")))
    }

    /// One backup's whole manifest.
    ///
    /// # Errors
    /// `not-found`, `too-new`, or `damaged` if a byte of it is not as it was written.
    pub fn manifest(&self, id: &str) -> Result<Manifest, Failure> {
        self.require_backup(id)?;
        let manifest = self.open_backup(id).and_then(|opened| opened.manifest());
        manifest.map_err(|broken| broken.into_failure(&format!("{MANIFEST} of {id}")))
    }

    /// Opens a backup's archive.
    ///
    /// # Errors
    /// `not-found`, `too-new`, `damaged`.
    pub fn open_archive(&self, id: &str) -> Result<File, Failure> {
        self.require_backup(id)?;
        let named = |broken: Broken| broken.into_failure(&format!("{MANIFEST} of {id}"));
        let opened = self.open_backup(id).map_err(named)?;
        let (summary, _) = opened.summary().map_err(named)?;
        let name = summary.file_name.as_str();
        let archive =
            open_file_at(&opened.directory, name).map_err(|error| match error.kind() {
                ErrorKind::NotFound => {
                    Failure::new(FailureKind::Damaged, format!("{name} is missing"))
                }
                _ => Failure::io(format!("{name} could not be opened"), &error),
            })?;
        match archive.metadata() {
            Ok(metadata) if metadata.is_file() => Ok(archive),
            _ => Err(Failure::new(
                FailureKind::Damaged,
                format!("{name} is not a file"),
            )),
        }
    }

    /// Checks each stored file of a backup but the archive's content: nothing is missing, and no byte
    /// of the manifest, summary, verdict or notes differs from what was written.
    ///
    /// # Errors
    /// `damaged`, naming the file; `not-found`, `too-new`.
    pub fn check_files(&self, id: &str) -> Result<(), Failure> {
        self.require_backup(id)?;
        let named = |name: &'static str| {
            move |broken: Broken| match broken {
                Broken::Missing => {
                    Failure::new(FailureKind::Damaged, format!("{name} of {id} is missing"))
                }
                other => other.into_failure(&format!("{name} of {id}")),
            }
        };
        let opened = self.open_backup(id).map_err(named(MANIFEST))?;
        let manifest = opened.manifest().map_err(named(MANIFEST))?;
        match sealed::read::<Summary>(opened.open(SUMMARY)) {
            Ok(summary) if summary == manifest.summary => {}
            // It is derived, and made again when it is missed.
            Err(Broken::Missing) => {}
            Ok(_) => {
                return Err(named(SUMMARY)(Broken::Damaged(
                    "not the manifest's".to_owned(),
                )));
            }
            Err(broken) => return Err(named(SUMMARY)(broken)),
        }
        sealed::read::<Verification>(opened.open(VERIFICATION)).map_err(named(VERIFICATION))?;
        sealed::read::<Notes>(opened.open(NOTES)).map_err(named(NOTES))?;
        match opened.archive_trouble(&manifest.summary) {
            Some(trouble) => Err(Failure::new(FailureKind::Damaged, trouble)),
            None => Ok(()),
        }
    }

    /// Bytes that the vault holds in backups.
    ///
    /// # Errors
    /// The directory of backups cannot be read.
    pub fn used_bytes(&self) -> Result<u64, Failure> {
        Ok(self
            .backup_names()?
            .iter()
            .map(|name| self.bytes_of(name))
            .sum())
    }

    /// The application that the newest readable backup says it is of.
    pub(super) fn app_of_backups(&self) -> Result<Option<String>, Failure> {
        let mut names = self.backup_names()?;
        names.sort_unstable_by(|a, b| b.cmp(a));
        let mut ids = names.iter().filter(|name| valid_id(name));
        Ok(ids.find_map(|id| Some(self.read_record(id).ok()?.summary.app)))
    }

    /// Fails with `not-found` unless there is a directory of that id.
    pub(super) fn require_backup(&self, id: &str) -> Result<(), Failure> {
        let path = self.root.join(BACKUPS).join(checked_id(id)?);
        match fs::symlink_metadata(path) {
            Ok(metadata) if metadata.is_dir() => Ok(()),
            Err(error) if error.kind() != ErrorKind::NotFound => Err(Failure::io(
                format!("the backup {id} could not be looked at"),
                &error,
            )),
            _ => Err(Failure::new(
                FailureKind::NotFound,
                format!("there is no backup {id}"),
            )),
        }
    }

    /// Whoever holds the lock makes a summary again that is missing or damaged.
    fn keep_summary(&self, id: &str, summary: &Summary) {
        if self.lock.is_some() {
            // The list is the same without it, only slower.
            let path = self.root.join(BACKUPS).join(id).join(SUMMARY);
            let _ = sealed::write_derived(&path, summary);
        }
    }

    pub(super) fn backup_names(&self) -> Result<Vec<String>, Failure> {
        let unreadable =
            |error: io::Error| Failure::io("the vault's backups could not be listed", &error);
        let entries = match fs::read_dir(self.root.join(BACKUPS)) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            other => other.map_err(unreadable)?,
        };
        let name =
            |entry: io::Result<fs::DirEntry>| Ok(entry?.file_name().to_string_lossy().into_owned());
        entries
            .map(name)
            .collect::<io::Result<_>>()
            .map_err(unreadable)
    }

    fn bytes_of(&self, name: &str) -> u64 {
        let entries = fs::read_dir(self.root.join(BACKUPS).join(name))
            .into_iter()
            .flatten();
        let sizes = entries.filter_map(|entry| Some(entry.ok()?.metadata().ok()?.len()));
        sizes.sum()
    }

    fn open_backup<'a>(&self, id: &'a str) -> Result<Opened<'a>, Broken> {
        match self.open_file(&format!("{BACKUPS}/{id}")) {
            Ok(directory) => Ok(Opened {
                id,
                directory: directory.into(),
            }),
            Err(error) => Err(Broken::Refused(Failure::io(
                format!("the directory of backup {id} could not be opened"),
                &error,
            ))),
        }
    }

    fn read_record(&self, id: &str) -> Result<BackupRecord, Broken> {
        let opened = self.open_backup(id)?;
        let (summary, derived) = opened.summary()?;
        if derived {
            self.keep_summary(id, &summary);
        }
        let verification = opened.verification(&summary);
        Ok(BackupRecord {
            verification,
            notes: opened.notes(),
            summary,
        })
    }
}

impl Opened<'_> {
    fn open(&self, name: &str) -> io::Result<File> {
        open_file_at(&self.directory, name)
    }

    fn manifest(&self) -> Result<Manifest, Broken> {
        let manifest: Manifest = sealed::read(self.open(MANIFEST))?;
        self.accept(&manifest.summary).map_err(Broken::Damaged)?;
        Ok(manifest)
    }

    /// The summary, and whether it had to be derived. No manifest, no backup: the summary alone counts
    /// for nothing.
    fn summary(&self) -> Result<(Summary, bool), Broken> {
        use nix::fcntl::AtFlags;
        use nix::sys::stat::fstatat;
        if fstatat(&self.directory, MANIFEST, AtFlags::AT_SYMLINK_NOFOLLOW).is_err() {
            return Err(Broken::Missing);
        }
        let stored = sealed::read(self.open(SUMMARY)).ok();
        if let Some(summary) = stored.filter(|summary| self.accept(summary).is_ok()) {
            return Ok((summary, false));
        }
        let summary = sealed::read(self.open(MANIFEST))?;
        self.accept(&summary).map_err(Broken::Damaged)?;
        Ok((summary, true))
    }

    /// A summary must speak of this backup, and name an archive that lies here.
    fn accept(&self, summary: &Summary) -> Result<(), String> {
        if summary.id != self.id {
            return Err("it is another backup's".to_owned());
        }
        if !valid_file_name(&summary.file_name) {
            return Err("the name of the archive is not one".to_owned());
        }
        Ok(())
    }

    fn verification(&self, summary: &Summary) -> Verification {
        let stored = match sealed::read::<Verification>(self.open(VERIFICATION)) {
            Ok(verification) => verification,
            Err(Broken::Missing) => Verification::not_checked(None),
            Err(broken) => {
                let failure = broken.into_failure(VERIFICATION);
                Verification::not_checked(Some(format!("{}.", failure.message)))
            }
        };
        match self.archive_trouble(summary) {
            // What was once found sound and is now gone is not sound.
            Some(trouble) => Verification {
                verdict: Verdict::Damaged,
                reason: Some(format!("{trouble}.")),
                ..stored
            },
            None => stored,
        }
    }

    /// What a glance at the archive shows to be wrong.
    fn archive_trouble(&self, summary: &Summary) -> Option<String> {
        use nix::fcntl::AtFlags;
        use nix::sys::stat::{SFlag, fstatat};
        let name = summary.file_name.as_str();
        let Ok(stat) = fstatat(&self.directory, name, AtFlags::AT_SYMLINK_NOFOLLOW) else {
            return Some(format!("{name} is missing"));
        };
        if SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT != SFlag::S_IFREG {
            return Some(format!("{name} is not a file"));
        }
        let (present, expected) = (
            u64::try_from(stat.st_size).unwrap_or(0),
            summary.stored_bytes,
        );
        (present != expected)
            .then(|| format!("{name} has {present} bytes, and should have {expected}"))
    }

    /// Where the notes cannot be read the backup counts as pinned: nobody may rotate it away.
    fn notes(&self) -> Notes {
        match sealed::read(self.open(NOTES)) {
            Ok(notes) => notes,
            Err(Broken::Missing) => Notes::default(),
            Err(_) => Notes {
                pinned: true,
                note: None,
            },
        }
    }
}
