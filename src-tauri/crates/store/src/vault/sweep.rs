//! Removing what killed runs left behind, and saying so.

use std::fs;
use std::path::Path;

use super::scratch::is_in_use;
use super::{BACKUPS, INCOMING, LOGBOOK, SCRATCH, TRASH, UPDATES, Vault, valid_id};
use crate::Failure;
use crate::files::{PARTIAL_SUFFIX, fsync_directory, remove_tree};

impl Vault {
    /// Removes leftovers; needs the lock, so that nothing of a living job is among them.
    pub(super) fn sweep(&self) -> Result<Vec<String>, Failure> {
        let mut swept = Vec::new();
        let rooms = [
            (INCOMING, "an unfinished backup"),
            (TRASH, "a backup that was being deleted"),
            (SCRATCH, "working files of a job that was cut short"),
        ];
        for (room, what) in rooms {
            let directory = self.root.join(room);
            let before = swept.len();
            for name in names_in(&directory)? {
                let path = directory.join(&name);
                if room != SCRATCH || !is_in_use(&path) {
                    remove_tree(&path)?;
                    swept.push(format!(
                        "removed {what} ({})",
                        name.to_string_lossy().escape_debug()
                    ));
                }
            }
            if swept.len() > before {
                fsync_directory(&directory)?;
            }
        }
        for room in ["", LOGBOOK, UPDATES] {
            sweep_partial(&self.root.join(room), &mut swept)?;
        }
        for id in self.backup_names()?.iter().filter(|name| valid_id(name)) {
            let directory = self.root.join(BACKUPS).join(id);
            // Notes may be being written right now, by somebody who locks the directory meanwhile.
            if !is_in_use(&directory) {
                sweep_partial(&directory, &mut swept)?;
            }
        }
        Ok(swept)
    }
}

fn sweep_partial(directory: &Path, swept: &mut Vec<String>) -> Result<(), Failure> {
    for name in names_in(directory)? {
        let text = name.to_string_lossy();
        if text.starts_with('.') && text.ends_with(PARTIAL_SUFFIX) {
            remove_tree(&directory.join(&name))?;
            swept.push(format!(
                "removed a half-written file ({})",
                text.escape_debug()
            ));
        }
    }
    Ok(())
}

fn names_in(directory: &Path) -> Result<Vec<std::ffi::OsString>, Failure> {
    let names = fs::read_dir(directory)
        .and_then(|entries| entries.map(|entry| Ok(entry?.file_name())).collect());
    let mut names: Vec<_> = names.map_err(|error| {
        Failure::io(
            format!("{} could not be swept", directory.display()),
            &error,
        )
    })?;
    names.sort_unstable();
    Ok(names)
}
