//! The helper side of the line protocol: one session, its requests, its cancel.
//!
//! A session is one process in one container. It owns the vault, holds its lock, and serves requests
//! one after another until its standard input ends. It parses no database: children do that.

mod backup;
mod capture;
mod download;
mod examine;
mod guarding;
mod import;
mod input;
mod left_out;
mod output;
mod remembering;
mod replaced;
mod requests;
mod seal;
mod verify;

use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use nix::unistd::Uid;

use crate::child::privileges::{VAULT_GID, VAULT_UID, become_vault_owner};
use crate::failure::Failure;
use crate::protocol::{
    FromHelper, PROTOCOL_VERSION, SCRATCH_PATH, SourceMount, VAULT_PATH, VOLUMES_PATH,
};

pub(crate) use output::Output;
pub(crate) use replaced::{Replaced, take_replaced};

/// The helper's argument where standard output carries a download's bytes.
pub const RAW_OUTPUT_ARGUMENT: &str = "raw-output";

/// Prefix of the argument that moves all mount points below another directory, for tests.
pub(crate) const ROOT_ARGUMENT: &str = "--root=";

/// Where a session finds its mounts.
#[derive(Debug, Clone)]
pub struct Roots {
    /// The vault.
    pub vault: PathBuf,
    /// Scratch space that is no vault.
    pub scratch: PathBuf,
    /// Parent of the application's volumes.
    pub volumes: PathBuf,
}

impl Roots {
    pub(crate) fn below(root: &Path) -> Self {
        let place = |absolute: &str| root.join(absolute.trim_start_matches('/'));
        Self {
            vault: place(VAULT_PATH),
            scratch: place(SCRATCH_PATH),
            volumes: place(VOLUMES_PATH),
        }
    }

    /// Where a source is mounted.
    #[must_use]
    pub fn source(&self, mount: &SourceMount) -> PathBuf {
        self.volumes.join(mount.index.to_string())
    }
}

/// A session's whole life.
#[must_use]
pub fn main() -> ExitCode {
    let mut root = PathBuf::from("/");
    let mut raw_output = false;
    for argument in std::env::args().skip(1) {
        if argument == RAW_OUTPUT_ARGUMENT {
            raw_output = true;
        } else if let Some(path) = argument.strip_prefix(ROOT_ARGUMENT) {
            root = PathBuf::from(path);
        }
    }
    let output = Output::new(raw_output);
    let roots = Roots::below(&root);
    if let Err(failure) = prepare(&roots) {
        output.send(&FromHelper::Failed { id: 0, failure });
        return ExitCode::FAILURE;
    }
    output.send(&FromHelper::Hello {
        protocol: PROTOCOL_VERSION,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        sqlite_version: crate::database::sqlite_version().to_owned(),
    });
    requests::serve(&roots, &output);
    ExitCode::SUCCESS
}

/// While still root: hand fresh volumes to the vault's owner; then become that owner for good.
pub(crate) fn prepare(roots: &Roots) -> Result<(), Failure> {
    for directory in [&roots.vault, &roots.scratch] {
        if directory.is_dir() {
            hand_over(directory)?;
        }
    }
    become_vault_owner()
}

/// A volume that the engine has just made belongs to root; from now on it is ours.
fn hand_over(directory: &Path) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        Failure::io(
            format!("{} could not be made ours", directory.display()),
            &error,
        )
    };
    let owner = std::fs::metadata(directory).map_err(failed)?.uid();
    if owner == VAULT_UID || owner != Uid::effective().as_raw() {
        return Ok(());
    }
    // Whatever has something in it already is not ours to take, whatever its name says.
    let mut entries = std::fs::read_dir(directory).map_err(failed)?;
    if entries.any(|entry| entry.is_ok_and(|entry| entry.file_name() != "lost+found")) {
        return Ok(());
    }
    std::fs::set_permissions(directory, Permissions::from_mode(0o710)).map_err(failed)?;
    if Uid::effective().is_root() {
        std::os::unix::fs::chown(directory, Some(VAULT_UID), Some(VAULT_GID)).map_err(failed)?;
    }
    Ok(())
}
