//! Progress: a line that moves on a terminal, lines that stay in a pipe, JSON lines for programs.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use lifeboat_core::job::{JobEvent, Outcome, Reporter, Step};

use super::{json, text};

/// A first estimate is worth nothing: none is shown before this.
const ESTIMATE_AFTER: Duration = Duration::from_secs(10);
/// How often a terminal is redrawn in a second.
const REDRAWS_PER_SECOND: u8 = 20;
/// How often the spinner turns while nothing is heard.
const TICK: Duration = Duration::from_millis(250);
/// How far progress lines for programs are apart at least.
const JSON_PROGRESS_INTERVAL: Duration = Duration::from_millis(100);

/// A lock that outlives a panic elsewhere: what it guards is only what is shown.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The steps of a job and which one runs.
#[derive(Debug, Default)]
struct Steps {
    titles: HashMap<String, (usize, String)>,
    number: usize,
}

impl Steps {
    fn announce(&mut self, steps: &[Step]) {
        self.number = steps.len();
        self.titles = steps
            .iter()
            .enumerate()
            .map(|(index, step)| (step.id.clone(), (index + 1, text::clean(&step.title))))
            .collect();
    }

    /// `[2/5] Copy the databases`; the bare word for a step that nobody announced.
    fn title(&self, id: &str) -> String {
        match self.titles.get(id) {
            Some((position, title)) => format!("[{position}/{}] {title}", self.number),
            None => text::clean(id),
        }
    }
}

/// Where progress goes.
pub(crate) enum Progress {
    /// To a person at a terminal.
    Terminal(Terminal),
    /// Into a pipe or a log file.
    Lines(Lines),
    /// To a program.
    Events(Events),
    /// To nobody.
    Silent,
}

impl Progress {
    /// Says something to a person, without tearing what moves.
    pub(crate) fn say(&self, line: &str) {
        match self {
            Self::Terminal(terminal) => terminal.say(line),
            Self::Lines(_) => stderr_line(line),
            Self::Events(_) | Self::Silent => {}
        }
    }

    /// Says something after a key was echoed on the terminal.
    pub(crate) fn interject(&self, line: &str) {
        match self {
            Self::Terminal(terminal) => terminal.interject(line),
            Self::Lines(_) | Self::Events(_) | Self::Silent => self.say(line),
        }
    }

    /// Takes away what moves, and tells programs how it ended.
    pub(crate) fn finish(&self, outcome: Outcome) {
        match self {
            Self::Terminal(terminal) => terminal.clear(),
            Self::Events(events) => events.finish(outcome),
            Self::Lines(_) | Self::Silent => {}
        }
    }
}

impl Reporter for Progress {
    fn report(&self, event: JobEvent) {
        match self {
            Self::Terminal(terminal) => terminal.report(event),
            Self::Lines(lines) => lines.report(event),
            Self::Events(events) => events.report(event),
            Self::Silent => {}
        }
    }
}

/// Shows progress on standard error for a person.
pub(crate) struct Terminal {
    state: Mutex<TerminalState>,
}

struct TerminalState {
    /// What moves, as long as a step runs.
    bar: Option<ProgressBar>,
    steps: Steps,
    begun: Instant,
    bytes: u64,
    keep_steps: bool,
    stopping: bool,
}

impl Terminal {
    /// Progress that redraws one line. `keep_steps` leaves a line for each finished step, for work
    /// that changes something.
    pub(crate) fn new(keep_steps: bool) -> Self {
        let state = TerminalState {
            bar: None,
            steps: Steps::default(),
            begun: Instant::now(),
            bytes: 0,
            keep_steps,
            stopping: false,
        };
        Self {
            state: Mutex::new(state),
        }
    }

    /// Tells a line above the moving one.
    pub(crate) fn say(&self, line: &str) {
        lock(&self.state).say(line);
    }

    /// Tells a line after a key was echoed, which may have left the cursor anywhere.
    pub(crate) fn interject(&self, line: &str) {
        let state = lock(&self.state);
        if state.bar.is_none() {
            stderr_line("");
        }
        state.say(line);
    }

    /// Removes the moving line.
    pub(crate) fn clear(&self) {
        lock(&self.state).clear();
    }
}

impl Reporter for Terminal {
    fn report(&self, event: JobEvent) {
        lock(&self.state).show(event);
    }
}

impl TerminalState {
    fn show(&mut self, event: JobEvent) {
        match event {
            JobEvent::Started { steps } => self.steps.announce(&steps),
            JobEvent::StepStarted { step, total_bytes } => self.begin(&step, total_bytes),
            JobEvent::Progress {
                done_bytes,
                total_bytes,
                ..
            } => {
                self.advance(done_bytes, total_bytes);
            }
            JobEvent::Note { text } => self.say(&text::clean(&text)),
            JobEvent::StepFinished { step } => self.finish(&step),
            JobEvent::Stopping => self.stopping = true,
            JobEvent::Finished { .. } => self.clear(),
        }
    }

