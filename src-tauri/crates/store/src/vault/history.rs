//! The history of sizes, rows and verdicts: a line for each backup and each health check, in bounds.
//!
//! Any session may add to it, under a lock of the file's own that is held for a moment. What has grown past
//! its bounds is thinned out and replaced in one step: days that are long past keep one line each.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::lines::{Appender, Lines};
use super::reserve::with_reserve;
use super::sealed::FILE_MODE;
use super::{HISTORY, Vault};
use crate::files::write_atomic;
use crate::history::{HistoryPoint, HistorySource};
use crate::schedule::DAY;
use crate::{Failure, FailureKind};

const MOST_LINES: usize = 2048;
const MOST_BYTES: usize = 1 << 20;

/// All lines of so many days are kept, and one of each day before. The next number is for a history that is
/// still too long then.
const WHOLE_DAYS: [i32; 3] = [30, 7, 1];

/// A check that sees what the last one saw says nothing new for so long.
const SAME_CHECK: SignedDuration = SignedDuration::from_mins(10);

/// Nobody waits longer for the file than this: a line more or less is worth no wait.
const PATIENCE: Duration = Duration::from_millis(500);

/// A line, and what it says. The line itself is kept: a later version may have put more in it.
struct Kept {
    point: HistoryPoint,
    line: Vec<u8>,
}

impl Vault {
    /// Adds a point to the history. `false` if it says nothing new. Needs no lock of the vault.
    ///
    /// # Errors
    /// The vault is not laid out, others write to the history for long, or the file system refuses.
    pub fn record_history(&self, mut point: HistoryPoint) -> Result<bool, Failure> {
        self.require_layout()?;
        point.vault_bytes = self.used_bytes().ok();
        point.free_bytes = self.free_bytes().ok();
        let line = serde_json::to_vec(&point).map_err(|error| {
            Failure::new(FailureKind::Io, "a look could not be put into words")
                .with_detail(error.to_string())
        })?;
        with_reserve(&self.root, || {
            let path = self.root.join(HISTORY);
            let file = Appender::open_within(&path, PATIENCE)?;
            let known = read(file.lines_from(0)?)?;
            if says_nothing_new(&point, &known) {
                return Ok(false);
            }
            let length = usize::try_from(file.length()?).unwrap_or(usize::MAX);
            if known.len() < MOST_LINES && length.saturating_add(line.len()) < MOST_BYTES {
                file.append(&line)?;
                return Ok(true);
            }
            let new = Kept {
                point: point.clone(),
                line: line.clone(),
            };
            let kept = thinned(known, new, MOST_LINES, MOST_BYTES);
            write_atomic(&path, &text_of(&kept), FILE_MODE)?;
            Ok(true)
        })
    }

    /// The history, oldest first. Lines that a crash cut off, or that are none of ours, are left out.
    ///
    /// # Errors
    /// What the file system refuses.
    pub fn history(&self) -> Result<Vec<HistoryPoint>, Failure> {
        let file = match self.open_file(HISTORY) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            other => {
                other.map_err(|error| Failure::io("the history could not be opened", &error))?
            }
        };
        let mut points: Vec<_> = read(Lines::of(&file))?
            .into_iter()
            .map(|kept| kept.point)
            .collect();
        points.sort_by_key(|point| point.at);
        Ok(points)
    }
}

fn read(lines: Lines<'_>) -> Result<Vec<Kept>, Failure> {
    let mut known = Vec::new();
    for line in lines {
        let line = line?.bytes;
        if let Ok(point) = serde_json::from_slice(&line) {
            known.push(Kept { point, line });
        }
    }
    Ok(known)
}

fn says_nothing_new(point: &HistoryPoint, known: &[Kept]) -> bool {
    match &point.source {
        HistorySource::Backup { .. } => known.iter().any(|kept| kept.point.source == point.source),
        HistorySource::Check => known.last().is_some_and(|kept| {
            let last = &kept.point;
            last.source == HistorySource::Check
                && last.databases == point.databases
                && point.at.duration_since(last.at).abs() < SAME_CHECK
        }),
    }
}

