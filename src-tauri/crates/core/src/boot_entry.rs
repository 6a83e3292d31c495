//! An entry for the next boot or login: a power cut between *stop* and the ending of a restore or
//! update must not leave an application down until somebody remembers.
//!
//! It exists only in between. Where it cannot be written, `recover` has to be run by hand, as every
//! next command on that application does by itself.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use directories::BaseDirs;

/// What the names of all entries begin with; the job's name follows.
const PREFIX: &str = "lifeboat-recover-";

/// Where entries go, and in which form.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// A unit of systemd: of the machine for root, else of the user.
    Unit {
        directory: PathBuf,
        wanted_by: &'static str,
    },
    /// A desktop's start folder.
    Autostart { directory: PathBuf },
}

impl Place {
    /// The place on this machine; `None` where there is none.
    fn here() -> Option<Self> {
        let has_systemd = Path::new("/run/systemd/system").is_dir();
        if has_systemd && is_root() {
            return Some(Self::Unit {
                directory: PathBuf::from("/etc/systemd/system"),
                wanted_by: "multi-user.target",
            });
        }
        if !cfg!(target_os = "linux") {
            return None;
        }
        let configuration = BaseDirs::new()?.config_dir().to_path_buf();
        Some(if has_systemd {
            Self::Unit {
                directory: configuration.join("systemd/user"),
                wanted_by: "default.target",
            }
        } else {
            Self::Autostart {
                directory: configuration.join("autostart"),
            }
        })
    }

    /// The entry's file, and the link that switches it on.
    fn files(&self, job: &str) -> (PathBuf, Option<PathBuf>) {
        match self {
            Self::Unit {
                directory,
                wanted_by,
            } => {
                let name = format!("{PREFIX}{job}.service");
                let link = directory.join(format!("{wanted_by}.wants")).join(&name);
                (directory.join(name), Some(link))
            }
            Self::Autostart { directory } => {
                (directory.join(format!("{PREFIX}{job}.desktop")), None)
            }
        }
    }

    fn text(&self, program: &Path, endpoint: &str) -> String {
        let command = format!(
            "{} --engine {} recover",
            quoted(&program.to_string_lossy()),
            quoted(endpoint)
        );
        match self {
            Self::Unit { wanted_by, .. } => format!(
                "[Unit]\nDescription=Lifeboat: end what a power cut interrupted\n\
                 StartLimitIntervalSec=1800\nStartLimitBurst=60\n\n\
                 [Service]\nType=oneshot\nRestart=on-failure\nRestartSec=20\n\
                 ExecStart={}\n\n[Install]\nWantedBy={wanted_by}\n",
                // systemd expands what follows a percent sign.
                command.replace('%', "%%")
            ),
            Self::Autostart { .. } => format!(
                "[Desktop Entry]\nType=Application\nName=Lifeboat: end what was interrupted\n\
                 Exec={}\nTerminal=false\nX-GNOME-Autostart-enabled=true\n",
                command.replace('%', "%%")
            ),
        }
    }
}

fn is_root() -> bool {
    #[cfg(target_os = "linux")]
    {
        // The owner of this process, without a system call of our own.
        use std::os::unix::fs::MetadataExt as _;
        std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
    }
    #[cfg(not(target_os = "linux"))]
    false
}

/// In double quotes, as systemd and desktop entries read them.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' | '`' | '$' => {
                let _ = write!(quoted, "\\{letter}");
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

/// Makes the entry of a job. That it cannot be made is logged, and keeps nobody from working.
pub(crate) fn make(job: &str, endpoint: &str) {
    let outcome = match (Place::here(), std::env::current_exe()) {
        (Some(place), Ok(program)) => write(&place, job, &program, endpoint),
        _ => return,
    };
    if let Err(error) = outcome {
        tracing::warn!(%error, "the entry for the next boot could not be made");
    }
}

fn write(place: &Place, job: &str, program: &Path, endpoint: &str) -> io::Result<()> {
    let (file, link) = place.files(job);
    for path in [Some(&file), link.as_ref()].into_iter().flatten() {
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
    }
    std::fs::write(&file, place.text(program, endpoint))?;
    if let Some(link) = link {
        switch_on(&file, &link)?;
    }
    Ok(())
}

