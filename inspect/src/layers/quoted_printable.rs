//! Quoted-printable text (RFC 2045 §6.7).

use super::escape::{Decoded, utf_8};

/// The character whose escapes begin at `place`. A soft line break is an invisible one.
pub(super) fn read(bytes: &[u8], place: usize) -> Option<Decoded> {
    let rest = bytes.get(place..)?;
    // In programs, it is mostly an equals sign.
    if !matches!(rest.get(1)?, b'0'..=b'9' | b'A'..=b'F' | b'\r' | b'\n') {
        return None;
    }
    if rest.starts_with(b"=\n") || rest.starts_with(b"=\r\n") {
        let length = if rest[1] == b'\n' { 2 } else { 3 };
        return Some(Decoded { char: '\u{200b}', length, everyday: false });
    }
    utf_8(bytes, place, 3, &byte).filter(|decoded| !decoded.char.is_control())
}

fn byte(bytes: &[u8], place: usize) -> Option<u8> {
    let [b'=', high, low] = *bytes.get(place..)?.first_chunk::<3>()? else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16).filter(|_| !byte.is_ascii_lowercase());
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}
