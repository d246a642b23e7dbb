//! The placeholders of a text that are ours: they stand for a value, and are none.

use std::ops::Range;

use crate::custom::Customs;
use crate::redact::placeholders;

/// Where they are, in order.
pub(crate) struct Standing(Vec<Range<usize>>);

impl Standing {
    /// Those of a text, whatever an operator's detector says of them.
    pub(crate) fn of(text: &str, customs: &Customs) -> Self {
        let ours = placeholders(text).filter(|(_, placeholder)| placeholder.is_ours(customs));
        Self(ours.map(|(range, _)| range).collect())
    }

    /// Whether a range lies within one of them.
    pub(crate) fn has(&self, range: &Range<usize>) -> bool {
        let after = self.0.partition_point(|other| other.start <= range.start);
        let before = after.checked_sub(1).and_then(|before| self.0.get(before));
        before.is_some_and(|other| range.end <= other.end)
    }

    /// The parts of a range that lie outside of all of them.
    pub(crate) fn outside(&self, range: &Range<usize>) -> Vec<Range<usize>> {
        let mut parts = Vec::new();
        let mut place = range.start;
        let first = self.0.partition_point(|other| other.end <= range.start);
        let touched = self.0.iter().skip(first).take_while(|other| other.start < range.end);
        for other in touched {
            parts.push(place..other.start);
            place = other.end;
        }
        parts.push(place..range.end);
        parts.retain(|part| part.start < part.end);
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_cut_around_what_stands() {
        let standing = Standing(vec![3..5, 8..10]);
        assert_eq!(standing.outside(&(0..12)), [0..3, 5..8, 10..12]);
        assert_eq!(standing.outside(&(4..12)), [5..8, 10..12]);
        assert!(standing.outside(&(3..5)).is_empty());
        assert!(standing.has(&(8..9)) && !standing.has(&(4..6)) && !standing.has(&(0..1)));
    }
}
