//! The blocks of the README that a newcomer types.

use lifeboat_tests::artifacts;

/// Stands above each of them, so that it is known where they are tested.
const MARK: &str = "<!-- run in: a clean root, by the test of the packages -->\n```sh\n";

/// The blocks of a section, as they are written.
pub(crate) fn blocks(heading: &str) -> Vec<String> {
    let file = artifacts::repository().join("README.md");
    let text = std::fs::read_to_string(file).expect("the README");
    let section = text
        .split("\n## ")
        .find_map(|section| section.strip_prefix(&format!("{heading}\n")));
    let section = section.unwrap_or_else(|| panic!("the README has no section “{heading}”"));
    let blocks: Vec<String> = section
        .split(MARK)
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap_or_default().to_owned())
        .collect();
    assert!(!blocks.is_empty(), "nothing to type in “{heading}”");
    assert_eq!(
        section.matches("```").count(),
        2 * blocks.len(),
        "every block of “{heading}” is run"
    );
    blocks
}
