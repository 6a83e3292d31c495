//! Reading single values. A failure is the end of a sentence that begins with "it".

use std::ops::RangeInclusive;

use jiff::civil::Time;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::values::{Compression, LostTables};
use crate::manifest::Scope;

/// `true` or `false`, and what people write for them.
pub(super) fn boolean(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Ok(true),
        "false" | "no" | "off" | "0" => Ok(false),
        _ => Err("is neither true nor false".to_owned()),
    }
}

/// A whole number within limits.
pub(super) fn number(text: &str, allowed: RangeInclusive<u32>) -> Result<u32, String> {
    // `parse` would take a plus sign.
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits {
        return Err("is not a whole number".to_owned());
    }
    match text.parse() {
        Ok(number) if number < *allowed.start() => Err("is too small".to_owned()),
        Ok(number) if allowed.contains(&number) => Ok(number),
        _ => Err("is too large".to_owned()),
    }
}

/// `HH:MM`, or nothing.
pub(super) fn time_of_day(text: &str) -> Result<Option<Time>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = || "is not a time of day such as 03:30".to_owned();
    let (hour, minute) = text.split_once(':').ok_or_else(wrong)?;
    if !(1..=2).contains(&hour.len()) || minute.len() != 2 {
        return Err(wrong());
    }
    let hour = number(hour, 0..=23).map_err(|_| wrong())?;
    let minute = number(minute, 0..=59).map_err(|_| wrong())?;
    let small = |number| i8::try_from(number).map_err(|_| wrong());
    Time::new(small(hour)?, small(minute)?, 0, 0)
        .map(Some)
        .map_err(|_| wrong())
}

/// A name of the time zone database that is built in, so that every part of Lifeboat knows the same.
pub(super) fn time_zone(text: &str) -> Result<TimeZone, String> {
    TimeZoneDatabase::bundled()
        .get(text)
        .map_err(|_| "is not the name of a time zone".to_owned())
}

/// `roll-back` or `warn`.
pub(super) fn lost_tables(text: &str) -> Result<LostTables, String> {
    match text {
        "roll-back" => Ok(LostTables::RollBack),
        "warn" => Ok(LostTables::Warn),
        _ => Err("is neither roll-back nor warn".to_owned()),
    }
}

/// `gzip` or `zstd`.
pub(super) fn compression(text: &str) -> Result<Compression, String> {
    match text.to_ascii_lowercase().as_str() {
        "gzip" => Ok(Compression::Gzip),
        "zstd" => Ok(Compression::Zstd),
        _ => Err("is neither gzip nor zstd".to_owned()),
    }
}

/// `whole` or `databases-only`.
pub(super) fn scope(text: &str) -> Result<Scope, String> {
    match text.to_ascii_lowercase().as_str() {
        "whole" => Ok(Scope::Whole),
        "databases-only" => Ok(Scope::DatabasesOnly),
        _ => Err("is neither whole nor databases-only".to_owned()),
    }
}
