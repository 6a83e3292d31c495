//! Walking through a mounted volume: what is in it, in an order that is always the same.
//!
//! Everything is reached through open directories, one name at a time and never through a symbolic
//! link, so that an application that changes its volume meanwhile cannot lead the walk out of it.
//! Names beginning with [`HIDDEN_PREFIX`] are ours and do not exist for it; other file systems that
//! are mounted inside are told of and not entered.

use std::collections::VecDeque;
use std::ffi::{CStr, CString, OsStr};
use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use nix::dir::Dir;
use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, openat, readlinkat};
use nix::sys::stat::{FileStat, Mode, SFlag, fstat, fstatat, stat};

use super::mounts::mounted_below;
use crate::files::{file_system_of, open_beneath, open_file_at, read_ownership};
use crate::manifest::Ownership;
use crate::{Failure, FailureKind, RelativePath};

/// Names that begin so are Lifeboat's own, invisible to discovery and capture.
pub const HIDDEN_PREFIX: &[u8] = b".lifeboat-";

/// A directory is open for each level, and a process may have about a thousand open files.
const DEEPEST: u32 = 400;
/// While a directory is read, the clock is looked at once in so many names.
const NAMES_PER_LOOK_AT_CLOCK: usize = 1024;

/// Limits of a walk.
#[derive(Debug, Clone, Copy)]
pub struct WalkLimits {
    /// At most this many names.
    pub max_entries: u64,
    /// At most this many names deep; never more than a few hundred.
    pub max_depth: u32,
    /// At most until then.
    pub deadline: Option<Instant>,
}

impl WalkLimits {
    /// Everything, as far down as there can be an open directory for each level.
    pub const NONE: Self = Self {
        max_entries: u64::MAX,
        max_depth: DEEPEST,
        deadline: None,
    };
}

/// A step of a walk.
#[derive(Debug)]
pub enum Step {
    /// Something that is there. A directory comes before what is in it.
    Entry(Entry),
    /// Something that was not looked at.
    Skipped(Skipped),
}

/// What the walk did not look at.
#[derive(Debug)]
pub struct Skipped {
    /// Which; empty for the mount itself.
    pub path: RelativePath,
    /// Why.
    pub reason: SkipReason,
    /// The reason as a fragment of a sentence.
    pub message: String,
}

/// Why something was not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SkipReason {
    /// The file system refused.
    Unreadable,
    /// Another file system is mounted there.
    NestedMount,
    /// It lies too deep.
    TooDeep,
    /// There are too many names; the walk ended here.
    TooMany,
    /// The time was over; the walk ended here.
    TooLate,
}

/// What kind of thing an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WalkKind {
    /// A directory.
    Directory,
    /// An ordinary file.
    File,
    /// A symbolic link.
    Symlink,
    /// A socket, pipe or device.
    Other,
}

/// Something that the walk came by. Holds the directory it is in open: keep few of them.
#[derive(Debug)]
pub struct Entry {
    /// Where it is.
    pub path: RelativePath,
    /// What it is.
    pub kind: WalkKind,
    /// Size in bytes.
    pub size_bytes: u64,
    /// Modification time, in whole seconds since 1970.
    pub modified_at_seconds: i64,
    /// User id of the owner.
    pub uid: u32,
    /// Group id.
    pub gid: u32,
    /// Permission bits.
    pub mode: u32,
    /// Number of names that it has.
    pub link_count: u64,
    /// Device that it is on.
    pub device: u64,
    /// Its number there.
    pub inode: u64,
    parent: Arc<OwnedFd>,
    name: CString,
}

/// Size and age of a file beside an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sibling {
    /// What it is.
    pub kind: WalkKind,
    /// Size in bytes.
    pub size_bytes: u64,
    /// Modification time, in whole seconds since 1970.
    pub modified_at_seconds: i64,
}

