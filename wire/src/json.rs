//! Reads JSON that a stranger wrote (RFC 8259), and does not give up where others do.
//!
//! The usual parser goes first. What it refuses is read again by a tolerant one: invalid UTF-8 and
//! lone surrogates become U+FFFD, numbers beyond a double stay as text, what is nested deeper than
//! [`MAX_DEPTH`] stays as the text it is, and input that breaks off gives what had arrived. Of
//! equal keys the last counts, as it does for the providers. Memory is bounded by the input and
//! [`MAX_NODES`].
//!
//! It does not know what the values mean.

use serde_json::{Map, Number, Value};
use thiserror::Error;

/// Levels of arrays and objects that are read as such. A record wraps a few more around them, and
/// its own parser stops at 128.
pub const MAX_DEPTH: usize = 64;

/// Values that one document may hold. Further ones are dropped.
pub const MAX_NODES: usize = 1 << 20;

/// A document, and what had to be done to read it.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// The value.
    pub value: Value,
    /// The input ended before the value did.
    pub truncated: bool,
    /// What was nested too deep is text now, or what was too much is gone.
    pub too_deep: bool,
}

/// Input that is not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not JSON from byte {offset} on")]
pub struct NotJson {
    /// Where it stops to be JSON; in the text with replacement characters, if it was not UTF-8.
    pub offset: usize,
}

/// Parses one document.
///
/// # Errors
/// When the input is empty, or breaks JSON's grammar otherwise than by ending too soon.
pub fn parse(bytes: &[u8]) -> Result<Parsed, NotJson> {
    if memchr::memchr_iter(b',', bytes).count() < MAX_NODES
        && let Ok(value) = serde_json::from_slice::<Value>(bytes)
        && !is_deeper(&value, MAX_DEPTH)
    {
        return Ok(Parsed { value, truncated: false, too_deep: false });
    }
    let text = String::from_utf8_lossy(bytes);
    let mut reader = Reader { text: &text, at: 0, nodes: 0, truncated: false, too_deep: false };
    reader.document()
}

/// Reads a tool's arguments: JSON where the text is an object or an array in full, else the text.
pub(crate) fn arguments(text: String) -> Value {
    if !text.trim_start().starts_with(['{', '[']) {
        return Value::String(text);
    }
    match parse(text.as_bytes()) {
        Ok(parsed) if !parsed.truncated => parsed.value,
        _ => Value::String(text),
    }
}

fn is_deeper(value: &Value, levels: usize) -> bool {
    match value {
        Value::Array(items) => levels == 0 || items.iter().any(|item| is_deeper(item, levels - 1)),
        Value::Object(map) => levels == 0 || map.values().any(|item| is_deeper(item, levels - 1)),
        _ => false,
    }
}

/// A tolerant parser. `None` stands for a value that the input did not reach.
struct Reader<'a> {
    text: &'a str,
    at: usize,
    nodes: usize,
    truncated: bool,
    too_deep: bool,
}

impl<'a> Reader<'a> {
    fn document(&mut self) -> Result<Parsed, NotJson> {
        self.skip_mark();
        let value = self.value(0)?.ok_or(NotJson { offset: self.at })?;
        match self.peek() {
            None => Ok(Parsed { value, truncated: self.truncated, too_deep: self.too_deep }),
            Some(_) => Err(self.error()),
        }
    }

