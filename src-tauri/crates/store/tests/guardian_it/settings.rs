//! Settings: the table, the order of origins, what is refused, and what is said of it.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use lifeboat_store::manifest::Codec;
use lifeboat_store::settings::{
    DotEnv, Key, Layers, Origin, Settings, StoredSettings, TABLE, entry, example, resolve,
};

fn layer(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let owned = pairs.iter();
    owned
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn nothing() -> BTreeMap<Key, String> {
    BTreeMap::new()
}

#[test]
fn the_first_five_keep_their_names_meanings_and_defaults() {
    let first: Vec<(&str, &str)> = TABLE[..5]
        .iter()
        .map(|row| (row.name, row.default))
        .collect();
    assert_eq!(
        first,
        [
            ("AUTO_BACKUP_ENABLED", "true"),
            ("AUTO_BACKUP_INTERVAL_HOURS", "24"),
            ("BACKUP_ON_STARTUP", "true"),
            ("MAX_DATABASE_BACKUPS", "10"),
            ("COMPRESS_BACKUPS", "true"),
        ]
    );
    let settings = Settings::default();
    assert!(settings.auto_backup_enabled && settings.backup_on_startup && settings.compress);
    assert_eq!((settings.interval_hours, settings.max_backups), (24, 10));
    assert_eq!((settings.codec(), settings.keep_safety), (Codec::Gzip, 3));
}

#[test]
fn each_row_reads_what_it_writes() {
    for row in TABLE {
        assert_eq!(serde_json::to_value(row.key).expect("plain"), row.name);
        assert_eq!(Key::of_name(row.name), Some(row.key));
        let mut settings = Settings::default();
        assert_eq!(row.text_of(&settings), row.default, "{}", row.name);
        row.apply(&mut settings, row.default)
            .expect("its default is allowed");
        assert_eq!(settings, Settings::default(), "{}", row.name);
    }
}

/// `UPDATE_DOCS=1` writes it anew.
#[test]
fn the_example_is_fresh_and_says_the_defaults() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../.env.example");
    let fresh = example();
    if std::env::var_os("UPDATE_DOCS").is_some_and(|value| value == "1") {
        std::fs::write(&path, &fresh).expect(".env.example can be written");
    }
    let written = std::fs::read_to_string(&path).expect(".env.example is there");
    assert!(
        written == fresh,
        ".env.example is stale; run its test with UPDATE_DOCS=1"
    );

    let parsed = DotEnv::parse(&written);
    assert!(parsed.oddities.is_empty());
    let layers = Layers {
        dot_env: parsed.values,
        ..Layers::default()
    };
    let resolved = resolve(&layers, &nothing());
    assert!(resolved.refused.is_empty());
    assert_eq!(resolved.settings, Settings::default());
}

#[test]
fn lifeboat_stands_above_env_above_container_above_default() {
    let mut layers = Layers::default();
    let mut seen = Vec::new();
    let mut look = |layers: &Layers| {
        let resolved = resolve(layers, &nothing());
        let value = &resolved.values[1];
        assert_eq!(value.key, Key::AutoBackupIntervalHours);
        assert_eq!(value.value, resolved.settings.interval_hours.to_string());
        seen.push((value.value.clone(), value.origin));
    };
    look(&layers);
    layers.environment = layer(&[("AUTO_BACKUP_INTERVAL_HOURS", "4")]);
    look(&layers);
    layers.dot_env = layer(&[("AUTO_BACKUP_INTERVAL_HOURS", "3")]);
    look(&layers);
    layers
        .lifeboat
        .insert(Key::AutoBackupIntervalHours, "2".to_owned());
    look(&layers);
    let expected = [
        ("24", Origin::Default),
        ("4", Origin::Environment),
        ("3", Origin::DotEnv),
        ("2", Origin::Lifeboat),
    ];
    assert_eq!(
        seen,
        expected.map(|(value, origin)| (value.to_owned(), origin))
    );
    layers.lifeboat.clear();
    layers.dot_env = layer(&[("AUTO_BACKUP_INTERVAL_HOURS", " ")]);
    let resolved = resolve(&layers, &nothing());
    assert_eq!(
        resolved.values[1].origin,
        Origin::Environment,
        "nothing is not written"
    );
}

