//! What it does by itself: start-up and scheduled backups, proofs, rotation.

use jiff::{SignedDuration, Timestamp};
use lifeboat_store::FailureKind;
use lifeboat_store::guard::GuardState;
use lifeboat_store::manifest::{Notes, Trigger, Verdict, Verification};
use lifeboat_store::protocol::Request;
use lifeboat_store::rotation::Suspension;
use lifeboat_store::schedule::Reason;
use lifeboat_store::settings::Key;

use crate::support::{Guardian, World, own_memory_bytes, processor_ticks};

const NO_START_UP: (Key, &str) = (Key::BackupOnStartup, "false");

#[test]
fn it_takes_a_proven_backup_when_it_starts_and_then_waits_for_the_next() {
    let world = World::new(&[(Key::BackupCodec, "zstd")]);
    let guardian = Guardian::start(&world);
    guardian.wait_for("backup", |status| status.last_success.is_some());
    let status = guardian.settled();
    let [record] = <[_; 1]>::try_from(world.backups()).expect("one backup");
    assert_eq!(record.summary.trigger, Trigger::StartUp);
    assert_eq!(record.verification.verdict, Verdict::Sound);
    assert_eq!(record.summary.databases[0].tables[0].rows, Some(3));
    assert!(record.summary.file_name.ends_with("-start-up.tar.zst"));
    let success = status.last_success.expect("a success");
    assert_eq!(
        (success.id, success.verdict),
        (record.summary.id, Verdict::Sound)
    );
    let next = status.next.expect("a next one");
    assert_eq!(
        next.at.duration_since(success.at),
        SignedDuration::from_hours(24)
    );
    assert_eq!(next.reason, Reason::Scheduled);

    // It lives, does nothing more, and says so.
    guardian.looks_again();
    assert_eq!(world.backups().len(), 1);
    assert_eq!(guardian.end().state, GuardState::Ended);
    let entries = world.audit();
    assert_eq!(entries.len(), 1);
    let draft = &entries[0].draft;
    assert_eq!(
        (draft.actor.as_str(), draft.operation.as_str()),
        ("guardian", "backup")
    );
    assert_eq!(
        (draft.outcome.as_str(), &draft.target),
        ("ok", &world.backups()[0].summary.id)
    );
}

#[test]
fn it_takes_one_at_each_start_and_keeps_as_many_as_it_should() {
    let world = World::with_one_backup(&[(Key::MaxDatabaseBackups, "2")]);
    let first = world.backups()[0].summary.id.clone();
    let pinned = Notes {
        pinned: true,
        note: None,
    };
    world.ask(Request::SetNotes {
        id: first.clone(),
        notes: pinned,
    });
    for _ in 0..3 {
        let before = Timestamp::now();
        let guardian = Guardian::start(&world);
        guardian.wait_for("backup", |status| {
            status
                .last_success
                .as_ref()
                .is_some_and(|success| success.at > before)
        });
        guardian.end();
    }
    let ids: Vec<String> = world
        .backups()
        .into_iter()
        .map(|record| record.summary.id)
        .collect();
    assert_eq!(ids.len(), 3, "two by number, one is pinned");
    assert_eq!(ids[2], first);
    let rotated: Vec<_> = world
        .audit()
        .into_iter()
        .filter(|entry| entry.draft.operation == "rotate")
        .collect();
    assert_eq!(rotated.len(), 1);
    assert!(
        !ids.contains(&rotated[0].draft.target),
        "what the log says is gone"
    );
}

#[test]
fn a_guardian_that_keeps_dying_does_not_fill_the_vault() {
    let world = World::new(&[]);
    for started in 1..=6_usize {
        let guardian = Guardian::start(&world);
        // The first and three more; then it only waits for the next one that is due.
        let expected = started.min(4);
        guardian.wait_for("rest", |status| {
            let scheduled =
                status.next.as_ref().map(|next| &next.reason) == Some(&Reason::Scheduled);
            status.state == GuardState::Waiting && scheduled
        });
        guardian.looks_again();
        assert_eq!(world.backups().len(), expected);
        guardian.kill();
    }
    // A guardian that ended as it should starts as it should.
    let guardian = Guardian::start(&world);
    guardian.looks_again();
    guardian.end();
    let guardian = Guardian::start(&world);
    guardian.looks_again();
    guardian.settled();
    assert_eq!(world.backups().len(), 5);
}

#[test]
fn missed_backups_are_made_up_for_by_one() {
    let world = World::with_one_backup(&[]);
    world.set(&[NO_START_UP]);
    let long_ago = Timestamp::now() - SignedDuration::from_hours(24 * 9);
    world.remember(|status| {
        let success = status.last_success.as_mut().expect("a success");
        success.at = long_ago;
    });
    let guardian = Guardian::start(&world);
    guardian.wait_for("backup", |status| {
        status
            .last_success
            .as_ref()
            .is_some_and(|success| success.trigger == Trigger::Scheduled)
    });
    guardian.looks_again();
    let triggers: Vec<Trigger> = world
        .backups()
        .iter()
        .map(|record| record.summary.trigger)
        .collect();
    assert_eq!(triggers, [Trigger::Scheduled, Trigger::StartUp]);
}

