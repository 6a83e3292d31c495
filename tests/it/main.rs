//! Tests on a real engine, with real databases, through the `lifeboat` command.

mod audit;
mod backup;
mod backup_pin;
mod cli;
mod crash;
mod discover;
mod download;
mod edges;
mod growth;
mod guard;
mod guard_hardships;
mod import;
mod leave;
mod locked_out;
mod notices;
mod restore;
mod safe_update;
mod support;
mod update;
mod update_built;
mod update_compose;
mod update_identity;
mod update_kills;
mod update_unchecked;
mod update_way_back;
mod verify;