impl Entry {
    fn new(path: RelativePath, stat: &FileStat, parent: Arc<OwnedFd>, name: CString) -> Self {
        Self {
            path,
            kind: kind_of(stat),
            size_bytes: size_of(stat),
            modified_at_seconds: stat.st_mtime,
            uid: stat.st_uid,
            gid: stat.st_gid,
            mode: stat.st_mode & 0o7777,
            link_count: widened(stat.st_nlink),
            device: stat.st_dev,
            inode: stat.st_ino,
            parent,
            name,
        }
    }

    /// What lies at `path` below `root`; `None` where that is on another file system.
    pub(super) fn beneath(root: &Path, path: &RelativePath) -> io::Result<Option<Self>> {
        let split = path.as_path().parent().zip(path.as_path().file_name());
        let (parent, name) = split.ok_or(io::ErrorKind::InvalidInput)?;
        let parent =
            RelativePath::new(parent.as_os_str().as_bytes()).ok_or(io::ErrorKind::InvalidInput)?;
        let name = CString::new(name.as_bytes())?;
        let directory = OwnedFd::from(open_beneath(root, &parent)?);
        if fstat(&directory)?.st_dev != stat(root)?.st_dev {
            return Ok(None);
        }
        let stat = fstatat(&directory, name.as_c_str(), AtFlags::AT_SYMLINK_NOFOLLOW)?;
        Ok(Some(Self::new(
            path.clone(),
            &stat,
            Arc::new(directory),
            name,
        )))
    }

    /// The name alone, without directories.
    #[must_use]
    pub fn name(&self) -> &[u8] {
        self.name.to_bytes()
    }

    /// Opens it for reading. It is the very file that the walk saw, or the answer is an error.
    ///
    /// # Errors
    /// It has been replaced or removed since, or permission is refused.
    pub fn open(&self) -> io::Result<File> {
        let file = open_file_at(&self.parent, self.name.as_c_str())?;
        let stat = fstat(&file)?;
        if (stat.st_dev, stat.st_ino) != (self.device, self.inode) {
            return Err(io::Error::other("it was replaced meanwhile"));
        }
        Ok(file)
    }

    /// Owner, mode and extended attributes.
    ///
    /// # Errors
    /// It has been removed since.
    pub fn ownership(&self) -> Result<Ownership, Failure> {
        // Attributes can only be asked for by path; this one leads through the open directory.
        let parent = PathBuf::from(format!("/proc/self/fd/{}", self.parent.as_raw_fd()));
        let path = parent.join(OsStr::from_bytes(self.name.to_bytes()));
        read_ownership(&path).map_err(|mut failure| {
            failure.message = format!("{} could not be looked at", self.path.display());
            failure
        })
    }

    /// What a symbolic link says, as bytes.
    ///
    /// # Errors
    /// It is no link, or has been removed since.
    pub fn link_target(&self) -> io::Result<Vec<u8>> {
        Ok(readlinkat(&*self.parent, self.name.as_c_str())?.into_vec())
    }

    /// What lies beside it under its name with `suffix` added, if anything.
    #[must_use]
    pub fn sibling(&self, suffix: &str) -> Option<Sibling> {
        let name = CString::new([self.name.to_bytes(), suffix.as_bytes()].concat()).ok()?;
        let stat = fstatat(&*self.parent, name.as_c_str(), AtFlags::AT_SYMLINK_NOFOLLOW).ok()?;
        Some(Sibling {
            kind: kind_of(&stat),
            size_bytes: size_of(&stat),
            modified_at_seconds: stat.st_mtime,
        })
    }
}

fn kind_of(stat: &FileStat) -> WalkKind {
    match SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT {
        SFlag::S_IFDIR => WalkKind::Directory,
        SFlag::S_IFREG => WalkKind::File,
        SFlag::S_IFLNK => WalkKind::Symlink,
        _ => WalkKind::Other,
    }
}

fn size_of(stat: &FileStat) -> u64 {
    u64::try_from(stat.st_size).unwrap_or(0)
}

/// Some fields of `stat` are 32 bits wide on some processors.
fn widened(number: impl Into<u64>) -> u64 {
    number.into()
}

/// A directory that the walk is in.
#[derive(Debug)]
struct Level {
    directory: Arc<OwnedFd>,
    path: Vec<u8>,
    names: std::vec::IntoIter<CString>,
}

