//! What a git checkout is at. The commit is read from its files; for changes git itself is asked.

use std::path::Path;
use std::time::Duration;

use lifeboat_store::manifest::BuiltFrom;
use tokio::process::Command;
use tokio::time::timeout;

/// A look at the work tree of a large checkout may take a while, and is not worth more.
const PATIENCE: Duration = Duration::from_secs(10);

/// What an image that is built in `directory` now is built from; `None` if that is no checkout.
pub(super) async fn state_of(directory: &Path) -> Option<BuiltFrom> {
    Some(BuiltFrom {
        commit: commit_of(directory)?,
        has_changes: has_changes(directory).await.unwrap_or(false),
    })
}

/// Files of the checkout differ from what is committed; `None` if that cannot be told.
pub(super) async fn has_changes(directory: &Path) -> Option<bool> {
    let mut command = Command::new("git");
    command
        .arg("-C")
        .arg(directory)
        .args(["status", "--porcelain"])
        .env("GIT_OPTIONAL_LOCKS", "0")
        .stdin(std::process::Stdio::null())
        .kill_on_drop(true);
    let output = timeout(PATIENCE, command.output()).await.ok()?.ok()?;
    output
        .status
        .success()
        .then(|| !output.stdout.trim_ascii().is_empty())
}

/// The commit that is checked out in `directory` or above it, if that can be told.
pub(super) fn commit_of(directory: &Path) -> Option<String> {
    let git = directory
        .ancestors()
        .map(|above| above.join(".git"))
        .find(|git| git.is_dir())?;
    let head = std::fs::read_to_string(git.join("HEAD")).ok()?;
    let head = head.trim();
    let Some(reference) = head.strip_prefix("ref: ") else {
        return is_commit(head).then(|| head.to_owned());
    };
    if let Ok(commit) = std::fs::read_to_string(git.join(reference)) {
        let commit = commit.trim();
        return is_commit(commit).then(|| commit.to_owned());
    }
    let packed = std::fs::read_to_string(git.join("packed-refs")).ok()?;
    packed
        .lines()
        .filter_map(|line| line.split_once(' '))
        .find(|(commit, name)| *name == reference && is_commit(commit))
        .map(|(commit, _)| commit.to_owned())
}

fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
