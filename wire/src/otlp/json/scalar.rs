//! Single values of OTLP/JSON in every form that exporters write them.
//!
//! Structures are read elsewhere.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

use super::super::fault::Fault;

/// A reader of one value; the error is the reason.
type Read<T> = Result<T, &'static str>;

/// A field name in camelCase; snake_case, which some exporters write, is turned into it.
pub(crate) fn camel_case(name: String) -> String {
    if !name.contains('_') {
        return name;
    }
    let mut camel = String::with_capacity(name.len());
    let mut raise = false;
    for letter in name.chars() {
        match (letter, raise) {
            ('_', _) => raise = !camel.is_empty(),
            (letter, true) => {
                camel.push(letter.to_ascii_uppercase());
                raise = false;
            }
            (letter, false) => camel.push(letter),
        }
    }
    camel
}

/// The fields of a message, names in camelCase.
pub(crate) fn message(value: Value) -> Result<Map<String, Value>, Fault> {
    match value {
        Value::Object(map) => Ok(map),
        Value::Null => Ok(Map::new()),
        _ => Err(Fault::new("", "not an object")),
    }
}

/// The items of a repeated field, each read by `read`.
pub(crate) fn list<T>(
    value: Value,
    read: impl Fn(Value) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    let items = match value {
        Value::Array(items) => items,
        Value::Null => Vec::new(),
        _ => return Err(Fault::new("", "not a list")),
    };
    let read =
        |(position, item)| read(item).map_err(|fault| fault.within(&format!("[{position}]")));
    items.into_iter().enumerate().map(read).collect()
}

/// Reads one field of a message, and names it when it cannot be read.
pub(crate) fn field<T>(
    name: &str,
    value: Value,
    read: impl FnOnce(Value) -> Read<T>,
) -> Result<T, Fault> {
    read(value).map_err(|reason| Fault::new(name, reason))
}

/// A string.
pub(crate) fn string(value: Value) -> Read<String> {
    match value {
        Value::String(text) => Ok(text),
        Value::Null => Ok(String::new()),
        _ => Err("not a string"),
    }
}

/// A boolean, or its name.
pub(crate) fn boolean(value: Value) -> Read<bool> {
    match value {
        Value::Bool(value) => Ok(value),
        Value::Null => Ok(false),
        Value::String(text) if text == "true" => Ok(true),
        Value::String(text) if text == "false" => Ok(false),
        _ => Err("not a boolean"),
    }
}

/// A signed integer, as a number or as text. Fractions are cut off where exporters write `3.0`.
pub(crate) fn int64(value: Value) -> Read<i64> {
    let not = "not a 64-bit integer";
    match value {
        Value::Null => Ok(0),
        Value::String(text) => text.trim().parse().map_err(|_| not),
        Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)).ok_or(not),
        _ => Err(not),
    }
}

/// An unsigned integer, as a number or as text.
pub(crate) fn uint64(value: Value) -> Read<u64> {
    let not = "not an unsigned 64-bit integer";
    match value {
        Value::Null => Ok(0),
        Value::String(text) => text.trim().parse().map_err(|_| not),
        Value::Number(number) => {
            number.as_u64().or_else(|| u64::try_from(whole(number.as_f64()?)?).ok()).ok_or(not)
        }
        _ => Err(not),
    }
}

/// A float that is a whole number, as an integer.
#[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
fn whole(value: f64) -> Option<i64> {
    (value.fract() == 0.0 && value.abs() < 9.2e18).then_some(value as i64)
}

/// A 32-bit unsigned integer, saturating.
pub(crate) fn uint32(value: Value) -> Read<u32> {
    uint64(value).map(|value| u32::try_from(value).unwrap_or(u32::MAX))
}

/// A 32-bit integer, saturating.
pub(crate) fn int32(value: Value) -> Read<i32> {
    let saturated =
        |value: i64| i32::try_from(value).unwrap_or(if value < 0 { i32::MIN } else { i32::MAX });
    int64(value).map(saturated)
}

/// A float: a number, its text, or one of `"NaN"`, `"Infinity"`, `"-Infinity"`.
pub(crate) fn double(value: Value) -> Read<f64> {
    match value {
        Value::Null => Ok(0.0),
        Value::Number(number) => number.as_f64().ok_or("not a number"),
        Value::String(text) => text.trim().parse().map_err(|_| "not a number"),
        _ => Err("not a number"),
    }
}

/// An enum by number or by name; a name that `parse` does not know is 0, the unspecified value.
pub(crate) fn enumeration(value: Value, parse: impl FnOnce(&str) -> Option<i32>) -> Read<i32> {
    match value {
        Value::String(text) => Ok(text.parse().ok().or_else(|| parse(&text)).unwrap_or(0)),
        value => int32(value),
    }
}

/// Bytes in base64, of either alphabet.
pub(crate) fn bytes(value: Value) -> Read<Vec<u8>> {
    let text = string(value)?;
    let engines = [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD];
    engines.iter().find_map(|engine| engine.decode(&text).ok()).ok_or("not base64")
}

/// A trace or span id: hexadecimal as OTLP/JSON demands, or base64 as proto3's own mapping writes.
/// The lengths of the two cannot be confused.
pub(crate) fn id(value: Value) -> Read<Vec<u8>> {
    let text = string(value)?;
    match text.len() {
        16 | 32 => hex::decode(&text).map_err(|_| "id is not hexadecimal"),
        _ => bytes(Value::String(text)).map_err(|_| "id is neither hexadecimal nor base64"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_come_in_every_form() {
        assert_eq!(int64(json!("-12")), Ok(-12));
        assert_eq!(int64(json!(12.0)), Ok(12));
        assert_eq!(uint64(json!("18446744073709551615")), Ok(u64::MAX));
        assert!(uint64(json!(-1)).is_err());
        assert!(int64(json!(1e300)).is_err());
        assert!(double(json!("NaN")).unwrap().is_nan());
        assert_eq!(double(json!("-Infinity")), Ok(f64::NEG_INFINITY));
        assert_eq!(enumeration(json!("2"), |_| None), Ok(2));
    }

    #[test]
    fn ids_come_in_both_alphabets() {
        let bytes = vec![0xab; 8];
        assert_eq!(id(json!("abababababababab")), Ok(bytes.clone()));
        assert_eq!(id(json!("q6urq6urq6s=")), Ok(bytes));
        assert_eq!(id(json!(null)), Ok(Vec::new()));
        assert!(id(json!("zz")).is_err());
    }

    #[test]
    fn snake_case_is_understood() {
        assert_eq!(camel_case("start_time_unix_nano".into()), "startTimeUnixNano");
        assert_eq!(camel_case("spanId".into()), "spanId");
    }
}
