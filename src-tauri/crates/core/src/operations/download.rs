//! Downloading: bytes out of the vault into a file of this machine, read back and compared.

use std::io::Write as _;
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

/// The same within another job, whose present step it belongs to.
pub(super) async fn fetch(
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
    let contents = if companions.is_empty() {
        Vec::new()
    } else {
        companion_contents(lifeboat, app, record, &target).await?
    };
    let companion_bytes: usize = contents.iter().map(Vec::len).sum();
    check_room(&target, size_bytes.saturating_add(companion_bytes as u64))?;
    // What lies beside the archive is written first: once the bulk is there, little can fail.
    let mut making = Making::default();
    for (path, content) in companions.iter().zip(&contents) {
        making.write(path, content)?;
    }
    let partial = making.add(&target);
    let sent = transfer(lifeboat, app, record, database, &partial, tracker, job).await?;
    tracker.begin("read-back", Some(sent.size_bytes));
    let found = hash_from_disk(partial).await?;
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
    making.publish()?;
    Ok(DownloadReport {
        path: target.display().to_string(),
        companions: shown(&companions),
        size_bytes: sent.size_bytes,
        sha256: sent.sha256,
    })
}

/// A copy with its companions that an earlier attempt left at `target`, if it is equal to the byte.
pub(super) async fn existing_copy(record: &BackupRecord, target: &Path) -> Option<DownloadReport> {
    let companions = companion_paths(target);
    let size_bytes = target.symlink_metadata().ok()?.len();
    if size_bytes != record.summary.stored_bytes || !companions.iter().all(|path| path.is_file()) {
        return None;
    }
    let sha256 = hash_from_disk(target.to_path_buf()).await.ok()?;
    (sha256 == record.summary.sha256).then(|| DownloadReport {
        path: target.display().to_string(),
        companions: shown(&companions),
        size_bytes,
        sha256,
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

pub(super) fn check_room(target: &Path, size_bytes: u64) -> Result<(), Error> {
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

/// Files in the making, under hidden names: published all together, or all gone.
#[derive(Default)]
struct Making {
    /// Where each lies now, and what it will be called.
    files: Vec<(PathBuf, PathBuf)>,
}

impl Making {
    /// A name for what will be `target`. It is short: the target's own may be as long as names get.
    fn add(&mut self, target: &Path) -> PathBuf {
        let number = self.files.len();
        let name = format!(".lifeboat-{}-{number}.partial", std::process::id());
        let path = folder_of(target).join(name);
        self.files.push((path.clone(), target.to_path_buf()));
        path
    }

    fn write(&mut self, target: &Path, bytes: &[u8]) -> Result<(), Error> {
        let path = self.add(target);
        write_new(&path, bytes).map_err(|error| output_failed(target, &error.to_string()))
    }

    /// Gives each its name; if one cannot have it, those that have theirs are taken back.
    fn publish(self) -> Result<(), Error> {
        for (done, (path, target)) in self.files.iter().enumerate() {
            if let Err(error) = publish(path, target) {
                for (_, published) in &self.files[..done] {
                    // One that stays is told apart: its archive is not beside it.
                    let _ = std::fs::remove_file(published);
                }
                return Err(error);
            }
        }
        Ok(())
    }
}

impl Drop for Making {
    fn drop(&mut self) {
        for (path, _) in &self.files {
            // After a rename there is nothing left to remove, and that is fine.
            let _ = std::fs::remove_file(path);
        }
    }
}

fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn publish(path: &Path, target: &Path) -> Result<(), Error> {
    // A hard link refuses to overwrite, which a rename would not; drives without links (FAT) get the
    // rename after a last look.
    match std::fs::hard_link(path, target) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            return refuse_existing(target);
        }
        Err(_) => {
            refuse_existing(target)?;
            std::fs::rename(path, target)
                .map_err(|error| output_failed(target, &error.to_string()))?;
        }
    }
    store_files::fsync_directory(&folder_of(target))
        .map_err(|failure| output_failed(target, &failure.message))
}

async fn transfer(
    lifeboat: &Lifeboat,
    app: &str,
    record: &BackupRecord,
    database: Option<DatabaseRef>,
    partial: &Path,
    tracker: &mut StepTracker<'_>,
    job: &JobContext,
) -> Result<lifeboat_store::protocol::Sent, Error> {
    let mut options = tokio::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    let mut file = options
        .open(partial)
        .await
        .map_err(|error| output_failed(partial, &error.to_string()))?;
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
        .map_err(|error| output_failed(partial, &error.to_string()))?;
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

/// What goes beside an archive, in the order of [`companion_paths`]: its checksum, and its manifest.
async fn companion_contents(
    lifeboat: &Lifeboat,
    app: &str,
    record: &BackupRecord,
    target: &Path,
) -> Result<Vec<Vec<u8>>, Error> {
    let manifest = manifest(lifeboat, app, &record.summary.id).await?;
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let checksum = format!("{}  {name}\n", manifest.summary.sha256);
    let text = serde_json::to_vec(&manifest)
        .map_err(|error| Error::new(Code::Internal, error.to_string(), "Try again."))?;
    Ok(vec![checksum.into_bytes(), text])
}

fn shown(paths: &[PathBuf]) -> Vec<String> {
    paths
        .iter()
        .map(|path| path.display().to_string())
        .collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).expect("a folder");
        let mut names: Vec<String> = entries
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    fn make(folder: &Path, name: &str) -> Making {
        let target = folder.join(name);
        let mut making = Making::default();
        for path in companion_paths(&target).iter().chain([&target]) {
            making.write(path, b"content").expect("it can be written");
        }
        making
    }

    #[test]
    fn a_download_is_there_as_a_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let making = make(folder.path(), "a.tar.gz");
        assert!(
            names(folder.path())
                .iter()
                .all(|name| name.starts_with('.'))
        );
        making.publish().expect("nothing is in the way");
        let all = ["a.tar.gz", "a.tar.gz.json", "a.tar.gz.sha256"];
        assert_eq!(names(folder.path()), all);
    }

    #[test]
    fn a_download_that_cannot_be_whole_is_not_there_at_all() {
        for taken in ["a.tar.gz", "a.tar.gz.json", "a.tar.gz.sha256"] {
            let folder = tempfile::tempdir().expect("a folder");
            let making = make(folder.path(), "a.tar.gz");
            std::fs::write(folder.path().join(taken), "somebody else's").expect("a file");
            let error = making.publish().expect_err("it is not overwritten");
            assert_eq!(error.code, Code::OutputFailed);
            assert_eq!(names(folder.path()), [taken]);
            let kept = std::fs::read_to_string(folder.path().join(taken)).expect("it is there");
            assert_eq!(kept, "somebody else's");
        }
        // The archive's name just fits, and those of what lies beside it do not.
        let folder = tempfile::tempdir().expect("a folder");
        let making = make(folder.path(), &"a".repeat(250));
        assert!(making.publish().is_err());
        assert_eq!(names(folder.path()), Vec::<String>::new());
    }
}
