//! The history of sizes, rows and verdicts: what is added, what is not, and what stays.

use std::fmt::Write as _;
use std::fs;

use jiff::{SignedDuration, Timestamp};
use lifeboat_store::RelativePath;
use lifeboat_store::history::{HistoryDatabase, HistoryPoint, HistorySource};
use lifeboat_store::manifest::Verdict;

use crate::support::{open, publish, reading, start_time};
use lifeboat_store::vault::Vault;

fn after(minutes: i64) -> Timestamp {
    start_time() + SignedDuration::from_mins(minutes)
}

fn look(minutes: i64, source: HistorySource, size_bytes: u64) -> HistoryPoint {
    let database = HistoryDatabase {
        volume: "shop_data".to_owned(),
        path: RelativePath::new("app.db").expect("a path"),
        size_bytes,
        wal_bytes: Some(512),
        rows: Some(10),
        table_count: 2,
        page_size: 4096,
        free_page_count: Some(1),
        verdict: Verdict::Sound,
    };
    HistoryPoint::new(after(minutes), source, vec![database])
}

fn check(minutes: i64, size_bytes: u64) -> HistoryPoint {
    look(minutes, HistorySource::Check, size_bytes)
}

fn backup(minutes: i64, id: &str) -> HistoryPoint {
    look(minutes, HistorySource::Backup { id: id.to_owned() }, 4096)
}

fn sizes(vault: &Vault) -> Vec<u64> {
    let points = vault.history().expect("reads");
    points
        .iter()
        .map(|point| point.databases[0].size_bytes)
        .collect()
}

#[test]
fn a_look_is_remembered_with_what_the_vault_knows_of_its_disk() {
    let root = tempfile::tempdir().expect("a directory");
    let (vault, _) = open(root.path());
    assert!(vault.history().expect("reads").is_empty());
    publish(&vault, 1, b"an archive").expect("a backup");
    assert!(vault.record_history(check(0, 8192)).expect("remembers"));
    let points = vault.history().expect("reads");
    assert_eq!(points[0].databases, check(0, 8192).databases);
    assert_eq!(
        points[0].vault_bytes,
        Some(vault.used_bytes().expect("bytes"))
    );
    assert!(points[0].free_bytes.is_some_and(|bytes| bytes > 0));
}

#[test]
fn whoever_holds_no_lock_may_add_while_a_job_has_it() {
    let root = tempfile::tempdir().expect("a directory");
    let (_job, _) = open(root.path());
    let (vault, _) = Vault::open(root.path(), &reading()).expect("opens");
    assert!(vault.record_history(check(0, 8192)).expect("remembers"));
    assert_eq!(sizes(&vault), [8192]);
}

#[test]
fn nobody_waits_for_long_where_another_session_is_writing() {
    let root = tempfile::tempdir().expect("a directory");
    let (vault, _) = open(root.path());
    vault.record_history(check(0, 1)).expect("remembers");
    let file = fs::File::open(root.path().join("history.jsonl")).expect("is there");
    file.lock().expect("locked");
    let before = std::time::Instant::now();
    let failure = vault.record_history(check(60, 2)).expect_err("it is held");
    assert_eq!(failure.kind, lifeboat_store::FailureKind::Busy);
    assert!(before.elapsed() < std::time::Duration::from_secs(5));
    drop(file);
    assert!(vault.record_history(check(60, 2)).expect("remembers"));
}

#[test]
fn what_was_seen_just_before_is_not_seen_again() {
    let root = tempfile::tempdir().expect("a directory");
    let (vault, _) = open(root.path());
    let added: Vec<bool> = [
        check(0, 1),
        check(5, 1),
        check(6, 2),
        check(12, 2),
        check(20, 2),
        backup(21, "20260101T002100Z-test1"),
        backup(21, "20260101T002100Z-test1"),
        check(22, 4096),
    ]
    .into_iter()
    .map(|point| vault.record_history(point).expect("reads"))
    .collect();
    assert_eq!(added, [true, false, true, false, true, true, false, true]);
    assert_eq!(sizes(&vault), [1, 2, 2, 4096, 4096]);
}

#[test]
fn lines_that_are_torn_or_strange_hide_no_others() {
    let root = tempfile::tempdir().expect("a directory");
    let (vault, _) = open(root.path());
    vault.record_history(check(0, 1)).expect("remembers");
    let path = root.path().join("history.jsonl");
    let mut text = fs::read_to_string(&path).expect("readable");
    text.push_str("{\"what\":\"of a later version\"}\n\u{fffd}\n{\"at\":\"2026-01-0");
    fs::write(&path, text).expect("written");
    vault.record_history(check(60, 3)).expect("remembers");
    assert_eq!(sizes(&vault), [1, 3]);
}

#[test]
fn a_history_past_its_bounds_is_thinned_and_stays_in_them() {
    let root = tempfile::tempdir().expect("a directory");
    let (vault, _) = open(root.path());
    let path = root.path().join("history.jsonl");
    let mut text = String::new();
    for hour in 0..3000 {
        let line = serde_json::to_string(&check(hour * 60, 1)).expect("plain data");
        let _ = writeln!(text, "{}", line.replacen('{', "{\"later\":true,", 1));
    }
    fs::write(&path, &text).expect("written");
    vault
        .record_history(check(3000 * 60, 2))
        .expect("remembers");
    let points = vault.history().expect("reads");
    let young = points
        .iter()
        .filter(|point| point.at >= after((3000 - 24 * 30) * 60));
    assert_eq!(young.count(), 24 * 30 + 1);
    assert!(points.len() < 24 * 30 + 100, "{} points", points.len());
    assert_eq!(points[points.len() - 1].databases[0].size_bytes, 2);
    let kept = fs::read_to_string(&path).expect("readable");
    assert!(kept.len() < text.len() / 2);
    assert!(
        kept.starts_with("{\"later\":true,"),
        "lines stay as they were"
    );
}

#[test]
fn a_vault_without_a_layout_gets_no_history() {
    let root = tempfile::tempdir().expect("a directory");
    let (vault, _) = Vault::open(root.path(), &reading()).expect("opens");
    assert!(vault.record_history(check(0, 1)).is_err());
    assert_eq!(fs::read_dir(root.path()).expect("readable").count(), 0);
}
