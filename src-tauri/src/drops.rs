//! Files that are dragged onto the window. Who drops a file has chosen it as in the Open dialog: it may be
//! imported from then on. What is only held over the window is known by its name and nothing else.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};
use tauri::DragDropEvent;
use ts_rs::TS;

use crate::dialogs;
use crate::limits;
use crate::paths::{self, Paths, Use};

/// So many files are taken at once: no more than paths are remembered.
const FILES_AT_MOST: usize = paths::CAPACITY / 2;

/// What lies beside a downloaded archive, and is read with it.
const COMPANIONS: &[&str] = &[".sha256", ".json"];

/// What happens above the window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "event", rename_all = "kebab-case")]
#[ts(export_to = "api.ts")]
pub enum DropEvent {
    /// Files are held over it.
    Hovering {
        /// Their names.
        names: Vec<String>,
    },
    /// They were taken away again.
    Left,
    /// They were dropped.
    Dropped {
        /// What may be imported.
        files: Vec<DroppedFile>,
        /// What may not.
        refused: Vec<RefusedFile>,
    },
}

/// A file that may be imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct DroppedFile {
    /// Where it lies.
    pub path: String,
    /// Its name.
    pub name: String,
}

/// Something that is not imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct RefusedFile {
    /// Its name.
    pub name: String,
    /// Why.
    pub why: Refusal,
}

/// Why something is not imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export_to = "api.ts")]
pub enum Refusal {
    /// It is a folder.
    Folder,
    /// By its name it is neither a backup nor a database.
    Kind,
    /// It is no file that can be read.
    Unreadable,
    /// There were too many at once.
    TooMany,
}

/// Is told each event; answers whether it still listens.
pub type Watcher = Box<dyn Fn(DropEvent) -> bool + Send>;

/// Who is told: the page that asked last. A page that is loaded anew takes the place of the old one.
#[derive(Default)]
pub struct Drops(Mutex<Option<Watcher>>);

impl Drops {
    /// Tells `watcher` what happens from now on.
    pub fn watch(&self, watcher: Watcher) {
        *self.0.lock().expect("no panic while it is held") = Some(watcher);
    }

    fn tell(&self, event: DropEvent) {
        let mut watcher = self.0.lock().expect("no panic while it is held");
        if watcher.as_ref().is_some_and(|listens| !listens(event)) {
            *watcher = None;
        }
    }
}

/// Passes on what happens above the window.
pub fn on_event(drops: &Arc<Drops>, agreed: &Arc<Paths>, event: &DragDropEvent) {
    match event {
        DragDropEvent::Enter { paths, .. } => {
            let names: Vec<String> = of_this_machine(paths).map(name_of).collect();
            if !names.is_empty() {
                drops.tell(DropEvent::Hovering { names });
            }
        }
        DragDropEvent::Leave => drops.tell(DropEvent::Left),
        DragDropEvent::Drop { paths, .. } => {
            let paths: Vec<PathBuf> = of_this_machine(paths).map(Path::to_owned).collect();
            let (drops, agreed) = (Arc::clone(drops), Arc::clone(agreed));
            // A file may lie on a drive that takes its time to answer.
            tauri::async_runtime::spawn_blocking(move || drops.tell(look_at(&paths, &agreed)));
        }
        _ => {}
    }
}

/// A link or a picture that is dragged is an address, not a file.
fn of_this_machine(paths: &[PathBuf]) -> impl Iterator<Item = &Path> {
    let paths = paths.iter().map(PathBuf::as_path);
    paths.filter(|path| path.is_absolute())
}

fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}

/// Tells files that may be imported from others, and agrees to their paths.
fn look_at(paths: &[PathBuf], agreed: &Paths) -> DropEvent {
    let (mut files, mut refused) = (Vec::new(), Vec::new());
    for path in paths.iter().filter(|path| !is_companion(path, paths)) {
        let name = name_of(path);
        let looked = if files.len() < FILES_AT_MOST {
            importable(path)
        } else {
            Err(Refusal::TooMany)
        };
        match looked {
            Ok(text) => {
                agreed.agree(Use::Open, path);
                files.push(DroppedFile { path: text, name });
            }
            Err(why) => refused.push(RefusedFile { name, why }),
        }
    }
    DropEvent::Dropped { files, refused }
}

/// The checksum and the manifest of an archive are read with it, wherever it is imported from.
fn is_companion(path: &Path, dropped: &[PathBuf]) -> bool {
    let Some(text) = path.to_str() else {
        return false;
    };
    let mut archives = COMPANIONS.iter().filter_map(|end| text.strip_suffix(end));
    archives.any(|archive| dropped.iter().any(|other| other == Path::new(archive)))
}

