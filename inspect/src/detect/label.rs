//! Words that say what a number beside them is: `Steuer-ID`, `phone`.
//!
//! All of them are looked for in one pass over a text, with all other words, so that asking what
//! stands beside a number costs a look at the few that are near.

use std::ops::Range;
use std::sync::LazyLock;

use super::{identifier, phone};
use crate::needle::Occurrence;

/// A shorter label has too many places in a text to be looked for in all of it.
const SHORTEST: usize = 4;

/// Every label but the short ones, in order, each once.
static WORDS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let all = identifier::labels().chain(phone::LABELS);
    let mut words: Vec<&str> = all.filter(|label| label.len() >= SHORTEST).collect();
    words.sort_unstable();
    words.dedup();
    words
});

/// The words that are looked for in a text, in the order in which they are numbered. They are in
/// lower case.
pub(crate) fn words() -> &'static [&'static str] {
    &WORDS
}

/// The labels of one kind of number.
pub(super) struct Names {
    /// The numbers of those that are looked for in a text.
    numbers: Box<[usize]>,
    /// The others.
    short: Box<[&'static str]>,
}

impl Names {
    pub(super) fn of(labels: &[&'static str]) -> Self {
        let short = labels.iter().copied().filter(|label| label.len() < SHORTEST);
        Self {
            numbers: labels.iter().filter_map(|label| WORDS.binary_search(label).ok()).collect(),
            short: short.collect(),
        }
    }
}

/// The labels of a text, in the order of their beginnings.
#[derive(Clone, Copy)]
pub(super) struct Labels<'a> {
    pub(super) text: &'a [u8],
    pub(super) found: &'a [Occurrence],
}

impl Labels<'_> {
    /// Whether one of `names` stands within `reach` before or behind a range, at the beginning of a
    /// word. With `whole`, one of at most four letters is a word of its own.
    pub(super) fn name(
        self,
        range: &Range<usize>,
        reach: (usize, usize),
        names: &Names,
        whole: bool,
    ) -> bool {
        let (from, to) = (range.start.saturating_sub(reach.0), range.end + reach.1);
        let first = self.found.partition_point(|label| label.start < from);
        let near = self.found.iter().skip(first).take_while(|label| label.start < to);
        let beside = |label: &&Occurrence| {
            label.end <= range.start || label.start >= range.end && label.end <= to
        };
        let is_name = |label: &Occurrence| {
            names.numbers.contains(&label.word) && self.is_word(label.start..label.end, whole)
        };
        near.filter(beside).any(is_name)
            || self.names_short(from..range.start, names, whole)
            || self.names_short(range.end..to, names, whole)
    }

    fn names_short(self, window: Range<usize>, names: &Names, whole: bool) -> bool {
        let end = window.end.min(self.text.len());
        let written = self.text.get(window.start..end).unwrap_or_default();
        names.short.iter().any(|name| {
            let Some(first) = name.bytes().next() else { return false };
            let (lower, upper) = (first, first.to_ascii_uppercase());
            memchr::memchr2_iter(lower, upper, written).any(|place| {
                let part = written.get(place..place + name.len());
                let start = window.start + place;
                part.is_some_and(|part| part.eq_ignore_ascii_case(name.as_bytes()))
                    && self.is_word(start..start + name.len(), whole)
            })
        })
    }

    fn is_word(self, range: Range<usize>, whole: bool) -> bool {
        let is_edge = |place: Option<usize>| {
            let byte = place.and_then(|place| self.text.get(place));
            byte.is_none_or(|byte| !byte.is_ascii_alphanumeric())
        };
        let short = range.len() <= SHORTEST && whole;
        is_edge(range.start.checked_sub(1)) && (!short || is_edge(Some(range.end)))
    }
}
