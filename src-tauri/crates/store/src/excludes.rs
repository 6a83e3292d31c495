//! Patterns of paths inside a volume that a backup of whole volumes leaves out.
//!
//! A pattern is a path from the volume's root. `*` stands for any letters of one name, `**` for any number
//! of directories; a pattern without a slash means a name at any depth. One that matches a directory means
//! everything in it, too. Every other letter stands for itself, and names are bytes as everywhere.
//!
//! Patterns may come from the environment of an image, so no pattern takes long, whatever the path.

use serde::{Deserialize, Serialize};

use crate::relative_path::RelativePath;

const MAX_PATTERNS: usize = 100;
const MAX_LETTERS: usize = 4096;

/// Patterns, as they were written and ready to be compared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct Excludes {
    patterns: Vec<Pattern>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    text: String,
    parts: Vec<Part>,
}

/// What stands between two slashes.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// `**`: any number of directories, none among them.
    AnyDirectories,
    /// One name, in which `*` stands for any letters.
    Name(Vec<u8>),
}

impl Excludes {
    /// Reads patterns with commas between them; nothing is no pattern.
    ///
    /// # Errors
    /// Why they are not allowed, as the end of a sentence that begins with "it".
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        if text.len() > MAX_LETTERS {
            return Err(format!("is longer than {MAX_LETTERS} letters"));
        }
        let excludes = Self::of(text.split(','))?;
        if excludes.patterns.len() > MAX_PATTERNS {
            return Err(format!("has more than {MAX_PATTERNS} patterns"));
        }
        Ok(excludes)
    }

    fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Result<Self, String> {
        let patterns = texts.map(|text| Pattern::parse(text.trim()));
        let patterns = patterns.collect::<Result<_, _>>()?;
        Ok(Self { patterns })
    }

    /// These and others, each once.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        for pattern in others.patterns {
            if !self.patterns.contains(&pattern) {
                self.patterns.push(pattern);
            }
        }
        self
    }

    /// There is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Each as it was written.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        let patterns = self.patterns.iter();
        patterns.map(|pattern| pattern.text.clone()).collect()
    }

    /// The first pattern that matches the path, or a directory that it is in.
    #[must_use]
    pub fn matching(&self, path: &RelativePath) -> Option<&str> {
        // A mount that is one file has no name in the volume.
        if self.is_empty() || path.as_bytes().is_empty() {
            return None;
        }
        let names: Vec<&[u8]> = path.as_bytes().split(|byte| *byte == b'/').collect();
        let pattern = self.patterns.iter().find(|one| one.matches(&names))?;
        Some(&pattern.text)
    }
}

impl TryFrom<Vec<String>> for Excludes {
    type Error = String;

    fn try_from(texts: Vec<String>) -> Result<Self, String> {
        Self::of(texts.iter().map(String::as_str))
    }
}

impl From<Excludes> for Vec<String> {
    fn from(excludes: Excludes) -> Self {
        excludes.texts()
    }
}

impl Pattern {
    fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("has an empty entry".to_owned());
        }
        if text.chars().any(char::is_control) {
            return Err("has a control character in it".to_owned());
        }
        if text.starts_with('/') {
            return Err("has a path that begins with a slash".to_owned());
        }
        if text.ends_with('/') {
            return Err("has a path that ends with a slash".to_owned());
        }
        let mut parts: Vec<Part> = text.split('/').map(Part::parse).collect::<Result<_, _>>()?;
        if let [Part::Name(_)] = parts[..] {
            parts.insert(0, Part::AnyDirectories);
        }
        if parts.last() == Some(&Part::AnyDirectories) {
            // What is in the directories, not the one in which they begin.
            parts.push(Part::Name(b"*".to_vec()));
        }
        Ok(Self {
            text: text.to_owned(),
            parts,
        })
    }

    /// Follows all ways in which the pattern can be laid over the path at the same time, name by name.
    fn matches(&self, names: &[&[u8]]) -> bool {
        let end = self.parts.len();
        let mut reached = vec![false; end + 1];
        reached[0] = true;
        self.pass_by_directories(&mut reached);
        for name in names {
            let mut next = vec![false; end + 1];
            for (position, part) in self.parts.iter().enumerate() {
                if !reached[position] {
                    continue;
                }
                match part {
                    Part::AnyDirectories => next[position] = true,
                    Part::Name(wanted) => next[position + 1] |= name_matches(wanted, name),
                }
            }
            self.pass_by_directories(&mut next);
            if next[end] {
                return true;
            }
            reached = next;
        }
        false
    }

    /// `**` may also stand for no directory at all.
    fn pass_by_directories(&self, reached: &mut [bool]) {
        for (position, part) in self.parts.iter().enumerate() {
            if reached[position] && *part == Part::AnyDirectories {
                reached[position + 1] = true;
            }
        }
    }
}

impl Part {
    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "" => Err("has two slashes in a row".to_owned()),
            "." | ".." => Err("has “.” or “..” as a name in a path".to_owned()),
            "**" => Ok(Self::AnyDirectories),
            text if text.contains("**") => {
                Err("has “**” beside other letters of a name".to_owned())
            }
            text => Ok(Self::Name(text.as_bytes().to_vec())),
        }
    }
}

