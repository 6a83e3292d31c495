//! Safe update: a new release that comes up healthy, or the old image with the old data. The protocol
//! is written down in `docs/design/update.md`.

mod checkout;
mod drift;
mod ending;
mod fetch;
mod finish;
mod inspection;
mod logbook;
mod plan;
mod recognition;
mod recovery;
mod run;
mod trial;
mod way_back;

pub(super) use ending::release_in_words;
pub(super) use fetch::{keep_tag, kept_images, tidy_images};
pub(super) use logbook::Entry;
pub(crate) use plan::plan_update;
pub(super) use recovery::end_unfinished;
pub(crate) use run::update;

/// What the logbook calls an update.
pub(super) const OPERATION: &str = "update";
