//! The demo application: something to try Lifeboat on, brought up on the engine with one word.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::api::{DemoRelease, DemoReport};
use crate::engine::DemoContainer;
use crate::error::{Code, Error};
use crate::job::JobContext;
use crate::lifeboat::Lifeboat;

/// What the demo application is called.
const NAME: &str = "lifeboat-demo";

/// How long it has for becoming healthy; it takes a second or two.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often it is looked at meanwhile.
const PAUSE: Duration = Duration::from_millis(250);

/// Brings it up. One that is there is started, if it does not run, and kept as it is. A newer release is made
/// ready for an update.
pub(crate) async fn start_demo(
    lifeboat: &Lifeboat,
    release: Option<DemoRelease>,
    job: &JobContext,
) -> Result<DemoReport, Error> {
    let engine = lifeboat.engine_handle();
    let found = engine.demo().await?;
    let is_new = found.is_none();
    match found {
        Some(demo) if demo.runs => {}
        Some(demo) => engine.start(&demo.id).await?,
        None => engine.make_demo(NAME).await?,
    }
    let demo = engine.demo().await?.ok_or_else(gone)?;
    wait_until_healthy(lifeboat, &demo, job).await?;
    if let Some(release) = release {
        engine.load_demo(release).await?;
    }
    tracing::info!(app = %demo.name, is_new, "the demo application runs");
    Ok(DemoReport {
        address: engine.demo_address(&demo).await?,
        app: demo.name,
        is_new,
        release,
    })
}

async fn wait_until_healthy(
    lifeboat: &Lifeboat,
    demo: &DemoContainer,
    job: &JobContext,
) -> Result<(), Error> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let engine = lifeboat.engine_handle();
        let container = engine.container(&demo.id).await?.ok_or_else(gone)?;
        if container.health == "healthy" {
            return Ok(());
        }
        if Instant::now() > deadline {
            return Err(Error::new(
                Code::EngineFailed,
                format!(
                    "The demo application {} was started and did not become healthy.",
                    demo.name
                ),
                format!(
                    "Look into its log with \"docker logs {}\"; \"lifeboat leave {}\" removes it.",
                    demo.name, demo.name
                ),
            ));
        }
        tokio::select! {
            () = job.cancel.cancelled() => return Err(Error::cancelled()),
            () = sleep(PAUSE) => {}
        }
    }
}

fn gone() -> Error {
    Error::new(
        Code::AppNotFound,
        "The demo application was removed while it was being started.",
        "Try again.",
    )
}
