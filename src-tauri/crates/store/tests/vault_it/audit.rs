//! The audit log: what is changed in it shows.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::thread;

use lifeboat_store::files::sha256_of_bytes;
use lifeboat_store::protocol::AuditChain;
use lifeboat_store::vault::Vault;
use tempfile::TempDir;

use crate::support::{draft, open, reading};

struct Log {
    _root: TempDir,
    vault: Vault,
    path: PathBuf,
}

impl Log {
    fn with_entries(count: u32) -> Self {
        let root = tempfile::tempdir().expect("a directory");
        let (vault, _) = open(root.path());
        for number in 1..=count {
            let head = vault
                .audit_append(draft(&format!("backup {number}")))
                .expect("appends");
            assert_eq!(head.number, u64::from(number));
        }
        let path = root.path().join("audit.jsonl");
        Self {
            path,
            vault,
            _root: root,
        }
    }

    fn lines(&self) -> Vec<String> {
        fs::read_to_string(&self.path)
            .expect("text")
            .lines()
            .map(str::to_owned)
            .collect()
    }

    fn write_lines(&self, lines: &[String]) {
        fs::write(&self.path, lines.join("\n") + "\n").expect("written");
    }

    fn add_raw(&self, bytes: &[u8]) {
        let mut file = OpenOptions::new()
            .append(true)
            .open(&self.path)
            .expect("opens");
        file.write_all(bytes).expect("writes");
    }

    fn check(&self) -> AuditChain {
        self.vault.audit_verify().expect("checks")
    }
}

#[test]
fn entries_are_chained_by_hashes_that_anybody_can_compute() {
    let log = Log::with_entries(3);
    let chain = log.check();
    assert_eq!(
        (chain.head.number, &chain.broken, chain.torn_end),
        (3, &None, false)
    );
    let mut previous = "0".repeat(64);
    for line in log.lines() {
        let mut entry: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(&line).expect("JSON");
        assert_eq!(entry["previous_hash"], previous);
        let hash = entry.remove("hash").expect("a hash");
        let canonical: std::collections::BTreeMap<_, _> = entry.into_iter().collect();
        let text = serde_json::to_string(&canonical).expect("text");
        assert_eq!(hash, sha256_of_bytes(text.as_bytes()));
        previous = hash.as_str().expect("text").to_owned();
    }
    assert_eq!(chain.head.hash, previous);
    let entries = log.vault.audit_read(Some(2)).expect("reads");
    let targets: Vec<_> = entries
        .iter()
        .map(|entry| entry.draft.target.as_str())
        .collect();
    assert_eq!(targets, ["backup 2", "backup 3"]);
    assert_eq!(log.vault.audit_read(None).expect("reads").len(), 3);
    assert!(log.vault.audit_read(Some(0)).expect("reads").is_empty());
}

#[test]
fn an_empty_log_is_in_order() {
    let root = tempfile::tempdir().expect("a directory");
    let (vault, _) = Vault::open(root.path(), &reading()).expect("opens");
    let chain = vault.audit_verify().expect("checks");
    assert_eq!(
        (chain.head.number, chain.broken, chain.torn_end),
        (0, None, false)
    );
    assert!(vault.audit_read(None).expect("reads").is_empty());
}

#[test]
fn whatever_is_done_to_the_lines_breaks_the_chain() {
    type Tamper = fn(&mut Vec<String>);
    let cases: [(&str, u64, Tamper); 10] = [
        ("edited", 3, |lines| {
            lines[2] = lines[2].replace("backup 3", "backup 4");
        }),
        ("a field added", 3, |lines| {
            lines[2] = lines[2].replacen('{', "{\"a\":1,", 1);
        }),
        ("white space added", 3, |lines| {
            lines[2] = lines[2].replacen('{', "{ ", 1);
        }),
        ("removed", 2, |lines| drop(lines.remove(1))),
        ("first removed", 1, |lines| drop(lines.remove(0))),
        ("swapped", 2, |lines| lines.swap(1, 2)),
        ("doubled", 3, |lines| lines.insert(2, lines[1].clone())),
        ("garbage put in", 3, |lines| {
            lines.insert(2, "{\"actor\":\"cl".to_owned());
        }),
        ("an empty line put in", 3, |lines| {
            lines.insert(2, String::new());
        }),
        ("cut short", 3, |lines| lines[2].truncate(40)),
    ];
    for (what, number, tamper) in cases {
        let log = Log::with_entries(5);
        let mut lines = log.lines();
        tamper(&mut lines);
        log.write_lines(&lines);
        let chain = log.check();
        let (found, why) = chain
            .broken
            .unwrap_or_else(|| panic!("{what}: not noticed"));
        assert_eq!(found, number, "{what}: {why}");
        assert!(!chain.torn_end, "{what}");
        // The log goes on, and stays broken.
        log.vault.audit_append(draft("after")).expect("appends");
        assert_eq!(
            log.check().broken.map(|broken| broken.0),
            Some(number),
            "{what}"
        );
    }
}

