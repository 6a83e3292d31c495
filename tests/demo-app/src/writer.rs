//! The writer thread: known transactions of several rows, each with the time its commit returned.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rusqlite::{Connection, params};

use crate::guestbook;
use crate::settings::{Settings, WriterRate};

/// Rows of one transaction; a copy that holds another number of a batch's rows is torn.
const ROWS_PER_BATCH: i64 = 3;

/// Writes until `stop` is set. The time at which a commit returned goes in with the next one.
pub(crate) fn run(settings: &Settings, stop: &Arc<AtomicBool>) -> anyhow::Result<()> {
    let pause = match settings.writer_rate {
        WriterRate::Off => return Ok(()),
        WriterRate::Max => None,
        WriterRate::Paced(pause) => Some(pause),
    };
    let connection = guestbook::connect(settings)?;
    connection.busy_timeout(Duration::from_secs(60))?;
    let mut batch: i64 =
        connection.query_row("SELECT coalesce(max(batch), 0) FROM batches", [], |row| {
            row.get(0)
        })?;
    let mut returned_us = None;
    while !stop.load(Ordering::SeqCst) {
        batch += 1;
        write_batch(
            &connection,
            batch,
            returned_us,
            settings.second_database.is_some(),
        )?;
        returned_us = Some(now_us());
        if let Some(pause) = pause {
            std::thread::sleep(pause);
        }
    }
    record_return(&connection, batch, returned_us)
}

fn write_batch(
    connection: &Connection,
    batch: i64,
    returned_us: Option<i64>,
    second: bool,
) -> anyhow::Result<()> {
    let begun_us = now_us();
    connection.execute_batch("BEGIN IMMEDIATE")?;
    record_return(connection, batch - 1, returned_us)?;
    connection
        .prepare_cached("INSERT INTO batches (batch, begun_us) VALUES (?, ?)")?
        .execute(params![batch, begun_us])?;
    for schema in if second {
        &["main", "second"][..]
    } else {
        &["main"]
    } {
        let mut statement = connection.prepare_cached(&format!(
            "INSERT INTO {schema}.ledger (sequence, batch, position, payload) VALUES (?, ?, ?, ?)"
        ))?;
        for position in 1..=ROWS_PER_BATCH {
            let sequence = (batch - 1) * ROWS_PER_BATCH + position;
            let payload = format!(
                "batch {batch} row {position} of {ROWS_PER_BATCH}, tide {}",
                sequence % 97
            );
            statement.execute(params![sequence, batch, position, payload])?;
        }
    }
    connection.execute_batch("COMMIT")?;
    Ok(())
}

fn record_return(
    connection: &Connection,
    batch: i64,
    returned_us: Option<i64>,
) -> anyhow::Result<()> {
    if returned_us.is_some() {
        connection
            .prepare_cached("UPDATE batches SET returned_us = ? WHERE batch = ?")?
            .execute(params![returned_us, batch])?;
    }
    Ok(())
}

/// Microseconds since 1970.
fn now_us() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
