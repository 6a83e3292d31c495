//! Downloading: bytes out of the vault into a file of this machine, read back and compared.

use std::path::{Path, PathBuf};

use lifeboat_store::files as store_files;
use lifeboat_store::manifest::Manifest;
use lifeboat_store::protocol::{
    Answer, BackupRecord, DatabaseRef, DownloadRequest, OpenVault, Request,
};
use tokio::io::AsyncWriteExt;

use super::events::{StepTracker, step};
use super::failure::error_of;
use super::list;
use super::vault::{AuditTrail, Needs, unexpected, vault_volume};
use crate::api::{DownloadForm, DownloadReport};
use crate::engine::SessionSpec;
use crate::error::{Code, Error};
use crate::job::JobContext;
use crate::lifeboat::Lifeboat;

/// Copies a backup to the host.
pub(crate) async fn download(
    lifeboat: &Lifeboat,
    app: &str,
    selector: &str,
    form: DownloadForm,
    to: &Path,
    job: &JobContext,
) -> Result<DownloadReport, Error> {
    let steps = vec![
        step("send", "Copy the bytes", true),
        step("read-back", "Read them back and compare", true),
    ];
    let mut tracker = StepTracker::start(job, steps);
    let record = list::record(lifeboat, app, selector).await?;
    let trail = AuditTrail::begin(lifeboat, app, "download", record.summary.id.clone());
    let outcome = fetch(lifeboat, app, &record, form, to, &mut tracker, job).await;
    tracker.finish();
    trail.end_without_session(outcome).await
}

/// The file name that a download gets where only a folder is named.
pub(crate) async fn download_name(
    lifeboat: &Lifeboat,
    app: &str,
    selector: &str,
    form: &DownloadForm,
) -> Result<String, Error> {
    let record = list::record(lifeboat, app, selector).await?;
    let database = match form {
        DownloadForm::Archive => None,
        DownloadForm::Database { name } => Some(choose_database(&record, name.as_deref())?),
    };
    Ok(suggested_name(&record, database.as_ref()))
}

async fn fetch(
    lifeboat: &Lifeboat,
    app: &str,
    record: &BackupRecord,
    form: DownloadForm,
    to: &Path,
    tracker: &mut StepTracker<'_>,
    job: &JobContext,
) -> Result<DownloadReport, Error> {
    let database = match &form {
        DownloadForm::Archive => None,
        DownloadForm::Database { name } => Some(choose_database(record, name.as_deref())?),
    };
    let target = target_path(to, record, database.as_ref())?;
    let size_bytes = match &database {
        None => record.summary.stored_bytes,
        Some(database) => record
            .summary
            .databases
            .iter()
            .find(|one| one.volume == database.volume && one.path == database.path)
            .map_or(0, |one| one.size_bytes),
    };
    let companions = if database.is_none() {
        companion_paths(&target)
    } else {
        Vec::new()
    };
    for path in companions.iter().chain([&target]) {
        refuse_existing(path)?;
    }
    check_room(&target, size_bytes)?;
    let partial = Partial::beside(&target);
    let sent = transfer(lifeboat, app, record, database, &partial, tracker, job).await?;
    tracker.begin("read-back", Some(sent.size_bytes));
    let found = hash_from_disk(partial.path.clone()).await?;
    if found != sent.sha256 {
        return Err(Error::new(
            Code::OutputFailed,
            format!(
                "What was written to {} is not what was sent.",
                target.display()
            ),
            "The drive may be failing or full: try another one.",
        )
        .with_detail(format!("expected {}, read back {found}", sent.sha256)));
    }
    partial.publish(&target)?;
    let companions = if companions.is_empty() {
        Vec::new()
    } else {
        write_companions(lifeboat, app, record, &target, &companions).await?
    };
    Ok(DownloadReport {
        path: target.display().to_string(),
        companions,
        size_bytes: sent.size_bytes,
        sha256: sent.sha256,
    })
}

