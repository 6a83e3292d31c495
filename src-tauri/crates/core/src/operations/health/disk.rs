//! The engine's disk: whether there is room now, and for how long at the present pace.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use lifeboat_store::history::HistoryPoint;
use lifeboat_store::manifest::{Finding, Trigger};
use lifeboat_store::protocol::Listing;
use lifeboat_store::schedule::DAY;

use super::words::size_in_words;

/// A disk with less than this part of it free is nearly full: a twentieth.
const FREE_PARTS: u64 = 20;

/// Looks older than this say little about the pace of today.
const RECENT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A pace is told of so many days with a look at least,
const LEAST_LOOKS: usize = 3;

/// over so long,
const LEAST_SPAN: SignedDuration = SignedDuration::from_hours(3 * 24);

/// and of a disk that would be full in fewer days than this.
const SOON_DAYS: f64 = 30.0;

/// The disk fills at this pace.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Pace {
    bytes_per_day: f64,
    since: Timestamp,
}

/// What there is to say of the disk that the vault is on.
pub(super) fn findings(listing: &Listing, points: &[HistoryPoint]) -> Vec<Finding> {
    if listing.total_bytes == 0 {
        return Vec::new();
    }
    let now = nearly_full(listing).or_else(|| no_room_for_the_next(listing));
    let message = now
        .map(|message| ("disk-nearly-full", message))
        .or_else(|| full_soon(listing, points).map(|message| ("disk-full-soon", message)));
    let finding = |(code, message): (&str, String)| Finding {
        code: code.to_owned(),
        volume: None,
        path: None,
        message,
    };
    message.map(finding).into_iter().collect()
}

fn nearly_full(listing: &Listing) -> Option<String> {
    let (free, total) = (listing.free_bytes, listing.total_bytes);
    (free < total / FREE_PARTS).then(|| {
        format!(
            "The engine's disk is nearly full: {} of {} are free. Make room: remove what the engine does not \
             need any more, or keep fewer backups.",
            size_in_words(free),
            size_in_words(total)
        )
    })
}

/// A backup takes about what the last one of the same kind took, and its databases unpacked to prove it.
fn no_room_for_the_next(listing: &Listing) -> Option<String> {
    let is_whole = |trigger: Trigger| !matches!(trigger, Trigger::Import | Trigger::PreRestore);
    let mut backups = listing.backups.iter().map(|record| &record.summary);
    let last = backups.find(|summary| is_whole(summary.trigger))?;
    let databases = last.databases.iter().map(|database| database.size_bytes);
    let needed = last.stored_bytes + databases.sum::<u64>();
    (listing.free_bytes < needed).then(|| {
        format!(
            "{} are free on the engine's disk, and the next backup needs about {} to be taken and proven. \
             Make room: remove what the engine does not need any more, or keep fewer backups.",
            size_in_words(listing.free_bytes),
            size_in_words(needed)
        )
    })
}

fn full_soon(listing: &Listing, points: &[HistoryPoint]) -> Option<String> {
    let samples: Vec<(Timestamp, u64)> = points.iter().filter_map(sample).collect();
    let pace = pace(&samples)?;
    let days = days_left(pace, listing.free_bytes)?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a positive number of bytes, told in two digits"
    )]
    let a_day = size_in_words(pace.bytes_per_day as u64);
    Some(format!(
        "The engine's disk may be full {}: the databases of this application and their backups have grown \
         by about {a_day} a day since {}, and {} are free. This is an estimate; what else is on that disk is \
         not counted. Make room, or keep fewer backups.",
        in_days(days),
        pace.since.strftime("%Y-%m-%d"),
        size_in_words(listing.free_bytes)
    ))
}

fn in_days(days: f64) -> String {
    match days.round() {
        days if days < 1.0 => "within a day".to_owned(),
        days if days < 2.0 => "in about a day".to_owned(),
        days => format!("in about {days} days"),
    }
}

/// What the application took of the disk then; only looks that the vault wrote down know it.
fn sample(point: &HistoryPoint) -> Option<(Timestamp, u64)> {
    let bytes = point
        .databases
        .iter()
        .map(|database| database.size_bytes + database.wal_bytes.unwrap_or(0));
    Some((point.at, point.vault_bytes? + bytes.sum::<u64>()))
}

/// The pace of the recent past: the middle one of the paces from any day to any later day. One leap, and what
/// a rotation gives back, do not make it.
fn pace(samples: &[(Timestamp, u64)]) -> Option<Pace> {
    let newest = samples.iter().map(|(at, _)| *at).max()?;
    let mut days: BTreeMap<i64, (Timestamp, u64)> = BTreeMap::new();
    for &(at, bytes) in samples {
        if newest.duration_since(at) <= RECENT {
            let day = days.entry(at.as_second().div_euclid(DAY.as_secs()));
            let last = day.or_insert((at, bytes));
            if at >= last.0 {
                *last = (at, bytes);
            }
        }
    }
    let days: Vec<_> = days.into_values().collect();
    let since = days.first()?.0;
    if days.len() < LEAST_LOOKS || newest.duration_since(since) < LEAST_SPAN {
        return None;
    }
    let mut paces: Vec<f64> = Vec::new();
    for (position, from) in days.iter().enumerate() {
        paces.extend(days[position + 1..].iter().map(|to| between(*from, *to)));
    }
    paces.sort_by(f64::total_cmp);
    Some(Pace {
        bytes_per_day: paces[paces.len() / 2],
        since,
    })
}

