//! The ladder: which state of a database is read how, and what is refused.

use jiff::Timestamp;

use super::recover::recover;
use super::{Capture, CaptureRequest, bracket, patiently};
use crate::child::locate::{Address, Located, locate};
use crate::child::message::{Answer, Question};
use crate::child::privileges::Keep;
use crate::child::process::unexpected;
use crate::database::capture::{Description, Pin};
use crate::database::open::Access;
use crate::failure::{Failure, FailureKind};
use crate::manifest::{CaptureMethod, DatabaseKind, JournalMode};
use crate::work::Work;

/// A database before it is pinned.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) request: CaptureRequest,
    /// Where it is opened: what was asked for, or another name of the same file.
    pub(super) source: Address,
    pub(super) located: Located,
}

/// How a database is going to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plan {
    /// In a read transaction of its own.
    Pages(Access),
    /// From a recovered copy.
    Recover,
    /// As bytes.
    Raw,
}

/// One try to pin came to this.
enum Attempt {
    Done(Box<Capture>),
    /// Look again, the state has changed or may change.
    Again,
}

const READ_WRITE: &str = "its state can only be read where it could also be written";

const STOPPED: &str = "its state can only be read where it could also be written, and its owner may \
                       not write there";

impl Candidate {
    /// Finds the database, looks at it, and refuses what cannot be read while it is in use.
    ///
    /// # Errors
    /// As [`super::capture_group`].
    pub(super) fn find(request: CaptureRequest, work: &Work) -> Result<Self, Failure> {
        let source = Address {
            root: request.mount_root.clone(),
            path: request.path.clone(),
        };
        Self::find_at(request, source, work)
    }

    /// The same, opened under another name of the file.
    ///
    /// # Errors
    /// As [`super::capture_group`].
    pub(super) fn find_at(
        request: CaptureRequest,
        source: Address,
        work: &Work,
    ) -> Result<Self, Failure> {
        let located = locate(&source, work)?
            .ok_or_else(|| request.refuse(FailureKind::NotFound, "it is not there any more"))?;
        let mut candidate = Self {
            request,
            source,
            located,
        };
        candidate.refuse_what_is_unsafe()?;
        candidate.note_links();
        Ok(candidate)
    }

    fn refuse_what_is_unsafe(&self) -> Result<(), Failure> {
        let request = &self.request;
        if !self.is_live_database() {
            return Ok(());
        }
        if request.single_file {
            return Err(request.refuse(
                FailureKind::Unsupported,
                "only this one file is mounted, so its write-ahead log lies in the container's own \
                 layer and cannot be seen; mount the directory it lies in",
            ));
        }
        if !request.locks_trusted {
            return Err(request.refuse(
                FailureKind::NeedsStopped,
                "locks between containers cannot be trusted on its file system",
            ));
        }
        Ok(())
    }

    fn note_links(&mut self) {
        let (request, located) = (&self.request, &mut self.located);
        if located.look.link_count > 1 {
            let message = format!(
                "The database file has {} names; SQLite keeps a separate log for each, so it must \
                 be used under one name only. A restore makes a file of its own for each name.",
                located.look.link_count
            );
            located
                .findings
                .push(request.finding("hard-links", message));
        }
        if request.single_file && located.look.kind == DatabaseKind::Sqlite {
            let message = "Only this one file is mounted: what a crashed container left in its own \
                           log cannot be seen.";
            located
                .findings
                .push(request.finding("single-file", message));
        }
    }

    /// Something may be writing to it, and SQLite's locks tell when.
    pub(super) fn is_live_database(&self) -> bool {
        self.request.in_use && self.is_readable()
    }

    fn is_readable(&self) -> bool {
        let look = &self.located.look;
        let page_size = look.header.as_ref().map_or(0, |header| header.page_size);
        look.kind == DatabaseKind::Sqlite
            && page_size > 0
            && look.size_bytes >= u64::from(page_size)
    }

    /// It can be kept from being written for a moment, given a writable mount.
    pub(super) fn may_be_fenced(&self) -> bool {
        self.located.keep == Keep::Nothing && self.located.look.may_write
    }

    /// The reader may do all that the application does, given a writable mount.
    fn may_be_written(&self) -> bool {
        self.may_be_fenced() && self.located.look.may_write_beside
    }

