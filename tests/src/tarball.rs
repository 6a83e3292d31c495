//! Writes tar archives entry by entry, hostile ones too, which no honest library lets one write.

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use crate::command;

/// A tar archive in the making.
#[derive(Debug, Clone, Default)]
pub struct Tarball {
    bytes: Vec<u8>,
}

impl Tarball {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An ordinary file, under any name at all.
    #[must_use]
    pub fn file(mut self, name: &str, content: &[u8]) -> Self {
        self.header(name, b'0', content.len() as u64, "");
        self.bytes.extend_from_slice(content);
        self.pad();
        self
    }

    /// A directory.
    #[must_use]
    pub fn directory(mut self, name: &str) -> Self {
        self.header(name, b'5', 0, "");
        self
    }

    /// A symbolic link.
    #[must_use]
    pub fn symlink(mut self, name: &str, target: &str) -> Self {
        self.header(name, b'2', 0, target);
        self
    }

    /// A hard link.
    #[must_use]
    pub fn hard_link(mut self, name: &str, target: &str) -> Self {
        self.header(name, b'1', 0, target);
        self
    }

    /// A character device.
    #[must_use]
    pub fn device(mut self, name: &str) -> Self {
        self.header(name, b'3', 0, "");
        self
    }

    /// A header that promises `size_bytes`; nothing follows it.
    #[must_use]
    pub fn promise(mut self, name: &str, size_bytes: u64) -> Self {
        self.header(name, b'0', size_bytes, "");
        self
    }

    /// The finished archive.
    #[must_use]
    pub fn finish(mut self) -> Vec<u8> {
        self.bytes.extend_from_slice(&[0; 1024]);
        self.bytes
    }

    /// Writes the finished archive, compressed, to a file.
    ///
    /// # Panics
    /// If it cannot be written.
    pub fn write_gzip(self, path: &Path) {
        std::fs::write(path, gzip(&self.finish())).expect("the archive can be written");
    }

    fn header(&mut self, name: &str, kind: u8, size_bytes: u64, link: &str) {
        let mut header = [0_u8; 512];
        put(&mut header[0..100], name);
        put(&mut header[100..108], "0000644\0");
        put(&mut header[108..116], "0001750\0");
        put(&mut header[116..124], "0001750\0");
        put(&mut header[124..136], &format!("{size_bytes:011o}\0"));
        put(&mut header[136..148], "14000000000\0");
        header[148..156].fill(b' ');
        header[156] = kind;
        put(&mut header[157..257], link);
        put(&mut header[257..265], "ustar\x0000");
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        put(&mut header[148..156], &format!("{sum:06o}\0 "));
        self.bytes.extend_from_slice(&header);
    }

    fn pad(&mut self) {
        let rest = self.bytes.len() % 512;
        if rest > 0 {
            self.bytes.resize(self.bytes.len() + 512 - rest, 0);
        }
    }
}

fn put(field: &mut [u8], text: &str) {
    let mut field = field;
    let length = field.len().min(text.len());
    field
        .write_all(&text.as_bytes()[..length])
        .expect("it fits");
}

/// Compressed by the `gzip` command, as one member.
#[must_use]
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    command::run_with_input(
        Command::new("gzip").args(["--stdout", "--no-name"]),
        bytes.to_vec(),
    )
    .success()
    .stdout
}

/// Decompressed by the `gzip` command.
#[must_use]
pub fn gunzip(bytes: &[u8]) -> Vec<u8> {
    command::run_with_input(
        Command::new("gzip").args(["--stdout", "--decompress"]),
        bytes.to_vec(),
    )
    .success()
    .stdout
}

/// SHA-256 by the `sha256sum` command.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    let text = command::run_with_input(&mut Command::new("sha256sum"), bytes.to_vec())
        .success()
        .text();
    text.split(' ').next().unwrap_or_default().to_owned()
}
