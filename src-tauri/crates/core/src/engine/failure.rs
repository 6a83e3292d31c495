//! Tells the engine's failures apart, so that each has its own advice.

use std::error::Error as StdError;
use std::io::ErrorKind;

use bollard::errors::Error as BollardError;

use super::endpoint::{Address, Endpoint, Origin};
use crate::error::{Code, Error};

/// The oldest API that everything here was tried with: Docker 20.10.
const OLDEST_API: (u32, u32) = (1, 41);

/// What has to be known of the surroundings to judge a failure.
#[derive(Debug, Clone)]
pub(super) struct Surroundings {
    /// The endpoint in use.
    pub(super) endpoint: Endpoint,
    /// A program of an engine is installed on this machine.
    pub(super) engine_installed: bool,
}

impl Surroundings {
    /// The error for what bollard says. `what` is a sentence on what could not be done.
    pub(super) fn classify(&self, what: &str, error: &BollardError) -> Error {
        let classified = match error {
            BollardError::SocketNotFoundError(_) => self.missing(),
            BollardError::DockerResponseServerError {
                status_code,
                message,
            } => refused(what, *status_code, message),
            BollardError::DockerStreamError { error: message } => refused(what, 0, message),
            BollardError::RequestTimeoutError => Error::new(
                Code::EngineFailed,
                format!("{what} The engine did not answer in time."),
                "Look whether the engine is overloaded, then try again.",
            ),
            BollardError::JsonDataError { .. } | BollardError::JsonSerdeError { .. } => Error::new(
                Code::EngineFailed,
                format!("{what} The engine's answer was not understood."),
                "Look for a newer version of Lifeboat: the engine may be newer than this one.",
            ),
            other => self.transport(what, other),
        };
        classified.with_detail(chain(error))
    }

    /// The same for the very first words, where an answer that makes no sense means that this is
    /// no engine.
    pub(super) fn classify_greeting(&self, error: &BollardError) -> Error {
        let unintelligible = matches!(
            error,
            BollardError::JsonDataError { .. }
                | BollardError::JsonSerdeError { .. }
                | BollardError::DockerResponseServerError {
                    status_code: 400..=499,
                    ..
                }
        ) || (io_kind(error).is_none() && is_http_nonsense(error));
        if unintelligible {
            return self.no_engine_there().with_detail(chain(error));
        }
        if matches!(error, BollardError::RequestTimeoutError) {
            return self.stopped("does not answer").with_detail(chain(error));
        }
        self.classify("The engine could not be greeted.", error)
    }

    /// For an operating system error that came before any request.
    pub(super) fn classify_io(&self, what: &str, error: &std::io::Error) -> Error {
        self.io(what, error.kind()).with_detail(error.to_string())
    }

    fn transport(&self, what: &str, error: &BollardError) -> Error {
        match io_kind(error) {
            Some(kind) => self.io(what, kind),
            None if is_connect(error) => self.unreachable(),
            None => broken(what),
        }
    }

    fn io(&self, what: &str, kind: ErrorKind) -> Error {
        match kind {
            ErrorKind::NotFound => self.missing(),
            ErrorKind::PermissionDenied => self.permission(),
            ErrorKind::ConnectionRefused => self.stopped("refuses the connection"),
            ErrorKind::TimedOut
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable
            | ErrorKind::AddrNotAvailable => self.unreachable(),
            ErrorKind::StorageFull => no_space(what),
            _ => broken(what),
        }
    }

    fn place(&self) -> String {
        format!("{} ({})", self.endpoint.url, self.endpoint.origin)
    }

    fn missing(&self) -> Error {
        match &self.endpoint.origin {
            Origin::Default if self.engine_installed => self.stopped("is not there"),
            Origin::Default => Error::new(
                Code::EngineNotInstalled,
                "No container engine was found on this machine.",
                "Install Docker, or choose an engine elsewhere with --engine.",
            ),
            _ => Error::new(
                Code::EngineContext,
                format!(
                    "{} leads to no engine: the socket does not exist.",
                    self.place()
                ),
                self.context_advice(),
            ),
        }
    }

