//! The decision.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::reason::{KeepReason, Suspension};
use crate::manifest::{Trigger, Verdict};
use crate::protocol::{BackupRecord, DatabaseRef};
use crate::schedule::DAY;
use crate::settings::Settings;

/// A backup, as far as rotation cares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its id.
    pub id: String,
    /// When it was begun.
    pub created_at: Timestamp,
    /// Why it was taken.
    pub trigger: Trigger,
    /// What the last look at it said.
    pub verdict: Verdict,
    /// Its databases, with what that look said of each.
    pub databases: Vec<(DatabaseRef, Verdict)>,
    /// Pinned.
    pub pinned: bool,
    /// Size of its archive.
    pub stored_bytes: u64,
}

impl From<&BackupRecord> for Candidate {
    fn from(record: &BackupRecord) -> Self {
        let databases = record.verification.databases.iter().map(|database| {
            let name = DatabaseRef {
                volume: database.volume.clone(),
                path: database.path.clone(),
            };
            (name, database.verdict)
        });
        Self {
            id: record.summary.id.clone(),
            created_at: record.summary.created_at,
            trigger: record.summary.trigger,
            verdict: record.verification.verdict,
            databases: databases.collect(),
            pinned: record.notes.pinned,
            stored_bytes: record.summary.stored_bytes,
        }
    }
}

/// How much is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Newest backups, at least one.
    pub newest: u32,
    /// Hours.
    pub hourly: u32,
    /// Days.
    pub daily: u32,
    /// Weeks.
    pub weekly: u32,
    /// Months.
    pub monthly: u32,
    /// Backups before updates, and as many before restores.
    pub safety: u32,
    /// Where hours, days, weeks and months are counted.
    pub time_zone: TimeZone,
}

impl From<&Settings> for Rules {
    fn from(settings: &Settings) -> Self {
        Self {
            newest: settings.max_backups,
            hourly: settings.keep_hourly,
            daily: settings.keep_daily,
            weekly: settings.keep_weekly,
            monthly: settings.keep_monthly,
            safety: settings.keep_safety,
            time_zone: settings.time_zone.clone(),
        }
    }
}

/// What else has to be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circumstances {
    /// The time.
    pub now: Timestamp,
    /// Backups that something will go back to.
    pub in_use: BTreeSet<String>,
    /// Something outside of the list speaks against removing anything.
    pub suspension: Option<Suspension>,
}

/// What is to become of one backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct Decision {
    /// The backup.
    pub id: String,
    /// Why it is kept; empty if it goes.
    pub reasons: Vec<KeepReason>,
    /// Size of its archive.
    pub stored_bytes: u64,
}

impl Decision {
    /// It goes.
    #[must_use]
    pub fn goes(&self) -> bool {
        self.reasons.is_empty()
    }

    /// Why, in words.
    #[must_use]
    pub fn text(&self) -> String {
        if self.goes() {
            return "No rule keeps it any longer.".to_owned();
        }
        let reasons: Vec<String> = self.reasons.iter().map(KeepReason::text).collect();
        reasons.join(" ")
    }
}

/// What is to become of all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct Rotation {
    /// Each backup, newest first.
    pub decisions: Vec<Decision>,
    /// Why nothing goes at all, if so.
    pub suspended: Option<Suspension>,
}

impl Rotation {
    /// The ids of those that go.
    #[must_use]
    pub fn going(&self) -> Vec<String> {
        let going = self.decisions.iter().filter(|decision| decision.goes());
        going.map(|decision| decision.id.clone()).collect()
    }
}

/// Decides for each backup.
#[must_use]
pub fn rotate(backups: &[Candidate], rules: &Rules, circumstances: &Circumstances) -> Rotation {
    let mut newest_first: Vec<&Candidate> = backups.iter().collect();
    newest_first.sort_by(|a, b| (b.created_at, &b.id).cmp(&(a.created_at, &a.id)));
    let suspended = circumstances
        .suspension
        .clone()
        .or_else(|| suspension_of(&newest_first, circumstances.now));
    let mut kept = Kept::default();
    for backup in &newest_first {
        if backup.pinned {
            kept.note(backup, KeepReason::Pinned);
        }
        if circumstances.in_use.contains(&backup.id) {
            kept.note(backup, KeepReason::InUse);
        }
        if backup.trigger == Trigger::Import {
            kept.note(backup, KeepReason::Imported);
        }
    }
    keep_newest_sound(&newest_first, &mut kept);
    keep_by_number(&newest_first, rules, &mut kept);
    keep_by_time(&newest_first, rules, &mut kept);
    keep_damaged(&newest_first, &mut kept);
    let decisions = newest_first.iter().map(|backup| {
        let mut reasons = kept.0.remove(&backup.id).unwrap_or_default();
        if reasons.is_empty() && suspended.is_some() {
            reasons.push(KeepReason::Suspended);
        }
        Decision {
            id: backup.id.clone(),
            reasons,
            stored_bytes: backup.stored_bytes,
        }
    });
    Rotation {
        decisions: decisions.collect(),
        suspended,
    }
}

/// The reasons collected so far.
#[derive(Default)]
struct Kept(BTreeMap<String, Vec<KeepReason>>);

