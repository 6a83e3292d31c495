//! When the next backup is due: intervals, times of day, cron, daylight saving, missed runs, clocks
//! that are set.

use jiff::{SignedDuration, Timestamp};
use lifeboat_store::schedule::{ClockReading, Failures, History, Reason, jump_between, next_run};
use lifeboat_store::settings::{Key, Settings, entry};

const APP: &str = "shop";

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn settings(pairs: &[(Key, &str)]) -> Settings {
    let mut settings = Settings::default();
    entry(Key::AutoBackupJitterMinutes)
        .apply(&mut settings, "0")
        .expect("allowed");
    for (key, value) in pairs {
        entry(*key).apply(&mut settings, value).expect("allowed");
    }
    settings
}

fn after(last: &str) -> History {
    History {
        protected_since: at("2026-01-01T00:00:00Z"),
        last_success: Some(at(last)),
        failures: None,
    }
}

fn never(since: &str) -> History {
    History {
        protected_since: at(since),
        last_success: None,
        failures: None,
    }
}

fn next(settings: &Settings, now: &str, history: &History) -> (Timestamp, Reason) {
    let next = next_run(settings, APP, at(now), history).expect("there is a next one");
    (next.at, next.reason)
}

/// The moments of backups if each is taken when it is due and the loop looks once a minute.
fn lived(settings: &Settings, from: &str, to: &str) -> Vec<String> {
    lived_as(APP, settings, from, to)
}

fn lived_as(app: &str, settings: &Settings, from: &str, to: &str) -> Vec<String> {
    let mut history = never(from);
    let (mut now, mut taken) = (at(from), Vec::new());
    while now < at(to) {
        let next = next_run(settings, app, now, &history).expect("there is a next one");
        if next.at <= now {
            taken.push(
                now.to_zoned(settings.time_zone.clone())
                    .strftime("%m-%d %H:%M %Z")
                    .to_string(),
            );
            history.last_success = Some(now);
        }
        now += SignedDuration::from_mins(1);
    }
    taken
}

#[test]
fn an_interval_counts_from_the_last_backup() {
    let daily = settings(&[]);
    let (due, reason) = next(
        &daily,
        "2026-03-10T12:00:00Z",
        &after("2026-03-10T09:30:00Z"),
    );
    assert_eq!(
        (due, reason),
        (at("2026-03-11T09:30:00Z"), Reason::Scheduled)
    );
    let (due, reason) = next(
        &daily,
        "2026-03-10T12:00:00Z",
        &never("2026-03-10T12:00:00Z"),
    );
    assert_eq!((due, reason), (at("2026-03-10T12:00:00Z"), Reason::First));
    let off = settings(&[(Key::AutoBackupEnabled, "false")]);
    assert_eq!(
        next_run(
            &off,
            APP,
            at("2026-03-10T12:00:00Z"),
            &after("2026-01-01T00:00:00Z")
        ),
        None
    );
}

#[test]
fn however_many_were_missed_one_makes_up_for_them() {
    for (pairs, due_at) in [
        (vec![], "2026-03-02T03:00:00Z"),
        (vec![(Key::AutoBackupAt, "04:00")], "2026-03-01T04:00:00Z"),
        (
            vec![(Key::AutoBackupCron, "*/10 * * * *")],
            "2026-03-01T03:10:00Z",
        ),
    ] {
        let settings = settings(&pairs);
        let now = "2026-03-12T15:07:00Z";
        let (when, reason) = next(&settings, now, &after("2026-03-01T03:00:00Z"));
        assert_eq!(
            (when, reason),
            (at(now), Reason::Missed { due_at: at(due_at) })
        );
        let (when, reason) = next(&settings, now, &after(now));
        assert!(
            when > at(now) && reason == Reason::Scheduled,
            "{pairs:?}: only one"
        );
    }
}

#[test]
fn times_of_day_are_those_of_the_zone() {
    let berlin = settings(&[
        (Key::AutoBackupAt, "02:30"),
        (Key::AutoBackupTimeZone, "Europe/Berlin"),
    ]);
    // The clock skips 02:30 on 29 March and shows it twice on 25 October.
    assert_eq!(
        lived(&berlin, "2026-03-27T12:00:00Z", "2026-03-31T12:00:00Z"),
        [
            "03-28 02:30 CET",
            "03-29 03:30 CEST",
            "03-30 02:30 CEST",
            "03-31 02:30 CEST"
        ]
    );
    assert_eq!(
        lived(&berlin, "2026-10-24T12:00:00Z", "2026-10-27T12:00:00Z"),
        ["10-25 02:30 CEST", "10-26 02:30 CET", "10-27 02:30 CET"]
    );
}

