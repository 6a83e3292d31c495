//! How it ends, whatever it is doing.

use lifeboat_store::guard::GuardState;

use crate::support::{Guardian, World};

#[test]
fn told_to_end_in_the_middle_of_a_backup_it_ends_and_leaves_nothing_half_made() {
    let world = World::new(&[]);
    let database = rusqlite::Connection::open(world.volume().join("app.db")).expect("opens");
    database.execute_batch("BEGIN EXCLUSIVE").expect("locks");
    let guardian = Guardian::start(&world);
    guardian.wait_for("work", |status| {
        matches!(status.state, GuardState::Working { .. })
    });
    let status = guardian.end();
    assert_eq!(
        (status.state, status.last_failure),
        (GuardState::Ended, None)
    );
    assert_eq!(world.backups().len(), 0);
    let entry = world.audit().pop().expect("an entry").draft;
    assert_eq!(
        (entry.operation.as_str(), entry.outcome.as_str()),
        ("backup", "cancelled")
    );
    // The lock is free, and the next one begins where this one was ended.
    database.execute_batch("COMMIT").expect("unlocks");
    drop(database);
    let guardian = Guardian::start(&world);
    guardian.wait_for("backup", |status| status.last_success.is_some());
    let incoming = std::fs::read_dir(world.root().join("vault/incoming")).expect("readable");
    assert_eq!(incoming.count(), 0);
}
