//! Children on real databases: capture, fence, check, settle, privileges.
//!
//! These tests change identities, so they run as root. The sources' owners are users that need not
//! exist.

mod capture;
mod check;
mod concurrent;
mod hostile_names;
mod identity;
mod recovery;
mod schemas;
mod settle;
mod support;
