//! Percent escapes of UTF-8 (RFC 3986 §2.1).

use super::escape::{Decoded, utf_8};

/// The character whose escapes begin at `place`.
pub(super) fn read(bytes: &[u8], place: usize) -> Option<Decoded> {
    utf_8(bytes, place, 3, &byte)
}

fn byte(bytes: &[u8], place: usize) -> Option<u8> {
    let [b'%', high, low] = *bytes.get(place..)?.first_chunk::<3>()? else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}
