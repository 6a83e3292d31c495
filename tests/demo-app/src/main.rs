//! The demo application.

fn main() {}
