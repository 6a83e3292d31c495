//! The documents are true: every command in a guide is run, and every link, path, option, error code, setting
//! and name of the window in any document is looked up.

mod commands;
mod guide;
mod json;
mod json_page;
mod links;
mod markdown;
mod names;
mod operator;
mod readme;
mod repository;
mod rescue;
mod the_full_guide;
mod updating;
