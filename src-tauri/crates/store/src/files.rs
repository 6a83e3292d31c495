//! The file system, done carefully: writes that survive a power cut, owners and attributes, room
//! left, and opening a path without following a link anywhere on the way.
//!
//! Must never be here: anything that knows what a backup or a database is.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{
    DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown, lchown,
};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nix::errno::Errno;
use nix::fcntl::{OFlag, open, openat};
use nix::sys::stat::Mode;
use nix::sys::statfs::statfs;
use nix::sys::statvfs::statvfs;
use sha2::{Digest, Sha256};
use xattr::FileExt as _;

use crate::manifest::Ownership;
use crate::{Failure, FailureKind, RelativePath};

/// How the name of a file ends that [`write_atomic`] has not finished.
pub const PARTIAL_SUFFIX: &str = ".partial";

/// The permission bits of `st_mode`.
const PERMISSION_BITS: u32 = 0o7777;
/// Set-user-id and set-group-id, which the kernel clears when the owner changes.
const SET_ID_BITS: u32 = 0o6000;
/// File capabilities, which the kernel removes when the owner changes.
const CAPABILITY_ATTRIBUTE: &str = "security.capability";
/// Temporary names tried before giving up; each one that is taken is a leftover of a killed run.
const TEMPORARY_NAME_ATTEMPTS: u32 = 1000;

static TEMPORARY_NAME: AtomicU64 = AtomicU64::new(0);

/// Puts `bytes` at `path` so that after a crash either the old content or the new is there: written
/// beside it, synced, renamed over it, directory synced.
///
/// # Errors
/// Whatever the file system refuses; the old content is then still there.
pub fn write_atomic(path: &Path, bytes: &[u8], mode: u32) -> Result<(), Failure> {
    let directory = path.parent().ok_or_else(|| {
        Failure::new(
            FailureKind::Io,
            format!("{} has no directory", path.display()),
        )
    })?;
    replace(path, bytes, mode, true)?;
    fsync_directory(directory)
}

/// Puts `bytes` at `path` in one step for those who read meanwhile, but does not wait for the disk:
/// for what can be made again. After a power cut the file may be empty.
///
/// # Errors
/// Whatever the file system refuses; the old content is then still there.
pub fn write_derived(path: &Path, bytes: &[u8], mode: u32) -> Result<(), Failure> {
    replace(path, bytes, mode, false)
}

fn replace(path: &Path, bytes: &[u8], mode: u32, sync: bool) -> Result<(), Failure> {
    let failed =
        |error: io::Error| Failure::io(format!("{} could not be written", path.display()), &error);
    let (temporary, mut file) = create_temporary(path, mode).map_err(failed)?;
    // The mode given at creation went through the umask.
    let written = file
        .set_permissions(Permissions::from_mode(mode))
        .and_then(|()| file.write_all(bytes))
        .and_then(|()| if sync { file.sync_all() } else { Ok(()) })
        .and_then(|()| fs::rename(&temporary, path));
    written.map_err(|error| {
        // Whether this works or not, the failure above is the one to tell; sweeping finds the rest.
        let _ = fs::remove_file(&temporary);
        failed(error)
    })
}

fn create_temporary(path: &Path, mode: u32) -> io::Result<(PathBuf, File)> {
    let name = path
        .file_name()
        .ok_or(ErrorKind::InvalidInput)?
        .to_string_lossy()
        .into_owned();
    for _ in 0..TEMPORARY_NAME_ATTEMPTS {
        let number = TEMPORARY_NAME.fetch_add(1, Ordering::Relaxed);
        // Each helper is process 1 of its own container, so another one's leftover may have the name.
        let temporary = path.with_file_name(format!(
            ".{name}.{}-{number}{PARTIAL_SUFFIX}",
            process::id()
        ));
        match OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(&temporary)
        {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
            Ok(file) => return Ok((temporary, file)),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

/// Makes names that were created, renamed or removed in a directory survive a power cut.
///
/// # Errors
/// The directory cannot be opened or synced.
pub fn fsync_directory(path: &Path) -> Result<(), Failure> {
    File::open(path)
        .and_then(|directory| directory.sync_all())
        .map_err(|error| {
            Failure::io(
                format!("the directory {} could not be synced", path.display()),
                &error,
            )
        })
}

/// Makes a directory with exactly this mode, whatever the umask says.
///
/// # Errors
/// It exists already, or cannot be made.
pub fn create_directory(path: &Path, mode: u32) -> Result<(), Failure> {
    DirBuilder::new()
        .mode(mode)
        .create(path)
        .and_then(|()| fs::set_permissions(path, Permissions::from_mode(mode)))
        .map_err(|error| {
            Failure::io(
                format!("the directory {} could not be made", path.display()),
                &error,
            )
        })
}

/// Removes a file or a whole directory tree, never following a link. Nothing there is fine.
///
/// # Errors
/// Something in it cannot be removed.
pub fn remove_tree(path: &Path) -> Result<(), Failure> {
    let removed = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => Err(error),
        Ok(metadata) if metadata.is_dir() => remove_directory(path),
        Ok(_) => fs::remove_file(path),
    };
    match removed {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Failure::io(
            format!("{} could not be removed", path.display()),
            &error,
        )),
        _ => Ok(()),
    }
}

fn remove_directory(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            open_up(path)?;
            fs::remove_dir_all(path)
        }
        other => other,
    }
}

