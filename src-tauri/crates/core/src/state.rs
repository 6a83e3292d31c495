//! Where Lifeboat keeps its own small state on this machine: the last audit entry that was seen of
//! each application, the last list of applications of each engine, and what was told of them.
//!
//! None of it is the truth, which is in the vaults. It is here so that something that vanished, or
//! was rewritten, is noticed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use lifeboat_store::protocol::AuditHead;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::api::AppList;
use crate::error::{Code, Error};

/// The folder of this machine's state.
#[derive(Debug, Clone)]
pub struct StateDirectory {
    /// `None` where there is none to be had: then nothing is remembered.
    path: Option<PathBuf>,
}

impl StateDirectory {
    /// Opens the folder, making it if need be: `path`, or the user's own.
    ///
    /// None of it is needed for the work itself: without a folder nothing is remembered.
    #[must_use]
    pub fn open(path: Option<&Path>) -> Self {
        let path = path.map(Path::to_owned).or_else(default_directory);
        let path = path.filter(|path| {
            let made = create_private_directory(path);
            if let Err(error) = &made {
                tracing::warn!(?path, %error, "there is no folder for the state of this machine");
            }
            made.is_ok()
        });
        Self { path }
    }

    /// The last audit entry that this machine has seen of an application; `None` if it never did.
    ///
    /// # Errors
    /// `damaged` if what was kept cannot be read: then nothing can be said about the log.
    pub fn audit_head(&self, engine_id: &str, app: &str) -> Result<Option<AuditHead>, Error> {
        let Some(path) = self.audit_path(engine_id, app) else {
            return Ok(None);
        };
        match read(&path) {
            Ok(head) => Ok(Some(head)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::new(
                Code::Damaged,
                format!("What this machine remembers of the audit log of {app} cannot be read."),
                format!(
                    "Look at {}, and remove it if it is damaged.",
                    path.display()
                ),
            )
            .with_detail(error.to_string())),
        }
    }

    /// Remembers the last audit entry of an application.
    ///
    /// # Errors
    /// `output-failed`.
    pub fn set_audit_head(
        &self,
        engine_id: &str,
        app: &str,
        head: &AuditHead,
    ) -> Result<(), Error> {
        self.audit_path(engine_id, app)
            .map_or(Ok(()), |path| write(&path, head))
    }

    /// What the engine had when it was last looked at. What cannot be read is as good as nothing.
    #[must_use]
    pub fn cached_apps(&self, engine_id: &str) -> Option<AppList> {
        read(&self.engine_path(engine_id)?.join("apps.json")).ok()
    }

    /// Remembers what the engine has.
    ///
    /// # Errors
    /// `output-failed`.
    pub fn cache_apps(&self, engine_id: &str, apps: &AppList) -> Result<(), Error> {
        self.engine_path(engine_id)
            .map_or(Ok(()), |path| write(&path.join("apps.json"), apps))
    }

    /// What was told of an engine's applications, by whoever has the file of this name. What cannot be read
    /// is as good as nothing.
    pub(crate) fn notices<T: DeserializeOwned>(&self, engine_id: &str, stem: &str) -> Option<T> {
        read(&self.engine_path(engine_id)?.join(format!("{stem}.json"))).ok()
    }

    /// Remembers what was told.
    pub(crate) fn set_notices(
        &self,
        engine_id: &str,
        stem: &str,
        told: &impl Serialize,
    ) -> Result<(), Error> {
        self.engine_path(engine_id).map_or(Ok(()), |path| {
            write(&path.join(format!("{stem}.json")), told)
        })
    }

    /// Makes this the one process on this machine that tells of an engine in this way, as long as the file is
    /// open. `None` if another one does; `Some(None)` where there is no folder to remember anything in.
    pub(crate) fn lock_notices(
        &self,
        engine_id: &str,
        stem: &str,
    ) -> io::Result<Option<Option<File>>> {
        let Some(directory) = self.engine_path(engine_id) else {
            return Ok(Some(None));
        };
        create_private_directory(&directory)?;
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        let file = options.open(directory.join(format!("{stem}.lock")))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Some(file))),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(error)) => Err(error),
        }
    }

    fn engine_path(&self, engine_id: &str) -> Option<PathBuf> {
        Some(
            self.path
                .as_ref()?
                .join("engines")
                .join(file_name(engine_id)),
        )
    }

    fn audit_path(&self, engine_id: &str, app: &str) -> Option<PathBuf> {
        let name = format!("{}.json", file_name(app));
        Some(self.engine_path(engine_id)?.join("audit").join(name))
    }
}

/// The user's folder for state; `None` where there is no home.
pub(crate) fn default_directory() -> Option<PathBuf> {
    let directories = directories::ProjectDirs::from("dev", "Lifeboat", "Lifeboat")?;
    let state = directories
        .state_dir()
        .unwrap_or_else(|| directories.data_local_dir());
    Some(state.to_owned())
}

/// Makes a folder, and those above it, for this user's eyes alone. One that exists is left as it is.
pub(crate) fn create_private_directory(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// A file name for any text: what could mean something in a path is written as `%XX`, and what is
/// too long is cut and told apart by its hash.
fn file_name(text: &str) -> String {
    use sha2::Digest as _;
    use std::fmt::Write as _;
    const LONGEST: usize = 120;
    let mut name = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') {
            name.push(char::from(byte));
        } else {
            write!(name, "%{byte:02X}").expect("a string takes everything");
        }
    }
    if name.len() > LONGEST {
        name.truncate(LONGEST);
        name.push('~');
        for byte in &sha2::Sha256::digest(text.as_bytes())[..16] {
            write!(name, "{byte:02x}").expect("a string takes everything");
        }
    }
    name
}

