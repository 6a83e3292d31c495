//! `apps`.

use lifeboat_core::api::{App, AppKind, AppList};
use lifeboat_core::error::Error;

use super::protection::{in_words, names_of};
use crate::output::table::{Table, Tone, plain, verdict};
use crate::output::{Answer, View, json, text};
use crate::session::Session;

/// Lists the applications and their databases.
pub(super) async fn apps(session: &Session) -> Result<Answer, Error> {
    let lifeboat = session.connect().await?;
    let list = session.interruptible(lifeboat.apps()).await?;
    let is_shown = |app: &&App| session.output.verbose > 0 || is_of_interest(app);
    let shown: Vec<&App> = list.apps.iter().filter(is_shown).collect();
    let mut answer = Answer::new(json::flat(&list), overview(&shown, session.view()))
        .warn_all(list.findings.iter().map(text::finding))
        .warn_all(shown.iter().flat_map(|app| app_warnings(app)));
    if session.output.verbose > 0 {
        answer.text.push_str(&databases(&shown, session.view()));
    }
    for line in remarks(&list, &shown) {
        answer = answer.say(line);
    }
    Ok(answer)
}

/// Whether an application has anything that Lifeboat cares for.
fn is_of_interest(app: &App) -> bool {
    !app.databases.is_empty() || has_vault(app)
}

fn has_vault(app: &App) -> bool {
    app.vault.is_some() || app.vault_problem.is_some()
}

fn overview(apps: &[&App], view: View) -> String {
    let headings = [
        "App",
        "State",
        ">Databases",
        ">Size",
        ">Backups",
        "Last backup",
        "Verdict",
        "Protection",
    ];
    let mut table = Table::new(view.look, &headings);
    for app in apps {
        let size_bytes = app
            .databases
            .iter()
            .map(|found| found.size_bytes + found.wal_bytes)
            .sum();
        let vault = app.vault.as_ref();
        let is_known = app.vault_problem.is_none();
        let state_tone = match app.kind {
            AppKind::VaultOnly => Tone::Doubtful,
            AppKind::Compose | AppKind::Container => Tone::Plain,
        };
        table.row([
            plain(text::clean(&app.name)),
            (text::app_state(app.state).to_owned(), state_tone),
            plain(app.databases.len().to_string()),
            plain(text::size(size_bytes)),
            if is_known {
                plain(text::count(vault.map_or(0, |vault| vault.backup_count)))
            } else {
                plain("?")
            },
            match vault.and_then(|vault| vault.last_backup_at) {
                Some(time) => plain(text::ago(time, view.now)),
                None if is_known => ("never".to_owned(), Tone::Doubtful),
                None => ("not known".to_owned(), Tone::Doubtful),
            },
            match vault.and_then(|vault| vault.last_verdict) {
                Some(last_verdict) => verdict(last_verdict),
                None => plain(""),
            },
            match &app.protection {
                Some(protection) => {
                    let leaves_out = !protection.unprotected.is_empty();
                    let (words, tone) = in_words(protection.state, protection.failures, leaves_out);
                    (words.to_owned(), tone)
                }
                None => plain(""),
            },
        ]);
    }
    table.render()
}

fn databases(apps: &[&App], view: View) -> String {
    let headings = ["App", "Database", ">Size", "Journal", "Written"];
    let mut table = Table::new(view.look, &headings);
    for app in apps {
        for found in &app.databases {
            table.row([
                plain(text::clean(&app.name)),
                plain(text::database(&found.volume, &found.path)),
                plain(text::size(found.size_bytes + found.wal_bytes)),
                plain(text::journal_mode(found.journal_mode)),
                plain(text::ago(found.modified_at, view.now)),
            ]);
        }
    }
    if table.is_empty() {
        String::new()
    } else {
        format!("\n{}", table.render())
    }
}

fn app_warnings(app: &App) -> Vec<String> {
    let name = text::clean(&app.name);
    let mut warnings: Vec<String> = app
        .findings
        .iter()
        .map(|finding| format!("{name}: {}", text::finding(finding)))
        .collect();
    if app.vault.as_ref().is_some_and(|vault| vault.unfinished) {
        warnings.push(format!(
            "{name}: a restore or update was not finished. `lifeboat recover {}` ends it.",
            text::word(&app.name)
        ));
    }
    let left_out = app.protection.iter().flat_map(|found| &found.unprotected);
    let left_out: Vec<String> = left_out.cloned().collect();
    if !left_out.is_empty() {
        warnings.push(format!(
            "{name}: {} holds a database and is in no automatic backup. `lifeboat guard on {}` takes it in.",
            names_of(&left_out),
            text::word(&app.name)
        ));
    }
    warnings
}

fn remarks(list: &AppList, shown: &[&App]) -> Vec<String> {
    let engine = &list.engine;
    let hidden = u64::try_from(list.apps.len() - shown.len()).unwrap_or(u64::MAX);
    let mut remarks = Vec::new();
    if list.apps.is_empty() {
        remarks.push(format!(
            "There are no applications on {} ({}).",
            text::clean(&engine.name),
            text::clean(&engine.endpoint)
        ));
    } else if shown.is_empty() {
        remarks.push("No application here has a SQLite database in its volumes.".to_owned());
    }
    if hidden > 0 {
        let without = text::plural(hidden, "application", "applications");
        remarks.push(format!("{without} without a database: -v shows them."));
    }
    let unprotected = shown.iter().find(|app| {
        !app.databases.is_empty()
            && app.vault_problem.is_none()
            && app
                .vault
                .as_ref()
                .is_none_or(|vault| vault.backup_count == 0)
    });
    if let Some(app) = unprotected {
        remarks.push(format!(
            "`lifeboat backup {}` takes a first backup.",
            text::word(&app.name)
        ));
    }
    remarks
}
