//! A container that compose made as a sample, under another project's name, in the place of a real one.

use super::{Blueprint, is_anonymous};

/// Labels that say which of its project's containers one is, and where the project lies. A sample has
/// those of its own project.
const PLACE_LABELS: [&str; 5] = [
    "com.docker.compose.container-number",
    "com.docker.compose.oneoff",
    "com.docker.compose.project.config_files",
    "com.docker.compose.project.environment_file",
    "com.docker.compose.project.working_dir",
];

impl Blueprint {
    /// The sample as `present` would be if compose made it anew: in the project's own networks and with
    /// its own names, and with the volumes that nobody named.
    #[must_use]
    pub fn in_place_of(&self, present: &Self, sample_project: &str, project: &str) -> Self {
        // The sample's name is random: wherever it stands, the project's name belongs.
        let text = serde_json::to_string(self).expect("a blueprint is plain data");
        let mut next: Self = serde_json::from_str(&text.replace(sample_project, project))
            .expect("a blueprint stays one under another name");
        next.name.clone_from(&present.name);
        for label in PLACE_LABELS {
            match present.label(label) {
                Some(value) => next.set_label(label, value),
                None => next.remove_label(label),
            }
        }
        let kept = present.volumes_without_name();
        next.anonymous_volumes = next
            .anonymous_volumes
            .into_keys()
            .filter_map(|place| Some((place.clone(), kept.get(&place)?.clone())))
            .collect();
        // A link points to a container, and the sample has none to point to.
        for (name, endpoint) in &mut next.networks {
            let before = present.networks.get(name);
            endpoint.links = before.and_then(|endpoint| endpoint.links.clone());
        }
        if let Some(links) = present.host_config.get("Links") {
            next.host_config.insert("Links".to_owned(), links.clone());
        }
        next
    }

    fn remove_label(&mut self, name: &str) {
        let labels = self.config.get_mut("Labels");
        if let Some(labels) = labels.and_then(serde_json::Value::as_object_mut) {
            labels.remove(name);
        }
    }

    /// Volumes that nobody named, by the place where the container sees them: those that the engine told
    /// of, and those that are bound since the container was made anew by us.
    fn volumes_without_name(&self) -> std::collections::BTreeMap<String, String> {
        let mut volumes = self.anonymous_volumes.clone();
        let binds = self
            .host_config
            .get("Binds")
            .and_then(|binds| binds.as_array());
        for bind in binds.into_iter().flatten().filter_map(|bind| bind.as_str()) {
            let mut parts = bind.split(':');
            if let (Some(source), Some(place)) = (parts.next(), parts.next())
                && is_anonymous(source)
            {
                volumes.insert(place.to_owned(), source.to_owned());
            }
        }
        volumes
    }
}
