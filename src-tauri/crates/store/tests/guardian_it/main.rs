//! What the guardian goes by: settings, schedule, rotation.

mod settings;
