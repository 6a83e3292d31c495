//! The directory that a rescue fills, and that it removes again unless it was worth keeping.

use std::collections::{HashMap, HashSet};
use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use nix::errno::Errno;
use sha2::{Digest, Sha256};

use super::intake::Incoming;
use super::text::{carried, hex};
use crate::failure::{Failure, FailureKind};
use crate::manifest::BackedVolume;

/// No volume's directory has a longer name.
const MAX_DIRECTORY_NAME_BYTES: usize = 100;

/// What became of a file.
pub(super) enum Written {
    /// It is there.
    Whole { path: PathBuf, sha256: String },
    /// This file system cannot have it, and why.
    Impossible(String),
}

/// A directory that is being filled. Removed with everything in it when it is dropped without
/// [`RescueTarget::keep`].
pub(super) struct RescueTarget {
    directory: PathBuf,
    existed: bool,
    kept: bool,
    volume_names: HashMap<u32, String>,
    /// Made last, so that nothing is ever written through a link.
    links: Vec<(PathBuf, Vec<u8>)>,
    /// Set last, so that a directory can be filled before it becomes read-only.
    modes: Vec<(PathBuf, u32, i64)>,
}

impl RescueTarget {
    /// Makes the directory, for the user alone; it may be there already if it is empty.
    pub(super) fn create(to: &Path, volumes: &[BackedVolume]) -> Result<Self, Failure> {
        let label = to.display();
        let refused = |error: io::Error| Failure::io(format!("cannot use {label}"), &error);
        let existed = match fs::read_dir(to) {
            Ok(mut entries) => {
                if entries.next().is_some() {
                    return Err(Failure::new(
                        FailureKind::Unsupported,
                        format!("{label} is there already and is not empty"),
                    ));
                }
                true
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                DirBuilder::new()
                    .recursive(true)
                    .mode(0o700)
                    .create(to)
                    .map_err(refused)?;
                false
            }
            Err(error) => return Err(refused(error)),
        };
        let target = Self {
            directory: to.to_path_buf(),
            existed,
            kept: false,
            volume_names: safe_names(volumes),
            links: Vec::new(),
            modes: Vec::new(),
        };
        make_directory(&to.join("volumes")).map_err(refused)?;
        Ok(target)
    }

    /// Where an entry goes.
    fn place_of(&self, entry: &Incoming) -> Result<PathBuf, Failure> {
        let name = self.volume_names.get(&entry.volume_index).ok_or_else(|| {
            Failure::new(
                FailureKind::Hostile,
                format!("no volume {}", entry.volume_index),
            )
        })?;
        Ok(entry.path.below(&self.directory.join("volumes").join(name)))
    }

    /// Makes a directory; its mode comes later.
    pub(super) fn add_directory(&mut self, entry: &Incoming) -> Result<Option<String>, Failure> {
        let place = self.place_of(entry)?;
        if let Err(error) = self
            .make_way_to(&place)
            .and_then(|()| make_directory(&place))
        {
            return impossible(&error)
                .map(Some)
                .ok_or_else(|| cannot_write(&place, error));
        }
        // The owner is another one now, and has to be able to look in and to clean up.
        let mode = entry.ownership.mode & 0o777 | 0o700;
        self.modes.push((place, mode, entry.modified_at_seconds));
        Ok(None)
    }

    /// Remembers a link.
    pub(super) fn add_link(&mut self, entry: &Incoming) -> Result<(), Failure> {
        let place = self.place_of(entry)?;
        self.links.push((place, entry.link_target.clone()));
        Ok(())
    }