/// The database that `name` means: `PATH` or `VOLUME:PATH`; without a name the only one.
pub(super) fn choose_database(
    record: &BackupRecord,
    name: Option<&str>,
) -> Result<DatabaseRef, Error> {
    let all: Vec<DatabaseRef> = record
        .summary
        .databases
        .iter()
        .map(|database| DatabaseRef {
            volume: database.volume.clone(),
            path: database.path.clone(),
        })
        .collect();
    let fits = |database: &DatabaseRef| match name {
        None => true,
        Some(name) => {
            let path = database.path.display();
            name == path || name == format!("{}:{path}", database.volume)
        }
    };
    let mut fitting = all.iter().filter(|database| fits(database));
    let names = || {
        all.iter()
            .map(|database| format!("{}:{}", database.volume, database.path.display()))
            .collect::<Vec<_>>()
            .join(", ")
    };
    match (fitting.next(), fitting.next()) {
        (Some(one), None) => Ok(one.clone()),
        (Some(_), Some(_)) => Err(Error::new(
            Code::InvalidInput,
            "The backup holds more than one database that this could mean.",
            format!("Name one of them: {}", names()),
        )),
        (None, _) => Err(Error::new(
            Code::DatabaseNotFound,
            format!(
                "The backup holds no database “{}”.",
                name.unwrap_or_default().escape_debug()
            ),
            format!("It holds: {}", names()),
        )),
    }
}

fn target_path(
    to: &Path,
    record: &BackupRecord,
    database: Option<&DatabaseRef>,
) -> Result<PathBuf, Error> {
    if to.is_dir() {
        return Ok(to.join(suggested_name(record, database)));
    }
    match to.parent() {
        Some(parent) if !parent.as_os_str().is_empty() && !parent.is_dir() => {
            Err(output_failed(to, "its folder does not exist"))
        }
        _ if to.as_os_str().as_encoded_bytes().ends_with(b"/") => {
            Err(output_failed(to, "this folder does not exist"))
        }
        _ => Ok(to.to_path_buf()),
    }
}

/// The name that a download gets where the user names only a folder.
fn suggested_name(record: &BackupRecord, database: Option<&DatabaseRef>) -> String {
    let Some(database) = database else {
        return record.summary.file_name.clone();
    };
    let path = database.path.display();
    let last = path.rsplit('/').next().unwrap_or("database.db");
    let plain: String = last
        .chars()
        .map(|letter| {
            if letter.is_control() || "/\\:*?\"<>|".contains(letter) {
                '_'
            } else {
                letter
            }
        })
        .collect();
    let moment = record.summary.id.split('-').next().unwrap_or_default();
    format!(
        "{}-{moment}-{}",
        record.summary.app,
        if plain.is_empty() {
            "database.db"
        } else {
            &plain
        }
    )
}

fn companion_paths(target: &Path) -> Vec<PathBuf> {
    [".sha256", ".json"]
        .iter()
        .map(|suffix| {
            let mut name = target.as_os_str().to_owned();
            name.push(suffix);
            PathBuf::from(name)
        })
        .collect()
}

fn refuse_existing(path: &Path) -> Result<(), Error> {
    match path.symlink_metadata() {
        Ok(_) => Err(Error::new(
            Code::OutputFailed,
            format!("{} exists already and is not overwritten.", path.display()),
            "Choose another name or folder, or move that file away.",
        )),
        Err(_) => Ok(()),
    }
}

fn output_failed(path: &Path, why: &str) -> Error {
    Error::new(
        Code::OutputFailed,
        format!("{} could not be written: {why}.", path.display()),
        "Check the folder, its owner and the drive, then try again.",
    )
}

fn check_room(target: &Path, size_bytes: u64) -> Result<(), Error> {
    let folder = folder_of(target);
    let free = store_files::free_bytes(&folder)
        .map_err(|failure| output_failed(target, &failure.message))?;
    if free < size_bytes {
        return Err(Error::new(
            Code::NoSpace,
            format!(
                "There is not enough room in {} (needed {size_bytes} bytes, free {free} bytes).",
                folder.display()
            ),
            "Free space there or choose another place.",
        ));
    }
    Ok(())
}

