//! Whether there is room to unpack beside the live files.

use std::path::Path;

use crate::failure::{Failure, FailureKind};
use crate::files;

/// What must stay free in the application's volume: a twentieth of what is unpacked, within bounds
/// that fit a volume of a few megabytes as well as one of many gigabytes.
const LEAST_MARGIN_BYTES: u64 = 1 << 20;
const MOST_MARGIN_BYTES: u64 = 32 << 20;

/// File systems give out room in pieces of about this size.
const PIECE_BYTES: u64 = 4096;

/// Fails if there is no room for files of these sizes at `place`, which a person knows as `name`.
pub(super) fn check_room_for(
    sizes: impl Iterator<Item = u64>,
    place: &Path,
    name: &str,
) -> Result<(), Failure> {
    let needed = room_for(sizes);
    let free = files::free_bytes(place)?;
    if free < needed {
        return Err(Failure::new(
            FailureKind::NoSpace,
            format!("there is not enough room in {name} to unpack beside the live files"),
        )
        .with_detail(format!("needed {needed} bytes, free {free} bytes")));
    }
    Ok(())
}

/// How much has to be free to unpack files of these sizes.
fn room_for(sizes: impl Iterator<Item = u64>) -> u64 {
    let content = sizes.fold(0_u64, |sum, size| {
        sum.saturating_add(size.checked_next_multiple_of(PIECE_BYTES).unwrap_or(size))
    });
    content.saturating_add((content / 20).clamp(LEAST_MARGIN_BYTES, MOST_MARGIN_BYTES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_room_asked_for_fits_tiny_volumes_and_large_ones() {
        const MEBIBYTE: u64 = 1 << 20;
        let room = |bytes| room_for([bytes].into_iter());
        assert_eq!(room(0), MEBIBYTE);
        assert_eq!(room(4 * MEBIBYTE), 5 * MEBIBYTE);
        assert_eq!(room(100 * MEBIBYTE), 105 * MEBIBYTE);
        assert_eq!(room(10_240 * MEBIBYTE), (10_240 + 32) * MEBIBYTE);
        let small = room_for(std::iter::repeat_n(1, 1024));
        assert_eq!(small, 5 * MEBIBYTE, "each file takes a piece");
        assert_eq!(room_for([u64::MAX - 4096, 4096].into_iter()), u64::MAX);
    }
}