/// The path as text, if an import of it may begin.
fn importable(path: &Path) -> Result<String, Refusal> {
    let metadata = std::fs::metadata(path).map_err(|_| Refusal::Unreadable)?;
    if metadata.is_dir() {
        return Err(Refusal::Folder);
    }
    if !metadata.is_file() {
        return Err(Refusal::Unreadable);
    }
    if !dialogs::is_importable(&name_of(path)) {
        return Err(Refusal::Kind);
    }
    let text = path.to_str().ok_or(Refusal::Unreadable)?;
    limits::path(text).map_err(|_| Refusal::Unreadable)?;
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, channel};
    use std::time::Duration;

    use tauri::PhysicalPosition;
    use tempfile::TempDir;

    use super::*;

    /// A folder with files in it, and a page that listens.
    struct Scene {
        folder: TempDir,
        drops: Arc<Drops>,
        agreed: Arc<Paths>,
        heard: Receiver<DropEvent>,
    }

    impl Scene {
        fn with(files: &[&str]) -> Self {
            let folder = tempfile::tempdir().expect("a folder");
            for name in files {
                std::fs::write(folder.path().join(name), "content").expect("a file");
            }
            let drops = Arc::<Drops>::default();
            let (sender, heard) = channel();
            drops.watch(Box::new(move |event| sender.send(event).is_ok()));
            Self {
                folder,
                drops,
                agreed: Arc::default(),
                heard,
            }
        }

        fn path(&self, name: &str) -> PathBuf {
            self.folder.path().join(name)
        }

        fn paths(&self, names: &[&str]) -> Vec<PathBuf> {
            names.iter().map(|name| self.path(name)).collect()
        }

        fn hold(&self, paths: Vec<PathBuf>) {
            let position = PhysicalPosition::default();
            let event = DragDropEvent::Enter { paths, position };
            on_event(&self.drops, &self.agreed, &event);
        }

        fn drop(&self, paths: Vec<PathBuf>) -> (Vec<String>, Vec<(String, Refusal)>) {
            let position = PhysicalPosition::default();
            let event = DragDropEvent::Drop { paths, position };
            on_event(&self.drops, &self.agreed, &event);
            let heard = self.heard.recv_timeout(Duration::from_secs(60));
            let Ok(DropEvent::Dropped { files, refused }) = heard else {
                panic!("{heard:?}");
            };
            let names = files.iter().map(|file| {
                assert_eq!(file.path, self.path(&file.name).to_string_lossy());
                file.name.clone()
            });
            let refused = refused.into_iter().map(|file| (file.name, file.why));
            (names.collect(), refused.collect())
        }

        fn may_import(&self, name: &str) -> bool {
            let path = self.path(name);
            let path = path.to_str().expect("UTF-8");
            self.agreed.agreed(Use::Open, path).is_ok()
        }
    }

    #[test]
    fn what_is_held_over_the_window_is_named_and_not_agreed_to() {
        let scene = Scene::with(&["shop.tar.gz"]);
        scene.hold(scene.paths(&["shop.tar.gz"]));
        let names = vec!["shop.tar.gz".to_owned()];
        assert_eq!(scene.heard.try_recv(), Ok(DropEvent::Hovering { names }));
        assert!(!scene.may_import("shop.tar.gz"));
        on_event(&scene.drops, &scene.agreed, &DragDropEvent::Leave);
        assert_eq!(scene.heard.try_recv(), Ok(DropEvent::Left));
    }

    #[test]
    fn what_is_dropped_may_be_imported_and_nothing_else() {
        let scene = Scene::with(&["shop.TAR.GZ", "shop.db", "notes.txt"]);
        std::fs::create_dir(scene.path("folder.db")).expect("a folder");
        let names = [
            "shop.TAR.GZ",
            "notes.txt",
            "folder.db",
            "gone.tar",
            "shop.db",
        ];
        let (files, refused) = scene.drop(scene.paths(&names));
        assert_eq!(files, ["shop.TAR.GZ", "shop.db"]);
        let wanted = [
            ("notes.txt", Refusal::Kind),
            ("folder.db", Refusal::Folder),
            ("gone.tar", Refusal::Unreadable),
        ];
        assert_eq!(refused, wanted.map(|(name, why)| (name.to_owned(), why)));
        assert!(scene.may_import("shop.TAR.GZ") && scene.may_import("shop.db"));
        assert!(!scene.may_import("notes.txt") && !scene.may_import("folder.db"));
        assert!(
            scene
                .agreed
                .agreed(Use::Save, scene.path("shop.db").to_str().expect("UTF-8"))
                .is_err(),
            "nothing is written over it"
        );
    }

    #[test]
    fn what_belongs_to_an_archive_is_no_file_of_its_own() {
        let scene = Scene::with(&["shop.tar.gz", "shop.tar.gz.sha256", "shop.tar.gz.json"]);
        let all = ["shop.tar.gz.sha256", "shop.tar.gz", "shop.tar.gz.json"];
        let (files, refused) = scene.drop(scene.paths(&all));
        assert_eq!(files, ["shop.tar.gz"]);
        assert_eq!(refused, []);
        let (files, refused) = scene.drop(scene.paths(&["shop.tar.gz.sha256"]));
        assert!(files.is_empty());
        assert_eq!(refused, [("shop.tar.gz.sha256".to_owned(), Refusal::Kind)]);
    }

    #[test]
    fn too_many_at_once_are_said_to_be_too_many() {
        let names: Vec<String> = (0..=FILES_AT_MOST)
            .map(|number| format!("{number}.db"))
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let scene = Scene::with(&names);
        let (files, refused) = scene.drop(scene.paths(&names));
        assert_eq!(files.len(), FILES_AT_MOST);
        assert!(files.iter().all(|name| scene.may_import(name)));
        let last = format!("{FILES_AT_MOST}.db");
        assert_eq!(refused, [(last, Refusal::TooMany)]);
    }

    #[test]
    fn a_link_is_no_file() {
        let scene = Scene::with(&[]);
        for address in [
            "tauri://localhost/#/app/shop",
            "https://example.com/a.tar.gz",
            "",
        ] {
            scene.hold(vec![PathBuf::from(address)]);
            assert!(scene.heard.try_recv().is_err(), "{address}");
        }
    }

    #[test]
    fn a_page_that_is_loaded_anew_takes_the_place_of_the_old_one() {
        let scene = Scene::with(&[]);
        let (sender, heard) = channel();
        scene
            .drops
            .watch(Box::new(move |event| sender.send(event).is_ok()));
        scene.hold(scene.paths(&["shop.db"]));
        assert!(scene.heard.try_recv().is_err(), "the old one hears nothing");
        assert!(heard.try_recv().is_ok());
    }
}
