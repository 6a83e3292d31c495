//! Reading a pinned database, once; or only counting its rows.

use std::io::Write;
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use super::{Capture, Captured, finding};
use crate::child::message::{Answer, Question};
use crate::child::process::unexpected;
use crate::database::capture::Streamed;
use crate::database::check::hexadecimal;
use crate::database::header::Header;
use crate::failure::{Failure, FailureKind};
use crate::manifest::{CaptureMethod, JournalMode};
use crate::protocol::CheckReport;
use crate::work::Work;

/// A count during which the log of a busy database grows by more than this is left to a copy.
const COUNT_WAL_GROWTH_BYTES: u64 = 256 << 20;

impl Capture {
    /// Whether rows may be counted where the database lies: with a write-ahead log, so that writers need
    /// not wait for it, nor one that comes meanwhile; and what is pinned is the database itself.
    #[must_use]
    pub fn can_be_counted(&self) -> bool {
        let has_log = |header: &Header| header.journal_mode == JournalMode::Wal;
        self.method == CaptureMethod::Pages
            && !self.blocks_writers
            && self.header().is_some_and(has_log)
    }

    /// Counts the rows in the pinned transaction, without copying anything: exact as of the pin. `None`
    /// where only a copy can tell, or it takes longer than `patience`; it can still be streamed then.
    ///
    /// # Errors
    /// `cancelled`, and what reading fails with.
    pub fn count(
        &mut self,
        patience: Duration,
        work: &Work,
    ) -> Result<Option<(CheckReport, Captured)>, Failure> {
        if !self.can_be_counted() {
            return Ok(None);
        }
        let began = Instant::now();
        let question = Question::Count {
            max_wal_growth_bytes: COUNT_WAL_GROWTH_BYTES,
            deadline_ms: u64::try_from(patience.as_millis()).unwrap_or(u64::MAX),
        };
        match self.process.ask(&question, work)? {
            Answer::Counted(report) => Ok(report.map(|report| {
                let captured = Captured {
                    read_ms: milliseconds_since(began),
                    wal_growth_bytes: 0,
                    sha256: String::new(),
                    findings: std::mem::take(&mut self.findings),
                };
                (report, captured)
            })),
            _ => Err(unexpected()),
        }
    }

    /// Sends all bytes of the consistent copy to `sink`, exactly [`Self::size_bytes`], and lets go of
    /// the database.
    ///
    /// # Errors
    /// `needs-read-write` if a database that was read without locks changed meanwhile (what was sent
    /// is worthless then), `no-space` if the `-wal` grew too far, `cancelled`, and what reading or
    /// `sink` fails with.
    pub fn stream(&mut self, sink: &mut dyn Write, work: &Work) -> Result<Captured, Failure> {
        if std::mem::replace(&mut self.streamed, true) {
            return Err(Failure::new(
                FailureKind::Protocol,
                "a capture can be read only once",
            ));
        }
        let began = Instant::now();
        let mut hash = Sha256::new();
        let mut sent = 0;
        let limit = self.size_bytes;
        let mut forward = |bytes: &[u8]| {
            sent += bytes.len() as u64;
            if sent > limit {
                return Err(unexpected());
            }
            hash.update(bytes);
            sink.write_all(bytes)
                .map_err(|error| Failure::io("write the copy", &error))
        };
        let streamed = match self.method {
            CaptureMethod::Raw => self.stream_raw(&mut forward, work)?,
            _ => self.stream_pages(&mut forward, work)?,
        };
        if sent != limit {
            return Err(unexpected());
        }
        let mut findings = std::mem::take(&mut self.findings);
        if self.guarded_by_stat && !streamed.unchanged {
            if self.method != CaptureMethod::Raw {
                let kind = match self.may_be_written {
                    true => FailureKind::NeedsReadWrite,
                    // Mounting it otherwise would be of no use.
                    false => FailureKind::DatabaseLocked,
                };
                return Err(Failure::new(
                    kind,
                    format!(
                        "read the database {}: it changed meanwhile",
                        self.path.display()
                    ),
                ));
            }
            let message = "The file changed while its bytes were read: the copy may be torn.";
            findings.push(finding(&self.path, "changed-while-read", message));
        }
        Ok(Captured {
            read_ms: milliseconds_since(began),
            wal_growth_bytes: streamed.wal_growth_bytes,
            sha256: hexadecimal(&hash.finalize()),
            findings,
        })
    }

    fn stream_pages(
        &mut self,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), Failure>,
        work: &Work,
    ) -> Result<Streamed, Failure> {
        let max_wal_growth_bytes = self.max_wal_growth_bytes;
        self.process.send(&Question::Stream {
            max_wal_growth_bytes,
        })?;
        match self.process.receive(work, sink)? {
            Answer::Streamed(streamed) => Ok(streamed),
            _ => Err(unexpected()),
        }
    }

    fn stream_raw(
        &mut self,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), Failure>,
        work: &Work,
    ) -> Result<Streamed, Failure> {
        let size_bytes = Some(self.size_bytes);
        self.process.ask(
            &Question::Raw {
                suffix: String::new(),
                size_bytes,
            },
            work,
        )?;
        self.process.receive(work, sink)?;
        match self.process.ask(&Question::Unchanged, work)? {
            Answer::Unchanged(unchanged) => Ok(Streamed {
                read_ms: 0,
                wal_growth_bytes: 0,
                unchanged,
            }),
            _ => Err(unexpected()),
        }
    }
}

fn milliseconds_since(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX)
}
