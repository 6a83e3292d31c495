//! What the tray shows, without the tray.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use lifeboat_core::api::{App, AppKind, AppList, ProtectionState};

use crate::language::Words;

/// A menu has room for so many applications; the others are in the window.
const APPS_AT_MOST: usize = 12;

/// How things are, as the icon shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Nothing to do.
    Calm,
    /// A backup is being taken.
    Busy,
    /// Somebody has to look.
    Attention,
}

/// An application in the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name, by which it is backed up.
    pub app: String,
    /// Its name and how it is protected.
    pub title: String,
    /// The next backup by itself.
    pub next: Option<String>,
    /// A backup can be asked for.
    pub can_back_up: bool,
}

/// All that the tray shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// For the icon.
    pub mood: Mood,
    /// How things are, in a sentence.
    pub headline: String,
    /// The applications that have a database or backups.
    pub entries: Vec<Entry>,
    /// The language of all of it.
    pub words: Words,
}

impl Model {
    /// Before the engine was asked, and while it does not answer.
    #[must_use]
    pub fn unknown(headline: &str, words: Words) -> Self {
        Self {
            mood: Mood::Calm,
            headline: headline.to_owned(),
            entries: Vec::new(),
            words,
        }
    }

    /// Of what the engine tells, in the time zone of this machine.
    #[must_use]
    pub fn of(list: &AppList, now: Timestamp, zone: &TimeZone, words: Words) -> Self {
        let apps: Vec<&App> = list.apps.iter().filter(|app| is_ours(app)).collect();
        let standings: Vec<Standing> = apps.iter().map(|app| Standing::of(app)).collect();
        let entries = apps
            .iter()
            .zip(&standings)
            .take(APPS_AT_MOST)
            .map(|(app, standing)| Entry {
                app: app.name.clone(),
                title: standing.in_words(&app.name, words),
                next: next_in_words(app, now, zone, words),
                can_back_up: app.kind != AppKind::VaultOnly && !app.databases.is_empty(),
            })
            .collect();
        Self {
            mood: mood(&apps, &standings),
            headline: headline(&apps, &standings, words),
            entries,
            words,
        }
    }
}

/// Whether backups are taken of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Protected,
    Unprotected,
    AtRisk,
    NeedsAttention,
}

impl Standing {
    fn of(app: &App) -> Self {
        let is_unfinished = app.vault.as_ref().is_some_and(|vault| vault.unfinished);
        if is_unfinished || app.vault_problem.is_some() {
            return Self::NeedsAttention;
        }
        let Some(protection) = &app.protection else {
            return Self::Unprotected;
        };
        match protection.state {
            ProtectionState::Off => Self::Unprotected,
            ProtectionState::Starting
            | ProtectionState::Waiting
            | ProtectionState::Working
            | ProtectionState::HeldUp
            | ProtectionState::Outdated
                if protection.failures == 0 && protection.unprotected.is_empty() =>
            {
                Self::Protected
            }
            _ => Self::AtRisk,
        }
    }

    fn in_words(self, app: &str, words: Words) -> String {
        let app = [("app", app.into())];
        match self {
            Self::Protected => words.with("tray-app-protected", &app),
            Self::Unprotected => words.with("tray-app-unprotected", &app),
            Self::AtRisk => words.with("tray-app-at-risk", &app),
            Self::NeedsAttention => words.with("tray-app-needs-attention", &app),
        }
    }
}

/// Vaults without an application are for the window alone.
fn is_ours(app: &App) -> bool {
    app.kind != AppKind::VaultOnly && (!app.databases.is_empty() || app.vault.is_some())
}

fn mood(apps: &[&App], standings: &[Standing]) -> Mood {
    let is_bad = |one: &Standing| matches!(one, Standing::AtRisk | Standing::NeedsAttention);
    let is_working = |app: &&App| {
        let protection = app.protection.as_ref();
        protection.is_some_and(|one| one.state == ProtectionState::Working)
    };
    if standings.iter().any(is_bad) {
        Mood::Attention
    } else if apps.iter().any(is_working) {
        Mood::Busy
    } else {
        Mood::Calm
    }
}

/// The worst first; one application by its name, several by their number.
fn headline(apps: &[&App], standings: &[Standing], words: Words) -> String {
    let worst = [
        Standing::NeedsAttention,
        Standing::AtRisk,
        Standing::Unprotected,
    ];
    let worst = worst.into_iter().find(|one| standings.contains(one));
    let standing = worst.unwrap_or(Standing::Protected);
    let those: Vec<&str> = apps
        .iter()
        .zip(standings)
        .filter(|(_, present)| **present == standing)
        .map(|(app, _)| app.name.as_str())
        .collect();
    let Some(first) = those.first() else {
        return words.get("tray-none");
    };
    let arguments = [("number", those.len().into()), ("app", (*first).into())];
    match standing {
        Standing::NeedsAttention => words.with("tray-needs-attention", &arguments),
        Standing::AtRisk => words.with("tray-at-risk", &arguments),
        Standing::Unprotected => words.with("tray-unprotected", &arguments),
        Standing::Protected => words.with("tray-protected", &arguments),
    }
}

