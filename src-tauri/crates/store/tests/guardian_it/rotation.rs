//! Rotation: what is kept, what goes, and what must never go.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use lifeboat_store::RelativePath;
use lifeboat_store::manifest::{Trigger, Verdict};
use lifeboat_store::protocol::DatabaseRef;
use lifeboat_store::rotation::{
    Candidate, Circumstances, KeepReason, Rotation, Rules, Suspension, rotate,
};

fn start() -> Timestamp {
    "2026-05-01T00:00:00Z".parse().expect("a time")
}

fn hours(hours: i64) -> Timestamp {
    start() + SignedDuration::from_hours(hours)
}

fn database(name: &str) -> DatabaseRef {
    DatabaseRef {
        volume: "data".to_owned(),
        path: RelativePath::new(name).expect("a path"),
    }
}

/// A sound backup, so many hours after the start; its id tells.
fn backup(hour: i64, trigger: Trigger) -> Candidate {
    Candidate {
        id: format!("h{hour}-{}", trigger.as_str()),
        created_at: hours(hour),
        trigger,
        verdict: Verdict::Sound,
        databases: vec![(database("a.db"), Verdict::Sound)],
        pinned: false,
        stored_bytes: 100,
    }
}

fn with_verdict(mut backup: Candidate, verdict: Verdict) -> Candidate {
    backup.verdict = verdict;
    backup.databases[0].1 = verdict;
    backup
}

fn rules(newest: u32) -> Rules {
    Rules {
        newest,
        hourly: 0,
        daily: 0,
        weekly: 0,
        monthly: 0,
        safety: 3,
        time_zone: TimeZone::UTC,
    }
}

fn calm(now_hour: i64) -> Circumstances {
    Circumstances {
        now: hours(now_hour),
        in_use: BTreeSet::new(),
        suspension: None,
    }
}

fn kept(rotation: &Rotation) -> Vec<&str> {
    let kept = rotation
        .decisions
        .iter()
        .filter(|decision| !decision.goes());
    kept.map(|decision| decision.id.as_str()).collect()
}

#[test]
fn the_newest_stay_and_the_others_go() {
    let all: Vec<_> = (0..15)
        .map(|hour| backup(hour, Trigger::Scheduled))
        .collect();
    let rotation = rotate(&all, &rules(10), &calm(15));
    assert_eq!(rotation.going().len(), 5);
    assert_eq!(kept(&rotation)[9], "h5-scheduled");
    assert_eq!(
        rotation.decisions[2].text(),
        "It is number 3 of the newest 10."
    );
    assert_eq!(
        rotation.decisions[14].text(),
        "No rule keeps it any longer."
    );
    assert_eq!(
        rotation.decisions[0].reasons,
        [
            KeepReason::NewestSound,
            KeepReason::Newest {
                position: 1,
                of: 10
            }
        ]
    );
}

#[test]
fn pinned_imported_used_and_newest_sound_ones_never_go() {
    let mut all: Vec<_> = (10..20)
        .map(|hour| with_verdict(backup(hour, Trigger::Scheduled), Verdict::NotCheckable))
        .collect();
    all.push(Candidate {
        pinned: true,
        ..backup(0, Trigger::Manual)
    });
    all.push(backup(1, Trigger::Import));
    all.push(with_verdict(
        backup(2, Trigger::Manual),
        Verdict::NotChecked,
    ));
    all.push(backup(3, Trigger::Manual));
    all.push(backup(4, Trigger::Manual));
    all.push(with_verdict(
        backup(5, Trigger::Manual),
        Verdict::NotChecked,
    ));
    let mut circumstances = calm(20);
    circumstances.in_use.insert("h2-manual".to_owned());
    let rotation = rotate(&all, &rules(1), &circumstances);
    let expected = [
        "h19-scheduled",
        "h4-manual",
        "h2-manual",
        "h1-import",
        "h0-manual",
    ];
    assert_eq!(kept(&rotation), expected);
}

#[test]
fn the_newest_sound_one_is_found_for_each_database() {
    let mut newer = backup(9, Trigger::Scheduled);
    newer.verdict = Verdict::NotCheckable;
    newer
        .databases
        .push((database("b.db"), Verdict::NotCheckable));
    let mut older = backup(5, Trigger::Scheduled);
    older.databases.push((database("b.db"), Verdict::Sound));
    older.databases[0].1 = Verdict::NotCheckable;
    older.verdict = Verdict::NotCheckable;
    newer.databases[0].1 = Verdict::NotCheckable;
    let all = [newer, older, backup(4, Trigger::Scheduled)];
    assert_eq!(
        kept(&rotate(&all, &rules(1), &calm(10))),
        ["h9-scheduled", "h5-scheduled", "h4-scheduled"]
    );
}

