//! Finds the identity that may read a database, and starts a child as it.
//!
//! The owner first: what the application may do to its file is what we may do. Then whoever owns the
//! directory that refused, then root without any capability. At last the owner with the one capability
//! to read what is closed to it; such a child opens nothing for writing.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::message::{Answer, Question};
use super::privileges::{Identity, Keep};
use super::process::{HEAP_BYTES, Process, unexpected};
use crate::RelativePath;
use crate::database::look::{Look, Sight};
use crate::failure::{Failure, FailureKind};
use crate::manifest::Finding;
use crate::work::Work;

/// A database and the child that may read it.
#[derive(Debug)]
pub(super) struct Located {
    /// The child; it has looked.
    pub(super) process: Process,
    /// What it saw.
    pub(super) look: Look,
    /// What the child kept.
    pub(super) keep: Keep,
    /// What to tell about the way it was found.
    pub(super) findings: Vec<Finding>,
}

/// Where a database is said to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    /// The mount.
    pub(super) root: PathBuf,
    /// Path in it.
    pub(super) path: RelativePath,
}

impl Address {
    /// The question that makes a child look there.
    pub(super) fn look(&self) -> Question {
        Question::Look {
            root: self.root.clone(),
            path: self.path.clone(),
        }
    }
}

/// Finds the database and a child that may read it; `None` if there is no such file.
///
/// # Errors
/// `permission` if nobody that we may be can read it, `unsupported` if the path leads out of the
/// mount or to no ordinary file, and what starting a child fails with.
pub(super) fn locate(address: &Address, work: &Work) -> Result<Option<Located>, Failure> {
    locate_as(address, None, work)
}

/// The same, with children of that group and not the owner's.
///
/// # Errors
/// As [`locate`].
pub(super) fn locate_as(
    address: &Address,
    group: Option<u32>,
    work: &Work,
) -> Result<Option<Located>, Failure> {
    let mut tried = Vec::new();
    let mut fallback = None;
    let mut candidate = Some((guess(&address.path.below(&address.root)), Keep::Nothing));
    while let Some((mut identity, keep)) = candidate {
        work.check()?;
        identity.gid = group.unwrap_or(identity.gid);
        tried.push((identity, keep));
        let mut process = Process::start(identity, keep, HEAP_BYTES)?;
        let sight = look(&mut process, address, work)?;
        candidate = match sight {
            Sight::Missing => return Ok(None),
            Sight::Escapes => return Err(refuse(address, "it is a link that leaves the volume")),
            Sight::NotAFile => return Err(refuse(address, "it is no ordinary file")),
            Sight::Found { look } => {
                let owner = Identity {
                    uid: look.ownership.uid,
                    gid: look.ownership.gid,
                };
                let owner_was_tried = tried.iter().any(|it| it.0.uid == owner.uid);
                let findings = privileged(keep, address).into_iter().collect();
                let located = Located {
                    process,
                    look: *look,
                    keep,
                    findings,
                };
                if owner_was_tried {
                    return Ok(Some(located));
                }
                fallback = Some(located);
                Some((owner, Keep::Nothing))
            }
            // Whoever could read it while its owner cannot is as good as we get.
            Sight::Denied { .. } if fallback.is_some() => return Ok(fallback),
            Sight::Denied { uid, gid } => after_refusal(Identity { uid, gid }, &tried, address),
        };
    }
    Err(Failure::new(
        FailureKind::Permission,
        format!("{}: its owner may not open it", named(&address.path)),
    )
    .with_detail(format!(
        "tried as users {:?}",
        tried.iter().map(|it| it.0.uid).collect::<Vec<_>>()
    )))
}

fn look(process: &mut Process, address: &Address, work: &Work) -> Result<Sight, Failure> {
    match process.ask(&address.look(), work)? {
        Answer::Sight(sight) => Ok(sight),
        _ => Err(unexpected()),
    }
}

/// Owner of the file, or of the deepest directory on the way that this process can see.
fn guess(path: &Path) -> Identity {
    for part in path.ancestors() {
        // Missing, forbidden, or a link to nowhere: whoever owns the directory can tell.
        if let Ok(metadata) = std::fs::metadata(part) {
            return Identity {
                uid: metadata.uid(),
                gid: metadata.gid(),
            };
        }
    }
    Identity::own()
}

fn after_refusal(
    owner: Identity,
    tried: &[(Identity, Keep)],
    address: &Address,
) -> Option<(Identity, Keep)> {
    let directory = address.path.below(&address.root);
    let file = guess(&directory);
    let directory = guess(directory.parent().unwrap_or(Path::new("/")));
    let candidates = [
        (owner, Keep::Nothing),
        (directory, Keep::Nothing),
        (Identity::ROOT, Keep::Nothing),
        (file, Keep::DacOverride),
    ];
    candidates.into_iter().find(|candidate| {
        !tried
            .iter()
            .any(|it| it.0.uid == candidate.0.uid && it.1 == candidate.1)
    })
}

fn privileged(keep: Keep, address: &Address) -> Option<Finding> {
    (keep == Keep::DacOverride).then(|| Finding {
        code: "owner-locked-out".to_owned(),
        volume: None,
        path: Some(address.path.clone()),
        message:
            "The database's owner may not open it where it lies; it was read with the right to \
                  pass by that, and without being opened for writing."
                .to_owned(),
    })
}

/// A database in a message. One that is a mount of its own has no path in it.
pub(super) fn named(path: &RelativePath) -> String {
    match path.display() {
        path if path.is_empty() => "the database".to_owned(),
        path => format!("the database {path}"),
    }
}

fn refuse(address: &Address, why: &str) -> Failure {
    let message = format!("{}: {why}", named(&address.path));
    Failure::new(FailureKind::Unsupported, message)
}
