//! Defaults that later become settings: codec, scope, limits.
