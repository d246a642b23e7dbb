//! Which records are parts of the same thing.
//!
//! Parts of one call have tenant, trace, span and kind in common; anything else is found again by
//! its fingerprint. Finding the row in a file is the business of `file`.

use std::hash::{BuildHasher, Hash, Hasher};

use model::{Fingerprint, Kind, Record, SpanId, TraceId};

/// What a record is found again by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Identity {
    /// A span, whose parts fold.
    Span(TraceId, SpanId),
    /// A single record, of which only repeats fold.
    Print(Fingerprint),
}

impl Identity {
    /// The identity of a record; `None` when it has neither a span nor a fingerprint.
    pub(crate) fn of(record: &Record) -> Option<Self> {
        match (record.trace_id, record.span_id) {
            (Some(trace), Some(span)) if folds(record) => Some(Self::Span(trace, span)),
            _ => record.fingerprint.map(Self::Print),
        }
    }

    /// A number to look it up by in [`Known`].
    pub(crate) fn hash(&self, known: &Known) -> u64 {
        known.hasher.hash_one(self)
    }
}

/// Whether further records with the same span and kind are parts of this one. Of log records and
/// events there may be many in one span, each its own.
pub(crate) fn folds(record: &Record) -> bool {
    record.trace_id.is_some()
        && record.span_id.is_some()
        && matches!(
            record.kind,
            Kind::Interaction
                | Kind::ToolCall
                | Kind::Retrieval
                | Kind::Embedding
                | Kind::Memory
                | Kind::Agent
                | Kind::Workflow
                | Kind::AgentMessage
                | Kind::Guardrail
                | Kind::Exchange
                | Kind::Span
        )
}

/// A Bloom filter over the identities in a file. Nearly every record is new, and this says so
/// without touching the file: 4 MiB, four probes, one false look-up in 5,000 at a million records.
pub(crate) struct Known {
    bits: Vec<u64>,
    hasher: std::hash::RandomState,
}

const BITS: u64 = 1 << 25;
const PROBES: u64 = 4;

impl Known {
    pub(crate) fn new() -> Self {
        let words = usize::try_from(BITS / 64).unwrap_or_default();
        Self { bits: vec![0; words], hasher: std::hash::RandomState::new() }
    }

    pub(crate) fn insert(&mut self, hash: u64) {
        for (word, bit) in probes(hash) {
            if let Some(word) = self.bits.get_mut(word) {
                *word |= bit;
            }
        }
    }

    /// Whether it may have been inserted; when not, it certainly was not.
    pub(crate) fn contains(&self, hash: u64) -> bool {
        probes(hash).all(|(word, bit)| self.bits.get(word).is_some_and(|word| word & bit != 0))
    }
}

fn probes(hash: u64) -> impl Iterator<Item = (usize, u64)> {
    let step = (hash >> 32) | 1;
    (0..PROBES).map(move |probe| {
        let bit = hash.wrapping_add(probe.wrapping_mul(step)) % BITS;
        (usize::try_from(bit / 64).unwrap_or_default(), 1 << (bit % 64))
    })
}

/// A hash of a message that is the same within one run of the program.
pub(crate) fn hash_of(value: &impl Hash) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_forgets_nothing_and_seldom_errs() {
        let mut known = Known::new();
        let print = |n: u64| {
            Identity::Print(Fingerprint([n.to_le_bytes(), [7; 8]].concat().try_into().unwrap()))
        };
        for n in 0..200_000 {
            let hash = print(n).hash(&known);
            known.insert(hash);
        }
        assert!((0..200_000).all(|n| known.contains(print(n).hash(&known))));
        let wrong = (200_000..400_000).filter(|n| known.contains(print(*n).hash(&known))).count();
        assert!(wrong < 100, "{wrong}");
    }
}
