//! JSON values as fields: their leaves, by dotted path, list positions left out.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::Fields;
use crate::value::Value;

/// The most leaves of one value that become fields.
const MOST_LEAVES: usize = 1024;
/// The deepest leaf that becomes a field.
const DEEPEST: usize = 32;

/// The leaves of a value, by path.
#[derive(Default)]
pub(super) struct Leaves<'a> {
    by_path: BTreeMap<String, Vec<Value<'a>>>,
    count: usize,
}

impl<'a> Leaves<'a> {
    /// Those of `json`, under `path`.
    pub(super) fn of(path: &str, json: &'a Json) -> Self {
        let mut leaves = Self::default();
        leaves.add(path.to_owned(), json, DEEPEST);
        leaves
    }

    fn add(&mut self, path: String, json: &'a Json, depth: usize) {
        if depth == 0 || self.count >= MOST_LEAVES {
            return;
        }
        match json {
            Json::Object(map) => {
                for (key, value) in map {
                    let dot = if path.is_empty() || path.ends_with('.') { "" } else { "." };
                    self.add(format!("{path}{dot}{key}"), value, depth - 1);
                }
            }
            Json::Array(items) => {
                for item in items {
                    self.add(path.clone(), item, depth - 1);
                }
            }
            scalar => {
                if let Some(value) = Value::scalar(scalar) {
                    self.count += 1;
                    self.by_path.entry(path).or_default().push(value);
                }
            }
        }
    }

    /// Every leaf.
    pub(super) fn values(&self) -> Vec<Value<'a>> {
        self.by_path.values().flatten().cloned().collect()
    }

    /// Makes a field of each path.
    pub(super) fn into_fields(self, fields: &mut Fields<'a>) {
        for (path, values) in self.by_path {
            if let Some(value) = Value::several(values) {
                fields.set_owned(path, value);
            }
        }
    }
}
