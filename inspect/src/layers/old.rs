//! Encoded text: base 64 and percent escapes, decoded once and looked at again.
//!
//! What is found inside takes the whole encoded word with it.

use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use crate::detect::Detectors;
use crate::matched::Match;

/// The shortest run that can hide a value.
const SHORTEST: usize = 20;
/// How much of a run is decoded to see whether it is text at all; an attachment is not.
const PROBE: usize = 64;
/// How many beginnings within a run are tried: it may be part of a path or stand behind a name.
const MAX_BEGINNINGS: usize = 8;
/// The longest word whose percent escapes are decoded.
const LONGEST: usize = 64 << 10;

/// Finds encoded words that hide something.
pub(crate) fn find(text: &str, detectors: &Detectors, matches: &mut Vec<Match>) {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(run) = next_run(bytes, from) {
        from = run.end + 1;
        matches.extend(within(text, run, detectors));
    }
    if memchr::memchr(b'%', bytes).is_some() {
        find_escaped(text, detectors, matches);
    }
}

/// What a run hides, from its beginning on or from behind one of its first `=` and `/`.
fn within(text: &str, run: Range<usize>, detectors: &Detectors) -> Option<Match> {
    let word = text.get(run.clone())?.trim_end_matches('=');
    let parts = word.bytes().enumerate().filter(|(_, byte)| matches!(byte, b'=' | b'/'));
    let begins = std::iter::once(0).chain(parts.map(|(place, _)| place + 1));
    begins.take(MAX_BEGINNINGS).find_map(|begin| {
        let decoded = word.get(begin..).filter(|part| part.len() >= SHORTEST).and_then(base64)?;
        let found = detectors.find(&decoded).into_iter().next()?;
        Some(Match { range: run.start + begin..run.end, ..found })
    })
}

/// The next run of at least [`SHORTEST`] characters of base 64. Most words are shorter, so that
/// looking at every twentieth byte is mostly enough.
fn next_run(bytes: &[u8], from: usize) -> Option<Range<usize>> {
    let mut start = from;
    while let Some(window) = bytes.get(start..start + SHORTEST) {
        if let Some(gap) = window.iter().rposition(|byte| !is_base64(*byte)) {
            start += gap + 1;
            continue;
        }
        let rest = bytes.get(start + SHORTEST..)?;
        let more = rest.iter().position(|byte| !is_base64(*byte)).unwrap_or(rest.len());
        return Some(start..start + SHORTEST + more);
    }
    None
}

const fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_')
}

/// The text that a word (without padding) decodes to, if it is text.
fn base64(word: &str) -> Option<String> {
    let mixed = word.bytes().any(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    if !mixed || word.contains('=') {
        return None;
    }
    // A probe may end within a character.
    let probe = decoded(word.get(..PROBE).unwrap_or(word))?;
    let valid = probe.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    if valid.len() + 3 < probe.len() || !is_text(valid) {
        return None;
    }
    String::from_utf8(decoded(word)?).ok().filter(|text| is_text(text))
}

fn decoded(word: &str) -> Option<Vec<u8>> {
    STANDARD_NO_PAD.decode(word).or_else(|_| URL_SAFE_NO_PAD.decode(word)).ok()
}

fn is_text(text: &str) -> bool {
    text.chars().all(|char| !char.is_control() || char.is_whitespace())
}

fn find_escaped(text: &str, detectors: &Detectors, matches: &mut Vec<Match>) {
    let mut start = 0;
    for word in text.split(|char: char| char.is_whitespace() || matches!(char, '"' | '<' | '>')) {
        let range = start..start + word.len();
        start = range.end + 1;
        if word.len() <= LONGEST
            && let Some(decoded) = unescaped(word)
            && detectors.find(word).len() < detectors.find(&decoded).len()
            && let Some(found) = detectors.find(&decoded).into_iter().next()
        {
            matches.push(Match { range, ..found });
        }
    }
}

/// A word without its percent escapes (RFC 3986 §2.1); `None` when it has none.
fn unescaped(word: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(word.len());
    let mut rest = word.as_bytes();
    let mut escapes = 0;
    while let Some((first, tail)) = rest.split_first() {
        let escape = tail.first_chunk::<2>().filter(|_| *first == b'%');
        let value = escape.and_then(|digits| {
            let digit = |byte: u8| char::from(byte).to_digit(16);
            u8::try_from(digit(digits[0])? * 16 + digit(digits[1])?).ok()
        });
        decoded.push(value.unwrap_or(*first));
        escapes += usize::from(value.is_some());
        rest = if value.is_some() { tail.get(2..).unwrap_or_default() } else { tail };
    }
    (escapes > 0).then(|| String::from_utf8_lossy(&decoded).into_owned())
}