#[test]
fn a_bad_value_names_key_value_and_what_is_allowed() {
    for (name, value, words) in [
        ("AUTO_BACKUP_ENABLED", "maybe", "true or false"),
        ("AUTO_BACKUP_INTERVAL_HOURS", "0", "from 1 to 8760"),
        ("AUTO_BACKUP_INTERVAL_HOURS", "1.5", "whole number"),
        ("AUTO_BACKUP_INTERVAL_HOURS", "-3", "whole number"),
        ("AUTO_BACKUP_INTERVAL_HOURS", "99999999999999", "too large"),
        ("MAX_DATABASE_BACKUPS", "0", "too small"),
        ("MAX_DATABASE_BACKUPS", "${KEEP}", "whole number"),
        ("COMPRESS_BACKUPS", "zip", "true or false"),
        ("AUTO_BACKUP_AT", "25:00", "03:30"),
        ("AUTO_BACKUP_AT", "3:5", "03:30"),
        ("AUTO_BACKUP_CRON", "61 * * * *", "five fields"),
        ("AUTO_BACKUP_CRON", "* * * * * *", "five fields"),
        ("AUTO_BACKUP_CRON", "0 0 30 2 *", "no day that ever comes"),
        ("AUTO_BACKUP_TIME_ZONE", "Middle/Earth", "Europe/Berlin"),
        ("AUTO_BACKUP_TIME_ZONE", "../../etc/passwd", "Europe/Berlin"),
        ("BACKUP_CODEC", "rar", "gzip or zstd"),
        ("BACKUP_SCOPE", "all", "databases-only"),
    ] {
        let layers = Layers {
            dot_env: layer(&[(name, value)]),
            ..Layers::default()
        };
        let resolved = resolve(&layers, &nothing());
        let [refused] = resolved.refused.as_slice() else {
            panic!("{name}={value} is refused once");
        };
        for part in [name, value, words, ".env"] {
            assert!(
                refused.message.contains(part),
                "{part:?} in {:?}",
                refused.message
            );
        }
        assert_eq!(resolved.settings, Settings::default(), "{name}={value}");
        assert_eq!(refused.in_force, entry(refused.key).default);
    }
}

#[test]
fn what_people_write_is_allowed() {
    for (name, value, expected) in [
        ("AUTO_BACKUP_ENABLED", "FALSE", "false"),
        ("BACKUP_ON_STARTUP", "no", "false"),
        ("COMPRESS_BACKUPS", "0", "false"),
        ("AUTO_BACKUP_AT", "3:05", "03:05"),
        ("AUTO_BACKUP_CRON", "30  3 * * mon-fri", "30 3 * * mon-fri"),
        ("AUTO_BACKUP_CRON", "@daily", "@daily"),
        ("AUTO_BACKUP_TIME_ZONE", "europe/berlin", "Europe/Berlin"),
        ("BACKUP_CODEC", "ZSTD", "zstd"),
    ] {
        let layers = Layers {
            environment: layer(&[(name, value)]),
            ..Layers::default()
        };
        let resolved = resolve(&layers, &nothing());
        assert!(resolved.refused.is_empty(), "{name}={value}");
        let row = resolved
            .values
            .iter()
            .find(|row| row.key.name() == name)
            .expect("a row");
        assert_eq!(row.value, expected);
    }
}

#[test]
fn the_last_good_value_stays_in_force() {
    let at = Timestamp::UNIX_EPOCH;
    let good = Layers {
        dot_env: layer(&[("MAX_DATABASE_BACKUPS", "50")]),
        ..Layers::default()
    };
    let first = StoredSettings::resolve(&good, None, at, "tests");
    let bad = Layers {
        dot_env: layer(&[
            ("MAX_DATABASE_BACKUPS", "fifty"),
            ("COMPRESS_BACKUPS", "false"),
        ]),
        environment: layer(&[("MAX_DATABASE_BACKUPS", "5")]),
        ..Layers::default()
    };
    let second = StoredSettings::resolve(&bad, Some(&first), at, "tests");
    let third = StoredSettings::resolve(&bad, Some(&second), at, "tests");
    for stored in [&second, &third] {
        assert_eq!(
            stored.settings().max_backups,
            50,
            "not the container's 5, not the default"
        );
        assert!(!stored.settings().compress, "other keys go on");
        assert_eq!(stored.values[3].origin, Origin::LastGood);
        assert_eq!(stored.refused[0].in_force, "50");
    }
}

#[test]
fn settings_of_other_versions_are_read_as_far_as_they_are_known() {
    let mut stored = serde_json::to_value(StoredSettings::resolve(
        &Layers {
            dot_env: layer(&[("MAX_DATABASE_BACKUPS", "7")]),
            ..Layers::default()
        },
        None,
        Timestamp::UNIX_EPOCH,
        "tests",
    ))
    .expect("plain");
    stored["chosen"]["SOMETHING_NEW"] = "1".into();
    let list = stored["values"].as_array_mut().expect("a list");
    list.retain(|value| value["key"] != "COMPRESS_BACKUPS");
    list.push(serde_json::json!({ "key": "SOMETHING_NEW", "value": "1", "origin": "lifeboat" }));
    list.push(
        serde_json::json!({ "key": "BACKUP_CODEC", "value": "brotli", "origin": "lifeboat" }),
    );
    let read: StoredSettings = serde_json::from_value(stored).expect("readable");
    let expected = Settings {
        max_backups: 7,
        ..Settings::default()
    };
    assert_eq!(read.settings(), expected);
}