/// A walk through one mount. See [`walk_files`].
#[derive(Debug)]
pub struct Walk {
    limits: WalkLimits,
    root_device: u64,
    /// On overlay file systems only directories have the device of the mount.
    devices_of_files_count: bool,
    mounted: Vec<Vec<u8>>,
    levels: Vec<Level>,
    queue: VecDeque<Step>,
    /// The directory that was told of last: its content comes next.
    next_level: Option<(Arc<OwnedFd>, CString, Vec<u8>)>,
    seen: u64,
    ended: bool,
}

/// Walks through what is mounted at `root`: a directory, or one file, whose path is then empty.
///
/// In each directory names come in the order of their bytes, and a directory's content right after
/// it. The root directory itself is not an entry. What cannot be looked at is a step like any other;
/// whoever walks decides how bad it is, and whether to go on.
///
/// # Errors
/// There is nothing at `root`.
pub fn walk_files(root: &Path, limits: WalkLimits) -> Result<Walk, Failure> {
    let failed = |error: io::Error| {
        Failure::io(
            format!("{} could not be looked through", root.display()),
            &error,
        )
    };
    let nameless = || Failure::new(FailureKind::Io, format!("{} has no name", root.display()));
    let root = root.canonicalize().map_err(failed)?;
    let name = root.file_name().ok_or_else(nameless)?;
    let parent = root.parent().ok_or_else(nameless)?;
    let name = CString::new(name.as_bytes()).map_err(|error| failed(error.into()))?;
    let parent = nix::fcntl::open(
        parent,
        OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC,
        Mode::empty(),
    );
    let parent = Arc::new(parent.map_err(|error| failed(error.into()))?);
    let stat = fstatat(&*parent, name.as_c_str(), AtFlags::AT_SYMLINK_NOFOLLOW)
        .map_err(|error| failed(error.into()))?;
    let mut walk = Walk {
        limits,
        root_device: stat.st_dev,
        devices_of_files_count: file_system_of(&root)?.0 != "overlay",
        mounted: mounted_below(&root),
        levels: Vec::new(),
        queue: VecDeque::new(),
        next_level: None,
        seen: 0,
        ended: false,
    };
    if kind_of(&stat) == WalkKind::Directory {
        walk.next_level = Some((parent, name, Vec::new()));
    } else {
        let entry = Entry::new(RelativePath::default(), &stat, parent, name);
        walk.queue.push_back(Step::Entry(entry));
    }
    Ok(walk)
}

impl Iterator for Walk {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        loop {
            if let Some(step) = self.queue.pop_front() {
                return Some(step);
            }
            if self.ended {
                return None;
            }
            if let Some((parent, name, path)) = self.next_level.take() {
                self.enter(&parent, &name, path);
                continue;
            }
            match self.levels.last_mut()?.names.next() {
                Some(name) => self.step(name),
                None => {
                    self.levels.pop();
                }
            }
        }
    }
}

impl Walk {
    fn enter(&mut self, parent: &OwnedFd, name: &CStr, path: Vec<u8>) {
        if self.levels.len() >= self.limits.max_depth.min(DEEPEST) as usize {
            let message = format!("it is more than {} directories deep", self.levels.len());
            return self.skip(&path, SkipReason::TooDeep, message);
        }
        let (directory, names) = match self.names_of(parent, name, &path) {
            Ok(read) => read,
            Err(errno) => return self.skip_unreadable(&path, errno),
        };
        let directory = Arc::new(directory);
        self.levels.push(Level {
            directory,
            path,
            names: names.into_iter(),
        });
    }

