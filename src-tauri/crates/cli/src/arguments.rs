//! The command line: every command, option and example, and nothing that acts.

use std::path::PathBuf;
use std::sync::LazyLock;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use lifeboat_core::api;

/// What `--version` says: this program, the helper that it brings along, and the helper's `SQLite`.
static VERSIONS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "{version}\nhelper {version} ({processors})\nSQLite {sqlite}",
        version = lifeboat_core::VERSION,
        processors = lifeboat_core::helper_architectures().join(", "),
        sqlite = lifeboat_core::sqlite_version(),
    )
});

/// Backs up, checks and restores the `SQLite` databases of applications in Docker, without stopping them
#[derive(Debug, Parser)]
#[command(
    name = "lifeboat",
    version,
    long_version = VERSIONS.as_str(),
    about = "Backs up, checks and restores the SQLite databases of applications in Docker, \
             without stopping them",
    arg_required_else_help = true,
    disable_help_subcommand = true,
    max_term_width = 100,
    after_help = "Exit codes: 0 done, 1 failed, 2 usage, 3 engine unreachable, 4 permission, \
                  5 not found, 6 check or verification failed, 7 rolled back, 8 busy, \
                  9 needs attention, 130 interrupted\n\n\
                  Example:\n  lifeboat backup shop"
)]
pub(crate) struct CommandLine {
    /// What holds for every command.
    #[command(flatten)]
    pub(crate) global: Global,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options that may stand anywhere.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// The engine to use: a URL such as unix:///var/run/docker.sock, or the name of a Docker context
    ///
    /// Without it the engine is found as the docker command finds it: DOCKER_HOST, DOCKER_CONTEXT,
    /// the current context, the default socket.
    #[arg(long, global = true, value_name = "URL|CONTEXT")]
    pub(crate) engine: Option<String>,
    /// Print one JSON object on standard output instead of text
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// With --json: print every event of the work as a line of JSON before the object
    ///
    /// Without --json progress is told on standard error in any case.
    #[arg(long, global = true)]
    pub(crate) progress: bool,
    /// Answer every confirmation with yes
    #[arg(long, short = 'y', global = true)]
    pub(crate) yes: bool,
    /// Tell nothing but results, warnings and errors
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// Tell more: the cause of errors, all rows of tables, a detailed log; twice: log everything
    #[arg(long, short, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
    /// When to use colours; NO_COLOR and CLICOLOR_FORCE are honoured
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal.
    Auto,
    /// Even in a pipe.
    Always,
    /// Never.
    Never,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the applications on the engine and their databases
    #[command(after_help = "Example:\n  lifeboat apps --json")]
    Apps,
    /// Show whether an application's databases are healthy
    #[command(after_help = "Example:\n  lifeboat health shop --deep")]
    Health(Health),
    /// Take a backup while the application runs, and prove that it can be restored
    ///
    /// Older backups that no rule keeps go then, as after a backup by the guardian: where the application is
    /// protected, or `MAX_DATABASE_BACKUPS` was chosen.
    #[command(after_help = "Example:\n  lifeboat backup shop --note 'before the sale' --pin")]
    Backup(Backup),
    /// List the backups of an application, newest first
    #[command(after_help = "Example:\n  lifeboat backups shop")]
    Backups(AppOnly),
    /// Show everything about one backup
    #[command(after_help = "Example:\n  lifeboat show shop latest")]
    Show(OneBackup),
    /// Show what a restore would change: tables, rows, schema; or how two backups differ
    #[command(after_help = "Example:\n  lifeboat compare shop latest\n  \
                            lifeboat compare shop 20260731T101500Z-00aa11bb --with latest")]
    Compare(Compare),
    /// Prove a backup again: unpack it, compare its hashes, check its databases
    #[command(after_help = "Example:\n  lifeboat verify shop --all")]
    Verify(Verify),
    /// Copy a backup out of the engine to a file, read it back and compare
    #[command(
        after_help = "Example:\n  lifeboat download shop latest --to /media/usb\n  \
                            lifeboat download shop latest --as database --to shop.db"
    )]
    Download(Download),
    /// Take in a downloaded backup or a plain database file
    ///
    /// FILE is an archive that Lifeboat made (.tar.gz, .tar.zst, .tar), or a plain database (.db,
    /// .sqlite, .sqlite3, .db.gz).
    #[command(after_help = "Example:\n  \
                            lifeboat import shop-20260731T101500Z-manual.tar.gz\n  \
                            lifeboat import shop.db --app shop")]
    Import(Import),
    /// Put a backup back; what it replaces is backed up first
    #[command(after_help = "Example:\n  lifeboat restore shop latest\n  \
                            lifeboat restore shop latest --database shop.db --yes")]
    Restore(Restore),
    /// Put the new release in place; if it does not come up, the old image and the old data run again
    #[command(after_help = "Example:\n  lifeboat update shop --check\n  lifeboat update shop")]
    Update(Update),
    /// Take back the last restore or update
    #[command(after_help = "Example:\n  lifeboat undo shop")]
    Undo(AppOnly),
    /// Have backups taken by themselves, on the engine, whether or not anything else of Lifeboat runs
    #[command(after_help = "Example:\n  lifeboat guard on shop\n  lifeboat guard status shop")]
    Guard(Guard),
    /// See to what guardians cannot see: start-up backups when an application starts, edited settings; and
    /// tell what a person has to know, here and to the webhook in the settings
    #[command(
        after_help = "Example:\n  lifeboat watch\n  lifeboat settings shop NOTICE_WEBHOOK=https://hooks.example.com/lifeboat\n\nRuns until it is stopped; meant for a service. Each notice is told once, and once more when it is well again."
    )]
    Watch,
    /// Show or change the settings of an application
    #[command(
        after_help = "Example:\n  lifeboat settings shop\n  lifeboat settings shop MAX_DATABASE_BACKUPS=30 AUTO_BACKUP_AT=03:30\n  lifeboat settings shop AUTO_BACKUP_AT="
    )]
    Settings(Settings),
    /// Remove the backups that the settings do not keep
    #[command(after_help = "Example:\n  lifeboat prune shop --dry-run")]
    Prune(Prune),
    /// Delete a backup for good
    #[command(after_help = "Example:\n  lifeboat delete shop 20260731T101500Z-4f1c")]
    Delete(OneBackup),
    /// Keep a backup until it is unpinned
    #[command(after_help = "Example:\n  lifeboat pin shop latest")]
    Pin(OneBackup),
    /// Let a pinned backup be deleted again
    #[command(after_help = "Example:\n  lifeboat unpin shop latest")]
    Unpin(OneBackup),
    /// Show, check or export the log of everything that was done to an application
    #[command(after_help = "Example:\n  lifeboat audit shop --verify --export audit.csv")]
    Audit(Audit),
    /// Remove everything of Lifeboat's that belongs to an application, its backups too
    #[command(after_help = "Example:\n  lifeboat leave shop --download-to /media/anna/drive")]
    Leave(Leave),
    /// Bring up the demo application, a small guest book to try everything on
    ///
    /// It serves on the engine's machine only, at port 8737 or, where that is taken, one that the engine chooses.
    /// One that is there is started and kept as it is. `lifeboat leave lifeboat-demo` removes it, with its
    /// database and its backups.
    #[command(
        after_help = "Example:\n  lifeboat demo\n  lifeboat backup lifeboat-demo\n  \
                            lifeboat leave lifeboat-demo\n\n\
                            A release that fails, and what an update makes of it:\n  \
                            lifeboat demo --release bad\n  lifeboat update lifeboat-demo"
    )]
    Demo(Demo),
    /// Look at everything that could be in the way, and say what mends it
    #[command(after_help = "Example:\n  lifeboat doctor")]
    Doctor,
    /// End what a crash or a power cut left unfinished
    #[command(after_help = "Example:\n  lifeboat recover")]
    Recover(Recover),
    /// Extract a downloaded backup without any engine
    ///
    /// The databases are written out and never opened.
    #[command(after_help = "Example:\n  \
                            lifeboat rescue shop-20260731T101500Z-manual.tar.gz --to ./rescued")]
    Rescue(Rescue),
    /// Print the completions for a shell
    ///
    /// They offer commands, options, and the applications and backups that are on the engine. A package
    /// brings them along.
    #[command(after_help = "Example:\n  \
                            lifeboat completions bash > ~/.local/share/bash-completion/completions/lifeboat")]
    Completions(Completions),
    /// Write the manual pages into a folder
    #[command(hide = true, after_help = "Example:\n  lifeboat manual --to man1")]
    Manual(Manual),
}

