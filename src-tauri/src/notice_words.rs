//! What a notice says, in the language that is spoken. Sentences whose facts did not come with it stay as core
//! wrote them.

use jiff::Timestamp;
use lifeboat_core::api::ProtectionState;
use lifeboat_core::notice::{Notice, NoticeFacts, NoticeKind, NoticeState};

use crate::language::Words;

/// What happened, and what state things are in.
pub(crate) fn text(notice: &Notice, words: Words) -> String {
    let said = notice.facts.as_ref().map(|facts| {
        let happened = happened(notice, facts, words);
        (happened, now(notice, facts, words))
    });
    let (happened, now) = said.unwrap_or_default();
    let happened = happened.as_ref().unwrap_or(&notice.happened);
    let now = now.as_ref().unwrap_or(&notice.now);
    format!("{happened} {now}")
}

fn happened(notice: &Notice, facts: &NoticeFacts, words: Words) -> Option<String> {
    let is_well = notice.state == NoticeState::WellAgain;
    let reason = facts.reason.as_deref();
    Some(match notice.kind {
        NoticeKind::Guardian if is_well => words.get("notifications-guardian-well"),
        NoticeKind::Guardian => match facts.guardian? {
            ProtectionState::Gone => words.get("notifications-guardian-gone"),
            ProtectionState::Silent => words.get("notifications-guardian-silent"),
            _ => return None,
        },
        NoticeKind::BackupFailed if is_well => words.get("notifications-failed-well"),
        NoticeKind::BackupFailed => {
            words.with("notifications-failed", &[("reason", reason?.into())])
        }
        NoticeKind::Overdue if is_well => words.get("notifications-overdue-well"),
        NoticeKind::Overdue => {
            let time = minute(facts.due_at?);
            words.with("notifications-due", &[("time", time.into())])
        }
        NoticeKind::BackupDamaged if is_well => words.get("notifications-damaged-well"),
        NoticeKind::BackupDamaged => words.with(
            "notifications-damaged",
            &[
                ("backup", facts.backup.as_deref()?.into()),
                ("reason", reason?.into()),
                ("others", facts.others.into()),
            ],
        ),
        // Why it went back is told by core alone.
        NoticeKind::RolledBack | NoticeKind::NeedsAttention => return None,
    })
}

fn now(notice: &Notice, facts: &NoticeFacts, words: Words) -> Option<String> {
    let is_well = notice.state == NoticeState::WellAgain;
    match notice.kind {
        NoticeKind::RolledBack => Some(words.get("notifications-now-old-state")),
        NoticeKind::NeedsAttention => Some(words.get("notifications-now-unfinished")),
        NoticeKind::Guardian if is_well => match facts.guardian? {
            ProtectionState::Waiting => Some(words.get("notifications-now-protected")),
            ProtectionState::Working => Some(words.get("notifications-now-working")),
            _ => None,
        },
        NoticeKind::BackupFailed if !is_well => {
            let again = words.get("notifications-now-again");
            Some(format!("{} {again}", kept(facts, words)))
        }
        _ => Some(kept(facts, words)),
    }
}

fn kept(facts: &NoticeFacts, words: Words) -> String {
    match facts.newest_good_at {
        Some(at) => words.with("notifications-now-newest", &[("time", minute(at).into())]),
        None => words.get("notifications-now-none"),
    }
}

/// As core says it: a notice may be read on another machine.
fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::preferences::LanguageChoice;

    fn notice(kind: &str, state: &str, happened: &str, now: &str) -> Notice {
        let notice = json!({
            "id": "1", "app": "shop", "engine": "box", "kind": kind, "state": state,
            "at": "2026-05-04T03:00:00Z", "happened": happened, "now": now, "advice": null,
        });
        serde_json::from_value(notice).expect("a notice")
    }

    fn facts() -> NoticeFacts {
        NoticeFacts {
            newest_good_at: Some("2026-05-04T03:00:00Z".parse().expect("a time")),
            ..NoticeFacts::default()
        }
    }

    /// English is what core says; German says the same.
    fn check(mut notice: Notice, facts: NoticeFacts, german: &str) {
        let core = format!("{} {}", notice.happened, notice.now);
        assert_eq!(
            text(&notice, Words::of(LanguageChoice::De)),
            core,
            "no facts"
        );
        notice.facts = Some(facts);
        assert_eq!(text(&notice, Words::of(LanguageChoice::En)), core);
        assert_eq!(text(&notice, Words::of(LanguageChoice::De)), german);
    }

    const NEWEST: &str = "The newest good backup is of 2026-05-04 03:00 UTC.";
    const NEUESTE: &str = "Die neueste gute Sicherung ist von 2026-05-04 03:00 UTC.";

    #[test]
    fn a_guardian_that_is_gone_and_comes_back() {
        let gone = "Its guardian was removed: no backups are taken.";
        check(
            notice("guardian", "problem", gone, NEWEST),
            NoticeFacts {
                guardian: Some(ProtectionState::Gone),
                ..facts()
            },
            &format!("Der Wächter wurde entfernt: Es werden keine Sicherungen erstellt. {NEUESTE}"),
        );
        let back = "Its guardian is there again and well.";
        check(
            notice(
                "guardian",
                "well-again",
                back,
                "Backups are taken by themselves.",
            ),
            NoticeFacts {
                guardian: Some(ProtectionState::Waiting),
                ..facts()
            },
            "Der Wächter ist wieder da und in Ordnung. Sicherungen werden von selbst erstellt.",
        );
    }

    #[test]
    fn a_backup_that_failed_is_late_or_damaged() {
        let failed = "A backup that was to be taken by itself failed: the disk is full.";
        check(
            notice(
                "backup-failed",
                "problem",
                failed,
                "There is no good backup. It is tried again by itself.",
            ),
            NoticeFacts {
                reason: Some("the disk is full".to_owned()),
                ..NoticeFacts::default()
            },
            "Eine Sicherung, die von selbst zu erstellen war, ist fehlgeschlagen: the disk is full. Es gibt \
             keine gute Sicherung. Es wird von selbst wieder versucht.",
        );
        let due = "A good backup was due at 2026-05-05 03:00 UTC, and there is none.";
        check(
            notice("overdue", "problem", due, NEWEST),
            NoticeFacts {
                due_at: Some("2026-05-05T03:00:00Z".parse().expect("a time")),
                ..facts()
            },
            &format!(
                "Um 2026-05-05 03:00 UTC war eine gute Sicherung fällig, und es gibt keine. {NEUESTE}"
            ),
        );
        let damaged = "The backup b7 is damaged: a page is missing. So are 2 others.";
        check(
            notice("backup-damaged", "problem", damaged, NEWEST),
            NoticeFacts {
                backup: Some("b7".to_owned()),
                others: 2,
                reason: Some("a page is missing".to_owned()),
                ..facts()
            },
            &format!(
                "Die Sicherung b7 ist beschädigt: a page is missing. Ebenso 2 andere. {NEUESTE}"
            ),
        );
    }

    #[test]
    fn why_something_went_back_is_told_as_core_says_it() {
        check(
            notice(
                "rolled-back",
                "happened",
                "The new release did not come up.",
                "What was before is back in its place.",
            ),
            NoticeFacts::default(),
            "The new release did not come up. Was vorher war, ist wieder an seinem Platz.",
        );
    }
}
