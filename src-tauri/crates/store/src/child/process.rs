//! A parent's hold on a child.

use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::frame::{self, Frame};
use super::message::{Answer, Question, Start};
use super::privileges::{Identity, Keep, can_change_identity, starting_identity};
use crate::failure::{Failure, FailureKind};
use crate::work::Work;

/// Memory that SQLite may use while it reads pages.
pub(super) const HEAP_BYTES: u64 = 48 * 1024 * 1024;

/// How often a wait looks whether the work was cancelled.
const MILLISECONDS_BETWEEN_LOOKS: u16 = 50;

/// How long a child may take to end by itself.
const PATIENCE: Duration = Duration::from_secs(10);

/// A running child. Dropping it closes its input, upon which it ends.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    input: Option<ChildStdin>,
    output: Option<ChildStdout>,
    /// How it ended, where it ended before it was asked to.
    died: Option<ExitStatus>,
}

impl Process {
    /// Starts a child that is `identity`, as far as this process may make it so.
    ///
    /// # Errors
    /// If the system refuses.
    pub(super) fn start(identity: Identity, keep: Keep, heap_bytes: u64) -> Result<Self, Failure> {
        let mut command = Command::new(super::program());
        command.arg(super::ARGUMENT).env_clear().current_dir("/");
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        if can_change_identity() {
            // This gives up further groups, too; capabilities go with the program's start.
            let first = starting_identity(identity, keep);
            command.uid(first.uid).gid(first.gid);
        }
        let mut child = command
            .spawn()
            .map_err(|error| Failure::io("start a process that reads the database", &error))?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let mut process = Self {
            child,
            input,
            output,
            died: None,
        };
        process.send(&Start {
            identity,
            keep,
            heap_bytes,
        })?;
        Ok(process)
    }

    /// Asks and waits for the answer; a `Failed` answer is the error.
    ///
    /// # Errors
    /// The child's failure, its end, or `cancelled`.
    pub(super) fn ask(&mut self, question: &Question, work: &Work) -> Result<Answer, Failure> {
        self.send(question)?;
        self.receive(work, &mut |_| Err(unexpected()))
    }

    /// Waits for an answer and gives the bytes that come before it to `sink`.
    ///
    /// # Errors
    /// As [`Self::ask`], and what `sink` fails with.
    pub(super) fn receive(
        &mut self,
        work: &Work,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), Failure>,
    ) -> Result<Answer, Failure> {
        let mut data = Vec::new();
        loop {
            let mut input = Waiting {
                output: self.output.as_mut().ok_or_else(unexpected)?,
                work,
            };
            match frame::read(&mut input, &mut data) {
                Ok(Some(Frame::Data)) => sink(&data)?,
                Ok(Some(Frame::Json(message))) => {
                    return match serde_json::from_slice(&message) {
                        Ok(Answer::Failed(failure)) => Err(failure),
                        Ok(answer) => Ok(answer),
                        Err(error) => Err(unexpected().with_detail(error.to_string())),
                    };
                }
                Ok(None) => return Err(self.end()),
                Err(_) if work.cancel_flag().is_set() => {
                    self.kill();
                    return Err(Failure::cancelled());
                }
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    return Err(self.end());
                }
                Err(error) => return Err(Failure::io("hear from the database's reader", &error)),
            }
        }
    }

    /// Sends without waiting for an answer.
    ///
    /// # Errors
    /// If the child is gone.
    pub(super) fn send(&mut self, message: &impl serde::Serialize) -> Result<(), Failure> {
        let Some(input) = self.input.as_mut() else {
            return Err(unexpected());
        };
        let mut bytes = Vec::new();
        let sent = frame::write_message(&mut bytes, message).and_then(|()| input.write_all(&bytes));
        match sent {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(self.end()),
            other => other.map_err(|error| Failure::io("speak to the database's reader", &error)),
        }
    }

    /// How the child ended, where it ended unasked.
    pub(super) fn died(&self) -> Option<ExitStatus> {
        self.died
    }

    /// The process's id.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    fn end(&mut self) -> Failure {
        self.input = None;
        self.output = None;
        self.died = self.child.wait().ok();
        let how = match self.died.and_then(|status| status.signal()) {
            Some(9) => "it was killed, perhaps for lack of memory".to_owned(),
            Some(signal) => format!("it was ended by signal {signal}"),
            None => "it ended unasked".to_owned(),
        };
        Failure::new(
            FailureKind::Io,
            "the process that read the database is gone",
        )
        .with_detail(how)
    }

    fn kill(&mut self) {
        // Where we may not, closing its pipes ends it, too.
        let _ = self.child.kill();
        self.input = None;
        self.output = None;
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.input = None;
        self.output = None;
        let began = Instant::now();
        let mut pause = Duration::from_micros(200);
        while let Ok(None) = self.child.try_wait() {
            if began.elapsed() > PATIENCE {
                let _ = self.child.kill();
                let _ = self.child.wait();
                return;
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(20));
        }
    }
}

/// The child said something that does not fit.
pub(super) fn unexpected() -> Failure {
    Failure::new(
        FailureKind::Protocol,
        "the database's reader gave an answer that does not fit",
    )
}

/// A child's output, the waiting for which can be cancelled.
struct Waiting<'a> {
    output: &'a mut ChildStdout,
    work: &'a Work,
}

impl Read for Waiting<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.work.cancel_flag().is_set() {
                return Err(io::Error::other("cancelled"));
            }
            let mut polled = [PollFd::new(self.output.as_fd(), PollFlags::POLLIN)];
            match poll(&mut polled, PollTimeout::from(MILLISECONDS_BETWEEN_LOOKS)) {
                Ok(0) | Err(nix::Error::EINTR) => {}
                Ok(_) => return self.output.read(buffer),
                Err(error) => return Err(error.into()),
            }
        }
    }
}
