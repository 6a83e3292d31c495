//! hostile_names
