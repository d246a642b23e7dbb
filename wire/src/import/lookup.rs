//! Takes the fields of an exported record, whatever case its exporter writes them in.
//!
//! It does not know which fields there should be.

use serde_json::{Map, Value};

use super::line::LineError;
use crate::json;

/// A record's fields. A field is asked for by its snake_case name and found under its camelCase
/// name too.
pub(super) struct Lookup(pub(super) Map<String, Value>);

impl Lookup {
    /// # Errors
    /// When the value is not an object.
    pub(super) fn of(value: Value) -> Result<Self, LineError> {
        match value {
            Value::Object(fields) => Ok(Self(fields)),
            _ => Err(LineError::new("record", "is not an object")),
        }
    }

    /// The field that has the first of these names. `null` counts as absent.
    pub(super) fn get(&self, names: &[&str]) -> Option<&Value> {
        names.iter().find_map(|name| {
            let found = self.0.get(*name).filter(|value| !value.is_null());
            found.or_else(|| self.0.get(&camel(name)).filter(|value| !value.is_null()))
        })
    }

    /// Takes that field.
    pub(super) fn take(&mut self, names: &[&str]) -> Option<Value> {
        names.iter().find_map(|name| {
            let found = self.0.remove(*name).filter(|value| !value.is_null());
            found.or_else(|| self.0.remove(&camel(name)).filter(|value| !value.is_null()))
        })
    }

    /// Takes a text; a number is taken as one, and an empty text counts as absent.
    pub(super) fn take_text(&mut self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| {
            if !matches!(self.get(&[name])?, Value::String(_) | Value::Number(_)) {
                return None;
            }
            match self.take(&[name])? {
                Value::String(text) => Some(text).filter(|text| !text.is_empty()),
                number => Some(number.to_string()),
            }
        })
    }

    /// Takes a value that some exporters write as the text of JSON.
    pub(super) fn take_json(&mut self, names: &[&str]) -> Option<Value> {
        self.take(names).map(unwrapped)
    }

    /// Takes an object, perhaps written as the text of JSON; empty where there is none.
    pub(super) fn take_fields(&mut self, names: &[&str]) -> Self {
        match self.take_json(names) {
            Some(Value::Object(fields)) => Self(fields),
            _ => Self(Map::new()),
        }
    }
}

/// The JSON that a text holds, if it is an object or an array.
pub(super) fn unwrapped(value: Value) -> Value {
    match value {
        Value::String(text) => json::arguments(text),
        other => other,
    }
}

fn camel(name: &str) -> String {
    let mut camel = String::with_capacity(name.len());
    let mut upper = false;
    for letter in name.chars() {
        if letter == '_' {
            upper = true;
        } else if std::mem::take(&mut upper) {
            camel.push(letter.to_ascii_uppercase());
        } else {
            camel.push(letter);
        }
    }
    camel
}
