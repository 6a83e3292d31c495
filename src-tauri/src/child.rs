//! Work that must outlive the window: the command line program, in a process group of its own.
//!
//! It writes to a file, not to a pipe: a pipe without a reader would break when the window goes.
//! The file is locked through the descriptor that the process inherits, so any later window can
//! tell whether the work still goes on, read what was told so far, and listen to the rest.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use lifeboat_core::error::Aftermath;
use lifeboat_core::job::{JobEvent, Reporter};
use lifeboat_core::{Code, Error};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::io::AsyncReadExt as _;

use crate::job::{Job, JobTitle};

/// How often the file is looked at; not more often than the window is told of progress.
const INTERVAL: Duration = Duration::from_millis(100);
/// The end of what it told on standard error is kept for "Show details".
const DETAIL_BYTES: usize = 4096;

/// The program's name, beside ours or in `PATH`.
const PROGRAM: &str = if cfg!(windows) {
    "lifeboat.exe"
} else {
    "lifeboat"
};

/// What is written down of a running process, for windows to come.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Record {
    /// The job's id.
    pub id: String,
    /// What it does.
    #[serde(flatten)]
    pub title: JobTitle,
    /// The process.
    pub process: u32,
}

/// The files of one process.
#[derive(Debug, Clone)]
struct Files {
    record: PathBuf,
    output: PathBuf,
    talk: PathBuf,
}

impl Files {
    fn new(directory: &Path, id: &str) -> Self {
        let file = |extension: &str| directory.join(format!("{id}.{extension}"));
        Self {
            record: file("json"),
            output: file("output"),
            talk: file("talk"),
        }
    }

    fn remove(&self) {
        for path in [&self.record, &self.output, &self.talk] {
            if let Err(cause) = std::fs::remove_file(path) {
                tracing::debug!(?path, %cause, "a file of an ended process stays");
            }
        }
    }
}

/// A process whose output is followed.
#[derive(Debug)]
pub struct Followed {
    files: Files,
    process: u32,
    /// Ours, if this window started it; it has to be reaped.
    child: Option<tokio::process::Child>,
}

/// Finds the command line program: `override_path`, else beside this program, else in `PATH`.
///
/// # Errors
/// `internal` if it is nowhere.
pub fn find_program(override_path: Option<&Path>) -> Result<PathBuf, Error> {
    let beside = std::env::current_exe()
        .ok()
        .and_then(|path| Some(path.parent()?.join(PROGRAM)));
    let search_path = std::env::var_os("PATH").unwrap_or_default();
    let searched = std::env::split_paths(&search_path).map(|folder| folder.join(PROGRAM));
    let found = match override_path {
        Some(path) => Some(path.to_owned()).filter(|path| path.is_file()),
        None => beside
            .into_iter()
            .chain(searched)
            .find(|path| path.is_file()),
    };
    found.ok_or_else(|| {
        Error::new(
            Code::Internal,
            "The program `lifeboat`, which does this work, is missing.",
            "Install Lifeboat again, so that `lifeboat` lies beside the desktop app.",
        )
    })
}

/// Starts the program for `job`.
///
/// # Errors
/// `internal` if it cannot be started or its files cannot be made.
pub fn start(
    program: &Path,
    arguments: &[String],
    directory: &Path,
    job: &Job,
) -> Result<Followed, Error> {
    let view = job.view();
    let files = Files::new(directory, &view.id);
    let title = JobTitle {
        kind: view.kind,
        app: view.app,
        title: view.title,
    };
    spawn(
        program,
        arguments,
        directory,
        files.clone(),
        &view.id,
        title,
    )
    .map_err(|cause| {
        files.remove();
        Error::new(
            Code::Internal,
            "The program `lifeboat` could not be started.",
            "Look whether this machine has room and memory left, then try again.",
        )
        .with_detail(cause.to_string())
    })
}

fn spawn(
    program: &Path,
    arguments: &[String],
    directory: &Path,
    files: Files,
    id: &str,
    title: JobTitle,
) -> std::io::Result<Followed> {
    std::fs::create_dir_all(directory)?;
    let output = File::create_new(&files.output)?;
    output.lock()?;
    let mut command = tokio::process::Command::new(program);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(File::create_new(&files.talk)?)
        .kill_on_drop(false);
    #[cfg(unix)]
    command.process_group(0);
    let child = command.spawn()?;
    let process = child.id().expect("it was not waited for yet");
    let record = Record {
        id: id.to_owned(),
        title,
        process,
    };
    // Without the record this window still follows; only a later one would not find it.
    if let Err(cause) = write_record(&files.record, &record) {
        tracing::warn!(%cause, "a running process could not be written down");
    }
    Ok(Followed {
        files,
        process,
        child: Some(child),
    })
}

fn write_record(path: &Path, record: &Record) -> std::io::Result<()> {
    std::fs::write(path, serde_json::to_vec(record)?)
}