#[cfg(unix)]
fn switch_on(file: &Path, link: &Path) -> io::Result<()> {
    match std::os::unix::fs::symlink(file, link) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        outcome => outcome,
    }
}

#[cfg(not(unix))]
fn switch_on(_: &Path, _: &Path) -> io::Result<()> {
    Ok(())
}

/// The job has ended: nothing is left to be done at the next boot.
pub(crate) fn remove(job: &str) {
    if let Some(place) = Place::here() {
        remove_from(&place, job);
    }
}

fn remove_from(place: &Place, job: &str) {
    let (file, link) = place.files(job);
    for path in [link, Some(file)].into_iter().flatten() {
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%error, path = %path.display(), "an entry for the next boot is left");
            }
            _ => {}
        }
    }
}

/// Entries that were there when a recovery of everything began. Once it has ended, none of them has a job:
/// it was recovered by somebody else, or from another account.
pub(crate) struct Leftovers {
    place: Option<Place>,
    jobs: Vec<String>,
}

impl Leftovers {
    /// Those that would recover on this engine.
    pub(crate) fn of(endpoint: &str) -> Self {
        let place = Place::here();
        let jobs = place.as_ref().map(|place| jobs_at(place, endpoint));
        Self {
            place,
            jobs: jobs.unwrap_or_default(),
        }
    }

    /// Nothing is left for them to do.
    pub(crate) fn remove(&self) {
        let Some(place) = &self.place else { return };
        for job in &self.jobs {
            remove_from(place, job);
        }
    }
}

fn jobs_at(place: &Place, endpoint: &str) -> Vec<String> {
    let (Place::Unit { directory, .. } | Place::Autostart { directory }) = place;
    let mine = format!("--engine {} recover", quoted(endpoint)).replace('%', "%%");
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    entries
        .filter(|entry| {
            std::fs::read_to_string(entry.path()).is_ok_and(|text| text.contains(&mine))
        })
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let (job, _) = name.strip_prefix(PREFIX)?.rsplit_once('.')?;
            Some(job.to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{Leftovers, Place, jobs_at, remove_from, write};

    fn check(place: &Place, wanted: &[&str]) {
        write(
            place,
            "abc",
            Path::new("/opt/a b/lifeboat"),
            "unix:///run/100%.sock",
        )
        .expect("the folder can be written");
        let (file, link) = place.files("abc");
        let text = std::fs::read_to_string(&file).expect("the entry is there");
        for part in wanted {
            assert!(text.contains(part), "{text}");
        }
        if let Some(link) = &link {
            assert_eq!(std::fs::read_link(link).expect("a link"), file);
        }
        remove_from(place, "abc");
        assert!(!file.exists() && link.is_none_or(|link| link.symlink_metadata().is_err()));
    }

    #[test]
    fn those_of_other_engines_stay() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = Place::Unit {
            directory: folder.path().join("units"),
            wanted_by: "default.target",
        };
        let program = Path::new("/opt/lifeboat");
        write(&place, "here", program, "unix:///run/100%.sock").expect("an entry");
        write(&place, "elsewhere", program, "unix:///run/other.sock").expect("an entry");
        let jobs = jobs_at(&place, "unix:///run/100%.sock");
        assert_eq!(jobs, ["here"]);
        let leftovers = Leftovers {
            place: Some(place.clone()),
            jobs,
        };
        leftovers.remove();
        assert!(!place.files("here").0.exists());
        assert!(place.files("elsewhere").0.exists());
    }

    #[test]
    fn a_unit_is_there_only_in_between() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = Place::Unit {
            directory: folder.path().join("units"),
            wanted_by: "default.target",
        };
        let command = "ExecStart=\"/opt/a b/lifeboat\" --engine \"unix:///run/100%%.sock\" recover";
        check(&place, &[command, "WantedBy=default.target"]);
    }

    #[test]
    fn a_desktop_entry_is_there_only_in_between() {
        let folder = tempfile::tempdir().expect("a folder");
        let directory: PathBuf = folder.path().join("autostart");
        let command = "Exec=\"/opt/a b/lifeboat\" --engine \"unix:///run/100%%.sock\" recover";
        check(&Place::Autostart { directory }, &[command]);
    }
}
