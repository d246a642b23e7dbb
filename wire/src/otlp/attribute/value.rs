//! OTLP's `AnyValue` as a JSON value.
//!
//! How deep a value may nest is checked before it is converted, not here.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use opentelemetry_proto::tonic::common::v1::AnyValue;
use serde_json::{Map, Value, json};

use super::super::json::repair;

pub(crate) use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;

/// Bytes longer than this are recorded by their size.
const BYTES_KEPT: usize = 256;

/// How deep JSON text inside an attribute may nest and still be parsed; deeper text stays text.
/// A record is read back with 128 levels at most, and its own take a few of them.
const TEXT_DEPTH: usize = 64;

/// A JSON value. Floats without a number (`NaN`) become their names, bytes become text.
pub(crate) fn into_value(any: Any) -> Value {
    match any {
        Any::StringValue(text) => Value::String(text),
        Any::BoolValue(value) => Value::Bool(value),
        Any::IntValue(value) => Value::Number(value.into()),
        Any::DoubleValue(value) => float(value),
        Any::ArrayValue(list) => Value::Array(list.values.into_iter().map(or_null).collect()),
        Any::KvlistValue(pairs) => {
            let pairs = pairs.values.into_iter();
            Value::Object(
                pairs.map(|pair| (pair.key, pair.value.map_or(Value::Null, or_null))).collect(),
            )
        }
        Any::BytesValue(bytes) => bytes_value(bytes),
        Any::StringValueStrindex(_) => Value::Null,
    }
}

fn or_null(any: AnyValue) -> Value {
    any.value.map_or(Value::Null, into_value)
}

/// A float, or its name where JSON has no such number.
pub(crate) fn float(value: f64) -> Value {
    let name = || {
        let name = if value.is_nan() {
            "NaN"
        } else if value > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        };
        Value::String(name.to_owned())
    };
    serde_json::Number::from_f64(value).map_or_else(name, Value::Number)
}

fn bytes_value(bytes: Vec<u8>) -> Value {
    match String::from_utf8(bytes) {
        Ok(text) => Value::String(text),
        Err(error) if error.as_bytes().len() <= BYTES_KEPT => {
            Value::String(STANDARD.encode(error.as_bytes()))
        }
        Err(error) => json!({"bytes": error.as_bytes().len()}),
    }
}

/// How deep a value nests: 1 for a scalar. Recursion is bounded by prost's limit of 100 messages
/// and by the JSON parser's of 128 levels.
pub(crate) fn any_depth(any: &AnyValue) -> usize {
    match &any.value {
        Some(Any::ArrayValue(list)) => 1 + list.values.iter().map(any_depth).max().unwrap_or(0),
        Some(Any::KvlistValue(pairs)) => {
            let values = pairs.values.iter().filter_map(|pair| pair.value.as_ref());
            1 + values.map(any_depth).max().unwrap_or(0)
        }
        _ => 1,
    }
}

/// The text of a scalar.
pub(crate) fn scalar_text(value: Value) -> Result<String, Value> {
    match value {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(value) => Ok(value.to_string()),
        other => Err(other),
    }
}

/// Parses text that looks like a JSON object or list; `None` when it is anything else, or nests
/// too deep to be kept as a value.
pub(crate) fn parse_json(text: &str) -> Option<Value> {
    let start = text.trim_start();
    if !start.starts_with(['{', '[']) {
        return None;
    }
    let parsed: Option<Value> = serde_json::from_str(text).ok();
    let parsed = parsed.or_else(|| serde_json::from_str(&repair(text)?).ok())?;
    (depth(&parsed) <= TEXT_DEPTH).then_some(parsed)
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(map) => 1 + map.values().map(depth).max().unwrap_or(0),
        _ => 1,
    }
}

/// Parses JSON text in place where a string holds an object or a list.
pub(crate) fn parsed(value: Value) -> Value {
    match value {
        Value::String(text) => parse_json(&text).unwrap_or(Value::String(text)),
        other => other,
    }
}

/// An object without its `null` members.
pub(crate) fn object(value: Value) -> Option<Map<String, Value>> {
    match parsed(value) {
        Value::Object(mut map) => {
            map.retain(|_, value| !value.is_null());
            Some(map)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_read_back_is_parsed() {
        let deep = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        assert!(parse_json(&deep(60)).is_some());
        assert!(parse_json(&deep(100)).is_none());
        assert!(parse_json(&deep(100_000)).is_none());
        assert!(parse_json("12").is_none());
    }

    #[test]
    fn floats_without_a_number_keep_their_name() {
        assert_eq!(float(f64::NAN), "NaN");
        assert_eq!(float(f64::NEG_INFINITY), "-Infinity");
        assert_eq!(float(0.5), 0.5);
    }
}
