//! Which entries may stand together in an archive: names, duplicates, links.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hasher, RandomState};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::import::Limits;
use super::text::{entry_label, shown};
use crate::failure::{Failure, FailureKind};
use crate::manifest::{ArchivedFile, EntryKind};
use crate::relative_path::RelativePath;

/// No name in an archive is longer: Linux's own limit on a path, and our prefix.
pub(super) const MAX_NAME_BYTES: usize = 4096 + 64;

/// No link's target is longer.
pub(super) const MAX_LINK_BYTES: usize = 4096;

/// Each path may bring along so many directories that nobody listed, counted over all entries.
const NODES_PER_ENTRY: u64 = 4;

/// A refusal that names what it is about.
pub(super) fn hostile(message: impl Into<String>) -> Failure {
    Failure::new(FailureKind::Hostile, message)
}

/// The name of an entry in the tar.
pub(super) fn entry_name(volume_index: u32, path: &RelativePath, directory: bool) -> Vec<u8> {
    let mut name = format!("volumes/{volume_index}").into_bytes();
    if !path.as_bytes().is_empty() {
        name.push(b'/');
        name.extend_from_slice(path.as_bytes());
    }
    if directory {
        name.push(b'/');
    }
    name
}

/// Takes an entry's name apart again.
pub(super) fn parse_entry_name(
    name: &[u8],
    directory: bool,
) -> Result<(u32, RelativePath), Failure> {
    let bad = |why: &str| hostile(format!("the entry {} {why}", shown(name)));
    if name.first() == Some(&b'/') {
        return Err(bad("has an absolute path"));
    }
    if name.split(|byte| *byte == b'/').any(|part| part == b"..") {
        return Err(bad("leaves its directory"));
    }
    let name = if directory {
        name.strip_suffix(b"/").unwrap_or(name)
    } else {
        name
    };
    let rest = name
        .strip_prefix(b"volumes/")
        .ok_or_else(|| bad("lies outside the volumes"))?;
    let (number, path) = match rest.iter().position(|byte| *byte == b'/') {
        Some(slash) => (&rest[..slash], &rest[slash + 1..]),
        None => (rest, &b""[..]),
    };
    let index = std::str::from_utf8(number)
        .ok()
        .and_then(|text| {
            text.parse::<u32>()
                .ok()
                .filter(|index| index.to_string() == text)
        })
        .ok_or_else(|| bad("lies outside the volumes"))?;
    let path = RelativePath::new(path)
        .filter(|path| rest.len() == number.len() || !path.as_bytes().is_empty())
        .ok_or_else(|| bad("has no plain path"))?;
    if is_ours(&path) {
        return Err(bad("has a name that only Lifeboat itself gives"));
    }
    Ok((index, path))
}

/// A part of the path begins as our own hidden directories do: capture never takes such a name, and a
/// restore would mistake it for its own.
fn is_ours(path: &RelativePath) -> bool {
    path.as_bytes()
        .split(|byte| *byte == b'/')
        .any(|part| part.starts_with(crate::scan::HIDDEN_PREFIX))
}

/// Does a symbolic link at `path` with that target stay inside its volume?
///
/// Resolved by its letters alone, against the directory that the link lies in. An absolute target
/// leaves. What capture stores has to pass this, or the backup could not be taken in again.
#[must_use]
pub fn link_target_stays_inside(path: &RelativePath, target: &[u8]) -> bool {
    resolve(path, target).is_some()
}

/// The directories that a target goes through and out of again, each as components from the
/// volume's root; `None` if it leaves the volume.
fn resolve<'a>(path: &'a RelativePath, target: &'a [u8]) -> Option<Vec<Vec<&'a [u8]>>> {
    let bad = target.is_empty() || target[0] == b'/' || target.contains(&0);
    if bad || target.len() > MAX_LINK_BYTES {
        return None;
    }
    let mut place: Vec<&[u8]> = path.as_bytes().split(|byte| *byte == b'/').collect();
    place.pop();
    let own_depth = place.len();
    let mut own = own_depth;
    let mut left = Vec::new();
    for part in target.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                // The link's own parents are known to be directories; others might be links.
                if place.len() > own {
                    left.push(place.clone());
                }
                place.pop()?;
                own = own.min(place.len());
            }
            name => place.push(name),
        }
    }
    Some(left)
}