    fn plan(&self) -> Result<Plan, Failure> {
        let (request, look) = (&self.request, &self.located.look);
        let header = match &look.header {
            Some(header) if self.is_readable() => header,
            _ => return Ok(Plan::Raw),
        };
        if header.journal_mode != JournalMode::Wal || look.journal_is_hot {
            return Ok(Plan::Pages(Access::ReadOnly));
        }
        let has_log = look.wal_bytes.is_some_and(|bytes| bytes > 0);
        Ok(match (has_log, look.has_shm, request.in_use) {
            (true, true, _) => Plan::Pages(Access::ReadOnly),
            (true, false, false) => Plan::Recover,
            (true, false, true) if !self.may_be_written() => return Err(self.needs_stopped()),
            (true, false, true) if !request.writable => return Err(self.needs_read_write()),
            (true, false, true) => Plan::Pages(Access::ReadWrite),
            (false, true, true) if look.wal_bytes.is_some() => Plan::Pages(Access::ReadOnly),
            (false, _, true) if request.writable && self.may_be_written() => {
                Plan::Pages(Access::ReadWrite)
            }
            (false, _, _) => Plan::Pages(Access::Immutable),
        })
    }

    /// Pins the database by itself.
    ///
    /// # Errors
    /// As [`super::capture_group`].
    pub(super) fn pin(self, work: &Work) -> Result<Capture, Failure> {
        let timeout = self.request.lock_timeout();
        let (request, source) = (self.request.clone(), self.source.clone());
        let mut next = Some(self);
        let capture = patiently(timeout, work, || {
            let candidate = match next.take() {
                Some(candidate) => candidate,
                None => Self::find_at(request.clone(), source.clone(), work)?,
            };
            Ok(match candidate.attempt(work)? {
                Attempt::Done(capture) => Some(*capture),
                // The child is given up, so that the next one looks at things afresh.
                Attempt::Again => None,
            })
        })?;
        capture.ok_or_else(|| request.refuse(FailureKind::DatabaseLocked, LOCKED))
    }

    fn attempt(mut self, work: &Work) -> Result<Attempt, Failure> {
        let asked_at = Timestamp::now();
        let access = match self.plan()? {
            Plan::Raw => return self.raw(None, work).map(done),
            Plan::Recover => return self.recovered(work),
            Plan::Pages(access) => access,
        };
        match self.ask_pin(access, work)? {
            Pin::Held => {}
            Pin::Busy => return Ok(Attempt::Again),
            Pin::Changed
                if !self.request.in_use || self.request.writable || !self.may_be_written() =>
            {
                return Ok(Attempt::Again);
            }
            Pin::Changed => return Err(self.needs_read_write()),
            Pin::Unreadable { detail } => return self.raw(Some(&detail), work).map(done),
            Pin::Failed { failure } => return Err(failure),
            Pin::NeedsRecovery { .. } if !self.request.in_use => return self.recovered(work),
            Pin::NeedsRecovery { detail } => return self.wait_for_recovery(access, &detail, work),
        }
        let pin = bracket(asked_at);
        match self.describe(work) {
            Ok(description) => Ok(done(self.pages(access, description, pin))),
            Err(failure) if failure.kind == FailureKind::Sqlite => {
                self.raw(failure.detail.as_deref(), work).map(done)
            }
            Err(failure) => Err(failure),
        }
    }

    /// In use, and SQLite asks for more than reading: a journal that the application will play back,
    /// or a log whose index is missing.
    fn wait_for_recovery(
        mut self,
        access: Access,
        detail: &str,
        work: &Work,
    ) -> Result<Attempt, Failure> {
        if self.located.look.journal_is_hot || access == Access::ReadWrite {
            return Ok(Attempt::Again);
        }
        if !self.may_be_written() {
            return Err(self.needs_stopped().with_detail(detail));
        }
        if !self.request.writable {
            return Err(self.needs_read_write().with_detail(detail));
        }
        let asked_at = Timestamp::now();
        match self.ask_pin(Access::ReadWrite, work)? {
            Pin::Held => {
                let description = self.describe(work)?;
                let pin = bracket(asked_at);
                Ok(done(self.pages(Access::ReadWrite, description, pin)))
            }
            _ => Ok(Attempt::Again),
        }
    }

