//! Who the processes are: the vault's owner, checkers, owners of databases; and what they give up.

use caps::{CapSet, Capability, CapsHashSet};
use nix::sys::prctl;
use nix::sys::resource::{Resource, setrlimit};
use nix::unistd::{Gid, Uid, getegid, geteuid, setgroups, setresgid, setresuid};
use serde::{Deserialize, Serialize};

use super::message::{Answer, Question};
use super::process::{Process, unexpected};
use crate::failure::{Failure, FailureKind};
use crate::work::Work;

/// Owner of the vault.
pub const VAULT_UID: u32 = 61_813;

/// Group of the vault, through which checkers read copies.
pub const VAULT_GID: u32 = 61_813;

/// Who opens copies of databases.
pub const CHECKER_UID: u32 = 61_814;

/// Who a process is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// User.
    pub uid: u32,
    /// Group; there are no further ones.
    pub gid: u32,
}

/// What a child keeps of its capabilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keep {
    /// None.
    Nothing,
    /// The one to pass directories and read files that are closed to it. Such a child never opens a
    /// database for writing.
    DacOverride,
}

impl Identity {
    /// Who opens copies.
    pub const CHECKER: Self = Self {
        uid: CHECKER_UID,
        gid: VAULT_GID,
    };

    /// The superuser.
    pub(super) const ROOT: Self = Self { uid: 0, gid: 0 };

    /// Who this process is.
    #[must_use]
    pub fn own() -> Self {
        Self {
            uid: geteuid().as_raw(),
            gid: getegid().as_raw(),
        }
    }
}

/// Makes this process the vault's owner, keeping its capabilities but handing none on.
///
/// To be called once, before there is a second thread. A process that is not root, or may not change
/// who it is, stays as it is.
///
/// # Errors
/// What the kernel refuses.
pub fn become_vault_owner() -> Result<(), Failure> {
    if !geteuid().is_root() || !can_change_identity() {
        return Ok(());
    }
    change_identity(Identity {
        uid: VAULT_UID,
        gid: VAULT_GID,
    })?;
    let permitted = caps::read(None, CapSet::Permitted).map_err(refused)?;
    caps::set(None, CapSet::Effective, &permitted).map_err(refused)?;
    caps::clear(None, CapSet::Inheritable).map_err(refused)
}

/// Becomes another and keeps what capabilities are permitted; effective are none any more.
fn change_identity(identity: Identity) -> Result<(), Failure> {
    prctl::set_keepcaps(true).map_err(refused)?;
    // Without the right to do so there is nothing to give up: the engine gave no further groups.
    let _ = setgroups(&[]);
    let (uid, gid) = (Uid::from_raw(identity.uid), Gid::from_raw(identity.gid));
    setresgid(gid, gid, gid).map_err(refused)?;
    setresuid(uid, uid, uid).map_err(refused)
}

/// What a child of that identity says of itself: the content of its `/proc/self/status`.
///
/// # Errors
/// If the child cannot be started.
pub fn diagnose(identity: Identity, keep: Keep, work: &Work) -> Result<String, Failure> {
    let mut process = Process::start(identity, keep, super::process::HEAP_BYTES)?;
    match process.ask(&Question::Diagnose, work)? {
        Answer::Diagnosis { status } => Ok(status),
        _ => Err(unexpected()),
    }
}

/// May this process start others that are somebody else?
pub(crate) fn can_change_identity() -> bool {
    let has = |capability| caps::has_cap(None, CapSet::Effective, capability).unwrap_or(false);
    has(Capability::CAP_SETUID) && has(Capability::CAP_SETGID)
}

/// Who a child has to be when its program starts: capabilities do not outlive the start of a program
/// as anybody but root, so a child that keeps one becomes `identity` afterwards.
pub(super) fn starting_identity(identity: Identity, keep: Keep) -> Identity {
    match keep {
        Keep::Nothing => identity,
        Keep::DacOverride => Identity::ROOT,
    }
}

/// A child's first act: be `identity` and give up everything but `keep`.
///
/// # Errors
/// What the kernel refuses.
pub(super) fn give_up(identity: Identity, keep: Keep) -> Result<(), Failure> {
    let own = caps::read(None, CapSet::Effective).map_err(refused)?;
    let kept: CapsHashSet = match keep {
        Keep::Nothing => CapsHashSet::new(),
        Keep::DacOverride => [Capability::CAP_DAC_OVERRIDE]
            .into_iter()
            .filter(|it| own.contains(it))
            .collect(),
    };
    caps::clear(None, CapSet::Ambient).map_err(refused)?;
    if own.contains(&Capability::CAP_SETPCAP) {
        // The kernel may know fewer capabilities than we do.
        for capability in caps::all() {
            let _ = caps::drop(None, CapSet::Bounding, capability);
        }
    }
    caps::clear(None, CapSet::Inheritable).map_err(refused)?;
    if keep != Keep::Nothing && identity != Identity::own() && can_change_identity() {
        change_identity(identity)?;
    }
    caps::set(None, CapSet::Effective, &kept).map_err(refused)?;
    caps::set(None, CapSet::Permitted, &kept).map_err(refused)?;
    prctl::set_no_new_privs().map_err(refused)?;
    setrlimit(Resource::RLIMIT_CORE, 0, 0).map_err(refused)
}

fn refused(error: impl std::fmt::Display) -> Failure {
    Failure::new(FailureKind::Permission, "give up privileges").with_detail(error.to_string())
}
