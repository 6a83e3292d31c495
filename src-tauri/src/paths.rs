//! Paths on this machine that a person has agreed to: nothing else is written, read or shown.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use lifeboat_core::{Code, Error};

/// Paths of each kind that are kept; the oldest go first.
pub(crate) const CAPACITY: usize = 64;

/// What a path may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// To write a download there: chosen in the Save dialog.
    Save,
    /// To import it: chosen in the Open dialog, or dropped onto the window.
    Open,
    /// To write copies into it: chosen in the folder dialog.
    Folder,
    /// To show it in the file manager: a download wrote it.
    Reveal,
}

/// The paths that were agreed to.
#[derive(Debug, Default)]
pub struct Paths {
    agreed: Mutex<VecDeque<(Use, PathBuf)>>,
}

impl Paths {
    /// Remembers a path.
    pub fn agree(&self, purpose: Use, path: &Path) {
        let mut agreed = self.agreed.lock().expect("no panic while it is held");
        let entry = (purpose, path.to_owned());
        agreed.retain(|other| *other != entry);
        agreed.push_back(entry);
        if agreed.iter().filter(|(other, _)| *other == purpose).count() > CAPACITY {
            let oldest = agreed.iter().position(|(other, _)| *other == purpose);
            agreed.remove(oldest.expect("there are more than a few"));
        }
    }

    /// The path, if it was agreed to for this purpose.
    ///
    /// # Errors
    /// `confirmation-needed`.
    pub fn agreed(&self, purpose: Use, path: &str) -> Result<PathBuf, Error> {
        let agreed = self.agreed.lock().expect("no panic while it is held");
        let path = PathBuf::from(path);
        if agreed
            .iter()
            .any(|(other, known)| *other == purpose && *known == path)
        {
            return Ok(path);
        }
        tracing::warn!(?purpose, "refused a path that nobody chose");
        Err(Error::new(
            Code::ConfirmationNeeded,
            "This file was not chosen in a dialog of Lifeboat.",
            "Choose it in the dialog.",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_good_for_what_it_was_chosen_for() {
        let paths = Paths::default();
        paths.agree(Use::Save, Path::new("/media/stick/a.tar.gz"));
        assert!(paths.agreed(Use::Save, "/media/stick/a.tar.gz").is_ok());
        assert!(paths.agreed(Use::Open, "/media/stick/a.tar.gz").is_err());
        assert!(paths.agreed(Use::Save, "/media/stick/../a.tar.gz").is_err());
        assert!(paths.agreed(Use::Save, "/media/stick").is_err());
        paths.agree(Use::Folder, Path::new("/media/stick"));
        assert!(paths.agreed(Use::Folder, "/media/stick").is_ok());
        assert!(paths.agreed(Use::Save, "/media/stick").is_err());
    }

    #[test]
    fn few_paths_are_kept() {
        let paths = Paths::default();
        paths.agree(Use::Open, Path::new("/kept"));
        for number in 0..=CAPACITY {
            paths.agree(Use::Save, Path::new(&format!("/{number}")));
        }
        assert!(paths.agreed(Use::Save, "/0").is_err());
        assert!(paths.agreed(Use::Save, "/1").is_ok());
        assert!(paths.agreed(Use::Open, "/kept").is_ok());
    }
}
