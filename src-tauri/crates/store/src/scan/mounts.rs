//! What else is mounted inside a volume, by the kernel's own list.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

const MOUNTS: &str = "/proc/self/mountinfo";
/// The mount point's place among the fields of a line.
const MOUNT_POINT: usize = 4;

/// Paths below `root`, relative to it, that are mount points. Device numbers alone do not tell of a
/// directory of the same file system that is bound there.
pub(super) fn mounted_below(root: &Path) -> Vec<Vec<u8>> {
    // Without the list, device numbers still tell of most.
    let list = fs::read(MOUNTS).unwrap_or_default();
    let points = list.split(|byte| *byte == b'\n').filter_map(|line| {
        let point = unescaped(line.split(|byte| *byte == b' ').nth(MOUNT_POINT)?);
        let below = Path::new(OsStr::from_bytes(&point))
            .strip_prefix(root)
            .ok()?;
        Some(below.as_os_str().as_bytes().to_vec())
    });
    points.filter(|below| !below.is_empty()).collect()
}

/// Space, tab, newline and backslash are written as a backslash and three octal digits.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..3).filter(|_| *first == b'\\');
        let code = digits
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 8).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &after[3..] } else { after };
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::unescaped;

    #[test]
    fn mount_points_are_unescaped() {
        for (text, bytes) in [
            (&b"/a\\040b"[..], &b"/a b"[..]),
            (b"/a\\134b", b"/a\\b"),
            (b"/plain", b"/plain"),
            (b"/end\\04", b"/end\\04"),
        ] {
            assert_eq!(unescaped(text), bytes);
        }
    }
}