    fn say(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| stderr_line(line)),
            None => stderr_line(line),
        }
    }

    fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    fn begin(&mut self, step: &str, total_bytes: Option<u64>) {
        self.clear();
        self.begun = Instant::now();
        self.bytes = 0;
        let target = ProgressDrawTarget::stderr_with_hz(REDRAWS_PER_SECOND);
        let bar = ProgressBar::with_draw_target(total_bytes, target)
            .with_style(line_style(total_bytes.is_some_and(|total| total > 0)))
            .with_prefix(self.steps.title(step));
        bar.enable_steady_tick(TICK);
        self.bar = Some(bar);
    }

    fn advance(&mut self, done_bytes: u64, total_bytes: Option<u64>) {
        self.bytes = done_bytes;
        let message = if self.stopping {
            "cancelling".to_owned()
        } else {
            amount(done_bytes, total_bytes, self.begun.elapsed())
        };
        let Some(bar) = &self.bar else { return };
        if let Some(total) = total_bytes.filter(|total| *total > 0)
            && bar.length() != Some(total)
        {
            bar.set_style(line_style(true));
            bar.set_length(total);
        }
        bar.set_position(done_bytes);
        bar.set_message(message);
    }

    fn finish(&mut self, step: &str) {
        let elapsed = self.begun.elapsed();
        self.clear();
        if self.keep_steps {
            stderr_line(&finished_line(&self.steps.title(step), self.bytes, elapsed));
        }
    }
}

fn line_style(with_bar: bool) -> ProgressStyle {
    let template = if with_bar {
        "{spinner} {prefix} {bar:20} {msg}"
    } else {
        "{spinner} {prefix} {msg}"
    };
    ProgressStyle::with_template(template)
        .expect("the template is well-formed")
        .progress_chars("━━╌")
        .tick_chars("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ ")
}

/// What is done, how fast, and after a while how long it will still take.
fn amount(done_bytes: u64, total_bytes: Option<u64>, elapsed: Duration) -> String {
    let mut parts = vec![match total_bytes.filter(|total| *total > 0) {
        Some(total) => format!("{} of {}", text::size(done_bytes), text::size(total)),
        None if done_bytes > 0 => text::size(done_bytes),
        None => return String::new(),
    }];
    let milliseconds = elapsed.as_millis().max(1);
    let rate = u128::from(done_bytes) * 1_000 / milliseconds;
    if elapsed >= Duration::from_secs(1) {
        parts.push(format!(
            "{}/s",
            text::size(u64::try_from(rate).unwrap_or(u64::MAX))
        ));
    }
    let left = total_bytes
        .and_then(|total| total.checked_sub(done_bytes))
        .filter(|left| *left > 0);
    if let Some(left) = left.filter(|_| elapsed >= ESTIMATE_AFTER && rate > 0) {
        let seconds = u64::try_from(u128::from(left).div_ceil(rate)).unwrap_or(u64::MAX / 1_000);
        let rounded = if seconds < 60 {
            seconds
        } else {
            seconds.div_ceil(10) * 10
        };
        parts.push(format!("about {} left", whole_seconds(rounded)));
    }
    parts.join(" · ")
}

fn whole_seconds(seconds: u64) -> String {
    if seconds < 60 {
        format!("{seconds} s")
    } else {
        text::duration(seconds * 1_000)
    }
}

/// `✓ [2/5] Copy the databases  12.0 MiB in 1.2 s`.
fn finished_line(title: &str, bytes: u64, elapsed: Duration) -> String {
    let time = text::duration(u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX));
    match bytes {
        0 => format!("✓ {title}  {time}"),
        _ => format!("✓ {title}  {} in {time}", text::size(bytes)),
    }
}

/// Tells each step in a line of its own: for pipes and log files.
#[derive(Default)]
pub(crate) struct Lines {
    steps: Mutex<Steps>,
}

impl Reporter for Lines {
    fn report(&self, event: JobEvent) {
        match event {
            JobEvent::Started { steps } => lock(&self.steps).announce(&steps),
            JobEvent::StepStarted { step, .. } => {
                let title = lock(&self.steps).title(&step);
                stderr_line(&title);
            }
            JobEvent::Note { text } => stderr_line(&text::clean(&text)),
            JobEvent::Progress { .. }
            | JobEvent::Stopping
            | JobEvent::StepFinished { .. }
            | JobEvent::Finished { .. } => {}
        }
    }
}

/// Writes each event as a line of JSON. Where nobody reads any more, the work goes on.
pub(crate) struct Events {
    state: Mutex<EventsState>,
}

