//! M17: what was done is written down, and nobody can change it unseen.

use lifeboat_tests::{DemoApp, DemoOptions, World};
use serde_json::Value;

use crate::support::text;

/// An application to which several things were done.
fn with_history(world: &World) -> DemoApp {
    let app = world.demo("audited", DemoOptions::default());
    let lifeboat = world.lifeboat();
    let _ = lifeboat.backup(&app.name);
    lifeboat.run(&["pin", &app.name, "latest"]).done();
    lifeboat.run(&["unpin", &app.name, "latest"]).done();
    lifeboat.run(&["verify", &app.name, "latest"]).done();
    let _ = lifeboat.backup(&app.name);
    app
}

fn check(world: &World, app: &DemoApp, exit_code: i32) -> Value {
    world
        .lifeboat()
        .run(&["audit", &app.name, "--verify"])
        .ended(exit_code)["audit"]
        .clone()
}

#[test]
fn every_operation_is_an_entry_of_the_chain() {
    let world = World::new();
    let app = with_history(&world);
    let lifeboat = world.lifeboat();
    lifeboat
        .run(&["restore", &app.name, "latest", "--yes"])
        .done();
    lifeboat
        .run(&["delete", &app.name, "latest", "--yes"])
        .done();
    let audit = check(&world, &app, 0);
    assert_eq!(audit["chain"]["intact"], true, "{audit}");
    let entries = audit["entries"].as_array().expect("entries");
    let operations: Vec<&str> = entries
        .iter()
        .filter_map(|entry| entry["operation"].as_str())
        .collect();
    for operation in ["backup", "pin", "unpin", "verify", "restore", "delete"] {
        assert!(
            operations.contains(&operation),
            "{operation} is missing: {operations:?}"
        );
    }
    for (index, entry) in entries.iter().enumerate() {
        assert_eq!(entry["number"], index + 1);
        assert!(
            entry["actor"]
                .as_str()
                .is_some_and(|actor| actor.starts_with("cli")),
            "{entry}"
        );
        assert_eq!(entry["outcome"], "ok", "{entry}");
        let previous = if index == 0 {
            "0".repeat(64).into()
        } else {
            entries[index - 1]["hash"].clone()
        };
        assert_eq!(entry["previous_hash"], previous);
    }
    let export = world.directory().join("audit.csv");
    lifeboat
        .run(&["audit", &app.name, "--export", &text(&export)])
        .done();
    let lines = std::fs::read_to_string(&export).expect("the export");
    assert_eq!(
        lines.lines().count(),
        entries.len() + 1,
        "a heading and every entry"
    );
}

#[test]
fn what_failed_is_an_entry_too() {
    let world = World::new();
    let app = with_history(&world);
    let vault = world.vault(&app.name);
    let good = world.lifeboat().backups(&app.name)[0].clone();
    let folder = world.directory().join("out");
    let file = crate::support::download_archive(&world.lifeboat(), &app.name, &good, &folder);
    let mut bytes = std::fs::read(&file).expect("the archive");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    std::fs::write(&file, bytes).expect("the archive");
    let outcome = world
        .lifeboat()
        .run(&["import", &text(&file), "--app", &app.name]);
    assert_ne!(outcome.code(), 0);
    let newest = &world.lifeboat().backups(&app.name)[0];
    vault
        .tools()
        .flip(&lifeboat_tests::Vault::archive_path(newest), 100);
    let _ = world
        .lifeboat()
        .run(&["verify", &app.name, "latest"])
        .ended(6);
    let audit = check(&world, &app, 0);
    let entries = audit["entries"].as_array().expect("entries");
    for operation in ["import", "verify"] {
        let last = entries
            .iter()
            .rfind(|entry| entry["operation"] == operation);
        let last = last.unwrap_or_else(|| panic!("no {operation} in {audit}"));
        assert_eq!(last["outcome"], "failed", "{last}");
        assert!(
            last["reason"]
                .as_str()
                .is_some_and(|reason| !reason.is_empty()),
            "{last}"
        );
    }
}

