//! Rescue: getting data out of a downloaded archive with no engine at all.

use std::path::{Path, PathBuf};

use lifeboat_store::archive;

use super::failure::from_failure;
use crate::api::RescueReport;
use crate::error::{Code, Error};

/// Extracts an archive, and opens no database.
///
/// # Errors
/// `import-refused` for a hostile file, `output-failed`, `damaged`.
pub fn rescue(file: &Path, to: Option<&Path>) -> Result<RescueReport, Error> {
    let to = to.map_or_else(|| default_directory(file), Path::to_path_buf);
    let rescued = archive::rescue(file, &to).map_err(|failure| {
        let doing = format!("{} could not be extracted", file.display());
        let mut error = from_failure(&doing, failure);
        if error.code == Code::Unsupported {
            error.code = Code::ImportRefused;
            error.message = format!("{} is no archive of Lifeboat.", file.display());
            error.advice = "Name an archive that `lifeboat download` wrote.".to_owned();
        }
        if error.code == Code::DatabaseNotFound {
            error.code = Code::InvalidInput;
            error.advice = "Check the path of the archive.".to_owned();
        }
        error
    })?;
    Ok(RescueReport {
        directory: rescued.directory.display().to_string(),
        file_count: rescued.file_count,
        databases: rescued
            .databases
            .iter()
            .map(|path| path.display().to_string())
            .collect(),
        findings: rescued.findings,
    })
}

/// Beside the archive's name in the present folder, without its endings.
fn default_directory(file: &Path) -> PathBuf {
    let name = file
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let plain = [".tar.gz", ".tar.zst", ".tar"]
        .iter()
        .find_map(|suffix| name.strip_suffix(suffix))
        .unwrap_or(&name)
        .to_owned();
    PathBuf::from(if plain == name {
        format!("{plain}-rescued")
    } else {
        plain
    })
}
