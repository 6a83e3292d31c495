//! The border lets our own commands through, to our own page, and nothing else.

use std::collections::BTreeSet;

use lifeboat_desktop::COMMANDS;
use serde_json::{Value, json};

use crate::world::{World, invoke_from};

fn file(path: &str) -> Value {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    serde_json::from_str(&std::fs::read_to_string(path).expect("it is there")).expect("JSON")
}

#[test]
fn the_one_capability_grants_each_of_our_commands_and_nothing_else() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("capabilities");
    assert_eq!(std::fs::read_dir(folder).expect("it is there").count(), 1);
    let capability = file("capabilities/main.json");
    assert_eq!(capability["windows"], json!(["main"]));
    assert!(
        capability.get("remote").is_none(),
        "no address of the network is trusted"
    );
    let granted: BTreeSet<&str> = capability["permissions"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|permission| permission.as_str().expect("a name"))
        .collect();
    let ours: BTreeSet<String> = COMMANDS
        .iter()
        .map(|name| format!("allow-{}", name.replace('_', "-")))
        .collect();
    assert_eq!(granted, ours.iter().map(String::as_str).collect());
}

#[test]
fn the_configuration_is_strict() {
    let configuration = file("tauri.conf.json");
    let security = &configuration["app"]["security"];
    assert_eq!(configuration["app"]["withGlobalTauri"], false);
    assert_eq!(security["freezePrototype"], true);
    assert_eq!(security["capabilities"], json!(["main"]));
    assert!(security.get("assetProtocol").is_none());
    let policy = security["csp"].as_str().expect("a policy");
    for part in [
        "default-src 'self'",
        "style-src 'self'",
        "connect-src ipc: http://ipc.localhost",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ] {
        assert!(policy.split("; ").any(|present| present == part), "{part}");
    }
    for weakness in ["unsafe-inline", "unsafe-eval", "https:", "*"] {
        assert!(!policy.contains(weakness), "{weakness}");
    }
    assert!(
        !configuration.to_string().contains("dangerous"),
        "nothing is switched off"
    );
}

#[test]
fn our_page_may_call_our_commands() {
    let world = World::without_engine();
    assert_eq!(world.invoke("list_jobs", json!({})), Ok(json!([])));
    assert_eq!(world.invoke("cached_apps", json!({})), Ok(Value::Null));
}

#[test]
fn commands_of_tauri_and_its_plugins_are_refused() {
    let world = World::without_engine();
    for command in [
        "format_disk",
        "plugin:event|listen",
        "plugin:event|emit",
        "plugin:window|destroy",
        "plugin:webview|create_webview_window",
        "plugin:path|resolve_directory",
        "plugin:app|version",
        "plugin:dialog|save",
        "plugin:dialog|open",
        "plugin:fs|read_file",
        "plugin:opener|open_path",
        "plugin:shell|execute",
        "plugin:window-state|save_window_state",
    ] {
        let answer = world.invoke(command, json!({}));
        let refusal = answer.expect_err(command).to_string();
        assert!(refusal.contains("not allowed"), "{command}: {refusal}");
    }
}

#[test]
fn other_windows_and_other_pages_are_refused() {
    let world = World::without_engine();
    let stranger = world.stranger();
    for command in COMMANDS {
        let answer = invoke_from(&stranger, "tauri://localhost", command, json!({}));
        assert!(
            answer
                .expect_err(command)
                .to_string()
                .contains("not allowed"),
            "{command}"
        );
        let answer = invoke_from(&world.window, "https://evil.example/", command, json!({}));
        assert!(
            answer
                .expect_err(command)
                .to_string()
                .contains("not allowed"),
            "{command}"
        );
    }
}
