//! A child's side of capture: fence, pin, and the pages of the pinned transaction in order.

use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant, SystemTime};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, ffi};
use serde::{Deserialize, Serialize};

use super::check;
use super::header::Header;
use super::journal::{self, Journal};
use super::look::{self, Place, Stamp};
use super::open::{self, Access, Limits};
use crate::failure::{Failure, FailureKind};
use crate::protocol::CheckReport;

/// How often a count is looked after.
const LOOK_PAUSE: Duration = Duration::from_millis(50);

/// So many bytes are sent at a time.
const CHUNK_BYTES: usize = 256 * 1024;

/// The growth of the `-wal` is looked at each time so many bytes were read.
const BYTES_BETWEEN_LOOKS: u64 = 8 * 1024 * 1024;

/// File times are kept this coarsely by some kernels: a younger stamp proves nothing.
const STAMP_MUST_BE_OLDER_THAN: Duration = Duration::from_millis(20);

const EVERY_PAGE: &str = "SELECT data FROM sqlite_dbpage";
const FIRST_PAGE: &str = "SELECT data FROM sqlite_dbpage WHERE pgno=1";

/// What came of asking for a pin.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "pin", rename_all = "kebab-case")]
pub(crate) enum Pin {
    /// The read transaction is open.
    Held,
    /// Somebody holds a lock that excludes us.
    Busy,
    /// The state cannot be read this way: it has to be recovered, or opened for writing.
    NeedsRecovery {
        /// What SQLite said.
        detail: String,
    },
    /// SQLite cannot read this at all.
    Unreadable {
        /// What SQLite said.
        detail: String,
    },
    /// The file changed while it was to be read without locks.
    Changed,
    /// Something else went wrong, which is no property of the database.
    Failed {
        /// How.
        failure: Failure,
    },
}

/// What is pinned.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Description {
    /// The header as of the pin.
    pub(crate) header: Header,
    /// Page size.
    pub(crate) page_size: u32,
    /// Number of pages as of the pin.
    pub(crate) page_count: u64,
    /// Why the database could be read only by closing both eyes.
    pub(crate) tolerated: Option<String>,
}

/// What came of reading all pages.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Streamed {
    /// How long it took.
    pub(crate) read_ms: u64,
    /// Growth of the `-wal` meanwhile.
    pub(crate) wal_growth_bytes: u64,
    /// The files were the same before and after; always so where locks guarded them.
    pub(crate) unchanged: bool,
}

/// What is known of a file whose bytes are about to be sent as they are.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Announced {
    /// Its size; `None` if there is nothing to send.
    pub(crate) size_bytes: Option<u64>,
    /// A journal is left out since the transaction it belongs to was committed.
    pub(crate) committed_elsewhere: bool,
}

/// The database that this child reads.
pub(crate) struct Subject {
    place: Place,
    fence: Option<Connection>,
    pin: Option<Connection>,
    stamp: Option<Stamp>,
    tolerated: Option<String>,
    wal_bytes: u64,
    described: Option<(u32, u64)>,
}

impl Subject {
    /// Nothing is open yet.
    pub(crate) fn new(place: Place) -> Self {
        Self {
            place,
            fence: None,
            pin: None,
            stamp: None,
            tolerated: None,
            wal_bytes: 0,
            described: None,
        }
    }

    /// Where it lies.
    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// Keeps writers away, so that several databases can be pinned at one moment.
    pub(crate) fn fence(&mut self, limits: &Limits) -> Pin {
        match self.try_fence(limits) {
            Ok(()) => Pin::Held,
            Err(error) => judge(&error),
        }
    }

    fn try_fence(&mut self, limits: &Limits) -> rusqlite::Result<()> {
        // Opened now, so that nothing slow happens while writers wait.
        if self.pin.is_none() {
            self.pin = Some(self.open(Access::ReadWrite, limits)?);
        }
        if self.fence.is_none() {
            self.fence = Some(self.open(Access::ReadWrite, limits)?);
        }
        let fence = self.fence.as_ref().expect("just opened");
        fence.busy_timeout(limits.busy_timeout)?;
        fence.execute_batch("BEGIN IMMEDIATE")
    }

