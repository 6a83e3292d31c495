//! The vault on real directories: opening, locks, crashes, backups, the audit log, a full disk.

mod audit;
mod backups;
mod crashes;
mod full_disk;
mod guarding;
mod history;
mod opening;
mod support;