#[test]
fn every_changed_byte_of_the_log_shows() {
    let log = Log::with_entries(2);
    let whole = fs::read(&log.path).expect("readable");
    let first_line = whole
        .iter()
        .position(|byte| *byte == b'\n')
        .expect("a line");
    for position in 0..whole.len() - 1 {
        let mut bytes = whole.clone();
        bytes[position] ^= 1;
        fs::write(&log.path, bytes).expect("written");
        let chain = log.check();
        let noticed = chain.broken.is_some() || (position >= first_line && chain.torn_end);
        assert!(noticed, "byte {position}");
    }
}

#[test]
fn a_line_that_a_crash_cut_off_stays_and_the_chain_goes_on() {
    for torn in [
        &b"{\"actor\":\"cli:an"[..],
        b"\0\0\0\0\0",
        b"\xff",
        b"{\"actor\":\"cli\"}x\n",
    ] {
        let log = Log::with_entries(2);
        let before = log.check().head;
        log.add_raw(torn);
        let chain = log.check();
        assert_eq!((&chain.head, &chain.broken), (&before, &None), "{torn:?}");
        assert!(chain.torn_end && chain.torn_lines == 1, "{torn:?}");

        let head = log.vault.audit_append(draft("after")).expect("appends");
        assert_eq!(head.number, 3);
        let chain = log.check();
        assert_eq!(
            (chain.head, &chain.broken, chain.torn_end),
            (head, &None, false),
            "{torn:?}"
        );
        assert_eq!(chain.torn_lines, 1, "{torn:?}");
        assert_eq!(log.vault.audit_read(None).expect("reads").len(), 3);

        // The entry after it vouches for it: taking it away shows, and so does changing it.
        let whole = fs::read(&log.path).expect("readable");
        let mut lines: Vec<_> = whole
            .split(|byte| *byte == b'\n')
            .map(<[u8]>::to_vec)
            .collect();
        lines[2].push(b'!');
        fs::write(&log.path, lines.join(&b'\n')).expect("written");
        assert_eq!(
            log.check().broken.map(|broken| broken.0),
            Some(3),
            "{torn:?}"
        );
        lines.remove(2);
        fs::write(&log.path, lines.join(&b'\n')).expect("written");
        assert_eq!(
            log.check().broken.map(|broken| broken.0),
            Some(3),
            "{torn:?}"
        );
    }
}

#[test]
fn an_entry_that_lost_only_its_end_of_line_is_whole() {
    let log = Log::with_entries(2);
    let whole = fs::read(&log.path).expect("readable");
    fs::write(&log.path, &whole[..whole.len() - 1]).expect("written");
    assert_eq!((log.check().head.number, log.check().torn_end), (2, false));
    assert_eq!(
        log.vault
            .audit_append(draft("after"))
            .expect("appends")
            .number,
        3
    );
    assert_eq!((log.check().broken, log.check().torn_lines), (None, 0));
}

#[test]
fn lines_of_hostile_length_and_texts_do_no_harm() {
    let log = Log::with_entries(1);
    log.add_raw(&vec![b'x'; 5_000_000]);
    assert!(log.check().torn_end);
    let mut hostile = draft(&"\u{1}é".repeat(1_000_000));
    hostile.reason = Some("line\nbreak\",\"hash\":\"".repeat(10_000));
    assert_eq!(log.vault.audit_append(hostile).expect("appends").number, 2);
    let chain = log.check();
    assert_eq!(
        (chain.broken, chain.torn_lines, chain.head.number),
        (None, 1, 2)
    );
    let entries = log.vault.audit_read(None).expect("reads");
    assert!(entries[1].draft.target.len() < 4096);
    assert!(entries[1].draft.target.ends_with('…'));
}

#[test]
fn sessions_that_append_at_the_same_time_never_interleave() {
    let log = Log::with_entries(0);
    let root = log.path.parent().expect("a directory");
    thread::scope(|scope| {
        for worker in 0..6 {
            scope.spawn(move || {
                let (vault, _) = Vault::open(root, &reading()).expect("opens");
                for number in 0..20 {
                    vault
                        .audit_append(draft(&format!("{worker}-{number}")))
                        .expect("appends");
                }
            });
        }
    });
    let chain = log.check();
    assert_eq!(
        (chain.head.number, chain.broken, chain.torn_lines),
        (120, None, 0)
    );
}

/// The log's files, oldest first.
fn files_of(log: &Log) -> Vec<PathBuf> {
    let folder = log.path.parent().expect("a folder");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            let name = path.file_name().expect("a name").to_string_lossy();
            name.starts_with("audit-")
        })
        .collect();
    files.sort();
    files.push(log.path.clone());
    files
}

