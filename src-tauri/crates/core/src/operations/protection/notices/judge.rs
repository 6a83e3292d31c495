//! Which notices the facts make, given what was told before. A function: it reads no clock and tells no one.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lifeboat_store::manifest::Verdict;
use lifeboat_store::protocol::AuditEntry;
use lifeboat_store::schedule::{History, next_run};
use lifeboat_store::settings::NoticeKinds;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::facts::Facts;
use crate::api::ProtectionState;
use crate::notice::{NoticeFacts, NoticeKind, NoticeState};
use crate::shell;

/// A guardian that is being made anew is away for some seconds.
const GUARDIAN_FOR: Duration = Duration::from_secs(20);

/// A machine that slept has a guardian that has said nothing for long: it speaks within a minute.
const SILENT_FOR: Duration = Duration::from_secs(120);

/// After a sleep or a changed schedule a backup is overdue until it has been made up for.
const OVERDUE_FOR: Duration = Duration::from_secs(30 * 60);

/// How much later than promised a backup may be there; and while one is being taken.
const OVERDUE_AFTER: SignedDuration = SignedDuration::from_hours(1);
const OVERDUE_AT_WORK_AFTER: SignedDuration = SignedDuration::from_hours(12);

/// What was told of an application, kept over restarts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Told {
    /// What was said of the guardian last, if it was not well.
    guardian: Option<ProtectionState>,
    failed: bool,
    overdue: bool,
    /// Backups that were said to be damaged, and are still there.
    damaged: BTreeSet<String>,
    /// The last entry of the audit log that was looked at.
    audit_number: Option<u64>,
}

/// Since when something looks wrong that may be over in a moment. Not kept: a watch that begins looks anew.
#[derive(Debug, Default)]
pub(super) struct Doubts(BTreeMap<NoticeKind, Instant>);

impl Doubts {
    /// Whether it has looked so for long enough.
    fn lasts(
        &mut self,
        kind: NoticeKind,
        looks_so: bool,
        long_enough: Duration,
        at: Instant,
    ) -> bool {
        if !looks_so {
            self.0.remove(&kind);
            return false;
        }
        let since = *self.0.entry(kind).or_insert(at);
        at.duration_since(since) >= long_enough
    }

    /// A guardian is in doubt, which is over or certain soon.
    pub(super) fn soon_certain(&self) -> bool {
        self.0.contains_key(&NoticeKind::Guardian)
    }
}

/// A notice without what is the same for all of an application.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) kind: NoticeKind,
    pub(super) state: NoticeState,
    pub(super) happened: String,
    pub(super) now: String,
    pub(super) advice: Option<String>,
    pub(super) facts: NoticeFacts,
}

/// What is new. `None` where protection is off: nothing is promised then, and what was told is forgotten.
pub(super) fn judge(
    facts: &Facts,
    told: &mut Told,
    doubts: &mut Doubts,
    at: Instant,
) -> Option<Vec<Finding>> {
    if facts.protection.state == ProtectionState::Off {
        return None;
    }
    let mut findings = Vec::new();
    findings.extend(guardian(facts, told, doubts, at));
    findings.extend(failed(facts, told));
    findings.extend(overdue(facts, told, doubts, at));
    findings.extend(damaged(facts, told));
    findings.extend(went_back(facts, told));
    keep_quiet(&facts.settings.notice_kinds, &mut findings, told, doubts);
    Some(findings)
}

/// Takes out what nobody wants to hear of. It counts as not told, so that what still lasts when its kind is
/// chosen again is told then.
fn keep_quiet(
    chosen: &NoticeKinds,
    findings: &mut Vec<Finding>,
    told: &mut Told,
    doubts: &mut Doubts,
) {
    let is_chosen = |kind: NoticeKind| chosen.contains(kind.as_str());
    findings.retain(|finding| is_chosen(finding.kind));
    if !is_chosen(NoticeKind::Guardian) {
        told.guardian = None;
        doubts.0.remove(&NoticeKind::Guardian);
    }
    if !is_chosen(NoticeKind::BackupFailed) {
        told.failed = false;
    }
    if !is_chosen(NoticeKind::Overdue) {
        told.overdue = false;
    }
    if !is_chosen(NoticeKind::BackupDamaged) {
        told.damaged.clear();
    }
}

