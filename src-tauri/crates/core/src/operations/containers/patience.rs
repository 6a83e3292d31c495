//! A release that migrates a large database is not healthy for a while, and not sick either.

use std::time::Duration;

use tokio::time::Instant;

use crate::engine::Engine;
use crate::operations::discover::{self, StorageKey};

/// Between two looks at what grows.
const PAUSE: Duration = Duration::from_secs(2);

/// A share of one processor above which a process is at work.
const BUSY_SHARE: f64 = 0.05;

/// Time for a release that visibly works on its database and does not serve yet.
pub(in crate::operations) struct Patience<'a> {
    engine: &'a Engine,
    keys: Vec<StorageKey>,
    ends_at: Instant,
}

impl<'a> Patience<'a> {
    /// Patience with whoever works on these storages, for as long as this at most.
    pub(in crate::operations) fn new(
        engine: &'a Engine,
        keys: Vec<StorageKey>,
        limit: Duration,
    ) -> Self {
        Self {
            engine,
            keys,
            ends_at: Instant::now() + limit,
        }
    }

    /// The container works on its database or with its processor, and does not listen yet. One that
    /// listens and is sick is sick, however busy it is.
    pub(super) async fn is_migrating(&mut self, id: &str) -> bool {
        if Instant::now() >= self.ends_at {
            return false;
        }
        if !matches!(self.engine.listening_ports(id).await, Ok(ports) if ports.is_empty()) {
            return false;
        }
        let before = self.look(id).await;
        let begun = Instant::now();
        tokio::time::sleep(PAUSE).await;
        let after = self.look(id).await;
        let passed = u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
        #[expect(
            clippy::cast_precision_loss,
            reason = "a share of a second or two needs no more than a few digits"
        )]
        let is_busy = match (before.processor_nanoseconds, after.processor_nanoseconds) {
            (Some(before), Some(after)) => {
                after.saturating_sub(before) as f64 > passed as f64 * BUSY_SHARE
            }
            _ => false,
        };
        is_busy || before.files != after.files
    }

    async fn look(&self, id: &str) -> Look {
        let files = match discover::scan(self.engine, &self.keys).await {
            Ok(scanned) => scanned
                .sources
                .values()
                .flat_map(|source| &source.databases)
                .map(|found| (found.size_bytes, found.wal_bytes, found.modified_at_seconds))
                .collect(),
            Err(_) => Vec::new(),
        };
        Look {
            files,
            processor_nanoseconds: self.engine.processor_nanoseconds(id).await.ok().flatten(),
        }
    }
}

/// What moves while somebody migrates.
struct Look {
    files: Vec<(u64, u64, i64)>,
    processor_nanoseconds: Option<u64>,
}
