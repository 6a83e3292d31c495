//! Words for people: safe names, sizes, times, verdicts. Pure functions only.

use std::fmt::Write as _;

use humansize::{BINARY, FormatSizeOptions, format_size};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use lifeboat_core::api;

/// A name in a command that is proposed: harmless, and one word for a shell.
pub(crate) fn word(name: &str) -> String {
    lifeboat_core::shell::word(&clean(name))
}

/// Makes text that came from outside safe to print: control characters and those that turn the
/// direction of writing, or that nobody can see, become `\u{…}`, so that a name can neither steer
/// the terminal nor pose as another.
pub(crate) fn clean(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => safe.push_str("\\n"),
            '\t' => safe.push_str("\\t"),
            _ if is_treacherous(character) => {
                let _ = write!(safe, "{}", character.escape_unicode());
            }
            _ => safe.push(character),
        }
    }
    safe
}

/// The same for text of several lines, which it stays.
pub(crate) fn clean_lines(text: &str) -> String {
    text.lines().map(clean).collect::<Vec<_>>().join("\n")
}

/// Whether printing this character could mislead or steer a terminal.
pub(crate) fn is_treacherous(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// A size in binary units, such as `12.5 MiB`.
pub(crate) fn size(bytes: u64) -> String {
    let format = if bytes < 1024 {
        FormatSizeOptions::from(BINARY).decimal_places(0)
    } else {
        FormatSizeOptions::from(BINARY)
            .decimal_places(1)
            .decimal_zeroes(1)
    };
    format_size(bytes, format)
}

/// A number with thin groups, such as `1 234 567`.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push('\u{a0}');
        }
        text.push(digit);
    }
    text
}

/// `1 backup`, `2 backups`.
pub(crate) fn plural(number: u64, singular: &str, plural: &str) -> String {
    format!(
        "{} {}",
        count(number),
        if number == 1 { singular } else { plural }
    )
}

/// How long ago `time` was, seen from `now`; the date where that is more than a month.
pub(crate) fn ago(time: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second() - time.as_second();
    let (number, unit) = match seconds {
        ..-60 => return exact(time),
        -60..60 => return "just now".to_owned(),
        60..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        86_400..2_592_000 => (seconds / 86_400, "day"),
        _ => {
            return time
                .to_zoned(TimeZone::system())
                .strftime("%Y-%m-%d")
                .to_string();
        }
    };
    format!("{number} {unit}{} ago", if number == 1 { "" } else { "s" })
}

/// The exact local time, with its distance from UTC.
pub(crate) fn exact(time: Timestamp) -> String {
    time.to_zoned(TimeZone::system())
        .strftime("%Y-%m-%d %H:%M:%S %:z")
        .to_string()
}

/// Both.
pub(crate) fn exact_and_ago(time: Timestamp, now: Timestamp) -> String {
    format!("{} ({})", exact(time), ago(time, now))
}

/// A duration, such as `320 ms`, `4.2 s`, `3 min 20 s`.
pub(crate) fn duration(milliseconds: u64) -> String {
    match milliseconds {
        0..1_000 => format!("{milliseconds} ms"),
        1_000..60_000 => {
            let tenths = milliseconds / 100;
            format!("{}.{} s", tenths / 10, tenths % 10)
        }
        60_000..3_600_000 => {
            let seconds = milliseconds / 1_000;
            format!("{} min {} s", seconds / 60, seconds % 60)
        }
        _ => {
            let minutes = milliseconds / 60_000;
            format!("{} h {} min", minutes / 60, minutes % 60)
        }
    }
}

/// How much compression saved, such as `72 % saved`; nothing where it saved nothing.
pub(crate) fn saved(raw_bytes: u64, stored_bytes: u64) -> Option<String> {
    let kept = raw_bytes
        .checked_sub(stored_bytes)
        .filter(|kept| *kept > 0)?;
    let percent = u128::from(kept) * 100 / u128::from(raw_bytes);
    (percent > 0).then(|| format!("{percent} % saved"))
}

/// A verdict with a sign that does not need colour.
pub(crate) fn verdict(verdict: api::Verdict) -> &'static str {
    match verdict {
        api::Verdict::Sound => "✓ sound",
        api::Verdict::NotChecked => "– not checked",
        api::Verdict::NotCheckable => "? not checkable",
        api::Verdict::Damaged => "✗ damaged",
    }
}

/// A verdict and its reason.
pub(crate) fn verdict_and_reason(of: api::Verdict, reason: Option<&str>) -> String {
    match reason {
        Some(reason) => format!("{}: {}", verdict(of), clean(reason)),
        None => verdict(of).to_owned(),
    }
}