/// Compares a name; at what does not fit, the last `*` takes one letter more.
fn name_matches(wanted: &[u8], name: &[u8]) -> bool {
    let (mut at, mut letter) = (0, 0);
    let mut last_star = None;
    while letter < name.len() {
        match wanted.get(at) {
            Some(b'*') => {
                last_star = Some((at, letter));
                at += 1;
            }
            Some(byte) if *byte == name[letter] => {
                at += 1;
                letter += 1;
            }
            _ => {
                let Some((star, taken)) = last_star else {
                    return false;
                };
                last_star = Some((star, taken + 1));
                at = star + 1;
                letter = taken + 1;
            }
        }
    }
    wanted[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Excludes;
    use crate::relative_path::RelativePath;

    fn matches(pattern: &str, path: &str) -> bool {
        let excludes = Excludes::parse(pattern).expect(pattern);
        let path = RelativePath::new(path).expect("a path");
        excludes.matching(&path).is_some()
    }

    #[test]
    fn what_each_pattern_matches() {
        for (pattern, path, wanted) in [
            // A name, at any depth, and with a directory everything in it.
            ("cache", "cache", true),
            ("cache", "cache/a/b.png", true),
            ("cache", "deep/er/cache/a.png", true),
            ("cache", "cached", false),
            ("cache", "Cache", false),
            ("*.tmp", "a.tmp", true),
            ("*.tmp", "deep/er/a.tmp", true),
            ("*.tmp", "a.tmp.png", false),
            ("*.tmp", "deep.tmp/a.png", true),
            ("*", "a", true),
            // A path, from the root.
            ("uploads/thumbs", "uploads/thumbs", true),
            ("uploads/thumbs", "uploads/thumbs/a/b", true),
            ("uploads/thumbs", "uploads", false),
            ("uploads/thumbs", "other/uploads/thumbs", false),
            ("uploads/thumbs", "uploads/thumbs2", false),
            // One name is one name.
            ("uploads/*/small", "uploads/2026/small/a.png", true),
            ("uploads/*/small", "uploads/2026/05/small/a.png", false),
            ("uploads/*/small", "uploads/small", false),
            ("uploads/a*b*c", "uploads/axxbxxc", true),
            ("uploads/a*b*c", "uploads/axxbxx", false),
            // Any directories, none among them.
            ("uploads/**/small", "uploads/small", true),
            ("uploads/**/small", "uploads/2026/05/small/a.png", true),
            ("uploads/**/small", "other/small", false),
            ("**/small", "small", true),
            ("**/small/*.png", "a/b/small/a.png", true),
            ("**/small/*.png", "a/b/small/a.jpg", false),
            ("**/a/**/b", "x/a/y/a/z/b", true),
            // What is in a directory, and not the directory.
            ("cache/**", "cache", false),
            ("cache/**", "cache/a", true),
            ("cache/**", "cache/a/b", true),
            ("cache/*", "cache", false),
            ("cache/*", "cache/a/b", true),
            ("**", "a/b", true),
            // Letters that mean something elsewhere.
            ("[old]", "[old]/a", true),
            ("[old]", "o", false),
            ("a?b", "axb", false),
            ("{a}", "{a}", true),
            ("with space", "with space/a", true),
            ("ünï*", "ünïcode", true),
        ] {
            assert_eq!(matches(pattern, path), wanted, "{pattern} on {path}");
        }
    }

    #[test]
    fn names_are_bytes() {
        let excludes = Excludes::parse("cache/*.tmp").expect("allowed");
        let path = RelativePath::new(&b"cache/\xff\xfe.tmp"[..]).expect("a path");
        assert_eq!(excludes.matching(&path), Some("cache/*.tmp"));
    }

    #[test]
    fn a_mount_that_is_one_file_is_never_meant() {
        let excludes = Excludes::parse("*, **").expect("allowed");
        assert_eq!(excludes.matching(&RelativePath::default()), None);
    }

    #[test]
    fn what_is_not_allowed_is_refused_with_its_reason() {
        for (text, reason) in [
            ("/cache", "begins with a slash"),
            ("cache/", "ends with a slash"),
            ("a//b", "two slashes"),
            ("..", "“..”"),
            ("a/../b", "“..”"),
            ("./a", "“.”"),
            ("a,,b", "empty entry"),
            (",", "empty entry"),
            ("a,", "empty entry"),
            ("a\tb", "control character"),
            ("a\u{9b}b", "control character"),
            ("a**", "“**” beside"),
            ("a/***", "“**” beside"),
        ] {
            let why = Excludes::parse(text).expect_err(text);
            assert!(why.contains(reason), "{text:?}: {why}");
        }
        let many = vec!["a"; 101].join(",");
        assert!(Excludes::parse(&many).is_err());
        assert!(Excludes::parse(&"a".repeat(4097)).is_err());
        assert!(serde_json::from_str::<Excludes>(r#"["../x"]"#).is_err());
    }

    #[test]
    fn they_are_kept_as_they_were_written() {
        let excludes = Excludes::parse(" cache , uploads/**/*.tmp ").expect("allowed");
        assert_eq!(excludes.texts(), ["cache", "uploads/**/*.tmp"]);
        let text = serde_json::to_string(&excludes).expect("plain");
        assert_eq!(text, r#"["cache","uploads/**/*.tmp"]"#);
        assert_eq!(
            serde_json::from_str::<Excludes>(&text).expect("reads back"),
            excludes
        );
        assert!(Excludes::parse("  ").expect("allowed").is_empty());
        let more = excludes.and(Excludes::parse("cache,tmp").expect("allowed"));
        assert_eq!(more.texts(), ["cache", "uploads/**/*.tmp", "tmp"]);
    }

    /// A pattern may come with an image.
    #[test]
    fn no_pattern_takes_long() {
        let began = Instant::now();
        let name = "a".repeat(250);
        let stars = format!("{}b", "*a".repeat(60));
        assert!(!matches(&stars, &name));
        let deep = vec!["a"; 300].join("/");
        let directories = format!("{}b", "**/a/".repeat(60));
        assert!(!matches(&directories, &deep));
        assert!(began.elapsed() < Duration::from_secs(5));
    }
}
