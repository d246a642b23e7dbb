//! Makes almost-JSON into JSON: what common encoders write although the grammar forbids it.
//!
//! Three things are mended, and nothing else: `NaN` and `Infinity` without quotes (Python), numbers
//! too large for a double, and half a surrogate pair (a text cut in the middle of an emoji). Without
//! this, whoever puts half an emoji into a prompt would keep that prompt out of the record.

use std::borrow::Cow;

/// The mended text; `None` when there was nothing to mend.
pub(crate) fn repair(text: &str) -> Option<String> {
    let mut mended = String::with_capacity(text.len() + 16);
    let mut changed = false;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let token = match first {
            '"' => string(rest),
            'N' | 'I' | '-' | '0'..='9' => number(rest),
            _ => (Cow::Borrowed(rest.get(..first.len_utf8())?), first.len_utf8()),
        };
        let (token, length) = token;
        changed |= matches!(token, Cow::Owned(_));
        mended.push_str(&token);
        rest = rest.get(length..)?;
    }
    changed.then_some(mended)
}

/// A string token and its length, half surrogates replaced by U+FFFD.
fn string(text: &str) -> (Cow<'_, str>, usize) {
    let bytes = text.as_bytes();
    let mut at = 1;
    let mut halves = Vec::new();
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at += 1;
                break;
            }
            b'\\' if bytes.get(at + 1) == Some(&b'u') => {
                let whole = surrogates(bytes, at);
                if whole == 0 {
                    halves.push(at);
                }
                at += whole.max(6);
            }
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at += 1;
    }
    let token = text.get(..at).unwrap_or(text);
    (replace(token, &halves), at)
}

/// Length of the escape at `at`: 6, or 12 for a pair of surrogates, or 0 for half of one.
fn surrogates(bytes: &[u8], at: usize) -> usize {
    let unit = |at: usize| {
        let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
        u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    };
    match (unit(at), unit(at + 6)) {
        (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
        (Some(0xd800..=0xdfff), _) => 0,
        _ => 6,
    }
}

fn replace<'a>(token: &'a str, halves: &[usize]) -> Cow<'a, str> {
    if halves.is_empty() {
        return Cow::Borrowed(token);
    }
    let mut mended = String::with_capacity(token.len());
    let mut from = 0;
    for half in halves {
        mended.push_str(token.get(from..*half).unwrap_or_default());
        mended.push_str("\\ufffd");
        from = half + 6;
    }
    mended.push_str(token.get(from..).unwrap_or_default());
    Cow::Owned(mended)
}

/// A number token, or a word that stands for one, and its length; quoted where JSON has no such
/// number.
fn number(text: &str) -> (Cow<'_, str>, usize) {
    let inside = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let length = text.bytes().take_while(|byte| inside(byte)).count().max(1);
    let token = text.get(..length).unwrap_or(text);
    let finite = token.parse::<f64>().is_ok_and(f64::is_finite);
    let known = matches!(token, "NaN" | "Infinity" | "-Infinity");
    let overflow =
        !finite && token.parse::<f64>().is_ok() && token.bytes().any(|b| b.is_ascii_digit());
    if known || overflow {
        return (Cow::Owned(format!("\"{token}\"")), length);
    }
    (Cow::Borrowed(token), length)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::repair;

    #[test]
    fn mends_what_encoders_break() {
        let mended = repair(r#"{"a":NaN,"b":[-Infinity,1e999],"c":"x\ud83d"}"#).unwrap();
        assert_eq!(mended, r#"{"a":"NaN","b":["-Infinity","1e999"],"c":"x\ufffd"}"#);
    }

    #[test]
    fn leaves_the_rest_alone() {
        assert_eq!(repair(r#"{"a":[1,-2.5e3,true],"b":"NaN \ud83d\ude00 \"q\""}"#), None);
    }

    proptest! {
        #[test]
        fn never_panics(text in ".*") {
            let _ = repair(&text);
        }

        #[test]
        fn never_panics_on_escapes(text in r#"[\\u"dD80cNaI1e9é{}:,-]{0,60}"#) {
            let _ = repair(&text);
        }
    }
}
