//! `backup`, `backups`, `show`, `delete`, `pin` and `unpin`.

use lifeboat_core::Code;
use lifeboat_core::api::{self, BackupOptions, BackupRotation, NewBackup, Scope, Trigger, Verdict};
use lifeboat_core::error::Error;

use super::row_counts::row_counts;
use super::{doubt, findings, list};
use crate::arguments::{self, AppOnly, OneBackup};
use crate::confirm::{Question, confirm};
use crate::exit::Exit;
use crate::output::progress::stderr_line;
use crate::output::table::{Table, Tone, facts, plain, verdict};
use crate::output::{Answer, View, json, text};
use crate::session::Session;

/// Takes a backup.
pub(super) async fn backup(
    arguments: arguments::Backup,
    session: &Session,
) -> Result<Answer, Error> {
    let verify = !arguments.no_verify;
    let options = BackupOptions {
        trigger: Trigger::Manual,
        note: arguments.note,
        pinned: arguments.pin,
        codec: arguments.codec.map(Into::into),
        scope: arguments.databases_only.then_some(Scope::DatabasesOnly),
        excludes: arguments.exclude,
        verify,
    };
    let lifeboat = session.connect().await?;
    let NewBackup { backup, rotation } = lifeboat
        .create_backup(&arguments.app, options, &session.job())
        .await?;
    let mut object = json::object("backup", &backup);
    if let Some(rotation) = &rotation {
        json::insert(&mut object, "rotation", rotation);
    }
    let mut answer = Answer::new(object, summary(&backup, session.view()));
    if let Some(line) = rotation.as_ref().and_then(rotation_in_words) {
        answer = answer.say(line);
    }
    Ok(judge(answer, &backup, verify))
}

/// What went and why, in one line; nothing where nothing was to go.
fn rotation_in_words(rotation: &BackupRotation) -> Option<String> {
    if let Some(reason) = &rotation.suspended {
        let reason = text::clean(reason);
        return Some(format!("No older backup is removed at present: {reason}"));
    }
    let number = u64::try_from(rotation.removed.len()).unwrap_or(u64::MAX);
    let ids: Vec<String> = rotation.removed.iter().map(|id| text::clean(id)).collect();
    (number > 0).then(|| {
        format!(
            "{} removed ({}), {} free again: no rule keeps {} any longer; MAX_DATABASE_BACKUPS is {}.",
            text::plural(number, "older backup", "older backups"),
            ids.join(", "),
            text::size(rotation.freed_bytes),
            if number == 1 { "it" } else { "them" },
            rotation.max_backups,
        )
    })
}

/// How a new backup ends the command, by its verdict.
pub(super) fn judge(mut answer: Answer, backup: &api::Backup, verify: bool) -> Answer {
    let found = &backup.verification;
    let (id, app) = (text::clean(&backup.id), text::word(&backup.app));
    if found.verdict == Verdict::Damaged {
        let of = text::verdict_and_reason(found.verdict, found.reason.as_deref());
        answer.warnings.push(format!(
            "backup {id}: {of}. It is kept, and cannot be relied on; look at `lifeboat health {app}`."
        ));
        return answer.exit(Exit::CheckFailed);
    }
    if !verify && found.verdict == Verdict::NotChecked {
        return answer.say(format!(
            "Not proven yet: `lifeboat verify {app} {id}` does it."
        ));
    }
    let doubt = doubt(found.verdict, found.reason.as_deref());
    answer.warn_all(doubt.map(|doubt| format!("backup {id}: {doubt}.")))
}

/// Lists the backups of an application.
pub(super) async fn backups(arguments: AppOnly, session: &Session) -> Result<Answer, Error> {
    let lifeboat = session.connect().await?;
    let list = session
        .interruptible(lifeboat.backups(&arguments.app))
        .await?;
    let unreadable = list.unreadable.iter().map(|(id, reason)| {
        format!(
            "{} is no readable backup: {}",
            text::clean(id),
            text::clean(reason)
        )
    });
    let answer =
        Answer::new(json::flat(&list), table(&list.backups, session.view())).warn_all(unreadable);
    let app = text::clean(&list.app);
    Ok(if list.backups.is_empty() {
        answer.say(format!(
            "{app} has no backups yet. `lifeboat backup {}` takes one.",
            text::word(&list.app)
        ))
    } else {
        let number = u64::try_from(list.backups.len()).unwrap_or(u64::MAX);
        answer.say(format!(
            "{} of {app}, {}; {} free on the engine's disk.",
            text::plural(number, "backup", "backups"),
            text::size(list.used_bytes),
            text::size(list.free_bytes)
        ))
    })
}

