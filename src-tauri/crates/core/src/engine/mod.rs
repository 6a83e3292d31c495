//! The engine: the only module that names bollard.
