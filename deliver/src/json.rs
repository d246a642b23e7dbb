//! JSON objects under construction, and JSON as one line that shows what it holds.

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// A JSON object from which absent values are left out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Object(Map<String, Value>);

impl Object {
    /// An object with one value.
    pub(crate) fn of(name: &str, value: impl Into<Value>) -> Self {
        Self::default().with(name, value)
    }

    /// With a value.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    /// With a value, if there is one.
    pub(crate) fn maybe(self, name: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// With a list, if it has members.
    pub(crate) fn list<V: Into<Value>>(
        self,
        name: &str,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        let values: Vec<Value> = values.into_iter().map(Into::into).collect();
        if values.is_empty() { self } else { self.with(name, values) }
    }

    /// With an object, if it has members.
    pub(crate) fn object(self, name: &str, value: Self) -> Self {
        if value.0.is_empty() { self } else { self.with(name, value) }
    }

    /// With a value at a dotted path, such as `gen_ai.request.model`. A path that meets a plain
    /// value on its way is written whole.
    pub(crate) fn at_path(mut self, path: &str, value: impl Into<Value>) -> Self {
        insert(&mut self.0, path, value.into());
        self
    }
}

fn insert(object: &mut Map<String, Value>, path: &str, value: Value) {
    let Some((first, rest)) = path.split_once('.').filter(|(first, _)| !first.is_empty()) else {
        object.insert(path.to_owned(), value);
        return;
    };
    match object.entry(first).or_insert_with(|| Value::Object(Map::new())) {
        Value::Object(inner) => insert(inner, rest, value),
        _ => drop(object.insert(path.to_owned(), value)),
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Self::Object(object.0)
    }
}

/// A value as one line of JSON. Signs that a terminal or an editor would act on instead of showing
/// them (C1 controls, line separators, bidirectional and invisible signs) are escaped; every parser
/// reads the same text.
pub(crate) fn line(value: &Value) -> String {
    let plain = value.to_string();
    if plain.is_ascii() {
        return plain.replace('\u{7f}', "\\u007f");
    }
    let mut escaped = String::with_capacity(plain.len());
    for sign in plain.chars() {
        if acts(sign) {
            let mut units = [0_u16; 2];
            for unit in sign.encode_utf16(&mut units) {
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(sign);
        }
    }
    escaped
}

/// Whether a sign does something instead of being seen. Outside of texts JSON has none of them.
const fn acts(sign: char) -> bool {
    matches!(
        sign,
        '\u{7f}'..='\u{9f}'
            | '\u{61c}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Object, line};

    #[test]
    fn a_path_makes_objects_and_spares_values() {
        let object = Object::of("a", 1).at_path("b.c", 2).at_path("b.d", 3).at_path("a.x", 4);
        assert_eq!(Value::from(object), json!({"a": 1, "b": {"c": 2, "d": 3}, "a.x": 4}));
    }

    #[test]
    fn hidden_signs_are_shown_and_stay_what_they_are() {
        let value = json!({"text": "a\u{202e}b\u{e0041}\u{85}\u{7f}\u{2028}ü\n"});
        let line = line(&value);
        assert!(line.contains("\\u202e") && line.contains("\\udb40\\udc41"), "{line}");
        assert!(!line.contains(['\u{85}', '\u{7f}', '\u{2028}', '\n']));
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), value);
    }
}
