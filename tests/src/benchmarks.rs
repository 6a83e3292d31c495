//! The page of benchmarks, whose parts are written by different programs.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

/// How the window's part begins; it is the last one.
const WINDOW: &str = "## The window\n";

/// A part of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The title, and Lifeboat beside other ways.
    Ways,
    /// The window.
    Window,
}

/// Writes one part of the page, and leaves the other as it is.
///
/// # Errors
/// What reading or writing the file fails with.
pub fn write(path: &Path, part: Part, text: &str) -> io::Result<()> {
    let page = match fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        page => page?,
    };
    fs::write(path, joined(&page, part, text))
}

fn joined(page: &str, part: Part, text: &str) -> String {
    let (ways, window) = page.split_at(page.find(WINDOW).unwrap_or(page.len()));
    let (ways, window) = match part {
        Part::Ways => (text, window),
        Part::Window => (ways, text),
    };
    let parts = [ways.trim_end(), window.trim_end()];
    let there: Vec<_> = parts.into_iter().filter(|one| !one.is_empty()).collect();
    format!("{}\n", there.join("\n\n"))
}

#[cfg(test)]
mod tests {
    use super::{Part, joined};

    #[test]
    fn a_part_takes_the_place_of_its_older_self() {
        let ways = joined("", Part::Ways, "# Benchmarks\n\nold\n");
        let both = joined(&ways, Part::Window, "## The window\n\nold\n");
        assert_eq!(both, "# Benchmarks\n\nold\n\n## The window\n\nold\n");
        let both = joined(&both, Part::Ways, "# Benchmarks\n\nnew\n");
        let both = joined(&both, Part::Window, "## The window\n\nnew\n");
        assert_eq!(both, "# Benchmarks\n\nnew\n\n## The window\n\nnew\n");
    }
}
