//! What the window feels like under load: long frames while a backup of a large database runs, and a list
//! of a thousand backups.
//!
//! `scripts/bench.sh window` builds what this needs and starts it: `window-bench [--quick] [--output FILE]`.
//! It drives the real window as the tests do, and so needs a display and a driver.

#[path = "../../e2e/console.rs"]
mod console;
#[path = "../../e2e/driver.rs"]
mod driver;
mod frames;
mod list;
#[path = "../../e2e/processes.rs"]
mod processes;
mod report;
#[expect(dead_code, reason = "shared with the tests in the real window")]
#[path = "../../e2e/window.rs"]
mod window;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use lifeboat_tests::benchmarks::{self, Part};

/// How much to do.
#[derive(Debug, Clone, Copy)]
struct Extent {
    database_bytes: u64,
    backups: usize,
    rounds: usize,
}

const WHOLE: Extent = Extent {
    database_bytes: 1_090_000_000,
    backups: 1000,
    rounds: 3,
};

const QUICK: Extent = Extent {
    database_bytes: 100_000_000,
    backups: 200,
    rounds: 1,
};

fn main() -> ExitCode {
    let mut extent = WHOLE;
    let mut output = None;
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match (word.as_str(), words.len()) {
            ("--quick", _) => extent = QUICK,
            ("--output", 1..) => output = words.next().map(PathBuf::from),
            _ => {
                say("usage: window-bench [--quick] [--output FILE]");
                return ExitCode::from(2);
            }
        }
    }
    let list = list::measure(extent.backups, extent.rounds);
    let frames = frames::measure(extent.database_bytes, extent.rounds);
    let text = report::markdown(extent, &list, &frames);
    let _ = writeln!(std::io::stdout(), "{text}");
    if let Some(path) = output {
        benchmarks::write(&path, Part::Window, &text)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
    ExitCode::SUCCESS
}

/// Progress, for whoever waits.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
