//! What the environment says.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, bail};

use crate::at_start::AtStart;

/// How often the writer thread commits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum WriterRate {
    /// Not at all.
    Off,
    /// With this pause between commits.
    Paced(Duration),
    /// As fast as it goes.
    Max,
}

/// Everything that can be set.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) database: PathBuf,
    pub(crate) second_database: Option<PathBuf>,
    pub(crate) journal_mode: String,
    pub(crate) synchronous: String,
    pub(crate) page_size: u32,
    pub(crate) writer_rate: WriterRate,
    pub(crate) port: u16,
    pub(crate) release: String,
    pub(crate) seed: bool,
    pub(crate) at_start: AtStart,
}

impl Settings {
    /// Reads the environment.
    pub(crate) fn from_environment() -> anyhow::Result<Self> {
        Ok(Self {
            database: variable("DATABASE_PATH")
                .unwrap_or_else(|| "/data/guestbook.db".into())
                .into(),
            second_database: variable("SECOND_DATABASE_PATH").map(PathBuf::from),
            journal_mode: one_of(
                "JOURNAL_MODE",
                "wal",
                &["wal", "delete", "truncate", "persist"],
            )?,
            synchronous: one_of("SYNCHRONOUS", "normal", &["off", "normal", "full"])?,
            page_size: variable("PAGE_SIZE")
                .map_or(Ok(4096), |text| text.parse())
                .context("PAGE_SIZE is no number")?,
            writer_rate: writer_rate(variable("WRITER_RATE").as_deref())?,
            port: variable("PORT")
                .map_or(Ok(8080), |text| text.parse())
                .context("bad PORT")?,
            release: variable("RELEASE").unwrap_or_else(|| "1".into()),
            seed: variable("SEED").as_deref() != Some("0"),
            at_start: AtStart::parse(&variable("AT_START").unwrap_or_default())?,
        })
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn one_of(name: &str, default: &str, allowed: &[&str]) -> anyhow::Result<String> {
    let value = variable(name)
        .unwrap_or_else(|| default.to_owned())
        .to_lowercase();
    if !allowed.contains(&value.as_str()) {
        bail!("{name} is `{value}`; allowed are {}", allowed.join(", "));
    }
    Ok(value)
}

fn writer_rate(text: Option<&str>) -> anyhow::Result<WriterRate> {
    match text {
        None | Some("0") => Ok(WriterRate::Off),
        Some("max") => Ok(WriterRate::Max),
        Some(text) => {
            let rate: f64 = text
                .parse()
                .context("WRITER_RATE is neither a number nor `max`")?;
            if !(rate > 0.0 && rate.is_finite()) {
                bail!("WRITER_RATE is `{text}`; allowed are 0, a positive number, and `max`");
            }
            Ok(WriterRate::Paced(Duration::from_secs_f64(1.0 / rate)))
        }
    }
}
