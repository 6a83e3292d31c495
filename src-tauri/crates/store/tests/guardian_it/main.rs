//! What the guardian goes by: settings, schedule, rotation.

mod rotation;
mod schedule;
mod settings;
