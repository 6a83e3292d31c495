//! What of the process's environment decides which engine is meant.
//!
//! It is read in one place and handed in as a value, so that everything else can be tested.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The variables and places that the docker CLI looks at.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// `DOCKER_HOST`.
    pub docker_host: Option<String>,
    /// `DOCKER_CONTEXT`.
    pub docker_context: Option<String>,
    /// `DOCKER_CONFIG`: the folder with `config.json` and the contexts.
    pub docker_config: Option<PathBuf>,
    /// `DOCKER_TLS_VERIFY`.
    pub docker_tls_verify: Option<String>,
    /// `DOCKER_CERT_PATH`.
    pub docker_cert_path: Option<PathBuf>,
    /// The user's home.
    pub home: Option<PathBuf>,
    /// `XDG_RUNTIME_DIR`.
    pub runtime_directory: Option<PathBuf>,
    /// `COLIMA_HOME`.
    pub colima_home: Option<PathBuf>,
    /// `PATH`, to tell "not installed" from "not running".
    pub search_path: Option<OsString>,
    /// Where the engine listens by default; `None` for the platform's own place.
    pub default_socket: Option<PathBuf>,
}

impl Environment {
    /// That of this process.
    #[must_use]
    pub fn from_process() -> Self {
        let text = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let path = |name: &str| {
            std::env::var_os(name)
                .filter(|v| !v.is_empty())
                .map(PathBuf::from)
        };
        Self {
            docker_host: text("DOCKER_HOST"),
            docker_context: text("DOCKER_CONTEXT"),
            docker_config: path("DOCKER_CONFIG"),
            docker_tls_verify: text("DOCKER_TLS_VERIFY"),
            docker_cert_path: path("DOCKER_CERT_PATH"),
            home: directories::BaseDirs::new().map(|found| found.home_dir().to_owned()),
            runtime_directory: path("XDG_RUNTIME_DIR").or_else(guess_runtime_directory),
            colima_home: path("COLIMA_HOME"),
            search_path: std::env::var_os("PATH"),
            default_socket: None,
        }
    }

    /// The folder with docker's `config.json`.
    pub(super) fn config_directory(&self) -> Option<PathBuf> {
        self.docker_config
            .clone()
            .or_else(|| self.home.as_ref().map(|home| home.join(".docker")))
    }

    /// The address of the default endpoint.
    pub(super) fn default_url(&self) -> String {
        match &self.default_socket {
            Some(socket) => format!("unix://{}", socket.display()),
            None if cfg!(windows) => "npipe:////./pipe/docker_engine".to_owned(),
            None => "unix:///var/run/docker.sock".to_owned(),
        }
    }

    /// A program of an engine is installed here, so that a missing socket means "not running".
    pub(super) fn engine_installed(&self) -> bool {
        const PROGRAMS: [&str; 6] = [
            "docker",
            "dockerd",
            "podman",
            "docker.exe",
            "dockerd.exe",
            "podman.exe",
        ];
        let Some(search_path) = &self.search_path else {
            return false;
        };
        std::env::split_paths(search_path).any(|directory| {
            PROGRAMS
                .iter()
                .any(|program| directory.join(program).is_file())
        })
    }

    /// Sockets that exist at the places where other engines put theirs, beside `taken`. They are
    /// offered to the user; taking one unasked could work on an engine that nobody meant.
    #[must_use]
    pub fn other_sockets(&self, taken: &str) -> Vec<String> {
        let mut candidates = vec![
            PathBuf::from(self.default_url().trim_start_matches("unix://")),
            PathBuf::from("/run/podman/podman.sock"),
        ];
        if let Some(runtime) = &self.runtime_directory {
            candidates.push(runtime.join("docker.sock"));
            candidates.push(runtime.join("podman/podman.sock"));
        }
        if let Some(home) = &self.home {
            for place in [
                ".docker/desktop/docker.sock",
                ".docker/run/docker.sock",
                ".orbstack/run/docker.sock",
                ".rd/docker.sock",
            ] {
                candidates.push(home.join(place));
            }
            candidates.extend(one_level_below(&home.join(".lima"), "sock/docker.sock"));
            candidates.extend(one_level_below(&home.join(".colima"), "docker.sock"));
            candidates.extend(one_level_below(&home.join(".config/colima"), "docker.sock"));
        }
        if let Some(colima) = &self.colima_home {
            candidates.extend(one_level_below(colima, "docker.sock"));
        }
        let mut found = Vec::new();
        for candidate in candidates {
            let url = format!("unix://{}", candidate.display());
            if url != taken && is_socket(&candidate) && !found.contains(&url) {
                found.push(url);
            }
        }
        found
    }
}

/// `<directory>/*/<ending>`, in order.
fn one_level_below(directory: &Path, ending: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path().join(ending))
        .collect();
    paths.sort();
    paths
}

#[cfg(unix)]
fn is_socket(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    std::fs::metadata(path).is_ok_and(|metadata| metadata.file_type().is_socket())
}

#[cfg(not(unix))]
fn is_socket(_: &Path) -> bool {
    false
}

/// `/run/user/<uid>`, for logins without `XDG_RUNTIME_DIR` (`sudo`, `cron`).
#[cfg(target_os = "linux")]
fn guess_runtime_directory() -> Option<PathBuf> {
    use std::os::unix::fs::MetadataExt as _;
    let user_id = std::fs::metadata("/proc/self").ok()?.uid();
    let directory = PathBuf::from(format!("/run/user/{user_id}"));
    directory.is_dir().then_some(directory)
}

#[cfg(not(target_os = "linux"))]
fn guess_runtime_directory() -> Option<PathBuf> {
    None
}
