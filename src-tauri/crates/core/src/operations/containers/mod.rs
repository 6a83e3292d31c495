//! What restore, update and their ways back do to an application's containers: stop everyone, put
//! others in their place, start everyone, and look whether it came up.

mod gate;
mod patience;
mod replacement;
mod rules;
mod stopping;

pub(super) use gate::{Gate, bring_up, judge};
pub(super) use patience::Patience;
pub(super) use replacement::{
    Replacement, aside_name, name_images, others, put_aside, put_back, remove_present,
};
pub(super) use rules::HealthRules;
pub(super) use stopping::{
    StoppedContainer, everyone, nobody_runs, start_again, stop, stop_until_quiet,
};
