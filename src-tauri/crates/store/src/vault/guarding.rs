//! What the guardian goes by and what it says: settings, what is protected, its status.

use super::reserve::with_reserve;
use super::sealed::{self, Broken};
use super::{GUARD, SETTINGS, STATUS, Vault};
use crate::files::fsync_directory;
use crate::guard::{GuardSpec, GuardStatus};
use crate::settings::{Settings, StoredSettings, entry};
use crate::{Failure, FailureKind};

impl Vault {
    /// The settings; `None` where nobody has written any.
    ///
    /// # Errors
    /// `too-new`, `damaged`, or what the file system refuses.
    pub fn settings(&self) -> Result<Option<StoredSettings>, Failure> {
        match sealed::read(self.open_file(SETTINGS)) {
            Ok(settings) => Ok(Some(settings)),
            Err(Broken::Missing) => Ok(None),
            Err(broken) => Err(broken.into_failure(SETTINGS)),
        }
    }

    /// Replaces the settings. Needs the lock. Each value that is to be in force must be allowed.
    ///
    /// # Errors
    /// `too-new` if those there are a newer version's, `unsupported` for a value that is not allowed,
    /// or what the file system refuses.
    pub fn write_settings(&self, settings: &StoredSettings) -> Result<(), Failure> {
        self.require_lock()?;
        match self.settings() {
            Err(failure) if failure.kind == FailureKind::TooNew => return Err(failure),
            _ => {}
        }
        for value in &settings.values {
            let row = entry(value.key);
            row.apply(&mut Settings::default(), &value.value)
                .map_err(|why| {
                    let message = format!("{} {why}; allowed is {}", row.name, row.allowed);
                    Failure::new(FailureKind::Unsupported, message)
                })?;
        }
        self.write_sealed(SETTINGS, settings)
    }

    /// What a guardian is to protect; `None` where protection is off.
    ///
    /// # Errors
    /// `too-new`, `damaged`, or what the file system refuses.
    pub fn guard(&self) -> Result<Option<GuardSpec>, Failure> {
        match sealed::read(self.open_file(GUARD)) {
            Ok(spec) => Ok(Some(spec)),
            Err(Broken::Missing) => Ok(None),
            Err(broken) => Err(broken.into_failure(GUARD)),
        }
    }

    /// Says what a guardian is to protect, or that there is nothing any more. Needs the lock.
    ///
    /// # Errors
    /// `too-new` if a newer version's is there, or what the file system refuses.
    pub fn write_guard(&self, spec: Option<&GuardSpec>) -> Result<(), Failure> {
        self.require_lock()?;
        let Some(spec) = spec else {
            for name in [GUARD, STATUS] {
                crate::files::remove_tree(&self.root.join(name))?;
            }
            return fsync_directory(&self.root);
        };
        match self.guard() {
            Err(failure) if failure.kind == FailureKind::TooNew => Err(failure),
            _ => self.write_sealed(GUARD, spec),
        }
    }

    /// What the guardian says of itself; `None` where it has said nothing yet.
    ///
    /// # Errors
    /// `too-new`, `damaged`, or what the file system refuses.
    pub fn guard_status(&self) -> Result<Option<GuardStatus>, Failure> {
        match sealed::read(self.open_file(STATUS)) {
            Ok(status) => Ok(Some(status)),
            Err(Broken::Missing) => Ok(None),
            Err(broken) => Err(broken.into_failure(STATUS)),
        }
    }

    /// Replaces what the guardian says. It alone does so, so it needs no lock. `lasting` waits for the
    /// disk; a heartbeat does not.
    ///
    /// # Errors
    /// What the file system refuses.
    pub fn write_guard_status(&self, status: &GuardStatus, lasting: bool) -> Result<(), Failure> {
        if lasting {
            return self.write_sealed(STATUS, status);
        }
        sealed::write_derived(&self.root.join(STATUS), status)
    }

    fn write_sealed(&self, name: &str, value: &impl serde::Serialize) -> Result<(), Failure> {
        let path = self.root.join(name);
        with_reserve(&self.root, || sealed::write(&path, value))
    }
}
