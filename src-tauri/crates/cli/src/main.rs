//! The `lifeboat` command: a thin face of `lifeboat_core`.
//!
//! Nothing here knows how anything is done; it reads the command line, shows plans and progress,
//! asks, and prints what comes back.

mod arguments;
mod commands;
mod completion;
mod confirm;
#[cfg(test)]
mod documents;
mod exit;
mod output;
mod session;
mod usage;

use std::process::ExitCode;

use clap::Parser as _;
use lifeboat_core::Code;
use lifeboat_core::error::Error;
use lifeboat_core::job::Outcome;
use lifeboat_core::logs::{self, Verbosity};

use arguments::CommandLine;
use exit::Exit;
use output::Output;
use session::Session;

fn main() -> ExitCode {
    completion::answer_the_shell();
    let line = match CommandLine::try_parse() {
        Ok(line) => line,
        Err(refused) => return usage::answer(&refused, std::env::args_os()).into(),
    };
    let output = Output::new(&line.global);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return output.fail(&no_runtime(&error)).into(),
    };
    let logs = begin_logs(output);
    let exit = runtime.block_on(run(line, output));
    drop(logs);
    // A question that was not answered still waits for its line; nobody needs to wait for it.
    runtime.shutdown_background();
    exit.into()
}

/// Begins to log. That logs cannot be written keeps nobody from working; `doctor` tells of it.
fn begin_logs(output: Output) -> Option<logs::Guard> {
    let directory = logs::default_log_directory()?;
    match logs::init(&directory, Verbosity::from_count(output.verbose)) {
        Ok(guard) => Some(guard),
        Err(error) => {
            if output.verbose > 0 {
                output.say(&format!("{error} {}", error.advice));
            }
            None
        }
    }
}

/// Runs the command and prints what it answers.
async fn run(line: CommandLine, output: Output) -> Exit {
    let session = Session::new(&line.global, output, commands::keeps_steps(&line.command));
    if let Err(error) = session.listen_to_signals() {
        return output.fail(&error);
    }
    let result = commands::run(line.command, &session).await;
    session.progress().finish(match &result {
        Ok(_) => Outcome::Done,
        Err(error) if error.code == Code::Cancelled => Outcome::Cancelled,
        Err(error) => Outcome::Failed {
            error: error.clone(),
        },
    });
    match result {
        Ok(answer) => output.print(answer),
        Err(error) => {
            let code = output::failure::code_word(error.code);
            if error.code == Code::Cancelled {
                tracing::info!(code, "{}", error.message);
            } else {
                tracing::error!(code, detail = error.detail, "{}", error.message);
            }
            output.fail(&error)
        }
    }
}

fn no_runtime(error: &std::io::Error) -> Error {
    Error::new(
        Code::Internal,
        "Lifeboat could not start its own threads.",
        "Free memory or raise the limit on threads, and try again.",
    )
    .with_detail(error.to_string())
}