    fn context_advice(&self) -> String {
        match &self.endpoint.origin {
            Origin::Context(name) => format!(
                "Start the engine of the context \"{name}\", or choose another one with \
                 \"docker context use\" or --engine."
            ),
            Origin::DockerHost => {
                "Correct or unset DOCKER_HOST, or choose with --engine.".to_owned()
            }
            Origin::Choice => "Correct the address given with --engine.".to_owned(),
            Origin::Default => "Choose the engine with --engine.".to_owned(),
        }
    }

    fn stopped(&self, how: &str) -> Error {
        let advice = if cfg!(target_os = "linux") {
            "Start the engine, for example with \"sudo systemctl start docker\"."
        } else {
            "Start Docker Desktop (or the engine that you use), and wait until it is ready."
        };
        Error::new(
            Code::EngineStopped,
            format!("The engine is not running: {} {how}.", self.place()),
            advice,
        )
    }

    fn permission(&self) -> Error {
        let advice = if matches!(self.endpoint.address, Address::Unix(_)) {
            "Run \"sudo usermod -aG docker $USER\" and log in again. Be aware that this group equals \
             root on this machine."
        } else {
            "Ask whoever runs the engine to let you use it."
        };
        Error::new(
            Code::EnginePermission,
            format!("You may not use the engine at {}.", self.place()),
            advice,
        )
    }

    fn unreachable(&self) -> Error {
        Error::new(
            Code::EngineContext,
            format!("The engine at {} could not be reached.", self.place()),
            self.context_advice(),
        )
    }

    fn no_engine_there(&self) -> Error {
        Error::new(
            Code::EngineContext,
            format!("What answers at {} is no container engine.", self.place()),
            self.context_advice(),
        )
    }
}

/// Refuses an engine that is too old, or runs Windows containers.
pub(super) fn check_version(version: &str, api: &str, system: &str) -> Result<(), Error> {
    if system.eq_ignore_ascii_case("windows") {
        return Err(Error::new(
            Code::EngineWindowsContainers,
            "The engine runs Windows containers.",
            "Switch Docker Desktop to Linux containers, then try again.",
        ));
    }
    if parse_api(api).is_none_or(|found| found < OLDEST_API) {
        let (major, minor) = OLDEST_API;
        return Err(Error::new(
            Code::EngineTooOld,
            format!(
                "The engine is too old: version {version} with API {api}, and API {major}.{minor} is needed."
            ),
            "Update the engine to Docker 20.10 or newer.",
        ));
    }
    Ok(())
}