    /// Lets writers go on. The fence wrote nothing.
    ///
    /// # Errors
    /// What SQLite says.
    pub(crate) fn unfence(&mut self) -> Result<(), Failure> {
        match &self.fence {
            Some(fence) if !fence.is_autocommit() => fence
                .execute_batch("ROLLBACK")
                .map_err(|error| open::failure("end the fence around the databases", &error)),
            _ => Ok(()),
        }
    }

    /// Opens the read transaction that everything is read in.
    ///
    /// # Errors
    /// What `stat` fails with.
    pub(crate) fn pin(&mut self, access: Access, limits: &Limits) -> io::Result<Pin> {
        self.wal_bytes = self.wal_size();
        if access == Access::Immutable {
            let Some(stamp) = self.settled_stamp()? else {
                return Ok(Pin::Changed);
            };
            self.stamp = Some(stamp);
        }
        let pin = match self.try_pin(access, limits) {
            Ok(()) => Pin::Held,
            Err(error) => {
                self.pin = None;
                judge(&error)
            }
        };
        if access == Access::Immutable && self.stamp.as_ref() != Some(&self.place.stamp()?) {
            self.pin = None;
            return Ok(Pin::Changed);
        }
        Ok(pin)
    }

    fn try_pin(&mut self, access: Access, limits: &Limits) -> rusqlite::Result<()> {
        if self.pin.is_none() {
            self.pin = Some(self.open(access, limits)?);
        }
        let connection = self.pin.as_ref().expect("just opened");
        connection.busy_timeout(limits.busy_timeout)?;
        match begin(connection) {
            Err(error) if open::code(&error) == Some(ErrorCode::DatabaseCorrupt) => {
                // A file shorter than its header says is read as far as it goes.
                open::tolerate_damage(connection)?;
                self.tolerated = Some(error.to_string());
                // The first statement loads what of the schema can be loaded, and fails.
                begin(connection).or_else(|_| begin(connection))
            }
            other => other,
        }
    }

    fn open(&self, access: Access, limits: &Limits) -> rusqlite::Result<Connection> {
        let connection = open::open(&self.place.path, access, limits)?;
        if access == Access::ReadWrite && self.wal_size() > 0 {
            // What the application left in its log is for the application to check in.
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        }
        Ok(connection)
    }

    /// Says what is pinned.
    ///
    /// # Errors
    /// What SQLite says.
    pub(crate) fn describe(&mut self) -> Result<Description, Failure> {
        let failed =
            |error: &rusqlite::Error| open::failure("read the database's first page", error);
        let connection = self.pin.as_ref().ok_or_else(not_pinned)?;
        let mut first = first_page(connection);
        if let Err(error) = &first {
            // A schema that cannot be parsed hides even SQLite's own tables, unless it is told that
            // somebody is about to repair it: then it goes on with what it could parse.
            self.tolerated = Some(error.to_string());
            open::tolerate_damage(connection).map_err(|error| failed(&error))?;
            first = first_page(connection).or_else(|_| first_page(connection));
        }
        let page = first.map_err(|error| failed(&error))?;
        let page_count: i64 = connection
            .query_row("PRAGMA page_count", [], |row| row.get(0))
            .map_err(|error| failed(&error))?;
        let page_count = page_count.cast_unsigned();
        let page_size = u32::try_from(page.len()).expect("a page has at most 65536 bytes");
        let header = Header::parse(&page).ok_or_else(|| {
            Failure::new(
                FailureKind::Sqlite,
                "read the database's first page: it has no header",
            )
        })?;
        self.described = Some((page_size, page_count));
        Ok(Description {
            header,
            page_size,
            page_count,
            tolerated: self.tolerated.clone(),
        })
    }

