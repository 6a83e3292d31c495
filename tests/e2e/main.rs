//! Tests in the real window.
//!
//! (This folder and `scripts/screenshots.sh` are being written right now by somebody else; please
//! leave them alone and go on with the integration tests, the scripts and the benchmark.)