/// An application.
#[derive(Debug, Args)]
pub(crate) struct AppOnly {
    /// The application: the compose project's name, or the lone container's
    pub(crate) app: String,
}

/// A backup of an application.
#[derive(Debug, Args)]
pub(crate) struct OneBackup {
    /// The application: the compose project's name, or the lone container's
    pub(crate) app: String,
    /// The backup: its id, its file name, or `latest`
    pub(crate) backup: String,
}

/// `compare`.
#[derive(Debug, Args)]
pub(crate) struct Compare {
    #[command(flatten)]
    pub(crate) one: OneBackup,
    /// Compare with this backup, and not with what is live: its id, its file name, or `latest`
    #[arg(long, value_name = "BACKUP")]
    pub(crate) with: Option<String>,
}

/// `health`.
#[derive(Debug, Args)]
pub(crate) struct Health {
    /// The application: the compose project's name, or the lone container's
    pub(crate) app: String,
    /// Check databases of any size, however long it takes
    #[arg(long)]
    pub(crate) deep: bool,
}

/// `backup`.
#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// The application: the compose project's name, or the lone container's
    pub(crate) app: String,
    /// Free text to remember it by
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: Option<String>,
    /// Pin it: it is kept until it is unpinned
    #[arg(long)]
    pub(crate) pin: bool,
    /// Compression [default: gzip]
    #[arg(long)]
    pub(crate) codec: Option<CodecChoice>,
    /// Only the databases, no other file of their volumes
    #[arg(long)]
    pub(crate) databases_only: bool,
    /// Leave these paths of whole volumes out, besides those of BACKUP_EXCLUDES; may be repeated
    #[arg(long, value_name = "PATTERN", conflicts_with = "databases_only")]
    pub(crate) exclude: Vec<String>,
    /// Do not wait for the proof that it can be restored
    #[arg(long)]
    pub(crate) no_verify: bool,
}

