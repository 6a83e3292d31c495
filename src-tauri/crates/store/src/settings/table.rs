//! The table of keys. Everything else about settings is derived from it: defaults, errors,
//! `.env.example`.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::notice_kinds::NoticeKinds;
use super::parse;
use super::probe_address::ProbeAddress;
use super::values::{Compression, LostTables, Settings};
use super::webhook::Webhook;
use crate::excludes::Excludes;
use crate::manifest::Scope;
use crate::schedule::CronExpression;

/// Names a setting. Written like its environment variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[ts(export_to = "api.ts")]
pub enum Key {
    /// Are backups taken by themselves?
    AutoBackupEnabled,
    /// Hours from one to the next.
    AutoBackupIntervalHours,
    /// One when protection starts.
    BackupOnStartup,
    /// How many are kept.
    MaxDatabaseBackups,
    /// Compressed or not.
    CompressBackups,
    /// Time of day.
    AutoBackupAt,
    /// Cron expression.
    AutoBackupCron,
    /// Time zone.
    AutoBackupTimeZone,
    /// Spread.
    AutoBackupJitterMinutes,
    /// One of each hour.
    KeepHourlyBackups,
    /// One of each day.
    KeepDailyBackups,
    /// One of each week.
    KeepWeeklyBackups,
    /// One of each month.
    KeepMonthlyBackups,
    /// Before updates, and before restores.
    KeepSafetyBackups,
    /// How they are compressed.
    BackupCodec,
    /// Whole volumes or databases.
    BackupScope,
    /// What whole volumes are taken without.
    BackupExcludes,
    /// When they are proven again.
    VerifyBackupsAgainDays,
    /// How long an application has to come up.
    HealthDeadlineSeconds,
    /// Where it is asked whether it serves.
    HealthProbe,
    /// What becomes of a release that drops or empties tables.
    LostTables,
    /// Where notices are sent.
    NoticeWebhook,
    /// Which notices are told.
    NoticeKinds,
}

/// A row of the table.
#[derive(Debug)]
pub struct Entry {
    /// Which.
    pub key: Key,
    /// Its name as an environment variable.
    pub name: &'static str,
    /// What it does, in lines fit for a comment.
    pub meaning: &'static str,
    /// Its default; empty for "not set".
    pub default: &'static str,
    /// What is allowed, as the end of a sentence.
    pub allowed: &'static str,
    take: fn(&mut Settings, &str) -> Result<(), String>,
    show: fn(&Settings) -> String,
}

impl Entry {
    /// Sets the value.
    ///
    /// # Errors
    /// Why it is not allowed, as the end of a sentence that begins with "it".
    pub fn apply(&self, settings: &mut Settings, text: &str) -> Result<(), String> {
        (self.take)(settings, text.trim())
    }

    /// The value in the form that the table writes.
    #[must_use]
    pub fn text_of(&self, settings: &Settings) -> String {
        (self.show)(settings)
    }

    /// A value as anybody may see it: lists, errors and the audit log are to show it in this form.
    #[must_use]
    pub fn shown(&self, text: &str) -> String {
        match self.key {
            Key::NoticeWebhook => Webhook::masked(text.trim()),
            _ => text.to_owned(),
        }
    }

    /// Nothing may be chosen, and means "not set".
    #[must_use]
    pub fn may_be_empty(&self) -> bool {
        self.default.is_empty()
    }
}

impl Key {
    /// The name as an environment variable.
    #[must_use]
    pub fn name(self) -> &'static str {
        entry(self).name
    }

    /// An image brings an environment along, too, and must not choose whom notices are sent to, nor that
    /// nobody is told.
    #[must_use]
    pub fn may_come_from_a_container(self) -> bool {
        !matches!(self, Self::NoticeWebhook | Self::NoticeKinds)
    }

    /// The key of that name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let row = TABLE.iter().find(|entry| entry.name == name)?;
        Some(row.key)
    }
}

