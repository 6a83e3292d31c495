//! Logs: rotated files through `tracing`, without secrets.