    fn value(&mut self, depth: usize) -> Result<Option<Value>, NotJson> {
        self.nodes += 1;
        match self.peek() {
            None => Ok(self.cut()),
            Some(b'{' | b'[') if depth == MAX_DEPTH || self.nodes > MAX_NODES => {
                self.too_deep = true;
                Ok(Some(Value::String(self.nested_text())))
            }
            Some(b'{') => self.object(depth).map(Some),
            Some(b'[') => self.array(depth).map(Some),
            Some(b'"') => Ok(Some(Value::String(self.string()))),
            Some(_) => self.scalar(),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, NotJson> {
        self.at += 1;
        let mut map = Map::new();
        loop {
            match self.peek() {
                None => {
                    self.truncated = true;
                    return Ok(Value::Object(map));
                }
                Some(b'}') => {
                    self.at += 1;
                    return Ok(Value::Object(map));
                }
                Some(b'"') => {}
                Some(_) => return Err(self.error()),
            }
            let key = self.string();
            match self.peek() {
                Some(b':') => self.at += 1,
                None => continue,
                Some(_) => return Err(self.error()),
            }
            if let Some(value) = self.value(depth + 1)?
                && self.nodes <= MAX_NODES
            {
                map.insert(key, value);
            }
            self.comma(b'}')?;
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value, NotJson> {
        self.at += 1;
        let mut items = Vec::new();
        loop {
            match self.peek() {
                None => {
                    self.truncated = true;
                    return Ok(Value::Array(items));
                }
                Some(b']') => {
                    self.at += 1;
                    return Ok(Value::Array(items));
                }
                Some(_) => {}
            }
            if let Some(value) = self.value(depth + 1)?
                && self.nodes <= MAX_NODES
            {
                items.push(value);
            }
            self.comma(b']')?;
        }
    }

    /// Takes the comma between two values; leaves the end mark, and the end of the input, alone.
    fn comma(&mut self, end: u8) -> Result<(), NotJson> {
        self.too_deep |= self.nodes > MAX_NODES;
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                Ok(())
            }
            None => Ok(()),
            Some(byte) if byte == end => Ok(()),
            Some(_) => Err(self.error()),
        }
    }

    fn string(&mut self) -> String {
        self.at += 1;
        let mut text = String::new();
        loop {
            let rest = self.rest();
            let Some(end) = memchr::memchr2(b'"', b'\\', rest.as_bytes()) else {
                text.push_str(rest);
                self.at = self.text.len();
                self.truncated = true;
                return text;
            };
            text.push_str(rest.get(..end).unwrap_or_default());
            self.at += end + 1;
            if rest.as_bytes().get(end) == Some(&b'"') {
                return text;
            }
            self.escape(&mut text);
        }
    }

    fn escape(&mut self, text: &mut String) {
        let Some(escaped) = self.rest().chars().next() else {
            return;
        };
        self.at += escaped.len_utf8();
        text.push(match escaped {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => self.code_point(),
            other => other,
        });
    }

    /// The digits after `\u`, and those of the low surrogate that belongs to them.
    fn code_point(&mut self) -> char {
        let Some(unit) = self.four_digits() else {
            return char::REPLACEMENT_CHARACTER;
        };
        if !(0xd800..0xdc00).contains(&unit) {
            return char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER);
        }
        let after_high = self.at;
        if self.rest().starts_with("\\u") {
            self.at += 2;
            if let Some(low @ 0xdc00..=0xdfff) = self.four_digits() {
                let point = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                return char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER);
            }
        }
        self.at = after_high;
        char::REPLACEMENT_CHARACTER
    }

    fn four_digits(&mut self) -> Option<u32> {
        let digits = self.rest().get(..4)?;
        let unit = u32::from_str_radix(digits, 16).ok()?;
        self.at += 4;
        Some(unit)
    }

    /// A number or a literal. `NaN` and `Infinity`, which some libraries write, stay as text.
    fn scalar(&mut self) -> Result<Option<Value>, NotJson> {
        let rest = self.rest();
        let is_part =
            |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
        let length = rest.bytes().take_while(|byte| is_part(byte)).count();
        let word = rest.get(..length).unwrap_or_default();
        let at_end = length == rest.len();
        let value = match word {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            "NaN" | "Infinity" | "-Infinity" => Value::String(word.to_owned()),
            _ if word.starts_with(|first: char| first == '-' || first.is_ascii_digit()) => {
                match serde_json::from_str::<Number>(word) {
                    Ok(number) => Value::Number(number),
                    Err(_) => Value::String(word.to_owned()),
                }
            }
            _ if at_end && !word.is_empty() => return Ok(self.cut()),
            _ => return Err(self.error()),
        };
        self.at += length;
        Ok(Some(value))
    }

