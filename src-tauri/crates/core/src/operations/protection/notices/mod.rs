//! Notices: what a person has to be told, each thing once, and once more when it is well again.
//!
//! Only whoever watches tells: the guardian has no network. This runs beside the rest of the watching and
//! takes no lock of a vault, so neither waits for the other.

mod delivery;
mod facts;
mod judge;
mod memory;
mod voice;

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use self::delivery::Attempt;
pub(crate) use self::memory::{Refusal, refusals};
use self::voice::Voice;
use crate::engine::ContainerWatch;
use crate::error::Error;
use crate::job::JobContext;
use crate::lifeboat::{Actor, Lifeboat};
use crate::notice::Notice;

/// How often all applications are looked at, and how soon again while something is in doubt.
const LOOK_EVERY: Duration = Duration::from_secs(60);
const DOUBTFUL_LOOK: Duration = Duration::from_secs(10);

/// How soon after something happened to a guardian. It may not be the last thing: one that is made anew
/// ends, goes, and is started.
const STIR: Duration = Duration::from_secs(3);

/// How long a delivery that is under way in the end may take.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// Who shows notices to a person.
pub type Tell = dyn Fn(&Notice) + Send + Sync;

/// Tells until the watching has ended.
pub(super) async fn notices(
    lifeboat: &Lifeboat,
    job: &JobContext,
    tell: &Tell,
    ended: &CancellationToken,
) {
    let mut telling = Telling {
        lifeboat,
        job,
        voices: voices(lifeboat, tell),
        looked_at: BTreeSet::new(),
        refused: false,
    };
    let mut guardians = lifeboat.engine_handle().watch_guardians().await.ok();
    let mut next_look = Instant::now();
    let mut sending: Option<JoinHandle<Vec<Attempt>>> = None;
    loop {
        tokio::select! {
            biased;
            () = ended.cancelled() => break,
            attempts = finished(&mut sending) => {
                sending = None;
                telling.after(&attempts);
            }
            () = stirred(&mut guardians) => next_look = next_look.min(Instant::now() + STIR),
            () = sleep_until(next_look) => {
                telling.look(ended).await;
                if sending.is_none() {
                    sending = telling.send();
                }
                next_look = Instant::now() + telling.pause();
            }
        }
    }
    // What arrives just now is not to be sent again.
    if sending.is_some()
        && let Ok(attempts) = timeout(LAST_WORDS, finished(&mut sending)).await
    {
        telling.after(&attempts);
    }
}

/// Something happened to a guardian. Never, if the engine does not tell: then each look finds out.
async fn stirred(guardians: &mut Option<ContainerWatch>) {
    if let Some(watch) = guardians
        && watch.next().await.is_ok()
    {
        return;
    }
    *guardians = None;
    std::future::pending::<()>().await;
}

/// A service prints and sends. The desktop has a memory of its own for what it shows, since whoever sits in
/// front of it may never see what a service prints; and it sends while no service does.
fn voices<'a>(lifeboat: &Lifeboat, tell: &'a Tell) -> Vec<Voice<'a>> {
    match lifeboat.actor() {
        Actor::Desktop => vec![Voice::sending(None), Voice::showing(tell)],
        _ => vec![Voice::sending(Some(tell))],
    }
}

/// What became of a delivery; never, if none is under way.
async fn finished(sending: &mut Option<JoinHandle<Vec<Attempt>>>) -> Vec<Attempt> {
    match sending {
        Some(task) => task.await.unwrap_or_default(),
        None => std::future::pending().await,
    }
}

struct Telling<'a> {
    lifeboat: &'a Lifeboat,
    job: &'a JobContext,
    voices: Vec<Voice<'a>>,
    /// Vaults that were looked into once: one may be protected though its guardian is gone.
    looked_at: BTreeSet<String>,
    /// It was said that another watch tells.
    refused: bool,
}

impl Telling<'_> {
    fn pause(&self) -> Duration {
        let doubtful = self.voices.iter().any(Voice::is_in_doubt);
        if doubtful { DOUBTFUL_LOOK } else { LOOK_EVERY }
    }

    async fn look(&mut self, ended: &CancellationToken) {
        let mut may_speak = 0;
        for voice in &mut self.voices {
            may_speak += usize::from(voice.may_speak(self.lifeboat));
        }
        if may_speak == 0 {
            if !std::mem::replace(&mut self.refused, true) {
                self.job
                    .note("Another watch on this machine tells what has to be told.");
            }
            return;
        }
        let apps = match self.apps().await {
            Ok(apps) => apps,
            Err(error) => {
                tracing::warn!(?error, "the engine could not be looked at");
                return;
            }
        };
        for app in apps {
            if ended.is_cancelled() {
                return;
            }
            match facts::read(self.lifeboat, &app).await {
                Ok(facts) => {
                    let engine = &self.lifeboat.engine().name;
                    for voice in &mut self.voices {
                        voice.hear(&app, engine, &facts);
                    }
                    self.looked_at.insert(app);
                }
                Err(error) => tracing::warn!(?error, %app, "the application was not looked at"),
            }
        }
    }

    /// Those that are protected, as far as can be told without looking into each vault each time.
    async fn apps(&mut self) -> Result<Vec<String>, Error> {
        let engine = self.lifeboat.engine_handle();
        let vaults: BTreeSet<String> = engine
            .vaults()
            .await?
            .into_iter()
            .map(|(_, app)| app)
            .collect();
        let guarded = engine.guarded_apps().await?;
        for voice in &mut self.voices {
            voice.keep_only(&vaults);
        }
        let wanted = |app: &String| {
            guarded.contains(app)
                || self.voices.iter().any(|voice| voice.knows(app))
                || !self.looked_at.contains(app)
        };
        Ok(vaults.into_iter().filter(wanted).collect())
    }

    fn send(&mut self) -> Option<JoinHandle<Vec<Attempt>>> {
        let looked_at = &self.looked_at;
        self.voices
            .iter_mut()
            .find_map(|voice| voice.send(looked_at))
    }

    fn after(&mut self, attempts: &[Attempt]) {
        for voice in &mut self.voices {
            voice.after(attempts, self.job);
        }
    }
}
