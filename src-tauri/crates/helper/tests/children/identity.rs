//! Who reads: owners without privileges, and what a killed reader leaves (I3, I22, L6).

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::process::Command;

use lifeboat_store::child::capture::capture_group;
use lifeboat_store::child::privileges::{CHECKER_UID, Identity, Keep, VAULT_GID, diagnose};
use lifeboat_store::work::{CancelFlag, Work};
use lifeboat_store::{Failure, FailureKind};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::*;

fn field<'a>(status: &'a str, name: &str) -> Vec<&'a str> {
    let line = status
        .lines()
        .find(|line| line.split(':').next() == Some(name));
    line.unwrap_or_else(|| panic!("{name} in {status}"))
        .split_whitespace()
        .skip(1)
        .collect()
}

fn assert_status(status: &str, identity: Identity, capabilities: u64) {
    let (uid, gid) = (identity.uid.to_string(), identity.gid.to_string());
    assert_eq!(field(status, "Uid"), vec![uid.as_str(); 4]);
    assert_eq!(field(status, "Gid"), vec![gid.as_str(); 4]);
    assert_eq!(field(status, "Groups"), Vec::<&str>::new());
    for (set, expected) in [
        ("CapInh", 0),
        ("CapAmb", 0),
        ("CapPrm", capabilities),
        ("CapEff", capabilities),
    ] {
        assert_eq!(
            u64::from_str_radix(field(status, set)[0], 16),
            Ok(expected),
            "{set}"
        );
    }
    assert_eq!(field(status, "NoNewPrivs"), ["1"]);
}

#[test]
fn children_are_who_they_should_be_and_hold_nothing() {
    let _world = World::new();
    let work = Work::unwatched();
    for identity in [
        Identity {
            uid: OWNER,
            gid: OWNER,
        },
        Identity::CHECKER,
        Identity { uid: 0, gid: 0 },
    ] {
        let status = diagnose(identity, Keep::Nothing, &work).expect("diagnoses");
        assert_status(&status, identity, 0);
    }
    assert_eq!(
        Identity::CHECKER,
        Identity {
            uid: CHECKER_UID,
            gid: VAULT_GID
        }
    );
    let root = Identity { uid: 0, gid: 0 };
    let owner = Identity {
        uid: OWNER,
        gid: OWNER,
    };
    let status = diagnose(owner, Keep::DacOverride, &work).expect("diagnoses");
    assert_status(&status, owner, 1 << 1);
    let status = diagnose(root, Keep::DacOverride, &work).expect("diagnoses");
    assert_status(&status, root, 1 << 1);
    assert_eq!(
        field(&status, "CapBnd"),
        ["0000000000000000"],
        "could be emptied, so it was"
    );
}

#[test]
fn the_reader_of_a_database_is_its_owner() {
    let world = World::new();
    let _writer = filled(&world.path("a.db"), "wal", 10);
    world.hand_over();
    let captures = capture_group(vec![world.live("a.db")], &Work::unwatched()).expect("pins");
    let status = fs::read_to_string(format!("/proc/{}/status", captures[0].process_id()));
    assert_status(
        &status.expect("reads"),
        Identity {
            uid: OWNER,
            gid: OWNER,
        },
        0,
    );
}

#[test]
fn a_private_database_in_a_private_directory() {
    for mode in ["wal", "delete"] {
        let world = World::new();
        fs::create_dir(world.path("private")).expect("creates");
        let writer = filled(&world.path("private/a.db"), mode, 20);
        world.hand_over();
        for entry in fs::read_dir(world.path("private")).expect("lists") {
            let path = entry.expect("an entry").path();
            fs::set_permissions(path, Permissions::from_mode(0o600)).expect("closes");
        }
        fs::set_permissions(world.path("private"), Permissions::from_mode(0o700)).expect("closes");
        fs::set_permissions(world.volume(), Permissions::from_mode(0o700)).expect("closes");
        let before = state(&world.volume());
        let taken = take(world.live("private/a.db")).expect("captures");
        assert_eq!(taken.capture.ownership().uid, OWNER);
        assert_eq!(taken.capture.ownership().mode, 0o600);
        assert!(taken.finding_codes().is_empty());
        assert_eq!(state(&world.volume()), before);
        drop(writer);
    }
}

