//! Restore inside a volume: stage, settle, exchange, and the way back.
