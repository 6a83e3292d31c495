//! In which points two containers were asked for differently, in words for a person.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{Blueprint, is_anonymous, is_empty};
use crate::api::{Edit, EditKind};

/// Labels by which compose knows its containers; they are no wish of the user's.
const COMPOSE_LABELS: &str = "com.docker.compose.";

/// What compose and the engine derive from other points that are compared by themselves.
const DERIVED: [&str; 8] = [
    "Binds",
    "Env",
    "ExposedPorts",
    "Labels",
    "Links",
    "Mounts",
    "PortBindings",
    "Volumes",
];

/// What the points are called that a compose file names otherwise.
const WORDS: [(&str, &str); 9] = [
    ("Cmd", "command"),
    ("Entrypoint", "entrypoint"),
    ("Healthcheck", "healthcheck"),
    ("Hostname", "hostname"),
    ("NetworkMode", "network mode"),
    ("RestartPolicy", "restart"),
    ("StopSignal", "stop signal"),
    ("User", "user"),
    ("WorkingDir", "working directory"),
];

impl Blueprint {
    /// What `other` has that this one has not, and the other way round. Values of environment variables
    /// are not told: they may be secrets.
    #[must_use]
    pub fn edits(&self, other: &Self) -> Vec<Edit> {
        let mut edits = Edits::default();
        edits.compare("image", Some(self.image.clone()), Some(other.image.clone()));
        edits.maps("volume", &self.mounts_in_words(), &other.mounts_in_words());
        edits.maps("port", &self.ports(), &other.ports());
        edits.maps(
            "network",
            &self.networks_in_words(),
            &other.networks_in_words(),
        );
        edits.secrets(&self.environment(), &other.environment());
        edits.maps("label", &self.own_labels(), &other.own_labels());
        edits.objects(&self.config, &other.config);
        edits.objects(&self.host_config, &other.host_config);
        edits.found
    }

    /// What is mounted: by the place in the container, the volume's name or the path; `None` for a volume
    /// that nobody named.
    #[must_use]
    pub fn mounts(&self) -> BTreeMap<String, Option<String>> {
        let mut mounts: BTreeMap<String, Option<String>> = self
            .anonymous_volumes
            .keys()
            .map(|destination| (destination.clone(), None))
            .collect();
        let host = &self.host_config;
        let binds = host.get("Binds").and_then(Value::as_array);
        for bind in binds.into_iter().flatten().filter_map(Value::as_str) {
            let mut parts = bind.split(':');
            if let (Some(source), Some(destination)) = (parts.next(), parts.next()) {
                mounts.insert(destination.to_owned(), named(source));
            }
        }
        let listed = host.get("Mounts").and_then(Value::as_array);
        for mount in listed.into_iter().flatten() {
            if let Some(destination) = mount["Target"].as_str() {
                let source = mount["Source"].as_str().unwrap_or_default();
                mounts.insert(destination.to_owned(), named(source));
            }
        }
        mounts
    }

    fn mounts_in_words(&self) -> BTreeMap<String, String> {
        let read_only = self.read_only_places();
        self.mounts()
            .into_iter()
            .map(|(destination, source)| {
                let source = source.unwrap_or_else(|| "a volume without a name".to_owned());
                let mode = if read_only.contains(&destination) {
                    " (read-only)"
                } else {
                    ""
                };
                (destination, format!("{source}{mode}"))
            })
            .collect()
    }

    fn read_only_places(&self) -> BTreeSet<String> {
        let host = &self.host_config;
        let binds = host.get("Binds").and_then(Value::as_array);
        let bound = binds.into_iter().flatten().filter_map(Value::as_str);
        let bound = bound.filter_map(|bind| {
            let mut parts = bind.split(':').skip(1);
            let destination = parts.next()?;
            let options = parts.next()?;
            options
                .split(',')
                .any(|option| option == "ro")
                .then(|| destination.to_owned())
        });
        let mounts = host.get("Mounts").and_then(Value::as_array);
        let mounted = mounts
            .into_iter()
            .flatten()
            .filter(|mount| mount["ReadOnly"] == true)
            .filter_map(|mount| mount["Target"].as_str().map(str::to_owned));
        bound.chain(mounted).collect()
    }

