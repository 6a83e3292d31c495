//! Nothing is replaced or deleted that a person did not look at and say yes to.

use std::time::{Duration, Instant};

use lifeboat_core::Code;
use lifeboat_core::api::{Backup, LeavePlan, PruneReport, RestorePlan, UpdatePlan};
use lifeboat_desktop::confirmations::{Confirmations, Intent, LIFETIME, Planned};
use serde_json::{Value, json};

use crate::world::World;

fn backup() -> Value {
    json!({
        "id": "20260731T101500Z-4f1c", "file_name": "shop-20260731T101500Z-manual.tar.gz",
        "app": "shop", "created_at": "2026-07-31T10:15:00Z", "trigger": "manual", "codec": "gzip",
        "scope": "whole", "raw_bytes": 2, "stored_bytes": 1, "sha256": "ab", "pinned": false,
        "note": null, "verification": {"verdict": "sound", "at": null, "reason": null},
        "databases": [], "volumes": [], "file_count": 0, "releases": [], "tool_version": "0.1.0",
        "sqlite_version": "3.54.1", "findings": [],
    })
}

fn delete() -> Planned {
    Planned::Delete(Box::new(
        serde_json::from_value::<Backup>(backup()).expect("a backup"),
    ))
}

fn plan() -> Box<RestorePlan> {
    let plan = json!({
        "app": "shop", "backup": backup(), "selection": {"select": "everything"}, "databases": [],
        "containers": [], "volumes_to_create": [], "steps": [], "warnings": [], "releases": [],
        "is_undo": false,
    });
    Box::new(serde_json::from_value(plan).expect("a plan"))
}

fn restore() -> Planned {
    Planned::Restore(plan())
}

fn leave() -> Planned {
    let plan = json!({
        "app": "shop", "vault_volume": "lifeboat-shop", "backup_count": 1, "used_bytes": 1,
        "last_backup": backup(), "containers": [], "images": [],
    });
    Planned::Leave(Box::new(
        serde_json::from_value::<LeavePlan>(plan).expect("a plan"),
    ))
}

fn update() -> Planned {
    let plan = json!({
        "app": "shop", "options": {"apply_compose": false, "git_pull": false}, "services": [],
        "containers": [], "database_bytes": 1, "checkout": null, "steps": [], "warnings": [],
    });
    Planned::Update(Box::new(
        serde_json::from_value::<UpdatePlan>(plan).expect("a plan"),
    ))
}

fn prune() -> Planned {
    Planned::Prune(Box::new(PruneReport {
        app: "shop".to_owned(),
        dry_run: true,
        decisions: Vec::new(),
        suspended: None,
        removed: Vec::new(),
        freed_bytes: 0,
    }))
}

fn code(answer: Result<Planned, lifeboat_core::Error>) -> Code {
    answer.expect_err("it has to be refused").code
}

#[test]
fn a_token_is_good_once() {
    let (confirmations, now) = (Confirmations::default(), Instant::now());
    let token = confirmations.issue(restore(), now).expect("a token");
    assert_eq!(token.len(), 32);
    confirmations
        .redeem(&token, Intent::Restore, Some("shop"), now)
        .expect("it is good");
    let again = confirmations.redeem(&token, Intent::Restore, Some("shop"), now);
    assert_eq!(code(again), Code::ConfirmationNeeded);
}

#[test]
fn a_token_is_good_for_ten_minutes() {
    let (confirmations, now) = (Confirmations::default(), Instant::now());
    let token = confirmations.issue(delete(), now).expect("a token");
    let late = confirmations.redeem(&token, Intent::Delete, None, now + LIFETIME);
    assert_eq!(code(late), Code::ConfirmationNeeded);
    let token = confirmations.issue(delete(), now).expect("a token");
    let last_moment = now + LIFETIME - Duration::from_millis(1);
    confirmations
        .redeem(&token, Intent::Delete, None, last_moment)
        .expect("it is good");
}