impl Kept {
    fn note(&mut self, backup: &Candidate, reason: KeepReason) {
        let reasons = self.0.entry(backup.id.clone()).or_default();
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
}

/// What the list itself says against removing anything.
fn suspension_of(newest_first: &[&Candidate], now: Timestamp) -> Option<Suspension> {
    let future = newest_first
        .iter()
        .find(|backup| backup.created_at.duration_since(now) > DAY);
    if let Some(backup) = future {
        return Some(Suspension::FromTheFuture {
            id: backup.id.clone(),
            created_at: backup.created_at,
        });
    }
    // What somebody brought in says nothing about the application as it is.
    let newest = newest_first
        .iter()
        .find(|backup| backup.trigger != Trigger::Import)?;
    (newest.verdict == Verdict::Damaged).then(|| Suspension::NewestDamaged {
        id: newest.id.clone(),
    })
}

fn keep_newest_sound(newest_first: &[&Candidate], kept: &mut Kept) {
    let mut covered = BTreeSet::new();
    let mut whole = false;
    for backup in newest_first {
        if !whole && backup.verdict == Verdict::Sound {
            whole = true;
            kept.note(backup, KeepReason::NewestSound);
        }
        for (database, verdict) in &backup.databases {
            // Of a damaged archive even the database that was once found sound may be gone.
            let sound = *verdict == Verdict::Sound && backup.verdict != Verdict::Damaged;
            if sound && covered.insert(database) {
                kept.note(backup, KeepReason::NewestSound);
            }
        }
    }
}

/// Backups of the ordinary kind: those that the limits count.
fn is_ordinary(trigger: Trigger) -> bool {
    matches!(
        trigger,
        Trigger::Manual | Trigger::Scheduled | Trigger::StartUp
    )
}

fn counts(backup: &Candidate) -> bool {
    is_ordinary(backup.trigger) && backup.verdict != Verdict::Damaged
}

type NumberedReason = fn(u32, u32) -> KeepReason;

fn keep_by_number(newest_first: &[&Candidate], rules: &Rules, kept: &mut Kept) {
    let good = |trigger: Trigger| {
        move |backup: &&&Candidate| backup.trigger == trigger && backup.verdict != Verdict::Damaged
    };
    let mut keep = |backups: Vec<&&Candidate>, of: u32, reason: NumberedReason| {
        for (position, backup) in (1..=of).zip(backups) {
            kept.note(backup, reason(position, of));
        }
    };
    keep(
        newest_first
            .iter()
            .filter(|backup| counts(backup))
            .collect(),
        rules.newest.max(1),
        |position, of| KeepReason::Newest { position, of },
    );
    keep(
        newest_first
            .iter()
            .filter(good(Trigger::PreUpdate))
            .collect(),
        rules.safety.max(1),
        |position, of| KeepReason::BeforeUpdate { position, of },
    );
    keep(
        newest_first
            .iter()
            .filter(good(Trigger::PreRestore))
            .collect(),
        rules.safety.max(1),
        |position, of| KeepReason::BeforeRestore { position, of },
    );
}

/// Names the hour, day, week or month of a moment.
type Bucket = fn(&Zoned) -> (i16, i16, i8, i32);

fn keep_by_time(newest_first: &[&Candidate], rules: &Rules, kept: &mut Kept) {
    // The hour that the clock shows twice is two hours: the offset tells them apart.
    let hour: Bucket = |at| {
        (
            at.year(),
            at.day_of_year(),
            at.hour(),
            at.offset().seconds(),
        )
    };
    let day: Bucket = |at| (at.year(), at.day_of_year(), 0, 0);
    let week: Bucket = |at| {
        let week = at.date().iso_week_date();
        (week.year(), 0, week.week(), 0)
    };
    let month: Bucket = |at| (at.year(), 0, at.month(), 0);
    for (number, bucket, reason) in [
        (rules.hourly, hour, KeepReason::Hourly),
        (rules.daily, day, KeepReason::Daily),
        (rules.weekly, week, KeepReason::Weekly),
        (rules.monthly, month, KeepReason::Monthly),
    ] {
        let mut seen = BTreeSet::new();
        for backup in newest_first.iter().filter(|backup| counts(backup)) {
            let at = backup.created_at.to_zoned(rules.time_zone.clone());
            if seen.len() >= number as usize {
                break;
            }
            if seen.insert(bucket(&at)) {
                kept.note(backup, reason.clone());
            }
        }
    }
}

/// Damaged ones count nowhere, and go once everything that is kept by number is newer.
fn keep_damaged(newest_first: &[&Candidate], kept: &mut Kept) {
    let by_number = |backup: &&Candidate| {
        let reasons = kept.0.get(&backup.id).into_iter().flatten();
        reasons.into_iter().any(|reason| {
            matches!(
                reason,
                KeepReason::Newest { .. }
                    | KeepReason::BeforeUpdate { .. }
                    | KeepReason::BeforeRestore { .. }
            )
        })
    };
    let oldest_of = |backup: &Candidate| {
        let same = newest_first
            .iter()
            .filter(|other| kind_of(other.trigger) == kind_of(backup.trigger));
        same.filter(|other| by_number(other))
            .map(|other| other.created_at)
            .min()
    };
    let damaged: Vec<&Candidate> = newest_first
        .iter()
        .copied()
        .filter(|backup| backup.verdict == Verdict::Damaged)
        .filter(|backup| {
            // With nothing good beside it, it is all there is.
            oldest_of(backup).is_none_or(|oldest| backup.created_at > oldest)
        })
        .collect();
    for backup in damaged {
        kept.note(backup, KeepReason::DamagedAmongNewest);
    }
}

/// Ordinary ones, those before updates and those before restores are counted apart.
fn kind_of(trigger: Trigger) -> u8 {
    match trigger {
        trigger if is_ordinary(trigger) => 0,
        Trigger::PreUpdate => 1,
        Trigger::PreRestore => 2,
        _ => 3,
    }
}
