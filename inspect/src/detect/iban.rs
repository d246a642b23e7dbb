//! International bank account numbers (ISO 13616): country, its length and form, mod 97.

use iban::Iban;

use super::bytes::{at, before, is_word};
use crate::Kind;
use crate::matched::Match;

/// The longest there are, with a space after every four characters.
const LONGEST: usize = 34 + 8;
const SHORTEST: usize = 15;

/// The account number whose check digits begin at `digit`, after two letters.
pub(super) fn find(text: &str, digit: usize) -> Option<Match> {
    let bytes = text.as_bytes();
    let start = digit.checked_sub(2)?;
    let country = bytes.get(start..digit)?;
    if !country.iter().all(u8::is_ascii_alphabetic) || is_word(before(bytes, start)) {
        return None;
    }
    if !at(bytes, digit + 1).is_ascii_digit() {
        return None;
    }
    let mut compact = String::with_capacity(LONGEST);
    let mut longest = None;
    for (offset, byte) in bytes.get(start..)?.iter().take(LONGEST).enumerate() {
        if byte.is_ascii_alphanumeric() {
            compact.push(char::from(byte.to_ascii_uppercase()));
        } else if !(b" -".contains(byte) && at(bytes, start + offset + 1).is_ascii_alphanumeric()) {
            break;
        }
        let ends = !is_word(at(bytes, start + offset + 1));
        if compact.len() >= SHORTEST && ends && compact.parse::<Iban>().is_ok() {
            longest = Some(start + offset + 1);
        }
    }
    longest.map(|end| Match::new(Kind::Iban, start..end, 0.95))
}
