//! Which ledger indexes were written: ranges, so that a hole is seen, wherever it is.

/// From this index through that one; nothing when the first is the larger.
pub(super) type Range = (u64, u64);

/// Ranges in order, none touching another.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Coverage(Vec<Range>);

impl Coverage {
    pub(super) fn add(&mut self, (from, through): Range) {
        if from > through {
            return;
        }
        let begin = self.0.partition_point(|range| range.1.saturating_add(1) < from);
        let end = self.0.partition_point(|range| range.0 <= through.saturating_add(1));
        let touched = self.0.get(begin..end).unwrap_or_default();
        let first = touched.first().map_or(from, |range| range.0.min(from));
        let last = touched.last().map_or(through, |range| range.1.max(through));
        self.0.splice(begin..end, [(first, last)]);
    }

    pub(super) fn add_all(&mut self, other: &Self) {
        other.0.iter().for_each(|range| self.add(*range));
    }

    pub(super) fn first(&self) -> Option<Range> {
        self.0.first().copied()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::Coverage;

    proptest! {
        #[test]
        fn is_the_set_of_what_was_added(ranges in prop::collection::vec((0..60_u64, 0..9_u64), 0..20)) {
            let (mut coverage, mut set) = (Coverage::default(), BTreeSet::new());
            for (from, length) in ranges {
                coverage.add((from, from + length));
                set.extend(from..=from + length);
            }
            let covered: Vec<u64> =
                coverage.0.iter().flat_map(|range| range.0..=range.1).collect();
            prop_assert_eq!(covered, set.into_iter().collect::<Vec<_>>());
            prop_assert!(coverage.0.is_sorted_by(|one, two| one.1 + 1 < two.0));
        }
    }
}
