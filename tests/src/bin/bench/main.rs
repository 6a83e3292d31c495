//! Lifeboat beside what a person would otherwise use, on the same database, in turn.
//!
//! `scripts/bench.sh` builds what this needs and starts it: `bench [--quick] [--output FILE]`.

mod measure;
mod peers;
mod report;
mod sample;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use lifeboat_tests::benchmarks::{self, Part};
use lifeboat_tests::{DemoOptions, Engine, World};

use crate::measure::{Setup, Size};

/// How to run.
struct Options {
    quick: bool,
    /// At most this many rounds of each size.
    rounds: Option<usize>,
    output: Option<PathBuf>,
}

fn main() -> ExitCode {
    let Some(options) = parse() else {
        say("usage: bench [--quick] [--rounds N] [--output FILE]");
        return ExitCode::from(2);
    };
    let sizes = if options.quick {
        vec![
            Size {
                label: "10 MB",
                bytes: 10_000_000,
                rounds: 1,
            },
            Size {
                label: "100 MB",
                bytes: 100_000_000,
                rounds: 1,
            },
        ]
    } else {
        vec![
            Size {
                label: "10 MB",
                bytes: 10_000_000,
                rounds: 5,
            },
            Size {
                label: "100 MB",
                bytes: 100_000_000,
                rounds: 5,
            },
            Size {
                label: "1.09 GB",
                bytes: 1_090_000_000,
                rounds: 3,
            },
        ]
    };
    let sizes = sizes.into_iter().map(|size| Size {
        rounds: size.rounds.min(options.rounds.unwrap_or(size.rounds)),
        ..size
    });
    let world = World::on(Engine::from_environment());
    let results = sizes.map(|size| run(&world, size)).collect::<Vec<_>>();
    let text = report::markdown(&results);
    let _ = writeln!(std::io::stdout(), "{text}");
    if let Some(path) = options.output {
        benchmarks::write(&path, Part::Ways, &text)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
    ExitCode::SUCCESS
}

fn parse() -> Option<Options> {
    let mut options = Options {
        quick: false,
        rounds: None,
        output: None,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--quick" => options.quick = true,
            "--rounds" => options.rounds = Some(words.next()?.parse().ok()?),
            "--output" => options.output = Some(words.next()?.into()),
            _ => return None,
        }
    }
    Some(options)
}

/// Everything for one size.
fn run(world: &World, size: Size) -> measure::Results {
    say(&format!("{}: making the database", size.label));
    let name = world.name(&format!("bench{}", size.bytes / 1_000_000));
    let bytes = size.bytes.to_string();
    world.tools(&format!("{name}-data")).make(
        "events",
        "guestbook.db",
        &[
            "--owner",
            "1000:1000",
            "--journal",
            "wal",
            "--size-bytes",
            &bytes,
        ],
    );
    let app = lifeboat_tests::DemoApp::start(world.engine(), &name, DemoOptions::default());
    let setup = Setup::new(world, app, size);
    let ways = measure::in_turn(&setup);
    let disk = measure::disk_and_memory(&setup);
    let downtime_ms = measure::downtime(&setup);
    let stall = measure::stall(&setup);
    setup.finish();
    measure::Results {
        size,
        database_bytes: setup.database_bytes,
        ways,
        disk,
        downtime_ms,
        stall,
    }
}

/// Progress, for whoever waits.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
