//! Whether the desktop shows trays at all. GNOME does not: an icon is made there without an error and nobody
//! sees it, so a window that was hidden could not be found again.

/// Asks the desktop. May take a moment.
#[cfg(target_os = "linux")]
pub async fn is_there() -> bool {
    use std::time::Duration;

    /// One who does not answer in time shows nothing.
    const PATIENCE: Duration = Duration::from_secs(2);

    let asked = tokio::time::timeout(PATIENCE, ask()).await;
    match asked {
        Ok(Ok(answer)) => answer,
        Ok(Err(cause)) => {
            tracing::debug!(%cause, "nobody here shows trays");
            false
        }
        Err(_) => false,
    }
}

/// By the protocol of trays: <https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/>.
#[cfg(target_os = "linux")]
async fn ask() -> zbus::Result<bool> {
    let bus = zbus::Connection::session().await?;
    let watcher = zbus::Proxy::new(
        &bus,
        "org.kde.StatusNotifierWatcher",
        "/StatusNotifierWatcher",
        "org.kde.StatusNotifierWatcher",
    )
    .await?;
    watcher.get_property("IsStatusNotifierHostRegistered").await
}

/// macOS and Windows always have one.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::unused_async, reason = "asked in the same way everywhere")]
pub async fn is_there() -> bool {
    true
}
