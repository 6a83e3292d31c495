//! Where a symbolic link inside a volume leads, worked out without ever following one.

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path};

use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, openat, readlinkat};
use nix::sys::stat::{FileStat, Mode, SFlag, fstatat};

use crate::RelativePath;

/// The kernel gives up after so many links, too.
const MAX_LINKS: u32 = 40;

/// Where a link leads.
#[derive(Debug)]
pub(super) enum Destination {
    /// To this, inside the volume, by its real path.
    Inside(RelativePath),
    /// Out of the volume.
    Outside,
    /// To nothing.
    Nowhere,
}

/// Finds where the link at `link`, which says `target`, leads.
pub(super) fn resolve(root: &Path, link: &RelativePath, target: &[u8]) -> Destination {
    let mut here: Vec<OsString> = link.as_path().iter().map(OsStr::to_owned).collect();
    here.pop();
    let mut pending = VecDeque::new();
    if !push_target(&mut pending, target) {
        return Destination::Outside;
    }
    let mut links = 1;
    while let Some(name) = pending.pop_front() {
        if name == ".." {
            if here.pop().is_none() {
                return Destination::Outside;
            }
            continue;
        }
        here.push(name);
        let Ok(stat) = look_at(root, &here) else {
            return Destination::Nowhere;
        };
        if SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT != SFlag::S_IFLNK {
            continue;
        }
        links += 1;
        let Ok(target) = read_link(root, &here) else {
            return Destination::Nowhere;
        };
        here.pop();
        if links > MAX_LINKS {
            return Destination::Nowhere;
        }
        if !push_target(&mut pending, target.as_bytes()) {
            return Destination::Outside;
        }
    }
    match RelativePath::new(here.join(OsStr::new("/")).as_bytes()) {
        Some(path) => Destination::Inside(path),
        None => Destination::Nowhere,
    }
}

/// Puts the names of a link's target before those still to go; `false` if it begins at the root
/// directory, which for the application is not the volume's.
fn push_target(pending: &mut VecDeque<OsString>, target: &[u8]) -> bool {
    let target = Path::new(OsStr::from_bytes(target));
    for component in target.components().rev() {
        match component {
            Component::Normal(name) => pending.push_front(name.to_owned()),
            Component::ParentDir => pending.push_front("..".into()),
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return false,
        }
    }
    true
}

fn look_at(root: &Path, names: &[OsString]) -> nix::Result<FileStat> {
    let (name, directory) = open_directory_of(root, names)?;
    fstatat(&directory, name, AtFlags::AT_SYMLINK_NOFOLLOW)
}

fn read_link(root: &Path, names: &[OsString]) -> nix::Result<OsString> {
    let (name, directory) = open_directory_of(root, names)?;
    readlinkat(&directory, name)
}

fn open_directory_of<'a>(
    root: &Path,
    names: &'a [OsString],
) -> nix::Result<(&'a OsStr, std::os::fd::OwnedFd)> {
    let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    let (name, directories) = names.split_last().ok_or(Errno::ENOENT)?;
    let mut directory = nix::fcntl::open(root, flags, Mode::empty())?;
    for name in directories {
        directory = openat(
            &directory,
            name.as_os_str(),
            flags | OFlag::O_NOFOLLOW,
            Mode::empty(),
        )?;
    }
    Ok((name, directory))
}
