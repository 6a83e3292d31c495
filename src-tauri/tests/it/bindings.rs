//! The window's types are those of Rust: `ui/src/bindings/api.ts` is generated, and never stale.

use std::path::Path;

use lifeboat_core::api::{
    AppList, AuditLog, BackupList, BackupOptions, Comparison, DemoReport, DoctorReport,
    DownloadForm, DownloadReport, Health, LeaveReport, NewBackup, Protection, RecoveryReport,
    RestoreReport, RestoreSelection, SettingsReport, UpdateReport,
};
use lifeboat_core::error::Error;
use lifeboat_core::job::JobEvent;
use lifeboat_desktop::confirmed::{
    PlannedDelete, PlannedLeave, PlannedPrune, PlannedRestore, PlannedUpdate,
};
use lifeboat_desktop::desktop::DownloadPlan;
use lifeboat_desktop::drops::DropEvent;
use lifeboat_desktop::job::JobView;
use lifeboat_desktop::preferences::PreferencesView;
use ts_rs::{Config, ExportError, TS};

/// Everything that goes over the border, with all that it is made of, as one text.
fn generate(folder: &Path) -> Result<String, ExportError> {
    let config = Config::new().with_large_int("number").with_out_dir(folder);
    AppList::export_all(&config)?;
    Health::export_all(&config)?;
    BackupList::export_all(&config)?;
    Comparison::export_all(&config)?;
    BackupOptions::export_all(&config)?;
    NewBackup::export_all(&config)?;
    DownloadForm::export_all(&config)?;
    DownloadPlan::export_all(&config)?;
    DownloadReport::export_all(&config)?;
    RestoreSelection::export_all(&config)?;
    PlannedRestore::export_all(&config)?;
    PlannedUpdate::export_all(&config)?;
    PlannedDelete::export_all(&config)?;
    PlannedLeave::export_all(&config)?;
    LeaveReport::export_all(&config)?;
    Protection::export_all(&config)?;
    SettingsReport::export_all(&config)?;
    PlannedPrune::export_all(&config)?;
    RestoreReport::export_all(&config)?;
    UpdateReport::export_all(&config)?;
    PreferencesView::export_all(&config)?;
    RecoveryReport::export_all(&config)?;
    AuditLog::export_all(&config)?;
    DemoReport::export_all(&config)?;
    DoctorReport::export_all(&config)?;
    JobView::export_all(&config)?;
    DropEvent::export_all(&config)?;
    JobEvent::export_all(&config)?;
    Error::export_all(&config)?;
    let text = std::fs::read_to_string(folder.join("api.ts"))?;
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    Ok(lines.join("\n") + "\n")
}

#[test]
fn the_bindings_are_fresh() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let generated = generate(folder.path()).expect("all types can be exported");
    let only: Vec<_> = std::fs::read_dir(folder.path())
        .expect("it is there")
        .collect();
    assert_eq!(
        only.len(),
        1,
        "every type says export_to = \"api.ts\": {only:?}"
    );
    assert!(
        !generated.contains("bigint"),
        "sizes are numbers in the window"
    );

    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/src/bindings/api.ts");
    if std::env::var_os("UPDATE_BINDINGS").is_some() {
        std::fs::create_dir_all(committed.parent().expect("a folder")).expect("it can be made");
        std::fs::write(&committed, &generated).expect("the bindings can be written");
    }
    let present = std::fs::read_to_string(&committed).unwrap_or_default();
    assert!(
        present == generated,
        "{} is stale: run the tests of lifeboat-desktop with UPDATE_BINDINGS=1",
        committed.display()
    );
}