#[test]
fn an_edited_line_breaks_the_chain() {
    let world = World::new();
    let app = with_history(&world);
    let vault = world.vault(&app.name);
    let log = String::from_utf8(vault.tools().read("audit.jsonl")).expect("text");
    let mut lines: Vec<String> = log.lines().map(str::to_owned).collect();
    assert!(lines.len() >= 4, "{lines:?}");
    lines[1] = lines[1].replacen("\"ok\"", "\"failed\"", 1);
    vault
        .tools()
        .write("audit.jsonl", format!("{}\n", lines.join("\n")));
    let audit = check(&world, &app, 6);
    assert_eq!(
        (&audit["chain"]["intact"], &audit["chain"]["broken_at"]),
        (&false.into(), &2.into()),
        "{audit}"
    );
}

#[test]
fn a_removed_line_breaks_the_chain() {
    let world = World::new();
    let app = with_history(&world);
    let vault = world.vault(&app.name);
    let log = String::from_utf8(vault.tools().read("audit.jsonl")).expect("text");
    let mut lines: Vec<&str> = log.lines().collect();
    lines.remove(1);
    vault
        .tools()
        .write("audit.jsonl", format!("{}\n", lines.join("\n")));
    assert_eq!(check(&world, &app, 6)["chain"]["intact"], false);
}

/// A chain that ends too early is a good chain in itself; this machine remembers where it ended.
#[test]
fn a_cut_off_end_is_noticed() {
    let world = World::new();
    let app = with_history(&world);
    let vault = world.vault(&app.name);
    let log = String::from_utf8(vault.tools().read("audit.jsonl")).expect("text");
    let mut lines: Vec<&str> = log.lines().collect();
    lines.truncate(lines.len() - 1);
    vault
        .tools()
        .write("audit.jsonl", format!("{}\n", lines.join("\n")));
    let audit = check(&world, &app, 6);
    assert_eq!(audit["chain"]["intact"], false, "{audit}");
    assert!(
        audit["chain"]["problem"]
            .as_str()
            .is_some_and(|problem| !problem.is_empty())
    );
}

/// A crash in the middle of a line is no forgery, and the log goes on after it.
#[test]
fn a_torn_last_line_is_told_apart() {
    let world = World::new();
    let app = with_history(&world);
    let vault = world.vault(&app.name);
    let mut log = vault.tools().read("audit.jsonl");
    log.extend_from_slice(b"{\"number\":99,\"at\":\"2026-01-01T0");
    vault.tools().write("audit.jsonl", log);
    let audit = check(&world, &app, 0);
    assert_eq!(
        (&audit["chain"]["intact"], &audit["chain"]["torn_end"]),
        (&true.into(), &true.into()),
        "{audit}"
    );
    let _ = world.lifeboat().backup(&app.name);
    let audit = check(&world, &app, 0);
    assert_eq!(
        (&audit["chain"]["intact"], &audit["chain"]["torn_end"]),
        (&true.into(), &false.into()),
        "{audit}"
    );
}

/// A full file is followed by a new one: checking and exporting go over all of them.
#[test]
fn a_log_of_several_files_is_checked_and_exported_whole() {
    let world = World::new();
    let app = with_history(&world);
    let vault = world.vault(&app.name);
    let lifeboat = world.lifeboat();
    // As if the file had just become full.
    let full = "audit-000000000001.jsonl";
    let log = vault.tools().read("audit.jsonl");
    vault.tools().write(full, log.clone());
    vault.tools().write("audit.jsonl", "");
    let before = log.iter().filter(|byte| **byte == b'\n').count();
    let _ = lifeboat.backup(&app.name);

    let audit = check(&world, &app, 0);
    assert_eq!(audit["chain"]["intact"], true, "{audit}");
    for name in ["all.jsonl", "all.csv"] {
        let path = world.directory().join(name);
        let shown = path.display().to_string();
        lifeboat
            .run(&["audit", &app.name, "--export", &shown])
            .done();
        let text = std::fs::read_to_string(&path).expect("an export");
        let heading = usize::from(name == "all.csv");
        assert!(text.lines().count() > before + heading, "{name}: {text}");
    }

    // The end of the full file is cut off; the newest file is as it was.
    let text = String::from_utf8(log).expect("text");
    let lines: Vec<&str> = text.lines().collect();
    let kept = lines.len() - 2;
    vault
        .tools()
        .write(full, format!("{}\n", lines[..kept].join("\n")));
    let audit = check(&world, &app, 6);
    assert_eq!(audit["chain"]["broken_at"], kept + 1, "{audit}");
    let problem = audit["chain"]["problem"].as_str().expect("a problem");
    assert!(problem.contains("cut off"), "{problem}");
}
