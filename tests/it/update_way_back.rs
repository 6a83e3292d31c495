//! The way back where something is in it: somebody touched the copies of the quiet databases, the backup
//! that serves in their place cannot be put there, or a kill comes where the logbook's words are few.

use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::process::Child;

use lifeboat_tests::updating::{Before, Subject};
use lifeboat_tests::{Logbook, World, steps};
use serde_json::Value;

use crate::support::verdict;

/// How often a moment of a few milliseconds is tried for.
const TRIES: u32 = 6;

/// A database that the new release makes.
const LATER: &str = "later.db";

/// An update whose release is being judged and had its hands in the hidden copies, and made a database
/// of its own.
fn meddled(subject: &Subject<'_>, version: &str, at_start: &str) -> (Child, Before) {
    let (mut child, before) = subject.start(version, at_start);
    let judged = |logbook: &Logbook| logbook.step().as_deref() == Some("judging");
    assert!(subject.logbook.reaches(&mut child, judged), "it is judged");
    let place = steps::place_of(subject.world.engine(), &subject.app.volume);
    let copies = hidden_copies(&place);
    assert_eq!(copies.len(), 1, "{copies:?}");
    std::fs::copy(&copies[0], place.join(LATER)).expect("a database is made");
    invert_last_byte(&copies[0]);
    (child, before)
}

fn hidden_copies(place: &Path) -> Vec<PathBuf> {
    let entries = |directory: &Path| {
        let entries = std::fs::read_dir(directory).expect("a directory");
        entries.flatten().map(|entry| entry.path())
    };
    entries(place)
        .filter(|path| path.to_string_lossy().contains(".lifeboat-restore-"))
        .flat_map(|hidden| entries(&hidden).collect::<Vec<_>>())
        .collect()
}

fn invert_last_byte(path: &Path) {
    let file = std::fs::File::options().read(true).write(true).open(path);
    let mut file = file.expect("the copy can be opened");
    let mut byte = [0];
    file.seek(SeekFrom::End(-1)).expect("it is not empty");
    file.read_exact(&mut byte).expect("it can be read");
    file.seek(SeekFrom::End(-1)).expect("it is not empty");
    file.write_all(&[!byte[0]]).expect("it can be written");
}

/// The old release on the data of the verified backup: rows as the backup has them, and nothing of the
/// new release's beside them.
fn check_backup_serves(subject: &Subject<'_>, what: &str, before: &Before) {
    assert!(
        subject.check_pair(what, before),
        "{what}: the old release runs"
    );
    let names = subject.app.root_tools().file_names();
    assert!(
        !names.iter().any(|name| name.starts_with(LATER)),
        "{what}: {names:?}"
    );
    let backups = subject.lifeboat.backups(&subject.app.name);
    let evidence = &backups[0];
    assert_eq!(evidence["trigger"], "pre-restore", "{what}: {evidence}");
    assert_eq!(verdict(evidence), "sound", "{what}");
    let databases = evidence["databases"].as_array().map(Vec::len);
    assert_eq!(
        databases,
        Some(2),
        "{what}: what the new release left is kept"
    );
}

#[test]
fn copies_that_somebody_touched_are_not_put_back() {
    let world = World::new();
    let subject = Subject::new(&world, "touched");
    let (child, before) = meddled(&subject, "2", "migrate,crash");
    let output = child.wait_with_output().expect("the command ends");
    let json: Value = serde_json::from_slice(&output.stdout).expect("an object");
    let report = &json["update"];
    assert_eq!(report["outcome"], "rolled-back", "{json}");
    let findings = report["findings"].as_array().expect("findings");
    let said = findings
        .iter()
        .find(|one| one["code"] == "cold-copy-touched");
    let said = said.unwrap_or_else(|| panic!("what is lost is said: {report}"));
    let message = said["message"].as_str().expect("a sentence");
    let used = report["backup_id"].as_str().expect("an id");
    assert!(
        message.contains(used) && message.contains("lost"),
        "{message}"
    );
    check_backup_serves(&subject, "touched", &before);
    assert!(subject.recover().is_empty());
}

