//! Windows around signs, so that a long text with one odd place is looked at again only there.

use std::ops::Range;

/// How far around a sign a window goes, at least: a value and the words beside it.
const REACH: usize = 96;
/// How far it goes on to the next white space, so that a long value is in it whole.
const LONGEST_WORD: usize = 64 << 10;

/// The windows around signs, which come in ascending order. Where two touch, they are one.
pub(crate) fn windows(text: &str, signs: impl IntoIterator<Item = usize>) -> Vec<Range<usize>> {
    let mut windows: Vec<Range<usize>> = Vec::new();
    for sign in signs {
        match windows.last_mut() {
            Some(last) if sign.saturating_sub(REACH) <= last.end => {
                if sign + REACH > last.end {
                    last.end = word_end(text, sign + REACH);
                }
            }
            last => {
                let free = last.map_or(0, |last| last.end);
                let start = word_start(text, sign.saturating_sub(REACH), free);
                windows.push(start..word_end(text, sign + REACH));
            }
        }
    }
    windows
}

/// The beginning of the word around a place, but not before `least`.
fn word_start(text: &str, place: usize, least: usize) -> usize {
    let bytes = text.as_bytes();
    let from = least.max(place.saturating_sub(LONGEST_WORD));
    let before = bytes.get(from..place).unwrap_or_default();
    let gap = before.iter().rposition(u8::is_ascii_whitespace);
    ceil(text, gap.map_or(from, |gap| from + gap + 1))
}

/// The end of the word around a place.
fn word_end(text: &str, place: usize) -> usize {
    let bytes = text.as_bytes();
    let behind = bytes.get(place..).unwrap_or_default();
    let behind = behind.get(..LONGEST_WORD).unwrap_or(behind);
    let gap = behind.iter().position(u8::is_ascii_whitespace).unwrap_or(behind.len());
    floor(text, (place + gap).min(bytes.len()))
}

/// The first boundary of characters from `place` on.
pub(crate) fn ceil(text: &str, mut place: usize) -> usize {
    while place < text.len() && !text.is_char_boundary(place) {
        place += 1;
    }
    place.min(text.len())
}

/// The last boundary of characters up to `place`.
pub(crate) fn floor(text: &str, place: usize) -> usize {
    let mut place = place.min(text.len());
    while !text.is_char_boundary(place) {
        place -= 1;
    }
    place
}
