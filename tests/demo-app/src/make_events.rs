//! The database of the benchmarks: an events table with an index on text columns.

use rusqlite::{Connection, params};

const KINDS: [&str; 8] = [
    "arrived",
    "departed",
    "radio-check",
    "fuel",
    "water",
    "weather",
    "tow",
    "drill",
];
const PLACES: [&str; 12] = [
    "north-mole",
    "south-mole",
    "visitors-pontoon",
    "fuel-berth",
    "slipway",
    "inner-basin",
    "outer-basin",
    "lock",
    "crane",
    "ferry-quay",
    "anchorage",
    "fairway-buoy",
];

/// Fills up to about `size_bytes`: some 222 bytes for each row and its place in the index.
pub(crate) fn make(connection: &Connection, size_bytes: u64) -> anyhow::Result<()> {
    connection.execute_batch(
        "PRAGMA synchronous = OFF; PRAGMA cache_size = -200000;
         CREATE TABLE events (
             id INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, place TEXT NOT NULL,
             vessel TEXT NOT NULL, reference TEXT NOT NULL, detail TEXT NOT NULL
         );
         CREATE INDEX events_by_place ON events (place, vessel);
         BEGIN;",
    )?;
    let rows = size_bytes / 222;
    let mut insert = connection.prepare("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)")?;
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    for id in 0..rows {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let pick = |bits: u32, length: usize| {
            usize::try_from((state >> bits) & 0xff).unwrap_or(0) % length
        };
        let at = format!(
            "2026-{:02}-{:02}T{:02}:{:02}:{:02}Z",
            id * 12 / rows.max(1) + 1,
            id / 1000 % 28 + 1,
            id / 60 % 24,
            id % 60,
            state % 60,
        );
        let kind = KINDS[pick(8, KINDS.len())];
        let place = PLACES[pick(16, PLACES.len())];
        let vessel = format!("vessel-{:05}", state % 20_011);
        let reference = format!("{state:016x}");
        let detail = format!(
            "{{\"draught_m\":{}.{},\"berth\":\"{}-{}\",\"note\":\"{kind} at {place}, logged by the harbour office\"}}",
            pick(24, 6) + 1,
            pick(32, 10),
            place,
            pick(40, 200),
        );
        insert.execute(params![
            i64::try_from(id)?,
            at,
            kind,
            place,
            vessel,
            reference,
            detail
        ])?;
    }
    connection.execute_batch("COMMIT")?;
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(())
}
