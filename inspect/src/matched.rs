//! A sensitive value's place in a text.

use std::ops::Range;

use model::{Action, Fingerprint};

use crate::Kind;
use crate::policy::default_action;
use crate::redact::{Found, canonical, placeholder};

/// A match. Ranges are in bytes of the text and lie on character boundaries.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Match {
    pub(crate) kind: Kind,
    pub(crate) subtype: Option<&'static str>,
    pub(crate) range: Range<usize>,
    pub(crate) confidence: f32,
    /// What it stands for, where that is not what is written: unfolded, decoded, put together.
    pub(crate) value: Option<Box<str>>,
}

impl Match {
    pub(crate) const fn new(kind: Kind, range: Range<usize>, confidence: f32) -> Self {
        Self { kind, subtype: None, range, confidence, value: None }
    }

    pub(crate) const fn secret(
        subtype: &'static str,
        range: Range<usize>,
        confidence: f32,
    ) -> Self {
        Self { kind: Kind::Secret, subtype: Some(subtype), range, confidence, value: None }
    }
}

impl Match {
    /// Whether it has a part of a range.
    pub(crate) const fn touches(&self, range: &Range<usize>) -> bool {
        self.range.start < range.end && range.start < self.range.end
    }

    /// What it stands for in a text.
    pub(crate) fn value_in<'a>(&'a self, text: &'a str) -> &'a str {
        let written = || text.get(self.range.clone()).unwrap_or_default();
        self.value.as_deref().unwrap_or_else(written)
    }

    /// The match in a text of which the one it was found in begins at `start`.
    pub(crate) fn moved(mut self, start: usize) -> Self {
        self.range = self.range.start + start..self.range.end + start;
        self
    }

    /// Whether it wins over another at the same place.
    fn is_surer(&self, other: &Self) -> bool {
        if self.explains(other) || other.explains(self) {
            return self.explains(other);
        }
        let weight = |found: &Self| found.confidence - if found.is_told() { 1.0 } else { 0.0 };
        weight(self) > weight(other)
    }

    /// Whether the other one is chance: what a part of this looks like before it is decoded.
    fn explains(&self, other: &Self) -> bool {
        let covers = self.range.start <= other.range.start && other.range.end <= self.range.end;
        let decoded = self.value.is_some() && other.value.is_none();
        covers && decoded && self.range != other.range && !self.is_told()
    }

    /// Whether it is a name that is told and kept, so that it must never stand for a value of
    /// another type.
    const fn is_told(&self) -> bool {
        matches!(default_action(self.kind), Action::Keep)
    }
}

/// Sorts matches and resolves overlaps: the surer wins, then the longer. What is left of a loser
/// is covered too, so that no part of either value stays.
pub(crate) fn disjoint(mut matches: Vec<Match>) -> Vec<Match> {
    matches.sort_by_key(|found| (found.range.start, std::cmp::Reverse(found.range.end)));
    let mut kept: Vec<Match> = Vec::with_capacity(matches.len());
    for found in matches {
        match kept.last_mut() {
            Some(last) if found.range.start < last.range.end => {
                let both = last.range.start..last.range.end.max(found.range.end);
                if found.is_surer(last) {
                    *last = found;
                }
                // What it stands for is not all that is covered any more.
                last.value = last.value.take().filter(|_| last.range == both);
                last.range = both;
            }
            _ => kept.push(found),
        }
    }
    kept
}

/// A text with those of its matches replaced that are taken out, and the way back: as it will be
/// looked at when it is looked at again.
pub(crate) struct Rest {
    pub(crate) text: String,
    replaced: Vec<Replaced>,
}

/// A match that is not there any more.
struct Replaced {
    /// Where it is in the original.
    original: Range<usize>,
    /// Where its replacement is in the rest.
    here: Range<usize>,
    /// Whether it was still there when the text was looked at last.
    is_new: bool,
}

impl Rest {
    /// `is_new` says which of the matches were still there when the text was looked at last.
    pub(crate) fn of(original: &str, matches: &[Match], is_new: impl Fn(&Match) -> bool) -> Self {
        let mut text = String::with_capacity(original.len());
        let mut replaced = Vec::with_capacity(matches.len());
        let mut place = 0;
        for found in matches.iter().filter(|found| !found.is_told()) {
            text.push_str(original.get(place..found.range.start).unwrap_or_default());
            let start = text.len();
            let value = original.get(found.range.clone()).unwrap_or_default();
            text.push_str(&stand_in(found, found.value.as_deref().unwrap_or(value)));
            let (original, here) = (found.range.clone(), start..text.len());
            replaced.push(Replaced { original, here, is_new: is_new(found) });
            place = found.range.end;
        }
        text.push_str(original.get(place..).unwrap_or_default());
        Self { text, replaced }
    }

    /// What lies within `reach` of a new replacement, in words that are whole; nearly all of a text
    /// counts as all of it.
    pub(crate) fn windows(&self, reach: usize) -> Vec<Range<usize>> {
        let bytes = self.text.as_bytes();
        let mut windows: Vec<Range<usize>> = Vec::new();
        for Replaced { here, .. } in self.replaced.iter().filter(|replaced| replaced.is_new) {
            let last = windows.last().map_or(0, |last| last.end);
            let near = here.start.saturating_sub(reach);
            if near > last || windows.is_empty() {
                let start =
                    bytes.get(last..near).and_then(end_of_space).map_or(last, |end| last + end);
                windows.push(start..near);
            }
            let far = (here.end + reach).min(bytes.len());
            let end = bytes.get(far..).and_then(|behind| memchr::memchr2(b' ', b'\n', behind));
            if let Some(window) = windows.last_mut() {
                window.end = window.end.max(end.map_or(bytes.len(), |end| far + end));
            }
        }
        let covered: usize = windows.iter().map(Range::len).sum();
        if covered * 4 > bytes.len() * 3 {
            return std::iter::once(0..bytes.len()).collect();
        }
        windows
    }

    /// A match of the rest as one of the original; a replacement it touches is in it whole.
    pub(crate) fn in_original(&self, found: &Match) -> Match {
        let start = self.place(found.range.start, |range| range.start);
        let end = self.place(found.range.end, |range| range.end);
        // What is found around a replacement stands for more than is written in the rest.
        let value = found.value.clone().filter(|_| end - start == found.range.len());
        Match { range: start..end, value, ..found.clone() }
    }

    fn place(&self, place: usize, inside: impl Fn(&Range<usize>) -> usize) -> usize {
        let next = self.replaced.partition_point(|replaced| replaced.here.start < place);
        let before = next.checked_sub(1).and_then(|last| self.replaced.get(last));
        match before {
            Some(Replaced { original, here, .. }) if place <= here.end => {
                if place == here.end {
                    original.end
                } else {
                    inside(original)
                }
            }
            Some(Replaced { original, here, .. }) => original.end + (place - here.end),
            None => place,
        }
    }
}

/// Behind the last space of a text.
fn end_of_space(text: &[u8]) -> Option<usize> {
    memchr::memrchr2(b' ', b'\n', text).map(|space| space + 1)
}

/// What stands for a value as long as no policy is asked: what would by default, so that what is
/// found beside it is what is found beside that.
fn stand_in(found: &Match, value: &str) -> String {
    let (kind, subtype) = (found.kind, found.subtype);
    let shape = (kind != Kind::EmailAddress).then(|| canonical(kind, value));
    let canonical = shape.as_deref();
    let fingerprint = Fingerprint([0xab; 16]);
    placeholder(&Found { kind, subtype, value, canonical, fingerprint }, default_action(kind))
}