/// The table of backups.
pub(super) fn table(backups: &[api::Backup], view: View) -> String {
    let headings = [
        "Id", "Created", "Trigger", ">Size", "Codec", "Verdict", "Note",
    ];
    let mut table = Table::new(view.look, &headings);
    for backup in backups {
        table.row([
            plain(text::clean(&backup.id)),
            plain(text::ago(backup.created_at, view.now)),
            plain(backup.trigger.as_str()),
            plain(text::size(backup.stored_bytes)),
            plain(text::codec(backup.codec)),
            verdict(backup.verification.verdict),
            plain(remark(backup)),
        ]);
    }
    table.render()
}

/// Pin and note.
fn remark(backup: &api::Backup) -> String {
    let pin = backup.pinned.then(|| "pinned".to_owned());
    let note = backup.note.as_deref().map(text::clean);
    pin.into_iter().chain(note).collect::<Vec<_>>().join(" · ")
}

/// Shows one backup.
pub(super) async fn show(arguments: OneBackup, session: &Session) -> Result<Answer, Error> {
    let lifeboat = session.connect().await?;
    let backup = session
        .interruptible(lifeboat.backup(&arguments.app, &arguments.backup))
        .await?;
    Ok(Answer::new(
        json::object("backup", &backup),
        details(&backup, session.view()),
    ))
}

/// The few lines that tell which backup it is.
pub(super) fn summary(backup: &api::Backup, view: View) -> String {
    let mut page = heading(backup, view);
    page.push_str(&facts(&essentials(backup, view)));
    page.push_str(&findings(&backup.findings, view));
    page
}

fn heading(backup: &api::Backup, view: View) -> String {
    let id = view.look.paint(&text::clean(&backup.id), Tone::Heading);
    format!("Backup {id} of {}\n", text::clean(&backup.app))
}

fn essentials(backup: &api::Backup, view: View) -> Vec<(&'static str, String)> {
    let found = &backup.verification;
    let mut size = text::size(backup.stored_bytes);
    if let Some(saved) = text::saved(backup.raw_bytes, backup.stored_bytes) {
        size.push_str(&format!(
            ", compressed from {} ({saved})",
            text::size(backup.raw_bytes)
        ));
    }
    let scope = match backup.scope {
        Scope::Whole => "whole volumes",
        Scope::DatabasesOnly => "databases only",
    };
    let databases = u64::try_from(backup.databases.len()).unwrap_or(u64::MAX);
    let files = match backup.file_count {
        0 => String::new(),
        number => format!(" and {}", text::plural(number, "other file", "other files")),
    };
    let mut lines = vec![
        ("File", text::clean(&backup.file_name)),
        ("Created", text::exact_and_ago(backup.created_at, view.now)),
        ("Size", size),
        (
            "Holds",
            format!(
                "{}{files} ({scope})",
                text::plural(databases, "database", "databases")
            ),
        ),
        (
            "Verdict",
            view.look.verdict(found.verdict, found.reason.as_deref()),
        ),
    ];
    if let Some(left_out) = &backup.left_out {
        lines.insert(4, ("Left out", left_out_text(left_out)));
    }
    if let Some(at) = found.at {
        let took = text::duration(found.restore_ms);
        lines.push((
            "Checked",
            format!("{}, in {took}", text::exact_and_ago(at, view.now)),
        ));
    }
    let remark = remark(backup);
    if !remark.is_empty() {
        lines.push(("Note", remark));
    }
    lines
}

/// What was left out by patterns, and by which.
fn left_out_text(left_out: &api::LeftOut) -> String {
    let patterns: Vec<String> = left_out
        .patterns
        .iter()
        .map(|one| text::clean(one))
        .collect();
    let patterns = patterns.join(", ");
    match left_out.file_count {
        0 => format!("nothing matched {patterns}"),
        number => format!(
            "{}, {} ({patterns})",
            text::plural(number, "file", "files"),
            text::size(left_out.size_bytes)
        ),
    }
}