/// What lies at a path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Node {
    /// A directory that another entry's path goes through.
    Implied,
    /// A directory with an entry of its own.
    Directory,
    File,
    Link,
}

/// The tree that an archive's entries make, as they come. Keeps keyed hashes and no names.
pub(super) struct Layout {
    volumes: HashSet<u32>,
    nodes: HashMap<u128, Node>,
    /// Places that a link's target goes into and out of again: must not be links.
    no_links: HashSet<u128>,
    keys: [RandomState; 2],
    entries: u64,
    max_entries: u64,
}

impl Layout {
    pub(super) fn new(volumes: impl IntoIterator<Item = u32>, max_entries: u64) -> Self {
        Self {
            volumes: volumes.into_iter().collect(),
            nodes: HashMap::new(),
            no_links: HashSet::new(),
            keys: [RandomState::new(), RandomState::new()],
            entries: 0,
            max_entries,
        }
    }

    /// Takes an entry in, or says why it cannot stand beside those before.
    pub(super) fn add(
        &mut self,
        volume_index: u32,
        path: &RelativePath,
        kind: EntryKind,
        link_target: &[u8],
    ) -> Result<(), Failure> {
        let bad = |why: &str| hostile(format!("{} {why}", entry_label(volume_index, path)));
        if !self.volumes.contains(&volume_index) {
            return Err(bad("lies in a volume that the archive does not know"));
        }
        if path.as_bytes().len() > MAX_NAME_BYTES - 64 {
            return Err(bad("has too long a path"));
        }
        self.entries += 1;
        if self.entries > self.max_entries || self.is_crowded() {
            return Err(hostile(format!("more than {} entries", self.max_entries)));
        }
        let components: Vec<&[u8]> = match path.as_bytes() {
            b"" => Vec::new(),
            bytes => bytes.split(|byte| *byte == b'/').collect(),
        };
        let keys = self.prefix_keys(volume_index, &components);
        let (own, parents) = keys.split_last().expect("the volume itself at least");
        for parent in parents {
            match self.nodes.entry(*parent).or_insert(Node::Implied) {
                Node::Implied | Node::Directory => {}
                Node::File => return Err(bad("lies below a file")),
                Node::Link => return Err(bad("lies below a symbolic link")),
            }
        }
        let node = match kind {
            EntryKind::Directory => Node::Directory,
            EntryKind::File | EntryKind::Database => Node::File,
            EntryKind::Symlink => Node::Link,
        };
        match self.nodes.get(own) {
            None => {}
            Some(Node::Implied) if node == Node::Directory => {}
            Some(_) => return Err(bad("is there twice")),
        }
        self.nodes.insert(*own, node);
        if node == Node::Link {
            self.add_link(volume_index, path, *own, link_target)?;
        }
        Ok(())
    }

    /// The link must not lead out, neither by its letters nor through another link.
    fn add_link(
        &mut self,
        volume_index: u32,
        path: &RelativePath,
        own: u128,
        target: &[u8],
    ) -> Result<(), Failure> {
        let label = || format!("the symbolic link {}", entry_label(volume_index, path));
        let leaves = || {
            hostile(format!(
                "{} to {} leaves the volume",
                label(),
                shown(target)
            ))
        };
        if path.as_bytes().is_empty() || self.no_links.contains(&own) {
            return Err(hostile(format!(
                "{} stands where another link passes",
                label()
            )));
        }
        for place in resolve(path, target).ok_or_else(leaves)? {
            // Every step on the way there counts: a link in the middle leads elsewhere, too.
            for key in self.prefix_keys(volume_index, &place) {
                if self.nodes.get(&key) == Some(&Node::Link) {
                    return Err(leaves());
                }
                self.no_links.insert(key);
            }
            if self.is_crowded() {
                return Err(hostile(format!("{} has too winding a target", label())));
            }
        }
        Ok(())
    }

    fn is_crowded(&self) -> bool {
        let nodes = self.nodes.len() as u64 + self.no_links.len() as u64;
        nodes
            > self
                .max_entries
                .saturating_mul(NODES_PER_ENTRY)
                .saturating_add(4096)
    }

