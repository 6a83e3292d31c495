//! `settings.json`: the settings as the vault keeps them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::resolve::{Layers, Refused, Resolved, ResolvedValue, resolve, settings_of};
use super::table::Key;
use super::values::Settings;
use crate::manifest::FORMAT_VERSION;

/// What was chosen, what it came to, and when. Whoever has the `.env` and the engine at hand resolves
/// and writes; the guardian only reads.
///
/// Keys that this version does not know are a newer one's and are left out when it is read: `chosen`
/// and `values` are read leniently, so that older and newer desktops can share a vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredSettings {
    /// Format version.
    pub format: u32,
    /// When they were resolved.
    pub at: Timestamp,
    /// By whom, such as `desktop:anna@box`.
    pub by: String,
    /// What was chosen in Lifeboat.
    #[serde(default, deserialize_with = "lenient::chosen")]
    pub chosen: BTreeMap<Key, String>,
    /// What is in force, with its origin, in the table's order.
    #[serde(default, deserialize_with = "lenient::list")]
    pub values: Vec<ResolvedValue>,
    /// What was refused.
    #[serde(default, deserialize_with = "lenient::list")]
    pub refused: Vec<Refused>,
}

impl StoredSettings {
    /// Resolves anew. What `earlier` had in force is the last good of each key.
    #[must_use]
    pub fn resolve(
        layers: &Layers,
        earlier: Option<&Self>,
        at: Timestamp,
        by: impl Into<String>,
    ) -> Self {
        let last_good = earlier.map(Self::in_force).unwrap_or_default();
        let Resolved {
            values, refused, ..
        } = resolve(layers, &last_good);
        Self {
            format: FORMAT_VERSION,
            at,
            by: by.into(),
            chosen: layers.lifeboat.clone(),
            values,
            refused,
        }
    }

    /// What is in force, key by key.
    #[must_use]
    pub fn in_force(&self) -> BTreeMap<Key, String> {
        let pairs = self.values.iter();
        pairs
            .map(|value| (value.key, value.value.clone()))
            .collect()
    }

    /// What is in force, to work with.
    #[must_use]
    pub fn settings(&self) -> Settings {
        settings_of(&self.values)
    }
}

/// Leaves out what does not fit.
mod lenient {
    use std::collections::BTreeMap;

    use serde::de::DeserializeOwned;
    use serde::{Deserialize, Deserializer};
    use serde_json::Value;

    use super::Key;

    pub(super) fn chosen<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<Key, String>, D::Error> {
        let all = BTreeMap::<String, String>::deserialize(deserializer)?;
        let known = all.into_iter();
        Ok(known
            .filter_map(|(name, value)| Some((Key::of_name(&name)?, value)))
            .collect())
    }

    pub(super) fn list<'de, D: Deserializer<'de>, T: DeserializeOwned>(
        deserializer: D,
    ) -> Result<Vec<T>, D::Error> {
        let all = Vec::<Value>::deserialize(deserializer)?;
        let known = all.into_iter();
        Ok(known
            .filter_map(|value| serde_json::from_value(value).ok())
            .collect())
    }
}
