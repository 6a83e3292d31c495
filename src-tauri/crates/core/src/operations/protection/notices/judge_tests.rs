use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lifeboat_store::FailureKind;
use lifeboat_store::guard::LastFailure;
use lifeboat_store::manifest::Verdict;
use lifeboat_store::protocol::{AuditDraft, AuditEntry};
use lifeboat_store::settings::Settings;
use tokio::time::Instant;

use super::super::facts::{BackupFact, Facts};
use super::{Doubts, Finding, Told, judge};
use crate::api::{Protection, ProtectionState};
use crate::notice::{NoticeKind, NoticeState};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// A watch, with what it remembers.
struct Watch {
    told: Told,
    doubts: Doubts,
    at: Instant,
}

impl Watch {
    fn new() -> Self {
        Self {
            told: Told::default(),
            doubts: Doubts::default(),
            at: Instant::now(),
        }
    }

    /// What a look finds.
    fn look(&mut self, facts: &Facts) -> Vec<Finding> {
        judge(facts, &mut self.told, &mut self.doubts, self.at).expect("it is protected")
    }

    /// What is found in looks over an hour.
    fn hour(&mut self, facts: &Facts) -> Vec<Finding> {
        let mut found = Vec::new();
        for _ in 0..120 {
            self.at += Duration::from_secs(30);
            found.extend(self.look(facts));
        }
        found
    }

    /// What was told is kept, what was in doubt is not.
    fn restart(&mut self) {
        let kept = serde_json::to_string(&self.told).expect("it can be kept");
        self.told = serde_json::from_str(&kept).expect("it can be read");
        self.doubts = Doubts::default();
    }
}

fn now() -> Timestamp {
    "2026-05-04T12:00:00Z".parse().expect("a time")
}

fn backup(id: &str, age: SignedDuration, verdict: Verdict) -> BackupFact {
    BackupFact {
        id: id.to_owned(),
        created_at: now() - age,
        verdict,
        reason: (verdict == Verdict::Damaged).then(|| "Page 3 is torn.".to_owned()),
    }
}

/// Protected and well.
fn well() -> Facts {
    Facts {
        protection: Protection {
            app: "shop".to_owned(),
            state: ProtectionState::Waiting,
            message: "Backups are taken by themselves.".to_owned(),
            advice: None,
            protected_since: Some(now() - HOUR * 24 * 30),
            next: None,
            last_success: None,
            last_failure: None,
            failures: 0,
            last_rotation: None,
            settings_problem: None,
            heartbeat_at: None,
            container: None,
            version: None,
            unprotected: Vec::new(),
        },
        failure: None,
        backups: vec![backup("one", HOUR, Verdict::Sound)],
        audit: Vec::new(),
        settings: Settings::default(),
        now: now(),
    }
}

fn in_state(state: ProtectionState) -> Facts {
    let mut facts = well();
    facts.protection.state = state;
    facts.protection.message = format!("It is {state:?}.");
    facts.protection.advice = Some("Put it right: lifeboat guard on shop".to_owned());
    facts
}

fn states(findings: &[Finding]) -> Vec<(NoticeKind, NoticeState)> {
    findings
        .iter()
        .map(|finding| (finding.kind, finding.state))
        .collect()
}

#[test]
fn what_is_well_is_not_told() {
    assert_eq!(Watch::new().hour(&well()), []);
}

#[test]
fn a_guardian_that_is_gone_is_told_once_over_restarts_and_once_more_when_it_is_back() {
    let mut watch = Watch::new();
    let told = watch.hour(&in_state(ProtectionState::Gone));
    assert_eq!(
        states(&told),
        [(NoticeKind::Guardian, NoticeState::Problem)]
    );
    assert!(told[0].now.contains("2026-05-04 11:00"), "{told:?}");
    assert!(
        told[0]
            .advice
            .as_deref()
            .is_some_and(|advice| advice.contains("guard on")),
        "{told:?}"
    );
    watch.restart();
    assert_eq!(watch.hour(&in_state(ProtectionState::Gone)), []);
    assert_eq!(watch.hour(&in_state(ProtectionState::Starting)), []);
    let told = watch.hour(&well());
    assert_eq!(
        states(&told),
        [(NoticeKind::Guardian, NoticeState::WellAgain)]
    );
}

/// `guard on` makes it anew, and a machine that wakes up has one that has not spoken yet.
#[test]
fn a_guardian_that_is_away_for_a_moment_is_not_told() {
    let mut watch = Watch::new();
    for (state, seconds) in [
        (ProtectionState::Gone, 15),
        (ProtectionState::Silent, 90),
        (ProtectionState::Stopped, 15),
    ] {
        assert_eq!(watch.look(&in_state(state)), []);
        watch.at += Duration::from_secs(seconds);
        assert_eq!(watch.look(&in_state(state)), [], "{state:?}");
        assert_eq!(watch.hour(&well()), []);
    }
}