fn details(backup: &api::Backup, view: View) -> String {
    let found = &backup.verification;
    let mut lines = essentials(backup, view);
    lines.extend([
        ("Trigger", backup.trigger.as_str().to_owned()),
        ("Codec", text::codec(backup.codec).to_owned()),
        ("SHA-256", text::clean(&backup.sha256)),
        (
            "Made by",
            format!(
                "Lifeboat {}, SQLite {}",
                text::clean(&backup.tool_version),
                text::clean(&backup.sqlite_version)
            ),
        ),
    ]);
    let releases: Vec<String> = backup.releases.iter().map(release).collect();
    if !releases.is_empty() {
        lines.push(("Releases", releases.join("\n")));
    }
    let mut page = heading(backup, view);
    page.push_str(&facts(&lines));
    page.push_str(&databases(backup, view));
    page.push_str(&tables(backup, view));
    page.push_str(&findings(&backup.findings, view));
    page.push_str(&list("Databases", database_remarks(found), view));
    page
}

/// What ran when a backup was taken.
pub(super) fn release(release: &api::Release) -> String {
    let exact = release.digest.as_deref().unwrap_or(&release.image_id);
    let (service, image) = (text::clean(&release.service), text::clean(&release.image));
    format!("{service}: {image} ({})", text::clean(exact))
}

fn databases(backup: &api::Backup, view: View) -> String {
    let headings = ["Database", ">Size", "Journal", ">Page size", ">Tables"];
    let mut table = Table::new(view.look, &headings);
    for database in &backup.databases {
        table.row([
            plain(text::database(&database.volume, &database.path)),
            plain(text::size(database.size_bytes)),
            plain(text::journal_mode(database.journal_mode)),
            plain(database.page_size.to_string()),
            plain(database.tables.len().to_string()),
        ]);
    }
    if table.is_empty() {
        String::new()
    } else {
        format!("\n{}", table.render())
    }
}

fn tables(backup: &api::Backup, view: View) -> String {
    let named = backup.databases.iter().map(|database| {
        let name = text::database(&database.volume, &database.path);
        (name, database.tables.as_slice())
    });
    row_counts(named, view)
}

/// What the check said of single databases, where it is more than "sound".
pub(super) fn database_remarks(found: &api::Verification) -> impl Iterator<Item = String> {
    found.databases.iter().flat_map(|database| {
        let name = text::database(&database.volume, &database.path);
        let told = database.reason.iter().chain(&database.findings);
        told.map(|remark| format!("{name}: {}", text::clean(remark)))
            .collect::<Vec<_>>()
    })
}

/// Deletes a backup.
pub(super) async fn delete(arguments: OneBackup, session: &Session) -> Result<Answer, Error> {
    let lifeboat = session.connect().await?;
    let backup = session
        .interruptible(lifeboat.backup(&arguments.app, &arguments.backup))
        .await?;
    if backup.pinned {
        return Err(pinned(&backup));
    }
    if session.shows_plans() {
        stderr_line(summary(&backup, session.talk_view()).trim_end());
    }
    let question = format!(
        "Delete this backup of {} for good",
        text::clean(&backup.app)
    );
    confirm(
        session,
        Question::YesOrNo {
            question: &question,
        },
    )
    .await?;
    // By its id: another backup may be the latest by now.
    let deleted = lifeboat.delete_backup(&arguments.app, &backup.id).await?;
    let text = format!(
        "Deleted {} of {}, {}.\n",
        text::clean(&deleted.id),
        text::clean(&deleted.app),
        text::size(deleted.stored_bytes)
    );
    Ok(Answer::new(json::object("deleted", &deleted), text))
}

/// Core would refuse it, too; there is no sense in asking first.
fn pinned(backup: &api::Backup) -> Error {
    let (id, app) = (text::clean(&backup.id), text::word(&backup.app));
    Error::new(
        Code::Pinned,
        format!("The backup {id} is pinned and was not deleted."),
        format!("If you mean it, unpin it first: lifeboat unpin {app} {id}"),
    )
}