/// Gives ourselves the right to write in each directory of a tree: unpacked ones may lack it.
fn open_up(directory: &Path) -> io::Result<()> {
    fs::set_permissions(directory, Permissions::from_mode(0o700))?;
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            open_up(&entry.path())?;
        }
    }
    Ok(())
}

/// Opens an ordinary file or directory below `root` for reading; a symbolic link anywhere below
/// `root` is refused, so nobody can lead us out of it.
///
/// # Errors
/// It does not exist, is or lies behind a link, or permission is refused.
pub fn open_beneath(root: &Path, path: &RelativePath) -> io::Result<File> {
    let mut names = path.as_path().iter().peekable();
    if names.peek().is_none() {
        return open_reading(|flags| open(root, flags, Mode::empty()));
    }
    let step = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    // What is above `root`, and `root` itself, is ours to trust.
    let mut directory = open(root, step, Mode::empty())?;
    while let Some(name) = names.next() {
        if names.peek().is_none() {
            return open_file_at(&directory, name);
        }
        directory = openat(&directory, name, step | OFlag::O_NOFOLLOW, Mode::empty())?;
    }
    Err(ErrorKind::NotFound.into())
}

/// Opens a name in an open directory for reading, never following a link, never waiting for the
/// other end of a pipe, and leaving the access time alone where that is permitted.
///
/// # Errors
/// It does not exist, is a link, or permission is refused.
pub fn open_file_at<N: ?Sized + nix::NixPath>(directory: &OwnedFd, name: &N) -> io::Result<File> {
    open_reading(|flags| openat(directory, name, flags | OFlag::O_NOFOLLOW, Mode::empty()))
}

fn open_reading(open: impl Fn(OFlag) -> nix::Result<OwnedFd>) -> io::Result<File> {
    let flags = OFlag::O_RDONLY | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC | OFlag::O_NOCTTY;
    let opened = match open(flags | OFlag::O_NOATIME) {
        // Only the owner may leave the access time alone.
        Err(Errno::EPERM) => open(flags),
        other => other,
    };
    Ok(File::from(opened?))
}

/// Owner, mode and extended attributes of what lies at `path`; of a link, its own.
///
/// Attributes that cannot be read are left out.
///
/// # Errors
/// There is nothing, or it cannot be looked at.
pub fn read_ownership(path: &Path) -> Result<Ownership, Failure> {
    let metadata = fs::symlink_metadata(path).map_err(|error| {
        Failure::io(format!("{} could not be looked at", path.display()), &error)
    })?;
    let names = xattr::list(path)
        .map(Iterator::collect::<Vec<_>>)
        .unwrap_or_default();
    Ok(ownership(
        &metadata,
        names
            .iter()
            .map(|name| (name.as_os_str(), xattr::get(path, name))),
    ))
}

/// Owner, mode and extended attributes of an open file or directory.
///
/// # Errors
/// It cannot be looked at.
pub fn read_ownership_of(file: &File) -> Result<Ownership, Failure> {
    let metadata = file
        .metadata()
        .map_err(|error| Failure::io("an open file could not be looked at", &error))?;
    let names = file
        .list_xattr()
        .map(Iterator::collect::<Vec<_>>)
        .unwrap_or_default();
    Ok(ownership(
        &metadata,
        names
            .iter()
            .map(|name| (name.as_os_str(), file.get_xattr(name))),
    ))
}

type Attribute<'a> = (&'a std::ffi::OsStr, io::Result<Option<Vec<u8>>>);

fn ownership<'a>(
    metadata: &fs::Metadata,
    attributes: impl Iterator<Item = Attribute<'a>>,
) -> Ownership {
    let mut xattrs: Vec<(String, String)> = attributes
        .filter_map(|(name, value)| {
            Some((
                name.to_str()?.to_owned(),
                STANDARD.encode(value.ok().flatten()?),
            ))
        })
        .collect();
    xattrs.sort();
    Ownership {
        uid: metadata.uid(),
        gid: metadata.gid(),
        mode: metadata.mode() & PERMISSION_BITS,
        xattrs,
    }
}

