//! What a child sees of a database and its surroundings before SQLite opens it.

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nix::errno::Errno;
use nix::unistd::{AccessFlags, access};
use serde::{Deserialize, Serialize};

use super::header::{self, Header, Sniffed};
use super::journal::{self, Journal};
use crate::RelativePath;
use crate::manifest::{DatabaseKind, Ownership};

/// What was seen.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Look {
    /// What the file is.
    pub(crate) kind: DatabaseKind,
    /// Its header.
    pub(crate) header: Option<Header>,
    /// Size of the main file.
    pub(crate) size_bytes: u64,
    /// Size of the `-wal` file, if there is one.
    pub(crate) wal_bytes: Option<u64>,
    /// There is a `-shm` file.
    pub(crate) has_shm: bool,
    /// A rollback journal that is to be played back, as far as its bytes tell.
    pub(crate) journal_is_hot: bool,
    /// Names of the file.
    pub(crate) link_count: u64,
    /// The file's device and inode: two names with the same are one file.
    pub(crate) device_and_inode: (u64, u64),
    /// This identity may write the file, were it not for a read-only mount.
    pub(crate) may_write: bool,
    /// It may also make files beside it, with the same exception.
    pub(crate) may_write_beside: bool,
    /// Owner, mode, attributes.
    pub(crate) ownership: Ownership,
}

/// What came of looking.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "sight", rename_all = "kebab-case")]
pub(crate) enum Sight {
    /// Here it is.
    Found {
        /// What was seen.
        look: Box<Look>,
    },
    /// This identity may not go there or read it.
    Denied {
        /// Owner of what refused, or of the directory that could not be entered.
        uid: u32,
        /// Its group.
        gid: u32,
    },
    /// The path leads out of the mount.
    Escapes,
    /// It is no ordinary file.
    NotAFile,
    /// There is nothing.
    Missing,
}

/// A database at a place without symbolic links.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// The main file.
    pub(crate) path: PathBuf,
    /// The mount that it lies in.
    pub(crate) root: PathBuf,
}

/// The state that must not change while a database is read without locks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stamp {
    main: Vec<i64>,
    directory: Vec<i64>,
    wal: Option<Vec<i64>>,
    journal: Option<Vec<i64>>,
    has_shm: bool,
}

impl Place {
    /// The file with that ending beside the database.
    pub(crate) fn beside(&self, suffix: &str) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(suffix);
        PathBuf::from(name)
    }

    /// The directory of the database.
    pub(crate) fn directory(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("/"))
    }

    /// What the journal beside the database says; cold if there is none.
    ///
    /// # Errors
    /// What reading it fails with.
    pub(crate) fn journal(&self) -> io::Result<Journal> {
        match open_plain(&self.beside("-journal")) {
            Ok(file) => journal::read(&file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Journal::Cold),
            Err(error) => Err(error),
        }
    }

    /// The present state of the files.
    ///
    /// # Errors
    /// What `stat` fails with.
    pub(crate) fn stamp(&self) -> io::Result<Stamp> {
        let marks = |metadata: &Metadata| {
            let size = metadata.size().cast_signed();
            let (inode, mode) = (metadata.ino().cast_signed(), i64::from(metadata.mode()));
            let modified = [metadata.mtime(), metadata.mtime_nsec()];
            let changed = [metadata.ctime(), metadata.ctime_nsec()];
            vec![
                size,
                inode,
                mode,
                modified[0],
                modified[1],
                changed[0],
                changed[1],
            ]
        };
        Ok(Stamp {
            main: marks(&std::fs::symlink_metadata(&self.path)?),
            directory: marks(&std::fs::symlink_metadata(self.directory())?),
            wal: existing(&self.beside("-wal"))?.as_ref().map(marks),
            journal: existing(&self.beside("-journal"))?.as_ref().map(marks),
            has_shm: existing(&self.beside("-shm"))?.is_some(),
        })
    }
}

impl Stamp {
    /// Nothing lies beside the database that a reader without locks would miss.
    pub(crate) fn is_quiet(&self) -> bool {
        self.wal.as_ref().is_none_or(|marks| marks[0] == 0)
    }

    /// The database's own files are the same. What else comes and goes in the directory is of no
    /// concern to whoever reads these bytes.
    pub(crate) fn has_same_files(&self, other: &Self) -> bool {
        let files = |stamp: &Self| {
            (
                stamp.main.clone(),
                stamp.wal.clone(),
                stamp.journal.clone(),
                stamp.has_shm,
            )
        };
        files(self) == files(other)
    }

    /// When file or directory changed last.
    pub(crate) fn newest(&self) -> SystemTime {
        let time = |marks: &[i64]| {
            let seconds = u64::try_from(marks[5]).unwrap_or(0);
            UNIX_EPOCH + Duration::new(seconds, u32::try_from(marks[6]).unwrap_or(0))
        };
        time(&self.main).max(time(&self.directory))
    }
}

