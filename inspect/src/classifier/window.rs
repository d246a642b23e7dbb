//! A long text in windows that a model can take: they overlap, and of each only the middle counts.

use std::ops::Range;

/// Pieces of a window, without those at its ends.
pub(super) const LENGTH: usize = 254;
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
    const STEP: usize = LENGTH - 2 * MARGIN;
    let mut start = 0;
    std::iter::from_fn(move || {
        let last = start + LENGTH >= count;
        let taken_from = if start == 0 { 0 } else { start + MARGIN };
        if taken_from >= count {
            return None;
        }
        let end = count.min(start + LENGTH);
        let taken = taken_from..if last { count } else { end - MARGIN };
        let seen = start..end;
        start = if last { count } else { start + STEP };
        Some(Window { seen, taken })
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
    }
}
