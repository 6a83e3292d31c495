//! What the guardian goes by: settings, schedule, rotation.

mod schedule;
mod settings;