fn next_in_words(app: &App, now: Timestamp, zone: &TimeZone, words: Words) -> Option<String> {
    let at = app.protection.as_ref()?.next.as_ref()?.at;
    if at <= now {
        return Some(words.get("tray-next-now"));
    }
    let (at, now) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    let part = |format: &str| at.strftime(format).to_string();
    let time = ("time", part("%H:%M").into());
    Some(if at.date() == now.date() {
        words.with("tray-next-today", &[time])
    } else if now.date().tomorrow().is_ok_and(|date| date == at.date()) {
        words.with("tray-next-tomorrow", &[time])
    } else {
        let date = [("year", "%Y"), ("month", "%m"), ("day", "%d")];
        let [year, month, day] = date.map(|(name, format)| (name, part(format).into()));
        words.with("tray-next-later", &[year, month, day, time])
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::preferences::LanguageChoice;

    fn app(name: &str, state: Option<&str>) -> Value {
        let protection = state.map(|state| json!({"state": state, "next": null, "failures": 0}));
        let mut app = json!({
            "name": name, "kind": "compose", "state": "running", "services": [], "volumes": [],
            "databases": [{
                "volume": "v", "path": "a.db", "kind": "sqlite", "size_bytes": 1, "wal_bytes": 0,
                "journal_mode": "wal", "page_size": 4096, "modified_at": "2026-05-04T00:00:00Z",
            }],
            "findings": [],
        });
        if let Some(protection) = protection {
            app["protection"] = protection;
        }
        app
    }

    fn model(apps: &[Value]) -> Model {
        model_in(LanguageChoice::En, apps)
    }

    fn model_in(language: LanguageChoice, apps: &[Value]) -> Model {
        let engine = json!({
            "name": "box", "endpoint": "unix:///s", "origin": "default", "version": "1",
            "api_version": "1.41", "operating_system": "Linux", "architecture": "x86_64",
        });
        let list = json!({"engine": engine, "apps": apps, "findings": []});
        let list = serde_json::from_value(list).expect("a list");
        let now = "2026-05-04T22:00:00Z".parse().expect("a time");
        Model::of(&list, now, &TimeZone::UTC, Words::of(language))
    }

    #[test]
    fn the_worst_is_said_first() {
        let good = model(&[app("shop", Some("waiting")), app("wiki", Some("waiting"))]);
        assert_eq!(good.headline, "All 2 applications are protected");
        assert_eq!(good.mood, Mood::Calm);
        let open = model(&[app("shop", Some("waiting")), app("wiki", Some("off"))]);
        assert_eq!(open.headline, "wiki is unprotected");
        assert_eq!(open.mood, Mood::Calm, "somebody chose it so");
        let bad = model(&[
            app("a", Some("gone")),
            app("b", Some("off")),
            app("c", Some("silent")),
        ]);
        assert_eq!(bad.headline, "2 applications are at risk");
        assert_eq!(bad.mood, Mood::Attention);
        assert_eq!(bad.entries[0].title, "a – at risk");
        let none = model(&[]);
        assert_eq!(none.headline, "No application with a SQLite database");
    }

    #[test]
    fn what_cannot_be_looked_into_needs_attention() {
        let mut one = app("shop", None);
        one["vault_problem"] = json!("The vault of shop could not be opened");
        assert_eq!(model(&[one]).headline, "shop needs attention");
    }

    #[test]
    fn an_interrupted_job_needs_attention() {
        let mut one = app("shop", Some("waiting"));
        one["vault"] = json!({
            "volume": "lifeboat-shop", "backup_count": 1, "used_bytes": 1, "free_bytes": 1, "undo": null,
            "unfinished": true,
        });
        let model = model(&[one]);
        assert_eq!(model.headline, "shop needs attention");
        assert_eq!(model.mood, Mood::Attention);
    }

    #[test]
    fn work_is_seen_and_failures_are_a_risk() {
        let mut one = app("shop", Some("working"));
        assert_eq!(model(std::slice::from_ref(&one)).mood, Mood::Busy);
        one["protection"]["failures"] = json!(2);
        let failing = model(&[one]);
        assert_eq!(failing.mood, Mood::Attention);
        assert_eq!(failing.headline, "shop is at risk");
        let mut left_out = app("wiki", Some("waiting"));
        left_out["protection"]["unprotected"] = json!(["wiki_more"]);
        assert_eq!(model(&[left_out]).headline, "wiki is at risk");
    }

    #[test]
    fn the_next_backup_is_told_as_people_say_it() {
        for (at, wanted) in [
            ("2026-05-04T23:30:00Z", "Next backup: today, 23:30"),
            ("2026-05-05T03:00:00Z", "Next backup: tomorrow, 03:00"),
            ("2026-05-11T03:00:00Z", "Next backup: 2026-05-11, 03:00"),
            ("2026-05-04T21:00:00Z", "Next backup: now"),
        ] {
            let mut one = app("shop", Some("waiting"));
            one["protection"]["next"] = json!({"at": at, "reason": {"kind": "scheduled"}});
            let model = model(&[one]);
            assert_eq!(model.entries[0].next.as_deref(), Some(wanted));
        }
    }

    #[test]
    fn it_speaks_the_language_that_was_chosen() {
        let mut one = app("shop", Some("waiting"));
        one["protection"]["next"] =
            json!({"at": "2026-05-11T03:00:00Z", "reason": {"kind": "scheduled"}});
        let others = [app("b", Some("gone")), app("c", Some("silent"))];
        let good = model_in(LanguageChoice::De, std::slice::from_ref(&one));
        assert_eq!(good.headline, "shop ist geschützt");
        assert_eq!(good.entries[0].title, "shop – geschützt");
        let next = good.entries[0].next.as_deref();
        assert_eq!(next, Some("Nächste Sicherung: 11.05.2026, 03:00"));
        let bad = model_in(
            LanguageChoice::De,
            &[vec![one.clone()], others.to_vec()].concat(),
        );
        assert_eq!(bad.headline, "2 Anwendungen sind gefährdet");
        assert_ne!(
            model(std::slice::from_ref(&one)),
            good,
            "a tray that changes its language is not taken for the same"
        );
    }
}
