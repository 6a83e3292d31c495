//! The desktop app.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    match lifeboat_desktop::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(cause) => {
            tracing::error!(%cause, "the window could not be opened");
            ExitCode::FAILURE
        }
    }
}
