//! Frames between parent and child: a type byte, the length as a little-endian `u32`, the content.

use std::io::{self, Read, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A message.
const JSON: u8 = b'J';

/// A stretch of a file.
const DATA: u8 = b'D';

/// No frame is longer: whoever announces more is not one of ours.
const LONGEST_BYTES: usize = 64 * 1024 * 1024;

/// What came in.
pub(super) enum Frame {
    /// The bytes of a message.
    Json(Vec<u8>),
    /// Bytes of a file, now in the buffer that was lent.
    Data,
}

/// Writes a message.
///
/// # Errors
/// What writing fails with.
pub(super) fn write_message(output: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    write(output, JSON, &serde_json::to_vec(message)?)
}

/// Writes bytes of a file.
///
/// # Errors
/// What writing fails with.
pub(super) fn write_data(output: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    write(output, DATA, bytes)
}

/// Reads the next frame; `None` at the end.
///
/// # Errors
/// What reading fails with, and `InvalidData` for what is no frame.
pub(super) fn read(input: &mut impl Read, data: &mut Vec<u8>) -> io::Result<Option<Frame>> {
    let mut head = [0; 5];
    if input.read(&mut head[..1])? == 0 {
        return Ok(None);
    }
    input.read_exact(&mut head[1..])?;
    let length = u32::from_le_bytes([head[1], head[2], head[3], head[4]]) as usize;
    if length > LONGEST_BYTES {
        return Err(io::ErrorKind::InvalidData.into());
    }
    match head[0] {
        JSON => {
            let mut message = vec![0; length];
            input.read_exact(&mut message)?;
            Ok(Some(Frame::Json(message)))
        }
        DATA => {
            data.resize(length, 0);
            input.read_exact(data)?;
            Ok(Some(Frame::Data))
        }
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// Reads a message.
///
/// # Errors
/// As [`read`], and `InvalidData` for anything else.
pub(super) fn read_message<T: DeserializeOwned>(input: &mut impl Read) -> io::Result<Option<T>> {
    match read(input, &mut Vec::new())? {
        None => Ok(None),
        Some(Frame::Json(message)) => Ok(Some(serde_json::from_slice(&message)?)),
        Some(Frame::Data) => Err(io::ErrorKind::InvalidData.into()),
    }
}

fn write(output: &mut impl Write, kind: u8, content: &[u8]) -> io::Result<()> {
    let length = u32::try_from(content.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    let mut head = [kind, 0, 0, 0, 0];
    head[1..].copy_from_slice(&length.to_le_bytes());
    output.write_all(&head)?;
    output.write_all(content)?;
    output.flush()
}