#[test]
fn those_before_updates_and_restores_are_counted_apart() {
    let mut all = Vec::new();
    for hour in 0..5 {
        all.push(backup(hour, Trigger::PreUpdate));
        all.push(backup(hour, Trigger::PreRestore));
    }
    for hour in 10..14 {
        all.push(backup(hour, Trigger::StartUp));
    }
    let rotation = rotate(&all, &rules(2), &calm(20));
    assert_eq!(
        kept(&rotation),
        [
            "h13-start-up",
            "h12-start-up",
            "h4-pre-update",
            "h4-pre-restore",
            "h3-pre-update",
            "h3-pre-restore",
            "h2-pre-update",
            "h2-pre-restore"
        ]
    );
}

#[test]
fn one_of_each_hour_day_week_and_month() {
    let all: Vec<_> = (0..24 * 60)
        .step_by(6)
        .map(|hour| backup(hour, Trigger::Scheduled))
        .collect();
    let rules = Rules {
        daily: 3,
        weekly: 2,
        monthly: 5,
        ..rules(1)
    };
    let rotation = rotate(&all, &rules, &calm(24 * 60));
    // 1 May was a Friday; the last backup is of 29 June, a Monday, 18:00.
    let day = |date: &str| {
        format!("2026-{date}T18:00:00Z")
            .parse::<Timestamp>()
            .expect("a time")
    };
    let moments: Vec<Timestamp> = kept(&rotation)
        .iter()
        .map(|id| {
            all.iter()
                .find(|one| one.id == *id)
                .expect("one of them")
                .created_at
        })
        .collect();
    let expected = ["06-29", "06-28", "06-27", "05-31"].map(day);
    assert_eq!(moments, expected);
    let reasons = &rotation.decisions[0].reasons;
    assert!(reasons.contains(&KeepReason::Daily) && reasons.contains(&KeepReason::Monthly));
}

#[test]
fn days_are_those_of_the_zone() {
    let all: Vec<_> = (0..48)
        .map(|hour| backup(hour, Trigger::Scheduled))
        .collect();
    let zone = TimeZone::get("America/New_York").expect("a zone");
    let rules = Rules {
        daily: 2,
        time_zone: zone,
        ..rules(1)
    };
    let rotation = rotate(&all, &rules, &calm(48));
    // Midnight there is four o'clock in UTC.
    assert_eq!(kept(&rotation), ["h47-scheduled", "h27-scheduled"]);
}

#[test]
fn nothing_goes_after_a_failed_or_damaged_backup_or_a_clock_that_was_set() {
    let mut all: Vec<_> = (0..15)
        .map(|hour| backup(hour, Trigger::Scheduled))
        .collect();
    for suspension in [Suspension::LastBackupFailed, Suspension::ClockWasSet] {
        let circumstances = Circumstances {
            suspension: Some(suspension.clone()),
            ..calm(15)
        };
        let rotation = rotate(&all, &rules(10), &circumstances);
        assert_eq!(
            (rotation.going().len(), rotation.suspended),
            (0, Some(suspension))
        );
    }
    let rotation = rotate(&all, &rules(10), &calm(-24 * 365));
    assert_eq!(rotation.going().len(), 0, "all of them lie in the future");
    assert!(matches!(
        rotation.suspended,
        Some(Suspension::FromTheFuture { .. })
    ));
    assert_eq!(
        rotate(&all, &rules(10), &calm(24 * 365 * 50)).going().len(),
        5,
        "age is no reason"
    );

    all.push(with_verdict(
        backup(15, Trigger::Scheduled),
        Verdict::Damaged,
    ));
    let rotation = rotate(&all, &rules(10), &calm(16));
    assert_eq!(rotation.going().len(), 0);
    let words = rotation.suspended.expect("suspended").text();
    assert!(
        words.contains("h15-scheduled") && words.contains("damaged"),
        "{words}"
    );
}

#[test]
fn damaged_ones_take_nobodys_place() {
    let all: Vec<_> = (0..8)
        .map(|hour| {
            let damaged = [1, 3, 5].contains(&hour);
            let verdict = if damaged {
                Verdict::Damaged
            } else {
                Verdict::Sound
            };
            with_verdict(backup(hour, Trigger::Scheduled), verdict)
        })
        .collect();
    // 7, 6 and 4 are the newest three that are good; 5 lies between them.
    let ids = [
        "h7-scheduled",
        "h6-scheduled",
        "h5-scheduled",
        "h4-scheduled",
    ];
    assert_eq!(kept(&rotate(&all, &rules(3), &calm(8))), ids);
}