#[expect(
    clippy::cast_precision_loss,
    reason = "an estimate needs no exact bytes"
)]
fn between(from: (Timestamp, u64), to: (Timestamp, u64)) -> f64 {
    let days = to.0.duration_since(from.0).as_secs_f64() / DAY.as_secs_f64();
    (to.1 as f64 - from.1 as f64) / days
}

/// Days until the disk is full, if that is soon.
#[expect(
    clippy::cast_precision_loss,
    reason = "an estimate needs no exact bytes"
)]
fn days_left(pace: Pace, free_bytes: u64) -> Option<f64> {
    if pace.bytes_per_day <= 0.0 {
        return None;
    }
    Some(free_bytes as f64 / pace.bytes_per_day).filter(|days| *days < SOON_DAYS)
}

#[cfg(test)]
mod tests {
    use lifeboat_store::history::HistorySource;

    use super::*;

    const GIB: u64 = 1 << 30;

    fn samples(hours_and_gib: &[(i64, u64)]) -> Vec<(Timestamp, u64)> {
        let sample = |&(hours, gib): &(i64, u64)| {
            let at = Timestamp::from_second(hours * 3600).expect("a time");
            (at, gib * GIB)
        };
        hours_and_gib.iter().map(sample).collect()
    }

    /// In whole gibibytes a day.
    fn pace_of(hours_and_gib: &[(i64, u64)]) -> Option<String> {
        let a_gib = 1024.0 * 1024.0 * 1024.0;
        pace(&samples(hours_and_gib)).map(|pace| format!("{:.0}", pace.bytes_per_day / a_gib))
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn a_pace_needs_three_looks_over_three_days() {
        assert_eq!(pace_of(&[]), None);
        assert_eq!(pace_of(&[(0, 1), (96, 9)]), None, "two looks");
        assert_eq!(pace_of(&[(0, 1), (24, 2), (48, 3)]), None, "two days");
        assert_eq!(
            pace_of(&[(0, 1), (1, 2), (72, 3)]),
            None,
            "two days with a look"
        );
        assert_eq!(pace_of(&[(0, 1), (24, 3), (72, 7)]), some("2"));
    }

    #[test]
    fn a_leap_or_what_rotation_gives_back_makes_no_pace() {
        let leap = [(0, 10), (24, 10), (48, 10), (72, 10), (96, 300)];
        assert_eq!(pace_of(&leap), some("0"));
        let week = [10, 11, 12, 13, 14, 15, 16];
        let saw: Vec<(i64, u64)> = (0..28).map(|day| day * 24).zip(week.repeat(4)).collect();
        assert_eq!(pace_of(&saw), some("0"));
    }

    #[test]
    fn what_is_long_past_is_not_counted() {
        let mut looks = vec![(0, 0), (24, 100), (48, 200), (72, 300)];
        looks.extend((40..45).map(|day| day * 24).zip(301..306));
        assert_eq!(pace_of(&looks), some("1"));
    }

    fn listing(free_gib: u64, total_gib: u64) -> Listing {
        Listing {
            free_bytes: free_gib * GIB,
            total_bytes: total_gib * GIB,
            ..Listing::default()
        }
    }

    fn growing(gib_a_day: u64) -> Vec<HistoryPoint> {
        let point = |(day, bytes): (i64, u64)| {
            let at = Timestamp::from_second(day * 86_400).expect("a time");
            HistoryPoint {
                vault_bytes: Some(bytes),
                ..HistoryPoint::new(at, HistorySource::Check, Vec::new())
            }
        };
        (0..6)
            .zip((0..).map(|day| day * gib_a_day * GIB))
            .map(point)
            .collect()
    }

    fn told(listing: &Listing, points: &[HistoryPoint]) -> Vec<(String, String)> {
        let findings = findings(listing, points).into_iter();
        findings.map(|one| (one.code, one.message)).collect()
    }

    #[test]
    fn a_disk_that_will_be_full_soon_is_told_as_an_estimate() {
        let told = told(&listing(20, 100), &growing(2));
        assert_eq!(told[0].0, "disk-full-soon");
        let message = &told[0].1;
        assert!(
            message.contains("may be full in about 10 days"),
            "{message}"
        );
        assert!(
            message.contains("about 2.0 GiB a day since 1970-01-01"),
            "{message}"
        );
        assert!(message.contains("an estimate"), "{message}");
    }

    #[test]
    fn nothing_is_told_of_a_disk_with_room_or_of_which_nothing_is_known() {
        assert!(told(&listing(90, 100), &growing(2)).is_empty(), "45 days");
        assert!(told(&listing(20, 100), &growing(0)).is_empty());
        assert!(told(&listing(20, 100), &[]).is_empty());
        assert!(
            told(&listing(0, 0), &growing(2)).is_empty(),
            "an older helper"
        );
        let mut silent = growing(2);
        for point in &mut silent {
            point.vault_bytes = None;
        }
        assert!(told(&listing(20, 100), &silent).is_empty());
    }

    #[test]
    fn a_disk_that_is_nearly_full_is_told_as_it_is() {
        let told = told(&listing(4, 100), &growing(2));
        assert_eq!(told.len(), 1, "no estimate beside it");
        assert_eq!(told[0].0, "disk-nearly-full");
        assert!(
            told[0].1.contains("4.0 GiB of 100 GiB are free"),
            "{}",
            told[0].1
        );
    }
}