    /// Sends each page of the pinned transaction, in order, then ends it.
    ///
    /// # Errors
    /// What SQLite or `send` say, and `no-space` where the `-wal` grows too far meanwhile.
    pub(crate) fn stream(
        &mut self,
        max_wal_growth_bytes: u64,
        send: &mut dyn FnMut(&[u8]) -> Result<(), Failure>,
    ) -> Result<Streamed, Failure> {
        let began = Instant::now();
        let (page_size, page_count) = self.described.ok_or_else(not_pinned)?;
        let connection = self.pin.take().ok_or_else(not_pinned)?;
        let failed = |error: &rusqlite::Error| open::failure("read the database's pages", error);
        let mut statement = connection
            .prepare(EVERY_PAGE)
            .map_err(|error| failed(&error))?;
        let mut rows = statement.query([]).map_err(|error| failed(&error))?;
        let mut chunk = Vec::with_capacity(CHUNK_BYTES + 65_536);
        let (mut pages, mut looked_at, mut done) = (0, 0, 0);
        while let Some(row) = rows.next().map_err(|error| failed(&error))? {
            let page = row.get_ref(0).map_err(|error| failed(&error))?;
            let page = page.as_blob().unwrap_or_default();
            if page.len() != page_size as usize || pages == page_count {
                return Err(Failure::new(
                    FailureKind::Sqlite,
                    "a page has an unexpected size",
                ));
            }
            chunk.extend_from_slice(page);
            pages += 1;
            done += page.len() as u64;
            if chunk.len() >= CHUNK_BYTES {
                send(&chunk)?;
                chunk.clear();
            }
            if done - looked_at >= BYTES_BETWEEN_LOOKS {
                looked_at = done;
                self.watch_growth(max_wal_growth_bytes)?;
            }
        }
        drop(rows);
        drop(statement);
        send(&chunk)?;
        let wal_growth_bytes = self.watch_growth(max_wal_growth_bytes)?;
        if pages != page_count {
            return Err(Failure::new(
                FailureKind::Sqlite,
                "the database has fewer pages than announced",
            ));
        }
        self.close(connection)?;
        let unchanged = match &self.stamp {
            Some(before) => *before == self.stamp_now()?,
            None => true,
        };
        Ok(Streamed {
            read_ms: milliseconds(began.elapsed()),
            wal_growth_bytes,
            unchanged,
        })
    }

    /// Counts rows in the pinned transaction, which stays open. `None` where only a copy can tell, or the
    /// write-ahead log grew by more than this meanwhile.
    ///
    /// # Errors
    /// What SQLite says of limits, and what `stat` fails with.
    pub(crate) fn count(
        &mut self,
        max_wal_growth_bytes: u64,
        limits: &Limits,
    ) -> Result<Option<CheckReport>, Failure> {
        let failed = |error: &rusqlite::Error| open::failure("count the database's rows", error);
        if self.tolerated.is_some() {
            return Ok(None);
        }
        let watch = CountWatch {
            log: self.place.beside("-wal"),
            most_log_bytes: self.wal_bytes.saturating_add(max_wal_growth_bytes),
            deadline: limits.deadline,
            orphaned: limits.orphaned,
        };
        let connection = self.pin.as_mut().ok_or_else(not_pinned)?;
        let page = first_page(connection).map_err(|error| failed(&error))?;
        let Some(header) = Header::parse(&page) else {
            return Ok(None);
        };
        open::limit_time(connection, limits.deadline, limits.orphaned)
            .map_err(|error| failed(&error))?;
        let report = watch.over(connection, |pin| check::count_rows(pin, &header));
        // What is read in place of a count has no deadline.
        open::limit_time(connection, None, limits.orphaned).map_err(|error| failed(&error))?;
        let is_as_before = match &self.stamp {
            Some(before) => *before == self.stamp_now()?,
            None => true,
        };
        Ok(report.filter(|_| is_as_before))
    }

    fn close(&mut self, pin: Connection) -> Result<(), Failure> {
        for connection in self.fence.take().into_iter().chain([pin]) {
            connection
                .close()
                .map_err(|(_, error)| open::failure("close the database", &error))?;
        }
        Ok(())
    }

    /// Remembers the state of the files, for [`Self::unchanged`].
    ///
    /// # Errors
    /// What `stat` fails with.
    pub(crate) fn guard(&mut self) -> Result<(), Failure> {
        self.stamp = Some(self.stamp_now()?);
        Ok(())
    }