    fn names_of(
        &mut self,
        parent: &OwnedFd,
        name: &CStr,
        path: &[u8],
    ) -> nix::Result<(OwnedFd, Vec<CString>)> {
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        let directory = match openat(parent, name, flags | OFlag::O_NOATIME, Mode::empty()) {
            // Only the owner may leave the access time alone.
            Err(Errno::EPERM) => openat(parent, name, flags, Mode::empty())?,
            other => other?,
        };
        if fstat(&directory)?.st_dev != self.root_device {
            // Mounted, or exchanged for such a thing, since its name was looked at.
            return Err(Errno::EXDEV);
        }
        let copy = directory.try_clone().map_err(|_| Errno::EMFILE)?;
        let room = self.limits.max_entries.saturating_sub(self.seen);
        let mut names = Vec::new();
        for entry in Dir::from_fd(copy)?.iter() {
            let name = match entry {
                Ok(entry) => entry.file_name().to_owned(),
                Err(errno) => {
                    // What was read so far is looked at all the same.
                    self.skip_unreadable(path, errno);
                    break;
                }
            };
            if matches!(name.to_bytes(), b"." | b"..") || name.to_bytes().starts_with(HIDDEN_PREFIX)
            {
                continue;
            }
            names.push(name);
            let look_at_clock = names.len().is_multiple_of(NAMES_PER_LOOK_AT_CLOCK);
            // One name more than there is room for, so that the limit is noticed and told of.
            if names.len() as u64 > room || (look_at_clock && self.is_late()) {
                break;
            }
        }
        names.sort_unstable();
        Ok((directory, names))
    }

    fn step(&mut self, name: CString) {
        let level = self.levels.last().expect("a name comes from a directory");
        let directory = Arc::clone(&level.directory);
        let mut path = level.path.clone();
        if self.seen >= self.limits.max_entries {
            let message = format!("there are more than {} names", self.limits.max_entries);
            return self.end(&path, SkipReason::TooMany, message);
        }
        if self.is_late() {
            let message = format!("the time was over after {} names", self.seen);
            return self.end(&path, SkipReason::TooLate, message);
        }
        self.seen += 1;
        if !path.is_empty() {
            path.push(b'/');
        }
        path.extend_from_slice(name.to_bytes());
        let stat = match fstatat(&*directory, name.as_c_str(), AtFlags::AT_SYMLINK_NOFOLLOW) {
            Ok(stat) => stat,
            // Removed since its name was read.
            Err(Errno::ENOENT) => return,
            Err(errno) => return self.skip_unreadable(&path, errno),
        };
        if self.is_elsewhere(&path, &stat) {
            let message = "something else is mounted there".to_owned();
            return self.skip(&path, SkipReason::NestedMount, message);
        }
        let Some(relative) = RelativePath::new(path.clone()) else {
            let message = "its name is not one".to_owned();
            return self.skip(b"", SkipReason::Unreadable, message);
        };
        let entry = Entry::new(relative, &stat, Arc::clone(&directory), name.clone());
        if entry.kind == WalkKind::Directory {
            self.next_level = Some((directory, name, path));
        }
        self.queue.push_back(Step::Entry(entry));
    }

    fn is_elsewhere(&self, path: &[u8], stat: &FileStat) -> bool {
        let has_device = match kind_of(stat) {
            WalkKind::Directory => true,
            WalkKind::File => self.devices_of_files_count,
            WalkKind::Symlink | WalkKind::Other => false,
        };
        (has_device && stat.st_dev != self.root_device)
            || self.mounted.iter().any(|mounted| mounted == path)
    }

    fn is_late(&self) -> bool {
        self.limits
            .deadline
            .is_some_and(|deadline| Instant::now() >= deadline)
    }

    fn end(&mut self, path: &[u8], reason: SkipReason, message: String) {
        self.skip(path, reason, message);
        self.ended = true;
    }

    fn skip_unreadable(&mut self, path: &[u8], errno: Errno) {
        match errno {
            Errno::ENOENT => {}
            Errno::EXDEV => {
                let message = "something else is mounted there".to_owned();
                self.skip(path, SkipReason::NestedMount, message);
            }
            _ => self.skip(path, SkipReason::Unreadable, errno.desc().to_lowercase()),
        }
    }

    fn skip(&mut self, path: &[u8], reason: SkipReason, message: String) {
        let path = RelativePath::new(path).unwrap_or_default();
        self.queue.push_back(Step::Skipped(Skipped {
            path,
            reason,
            message,
        }));
    }
}
