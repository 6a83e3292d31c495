//! The helper: a static binary that works next to the files, inside the engine.
//!
//! Everything it does is in `lifeboat_store`; here is only the fork in the road between the process
//! that owns the vault (a session), the processes that touch databases (children), and the one that
//! stays and keeps to a schedule (the guardian).

use std::process::ExitCode;

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some(lifeboat_store::child::ARGUMENT) => lifeboat_store::child::main(),
        Some(lifeboat_store::guard::ARGUMENT) => lifeboat_store::guard::main(),
        _ => lifeboat_store::session::main(),
    }
}