fn read<T: DeserializeOwned>(path: &Path) -> io::Result<T> {
    Ok(serde_json::from_slice(&fs::read(path)?)?)
}

fn write(path: &Path, value: &impl Serialize) -> Result<(), Error> {
    replace(path, value).map_err(|error| unusable(path, &error))
}

/// Replaces a file in one step: whoever reads sees the old one or the new one.
fn replace(path: &Path, value: &impl Serialize) -> io::Result<()> {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let directory = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    create_private_directory(directory)?;
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    let temporary = directory.join(format!(".new-{}-{number}", std::process::id()));
    let written = write_synced(&temporary, &serde_json::to_vec(value)?)
        .and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // The first failure is the one to tell.
        let _ = fs::remove_file(&temporary);
    }
    written?;
    sync_directory(directory)
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A renamed file is safe from a power cut once its folder is written, too.
fn sync_directory(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(path)?.sync_all()
    } else {
        Ok(())
    }
}

fn unusable(path: &Path, error: &io::Error) -> Error {
    Error::new(
        Code::OutputFailed,
        format!("Lifeboat's state cannot be written to {}.", path.display()),
        "Look whether there is room, and whether you may write there.",
    )
    .with_detail(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_kept_for_each_engine_and_application() {
        let directory = tempfile::tempdir().expect("folder");
        let state = StateDirectory::open(Some(&directory.path().join("a/b")));
        let head = |number| AuditHead {
            number,
            hash: format!("{number:064}"),
        };
        assert_eq!(state.audit_head("AB:CD", "app").expect("readable"), None);
        state
            .set_audit_head("AB:CD", "app", &head(1))
            .expect("written");
        state
            .set_audit_head("AB:CD", "app", &head(2))
            .expect("replaced");
        state
            .set_audit_head("AB:CD", "../app", &head(3))
            .expect("written");
        state
            .set_audit_head("EF", "app", &head(4))
            .expect("written");
        assert_eq!(
            state.audit_head("AB:CD", "app").expect("readable"),
            Some(head(2))
        );
        assert_eq!(
            state.audit_head("AB:CD", "../app").expect("readable"),
            Some(head(3))
        );
        assert_eq!(
            state.audit_head("EF", "app").expect("readable"),
            Some(head(4))
        );
        let audit = state.engine_path("AB:CD").expect("a folder").join("audit");
        let names: Vec<_> = fs::read_dir(audit).expect("folder").flatten().collect();
        assert_eq!(names.len(), 2, "nothing temporary is left: {names:?}");
    }

    #[test]
    fn damage_is_told_where_it_matters() {
        let directory = tempfile::tempdir().expect("folder");
        let state = StateDirectory::open(Some(directory.path()));
        state
            .set_audit_head(
                "E",
                "app",
                &AuditHead {
                    number: 1,
                    hash: String::new(),
                },
            )
            .expect("ok");
        fs::write(state.audit_path("E", "app").expect("a folder"), "{").expect("damaged");
        assert_eq!(
            state.audit_head("E", "app").expect_err("damaged").code,
            Code::Damaged
        );
        let apps = state.engine_path("E").expect("a folder").join("apps.json");
        fs::write(apps, "{").expect("damaged");
        assert!(state.cached_apps("E").is_none());
    }

    #[test]
    fn without_a_folder_nothing_is_remembered_and_nothing_fails() {
        let directory = tempfile::tempdir().expect("folder");
        let file = directory.path().join("file");
        fs::write(&file, "no folder").expect("written");
        let state = StateDirectory::open(Some(&file.join("state")));
        let head = AuditHead {
            number: 1,
            hash: String::new(),
        };
        state.set_audit_head("E", "app", &head).expect("no failure");
        assert_eq!(state.audit_head("E", "app").expect("no failure"), None);
        assert!(state.cached_apps("E").is_none());
    }

    #[test]
    fn one_process_tells_of_an_engine_at_a_time() {
        let directory = tempfile::tempdir().expect("folder");
        let state = StateDirectory::open(Some(directory.path()));
        let lock = |engine| state.lock_notices(engine, "notices").expect("no failure");
        let held = lock("E").expect("nobody tells").expect("a folder");
        assert!(lock("E").is_none(), "another one tells");
        assert!(lock("F").is_some(), "another engine is another matter");
        let other = state.lock_notices("E", "others").expect("no failure");
        assert!(other.is_some(), "another way to tell is another matter");
        drop(held);
        assert!(lock("E").is_some());
    }

    #[cfg(unix)]
    #[test]
    fn everything_is_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = tempfile::tempdir().expect("folder");
        let state = StateDirectory::open(Some(&directory.path().join("state")));
        state
            .set_audit_head(
                "E",
                "app",
                &AuditHead {
                    number: 1,
                    hash: String::new(),
                },
            )
            .expect("ok");
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!(mode(&directory.path().join("state")), 0o700);
        assert_eq!(
            mode(&state.audit_path("E", "app").expect("a folder")),
            0o600
        );
    }

    #[test]
    fn names_are_safe_and_distinct() {
        assert_eq!(file_name("../x"), "%2E%2E%2Fx");
        let (one, other) = (
            format!("{}a", "x".repeat(300)),
            format!("{}b", "x".repeat(300)),
        );
        assert_ne!(file_name(&one), file_name(&other));
        assert!(file_name(&one).len() < 200);
    }
}