    fn ports(&self) -> BTreeMap<String, String> {
        let ports = self.host_config.get("PortBindings");
        let ports = ports.and_then(Value::as_object).into_iter().flatten();
        ports
            .map(|(port, bindings)| {
                let mut places: Vec<String> = bindings
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|binding| {
                        let address = binding["HostIp"].as_str().unwrap_or_default();
                        let port = binding["HostPort"].as_str().unwrap_or_default();
                        format!("{}:{port}", if address.is_empty() { "*" } else { address })
                    })
                    .collect();
                places.sort_unstable();
                (port.clone(), places.join(", "))
            })
            .collect()
    }

    fn networks_in_words(&self) -> BTreeMap<String, String> {
        self.networks
            .iter()
            .map(|(name, endpoint)| {
                let mut words: BTreeSet<String> =
                    endpoint.aliases.iter().flatten().cloned().collect();
                let addresses = endpoint.ipam_config.iter().flat_map(|wanted| {
                    [wanted.ipv4_address.clone(), wanted.ipv6_address.clone()]
                        .into_iter()
                        .flatten()
                });
                words.extend(addresses.filter(|address| !address.is_empty()));
                let words: Vec<String> = words.into_iter().collect();
                (name.clone(), words.join(", "))
            })
            .collect()
    }

    /// The container's environment, its image's part of it, too.
    #[must_use]
    pub fn environment(&self) -> BTreeMap<String, String> {
        let entries = self.config.get("Env").and_then(Value::as_array);
        let entries = entries.into_iter().flatten().filter_map(Value::as_str);
        entries
            .map(|entry| {
                let (name, value) = entry.split_once('=').unwrap_or((entry, ""));
                (name.to_owned(), value.to_owned())
            })
            .collect()
    }

    fn own_labels(&self) -> BTreeMap<String, String> {
        let labels = self.config.get("Labels").and_then(Value::as_object);
        labels
            .into_iter()
            .flatten()
            .filter(|(name, _)| !name.starts_with(COMPOSE_LABELS))
            .map(|(name, value)| (name.clone(), in_words(value)))
            .collect()
    }
}

/// A source that somebody named.
fn named(source: &str) -> Option<String> {
    (!source.is_empty() && !is_anonymous(source)).then(|| source.to_owned())
}

#[derive(Default)]
struct Edits {
    found: Vec<Edit>,
}

impl Edits {
    fn compare(&mut self, what: &str, before: Option<String>, after: Option<String>) {
        let kind = match (&before, &after) {
            (Some(before), Some(after)) if before == after => return,
            (None, None) => return,
            (Some(_), Some(_)) => EditKind::Changed,
            (Some(_), None) => EditKind::Removed,
            (None, Some(_)) => EditKind::Added,
        };
        self.found.push(Edit {
            what: what.to_owned(),
            kind,
            before,
            after,
        });
    }

    fn maps(
        &mut self,
        what: &str,
        before: &BTreeMap<String, String>,
        after: &BTreeMap<String, String>,
    ) {
        let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for name in names {
            let what = format!("{what} {name}");
            self.compare(&what, before.get(name).cloned(), after.get(name).cloned());
        }
    }

    fn secrets(&mut self, before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) {
        let mut named = Self::default();
        named.maps("environment", before, after);
        self.found.extend(named.found.into_iter().map(|edit| Edit {
            before: None,
            after: None,
            ..edit
        }));
    }

    fn objects(&mut self, before: &Map<String, Value>, after: &Map<String, Value>) {
        let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for name in names {
            let value = |map: &Map<String, Value>| {
                map.get(name).filter(|value| !is_empty(value)).map(in_words)
            };
            if !DERIVED.contains(&name.as_str()) {
                let word = WORDS.iter().find(|(key, _)| key == name);
                let word = word.map_or(name.as_str(), |(_, word)| *word);
                self.compare(word, value(before), value(after));
            }
        }
    }
}

/// A value as a person would write it in a line.
fn in_words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(in_words).collect::<Vec<_>>().join(" "),
        Value::Object(map) => {
            let parts = map.iter().filter(|(_, value)| !is_empty(value));
            let parts = parts.map(|(name, value)| match name.as_str() {
                "Name" | "Test" => in_words(value),
                _ => format!("{name} {}", in_words(value)),
            });
            parts.collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}
