//! Tests in the real window.