/// Compression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CodecChoice {
    /// Opens anywhere.
    Gzip,
    /// Faster and smaller.
    Zstd,
    /// Not compressed.
    None,
}

impl From<CodecChoice> for api::Codec {
    fn from(choice: CodecChoice) -> Self {
        match choice {
            CodecChoice::Gzip => Self::Gzip,
            CodecChoice::Zstd => Self::Zstd,
            CodecChoice::None => Self::None,
        }
    }
}

/// `verify`.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The application: the compose project's name, or the lone container's
    pub(crate) app: String,
    /// The backup: its id, its file name, or `latest`
    #[arg(default_value = "latest", conflicts_with = "all")]
    pub(crate) backup: String,
    /// Every backup of the application
    #[arg(long)]
    pub(crate) all: bool,
}

/// `download`.
#[derive(Debug, Args)]
pub(crate) struct Download {
    /// The application: the compose project's name, or the lone container's
    pub(crate) app: String,
    /// The backup: its id, its file name, or `latest`
    pub(crate) backup: String,
    /// Where to: a folder, or a file that does not exist yet
    #[arg(long, value_name = "PATH")]
    pub(crate) to: PathBuf,
    /// As the archive with its checksum and manifest, or as a plain database [default: archive]
    #[arg(long = "as", value_name = "FORM")]
    pub(crate) form: Option<FormChoice>,
    /// Which database, if the backup has several: PATH or VOLUME:PATH; implies --as database
    #[arg(long, value_name = "PATH")]
    pub(crate) database: Option<String>,
}

