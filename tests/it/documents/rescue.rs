//! `docs/RESCUE.md`, followed from top to bottom.

use lifeboat_tests::{Engine, Vault};

use super::guide::Guide;
use super::operator::Operator;
use crate::support;

#[test]
fn data_comes_out_and_back_with_ordinary_tools() {
    let operator = Operator::new(&Engine::from_environment());
    operator.brings_it_up();
    let entries = operator.entries();
    let database = format!("{}.db", operator.app);
    for codec in ["gzip", "zstd", "none"] {
        let _ = operator.types(&format!(
            "lifeboat backup shop --codec {codec}\nlifeboat download shop latest --to ."
        ));
    }
    let place = |folder: &str| operator.directory.join(folder).join(&database);
    let is_whole = |folder: &str| {
        let path = place(folder);
        assert_eq!(
            support::number(&path, "SELECT count(*) FROM entries"),
            entries,
            "{folder}"
        );
    };

    let mut guide = Guide::open("docs/RESCUE.md", &operator);
    let checked = guide.shows("With tar and gzip");
    assert!(checked.text().contains(": OK"), "{checked}");
    let listed = guide.shows("With tar and gzip");
    let inside = format!("volumes/0/{database}");
    for name in ["lifeboat.json", &inside] {
        assert!(listed.text().contains(name), "{listed}");
    }
    is_whole("unpacked/volumes/0");
    let opened = guide.shows("With tar and gzip");
    for word in ["ok", "entries"] {
        assert!(opened.text().contains(word), "{opened}");
    }
    guide.does("The other compressions");
    is_whole("unpacked-zst/volumes/0");
    is_whole("unpacked-tar/volumes/0");
    guide.does("With lifeboat rescue");
    is_whole(&format!("rescued/volumes/{}_data", operator.app));

    // What is put back by hand gets a new volume.
    let _ = operator.types("docker compose down -v");
    guide.does("Back into an application");
    operator.is_healthy();
    assert_eq!(operator.entries(), entries);
    operator.loses_entries();
    assert_eq!(operator.entries(), 5, "the application's user may write");

    guide.does("Out of the vault, without Lifeboat");
    for backup in operator.backups() {
        let path = Vault::archive_path(&backup).replace("backups/", "from-the-vault/");
        assert!(operator.directory.join(&path).is_file(), "{path}");
    }
    guide.ends();
}
