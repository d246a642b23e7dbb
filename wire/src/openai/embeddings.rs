//! Answers of the embeddings API: how many vectors there are, and how long they are.
//!
//! It does not keep the vectors: text can be recovered from them.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::{Value, json};

/// The fields that are read; the rest is skipped without being held.
#[derive(serde::Deserialize)]
pub(crate) struct Answer {
    pub(crate) data: Vec<Item>,
    #[serde(default)]
    pub(crate) model: Option<String>,
    #[serde(default)]
    pub(crate) usage: Value,
}

#[derive(serde::Deserialize)]
pub(crate) struct Item {
    embedding: Dimension,
}

impl Answer {
    /// Number and length of the vectors, as attributes.
    pub(crate) fn attributes(&self) -> BTreeMap<String, Value> {
        attributes(self.data.len(), self.data.first().map_or(0, |item| item.embedding.0))
    }
}

/// The same of a list that was parsed already; empty when it holds no vectors.
pub(crate) fn count(data: &Value) -> BTreeMap<String, Value> {
    let first = data.get(0).and_then(|item| item.get("embedding"));
    let dimension = match first {
        Some(Value::Array(vector)) => vector.len(),
        Some(Value::String(text)) => dimension_of(text),
        _ => return BTreeMap::new(),
    };
    attributes(data.as_array().map_or(0, Vec::len), dimension)
}

fn attributes(count: usize, dimension: usize) -> BTreeMap<String, Value> {
    BTreeMap::from([
        ("gen_ai.embeddings.dimension.count".to_owned(), json!(dimension)),
        ("response.embeddings.count".to_owned(), json!(count)),
    ])
}

/// The length of a vector that is base64 of 32-bit floats.
fn dimension_of(base64: &str) -> usize {
    base64.trim_end_matches('=').len() * 3 / 4 / 4
}

/// The length of a vector: a list of numbers, or base64 of 32-bit floats.
struct Dimension(usize);

impl<'de> Deserialize<'de> for Dimension {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Vector;
        impl<'de> Visitor<'de> for Vector {
            type Value = Dimension;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a vector")
            }

            fn visit_str<E>(self, text: &str) -> Result<Dimension, E> {
                Ok(Dimension(dimension_of(text)))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Dimension, A::Error> {
                let mut length = 0;
                while seq.next_element::<IgnoredAny>()?.is_some() {
                    length += 1;
                }
                Ok(Dimension(length))
            }
        }
        deserializer.deserialize_any(Vector)
    }
}
