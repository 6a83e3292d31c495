//! Which engine is meant: the docker CLI's order of preference, without the docker CLI.
//!
//! An explicit choice, `DOCKER_HOST`, `DOCKER_CONTEXT`, the current context of docker's
//! `config.json`, the default socket. Nothing else is ever taken without being asked for.

use std::fmt;
use std::io::ErrorKind;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::environment::Environment;
use crate::error::{Code, Error};

/// Where the endpoint came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The user named an address.
    Choice,
    /// `DOCKER_HOST`.
    DockerHost,
    /// A Docker context.
    Context(String),
    /// Nothing said otherwise.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Choice => formatter.write_str("--engine"),
            Self::DockerHost => formatter.write_str("DOCKER_HOST"),
            Self::Context(name) => write!(formatter, "context {name}"),
            Self::Default => formatter.write_str("default"),
        }
    }
}

/// The three files of a TLS client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// `ca.pem`.
    pub authority: PathBuf,
    /// `cert.pem`.
    pub certificate: PathBuf,
    /// `key.pem`.
    pub key: PathBuf,
}

/// How the engine is spoken to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A unix socket.
    Unix(PathBuf),
    /// A named pipe of Windows.
    Pipe(String),
    /// Plain HTTP, on this machine only: `host:port`.
    Loopback(String),
    /// HTTP over TLS: `host:port`.
    Tls(String, TlsFiles),
}

/// One engine's address, and why it was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// As it was written, such as `unix:///var/run/docker.sock`.
    pub url: String,
    /// Where it came from.
    pub origin: Origin,
    /// How it is reached.
    pub address: Address,
}

impl Endpoint {
    /// Finds the endpoint that the docker CLI would use. `choice` is an address or a context's name.
    ///
    /// # Errors
    /// `engine-context` where the context does not exist, or its address cannot be used.
    pub fn resolve(choice: Option<&str>, environment: &Environment) -> Result<Self, Error> {
        if let Some(choice) = choice {
            if choice.contains("://") || choice.starts_with('/') {
                return Self::from_url(choice, Origin::Choice, environment);
            }
            if choice != "default" {
                return Self::from_context(choice, environment);
            }
        }
        if let Some(host) = &environment.docker_host {
            return Self::from_url(host, Origin::DockerHost, environment);
        }
        if choice.is_none() {
            let context = match &environment.docker_context {
                Some(name) => Some(name.clone()),
                None => current_context(environment)?,
            };
            if let Some(name) = context.filter(|name| name != "default") {
                return Self::from_context(&name, environment);
            }
        }
        Self::from_url(&environment.default_url(), Origin::Default, environment)
    }

    /// An address outside any context: its TLS files are where the variables say.
    fn from_url(url: &str, origin: Origin, environment: &Environment) -> Result<Self, Error> {
        let wanted = environment.docker_tls_verify.is_some() || url.starts_with("https://");
        let tls = wanted
            .then(|| {
                environment
                    .docker_cert_path
                    .clone()
                    .or_else(|| environment.config_directory())
            })
            .flatten()
            .and_then(|directory| tls_files(&directory));
        if wanted && tls.is_none() && is_network(url) {
            return Err(Error::new(
                Code::EngineContext,
                format!("The certificates for {url} were not found."),
                "Set DOCKER_CERT_PATH to the folder with ca.pem, cert.pem and key.pem.",
            ));
        }
        Self::new(url, origin, tls)
    }

    fn from_context(name: &str, environment: &Environment) -> Result<Self, Error> {
        let contexts = environment
            .config_directory()
            .map(|directory| directory.join("contexts"));
        let found = contexts
            .as_deref()
            .and_then(|contexts| find_context(contexts, name));
        let Some((meta, tls_directory)) = found else {
            return Err(Error::new(
                Code::EngineContext,
                format!("There is no Docker context named \"{name}\"."),
                "Run \"docker context ls\" to see the contexts, and choose one of them.",
            ));
        };
        let origin = Origin::Context(meta.name);
        let Some(docker) = meta
            .endpoints
            .docker
            .filter(|docker| !docker.host.is_empty())
        else {
            return Err(unusable(
                name,
                &origin,
                "it has no address of a Docker engine",
            ));
        };
        if docker.skip_tls_verify {
            return Err(unusable(
                &docker.host,
                &origin,
                "it skips the check of TLS certificates",
            ));
        }
        Self::new(&docker.host, origin, tls_files(&tls_directory))
    }

    fn new(url: &str, origin: Origin, tls: Option<TlsFiles>) -> Result<Self, Error> {
        let address = parse(url, &origin, tls)?;
        let url = if url.starts_with('/') {
            format!("unix://{url}")
        } else {
            url.to_owned()
        };
        Ok(Self {
            url,
            origin,
            address,
        })
    }
}

/// Turns an address into a way to reach it, or says why not.
fn parse(url: &str, origin: &Origin, tls: Option<TlsFiles>) -> Result<Address, Error> {
    if url.starts_with('/') {
        return Ok(Address::Unix(PathBuf::from(url)));
    }
    // The docker CLI takes `DOCKER_HOST=127.0.0.1:2375` for TCP, too; a lone word means nothing.
    if !url.contains("://") && !url.contains(':') {
        return Err(unusable(url, origin, "it is no address"));
    }
    let (scheme, rest) = url.split_once("://").unwrap_or(("tcp", url));
    match scheme {
        "unix" if rest.starts_with('/') => Ok(Address::Unix(PathBuf::from(rest))),
        "unix" => Err(unusable(
            url,
            origin,
            "the path of its socket is not absolute",
        )),
        "npipe" if cfg!(windows) => Ok(Address::Pipe(url.to_owned())),
        "npipe" => Err(unusable(url, origin, "named pipes exist on Windows only")),
        "tcp" | "http" | "https" => parse_network(url, rest, origin, tls),
        "ssh" => Err(ssh_is_missing(url, rest, origin)),
        _ => Err(unusable(url, origin, "this kind of address is not known")),
    }
}

