//! The small things that the window remembers from one start to the next. All of it may be lost.
//!
//! Core remembers applications by the engine's own id, which is known once the engine was greeted;
//! what is remembered here can be shown before, and while the engine is down.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use lifeboat_core::api::AppList;
use serde::{Deserialize, Serialize};

/// Where the window keeps what is its own.
#[derive(Debug, Clone)]
pub struct Folders {
    /// Choices of the person.
    pub config: PathBuf,
    /// What can be made again.
    pub data: PathBuf,
    /// The logs.
    pub logs: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct KnownApps {
    /// `--engine`; the list of another engine would mislead.
    engine: Option<String>,
    list: AppList,
}

impl Folders {
    /// The folder for the files of processes that outlive the window.
    #[must_use]
    pub fn processes(&self) -> PathBuf {
        self.data.join("jobs")
    }

    /// The applications as they were last seen on this engine.
    #[must_use]
    pub fn known_apps(&self, engine: Option<&str>) -> Option<AppList> {
        let bytes = std::fs::read(self.data.join("apps.json")).ok()?;
        let known: KnownApps = serde_json::from_slice(&bytes).ok()?;
        (known.engine.as_deref() == engine).then_some(known.list)
    }

    /// Remembers the applications.
    pub fn remember_apps(&self, engine: Option<&str>, list: &AppList) {
        let known = KnownApps {
            engine: engine.map(str::to_owned),
            list: list.clone(),
        };
        let bytes = serde_json::to_vec(&known).expect("our own types serialise");
        remember(&self.data.join("apps.json"), &bytes);
    }

    /// The folder of the last file dialog, if it is still there: a stick may be gone.
    #[must_use]
    pub fn last_folder(&self) -> Option<PathBuf> {
        let text = std::fs::read_to_string(self.config.join("last-folder")).ok()?;
        Some(PathBuf::from(text)).filter(|folder| folder.is_dir())
    }

    /// Remembers the folder that `file` lies in.
    pub fn remember_folder_of(&self, file: &Path) {
        if let Some(folder) = file.parent().and_then(Path::to_str) {
            remember(&self.config.join("last-folder"), folder.as_bytes());
        }
    }
}

fn remember(path: &Path, bytes: &[u8]) {
    if let Err(cause) = replace(path, bytes) {
        tracing::warn!(?path, %cause, "something could not be remembered");
    }
}

/// All of it or nothing: a window that is killed here leaves what was there before.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().expect("a file lies in a folder");
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use lifeboat_core::api::EngineSummary;

    use super::*;

    #[test]
    fn what_was_remembered_comes_back_and_only_for_its_engine() {
        let folder = tempfile::tempdir().expect("it works");
        let place = |name: &str| folder.path().join(name);
        let folders = Folders {
            config: place("c"),
            data: place("d"),
            logs: place("l"),
        };
        assert!(folders.known_apps(None).is_none());
        let engine = EngineSummary {
            name: "one".to_owned(),
            endpoint: "unix:///one".to_owned(),
            origin: "default".to_owned(),
            version: "20.10.24".to_owned(),
            api_version: "1.41".to_owned(),
            operating_system: "Linux".to_owned(),
            architecture: "x86_64".to_owned(),
        };
        let list = AppList {
            engine,
            apps: Vec::new(),
            findings: Vec::new(),
        };
        folders.remember_apps(None, &list);
        assert_eq!(
            folders.known_apps(None).expect("it works").engine.name,
            "one"
        );
        assert!(folders.known_apps(Some("other")).is_none());

        let file = folder.path().join("stick/a.tar.gz");
        folders.remember_folder_of(&file);
        assert_eq!(folders.last_folder(), None, "the stick is gone");
        std::fs::create_dir(folder.path().join("stick")).expect("it works");
        assert_eq!(folders.last_folder(), Some(folder.path().join("stick")));
    }
}
