//! The helper's image: one static binary in an otherwise empty image, made here and loaded into the
//! engine. Nothing is pulled from anywhere.
//!
//! The image is written in the format of `docker save`, with fixed times and owners, so that the
//! same binary always gives the same image ID.

use bytes::Bytes;
use sha2::{Digest as _, Sha256};

use crate::error::{Code, Error};

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/helpers.rs"));
}

/// The program's place in the image.
pub(super) const PROGRAM: &str = "/lifeboat-helper";

/// A helper image, ready to be loaded.
#[derive(Debug, Clone)]
pub(super) struct HelperImage {
    /// The SHA-256 of its configuration: what an engine with the classic image store calls it.
    pub(super) id: String,
    /// The SHA-256 of its only layer: what identifies it where images are called otherwise.
    pub(super) layer: String,
    /// The name under which it is loaded. Nothing is run by this name.
    pub(super) tag: String,
    /// The `docker save` archive.
    pub(super) archive: Bytes,
}

/// The processors that this build carries a helper for.
#[must_use]
pub fn helper_architectures() -> Vec<&'static str> {
    embedded::HELPERS.iter().map(|(name, _)| *name).collect()
}

impl HelperImage {
    /// The image for an engine's processor.
    ///
    /// # Errors
    /// `helper-missing` if this build carries no helper for it.
    pub(super) fn for_architecture(architecture: &str) -> Result<Self, Error> {
        let wanted = normalize(architecture);
        let Some((_, binary)) = embedded::HELPERS.iter().find(|(name, _)| *name == wanted) else {
            return Err(missing(wanted));
        };
        Ok(Self::build(wanted, binary))
    }

    /// Puts the image together around the binary.
    fn build(architecture: &str, binary: &[u8]) -> Self {
        let mut layer = Vec::with_capacity(binary.len() + 2048);
        add_file(&mut layer, PROGRAM.trim_start_matches('/'), 0o755, binary);
        finish(&mut layer);
        let layer_digest = sha256(&layer);
        let config = configuration(architecture, &layer_digest);
        let config_digest = sha256(config.as_bytes());
        let tag = format!("lifeboat-helper:{}", env!("CARGO_PKG_VERSION"));
        let layer_name = format!("{layer_digest}/layer.tar");
        let manifest = serde_json::json!([{
            "Config": format!("{config_digest}.json"),
            "RepoTags": [tag],
            "Layers": [layer_name],
        }]);
        let mut archive = Vec::with_capacity(layer.len() + 8192);
        add_file(
            &mut archive,
            &format!("{config_digest}.json"),
            0o644,
            config.as_bytes(),
        );
        add_file(&mut archive, &layer_name, 0o644, &layer);
        add_file(
            &mut archive,
            "manifest.json",
            0o644,
            manifest.to_string().as_bytes(),
        );
        finish(&mut archive);
        Self {
            id: format!("sha256:{config_digest}"),
            layer: format!("sha256:{layer_digest}"),
            tag,
            archive: Bytes::from(archive),
        }
    }
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

/// One word for each processor: engines, kernels and images have their own.
pub(super) fn normalize(architecture: &str) -> &str {
    match architecture {
        "amd64" | "x64" => "x86_64",
        "arm64" => "aarch64",
        other => other,
    }
}

/// The image's configuration. Its text decides the image ID: `serde_json` keeps keys in order.
fn configuration(architecture: &str, layer_digest: &str) -> String {
    let image_architecture = match architecture {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    serde_json::json!({
        "architecture": image_architecture,
        "os": "linux",
        "created": "1970-01-01T00:00:00Z",
        "config": {
            "Entrypoint": [PROGRAM],
            "WorkingDir": "/",
            "User": "0",
            "Labels": {
                "dev.lifeboat.role": "helper",
                "dev.lifeboat.version": env!("CARGO_PKG_VERSION"),
            },
        },
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

/// Appends a regular file as a ustar entry: owner 0, time 0, so that the bytes never vary.
///
/// These are three fixed entries with short ASCII names. Archives of backups are `lifeboat_store`'s.
fn add_file(archive: &mut Vec<u8>, name: &str, mode: u32, content: &[u8]) {
    let mut header = [0_u8; BLOCK];
    let mut put = |offset: usize, text: &str| {
        header[offset..offset + text.len()].copy_from_slice(text.as_bytes());
    };
    assert!(name.len() <= 100, "the names of a helper image are short");
    put(0, name);
    put(100, &format!("{mode:07o}\0"));
    put(108, "0000000\0"); // owner
    put(116, "0000000\0"); // group
    put(124, &format!("{:011o}\0", content.len()));
    put(136, "00000000000\0"); // time
    put(148, "        "); // the sum is taken over blanks in its own place
    put(156, "0"); // a regular file
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
        let one = HelperImage::build("x86_64", b"binary");
        let two = HelperImage::build("x86_64", b"binary");
        let other = HelperImage::build("x86_64", b"another");
        assert_eq!((&one.id, &one.archive), (&two.id, &two.archive));
        assert_ne!(one.id, other.id);
        assert_eq!(one.archive.len() % BLOCK, 0);
    }

    #[test]
    fn an_architecture_without_a_helper_is_named() {
        let error = HelperImage::for_architecture("riscv64").expect_err("there is none");
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
