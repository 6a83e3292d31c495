//! Processes that are killed anywhere: what is listed is whole.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use lifeboat_store::vault::Vault;

use crate::support::{draft, exclusive, open, publish};

const ROOT: &str = "LIFEBOAT_TEST_VAULT_CRASH";
const FIRST: &str = "LIFEBOAT_TEST_VAULT_CRASH_FIRST";

/// Runs this test again and again in processes of their own that take, judge and delete backups
/// without end, and kills them.
#[test]
fn a_kill_at_any_moment_leaves_whole_backups_or_none() {
    if let Some(root) = std::env::var_os(ROOT) {
        let first = std::env::var(FIRST)
            .expect("set")
            .parse()
            .expect("a number");
        work_until_killed(Path::new(&root), first);
    }
    let root = tempfile::tempdir().expect("a directory");
    for round in 0..8_u32 {
        let mut child = Command::new(std::env::current_exe().expect("a path"))
            .args([
                "--exact",
                "crashes::a_kill_at_any_moment_leaves_whole_backups_or_none",
            ])
            .arg("--nocapture")
            .env(ROOT, root.path())
            .env(FIRST, (round * 10_000).to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("starts");
        let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        // A different moment each time: after so many steps, and wherever it then happens to be.
        let steps = 3 + round as usize * 2;
        let told: Vec<_> = lines.by_ref().map_while(Result::ok).take(steps).collect();
        assert_eq!(told.len(), steps, "it died by itself: {told:?}");
        spin(round * 5_000);
        child.kill().expect("killed");
        child.wait().expect("ended");
        check(root.path(), round);
    }
}

fn work_until_killed(root: &Path, first: u32) -> ! {
    let (vault, _) = Vault::open(root, &exclusive()).expect("opens");
    let content = vec![7; 100_000];
    for number in first.. {
        let id = publish(&vault, number, &content)
            .expect("published")
            .summary
            .id;
        vault
            .write_verification(&id, &crate::support::sound())
            .expect("written");
        vault.audit_append(draft(&id)).expect("appends");
        if number % 3 == 2 {
            vault.delete(&[id]).expect("deleted");
        }
        writeln!(std::io::stderr(), "{number}").expect("told");
    }
    unreachable!("numbers do not run out before the kill");
}

fn spin(count: u32) {
    for number in 0..count {
        std::hint::black_box(number);
    }
}

fn check(root: &Path, round: u32) {
    let (vault, _) = open(root);
    let listing = vault.list().expect("lists");
    assert!(
        listing.unreadable.is_empty(),
        "round {round}: {:?}",
        listing.unreadable
    );
    assert!(!listing.backups.is_empty());
    for record in &listing.backups {
        let id = &record.summary.id;
        vault
            .check_files(id)
            .unwrap_or_else(|failure| panic!("round {round}: {failure}"));
        let mut content = Vec::new();
        vault
            .open_archive(id)
            .expect("opens")
            .read_to_end(&mut content)
            .expect("reads");
        assert_eq!(content, vec![7; 100_000], "round {round}");
    }
    for room in ["incoming", "trash", "scratch"] {
        let mut left = std::fs::read_dir(root.join(room)).expect("readable");
        assert!(left.next().is_none(), "round {round}: {room}");
    }
    assert_eq!(
        vault.audit_verify().expect("checks").broken,
        None,
        "round {round}"
    );
}