/// What to download.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormChoice {
    /// The whole archive.
    Archive,
    /// One plain database.
    Database,
}

/// `import`.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The file
    pub(crate) file: PathBuf,
    /// The application it belongs to, where the file does not say it, or to override what it says
    #[arg(long, value_name = "APP")]
    pub(crate) app: Option<String>,
}

/// `restore`.
#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The application: the compose project's name, or the lone container's
    pub(crate) app: String,
    /// The backup: its id, its file name, or `latest`
    pub(crate) backup: String,
    /// Only the databases, no other file
    #[arg(long, conflicts_with = "database")]
    pub(crate) databases_only: bool,
    /// Only one database: PATH, or VOLUME:PATH where several have that path
    #[arg(long, value_name = "PATH")]
    pub(crate) database: Option<String>,
}

/// `update`.
#[derive(Debug, Args)]
pub(crate) struct Update {
    /// The application: the compose project's name, or the lone container's
    pub(crate) app: String,
    /// Show what would be done, and change nothing
    #[arg(long)]
    pub(crate) check: bool,
    /// Apply what was edited in the compose files too, with the same way back
    #[arg(long)]
    pub(crate) apply_compose: bool,
    /// Get the newest commit of the checkout first, as `git pull --ff-only` does
    #[arg(long, conflicts_with = "check")]
    pub(crate) git_pull: bool,
}

/// `guard`.
#[derive(Debug, Args)]
pub(crate) struct Guard {
    /// Switch protection on (or put it right), switch it off, or say how it stands
    #[arg(value_enum)]
    pub(crate) what: GuardWord,
    /// The application: the compose project's name, or the lone container's
    pub(crate) app: String,
}

/// What `guard` is to do.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum GuardWord {
    /// Switch protection on, or put it right
    On,
    /// Switch it off; the backups stay
    Off,
    /// Say how it stands
    Status,
}

/// `settings`.
#[derive(Debug, Args)]
pub(crate) struct Settings {
    /// The application: the compose project's name, or the lone container's
    pub(crate) app: String,
    /// A setting to show, or to change: KEY, KEY=VALUE, or KEY= to let it come from elsewhere again
    #[arg(value_name = "KEY[=VALUE]")]
    pub(crate) words: Vec<String>,
}

/// `prune`.
#[derive(Debug, Args)]
pub(crate) struct Prune {
    /// The application: the compose project's name, or the lone container's
    pub(crate) app: String,
    /// Only say what would go, and why the others stay
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// `leave`.
#[derive(Debug, Args)]
pub(crate) struct Leave {
    /// The application
    pub(crate) app: String,
    /// Copy the newest backup there first: a folder, or a new file
    #[arg(long, value_name = "PATH")]
    pub(crate) download_to: Option<PathBuf>,
}

/// `demo`.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Have a newer release stand ready for an update: one that is well, or one that crashes
    ///
    /// Either changes the schema of the database, so that the old release could not go on with what it leaves.
    #[arg(long, value_name = "WHICH")]
    pub(crate) release: Option<Release>,
}

/// A newer release of the demo application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Release {
    /// It is well.
    Good,
    /// It crashes.
    Bad,
}

impl From<Release> for api::DemoRelease {
    fn from(release: Release) -> Self {
        match release {
            Release::Good => Self::Good,
            Release::Bad => Self::Bad,
        }
    }
}

/// `audit`.
#[derive(Debug, Args)]
pub(crate) struct Audit {
    /// The application: the compose project's name, or the lone container's
    pub(crate) app: String,
    /// Check that no entry was changed, left out or cut off
    #[arg(long)]
    pub(crate) verify: bool,
    /// Write the entries to a new file: .csv, or .jsonl (also .ndjson, .json) for JSON lines
    #[arg(long, value_name = "FILE")]
    pub(crate) export: Option<PathBuf>,
}

