//! `README.md`, followed from top to bottom.

use lifeboat_tests::Release;
use lifeboat_tests::private_engine::PrivateEngine;

use super::guide::Guide;
use super::operator::Operator;
use crate::support;

/// On an engine of its own, as it is on the reader's machine: nobody else's applications are there.
#[test]
fn its_commands_do_what_it_says() {
    let engine = PrivateEngine::start();
    let operator = Operator::new(&engine.engine());
    let image = format!("{}:latest", operator.world().name("image"));
    Release::new("1").name(operator.world(), &image);
    operator.use_image(&image);
    operator.brings_it_up();
    let (first, entries) = (operator.image(), operator.entries());

    Guide::open("README.md", &operator).rest(|block| {
        if block.heading == "Update safely" {
            Release::new("2").name(operator.world(), &image);
        }
    });

    assert_ne!(operator.image(), first, "the new release runs");
    assert_eq!(operator.entries(), entries);
    let guardian = support::guardian(&operator.app);
    assert!(operator.engine().is_running(&guardian));
}
