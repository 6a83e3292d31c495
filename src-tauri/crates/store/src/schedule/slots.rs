//! The moments that a time of day or a cron expression names, and how far an application's backups
//! are moved from them.

use jiff::civil::Time;
use jiff::{SignedDuration, Span, Timestamp, Zoned};

use crate::settings::Settings;

/// Moments named by settings that have a time of day or a cron expression.
pub(super) struct Slots<'a> {
    settings: &'a Settings,
    app: &'a str,
}

impl<'a> Slots<'a> {
    /// `None` where only the interval counts.
    pub(super) fn of(settings: &'a Settings, app: &'a str) -> Option<Self> {
        let named = settings.cron.is_some() || settings.time_of_day.is_some();
        named.then_some(Self { settings, app })
    }

    /// The first moment due after `moment`, moved by the application's spread. After a backup, days of
    /// a longer interval are passed over first.
    pub(super) fn due_after(&self, moment: Timestamp, after_backup: bool) -> Option<Timestamp> {
        let mut moment = moment.to_zoned(self.settings.time_zone.clone());
        if after_backup && self.settings.cron.is_none() {
            let days = i64::from(self.settings.interval_hours / 24).max(1) - 1;
            moment = moment.checked_add(Span::new().days(days)).ok()?;
        }
        let slot = self.after(&moment)?;
        let room = self.after(&slot)?.duration_since(&slot);
        let slot = slot.timestamp().checked_add(self.spread(room)).ok()?;
        Some(slot)
    }

    fn after(&self, moment: &Zoned) -> Option<Zoned> {
        match (&self.settings.cron, self.settings.time_of_day) {
            (Some(cron), _) => cron.next_after(moment),
            (None, Some(time)) => self.daily_after(time, moment),
            (None, None) => None,
        }
    }

    /// Times of day are civil: one that the clock skips comes after the gap, one that it shows twice
    /// comes the first time only.
    fn daily_after(&self, time: Time, moment: &Zoned) -> Option<Zoned> {
        let hours = i64::from(self.settings.interval_hours);
        let in_a_day = (0..24).step_by(usize::try_from(hours.clamp(1, 24)).ok()?);
        let first_day = moment.date().checked_sub(Span::new().days(2)).ok()?;
        (0..5)
            .filter_map(|day| {
                let day = first_day.checked_add(Span::new().days(day)).ok()?;
                Some(day.to_datetime(time))
            })
            .flat_map(|start| {
                let later = move |hours| start.checked_add(Span::new().hours(hours)).ok();
                in_a_day.clone().filter_map(later)
            })
            .filter_map(|civil| civil.to_zoned(self.settings.time_zone.clone()).ok())
            .filter(|slot| slot > moment)
            .min()
    }

    /// The same for one application each time, and different for different ones: never more than half
    /// of the way to the next slot.
    fn spread(&self, room: SignedDuration) -> SignedDuration {
        let wanted = i64::from(self.settings.jitter_minutes) * 60;
        let limit = wanted.min(room.as_secs() / 2).max(0).unsigned_abs();
        let seconds = hash(self.app) % (limit + 1);
        SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(0))
    }
}

/// FNV-1a, mixed: it has to give the same on every machine and in every version.
fn hash(text: &str) -> u64 {
    let mut hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(0xd6e8_feb8_6659_fd93);
    hash ^ (hash >> 32)
}
