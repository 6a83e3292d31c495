//! What goes on whether or not the window is open: watching the applications, and the tray.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use lifeboat_core::Error;
use lifeboat_core::api::AppList;
use lifeboat_core::job::{JobContext, JobEvent, Reporter};
use lifeboat_core::notice::Notice;
use tauri::{AppHandle, Manager as _, Runtime};
use tokio::sync::watch;
use tokio::time::sleep;

use crate::desktop::Desktop;
use crate::language::Words;
use crate::notifications;
use crate::tray::{self, model::Model};

/// How long an engine that went away is left alone.
const AGAIN_AFTER: Duration = Duration::from_secs(30);

/// How often the tray is brought up to date, if nothing happens.
const TRAY_EVERY: Duration = Duration::from_secs(60);

/// Begins both.
pub fn start<R: Runtime>(handle: &AppHandle<R>) {
    tauri::async_runtime::spawn(watch_apps(handle.clone()));
    tauri::async_runtime::spawn(keep_tray(handle.clone()));
}

/// Watches as long as the person wants it, over restarts of the engine.
async fn watch_apps<R: Runtime>(handle: AppHandle<R>) {
    let desktop = handle.state::<Desktop>();
    loop {
        let changed = desktop.preferences_changed.notified();
        if !desktop.preferences().watch {
            changed.await;
            continue;
        }
        let job = JobContext {
            reporter: Arc::new(Notes),
            ..JobContext::silent()
        };
        let cancel = job.cancel.clone();
        let watching = watch_once(&handle, job);
        tokio::pin!(watching);
        tokio::select! {
            () = &mut watching => sleep(AGAIN_AFTER).await,
            () = changed => {
                cancel.cancel();
                watching.await;
            }
        }
    }
}

async fn watch_once<R: Runtime>(handle: &AppHandle<R>, job: JobContext) {
    let desktop = handle.state::<Desktop>();
    let teller = handle.clone();
    let watching = desktop.connection.run(|lifeboat| async move {
        let tell = move |notice: &Notice| {
            notifications::show_notice(&teller, notice);
            teller.state::<Desktop>().something_happened.notify_one();
        };
        lifeboat.watch(&job, &tell).await
    });
    if let Err(error) = watching.await {
        tracing::info!(code = ?error.code, "watching begins again in a while");
    }
}

/// What a watch has to say goes to the log; what a person has to know is a notice.
struct Notes;

impl Reporter for Notes {
    fn report(&self, event: JobEvent) {
        if let JobEvent::Note { text } = event {
            tracing::info!(text, "seen while watching");
        }
    }
}

/// Keeps the tray true: with what the window was told, and with looks of its own.
async fn keep_tray<R: Runtime>(handle: AppHandle<R>) {
    let (failures, failure) = watch::channel(None);
    tokio::join!(
        look(&handle, &failures),
        show_what_is_known(&handle, failure)
    );
}

/// Looks again and again. Whoever waits for a list hears of it, so only a failure is passed on.
async fn look<R: Runtime>(handle: &AppHandle<R>, failures: &watch::Sender<Option<Error>>) {
    let desktop = handle.state::<Desktop>();
    loop {
        if let Err(error) = desktop.list_apps().await {
            failures.send_replace(Some(error));
        }
        tokio::select! {
            () = sleep(TRAY_EVERY) => {}
            () = desktop.something_happened.notified() => {}
        }
    }
}

/// What is known of the applications.
enum Known {
    Nothing,
    Failure(Error),
    Apps(AppList),
}

impl Known {
    fn model(&self, words: Words) -> Model {
        match self {
            Self::Nothing => Model::unknown(&words.get("tray-looking"), words),
            Self::Failure(error) => Model::unknown(error.message.trim_end_matches('.'), words),
            Self::Apps(list) => Model::of(list, Timestamp::now(), &TimeZone::system(), words),
        }
    }
}

/// At each look, and as soon as another language was chosen.
async fn show_what_is_known<R: Runtime>(
    handle: &AppHandle<R>,
    mut failure: watch::Receiver<Option<Error>>,
) {
    let desktop = handle.state::<Desktop>();
    let mut seen = desktop.seen.subscribe();
    let mut known = Known::Nothing;
    let chosen = desktop.preferences_changed.notified();
    tokio::pin!(chosen);
    loop {
        tray::show(handle, known.model(desktop.words())).await;
        tokio::select! {
            () = &mut chosen => chosen.set(desktop.preferences_changed.notified()),
            _ = seen.changed() => {
                let list = seen.borrow_and_update().clone();
                known = list.map_or(known, Known::Apps);
            }
            _ = failure.changed() => {
                let error = failure.borrow_and_update().clone();
                known = error.map_or(known, Known::Failure);
            }
        }
    }
}
