//! A guide that is followed from top to bottom: block by block, and none left out.

use lifeboat_tests::Finished;

use super::markdown::{Block, Document, Run};
use super::operator::Operator;

/// The documents whose commands are run.
pub(super) const GUIDES: [&str; 5] = [
    "README.md",
    "UPDATING.md",
    "docs/DATABASE_PERSISTENCE.md",
    "docs/RESCUE.md",
    "docs/errors.md",
];

/// What cannot be run in a test, and why; in the words of the comment above it.
const NOT_RUN: [(&str, &str); 4] = [
    ("README.md", "builds everything and opens the window"),
    ("docs/DATABASE_PERSISTENCE.md", "it needs systemd"),
    ("docs/DATABASE_PERSISTENCE.md", "it needs root and systemd"),
    (
        "docs/DATABASE_PERSISTENCE.md",
        "it changes the users of the machine",
    ),
];

/// A guide and whoever follows it.
pub(super) struct Guide<'a> {
    name: &'static str,
    operator: &'a Operator,
    rest: std::vec::IntoIter<Block>,
}

impl<'a> Guide<'a> {
    /// Opens a guide at its first block.
    pub(super) fn open(name: &'static str, operator: &'a Operator) -> Self {
        assert!(GUIDES.contains(&name), "{name} is a guide");
        let document = Document::read(name);
        let blocks = document
            .commands()
            .filter(|block| matches!(block.run, Run::Well | Run::Ends(_)));
        let blocks: Vec<Block> = blocks.cloned().collect();
        Self {
            name,
            operator,
            rest: blocks.into_iter(),
        }
    }

    /// Does what the next block says; it stands under this heading.
    pub(super) fn does(&mut self, heading: &str) {
        let _ = self.shows(heading);
    }

    /// The same, for what is shown then.
    pub(super) fn shows(&mut self, heading: &str) -> Finished {
        let block = self.rest.next();
        let block = block.unwrap_or_else(|| panic!("{}: nothing is left for {heading}", self.name));
        assert_eq!(block.heading, heading, "the order of {}", block.at);
        self.operator.types_until(&block.text, block.exit_code())
    }

    /// Does what the blocks say up to the end; before each it is told where it stands.
    pub(super) fn rest(mut self, mut before: impl FnMut(&Block)) {
        for block in self.rest.by_ref() {
            before(&block);
            let _ = self.operator.types_until(&block.text, block.exit_code());
        }
    }

    /// Nothing is left.
    pub(super) fn ends(mut self) {
        if let Some(block) = self.rest.next() {
            panic!("{} was not run", block.at);
        }
    }
}

/// A block is run, or it says why not and is on the list.
#[test]
fn what_is_not_run_is_little_and_known() {
    let mut found: Vec<(String, String)> = Vec::new();
    for document in Document::all() {
        for block in &document.blocks {
            let Run::Not(reason) = &block.run else {
                continue;
            };
            assert!(
                GUIDES.contains(&document.name.as_str()),
                "{}: nothing is run there",
                block.at
            );
            found.push((document.name.clone(), reason.clone()));
        }
    }
    found.sort();
    let mut known = NOT_RUN.map(|(name, why)| (name.to_owned(), why.to_owned()));
    known.sort();
    assert_eq!(found, known);
}

/// Errors say what to do in words; a block of commands there would need somebody who has that error.
#[test]
fn errors_have_no_commands_of_their_own() {
    let errors = Document::read("docs/errors.md");
    assert_eq!(errors.commands().count(), 0);
}
