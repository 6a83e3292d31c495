//! Paths inside a volume: bytes, since Linux file names are bytes.

use std::ffi::OsStr;
use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Marks a path whose bytes are not UTF-8 in JSON; such a path travels as base64.
const BASE64_PREFIX: &str = "base64:";

/// A path below the root of a volume or bind mount: relative, without `..`, never empty except for
/// a mount that is itself one file.
///
/// In JSON it is the plain path where that is valid UTF-8, otherwise `base64:` and its bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, ts_rs::TS)]
#[ts(type = "string", export_to = "api.ts")]
pub struct RelativePath(Vec<u8>);

impl RelativePath {
    /// Takes a path's bytes; `None` if it is absolute, has `..` or `.` in it, a doubled slash or a
    /// zero byte.
    #[must_use]
    pub fn new(bytes: impl Into<Vec<u8>>) -> Option<Self> {
        let bytes = bytes.into();
        let path = Path::new(OsStr::from_bytes(&bytes));
        let plain = path
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        let canonical: PathBuf = path.components().collect();
        (plain && !bytes.contains(&0) && canonical.as_os_str().as_bytes() == bytes)
            .then_some(Self(bytes))
    }

    /// The path's bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The path, to be joined to a mount's root.
    #[must_use]
    pub fn as_path(&self) -> &Path {
        Path::new(OsStr::from_bytes(&self.0))
    }

    /// The path below `root`. For a mount that is itself one file this is `root`.
    #[must_use]
    pub fn below(&self, root: &Path) -> PathBuf {
        if self.0.is_empty() {
            root.to_path_buf()
        } else {
            root.join(self.as_path())
        }
    }

    /// The same path with `suffix` added to its last component, as SQLite names its side files.
    #[must_use]
    pub fn with_suffix(&self, suffix: &str) -> Self {
        let mut bytes = self.0.clone();
        bytes.extend_from_slice(suffix.as_bytes());
        Self(bytes)
    }

    /// The path as text for people; bytes that are not UTF-8 are replaced.
    #[must_use]
    pub fn display(&self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }

    fn to_text(&self) -> String {
        match std::str::from_utf8(&self.0) {
            Ok(text) if !text.starts_with(BASE64_PREFIX) => text.to_owned(),
            _ => format!("{BASE64_PREFIX}{}", STANDARD.encode(&self.0)),
        }
    }

    /// Reads the form that `Serialize` writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix(BASE64_PREFIX) {
            Some(encoded) => STANDARD.decode(encoded).ok().and_then(Self::new),
            None => Self::new(text.as_bytes()),
        }
    }
}

impl fmt::Debug for RelativePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}", self.display())
    }
}

impl Serialize for RelativePath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_text())
    }
}

impl<'de> Deserialize<'de> for RelativePath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("not a path inside a volume"))
    }
}

#[cfg(test)]
mod tests {
    use super::RelativePath;

    #[test]
    fn paths_that_leave_the_volume_are_refused() {
        for bad in ["/etc/passwd", "../x", "a/../b", "./a", "a//b", "a/", "a\0b"] {
            assert_eq!(RelativePath::new(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn every_path_survives_json() {
        for bytes in [
            &b"data/app.db"[..],
            b"a b'\"?#%\n",
            b"\xff\xfe",
            b"base64:x",
            b"file:x",
            b"",
        ] {
            let path = RelativePath::new(bytes).expect("a fine path");
            let text = serde_json::to_string(&path).expect("serialises");
            assert_eq!(
                serde_json::from_str::<RelativePath>(&text).expect("reads back"),
                path
            );
        }
    }
}
