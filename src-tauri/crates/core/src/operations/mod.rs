//! The operations of the product: one file for each, over the engine and the helper.

mod audit;
mod backup;
mod compare;
mod compose;
mod containers;
mod demo;
mod doctor;
mod download;
mod events;
mod failure;
mod git;
mod health;
mod import;
mod leave;
mod list;
mod names;
mod notes;
mod protection;
mod recover;
mod releases;
mod rescue;
mod resolve;
mod restore;
mod update;
mod vault;
mod verify;

pub(crate) mod discover;

pub use doctor::doctor;
pub use protection::Tell;
pub use rescue::rescue;

pub(crate) use audit::audit;
pub(crate) use backup::create_backup;
pub(crate) use compare::{compare, compare_backups};
pub(crate) use demo::start_demo;
pub(crate) use download::{download, download_name};
pub(crate) use health::health;
pub(crate) use import::import;
pub(crate) use leave::{leave, plan_leave};
pub(crate) use list::{app, app_names, apps, backup, backups};
pub(crate) use notes::{delete, set_pinned};
pub(crate) use protection::{
    change_settings, guard_off, guard_on, preview_prune, protection, prune, settings, watch,
};
pub(crate) use recover::recover;
pub(crate) use restore::{plan_restore, plan_undo, restore};
pub(crate) use update::{plan_update, update};
pub(crate) use verify::verify;
