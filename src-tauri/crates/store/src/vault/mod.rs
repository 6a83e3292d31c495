//! The vault: one application's backups, and everything that is remembered about them.
//!
//! A directory that belongs to us alone (a volume of the engine). Opening it without its lock never
//! writes. What lies in it is told in `docs/ARCHITECTURE.md`; all of it can be rebuilt from the
//! manifests.

mod audit;
mod audit_files;
mod catalog;
mod change;
mod guarding;
mod history;
mod incoming;
mod lines;
mod lock;
mod prune;
mod records;
mod releases;
mod reserve;
mod scratch;
mod sealed;
mod sweep;

use std::fs::{self, File, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use incoming::Incoming;
pub use prune::proof_limit;
pub use scratch::Scratch;

use crate::files::{
    PARTIAL_SUFFIX, Room, create_directory, free_bytes, fsync_directory, open_beneath,
};
use crate::manifest::FORMAT_VERSION;
use crate::protocol::{OpenVault, VaultStatus};
use crate::{Failure, FailureKind, RelativePath};
use lock::VaultLock;
use sealed::Broken;

const BACKUPS: &str = "backups";
const INCOMING: &str = "incoming";
const TRASH: &str = "trash";
const SCRATCH: &str = "scratch";
const LOGBOOK: &str = "logbook";
const UPDATES: &str = "updates";
const EVIDENCE: &str = "evidence";
const LOCK: &str = "lock";
const IDENTITY: &str = "vault.json";
const RESERVE: &str = "reserve";
const AUDIT: &str = "audit.jsonl";
const HISTORY: &str = "history.jsonl";
const SETTINGS: &str = "settings.json";
const STATUS: &str = "status.json";
const GUARD: &str = "guard.json";

/// The vault's own directory, and `scratch`: those who check copies in it are other users.
const PASSABLE_MODE: u32 = 0o710;
const PRIVATE_MODE: u32 = 0o700;

const DIRECTORIES: [(&str, u32); 7] = [
    (BACKUPS, PRIVATE_MODE),
    (INCOMING, PRIVATE_MODE),
    (TRASH, PRIVATE_MODE),
    (SCRATCH, PASSABLE_MODE),
    (LOGBOOK, PRIVATE_MODE),
    (UPDATES, PRIVATE_MODE),
    (EVIDENCE, PRIVATE_MODE),
];

/// `vault.json`: whose vault it is.
#[derive(Debug, Serialize, Deserialize)]
struct Identity {
    format: u32,
    app: String,
}

/// An open vault. One that was opened exclusively holds its lock until it is dropped.
#[derive(Debug)]
pub struct Vault {
    root: PathBuf,
    lock: Option<VaultLock>,
}

/// What a directory is that should be a vault.
enum Found {
    /// Nothing at all in it.
    Empty,
    /// A vault of this application.
    Ours,
    /// A vault whose `vault.json` is missing or damaged.
    Unmarked,
}

impl Vault {
    /// Opens the vault at `root`. Exclusively: takes its lock, lays it out if it is empty, and
    /// removes what killed runs left. Otherwise nothing is written.
    ///
    /// # Errors
    /// `busy`, `unfinished` (a logbook entry, and this is not recovery), `too-new`, `unsupported`
    /// (another application's vault, or no vault), or what the file system refuses.
    pub fn open(root: &Path, request: &OpenVault) -> Result<(Self, VaultStatus), Failure> {
        let mut vault = Self {
            root: root.to_path_buf(),
            lock: None,
        };
        let mut found = vault.look(&request.app)?;
        let mut swept = Vec::new();
        if request.exclusive {
            set_mode(root, PASSABLE_MODE)?;
            vault.lock = Some(VaultLock::take(root, &request.holder)?);
            // Somebody else may have laid it out, or written the logbook, just before.
            found = vault.look(&request.app)?;
            vault.lay_out(&request.app, &found)?;
            vault.refuse_unfinished(request.recovery)?;
            swept = vault.sweep()?;
            reserve::make_reserve(root)?;
        }
        let status = VaultStatus {
            created: request.exclusive && matches!(found, Found::Empty),
            app: request.app.clone(),
            free_bytes: vault.free_bytes()?,
            logbook: vault.logbook_or_damage(),
            undo: vault.undo()?,
            releases: vault.releases()?,
            swept,
        };
        Ok((vault, status))
    }

    /// The room on the vault's file system, which others may share.
    ///
    /// # Errors
    /// The file system does not tell.
    pub fn room(&self) -> Result<Room, Failure> {
        Room::at(&self.root)
    }

    /// Bytes free on it.
    ///
    /// # Errors
    /// The file system does not tell.
    pub fn free_bytes(&self) -> Result<u64, Failure> {
        free_bytes(&self.root)
    }

    /// The vault's own directory.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where files are kept that a restore found damaged.
    #[must_use]
    pub fn evidence_directory(&self) -> PathBuf {
        self.root.join(EVIDENCE)
    }

    fn look(&self, app: &str) -> Result<Found, Failure> {
        let found = match sealed::read::<Identity>(self.open_file(IDENTITY)) {
            Ok(identity) if identity.app == app => Found::Ours,
            Ok(identity) => return Err(other_application(&identity.app)),
            Err(Broken::Missing) if self.holds_nothing()? => Found::Empty,
            Err(Broken::Missing | Broken::Damaged(_)) => Found::Unmarked,
            Err(broken) => return Err(broken.into_failure("the vault")),
        };
        if matches!(found, Found::Unmarked) {
            match self.app_of_backups()? {
                Some(other) if other != app => return Err(other_application(&other)),
                Some(_) => {}
                // Without one backup of ours in it, its name alone makes no directory a vault.
                None => self.refuse_strangers()?,
            }
        }
        Ok(found)
    }

    /// Whether there is nothing at all (or nothing but what taking the lock leaves).
    fn holds_nothing(&self) -> Result<bool, Failure> {
        let known = [LOCK, RESERVE];
        let is_backups = |name: &String| name == BACKUPS;
        Ok(self.strangers(&known)?.is_empty() && !self.names()?.iter().any(is_backups))
    }

    /// Fails if there is something that looks nothing like a vault of ours.
    fn refuse_strangers(&self) -> Result<(), Failure> {
        let known = [
            LOCK, RESERVE, IDENTITY, AUDIT, HISTORY, SETTINGS, STATUS, GUARD,
        ];
        let mut strangers = self.strangers(&known)?;
        strangers.extend(self.backup_names()?.into_iter().filter(|id| !valid_id(id)));
        match strangers.first() {
            None => Ok(()),
            Some(name) => {
                let message = "there is something else in it";
                let found = format!("found: {name:?}");
                Err(Failure::new(FailureKind::Unsupported, message).with_detail(found))
            }
        }
    }

    /// What lies in it beside its directories and these files.
    fn strangers(&self, known: &[&str]) -> Result<Vec<String>, Failure> {
        let is_ours = |name: &String| {
            let partial = name.starts_with('.') && name.ends_with(PARTIAL_SUFFIX);
            let directory = DIRECTORIES.iter().any(|(directory, _)| directory == name);
            partial
                || directory
                || name == "lost+found"
                || audit_files::is_full_name(name)
                || known.contains(&name.as_str())
        };
        let mut names = self.names()?;
        names.retain(|name| !is_ours(name));
        Ok(names)
    }

    fn names(&self) -> Result<Vec<String>, Failure> {
        let name =
            |entry: io::Result<fs::DirEntry>| Ok(entry?.file_name().to_string_lossy().into_owned());
        fs::read_dir(&self.root)
            .and_then(|entries| entries.map(name).collect())
            .map_err(|error| Failure::io("the vault's directory could not be read", &error))
    }

    fn lay_out(&self, app: &str, found: &Found) -> Result<(), Failure> {
        for (name, mode) in DIRECTORIES {
            let path = self.root.join(name);
            match fs::symlink_metadata(&path) {
                Ok(metadata) if metadata.is_dir() => set_mode(&path, mode)?,
                Ok(_) => {
                    let message = format!("`{name}` in the vault is not a directory");
                    return Err(Failure::new(FailureKind::Damaged, message));
                }
                Err(error) if error.kind() == ErrorKind::NotFound => create_directory(&path, mode)?,
                Err(error) => {
                    return Err(Failure::io("the vault could not be laid out", &error));
                }
            }
        }
        if matches!(found, Found::Ours) {
            return Ok(());
        }
        fsync_directory(&self.root)?;
        let identity = Identity {
            format: FORMAT_VERSION,
            app: app.to_owned(),
        };
        sealed::write(&self.root.join(IDENTITY), &identity)
    }

    /// Opens something in the vault for reading, following no link.
    fn open_file(&self, path: &str) -> io::Result<File> {
        let path = RelativePath::new(path).ok_or(ErrorKind::InvalidInput)?;
        open_beneath(&self.root, &path)
    }

    fn require_lock(&self) -> Result<(), Failure> {
        match self.lock {
            Some(_) => Ok(()),
            None => Err(Failure::new(
                FailureKind::Protocol,
                "the vault was opened for reading, and this changes it",
            )),
        }
    }

    fn require_layout(&self) -> Result<(), Failure> {
        match fs::symlink_metadata(self.root.join(BACKUPS)) {
            Ok(metadata) if metadata.is_dir() => Ok(()),
            _ => Err(Failure::new(FailureKind::NotFound, "the vault is empty")),
        }
    }
}

/// Whether a text has the form of a backup's id: `20260131T235959Z-` and 4 to 16 of `a-z0-9`.
#[must_use]
pub fn valid_id(id: &str) -> bool {
    let Some((time, suffix)) = id.split_once('-') else {
        return false;
    };
    let time_fits = time.len() == 16
        && time
            .bytes()
            .enumerate()
            .all(|(position, byte)| match position {
                8 => byte == b'T',
                15 => byte == b'Z',
                _ => byte.is_ascii_digit(),
            });
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    time_fits && (4..=16).contains(&suffix.len()) && suffix.bytes().all(plain)
}

/// Whether a text is fit to be the name of an archive: letters, digits, `.`, `_`, `-`, and none of
/// the names that the vault uses beside it.
#[must_use]
pub fn valid_file_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=255).contains(&name.len())
        && name.bytes().all(plain)
        && !name.starts_with('.')
        && !catalog::OWN_NAMES.contains(&name)
}

fn checked_id(id: &str) -> Result<&str, Failure> {
    if valid_id(id) {
        return Ok(id);
    }
    let message = format!("{:?} is not the id of a backup", truncated(id));
    Err(Failure::new(FailureKind::NotFound, message))
}

fn truncated(text: &str) -> String {
    text.chars().take(64).collect()
}

fn other_application(app: &str) -> Failure {
    let message = format!(
        "this vault belongs to another application, {:?}",
        truncated(app)
    );
    Failure::new(FailureKind::Unsupported, message)
}

fn set_mode(path: &Path, mode: u32) -> Result<(), Failure> {
    let set = fs::symlink_metadata(path).and_then(|metadata| {
        if metadata.permissions().mode() & 0o7777 == mode {
            return Ok(());
        }
        fs::set_permissions(path, Permissions::from_mode(mode))
    });
    set.map_err(|error| {
        Failure::io(
            format!("the mode of {} could not be set", path.display()),
            &error,
        )
    })
}
