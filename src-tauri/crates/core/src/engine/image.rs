//! The images that come with Lifeboat, each one static binary in an otherwise empty image, made here and
//! loaded into the engine: the helper, and the demo application. Nothing is pulled from anywhere.
//!
//! An image is written in the format of `docker save`, with fixed times and owners, so that the
//! same binary always gives the same image ID.

use bytes::Bytes;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::api::DemoRelease;
use crate::error::{Code, Error};

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/programs.rs"));
}

/// The helper's place in its image.
const HELPER: &str = "/lifeboat-helper";
/// The demo application's place in its image.
const DEMO: &str = "/lifeboat-demo-app";
/// Whom the demo application runs as.
const DEMO_USER: u32 = 1000;

/// An image that comes with Lifeboat, ready to be loaded.
#[derive(Debug, Clone)]
pub(super) struct BundledImage {
    /// The SHA-256 of its configuration: what an engine with the classic image store calls it.
    pub(super) id: String,
    /// The SHA-256 of its only layer: what identifies it where images are called otherwise.
    pub(super) layer: String,
    /// The name under which it is loaded. A helper is never run by this name.
    pub(super) tag: String,
    /// What it starts.
    pub(super) program: &'static str,
    /// The variables that it brings along, beside `PATH`.
    pub(super) environment: &'static [&'static str],
    /// The `docker save` archive.
    pub(super) archive: Bytes,
}

/// The processors that this build carries a helper for.
#[must_use]
pub fn helper_architectures() -> Vec<&'static str> {
    embedded::HELPERS.iter().map(|(name, _)| *name).collect()
}

impl BundledImage {
    /// The helper, for an engine's processor.
    ///
    /// # Errors
    /// `helper-missing` if this build carries none for it.
    pub(super) fn helper(architecture: &str) -> Result<Self, Error> {
        let architecture = normalize(architecture);
        let binary = find(embedded::HELPERS, architecture).ok_or_else(|| missing(architecture))?;
        Ok(Self::helper_of(architecture, binary))
    }

    /// A release of the demo application, for an engine's processor.
    ///
    /// # Errors
    /// `unsupported` if this build carries none for it.
    pub(super) fn demo(architecture: &str, release: DemoRelease) -> Result<Self, Error> {
        let architecture = normalize(architecture);
        let binary = find(embedded::DEMOS, architecture).ok_or_else(|| no_demo(architecture))?;
        Ok(Self::demo_of(architecture, binary, release))
    }

    fn helper_of(architecture: &str, binary: &[u8]) -> Self {
        let mut layer = Vec::with_capacity(binary.len() + 4 * BLOCK);
        add(&mut layer, &Entry::program(HELPER), binary);
        let config = json!({
            "Entrypoint": [HELPER],
            "WorkingDir": "/",
            "User": "0",
            "Labels": {
                "dev.lifeboat.role": "helper",
                "dev.lifeboat.version": env!("CARGO_PKG_VERSION"),
            },
        });
        Self::build("lifeboat-helper", HELPER, architecture, layer, &config)
    }

    /// A new volume takes over the owner of `/data`.
    fn demo_of(architecture: &str, binary: &[u8], release: DemoRelease) -> Self {
        let mut layer = Vec::with_capacity(binary.len() + 6 * BLOCK);
        add(&mut layer, &Entry::program(DEMO), binary);
        add(&mut layer, &Entry::directory("tmp/", 0o1777, 0), &[]);
        add(
            &mut layer,
            &Entry::directory("data/", 0o755, DEMO_USER),
            &[],
        );
        let environment = environment_of(release);
        let variables = [&["PATH=/"], environment].concat();
        let nanoseconds = |seconds: u64| seconds * 1_000_000_000;
        let config = json!({
            "Entrypoint": [DEMO],
            "WorkingDir": "/",
            "User": format!("{DEMO_USER}:{DEMO_USER}"),
            "Env": variables,
            "ExposedPorts": { "8080/tcp": {} },
            "Healthcheck": {
                "Test": ["CMD", DEMO, "healthcheck"],
                "Interval": nanoseconds(2),
                "Timeout": nanoseconds(5),
                "StartPeriod": nanoseconds(5),
                "Retries": 3,
            },
            "Labels": {
                "org.opencontainers.image.title": "Lifeboat demo application",
            },
        });
        Self {
            environment,
            ..Self::build("lifeboat-demo", DEMO, architecture, layer, &config)
        }
    }

    /// Puts an image together around its layer.
    fn build(
        name: &str,
        program: &'static str,
        architecture: &str,
        mut layer: Vec<u8>,
        config: &Value,
    ) -> Self {
        finish(&mut layer);
        let layer_digest = sha256(&layer);
        let config = configuration(architecture, &layer_digest, config);
        let config_digest = sha256(config.as_bytes());
        let tag = format!("{name}:{}", env!("CARGO_PKG_VERSION"));
        let config_name = format!("{config_digest}.json");
        let layer_name = format!("{layer_digest}/layer.tar");
        let manifest = json!([{
            "Config": config_name,
            "RepoTags": [tag],
            "Layers": [layer_name],
        }])
        .to_string();
        let mut archive = Vec::with_capacity(layer.len() + 16 * BLOCK);
        add(&mut archive, &Entry::file(&config_name), config.as_bytes());
        add(&mut archive, &Entry::file(&layer_name), &layer);
        add(
            &mut archive,
            &Entry::file("manifest.json"),
            manifest.as_bytes(),
        );
        finish(&mut archive);
        Self {
            id: format!("sha256:{config_digest}"),
            layer: format!("sha256:{layer_digest}"),
            tag,
            program,
            environment: &[],
            archive: Bytes::from(archive),
        }
    }
}