/// Somebody removed them, the hidden directory with them.
#[test]
fn copies_that_somebody_removed_are_not_waited_for() {
    let world = World::new();
    let subject = Subject::new(&world, "removed");
    let (child, before) = meddled(&subject, "2", "migrate,crash");
    let place = steps::place_of(subject.world.engine(), &subject.app.volume);
    let copy = hidden_copies(&place).remove(0);
    std::fs::remove_dir_all(copy.parent().expect("a directory")).expect("it can be removed");
    let output = child.wait_with_output().expect("the command ends");
    let json: Value = serde_json::from_slice(&output.stdout).expect("an object");
    assert_eq!(json["update"]["outcome"], "rolled-back", "{json}");
    check_backup_serves(&subject, "removed", &before);
    assert!(subject.recover().is_empty());
}

/// A good release that touched the copies: they are no state that ever was, so they are not kept as one, and
/// an undo puts back the verified backup.
#[test]
fn touched_copies_are_no_way_back_of_a_good_release() {
    let world = World::new();
    let subject = Subject::new(&world, "good");
    let (child, before) = meddled(&subject, "2", "migrate");
    let output = child.wait_with_output().expect("the command ends");
    let json: Value = serde_json::from_slice(&output.stdout).expect("an object");
    let report = &json["update"];
    assert_eq!(report["outcome"], "updated", "{json}");
    assert_eq!(report["rollback_point"], report["backup_id"], "{report}");
    let findings = report["findings"].as_array().expect("findings");
    assert!(
        findings
            .iter()
            .any(|one| one["code"] == "cold-copy-touched"),
        "{report}"
    );
    subject.rewind(false);
    assert!(
        subject.check_pair("undone", &before),
        "the old release runs"
    );
}

/// The copies are given up, and the backup cannot take their place at once: until it can, the old release
/// is not started on what the new one left.
#[test]
fn a_backup_that_cannot_be_put_back_at_once() {
    let world = World::new();
    let subject = Subject::new(&world, "later");
    let (child, before) = meddled(&subject, "2", "migrate,crash");
    let entry = subject.logbook.entry().expect("an entry");
    let used = entry["hot_backup_id"].as_str().expect("an id");
    let backups = subject.logbook.vault().join("backups");
    let elsewhere = subject.logbook.vault().join("elsewhere");
    std::fs::rename(backups.join(used), &elsewhere).expect("the backup is out of reach");
    let output = child.wait_with_output().expect("the command ends");
    assert_eq!(output.status.code(), Some(9), "it needs attention");
    assert!(
        !subject.app.is_running(),
        "it is not started on foreign data"
    );
    let failed = subject.lifeboat.run(&["recover", &subject.app.name]);
    assert_ne!(failed.code(), 0, "{failed:?}");
    assert!(!subject.app.is_running(), "nor by a recovery");

    std::fs::rename(&elsewhere, backups.join(used)).expect("the backup is there again");
    let recovered = subject.recover();
    assert_eq!(recovered[0]["ending"], "old", "{recovered:?}");
    let message = recovered[0]["message"].as_str().unwrap_or_default();
    assert!(message.contains(used), "what is lost is said: {message}");
    check_backup_serves(&subject, "later", &before);
}

/// So that moments take their time.
fn fill(subject: &Subject<'_>) {
    let filler = "CREATE TABLE filler AS SELECT randomblob(24000000) AS bytes";
    subject.app.tools().execute("guestbook.db", filler);
}

/// A moment, told by what is written down.
type Moment = fn(&Logbook) -> bool;

/// The backup was staged, every file of it.
fn lies_there(logbook: &Logbook) -> bool {
    let record = logbook.record().unwrap_or_default();
    let is_backup = record["backup_id"]
        .as_str()
        .is_some_and(|id| !id.is_empty());
    is_backup
        && record["items"]
            .as_array()
            .is_some_and(|items| !items.is_empty())
}