fn folder_of(target: &Path) -> PathBuf {
    match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

/// A file in the making: gone unless it is published.
struct Partial {
    path: PathBuf,
}

impl Partial {
    fn beside(target: &Path) -> Self {
        let mut name = std::ffi::OsString::from(".");
        name.push(target.file_name().unwrap_or_default());
        name.push(format!(".{}.partial", std::process::id()));
        Self {
            path: folder_of(target).join(name),
        }
    }

    fn publish(self, target: &Path) -> Result<(), Error> {
        // A hard link refuses to overwrite, which a rename would not; drives without links (FAT)
        // get the rename after a last look.
        let linked = std::fs::hard_link(&self.path, target);
        match linked {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                return refuse_existing(target);
            }
            Err(_) => {
                refuse_existing(target)?;
                std::fs::rename(&self.path, target)
                    .map_err(|error| output_failed(target, &error.to_string()))?;
            }
        }
        store_files::fsync_directory(&folder_of(target))
            .map_err(|failure| output_failed(target, &failure.message))
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // After a rename there is nothing left to remove, and that is fine.
        let _ = std::fs::remove_file(&self.path);
    }
}

async fn transfer(
    lifeboat: &Lifeboat,
    app: &str,
    record: &BackupRecord,
    database: Option<DatabaseRef>,
    partial: &Partial,
    tracker: &mut StepTracker<'_>,
    job: &JobContext,
) -> Result<lifeboat_store::protocol::Sent, Error> {
    let mut options = tokio::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    let mut file = options
        .open(&partial.path)
        .await
        .map_err(|error| output_failed(&partial.path, &error.to_string()))?;
    let spec = SessionSpec {
        purpose: "download".to_owned(),
        vault_volume: Some(vault_volume(app)),
        ..SessionSpec::default()
    };
    let open = Request::OpenVault(OpenVault {
        app: app.to_owned(),
        exclusive: false,
        holder: format!("download by {}", lifeboat.actor_name()),
        recovery: true,
    });
    let request = DownloadRequest {
        id: record.summary.id.clone(),
        database,
    };
    let sent = lifeboat
        .engine_handle()
        .download(
            spec,
            vec![open],
            request,
            &mut file,
            &mut |event| tracker.hear(event),
            &job.cancel,
        )
        .await
        .map_err(|failure| error_of("The backup could not be downloaded", failure))?;
    let synced = async {
        file.flush().await?;
        file.sync_all().await
    };
    synced
        .await
        .map_err(|error| output_failed(&partial.path, &error.to_string()))?;
    Ok(sent)
}

/// Hashes a file as the drive has it, not as memory remembers it.
async fn hash_from_disk(path: PathBuf) -> Result<String, Error> {
    tokio::task::spawn_blocking(move || {
        lifeboat_store::drive::sha256_from_drive(&path)
            .map_err(|failure| output_failed(&path, &failure.message))
    })
    .await
    .map_err(|error| Error::new(Code::Internal, error.to_string(), "Try again."))?
}

async fn write_companions(
    lifeboat: &Lifeboat,
    app: &str,
    record: &BackupRecord,
    target: &Path,
    companions: &[PathBuf],
) -> Result<Vec<String>, Error> {
    let manifest = manifest(lifeboat, app, &record.summary.id).await?;
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let checksum = format!("{}  {name}\n", manifest.summary.sha256);
    let text = serde_json::to_vec(&manifest)
        .map_err(|error| Error::new(Code::Internal, error.to_string(), "Try again."))?;
    for (path, bytes) in companions.iter().zip([checksum.as_bytes(), &text]) {
        store_files::write_atomic(path, bytes, 0o600)
            .map_err(|failure| output_failed(path, &failure.message))?;
    }
    Ok(companions
        .iter()
        .map(|path| path.display().to_string())
        .collect())
}

async fn manifest(lifeboat: &Lifeboat, app: &str, id: &str) -> Result<Manifest, Error> {
    let needs = Needs {
        purpose: "list",
        ..Needs::default()
    };
    let mut vault = lifeboat.open_vault_for_recovery(app, &needs).await?;
    let answer = vault
        .ask_quietly(Request::ReadManifest { id: id.to_owned() })
        .await;
    vault.close().await;
    match answer {
        Ok(Answer::Manifest(manifest)) => Ok(*manifest),
        Ok(_) => Err(unexpected()),
        Err(failure) => Err(error_of("The backup's manifest could not be read", failure)),
    }
}
