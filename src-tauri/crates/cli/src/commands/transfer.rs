//! `download`, `import` and `rescue`: backups on their way out of the engine and into it.

use lifeboat_core::api::{self, DownloadForm, RescueReport};
use lifeboat_core::error::Error;
use lifeboat_core::{Code, lifeboat};

use super::backups::{judge, summary};
use super::findings;
use crate::arguments::{self, FormChoice};
use crate::output::table::facts;
use crate::output::{Answer, View, json, text};
use crate::session::Session;

/// Copies a backup to a file.
pub(super) async fn download(
    arguments: arguments::Download,
    session: &Session,
) -> Result<Answer, Error> {
    let form = form(arguments.form, arguments.database)?;
    let lifeboat = session.connect().await?;
    let report = lifeboat
        .download(
            &arguments.app,
            &arguments.backup,
            form,
            &arguments.to,
            &session.job(),
        )
        .await?;
    Ok(Answer::new(
        json::object("download", &report),
        downloaded(&report),
    ))
}

/// What `--as` and `--database` mean together.
fn form(form: Option<FormChoice>, database: Option<String>) -> Result<DownloadForm, Error> {
    match (form, database) {
        (Some(FormChoice::Archive), Some(_)) => Err(Error::new(
            Code::InvalidInput,
            "An archive holds every database; --database picks one.",
            "Leave out --database, or use --as database.",
        )),
        (Some(FormChoice::Archive) | None, None) => Ok(DownloadForm::Archive),
        (_, name) => Ok(DownloadForm::Database { name }),
    }
}

fn downloaded(report: &api::DownloadReport) -> String {
    let mut lines = vec![
        ("File", text::clean(&report.path)),
        ("Size", text::size(report.size_bytes)),
        ("SHA-256", text::clean(&report.sha256)),
    ];
    let companions: Vec<String> = report
        .companions
        .iter()
        .map(|path| text::clean(path))
        .collect();
    if !companions.is_empty() {
        lines.push(("Beside it", companions.join("\n")));
    }
    format!("Saved, read back and compared\n{}", facts(&lines))
}

/// Takes in a backup or a plain database.
pub(super) async fn import(
    arguments: arguments::Import,
    session: &Session,
) -> Result<Answer, Error> {
    let lifeboat = session.connect().await?;
    let backup = lifeboat
        .import(&arguments.file, arguments.app.as_deref(), &session.job())
        .await?;
    let answer = Answer::new(
        json::object("backup", &backup),
        summary(&backup, session.view()),
    );
    Ok(judge(answer, &backup, true))
}

/// Extracts a downloaded backup without any engine.
pub(super) async fn rescue(
    arguments: arguments::Rescue,
    session: &Session,
) -> Result<Answer, Error> {
    let work = tokio::task::spawn_blocking(move || {
        lifeboat::rescue(&arguments.file, arguments.to.as_deref())
    });
    let report = session
        .interruptible(async {
            match work.await {
                Ok(result) => result,
                Err(error) => Err(Error::new(
                    Code::Internal,
                    "Lifeboat itself failed while it extracted the file.",
                    "Run `lifeboat doctor` and report what it says.",
                )
                .with_detail(error.to_string())),
            }
        })
        .await?;
    Ok(Answer::new(
        json::object("rescue", &report),
        rescued(&report, session.view()),
    ))
}

fn rescued(report: &RescueReport, view: View) -> String {
    let databases: Vec<String> = report
        .databases
        .iter()
        .map(|path| text::clean(path))
        .collect();
    let mut lines = vec![
        ("Folder", text::clean(&report.directory)),
        ("Files", text::count(report.file_count)),
    ];
    if !databases.is_empty() {
        lines.push(("Databases", databases.join("\n")));
    }
    let mut page = format!("Extracted; no database was opened\n{}", facts(&lines));
    page.push_str(&findings(&report.findings, view));
    page
}

#[cfg(test)]
mod tests {
    use lifeboat_core::Code;
    use lifeboat_core::api::DownloadForm;

    use super::form;
    use crate::arguments::FormChoice::{Archive, Database};

    #[test]
    fn a_named_database_is_a_database() {
        let name = || Some("shop.db".to_owned());
        assert!(matches!(form(None, None), Ok(DownloadForm::Archive)));
        assert!(matches!(
            form(Some(Archive), None),
            Ok(DownloadForm::Archive)
        ));
        assert!(matches!(
            form(Some(Database), None),
            Ok(DownloadForm::Database { name: None })
        ));
        assert!(matches!(
            form(None, name()),
            Ok(DownloadForm::Database { name: Some(_) })
        ));
        let refused = form(Some(Archive), name()).expect_err("a contradiction");
        assert_eq!(refused.code, Code::InvalidInput);
    }
}
