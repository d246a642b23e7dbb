//! Takes fields out of a JSON object. What is taken is understood; what is left was not.
//!
//! It does not know which fields there should be.

use model::Place;
use serde_json::{Map, Value};

use super::Problems;

/// An object's fields.
pub(crate) type Fields = Map<String, Value>;

/// Takes a text. `null` counts as absent; a value of another type stays, and is a problem.
pub(crate) fn take_text(
    fields: &mut Fields,
    name: &str,
    place: &Place<'_>,
    problems: &mut Problems,
) -> Option<String> {
    match fields.remove(name)? {
        Value::String(text) => Some(text),
        Value::Null => None,
        other => {
            problems.note(&place_of(place, name), "is not a text");
            fields.insert(name.to_owned(), other);
            None
        }
    }
}

/// Takes an object, likewise.
pub(crate) fn take_map(
    fields: &mut Fields,
    name: &str,
    place: &Place<'_>,
    problems: &mut Problems,
) -> Option<Fields> {
    match fields.remove(name)? {
        Value::Object(map) => Some(map),
        Value::Null => None,
        other => {
            problems.note(&place_of(place, name), "is not an object");
            fields.insert(name.to_owned(), other);
            None
        }
    }
}

/// Takes a list, likewise; empty where there is none.
pub(crate) fn take_items(
    fields: &mut Fields,
    name: &str,
    place: &Place<'_>,
    problems: &mut Problems,
) -> Vec<Value> {
    match fields.remove(name) {
        Some(Value::Array(items)) => items,
        Some(Value::Null) | None => Vec::new(),
        Some(other) => {
            problems.note(&place_of(place, name), "is not a list");
            fields.insert(name.to_owned(), other);
            Vec::new()
        }
    }
}

fn place_of<'a>(place: &'a Place<'a>, name: &'a str) -> Place<'a> {
    if place.name() == Some("") { Place::root(name) } else { place.field(name) }
}