    fn recovered(mut self, work: &Work) -> Result<Attempt, Failure> {
        Ok(match recover(&mut self, work)? {
            Some(capture) => done(capture),
            None => done(self.raw(Some("it could not be recovered"), work)?),
        })
    }

    pub(super) fn ask_pin(&mut self, access: Access, work: &Work) -> Result<Pin, Failure> {
        // The whole wait is ours, so that a cancel is heard and a changed state is seen.
        let timeout_ms = self.request.lock_timeout_ms.min(250);
        match self
            .located
            .process
            .ask(&Question::Pin { access, timeout_ms }, work)?
        {
            Answer::Pin(pin) => Ok(pin),
            _ => Err(unexpected()),
        }
    }

    pub(super) fn describe(&mut self, work: &Work) -> Result<Description, Failure> {
        match self.located.process.ask(&Question::Describe, work)? {
            Answer::Description(description) => Ok(description),
            _ => Err(unexpected()),
        }
    }

    /// A capture of the pinned pages.
    pub(super) fn pages(
        self,
        access: Access,
        description: Description,
        pin: crate::manifest::PinBracket,
    ) -> Capture {
        let may_be_written = self.may_be_written();
        let Self {
            request, located, ..
        } = self;
        let mut findings = located.findings;
        if let Some(detail) = &description.tolerated {
            let message = format!("SQLite calls it damaged; it was read as it is: {detail}.");
            findings.push(request.finding("database-damaged", message));
        }
        let rollback = description.header.journal_mode != JournalMode::Wal;
        Capture {
            process: located.process,
            path: request.path,
            kind: DatabaseKind::Sqlite,
            method: CaptureMethod::Pages,
            size_bytes: u64::from(description.page_size) * description.page_count,
            page_size: description.page_size,
            page_count: description.page_count,
            header: Some(description.header),
            blocks_writers: rollback && request.in_use && access != Access::Immutable,
            guarded_by_stat: access == Access::Immutable,
            may_be_written,
            max_wal_growth_bytes: request.max_wal_growth_bytes,
            pin,
            ownership: located.look.ownership,
            findings,
            streamed: false,
            scratch: None,
        }
    }

    /// A capture of the file's bytes as they are.
    ///
    /// # Errors
    /// If the child is gone.
    pub(super) fn raw(mut self, why: Option<&str>, work: &Work) -> Result<Capture, Failure> {
        let asked_at = Timestamp::now();
        // Looking again closes what SQLite had open.
        self.located.process.ask(&self.source.look(), work)?;
        self.located.process.ask(&Question::Guard, work)?;
        let Self {
            request, located, ..
        } = self;
        let mut findings = located.findings;
        if let Some(detail) = why {
            let message =
                format!("SQLite cannot read it; its bytes were taken as they are: {detail}.");
            findings.push(request.finding("database-unreadable", message));
        }
        if located.look.wal_bytes.is_some_and(|bytes| bytes > 0) {
            let message = "A write-ahead log lies beside it that could not be merged.";
            findings.push(request.finding("log-not-merged", message));
        }
        let page_size = located
            .look
            .header
            .as_ref()
            .map_or(0, |header| header.page_size);
        Ok(Capture {
            process: located.process,
            path: request.path,
            kind: located.look.kind,
            method: CaptureMethod::Raw,
            size_bytes: located.look.size_bytes,
            page_size,
            page_count: located
                .look
                .size_bytes
                .checked_div(u64::from(page_size))
                .unwrap_or(0),
            header: located.look.header,
            blocks_writers: false,
            guarded_by_stat: true,
            may_be_written: false,
            max_wal_growth_bytes: request.max_wal_growth_bytes,
            pin: bracket(asked_at),
            ownership: located.look.ownership,
            findings,
            streamed: false,
            scratch: None,
        })
    }

    pub(super) fn needs_read_write(&self) -> Failure {
        self.request.refuse(FailureKind::NeedsReadWrite, READ_WRITE)
    }

    fn needs_stopped(&self) -> Failure {
        self.request.refuse(FailureKind::NeedsStopped, STOPPED)
    }
}

/// Why a database that stayed locked is refused.
pub(super) const LOCKED: &str =
    "the application kept it locked; it may use exclusive locks, or hold a long transaction open";

fn done(capture: Capture) -> Attempt {
    Attempt::Done(Box::new(capture))
}
