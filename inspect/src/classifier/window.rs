//! A long text in windows that a model can take: they overlap, so that what lies on an edge of one is
//! whole in another.

use std::ops::Range;

/// Pieces of a window of a token classifier, without those at its ends.
const LENGTH: usize = 254;
/// Pieces at an edge that are classified for their neighbours' sake only.
const MARGIN: usize = 32;

/// A window: which pieces the model sees, and for which of them its word is taken.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) seen: Range<usize>,
    pub(super) taken: Range<usize>,
}

/// The windows of `count` pieces, in order. What is taken is every piece once.
pub(super) fn windows(count: usize) -> impl Iterator<Item = Window> {
    spans(count, LENGTH, LENGTH - 2 * MARGIN).map(move |seen| Window {
        taken: if seen.start == 0 { 0 } else { seen.start + MARGIN }..if seen.end == count {
            count
        } else {
            seen.end - MARGIN
        },
        seen,
    })
}

/// Ranges of at most `length` that begin `step` apart and cover `count` pieces, in order. A step is
/// at least 1 and at most the length.
pub(super) fn spans(
    count: usize,
    length: usize,
    step: usize,
) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let begin = start;
        let end = count.min(begin + length);
        start = if end == count { count } else { begin + step };
        (begin < count).then_some(begin..end)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_piece_is_taken_once(count in 0_usize..2_000) {
            let mut next = 0;
            for window in windows(count) {
                prop_assert_eq!(window.taken.start, next);
                prop_assert!(window.seen.start <= window.taken.start);
                prop_assert!(window.taken.end <= window.seen.end);
                prop_assert!(window.seen.len() <= LENGTH);
                next = window.taken.end;
            }
            prop_assert_eq!(next, count);
        }

        #[test]
        fn every_piece_is_in_a_span(count in 0_usize..2_000, length in 1_usize..600, part in 1_usize..600) {
            let step = part.min(length);
            let (mut next, mut end) = (0, 0);
            for span in spans(count, length, step) {
                prop_assert_eq!(span.start, next);
                prop_assert!(span.start <= end && span.len() <= length && span.end > end);
                next = span.start + step;
                end = span.end;
            }
            prop_assert_eq!(end, count);
        }
    }
}
