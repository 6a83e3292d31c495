//! A volume, a vault, a guardian; and ways to wait for what it says.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use lifeboat_store::guard::{GuardSpec, GuardState, GuardStatus, GuardedSource};
use lifeboat_store::manifest::{BackedVolume, FORMAT_VERSION, Ownership, StorageKind};
use lifeboat_store::protocol::{
    Answer, AuditEntry, BackupRecord, BackupSource, FromHelper, OpenVault, Request, SourceMount,
    ToHelper,
};
use lifeboat_store::settings::{Key, Layers, StoredSettings};
use lifeboat_store::vault::Vault;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

pub(crate) const APP: &str = "shop";
const HELPER: &str = env!("CARGO_BIN_EXE_lifeboat-helper");
/// Longer than anything here takes, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(90);

/// One application's volume and vault, as a helper's container has them mounted.
pub(crate) struct World {
    directory: tempfile::TempDir,
}

impl World {
    /// With a database of three rows, and settings.
    pub(crate) fn new(settings: &[(Key, &str)]) -> Self {
        assert!(nix::unistd::geteuid().is_root(), "these tests run as root");
        let directory = tempfile::tempdir().expect("a directory");
        fs::set_permissions(directory.path(), Permissions::from_mode(0o755)).expect("opens it");
        let world = Self { directory };
        fs::create_dir(world.root().join("vault")).expect("creates");
        fs::create_dir_all(world.volume()).expect("creates");
        fs::set_permissions(world.volume(), Permissions::from_mode(0o755)).expect("opens it");
        world.make_database("app.db");
        world.set(settings);
        world.protect();
        world
    }

    pub(crate) fn root(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn volume(&self) -> PathBuf {
        self.root().join("volumes/0")
    }

    pub(crate) fn make_database(&self, name: &str) {
        let path = self.volume().join(name);
        let database = rusqlite::Connection::open(&path).expect("opens");
        let script = "CREATE TABLE t(a); INSERT INTO t VALUES(1), (2), (3)";
        database.execute_batch(script).expect("fills");
        chown(&path, Some(1000), Some(1000)).expect("hands over");
        chown(self.volume(), Some(1000), Some(1000)).expect("hands over");
    }

    /// Mounts vault and volumes a second time.
    pub(crate) fn mount_writable(&self) {
        let second = self.root().join("writable");
        fs::create_dir(&second).expect("creates");
        for name in ["vault", "volumes"] {
            symlink(self.root().join(name), second.join(name)).expect("links");
        }
    }

    /// Writes settings, as a desktop would.
    pub(crate) fn set(&self, pairs: &[(Key, &str)]) {
        let lifeboat = pairs.iter().map(|(key, value)| (*key, (*value).to_owned()));
        let layers = Layers {
            lifeboat: lifeboat.collect(),
            ..Layers::default()
        };
        let settings = StoredSettings::resolve(&layers, None, Timestamp::now(), "tests");
        assert!(settings.refused.is_empty());
        self.ask(Request::WriteSettings {
            settings: Box::new(settings),
        });
    }

    /// Switches protection on, as a desktop would.
    pub(crate) fn protect(&self) {
        self.ask(Request::WriteGuard {
            spec: Some(Box::new(spec())),
        });
    }

    /// One request to a session that holds the lock.
    pub(crate) fn ask(&self, request: Request) -> Answer {
        let open = Request::OpenVault(OpenVault {
            app: APP.to_owned(),
            exclusive: true,
            holder: "tests".to_owned(),
            recovery: false,
        });
        let mut session = Command::new(HELPER)
            .arg(format!("--root={}", self.root().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("starts");
        let mut input = session.stdin.take().expect("an input");
        for (id, request) in [(1, open), (2, request)] {
            let line = serde_json::to_string(&ToHelper::Request { id, request }).expect("plain");
            writeln!(input, "{line}").expect("asks");
        }
        let output = BufReader::new(session.stdout.take().expect("an output"));
        for line in output.lines() {
            match serde_json::from_str(&line.expect("a line")).expect("a message") {
                FromHelper::Done { id: 2, answer } => {
                    drop(input);
                    assert!(session.wait().expect("ends").success());
                    return *answer;
                }
                FromHelper::Failed { failure, .. } => panic!("{failure:?}"),
                _ => {}
            }
        }
        panic!("no answer");
    }

    /// The vault, opened for looking.
    pub(crate) fn vault(&self) -> Vault {
        let request = OpenVault {
            app: APP.to_owned(),
            exclusive: false,
            holder: String::new(),
            recovery: false,
        };
        Vault::open(&self.root().join("vault"), &request)
            .expect("opens")
            .0
    }

    /// Newest first.
    pub(crate) fn backups(&self) -> Vec<BackupRecord> {
        self.vault().list().expect("lists").backups
    }

    pub(crate) fn audit(&self) -> Vec<AuditEntry> {
        let vault = self.vault();
        assert_eq!(vault.audit_verify().expect("checks").broken, None);
        vault.audit_read(None).expect("reads")
    }

    pub(crate) fn status(&self) -> Option<GuardStatus> {
        self.vault().guard_status().expect("reads")
    }

    /// Changes what the guardian will remember when it starts.
    pub(crate) fn remember(&self, change: impl FnOnce(&mut GuardStatus)) {
        let mut status = self.status().expect("a status");
        change(&mut status);
        self.vault()
            .write_guard_status(&status, true)
            .expect("writes");
    }

    /// A guardian that has started, taken a backup and ended.
    pub(crate) fn with_one_backup(settings: &[(Key, &str)]) -> Self {
        let world = Self::new(settings);
        let guardian = Guardian::start(&world);
        guardian.wait_for("a start-up backup", |status| status.last_success.is_some());
        guardian.end();
        world
    }
}

fn spec() -> GuardSpec {
    let mount = SourceMount {
        index: 0,
        name: "shop_data".to_owned(),
        single_file: false,
        writable: false,
        in_use: true,
    };
    let volume = BackedVolume {
        index: 0,
        kind: StorageKind::Volume,
        name: "shop_data".to_owned(),
        compose_volume: None,
        driver: "local".to_owned(),
        labels: Default::default(),
        options: Default::default(),
        destinations: vec!["/data".to_owned()],
        root: Ownership::default(),
    };
    GuardSpec {
        format: FORMAT_VERSION,
        app: APP.to_owned(),
        protected_since: Timestamp::now(),
        by: "tests".to_owned(),
        tool_version: "0.1.0".to_owned(),
        sources: vec![GuardedSource {
            source: BackupSource { mount, volume },
            engine_mark: None,
            mark: None,
        }],
        releases: Vec::new(),
        compose_project: Some(APP.to_owned()),
        source_commit: None,
        lock_timeout_ms: 60_000,
        max_wal_growth_bytes: 1 << 30,
        look_every_ms: 200,
    }
}

/// A running guardian.
pub(crate) struct Guardian<'a> {
    process: Child,
    world: &'a World,
    since: Timestamp,
}

impl<'a> Guardian<'a> {
    pub(crate) fn start(world: &'a World) -> Self {
        let since = Timestamp::now();
        let process = Command::new(HELPER)
            .args(["guard", "--app=shop"])
            .arg(format!("--root={}", world.root().display()))
            .stdin(Stdio::null())
            .spawn()
            .expect("starts");
        Self {
            process,
            world,
            since,
        }
    }

    /// What one that is started like this says first in its container's log.
    pub(crate) fn log_of(world: &World, arguments: &[&str]) -> String {
        let mut process = Command::new(HELPER)
            .arg("guard")
            .args(arguments)
            .arg(format!("--root={}", world.root().display()))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("starts");
        let mut line = String::new();
        let output = process.stdout.take().expect("an output");
        BufReader::new(output).read_line(&mut line).expect("reads");
        let _ = process.kill();
        process.wait().expect("ends");
        line
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.process.id()).expect("small"))
    }

