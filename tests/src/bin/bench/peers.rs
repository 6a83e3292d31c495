//! The ways to take a backup. Each is restored and checked after its first run.

use std::path::{Path, PathBuf};
use std::process::Command;

use lifeboat_tests::{artifacts, command};

use crate::measure::Setup;

/// A way to take a backup.
pub(crate) struct Way {
    /// Its name in the table.
    pub(crate) name: &'static str,
    /// Whether what it takes is one moment of the database, whatever is written meanwhile.
    pub(crate) consistent: bool,
    /// What must not be counted: an empty repository and the like.
    pub(crate) prepare: fn(&Setup<'_>),
    /// Takes the backup; bytes stored.
    pub(crate) take: fn(&Setup<'_>) -> u64,
    /// Restores it into a file of its own.
    pub(crate) restore: fn(&Setup<'_>) -> PathBuf,
    /// Removes it.
    pub(crate) clear: fn(&Setup<'_>),
}

/// All of them, in the order of the table.
pub(crate) const WAYS: [Way; 8] = [
    Way {
        name: "Lifeboat, gzip",
        consistent: true,
        prepare: |_| {},
        take: |setup| lifeboat(setup, "gzip"),
        restore: lifeboat_restore,
        clear: lifeboat_clear,
    },
    Way {
        name: "sqlite3 .backup + pigz",
        consistent: true,
        prepare: |_| {},
        take: |setup| dump_and_pack(setup, "pigz"),
        restore: unpack,
        clear,
    },
    Way {
        name: "Lifeboat, zstd",
        consistent: true,
        prepare: |_| {},
        take: |setup| lifeboat(setup, "zstd"),
        restore: lifeboat_restore,
        clear: lifeboat_clear,
    },
    Way {
        name: "restic, first run",
        consistent: false,
        prepare: |setup| shell(setup, "restic init --quiet --repo repository"),
        take: |setup| {
            shell(
                setup,
                "restic backup --quiet --no-cache --repo repository \"$DATA/guestbook.db\"",
            );
            size(setup, "repository")
        },
        restore: |setup| {
            shell(
                setup,
                "restic restore latest --quiet --no-cache --repo repository --target restored",
            );
            find(&setup.directory.join("restored"))
        },
        clear,
    },
    Way {
        name: "borg zstd,1, first run",
        consistent: false,
        prepare: |setup| shell(setup, "borg init --encryption none repository"),
        take: |setup| {
            shell(
                setup,
                "cd \"$DATA\" && borg create --compression zstd,1 \"$WORK/repository::one\" guestbook.db",
            );
            size(setup, "repository")
        },
        restore: |setup| {
            shell(
                setup,
                "mkdir restored && cd restored && borg extract \"$WORK/repository::one\"",
            );
            find(&setup.directory.join("restored"))
        },
        clear,
    },
    Way {
        name: "sqlite3 .backup + gzip",
        consistent: true,
        prepare: |_| {},
        take: |setup| dump_and_pack(setup, "gzip"),
        restore: unpack,
        clear,
    },
    Way {
        name: "sqlite3 VACUUM INTO + zstd -T0",
        consistent: true,
        prepare: |_| {},
        take: |setup| {
            shell(
                setup,
                "sqlite3 \"$DATA/guestbook.db\" \"VACUUM INTO 'copy.db'\" && zstd -q -T0 --rm copy.db",
            );
            size(setup, "copy.db.zst")
        },
        restore: |setup| {
            shell(setup, "zstd -q -d copy.db.zst -o restored.db");
            setup.directory.join("restored.db")
        },
        clear,
    },
    Way {
        name: "tar + gzip of the volume",
        consistent: false,
        prepare: |_| {},
        take: |setup| {
            shell(
                setup,
                "tar --create --gzip --file volume.tar.gz --directory \"$DATA\" .",
            );
            size(setup, "volume.tar.gz")
        },
        restore: |setup| {
            shell(
                setup,
                "mkdir restored && tar --extract --gzip --file volume.tar.gz --directory restored",
            );
            find(&setup.directory.join("restored"))
        },
        clear,
    },
];

fn lifeboat(setup: &Setup<'_>, codec: &str) -> u64 {
    let json = setup
        .lifeboat
        .run(&["backup", &setup.app.name, "--no-verify", "--codec", codec])
        .done();
    json["backup"]["stored_bytes"].as_u64().expect("a size")
}

fn lifeboat_restore(setup: &Setup<'_>) -> PathBuf {
    let to = setup.directory.join("restored.db");
    let text = to.to_str().expect("a plain path");
    setup
        .lifeboat
        .run(&[
            "download",
            &setup.app.name,
            "latest",
            "--as",
            "database",
            "--to",
            text,
        ])
        .done();
    to
}

fn lifeboat_clear(setup: &Setup<'_>) {
    setup
        .lifeboat
        .run(&["delete", &setup.app.name, "latest", "--yes"])
        .done();
    clear(setup);
}

fn dump_and_pack(setup: &Setup<'_>, packer: &str) -> u64 {
    shell(
        setup,
        &format!("sqlite3 \"$DATA/guestbook.db\" '.backup copy.db' && {packer} copy.db"),
    );
    size(setup, "copy.db.gz")
}

fn unpack(setup: &Setup<'_>) -> PathBuf {
    shell(setup, "gzip --decompress --stdout copy.db.gz >restored.db");
    setup.directory.join("restored.db")
}

/// Runs in the bench's own directory; `$DATA` is the application's volume, `$WORK` that directory.
fn shell(setup: &Setup<'_>, script: &str) {
    let mut shell = Command::new("bash");
    shell
        .args(["-euo", "pipefail", "-c", script])
        .current_dir(&setup.directory)
        .env("DATA", &setup.data)
        .env("WORK", &setup.directory)
        .env("RESTIC_PASSWORD", "benchmark")
        .env("BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK", "yes")
        .env("BORG_BASE_DIR", setup.directory.join("borg"));
    let _ = command::run(&mut shell).success();
}

fn clear(setup: &Setup<'_>) {
    shell(
        setup,
        "rm -rf repository restored restored.db copy.db* volume.tar.gz borg",
    );
}

fn size(setup: &Setup<'_>, name: &str) -> u64 {
    let mut du = Command::new("du");
    du.args(["--summarize", "--bytes"])
        .arg(setup.directory.join(name));
    let text = command::run(&mut du).success().text();
    text.split('\t')
        .next()
        .and_then(|bytes| bytes.parse().ok())
        .expect("a size")
}

/// The restored database somewhere below a directory.
fn find(directory: &Path) -> PathBuf {
    let mut search = Command::new("find");
    search
        .arg(directory)
        .args(["-name", "guestbook.db", "-type", "f"]);
    PathBuf::from(command::run(&mut search).success().text())
}

/// Whether a restored database opens, is intact, and has the rows of the live one.
pub(crate) fn check(setup: &Setup<'_>, restored: &Path) -> bool {
    let ask = |arguments: [&str; 2]| {
        let mut words = vec![arguments[0], restored.to_str().expect("a plain path")];
        words.extend(Some(arguments[1]).filter(|last| !last.is_empty()));
        let mut demo = Command::new(artifacts::demo_binary());
        command::run(demo.args(words)).text()
    };
    let rows = ask(["sql", "SELECT count(*) FROM events"]);
    ask(["integrity", ""]).contains("\"ok\":true") && rows == format!("[[{}]]", setup.rows)
}
