//! Classes of bytes, and looks around a place in a text.

/// Whether a byte can be part of a word, so that a value next to it would be cut out of one. Of a
/// character outside ASCII it is the first byte that is asked for: letters of Latin, Greek and
/// Cyrillic are parts of words, while scripts that put no spaces around a number, and punctuation,
/// are not.
pub(super) const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || matches!(byte, 0xc3..=0xd3)
}

/// The first byte of the character before `place`, or a space at the beginning.
pub(super) fn before(text: &[u8], place: usize) -> u8 {
    let head = text.get(..place).unwrap_or_default();
    let begins = |byte: &u8| *byte & 0xc0 != 0x80;
    match head.last() {
        Some(last) if begins(last) => *last,
        _ => head.iter().rev().take(4).copied().find(begins).unwrap_or(b' '),
    }
}

/// The byte at `place`, or a space at the end.
pub(super) fn at(text: &[u8], place: usize) -> u8 {
    text.get(place).copied().unwrap_or(b' ')
}

/// Where a run of bytes of a class, from `start` on, ends; at most `limit` bytes further.
pub(super) fn run(text: &[u8], start: usize, limit: usize, class: impl Fn(u8) -> bool) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    start + rest.iter().take(limit).take_while(|byte| class(**byte)).count()
}

/// Where a run of bytes of a class that ends before `end` starts; at most `limit` bytes back.
pub(super) fn run_back(text: &[u8], end: usize, limit: usize, class: impl Fn(u8) -> bool) -> usize {
    let rest = text.get(..end).unwrap_or_default();
    end - rest.iter().rev().take(limit).take_while(|byte| class(**byte)).count()
}

/// Whether one of `words` (lower case) stands within `reach` bytes before `place`.
pub(super) fn follows_word(text: &[u8], place: usize, reach: usize, words: &[&str]) -> bool {
    let window = text.get(place.saturating_sub(reach)..place).unwrap_or_default();
    let lower = window.to_ascii_lowercase();
    words.iter().any(|word| {
        lower.windows(word.len()).enumerate().any(|(start, part)| {
            part == word.as_bytes() && !before(&lower, start).is_ascii_alphabetic()
        })
    })
}