/// The processes that an earlier window left, running or ended meanwhile.
#[must_use]
pub fn left_behind(directory: &Path) -> Vec<(Record, Followed)> {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for entry in entries.flatten() {
        if entry
            .path()
            .extension()
            .is_none_or(|extension| extension != "json")
        {
            continue;
        }
        let record = std::fs::read(entry.path()).ok();
        let record: Option<Record> = record.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let Some(record) = record else {
            tracing::warn!(path = ?entry.path(), "the record of a process cannot be read");
            continue;
        };
        let files = Files::new(directory, &record.id);
        found.push((
            record.clone(),
            Followed {
                files,
                process: record.process,
                child: None,
            },
        ));
    }
    found
}

impl Followed {
    /// Passes on what the process tells until it ends, says how it ended, and cleans up.
    ///
    /// # Errors
    /// What the process says went wrong; `unfinished` if it vanished without a word.
    pub async fn follow(mut self, job: &Job) -> Result<Value, Error> {
        let ending = match self.listen(job).await {
            Ok(Some(ending)) => ending,
            Ok(None) => Err(self.vanished("it ended without a result")),
            Err(cause) => Err(self.vanished(&cause.to_string())),
        };
        self.files.remove();
        ending
    }

    async fn listen(&mut self, job: &Job) -> std::io::Result<Option<Result<Value, Error>>> {
        let mut lines = Lines::open(&self.files.output).await?;
        let mut ending = None;
        let mut cancel_is_told = false;
        loop {
            // To be asked before reading: what is read after the end is all there is.
            let runs = self.runs();
            for line in lines.read().await? {
                ending = hear(&line, job).or(ending);
            }
            if !runs {
                return Ok(ending);
            }
            tokio::select! {
                () = tokio::time::sleep(INTERVAL) => {}
                () = job.cancel.cancelled(), if !cancel_is_told => {
                    cancel_is_told = true;
                    interrupt(self.process);
                }
            }
        }
    }

    fn runs(&mut self) -> bool {
        if let Some(child) = &mut self.child {
            return matches!(child.try_wait(), Ok(None));
        }
        let output = File::open(&self.files.output);
        output.is_ok_and(|file| matches!(file.try_lock(), Err(std::fs::TryLockError::WouldBlock)))
    }

    fn vanished(&self, cause: &str) -> Error {
        let talk = std::fs::read(&self.files.talk).unwrap_or_default();
        let tail = &talk[talk.len().saturating_sub(DETAIL_BYTES)..];
        Error::new(
            Code::Unfinished,
            "The work stopped before its end.",
            "Run Recover: it brings the application back into a sound state.",
        )
        .with_aftermath(Aftermath::NeedsAttention)
        .with_detail(format!("{cause}\n{}", String::from_utf8_lossy(tail)))
    }
}

/// Takes one line: passes an event on, or gives the ending.
fn hear(line: &[u8], job: &Job) -> Option<Result<Value, Error>> {
    let Ok(Value::Object(mut object)) = serde_json::from_slice(line) else {
        tracing::warn!("a line of the command line program is no JSON object");
        return None;
    };
    if object.contains_key("event") {
        match serde_json::from_value::<JobEvent>(Value::Object(object)) {
            Ok(event) => job.report(event),
            Err(cause) => tracing::warn!(%cause, "an event is of an unknown kind"),
        }
        return None;
    }
    object.remove("schema")?;
    if let Some(error) = object.remove("error") {
        let error = serde_json::from_value(error);
        return Some(Err(error.unwrap_or_else(|cause| {
            Error::new(Code::Internal, "The work failed.", "Look at the log.")
                .with_aftermath(Aftermath::NeedsAttention)
                .with_detail(cause.to_string())
        })));
    }
    let named = ["restore", "update", "undo", "recover"]
        .iter()
        .find_map(|key| object.remove(*key));
    Some(Ok(named.unwrap_or(Value::Object(object))))
}

/// Asks a process to stop, as Ctrl-C does.
fn interrupt(process: u32) {
    #[cfg(unix)]
    {
        use nix::sys::signal::{Signal, kill};
        use nix::unistd::Pid;
        let Ok(process) = i32::try_from(process) else {
            return;
        };
        if let Err(cause) = kill(Pid::from_raw(process), Signal::SIGINT) {
            tracing::warn!(%cause, "a process could not be asked to stop");
        }
    }
    #[cfg(not(unix))]
    tracing::warn!(process, "a process cannot be asked to stop on this system");
}

/// Whole lines of a file that grows.
struct Lines {
    file: tokio::fs::File,
    begun: Vec<u8>,
}

impl Lines {
    async fn open(path: &Path) -> std::io::Result<Self> {
        Ok(Self {
            file: tokio::fs::File::open(path).await?,
            begun: Vec::new(),
        })
    }

    /// The lines that were completed since the last call.
    async fn read(&mut self) -> std::io::Result<Vec<Vec<u8>>> {
        self.file.read_to_end(&mut self.begun).await?;
        let Some(end) = self.begun.iter().rposition(|byte| *byte == b'\n') else {
            return Ok(Vec::new());
        };
        let rest = self.begun.split_off(end + 1);
        let whole = std::mem::replace(&mut self.begun, rest);
        let lines = whole
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty());
        Ok(lines.map(<[u8]>::to_vec).collect())
    }
}
