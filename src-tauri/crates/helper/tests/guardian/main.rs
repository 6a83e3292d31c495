//! The guardian as a process: it is started on a vault, left alone, and looked at.
//!
//! Like every helper it changes who it is, so these tests run as root.

mod endings;
mod refusals;
mod runs;
mod support;
