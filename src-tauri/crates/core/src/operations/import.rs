//! Importing: a file of this machine, streamed to the helper, checked there, listed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use lifeboat_store::RelativePath;
use lifeboat_store::archive::{self, Detected};
use lifeboat_store::manifest::{BackedVolume, Manifest, Ownership, StorageKind};
use lifeboat_store::protocol::{Answer, BackupRecord, ImportRequest, ImportTarget, Request};

use super::events::{StepTracker, step};
use super::failure::{error_of, from_failure};
use super::names;
use super::resolve::resolve;
use super::vault::{AuditTrail, Needs, backup_of, unexpected};
use crate::api::Backup;
use crate::engine::SessionError;
use crate::error::{Code, Error};
use crate::job::JobContext;
use crate::lifeboat::Lifeboat;
use crate::shell;

/// A manifest beside an archive may be this large.
const MAX_MANIFEST_BYTES: u64 = 256 << 20;

/// A `.sha256` file may be this large.
const MAX_CHECKSUM_BYTES: u64 = 64 << 10;

/// Takes in a file.
pub(crate) async fn import(
    lifeboat: &Lifeboat,
    file: &Path,
    app: Option<&str>,
    job: &JobContext,
) -> Result<Backup, Error> {
    let steps = vec![
        step("receive", "Hand the file to the engine", true),
        step("seal", "Read it strictly", true),
        step("verify", "Prove it by restoring to scratch", true),
    ];
    let mut tracker = StepTracker::start(job, steps);
    let offered = look_at(file)?;
    let app = match app {
        Some(app) => app.to_owned(),
        None => offered.app.clone().ok_or_else(|| {
            Error::new(
                Code::InvalidInput,
                "A plain database does not say which application it belongs to.",
                format!(
                    "Name it: lifeboat import {} --app NAME",
                    shell::word(&file.to_string_lossy())
                ),
            )
        })?,
    };
    names::check_app_name(&app)?;
    let request = request_for(lifeboat, &app, file, &offered).await?;
    let made = lifeboat
        .engine_handle()
        .volume(&super::vault::vault_volume(&app))
        .await?
        .is_none();
    lifeboat.ensure_vault(&app).await?;
    let trail = AuditTrail::begin(lifeboat, &app, "import", request.id.clone());
    let needs = Needs {
        purpose: "import",
        exclusive: true,
        ..Needs::default()
    };
    let mut vault = lifeboat.open_vault(&app, &needs, job).await?;
    let outcome = send(&mut vault.session, file, request, &mut tracker, job).await;
    tracker.finish();
    let outcome = outcome
        .map(backup_of)
        .map_err(|failure| refused(file, failure));
    if made && outcome.is_err() {
        // Nothing came in, so nothing stays: not even an empty vault.
        vault.close().await;
        lifeboat.remove_empty_vault(&app).await?;
        return outcome;
    }
    trail.end(vault, outcome).await
}

/// What a file and its companions say of themselves.
struct Offered {
    size_bytes: u64,
    app: Option<String>,
    expected_sha256: Option<String>,
    manifest_json: Option<String>,
    is_database: bool,
}

fn look_at(path: &Path) -> Result<Offered, Error> {
    let unreadable = |error: &std::io::Error| {
        Error::new(
            Code::InvalidInput,
            format!("{} could not be read: {error}.", path.display()),
            "Check the path and the file's owner.",
        )
    };
    // Looked at before it is opened: opening a pipe waits for a writer.
    let metadata = std::fs::metadata(path).map_err(|error| unreadable(&error))?;
    if !metadata.is_file() {
        return Err(Error::new(
            Code::InvalidInput,
            format!("{} is not a file.", path.display()),
            "Name the archive or database itself.",
        ));
    }
    let file = std::fs::File::open(path).map_err(|error| unreadable(&error))?;
    let name = original_name(path);
    let refuse = |failure| refused(path, SessionError::Failed(failure));
    let detected = archive::detect(&file, &name).map_err(refuse)?;
    let manifest_json = companion(path, ".json", MAX_MANIFEST_BYTES)?;
    let expected_sha256 = companion(path, ".sha256", MAX_CHECKSUM_BYTES)?
        .and_then(|text| text.split_whitespace().next().map(str::to_owned));
    let (app, is_database) = match detected {
        Detected::Database { .. } => {
            refuse_side_files(path)?;
            (None, true)
        }
        Detected::Archive(codec) => {
            let app = match &manifest_json {
                Some(text) => app_of(text),
                None => {
                    let description = archive::read_description(&file, codec).map_err(refuse)?;
                    Some(description.app)
                }
            };
            (app, false)
        }
    };
    Ok(Offered {
        size_bytes: metadata.len(),
        app,
        expected_sha256,
        manifest_json: manifest_json.filter(|_| !is_database),
        is_database,
    })
}

/// A database whose log lies beside it is not whole without it.
fn refuse_side_files(path: &Path) -> Result<(), Error> {
    for suffix in ["-wal", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        let side_file = PathBuf::from(name);
        if side_file
            .metadata()
            .is_ok_and(|metadata| metadata.len() > 0)
        {
            return Err(Error::new(
                Code::ImportRefused,
                format!(
                    "{} is not the whole database: {} beside it holds more.",
                    path.display(),
                    side_file.display()
                ),
                format!(
                    "Make it one file first: sqlite3 '{}' 'PRAGMA wal_checkpoint(TRUNCATE)'",
                    path.display()
                ),
            ));
        }
    }
    Ok(())
}

fn app_of(manifest: &str) -> Option<String> {
    serde_json::from_str::<Manifest>(manifest)
        .ok()
        .map(|manifest| manifest.summary.app)
}

