//! `demo`: brings up the demo application.

use lifeboat_core::api::{DemoRelease, DemoReport};
use lifeboat_core::error::Error;

use crate::arguments;
use crate::output::{Answer, json, text};
use crate::session::Session;

/// Starts it, and says where it is and what to try.
pub(super) async fn demo(arguments: arguments::Demo, session: &Session) -> Result<Answer, Error> {
    let lifeboat = session.connect().await?;
    let release = arguments.release.map(DemoRelease::from);
    let report = lifeboat.start_demo(release, &session.job()).await?;
    let text = describe(&report);
    Ok(Answer::new(json::object("demo", &report), text))
}

fn describe(report: &DemoReport) -> String {
    let app = text::clean(&report.app);
    let what = if report.is_new {
        format!("The demo application {app} runs.")
    } else {
        format!("The demo application {app} was there already, and runs.")
    };
    let place = report.address.as_ref().map_or_else(String::new, |address| {
        format!(" Its guest book is at {}.", text::clean(address))
    });
    let next = match report.release {
        None | Some(DemoRelease::First) => {
            format!("Try:\n  lifeboat backup {app}\n  lifeboat restore {app} latest\n")
        }
        Some(DemoRelease::Good) => format!(
            "A newer release stands ready, and is well. Try:\n  lifeboat update {app}\n  lifeboat undo {app}\n"
        ),
        Some(DemoRelease::Bad) => {
            format!("A newer release stands ready, and will crash. Try:\n  lifeboat update {app}\n")
        }
    };
    format!(
        "{what}{place}\n\n{next}\n\"lifeboat leave {app}\" removes it again, with everything of \
         Lifeboat's for it.\n"
    )
}

#[cfg(test)]
mod tests {
    use super::{DemoReport, describe};

    #[test]
    fn it_says_where_the_guest_book_is_and_how_it_goes_away() {
        let told = describe(&DemoReport {
            app: "lifeboat-demo".to_owned(),
            address: Some("http://127.0.0.1:8737".to_owned()),
            is_new: true,
            release: None,
        });
        assert!(told.contains("http://127.0.0.1:8737"), "{told}");
        assert!(told.contains("lifeboat leave lifeboat-demo"), "{told}");
    }
}
