//! The skeleton of a JSON body: its keys and the types of its values, never a value.
//!
//! Reads at most a bounded number of keys and levels, so a hostile body costs no more than a
//! friendly one.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Deepest level that is described.
const MAX_DEPTH: usize = 6;
/// Most keys of one object, and longest key, that are described.
const MAX_KEYS: usize = 64;
const MAX_KEY: usize = 64;

/// The skeleton of `json`: objects keep their keys, an array becomes the skeleton of its first
/// item, everything else the name of its type. `None` when it is not JSON.
///
/// # Examples
/// `{"n":1,"tags":["a","b"]}` becomes `{"n":"number","tags":["string"]}`.
pub fn shape(json: &[u8]) -> Option<Value> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let shape = Level(MAX_DEPTH).deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    Some(shape)
}

/// How many levels may still be described.
#[derive(Clone, Copy)]
struct Level(usize);

impl Level {
    fn deeper(self) -> Option<Self> {
        self.0.checked_sub(1).map(Self)
    }
}

fn type_name(name: &str) -> Value {
    Value::String(name.to_owned())
}

impl<'de> DeserializeSeed<'de> for Level {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Level {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(type_name("null"))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Value, E> {
        Ok(type_name("boolean"))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Value, E> {
        Ok(type_name("number"))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Value, E> {
        Ok(type_name("number"))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Value, E> {
        Ok(type_name("number"))
    }

    fn visit_str<E>(self, _: &str) -> Result<Value, E> {
        Ok(type_name("string"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut first = None;
        match self.deeper() {
            Some(level) => first = items.next_element_seed(level)?,
            None => while items.next_element::<IgnoredAny>()?.is_some() {},
        }
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Array(first.into_iter().collect()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut shape = Map::new();
        while let Some(Key(key)) = entries.next_key()? {
            match (key, self.deeper()) {
                (Some(key), Some(level)) if shape.len() < MAX_KEYS => {
                    shape.insert(key, entries.next_value_seed(level)?);
                }
                _ => {
                    entries.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Value::Object(shape))
    }
}

/// A key, unless it is so long that it is rather a value.
struct Key(Option<String>);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Short;
        impl Visitor<'_> for Short {
            type Value = Key;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_str<E>(self, key: &str) -> Result<Key, E> {
                Ok(Key((key.len() <= MAX_KEY).then(|| key.to_owned())))
            }
        }
        deserializer.deserialize_str(Short)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::{MAX_KEYS, shape};

    #[test]
    fn keys_and_types_but_no_values() {
        let body = json!({
            "prompt": "CANARY", "n": 1, "f": 0.5, "on": true, "none": null,
            "list": [{"a": "CANARY"}, {"b": 2}], "empty": []
        });
        let expected = json!({
            "prompt": "string", "n": "number", "f": "number", "on": "boolean", "none": "null",
            "list": [{"a": "string"}], "empty": []
        });
        assert_eq!(shape(body.to_string().as_bytes()), Some(expected));
        assert_eq!(shape(b"{\"a\":1} x"), None);
        assert_eq!(shape(b"\xff"), None);
    }

    #[test]
    fn hostile_bodies_stay_small() {
        let deep = "[".repeat(100) + &"]".repeat(100);
        assert_eq!(shape(deep.as_bytes()).unwrap().to_string(), "[[[[[[[]]]]]]]");
        assert_eq!(shape("[".repeat(100_000).as_bytes()), None);
        let wide =
            (0..1000).map(|i| (format!("k{i}"), json!(i))).collect::<serde_json::Map<_, _>>();
        let wide = shape(serde_json::Value::Object(wide).to_string().as_bytes()).unwrap();
        assert_eq!(wide.as_object().unwrap().len(), MAX_KEYS);
        let long = json!({"k".repeat(10_000): 1}).to_string();
        assert_eq!(shape(long.as_bytes()), Some(json!({})));
    }

    proptest! {
        #[test]
        fn anything_may_come(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            shape(&bytes);
        }

        #[test]
        fn mutated_json_never_panics(at in 0_usize..40, byte in any::<u8>()) {
            let mut json = br#"{"a":[1,2,{"b":"c\u00e9"}],"d":{"e":null}}"#.to_vec();
            json[at] = byte;
            shape(&json);
        }
    }
}
