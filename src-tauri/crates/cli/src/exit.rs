//! Exit codes: what a script learns without reading a word.

use std::process::ExitCode;

use lifeboat_core::Code;
use lifeboat_core::error::{Aftermath, Error};

/// How the command ends. The numbers are a promise to scripts and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// It failed.
    Failed = 1,
    /// The command line makes no sense, or a confirmation is missing.
    Usage = 2,
    /// The engine cannot be reached or cannot be used.
    EngineUnreachable = 3,
    /// Permission was refused.
    Permission = 4,
    /// There is no such application, backup or database.
    NotFound = 5,
    /// A check or verification failed.
    CheckFailed = 6,
    /// It was turned back: the data from before is there.
    RolledBack = 7,
    /// Something else is at work there.
    Busy = 8,
    /// Somebody has to look.
    NeedsAttention = 9,
    /// It was cancelled or interrupted.
    Interrupted = 130,
}

impl Exit {
    /// The number.
    pub(crate) fn number(self) -> u8 {
        self as u8
    }

    /// How a command that failed with `error` ends. Where somebody has to look, nothing else is
    /// worth knowing.
    pub(crate) fn of_error(error: &Error) -> Self {
        match error.aftermath {
            Aftermath::NeedsAttention => Self::NeedsAttention,
            Aftermath::Unchanged | Aftermath::Restored => of_code(error.code),
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.number())
    }
}

/// Writes one table as both an exhaustive match and a list, so that a new code without an exit code
/// does not compile and the list of the documentation's test is complete.
macro_rules! exit_table {
    ($($exit:ident: $($code:ident)+;)+) => {
        /// The exit code of each error code.
        pub(crate) fn of_code(code: Code) -> Exit {
            match code {
                $($(Code::$code)|+ => Exit::$exit,)+
            }
        }

        /// Every error code.
        #[cfg(test)]
        pub(crate) const ALL_CODES: &[Code] = &[$($(Code::$code,)+)+];
    };
}

exit_table! {
    Failed: EngineFailed HelperMissing HelperLost Unsupported NoSpace ImportRefused TooNew
        OutputFailed Pinned Internal;
    Usage: ConfirmationNeeded InvalidInput;
    EngineUnreachable: EngineNotInstalled EngineStopped EngineContext EngineTooOld
        EngineWindowsContainers;
    Permission: EnginePermission Permission;
    NotFound: AppNotFound NoDatabase BackupNotFound DatabaseNotFound NothingToUndo;
    CheckFailed: Damaged NotCheckable;
    RolledBack: RolledBack;
    Busy: Busy DatabaseLocked;
    NeedsAttention: Unfinished RolledBackUnhealthy NeedsAttention;
    Interrupted: Cancelled;
}

#[cfg(test)]
mod tests {
    use super::{ALL_CODES, Exit, of_code};
    use lifeboat_core::Code;
    use lifeboat_core::error::{Aftermath, Error};

    #[test]
    fn the_contract_holds() {
        for (code, number) in [
            (Code::Internal, 1),
            (Code::InvalidInput, 2),
            (Code::ConfirmationNeeded, 2),
            (Code::EngineNotInstalled, 3),
            (Code::EngineStopped, 3),
            (Code::EngineContext, 3),
            (Code::EngineTooOld, 3),
            (Code::EngineWindowsContainers, 3),
            (Code::EnginePermission, 4),
            (Code::Permission, 4),
            (Code::AppNotFound, 5),
            (Code::BackupNotFound, 5),
            (Code::DatabaseNotFound, 5),
            (Code::Damaged, 6),
            (Code::NotCheckable, 6),
            (Code::RolledBack, 7),
            (Code::Busy, 8),
            (Code::RolledBackUnhealthy, 9),
            (Code::NeedsAttention, 9),
            (Code::Cancelled, 130),
        ] {
            assert_eq!(of_code(code).number(), number, "{code:?}");
        }
    }

    #[test]
    fn no_error_exits_as_done() {
        for &code in ALL_CODES {
            assert_ne!(of_code(code), Exit::Done, "{code:?}");
        }
    }

    #[test]
    fn attention_outranks_the_code() {
        let error = Error::new(Code::EngineFailed, "It failed.", "Look at it.")
            .with_aftermath(Aftermath::NeedsAttention);
        assert_eq!(Exit::of_error(&error), Exit::NeedsAttention);
    }
}
