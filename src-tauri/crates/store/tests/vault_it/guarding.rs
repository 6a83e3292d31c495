//! Rotation on a real vault, settings in it, and what the guardian keeps there.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use lifeboat_store::FailureKind;
use lifeboat_store::guard::GuardStatus;
use lifeboat_store::manifest::{Notes, Verdict, Verification};
use lifeboat_store::protocol::{AuditDraft, PruneReport, PruneRequest};
use lifeboat_store::rotation::{KeepReason, Suspension};
use lifeboat_store::schedule::ClockReading;
use lifeboat_store::settings::{Key, Layers, StoredSettings};
use lifeboat_store::vault::Vault;

use crate::support::{draft, id_of, open, picture, publish, reading, start_time};

fn chosen(pairs: &[(Key, &str)]) -> StoredSettings {
    let lifeboat = pairs.iter().map(|(key, value)| (*key, (*value).to_owned()));
    let layers = Layers {
        lifeboat: lifeboat.collect(),
        ..Layers::default()
    };
    StoredSettings::resolve(&layers, None, start_time(), "cli:anna@box")
}

fn keep(vault: &Vault, number: &str) {
    let settings = chosen(&[(Key::MaxDatabaseBackups, number)]);
    vault.write_settings(&settings).expect("writes");
}

/// A vault with so many sound backups.
fn vault_with(root: &Path, count: u32) -> Vault {
    let (vault, _) = open(root);
    for number in 1..=count {
        publish(&vault, number, b"content").expect("published");
    }
    vault
}

fn request(dry_run: bool) -> PruneRequest {
    PruneRequest {
        now: start_time() + SignedDuration::from_hours(1),
        dry_run,
        preview: None,
    }
}

fn prune(vault: &Vault) -> PruneReport {
    vault.prune(&request(false)).expect("prunes")
}

fn listed(vault: &Vault) -> Vec<String> {
    let backups = vault.list().expect("lists").backups;
    backups
        .into_iter()
        .map(|record| record.summary.id)
        .collect()
}

fn ids(numbers: &[u32]) -> Vec<String> {
    numbers.iter().map(|number| id_of(*number)).collect()
}

#[test]
fn what_no_rule_keeps_goes_and_a_dry_run_only_says_so() {
    let root = tempfile::tempdir().expect("a directory");
    let vault = vault_with(root.path(), 6);
    assert_eq!(prune(&vault).removed, [""; 0], "ten are kept by default");
    keep(&vault, "3");
    let pinned = Notes {
        pinned: true,
        note: None,
    };
    vault.write_notes(&id_of(1), &pinned).expect("pins");

    let before = picture(root.path());
    let (looking, _) = Vault::open(root.path(), &reading()).expect("opens");
    let dry = looking.prune(&request(true)).expect("says");
    assert_eq!(picture(root.path()), before);
    assert_eq!(dry.rotation.going(), ids(&[3, 2]));
    assert_eq!((dry.removed.len(), dry.freed_bytes), (0, 14));
    let failure = looking.prune(&request(false)).expect_err("holds no lock");
    assert_eq!(failure.kind, FailureKind::Protocol);

    let real = prune(&vault);
    assert_eq!(real.removed, ids(&[3, 2]));
    assert_eq!(listed(&vault), ids(&[6, 5, 4, 1]));
    let trash = std::fs::read_dir(root.path().join("trash")).expect("readable");
    assert_eq!(trash.count(), 0);
    assert_eq!(prune(&vault).removed, [""; 0]);
}

#[test]
fn rules_that_are_not_in_force_can_be_tried_and_remove_nothing() {
    let root = tempfile::tempdir().expect("a directory");
    let vault = vault_with(root.path(), 4);
    let tried = |number: &str, dry_run| {
        let preview = BTreeMap::from([(Key::MaxDatabaseBackups, number.to_owned())]);
        let preview = Some(preview);
        vault.prune(&PruneRequest {
            preview,
            ..request(dry_run)
        })
    };
    assert_eq!(
        tried("2", true).expect("says").rotation.going(),
        ids(&[2, 1])
    );
    let failure = tried("none", true).expect_err("no number");
    assert!(failure.message.contains("MAX_DATABASE_BACKUPS") && failure.message.contains("10000"));
    assert_eq!(
        tried("2", false).expect_err("not in force").kind,
        FailureKind::Protocol
    );
    assert_eq!(listed(&vault).len(), 4);
}

#[test]
fn what_undo_or_an_unfinished_job_names_stays() {
    let root = tempfile::tempdir().expect("a directory");
    let vault = vault_with(root.path(), 4);
    keep(&vault, "1");
    let undo = serde_json::json!({ "kind": "restore", "from": { "backup": id_of(1) } });
    vault.write_undo(Some(undo)).expect("writes");
    let logbook = serde_json::json!({ "steps": [format!("restore {}", id_of(2))] });
    vault.write_logbook(Some(logbook)).expect("writes");
    let report = prune(&vault);
    assert_eq!(report.removed, ids(&[3]));
    assert_eq!(report.rotation.decisions[3].reasons, [KeepReason::InUse]);
}

fn backup_entry(outcome: &str) -> AuditDraft {
    AuditDraft {
        outcome: outcome.to_owned(),
        ..draft("x")
    }
}