    /// Writes a file; one whose content fails is not left behind.
    pub(super) fn add_file(
        &mut self,
        entry: &Incoming,
        content: &mut dyn Read,
    ) -> Result<Written, Failure> {
        let place = self.place_of(entry)?;
        let opened = self.make_way_to(&place).and_then(|()| {
            OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&place)
        });
        let mut file = match opened {
            Ok(file) => file,
            Err(error) => {
                return impossible(&error)
                    .map(Written::Impossible)
                    .ok_or_else(|| cannot_write(&place, error));
            }
        };
        let copied = copy_hashed(content, &mut file, &place).and_then(|sha256| {
            // Never setuid, setgid or sticky: it belongs to somebody else now.
            file.set_permissions(Permissions::from_mode(entry.ownership.mode & 0o777))
                .and_then(|()| file.set_modified(time_of(entry.modified_at_seconds)))
                .map_err(|error| cannot_write(&place, error))?;
            Ok(sha256)
        });
        match copied {
            Ok(sha256) => Ok(Written::Whole {
                path: place,
                sha256,
            }),
            Err(failure) => {
                fs::remove_file(&place).map_err(|error| cannot_write(&place, error))?;
                Err(failure)
            }
        }
    }

    /// Everything was written: makes the links, sets the modes. Says which links could not be made.
    pub(super) fn keep(mut self) -> Result<Vec<String>, Failure> {
        let mut unmade = Vec::new();
        for (place, target) in std::mem::take(&mut self.links) {
            let made = self
                .make_way_to(&place)
                .and_then(|()| symlink(std::ffi::OsStr::from_bytes(&target), &place));
            if let Err(error) = made {
                unmade.push(format!(
                    "the link {} could not be made: {error}",
                    place.display()
                ));
            }
        }
        // The deepest first: setting a mode must not close the way to the next.
        for (place, mode, seconds) in self.modes.iter().rev() {
            let set = fs::set_permissions(place, Permissions::from_mode(*mode))
                .and_then(|()| fs::File::open(place)?.set_modified(time_of(*seconds)));
            set.map_err(|error| cannot_write(place, error))?;
        }
        self.kept = true;
        Ok(unmade)
    }

    /// Makes the directories above a place. No link is among them, since links come last.
    fn make_way_to(&self, place: &Path) -> io::Result<()> {
        let parent = place.parent().unwrap_or(&self.directory);
        DirBuilder::new().recursive(true).mode(0o700).create(parent)
    }
}

impl Drop for RescueTarget {
    fn drop(&mut self) {
        if self.kept {
            return;
        }
        // Whoever asked learns of the failure that led here; a rest that stays is theirs to see.
        fs::remove_dir_all(self.directory.join("volumes")).ok();
        if !self.existed {
            fs::remove_dir(&self.directory).ok();
        }
    }
}

fn make_directory(place: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(place)
}

fn cannot_write(place: &Path, error: io::Error) -> Failure {
    carried(error, &format!("cannot write {}", place.display()))
}

/// Why this file system cannot have a file of that name, if that is what the error means.
fn impossible(error: &io::Error) -> Option<String> {
    match error.raw_os_error().map(Errno::from_raw)? {
        Errno::ENAMETOOLONG => Some("its name is too long here".to_owned()),
        Errno::EILSEQ | Errno::EINVAL => Some("its name is not possible here".to_owned()),
        Errno::EEXIST => Some("another file has the same name here".to_owned()),
        _ => None,
    }
}

fn copy_hashed(
    content: &mut dyn Read,
    file: &mut fs::File,
    place: &Path,
) -> Result<String, Failure> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 128 << 10];
    loop {
        let count = match content.read(&mut buffer) {
            Ok(0) => return Ok(hex(&hash.finalize())),
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(carried(error, "cannot read the archive")),
        };
        hash.update(&buffer[..count]);
        file.write_all(&buffer[..count])
            .map_err(|error| cannot_write(place, error))?;
    }
}

/// A time as the file system takes it; one out of its range becomes 1970.
fn time_of(seconds: i64) -> SystemTime {
    let distance = Duration::from_secs(seconds.unsigned_abs());
    let time = if seconds < 0 {
        UNIX_EPOCH.checked_sub(distance)
    } else {
        UNIX_EPOCH.checked_add(distance)
    };
    time.unwrap_or(UNIX_EPOCH)
}

/// A directory's name for each volume: plain letters, none twice even where case does not count.
fn safe_names(volumes: &[BackedVolume]) -> HashMap<u32, String> {
    let mut taken = HashSet::new();
    let mut names = HashMap::new();
    for volume in volumes {
        let plain = |letter: char| {
            if letter.is_ascii_alphanumeric() || "._-".contains(letter) {
                letter
            } else {
                '_'
            }
        };
        let text: String = volume
            .name
            .chars()
            .map(plain)
            .take(MAX_DIRECTORY_NAME_BYTES)
            .collect();
        let text = text.trim_start_matches(['.', '-', '_']);
        let mut name = if text.is_empty() {
            "volume".to_owned()
        } else {
            text.to_owned()
        };
        while !taken.insert(name.to_ascii_lowercase()) {
            name = format!("{name}-{}", volume.index);
        }
        names.insert(volume.index, name);
    }
    names
}
