//! Names that cannot be guessed.

use std::fmt::Write as _;

use lifeboat_core::{Code, Error};

/// 128 random bits in hexadecimal digits.
///
/// # Errors
/// `internal` if the operating system has no random numbers.
pub(crate) fn token() -> Result<String, Error> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|cause| {
        Error::new(
            Code::Internal,
            "No random number could be drawn.",
            "Try again.",
        )
        .with_detail(cause.to_string())
    })?;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        write!(text, "{byte:02x}").expect("writing to a string does not fail");
    }
    Ok(text)
}
