//! A child's life: give up privileges, then answer questions until the parent is gone.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::frame;
use super::message::{Answer, Question, Start};
use super::privileges::{self, Keep};
use crate::database::capture::Subject;
use crate::database::look::{self, Sight};
use crate::database::open::{Access, Limits};
use crate::database::{check, settle};
use crate::failure::{Failure, FailureKind};
use crate::manifest::DatabaseKind;

/// So many bytes of a file are sent at a time.
const CHUNK_BYTES: usize = 256 * 1024;

/// Answers until standard input is closed.
///
/// # Errors
/// If the parent cannot be spoken to any more.
pub(super) fn serve() -> io::Result<()> {
    let mut input = io::stdin().as_fd().try_clone_to_owned().map(File::from)?;
    let output = io::stdout().as_fd().try_clone_to_owned().map(File::from)?;
    let Some(start) = frame::read_message::<Start>(&mut input)? else {
        return Ok(());
    };
    let shed = privileges::give_up(start.identity, start.keep);
    let mut child = Server {
        output,
        keep: start.keep,
        heap_bytes: start.heap_bytes,
        subject: None,
        kind: DatabaseKind::Sqlite,
    };
    while let Some(question) = frame::read_message::<Question>(&mut input)? {
        let answer = shed.clone().and_then(|()| child.answer(question));
        frame::write_message(&mut child.output, &answer.unwrap_or_else(Answer::Failed))?;
    }
    Ok(())
}

struct Server {
    output: File,
    keep: Keep,
    heap_bytes: u64,
    subject: Option<Subject>,
    kind: DatabaseKind,
}

impl Server {
    fn answer(&mut self, question: Question) -> Result<Answer, Failure> {
        let look_failed = |error: &io::Error| Failure::io("look at the database", error);
        if self.keep != Keep::Nothing && may_write(&question) {
            return Err(Failure::new(
                FailureKind::Permission,
                "write to the database: its owner may not reach it",
            ));
        }
        Ok(match question {
            Question::Diagnose => Answer::Diagnosis {
                status: std::fs::read_to_string("/proc/self/status")
                    .map_err(|error| Failure::io("read the process's state", &error))?,
            },
            Question::Look { root, path } => {
                // SQLite must not be open while the file is opened otherwise.
                self.subject = None;
                let (sight, place) =
                    look::look(&root, &path).map_err(|error| look_failed(&error))?;
                self.subject = place.map(Subject::new);
                if let Sight::Found { look } = &sight {
                    self.kind = look.kind;
                }
                Answer::Sight(sight)
            }
            Question::Fence { timeout_ms } => {
                let limits = self.limits(timeout_ms, None);
                Answer::Pin(self.subject()?.fence(&limits))
            }
            Question::Pin { access, timeout_ms } => {
                let limits = self.limits(timeout_ms, None);
                let pin = self.subject()?.pin(access, &limits);
                Answer::Pin(pin.map_err(|error| look_failed(&error))?)
            }
            Question::Unfence => self.subject()?.unfence().map(|()| Answer::Ok)?,
            Question::Describe => Answer::Description(self.subject()?.describe()?),
            Question::Count {
                max_wal_growth_bytes,
                deadline_ms,
            } => {
                let limits = self.limits(0, Some(deadline_ms));
                Answer::Counted(self.subject()?.count(max_wal_growth_bytes, &limits)?)
            }
            Question::Stream {
                max_wal_growth_bytes,
            } => self.stream(max_wal_growth_bytes)?,
            Question::Guard => self.subject()?.guard().map(|()| Answer::Ok)?,
            Question::Unchanged => Answer::Unchanged(self.subject()?.unchanged()?),
            Question::Raw { suffix, size_bytes } => self.raw(&suffix, size_bytes)?,
            Question::Check {
                copy,
                integrity,
                deadline_ms,
            } => {
                let limits = self.limits(1000, Some(deadline_ms));
                let report = check::check(&copy, integrity, &limits);
                Answer::Report(report.map_err(|error| Failure::io("read the copy", &error))?)
            }
            Question::Settle { timeout_ms } => {
                let (limits, kind) = (self.limits(timeout_ms, None), self.kind);
                let place = self.subject()?.place();
                Answer::Settled(match kind {
                    DatabaseKind::Sqlite => settle::settle(place, &limits)?,
                    _ => settle::settle_other(place),
                })
            }
            Question::WriteInto { source, timeout_ms } => {
                let limits = self.limits(timeout_ms, None);
                settle::write_into(&source, self.subject()?.place(), &limits)?;
                Answer::Ok
            }
        })
    }

    fn subject(&mut self) -> Result<&mut Subject, Failure> {
        let missing = || Failure::new(FailureKind::Protocol, "no database was looked at");
        self.subject.as_mut().ok_or_else(missing)
    }

    fn limits(&self, busy_timeout_ms: u64, deadline_ms: Option<u64>) -> Limits {
        Limits {
            busy_timeout: Duration::from_millis(busy_timeout_ms),
            deadline: deadline_ms.map(|limit| Instant::now() + Duration::from_millis(limit)),
            orphaned: parent_is_gone,
            heap_bytes: self.heap_bytes,
        }
    }

    fn stream(&mut self, max_wal_growth_bytes: u64) -> Result<Answer, Failure> {
        let mut output = self.output.try_clone().map_err(|error| unheard(&error))?;
        let streamed = self.subject()?.stream(max_wal_growth_bytes, &mut |bytes| {
            frame::write_data(&mut output, bytes).map_err(|error| unheard(&error))
        })?;
        Ok(Answer::Streamed(streamed))
    }

    fn raw(&mut self, suffix: &str, size_bytes: Option<u64>) -> Result<Answer, Failure> {
        let (announced, mut content) = self.subject()?.announce(suffix, size_bytes)?;
        frame::write_message(&mut self.output, &Answer::Announced(announced))
            .map_err(|error| unheard(&error))?;
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            match content.read(&mut chunk) {
                Ok(0) => return Ok(Answer::Ok),
                Ok(count) => frame::write_data(&mut self.output, &chunk[..count])
                    .map_err(|error| unheard(&error))?,
                Err(error) => return Err(Failure::io("read the database's file", &error)),
            }
        }
    }
}

/// What the owner may not do to the database is not done with a privilege either.
fn may_write(question: &Question) -> bool {
    matches!(
        question,
        Question::Fence { .. }
            | Question::Settle { .. }
            | Question::WriteInto { .. }
            | Question::Pin {
                access: Access::ReadWrite,
                ..
            }
    )
}

/// Was standard input closed? Asked while SQLite works, so that no child outlives its parent.
fn parent_is_gone() -> bool {
    let stdin = io::stdin();
    let mut polled = [PollFd::new(stdin.as_fd(), PollFlags::empty())];
    let count = poll(&mut polled, PollTimeout::ZERO).unwrap_or(0);
    count > 0 && polled[0].any().unwrap_or(true)
}

fn unheard(error: &io::Error) -> Failure {
    Failure::io("send what was read", error)
}