    /// The text of the array or object that begins here.
    fn nested_text(&mut self) -> String {
        let start = self.at;
        let mut open = 0_usize;
        let mut in_string = false;
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at) {
            self.at += 1;
            match byte {
                b'\\' if in_string => self.at += 1,
                b'"' => in_string = !in_string,
                b'{' | b'[' if !in_string => open += 1,
                b'}' | b']' if !in_string => open -= 1,
                _ => {}
            }
            if open == 0 {
                break;
            }
        }
        self.truncated |= open > 0;
        self.at = self.at.min(bytes.len());
        while !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
        self.text.get(start..self.at).unwrap_or_default().to_owned()
    }

    fn cut(&mut self) -> Option<Value> {
        self.at = self.text.len();
        self.truncated = true;
        None
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The next byte that is not white space.
    fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while matches!(bytes.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    fn skip_mark(&mut self) {
        if self.rest().starts_with('\u{feff}') {
            self.at += '\u{feff}'.len_utf8();
        }
    }

    fn error(&self) -> NotJson {
        NotJson { offset: self.at }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn value(text: &[u8]) -> Value {
        parse(text).unwrap().value
    }

    #[test]
    fn what_others_refuse_is_read() {
        assert_eq!(value(br#"{"a":1e999}"#), json!({"a": "1e999"}));
        assert_eq!(value(br#"{"a":"\ud800x"}"#), json!({"a": "\u{fffd}x"}));
        assert_eq!(value(br#"{"a":"\ud83d\ude00","b":NaN}"#), json!({"a": "😀", "b": "NaN"}));
        assert_eq!(value(b"{\"a\":\"\xff\"}"), json!({"a": "\u{fffd}"}));
        assert_eq!(value(br#"{"a":1,"a":2}"#), json!({"a": 2}));
        assert_eq!(value(b"\xef\xbb\xbf[1]"), json!([1]));
    }

    #[test]
    fn what_breaks_off_gives_what_had_arrived() {
        for (text, expected) in [
            (&br#"{"a":[1,{"b":"hel"#[..], json!({"a": [1, {"b": "hel"}]})),
            (br#"{"a":[1,"#, json!({"a": [1]})),
            (br#"{"a":tr"#, json!({})),
            (br#"{"a""#, json!({})),
            (br#"{"a":1,"#, json!({"a": 1})),
        ] {
            let parsed = parse(text).unwrap();
            assert!(parsed.truncated);
            assert_eq!(parsed.value, expected);
        }
    }

    #[test]
    fn depth_is_bounded() {
        let deep = "[".repeat(100_000);
        let parsed = parse(deep.as_bytes()).unwrap();
        assert!(parsed.too_deep && parsed.truncated && !is_deeper(&parsed.value, MAX_DEPTH));
        let mixed = format!("{}\"]é\"{}", "[".repeat(90), "]".repeat(90));
        let parsed = parse(mixed.as_bytes()).unwrap();
        assert!(parsed.too_deep && !parsed.truncated && !is_deeper(&parsed.value, MAX_DEPTH));
    }

    #[test]
    fn the_number_of_values_is_bounded() {
        let many = format!("[{}1]", "1,".repeat(MAX_NODES + 10));
        let parsed = parse(many.as_bytes()).unwrap();
        assert!(parsed.too_deep);
        assert!(parsed.value.as_array().unwrap().len() <= MAX_NODES);
    }

    #[test]
    fn errors_say_where() {
        assert_eq!(parse(b"").unwrap_err().offset, 0);
        assert_eq!(parse(b"{\"a\" 1}").unwrap_err().offset, 5);
        assert_eq!(parse(b"[1] x").unwrap_err().offset, 4);
        assert_eq!(parse(b"<html>").unwrap_err().offset, 0);
    }

    #[test]
    fn arguments_that_do_not_parse_stay_text() {
        assert_eq!(arguments("{\"city\":\"Par".to_owned()), json!("{\"city\":\"Par"));
        assert_eq!(arguments("{\"n\":1}".to_owned()), json!({"n": 1}));
        assert_eq!(arguments("4".to_owned()), json!("4"));
    }
}