/// Finds the database inside its mount and looks at it.
///
/// # Errors
/// What the file system fails with, unless it is one of the answers.
pub(crate) fn look(root: &Path, path: &RelativePath) -> io::Result<(Sight, Option<Place>)> {
    let place = match resolve(root, path) {
        Ok(place) => place,
        Err(sight) => return Ok((sight?, None)),
    };
    match look_at(&place, path) {
        Ok(Some(look)) => Ok((
            Sight::Found {
                look: Box::new(look),
            },
            Some(place),
        )),
        Ok(None) => Ok((Sight::NotAFile, None)),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            Ok((denied(&place.path)?, None))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok((Sight::Missing, None)),
        Err(error) => Err(error),
    }
}

/// Opens an ordinary file for reading; waits for nothing.
///
/// # Errors
/// What opening fails with.
pub(crate) fn open_plain(path: &Path) -> io::Result<File> {
    let flags = nix::fcntl::OFlag::O_NONBLOCK | nix::fcntl::OFlag::O_NOFOLLOW;
    File::options()
        .read(true)
        .custom_flags(flags.bits())
        .open(path)
}

fn resolve(root: &Path, path: &RelativePath) -> Result<Place, io::Result<Sight>> {
    let below = path.below(root);
    let resolved =
        std::fs::canonicalize(root).and_then(|root| Ok((root, std::fs::canonicalize(&below)?)));
    let (root, resolved) = match resolved {
        Ok(both) => both,
        Err(error) => return Err(unresolved(root, &below, error)),
    };
    if !resolved.starts_with(&root) {
        return Err(Ok(Sight::Escapes));
    }
    Ok(Place {
        path: resolved,
        root,
    })
}

/// Why a path could not be resolved.
fn unresolved(root: &Path, below: &Path, error: io::Error) -> io::Result<Sight> {
    match error.kind() {
        io::ErrorKind::PermissionDenied => denied(below),
        io::ErrorKind::NotFound => {
            // A link that leads nowhere here leads somewhere in the application's own world.
            let dangles = below
                .ancestors()
                .take_while(|part| part.starts_with(root) && *part != root)
                .any(|part| std::fs::symlink_metadata(part).is_ok_and(|it| it.is_symlink()));
            Ok(if dangles {
                Sight::Escapes
            } else {
                Sight::Missing
            })
        }
        _ => Err(error),
    }
}

/// The owner of the deepest part of the path that can be seen.
fn denied(path: &Path) -> io::Result<Sight> {
    for part in path.ancestors() {
        match std::fs::symlink_metadata(part) {
            Ok(metadata) => {
                return Ok(Sight::Denied {
                    uid: metadata.uid(),
                    gid: metadata.gid(),
                });
            }
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::PermissionDenied.into())
}

fn look_at(place: &Place, path: &RelativePath) -> io::Result<Option<Look>> {
    let metadata = std::fs::symlink_metadata(&place.path)?;
    if !metadata.is_file() {
        return Ok(None);
    }
    // This is before SQLite opens anything in this process: closing the file loses no lock.
    let file = open_plain(&place.path)?;
    let Sniffed { kind, header } = header::sniff(&file, path, metadata.len())?;
    Ok(Some(Look {
        kind,
        header,
        size_bytes: metadata.len(),
        wal_bytes: existing(&place.beside("-wal"))?.map(|wal| wal.len()),
        has_shm: existing(&place.beside("-shm"))?.is_some(),
        journal_is_hot: place.journal()? != Journal::Cold,
        link_count: metadata.nlink(),
        device_and_inode: (metadata.dev(), metadata.ino()),
        may_write: permitted(&place.path, AccessFlags::W_OK),
        may_write_beside: permitted(place.directory(), AccessFlags::W_OK | AccessFlags::X_OK),
        ownership: ownership(&place.path, &metadata),
    }))
}

/// The kernel asks for permission before it looks whether the mount is read-only.
fn permitted(path: &Path, mode: AccessFlags) -> bool {
    matches!(access(path, mode), Ok(()) | Err(Errno::EROFS))
}

fn ownership(path: &Path, metadata: &Metadata) -> Ownership {
    // A file system without extended attributes has none to keep.
    let names = xattr::list(path)
        .map(Iterator::collect::<Vec<_>>)
        .unwrap_or_default();
    let value = |name: &std::ffi::OsStr| xattr::get(path, name).ok().flatten();
    let mut xattrs: Vec<_> = names
        .iter()
        .filter_map(|name| Some((name.to_str()?.to_owned(), STANDARD.encode(value(name)?))))
        .collect();
    xattrs.sort();
    Ownership {
        uid: metadata.uid(),
        gid: metadata.gid(),
        mode: metadata.mode() & 0o7777,
        xattrs,
    }
}

fn existing(path: &Path) -> io::Result<Option<Metadata>> {
    match std::fs::symlink_metadata(path) {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