#[test]
fn databases_of_root_and_of_nobody_in_particular() {
    for (uid, gid) in [(0, 0), (0, OWNER), (4_000_000, 77)] {
        let world = World::new();
        let writer = filled(&world.path("a.db"), "wal", 20);
        for entry in fs::read_dir(world.volume()).expect("lists") {
            let path = entry.expect("an entry").path();
            chown(&path, Some(uid), Some(gid)).expect("hands over");
            fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("closes");
        }
        let taken = take(world.live("a.db")).expect("captures");
        let ownership = taken.capture.ownership();
        assert_eq!((ownership.uid, ownership.gid), (uid, gid));
        assert!(taken.finding_codes().is_empty());
        drop(writer);
    }
}

/// A directory that only root may enter, with a database of somebody else's in it: what an
/// application that runs as root may have made.
fn closed_directory(world: &World, mode: u32) {
    for name in ["", "-wal", "-shm"] {
        let path = with_suffix(&world.path("closed/a.db"), name);
        if path.exists() {
            fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("closes");
        }
    }
    chown(world.path("closed"), Some(0), Some(0)).expect("hands over");
    fs::set_permissions(world.path("closed"), Permissions::from_mode(mode)).expect("closes");
}

#[test]
fn an_owner_who_is_locked_out_is_helped_to_read_and_not_to_write() {
    for mode in ["wal", "delete"] {
        let world = World::new();
        fs::create_dir(world.path("closed")).expect("creates");
        let writer = filled(&world.path("closed/a.db"), mode, 20);
        world.hand_over();
        closed_directory(&world, 0o700);
        let before = state(&world.volume());
        for writable in [false, true] {
            let mut request = world.live("closed/a.db");
            request.writable = writable;
            let captures = capture_group(vec![request], &Work::unwatched()).expect("pins");
            let status = fs::read_to_string(format!("/proc/{}/status", captures[0].process_id()));
            let owner = Identity {
                uid: OWNER,
                gid: OWNER,
            };
            assert_status(&status.expect("reads"), owner, 1 << 1);
            let taken = drain(captures.into_iter().next().expect("one")).expect("reads");
            assert_eq!(taken.finding_codes(), ["owner-locked-out"]);
            assert_eq!(number(&taken.bytes, "SELECT count(*) FROM t"), 20);
            assert_eq!(state(&world.volume()), before, "{mode}");
        }
        add_rows(&writer, 1);
    }
}

#[test]
fn a_cleanly_closed_database_is_left_without_side_files_where_its_owner_is_locked_out() {
    let world = World::new();
    fs::create_dir(world.path("closed")).expect("creates");
    filled(&world.path("closed/a.db"), "wal", 20)
        .close()
        .expect("closes");
    world.hand_over();
    // The owner may look in, but not make a file there.
    for mode in [0o700, 0o755] {
        closed_directory(&world, mode);
        let before = state(&world.volume());
        let mut request = world.live("closed/a.db");
        request.writable = true;
        let taken = take(request).expect("captures");
        assert_eq!(number(&taken.bytes, "SELECT count(*) FROM t"), 20);
        assert_eq!(state(&world.volume()), before, "mode {mode:o}");
    }
}

#[test]
fn the_owner_who_is_locked_out_does_not_keep_others_from_a_common_moment() {
    let world = World::new();
    let mut writers = Vec::new();
    fs::create_dir(world.path("closed")).expect("creates");
    filled(&world.path("closed/a.db"), "wal", 20)
        .close()
        .expect("closes");
    for name in ["b.db", "c.db"] {
        writers.push(filled(&world.path(name), "wal", 20));
    }
    world.hand_over();
    for mode in [0o700, 0o755] {
        closed_directory(&world, mode);
        let requests = ["closed/a.db", "b.db", "c.db"].map(|name| {
            let mut request = world.live(name);
            request.writable = true;
            request
        });
        let captures = capture_group(requests.to_vec(), &Work::unwatched()).expect("pins");
        assert_eq!(captures[1].pin(), captures[2].pin(), "one moment");
        let told: Vec<bool> = captures
            .into_iter()
            .map(|capture| {
                let taken = drain(capture).expect("reads");
                assert_eq!(number(&taken.bytes, "SELECT count(*) FROM t"), 20);
                taken.finding_codes().contains(&"moment-of-its-own")
            })
            .collect();
        assert_eq!(told, [true, false, false], "mode {mode:o}");
    }
    assert!(!world.path("closed/a.db-wal").exists(), "nothing was left");
}