#[test]
fn a_token_is_good_for_what_was_shown() {
    let (confirmations, now) = (Confirmations::default(), Instant::now());
    let undo = confirmations
        .issue(Planned::Undo(plan()), now)
        .expect("a token");
    let delete = confirmations.issue(delete(), now).expect("a token");
    let leave = confirmations.issue(leave(), now).expect("a token");
    let update = confirmations.issue(update(), now).expect("a token");
    let prune = confirmations.issue(prune(), now).expect("a token");
    for (token, intent, name) in [
        (&undo, Intent::Restore, Some("shop")),
        (&undo, Intent::Delete, None),
        (&delete, Intent::Restore, Some("shop")),
        (&delete, Intent::Undo, Some("shop")),
        (&delete, Intent::Leave, Some("shop")),
        (&undo, Intent::Leave, Some("shop")),
        (&undo, Intent::Update, None),
        (&delete, Intent::Update, None),
        (&update, Intent::Restore, Some("shop")),
        (&update, Intent::Delete, None),
        (&delete, Intent::Prune, None),
        (&prune, Intent::Delete, None),
        (&leave, Intent::Restore, Some("shop")),
        (&leave, Intent::Delete, None),
        (&leave, Intent::Leave, None),
        (&leave, Intent::Leave, Some("Shop")),
    ] {
        let answer = confirmations.redeem(token, intent, name, now);
        assert_eq!(code(answer), Code::ConfirmationNeeded, "{intent:?}");
    }
    confirmations
        .redeem(&undo, Intent::Undo, Some("shop"), now)
        .expect("it is still good");
    confirmations
        .redeem(&delete, Intent::Delete, None, now)
        .expect("it is still good");
    confirmations
        .redeem(&update, Intent::Update, None, now)
        .expect("it is still good");
    confirmations
        .redeem(&prune, Intent::Prune, None, now)
        .expect("it is still good");
    confirmations
        .redeem(&leave, Intent::Leave, Some("shop"), now)
        .expect("it is still good");
}

#[test]
fn the_page_cannot_change_anything_without_a_preview() {
    let world = World::without_engine();
    for token in ["", "0123456789abcdef0123456789abcdef"] {
        let arguments = json!({"token": token, "typedName": "shop"});
        assert_eq!(
            world.refused("restore_backup", arguments.clone()),
            "confirmation-needed"
        );
        assert_eq!(
            world.refused("undo_restore", arguments.clone()),
            "confirmation-needed"
        );
        assert_eq!(world.refused("leave_app", arguments), "confirmation-needed");
        let arguments = json!({"token": token});
        assert_eq!(
            world.refused("delete_backup", arguments.clone()),
            "confirmation-needed"
        );
        assert_eq!(
            world.refused("prune", arguments.clone()),
            "confirmation-needed"
        );
        assert_eq!(world.refused("update", arguments), "confirmation-needed");
    }
}

#[test]
fn the_page_has_to_hand_over_the_right_name() {
    let world = World::without_engine();
    let confirmations = &world.desktop().confirmations;
    let now = Instant::now();
    let restore = confirmations.issue(restore(), now).expect("a token");
    let undo = confirmations
        .issue(Planned::Undo(plan()), now)
        .expect("a token");
    let leave = confirmations.issue(leave(), now).expect("a token");
    for name in ["", "Shop", "shop ", "shops"] {
        for (command, token) in [
            ("restore_backup", &restore),
            ("undo_restore", &undo),
            ("leave_app", &leave),
        ] {
            let arguments = json!({"token": token, "typedName": name});
            assert_eq!(
                world.refused(command, arguments),
                "confirmation-needed",
                "{name:?}"
            );
        }
    }
    assert_eq!(
        world.invoke("list_jobs", json!({})),
        Ok(json!([])),
        "nothing was begun"
    );
}

#[test]
fn a_yes_does_not_count_when_the_backup_cannot_be_looked_at_again() {
    let world = World::without_engine();
    let token = world
        .desktop()
        .confirmations
        .issue(restore(), Instant::now())
        .expect("a token");
    let arguments = json!({"token": token, "typedName": "shop"});
    let code = world.refused("restore_backup", arguments.clone());
    assert!(code.starts_with("engine-"), "{code}");
    assert_eq!(
        world.invoke("list_jobs", json!({})),
        Ok(json!([])),
        "nothing was begun"
    );
    assert_eq!(
        world.refused("restore_backup", arguments),
        "confirmation-needed",
        "it was used"
    );
}
