//! When it must not, cannot, or cannot yet.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use lifeboat_store::FailureKind;
use lifeboat_store::guard::GuardState;
use lifeboat_store::manifest::{Trigger, Verdict};
use lifeboat_store::protocol::{OpenVault, Request};
use lifeboat_store::schedule::Reason;
use lifeboat_store::settings::Key;
use lifeboat_store::vault::Vault;
use nix::sys::signal::Signal;

use crate::support::{APP, Guardian, World};

#[test]
fn a_busy_vault_is_waited_for_and_it_says_for_whom() {
    let world = World::new(&[]);
    let request = OpenVault {
        app: APP.to_owned(),
        exclusive: true,
        holder: "update by cli:anna@box".to_owned(),
        recovery: false,
    };
    let held = Vault::open(&world.root().join("vault"), &request).expect("opens");
    let guardian = Guardian::start(&world);
    let status = guardian.wait_for("word", |status| {
        matches!(status.state, GuardState::HeldUp { .. })
    });
    let GuardState::HeldUp { reason } = &status.state else {
        unreachable!()
    };
    assert!(
        reason.starts_with("The vault is in use by update by cli:anna@box"),
        "{reason}"
    );
    guardian.looks_again();
    drop(held);
    let status = guardian.wait_for("backup", |status| status.last_success.is_some());
    assert_eq!(status.last_failure, None, "it was no failure");
    assert_eq!(world.backups()[0].summary.trigger, Trigger::StartUp);
    assert_eq!(world.audit().len(), 1, "only what was done is in the log");
}

#[test]
fn an_unfinished_restore_is_waited_for_and_it_says_what_to_do() {
    let world = World::new(&[]);
    let entry = Some(serde_json::json!({ "kind": "restore" }));
    world.ask(Request::WriteLogbook { entry });
    let guardian = Guardian::start(&world);
    let status = guardian.wait_for("word", |status| {
        matches!(status.state, GuardState::HeldUp { .. })
    });
    let GuardState::HeldUp { reason } = &status.state else {
        unreachable!()
    };
    assert!(reason.contains("lifeboat recover"), "{reason}");
    assert_eq!(world.backups().len(), 0);
}

#[test]
fn a_volume_of_the_same_name_is_not_the_same_volume() {
    let world = World::with_one_backup(&[]);
    fs::rename(world.volume(), world.root().join("gone")).expect("moves");
    fs::create_dir(world.volume()).expect("creates");
    fs::set_permissions(world.volume(), Permissions::from_mode(0o755)).expect("opens");
    world.make_database("app.db");
    let guardian = Guardian::start(&world);
    let status = guardian.wait_for("word", |status| {
        matches!(status.state, GuardState::Refusing { .. })
    });
    let GuardState::Refusing { reason } = &status.state else {
        unreachable!()
    };
    assert!(
        reason.contains("“shop_data” is not the volume that was protected"),
        "{reason}"
    );
    assert!(
        reason.contains("Switch protection off and on again"),
        "{reason}"
    );
    assert_eq!(status.next, None);
    guardian.looks_again();
    assert_eq!(world.backups().len(), 1);
    // Switched on for the new one it goes on, without a restart.
    world.protect();
    guardian.wait_for("backup", |status| status.state == GuardState::Waiting);
    assert_eq!(world.backups().len(), 2);
}

#[test]
fn damaged_settings_leave_the_last_good_ones_in_force_also_over_a_restart() {
    let world = World::new(&[(Key::CompressBackups, "false")]);
    let path = world.root().join("vault/settings.json");
    for round in 1..=2 {
        let guardian = Guardian::start(&world);
        guardian.wait_for("backup", |status| status.state == GuardState::Waiting);
        fs::write(&path, "{\"checksum\":\"never\"").expect("writes");
        guardian.signal(Signal::SIGHUP);
        let status = guardian.wait_for("word", |status| status.settings_problem.is_some());
        let problem = status.settings_problem.expect("a problem");
        assert!(problem.contains("settings.json is damaged"), "{problem}");
        assert!(problem.contains("last ones stay in force"), "{problem}");
        assert!(status.next.is_some(), "protection goes on");
        guardian.end();
        assert_eq!(world.backups().len(), round);
    }
    assert!(
        world.backups()[0].summary.file_name.ends_with(".tar"),
        "still not compressed"
    );
}

#[test]
fn a_failed_backup_is_told_tried_again_and_costs_no_older_one() {
    let world = World::with_one_backup(&[(Key::MaxDatabaseBackups, "1")]);
    fs::remove_file(world.volume().join("app.db")).expect("removes");
    let guardian = Guardian::start(&world);
    let status = guardian.wait_for("failure", |status| status.last_failure.is_some());
    let failure = status.last_failure.expect("a failure");
    assert_eq!((failure.kind, failure.count), (FailureKind::NotFound, 1));
    assert!(
        failure.message.contains("no database was found"),
        "{}",
        failure.message
    );
    let next = status.next.expect("a next one");
    assert_eq!(next.reason, Reason::StartUp);
    let minutes = next.at.duration_since(failure.at).as_mins();
    assert_eq!(minutes, 5);
    assert_eq!(guardian.end().state, GuardState::Ended);
    assert_eq!(world.backups().len(), 1);
    let last = world.audit().pop().expect("an entry").draft;
    assert_eq!(
        (last.operation.as_str(), last.outcome.as_str()),
        ("backup", "failed")
    );
    // At the next start it is tried at once, and works.
    world.make_database("app.db");
    let guardian = Guardian::start(&world);
    let status = guardian.wait_for("backup", |status| status.last_failure.is_none());
    assert_eq!(
        status.last_success.expect("a success").verdict,
        Verdict::Sound
    );
}

#[test]
fn with_nothing_to_protect_it_stays_and_is_silent_until_there_is() {
    let world = World::new(&[]);
    world.ask(Request::WriteGuard { spec: None });
    let guardian = Guardian::start(&world);
    guardian.signal_when_it_listens(Signal::SIGHUP);
    assert_eq!((world.status(), world.backups().len()), (None, 0));
    world.protect();
    guardian.signal(Signal::SIGHUP);
    guardian.wait_for("backup", |status| status.last_success.is_some());
}

#[test]
fn a_vault_of_another_application_is_left_alone_and_the_log_says_so() {
    let world = World::with_one_backup(&[]);
    let before = world.status();
    let log = Guardian::log_of(&world, &["--app=blog"]);
    assert!(
        log.contains("this vault belongs to another application"),
        "{log}"
    );
    assert_eq!((world.status(), world.backups().len()), (before, 1));
    let log = Guardian::log_of(&world, &[]);
    assert!(log.contains("was not told of which application"), "{log}");
}