/// What makes the releases differ: they are one program.
fn environment_of(release: DemoRelease) -> &'static [&'static str] {
    match release {
        DemoRelease::First => &["RELEASE=1"],
        DemoRelease::Good => &["RELEASE=2", "AT_START=migrate"],
        DemoRelease::Bad => &["RELEASE=3", "AT_START=migrate,crash"],
    }
}

fn find(programs: &[(&str, &'static [u8])], architecture: &str) -> Option<&'static [u8]> {
    let mut programs = programs.iter();
    programs
        .find(|(name, _)| *name == architecture)
        .map(|(_, binary)| *binary)
}

fn missing(architecture: &str) -> Error {
    Error::new(
        Code::HelperMissing,
        format!("This build of Lifeboat has no helper for engines with {architecture} processors."),
        format!(
            "Install a build with the helper for {architecture}, or use an engine on another machine."
        ),
    )
}

fn no_demo(architecture: &str) -> Error {
    Error::new(
        Code::Unsupported,
        format!("This build of Lifeboat has no demo application for {architecture} processors."),
        "Start an application of your own, or use an engine on another machine.",
    )
}

/// One word for each processor: engines, kernels and images have their own.
pub(super) fn normalize(architecture: &str) -> &str {
    match architecture {
        "amd64" | "x64" => "x86_64",
        "arm64" => "aarch64",
        other => other,
    }
}

/// The image's configuration. Its text decides the image ID: `serde_json` keeps keys in order.
fn configuration(architecture: &str, layer_digest: &str, config: &Value) -> String {
    let image_architecture = match architecture {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    json!({
        "architecture": image_architecture,
        "os": "linux",
        "created": "1970-01-01T00:00:00Z",
        "config": config,
        "rootfs": { "type": "layers", "diff_ids": [format!("sha256:{layer_digest}")] },
        "history": [{ "created": "1970-01-01T00:00:00Z", "created_by": "lifeboat" }],
    })
    .to_string()
}

fn sha256(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            write!(text, "{byte:02x}").expect("a string takes everything");
            text
        })
}

/// The size of a tar block.
const BLOCK: usize = 512;

/// What is put into an archive.
struct Entry<'a> {
    name: &'a str,
    /// The tar format's word: `0` a regular file, `5` a directory.
    kind: &'static str,
    mode: u32,
    /// User and group.
    owner: u32,
}

impl<'a> Entry<'a> {
    fn file(name: &'a str) -> Self {
        Self {
            name,
            kind: "0",
            mode: 0o644,
            owner: 0,
        }
    }

    /// By its path in the image.
    fn program(path: &'a str) -> Self {
        Self {
            mode: 0o755,
            ..Self::file(path.trim_start_matches('/'))
        }
    }

    fn directory(name: &'a str, mode: u32, owner: u32) -> Self {
        Self {
            name,
            kind: "5",
            mode,
            owner,
        }
    }
}

/// Appends a ustar entry of time 0, so that the bytes never vary.
///
/// These are a few fixed entries with short ASCII names. Archives of backups are `lifeboat_store`'s.
fn add(archive: &mut Vec<u8>, entry: &Entry<'_>, content: &[u8]) {
    let mut header = [0_u8; BLOCK];
    let mut put = |offset: usize, text: &str| {
        header[offset..offset + text.len()].copy_from_slice(text.as_bytes());
    };
    assert!(
        entry.name.len() <= 100,
        "the names in a bundled image are short"
    );
    let owner = format!("{:07o}\0", entry.owner);
    put(0, entry.name);
    put(100, &format!("{:07o}\0", entry.mode));
    put(108, &owner);
    put(116, &owner); // the group
    put(124, &format!("{:011o}\0", content.len()));
    put(136, "00000000000\0"); // time
    put(148, "        "); // the sum is taken over blanks in its own place
    put(156, entry.kind);
    put(257, "ustar\0");
    put(263, "00");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    archive.extend_from_slice(&header);
    archive.extend_from_slice(content);
    let padded = archive.len().next_multiple_of(BLOCK);
    archive.resize(padded, 0);
}

/// Ends the archive with its two empty blocks.
fn finish(archive: &mut Vec<u8>) {
    archive.resize(archive.len() + 2 * BLOCK, 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_binary_gives_the_same_image() {
        let one = BundledImage::helper_of("x86_64", b"binary");
        let two = BundledImage::helper_of("x86_64", b"binary");
        let other = BundledImage::helper_of("x86_64", b"another");
        assert_eq!((&one.id, &one.archive), (&two.id, &two.archive));
        assert_ne!(one.id, other.id);
        assert_eq!(one.archive.len() % BLOCK, 0);
    }

    #[test]
    fn an_architecture_without_a_helper_is_named() {
        let error = BundledImage::helper("riscv64").expect_err("there is none");
        assert_eq!(error.code, Code::HelperMissing);
        assert!(error.message.contains("riscv64"));
    }

    #[test]
    fn engines_and_kernels_name_processors_differently() {
        assert_eq!(normalize("amd64"), "x86_64");
        assert_eq!(normalize("arm64"), "aarch64");
        assert_eq!(normalize("x86_64"), "x86_64");
    }
}
