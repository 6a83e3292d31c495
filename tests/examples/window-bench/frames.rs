//! Frames and clicks, while nothing happens and while a backup of a large database runs.

use std::time::{Duration, Instant};

use lifeboat_tests::{DemoApp, DemoOptions, World};
use serde_json::{Value, json};

use crate::say;
use crate::window::Window;

/// How long is looked at a window in which nothing happens.
const IDLE: Duration = Duration::from_secs(10);

/// From one click to the next.
const BETWEEN_CLICKS: Duration = Duration::from_millis(700);

/// Writes down how long after one frame the next one comes, and how long a click takes until it is painted.
const RECORD: &str = "
    const state = (window.recorded = { gaps: [], clicks: [], on: true });
    let last = performance.now();
    const frame = () => {
      const now = performance.now();
      state.gaps.push(now - last);
      last = now;
      if (state.on) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    const painted = new MessageChannel();
    const open = [];
    painted.port1.onmessage = () => state.clicks.push(performance.now() - open.shift());
    state.listen = (event) => {
      open.push(event.timeStamp);
      requestAnimationFrame(() => painted.port2.postMessage(null));
    };
    addEventListener('click', state.listen, true);";

/// Ends the recording, and gives it.
const RECORDED: &str = "
    const state = window.recorded;
    state.on = false;
    removeEventListener('click', state.listen, true);
    return { gaps: state.gaps, clicks: state.clicks };";

/// What was seen of the window over some time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Recording {
    pub(crate) seconds: f64,
    /// From each frame to the next, in milliseconds.
    pub(crate) gaps_ms: Vec<f64>,
    /// From each click until it was painted, in milliseconds.
    pub(crate) clicks_ms: Vec<f64>,
}

/// Both, round after round.
#[derive(Debug, Clone, Default)]
pub(crate) struct Frames {
    pub(crate) idle: Vec<Recording>,
    pub(crate) during: Vec<Recording>,
}

/// Begins to record in the page.
pub(crate) fn begin(window: &Window) -> Instant {
    window.script(RECORD, vec![]);
    Instant::now()
}

/// Ends it.
pub(crate) fn end(window: &Window, begun: Instant) -> Recording {
    let seconds = begun.elapsed().as_secs_f64();
    let told = window.script(RECORDED, vec![]);
    let numbers = |name: &str| {
        let all = told[name].as_array().expect("they are a list");
        all.iter().filter_map(Value::as_f64).collect()
    };
    Recording {
        seconds,
        gaps_ms: numbers("gaps"),
        clicks_ms: numbers("clicks"),
    }
}

/// Idle and at work in turn, in one window.
pub(crate) fn measure(database_bytes: u64, rounds: usize) -> Frames {
    let world = World::new();
    let app = world.demo("frames", DemoOptions::default());
    let size = database_bytes.to_string();
    say("making the database");
    let options = [
        "--owner",
        "1000:1000",
        "--journal",
        "wal",
        "--size-bytes",
        &size,
    ];
    app.root_tools().make("events", "events.db", &options);
    let window = Window::open(&world);
    window.go_to_app(&app.name);
    // The first look at the databases is work of its own.
    window.wait_for("[data-testid=health-card][data-verdict]");
    let mut frames = Frames::default();
    for round in 0..rounds {
        say(&format!("frames, round {}", round + 1));
        frames.idle.push(idle(&window, &app));
        frames.during.push(during(&window, &app, round + 1));
    }
    window.close();
    frames
}

fn idle(window: &Window, app: &DemoApp) -> Recording {
    let begun = begin(window);
    while begun.elapsed() < IDLE {
        click_about(window, app, begun.elapsed());
    }
    end(window, begun)
}

fn during(window: &Window, app: &DemoApp, backups: usize) -> Recording {
    // Where the clicks of the round before ended is any of the tabs.
    window.go_to_app(&app.name);
    window.wait_for("[data-testid=health-card][data-verdict]");
    let begun = begin(window);
    window.press("Create backup");
    window.wait_for("[data-testid=job-bar]");
    while window.jobs().iter().any(|job| job["outcome"].is_null()) {
        click_about(window, app, begun.elapsed());
    }
    let recording = end(window, begun);
    window.go_to_app(&app.name);
    // The list and the health are looked at anew when a job ends; that is not what is measured next.
    window.wait("the new backup is listed", || {
        let rows = "return document.querySelectorAll('[data-testid=backup-row]').length;";
        (window.script(rows, vec![]) == json!(backups)).then_some(())
    });
    window.wait_for("[data-testid=backups-table]");
    recording
}

/// Goes from tab to tab.
fn click_about(window: &Window, app: &DemoApp, elapsed: Duration) {
    let tabs = ["/activity", "/databases", ""];
    let turn = elapsed.as_millis() / BETWEEN_CLICKS.as_millis();
    let tab = tabs[usize::try_from(turn).unwrap_or(0) % tabs.len()];
    window.click(&format!("main nav a[href='#/app/{}{tab}']", app.name));
    std::thread::sleep(BETWEEN_CLICKS);
}