/// The volume once more, mounted read-only.
struct ReadOnlyMount(std::path::PathBuf);

impl ReadOnlyMount {
    fn of(world: &World) -> Self {
        let target = world.elsewhere("read-only");
        for arguments in [vec!["--bind"], vec!["-o", "remount,bind,ro"]] {
            let status = Command::new("mount")
                .args(arguments)
                .arg(world.volume())
                .arg(&target)
                .status();
            assert!(status.expect("runs mount").success());
        }
        Self(target)
    }
}

impl Drop for ReadOnlyMount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[test]
fn a_read_only_mount_is_enough() {
    let world = World::new();
    let live = filled(&world.path("live.db"), "wal", 200);
    crash_image(&world.path("live.db"), &world.path("crashed.db"));
    crash_image(&world.path("live.db"), &world.path("no-index.db"));
    fs::remove_file(world.path("no-index.db-shm")).expect("removes");
    filled(&world.path("clean.db"), "wal", 200)
        .close()
        .expect("closes");
    filled(&world.path("rollback.db"), "delete", 200)
        .close()
        .expect("closes");
    world.hand_over();
    let mount = ReadOnlyMount::of(&world);
    let before = state(&world.volume());
    for (name, in_use) in [
        ("live.db", true),
        ("crashed.db", true),
        ("crashed.db", false),
        ("clean.db", true),
        ("clean.db", false),
        ("rollback.db", true),
        ("rollback.db", false),
        ("no-index.db", false),
    ] {
        let mut request = world.request(name);
        (request.mount_root, request.in_use) = (mount.0.clone(), in_use);
        let taken = take(request).unwrap_or_else(|it| panic!("{name}, {in_use}: {it:?}"));
        assert_eq!(
            number(&taken.bytes, "SELECT count(*) FROM t"),
            200,
            "{name}"
        );
        assert_eq!(integrity(&taken.bytes), "ok");
    }
    let mut request = world.live("no-index.db");
    request.mount_root = mount.0.clone();
    let failure = take(request).map(|_| ()).expect_err("needs more");
    assert_eq!(failure.kind, FailureKind::NeedsReadWrite);
    assert_eq!(state(&world.volume()), before);
    add_rows(&live, 1);
}

fn failure_of_a_killed_reader(world: &World, writable: bool) -> Failure {
    let mut request = world.live("a.db");
    request.writable = writable;
    let mut captures = capture_group(vec![request], &Work::unwatched()).expect("pins");
    let id = Pid::from_raw(i32::try_from(captures[0].process_id()).expect("a process id"));
    kill(id, Signal::SIGKILL).expect("kills");
    drain(captures.pop().expect("one"))
        .map(|_| ())
        .expect_err("cannot go on")
}

#[test]
fn a_killed_reader_leaves_the_application_alone() {
    for mode in ["wal", "delete"] {
        let world = World::new();
        let writer = filled(&world.path("a.db"), mode, 3000);
        world.hand_over();
        let before = state(&world.volume());
        let failure = failure_of_a_killed_reader(&world, false);
        assert_eq!(failure.kind, FailureKind::Io, "{failure:?}");
        assert_eq!(state(&world.volume()), before, "the source is as it was");
        add_rows(&writer, 5);
    }
    let world = World::new();
    filled(&world.path("a.db"), "wal", 3000)
        .close()
        .expect("closes");
    world.hand_over();
    failure_of_a_killed_reader(&world, true);
    for (path, marks) in state(&world.volume()) {
        assert_eq!(
            marks[7],
            i64::from(OWNER),
            "{path:?} belongs to the application"
        );
    }
    let writer = rusqlite::Connection::open(world.path("a.db")).expect("opens");
    add_rows(&writer, 5);
}

#[test]
fn a_cancel_is_heard_while_waiting_for_a_lock() {
    let world = World::new();
    let writer = filled(&world.path("a.db"), "delete", 10);
    writer.execute_batch("BEGIN EXCLUSIVE").expect("locks");
    world.hand_over();
    let mut request = world.live("a.db");
    request.lock_timeout_ms = 600_000;
    let flag = CancelFlag::default();
    let work = Work::new(flag.clone(), |_| {});
    let waiting = std::thread::spawn(move || capture_group(vec![request], &work).map(|_| ()));
    flag.set();
    let failure = waiting.join().expect("ends").expect_err("is cancelled");
    assert_eq!(failure.kind, FailureKind::Cancelled);
}
