//! International bank account numbers (ISO 13616): country, its length and form, mod 97.

use iban::Iban;

use super::bytes::{at, before, is_word};
use crate::Kind;
use crate::matched::Match;

/// The longest there are, with a space after every four characters.
const LONGEST: usize = 34 + 8;

/// The account number whose check digits begin at `digit`, after two letters.
pub(super) fn find(text: &str, digit: usize) -> Option<Match> {
    let bytes = text.as_bytes();
    let start = digit.checked_sub(2)?;
    let country = bytes.get(start..digit)?.first_chunk::<2>()?;
    if !country.iter().all(u8::is_ascii_alphabetic) || is_word(before(bytes, start)) {
        return None;
    }
    if !at(bytes, digit + 1).is_ascii_digit() {
        return None;
    }
    let length = length_in(country.map(|letter| letter.to_ascii_uppercase()))?;
    let mut compact = String::new();
    for (offset, byte) in bytes.get(start..)?.iter().take(LONGEST).enumerate() {
        if byte.is_ascii_alphanumeric() {
            compact.push(char::from(byte.to_ascii_uppercase()));
        } else if !(b" -".contains(byte) && at(bytes, start + offset + 1).is_ascii_alphanumeric()) {
            break;
        }
        if compact.len() == length {
            let end = start + offset + 1;
            let whole = !is_word(at(bytes, end)) && compact.parse::<Iban>().is_ok();
            return whole.then(|| Match::new(Kind::Iban, start..end, 0.95));
        }
    }
    None
}

/// The length of an account number of a country (ISO 13616 registry), so that only what may be one
/// is read.
const fn length_in(country: [u8; 2]) -> Option<usize> {
    Some(match &country {
        b"NO" => 15,
        b"BE" => 16,
        b"DK" | b"FI" | b"FK" | b"FO" | b"GL" | b"NL" | b"SD" => 18,
        b"MK" | b"SI" => 19,
        b"AT" | b"BA" | b"EE" | b"KZ" | b"LT" | b"LU" | b"MN" | b"XK" => 20,
        b"CH" | b"HR" | b"LI" | b"LV" => 21,
        b"BG" | b"BH" | b"CR" | b"DE" | b"GB" | b"GE" | b"IE" | b"ME" | b"RS" | b"VA" => 22,
        b"AE" | b"GI" | b"IL" | b"IQ" | b"OM" | b"SO" | b"TL" => 23,
        b"AD" | b"CZ" | b"ES" | b"MD" | b"RO" | b"SA" | b"SE" | b"SK" | b"TN" | b"VG" => 24,
        b"LY" | b"PT" | b"ST" => 25,
        b"IS" | b"TR" => 26,
        b"BI" | b"DJ" | b"FR" | b"GR" | b"IT" | b"MC" | b"MR" | b"SM" => 27,
        b"AL" | b"AZ" | b"BY" | b"CY" | b"DO" | b"GT" | b"HU" | b"LB" | b"NI" | b"PL" | b"SV" => 28,
        b"BR" | b"EG" | b"PS" | b"QA" | b"UA" => 29,
        b"JO" | b"KW" | b"MU" | b"YE" => 30,
        b"MT" | b"SC" => 31,
        b"LC" => 32,
        b"RU" => 33,
        _ => return None,
    })
}
