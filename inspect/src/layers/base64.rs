//! Base 64 (RFC 4648), standard and URL-safe, also over several lines (RFC 2045 §6.8).

use std::ops::Range;

use base64::Engine;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use super::is_text;
use crate::class::{self, Walk};
use crate::view::View;

/// The shortest run that can hide a value.
pub(super) const SHORTEST: usize = 16;
/// How much of a run is decoded to see whether it is text at all; an attachment is not.
const PROBE: usize = 64;
/// How many beginnings within a run are tried: it may be part of a path or stand behind a name.
const MAX_BEGINNINGS: usize = 8;

/// Padding is cut off before; the last bits need not be zero.
const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::RequireNone)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, CONFIG);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, CONFIG);

/// The runs of at least [`SHORTEST`] characters of base 64.
pub(super) fn runs(text: &[u8]) -> Walk<impl FnMut(usize) -> u64> {
    class::runs::<SHORTEST>(text, is_base64)
}

/// Where a run that begins at `start` ends.
pub(super) fn run_end(text: &[u8], start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    start + rest.iter().position(|byte| !is_base64(*byte)).unwrap_or(rest.len())
}

/// One comparison after the other, which are made for many bytes at once.
const fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || byte == b'+'
        || byte == b'/'
        || byte == b'='
        || byte == b'-'
        || byte == b'_'
}

/// The end of the lines of equal length that go on from a run.
pub(super) fn lines_end(bytes: &[u8], run: &Range<usize>) -> usize {
    let mut end = run.end;
    loop {
        let rest = bytes.get(end..).unwrap_or_default();
        let feed = if rest.starts_with(b"\r\n") { 2 } else { 1 };
        let line = rest.get(feed..).unwrap_or_default();
        let length = line.iter().take(run.len()).position(|byte| !is_base64(*byte));
        let length = length.unwrap_or(line.len().min(run.len()));
        if !matches!(rest.first(), Some(b'\r' | b'\n')) || length == 0 {
            return end;
        }
        end += feed + length;
        if length < run.len() {
            return end;
        }
    }
}

/// What a run hides, from its beginning on or from behind one of its first `=` and `/`.
pub(super) fn view(text: &str, run: &Range<usize>, end: usize) -> Option<View> {
    let written = text.get(run.start..end)?;
    let parts = written.bytes().enumerate().filter(|(_, byte)| matches!(byte, b'=' | b'/'));
    let begins = std::iter::once(0).chain(parts.map(|(place, _)| place + 1));
    begins.take(MAX_BEGINNINGS).find_map(|begin| {
        let word = written.get(begin..)?;
        let decoded = decoded(word.trim_end_matches('='))?;
        Some(View::whole(run.start + begin..end, decoded))
    })
}

/// The text that a word without padding decodes to, if it is text.
fn decoded(word: &str) -> Option<String> {
    let is_mixed = || word.bytes().any(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    if word.len() + 2 < SHORTEST
        || !is_promising(word.as_bytes())
        || !is_mixed()
        || word.contains('=')
    {
        return None;
    }
    // A probe may end within a character.
    let first = word.get(..word.len().min(PROBE))?;
    let probe = bytes(first.get(..first.find(['\r', '\n']).unwrap_or(first.len()) & !3)?)?;
    let valid = probe.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    if valid.len() + 3 < probe.len() || !is_text(valid) {
        return None;
    }
    let all = if word.contains(['\r', '\n']) {
        bytes(&word.replace(['\r', '\n'], ""))?
    } else {
        bytes(word)?
    };
    String::from_utf8(all).ok().filter(|text| is_text(text))
}

/// Whether the first bytes can be text: a look at two characters, which rules most words out.
fn is_promising(word: &[u8]) -> bool {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        _ => 63,
    };
    word.chunks_exact(4).take(3).all(|four| {
        let bits = four.iter().fold(0_u32, |bits, byte| bits << 6 | u32::from(value(*byte)));
        let [_, one, two, three] = bits.to_be_bytes();
        [one, two, three]
            .iter()
            .all(|byte| *byte >= 0x20 && *byte != 0x7f || matches!(byte, 9..=13))
    })
}

fn bytes(word: &str) -> Option<Vec<u8>> {
    STANDARD.decode(word).or_else(|_| URL_SAFE.decode(word)).ok()
}
