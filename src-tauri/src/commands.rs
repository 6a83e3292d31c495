//! The commands of the window: names, arguments, one line each.
#![expect(missing_docs, reason = "each is documented where it is done")]

use lifeboat_core::Error;
use lifeboat_core::api::{
    AppList, AuditLog, Backup, BackupList, BackupOptions, Comparison, DemoReport, DoctorReport,
    DownloadForm, Health, Protection, PruneReport, RestoreSelection, SettingsReport, UpdateOptions,
};
use lifeboat_core::job::JobEvent;
use serde_json::Value;
use tauri::ipc::Channel;
use tauri::{AppHandle, Runtime, State, WebviewWindow, command};

use crate::confirmed::{PlannedDelete, PlannedLeave, PlannedPrune, PlannedRestore, PlannedUpdate};
use crate::desktop::{Desktop, DownloadPlan, system_refused};
use crate::drops::DropEvent;
use crate::job::JobView;
use crate::preferences::{Preferences, PreferencesView};
use crate::protection::Changes;
use crate::{dialogs, login};

type Held<'a> = State<'a, Desktop>;

#[command]
pub async fn list_apps(desktop: Held<'_>) -> Result<AppList, Error> {
    desktop.list_apps().await
}

#[command]
pub async fn ping_engine(desktop: Held<'_>) -> Result<(), Error> {
    desktop.ping_engine().await
}

#[command]
pub async fn cached_apps(desktop: Held<'_>) -> Result<Option<AppList>, Error> {
    Ok(desktop.cached_apps())
}

#[command]
pub async fn database_health(desktop: Held<'_>, app: String, deep: bool) -> Result<Health, Error> {
    desktop.health(app, deep).await
}

#[command]
pub async fn list_backups(desktop: Held<'_>, app: String) -> Result<BackupList, Error> {
    desktop.backups(app).await
}

#[command]
pub async fn show_backup(desktop: Held<'_>, app: String, backup: String) -> Result<Backup, Error> {
    desktop.backup(app, backup).await
}

#[command]
pub async fn compare_backup(
    desktop: Held<'_>,
    app: String,
    backup: String,
) -> Result<Comparison, Error> {
    desktop.compare(app, backup).await
}

#[command]
pub async fn compare_backups(
    desktop: Held<'_>,
    app: String,
    backup: String,
    with: String,
) -> Result<Comparison, Error> {
    desktop.compare_backups(app, backup, with).await
}

#[command]
pub async fn create_backup(
    desktop: Held<'_>,
    app: String,
    options: BackupOptions,
) -> Result<String, Error> {
    desktop.create_backup(app, options)
}

#[command]
pub async fn verify_backup(
    desktop: Held<'_>,
    app: String,
    backup: String,
) -> Result<String, Error> {
    desktop.verify(app, backup)
}

#[command]
pub async fn plan_download(
    desktop: Held<'_>,
    app: String,
    backup: String,
    form: DownloadForm,
) -> Result<DownloadPlan, Error> {
    desktop.plan_download(app, backup, form).await
}

#[command]
pub async fn choose_save_path<R: Runtime>(
    handle: AppHandle<R>,
    desktop: Held<'_>,
    suggested_name: String,
) -> Result<Option<String>, Error> {
    dialogs::choose_save_path(&handle, &desktop, &suggested_name).await
}

#[command]
pub async fn choose_open_path<R: Runtime>(
    handle: AppHandle<R>,
    desktop: Held<'_>,
) -> Result<Option<String>, Error> {
    dialogs::choose_open_path(&handle, &desktop).await
}

#[command]
pub async fn choose_folder<R: Runtime>(
    handle: AppHandle<R>,
    desktop: Held<'_>,
) -> Result<Option<String>, Error> {
    dialogs::choose_folder(&handle, &desktop).await
}

#[command]
pub async fn download_backup(
    desktop: Held<'_>,
    app: String,
    backup: String,
    form: DownloadForm,
    to: String,
) -> Result<String, Error> {
    desktop.download(app, backup, form, &to)
}

#[command]
pub async fn import_backup(
    desktop: Held<'_>,
    file: String,
    app: Option<String>,
) -> Result<String, Error> {
    desktop.import(&file, app)
}

#[command]
pub async fn plan_restore(
    desktop: Held<'_>,
    app: String,
    backup: String,
    selection: RestoreSelection,
) -> Result<PlannedRestore, Error> {
    desktop.plan_restore(app, backup, selection).await
}

#[command]
pub async fn restore_backup(
    desktop: Held<'_>,
    token: String,
    typed_name: String,
) -> Result<String, Error> {
    desktop.restore(&token, &typed_name).await
}

#[command]
pub async fn plan_undo(desktop: Held<'_>, app: String) -> Result<PlannedRestore, Error> {
    desktop.plan_undo(app).await
}

#[command]
pub async fn undo_restore(
    desktop: Held<'_>,
    token: String,
    typed_name: String,
) -> Result<String, Error> {
    desktop.undo(&token, &typed_name).await
}

#[command]
pub async fn plan_update(
    desktop: Held<'_>,
    app: String,
    options: UpdateOptions,
) -> Result<PlannedUpdate, Error> {
    desktop.plan_update(app, options).await
}

