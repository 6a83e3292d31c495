//! What is measured.

use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use lifeboat_tests::{DemoApp, DemoOptions, Lifeboat, World};

use crate::peers::{self, WAYS};
use crate::sample::{Peak, Sampler, used};
use crate::say;

/// How large, and how often.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) label: &'static str,
    pub(crate) bytes: u64,
    pub(crate) rounds: usize,
}

/// An application with a database of one size.
pub(crate) struct Setup<'a> {
    world: &'a World,
    pub(crate) app: DemoApp,
    pub(crate) lifeboat: Lifeboat,
    /// The bench's own directory, beside nothing of the engine's.
    pub(crate) directory: PathBuf,
    /// The volume as the host sees it.
    pub(crate) data: PathBuf,
    pub(crate) rows: i64,
    pub(crate) database_bytes: u64,
    size: Size,
}

/// One way, run after run.
#[derive(Debug, Clone)]
pub(crate) struct Measured {
    pub(crate) name: &'static str,
    pub(crate) consistent: bool,
    pub(crate) seconds: Vec<f64>,
    pub(crate) stored_bytes: u64,
    pub(crate) checked: bool,
}

/// P4 and P5.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Disk {
    pub(crate) peak: Peak,
    pub(crate) before_bytes: u64,
    pub(crate) archive_bytes: u64,
}

/// P1: the longest commit of the writer, in milliseconds, run after run.
#[derive(Debug, Clone)]
pub(crate) struct Stall {
    pub(crate) alone_ms: Vec<f64>,
    pub(crate) during_ms: Vec<f64>,
    pub(crate) commits_per_second: f64,
}

/// Everything of one size.
#[derive(Debug, Clone)]
pub(crate) struct Results {
    pub(crate) size: Size,
    pub(crate) database_bytes: u64,
    pub(crate) ways: Vec<Measured>,
    pub(crate) disk: Disk,
    pub(crate) downtime_ms: Vec<f64>,
    pub(crate) stall: Stall,
}

impl<'a> Setup<'a> {
    pub(crate) fn new(world: &'a World, app: DemoApp, size: Size) -> Self {
        let directory = world.directory().join(format!("work{}", size.bytes));
        std::fs::create_dir_all(&directory).expect("a directory to work in");
        let rows = app
            .tools()
            .number("guestbook.db", "SELECT count(*) FROM events");
        let database_bytes = app.root_tools().file("guestbook.db").size_bytes;
        let data = mountpoint(world, &app.volume);
        Self {
            world,
            lifeboat: world.lifeboat(),
            directory,
            data,
            rows,
            database_bytes,
            app,
            size,
        }
    }

    /// Makes room for the next size.
    pub(crate) fn finish(&self) {
        self.world.engine().remove_volume(&self.app.volume);
        self.world
            .engine()
            .remove_volume(&format!("lifeboat-{}", self.app.name));
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

fn mountpoint(world: &World, volume: &str) -> PathBuf {
    PathBuf::from(world.engine().docker(&[
        "volume",
        "inspect",
        "--format",
        "{{.Mountpoint}}",
        volume,
    ]))
}

/// P2 and P3: every way once, then every way again, with the application running and quiet.
pub(crate) fn in_turn(setup: &Setup<'_>) -> Vec<Measured> {
    // The helper's image is loaded and the vault laid out once in the life of an application.
    let _ = setup
        .lifeboat
        .run(&["backup", &setup.app.name, "--no-verify"])
        .done();
    setup
        .lifeboat
        .run(&["delete", &setup.app.name, "latest", "--yes"])
        .done();
    let mut measured: Vec<Measured> = WAYS
        .iter()
        .map(|way| Measured {
            name: way.name,
            consistent: way.consistent,
            seconds: Vec::new(),
            stored_bytes: 0,
            checked: false,
        })
        .collect();
    for round in 0..setup.size.rounds {
        for (way, result) in WAYS.iter().zip(&mut measured) {
            (way.prepare)(setup);
            let begun = Instant::now();
            result.stored_bytes = (way.take)(setup);
            result.seconds.push(begun.elapsed().as_secs_f64());
            if round == 0 {
                let restored = (way.restore)(setup);
                result.checked = peers::check(setup, &restored);
            }
            (way.clear)(setup);
            let last = result.seconds.last().copied().unwrap_or_default();
            say(&format!(
                "{}, round {}: {}: {last:.2} s",
                setup.size.label,
                round + 1,
                way.name
            ));
        }
    }
    measured
}

/// P4, P5: extra disk and memory while a backup is taken.
pub(crate) fn disk_and_memory(setup: &Setup<'_>) -> Disk {
    let vault = mountpoint(setup.world, &format!("lifeboat-{}", setup.app.name));
    let before_bytes = used(&vault, Some("scratch"));
    let sampler = Sampler::start(&vault);
    let json = setup
        .lifeboat
        .run(&["backup", &setup.app.name, "--no-verify"])
        .done();
    let peak = sampler.finish();
    let archive_bytes = json["backup"]["stored_bytes"].as_u64().expect("a size");
    Disk {
        peak,
        before_bytes,
        archive_bytes,
    }
}

/// P6: how long the application is down during a restore.
pub(crate) fn downtime(setup: &Setup<'_>) -> Vec<f64> {
    let restores = (0..setup.size.rounds).map(|_| {
        let json = setup
            .lifeboat
            .run(&["backup", &setup.app.name, "--no-verify"])
            .done();
        let id = json["backup"]["id"].as_str().expect("an id").to_owned();
        let json = setup
            .lifeboat
            .run(&["restore", &setup.app.name, &id, "--yes"])
            .done();
        setup.app.wait_healthy();
        json["restore"]["downtime_ms"].as_f64().expect("a downtime")
    });
    restores.collect()
}

/// P1: the longest commit while a backup runs, beside the longest in as long a time without one.
pub(crate) fn stall(setup: &Setup<'_>) -> Stall {
    let engine = setup.world.engine();
    engine.remove_containers(std::slice::from_ref(&setup.app.name));
    let options = DemoOptions::default().with("WRITER_RATE", "1700");
    let app = DemoApp::start(engine, &setup.app.name, options);
    app.wait_batches(2000);
    let mut stall = Stall {
        alone_ms: Vec::new(),
        during_ms: Vec::new(),
        commits_per_second: 0.0,
    };
    for _ in 0..setup.size.rounds {
        let from = now_us();
        let begun = Instant::now();
        let _ = setup
            .lifeboat
            .run(&["backup", &app.name, "--no-verify"])
            .done();
        let took = begun.elapsed();
        stall
            .during_ms
            .push(longest_commit_ms(&app, from, now_us()).0);
        let from = now_us();
        std::thread::sleep(took.max(Duration::from_secs(1)));
        let to = now_us();
        let (longest, commits) = longest_commit_ms(&app, from, to);
        stall.alone_ms.push(longest);
        stall.commits_per_second = commits / (to - from) as f64 * 1e6;
    }
    stall
}

fn longest_commit_ms(app: &DemoApp, from_us: i64, to_us: i64) -> (f64, f64) {
    let rows = app.tools().sql(
        "guestbook.db",
        &format!(
            "SELECT coalesce(max(returned_us - begun_us), 0), count(*) FROM batches
             WHERE begun_us BETWEEN {from_us} AND {to_us}"
        ),
    );
    let number = |index: usize| rows[0][index].as_f64().expect("a number");
    (number(0) / 1000.0, number(1))
}

fn now_us() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("the clock is set");
    i64::try_from(since.as_micros()).expect("fits")
}
