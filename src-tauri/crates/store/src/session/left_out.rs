//! What a backup of whole volumes is asked to leave out, and what it takes all the same.

use std::collections::BTreeSet;

use crate::excludes::Excludes;
use crate::manifest::{Finding, LeftOut};
use crate::relative_path::RelativePath;
use crate::scan::walk::{Entry, WalkKind};
use crate::scan::{self, SIDE_FILE_SUFFIXES};

/// Decides, and counts.
pub(super) struct LeavingOut<'a> {
    excludes: &'a Excludes,
    /// Databases that only this walk found.
    spared: BTreeSet<(u32, RelativePath)>,
    file_count: u64,
    size_bytes: u64,
}

impl<'a> LeavingOut<'a> {
    pub(super) fn new(excludes: &'a Excludes) -> Self {
        Self {
            excludes,
            spared: BTreeSet::new(),
            file_count: 0,
            size_bytes: 0,
        }
    }

    /// Whether something that is no database known so far belongs into the backup. Where not `all_known`,
    /// a database that the scan did not get to may be among what is left out: it is taken as it lies there,
    /// as it would be without patterns.
    pub(super) fn takes(&mut self, index: u32, entry: &Entry, all_known: bool) -> bool {
        if self.excludes.matching(&entry.path).is_none() {
            return true;
        }
        if !all_known && self.spares(index, entry) {
            return true;
        }
        if entry.kind != WalkKind::Directory {
            self.file_count += 1;
        }
        if entry.kind == WalkKind::File {
            self.size_bytes += entry.size_bytes;
        }
        false
    }

    /// A database's own name comes before those of its side files.
    fn spares(&mut self, index: u32, entry: &Entry) -> bool {
        let path = entry.path.as_bytes();
        let mut owners = SIDE_FILE_SUFFIXES
            .iter()
            .filter_map(|suffix| RelativePath::new(path.strip_suffix(suffix.as_bytes())?));
        if owners.any(|owner| self.spared.contains(&(index, owner))) {
            return true;
        }
        scan::is_database(entry) && self.spared.insert((index, entry.path.clone()))
    }

    pub(super) fn spared(&self) -> impl Iterator<Item = (u32, &RelativePath)> {
        self.spared.iter().map(|(index, path)| (*index, path))
    }

    /// For the manifest.
    pub(super) fn told(&self) -> Option<LeftOut> {
        (!self.excludes.is_empty()).then(|| LeftOut {
            patterns: self.excludes.texts(),
            file_count: self.file_count,
            size_bytes: self.size_bytes,
        })
    }
}

/// A database that a pattern matches is in the backup.
pub(super) fn kept(pattern: &str, volume: &str, path: &RelativePath) -> Finding {
    Finding {
        code: "database-kept".to_owned(),
        volume: Some(volume.to_owned()),
        path: Some(path.clone()),
        message: format!(
            "The pattern “{pattern}” of what is left out matches the database {}; it was backed up all the \
             same.",
            path.display()
        ),
    }
}
