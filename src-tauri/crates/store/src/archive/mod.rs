//! The archive: an ordinary tar, compressed in independent blocks.
