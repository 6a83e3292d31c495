//! Which entries of a backup are to be put back.

use crate::failure::{Failure, FailureKind};
use crate::manifest::{ArchivedFile, EntryKind, Manifest};
use crate::protocol::{Selection, StageRequest};

/// The entries of the archive that are to be put back.
pub(super) fn choose<'a>(
    manifest: &'a Manifest,
    request: &StageRequest,
) -> Result<Vec<&'a ArchivedFile>, Failure> {
    let has_target = |file: &ArchivedFile| {
        request
            .targets
            .iter()
            .any(|target| target.backup_index == file.volume_index)
    };
    let files = manifest.files.iter().filter(|file| has_target(file));
    Ok(match &request.selection {
        Selection::Everything => files.collect(),
        Selection::DatabasesOnly => files
            .filter(|file| file.kind == EntryKind::Database)
            .collect(),
        Selection::Databases { databases } => {
            let mut chosen = Vec::new();
            for wanted in databases {
                let index = manifest
                    .summary
                    .volumes
                    .iter()
                    .find(|volume| volume.name == wanted.volume)
                    .map(|volume| volume.index);
                let file = manifest.files.iter().find(|file| {
                    file.kind == EntryKind::Database
                        && Some(file.volume_index) == index
                        && file.path == wanted.path
                });
                chosen.push(file.ok_or_else(|| {
                    Failure::new(
                        FailureKind::NotFound,
                        format!("the backup holds no database {}", wanted.path.display()),
                    )
                })?);
            }
            chosen
        }
    })
}
