//! Which value is in force for each key, where it comes from, and what was refused.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::table::{Entry, Key, TABLE, entry};
use super::values::Settings;

/// Where a value comes from, from the strongest to the weakest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export_to = "api.ts")]
pub enum Origin {
    /// Chosen in Lifeboat.
    Lifeboat,
    /// The compose project's `.env`.
    DotEnv,
    /// The environment of the application's container.
    Environment,
    /// The value that was last good, since the one that is written now is not allowed.
    LastGood,
    /// Nobody chose anything.
    Default,
}

/// What was written, by origin.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layers {
    /// Chosen in Lifeboat.
    pub lifeboat: BTreeMap<Key, String>,
    /// The `.env`.
    pub dot_env: BTreeMap<String, String>,
    /// The environment of the application's container.
    pub environment: BTreeMap<String, String>,
}

/// A value in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct ResolvedValue {
    /// The key.
    pub key: Key,
    /// Its value; empty for "not set".
    pub value: String,
    /// Where it comes from.
    pub origin: Origin,
}

/// A value that is not allowed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "api.ts")]
pub struct Refused {
    /// The key.
    pub key: Key,
    /// What is written.
    pub value: String,
    /// Where.
    pub origin: Origin,
    /// What is wrong and what is allowed, in one sentence.
    pub message: String,
    /// The value in force instead.
    pub in_force: String,
}

/// What the layers come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// To work with.
    pub settings: Settings,
    /// The same, key by key, in the table's order.
    pub values: Vec<ResolvedValue>,
    /// What was refused.
    pub refused: Vec<Refused>,
}

/// Resolves each key by itself. A refused value does not fall through to a weaker origin: what was
/// `last_good` for that key stays in force, or else its default.
#[must_use]
pub fn resolve(layers: &Layers, last_good: &BTreeMap<Key, String>) -> Resolved {
    let mut resolved = Resolved {
        settings: Settings::default(),
        values: Vec::new(),
        refused: Vec::new(),
    };
    for entry in TABLE {
        let origin = match written(layers, entry) {
            None => Origin::Default,
            Some((origin, text)) => match entry.apply(&mut resolved.settings, &text) {
                Ok(()) => origin,
                Err(why) => {
                    let fallback = fall_back(entry, last_good, &mut resolved.settings);
                    resolved.refused.push(Refused {
                        key: entry.key,
                        message: sentence(entry, &text, origin, &why),
                        value: shortened(&entry.shown(&text)),
                        origin,
                        in_force: entry.shown(&entry.text_of(&resolved.settings)),
                    });
                    fallback
                }
            },
        };
        resolved.values.push(ResolvedValue {
            key: entry.key,
            value: entry.text_of(&resolved.settings),
            origin,
        });
    }
    resolved
}

/// Settings from values that are or were in force: each that is still allowed, the default for the
/// rest.
#[must_use]
pub fn settings_of(values: &[ResolvedValue]) -> Settings {
    let mut settings = Settings::default();
    for value in values {
        // What an older Lifeboat allowed and this one does not is the default's business.
        let _ = entry(value.key).apply(&mut settings, &value.value);
    }
    settings
}

/// The strongest origin in which the key is written. Compose's habit of setting what nobody chose to
/// nothing counts as not written.
fn written(layers: &Layers, entry: &Entry) -> Option<(Origin, String)> {
    if let Some(text) = layers.lifeboat.get(&entry.key) {
        return Some((Origin::Lifeboat, text.clone()));
    }
    let outer = [
        (Origin::DotEnv, &layers.dot_env),
        (Origin::Environment, &layers.environment),
    ];
    outer.into_iter().find_map(|(origin, layer)| {
        let text = layer.get(entry.name)?;
        (!text.trim().is_empty()).then(|| (origin, text.clone()))
    })
}

fn fall_back(entry: &Entry, last_good: &BTreeMap<Key, String>, settings: &mut Settings) -> Origin {
    let good = last_good.get(&entry.key);
    match good.map(|text| entry.apply(settings, text)) {
        Some(Ok(())) => Origin::LastGood,
        _ => Origin::Default,
    }
}

fn sentence(entry: &Entry, text: &str, origin: Origin, why: &str) -> String {
    let place = match origin {
        Origin::DotEnv => " in the .env",
        Origin::Environment => " in the container's environment",
        Origin::Lifeboat | Origin::LastGood | Origin::Default => "",
    };
    format!(
        "{} is “{}”{place}, which {why}; allowed is {}.",
        entry.name,
        shortened(&entry.shown(text)).escape_debug(),
        entry.allowed
    )
}

fn shortened(text: &str) -> String {
    const MAX_LETTERS: usize = 80;
    match text.char_indices().nth(MAX_LETTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