    /// A key for the volume's root and for each prefix of the path. The hash is keyed anew for each
    /// archive, so nobody can prepare two paths that meet.
    fn prefix_keys(&self, volume_index: u32, components: &[&[u8]]) -> Vec<u128> {
        let mut hashers = self.keys.each_ref().map(BuildHasher::build_hasher);
        let mut keys = Vec::with_capacity(components.len() + 1);
        let mut add = |bytes: &[u8]| {
            let [high, low] = hashers.each_mut().map(|hasher| {
                hasher.write(bytes);
                hasher.write_u8(b'/');
                hasher.finish()
            });
            keys.push(u128::from(high) << 64 | u128::from(low));
        };
        add(&volume_index.to_le_bytes());
        components.iter().for_each(|part| add(part));
        keys
    }
}

/// The same rules for the list in a manifest: paths, duplicates, links, offsets in order.
///
/// # Errors
/// `hostile`, naming the entry.
pub fn validate_layout(files: &[ArchivedFile]) -> Result<(), Failure> {
    let volumes = files.iter().map(|file| file.volume_index);
    let mut layout = Layout::new(volumes, Limits::default().max_entries);
    let mut end = 0;
    for file in files {
        let bad = |why: &str| {
            hostile(format!(
                "{} {why}",
                entry_label(file.volume_index, &file.path)
            ))
        };
        let target = match (&file.link_target_base64, file.kind) {
            (Some(text), EntryKind::Symlink) => STANDARD
                .decode(text)
                .map_err(|_| bad("has an unreadable target"))?,
            (None, EntryKind::File | EntryKind::Database | EntryKind::Directory) => Vec::new(),
            _ => return Err(bad("has a target and is no link, or the other way round")),
        };
        if is_ours(&file.path) {
            return Err(bad("has a name that only Lifeboat itself gives"));
        }
        let has_content = matches!(file.kind, EntryKind::File | EntryKind::Database);
        if !has_content && file.size_bytes != 0 {
            return Err(bad("has a size and no content"));
        }
        let content_end = file.raw_offset.checked_add(file.size_bytes);
        end = content_end
            .filter(|_| file.raw_offset >= end)
            .ok_or_else(|| bad("does not lie behind the entry before it"))?;
        layout.add(file.volume_index, &file.path, file.kind, &target)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> RelativePath {
        RelativePath::new(text).expect("a plain path")
    }

    #[test]
    fn links_that_leave_are_told_from_those_that_stay() {
        for (link, target, stays) in [
            ("a", "b", true),
            ("d/a", "../b", true),
            ("d/a", "..", true),
            ("d/e/a", "../../x/./y", true),
            ("a", "x/../y", true),
            ("a", "..", false),
            ("d/a", "../../b", false),
            ("a", "x/../../y", false),
            ("a", "/etc/passwd", false),
            ("a", "", false),
        ] {
            let said = link_target_stays_inside(&path(link), target.as_bytes());
            assert_eq!(said, stays, "{link} -> {target}");
        }
    }

    #[test]
    fn a_link_that_leaves_through_another_link_is_refused_in_either_order() {
        let deep = (path("x/y/z"), &b"../.."[..]);
        let through = (path("p"), &b"x/y/z/../../etc"[..]);
        for order in [[&deep, &through], [&through, &deep]] {
            let mut layout = Layout::new([0], 100);
            let mut said = Ok(());
            for (path, target) in order {
                said = said.and_then(|()| layout.add(0, path, EntryKind::Symlink, target));
            }
            assert_eq!(said.expect_err("it leaves").kind, FailureKind::Hostile);
        }
    }

    #[test]
    fn entry_names_survive_and_others_are_refused() {
        for (bytes, directory) in [
            (&b"a/b"[..], false),
            (b"", true),
            (b"\xff\n", true),
            (b"", false),
        ] {
            let path = RelativePath::new(bytes).expect("a plain path");
            let name = entry_name(7, &path, directory);
            assert_eq!(
                parse_entry_name(&name, directory).expect("our own"),
                (7, path)
            );
        }
        for bad in [
            "/volumes/0/a",
            "volumes/0/../a",
            "volumes/00/a",
            "volumes/-1/a",
            "volumes/0//a",
            "volumes/0/./a",
            "volumes/0/a/",
            "other/0/a",
            "volumes",
            "volumes/0/",
            "volumes/x",
        ] {
            parse_entry_name(bad.as_bytes(), false).expect_err(bad);
        }
    }
}