/// Pins or unpins a backup.
pub(super) async fn set_pinned(
    arguments: OneBackup,
    pinned: bool,
    session: &Session,
) -> Result<Answer, Error> {
    let lifeboat = session.connect().await?;
    let backup = lifeboat
        .set_pinned(&arguments.app, &arguments.backup, pinned)
        .await?;
    let (id, app) = (text::clean(&backup.id), text::clean(&backup.app));
    let text = if pinned {
        format!("Pinned {id} of {app}: it is kept until it is unpinned.\n")
    } else {
        format!("Unpinned {id} of {app}: it may be deleted again.\n")
    };
    Ok(Answer::new(json::object("backup", &backup), text))
}

#[cfg(test)]
mod tests {
    use lifeboat_core::api::{LeftOut, Verdict};
    use serde_json::Map;

    use super::super::samples::{backup, view};
    use super::{details, judge, summary, table};
    use crate::exit::Exit;
    use crate::output::Answer;

    #[test]
    fn a_damaged_backup_fails_and_a_doubtful_one_warns() {
        for (verdict, verify, exit, warnings, talk) in [
            (Verdict::Sound, true, Exit::Done, 0, 0),
            (Verdict::Damaged, true, Exit::CheckFailed, 1, 0),
            (Verdict::NotCheckable, true, Exit::Done, 1, 0),
            (Verdict::NotChecked, true, Exit::Done, 1, 0),
            (Verdict::NotChecked, false, Exit::Done, 0, 1),
        ] {
            let found = backup(verdict, Some("a reason"));
            let answer = judge(Answer::new(Map::new(), ""), &found, verify);
            let got = (answer.exit, answer.warnings.len(), answer.talk.len());
            assert_eq!(got, (exit, warnings, talk), "{verdict:?}, verify {verify}");
        }
    }

    #[test]
    fn nothing_hostile_is_printed() {
        let found = backup(Verdict::Damaged, Some(super::super::samples::HOSTILE));
        let list = table(std::slice::from_ref(&found), view());
        for page in [
            summary(&found, view()),
            details(&found, view()),
            list.clone(),
        ] {
            assert!(
                !page.contains('\u{1b}') && !page.contains('\u{202e}'),
                "{page}"
            );
        }
        assert_eq!(
            list.lines().count(),
            2,
            "a line for the heading, one for the backup: {list}"
        );
    }

    #[test]
    fn a_backup_is_told_in_a_few_lines() {
        let mut found = backup(Verdict::Sound, None);
        found.id = "20260822T100000Z-ab12".into();
        found.app = "shop".into();
        found.file_name = "shop-20260822T100000Z-manual.tar.gz".into();
        found.note = Some("before the sale".into());
        found.findings.clear();
        found.left_out = None;
        let page = summary(&found, view());
        let lines: Vec<&str> = page.lines().collect();
        assert_eq!(lines[0], "Backup 20260822T100000Z-ab12 of shop");
        assert_eq!(lines[1], "  File     shop-20260822T100000Z-manual.tar.gz");
        assert!(lines[2].ends_with(" (2 hours ago)"), "{page}");
        assert_eq!(
            lines[3],
            "  Size     244.1 KiB, compressed from 976.6 KiB (75 % saved)"
        );
        assert_eq!(
            lines[4],
            "  Holds    0 databases and 2 other files (whole volumes)"
        );
        assert_eq!(lines[5], "  Verdict  ✓ sound");
        assert_eq!(lines[6], "  Note     pinned · before the sale");
    }

    #[test]
    fn what_was_left_out_is_told_in_one_line() {
        let mut found = backup(Verdict::Sound, None);
        for (file_count, told) in [
            (3, "  Left out  3 files, 2.0 KiB (cache, *.tmp)"),
            (0, "  Left out  nothing matched cache, *.tmp"),
        ] {
            found.left_out = Some(LeftOut {
                patterns: vec!["cache".into(), "*.tmp".into()],
                file_count,
                size_bytes: 2048,
            });
            let page = details(&found, view());
            assert!(page.lines().any(|line| line == told), "{page}");
        }
    }
}
