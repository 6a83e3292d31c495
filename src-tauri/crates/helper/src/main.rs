//! The helper: a static binary that works next to the files, inside the engine.
//!
//! Everything it does is in `lifeboat_store`; here is only the fork in the road between the process
//! that owns the vault (a session) and the processes that touch databases (children).

use std::process::ExitCode;

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some(lifeboat_store::child::ARGUMENT) => lifeboat_store::child::main(),
        _ => lifeboat_store::session::main(),
    }
}
