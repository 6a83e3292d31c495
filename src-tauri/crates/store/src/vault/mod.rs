//! The vault: where backups, settings, audit log and logbook of one application live.