/// Gives what lies at `path` this owner, mode and attributes; a link its owner alone. Answers with
/// the names of attributes that the file system refused.
///
/// # Errors
/// Owner or mode cannot be set.
pub fn apply_ownership(path: &Path, wanted: &Ownership) -> Result<Vec<String>, Failure> {
    let failed = |what: &str, error: &io::Error| {
        Failure::io(
            format!("{what} of {} could not be set", path.display()),
            error,
        )
    };
    let metadata = fs::symlink_metadata(path).map_err(|error| failed("the owner", &error))?;
    if metadata.is_symlink() {
        lchown(path, Some(wanted.uid), Some(wanted.gid))
            .map_err(|error| failed("the owner", &error))?;
        return Ok(Vec::new());
    }
    match open_reading(|flags| open(path, flags | OFlag::O_NOFOLLOW, Mode::empty())) {
        Ok(file) => apply_ownership_to(&file, wanted).map_err(|mut failure| {
            failure.message = format!("{} ({})", failure.message, path.display());
            failure
        }),
        Err(error) => Err(failed("owner and mode", &error)),
    }
}

/// Gives an open file or directory this owner, mode and attributes. Answers with the names of
/// attributes that the file system refused.
///
/// Attributes come first, since they can only be written by the owner, then the mode, then the
/// owner; and what a change of owner takes away (set-id bits, capabilities) once more at the end.
///
/// # Errors
/// Owner or mode cannot be set.
pub fn apply_ownership_to(file: &File, wanted: &Ownership) -> Result<Vec<String>, Failure> {
    let refused = apply_attributes(file, wanted);
    let mode = Permissions::from_mode(wanted.mode & PERMISSION_BITS);
    let present = file
        .metadata()
        .map_err(|error| Failure::io("an open file could not be looked at", &error))?;
    file.set_permissions(mode.clone())
        .map_err(|error| Failure::io("the mode of a file could not be set", &error))?;
    if (present.uid(), present.gid()) == (wanted.uid, wanted.gid) {
        return Ok(refused);
    }
    fchown(file, Some(wanted.uid), Some(wanted.gid)).map_err(|error| {
        let owner = format!("{}:{}", wanted.uid, wanted.gid);
        Failure::io(
            format!("the owner {owner} of a file could not be set"),
            &error,
        )
    })?;
    let again = |name: &str| {
        wanted
            .xattrs
            .iter()
            .find(|(attribute, _)| attribute == name)
    };
    if let Some((name, value)) = again(CAPABILITY_ATTRIBUTE)
        && !refused.contains(name)
        && set_attribute(file, name, value).is_err()
    {
        return Ok([refused, vec![name.clone()]].concat());
    }
    if wanted.mode & SET_ID_BITS != 0 {
        file.set_permissions(mode).map_err(|error| {
            Failure::io("the set-id bits of a file could not be set again", &error)
        })?;
    }
    Ok(refused)
}

fn apply_attributes(file: &File, wanted: &Ownership) -> Vec<String> {
    // A new file may have inherited attributes from its directory that the old one did not have.
    for name in file.list_xattr().into_iter().flatten() {
        let name = name.to_string_lossy();
        let inherited = name.starts_with("user.") || name.starts_with("system.posix_acl_");
        if inherited && !wanted.xattrs.iter().any(|(kept, _)| *kept == name) {
            // What stays is no reason to fail: owner and mode are what guards the file.
            let _ = file.remove_xattr(&*name);
        }
    }
    let refused = wanted
        .xattrs
        .iter()
        .filter(|(name, value)| set_attribute(file, name, value).is_err());
    refused.map(|(name, _)| name.clone()).collect()
}

fn set_attribute(file: &File, name: &str, value: &str) -> io::Result<()> {
    let bytes = STANDARD
        .decode(value)
        .map_err(|error| io::Error::other(error.to_string()))?;
    if file.get_xattr(name).ok().flatten().as_deref() == Some(&bytes) {
        return Ok(());
    }
    file.set_xattr(name, &bytes)
}

/// What is left to whoever shares a disk with a vault: a twentieth of the disk, within bounds that fit a
/// volume of a few megabytes as well as a disk of terabytes.
const LEAST_MARGIN_BYTES: u64 = 1 << 20;
const MOST_MARGIN_BYTES: u64 = 64 << 20;

/// The room on a file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// What an ordinary user may still write.
    pub free_bytes: u64,
    /// What has to stay free.
    pub margin_bytes: u64,
    /// The size of the file system.
    pub total_bytes: u64,
}

