//! A Sigma rule that is written.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use serde::Serialize;
use yaml_serde::{Mapping, Value};

use crate::problem::Weight;
use crate::rules::RuleSet;

/// A rule, in the order of its keys.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Document {
    pub(super) title: String,
    pub(super) id: String,
    pub(super) status: String,
    pub(super) description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) license: Option<String>,
    pub(super) references: Vec<String>,
    pub(super) author: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) date: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) tags: Vec<String>,
    pub(super) logsource: LogSource,
    pub(super) detection: Detection,
    pub(super) falsepositives: Vec<String>,
    pub(super) level: String,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct LogSource {
    product: &'static str,
    category: &'static str,
}

impl LogSource {
    pub(super) const fn of(category: &'static str) -> Self {
        Self { product: "genai", category }
    }
}

/// Selections by name, and the condition over them.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Detection {
    #[serde(flatten)]
    pub(super) selections: BTreeMap<String, Value>,
    pub(super) condition: String,
}

impl Detection {
    /// A selection of one field with any of several values.
    pub(super) fn select(&mut self, name: String, field: &str, values: Vec<String>) {
        let values = Value::Sequence(values.into_iter().map(Value::String).collect());
        self.selections.insert(name, one(field, values));
    }

    /// A selection of events by a field that is the same in all of them.
    pub(super) fn scope(&mut self, field: &str, value: &str) {
        self.selections.insert("scope".to_owned(), one(field, Value::String(value.to_owned())));
    }
}

fn one(field: &str, value: Value) -> Value {
    let mut map = Mapping::new();
    map.insert(Value::String(field.to_owned()), value);
    Value::Mapping(map)
}

/// The documents as one rule file that loads without a problem.
pub(super) fn written(documents: &[Document]) -> Result<String, String> {
    let mut parts = Vec::with_capacity(documents.len());
    for document in documents {
        parts.push(yaml_serde::to_string(document).map_err(|error| error.to_string())?);
    }
    let text = parts.join("---\n");
    let (rules, problems) = RuleSet::load([("imported", text.as_str())]);
    match problems.iter().find(|problem| problem.weight == Weight::Error) {
        Some(problem) => Err(problem.what.clone()),
        None if rules.rules().len() != documents.len() => Err("is not read back".to_owned()),
        None => Ok(text),
    }
}

/// A UUID of our own kind (RFC 9562 §5.8, version 8) that is the same for the same names.
pub(super) fn uuid(names: &[&str]) -> String {
    let hash = digest(&SHA256, names.join("\0").as_bytes());
    let mut bytes = [0_u8; 16];
    for (byte, hashed) in bytes.iter_mut().zip(hash.as_ref()) {
        *byte = *hashed;
    }
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex = hex::encode(bytes);
    let mut uuid = String::with_capacity(36);
    for (place, digit) in hex.chars().enumerate() {
        if matches!(place, 8 | 12 | 16 | 20) {
            uuid.push('-');
        }
        uuid.push(digit);
    }
    uuid
}

/// A text that Sigma takes literally: its wildcards escaped.
pub(super) fn literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len());
    for char in text.chars() {
        if matches!(char, '*' | '?' | '\\') {
            literal.push('\\');
        }
        literal.push(char);
    }
    literal
}

/// A text of one line, without control characters.
pub(super) fn line(text: &str) -> String {
    let clean = text.chars().map(|char| if char.is_control() { ' ' } else { char });
    clean.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}