fn original_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// The text of a file that travels beside an archive, if it is there.
fn companion(path: &Path, suffix: &str, max_bytes: u64) -> Result<Option<String>, Error> {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    let companion = PathBuf::from(name);
    let Ok(metadata) = companion.metadata() else {
        return Ok(None);
    };
    let problem = |why: String| {
        Error::new(
            Code::ImportRefused,
            format!("{} beside it cannot be used: {why}.", companion.display()),
            "Mend or remove that file, then import again.",
        )
    };
    if metadata.len() > max_bytes {
        return Err(problem("it is far too large".to_owned()));
    }
    std::fs::read_to_string(&companion)
        .map(Some)
        .map_err(|error| problem(error.to_string()))
}

async fn request_for(
    lifeboat: &Lifeboat,
    app: &str,
    file: &Path,
    offered: &Offered,
) -> Result<ImportRequest, Error> {
    let created_at = Timestamp::now();
    let target = if offered.is_database {
        Some(place_for(lifeboat, app, file).await?)
    } else {
        None
    };
    Ok(ImportRequest {
        id: names::new_backup_id(created_at),
        app: app.to_owned(),
        original_name: original_name(file),
        size_bytes: offered.size_bytes,
        expected_sha256: offered.expected_sha256.clone(),
        manifest_json: offered.manifest_json.clone(),
        created_at,
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        target,
    })
}

/// Where a plain database belongs: the application's own database, or a new volume if there is no
/// such application.
async fn place_for(lifeboat: &Lifeboat, app: &str, file: &Path) -> Result<ImportTarget, Error> {
    let name = plain_name(&original_name(file));
    let resolved = match resolve(lifeboat.engine_handle(), app).await {
        Ok(resolved) => resolved,
        Err(error) if error.code == Code::AppNotFound => return Ok(new_place(app, &name)),
        Err(error) => return Err(error),
    };
    let places: Vec<(BackedVolume, RelativePath)> = resolved
        .storages
        .iter()
        .flat_map(|storage| {
            storage.scanned.databases.iter().map(|found| {
                (
                    BackedVolume {
                        index: 0,
                        ..storage.volume.clone()
                    },
                    found.path.clone(),
                )
            })
        })
        .collect();
    let of_that_name = |path: &RelativePath| {
        path.as_path()
            .file_name()
            .is_some_and(|last| last.to_string_lossy() == name)
    };
    let mut fitting = places.iter().filter(|(_, path)| of_that_name(path));
    let chosen = match (places.as_slice(), fitting.next(), fitting.next()) {
        ([], _, _) => return Ok(new_place(app, &name)),
        ([only], _, _) => only.clone(),
        (_, Some(one), None) => one.clone(),
        _ => {
            let known: Vec<String> = places
                .iter()
                .map(|(volume, path)| format!("{}:{}", volume.name, path.display()))
                .collect();
            return Err(Error::new(
                Code::InvalidInput,
                format!("{app} has several databases, and none of them is surely “{name}”."),
                format!(
                    "Give the file the name of the one it is: {}",
                    known.join(", ")
                ),
            ));
        }
    };
    Ok(ImportTarget {
        volume: chosen.0,
        path: chosen.1,
    })
}

fn plain_name(name: &str) -> String {
    let name = name.strip_suffix(".gz").unwrap_or(name);
    let plain: String = name
        .chars()
        .map(|letter| {
            if letter.is_control() || letter == '/' {
                '_'
            } else {
                letter
            }
        })
        .collect();
    if plain.is_empty() || plain == "." || plain == ".." {
        "database.db".to_owned()
    } else {
        plain
    }
}

fn new_place(app: &str, name: &str) -> ImportTarget {
    let labels = BTreeMap::from([
        ("com.docker.compose.project".to_owned(), app.to_owned()),
        ("com.docker.compose.volume".to_owned(), "data".to_owned()),
    ]);
    ImportTarget {
        volume: BackedVolume {
            index: 0,
            kind: StorageKind::Volume,
            name: format!("{app}_data"),
            compose_volume: Some("data".to_owned()),
            driver: "local".to_owned(),
            labels,
            options: BTreeMap::new(),
            destinations: Vec::new(),
            root: Ownership::default(),
        },
        path: RelativePath::new(name.as_bytes()).unwrap_or_else(|| {
            RelativePath::new(&b"database.db"[..]).expect("a plain name is a path")
        }),
    }
}

async fn send(
    session: &mut crate::engine::Session,
    path: &Path,
    request: ImportRequest,
    tracker: &mut StepTracker<'_>,
    job: &JobContext,
) -> Result<BackupRecord, SessionError> {
    let file = tokio::fs::File::open(path).await.map_err(|error| {
        SessionError::Engine(Error::new(
            Code::InvalidInput,
            format!("{} could not be read: {error}.", path.display()),
            "Check the path and the file's owner.",
        ))
    })?;
    let request = Request::Import(Box::new(request));
    let answer = session
        .send_file(request, file, &mut |event| tracker.hear(event), &job.cancel)
        .await?;
    match answer {
        Answer::Backup(record) => Ok(record),
        _ => Err(SessionError::Engine(unexpected())),
    }
}

/// A refusal names the file; what looks damaged on the way in is refused, too.
fn refused(path: &Path, failure: SessionError) -> Error {
    let doing = format!("{} was not imported", path.display());
    match failure {
        SessionError::Failed(failure) => {
            let kind = failure.kind;
            let mut error = from_failure(&doing, failure);
            if matches!(
                kind,
                lifeboat_store::FailureKind::Damaged
                    | lifeboat_store::FailureKind::Unsupported
                    | lifeboat_store::FailureKind::NotFound
            ) {
                error.code = Code::ImportRefused;
                error.advice =
                    "Check where the file came from; nothing of it was taken in.".to_owned();
            }
            error
        }
        other => error_of(&doing, other),
    }
}