#[test]
fn a_failure_is_told_with_its_reason_once_however_often_it_is_tried_again() {
    let mut watch = Watch::new();
    let mut facts = well();
    let mut told = Vec::new();
    for count in 1..=3 {
        facts.failure = Some(LastFailure {
            at: now(),
            count,
            kind: FailureKind::NotFound,
            message: "no database was found".to_owned(),
            detail: None,
        });
        told.extend(watch.hour(&facts));
        watch.restart();
    }
    assert_eq!(
        states(&told),
        [(NoticeKind::BackupFailed, NoticeState::Problem)]
    );
    assert!(told[0].happened.contains("no database was found."));
    let told = watch.hour(&well());
    assert_eq!(
        states(&told),
        [(NoticeKind::BackupFailed, NoticeState::WellAgain)]
    );
}

#[test]
fn no_good_backup_for_longer_than_the_schedule_promises_is_told() {
    let mut watch = Watch::new();
    let mut facts = well();
    facts.backups = vec![backup("old", HOUR * 24 + HOUR / 2, Verdict::Sound)];
    assert_eq!(watch.hour(&facts), [], "half an hour is no delay");

    // A damaged one is none; the next good one is a day and two hours old.
    facts.backups = vec![backup("old", HOUR * 26, Verdict::Sound)];
    let told = watch.hour(&facts);
    assert_eq!(states(&told), [(NoticeKind::Overdue, NoticeState::Problem)]);
    assert!(told[0].happened.contains("2026-05-04 10:00"), "{told:?}");
    watch.restart();
    assert_eq!(watch.hour(&facts), []);
    let told = watch.look(&well());
    assert_eq!(
        states(&told),
        [(NoticeKind::Overdue, NoticeState::WellAgain)]
    );
}

#[test]
fn a_cron_expression_promises_too_and_what_is_switched_off_promises_nothing() {
    let mut facts = well();
    let set = |settings: &mut Settings, key: &str, value: &str| {
        let key = lifeboat_store::settings::Key::of_name(key).expect("a key");
        let row = lifeboat_store::settings::entry(key);
        row.apply(settings, value).expect("allowed");
    };
    // On Mondays at 3; 2026-05-04 is one.
    set(&mut facts.settings, "AUTO_BACKUP_CRON", "0 3 * * 1");
    facts.backups = vec![backup("old", HOUR * 24 * 6, Verdict::Sound)];
    assert_eq!(
        states(&Watch::new().hour(&facts)),
        [(NoticeKind::Overdue, NoticeState::Problem)]
    );
    facts.backups = vec![backup("new", HOUR * 8, Verdict::NotChecked)];
    assert_eq!(Watch::new().hour(&facts), []);

    facts.backups = vec![backup("old", HOUR * 24 * 60, Verdict::Sound)];
    set(&mut facts.settings, "AUTO_BACKUP_ENABLED", "false");
    assert_eq!(Watch::new().hour(&facts), []);
}

/// The guardian makes up for what a sleeping machine missed.
#[test]
fn what_was_missed_in_a_sleep_is_not_told_before_it_could_be_made_up_for() {
    let mut watch = Watch::new();
    let mut facts = well();
    facts.backups = vec![backup("old", HOUR * 48, Verdict::Sound)];
    assert_eq!(watch.look(&facts), []);
    watch.at += Duration::from_secs(20 * 60);
    assert_eq!(watch.look(&facts), []);
    assert_eq!(watch.look(&well()), []);
}

#[test]
fn each_damaged_backup_is_told_once_and_their_end_once() {
    let mut watch = Watch::new();
    let mut facts = well();
    facts
        .backups
        .push(backup("two", HOUR * 2, Verdict::Damaged));
    let told = watch.hour(&facts);
    assert_eq!(
        states(&told),
        [(NoticeKind::BackupDamaged, NoticeState::Problem)]
    );
    assert!(
        told[0].happened.contains("two") && told[0].happened.contains("Page 3 is torn."),
        "{told:?}"
    );
    facts
        .backups
        .push(backup("three", HOUR * 3, Verdict::Damaged));
    watch.restart();
    let told = watch.hour(&facts);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].happened.contains("three"), "{told:?}");
    assert_eq!(
        states(&watch.hour(&well())),
        [(NoticeKind::BackupDamaged, NoticeState::WellAgain)]
    );
}