fn parse_network(
    url: &str,
    rest: &str,
    origin: &Origin,
    tls: Option<TlsFiles>,
) -> Result<Address, Error> {
    let authority = rest.trim_end_matches('/');
    if authority.is_empty() || authority.contains(['/', '@', '?', '#', ' ']) {
        return Err(unusable(
            url,
            origin,
            "only a host and a port can follow the scheme",
        ));
    }
    let (host, port) = split_port(authority);
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return Err(unusable(url, origin, "its port is no number"));
    }
    let port = port.unwrap_or(if tls.is_some() { "2376" } else { "2375" });
    if let Some(files) = tls {
        return Ok(Address::Tls(format!("{host}:{port}"), files));
    }
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let loopback = bare == "localhost"
        || bare
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback());
    if loopback {
        return Ok(Address::Loopback(format!("{host}:{port}")));
    }
    Err(Error::new(
        Code::EngineContext,
        format!(
            "{url} ({origin}) is plain TCP without TLS: anybody on the way could take over that machine."
        ),
        "Give the engine TLS certificates, or reach its socket through \"ssh -L\".",
    ))
}

/// `host` and `port` of `host:port`, `[v6]:port` or `host`.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

fn is_network(url: &str) -> bool {
    !(url.starts_with('/')
        || ["unix://", "npipe://", "ssh://"]
            .iter()
            .any(|s| url.starts_with(s)))
}

fn unusable(url: &str, origin: &Origin, reason: &str) -> Error {
    Error::new(
        Code::EngineContext,
        format!(
            "\"{}\" ({origin}) cannot be used: {reason}.",
            url.escape_debug()
        ),
        "Correct it: unix:///PATH/OF/SOCKET, or tcp://HOST:PORT with TLS (without, for localhost only); \
         or choose a context of Docker with --engine NAME.",
    )
}

fn ssh_is_missing(url: &str, rest: &str, origin: &Origin) -> Error {
    let host = rest.trim_end_matches('/').split('/').next().unwrap_or(rest);
    Error::new(
        Code::EngineContext,
        format!("{url} ({origin}) cannot be used: engines behind SSH are not supported yet."),
        format!(
            "Run \"ssh -nNT -L /tmp/engine.sock:/var/run/docker.sock {host}\" and choose \
             --engine unix:///tmp/engine.sock."
        ),
    )
}

/// The TLS files of a folder, if all are there.
fn tls_files(directory: &Path) -> Option<TlsFiles> {
    let files = TlsFiles {
        authority: directory.join("ca.pem"),
        certificate: directory.join("cert.pem"),
        key: directory.join("key.pem"),
    };
    let complete = [&files.authority, &files.certificate, &files.key]
        .iter()
        .all(|f| f.is_file());
    complete.then_some(files)
}

/// The part of docker's `config.json` that matters here.
#[derive(Deserialize)]
struct ConfigFile {
    #[serde(rename = "currentContext")]
    current_context: Option<String>,
}

/// A context's `meta.json`.
#[derive(Deserialize)]
struct ContextMeta {
    #[serde(rename = "Name")]
    name: String,
    #[serde(rename = "Endpoints", default)]
    endpoints: ContextEndpoints,
}

#[derive(Deserialize, Default)]
struct ContextEndpoints {
    docker: Option<DockerEndpoint>,
}

#[derive(Deserialize)]
struct DockerEndpoint {
    #[serde(rename = "Host", default)]
    host: String,
    #[serde(rename = "SkipTLSVerify", default)]
    skip_tls_verify: bool,
}

fn current_context(environment: &Environment) -> Result<Option<String>, Error> {
    let Some(directory) = environment.config_directory() else {
        return Ok(None);
    };
    let path = directory.join("config.json");
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(config_unreadable(&path, &error.to_string())),
    };
    let config: ConfigFile = serde_json::from_str(&text)
        .map_err(|error| config_unreadable(&path, &error.to_string()))?;
    Ok(config.current_context.filter(|name| !name.is_empty()))
}

fn config_unreadable(path: &Path, cause: &str) -> Error {
    Error::new(
        Code::EngineContext,
        format!("Docker's settings in {} could not be read.", path.display()),
        "Correct that file, or choose the engine with --engine.",
    )
    .with_detail(cause)
}

/// Looks through the contexts for the name: the folders are called by its hash, and there are few.
fn find_context(contexts: &Path, name: &str) -> Option<(ContextMeta, PathBuf)> {
    let entries = std::fs::read_dir(contexts.join("meta")).ok()?;
    for entry in entries.flatten() {
        let Ok(text) = std::fs::read_to_string(entry.path().join("meta.json")) else {
            continue;
        };
        let Ok(meta) = serde_json::from_str::<ContextMeta>(&text) else {
            continue;
        };
        if meta.name == name {
            let tls = contexts.join("tls").join(entry.file_name()).join("docker");
            return Some((meta, tls));
        }
    }
    None
}

#[cfg(test)]
#[path = "endpoint_tests.rs"]
mod tests;