fn guardian(facts: &Facts, told: &mut Told, doubts: &mut Doubts, at: Instant) -> Option<Finding> {
    use ProtectionState as State;
    let state = facts.protection.state;
    let long_enough = match state {
        State::Gone | State::Stopped | State::Refusing | State::Outdated => GUARDIAN_FOR,
        State::Silent => SILENT_FOR,
        // It has not said how it is.
        State::Starting => return None,
        State::Off | State::Waiting | State::Working | State::HeldUp | State::SwitchedOff => {
            doubts.lasts(NoticeKind::Guardian, false, GUARDIAN_FOR, at);
            told.guardian.take()?;
            return Some(Finding {
                kind: NoticeKind::Guardian,
                state: NoticeState::WellAgain,
                happened: "Its guardian is there again and well.".to_owned(),
                now: facts.protection.message.clone(),
                advice: None,
                facts: guardian_facts(facts),
            });
        }
    };
    let is_new = told.guardian != Some(state);
    if !doubts.lasts(NoticeKind::Guardian, is_new, long_enough, at) {
        return None;
    }
    doubts.lasts(NoticeKind::Guardian, false, long_enough, at);
    told.guardian = Some(state);
    Some(Finding {
        kind: NoticeKind::Guardian,
        state: NoticeState::Problem,
        happened: facts.protection.message.clone(),
        now: kept(facts),
        advice: facts.protection.advice.clone(),
        facts: guardian_facts(facts),
    })
}

fn guardian_facts(facts: &Facts) -> NoticeFacts {
    NoticeFacts {
        guardian: Some(facts.protection.state).filter(|state| {
            // What is said of one that waits after a failure is more than that it waits.
            *state != ProtectionState::Waiting || facts.failure.is_none()
        }),
        ..kept_facts(facts)
    }
}

fn failed(facts: &Facts, told: &mut Told) -> Option<Finding> {
    let was = std::mem::replace(&mut told.failed, facts.failure.is_some());
    match &facts.failure {
        Some(failure) if !was => Some(Finding {
            kind: NoticeKind::BackupFailed,
            state: NoticeState::Problem,
            happened: format!(
                "A backup that was to be taken by itself failed: {}.",
                failure.message.trim_end_matches('.')
            ),
            now: format!("{} It is tried again by itself.", kept(facts)),
            advice: Some(format!(
                "To see what is in the way, take one by hand: lifeboat backup {}",
                shell::word(&facts.protection.app)
            )),
            facts: NoticeFacts {
                reason: Some(failure.message.trim_end_matches('.').to_owned()),
                ..kept_facts(facts)
            },
        }),
        None if was => Some(Finding {
            kind: NoticeKind::BackupFailed,
            state: NoticeState::WellAgain,
            happened: "Backups by itself are taken again.".to_owned(),
            now: kept(facts),
            advice: None,
            facts: kept_facts(facts),
        }),
        _ => None,
    }
}

fn overdue(facts: &Facts, told: &mut Told, doubts: &mut Doubts, at: Instant) -> Option<Finding> {
    let is_late = late_since(facts).is_some();
    let lasts = doubts.lasts(NoticeKind::Overdue, is_late, OVERDUE_FOR, at);
    if !is_late && told.overdue {
        told.overdue = false;
        return Some(Finding {
            kind: NoticeKind::Overdue,
            state: NoticeState::WellAgain,
            happened: "There is a good backup of late again.".to_owned(),
            now: kept(facts),
            advice: None,
            facts: kept_facts(facts),
        });
    }
    if !lasts || told.overdue {
        return None;
    }
    told.overdue = true;
    let due_at = late_since(facts)?;
    Some(Finding {
        kind: NoticeKind::Overdue,
        state: NoticeState::Problem,
        happened: format!(
            "A good backup was due at {}, and there is none.",
            minute(due_at)
        ),
        now: kept(facts),
        advice: Some(format!(
            "Take one now: lifeboat backup {}",
            shell::word(&facts.protection.app)
        )),
        facts: NoticeFacts {
            due_at: Some(due_at),
            ..kept_facts(facts)
        },
    })
}

