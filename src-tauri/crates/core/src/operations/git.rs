//! What a git checkout is at. The commit is read from its files; for changes git itself is asked.

use std::path::Path;
use std::time::Duration;

use lifeboat_store::manifest::BuiltFrom;
use tokio::process::Command;
use tokio::time::timeout;

/// A look at the work tree of a large checkout may take a while, and is not worth more.
const PATIENCE: Duration = Duration::from_secs(10);

/// The same for a remote that has to be asked over a network.
const PULL_PATIENCE: Duration = Duration::from_secs(300);

/// What an image that is built in `directory` now is built from; `None` if that is no checkout.
pub(super) async fn state_of(directory: &Path) -> Option<BuiltFrom> {
    Some(BuiltFrom {
        commit: commit_of(directory)?,
        has_changes: has_changes(directory).await.unwrap_or(false),
    })
}

/// Commits that the branch's upstream is ahead by, as of the last fetch; `None` without an upstream.
pub(super) async fn commits_behind(directory: &Path) -> Option<u32> {
    let counted = asked(directory, &["rev-list", "--count", "HEAD..@{upstream}"]).await?;
    counted.trim().parse().ok()
}

/// Moves the branch on to its upstream's newest commit.
///
/// # Errors
/// What git said.
pub(super) async fn pull(directory: &Path) -> Result<(), String> {
    let mut command = git(directory);
    // Nobody is there to answer.
    command
        .args(["pull", "--ff-only"])
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("SSH_ASKPASS_REQUIRE", "never");
    let output = timeout(PULL_PATIENCE, command.output())
        .await
        .map_err(|_| "git did not come to an end".to_owned())?
        .map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
}

/// Files of the checkout differ from what is committed; `None` if that cannot be told.
pub(super) async fn has_changes(directory: &Path) -> Option<bool> {
    let changed = asked(directory, &["status", "--porcelain"]).await?;
    Some(!changed.trim().is_empty())
}

async fn asked(directory: &Path, words: &[&str]) -> Option<String> {
    let mut command = git(directory);
    command.args(words).env("GIT_OPTIONAL_LOCKS", "0");
    let output = timeout(PATIENCE, command.output()).await.ok()?.ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    output.status.success().then_some(text)
}

fn git(directory: &Path) -> Command {
    let mut command = Command::new("git");
    command
        .arg("-C")
        .arg(directory)
        .stdin(std::process::Stdio::null())
        .kill_on_drop(true);
    command
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