/// A log of three files. Its entries are long.
fn log_of_three_files() -> (Log, u64) {
    let log = Log::with_entries(3);
    let mut number = 3;
    while files_of(&log).len() < 3 {
        let mut entry = draft(&"x".repeat(2000));
        entry.reason = Some("y".repeat(2000));
        entry.actor = "z".repeat(2000);
        number = log.vault.audit_append(entry).expect("appends").number;
        assert!(number < 1000, "it is never full");
    }
    (log, number)
}

#[test]
fn a_full_file_is_kept_and_the_chain_goes_on_in_the_next() {
    let (log, number) = log_of_three_files();
    let files = files_of(&log);
    for file in &files {
        let length = fs::metadata(file).expect("there").len();
        assert!(length < 1024 * 1024 + 20_000, "{length}: {file:?}");
    }
    let chain = log.check();
    assert_eq!((chain.head.number, &chain.broken), (number, &None));
    let read = log.vault.audit_read(None).expect("reads");
    let numbers: Vec<u64> = read.iter().map(|entry| entry.number).collect();
    assert_eq!(numbers, (1..=number).collect::<Vec<_>>());
    let newest = log.vault.audit_read(Some(5)).expect("reads");
    assert_eq!(newest.last(), read.last());
    assert_eq!(newest.len(), 5, "from the file before, too");
    // It opens as a vault like any other.
    let root = log.path.parent().expect("a folder").to_owned();
    Vault::open(&root, &reading()).expect("opens");
}

#[test]
fn a_file_that_is_removed_cut_off_or_edited_shows_and_is_named() {
    type Tamper = fn(&[PathBuf]);
    let cut_off = |path: &PathBuf| {
        let text = fs::read_to_string(path).expect("text");
        let lines: Vec<&str> = text.lines().collect();
        fs::write(path, lines[..lines.len() - 2].join("\n") + "\n").expect("written");
    };
    let cases: [(&str, Tamper, &str); 5] = [
        (
            "first removed",
            |files| fs::remove_file(&files[0]).expect("removed"),
            "missing",
        ),
        (
            "second removed",
            |files| fs::remove_file(&files[1]).expect("removed"),
            "missing",
        ),
        (
            "newest removed",
            |files| fs::remove_file(&files[2]).expect("removed"),
            "audit.jsonl",
        ),
        (
            "emptied",
            |files| fs::write(&files[0], "").expect("written"),
            "missing",
        ),
        (
            "edited",
            |files| {
                let text = fs::read_to_string(&files[0]).expect("text");
                fs::write(&files[0], text.replace("backup 2", "backup 9")).expect("written");
            },
            "does not fit its hash",
        ),
    ];
    for (what, tamper, words) in cases {
        let (log, _) = log_of_three_files();
        tamper(&files_of(&log));
        let (_, why) = log
            .check()
            .broken
            .unwrap_or_else(|| panic!("{what}: not noticed"));
        assert!(why.contains(words), "{what}: {why}");
    }
    let (log, _) = log_of_three_files();
    let files = files_of(&log);
    cut_off(&files[0]);
    let (number, why) = log.check().broken.expect("noticed");
    let left = fs::read_to_string(&files[0]).expect("text").lines().count();
    assert_eq!(number, left as u64 + 1, "the first that is missing");
    assert!(
        why.contains("cut off") && why.contains("audit-"),
        "the file is named: {why}"
    );
}

/// A crash can leave the full file with both names: nothing is read twice, and the next entry begins the file.
#[test]
fn a_crash_while_a_file_is_begun_loses_and_doubles_nothing() {
    let (log, number) = log_of_three_files();
    let files = files_of(&log);
    // As it was before the last entry began the newest file.
    fs::remove_file(&log.path).expect("removed");
    fs::hard_link(&files[1], &log.path).expect("linked");
    fs::write(log.path.with_file_name(".audit.jsonl.new"), "{\"half").expect("written");
    assert_eq!(log.check().head.number, number - 1);
    assert_eq!(log.check().broken, None);
    let read = log.vault.audit_read(None).expect("reads");
    assert_eq!(read.len() as u64, number - 1);
    let head = log.vault.audit_append(draft("again")).expect("appends");
    assert_eq!(head.number, number);
    assert_eq!(log.check().broken, None);
    assert_eq!(log.lines().len(), 1, "it is the first of a new file");
}

#[test]
fn sessions_that_append_while_a_file_becomes_full_lose_nothing() {
    let (log, number) = log_of_three_files();
    let root = log.path.parent().expect("a folder").to_owned();
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let root = root.clone();
            thread::spawn(move || {
                let (vault, _) = Vault::open(&root, &reading()).expect("opens");
                for _ in 0..100 {
                    let mut entry = draft(&"x".repeat(2000));
                    entry.reason = Some("y".repeat(2000));
                    vault.audit_append(entry).expect("appends");
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().expect("ends");
    }
    let chain = log.check();
    assert_eq!((chain.head.number, chain.broken), (number + 400, None));
    assert!(files_of(&log).len() > 3, "one became full meanwhile");
}
