//! Promises I1 to I3: a backup holds exactly the moment of its pin, whatever is written meanwhile,
//! and the source stays as it was.

use lifeboat_tests::{DemoApp, DemoOptions, FileFact, World};
use serde_json::Value;

use crate::support::{database, download_database, is_intact, number, pin_us, verdict};

/// Compares a downloaded copy with what the writer wrote down about its own commits.
fn check_moment(app: &DemoApp, backup: &Value, copy: &std::path::Path) {
    let (asked_us, held_us) = pin_us(database(backup, "guestbook.db"));
    assert!(asked_us <= held_us);
    assert!(is_intact(copy), "the copy passes integrity_check");

    let live = app.tools();
    let surely_in = live.number(
        "guestbook.db",
        &format!("SELECT coalesce(max(batch), 0) FROM batches WHERE returned_us < {asked_us}"),
    );
    let surely_out = live.number(
        "guestbook.db",
        &format!("SELECT coalesce(min(batch), 1 << 60) FROM batches WHERE begun_us > {held_us}"),
    );
    let last = number(copy, "SELECT coalesce(max(batch), 0) FROM batches");
    assert!(
        last >= surely_in,
        "batch {surely_in} was committed before the pin; the copy ends with {last}"
    );
    assert!(
        last < surely_out,
        "batch {surely_out} began after the pin; the copy ends with {last}"
    );
    assert!(
        surely_in > 0,
        "the writer had written something before the pin"
    );

    let torn =
        "SELECT count(*) FROM (SELECT batch FROM ledger GROUP BY batch HAVING count(*) <> 3)";
    assert_eq!(number(copy, torn), 0, "no transaction is torn");
    assert_eq!(
        number(copy, "SELECT count(*) FROM ledger"),
        last * 3,
        "and none is missing"
    );
    assert_eq!(number(copy, "SELECT count(*) FROM entries"), 24);
}

/// Inode, owner and mode of the database, and the set of files beside it.
fn outward(app: &DemoApp) -> Vec<(String, u64, u32, u32, u32)> {
    let fact = |fact: FileFact| (fact.path, fact.inode, fact.uid, fact.gid, fact.mode);
    app.root_tools().files().into_iter().map(fact).collect()
}

fn busy_backup(options: DemoOptions) {
    let world = World::new();
    let app = world.demo("busy", options);
    app.wait_batches(50);
    let (before, started_at) = (outward(&app), app.started_at());

    let lifeboat = world.lifeboat();
    for round in 0..3 {
        let backup = lifeboat.backup(&app.name);
        assert_eq!(verdict(&backup), "sound", "{backup}");
        assert_eq!(backup["trigger"], "manual");
        let to = world.directory().join(format!("copy-{round}.db"));
        let copy = download_database(&lifeboat, &app.name, &backup, "guestbook.db", &to);
        check_moment(&app, &backup, &copy);
    }
    app.wait_batches(50);
    let side_files_come_and_go = |mut files: Vec<(String, u64, u32, u32, u32)>| {
        files.retain(|file| !file.0.ends_with("-journal"));
        files
    };
    assert_eq!(
        side_files_come_and_go(outward(&app)),
        side_files_come_and_go(before)
    );
    assert_eq!(
        app.started_at(),
        started_at,
        "the application was never stopped"
    );
    assert!(world.vault(&app.name).leftovers().is_empty());
}

#[test]
fn a_wal_writer_at_full_speed() {
    busy_backup(DemoOptions::default().busy());
}

#[test]
fn a_rollback_journal_writer_at_full_speed() {
    busy_backup(DemoOptions::default().busy().with("JOURNAL_MODE", "delete"));
}

#[test]
fn a_persistent_journal_writer_at_full_speed() {
    busy_backup(
        DemoOptions::default()
            .busy()
            .with("JOURNAL_MODE", "persist"),
    );
}

#[test]
fn small_and_large_pages_of_a_busy_database() {
    for page_size in ["512", "65536"] {
        busy_backup(DemoOptions::default().busy().with("PAGE_SIZE", page_size));
    }
}

/// L10: databases written by one transaction belong to the same moment in the backup.
fn group(journal_mode: &str) {
    let world = World::new();
    let options = DemoOptions::default()
        .with("WRITER_RATE", "400")
        .with("JOURNAL_MODE", journal_mode)
        .with("SECOND_DATABASE_PATH", "/data/second.db");
    let app = world.demo("group", options);
    app.wait_batches(20);
    let lifeboat = world.lifeboat();
    for round in 0..4 {
        let backup = lifeboat.backup(&app.name);
        assert_eq!(verdict(&backup), "sound", "{backup}");
        let last_of = |path: &str| {
            let to = world.directory().join(format!("{round}-{path}"));
            let copy = download_database(&lifeboat, &app.name, &backup, path, &to);
            assert!(is_intact(&copy));
            (
                number(&copy, "SELECT max(batch) FROM ledger"),
                number(&copy, "SELECT count(*) FROM ledger"),
            )
        };
        let (first, second) = (last_of("guestbook.db"), last_of("second.db"));
        assert_eq!(
            first, second,
            "round {round}: both hold the same transactions"
        );
    }
}

#[test]
fn two_wal_databases_of_one_transaction_belong_together() {
    group("wal");
}

#[test]
fn two_rollback_databases_of_one_transaction_belong_together() {
    group("delete");
}