/// What stays of a history that is too long: less than its bounds by a quarter, so that not every line that
/// follows thins it again.
fn thinned(mut known: Vec<Kept>, new: Kept, most_lines: usize, most_bytes: usize) -> Vec<Kept> {
    let now = new.point.at;
    known.push(new);
    let fits = |kept: &[Kept]| {
        let bytes: usize = kept.iter().map(|kept| kept.line.len() + 1).sum();
        kept.len() <= most_lines / 4 * 3 && bytes <= most_bytes / 4 * 3
    };
    for days in WHOLE_DAYS {
        known = one_a_day(known, now, DAY * days);
        if fits(&known) {
            return known;
        }
    }
    let mut first = 0;
    while first + 1 < known.len() && !fits(&known[first..]) {
        first += 1;
    }
    known.split_off(first)
}

/// Of each day before the youngest `whole`, one stays: the worst, and of equally bad ones the last.
fn one_a_day(known: Vec<Kept>, now: Timestamp, whole: SignedDuration) -> Vec<Kept> {
    let day_of = |point: &HistoryPoint| point.at.as_second().div_euclid(DAY.as_secs());
    let mut of_day: BTreeMap<i64, usize> = BTreeMap::new();
    for (position, kept) in known.iter().enumerate() {
        let best = of_day.entry(day_of(&kept.point)).or_insert(position);
        let rank = |point: &HistoryPoint| (point.verdict(), point.at);
        if rank(&kept.point) >= rank(&known[*best].point) {
            *best = position;
        }
    }
    let stays = |position: usize, point: &HistoryPoint| {
        now.duration_since(point.at) <= whole || of_day.get(&day_of(point)) == Some(&position)
    };
    let counted = known.into_iter().enumerate();
    let kept = counted.filter(|(position, kept)| stays(*position, &kept.point));
    kept.map(|(_, kept)| kept).collect()
}

fn text_of(kept: &[Kept]) -> Vec<u8> {
    let mut text = Vec::new();
    for kept in kept {
        text.extend_from_slice(&kept.line);
        text.push(b'\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RelativePath;
    use crate::history::HistoryDatabase;
    use crate::manifest::Verdict;

    fn at(hours: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
    }

    fn look(hours: i64, verdict: Verdict) -> Kept {
        let database = HistoryDatabase {
            volume: "data".to_owned(),
            path: RelativePath::new("app.db").expect("a path"),
            size_bytes: hours.unsigned_abs(),
            wal_bytes: None,
            rows: Some(1),
            table_count: 1,
            page_size: 4096,
            free_page_count: None,
            verdict,
        };
        let point = HistoryPoint::new(at(hours), HistorySource::Check, vec![database]);
        let line = serde_json::to_vec(&point).expect("plain data");
        Kept { point, line }
    }

    fn hours(kept: &[Kept]) -> Vec<i64> {
        let hour = |kept: &Kept| kept.point.at.as_second() / 3600;
        kept.iter().map(hour).collect()
    }

    #[test]
    fn days_long_past_keep_their_last_line_and_bad_news() {
        let mut known: Vec<Kept> = (0..24 * 40).map(|at| look(at, Verdict::Sound)).collect();
        known[5] = look(5, Verdict::Damaged);
        let kept = thinned(known, look(24 * 40, Verdict::Sound), 2048, 1 << 20);
        let kept = hours(&kept);
        assert_eq!(
            &kept[..3],
            &[5, 47, 71],
            "one a day: the worst, or the last"
        );
        assert_eq!(kept[9], 239);
        let young: Vec<i64> = (240..=960).collect();
        assert_eq!(&kept[10..], young, "the last thirty days are whole");
    }

    #[test]
    fn a_history_that_is_still_too_long_keeps_fewer_days_whole_and_then_loses_its_oldest() {
        let known = || (0..24 * 40).map(|at| look(at, Verdict::Sound)).collect();
        let new = || look(24 * 40, Verdict::Sound);
        let kept = hours(&thinned(known(), new(), 400, 1 << 20));
        assert_eq!(kept.len(), 33 + 7 * 24 + 1);
        let kept = hours(&thinned(known(), new(), 40, 1 << 20));
        let youngest: Vec<i64> = (936..=960).collect();
        assert_eq!(kept.len(), 30, "three quarters of what there is room for");
        assert!(kept.ends_with(&youngest), "{kept:?}");
        let bytes = look(0, Verdict::Sound).line.len() * 8;
        assert!(thinned(known(), new(), 2048, bytes).len() < 8);
    }
}