fn audited(number: u64, outcome: &str) -> AuditEntry {
    AuditEntry {
        number,
        draft: AuditDraft {
            at: now(),
            actor: "cli:anna@box".to_owned(),
            operation: "update".to_owned(),
            target: "shop".to_owned(),
            outcome: outcome.to_owned(),
            reason: Some("The update of shop was rolled back: it did not come up.".to_owned()),
            duration_ms: 1,
        },
        previous_hash: String::new(),
        hash: String::new(),
    }
}

#[test]
fn what_went_back_since_the_last_look_is_told() {
    let mut watch = Watch::new();
    let mut facts = well();
    facts.audit = vec![audited(7, "rolled-back")];
    assert_eq!(watch.hour(&facts), [], "it was before anybody watched");
    facts.audit.push(audited(8, "ok"));
    facts.audit.push(audited(9, "rolled-back"));
    watch.restart();
    let told = watch.hour(&facts);
    assert_eq!(
        states(&told),
        [(NoticeKind::RolledBack, NoticeState::Happened)]
    );
    assert!(told[0].happened.contains("did not come up"), "{told:?}");
    facts.audit = vec![audited(1, "ok")];
    assert_eq!(watch.hour(&facts), [], "the vault was made anew");
    facts.audit.push(audited(2, "needs-attention"));
    assert_eq!(
        states(&watch.hour(&facts)),
        [(NoticeKind::NeedsAttention, NoticeState::Happened)]
    );
}

/// Protected, and everything wrong that can be wrong.
fn all_wrong() -> Facts {
    let mut facts = in_state(ProtectionState::Gone);
    facts.failure = Some(LastFailure {
        at: now(),
        count: 1,
        kind: FailureKind::NotFound,
        message: "no database was found".to_owned(),
        detail: None,
    });
    facts.backups = vec![
        backup("old", HOUR * 48, Verdict::Sound),
        backup("broken", HOUR, Verdict::Damaged),
    ];
    facts
}

fn choose(facts: &mut Facts, kinds: &str) {
    let row = lifeboat_store::settings::entry(lifeboat_store::settings::Key::NoticeKinds);
    row.apply(&mut facts.settings, kinds).expect("allowed");
}

#[test]
fn only_kinds_that_are_chosen_are_told() {
    use NoticeKind as Kind;
    for (kinds, wanted) in [
        (
            "all",
            vec![
                Kind::Guardian,
                Kind::BackupFailed,
                Kind::Overdue,
                Kind::BackupDamaged,
            ],
        ),
        ("none", vec![]),
        ("overdue", vec![Kind::Overdue]),
        (
            "backup-damaged,guardian",
            vec![Kind::Guardian, Kind::BackupDamaged],
        ),
        ("rolled-back", vec![]),
    ] {
        let mut facts = all_wrong();
        choose(&mut facts, kinds);
        let mut told: Vec<NoticeKind> = Watch::new()
            .hour(&facts)
            .iter()
            .map(|finding| finding.kind)
            .collect();
        told.sort_unstable();
        assert_eq!(told, wanted, "{kinds}");
    }
}

#[test]
fn what_still_lasts_when_its_kind_is_chosen_again_is_told_then() {
    let mut watch = Watch::new();
    let mut facts = all_wrong();
    choose(&mut facts, "none");
    assert_eq!(watch.hour(&facts), []);
    assert!(!watch.doubts.soon_certain(), "nobody waits for an answer");
    watch.restart();
    choose(&mut facts, "all");
    assert_eq!(watch.hour(&facts).len(), 4);

    // What is over by then is not told, neither that it was nor that it is over.
    choose(&mut facts, "none");
    assert_eq!(watch.hour(&facts), []);
    let mut over = well();
    choose(&mut over, "none");
    assert_eq!(watch.hour(&over), []);
    assert_eq!(watch.hour(&well()), []);
}

/// What happened once and was not to be told is nobody's news later.
#[test]
fn what_happened_while_its_kind_was_not_chosen_is_not_told_later() {
    let mut watch = Watch::new();
    let mut facts = well();
    facts.audit = vec![audited(7, "ok")];
    watch.look(&facts);
    choose(&mut facts, "needs-attention");
    facts.audit.push(audited(8, "rolled-back"));
    facts.audit.push(audited(9, "needs-attention"));
    assert_eq!(
        states(&watch.look(&facts)),
        [(NoticeKind::NeedsAttention, NoticeState::Happened)]
    );
    choose(&mut facts, "all");
    assert_eq!(watch.look(&facts), []);
}

#[test]
fn what_is_switched_off_promises_nothing_and_is_forgotten() {
    let mut watch = Watch::new();
    watch.hour(&in_state(ProtectionState::Gone));
    let off = in_state(ProtectionState::Off);
    assert_eq!(
        judge(&off, &mut watch.told, &mut watch.doubts, watch.at),
        None
    );
}
