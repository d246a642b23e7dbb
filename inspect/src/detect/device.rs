//! Addresses of interfaces and devices, vehicles and places: MAC (IEEE 802), IMEI (3GPP TS 23.003),
//! VIN (ISO 3779), geographic coordinates (ISO 6709).

use super::bytes::{at, before, follows_word, is_word, run, run_back};
use crate::Kind;
use crate::matched::Match;

/// How far a word that says what a number is may stand before it.
const REACH: usize = 32;

/// The digits of an IMEI, and fewer than the characters of a VIN.
const SHORTEST: usize = 15;

/// What the token that holds the digit at `digit` is.
pub(super) fn find(text: &str, digit: usize) -> Option<Match> {
    let bytes = text.as_bytes();
    let start = run_back(bytes, digit, 17, |byte| byte.is_ascii_alphanumeric());
    let is_long = || {
        let token = bytes.get(start..start + SHORTEST);
        token.is_some_and(|token| token.iter().all(u8::is_ascii_alphanumeric))
    };
    if is_word(before(bytes, start)) || !is_long() {
        return None;
    }
    imei(bytes, start).or_else(|| vin(bytes, start))
}

/// Whether a MAC address with dashes may be behind a colon: the first dash stands where it would.
pub(super) fn may_be_behind(bytes: &[u8], colon: usize) -> bool {
    (colon + 3..colon + 6).any(|place| at(bytes, place) == b'-')
}

/// The MAC address around a colon, or behind it with dashes: `MAC: aa-bb-cc-dd-ee-ff`.
pub(super) fn colon_mac(text: &str, colon: usize) -> Option<Match> {
    let bytes = text.as_bytes();
    let last = colon.checked_sub(1).map_or(b' ', |last| at(bytes, last));
    let joins = at(bytes, colon + 1).is_ascii_hexdigit() && last.is_ascii_hexdigit();
    let joined = joins.then(|| octets(bytes, colon.saturating_sub(2), b':')).flatten();
    let behind = || run(bytes, colon, 3, |byte| b": ".contains(&byte));
    joined.or_else(|| octets(bytes, behind(), b'-'))
}

/// The MAC address that a digit is in the first octet of, or in the first of Cisco's three groups.
pub(super) fn mac(text: &str, place: usize) -> Option<Match> {
    let bytes = text.as_bytes();
    let start = run_back(bytes, place, 2, |byte| byte.is_ascii_hexdigit());
    let dotted = run_back(bytes, place, 4, |byte| byte.is_ascii_hexdigit());
    octets(bytes, start, b':')
        .or_else(|| octets(bytes, start, b'-'))
        .or_else(|| groups(bytes, dotted))
}

/// The MAC address of letters alone that a run of characters is: no digit leads to it.
pub(super) fn mac_of_letters(bytes: &[u8], start: usize, end: usize) -> Option<Match> {
    match end - start {
        17 => octets(bytes, start, b'-'),
        14 => groups(bytes, start),
        _ => None,
    }
}

/// `00:1a:2b:3c:4d:5e`.
fn octets(bytes: &[u8], start: usize, separator: u8) -> Option<Match> {
    let written = bytes.get(start..start + 17)?;
    // Nearly no text has its signs so, and they are soon looked at.
    if written[2] != separator || written[5] != separator {
        return None;
    }
    let is_one = written.iter().enumerate().all(|(place, byte)| {
        if place % 3 == 2 { *byte == separator } else { byte.is_ascii_hexdigit() }
    });
    let inside = |byte: u8| is_word(byte) || byte == separator;
    let edges = !inside(before(bytes, start)) && !inside(at(bytes, start + 17));
    let blank = written.iter().all(|byte| b"0:-".contains(byte));
    (is_one && edges && !blank).then(|| found(Kind::DeviceId, "mac", start..start + 17, 0.9))
}

/// `001a.2b3c.4d5e`.
fn groups(bytes: &[u8], start: usize) -> Option<Match> {
    let written = bytes.get(start..start + 14).filter(|written| written[4] == b'.')?;
    let is_one = written
        .iter()
        .enumerate()
        .all(|(place, byte)| if place % 5 == 4 { *byte == b'.' } else { byte.is_ascii_hexdigit() });
    let inside = |byte: u8| is_word(byte) || byte == b'.';
    let digits = written.iter().all(|byte| !byte.is_ascii_alphabetic());
    let edges = !inside(before(bytes, start)) && !is_word(at(bytes, start + 14));
    let said = || follows_word(bytes, start, REACH, &["mac", "address", "ethernet"]);
    (is_one && edges && (!digits || said()))
        .then(|| found(Kind::DeviceId, "mac", start..start + 14, 0.85))
}

