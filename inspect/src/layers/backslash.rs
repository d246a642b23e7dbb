//! Escapes behind a backslash, of JSON, JavaScript, C, Python and CSS: `\u0041`, `\u{41}`, `\x41`,
//! `\U00000041`, `\101`.

use super::escape::{Decoded, utf_8};

/// The character whose escape begins at `place`.
pub(super) fn read(bytes: &[u8], place: usize) -> Option<Decoded> {
    let rest = bytes.get(place..)?.strip_prefix(b"\\")?;
    match rest.first()? {
        b'u' => unicode(rest),
        b'U' => plain(number(rest.get(1..9)?, 16)?, 10),
        b'x' => utf_8(bytes, place, 4, &byte),
        b'0'..=b'3' => plain(number(rest.get(..3)?, 8)?, 4),
        _ => None,
    }
}

fn plain(point: u32, length: usize) -> Option<Decoded> {
    Some(Decoded { char: char::from_u32(point)?, length, everyday: false })
}

/// `u0041`, a pair of surrogates, or `u{41}`.
fn unicode(rest: &[u8]) -> Option<Decoded> {
    if let Some(inner) = rest.strip_prefix(b"u{") {
        let length = inner.iter().take(7).position(|byte| *byte == b'}')?;
        return plain(number(inner.get(..length)?, 16)?, 4 + length);
    }
    let high = number(rest.get(1..5)?, 16)?;
    if !(0xd800..0xdc00).contains(&high) {
        return plain(high, 6);
    }
    let low = rest.get(5..)?.strip_prefix(b"\\u").and_then(|low| number(low.get(..4)?, 16))?;
    let low = low.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
    plain(0x10000 + ((high - 0xd800) << 10) + low, 12)
}

fn byte(bytes: &[u8], place: usize) -> Option<u8> {
    let digits = bytes.get(place..)?.strip_prefix(b"\\x")?.get(..2)?;
    u8::try_from(number(digits, 16)?).ok()
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    let digit = |number: u32, byte: &u8| Some(number * radix + char::from(*byte).to_digit(radix)?);
    digits.iter().try_fold(0, digit).filter(|_| !digits.is_empty())
}
