//! The JSON that scripts rely on: one object, a schema number, a named key.

use std::fmt::Write as _;

use lifeboat_core::error::Error;
use serde::Serialize;
use serde_json::{Map, Value};

use super::text;

/// The version of the objects below. Keys may be added; none changes its meaning or goes.
const SCHEMA: u32 = 1;

/// An object with one named value.
pub(crate) fn object(key: &str, value: &impl Serialize) -> Map<String, Value> {
    let mut object = Map::new();
    insert(&mut object, key, value);
    object
}

/// Adds a named value to an object.
pub(crate) fn insert(object: &mut Map<String, Value>, key: &str, value: &impl Serialize) {
    let value = serde_json::to_value(value).expect("our own types serialise");
    object.insert(key.to_owned(), value);
}

/// A value whose own keys are the object's.
pub(crate) fn flat(value: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(value).expect("our own types serialise") {
        Value::Object(object) => object,
        other => object("value", &other),
    }
}

/// The object of an error.
pub(crate) fn error(error: &Error) -> Map<String, Value> {
    object("error", error)
}

/// The line that is printed for an object.
pub(crate) fn line(object: Map<String, Value>) -> String {
    let mut whole = Map::new();
    whole.insert("schema".to_owned(), SCHEMA.into());
    whole.extend(object);
    render(&whole)
}

/// One line of JSON. Characters that could steer a terminal can only stand inside strings, where
/// they are written as escapes.
pub(crate) fn render(value: &impl Serialize) -> String {
    let plain = serde_json::to_string(value).expect("our own types serialise");
    let mut safe = String::with_capacity(plain.len());
    for character in plain.chars() {
        if text::is_treacherous(character) {
            let mut units = [0_u16; 2];
            for unit in character.encode_utf16(&mut units) {
                let _ = write!(safe, "\\u{unit:04x}");
            }
        } else {
            safe.push(character);
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use lifeboat_core::Code;
    use lifeboat_core::error::Error;
    use serde_json::Value;

    #[test]
    fn errors_have_the_keys_of_the_contract() {
        let failure = Error::new(Code::Busy, "It is busy.", "Wait.").with_detail("held by x");
        let line = super::line(super::error(&failure));
        let object: Value = serde_json::from_str(&line).expect("JSON");
        assert_eq!(object["schema"], 1);
        assert_eq!(object["error"]["code"], "busy");
        assert_eq!(object["error"]["message"], "It is busy.");
        assert_eq!(object["error"]["advice"], "Wait.");
        assert_eq!(object["error"]["aftermath"], "unchanged");
        assert_eq!(object["error"]["detail"], "held by x");
    }

    #[test]
    fn strings_survive_and_cannot_steer_the_terminal() {
        let name = "a\u{9b}\u{202e}b\u{e0041}\u{7f}";
        let line = super::line(super::object("name", &name));
        assert!(line.is_ascii(), "{line}");
        let object: Value = serde_json::from_str(&line).expect("JSON");
        assert_eq!(object["name"], name);
    }
}
