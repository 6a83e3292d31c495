//! The git checkout that an application is built from: what is in it, and getting its newest commit where
//! that is asked for.

use std::path::Path;

use lifeboat_store::manifest::{BuiltFrom, Finding};

use super::plan::{Prepared, finding};
use crate::api::Checkout;
use crate::error::{Code, Error};
use crate::operations::git;

/// What a build would be made of; `None` if the folder is no checkout.
pub(super) async fn look(directory: &Path, running: Option<BuiltFrom>) -> Option<Checkout> {
    Some(Checkout {
        directory: directory.display().to_string(),
        present: git::state_of(directory).await?,
        running,
        behind: git::commits_behind(directory).await,
    })
}

/// There is no checkout to get the newest commit of.
pub(super) fn none(app: &str) -> Error {
    Error::new(
        Code::Unsupported,
        format!(
            "{app} is not built from a git checkout on this machine, so there is nothing to pull."
        ),
        "Update without `--git-pull`.",
    )
}

/// Gets the newest commit, as far as the branch can simply be moved on to it.
///
/// # Errors
/// `engine-failed` with what git said; nothing was stopped.
pub(super) async fn pull(prepared: &Prepared) -> Result<(), Error> {
    let Some(checkout) = &prepared.checkout else {
        return Err(none(&prepared.resolved.name));
    };
    git::pull(Path::new(&checkout.directory)).await.map_err(|said| {
        Error::new(
            Code::EngineFailed,
            format!("The newest commit could not be got into {}.", checkout.directory),
            "Look at the details, and run `git pull --ff-only` there yourself. The application runs as before.",
        )
        .with_detail(said)
    })
}

/// After a way back, the files are still those of the release that failed.
pub(super) fn still_newer(prepared: &Prepared) -> Option<Finding> {
    let checkout = prepared.checkout.as_ref()?;
    let short: String = checkout.present.commit.chars().take(12).collect();
    Some(finding(
        "checkout-newer",
        format!(
            "{} is still at commit {short}, which the failed release was built from: the next build makes \
             it again.",
            checkout.directory
        ),
    ))
}