/// Random numbers that are the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % sides
    }

    fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        let position = self.roll(choices.len() as u64);
        choices[usize::try_from(position).expect("small")]
    }

    fn number(&mut self, sides: u32) -> u32 {
        u32::try_from(self.roll(sides.into())).expect("small")
    }

    fn backup(&mut self, number: i64) -> Candidate {
        let triggers = [
            Trigger::Manual,
            Trigger::Scheduled,
            Trigger::Scheduled,
            Trigger::StartUp,
            Trigger::PreUpdate,
            Trigger::PreRestore,
            Trigger::Import,
        ];
        let verdicts = [
            Verdict::Sound,
            Verdict::Sound,
            Verdict::NotChecked,
            Verdict::NotCheckable,
            Verdict::Damaged,
        ];
        let trigger = self.one_of(&triggers);
        let mut backup = backup(number * 5 + i64::from(self.number(9)), trigger);
        backup.id = format!("{number:03}");
        backup.databases = (0..=self.number(2))
            .map(|which| (database(&format!("{which}.db")), self.one_of(&verdicts)))
            .collect();
        backup.verdict = backup
            .databases
            .iter()
            .map(|one| one.1)
            .max()
            .expect("one at least");
        backup.pinned = self.roll(8) == 0;
        backup
    }
}

#[test]
fn whatever_the_list_and_the_rules_the_promises_hold() {
    let mut dice = Dice(20_261_123);
    for round in 0..3000 {
        let all: Vec<_> = (0..i64::from(dice.number(40)))
            .map(|number| dice.backup(number))
            .collect();
        let rules = Rules {
            newest: 1 + dice.number(12),
            hourly: dice.number(4),
            daily: dice.number(4),
            weekly: dice.number(4),
            monthly: dice.number(4),
            safety: 1 + dice.number(4),
            time_zone: TimeZone::UTC,
        };
        let mut circumstances = calm(300);
        if dice.roll(10) == 0 {
            circumstances.suspension = Some(Suspension::LastBackupFailed);
        }
        let rotation = rotate(&all, &rules, &circumstances);
        check_promises(&all, &rules, &rotation, round);
        // What has been decided stays decided.
        let going = rotation.going();
        let rest: Vec<_> = all
            .iter()
            .filter(|one| !going.contains(&one.id))
            .cloned()
            .collect();
        assert_eq!(
            rotate(&rest, &rules, &circumstances).going(),
            [""; 0],
            "round {round}"
        );
    }
}

fn check_promises(all: &[Candidate], rules: &Rules, rotation: &Rotation, round: u32) {
    let going = rotation.going();
    let stays = |one: &Candidate| !going.contains(&one.id);
    assert_eq!(rotation.decisions.len(), all.len());
    assert!(
        rotation.suspended.is_none() || going.is_empty(),
        "round {round}"
    );
    for one in all
        .iter()
        .filter(|one| one.pinned || one.trigger == Trigger::Import)
    {
        assert!(stays(one), "round {round}: {}", one.id);
    }
    let newest_with = |fits: &dyn Fn(&Candidate) -> bool| {
        all.iter()
            .filter(|one| fits(one))
            .max_by_key(|one| (one.created_at, one.id.clone()))
    };
    if let Some(newest) = newest_with(&|one| one.verdict == Verdict::Sound) {
        assert!(stays(newest), "round {round}: the newest sound one");
    }
    for which in 0..3 {
        let sound = (database(&format!("{which}.db")), Verdict::Sound);
        let fits =
            |one: &Candidate| one.verdict != Verdict::Damaged && one.databases.contains(&sound);
        if let Some(newest) = newest_with(&fits) {
            assert!(
                stays(newest),
                "round {round}: the newest sound one of database {which}"
            );
        }
    }
    let ordinary = |one: &&Candidate| {
        matches!(
            one.trigger,
            Trigger::Manual | Trigger::Scheduled | Trigger::StartUp
        ) && one.verdict != Verdict::Damaged
    };
    let limit = rules.newest as usize;
    let kept = all.iter().filter(ordinary).filter(|one| stays(one)).count();
    assert!(
        kept >= limit.min(all.iter().filter(ordinary).count()),
        "round {round}"
    );
}