#[test]
fn after_a_failed_backup_nothing_goes_until_one_succeeds() {
    let root = tempfile::tempdir().expect("a directory");
    let vault = vault_with(root.path(), 3);
    keep(&vault, "1");
    vault.audit_append(backup_entry("failed")).expect("writes");
    vault
        .audit_append(backup_entry("cancelled"))
        .expect("writes");
    let report = prune(&vault);
    assert_eq!(
        report.rotation.suspended,
        Some(Suspension::LastBackupFailed)
    );
    assert_eq!(listed(&vault).len(), 3);
    vault.audit_append(backup_entry("ok")).expect("writes");
    assert_eq!(prune(&vault).removed, ids(&[2, 1]));
}

fn status(clock_set_at: Option<Timestamp>) -> GuardStatus {
    let clock = ClockReading {
        at: start_time(),
        running_ms: 1,
        boot: "a".to_owned(),
    };
    GuardStatus {
        clock_set_at,
        ..GuardStatus::first(clock)
    }
}

#[test]
fn for_a_day_after_the_clock_was_set_nothing_goes() {
    let root = tempfile::tempdir().expect("a directory");
    let vault = vault_with(root.path(), 3);
    keep(&vault, "1");
    vault
        .write_guard_status(&status(Some(start_time())), true)
        .expect("writes");
    assert_eq!(
        vault.guard_status().expect("reads"),
        Some(status(Some(start_time())))
    );
    assert_eq!(
        prune(&vault).rotation.suspended,
        Some(Suspension::ClockWasSet)
    );
    let later = PruneRequest {
        now: start_time() + SignedDuration::from_hours(25),
        ..request(false)
    };
    assert_eq!(vault.prune(&later).expect("prunes").removed, ids(&[2, 1]));
}

#[test]
fn the_oldest_proofs_are_due_first_and_the_damaged_need_none() {
    let root = tempfile::tempdir().expect("a directory");
    let vault = vault_with(root.path(), 4);
    let hours = |hours| start_time() + SignedDuration::from_hours(hours);
    for (number, at, verdict) in [
        (1, Some(hours(2)), Verdict::Sound),
        (2, None, Verdict::NotChecked),
        (3, Some(hours(1)), Verdict::NotCheckable),
        (4, Some(hours(1)), Verdict::Damaged),
    ] {
        let proof = Verification {
            at,
            verdict,
            ..Verification::not_checked(None)
        };
        vault
            .write_verification(&id_of(number), &proof)
            .expect("writes");
    }
    assert_eq!(
        vault.due_for_proof(hours(3)).expect("lists"),
        ids(&[2, 3, 1])
    );
    assert_eq!(vault.due_for_proof(hours(2)).expect("lists"), ids(&[2, 3]));
}

#[test]
fn settings_are_kept_and_what_is_not_allowed_never_gets_in() {
    let root = tempfile::tempdir().expect("a directory");
    let (vault, _) = open(root.path());
    assert_eq!(vault.settings().expect("reads"), None);
    let good = chosen(&[(Key::AutoBackupAt, "03:30"), (Key::MaxDatabaseBackups, "7")]);
    vault.write_settings(&good).expect("writes");
    let mut bad = good.clone();
    bad.values[3].value = "many".to_owned();
    let failure = vault.write_settings(&bad).expect_err("no number");
    assert!(
        failure.message.contains("MAX_DATABASE_BACKUPS"),
        "{failure}"
    );
    let (looking, _) = Vault::open(root.path(), &reading()).expect("opens");
    assert_eq!(looking.settings().expect("reads"), Some(good.clone()));
    let failure = looking.write_settings(&good).expect_err("holds no lock");
    assert_eq!(failure.kind, FailureKind::Protocol);
}

#[test]
fn settings_of_a_newer_version_and_damaged_ones_are_refused_and_left() {
    let root = tempfile::tempdir().expect("a directory");
    let vault = vault_with(root.path(), 2);
    keep(&vault, "1");
    let path = root.path().join("settings.json");
    let text = std::fs::read_to_string(&path).expect("readable");

    std::fs::write(&path, text.replace("\"1\"", "\"9\"")).expect("writes");
    assert_eq!(
        vault.settings().expect_err("edited").kind,
        FailureKind::Damaged
    );
    assert_eq!(
        vault
            .prune(&request(false))
            .expect_err("by which rules?")
            .kind,
        FailureKind::Damaged
    );

    let newer = "{\"format\":2,\"anything\":true}";
    std::fs::write(&path, newer).expect("writes");
    assert_eq!(
        vault.settings().expect_err("newer").kind,
        FailureKind::TooNew
    );
    let failure = vault
        .write_settings(&chosen(&[]))
        .expect_err("a newer one's");
    assert_eq!(failure.kind, FailureKind::TooNew);
    assert_eq!(std::fs::read_to_string(&path).expect("readable"), newer);
    assert_eq!(listed(&vault).len(), 2);
}

#[test]
fn a_vault_that_lost_its_mark_is_still_known_with_the_guardians_files_in_it() {
    let root = tempfile::tempdir().expect("a directory");
    let (vault, _) = open(root.path());
    vault.write_settings(&chosen(&[])).expect("writes");
    vault
        .write_guard_status(&status(None), false)
        .expect("writes");
    drop(vault);
    std::fs::remove_file(root.path().join("vault.json")).expect("removes");
    let (vault, _) = open(root.path());
    assert_eq!(vault.settings().expect("reads"), Some(chosen(&[])));
}