/// Kills between the logbook's words: the copies are given up and nothing is in their place; the backup
/// lies there and is not exchanged.
#[test]
fn killed_while_the_backup_takes_the_place_of_the_copies() {
    let world = World::new();
    let subject = Subject::new(&world, "between");
    fill(&subject);
    let moments: [(&str, Moment); 2] = [
        ("given up", |logbook| {
            let entry = logbook.entry().unwrap_or_default();
            entry["copies_touched"] == true && !lies_there(logbook)
        }),
        ("staged", lies_there),
    ];
    for (what, moment) in moments {
        let was_there = (0..TRIES).any(|attempt| {
            let version = format!("{what} {attempt}");
            let (mut child, before) = meddled(&subject, &version, "migrate,crash");
            let reached = subject.logbook.reaches(&mut child, moment);
            let _ = child.kill();
            subject.logbook.kill_helpers();
            let was_there = reached && moment(&subject.logbook);
            let _ = child.wait();
            subject.wait_unlocked();
            if subject.logbook.entry().is_some() {
                let recovered = subject.recover();
                assert_eq!(recovered[0]["ending"], "old", "{what}: {recovered:?}");
            }
            check_backup_serves(&subject, what, &before);
            was_there
        });
        assert!(was_there, "no kill came at: {what}");
    }
    subject.check_next_backup();
}

/// The old release runs on the backup already, and only what the new one left is to be kept: a helper that
/// is lost then is no reason to stop anything, or to put the backup there once more.
#[test]
fn a_helper_lost_after_the_backup_took_the_place_of_the_copies() {
    let world = World::new();
    let subject = Subject::new(&world, "after");
    fill(&subject);
    let (mut child, mut before) = meddled(&subject, "2", "migrate,crash");
    let is_up = |logbook: &Logbook| logbook.step().as_deref() == Some("keeping-evidence");
    assert!(subject.logbook.reaches(&mut child, is_up), "it comes up");
    subject.logbook.kill_helpers();
    assert!(is_up(&subject.logbook), "it was killed at its step");
    let started_at = subject.app.started_at();
    before.committed = subject.newest_batch();
    let output = child.wait_with_output().expect("the command ends");
    let json: Value = serde_json::from_slice(&output.stdout).expect("an object");
    assert_eq!(json["update"]["outcome"], "rolled-back", "{json}");
    assert!(json["update"]["evidence"].is_string(), "{json}");
    assert_eq!(
        subject.app.started_at(),
        started_at,
        "it was not stopped again"
    );
    check_backup_serves(&subject, "after", &before);
    assert!(subject.recover().is_empty());
}

/// What was replaced is a backup already, and the logbook does not know that it is done.
#[test]
fn killed_after_the_last_step_of_collecting() {
    let world = World::new();
    let subject = Subject::new(&world, "last");
    let collected = |logbook: &Logbook| {
        matches!(logbook.step().as_deref(), Some("finishing" | "collecting"))
            && logbook.record().is_none()
    };
    let was_there = (0..TRIES).any(|attempt| {
        let (mut child, before) = subject.start(&format!("2.{attempt}"), "migrate");
        let reached = subject.logbook.reaches(&mut child, collected);
        let _ = child.kill();
        let _ = child.wait();
        subject.wait_unlocked();
        let was_there = reached && collected(&subject.logbook);
        let is_old = subject.recover_from("update", &before);
        assert!(!is_old, "the new release was good");
        subject.rewind(is_old);
        was_there
    });
    assert!(was_there, "no update was killed there");

    let backup = subject.lifeboat.backup(&subject.app.name);
    let id = backup["id"].as_str().expect("an id");
    let was_there = (0..TRIES).any(|_| {
        subject.app.sign("later");
        let entries = subject.app.entry_count();
        let restore = ["restore", &subject.app.name, id, "--yes"];
        let mut child = subject.lifeboat.start(&restore);
        let reached = subject.logbook.reaches(&mut child, collected);
        let _ = child.kill();
        let _ = child.wait();
        subject.wait_unlocked();
        let was_there = reached && collected(&subject.logbook);
        for one in subject.recover() {
            assert_eq!(one["ending"], "new", "{one}");
        }
        subject.app.wait_healthy();
        assert_eq!(subject.app.entry_count(), entries - 1, "the backup's rows");
        subject.check_tidy("restore");
        subject
            .lifeboat
            .run(&["undo", &subject.app.name, "--yes"])
            .done();
        subject.app.wait_healthy();
        assert_eq!(
            subject.app.entry_count(),
            entries,
            "and the way back is known"
        );
        was_there
    });
    assert!(was_there, "no restore was killed there");
}
