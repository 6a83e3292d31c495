//! Ages and sizes as findings tell them.

use jiff::SignedDuration;

/// `3 days ago`.
pub(super) fn age_in_words(age: SignedDuration) -> String {
    let minutes = age.as_mins().max(0);
    let count = |number: i64, unit: &str| {
        let plural = if number == 1 { "" } else { "s" };
        format!("{number} {unit}{plural} ago")
    };
    match minutes {
        0 => "just now".to_owned(),
        1..60 => count(minutes, "minute"),
        60..1440 => count(minutes / 60, "hour"),
        _ => count(minutes / 1440, "day"),
    }
}

const UNITS: [&str; 6] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/// `1.2 GiB`.
pub(super) fn size_in_words(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "two digits of it are told")]
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1023.5 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    let digits = usize::from(unit > 0 && value < 9.95);
    format!("{value:.digits$} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::size_in_words;

    #[test]
    fn sizes_have_two_digits_that_mean_something() {
        let told: Vec<String> = [0, 1023, 1024, 1_300_000, 10 << 20, 300 << 30]
            .map(size_in_words)
            .into();
        assert_eq!(
            told,
            ["0 B", "1023 B", "1.0 KiB", "1.2 MiB", "10 MiB", "300 GiB"]
        );
    }
}