/// Fifteen digits with Luhn's check, beside a word: a card may look the same.
fn imei(bytes: &[u8], start: usize) -> Option<Match> {
    let end = run(bytes, start, 20, |byte| byte.is_ascii_digit());
    let digits = bytes.get(start..end).filter(|digits| digits.len() == SHORTEST)?;
    (!is_word(at(bytes, end))
        && super::card::luhn(digits)
        && follows_word(bytes, start, REACH, &["imei", "device id", "handset"]))
    .then(|| found(Kind::DeviceId, "imei", start..end, 0.9))
}

/// Seventeen characters without I, O and Q; the ninth checks the others (49 CFR 565.15), which
/// makers outside North America do not keep to: there a word must say so.
fn vin(bytes: &[u8], start: usize) -> Option<Match> {
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let end = run(bytes, start, 18, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    let vin = bytes.get(start..end).filter(|vin| vin.len() == 17)?;
    if is_word(at(bytes, end)) || vin.iter().any(|byte| b"IOQ".contains(byte)) {
        return None;
    }
    let letters = vin.iter().filter(|byte| byte.is_ascii_uppercase()).count();
    let serial = vin.get(13..)?.iter().all(u8::is_ascii_digit);
    let sum: u32 =
        vin.iter().zip(WEIGHTS).map(|(byte, weight)| transliterated(*byte) * weight).sum();
    let checked =
        char::from_digit(sum % 11, 10).map_or(b'X', |digit| u8::try_from(digit).unwrap_or(0));
    let said =
        || follows_word(bytes, start, REACH, &["vin", "chassis", "fahrgestellnummer", "vehicle"]);
    (letters >= 3 && serial && (vin.get(8) == Some(&checked) || said()))
        .then(|| found(Kind::VehicleId, "vin", start..end, 0.8))
}

/// A letter's value in a VIN.
const fn transliterated(byte: u8) -> u32 {
    match byte {
        b'0'..=b'9' => (byte - b'0') as u32,
        b'A'..=b'H' => (byte - b'A') as u32 + 1,
        b'J'..=b'R' => (byte - b'J') as u32 + 1,
        b'S'..=b'Z' => (byte - b'S') as u32 + 2,
        _ => 0,
    }
}

/// Two decimal degrees with at least four places each, and a comma or a sign of latitude between.
pub(super) fn coordinates(text: &str, place: usize) -> Option<Match> {
    let bytes = text.as_bytes();
    let start = place - usize::from(b"-+".contains(&before(bytes, place)));
    if is_word(before(bytes, start)) || b".,".contains(&before(bytes, start)) {
        return None;
    }
    let (end, latitude) = degrees(bytes, place)?;
    let gap = run(bytes, end, 5, |byte| b" ,;NnSs/\xc2\xb0".contains(&byte));
    let second = gap + usize::from(b"-+".contains(&at(bytes, gap)));
    if !bytes.get(end..gap)?.iter().any(|byte| b",;/NnSs".contains(byte)) {
        return None;
    }
    let (end, longitude) = degrees(bytes, second)?;
    let hemisphere = run(bytes, end, 4, |byte| b" EeWw\xc2\xb0".contains(&byte));
    let letter = bytes.get(hemisphere.wrapping_sub(1)).is_some_and(|byte| b"EeWw".contains(byte));
    let end = if letter { hemisphere } else { end };
    (latitude <= 90.0 && longitude <= 180.0 && !is_word(at(bytes, end)))
        .then(|| found(Kind::Coordinates, "decimal-degrees", start..end, 0.8))
}

/// A number of degrees with four decimal places or more, without its sign.
fn degrees(bytes: &[u8], start: usize) -> Option<(usize, f64)> {
    let point = run(bytes, start, 3, |byte| byte.is_ascii_digit());
    let end = run(bytes, point + 1, 12, |byte| byte.is_ascii_digit());
    if point == start || at(bytes, point) != b'.' || end < point + 5 {
        return None;
    }
    let value = std::str::from_utf8(bytes.get(start..end)?).ok()?.parse().ok()?;
    Some((end, value))
}

fn found(
    kind: Kind,
    subtype: &'static str,
    range: std::ops::Range<usize>,
    confidence: f32,
) -> Match {
    Match { subtype: Some(subtype), ..Match::new(kind, range, confidence) }
}
