//! Settings as the code uses them.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::notice_kinds::NoticeKinds;
use super::probe_address::ProbeAddress;
use super::table::TABLE;
use super::webhook::Webhook;
use crate::excludes::Excludes;
use crate::manifest::{Codec, Scope};
use crate::schedule::CronExpression;

/// How backups are compressed, where they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// gzip: opens anywhere.
    Gzip,
    /// zstd: faster and smaller.
    Zstd,
}

/// What becomes of a release that drops a table with rows, or empties one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LostTables {
    /// It is taken back.
    #[default]
    RollBack,
    /// It is kept, and told.
    Warn,
}

/// One application's settings, whole and valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Backups are taken by themselves.
    pub auto_backup_enabled: bool,
    /// Hours from one to the next.
    pub interval_hours: u32,
    /// One is taken when protection starts.
    pub backup_on_startup: bool,
    /// So many of the newest are kept.
    pub max_backups: u32,
    /// They are compressed.
    pub compress: bool,
    /// At this time of day.
    pub time_of_day: Option<Time>,
    /// When this expression says; stands above interval and time of day.
    pub cron: Option<CronExpression>,
    /// Where time of day, cron and the days of the keep rules are counted.
    pub time_zone: TimeZone,
    /// Scheduled backups are spread over so many minutes.
    pub jitter_minutes: u32,
    /// The newest of so many hours is kept, too.
    pub keep_hourly: u32,
    /// Of so many days.
    pub keep_daily: u32,
    /// Of so many weeks.
    pub keep_weekly: u32,
    /// Of so many months.
    pub keep_monthly: u32,
    /// So many of those before an update, and before a restore.
    pub keep_safety: u32,
    /// How they are compressed, where they are.
    pub compression: Compression,
    /// Whole volumes, or databases only.
    pub scope: Scope,
    /// What a backup of whole volumes leaves out.
    pub excludes: Excludes,
    /// Backups are proven again after so many days; 0 for never.
    pub verify_again_days: u32,
    /// So many seconds an application has to come up after an update or a restore.
    pub health_deadline_seconds: u32,
    /// Where it is asked whether it serves, beside its own health check.
    pub health_probes: Vec<ProbeAddress>,
    /// What becomes of a release that drops or empties tables.
    pub lost_tables: LostTables,
    /// Where notices are sent, beside being printed.
    pub notice_webhook: Option<Webhook>,
    /// Which notices are told at all.
    pub notice_kinds: NoticeKinds,
}

impl Settings {
    /// The codec that `COMPRESS_BACKUPS` and `BACKUP_CODEC` come to.
    #[must_use]
    pub fn codec(&self) -> Codec {
        match (self.compress, self.compression) {
            (false, _) => Codec::None,
            (true, Compression::Gzip) => Codec::Gzip,
            (true, Compression::Zstd) => Codec::Zstd,
        }
    }
}

impl Default for Settings {
    /// What the table says.
    fn default() -> Self {
        let mut settings = Self {
            auto_backup_enabled: false,
            interval_hours: 0,
            backup_on_startup: false,
            max_backups: 0,
            compress: false,
            time_of_day: None,
            cron: None,
            time_zone: TimeZone::UTC,
            jitter_minutes: 0,
            keep_hourly: 0,
            keep_daily: 0,
            keep_weekly: 0,
            keep_monthly: 0,
            keep_safety: 0,
            compression: Compression::Gzip,
            scope: Scope::Whole,
            excludes: Excludes::default(),
            verify_again_days: 0,
            health_deadline_seconds: 0,
            health_probes: Vec::new(),
            lost_tables: LostTables::RollBack,
            notice_webhook: None,
            notice_kinds: NoticeKinds::all(),
        };
        for entry in TABLE {
            entry
                .apply(&mut settings, entry.default)
                .expect("the table's defaults are allowed");
        }
        settings
    }
}
