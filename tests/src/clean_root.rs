//! A clean system of the distribution that this machine runs, in a directory: what somebody has who has installed
//! nothing yet.
//!
//! Nothing of it is mounted outside of the commands that are run in it: each has a mount and a process namespace of
//! its own, so that mounts and processes end with it, however it ends.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::command::{self, Finished};

/// What each command in the root sees beside its files. Arguments: the root, pairs of what is mounted where, two
/// dashes, the words of the command.
const ENTER: &str = r#"
set -eu
root=$1; shift
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
while [ "$1" != -- ]; do
    if [ -d "$1" ]; then
        mkdir -p "$root$2"
    else
        mkdir -p "$(dirname "$root$2")"; touch "$root$2"
    fi
    mount --bind "$1" "$root$2"
    shift 2
done
shift
exec chroot "$root" "$@"
"#;

/// The answer that a person gives, and nothing beside what is asked for.
const APT: &str = "APT::Get::Assume-Yes \"true\";\n\
                   APT::Install-Recommends \"false\";\n\
                   Acquire::Languages \"none\";\n";

/// A clean system; it is gone at the end.
#[derive(Debug)]
pub struct CleanRoot {
    directory: TempDir,
    mounts: Vec<(PathBuf, String)>,
}

impl CleanRoot {
    /// Makes one, with these packages beside the smallest set.
    ///
    /// # Panics
    /// If the distribution's packages cannot be had.
    #[must_use]
    pub fn make(packages: &[&str]) -> Self {
        let directory = tempfile::Builder::new()
            .prefix("lifeboat-root-")
            .tempdir()
            .expect("a temporary directory");
        let sources = sources();
        let (mirror, release) = sources
            .iter()
            .map(|source| (&source.mirror, &source.release))
            .min_by_key(|(_, release)| release.len())
            .expect("the distribution has a mirror");
        // It mounts things, and those end with it as well.
        let mut debootstrap = Command::new("unshare");
        debootstrap
            .args(["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"])
            .args(["debootstrap", "--variant=minbase"])
            .arg(format!("--include={}", packages.join(",")))
            .arg(release)
            .arg(directory.path())
            .arg(mirror);
        let _ = command::run(&mut debootstrap).success();
        let root = Self {
            directory,
            mounts: Vec::new(),
        };
        root.configure(&sources);
        let _ = root.run(&["apt-get", "update", "--quiet"]).success();
        root
    }

    /// The packages of this machine's mirrors, by this machine's way to them; no service is started.
    fn configure(&self, sources: &[Source]) {
        let lines: String = sources.iter().map(Source::line).collect();
        self.write("etc/apt/sources.list", &lines);
        let acquire = command::run(Command::new("apt-config").args(["dump", "Acquire"])).success();
        let ways = ["http", "https", "Check-", "Retries"];
        let acquire: String = acquire
            .text()
            .lines()
            .filter(|line| {
                ways.iter()
                    .any(|way| line.starts_with(&format!("Acquire::{way}")))
            })
            .map(|line| format!("{line}\n"))
            .collect();
        self.write("etc/apt/apt.conf.d/90test", &format!("{APT}{acquire}"));
        // Nobody keeps this disk.
        self.write("etc/dpkg/dpkg.cfg.d/test", "force-unsafe-io\n");
        self.write("usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n");
        let policy = self.path("usr/sbin/policy-rc.d");
        let _ = command::run(Command::new("chmod").arg("755").arg(policy)).success();
        for file in ["etc/resolv.conf", "etc/hosts"] {
            let text = fs::read_to_string(Path::new("/").join(file)).unwrap_or_default();
            let _ = fs::remove_file(self.path(file));
            self.write(file, &text);
        }
    }

    /// Has every later command see a file or a folder of this machine at a path of the root.
    pub fn mount(&mut self, from: &Path, at: &str) {
        self.mounts.push((from.to_path_buf(), at.to_owned()));
    }

    /// A command in the root, not yet run: with nothing of this machine's environment but the way to the mirrors.
    #[must_use]
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new("unshare");
        command
            .args(["--mount", "--pid", "--fork", "--kill-child"])
            .args(["sh", "-c", ENTER, "enter"])
            .arg(self.directory.path());
        for (from, at) in &self.mounts {
            command.arg(from).arg(at);
        }
        command.arg("--").args(words).env_clear();
        command
            .env(
                "PATH",
                "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            )
            .env("HOME", "/root")
            .env("LANG", "C.UTF-8")
            .env("DEBIAN_FRONTEND", "noninteractive");
        for name in ["http_proxy", "https_proxy", "no_proxy"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command
    }

    /// Runs a command in the root, whatever the end.
    pub fn run(&self, words: &[&str]) -> Finished {
        command::run(&mut self.command(words))
    }

    /// Runs lines of a shell in the root, in a folder, as a person types them; what they print.
    ///
    /// # Panics
    /// If one of them fails.
    pub fn type_in(&self, folder: &str, lines: &str) -> String {
        let script = format!("cd '{folder}'\n{lines}");
        self.run(&["bash", "-euo", "pipefail", "-c", &script])
            .success()
            .text()
    }

    /// A path of the root, as this machine sees it.
    #[must_use]
    pub fn path(&self, inside: &str) -> PathBuf {
        self.directory.path().join(inside.trim_start_matches('/'))
    }

    /// Writes a file of the root.
    ///
    /// # Panics
    /// If it cannot be written.
    pub fn write(&self, inside: &str, text: &str) {
        let path = self.path(inside);
        let folder = path.parent().expect("a file has a folder");
        fs::create_dir_all(folder).expect("the folder");
        fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
}

/// One line of the list of sources.
struct Source {
    mirror: String,
    release: String,
    component: String,
}

impl Source {
    fn line(&self) -> String {
        format!("deb {} {} {}\n", self.mirror, self.release, self.component)
    }
}

/// Where this machine has the packages of its own distribution from.
fn sources() -> Vec<Source> {
    let found = listed_sources();
    if !found.is_empty() {
        return found;
    }
    // A machine that has never looked has no lists.
    let _ = command::run(Command::new("apt-get").args(["update", "--quiet"])).success();
    let found = listed_sources();
    assert!(!found.is_empty(), "apt knows no mirror of the distribution");
    found
}

fn listed_sources() -> Vec<Source> {
    let system = fs::read_to_string("/etc/os-release").expect("the system tells what it is");
    let fact = |name: &str| {
        let line = system
            .lines()
            .find_map(|line| line.strip_prefix(&format!("{name}=")));
        line.unwrap_or_default().trim_matches('"').to_owned()
    };
    let (distribution, release) = (fact("ID"), fact("VERSION_CODENAME"));
    let format = "$(CREATED_BY)|$(ORIGIN)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)";
    let listed =
        command::run(Command::new("apt-get").args(["indextargets", "--format", format])).success();
    let listed = listed.text();
    let rows = listed
        .lines()
        .map(|line| line.split('|').collect::<Vec<_>>());
    rows.filter_map(|row| match row.as_slice() {
        ["Packages", origin, mirror, of, component]
            if origin.eq_ignore_ascii_case(&distribution) && of.starts_with(&release) =>
        {
            Some(Source {
                mirror: (*mirror).to_owned(),
                release: (*of).to_owned(),
                component: (*component).to_owned(),
            })
        }
        _ => None,
    })
    .collect()
}
