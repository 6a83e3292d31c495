//! Cron expressions: five fields, as every Unix knows them.

use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use jiff::Zoned;

/// A cron expression that has at least one moment ahead.
#[derive(Debug, Clone)]
pub struct CronExpression {
    text: String,
    cron: Cron,
}

impl CronExpression {
    /// Reads an expression: minute, hour, day of the month, month, day of the week; or a nickname such
    /// as `@daily`.
    ///
    /// # Errors
    /// Says what is wrong with it, as the end of a sentence that begins with "it".
    pub fn parse(text: &str) -> Result<Self, String> {
        let parser = CronParser::builder()
            .seconds(Seconds::Disallowed)
            .year(Year::Disallowed)
            .build();
        let cron = parser
            .parse(text)
            .map_err(|error| format!("is no cron expression ({error})"))?;
        let expression = Self {
            text: text.split_whitespace().collect::<Vec<_>>().join(" "),
            cron,
        };
        let start = jiff::civil::date(2026, 1, 1)
            .to_zoned(jiff::tz::TimeZone::UTC)
            .map_err(|error| error.to_string())?;
        match expression.next_after(&start) {
            Some(_) => Ok(expression),
            None => Err("names no day that ever comes".to_owned()),
        }
    }

    /// The expression as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The first moment after `moment`, in its time zone. A time that the clock skips comes right after
    /// the gap; one that it shows twice comes once.
    #[must_use]
    pub fn next_after(&self, moment: &Zoned) -> Option<Zoned> {
        self.cron.find_next_occurrence(moment, false).ok()
    }
}

impl PartialEq for CronExpression {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for CronExpression {}