    /// Are the files as they were when [`Self::guard`] was called?
    ///
    /// # Errors
    /// What `stat` fails with.
    pub(crate) fn unchanged(&self) -> Result<bool, Failure> {
        let now = self.stamp_now()?;
        Ok(self
            .stamp
            .as_ref()
            .is_some_and(|before| before.has_same_files(&now)))
    }

    /// Opens the database's file with that ending, to be sent as it is. `size_bytes` fixes the size.
    ///
    /// # Errors
    /// What the file system fails with.
    pub(crate) fn announce(
        &self,
        suffix: &str,
        size_bytes: Option<u64>,
    ) -> Result<(Announced, Box<dyn Read>), Failure> {
        let failed = |error: &io::Error| Failure::io("read the database's file", error);
        let nothing = |committed_elsewhere| Announced {
            size_bytes: None,
            committed_elsewhere,
        };
        let file = match look::open_plain(&self.place.beside(suffix)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound && !suffix.is_empty() => {
                return Ok((nothing(false), Box::new(io::empty())));
            }
            Err(error) => return Err(failed(&error)),
        };
        let mut length = file.metadata().map_err(|error| failed(&error))?.len();
        if suffix == "-journal" {
            match journal::read(&file).map_err(|error| failed(&error))? {
                Journal::Hot => {}
                Journal::Cold => return Ok((nothing(false), Box::new(io::empty()))),
                Journal::Shared {
                    super_journal,
                    length: without_note,
                } => {
                    if !journal::lies_below(&self.place.root, &super_journal) {
                        return Ok((nothing(true), Box::new(io::empty())));
                    }
                    length = without_note;
                }
            }
        }
        let length = size_bytes.unwrap_or(length);
        let announced = Announced {
            size_bytes: Some(length),
            committed_elsewhere: false,
        };
        Ok((announced, Box::new(file.chain(io::repeat(0)).take(length))))
    }

    fn stamp_now(&self) -> Result<Stamp, Failure> {
        self.place
            .stamp()
            .map_err(|error| Failure::io("look at the database's files", &error))
    }

    /// A stamp that is old enough to prove something, of files that can be read without locks.
    fn settled_stamp(&self) -> io::Result<Option<Stamp>> {
        for _ in 0..5 {
            let stamp = self.place.stamp()?;
            if !stamp.is_quiet() {
                return Ok(None);
            }
            let age = SystemTime::now()
                .duration_since(stamp.newest())
                .unwrap_or_default();
            if age > STAMP_MUST_BE_OLDER_THAN {
                return Ok(Some(stamp));
            }
            std::thread::sleep(STAMP_MUST_BE_OLDER_THAN);
        }
        Ok(None)
    }

    fn wal_size(&self) -> u64 {
        std::fs::symlink_metadata(self.place.beside("-wal")).map_or(0, |wal| wal.len())
    }

    fn watch_growth(&self, limit_bytes: u64) -> Result<u64, Failure> {
        let growth = self.wal_size().saturating_sub(self.wal_bytes);
        if growth <= limit_bytes {
            return Ok(growth);
        }
        Err(Failure::new(
            FailureKind::NoSpace,
            "the application's write-ahead log grew too far while it was being read",
        )
        .with_detail(format!("grew by {growth} bytes, limit {limit_bytes}")))
    }
}

/// Ends a count of a live database that takes too long. One table is counted in one step of SQLite's, in which
/// no progress handler is called; only an interrupt is heard there.
struct CountWatch {
    log: PathBuf,
    most_log_bytes: u64,
    deadline: Option<Instant>,
    orphaned: fn() -> bool,
}

impl CountWatch {
    /// Counts under watch. `None` as well where nobody can watch.
    fn over<T>(
        &self,
        connection: &Connection,
        count: impl FnOnce(&Connection) -> Option<T>,
    ) -> Option<T> {
        let handle = connection.get_interrupt_handle();
        let (done, ended) = mpsc::channel::<()>();
        std::thread::scope(|scope| {
            let watching = std::thread::Builder::new().spawn_scoped(scope, move || {
                // Again and again: what comes between two statements is not heard.
                while ended.recv_timeout(LOOK_PAUSE) == Err(RecvTimeoutError::Timeout) {
                    if self.is_over() {
                        handle.interrupt();
                    }
                }
            });
            watching.ok()?;
            let counted = count(connection).filter(|_| !self.is_over());
            drop(done);
            counted
        })
    }

