//! E-mail addresses, around an `@`.

use super::bytes::{before, is_word, run, run_back};
use crate::Kind;
use crate::matched::Match;

/// RFC 5321 §4.5.3.1.1.
const LOCAL: usize = 64;
/// RFC 5321 §4.5.3.1.2.
const DOMAIN: usize = 255;

/// The address around the `@` at `at`.
pub(super) fn find(text: &str, at: usize) -> Option<Match> {
    let bytes = text.as_bytes();
    let local = |byte: u8| is_letter(byte) || b".%+-'!#$&*/=?^`{|}~".contains(&byte);
    let mut start = run_back(bytes, at, LOCAL, local);
    // What is too long for an address is not cut within a word: the rest of it would stay.
    if start + LOCAL == at {
        start = run_back(bytes, start, LOCAL, is_letter);
    }
    // A bound that falls into a character moves to its end.
    while !text.is_char_boundary(start) {
        start += 1;
    }
    while start < at && !(is_letter(bytes[start]) || b"+%".contains(&bytes[start])) {
        start += 1;
    }
    let end = domain(bytes, at + 1)?;
    (start < at && text.is_char_boundary(end) && before(bytes, at) != b'.')
        .then(|| Match::new(Kind::EmailAddress, start..end, 0.95))
}

/// Whether a byte is part of a word, also one behind the first of a character.
const fn is_letter(byte: u8) -> bool {
    is_word(byte) || byte & 0xc0 == 0x80
}

/// The end of a domain name of at least two labels whose last one is no number. What follows the
/// last label's letters is not part of it.
fn domain(bytes: &[u8], start: usize) -> Option<usize> {
    let end = run(bytes, start, DOMAIN, |byte| is_letter(byte) || b".-".contains(&byte));
    let name = bytes.get(start..end)?;
    let labels = name.iter().enumerate().filter(|(_, byte)| **byte == b'.').map(|(place, _)| place);
    let mut ends = labels.filter_map(|dot| {
        let label = start + dot + 1;
        let letters =
            run(bytes, label, end - label, |byte| byte.is_ascii_alphabetic() || byte >= 0x80);
        let puny = bytes.get(label..).is_some_and(|rest| rest.starts_with(b"xn--"));
        let label_end = if puny {
            run(bytes, label, end - label, |byte| is_word(byte) || byte == b'-')
        } else {
            letters
        };
        let cut = bytes.get(label_end).is_some_and(u8::is_ascii_digit);
        (dot > 0 && label_end >= label + 2 && !cut).then_some(label_end)
    });
    ends.next_back()
}
