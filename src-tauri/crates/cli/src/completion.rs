//! What a shell offers while a command line is typed: commands, options, and the applications and backups
//! that are on the engine.
//!
//! A script, printed by `lifeboat completions`, has the shell call `lifeboat` at each press of the key, with
//! a variable in the environment. Whatever goes wrong then is silent: an error would be written into the
//! line that somebody is typing.

use std::env;
use std::ffi::{OsStr, OsString};
use std::future::Future;
use std::time::Duration;

use clap::{ArgMatches, Command, CommandFactory as _};
use clap_complete::CompleteEnv;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use clap_complete::env::Shells;
use jiff::Timestamp;
use lifeboat_core::Lifeboat;
use lifeboat_core::api::Backup;
use lifeboat_core::error::Error;
use lifeboat_core::lifeboat::{Actor, Options};

use crate::arguments::CommandLine;
use crate::output::text;

/// The program, as it is called.
const PROGRAM: &str = "lifeboat";
/// Set by the scripts to the name of their shell.
const VARIABLE: &str = "LIFEBOAT_COMPLETE";
/// Somebody waits with a finger on the key.
const PATIENCE: Duration = Duration::from_secs(4);

/// From a folder zsh loads the script at the first press of the key, as the function that has to answer.
const ZSH_FROM_A_FOLDER: &str = r#"
if [[ ${funcstack[1]-} == _lifeboat ]]; then
    _clap_dynamic_completer_lifeboat "$@"
fi
"#;

/// Answers a shell that asks what could come next, and ends; does nothing in any other run.
pub(crate) fn answer_the_shell() {
    CompleteEnv::with_factory(definition)
        .var(VARIABLE)
        .bin(PROGRAM)
        .completer(PROGRAM)
        .complete();
}

/// The script that has a shell ask.
pub(crate) fn script(shell: clap_complete::Shell) -> String {
    let shells = Shells::builtins();
    let shell = shells
        .completer(&shell.to_string())
        .expect("both lists are of the same shells");
    let mut script = Vec::new();
    shell
        .write_registration(VARIABLE, PROGRAM, PROGRAM, PROGRAM, &mut script)
        .expect("memory takes everything");
    let script = String::from_utf8(script).expect("completions are text");
    match shell.name() {
        "zsh" => script + ZSH_FROM_A_FOLDER,
        _ => script,
    }
}

/// The command line, with what the engine knows added to its arguments.
fn definition() -> Command {
    CommandLine::command().mut_subcommands(|command| {
        command.mut_args(|argument| match argument.get_id().as_str() {
            "app" => argument.add(ArgValueCompleter::new(applications)),
            "backup" | "with" => argument.add(ArgValueCompleter::new(backups)),
            _ => argument,
        })
    })
}

/// The applications whose names begin so.
fn applications(begun: &OsStr) -> Vec<CompletionCandidate> {
    let typed = Typed::so_far();
    let names = ask(typed.engine, async |lifeboat| lifeboat.app_names().await);
    let names = names.unwrap_or_default().into_iter();
    names
        .filter(|name| begins(name, begun))
        .map(CompletionCandidate::new)
        .collect()
}

/// `latest`, and the backups of the application before it whose ids begin so, newest first.
fn backups(begun: &OsStr) -> Vec<CompletionCandidate> {
    let typed = Typed::so_far();
    let Some(app) = typed.app else {
        return Vec::new();
    };
    let list = ask(typed.engine, async |lifeboat| lifeboat.backups(&app).await);
    let backups = list.map(|list| list.backups).unwrap_or_default();
    let latest = CompletionCandidate::new("latest").help(Some("the newest one".into()));
    let latest = (!backups.is_empty() && begins("latest", begun)).then_some(latest);
    let ids = backups
        .iter()
        .filter(|backup| begins(&backup.id, begun))
        .map(candidate);
    let in_order = latest.into_iter().chain(ids).enumerate();
    in_order
        .map(|(place, one)| one.display_order(Some(place)))
        .collect()
}

fn candidate(backup: &Backup) -> CompletionCandidate {
    let mut help = format!(
        "{}, {}",
        text::ago(backup.created_at, Timestamp::now()),
        text::verdict(backup.verification.verdict)
    );
    if let Some(note) = &backup.note {
        help.push_str(": ");
        help.push_str(&text::clean(note));
    }
    CompletionCandidate::new(&backup.id).help(Some(help.into()))
}

fn begins(name: &str, begun: &OsStr) -> bool {
    begun.to_str().is_some_and(|begun| name.starts_with(begun))
}

/// What the line says already of where to look.
#[derive(Debug, Default, PartialEq, Eq)]
struct Typed {
    engine: Option<String>,
    app: Option<String>,
}

impl Typed {
    /// The scripts hand the words of the line over behind two dashes.
    fn so_far() -> Self {
        let words = env::args_os().skip_while(|word| word != "--").skip(1);
        Self::of(words)
    }

    fn of(words: impl Iterator<Item = OsString>) -> Self {
        let lenient = CommandLine::command().ignore_errors(true);
        let Ok(line) = lenient.try_get_matches_from(words) else {
            return Self::default();
        };
        let said = line.subcommand().map_or(&line, |(_, said)| said);
        Self {
            engine: word(said, "engine").or_else(|| word(&line, "engine")),
            app: word(said, "app").filter(|app| !app.is_empty()),
        }
    }
}

fn word(line: &ArgMatches, name: &str) -> Option<String> {
    let value = line.try_get_one::<String>(name);
    value.ok().flatten().cloned()
}

/// Asks the engine, for as long as somebody waits.
fn ask<T, Asked>(engine: Option<String>, question: impl FnOnce(Lifeboat) -> Asked) -> Option<T>
where
    Asked: Future<Output = Result<T, Error>>,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .ok()?;
    let options = Options {
        engine,
        actor: Actor::Cli,
        state_directory: None,
    };
    let asking = async { question(Lifeboat::connect(options).await?).await };
    let answer = runtime.block_on(async { tokio::time::timeout(PATIENCE, asking).await });
    runtime.shutdown_background();
    answer.ok()?.ok()
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::{PROGRAM, Typed, definition, script};

    fn typed(line: &str) -> Typed {
        Typed::of(line.split(' ').map(OsString::from))
    }

    #[test]
    fn an_unfinished_line_says_where_to_look() {
        let shop = |engine: Option<&str>| Typed {
            engine: engine.map(str::to_owned),
            app: Some("shop".into()),
        };
        for (line, said) in [
            ("lifeboat show shop ", shop(None)),
            ("lifeboat download shop 2026", shop(None)),
            ("lifeboat restore --yes shop ", shop(None)),
            ("lifeboat compare shop latest --with ", shop(None)),
            ("lifeboat --engine far show shop ", shop(Some("far"))),
            ("lifeboat show --engine far shop ", shop(Some("far"))),
            ("lifeboat show ", Typed::default()),
            ("lifeboat nonsense shop ", Typed::default()),
        ] {
            assert_eq!(typed(line), said, "{line}");
        }
    }

    #[test]
    fn the_definition_with_completions_is_consistent() {
        definition().debug_assert();
    }

    #[test]
    fn there_is_a_script_for_every_shell() {
        use clap::ValueEnum as _;
        for shell in clap_complete::Shell::value_variants() {
            assert!(script(*shell).contains(PROGRAM), "{shell}");
        }
    }
}
