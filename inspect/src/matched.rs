//! A sensitive value's place in a text.

use std::ops::Range;

use crate::Kind;

/// A match. Ranges are in bytes of the text and lie on character boundaries.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Match {
    pub(crate) kind: Kind,
    pub(crate) subtype: Option<&'static str>,
    pub(crate) range: Range<usize>,
    pub(crate) confidence: f32,
}

impl Match {
    pub(crate) const fn new(kind: Kind, range: Range<usize>, confidence: f32) -> Self {
        Self { kind, subtype: None, range, confidence }
    }

    pub(crate) const fn secret(
        subtype: &'static str,
        range: Range<usize>,
        confidence: f32,
    ) -> Self {
        Self { kind: Kind::Secret, subtype: Some(subtype), range, confidence }
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
                let end = last.range.end.max(found.range.end);
                if found.confidence > last.confidence {
                    (last.kind, last.subtype, last.confidence) =
                        (found.kind, found.subtype, found.confidence);
                }
                last.range.end = end;
            }
            _ => kept.push(found),
        }
    }
    kept
}

/// A text with its matches replaced by their types, and the way back.
pub(crate) struct Rest {
    pub(crate) text: String,
    /// For each match: where it is in the original, and where its replacement is here.
    replaced: Vec<(Range<usize>, Range<usize>)>,
}

impl Rest {
    pub(crate) fn of(original: &str, matches: &[Match]) -> Self {
        let mut text = String::with_capacity(original.len());
        let mut replaced = Vec::with_capacity(matches.len());
        let mut place = 0;
        for found in matches {
            text.push_str(original.get(place..found.range.start).unwrap_or_default());
            let start = text.len();
            text.push('[');
            text.push_str(found.kind.as_str());
            text.push_str(":x]");
            replaced.push((found.range.clone(), start..text.len()));
            place = found.range.end;
        }
        text.push_str(original.get(place..).unwrap_or_default());
        Self { text, replaced }
    }

    /// A match of the rest as one of the original; a replacement it touches is in it whole.
    pub(crate) fn in_original(&self, found: &Match) -> Match {
        let start = self.place(found.range.start, |range| range.start);
        let end = self.place(found.range.end, |range| range.end);
        Match { range: start..end, ..found.clone() }
    }

    fn place(&self, place: usize, inside: impl Fn(&Range<usize>) -> usize) -> usize {
        let before = self.replaced.iter().take_while(|(_, here)| here.start < place).last();
        match before {
            Some((original, here)) if place <= here.end && place > here.start => {
                if place == here.end { original.end } else { inside(original) }
            }
            Some((original, here)) => original.end + (place - here.end),
            None => place,
        }
    }
}