#[command]
pub async fn update(desktop: Held<'_>, token: String) -> Result<String, Error> {
    desktop.update(&token)
}

#[command]
pub async fn plan_delete(
    desktop: Held<'_>,
    app: String,
    backup: String,
) -> Result<PlannedDelete, Error> {
    desktop.plan_delete(app, backup).await
}

#[command]
pub async fn delete_backup(desktop: Held<'_>, token: String) -> Result<Backup, Error> {
    desktop.delete(&token).await
}

#[command]
pub async fn start_demo(desktop: Held<'_>) -> Result<DemoReport, Error> {
    desktop.start_demo().await
}

#[command]
pub async fn plan_leave(desktop: Held<'_>, app: String) -> Result<PlannedLeave, Error> {
    desktop.plan_leave(app).await
}

#[command]
pub async fn leave_app(
    desktop: Held<'_>,
    token: String,
    typed_name: String,
    copies_to: Option<String>,
) -> Result<String, Error> {
    desktop.leave(&token, &typed_name, copies_to.as_deref())
}

#[command]
pub async fn set_pinned(
    desktop: Held<'_>,
    app: String,
    backup: String,
    pinned: bool,
) -> Result<Backup, Error> {
    desktop.set_pinned(app, backup, pinned).await
}

#[command]
pub async fn protection(desktop: Held<'_>, app: String) -> Result<Protection, Error> {
    desktop.protection(app).await
}

#[command]
pub async fn guard_on(desktop: Held<'_>, app: String) -> Result<Protection, Error> {
    desktop.guard_on(app).await
}

#[command]
pub async fn guard_off(desktop: Held<'_>, app: String) -> Result<Protection, Error> {
    desktop.guard_off(app).await
}

#[command]
pub async fn settings(desktop: Held<'_>, app: String) -> Result<SettingsReport, Error> {
    desktop.settings(app).await
}

#[command]
pub async fn change_settings(
    desktop: Held<'_>,
    app: String,
    changes: Changes,
) -> Result<SettingsReport, Error> {
    desktop.change_settings(app, changes).await
}

#[command]
pub async fn plan_prune(
    desktop: Held<'_>,
    app: String,
    changes: Changes,
) -> Result<PlannedPrune, Error> {
    desktop.plan_prune(app, changes).await
}

#[command]
pub async fn prune(desktop: Held<'_>, token: String) -> Result<PruneReport, Error> {
    desktop.prune(&token).await
}

#[command]
pub async fn read_audit(desktop: Held<'_>, app: String, verify: bool) -> Result<AuditLog, Error> {
    desktop.audit(app, verify).await
}

#[command]
pub async fn run_doctor(desktop: Held<'_>) -> Result<DoctorReport, Error> {
    desktop.doctor().await
}

#[command]
pub async fn recover(desktop: Held<'_>, app: Option<String>) -> Result<String, Error> {
    desktop.recover(app)
}

#[command]
pub async fn list_jobs(desktop: Held<'_>) -> Result<Vec<JobView>, Error> {
    Ok(desktop.list_jobs())
}

#[command]
pub async fn watch_job(
    desktop: Held<'_>,
    id: String,
    channel: Channel<JobEvent>,
) -> Result<(), Error> {
    desktop.watch_job(&id, Box::new(move |event| channel.send(event).is_ok()))
}

#[command]
pub async fn cancel_job(desktop: Held<'_>, id: String) -> Result<(), Error> {
    desktop.cancel_job(&id)
}

#[command]
pub async fn job_result(desktop: Held<'_>, id: String) -> Result<Value, Error> {
    desktop.job_result(&id)
}

#[command]
pub async fn reveal_path(desktop: Held<'_>, path: String) -> Result<(), Error> {
    tauri_plugin_opener::reveal_item_in_dir(desktop.path_to_reveal(&path)?)
        .map_err(|cause| system_refused("The folder could not be opened.", &cause))
}

#[command]
pub async fn open_log_folder(desktop: Held<'_>) -> Result<(), Error> {
    tauri_plugin_opener::open_path(&desktop.folders.logs, None::<&str>)
        .map_err(|cause| system_refused("The folder of the logs could not be opened.", &cause))
}

#[command]
pub async fn preferences<R: Runtime>(
    handle: AppHandle<R>,
    desktop: Held<'_>,
) -> Result<PreferencesView, Error> {
    Ok(login::view(&handle, desktop.preferences()).await)
}

#[command]
pub async fn set_preferences<R: Runtime>(
    handle: AppHandle<R>,
    desktop: Held<'_>,
    preferences: Preferences,
    start_at_login: bool,
) -> Result<PreferencesView, Error> {
    login::set_start(&handle, start_at_login)?;
    desktop.set_preferences(preferences)?;
    Ok(login::view(&handle, preferences).await)
}

#[command]
pub async fn close_window<R: Runtime>(window: WebviewWindow<R>) -> Result<(), Error> {
    window
        .close()
        .map_err(|cause| system_refused("The window could not be closed.", &cause))
}

#[command]
pub async fn watch_drops(desktop: Held<'_>, channel: Channel<DropEvent>) -> Result<(), Error> {
    let watcher = move |event| channel.send(event).is_ok();
    desktop.drops.watch(Box::new(watcher));
    Ok(())
}
