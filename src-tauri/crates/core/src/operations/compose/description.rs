//! What a project's files say, as compose itself has read them.

use std::collections::{BTreeMap, BTreeSet};

use yaml_rust2::yaml::Hash;
use yaml_rust2::{Yaml, YamlEmitter, YamlLoader};

/// A project's files, merged and filled in by compose.
#[derive(Debug, Clone)]
pub(in crate::operations) struct Description {
    document: Hash,
}

/// What a sample takes from the engine instead of making it.
pub(super) struct Existing {
    /// By the key in the files: the network's own name.
    pub(super) networks: BTreeMap<String, String>,
    /// By the key in the files: the volume's own name.
    pub(super) volumes: BTreeMap<String, String>,
}

impl Description {
    /// Reads what `compose config` printed; `None` if it is not understood.
    pub(super) fn read(text: &str) -> Option<Self> {
        let document = YamlLoader::load_from_str(text).ok()?.into_iter().next()?;
        let document = document.into_hash()?;
        document.get(&key("services"))?.as_hash()?;
        Some(Self { document })
    }

    /// The services.
    pub(in crate::operations) fn services(&self) -> BTreeSet<String> {
        self.entries("services")
            .map(|(name, _)| name.to_owned())
            .collect()
    }

    /// Services that are built from a folder.
    pub(in crate::operations) fn built_services(&self) -> BTreeSet<String> {
        self.entries("services")
            .filter(|(_, service)| !service["build"].is_badvalue())
            .map(|(name, _)| name.to_owned())
            .collect()
    }

    /// The image that the files name for a service; a service that is built may have none.
    pub(in crate::operations) fn image_of(&self, service: &str) -> Option<&str> {
        self.service(service)?["image"].as_str()
    }

    /// The container name that the files ask for.
    pub(in crate::operations) fn container_name_of(&self, service: &str) -> Option<&str> {
        self.service(service)?["container_name"].as_str()
    }

    /// The names that networks (or volumes) have or would have on the engine, by their keys; those that
    /// are none of the project's are left out.
    pub(super) fn own(&self, kind: &str, project: &str) -> BTreeMap<String, String> {
        let named = self.entries(kind).filter(|(_, one)| !is_external(one));
        let mut own: BTreeMap<String, String> = named
            .map(|(name, one)| {
                let full = one["name"].as_str();
                let full = full.map_or_else(|| format!("{project}_{name}"), str::to_owned);
                (name.to_owned(), full)
            })
            .collect();
        // A service that names no network is in this one, and the files need not mention it.
        if kind == "networks" && self.entries(kind).all(|(name, _)| name != "default") {
            own.insert("default".to_owned(), format!("{project}_default"));
        }
        own
    }

    /// The same files for a sample: nothing of the engine's is taken away or made twice, and each service
    /// runs the image of its name.
    pub(super) fn for_sample(
        &self,
        images: &BTreeMap<String, String>,
        existing: &Existing,
    ) -> Option<String> {
        let mut document = self.document.clone();
        // Generations of compose read a file without them alike.
        document.remove(&key("version"));
        document.remove(&key("name"));
        let services = document.get_mut(&key("services"))?.as_mut_hash()?;
        for (name, service) in services.iter_mut() {
            let service = service.as_mut_hash()?;
            for unwanted in ["build", "container_name", "deploy", "links", "scale"] {
                service.remove(&key(unwanted));
            }
            if let Some(image) = name.as_str().and_then(|name| images.get(name)) {
                service.insert(key("image"), key(image));
            }
        }
        for (kind, names) in [
            ("networks", &existing.networks),
            ("volumes", &existing.volumes),
        ] {
            if names.is_empty() {
                continue;
            }
            let section = document
                .entry(key(kind))
                .or_insert_with(|| Yaml::Hash(Hash::new()));
            let section = section.as_mut_hash()?;
            for (name, full) in names {
                let mut external = Hash::new();
                external.insert(key("external"), Yaml::Boolean(true));
                external.insert(key("name"), key(full));
                section.insert(key(name), Yaml::Hash(external));
            }
        }
        let mut text = String::new();
        YamlEmitter::new(&mut text)
            .dump(&Yaml::Hash(document))
            .ok()?;
        Some(text)
    }

    fn service(&self, name: &str) -> Option<&Yaml> {
        self.document
            .get(&key("services"))?
            .as_hash()?
            .get(&key(name))
    }

    fn entries(&self, section: &str) -> impl Iterator<Item = (&str, &Yaml)> {
        let section = self.document.get(&key(section)).and_then(Yaml::as_hash);
        section
            .into_iter()
            .flatten()
            .filter_map(|(name, value)| Some((name.as_str()?, value)))
    }
}

fn key(text: &str) -> Yaml {
    Yaml::String(text.to_owned())
}

fn is_external(one: &Yaml) -> bool {
    match &one["external"] {
        Yaml::Boolean(external) => *external,
        Yaml::BadValue | Yaml::Null => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Description, Existing};

    const FILES: &str = "
name: shop
services:
  web:
    build: {context: .}
    container_name: shop
    environment: {PRICE: '3', TEXT: 'a $$b'}
    volumes: ['data:/data:rw']
  side:
    image: side:1
networks:
  inner: {ipam: {config: [{subnet: 10.9.8.0/24}]}}
  others: {external: true, name: somewhere}
volumes:
  data: {}
  cache: {name: warm}
";

    #[test]
    fn the_files_are_read() {
        let files = Description::read(FILES).expect("it is read");
        assert_eq!(files.built_services().len(), 1);
        assert_eq!(files.image_of("side"), Some("side:1"));
        assert_eq!(files.container_name_of("web"), Some("shop"));
        let networks = files.own("networks", "shop");
        let names: Vec<&str> = networks.values().map(String::as_str).collect();
        assert_eq!(names, ["shop_default", "shop_inner"], "not those of others");
        assert_eq!(files.own("volumes", "shop")["cache"], "warm");
    }

    #[test]
    fn a_sample_uses_what_is_there_and_keeps_every_value() {
        let files = Description::read(FILES).expect("it is read");
        let existing = Existing {
            networks: BTreeMap::from([("inner".to_owned(), "shop_inner".to_owned())]),
            volumes: BTreeMap::from([("data".to_owned(), "shop_data".to_owned())]),
        };
        let images = BTreeMap::from([("web".to_owned(), "shop_web:latest".to_owned())]);
        let text = files.for_sample(&images, &existing).expect("it is written");
        let sample = Description::read(&text).expect("it is read again");
        assert_eq!(sample.image_of("web"), Some("shop_web:latest"));
        assert_eq!(sample.container_name_of("web"), None);
        assert!(sample.built_services().is_empty());
        assert!(!sample.own("networks", "x").contains_key("inner"), "{text}");
        assert!(!sample.own("volumes", "x").contains_key("data"), "{text}");
        assert!(
            text.contains("PRICE: \"3\"") && text.contains("a $$b"),
            "{text}"
        );
    }
}