impl Room {
    /// The room on the file system of `path`.
    ///
    /// # Errors
    /// The path cannot be looked at.
    pub fn at(path: &Path) -> Result<Self, Failure> {
        let answer = statvfs(path).map_err(|error| {
            Failure::io(
                format!("the free space at {} is unknown", path.display()),
                &error.into(),
            )
        })?;
        let bytes = |blocks: u64| blocks.saturating_mul(answer.fragment_size());
        Ok(Self {
            free_bytes: bytes(answer.blocks_available()),
            margin_bytes: (bytes(answer.blocks()) / 20)
                .clamp(LEAST_MARGIN_BYTES, MOST_MARGIN_BYTES),
            total_bytes: bytes(answer.blocks()),
        })
    }

    /// Fails with these words if so many bytes would take what has to stay free.
    ///
    /// # Errors
    /// `no-space`.
    pub fn require(self, bytes: u64, what_is_missing: &str) -> Result<(), Failure> {
        if self.has(bytes) {
            return Ok(());
        }
        Err(
            Failure::new(FailureKind::NoSpace, what_is_missing).with_detail(format!(
                "needed {} bytes, free {} bytes",
                bytes.saturating_add(self.margin_bytes),
                self.free_bytes
            )),
        )
    }

    /// So many bytes can be written, and enough stays free.
    #[must_use]
    pub fn has(self, bytes: u64) -> bool {
        self.free_bytes >= bytes.saturating_add(self.margin_bytes)
    }
}

/// Bytes that an ordinary user may still write on the file system of `path`.
///
/// # Errors
/// The path cannot be looked at.
pub fn free_bytes(path: &Path) -> Result<u64, Failure> {
    Room::at(path).map(|room| room.free_bytes)
}

/// The name of the file system of `path` (`0x…` if it is not one we know), and whether SQLite's
/// locks and shared memory work on it between containers.
///
/// # Errors
/// The path cannot be looked at.
pub fn file_system_of(path: &Path) -> Result<(String, bool), Failure> {
    let answer = statfs(path).map_err(|error| {
        Failure::io(
            format!("the file system at {} is unknown", path.display()),
            &error.into(),
        )
    })?;
    // The type's width and sign differ between C libraries; the magic is 32 bits everywhere.
    let magic = answer.filesystem_type().0 as u32;
    Ok(
        match FILE_SYSTEMS.iter().find(|(known, _, _)| *known == magic) {
            Some((_, name, trusted)) => ((*name).to_owned(), *trusted),
            None => (format!("{magic:#x}"), false),
        },
    )
}

/// Magic numbers of `statfs`, names, and whether locks are trusted. What is served from elsewhere
/// or through another program is not, however well it may behave in a try.
const FILE_SYSTEMS: &[(u32, &str, bool)] = &[
    (0x0000_ef53, "ext4", true),
    (0x5846_5342, "xfs", true),
    (0x9123_683e, "btrfs", true),
    (0x2fc1_2fc1, "zfs", true),
    (0x794c_7630, "overlay", true),
    (0x0102_1994, "tmpfs", true),
    (0xf2f5_2010, "f2fs", true),
    (0xca45_1a4e, "bcachefs", true),
    (0x8584_58f6, "ramfs", true),
    (0x3153_464a, "jfs", true),
    (0x5265_4973, "reiserfs", true),
    (0x0000_6969, "nfs", false),
    (0xff53_4d42, "cifs", false),
    (0xfe53_4d42, "smb2", false),
    (0x0000_517b, "smb", false),
    (0x0102_1997, "9p", false),
    // virtiofs and every FUSE file system share one number.
    (0x6573_5546, "fuse", false),
    (0x00c3_6400, "ceph", false),
    (0x786f_4256, "vboxsf", false),
    (0xbacb_acbc, "vmhgfs", false),
    (0x0bd0_0bd0, "lustre", false),
    (0x0116_1970, "gfs2", false),
    (0x7461_636f, "ocfs2", false),
    (0x5346_414f, "afs", false),
    (0x7375_7245, "coda", false),
    (0x0000_4d44, "vfat", false),
    (0x2011_bab0, "exfat", false),
    (0x7366_746e, "ntfs3", false),
    (0x0000_9660, "iso9660", false),
    (0x7371_7368, "squashfs", false),
];

/// The SHA-256 of everything that `reader` still has, in hexadecimal.
///
/// # Errors
/// Reading fails.
pub fn sha256_of(reader: &mut impl Read) -> Result<String, Failure> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok(hexadecimal(&hash.finalize())),
            Ok(count) => hash.update(&buffer[..count]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(Failure::io("content could not be read to its end", &error)),
        }
    }
}

/// The SHA-256 of bytes in memory, in hexadecimal.
#[must_use]
pub fn sha256_of_bytes(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// Bytes in lower-case hexadecimal.
#[must_use]
pub fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}
