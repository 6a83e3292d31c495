//! What parent and child say to each other.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::privileges::{Identity, Keep};
use crate::RelativePath;
use crate::database::capture::{Announced, Description, Pin, Streamed};
use crate::database::look::Sight;
use crate::database::open::Access;
use crate::database::settle::Settled;
use crate::failure::Failure;
use crate::protocol::CheckReport;

/// The first message to a child.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Start {
    /// Who it is, or is to become.
    pub(super) identity: Identity,
    /// What it may keep.
    pub(super) keep: Keep,
    /// How much memory SQLite may use.
    pub(super) heap_bytes: u64,
}

/// A question to a child.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Question {
    /// What are you?
    Diagnose,
    /// Find the database and look at it; the questions below are about it.
    Look { root: PathBuf, path: RelativePath },
    /// Keep writers away.
    Fence { timeout_ms: u64 },
    /// Open the read transaction.
    Pin { access: Access, timeout_ms: u64 },
    /// Let writers go on.
    Unfence,
    /// What is pinned?
    Describe,
    /// How many rows have the tables of what is pinned?
    Count {
        max_wal_growth_bytes: u64,
        deadline_ms: u64,
    },
    /// Send the pinned pages, end the transaction.
    Stream { max_wal_growth_bytes: u64 },
    /// Remember the state of the files.
    Guard,
    /// Is it still the same?
    Unchanged,
    /// Send a file as it is: `Announced`, the bytes, `Ok`.
    Raw {
        suffix: String,
        size_bytes: Option<u64>,
    },
    /// Check the copy at this path.
    Check {
        copy: PathBuf,
        integrity: bool,
        deadline_ms: u64,
    },
    /// Make the database one file.
    Settle { timeout_ms: u64 },
    /// Write that copy into the database.
    WriteInto { source: PathBuf, timeout_ms: u64 },
}

/// A child's answer.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Answer {
    /// Done.
    Ok,
    /// To `Diagnose`: `/proc/self/status`.
    Diagnosis { status: String },
    /// To `Look`.
    Sight(Sight),
    /// To `Fence` and `Pin`.
    Pin(Pin),
    /// To `Describe`.
    Description(Description),
    /// To `Count`; `None` if only a copy can tell.
    Counted(Option<CheckReport>),
    /// To `Stream`.
    Streamed(Streamed),
    /// To `Unchanged`.
    Unchanged(bool),
    /// To `Raw`, before the bytes.
    Announced(Announced),
    /// To `Check`.
    Report(CheckReport),
    /// To `Settle`.
    Settled(Settled),
    /// It could not be done.
    Failed(Failure),
}
