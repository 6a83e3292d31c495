//! The part of the report that is about the window, as Markdown.

use std::fmt::Write as _;

use crate::Extent;
use crate::frames::{Frames, Recording};
use crate::list::List;

/// The whole part.
pub(crate) fn markdown(extent: Extent, list: &List, frames: &Frames) -> String {
    let mut text = String::from(
        "## The window\n\n\
         Written by `scripts/bench.sh window`: the real window on a display without a graphics card. A frame is\n\
         long if the next one comes more than 50 ms later; a click is painted when the frame after it is. Idle and\n\
         at work are measured in turn, in one window, with a click each 0.7 s.\n",
    );
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let _ = writeln!(text, "\nProcessors: {cores}.");
    let _ = writeln!(
        text,
        "\n### While a database of {} MB is backed up\n",
        extent.database_bytes / 1_000_000
    );
    text.push_str(HEAD);
    let rounds = frames.idle.iter().zip(&frames.during);
    for (number, (idle, during)) in rounds.enumerate() {
        row(&mut text, &format!("idle, round {}", number + 1), idle);
        row(&mut text, &format!("backup, round {}", number + 1), during);
    }
    row(&mut text, "**idle, all**", &together(&frames.idle));
    row(&mut text, "**backup, all**", &together(&frames.during));
    let _ = writeln!(
        text,
        "\n### {} backups\n\n\
         `lifeboat backups` takes {:.2} s with one backup ({}), {:.2} s with all ({}): {:.2} s for the list.\n\
         The application\u{2019}s page shows them after {:.0} ms ({}), with {} rows in the page at a time.\n\
         Scrolling through all, 240 pixels a frame:\n",
        extent.backups,
        median(&list.one),
        runs(&list.one, 2),
        median(&list.all),
        runs(&list.all, 2),
        median(&list.all) - median(&list.one),
        median(&list.shown_ms),
        runs(&list.shown_ms, 0),
        list.rows_in_page,
    );
    text.push_str(HEAD);
    for (number, recording) in list.scrolling.iter().enumerate() {
        row(
            &mut text,
            &format!("scrolling, round {}", number + 1),
            recording,
        );
    }
    text
}

const HEAD: &str = "| | seconds | frames | over 50 ms | over 100 ms | longest | click to paint, median | longest |\n\
                    | --- | --- | --- | --- | --- | --- | --- | --- |\n";

fn row(text: &mut String, name: &str, recording: &Recording) {
    let over = |limit_ms: f64| {
        recording
            .gaps_ms
            .iter()
            .filter(|gap| **gap > limit_ms)
            .count()
    };
    let _ = writeln!(
        text,
        "| {name} | {:.1} | {} | {} | {} | {} | {} | {} |",
        recording.seconds,
        recording.gaps_ms.len(),
        over(50.0),
        over(100.0),
        milliseconds(longest(&recording.gaps_ms)),
        milliseconds(median(&recording.clicks_ms)),
        milliseconds(longest(&recording.clicks_ms)),
    );
}

fn together(recordings: &[Recording]) -> Recording {
    let mut all = Recording::default();
    for recording in recordings {
        all.seconds += recording.seconds;
        all.gaps_ms.extend(&recording.gaps_ms);
        all.clicks_ms.extend(&recording.clicks_ms);
    }
    all
}

fn milliseconds(value: f64) -> String {
    if value.is_nan() {
        "\u{2013}".to_owned()
    } else {
        format!("{value:.0} ms")
    }
}

fn longest(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NAN, f64::max)
}

fn runs(values: &[f64], digits: usize) -> String {
    let all: Vec<_> = values
        .iter()
        .map(|value| format!("{value:.digits$}"))
        .collect();
    all.join(", ")
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => sorted[middle],
        _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}
