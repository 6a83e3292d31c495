//! The table, as Markdown.

use std::fmt::Write as _;

use crate::measure::{Measured, Results};

/// The whole report.
pub(crate) fn markdown(results: &[Results]) -> String {
    let mut page = String::from(
        "# Benchmarks\n\n\
         Written by `scripts/bench.sh`. Times on a shared machine mean little by themselves: read the\n\
         ratios. Every way backs up the same database in turn, round after round, while the application\n\
         runs; medians, raw runs beside them. What each way made was restored and checked once:\n\
         `integrity_check` and the number of rows.\n",
    );
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let _ = writeln!(page, "\nProcessors: {cores}.");
    for result in results {
        page.push_str(&section(result));
    }
    page.push_str(&goals(results));
    page
}

fn section(result: &Results) -> String {
    let mut text = format!(
        "\n## {} ({} MB)\n\n| way | median | stored | saved | consistent | restored and checked | runs |\n\
         | --- | --- | --- | --- | --- | --- | --- |\n",
        result.size.label,
        megabytes(result.database_bytes),
    );
    for way in &result.ways {
        let saved = 100.0 - way.stored_bytes as f64 / result.database_bytes as f64 * 100.0;
        let _ = writeln!(
            text,
            "| {} | {:.2} s | {} MB | {saved:.0} % | {} | {} | {} |",
            way.name,
            median(&way.seconds),
            megabytes(way.stored_bytes),
            yes(way.consistent),
            yes(way.checked),
            runs(&way.seconds, 2),
        );
    }
    let _ = writeln!(
        text,
        "\nLongest commit of a writer at {:.0} commits/s: {:.1} ms without a backup ({}), {:.1} ms during one ({}).",
        result.stall.commits_per_second,
        median(&result.stall.alone_ms),
        runs(&result.stall.alone_ms, 1),
        median(&result.stall.during_ms),
        runs(&result.stall.during_ms, 1),
    );
    let _ = writeln!(
        text,
        "The vault grew by {} MB at most while an archive of {} MB was made, and by {} MB of scratch while it was read back; the helper took {} MB of memory.",
        megabytes(
            result
                .disk
                .peak
                .vault_bytes
                .saturating_sub(result.disk.before_bytes)
        ),
        megabytes(result.disk.archive_bytes),
        megabytes(result.disk.peak.scratch_bytes),
        megabytes(result.disk.peak.memory_bytes),
    );
    let _ = writeln!(
        text,
        "Downtime of a restore: {:.0} ms ({}).",
        median(&result.downtime_ms),
        runs(&result.downtime_ms, 0),
    );
    text
}

/// What `docs` promises, judged on the largest size.
fn goals(results: &[Results]) -> String {
    let (Some(first), Some(last)) = (results.first(), results.last()) else {
        return String::new();
    };
    let time = |name: &str| {
        let found: Option<&Measured> = last.ways.iter().find(|way| way.name.starts_with(name));
        found.map_or(f64::NAN, |way| median(&way.seconds))
    };
    let (gzip, zstd) = (time("Lifeboat, gzip"), time("Lifeboat, zstd"));
    let best_peer = time("restic").min(time("borg"));
    let added = median(&last.stall.during_ms) - median(&last.stall.alone_ms);
    let growth = last
        .disk
        .peak
        .vault_bytes
        .saturating_sub(last.disk.before_bytes);
    let extra = growth.saturating_sub(last.disk.archive_bytes);
    let memory = results
        .iter()
        .map(|result| result.disk.peak.memory_bytes)
        .max()
        .unwrap_or(0);
    let downtime = median(&last.downtime_ms) / median(&first.downtime_ms);
    let rows = [
        (
            "P1",
            "longest stall that a backup adds",
            "10 ms",
            format!("{added:.1} ms"),
            added <= 10.0,
        ),
        (
            "P2",
            "gzip, beside .backup + pigz",
            "0.25",
            format!("{:.2}", gzip / time("sqlite3 .backup + pigz")),
            gzip <= 0.25 * time("sqlite3 .backup + pigz"),
        ),
        (
            "P3",
            "zstd, beside the faster of restic and borg",
            "0.80",
            format!("{:.2}", zstd / best_peer),
            zstd <= 0.8 * best_peer,
        ),
        (
            "P4",
            "extra disk beside the archive",
            "1 MB",
            format!("{} MB", megabytes(extra)),
            extra <= 1_000_000,
        ),
        (
            "P5",
            "helper's memory, any size",
            "64 MB",
            format!("{} MB", megabytes(memory)),
            memory <= 64_000_000,
        ),
        (
            "P6",
            "downtime of a restore, largest beside smallest",
            "1.20",
            format!("{downtime:.2}"),
            downtime <= 1.2,
        ),
    ];
    let mut text = format!(
        "\n## Goals ({})\n\n| | what | goal | measured | reached |\n| --- | --- | --- | --- | --- |\n",
        last.size.label
    );
    for (number, what, goal, found, reached) in rows {
        let _ = writeln!(
            text,
            "| {number} | {what} | {goal} | {found} | {} |",
            yes(reached)
        );
    }
    text
}

fn yes(is: bool) -> &'static str {
    if is { "yes" } else { "**no**" }
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / 1e6)
}

fn runs(values: &[f64], digits: usize) -> String {
    values
        .iter()
        .map(|value| format!("{value:.digits$}"))
        .collect::<Vec<_>>()
        .join(", ")
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
