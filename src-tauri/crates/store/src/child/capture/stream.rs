//! Reading a pinned database, once.

use std::io::Write;
use std::time::Instant;

use sha2::{Digest, Sha256};

use super::{Capture, Captured, finding};
use crate::child::message::{Answer, Question};
use crate::child::process::unexpected;
use crate::database::capture::Streamed;
use crate::database::check::hexadecimal;
use crate::failure::{Failure, FailureKind};
use crate::manifest::CaptureMethod;
use crate::work::Work;

impl Capture {
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
            read_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
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