    fn is_over(&self) -> bool {
        let log_bytes = std::fs::symlink_metadata(&self.log).map_or(0, |log| log.len());
        log_bytes > self.most_log_bytes
            || (self.orphaned)()
            || self.deadline.is_some_and(|end| Instant::now() > end)
    }
}

/// `BEGIN` alone locks nothing; reading the header does, and parses no schema.
fn begin(connection: &Connection) -> rusqlite::Result<()> {
    if connection.is_autocommit() {
        connection.execute_batch("BEGIN")?;
    }
    connection.query_row("PRAGMA user_version", [], |_| Ok(()))
}

fn first_page(connection: &Connection) -> rusqlite::Result<Vec<u8>> {
    connection.query_row(FIRST_PAGE, [], |row| row.get(0))
}

fn judge(error: &rusqlite::Error) -> Pin {
    let detail = error.to_string();
    match open::code(error) {
        _ if open::extended_code(error) == ffi::SQLITE_READONLY_CANTLOCK => Pin::Busy,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Pin::Busy,
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            Pin::NeedsRecovery { detail }
        }
        Some(ErrorCode::FileLockingProtocolFailed) => Pin::Busy,
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Pin::Unreadable { detail },
        _ if open::extended_code(error) == ffi::SQLITE_IOERR_SHORT_READ => {
            Pin::Unreadable { detail }
        }
        _ => Pin::Failed {
            failure: open::failure("read the database", error),
        },
    }
}

fn not_pinned() -> Failure {
    Failure::new(FailureKind::Protocol, "the database is not pinned")
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Without a watch it would go on for ever.
    #[test]
    fn a_count_ends_when_its_time_is_over_or_the_log_grows_too_far() {
        let endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c";
        let connection = Connection::open_in_memory().expect("it opens");
        let folder = tempfile::tempdir().expect("a folder");
        let log = folder.path().join("a.db-wal");
        std::fs::write(&log, [0; 100]).expect("a file");
        for (most_log_bytes, deadline) in [(100, Some(Instant::now())), (99, None)] {
            let watch = CountWatch {
                log: log.clone(),
                most_log_bytes,
                deadline,
                orphaned: || false,
            };
            let count =
                |pin: &Connection| pin.query_row(endless, [], |row| row.get::<_, i64>(0)).ok();
            assert_eq!(watch.over(&connection, count), None);
        }
        let watch = CountWatch {
            log,
            most_log_bytes: 100,
            deadline: None,
            orphaned: || false,
        };
        let one = |pin: &Connection| {
            pin.query_row("SELECT 1", [], |row| row.get::<_, i64>(0))
                .ok()
        };
        assert_eq!(
            watch.over(&connection, one),
            Some(1),
            "it can be used again"
        );
    }

    #[test]
    fn a_schema_that_cannot_be_parsed_hides_no_page() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("a.db");
        let connection = Connection::open(&path).expect("opens");
        connection
            .execute_batch(
                "CREATE TABLE t(a); PRAGMA writable_schema=ON;
                 INSERT INTO sqlite_schema VALUES('table', 'x', 'x', 999999, 'CREATE TABLE oh no(')",
            )
            .expect("breaks the schema");
        connection.close().expect("closes");
        let limits = Limits {
            busy_timeout: Duration::ZERO,
            deadline: None,
            orphaned: || false,
            heap_bytes: 1 << 24,
        };
        let root = directory.path().to_path_buf();
        let mut subject = Subject::new(Place {
            path: path.clone(),
            root,
        });
        assert!(matches!(
            subject.pin(Access::ReadOnly, &limits).expect("looks"),
            Pin::Held
        ));
        let description = subject.describe().expect("describes");
        assert!(description.tolerated.is_some());
        let mut copy = Vec::new();
        subject
            .stream(0, &mut |bytes| {
                copy.extend_from_slice(bytes);
                Ok(())
            })
            .expect("reads");
        assert_eq!(copy, std::fs::read(&path).expect("reads"));
    }
}
