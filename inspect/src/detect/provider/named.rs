//! Keys without a prefix: the service's name near a value of the right shape.
//!
//! The name begins a word, a word that says secret is with it, and the value looks drawn by
//! chance. A bare hash behind a name is not one.

use super::super::bytes::{at, before};
use super::super::entropy::{is_random, is_varied};
use super::shape::{self, Part};
use crate::matched::Match;

/// A service and the shapes of its keys, the surest first.
pub(in super::super) struct Service {
    /// What it is called in names and prose; any case.
    pub(in super::super) names: &'static [&'static str],
    pub(super) keys: &'static [(&'static str, &'static [Part])],
    /// Whether the name alone says secret.
    pub(super) secret: bool,
}

impl Service {
    pub(super) const fn says_secret(self) -> Self {
        Self { secret: true, ..self }
    }
}

pub(super) const fn service(
    names: &'static [&'static str],
    keys: &'static [(&'static str, &'static [Part])],
) -> Service {
    Service { names, keys, secret: false }
}

/// How far from the name a value may begin.
const REACH: usize = 40;
/// How long a value may be that stands before the name.
const LONGEST: usize = 64;
/// Words that say secret.
const SURE: [&str; 10] = [
    "key",
    "token",
    "secret",
    "pass",
    "cred",
    "login",
    "sid",
    "clientid",
    "client_id",
    "client-id",
];
/// Words that do so when the value is no hash.
const LIKELY: [&str; 4] = ["auth", "access", "client", "api"];

/// The key near a service's name at `start..end`.
pub(in super::super) fn find(
    text: &str,
    start: usize,
    end: usize,
    service: &'static Service,
) -> Option<Match> {
    let bytes = text.as_bytes();
    if !begins_word(bytes, start) {
        return None;
    }
    let limit = bytes.len().min(end + REACH);
    let behind = (end..limit).find_map(|place| {
        let link = bytes.get(end..place)?;
        value_at(bytes, place, service, |value| suits(link, value, service.secret))
    });
    // `… is our NAME key`: sure only of what looks drawn by chance.
    let first = start.saturating_sub(REACH + LONGEST);
    behind.or_else(|| {
        (first..start).find_map(|place| {
            let found = value_at(bytes, place, service, is_random)?;
            let link = bytes.get(found.range.end..limit)?;
            let near = (found.range.end..=found.range.end + REACH).contains(&start);
            (near && says(link, &SURE)).then_some(found)
        })
    })
}

/// A key of a service that begins at `place`, if it fits.
fn value_at(
    bytes: &[u8],
    place: usize,
    service: &'static Service,
    fits: impl Fn(&[u8]) -> bool,
) -> Option<Match> {
    if !begins_value(bytes, place) {
        return None;
    }
    service.keys.iter().find_map(|(subtype, parts)| {
        let stop = shape::end_of(parts, bytes, place)?;
        let suits = fits(bytes.get(place..stop)?);
        let stop = if suits { shape::extended(parts, bytes, stop)? } else { return None };
        let ends = !b"-+/=~".contains(&at(bytes, stop));
        ends.then(|| Match::secret(subtype, place..stop, 0.9))
    })
}

/// A name begins a word, or a hump of one: `myOktaToken`.
fn begins_word(bytes: &[u8], start: usize) -> bool {
    let touches = before(bytes, start);
    !touches.is_ascii_alphanumeric()
        || touches.is_ascii_lowercase() && at(bytes, start).is_ascii_uppercase()
}

/// A value begins behind a sign, a quote or a blank.
fn begins_value(bytes: &[u8], place: usize) -> bool {
    let byte = at(bytes, place);
    let opens = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'*' | b'/');
    opens
        && matches!(
            before(bytes, place),
            b'=' | b':' | b'>' | b'"' | b'\'' | b'`' | b'(' | b',' | b'|' | b' ' | b'\t'
        )
}

/// Whether what links a name to a value says that it is a secret, and the value could be one.
fn suits(link: &[u8], value: &[u8], secret: bool) -> bool {
    let signed = link.iter().any(|byte| b"=:>|(".contains(byte));
    let hash = value.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b'-');
    let mixed = hash
        && value.iter().any(u8::is_ascii_uppercase)
        && value.iter().any(u8::is_ascii_lowercase);
    let said = secret || says(link, &SURE) || mixed || !hash && says(link, &LIKELY);
    said && is_varied(value) && (signed || !hash && is_random(value))
}

/// Whether one of the words is in a link, in any case.
fn says(link: &[u8], words: &[&str]) -> bool {
    let has = |word: &&str| {
        link.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
    };
    words.iter().any(has)
}