struct EventsState {
    writer: Box<dyn Write + Send>,
    last_progress: Option<Instant>,
    closed: bool,
}

impl Events {
    /// Events on standard output.
    pub(crate) fn on_stdout() -> Self {
        Self::on(Box::new(io::stdout()))
    }

    fn on(writer: Box<dyn Write + Send>) -> Self {
        Self {
            state: Mutex::new(EventsState {
                writer,
                last_progress: None,
                closed: false,
            }),
        }
    }

    /// Writes the last event. Whatever core tells of single jobs, a command ends once.
    pub(crate) fn finish(&self, outcome: Outcome) {
        lock(&self.state).write(&JobEvent::Finished { outcome });
    }
}

impl Reporter for Events {
    fn report(&self, event: JobEvent) {
        let mut state = lock(&self.state);
        match &event {
            JobEvent::Finished { .. } => return,
            JobEvent::Progress {
                done_bytes,
                total_bytes,
                ..
            } => {
                let ended = *total_bytes == Some(*done_bytes);
                let now = Instant::now();
                let soon = state
                    .last_progress
                    .is_some_and(|last| now.duration_since(last) < JSON_PROGRESS_INTERVAL);
                if soon && !ended {
                    return;
                }
                state.last_progress = Some(now);
            }
            _ => state.last_progress = None,
        }
        state.write(&event);
    }
}

impl EventsState {
    fn write(&mut self, event: &JobEvent) {
        if self.closed {
            return;
        }
        let line = json::render(event);
        let written = writeln!(self.writer, "{line}").and_then(|()| self.writer.flush());
        self.closed = written.is_err();
    }
}

/// A line on standard error. If nobody reads it there is nobody to tell.
pub(crate) fn stderr_line(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use lifeboat_core::job::{JobEvent, Outcome, Reporter as _, Step};

    use super::{Events, Steps, amount, finished_line, lock};

    const MEBIBYTE: u64 = 1 << 20;

    #[test]
    fn no_estimate_in_the_first_ten_seconds() {
        let total = Some(100 * MEBIBYTE);
        assert_eq!(
            amount(MEBIBYTE * 10, total, Duration::from_secs(5)),
            "10.0 MiB of 100.0 MiB · 2.0 MiB/s"
        );
        assert_eq!(
            amount(MEBIBYTE * 10, total, Duration::from_secs(10)),
            "10.0 MiB of 100.0 MiB · 1.0 MiB/s · about 1 min 30 s left"
        );
        assert_eq!(
            amount(MEBIBYTE * 100, total, Duration::from_secs(20)),
            "100.0 MiB of 100.0 MiB · 5.0 MiB/s"
        );
        assert_eq!(amount(0, None, Duration::ZERO), "");
    }

    #[test]
    fn steps_are_numbered() {
        let mut steps = Steps::default();
        let step = |id: &str, title: &str| Step {
            id: id.into(),
            title: title.into(),
            interruptible: true,
        };
        steps.announce(&[step("lock", "Wait for other jobs"), step("capture", "Copy")]);
        assert_eq!(steps.title("capture"), "[2/2] Copy");
        assert_eq!(steps.title("else\u{1b}"), "else\\u{1b}");
        assert_eq!(
            finished_line("[2/2] Copy", 2 * MEBIBYTE, Duration::from_millis(1_250)),
            "✓ [2/2] Copy  2.0 MiB in 1.2 s"
        );
    }

    #[derive(Clone, Default)]
    struct Recorder(Arc<Mutex<Vec<u8>>>);

    impl Write for Recorder {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            lock(&self.0).extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn events_are_throttled_and_end_once() {
        let recorder = Recorder::default();
        let events = Events::on(Box::new(recorder.clone()));
        for done_bytes in 0..=1_000 {
            let step = "capture".to_owned();
            events.report(JobEvent::Progress {
                step,
                done_bytes,
                total_bytes: Some(1_000),
            });
        }
        events.report(JobEvent::Finished {
            outcome: Outcome::Done,
        });
        events.report(JobEvent::Note { text: "one".into() });
        events.finish(Outcome::Done);
        let text = String::from_utf8(lock(&recorder.0).clone()).expect("text");
        assert!(text.lines().count() < 100, "{text}");
        assert!(text.contains(r#""done_bytes":1000"#), "{text}");
        assert_eq!(text.matches("finished").count(), 1, "{text}");
        assert!(text.ends_with("{\"event\":\"finished\",\"outcome\":{\"outcome\":\"done\"}}\n"));
    }

    #[test]
    fn work_goes_on_when_nobody_reads() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let events = Events::on(Box::new(Closed));
        events.report(JobEvent::Stopping);
        assert!(lock(&events.state).closed);
        events.finish(Outcome::Cancelled);
    }
}
