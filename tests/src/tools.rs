//! Looks at a volume, and changes it, through throw-away containers.

use serde_json::Value;

use crate::command;
use crate::engine::Engine;

/// Where a throw-away container sees the volume.
const ROOT: &str = "/data";

/// Tools on one volume.
#[derive(Debug, Clone)]
pub struct Tools {
    engine: Engine,
    volume: String,
    user: String,
}

/// What is known of a file of a volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFact {
    /// Path in the volume.
    pub path: String,
    /// `file`, `directory` or `other`.
    pub kind: String,
    /// Inode.
    pub inode: u64,
    /// Size in bytes.
    pub size_bytes: u64,
    /// Permission bits.
    pub mode: u32,
    /// User id.
    pub uid: u32,
    /// Group id.
    pub gid: u32,
    /// Modification time in nanoseconds since 1970.
    pub modified_ns: u64,
    /// SHA-256 of its content; `None` if it is no ordinary file.
    pub sha256: Option<String>,
}

impl Tools {
    /// Tools on a volume, run as root.
    #[must_use]
    pub fn new(engine: &Engine, volume: &str) -> Self {
        Self {
            engine: engine.clone(),
            volume: volume.to_owned(),
            user: "0:0".into(),
        }
    }

    /// The same, run as somebody else: as the owner of a live database, so that no side file of it
    /// ever belongs to root.
    #[must_use]
    pub fn as_user(&self, user: &str) -> Self {
        Self {
            user: user.to_owned(),
            ..self.clone()
        }
    }

    fn run(&self, arguments: &[&str], input: Vec<u8>) -> command::Finished {
        let mount = format!("{}:{ROOT}", self.volume);
        let image = crate::artifacts::demo_image();
        let mut words = vec![
            "run",
            "--rm",
            "--interactive",
            "--network",
            "none",
            "--no-healthcheck",
            "--log-driver",
            "none",
        ];
        words.extend(["--user", &self.user, "--volume", &mount, &image]);
        words.extend(arguments);
        command::run_with_input(&mut self.engine.command(&words), input).success()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let finished = self.run(arguments, Vec::new());
        serde_json::from_slice(&finished.stdout)
            .unwrap_or_else(|error| panic!("{error}: {finished}"))
    }

    /// Runs SQL on a database of the volume; the rows of the last statement.
    #[must_use]
    pub fn sql(&self, path: &str, statements: &str) -> Vec<Vec<Value>> {
        let rows = self.json(&["sql", &below(path), statements]);
        let rows = rows.as_array().expect("rows come as an array");
        rows.iter()
            .map(|row| row.as_array().expect("a row is an array").clone())
            .collect()
    }

    /// Runs SQL whose rows do not matter.
    pub fn execute(&self, path: &str, statements: &str) {
        let _ = self.sql(path, statements);
    }

    /// The one number that a query answers.
    #[must_use]
    pub fn number(&self, path: &str, query: &str) -> i64 {
        let rows = self.sql(path, query);
        rows[0][0]
            .as_i64()
            .unwrap_or_else(|| panic!("`{query}` answered {rows:?}"))
    }

    /// Whether `integrity_check` finds nothing.
    #[must_use]
    pub fn is_intact(&self, path: &str) -> bool {
        self.json(&["integrity", &below(path)])["ok"] == Value::Bool(true)
    }

    /// Makes a database: kind and options of the demo application's `make`.
    pub fn make(&self, kind: &str, path: &str, options: &[&str]) {
        let path = below(path);
        let mut words = vec!["make", kind, &path];
        words.extend(options);
        let _ = self.run(&words, Vec::new());
    }

    /// Every entry of the volume.
    #[must_use]
    pub fn files(&self) -> Vec<FileFact> {
        let list = self.json(&["files", ROOT]);
        list.as_array()
            .expect("files come as an array")
            .iter()
            .map(FileFact::parse)
            .collect()
    }

    /// One file of the volume.
    #[must_use]
    pub fn file(&self, path: &str) -> FileFact {
        let all = self.files();
        let found = all.iter().find(|fact| fact.path == path);
        found
            .unwrap_or_else(|| panic!("no {path} in {}: {all:?}", self.volume))
            .clone()
    }

    /// The names of all files, directories left out.
    #[must_use]
    pub fn file_names(&self) -> Vec<String> {
        self.files()
            .into_iter()
            .filter(|fact| fact.kind != "directory")
            .map(|fact| fact.path)
            .collect()
    }

    /// A file's content.
    #[must_use]
    pub fn read(&self, path: &str) -> Vec<u8> {
        self.run(&["cat", &below(path)], Vec::new()).stdout
    }

    /// Replaces a file's content; owner and mode of an existing file stay.
    pub fn write(&self, path: &str, content: impl Into<Vec<u8>>) {
        let _ = self.run(&["put", &below(path)], content.into());
    }

    /// Inverts one byte of a file.
    pub fn flip(&self, path: &str, offset: u64) {
        let _ = self.run(&["flip", &below(path), &offset.to_string()], Vec::new());
    }

    /// Cuts a file to a length.
    pub fn cut(&self, path: &str, length: u64) {
        let _ = self.run(&["cut", &below(path), &length.to_string()], Vec::new());
    }

    /// Any other tool of the demo application; paths are below `/data`.
    pub fn tool(&self, arguments: &[&str]) {
        let _ = self.run(arguments, Vec::new());
    }
}

/// The path as a throw-away container sees it.
#[must_use]
pub fn below(path: &str) -> String {
    format!("{ROOT}/{path}")
}

impl FileFact {
    fn parse(value: &Value) -> Self {
        let number = |name: &str| {
            value[name]
                .as_u64()
                .unwrap_or_else(|| panic!("no {name} in {value}"))
        };
        let small = |name: &str| u32::try_from(number(name)).expect("fits");
        Self {
            path: value["path"].as_str().unwrap_or_default().to_owned(),
            kind: value["kind"].as_str().unwrap_or_default().to_owned(),
            inode: number("inode"),
            size_bytes: number("size"),
            mode: small("mode"),
            uid: small("uid"),
            gid: small("gid"),
            modified_ns: number("modified_ns"),
            sha256: value["sha256"].as_str().map(str::to_owned),
        }
    }
}
