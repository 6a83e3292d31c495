//! Small helpers for messages and hashes.

use std::io;

use crate::failure::Failure;
use crate::relative_path::RelativePath;

/// Longest stretch of a foreign name that a message repeats.
const SHOWN_CHARACTERS: usize = 160;

/// Bytes from a file that nobody trusts, in quotes and escaped, so that no terminal obeys them.
pub(super) fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut characters = text.chars();
    let short: String = characters.by_ref().take(SHOWN_CHARACTERS).collect();
    let more = if characters.next().is_some() {
        "…"
    } else {
        ""
    };
    format!("\"{}{more}\"", short.escape_debug())
}

/// How messages name an entry.
pub(super) fn entry_label(volume_index: u32, path: &RelativePath) -> String {
    format!("volume {volume_index}, {}", shown(path.as_bytes()))
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS[usize::from(value & 15)]);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(*byte)])
        .collect()
}

/// The failure that travelled inside an `io::Error`, or the error told as one.
pub(super) fn carried(error: io::Error, message: &str) -> Failure {
    match error.downcast::<Failure>() {
        Ok(failure) => failure,
        Err(error) => Failure::io(message, &error),
    }
}
