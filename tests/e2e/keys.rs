//! The keyboard alone: where the Tab key leads, and what a person sees of it.

use serde_json::{Value, json};

use crate::window::Window;

pub(crate) const TAB: char = '\u{e004}';
pub(crate) const ENTER: char = '\u{e007}';
pub(crate) const SHIFT: char = '\u{e008}';
pub(crate) const CONTROL: char = '\u{e009}';
pub(crate) const ESCAPE: char = '\u{e00c}';
pub(crate) const SPACE: char = ' ';

/// More stops than any page of the tests has.
const STOPS: usize = 200;

/// What has the focus, and whether a person sees that it has.
const LOOK: &str = "
    const at = document.activeElement;
    if (!at || at === document.body || at === document.documentElement) return null;
    if (!at.id && !at.dataset.stop) at.dataset.stop = String((window.stops = (window.stops ?? 0) + 1));
    const style = getComputedStyle(at);
    const box = at.getBoundingClientRect();
    const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1
      && style.outlineColor !== 'rgba(0, 0, 0, 0)';
    return {
      id: at.id || at.dataset.stop,
      html: at.outerHTML.slice(0, 160),
      isShown: outlined || style.boxShadow !== 'none',
      isInSight: box.width > 0 && box.bottom > 0 && box.top < innerHeight
        && box.right > 0 && box.left < innerWidth,
      fits: arguments[0] !== null && at.matches(arguments[0]),
    };";

/// What has the focus; `None` between the last stop and the first.
fn look(window: &Window, css: Option<&str>) -> Option<Value> {
    let found = window.script(LOOK, vec![json!(css)]);
    if found.is_null() {
        return None;
    }
    assert_eq!(found["isShown"], true, "nobody sees the focus: {found:#}");
    if found["isInSight"] == true {
        return Some(found);
    }
    // A page is scrolled a moment later.
    let html = &found["html"];
    window
        .wait(&format!("{html} comes in sight"), || {
            let found = window.script(LOOK, vec![json!(css)]);
            (found["isInSight"] == true).then_some(found)
        })
        .into()
}

/// Presses Tab until what fits has the focus; each stop on the way shows that it has it.
pub(crate) fn tab_to(window: &Window, css: &str) {
    window.wait_for(css);
    for _ in 0..STOPS {
        window.press_keys(&[TAB]);
        if look(window, Some(css)).is_some_and(|found| found["fits"] == true) {
            return;
        }
    }
    panic!("no Tab leads to {css}");
}

/// Goes through all stops of a page and back to the first; how many there are.
pub(crate) fn walk(window: &Window) -> usize {
    let mut stops: Vec<Value> = Vec::new();
    for _ in 0..STOPS {
        window.press_keys(&[TAB]);
        let Some(stop) = look(window, None) else {
            continue;
        };
        let id = &stop["id"];
        // A time has a stop for each of its parts.
        if stops.last() == Some(id) {
            continue;
        }
        if stops.first() == Some(id) {
            return stops.len();
        }
        stops.push(id.clone());
    }
    panic!("no way back to the first stop: {stops:?}");
}

/// Types words where the focus is.
pub(crate) fn write(window: &Window, words: &str) {
    for letter in words.chars() {
        window.press_keys(&[letter]);
    }
}

/// Whether what fits has the focus now.
pub(crate) fn is_at(window: &Window, css: &str) -> bool {
    look(window, Some(css)).is_some_and(|found| found["fits"] == true)
}