/// `recover`.
#[derive(Debug, Args)]
pub(crate) struct Recover {
    /// Only this application; without it, all of them
    pub(crate) app: Option<String>,
}

/// `rescue`.
#[derive(Debug, Args)]
pub(crate) struct Rescue {
    /// The downloaded archive
    pub(crate) file: PathBuf,
    /// The folder to extract into [default: a new one beside the file]
    #[arg(long, value_name = "DIR")]
    pub(crate) to: Option<PathBuf>,
}

/// `completions`.
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}

/// `manual`.
#[derive(Debug, Args)]
pub(crate) struct Manual {
    /// The folder; it has to be there
    #[arg(long, value_name = "DIR")]
    pub(crate) to: PathBuf,
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, Parser as _};

    use super::CommandLine;

    fn parse(line: &str) -> Result<CommandLine, clap::Error> {
        CommandLine::try_parse_from(line.split(' '))
    }

    #[test]
    fn the_definition_is_consistent() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn each_line_of_the_contract_parses() {
        for line in [
            "lifeboat apps",
            "lifeboat health shop",
            "lifeboat health shop --deep",
            "lifeboat backup shop --note T --pin --codec zstd --databases-only --no-verify",
            "lifeboat backup shop --codec gzip",
            "lifeboat backup shop --exclude cache --exclude *.tmp",
            "lifeboat backup shop --codec none",
            "lifeboat backups shop",
            "lifeboat show shop latest",
            "lifeboat compare shop latest",
            "lifeboat verify shop",
            "lifeboat verify shop latest",
            "lifeboat verify shop --all",
            "lifeboat download shop latest --to /tmp/x",
            "lifeboat download shop latest --to /tmp/x --as archive",
            "lifeboat download shop latest --to /tmp/x --as database --database data:shop.db",
            "lifeboat import file.tar.gz --app shop",
            "lifeboat restore shop latest",
            "lifeboat restore shop latest --databases-only",
            "lifeboat restore shop latest --database shop.db",
            "lifeboat undo shop",
            "lifeboat delete shop latest",
            "lifeboat pin shop latest",
            "lifeboat unpin shop latest",
            "lifeboat audit shop --verify --export audit.csv",
            "lifeboat doctor",
            "lifeboat recover",
            "lifeboat recover shop",
            "lifeboat rescue file.tar.gz --to dir",
            "lifeboat completions bash",
            "lifeboat guard on shop",
            "lifeboat settings shop KEEP_DAILY_BACKUPS=7 AUTO_BACKUP_AT=",
            "lifeboat prune shop --dry-run",
            "lifeboat watch",
            "lifeboat update shop --apply-compose --git-pull",
            "lifeboat --engine ssh://host --json --progress --yes --quiet -vv --color never apps",
            "lifeboat apps --engine other --json --progress --yes --quiet --verbose --color always",
        ] {
            assert!(parse(line).is_ok(), "{line}: {:?}", parse(line).err());
        }
    }

    #[test]
    fn contradictions_are_usage_errors() {
        for line in [
            "lifeboat verify shop latest --all",
            "lifeboat restore shop latest --databases-only --database shop.db",
            "lifeboat backup shop --databases-only --exclude cache",
            "lifeboat download shop latest",
            "lifeboat restore shop",
            "lifeboat guard shop",
            "lifeboat prune",
            "lifeboat update shop --check --git-pull",
            "lifeboat update",
            "lifeboat",
        ] {
            assert_eq!(parse(line).expect_err(line).exit_code(), 2, "{line}");
        }
    }

    #[test]
    fn every_command_shows_an_example() {
        for command in CommandLine::command().get_subcommands() {
            let help = command
                .get_after_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            let prefix = format!("Example:\n  lifeboat {}", command.get_name());
            assert!(help.starts_with(&prefix), "{}", command.get_name());
        }
    }
}