    /// Looks at what this guardian says until it fits.
    pub(crate) fn wait_for(&self, what: &str, fits: impl Fn(&GuardStatus) -> bool) -> GuardStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let status = self.world.status();
            let own = status.filter(|status| status.started_at >= self.since);
            match own {
                Some(status) if fits(&status) => return status,
                status if Instant::now() > deadline => panic!("no {what}: {status:#?}"),
                _ => std::thread::sleep(Duration::from_millis(20)),
            }
        }
    }

    /// Until it waits, with nothing left to do.
    pub(crate) fn settled(&self) -> GuardStatus {
        self.wait_for("rest", |status| status.state == GuardState::Waiting)
    }

    /// Looks again, and once more, after now.
    pub(crate) fn looks_again(&self) -> GuardStatus {
        let now = Timestamp::now();
        let next = self
            .wait_for("look", |status| status.clock.at > now)
            .clock
            .at;
        self.wait_for("further look", |status| status.clock.at > next)
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(self.pid(), signal).expect("signals");
    }

    /// Once it holds its signals: before that, this one would end it.
    pub(crate) fn signal_when_it_listens(&self, signal: Signal) {
        let deadline = Instant::now() + PATIENCE;
        let bit = 1_u64 << (signal as i32 - 1);
        while blocked_signals(self.id()) & bit == 0 {
            assert!(Instant::now() < deadline, "it does not listen");
            std::thread::sleep(Duration::from_millis(5));
        }
        self.signal(signal);
    }

    /// As the engine ends it.
    pub(crate) fn end(mut self) -> GuardStatus {
        let began = Instant::now();
        self.signal(Signal::SIGTERM);
        assert!(self.process.wait().expect("ends").success());
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "an engine waits no longer"
        );
        self.world.status().expect("a status")
    }

    /// As a power cut ends it.
    pub(crate) fn kill(mut self) {
        self.signal(Signal::SIGKILL);
        self.process.wait().expect("ends");
    }
}

impl Drop for Guardian<'_> {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Bytes of memory that a process has for itself. What it shares with the file of its program is left
/// out: a program for tests is several times as large as one that is shipped.
pub(crate) fn own_memory_bytes(process: u32) -> u64 {
    let kilobytes = status_field(process, "RssAnon:");
    kilobytes.parse::<u64>().expect("a number") * 1024
}

fn blocked_signals(process: u32) -> u64 {
    u64::from_str_radix(&status_field(process, "SigBlk:"), 16).expect("a mask")
}

fn status_field(process: u32, name: &str) -> String {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("readable");
    let line = status
        .lines()
        .find(|line| line.starts_with(name))
        .expect("a line");
    line.split_whitespace().nth(1).expect("a value").to_owned()
}

/// Hundredths of a second for which a process has used the processor.
pub(crate) fn processor_ticks(process: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).expect("readable");
    let after_name = stat.rsplit(')').next().expect("fields");
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    [fields[11], fields[12]]
        .iter()
        .map(|field| field.parse::<u64>().expect("a number"))
        .sum()
}