/// Since when a good backup should be there that is not, by the schedule in force.
fn late_since(facts: &Facts) -> Option<Timestamp> {
    let protected_since = facts.protection.protected_since?;
    let newest = newest_good(facts);
    let history = History {
        protected_since,
        last_success: newest,
        failures: None,
    };
    let from = newest.unwrap_or(protected_since);
    let due_at = next_run(&facts.settings, &facts.protection.app, from, &history)?.at;
    let patience = match facts.protection.state {
        ProtectionState::Working => OVERDUE_AT_WORK_AFTER,
        _ => OVERDUE_AFTER,
    };
    (facts.now.duration_since(due_at) > patience).then_some(due_at)
}

fn damaged(facts: &Facts, told: &mut Told) -> Option<Finding> {
    let found: BTreeSet<String> = facts
        .backups
        .iter()
        .filter(|backup| backup.verdict == Verdict::Damaged)
        .map(|backup| backup.id.clone())
        .collect();
    let before = std::mem::replace(&mut told.damaged, found.clone());
    let new: Vec<&String> = found.difference(&before).collect();
    if let Some(newest) = new.last() {
        let reason = facts.backups.iter().find(|backup| backup.id == **newest);
        let reason = reason.and_then(|backup| backup.reason.as_deref());
        let reason = reason.unwrap_or("its content is not what was written");
        let reason = reason.trim_end_matches('.');
        let others = match new.len() {
            1 => String::new(),
            number => format!(" So are {} others.", number - 1),
        };
        return Some(Finding {
            kind: NoticeKind::BackupDamaged,
            state: NoticeState::Problem,
            happened: format!("The backup {newest} is damaged: {reason}.{others}"),
            now: kept(facts),
            advice: Some(format!(
                "Take a new one: lifeboat backup {}",
                shell::word(&facts.protection.app)
            )),
            facts: NoticeFacts {
                backup: Some((*newest).clone()),
                others: new.len() - 1,
                reason: Some(reason.to_owned()),
                ..kept_facts(facts)
            },
        });
    }
    (found.is_empty() && !before.is_empty()).then(|| Finding {
        kind: NoticeKind::BackupDamaged,
        state: NoticeState::WellAgain,
        happened: "No backup is damaged any more.".to_owned(),
        now: kept(facts),
        advice: None,
        facts: kept_facts(facts),
    })
}

/// What the audit log says of updates and restores since the last look. What was before the first look is
/// nobody's news.
fn went_back(facts: &Facts, told: &mut Told) -> Vec<Finding> {
    let newest = facts.audit.last().map_or(0, |entry| entry.number);
    let before = told.audit_number.replace(newest);
    let entries = facts.audit.iter();
    entries
        // A vault that was made anew counts from the beginning: no number in it is greater.
        .filter(|entry| before.is_some_and(|before| entry.number > before))
        .filter_map(|entry| of_entry(&facts.protection.app, entry))
        .collect()
}

fn of_entry(app: &str, entry: &AuditEntry) -> Option<Finding> {
    let (kind, now, advice) = match entry.draft.outcome.as_str() {
        "rolled-back" => (
            NoticeKind::RolledBack,
            "What was before is back in its place.",
            format!(
                "Look whether it is well: lifeboat health {}",
                shell::word(app)
            ),
        ),
        "needs-attention" => (
            NoticeKind::NeedsAttention,
            "The application may be down; the backups are untouched.",
            "End what is unfinished: lifeboat recover".to_owned(),
        ),
        _ => return None,
    };
    let happened = match &entry.draft.reason {
        Some(reason) => reason.clone(),
        None => format!("The {} of {app} went wrong.", entry.draft.operation),
    };
    Some(Finding {
        kind,
        state: NoticeState::Happened,
        happened,
        now: now.to_owned(),
        advice: Some(advice),
        facts: NoticeFacts::default(),
    })
}

fn kept_facts(facts: &Facts) -> NoticeFacts {
    NoticeFacts {
        newest_good_at: newest_good(facts),
        ..NoticeFacts::default()
    }
}

/// What is there, whatever happened.
fn kept(facts: &Facts) -> String {
    match newest_good(facts) {
        Some(at) => format!("The newest good backup is of {}.", minute(at)),
        None => "There is no good backup.".to_owned(),
    }
}

fn newest_good(facts: &Facts) -> Option<Timestamp> {
    let good = facts
        .backups
        .iter()
        .filter(|backup| backup.verdict != Verdict::Damaged);
    good.map(|backup| backup.created_at).max()
}

fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