#[test]
fn a_short_interval_counts_from_the_time_of_day() {
    let pairs = [
        (Key::AutoBackupAt, "03:00"),
        (Key::AutoBackupIntervalHours, "8"),
        (Key::AutoBackupTimeZone, "Europe/Berlin"),
    ];
    assert_eq!(
        lived(
            &settings(&pairs),
            "2026-03-28T12:00:00Z",
            "2026-03-30T00:00:00Z"
        ),
        [
            "03-28 19:00 CET",
            "03-29 03:00 CEST",
            "03-29 11:00 CEST",
            "03-29 19:00 CEST"
        ]
    );
    let pairs = [
        (Key::AutoBackupAt, "03:00"),
        (Key::AutoBackupIntervalHours, "5"),
    ];
    assert_eq!(
        lived(
            &settings(&pairs),
            "2026-05-01T00:00:00Z",
            "2026-05-02T04:00:00Z"
        ),
        // 23:00 is the last of its day; the next day begins afresh.
        [
            "05-01 03:00 UTC",
            "05-01 08:00 UTC",
            "05-01 13:00 UTC",
            "05-01 18:00 UTC",
            "05-01 23:00 UTC",
            "05-02 03:00 UTC"
        ]
    );
}

#[test]
fn a_long_interval_with_a_time_of_day_goes_by_days() {
    let pairs = [
        (Key::AutoBackupAt, "03:00"),
        (Key::AutoBackupIntervalHours, "48"),
    ];
    assert_eq!(
        lived(
            &settings(&pairs),
            "2026-05-01T12:00:00Z",
            "2026-05-07T12:00:00Z"
        ),
        ["05-02 03:00 UTC", "05-04 03:00 UTC", "05-06 03:00 UTC"]
    );
}

#[test]
fn cron_stands_above_interval_and_time_and_keeps_to_daylight_saving() {
    let pairs = [
        (Key::AutoBackupCron, "30 2 * * *"),
        (Key::AutoBackupAt, "17:00"),
        (Key::AutoBackupTimeZone, "Europe/Berlin"),
    ];
    let berlin = settings(&pairs);
    let spring = lived(&berlin, "2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z");
    assert_eq!(
        spring.len(),
        2,
        "one for the day whose 02:30 is skipped, one for the next: {spring:?}"
    );
    assert!(spring[0].starts_with("03-29 03:"), "{spring:?}");
    assert_eq!(
        lived(&berlin, "2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z"),
        ["10-25 02:30 CEST", "10-26 02:30 CET"]
    );
    let weekdays = settings(&[(Key::AutoBackupCron, "0 6 * * 1-5")]);
    assert_eq!(
        lived(&weekdays, "2026-05-01T00:00:00Z", "2026-05-05T00:00:00Z"),
        ["05-01 06:00 UTC", "05-04 06:00 UTC"]
    );
}

#[test]
fn applications_are_spread_and_each_keeps_its_minute() {
    let settings = settings(&[
        (Key::AutoBackupAt, "03:00"),
        (Key::AutoBackupJitterMinutes, "60"),
    ]);
    let due = |app: &str, day: &str| {
        let last = after(&format!("2026-05-{day}T12:00:00Z"));
        let now = at(&format!("2026-05-{day}T13:00:00Z"));
        next_run(&settings, app, now, &last).expect("a next one").at
    };
    let mut moments = std::collections::BTreeSet::new();
    for number in 0..50 {
        let app = format!("app-{number}");
        let moment = due(&app, "01");
        let moved = moment.duration_since(at("2026-05-02T03:00:00Z"));
        assert!((0..=3600).contains(&moved.as_secs()), "{app}: {moved}");
        assert_eq!(
            due(&app, "02").duration_since(moment),
            SignedDuration::from_hours(24)
        );
        moments.insert(moment);
    }
    assert!(moments.len() > 40, "they differ");
}

