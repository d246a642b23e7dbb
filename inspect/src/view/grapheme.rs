//! Widens a range so that it cuts through no grapheme cluster (UAX 29).

use std::ops::Range;

use unicode_segmentation::{GraphemeCursor, GraphemeIncomplete};

/// The range, widened where a boundary of it lies within what a reader sees as one character.
pub(crate) fn widen(text: &str, range: Range<usize>) -> Range<usize> {
    let start = if is_plain(text, range.start) { range.start } else { before(text, range.start) };
    let end = if is_plain(text, range.end) { range.end } else { behind(text, range.end) };
    start..end
}

/// Between two ASCII characters there is always a boundary, but in a line end of two.
fn is_plain(text: &str, place: usize) -> bool {
    let bytes = text.as_bytes();
    let left = place.checked_sub(1).and_then(|place| bytes.get(place));
    let right = bytes.get(place);
    match (left, right) {
        (Some(b'\r'), Some(b'\n')) => false,
        (Some(left), Some(right)) => left.is_ascii() && right.is_ascii(),
        _ => true,
    }
}

fn before(text: &str, place: usize) -> usize {
    match is_boundary(text, place) {
        Ok(true) => place,
        _ => cursor(text, place).prev_boundary(text, 0).ok().flatten().unwrap_or(0),
    }
}

fn behind(text: &str, place: usize) -> usize {
    match is_boundary(text, place) {
        Ok(true) => place,
        _ => cursor(text, place).next_boundary(text, 0).ok().flatten().unwrap_or(text.len()),
    }
}

fn is_boundary(text: &str, place: usize) -> Result<bool, GraphemeIncomplete> {
    cursor(text, place).is_boundary(text, 0)
}

fn cursor(text: &str, place: usize) -> GraphemeCursor {
    GraphemeCursor::new(place, text.len(), true)
}
