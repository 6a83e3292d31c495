//! Discovery and the walk on real directories, with real databases.

mod scanning;
mod support;
mod walking;