#[test]
fn a_wide_spread_loses_no_run() {
    let pairs = [
        (Key::AutoBackupCron, "*/10 * * * *"),
        (Key::AutoBackupJitterMinutes, "240"),
    ];
    let settings = settings(&pairs);
    for app in ["shop", "blog", "wiki", "mail", "chat", "news"] {
        let taken = lived_as(
            app,
            &settings,
            "2026-05-01T00:00:00Z",
            "2026-05-01T03:00:00Z",
        );
        assert_eq!(taken.len(), 17, "{app}: {taken:?}");
    }
}

#[test]
fn after_failures_it_is_tried_again_ever_more_rarely() {
    let settings = settings(&[]);
    let mut history = after("2026-05-01T00:00:00Z");
    let mut pauses = Vec::new();
    for count in 1..=6 {
        let now = "2026-05-02T00:00:00Z";
        history.failures = Some(Failures {
            count,
            last_at: at(now),
        });
        let (when, reason) = next(&settings, now, &history);
        assert_eq!(reason, Reason::Again { failures: count });
        pauses.push(when.duration_since(at(now)).as_mins());
    }
    assert_eq!(pauses, [5, 10, 20, 40, 60, 60]);
    // A failed start-up backup does not bring the next scheduled one forward.
    history.failures = Some(Failures {
        count: 1,
        last_at: at("2026-05-01T06:00:00Z"),
    });
    let (when, reason) = next(&settings, "2026-05-01T06:00:00Z", &history);
    assert_eq!(
        (when, reason),
        (at("2026-05-02T00:00:00Z"), Reason::Scheduled)
    );
}

#[test]
fn a_clock_that_is_set_back_delays_no_backup_for_long() {
    for pairs in [
        vec![],
        vec![(Key::AutoBackupAt, "03:00")],
        vec![(Key::AutoBackupCron, "0 3 * * *")],
    ] {
        let settings = settings(&pairs);
        let now = "2026-05-10T12:00:00Z";
        for last in ["2027-05-10T12:00:00Z", "2026-05-10T14:00:00Z"] {
            let (when, reason) = next(&settings, now, &after(last));
            assert_eq!(
                (when, reason),
                (at(now), Reason::ClockSetBack),
                "{pairs:?}: {last}"
            );
            // Attempts that failed before the clock was set hold nothing up.
            let mut history = after(last);
            let last_at = at(last);
            history.failures = Some(Failures { count: 3, last_at });
            assert_eq!(
                next(&settings, now, &history).0,
                at(now),
                "{pairs:?}: {last}"
            );
        }
        let (when, _) = next(&settings, now, &after("2026-05-10T13:00:00Z"));
        let pause = when.duration_since(at(now));
        assert!(
            pause > SignedDuration::ZERO && pause.as_hours() <= 25,
            "{pairs:?}: by an hour"
        );
    }
    // The hour that a clock shows twice because it was set back brings no second backup.
    let night = settings(&[(Key::AutoBackupAt, "03:00")]);
    let (when, _) = next(
        &night,
        "2026-05-10T02:10:00Z",
        &after("2026-05-10T03:00:30Z"),
    );
    assert_eq!(when, at("2026-05-11T03:00:00Z"));
}

#[test]
fn a_clock_that_was_set_by_more_than_a_day_is_noticed() {
    let reading = |when: &str, running_hours: u64, boot: &str| ClockReading {
        at: at(when),
        running_ms: running_hours * 3_600_000,
        boot: boot.to_owned(),
    };
    let start = reading("2026-05-10T12:00:00Z", 5, "a");
    let days = |later: &ClockReading| jump_between(&start, later).map(|jump| jump.as_hours() / 24);
    assert_eq!(days(&reading("2026-05-10T13:00:00Z", 6, "a")), None);
    assert_eq!(
        days(&reading("2026-05-20T12:00:00Z", 245, "a")),
        None,
        "asleep for ten days"
    );
    assert_eq!(
        days(&reading("2026-05-11T11:00:00Z", 5, "a")),
        None,
        "less than a day"
    );
    assert_eq!(days(&reading("2027-05-10T12:00:00Z", 5, "a")), Some(365));
    assert_eq!(days(&reading("2025-05-10T12:00:00Z", 6, "a")), Some(-365));
    assert_eq!(
        days(&reading("2026-05-20T12:00:00Z", 0, "b")),
        None,
        "switched off for ten days"
    );
    assert_eq!(days(&reading("2026-05-01T12:00:00Z", 0, "b")), Some(-9));
}
