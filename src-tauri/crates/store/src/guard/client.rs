//! The other end of the line protocol: a session that works for the guardian.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::lifeline::Lifeline;
use crate::child::privileges::can_change_identity;
use crate::failure::{Failure, FailureKind};
use crate::protocol::{Answer, FromHelper, PROTOCOL_VERSION, Request, ToHelper};
use crate::session::ROOT_ARGUMENT;

/// An answer is at most this long: a record names each table of each database.
const MAX_LINE_BYTES: u64 = 64 << 20;

/// So often those who wait for an answer are called, whether or not the session says anything.
const MILLISECONDS_BETWEEN_CALLS: u16 = 10_000;

/// A session at work. Dropping it ends it.
pub(super) struct Client<'a> {
    process: Child,
    output: BufReader<ChildStdout>,
    lifeline: &'a Lifeline,
    requests: u64,
}

impl<'a> Client<'a> {
    /// Starts a session.
    pub(super) fn start(root: &Path, lifeline: &'a Lifeline) -> Result<Self, Failure> {
        let mut command = Command::new(crate::child::program());
        command
            .arg(format!("{ROOT_ARGUMENT}{}", root.display()))
            .env_clear()
            .current_dir("/");
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        if can_change_identity() {
            // It starts as every session does, and becomes the vault's owner by itself: capabilities
            // do not outlive the start of a program as anybody but root.
            command.uid(0).gid(0);
        }
        let mut process = command
            .spawn()
            .map_err(|error| Failure::io("the work could not be started", &error))?;
        let (Some(input), Some(output)) = (process.stdin.take(), process.stdout.take()) else {
            return Err(unexpected());
        };
        lifeline.tie(input);
        let mut client = Self {
            process,
            output: BufReader::new(output),
            lifeline,
            requests: 0,
        };
        match client.hear(&mut || {})? {
            FromHelper::Hello {
                protocol: PROTOCOL_VERSION,
                ..
            } => Ok(client),
            FromHelper::Failed { failure, .. } => Err(failure),
            _ => Err(unexpected()),
        }
    }

    /// Asks, and waits for the answer. `meanwhile` is called at each event, and while there is none.
    pub(super) fn ask(
        &mut self,
        request: Request,
        meanwhile: &mut dyn FnMut(),
    ) -> Result<Answer, Failure> {
        self.requests += 1;
        let asked = self.requests;
        self.say(&ToHelper::Request { id: asked, request })?;
        loop {
            match self.hear(meanwhile)? {
                FromHelper::Done { id, answer } if id == asked => return Ok(*answer),
                FromHelper::Failed { id, failure } if id == asked => return Err(failure),
                FromHelper::Event { .. } => meanwhile(),
                _ => return Err(unexpected()),
            }
        }
    }

    fn say(&self, message: &ToHelper) -> Result<(), Failure> {
        let mut line = serde_json::to_vec(message).expect("messages are plain data");
        line.push(b'\n');
        let mut held = self.lifeline.held();
        let input = held.as_mut().ok_or_else(Failure::cancelled)?;
        input
            .write_all(&line)
            .map_err(|error| Failure::io("the work could not be asked for", &error))
    }

    fn hear(&mut self, meanwhile: &mut dyn FnMut()) -> Result<FromHelper, Failure> {
        self.wait_for_word(meanwhile);
        let mut line = Vec::new();
        let heard = self
            .output
            .by_ref()
            .take(MAX_LINE_BYTES)
            .read_until(b'\n', &mut line);
        match heard {
            Ok(1..) if line.ends_with(b"\n") => {
                serde_json::from_slice(&line).map_err(|_| unexpected())
            }
            _ if self.lifeline.has_ended() => Err(Failure::cancelled()),
            _ => Err(Failure::new(
                FailureKind::Io,
                "the process that did the work is gone",
            )),
        }
    }
}

impl Client<'_> {
    /// What comes of reading tells what went wrong with waiting.
    fn wait_for_word(&self, meanwhile: &mut dyn FnMut()) {
        let timeout = PollTimeout::from(MILLISECONDS_BETWEEN_CALLS);
        while self.output.buffer().is_empty() {
            let mut polled = [PollFd::new(
                self.output.get_ref().as_fd(),
                PollFlags::POLLIN,
            )];
            match poll(&mut polled, timeout) {
                Ok(0) => meanwhile(),
                Err(nix::Error::EINTR) => {}
                Ok(_) | Err(_) => return,
            }
        }
    }
}

impl Drop for Client<'_> {
    fn drop(&mut self) {
        drop(self.lifeline.held().take());
        let _ = self.process.wait();
        reap_orphans();
    }
}

/// The first process of a container inherits what a killed session leaves.
fn reap_orphans() {
    use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
    if std::process::id() != 1 {
        return;
    }
    while let Ok(status) = waitpid(None, Some(WaitPidFlag::WNOHANG)) {
        if status == WaitStatus::StillAlive {
            return;
        }
    }
}

pub(super) fn unexpected() -> Failure {
    Failure::new(
        FailureKind::Protocol,
        "the process that does the work gave an answer that does not fit",
    )
}