/// The state of an application.
pub(crate) fn app_state(state: api::AppState) -> &'static str {
    match state {
        api::AppState::Running => "running",
        api::AppState::Partial => "partly running",
        api::AppState::Paused => "paused",
        api::AppState::Stopped => "stopped",
        api::AppState::Gone => "gone",
    }
}

/// A journal mode.
pub(crate) fn journal_mode(mode: api::JournalMode) -> &'static str {
    match mode {
        api::JournalMode::Wal => "wal",
        api::JournalMode::Rollback => "rollback",
        api::JournalMode::Unknown => "unknown",
    }
}

/// A compression.
pub(crate) fn codec(codec: api::Codec) -> &'static str {
    match codec {
        api::Codec::Gzip => "gzip",
        api::Codec::Zstd => "zstd",
        api::Codec::None => "none",
    }
}

/// A database, safe to print.
pub(crate) fn database(volume: &str, path: &api::RelativePath) -> String {
    match path.as_bytes() {
        b"" => clean(volume),
        _ => format!("{}:{}", clean(volume), clean(&path.display())),
    }
}

/// A finding in one line: what it is about, if anything, and what there is to know.
pub(crate) fn finding(finding: &api::Finding) -> String {
    let message = clean(&finding.message);
    match (&finding.volume, &finding.path) {
        (Some(volume), Some(path)) => format!("{}: {message}", database(volume, path)),
        (Some(volume), None) => format!("{}: {message}", clean(volume)),
        (None, Some(path)) => format!("{}: {message}", clean(&path.display())),
        (None, None) => message,
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use lifeboat_core::api::{RelativePath, Verdict};

    use super::{ago, clean, count, database, duration, plural, saved, size, verdict_and_reason};

    #[test]
    fn names_cannot_steer_the_terminal() {
        for (name, safe) in [
            ("shop", "shop"),
            ("Bücher 本", "Bücher 本"),
            ("a\u{1b}[31mb", "a\\u{1b}[31mb"),
            ("a\nb\tc", "a\\nb\\tc"),
            ("a\u{9b}2Jb", "a\\u{9b}2Jb"),
            ("exe\u{202e}bd.", "exe\\u{202e}bd."),
            ("a\u{2066}b\u{2069}", "a\\u{2066}b\\u{2069}"),
            ("sh\u{200b}op", "sh\\u{200b}op"),
            ("a\u{7f}", "a\\u{7f}"),
        ] {
            assert_eq!(clean(name), safe);
        }
    }

    #[test]
    fn sizes_are_binary() {
        for (bytes, text) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KiB"),
            (1536, "1.5 KiB"),
            (13_107_200, "12.5 MiB"),
            (1 << 30, "1.0 GiB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn times_are_relative_for_a_month() {
        let now: Timestamp = "2026-08-22T12:00:00Z".parse().expect("a time");
        for (seconds, text) in [
            (0, "just now"),
            (59, "just now"),
            (-30, "just now"),
            (60, "1 minute ago"),
            (7_200, "2 hours ago"),
            (86_400, "1 day ago"),
            (86_400 * 29, "29 days ago"),
        ] {
            assert_eq!(
                ago(now - SignedDuration::from_secs(seconds), now),
                text,
                "{seconds}"
            );
        }
        let old = ago(now - SignedDuration::from_hours(24 * 60), now);
        assert!(old.starts_with("2026-06-2"), "{old}");
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!(count(1_234_567), "1\u{a0}234\u{a0}567");
        assert_eq!(count(999), "999");
        assert_eq!(plural(1, "backup", "backups"), "1 backup");
        assert_eq!(plural(0, "backup", "backups"), "0 backups");
        assert_eq!(saved(100, 28).as_deref(), Some("72 % saved"));
        assert_eq!(saved(100, 120), None);
        assert_eq!(saved(0, 0), None);
        for (milliseconds, text) in [
            (12, "12 ms"),
            (4_250, "4.2 s"),
            (200_000, "3 min 20 s"),
            (7_260_000, "2 h 1 min"),
        ] {
            assert_eq!(duration(milliseconds), text);
        }
    }

    #[test]
    fn verdicts_have_a_sign_and_a_reason() {
        assert_eq!(verdict_and_reason(Verdict::Sound, None), "✓ sound");
        assert_eq!(
            verdict_and_reason(Verdict::Damaged, Some("page 3 is\u{1b} torn")),
            "✗ damaged: page 3 is\\u{1b} torn"
        );
    }

    #[test]
    fn a_bind_that_is_one_file_needs_no_path() {
        let path = RelativePath::new("").expect("the mount itself");
        assert_eq!(database("/srv/shop.db", &path), "/srv/shop.db");
    }
}
