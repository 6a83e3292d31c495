//! `leave`: everything of ours that belongs to an application, shown and then removed.

use lifeboat_core::api::{DownloadForm, LeavePlan};
use lifeboat_core::error::Error;

use crate::arguments;
use crate::confirm::{Question, confirm};
use crate::output::progress::stderr_line;
use crate::output::table::{Tone, facts};
use crate::output::{Answer, View, json, text};
use crate::session::Session;

/// Shows what would go, asks, copies the newest backup if asked to, and removes it all.
pub(super) async fn leave(arguments: arguments::Leave, session: &Session) -> Result<Answer, Error> {
    let lifeboat = session.connect().await?;
    let plan = session
        .interruptible(lifeboat.plan_leave(&arguments.app))
        .await?;
    if session.shows_plans() {
        stderr_line(describe(&plan, session.talk_view()).trim_end());
    }
    if arguments.download_to.is_none() && plan.last_backup.is_some() && !session.yes {
        session
            .output
            .say("--download-to PATH copies the newest backup to another place first.");
    }
    let question = Question::TypeName {
        app: &plan.app,
        action: "remove all of this",
    };
    confirm(session, question).await?;
    if let (Some(to), Some(backup)) = (&arguments.download_to, &plan.last_backup) {
        let copied = lifeboat
            .download(
                &plan.app,
                &backup.id,
                DownloadForm::Archive,
                to,
                &session.job(),
            )
            .await?;
        session.output.say(&format!(
            "The newest backup is at {}, read back and compared.",
            text::clean(&copied.path)
        ));
    }
    lifeboat.leave(&plan, None, &session.job()).await?;
    let app = text::clean(&plan.app);
    let what = match &plan.vault_volume {
        Some(_) => format!("the vault of {app}, {} in it", backups(plan.backup_count)),
        None => format!("what Lifeboat kept for {app}"),
    };
    let application = match plan.demo_volume {
        Some(_) => "The demo application and its database went, too.",
        None => "The application itself was not touched.",
    };
    let text = format!("Removed {what}. {application}\n");
    Ok(Answer::new(json::object("left", &plan), text))
}

fn backups(count: u64) -> String {
    if count == 1 {
        "1 backup".to_owned()
    } else {
        format!("{count} backups")
    }
}

fn describe(plan: &LeavePlan, view: View) -> String {
    let vault = match &plan.vault_volume {
        Some(volume) => text::clean(volume),
        None if plan.demo_volume.is_some() => "none: it was never backed up".to_owned(),
        None => "none: the volume of that name is not Lifeboat's, and stays".to_owned(),
    };
    let mut lines = vec![
        ("Vault", vault),
        (
            "Holds",
            format!(
                "{}, {}",
                backups(plan.backup_count),
                text::size(plan.used_bytes)
            ),
        ),
    ];
    if let Some(backup) = &plan.last_backup {
        lines.push(("Newest", text::clean(&backup.id)));
    }
    let names = |names: &[String]| {
        let names: Vec<String> = names.iter().map(|name| text::clean(name)).collect();
        names.join(", ")
    };
    if !plan.containers.is_empty() {
        lines.push(("Containers", names(&plan.containers)));
    }
    if !plan.images.is_empty() {
        lines.push(("Images", names(&plan.images)));
    }
    if let Some(volume) = &plan.demo_volume {
        lines.push(("Demo database", text::clean(volume)));
    }
    let title = format!(
        "Remove everything of Lifeboat's for {}",
        text::clean(&plan.app)
    );
    format!(
        "{}\n{}",
        view.look.paint(&title, Tone::Heading),
        facts(&lines)
    )
}