#[test]
fn it_waits_until_a_backup_is_due_and_takes_it_then() {
    let world = World::with_one_backup(&[]);
    world.set(&[NO_START_UP, (Key::AutoBackupIntervalHours, "1")]);
    let due_at = Timestamp::now() + SignedDuration::from_secs(3);
    world.remember(|status| {
        let success = status.last_success.as_mut().expect("a success");
        success.at = due_at - SignedDuration::from_hours(1);
    });
    let guardian = Guardian::start(&world);
    let waiting = guardian.settled().next.expect("a next one");
    assert_eq!((waiting.at, waiting.reason), (due_at, Reason::Scheduled));
    assert_eq!(world.backups().len(), 1);
    let status = guardian.wait_for("backup", |status| {
        status
            .last_success
            .as_ref()
            .is_some_and(|success| success.at >= due_at)
    });
    let success = status.last_success.expect("a success");
    assert_eq!(success.trigger, Trigger::Scheduled);
    assert!(
        success.at.duration_since(due_at) < SignedDuration::from_secs(30),
        "{}",
        success.at
    );
}

#[test]
fn switched_off_it_takes_none_and_switched_on_it_does_without_a_restart() {
    let world = World::new(&[(Key::AutoBackupEnabled, "false")]);
    let guardian = Guardian::start(&world);
    guardian.wait_for("word", |status| status.state == GuardState::SwitchedOff);
    guardian.looks_again();
    assert_eq!(world.backups().len(), 0);
    world.set(&[]);
    guardian.wait_for("backup", |status| status.last_success.is_some());
}

#[test]
fn old_proofs_are_made_again() {
    let world = World::with_one_backup(&[]);
    let record = world.backups().remove(0);
    let long_ago = Timestamp::now() - SignedDuration::from_hours(24 * 31);
    let old = Verification {
        at: Some(long_ago),
        ..record.verification
    };
    world
        .vault()
        .write_verification(&record.summary.id, &old)
        .expect("writes");
    let guardian = Guardian::start(&world);
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while world
        .vault()
        .record(&record.summary.id)
        .expect("reads")
        .verification
        .at
        == Some(long_ago)
    {
        assert!(
            std::time::Instant::now() < deadline,
            "it is not proven again"
        );
        guardian.looks_again();
    }
    guardian.settled();
    let proofs: Vec<_> = world
        .audit()
        .into_iter()
        .filter(|entry| entry.draft.operation == "verify")
        .collect();
    assert_eq!(proofs.len(), 1);
    assert_eq!(
        (&proofs[0].draft.target, proofs[0].draft.outcome.as_str()),
        (&record.summary.id, "ok")
    );
}

#[test]
fn nothing_is_removed_after_the_clock_was_set() {
    let world = World::with_one_backup(&[(Key::MaxDatabaseBackups, "1")]);
    world.remember(|status| status.clock.at += SignedDuration::from_hours(24 * 3));
    let before = Timestamp::now();
    let guardian = Guardian::start(&world);
    let status = guardian.wait_for("rotation", |status| {
        status
            .last_rotation
            .as_ref()
            .is_some_and(|rotation| rotation.at > before)
    });
    assert!(status.clock_set_at.is_some_and(|at| at >= before));
    let rotation = status.last_rotation.expect("a rotation");
    assert_eq!(
        (rotation.removed, rotation.suspended),
        (0, Some(Suspension::ClockWasSet))
    );
    assert_eq!(world.backups().len(), 2);
}

#[test]
fn between_runs_it_holds_little_memory_and_leaves_the_processor_alone() {
    let world = World::new(&[]);
    let guardian = Guardian::start(&world);
    guardian.wait_for("backup", |status| status.last_success.is_some());
    guardian.settled();
    let before = processor_ticks(guardian.id());
    for _ in 0..5 {
        guardian.looks_again();
    }
    // At least ten looks: at one a minute that is more than the tests have to see.
    let used = processor_ticks(guardian.id()) - before;
    assert!(used <= 10, "{used} hundredths of a second");
    let held = own_memory_bytes(guardian.id());
    assert!(held < 3 << 20, "{held} bytes");
}

#[test]
fn what_cannot_be_read_otherwise_is_read_through_the_writable_mounts() {
    let world = World::new(&[]);
    // Two databases in use are pinned together, and that takes writable mounts.
    world.make_database("second.db");
    let guardian = Guardian::start(&world);
    let status = guardian.wait_for("failure", |status| status.last_failure.is_some());
    let failure = status.last_failure.expect("a failure");
    assert_eq!(failure.kind, FailureKind::NeedsReadWrite);
    guardian.end();

    world.mount_writable();
    let guardian = Guardian::start(&world);
    let status = guardian.wait_for("backup", |status| status.last_success.is_some());
    assert_eq!(status.last_failure, None);
    let record = world.backups().remove(0);
    assert_eq!(record.verification.verdict, Verdict::Sound);
    assert_eq!(record.summary.databases.len(), 2);
    let codes: Vec<&str> = record
        .summary
        .findings
        .iter()
        .map(|finding| finding.code.as_str())
        .collect();
    assert!(!codes.contains(&"moment-of-its-own"), "{codes:?}");
    guardian.settled();
    let outcomes: Vec<String> = world
        .audit()
        .into_iter()
        .map(|entry| entry.draft.outcome)
        .collect();
    assert_eq!(outcomes, ["failed", "ok"]);
}