fn parse_api(api: &str) -> Option<(u32, u32)> {
    let (major, minor) = api.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// The engine answered, and said no.
fn refused(what: &str, status: u16, message: &str) -> Error {
    let lower = message.to_lowercase();
    if lower.contains("no space left on device") || lower.contains("disk quota exceeded") {
        return no_space(what);
    }
    let advice = if status >= 500 || status == 0 {
        "Look into the engine's log, then try again."
    } else {
        "Look at the details: they are the engine's own words."
    };
    Error::new(
        Code::EngineFailed,
        format!("{what} The engine refused: {message}."),
        advice,
    )
}

fn no_space(what: &str) -> Error {
    Error::new(
        Code::NoSpace,
        format!("{what} The engine's disk is full."),
        "Free space on the engine's disk, for example with \"docker image prune\".",
    )
}

fn broken(what: &str) -> Error {
    Error::new(
        Code::EngineFailed,
        format!("{what} The connection to the engine broke."),
        "Look whether the engine still runs, then try again.",
    )
}

/// The operating system's error at the bottom of the chain, if there is one.
fn io_kind(error: &BollardError) -> Option<ErrorKind> {
    let mut found = None;
    // This variant passes its content's source on as its own, so the content is not in the chain.
    if let BollardError::IOError { err } = error {
        found = Some(err.kind());
    }
    let mut next: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(current) = next {
        if let Some(io) = current.downcast_ref::<std::io::Error>() {
            found = Some(io.kind());
        }
        next = current.source();
    }
    // hyper wraps its own complaints into `Other`; they say nothing about the system.
    found.filter(|kind| !matches!(kind, ErrorKind::Other))
}

fn is_connect(error: &BollardError) -> bool {
    matches!(error, BollardError::HyperLegacyError { err } if err.is_connect())
}

/// The other side does not speak HTTP.
fn is_http_nonsense(error: &BollardError) -> bool {
    !is_connect(error)
        && matches!(
            error,
            BollardError::HyperLegacyError { .. } | BollardError::HyperResponseError { .. }
        )
}

/// The whole chain of causes, for "Show details".
fn chain(error: &BollardError) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(current) = next {
        let more = current.to_string();
        if !text.ends_with(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        next = current.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn surroundings(origin: Origin, engine_installed: bool) -> Surroundings {
        let endpoint = Endpoint {
            url: "unix:///x.sock".to_owned(),
            origin,
            address: Address::Unix(PathBuf::from("/x.sock")),
        };
        Surroundings {
            endpoint,
            engine_installed,
        }
    }

    fn server(status_code: u16, message: &str) -> BollardError {
        BollardError::DockerResponseServerError {
            status_code,
            message: message.to_owned(),
        }
    }

    #[test]
    fn each_failure_has_its_code() {
        let default = surroundings(Origin::Default, true);
        let absent = surroundings(Origin::Default, false);
        let context = surroundings(Origin::Context("desk".to_owned()), true);
        let io = |kind: ErrorKind| BollardError::IOError { err: kind.into() };
        let cases = [
            (&absent, io(ErrorKind::NotFound), Code::EngineNotInstalled),
            (&default, io(ErrorKind::NotFound), Code::EngineStopped),
            (&context, io(ErrorKind::NotFound), Code::EngineContext),
            (
                &context,
                io(ErrorKind::ConnectionRefused),
                Code::EngineStopped,
            ),
            (
                &default,
                io(ErrorKind::PermissionDenied),
                Code::EnginePermission,
            ),
            (
                &default,
                io(ErrorKind::HostUnreachable),
                Code::EngineContext,
            ),
            (&default, io(ErrorKind::ConnectionReset), Code::EngineFailed),
            (
                &default,
                BollardError::RequestTimeoutError,
                Code::EngineFailed,
            ),
            (&default, server(500, "boom"), Code::EngineFailed),
            (
                &default,
                server(500, "write /x: no space left on device"),
                Code::NoSpace,
            ),
        ];
        for (surroundings, error, code) in cases {
            let classified = surroundings.classify("It could not be done.", &error);
            assert_eq!(classified.code, code, "{error:?}");
            assert!(!classified.advice.is_empty() && classified.detail.is_some());
        }
        let greeting = default.classify_greeting(&BollardError::RequestTimeoutError);
        assert_eq!(greeting.code, Code::EngineStopped);
    }

    #[test]
    fn advice_names_the_group_and_what_it_means() {
        let error = surroundings(Origin::Default, true).classify(
            "x",
            &BollardError::IOError {
                err: ErrorKind::PermissionDenied.into(),
            },
        );
        for words in [
            "sudo usermod -aG docker $USER",
            "log in again",
            "equals root",
        ] {
            assert!(error.advice.contains(words), "{}", error.advice);
        }
    }

    #[test]
    fn old_and_windows_engines_are_refused() {
        assert_eq!(check_version("20.10.24", "1.41", "linux"), Ok(()));
        assert_eq!(check_version("29.0.0", "1.52", "linux"), Ok(()));
        let old = check_version("19.03.15", "1.40", "linux").expect_err("too old");
        assert_eq!(old.code, Code::EngineTooOld);
        assert!(
            old.message.contains("1.40") && old.message.contains("1.41"),
            "{}",
            old.message
        );
        let windows = check_version("28.0.0", "1.48", "windows").expect_err("windows");
        assert_eq!(windows.code, Code::EngineWindowsContainers);
    }
}