/// A key's row.
#[must_use]
pub fn entry(key: Key) -> &'static Entry {
    TABLE
        .iter()
        .find(|entry| entry.key == key)
        .expect("each key has a row")
}

/// All keys, the first five as they have always been.
pub const TABLE: &[Entry] = &[
    Entry {
        key: Key::AutoBackupEnabled,
        name: "AUTO_BACKUP_ENABLED",
        meaning: "Take backups by itself.",
        default: "true",
        allowed: "true or false",
        take: |settings, text| {
            settings.auto_backup_enabled = parse::boolean(text)?;
            Ok(())
        },
        show: |settings| settings.auto_backup_enabled.to_string(),
    },
    Entry {
        key: Key::AutoBackupIntervalHours,
        name: "AUTO_BACKUP_INTERVAL_HOURS",
        meaning: "Hours from one backup to the next.",
        default: "24",
        allowed: "a whole number from 1 to 8760",
        take: |settings, text| {
            settings.interval_hours = parse::number(text, 1..=8760)?;
            Ok(())
        },
        show: |settings| settings.interval_hours.to_string(),
    },
    Entry {
        key: Key::BackupOnStartup,
        name: "BACKUP_ON_STARTUP",
        meaning: "Take a backup when protection starts, which it also does when the engine starts.",
        default: "true",
        allowed: "true or false",
        take: |settings, text| {
            settings.backup_on_startup = parse::boolean(text)?;
            Ok(())
        },
        show: |settings| settings.backup_on_startup.to_string(),
    },
    Entry {
        key: Key::MaxDatabaseBackups,
        name: "MAX_DATABASE_BACKUPS",
        meaning: "Keep this many of the newest backups. Pinned ones, imported ones and the newest that is\n\
                  known to be sound stay in any case.",
        default: "10",
        allowed: "a whole number from 1 to 10000",
        take: |settings, text| {
            settings.max_backups = parse::number(text, 1..=10_000)?;
            Ok(())
        },
        show: |settings| settings.max_backups.to_string(),
    },
    Entry {
        key: Key::CompressBackups,
        name: "COMPRESS_BACKUPS",
        meaning: "Compress backups.",
        default: "true",
        allowed: "true or false",
        take: |settings, text| {
            settings.compress = parse::boolean(text)?;
            Ok(())
        },
        show: |settings| settings.compress.to_string(),
    },
    Entry {
        key: Key::AutoBackupAt,
        name: "AUTO_BACKUP_AT",
        meaning: "Take backups at this time of day. An interval of less than a day counts from this time on,\n\
                  afresh each day; a longer one is taken in whole days.",
        default: "",
        allowed: "a time of day such as 03:30, or nothing",
        take: |settings, text| {
            settings.time_of_day = parse::time_of_day(text)?;
            Ok(())
        },
        show: |settings| {
            let time = settings.time_of_day;
            time.map_or_else(String::new, |time| time.strftime("%H:%M").to_string())
        },
    },
    Entry {
        key: Key::AutoBackupCron,
        name: "AUTO_BACKUP_CRON",
        meaning: "Take backups when this cron expression says, instead of by interval and time of day.",
        default: "",
        allowed: "five fields (minute, hour, day of the month, month, day of the week) such as 30 3 * * 1-5, or \
                  nothing",
        take: |settings, text| {
            settings.cron = match text {
                "" => None,
                text => Some(CronExpression::parse(text)?),
            };
            Ok(())
        },
        show: |settings| {
            let cron = settings.cron.as_ref();
            cron.map_or_else(String::new, |cron| cron.as_str().to_owned())
        },
    },
    Entry {
        key: Key::AutoBackupTimeZone,
        name: "AUTO_BACKUP_TIME_ZONE",
        meaning: "Where the time of day, the cron expression and the days of the keep rules are counted.",
        default: "UTC",
        allowed: "the name of a time zone such as Europe/Berlin, or UTC",
        take: |settings, text| {
            settings.time_zone = parse::time_zone(text)?;
            Ok(())
        },
        show: |settings| settings.time_zone.iana_name().unwrap_or("UTC").to_owned(),
    },
    Entry {
        key: Key::AutoBackupJitterMinutes,
        name: "AUTO_BACKUP_JITTER_MINUTES",
        meaning: "Spread backups that are due at a time of day over this many minutes, so that not all\n\
                  applications are read at once. It is the same minute each day for one application.",
        default: "5",
        allowed: "a whole number from 0 to 240",
        take: |settings, text| {
            settings.jitter_minutes = parse::number(text, 0..=240)?;
            Ok(())
        },
        show: |settings| settings.jitter_minutes.to_string(),
    },
    Entry {
        key: Key::KeepHourlyBackups,
        name: "KEEP_HOURLY_BACKUPS",
        meaning: "Also keep the newest backup of each of the last so many hours that have one.",
        default: "0",
        allowed: "a whole number from 0 to 10000",
        take: |settings, text| {
            settings.keep_hourly = parse::number(text, 0..=10_000)?;
            Ok(())
        },
        show: |settings| settings.keep_hourly.to_string(),
    },
    Entry {
        key: Key::KeepDailyBackups,
        name: "KEEP_DAILY_BACKUPS",
        meaning: "The same for days.",
        default: "0",
        allowed: "a whole number from 0 to 10000",
        take: |settings, text| {
            settings.keep_daily = parse::number(text, 0..=10_000)?;
            Ok(())
        },
        show: |settings| settings.keep_daily.to_string(),
    },
    Entry {
        key: Key::KeepWeeklyBackups,
        name: "KEEP_WEEKLY_BACKUPS",
        meaning: "The same for weeks, which begin on Monday.",
        default: "0",
        allowed: "a whole number from 0 to 10000",
        take: |settings, text| {
            settings.keep_weekly = parse::number(text, 0..=10_000)?;
            Ok(())
        },
        show: |settings| settings.keep_weekly.to_string(),
    },
    Entry {
        key: Key::KeepMonthlyBackups,
        name: "KEEP_MONTHLY_BACKUPS",
        meaning: "The same for months.",
        default: "0",
        allowed: "a whole number from 0 to 10000",
        take: |settings, text| {
            settings.keep_monthly = parse::number(text, 0..=10_000)?;
            Ok(())
        },
        show: |settings| settings.keep_monthly.to_string(),
    },
    Entry {
        key: Key::KeepSafetyBackups,
        name: "KEEP_SAFETY_BACKUPS",
        meaning: "Keep this many of the backups taken before updates, and as many of those taken before restores.",
        default: "3",
        allowed: "a whole number from 1 to 10000",
        take: |settings, text| {
            settings.keep_safety = parse::number(text, 1..=10_000)?;
            Ok(())
        },
        show: |settings| settings.keep_safety.to_string(),
    },
    Entry {
        key: Key::BackupCodec,
        name: "BACKUP_CODEC",
        meaning: "How backups are compressed: gzip opens anywhere, zstd is faster and smaller.",
        default: "gzip",
        allowed: "gzip or zstd",
        take: |settings, text| {
            settings.compression = parse::compression(text)?;
            Ok(())
        },
        show: |settings| match settings.compression {
            Compression::Gzip => "gzip".to_owned(),
            Compression::Zstd => "zstd".to_owned(),
        },
    },
    Entry {
        key: Key::BackupScope,
        name: "BACKUP_SCOPE",
        meaning: "Take each volume that holds a database whole, or the databases only.",
        default: "whole",
        allowed: "whole or databases-only",
        take: |settings, text| {
            settings.scope = parse::scope(text)?;
            Ok(())
        },
        show: |settings| match settings.scope {
            Scope::Whole => "whole".to_owned(),
            Scope::DatabasesOnly => "databases-only".to_owned(),
        },
    },
    Entry {
        key: Key::BackupExcludes,
        name: "BACKUP_EXCLUDES",
        meaning: "Take whole volumes without these paths, such as caches and thumbnails. A path begins at the\n\
                  volume's root; a name without a slash counts in every directory. * stands for any letters\n\
                  of a name, ** for any directories, and what is in a directory goes with it. A database is\n\
                  never left out.",
        default: "",
        allowed: "a list of paths inside the volumes with commas between them, such as cache, uploads/thumbs/** \
                  or *.tmp, or nothing",
        take: |settings, text| {
            settings.excludes = Excludes::parse(text)?;
            Ok(())
        },
        show: |settings| settings.excludes.texts().join(","),
    },
    Entry {
        key: Key::VerifyBackupsAgainDays,
        name: "VERIFY_BACKUPS_AGAIN_DAYS",
        meaning: "Prove a backup again when its last proof is this many days old; 0 for never.",
        default: "30",
        allowed: "a whole number from 0 to 3650",
        take: |settings, text| {
            settings.verify_again_days = parse::number(text, 0..=3650)?;
            Ok(())
        },
        show: |settings| settings.verify_again_days.to_string(),
    },
    Entry {
        key: Key::HealthDeadlineSeconds,
        name: "HEALTH_DEADLINE_SECONDS",
        meaning: "An application has this many seconds to come up after an update or a restore, else it is\n\
                  taken back. One that visibly migrates its database gets more.",
        default: "180",
        allowed: "a whole number from 10 to 3600",
        take: |settings, text| {
            settings.health_deadline_seconds = parse::number(text, 10..=3600)?;
            Ok(())
        },
        show: |settings| settings.health_deadline_seconds.to_string(),
    },
    Entry {
        key: Key::HealthProbe,
        name: "HEALTH_PROBE",
        meaning: "Ask here whether the application serves, beside its own health check: a status from 200 to\n\
                  399 is a good answer. The host is a compose service or a container's name, the port is\n\
                  the one inside the container.",
        default: "",
        allowed: "an address such as http://web:3000/health, several with spaces between them, or nothing",
        take: |settings, text| {
            settings.health_probes = ProbeAddress::parse_all(text)?;
            Ok(())
        },
        show: |settings| {
            let probes = settings.health_probes.iter();
            probes
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(" ")
        },
    },
    Entry {
        key: Key::LostTables,
        name: "LOST_TABLES",
        meaning: "What becomes of an update whose new release drops a table that had rows, or empties one.",
        default: "roll-back",
        allowed: "roll-back or warn",
        take: |settings, text| {
            settings.lost_tables = parse::lost_tables(text)?;
            Ok(())
        },
        show: |settings| match settings.lost_tables {
            LostTables::RollBack => "roll-back".to_owned(),
            LostTables::Warn => "warn".to_owned(),
        },
    },
    Entry {
        key: Key::NoticeWebhook,
        name: "NOTICE_WEBHOOK",
        meaning: "Have `lifeboat watch` send notices here, as JSON in a POST request: a failed or overdue backup,\n\
                  a damaged one, a guardian that is gone. Shown without what comes after the host.",
        default: "",
        allowed: "an address such as https://hooks.example.com/lifeboat, without name and password, or nothing",
        take: |settings, text| {
            settings.notice_webhook = match text {
                "" => None,
                text => Some(Webhook::parse(text)?),
            };
            Ok(())
        },
        show: |settings| {
            let webhook = settings.notice_webhook.as_ref();
            webhook.map_or_else(String::new, |webhook| webhook.address().to_owned())
        },
    },
    Entry {
        key: Key::NoticeKinds,
        name: "NOTICE_KINDS",
        meaning: "Have `lifeboat watch` tell only notices of these kinds. One that is not chosen is neither\n\
                  printed nor sent; chosen again, it tells what is still wrong.",
        default: "all",
        allowed: "all, none, or some of guardian, backup-failed, overdue, backup-damaged, rolled-back and \
                  needs-attention with commas between them",
        take: |settings, text| {
            settings.notice_kinds = NoticeKinds::parse(text)?;
            Ok(())
        },
        show: |settings| settings.notice_kinds.to_string(),
    },
];
